"""A segment of the vector store: some vectors that are never changed, in files that are mapped, not read.

    <name>.flat    FAISS, every vector as float32: what is scored exactly, and what a later build reuses
    <name>.rows    NumPy, the paragraph row of each vector, ascending
    <name>.codes   FAISS, one byte a number; only of a large segment, where it is scanned in the place of the vectors

A large segment's codes find candidates, whose scores are then computed from the vectors: so scores are exact in every
segment, and only the choice of candidates is not. Beyond some millions the codes are clustered, and the nearest clusters
are scanned: as many as give the measured recall (`_clusters_to_scan`).

FAISS writes no checksum, and on a full disk may leave half a file with no more than a line on stderr: so its bytes are
written by Python, and checked against the manifest before they are read.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from assistant.errors import DamagedIndex
from assistant.index.encoder import FloatArray
from assistant.index.legs import DECIMALS
from assistant.settings import VectorSettings

FLAT, ROWS, CODES = ".flat", ".rows", ".codes"
RECALL = 0.995
"""Least share of a flat search's ten nearest that the clusters scanned must hold; the aim is .98 for the whole."""
_FEW = 8
"""Up to one vector in so many, computing the scores of those asked for is faster than asking of every code whether it is among them."""
_LONG = 8
"""From so many vectors in a range on average, it is multiplied where it lies, instead of being gathered first."""
_CANDIDATES = 4
"""So many times what is wanted is taken from the codes before the scores are computed. Measured in docs/decisions/0013."""
_TRAINED_ON = 50_000
_AT_ONCE = 50_000
_PROBES = 200

IntArray = npt.NDArray[np.int64]


def write_segment(folder: Path, name: str, parts: Iterable[tuple[IntArray, FloatArray]], settings: VectorSettings) -> None:
    """Writes vectors, given in parts (rows of paragraphs, vectors of shape (n, dimension)), by ascending row; of none, nothing.

    Raises:
        OSError: the disk is full or cannot be written.
        ValueError: a vector is not of length 1 (a NaN or a zero vector would be found by every query, or by none).
    """
    flat: Any = None
    all_rows: list[IntArray] = []
    for rows, vectors in parts:
        if vectors.shape[0] != len(rows) or not np.all(np.abs(np.linalg.norm(vectors, axis=1) - 1) < 1e-3):
            raise ValueError("vectors must have length 1 and a row each")
        flat = flat if flat is not None else faiss.IndexFlatIP(vectors.shape[1])
        flat.add(np.ascontiguousarray(vectors, dtype=np.float32))
        all_rows.append(rows)
    if flat is None or not flat.ntotal:
        return
    _write(folder / f"{name}{FLAT}", flat)
    with (folder / f"{name}{ROWS}").open("wb") as stream:
        np.save(stream, np.concatenate(all_rows).astype(np.int64), allow_pickle=False)
    if flat.ntotal > settings.exact_up_to:
        _write(folder / f"{name}{CODES}", _codes(flat, clustered=flat.ntotal > settings.unclustered_up_to))


def _write(path: Path, index: Any) -> None:
    with path.open("wb") as stream:

        def write(content: bytes) -> int:
            stream.write(content)
            return len(content)

        faiss.write_index(index, faiss.PyCallbackIOWriter(write, 1 << 20))  # type: ignore[attr-defined]  # its stub lacks it


