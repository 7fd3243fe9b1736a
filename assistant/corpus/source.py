"""What every reader makes of a file: its text in reading order, and what its layout says of each line.

    file ──reader──> blocks ──assemble──> SourceText ──split──> paragraphs + ledger

A reader of a format with a structure of its own (Word, HTML, Markdown) gives blocks and leaves offsets to `assemble`.
Numbers that such a format counts by itself are written out as they would be printed: "12.\\tThe Group…".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from assistant.corpus.layout import Line, Role, lines_of, repair
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
    lines = lines_of(text)
    last = lines[-1].page if lines else 1
    return SourceText(text, lines, last if last > 1 else 0, warnings=warnings)


def assemble(
    blocks: Iterable[Block], pages: int = 0, properties: Mapping[str, str] | None = None, warnings: tuple[str, ...] = ()
) -> SourceText:
    """The text of `blocks`, an empty line between any two, and its lines, each with what its block is known to be."""
    parts: list[str] = []
    lines: list[Line] = []
    at, number = 0, 1
    for block in blocks:
        begins = True
        for raw in block.text.splitlines():
            if (text := raw.strip()) and repair(text):
                start = at + len(raw) - len(raw.lstrip())
                gap = number - lines[-1].number - 1 if lines else 0
                lines.append(Line(number, start, start + len(text), text, gap, block.page, block.role, begins, block.level))
                begins = False
            parts += [raw, "\n"]
            at += len(raw) + 1
            number += 1
        parts.append("\n")
        at, number = at + 1, number + 1
    return SourceText("".join(parts), tuple(lines), pages, properties or {}, warnings)
