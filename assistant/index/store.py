"""The paragraph store: documents, paragraphs and ledgers in one SQLite file, read-only once published."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from assistant.corpus.turns import names_of
from assistant.errors import DamagedIndex, MismatchedIndex
from assistant.schema import Document, Filters, Ledger, Paragraph

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE documents (
  row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, symbol TEXT, title TEXT NOT NULL, kind TEXT NOT NULL, standing TEXT NOT NULL,
  date TEXT, session TEXT, speaker TEXT, delegation TEXT, language TEXT, source TEXT NOT NULL, sha256 TEXT NOT NULL,
  aliases TEXT NOT NULL, roles TEXT NOT NULL, origins TEXT NOT NULL, ledger TEXT NOT NULL);
CREATE TABLE paragraphs (
  row INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents, position INTEGER NOT NULL, label TEXT NOT NULL,
  numbering TEXT NOT NULL, text TEXT NOT NULL, heading TEXT NOT NULL, pages TEXT, ranges TEXT NOT NULL, speaker TEXT,
  key BLOB NOT NULL, first_vector INTEGER NOT NULL, vectors INTEGER NOT NULL,
  UNIQUE (document, label), UNIQUE (document, position));
"""
_VERSION = 3
"""What the tables' `user_version` is; a store of another is read for its vectors only."""
_COLUMNS = "p.row, p.document, p.label, p.numbering, p.text, p.heading, p.pages, p.ranges, p.speaker"
_BATCH = 500
"""Rows asked for in one statement; SQLite allows at least 999 variables."""

Stored = tuple[Paragraph, bytes, int, int]
"""A paragraph with its embedding key, the position of its first vector, and how many vectors it owns."""


def write_store(path: Path, entries: Iterable[tuple[Document, Ledger, Sequence[Stored]]]) -> None:
    """Writes a new store; rows count from 0 in the order given. It is made durable when it is published.

    Raises:
        OSError: the disk is full or cannot be written.
    """
    connection = sqlite3.connect(path)
    try:
        connection.executescript(f"{_TABLES}PRAGMA user_version = {_VERSION};")
        row = 0
        for number, (document, ledger, stored) in enumerate(entries):
            connection.execute(f"INSERT INTO documents VALUES ({','.join('?' * 17)})", _document_row(number, document, ledger))
            for position, item in enumerate(stored):
                connection.execute(f"INSERT INTO paragraphs VALUES ({','.join('?' * 13)})", _paragraph_row(row, number, position, item))
                row += 1
        connection.commit()
    except sqlite3.OperationalError as error:
        raise OSError(f"{path}: {error}") from None
    finally:
        connection.close()


def _document_row(row: int, document: Document, ledger: Ledger) -> tuple[Any, ...]:
    fields = (document.id, document.symbol, document.title, document.kind, document.standing)
    about = (document.session, document.speaker, document.delegation, document.language, document.source, document.sha256)
    date = document.date.isoformat() if document.date else None
    packed = (_pack(document.aliases), _pack(document.roles), _pack(dict(document.origins)), _pack(asdict(ledger)))
    return (row, *fields, date, *about, *packed)


def _paragraph_row(row: int, document: int, position: int, item: Stored) -> tuple[Any, ...]:
    paragraph, key, first, count = item
    pages = _pack(paragraph.pages) if paragraph.pages else None
    shape = (_pack(paragraph.heading), pages, _pack(paragraph.ranges), paragraph.speaker)
    return (row, document, position, paragraph.label, paragraph.numbering, paragraph.text, *shape, key, first, count)


