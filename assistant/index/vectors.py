"""The vector store: an exact FAISS index of unit vectors, where a paragraph may own several (one for each window).

FAISS writes no checksum, and on a full disk may leave half a file behind with no more than a line on stderr: so vectors
are serialised to bytes here, written by Python, and checked against the manifest before they are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from assistant.errors import DamagedIndex, MismatchedIndex
from assistant.index.encoder import FloatArray

_REBUILD = "Rebuild it: assistant index --rebuild"
_FEW = 8
"""Up to one row in so many vectors, fetching theirs is faster than asking of every vector whether it is among them."""


def serialise(vectors: FloatArray, rows: npt.NDArray[np.int64]) -> bytes:
    """Bytes of a FAISS index of `vectors` (n, dimension), where vector i belongs to paragraph `rows[i]`.

    Raises:
        ValueError: a vector is not of length 1 (a NaN or a zero vector would be found by every query, or by none).
    """
    lengths = np.linalg.norm(vectors, axis=1)
    if vectors.shape[0] != rows.shape[0] or not np.all(np.abs(lengths - 1) < 1e-3):
        raise ValueError("vectors must have length 1 and a row each")
    index = faiss.IndexIDMap(faiss.IndexFlatIP(vectors.shape[1]))
    index.add_with_ids(vectors, rows)
    return bytes(faiss.serialize_index(index).tobytes())


class VectorStore:
    """An open vector store: exact cosine search over all windows, each paragraph scored by its best one."""

    def __init__(self, path: Path) -> None:
        # A single query is searched by one thread anyway. A second one, idle, would spin and take a core from the encoder, which
        # then needs nearly twice as long (two cores, 10,000 vectors: 12.7 instead of 20.8 ms for both).
        faiss.omp_set_num_threads(1)
        try:
            index: Any = faiss.deserialize_index(np.frombuffer(path.read_bytes(), dtype=np.uint8))
        except (OSError, RuntimeError) as error:
            raise DamagedIndex(f"{path.parent.name}/{path.name} cannot be read: {error}", _REBUILD) from None
        self._index = index
        self._owners = faiss.vector_to_array(index.id_map)  # in ascending order, as they were stored

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def all_vectors(self) -> FloatArray:
        """Every vector in the order in which they were stored, shape (n, dimension)."""
        return np.asarray(self._index.index.reconstruct_n(0, len(self)), dtype=np.float32).reshape(-1, self.dimension)

    def search(self, query: FloatArray, limit: int, rows: Sequence[int] | npt.NDArray[np.int64] | None = None) -> list[tuple[int, float]]:
        """At most `limit` (paragraph row, cosine) of a query vector (dimension,), best first, equal scores by row.

        With `rows` only these paragraphs are searched, before the cut, so that `limit` results come back whenever so many exist.

        Raises:
            MismatchedIndex: the query has another length than the vectors.
        """
        if query.shape != (self.dimension,):  # FAISS checks this with an assert, which python -O removes
            raise MismatchedIndex(f"the query has {query.size} numbers, the index {self.dimension} in a vector", _REBUILD)
        if limit < 1 or not len(self) or not np.all(np.isfinite(query)) or (rows is not None and len(rows) == 0):
            return []
        if rows is not None and len(rows) * _FEW <= len(self):
            return self._scores(query, np.unique(np.asarray(rows, dtype=np.int64)))[:limit]
        parameters = None
        if rows is not None:
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(np.asarray(rows, dtype=np.int64)))  # type: ignore[call-arg]  # its stub lacks what it takes
        depth = min(limit + 1, len(self))
        while True:
            scores, found = self._index.search(query.reshape(1, -1), depth, params=parameters)
            best: dict[int, float] = {}
            for row, score in zip(found[0].tolist(), scores[0].tolist(), strict=True):  # best first
                if row >= 0:  # FAISS fills up with -1, which would be the last paragraph of a Python list
                    best.setdefault(row, score)
            ranked = sorted(best.items(), key=lambda hit: (-hit[1], hit[0]))
            nothing_left = depth == len(self) or found[0][-1] < 0
            if nothing_left or (len(ranked) >= limit and scores[0][-1] < ranked[limit - 1][1]):
                return ranked[:limit]
            depth = min(depth * 2, len(self))  # a paragraph took several places, or equals of the last one may be outside

    def _scores(self, query: FloatArray, rows: npt.NDArray[np.int64]) -> list[tuple[int, float]]:
        """(paragraph row, cosine) of each of these rows, best first: their vectors are fetched, and no others are looked at."""
        first, last = np.searchsorted(self._owners, rows, "left"), np.searchsorted(self._owners, rows, "right")
        places = np.concatenate([np.arange(begin, end) for begin, end in zip(first, last, strict=True)])
        if not len(places):
            return []
        cosines = self._index.index.reconstruct_batch(places) @ query
        best: dict[int, float] = {}
        for row, cosine in zip(self._owners[places].tolist(), cosines.tolist(), strict=True):
            best[row] = max(cosine, best.get(row, cosine))
        return sorted(best.items(), key=lambda hit: (-hit[1], hit[0]))
