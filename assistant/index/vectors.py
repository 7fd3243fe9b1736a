"""The vector store: segments, each written once, and a list of the paragraphs that have gone since.

    vectors/<name>.flat, .rows, .codes   a segment (see `segments`)
    vectors/gone                         NumPy, the rows of paragraphs whose vectors still lie in a segment, ascending

A build that changes little links the segments of the last generation and adds one. It takes up all segments that are not
larger than what it has so far, so that there are few: some more than the logarithm of the number of builds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import faiss
import numpy as np

from assistant.errors import DamagedIndex, MismatchedIndex
from assistant.index.encoder import FloatArray
from assistant.index.files import link
from assistant.index.legs import Hits, Selection
from assistant.index.segments import CODES, FLAT, ROWS, IntArray, Segment, write_segment
from assistant.settings import VectorSettings

GONE = "gone"
_AT_ONCE = 10_000
"""Vectors that are copied from a segment at a time."""


class VectorStore:
    """An open vector store: a paragraph is scored by its best window; its scores are exact cosines.

    Raises:
        DamagedIndex: it cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        # A single query is searched by one thread anyway. A second one, idle, would spin and take a core from the encoder, which
        # then needs nearly twice as long (two cores, 10,000 vectors: 12.7 instead of 20.8 ms for both).
        faiss.omp_set_num_threads(1)
        names = [path.name.removesuffix(ROWS) for path in folder.glob(f"*{ROWS}")]
        self.segments = sorted((Segment(folder, name) for name in names), key=lambda segment: int(segment.rows[0]))
        try:
            self.gone: IntArray = np.load(folder / GONE, allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            where = f"{folder.parent.name}/{folder.name}/{GONE}"
            raise DamagedIndex(f"{where} cannot be read: {error}", "Rebuild it: assistant index --rebuild") from None

    def __len__(self) -> int:
        return sum(map(len, self.segments)) - self.lost

    @property
    def lost(self) -> int:
        """How many vectors are of paragraphs that have gone."""
        return sum(int(np.isin(segment.rows, self.gone).sum()) for segment in self.segments) if len(self.gone) else 0

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self.segments[0].dimension if self.segments else 0

    @property
    def next_row(self) -> int:
        """The first row that no vector has, nor had."""
        return max((int(segment.rows[-1]) + 1 for segment in self.segments), default=0)

    def search(self, query: FloatArray, limit: int, within: Selection | None = None) -> Hits:
        """At most `limit` (paragraph row, cosine) of a query vector (dimension,), best first, equal scores by row.

        With `within` only these paragraphs are searched, before the cut, so that `limit` results come back whenever so many exist.

        Raises:
            MismatchedIndex: the query has another length than the vectors.
        """
        if not self.segments:
            return []
        if query.shape != (self.dimension,):  # FAISS checks this with an assert, which python -O removes
            lengths = f"the query has {query.size} numbers, the index {self.dimension} in a vector"
            raise MismatchedIndex(lengths, "Build it anew with: assistant index")
        if limit < 1 or not np.all(np.isfinite(query)):
            return []
        ranges = None if within is None else np.array(within.ranges, np.int64).reshape(-1, 2)
        hits = [hit for segment in self.segments for hit in self._nearest(segment, query, limit, ranges)]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:limit]

    def _nearest(self, segment: Segment, query: FloatArray, limit: int, ranges: IntArray | None) -> Iterator[tuple[int, float]]:
        """The `limit` best paragraphs of a segment, and all that are as good as the last of them."""
        places = None if ranges is None else segment.places(ranges)
        depth = limit + 1
        while places is None or len(places):
            rows, scores, all_seen = segment.nearest(query, depth, places)
            best: dict[int, float] = {}
            for row, score in zip(rows.tolist(), scores.tolist(), strict=True):  # best first
                best.setdefault(row, score)
            for row in np.intersect1d(rows, self.gone).tolist():
                del best[row]
            ranked = list(best.values())
            if all_seen or (len(best) >= limit and scores[-1] < ranked[limit - 1]):
                yield from best.items()
                return
            depth *= 2  # a paragraph took several places, some have gone, or equals of the last one may be outside

    def of_rows(self, rows: Sequence[int]) -> list[FloatArray]:
        """The vectors of each of these paragraphs, shape (windows, dimension)."""
        wanted = np.array([(row, row + 1) for row in rows], np.int64).reshape(-1, 2)
        found: list[FloatArray] = [np.zeros((0, self.dimension), np.float32)] * len(rows)
        for segment in self.segments:
            ends = np.searchsorted(segment.rows, wanted, "left")
            for at, (begin, end) in enumerate(ends.tolist()):
                if begin < end:
                    found[at] = segment.vectors(np.arange(begin, end))
        return found

    def all_vectors(self) -> FloatArray:
        """Every vector that can be found, by row, shape (n, dimension)."""
        parts = [vectors for segment in self.segments for _, vectors in self.parts(segment)]
        return np.concatenate(parts) if parts else np.zeros((0, self.dimension), np.float32)

    def parts(self, segment: Segment, gone: IntArray | None = None) -> Iterator[tuple[IntArray, FloatArray]]:
        """(rows, vectors) of a segment without those that have gone, some at a time."""
        gone = self.gone if gone is None else gone
        for begin in range(0, len(segment), _AT_ONCE):
            rows = np.asarray(segment.rows[begin : begin + _AT_ONCE])
            kept = np.flatnonzero(~np.isin(rows, gone))
            yield rows[kept], segment.vectors(kept + begin)


@dataclass(frozen=True, slots=True)
class VectorBase:
    """A store to begin with, its folder, and the rows of all paragraphs of it that have gone by now."""

    store: VectorStore
    folder: Path
    gone: IntArray


def write_vectors(
    folder: Path, new: Iterable[tuple[IntArray, FloatArray]], size: int, settings: VectorSettings, base: VectorBase | None = None
) -> list[str]:
    """Writes a store of what a `base` keeps, if there is one, and `new`: `size` vectors in parts (rows, vectors), by ascending row.

    Returns the names of the files that were linked from the base.

    Raises:
        OSError: the disk is full or cannot be written.
        ValueError: a vector is not of length 1.
    """
    folder.mkdir()
    kept = list(base.store.segments) if base else []
    taken: list[Segment] = []
    while kept and size and len(kept[-1]) <= 2 * size:
        taken.insert(0, kept.pop())
        size += len(taken[0])
    linked = [f"{segment.name}{suffix}" for segment in kept for suffix in (FLAT, ROWS, CODES)]
    linked = [name for name in linked if base and (base.folder / name).exists()]
    gone = np.zeros(0, np.int64)
    parts: Iterable[tuple[IntArray, FloatArray]] = new
    if base:
        for name in linked:
            link(base.folder / name, folder / name)
        parts = chain((part for segment in taken for part in base.store.parts(segment, base.gone)), new)  # their rows are lower
        gone = np.array([row for row in base.gone.tolist() if any(_holds(segment, row) for segment in kept)], np.int64)
    write_segment(folder, f"{len(kept) + 1:04d}", parts, settings)
    with (folder / GONE).open("wb") as stream:
        np.save(stream, gone, allow_pickle=False)
    return linked


def _holds(segment: Segment, row: int) -> bool:
    at = int(np.searchsorted(segment.rows, row))
    return at < len(segment) and int(segment.rows[at]) == row
