"""The blocks of a part of a Word file - its body, a note, a header - in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.etree.ElementTree import Element

from assistant.corpus.layout import MAX_HEADING, Role
from assistant.corpus.readers.docx_numbering import BULLET, Counter, Lists
from assistant.corpus.readers.docx_styles import Style, Styles, attribute, heading_level, list_place, toggle
from assistant.corpus.readers.docx_text import ADDED, REMOVED, WRAPPERS, Findings, Inline, NoteReference, chosen
from assistant.corpus.source import Block

CELL = " | "
_SENTENCE = 60
"""Characters from which on a paragraph that ends as a sentence ends is no heading, whatever its style: some writers number
their paragraphs by means of heading styles."""
_MARK = re.compile(r"[a-z]{1,2}|\d{1,3}|[*†‡§]{1,5}")
"""The mark of a note, in superscript."""
_NUMBERED = re.compile(r"\d+(?:\.\d+)*[.)]\s")


@dataclass(frozen=True, slots=True)
class Section:
    """Where a section of the document ends; its properties (sectPr)."""

    properties: Element


Item = Block | NoteReference | Section


@dataclass(frozen=True, slots=True)
class Book:
    """What all parts of a document share."""

    styles: Styles
    lists: Lists
    findings: Findings = field(default_factory=Findings)


class _Lead(NamedTuple):
    """A paragraph whose mark is hidden: the next goes on in its line, and it gives the number and the look."""

    properties: Element | None
    shows_number: bool


class Story:
    """Reads one part; automatic numbers count through it. With `as_lines` the paragraphs of a table stand each in its own line,
    as suits a letterhead."""

    def __init__(self, book: Book, as_lines: bool = False) -> None:
        self._book = book
        self._counter = Counter(book.lists)
        self._as_lines = as_lines

    def items(self, elements: Iterable[Element]) -> Iterator[Item]:
        """The blocks of these elements, with references to notes and ends of sections behind the block in which they stand.

        A paragraph whose mark is deleted or hidden is read in one with the next.
        """
        inline, lead = self._inline(), None
        for element in self._unwrapped(elements):
            if element.tag == "sectPr":
                yield Section(element)
            elif element.tag == "tbl":
                yield from self._close(inline, lead)
                inline, lead = self._inline(), None
                yield from self._table(element)
            elif element.tag == "p":
                properties = element.find("pPr")
                style = self._book.styles.of_paragraph(properties)
                inline.take(element, style.is_hidden)
                mark = properties.find("rPr") if properties is not None else None
                hidden = toggle(mark, "vanish")
                if self._is_removed(mark):
                    pass
                elif style.is_hidden if hidden is None else hidden:
                    if lead is None and inline.text:
                        lead = _Lead(properties, bool(toggle(mark, "specVanish")))
                else:
                    yield from self._close(inline, lead or _Lead(properties, True))
                    inline, lead = self._inline(), None
                if properties is not None and (section := properties.find("sectPr")) is not None:
                    yield Section(section)
        yield from self._close(inline, lead)

    def _inline(self) -> Inline:
        return Inline(self._book.styles, self._book.findings)

    def _is_removed(self, properties: Element | None) -> bool:
        """Whether what has these properties is deleted or moved away by a tracked change."""
        found = [child.tag for child in properties if child.tag in REMOVED | ADDED] if properties is not None else []
        self._book.findings.tracked_changes |= bool(found)
        return any(tag in REMOVED for tag in found)

    def _unwrapped(self, elements: Iterable[Element]) -> Iterator[Element]:
        """The elements, with what only surrounds them taken off."""
        for element in elements:
            if element.tag in WRAPPERS or element.tag in ADDED:
                self._book.findings.tracked_changes |= element.tag in ADDED
                yield from self._unwrapped(element)
            elif element.tag == "mc:AlternateContent":
                yield from self._unwrapped(chosen(element))
            elif element.tag in REMOVED:
                self._book.findings.tracked_changes = True
            elif element.tag in ("altChunk", "subDoc"):
                self._book.findings.embedded = True
            else:
                yield element

    def _close(self, inline: Inline, lead: _Lead | None) -> Iterator[Item]:
        """The block of a paragraph, the notes it refers to, and its text boxes."""
        properties = lead.properties if lead else None
        style = self._book.styles.of_paragraph(properties) if lead else Style()
        number = self._counter.next(style, list_place(properties)) if lead else ""
        text = inline.text
        if (lead and not lead.shows_number) or (number == BULLET and not text):
            number = ""
        if text or number:
            level = _level(properties, style, text)
            role: Role = "table" if style.is_contents else "heading" if level else "text"
            if not number and (_MARK.fullmatch(inline.raised) or (style.is_note and not _NUMBERED.match(text))):
                role = "note"  # typed by hand under a table or a title
            yield Block(f"{number}\t{text}" if number else text, role, level if role == "heading" else 0)
        yield from inline.notes
        for box in inline.boxes:
            for item in self.items(box):
                if not isinstance(item, Block) or any(map(str.isalnum, item.text)):  # dashes and dots are drawn onto charts
                    yield item

    def _table(self, table: Element) -> Iterator[Item]:
        """One block for a table, a row a line, and the notes that it refers to; of merged cells the text stands once."""
        lines: list[str] = []
        notes: list[Item] = []
        for row in self._unwrapped(table):
            if row.tag == "tr" and not self._is_removed(row.find("trPr")):
                lines += self._row(row, notes)
        if lines:
            yield Block("\n".join(lines), "table")
        yield from notes

    def _row(self, row: Element, notes: list[Item]) -> list[str]:
        """The lines of a row: one, unless there is but one cell with text, or the paragraphs of a cell are lines."""
        cells: list[list[str]] = []
        for cell in self._unwrapped(row):
            if cell.tag != "tc":
                continue
            properties = cell.find("tcPr")
            if properties is not None and properties.find("cellDel") is not None:
                self._book.findings.tracked_changes = True
            elif _continues(properties, "hMerge"):
                continue
            else:
                cells.append([] if _continues(properties, "vMerge") else self._cell(cell, notes))
        filled = [cell for cell in cells if cell]
        if len(filled) < 2 or self._as_lines:
            return [line for cell in filled for line in cell]
        return [CELL.join(" ".join(cell) for cell in cells).rstrip(CELL)]

    def _cell(self, cell: Element, notes: list[Item]) -> list[str]:
        """The lines of a cell: its paragraphs, and the rows of tables in it."""
        lines: list[str] = []
        for item in self.items(cell):
            if isinstance(item, Block):
                lines += (" ".join(line.split()) for line in item.text.splitlines() if line.strip())
            else:
                notes.append(item)
        return lines


def _continues(properties: Element | None, kind: str) -> bool:
    """Whether a cell only goes on with the merged one above it (vMerge) or before it (hMerge)."""
    merge = properties.find(kind) if properties is not None else None
    return merge is not None and attribute(merge) != "restart"


def _level(properties: Element | None, style: Style, text: str) -> int:
    """The heading level of a paragraph with this text, from 1; 0: it is none."""
    own = heading_level(properties)
    is_sentence = text.endswith((".", ";", ":", "。")) and len(text) > _SENTENCE
    return 0 if not text or is_sentence or len(text) > 2 * MAX_HEADING else style.level if own is None else own
