"""What a briefing is made of before it has a format: text with notes, in paragraphs, lists and quotations.

Text here is text: nothing in it is markup, whatever characters it holds. Each format escapes it in its own way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from assistant.corpus.unicode import clean

Style = Literal["plain", "emphasis", "strong", "raised"]

_NOT_XML = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_STRONG_LETTER = re.compile(r"[^\W\d_]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one style; `language` where it is known to differ from the briefing's own."""

    text: str
    style: Style = "plain"
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote, called where it stands in the text."""

    text: str


Inline = Run | Note
Content = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `level` 1 is a section of the briefing."""

    level: int
    content: Content


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; a newline in its text is a new line."""

    content: Content


@dataclass(frozen=True, slots=True)
class Quotation:
    """A block set off from the text."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list, with bullets or counted from `start`."""

    items: tuple[tuple[Block, ...], ...]
    start: int | None = None


Block = Heading | Paragraph | Quotation | Items


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole briefing, ready to be written in any format."""

    title: str
    meeting: str
    date: str
    audience: str
    classification: str
    footer: str
    """When it was made, and from which generation of the index."""
    page: str
    """What stands before a page's number."""
    language: str
    blocks: tuple[Block, ...]


def plain(text: str, style: Style = "plain") -> Content:
    """One run of text."""
    return (Run(text, style),) if text else ()


def printable(text: str) -> str:
    """`text` without what no XML can hold (controls, surrogates, noncharacters); every line end is a newline. O(characters)."""
    return _NOT_XML.sub("", _BREAKS.sub("\n", text))


def one_line(text: str) -> str:
    """`text` as a title or a question: on one line, without controls and directional marks."""
    return " ".join(printable(clean(printable(text))).split())


def right_to_left(text: str) -> bool:
    """Whether the first letter of `text` is of a script that is written from right to left."""
    first = _STRONG_LETTER.search(text)
    return bool(first and _RIGHT_TO_LEFT.match(first[0]))


def text_of(content: Iterable[Inline]) -> str:
    """The text of inlines, without notes."""
    return "".join(item.text for item in content if isinstance(item, Run))


def notes_of(blocks: Iterable[Block]) -> Iterator[Note]:
    """The notes of blocks, in the order in which they are called."""
    for block in blocks:
        match block:
            case Heading(content=content) | Paragraph(content=content):
                yield from (item for item in content if isinstance(item, Note))
            case Quotation(blocks=inner):
                yield from notes_of(inner)
            case Items(items=items):
                for item in items:
                    yield from notes_of(item)
