"""Word files (.docx): text in reading order, with automatic numbers, notes and tables as Word prints them.

    raw ──docx_package──> parts ──docx_story──> blocks, notes, sections ──docx_sections──> blocks ──assemble──> SourceText
                                  docx_text: runs; docx_numbering: numbers; docx_styles: headings

Pages are not known: only Word, laying the text out, can tell them.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from assistant.corpus.readers.docx_numbering import Lists
from assistant.corpus.readers.docx_package import Package
from assistant.corpus.readers.docx_sections import Margins, Notes, note_texts
from assistant.corpus.readers.docx_story import Book, Section, Story
from assistant.corpus.readers.docx_styles import Styles
from assistant.corpus.source import Block, SourceText, assemble
from assistant.errors import UnreadableDocument


def read_docx(raw: bytes, name: str) -> SourceText:
    """The text of a Word file; `name` is what messages call it.

    The header of the first page comes first, for it holds the symbol and the date of the document. Other headers and footers come
    after the body, each once: they repeat on page after page, and belong to none of its paragraphs.

    Raises:
        UnreadableDocument: it is not a Word file, is protected, damaged or hostile, or holds no text.
    """
    file = _File(Package(raw, name))
    notes, margins = Notes(file.notes(), file.settings), Margins(file.margin, file.settings)
    body: list[Block] = []
    for item in Story(file.book).items(file.package.elements(file.main, 3)):
        if isinstance(item, Section):
            body += notes.close(item.properties)
            margins.add(item.properties)
        else:
            notes.add(item)
    body += notes.close(None)
    if not body:
        raise UnreadableDocument(f"{name} holds no text", "Check that it is a Word file with text, not with pictures of it.")
    warnings = (*_warnings(file.book, notes), *_framed(body))
    return assemble([*margins.first, *body, *margins.others], properties=file.properties(), warnings=warnings)


class _File:
    """The parts of a Word file around its text."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.main = package.main
        self._related = package.related(self.main)
        styles = Styles(self._elements("styles"))
        self.book = Book(styles, Lists(self._elements("numbering"), styles))
        self.settings = {element.tag: element for element in self._elements("settings")}

    def _elements(self, kind: str) -> Iterator[Element]:
        """What is under the root of the part of this kind; nothing where there is none."""
        part = next((part for found, part in self._related.values() if found == kind), "")
        return self.package.elements(part, 2)

    def notes(self) -> dict[str, dict[str, str]]:
        """The texts of the notes of each kind, by id."""
        return {kind: note_texts(self._elements(f"{kind}s"), self.book) for kind in ("footnote", "endnote")}

    def margin(self, relationship: str) -> Iterator[Block]:
        """The blocks of a header or footer."""
        part = self._related.get(relationship, ("", ""))[1]
        items = Story(self.book, as_lines=True).items(self.package.elements(part, 2))
        return (item for item in items if isinstance(item, Block))

    def properties(self) -> dict[str, str]:
        """What the file says of itself: "title" and "language". When it was typed or saved is not the date of the document."""
        core = next((part for kind, part in self.package.related("").values() if kind == "core-properties"), "docProps/core.xml")
        found = {element.tag: " ".join((element.text or "").split()) for element in self.package.elements(core, 2)}
        given = {"title": found.get("dc:title", ""), "language": found.get("dc:language") or self.book.styles.language}
        return {key: value for key, value in given.items() if value}


def _warnings(book: Book, notes: Notes) -> Iterator[str]:
    if book.findings.tracked_changes:
        yield "has tracked changes: read as if all were accepted"
    if book.findings.embedded:
        yield "holds another document inside (altChunk), which was not read"
    if book.findings.counting_fields:
        yield "some of its numbers come from fields (LISTNUM, AUTONUM) and are missing from the text"
    if notes.restart_on_pages:
        yield "its notes are numbered page by page, which only Word can do: their marks are counted through the text"
    if unknown := sorted(book.lists.unknown_formats()):
        yield f"numbers in the format {', '.join(unknown)} are written as decimals"


def _framed(body: list[Block]) -> Iterator[str]:
    """A warning where one table holds most of the text: some writers lay a whole document out in a table."""
    longest = max((len(block.text) for block in body if block.role == "table"), default=0)
    if 2 * longest > sum(len(block.text) for block in body):
        yield "most of its text stands in one table: read as a table, not as paragraphs"
