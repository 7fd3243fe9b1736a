"""The tables of the paragraph store, and how documents, paragraphs and ledgers become rows of them and come back."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from assistant.schema import Document, Ledger, Paragraph

VERSION = 4
"""The tables' `user_version`."""
TABLES = f"""
CREATE TABLE documents (
  row INTEGER PRIMARY KEY, place INTEGER NOT NULL, first INTEGER NOT NULL, paragraphs INTEGER NOT NULL,
  id TEXT NOT NULL UNIQUE, symbol TEXT, title TEXT NOT NULL, kind TEXT NOT NULL, standing TEXT NOT NULL,
  date TEXT, session TEXT, speaker TEXT, delegation TEXT, language TEXT, source TEXT NOT NULL, sha256 TEXT NOT NULL,
  aliases TEXT NOT NULL, roles TEXT NOT NULL, origins TEXT NOT NULL, ledger TEXT NOT NULL, file TEXT, read TEXT);
CREATE TABLE paragraphs (
  row INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents, label TEXT NOT NULL, numbering TEXT NOT NULL,
  text TEXT NOT NULL, heading TEXT NOT NULL, pages TEXT, ranges TEXT NOT NULL, speaker TEXT, key BLOB NOT NULL,
  UNIQUE (document, label));
CREATE INDEX keys ON paragraphs (key);
CREATE TABLE files (name TEXT PRIMARY KEY, key BLOB NOT NULL);
PRAGMA user_version = {VERSION};
"""
"""`file` and `read` are the corpus file that a document was read from and the document as it was read, before the others of the
corpus were known; `files` holds the files of which every document is here, so that they need not be read again."""

_DOCUMENT = ("id", "symbol", "title", "kind", "standing", "date", "session", "speaker", "delegation", "language", "source", "sha256",
             "aliases", "roles", "origins")  # fmt: skip
DOCUMENT_COLUMNS = ", ".join(_DOCUMENT)
PARAGRAPH_COLUMNS = "label, numbering, text, heading, pages, ranges, speaker"


def document_fields(document: Document) -> tuple[Any, ...]:
    """The values of DOCUMENT_COLUMNS."""
    return tuple(_column(getattr(document, name)) for name in _DOCUMENT)


def _column(value: object) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    return value if value is None or isinstance(value, str) else packed(value if isinstance(value, tuple) else dict(value))  # type: ignore[call-overload]  # the rest is the mapping of origins


def read_document(values: Sequence[Any]) -> Document:
    """A document of the values of DOCUMENT_COLUMNS."""
    given = dict(zip(_DOCUMENT, values, strict=True))
    date = dt.date.fromisoformat(given["date"]) if given["date"] else None
    listed = {name: tuple(json.loads(given[name])) for name in ("aliases", "roles")}
    return Document(**(given | listed | {"date": date, "origins": json.loads(given["origins"])}))


def paragraph_fields(paragraph: Paragraph) -> tuple[Any, ...]:
    """The values of PARAGRAPH_COLUMNS."""
    pages = packed(paragraph.pages) if paragraph.pages else None
    shape = (packed(paragraph.heading), pages, packed(paragraph.ranges), paragraph.speaker)
    return (paragraph.label, paragraph.numbering, paragraph.text, *shape)


def read_paragraph(document: str, values: Sequence[Any]) -> Paragraph:
    """A paragraph of the values of PARAGRAPH_COLUMNS."""
    label, numbering, text, heading, pages, ranges, speaker = values
    first_and_last = json.loads(pages) if pages else None
    return Paragraph(
        document, label, numbering, text, tuple(json.loads(heading)),
        (first_and_last[0], first_and_last[1]) if first_and_last else None,
        tuple((start, end) for start, end in json.loads(ranges)), speaker,
    )  # fmt: skip


def ledger_field(ledger: Ledger) -> str:
    """A ledger as JSON."""
    return packed(asdict(ledger))


def read_ledger(text: str) -> Ledger:
    """A ledger of `ledger_field`."""
    content: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(text).items()}
    return Ledger(**content)


def as_read(document: Document) -> str:
    """A document as JSON, as `document_as_read` takes it."""
    return packed(document_fields(document))


def document_as_read(text: str) -> Document:
    """A document of `as_read`."""
    return read_document(json.loads(text))


def packed(value: object) -> str:
    """JSON without white space."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
