"""Writes the three parts of a generation: whole, or onto the last one, whose files are linked and added to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from assistant.index.backends import Backend, Onto, Parts, Written
from assistant.index.context import context_of
from assistant.index.embedding import Embedded
from assistant.index.encoder import FloatArray
from assistant.index.generations import PARAGRAPHS
from assistant.index.plan import Fresh, Last, Plan
from assistant.index.segments import IntArray
from assistant.index.store import Span
from assistant.index.store_writer import Base, NewDocument, write_store

_AT_ONCE = 2_000
"""Paragraphs whose vectors are fetched at a time."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A document to be written and where it will lie."""

    fresh: Fresh
    span: Span


def write_parts(
    folder: Path, plan: Plan, embedded: Embedded, last: Last | None, backend: Backend, tell: Callable[[str, int, int], None]
) -> Written:
    """Writes the parts of the generation in `folder`: the paragraphs, and to the back end vectors and words.

    Raises:
        IndexProblem: the back end cannot be written.
        OSError: the disk is full or cannot be written.
        ValueError: a vector is not of length 1.
    """
    onto = None if plan.is_whole else last
    placed = list(_placed(plan.fresh, onto))
    vectors = _Vectors(placed, embedded, last)
    generation = onto.generation if onto else None
    base = Base(generation.folder / PARAGRAPHS, plan.removed, plan.kept) if generation else None
    write_store(folder / PARAGRAPHS, map(_new, placed), plan.files, base)
    return backend.write(folder, Parts(vectors.parts(), vectors.count(), _words(placed), _begun(plan, onto)), tell)


def _begun(plan: Plan, onto: Last | None) -> Onto | None:
    if not onto:
        return None
    generation = onto.generation
    return Onto(generation.folder, generation.vector_files, _gone(plan, onto), [span.document for span in plan.removed])


def _placed(fresh: Sequence[Fresh], onto: Last | None) -> Iterator[_Placed]:
    """Gives each document its rows: after those of the last generation, where it is added to that."""
    document = max(onto.generation.store.order, default=-1) + 1 if onto else 0
    row = onto.generation.vector_files.next_row if onto else 0
    for number, item in enumerate(fresh, document):
        yield _Placed(item, Span(number, row, len(item.keys)))
        row += len(item.keys)


def _gone(plan: Plan, onto: Last) -> IntArray:
    """The rows of all paragraphs that have gone since the segments were written, ascending."""
    rows = [np.arange(span.first, span.first + span.count) for span in plan.removed]
    return np.sort(np.concatenate([onto.generation.vector_files.gone, *rows]))


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
