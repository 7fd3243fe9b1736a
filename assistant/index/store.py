"""The paragraph store: documents, paragraphs and ledgers in one SQLite file, read-only once published.

A document and its paragraphs have row numbers that they keep in later generations as long as they do not change; the rows
of a document's paragraphs follow one another. A document's `place` is its position in the corpus.
"""

from __future__ import annotations

import sqlite3
import weakref
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from assistant.corpus.turns import names_of
from assistant.errors import DamagedIndex, MismatchedIndex
from assistant.index.legs import Selection, joined
from assistant.index.rows import DOCUMENT_COLUMNS, PARAGRAPH_COLUMNS, VERSION, read_document, read_ledger, read_paragraph
from assistant.schema import Document, Filters, Ledger, Paragraph

_BATCH = 500
"""Rows asked for in one statement; SQLite allows at least 999 variables."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where a document lies: its row, the row of its first paragraph, and how many it has."""

    document: int
    first: int
    count: int


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

    def query(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """What SQLite answers.

        Raises:
            DamagedIndex: the file cannot be read.
        """
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
    def _documents(self) -> dict[int, tuple[Document, Span]]:
        """Every document with its span, by row, in the order of the corpus."""
        is_store = bool(self.query("SELECT 1 FROM sqlite_master WHERE name = 'documents'"))
        if is_store and self.query("PRAGMA user_version")[0][0] != VERSION:
            raise MismatchedIndex(f"{self._name} was written by another version of this program", "Build it anew with: assistant index")
        rows = self.query(f"SELECT row, first, paragraphs, {DOCUMENT_COLUMNS} FROM documents ORDER BY place")
        return {row: (read_document(fields), Span(row, first, count)) for row, first, count, *fields in rows}

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """All documents, in the order of the corpus.

        Raises:
            MismatchedIndex: the store was written by another version of this program.
        """
        return tuple(document for document, _ in self._documents.values())

    @cached_property
    def spans(self) -> dict[str, Span]:
        """Where each document lies, by its id."""
        return {document.id: span for document, span in self._documents.values()}

    @cached_property
    def order(self) -> dict[int, int]:
        """The place of each document, by its row."""
        return {row: place for place, row in enumerate(self._documents)}

    @cached_property
    def rows_are_in_order(self) -> bool:
        """Whether the rows of documents and paragraphs follow the order of the corpus."""
        rows = list(self._documents)
        return rows == sorted(rows)

    def ledgers(self) -> list[Ledger]:
        """The ledger of each document, in the order of the corpus."""
        return [read_ledger(text) for (text,) in self.query("SELECT ledger FROM documents ORDER BY place")]

    def count(self, selection: Selection | None = None) -> int:
        """How many paragraphs there are, in all or in a selection."""
        return sum(span.count for _, span in self._documents.values()) if selection is None else len(selection)

    def paragraphs(self, rows: Sequence[int]) -> dict[int, tuple[Document, Paragraph]]:
        """The paragraphs of these rows with their documents."""
        found: dict[int, tuple[Document, Paragraph]] = {}
        for begin in range(0, len(rows), _BATCH):
            part = rows[begin : begin + _BATCH]
            marks = ",".join("?" * len(part))
            for row, number, *fields in self.query(
                f"SELECT row, document, {PARAGRAPH_COLUMNS} FROM paragraphs WHERE row IN ({marks})", part
            ):
                document, _ = self._documents[number]
                found[row] = (document, read_paragraph(document.id, fields))
        return found

    def in_order(self, rows: Sequence[int]) -> dict[int, tuple[int, int]]:
        """Where each paragraph row stands in the corpus: its document's place, then its row."""
        spans = self._by_first
        owners = (spans[bisect_right(spans, row, key=lambda span: span.first) - 1] for row in rows)
        return {row: (self.order[span.document], row) for row, span in zip(rows, owners, strict=True)}

    @cached_property
    def _by_first(self) -> list[Span]:
        return sorted((span for _, span in self._documents.values()), key=lambda span: span.first)

    def document_paragraphs(self, document: str) -> tuple[Paragraph, ...]:
        """The paragraphs of one document in order; empty for an unknown id."""
        span = self.spans.get(document)
        return self.paragraphs_of(document, span) if span else ()

    def paragraphs_of(self, document: str, span: Span) -> tuple[Paragraph, ...]:
        """The paragraphs that lie there, as those of a document of this id."""
        asked = f"SELECT {PARAGRAPH_COLUMNS} FROM paragraphs WHERE row >= ? AND row < ? ORDER BY row"
        return tuple(read_paragraph(document, fields) for fields in self.query(asked, (span.first, span.first + span.count)))

    def documents_with(self, labels: Sequence[str]) -> set[str]:
        """Ids of the documents that have a paragraph of one of these labels (the first hundreds of them). O(paragraphs)."""
        wanted = labels[:_BATCH]
        rows = self.query(f"SELECT DISTINCT document FROM paragraphs WHERE label IN ({','.join('?' * len(wanted))})", wanted)
        return {self._documents[row][0].id for (row,) in rows}

    def rows_by_key(self, keys: Sequence[bytes]) -> dict[bytes, int]:
        """The row of a paragraph with each of these embedding keys, where there is one."""
        found: dict[bytes, int] = {}
        for begin in range(0, len(keys), _BATCH):
            part = keys[begin : begin + _BATCH]
            asked = f"SELECT key, min(row) FROM paragraphs WHERE key IN ({','.join('?' * len(part))}) GROUP BY key"
            found |= {bytes(key): row for key, row in self.query(asked, part)}
        return found

    def keys_of(self, span: Span) -> list[bytes]:
        """The embedding keys of a document's paragraphs."""
        asked = "SELECT key FROM paragraphs WHERE row >= ? AND row < ? ORDER BY row"
        return [bytes(key) for (key,) in self.query(asked, (span.first, span.first + span.count))]

    def select(self, filters: Filters) -> Selection:
        """What `filters` allow. Names fold case; a speaker is also found as a delegation, by a role or group, and in the turns
        of a transcript; a session by a part of its name ("first substantive session")."""
        allowed = {row for row, (document, _) in self._documents.items() if _allows(filters, document)}
        turns = self._turns_of(filters, allowed) if filters.speakers else []
        spans = [(span.first, span.first + span.count) for row, (_, span) in self._documents.items() if row in allowed]
        ranges = tuple(joined(sorted([*spans, *((row, row + 1) for row, _ in turns)])))
        return Selection(ranges, tuple(sorted({*allowed, *(document for _, document in turns)})), whole=not turns)

    def documents_of(self, selection: Selection) -> list[Document]:
        """The documents that a selection names, in the order of the corpus."""
        wanted = set(selection.documents)
        return [document for row, (document, _) in self._documents.items() if row in wanted]

    def _turns_of(self, filters: Filters, allowed: set[int]) -> list[tuple[int, int]]:
        """(paragraph row, document row) of what the speakers say in transcripts that are not theirs as a whole."""
        wanted = {name.casefold() for name in filters.speakers}
        rest = replace(filters, speakers=())
        others = {row for row, (document, _) in self._documents.items() if row not in allowed and _allows(rest, document)}
        rows = self.query("SELECT row, document, speaker FROM paragraphs WHERE speaker IS NOT NULL ORDER BY row")
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