def _codes(flat: Any, clustered: bool) -> Any:
    """The vectors of a flat index at one byte a number; recall against it is measured in docs/decisions/0013."""
    count, dimension = flat.ntotal, flat.d
    kind, metric = faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    if clustered:
        clusters = int(4 * np.sqrt(count))
        codes: Any = faiss.IndexIVFScalarQuantizer(faiss.IndexFlatIP(dimension), dimension, clusters, kind, metric)
        codes.cp.max_points_per_centroid = 64
    else:
        codes = faiss.IndexScalarQuantizer(dimension, kind, metric)
    step = max(1, count // max(_TRAINED_ON, 40 * int(4 * np.sqrt(count)) if clustered else 0))
    codes.train(flat.reconstruct_batch(np.arange(0, count, step)))
    for begin in range(0, count, _AT_ONCE):
        codes.add(flat.reconstruct_n(begin, min(_AT_ONCE, count - begin)))
    if clustered:
        codes.nprobe = _clusters_to_scan(codes, flat)
    return codes


def _clusters_to_scan(codes: Any, flat: Any) -> int:
    """The fewest clusters, doubling, that hold RECALL of the ten nearest of a flat search.

    Asked are sums of two vectors far apart in the segment: like a question they lie between paragraphs, not on one, and need
    many more clusters than the vectors themselves, each of which lies in the middle of its neighbours.
    """
    places = np.linspace(0, flat.ntotal - 1, min(_PROBES, flat.ntotal)).astype(np.int64)
    asked = flat.reconstruct_batch(places) + flat.reconstruct_batch(np.roll(places, len(places) // 2))
    asked /= np.maximum(np.linalg.norm(asked, axis=1, keepdims=True), 1e-6)
    _, true = flat.search(asked, 10)
    scanned = 1
    while scanned < codes.nlist:
        codes.nprobe = scanned
        _, found = codes.search(asked, 10 * _CANDIDATES)
        if np.mean([len(set(one) & set(other)) for one, other in zip(true, found, strict=True)]) / true.shape[1] >= RECALL:
            return scanned
        scanned *= 2
    return int(codes.nlist)


class Segment:
    """An open segment. What was opened stays readable when its files are removed.

    Raises:
        DamagedIndex: a file cannot be read.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self._flat = _open(folder / f"{name}{FLAT}")
        shape = (self._flat.ntotal, self._flat.d)
        self._matrix: FloatArray = faiss.rev_swig_ptr(self._flat.get_xb(), shape[0] * shape[1]).reshape(shape)  # mapped, not copied
        self._codes = _open(folder / f"{name}{CODES}") if (folder / f"{name}{CODES}").exists() else None
        try:
            self.rows: IntArray = np.load(folder / f"{name}{ROWS}", mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise _damaged(folder / f"{name}{ROWS}", error) from None
        if self.rows.shape != (self._flat.ntotal,):
            raise _damaged(folder / f"{name}{ROWS}", ValueError("it does not fit its vectors"))

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._flat.d)

    def vectors(self, places: IntArray) -> FloatArray:
        """The vectors at these places, shape (n, dimension)."""
        return np.asarray(self._matrix[places])

    def places(self, ranges: IntArray) -> IntArray:
        """Where the vectors of the paragraphs in these (n, 2) half-open ranges of rows lie, as half-open ranges of places."""
        found = np.searchsorted(self.rows, ranges, "left")
        return np.asarray(found[found[:, 0] < found[:, 1]], np.int64)

    def nearest(self, query: FloatArray, depth: int, ranges: IntArray | None = None) -> tuple[IntArray, FloatArray, bool]:
        """(rows, cosines) of at most `depth` vectors, best first, among those at these ranges of places; whether these are all."""
        if ranges is not None and (self._codes is None or (ranges[:, 1] - ranges[:, 0]).sum() * _FEW <= len(self)):
            places, cosines = self._scored(query, ranges)
            return (*self._best(places, cosines, depth), len(places) <= depth)
        among = len(self) if ranges is None else int((ranges[:, 1] - ranges[:, 0]).sum())
        if self._codes is None:
            scores, found = self._search(self._flat, query, min(depth, among), None)
            return self.rows[found], np.round(scores, DECIMALS), depth >= among
        _, found = self._search(self._codes, query, min(depth * _CANDIDATES, among), ranges)
        return (*self._best(found, self._matrix[found] @ query, depth), len(found) >= among)

    def _scored(self, query: FloatArray, ranges: IntArray) -> tuple[IntArray, FloatArray]:
        """(places, cosines) of all vectors at these ranges of places."""
        places = _spread(ranges)
        if len(ranges) * _LONG > len(places):
            return places, self._matrix[places] @ query
        return places, np.concatenate([self._matrix[begin:end] @ query for begin, end in ranges.tolist()])

    def _best(self, places: IntArray, cosines: FloatArray, depth: int) -> tuple[IntArray, FloatArray]:
        """(rows, cosines) of the best of these, equal ones by place."""
        cosines = np.round(cosines, DECIMALS)
        if depth < len(places):
            least = np.partition(cosines, len(cosines) - depth)[len(cosines) - depth]
            places, cosines = places[cosines >= least], cosines[cosines >= least]
        order = np.lexsort((places, -cosines))[:depth]
        return self.rows[places[order]], cosines[order]

    def _search(self, index: Any, query: FloatArray, sought: int, ranges: IntArray | None) -> tuple[FloatArray, IntArray]:
        """(scores, places) of the nearest that an index of FAISS finds, which fills up with -1."""
        parameters: dict[str, Any] = {}
        if ranges is not None:
            mask = np.zeros(len(self), bool)
            for begin, end in ranges.tolist():
                mask[begin:end] = True
            bits = np.packbits(mask, bitorder="little")
            parameters["sel"] = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg,arg-type]  # its stub lacks what it takes
        scanned = getattr(index, "nprobe", 0)
        while True:
            kind = faiss.SearchParametersIVF if scanned else faiss.SearchParameters
            asked = kind(**parameters, **({"nprobe": scanned} if scanned else {}))
            scores, found = index.search(query.reshape(1, -1), sought, params=asked)
            kept = found[0] >= 0
            if not scanned or np.count_nonzero(kept) == sought or scanned >= index.nlist:
                return scores[0][kept], found[0][kept]
            scanned = min(4 * scanned, index.nlist)  # the clusters scanned hold too few of those asked for


def _spread(ranges: IntArray) -> IntArray:
    """Every number of half-open ranges."""
    if not len(ranges):
        return np.zeros(0, np.int64)
    return np.concatenate([np.arange(begin, end) for begin, end in ranges])


def _open(path: Path) -> Any:
    try:
        return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except (OSError, RuntimeError) as error:
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> DamagedIndex:
    what = str(error).splitlines()[0] if str(error) else type(error).__name__
    return DamagedIndex(
        f"{path.parent.parent.name}/{path.parent.name}/{path.name} cannot be read: {what}", "Rebuild it: assistant index --rebuild"
    )
