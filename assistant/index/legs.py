"""The two legs of a hybrid search, as every back end gives them, and what a search is restricted to.

Rows are the paragraph store's numbers of paragraphs and documents. Fusion is not a back end's: it gets both legs' scores.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from assistant.index.encoder import FloatArray

Hits = list[tuple[int, float]]
"""(paragraph row, score), best first, equal scores by row; each row once."""
DECIMALS = 6
"""To so many a cosine is rounded: those of equal vectors differ in the next one, by where the vectors lie in memory."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Paragraphs that may be found: ascending half-open ranges of their rows, which do not touch.

    `documents` are the rows of the documents they belong to, where known; `whole` says that all paragraphs of these are meant.
    """

    ranges: tuple[tuple[int, int], ...]
    documents: tuple[int, ...] = ()
    whole: bool = False

    @classmethod
    def of_rows(cls, rows: Iterable[int]) -> Selection:
        """Just these paragraphs."""
        return cls(tuple(joined((row, row + 1) for row in sorted(set(rows)))))

    def __len__(self) -> int:
        return sum(end - begin for begin, end in self.ranges)

    def rows(self) -> Iterator[int]:
        """Every row, ascending."""
        for begin, end in self.ranges:
            yield from range(begin, end)


def joined(ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Ascending ranges, with those that touch as one; empty ones are left out."""
    last: tuple[int, int] | None = None
    for begin, end in ranges:
        if begin >= end:
            continue
        if last and begin <= last[1]:
            last = (last[0], max(end, last[1]))
            continue
        if last:
            yield last
        last = (begin, end)
    if last:
        yield last


class DenseLeg(Protocol):
    """Vectors of paragraphs, searched by cosine; a paragraph of several windows counts with its best one."""

    def __len__(self) -> int:
        """How many vectors can be found."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def search(self, query: FloatArray, limit: int, within: Selection | None = None) -> Hits:
        """At most `limit` paragraphs by their cosine with a query vector (dimension,).

        With `within` only these are searched, before the cut, so that `limit` come back whenever so many exist.

        Raises:
            MismatchedIndex: the query has another length than the vectors.
        """

    def of_rows(self, rows: Sequence[int]) -> list[FloatArray]:
        """The vectors of each of these paragraphs, shape (windows, dimension), as they were written."""


class LexicalLeg(Protocol):
    """Words of paragraphs, searched by BM25."""

    def __len__(self) -> int:
        """How many paragraphs can be found."""

    def search(self, text: str, limit: int, within: Selection | None = None) -> Hits:
        """At most `limit` paragraphs by their score; with `within` only these, with the scores they have anyway."""

    def document_frequency(self, term: str) -> int:
        """How many paragraphs hold this stem (one of `lexical.terms`)."""
