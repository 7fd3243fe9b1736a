"""What the process that reads documents says to the one that asked it: a JSON object a line, checked when it arrives.

The reader's process may have been taken over by a document. Nothing that it sends can do more than be a wrong document:
every field has its type, a document belongs to the file that was asked for, and anything else is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from assistant.corpus.readers import Read
from assistant.corpus.readers.text import UNSHOWABLE
from assistant.schema import Document, Ledger, Paragraph

OUT_OF_MEMORY = 77
"""Exit status of a reader that met its limit of memory: it has none left to say so in words."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The process has started, and waits for a file."""

    kind: Literal["ready"] = "ready"


@dataclass(frozen=True, slots=True)
class Item:
    """One document of the file."""

    document: Document
    paragraphs: tuple[Paragraph, ...]
    ledger: Ledger
    kind: Literal["item"] = "item"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A part of the file, or all of it, that is not a document; as in `UnreadableDocument`."""

    what: str
    step: str
    kind: Literal["unreadable"] = "unreadable"


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of the file has been read, in pages or lines."""

    done: int
    total: int
    kind: Literal["progress"] = "progress"


@dataclass(frozen=True, slots=True)
class End:
    """Nothing more comes of this file."""

    kind: Literal["end"] = "end"


Message = Annotated[Ready | Item | Unreadable | Progress | End, Field(discriminator="kind")]

_MESSAGES: TypeAdapter[Ready | Item | Unreadable | Progress | End] = TypeAdapter(Message)
_SHA256 = re.compile("[0-9a-f]{64}")


def encode(message: Ready | Item | Unreadable | Progress | End) -> bytes:
    """The line of a message.

    Raises:
        ValueError: a text holds half a surrogate pair, which no encoding can write.
    """
    return _MESSAGES.dump_json(message) + b"\n"


def decode(line: bytes, name: str) -> Ready | Item | Unreadable | Progress | End:
    """The message of a line, about the file that the corpus calls `name`.

    Raises:
        ValueError: it is not a message, or holds what no reader of this file could have made.
    """
    message = _MESSAGES.validate_json(line, strict=True)
    if isinstance(message, Item):
        _check(message, name)
    return message


def _check(item: Item, name: str) -> None:
    document = item.document
    if document.source != name and not document.source.startswith(f"{name}:"):
        raise ValueError("a document of another file")
    if not document.id or UNSHOWABLE.search(document.id) or not _SHA256.fullmatch(document.sha256):
        raise ValueError("a document without a proper id or checksum")
    if any(paragraph.document != document.id for paragraph in item.paragraphs):
        raise ValueError("a paragraph of another document")
    if len({paragraph.label for paragraph in item.paragraphs}) != len(item.paragraphs):
        raise ValueError("two paragraphs of one label")


def read_of(item: Item) -> Read:
    """The document as `read_file` gives it."""
    return item.document, item.paragraphs, item.ledger
