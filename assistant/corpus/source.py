"""What every reader makes of a file: its text in reading order, and what its layout says of each line.

    file ──reader──> blocks ──assemble──> SourceText ──split──> paragraphs + ledger

A reader of a format with a structure of its own (Word, HTML, Markdown) gives blocks and leaves offsets to `assemble`.
Numbers that such a format counts by itself are written out as they would be printed: "12.\\tThe Group…".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from assistant.corpus.layout import Line, Role, lines_of, repair
from assistant.corpus.running import without_running_lines
from assistant.corpus.unicode import part_words, uncover_starts


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a document that its layout sets apart: a paragraph, a heading, an item of a list, a table, a footnote.

    `text` may hold line ends. `level` is how deep a heading stands, from 1 (0: unknown); `page` counts from 1 (0: unknown).
    """

    text: str
    role: Role = "text"
    level: int = 0
    page: int = 0


@dataclass(frozen=True, slots=True)
class SourceText:
    """A file as read. `lines` lie in `text`, in order, and their offsets do not overlap; `pages` is 0 where there are none.

    `properties` are what the file says of itself outside its text: "title", "language", "date", "symbol", "author".
    `warnings` are what a person should know before trusting it: "read as windows-1252", "page 3 has no text layer".
    """

    text: str
    lines: tuple[Line, ...]
    pages: int = 0
    properties: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def plain(text: str, warnings: tuple[str, ...] = ()) -> SourceText:
    """A text of which nothing is known but its characters: form feeds part its pages, spacing its paragraphs.

    The hyphens that part words at the ends of its lines become soft, so that `layout.repair` puts these words together.
    """
    text = uncover_starts(part_words(text))
    lines = without_running_lines(lines_of(text))
    last = lines[-1].page if lines else 1
    return SourceText(text, lines, last if last > 1 else 0, warnings=warnings)


@dataclass(frozen=True, slots=True)
class Row:
    """A printed line, from a reader that knows lines; the fields are those of `Line`."""

    text: str
    page: int = 0
    role: Role = "text"
    begins: bool | None = None
    level: int = 0


def assemble(
    blocks: Iterable[Block], pages: int = 0, properties: Mapping[str, str] | None = None, warnings: tuple[str, ...] = ()
) -> SourceText:
    """The text of `blocks`, an empty line between any two, and its lines, each with what its block is known to be."""
    return compose(_rows(blocks), pages, properties, warnings)


def _rows(blocks: Iterable[Block]) -> Iterator[Row]:
    for block in blocks:
        begins = True
        for text in block.text.splitlines():
            if repair(text):
                yield Row(text, block.page, block.role, begins, block.level)
                begins = False


def compose(
    rows: Iterable[Row],
    pages: int = 0,
    properties: Mapping[str, str] | None = None,
    warnings: tuple[str, ...] = (),
    *,
    is_printed: bool = False,
) -> SourceText:
    """The text of `rows`, one a line, with an empty line before each that begins a block.

    Where the rows are lines as they were printed, the hyphens that only part words at their ends become soft.
    """
    parts: list[str] = []
    lines: list[Line] = []
    at, number = 0, 1
    for row in rows:
        text = row.text.strip()
        if not repair(text):
            continue
        gap = int(bool(row.begins) and bool(lines))
        number += gap
        at += gap
        lines.append(Line(number, at, at + len(text), text, gap, row.page, row.role, row.begins, row.level))
        parts += ["\n" * gap, text, "\n"]
        at += len(text) + 1
        number += 1
    whole = "".join(parts)
    if is_printed:
        whole = part_words(whole)
        lines = [replace(line, text=whole[line.start : line.end]) for line in lines]
    return SourceText(whole, tuple(lines), pages, properties or {}, warnings)