def _pack(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Selection:
    """What a filter leaves: document rows, and paragraph rows where of some documents only a part is meant (None: all of them)."""

    documents: tuple[int, ...]
    rows: tuple[int, ...] | None = None


class ParagraphStore:
    """An open store, for several threads.

    They share one connection, opened at once: it reads on when its file was swept, which another could no longer open.

    Raises:
        DamagedIndex: it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._name = f"{path.parent.name}/{path.name}"
        self._lock = Lock()
        address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        try:
            self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from None
        weakref.finalize(self, self._connection.close)

    def _query(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._connection.execute(statement, parameters).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from None

    def _damaged(self, error: sqlite3.DatabaseError) -> DamagedIndex:
        return DamagedIndex(f"{self._name} cannot be read: {error}", "Rebuild it: assistant index --rebuild")

    def close(self) -> None:
        """Closes the store for all threads."""
        with self._lock:
            self._connection.close()

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """All documents, by row.

        Raises:
            MismatchedIndex: the store was written by another version of this program.
        """
        is_store = bool(self._query("SELECT 1 FROM sqlite_master WHERE name = 'documents'"))
        if is_store and self._query("PRAGMA user_version")[0][0] != _VERSION:
            raise MismatchedIndex(f"{self._name} was written by another version of this program", "Build it anew with: assistant index")
        columns = "id, symbol, title, kind, standing, date, session, speaker, delegation, language, source, sha256, aliases, roles, origins"
        rows = self._query(f"SELECT {columns} FROM documents ORDER BY row")
        return tuple(_document(row) for row in rows)

    @cached_property
    def document_rows(self) -> dict[str, int]:
        """Row of each document id."""
        return {document.id: row for row, document in enumerate(self.documents)}

    def ledgers(self) -> list[Ledger]:
        """The ledger of each document, by row."""
        rows = self._query("SELECT ledger FROM documents ORDER BY row")
        return [_ledger(json.loads(text)) for (text,) in rows]

    def count(self, selection: Selection | None = None) -> int:
        """How many paragraphs there are, in all or in a selection."""
        if selection is None:
            return int(self._query("SELECT count(*) FROM paragraphs")[0][0])
        if selection.rows is not None:
            return len(selection.rows)
        wanted = set(selection.documents)
        return sum(count for row, count in self._query("SELECT document, count(*) FROM paragraphs GROUP BY document") if row in wanted)

    def paragraphs(self, rows: Sequence[int]) -> dict[int, tuple[Document, Paragraph]]:
        """The paragraphs of these rows with their documents."""
        found: dict[int, tuple[Document, Paragraph]] = {}
        for begin in range(0, len(rows), _BATCH):
            part = rows[begin : begin + _BATCH]
            for row in self._query(f"SELECT {_COLUMNS} FROM paragraphs p WHERE p.row IN ({','.join('?' * len(part))})", part):
                document = self.documents[row[1]]
                found[row[0]] = (document, _paragraph(document.id, row))
        return found

    def document_paragraphs(self, document: str) -> tuple[Paragraph, ...]:
        """The paragraphs of one document in order; empty for an unknown id."""
        number = self.document_rows.get(document)
        if number is None:
            return ()
        rows = self._query(f"SELECT {_COLUMNS} FROM paragraphs p WHERE p.document = ? ORDER BY p.position", (number,))
        return tuple(_paragraph(document, row) for row in rows)

    def documents_with(self, labels: Sequence[str]) -> set[str]:
        """Ids of the documents that have a paragraph of one of these labels (the first hundreds of them). O(paragraphs)."""
        wanted = labels[:_BATCH]
        rows = self._query(f"SELECT DISTINCT document FROM paragraphs WHERE label IN ({','.join('?' * len(wanted))})", wanted)
        return {self.documents[row].id for (row,) in rows}

    def rows_of(self, documents: Sequence[int]) -> list[int]:
        """Paragraph rows of these document rows."""
        wanted = set(documents)
        return [row for row, document in self._query("SELECT row, document FROM paragraphs") if document in wanted]

    def embedding_keys(self) -> list[tuple[bytes, int, int]]:
        """(embedding key, first vector, number of vectors) of every paragraph, by row."""
        return [
            (bytes(key), first, count)
            for key, first, count in self._query("SELECT key, first_vector, vectors FROM paragraphs ORDER BY row")
        ]

    def select(self, filters: Filters) -> Selection:
        """What `filters` allow. Names fold case; a speaker is also found as a delegation, by a role or group, and in the turns
        of a transcript; a session by a part of its name ("first substantive session")."""
        allowed = [row for row, document in enumerate(self.documents) if _allows(filters, document)]
        turns = self._turns_of(filters) if filters.speakers else []
        if not turns:
            return Selection(tuple(allowed))
        documents = sorted({*allowed, *(document for _, document in turns)})
        return Selection(tuple(documents), tuple(sorted([*self.rows_of(allowed), *(row for row, _ in turns)])))

    def _turns_of(self, filters: Filters) -> list[tuple[int, int]]:
        """(paragraph row, document row) of what the speakers say in transcripts that are not theirs as a whole."""
        wanted = {name.casefold() for name in filters.speakers}
        rest = replace(filters, speakers=())
        others = {row for row, document in enumerate(self.documents) if _allows(rest, document) and not _allows(filters, document)}
        rows = self._query("SELECT row, document, speaker FROM paragraphs WHERE speaker IS NOT NULL ORDER BY row")
        return [(row, document) for row, document, speaker in rows if document in others and wanted & set(names_of(speaker))]


def _allows(filters: Filters, document: Document) -> bool:
    def any_of(wanted: tuple[str, ...], *values: str | None) -> bool:
        return not wanted or bool({name.casefold() for name in wanted} & {value.casefold() for value in values if value})

    if (filters.since or filters.until) and document.date is None:
        return False
    return (
        any_of(filters.documents, document.id, document.symbol)
        and any_of(filters.kinds, document.kind)
        and any_of(filters.standings, document.standing)
        and any_of(filters.speakers, document.speaker, document.delegation, *document.roles)
        and (not filters.sessions or any(name.casefold() in (document.session or "").casefold() for name in filters.sessions))
        and any_of(filters.languages, document.language)
        and (filters.since is None or (document.date is not None and document.date >= filters.since))
        and (filters.until is None or (document.date is not None and document.date <= filters.until))
    )


def _ledger(fields: dict[str, Any]) -> Ledger:
    packed: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
    return Ledger(**packed)


def _document(row: tuple[Any, ...]) -> Document:
    identity, symbol, title, kind, standing, date, session, speaker, delegation, language, source, sha256, aliases, roles, origins = row
    return Document(
        id=identity, title=title, source=source, sha256=sha256, symbol=symbol, kind=kind, standing=standing,
        date=dt.date.fromisoformat(date) if date else None, session=session, speaker=speaker, delegation=delegation,
        language=language, aliases=tuple(json.loads(aliases)), roles=tuple(json.loads(roles)), origins=json.loads(origins),
    )  # fmt: skip


def _paragraph(document: str, row: tuple[Any, ...]) -> Paragraph:
    _, _, label, numbering, text, heading, pages, ranges, speaker = row
    first_and_last = json.loads(pages) if pages else None
    return Paragraph(
        document, label, numbering, text, tuple(json.loads(heading)),
        (first_and_last[0], first_and_last[1]) if first_and_last else None,
        tuple((start, end) for start, end in json.loads(ranges)), speaker,
    )  # fmt: skip
