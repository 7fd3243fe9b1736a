"""Writes the three parts of a generation: whole, or onto the last one, whose files are linked and added to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from assistant.index.context import context_of
from assistant.index.embedding import Embedded
from assistant.index.encoder import FloatArray
from assistant.index.generations import LEXICAL, PARAGRAPHS, VECTORS
from assistant.index.lexical import LexicalBase, write_lexical
from assistant.index.plan import Fresh, Last, Plan
from assistant.index.segments import IntArray
from assistant.index.store import Span
from assistant.index.store_writer import Base, NewDocument, write_store
from assistant.index.vectors import VectorBase, write_vectors
from assistant.settings import VectorSettings

_AT_ONCE = 2_000
"""Paragraphs whose vectors are fetched at a time."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A document to be written and where it will lie."""

    fresh: Fresh
    span: Span


def write_parts(folder: Path, plan: Plan, embedded: Embedded, last: Last | None, settings: VectorSettings) -> set[str]:
    """Writes the parts of the generation in `folder`; returns the files, by their paths in it, that were linked from the last one.

    Raises:
        OSError: the disk is full or cannot be written.
        ValueError: a vector is not of length 1.
    """
    onto = None if plan.is_whole else last
    placed = list(_placed(plan.fresh, onto))
    vectors = _Vectors(placed, embedded, last)
    generation = onto.generation if onto else None
    vector_base = VectorBase(generation.vectors, generation.folder / VECTORS, _gone(plan, onto)) if onto and generation else None
    linked = {f"{VECTORS}/{name}" for name in write_vectors(folder / VECTORS, vectors.parts(), vectors.count(), settings, vector_base)}
    base = Base(generation.folder / PARAGRAPHS, plan.removed, plan.kept) if generation else None
    write_store(folder / PARAGRAPHS, map(_new, placed), plan.files, base)
    lexical_base = LexicalBase(generation.folder / LEXICAL, [span.document for span in plan.removed]) if generation else None
    return linked | {f"{LEXICAL}/{name}" for name in write_lexical(folder / LEXICAL, _words(placed), lexical_base)}


def _placed(fresh: Sequence[Fresh], onto: Last | None) -> Iterator[_Placed]:
    """Gives each document its rows: after those of the last generation, where it is added to that."""
    document = max(onto.generation.store.order, default=-1) + 1 if onto else 0
    row = onto.generation.vectors.next_row if onto else 0
    for number, item in enumerate(fresh, document):
        yield _Placed(item, Span(number, row, len(item.keys)))
        row += len(item.keys)


def _gone(plan: Plan, onto: Last) -> IntArray:
    """The rows of all paragraphs that have gone since the segments were written, ascending."""
    rows = [np.arange(span.first, span.first + span.count) for span in plan.removed]
    return np.sort(np.concatenate([onto.generation.vectors.gone, *rows]))


def _new(placed: _Placed) -> NewDocument:
    entry, fresh = placed.fresh.entry, placed.fresh
    return NewDocument(placed.span, fresh.place, entry.document, entry.ledger, entry.paragraphs, fresh.keys, entry.origin)


def _words(placed: Sequence[_Placed]) -> Iterator[tuple[int, int, str]]:
    """(paragraph row, document row, what is indexed of it)."""
    for item in placed:
        document = item.fresh.entry.document
        for row, paragraph in enumerate(item.fresh.entry.paragraphs, item.span.first):
            yield row, item.span.document, " ".join(filter(None, (context_of(document, paragraph), paragraph.text)))


@dataclass(frozen=True)
class _Vectors:
    """The vectors of documents: of what was embedded, else of the last generation."""

    placed: Sequence[_Placed]
    embedded: Embedded
    last: Last | None

    def _rows(self) -> Iterator[tuple[int, bytes]]:
        for item in self.placed:
            yield from enumerate(item.fresh.keys, item.span.first)

    def count(self) -> int:
        """How many there are, or a little less: windows of the last generation are counted as one."""
        return sum(self.embedded.count(key) for _, key in self._rows())

    def parts(self) -> Iterator[tuple[IntArray, FloatArray]]:
        """(paragraph rows, vectors), some at a time, by ascending row."""
        rows = self._rows()
        while part := list(islice(rows, _AT_ONCE)):
            vectors = self._of([key for _, key in part])
            counts = [len(of_one) for of_one in vectors]
            yield np.repeat([row for row, _ in part], counts), np.concatenate(vectors)

    def _of(self, keys: Sequence[bytes]) -> list[FloatArray]:
        elsewhere = [key for key in keys if key not in self.embedded]
        if not elsewhere or not self.last:
            return [self.embedded.vectors(key) for key in keys]
        rows = self.last.generation.store.rows_by_key(elsewhere)
        stored = dict(zip(rows, self.last.generation.vectors.of_rows(list(rows.values())), strict=True))
        return [stored[key] if key in stored else self.embedded.vectors(key) for key in keys]
