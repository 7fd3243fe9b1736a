"""Writes the paragraph store: anew, or as the one before with some documents taken out and others put in."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.corpus import Origin
from assistant.index.rows import TABLES, as_read, document_fields, ledger_field, paragraph_fields
from assistant.index.store import Span
from assistant.schema import Document, Ledger, Paragraph


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document to be stored: where it will lie, its place in the corpus, and an embedding key for each paragraph."""

    span: Span
    place: int
    document: Document
    ledger: Ledger
    paragraphs: Sequence[Paragraph]
    keys: Sequence[bytes]
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Base:
    """A store to begin with: its file, the documents that are taken out, and the places of those that stay, by row."""

    path: Path
    removed: Sequence[Span]
    places: Mapping[int, int]


def write_store(path: Path, new: Iterable[NewDocument], files: Mapping[str, bytes], base: Base | None = None) -> None:
    """Writes a store of what `base` keeps, if there is one, and the `new` documents. It is made durable when it is published.

    `files` maps the corpus files of which all documents are here to what they were read from.

    Raises:
        OSError: the disk is full or cannot be written.
    """
    if base:
        shutil.copyfile(base.path, path)
    connection = sqlite3.connect(path)
    try:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + ("" if base else TABLES))
        if base:
            _reduce(connection, base)
        for document in new:
            _insert(connection, document)
        connection.execute("DELETE FROM files")
        connection.executemany("INSERT INTO files VALUES (?, ?)", sorted(files.items()))
        connection.commit()
    except sqlite3.OperationalError as error:
        raise OSError(f"{path}: {error}") from None
    finally:
        connection.close()


def _reduce(connection: sqlite3.Connection, base: Base) -> None:
    for span in base.removed:
        connection.execute("DELETE FROM paragraphs WHERE row >= ? AND row < ?", (span.first, span.first + span.count))
        connection.execute("DELETE FROM documents WHERE row = ?", (span.document,))
    moved = "UPDATE documents SET place = ? WHERE row = ? AND place != ?"
    connection.executemany(moved, [(place, row, place) for row, place in base.places.items()])


def _insert(connection: sqlite3.Connection, new: NewDocument) -> None:
    span, origin = new.span, new.origin
    read = as_read(origin.document) if origin and origin.document != new.document else None
    about = (span.document, new.place, span.first, span.count, *document_fields(new.document))
    row = (*about, ledger_field(new.ledger), origin.file if origin else None, read)
    connection.execute(f"INSERT INTO documents VALUES ({','.join('?' * len(row))})", row)
    rows = (
        (span.first + at, span.document, *paragraph_fields(paragraph), key)
        for at, (paragraph, key) in enumerate(zip(new.paragraphs, new.keys, strict=True))
    )
    connection.executemany(f"INSERT INTO paragraphs VALUES ({','.join('?' * 10)})", rows)
