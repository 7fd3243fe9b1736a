"""The same vectors and words in every back end, and in a reference that is nothing but arithmetic."""

from __future__ import annotations

import math
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.errors import MismatchedIndex
from assistant.index.backends import Backend, Parts
from assistant.index.legs import DECIMALS, DenseLeg, Hits, LexicalLeg, Selection
from assistant.index.lexical import terms
from assistant.index.local import LocalFiles
from assistant.index.manifest import Manifest
from assistant.index.milvus import Milvus
from assistant.settings import StoreSettings, VectorSettings

Vectors = npt.NDArray[np.float32]
KINDS = ("reference", "files", "milvus")


@dataclass(frozen=True)
class Case:
    """Vectors, whose paragraph each is, and the paragraphs' texts; `of_each` paragraphs make a document."""

    vectors: Vectors
    owners: Sequence[int]
    texts: Sequence[str]
    of_each: int = 10

    def parts(self) -> Parts:
        """As a build gives them, in two parts."""
        owners = np.array(self.owners, np.int64)
        half = int(np.searchsorted(owners, len(self.texts) // 2))
        pieces = [(owners[part], self.vectors[part]) for part in (slice(0, half), slice(half, None)) if len(owners[part])]
        return Parts(pieces, len(owners), [(row, row // self.of_each, text) for row, text in enumerate(self.texts)])


@dataclass(frozen=True)
class Legs:
    """Both legs over one case."""

    dense: DenseLeg
    lexical: LexicalLeg


def legs_of(kind: str, folder: Path, case: Case) -> Legs:
    """A case in a back end; in Milvus it is one collection of the milvus-lite in `folder`."""
    if kind == "reference":
        return Legs(ExactVectors(case), ExactWords(case))
    index = folder / "index"
    backend: Backend = LocalFiles(VectorSettings()) if kind == "files" else Milvus(StoreSettings(kind="milvus"), index)
    name = f"gen-{secrets.token_hex(4)}"
    (index / name).mkdir(parents=True)
    written = backend.write(index / name, case.parts(), lambda what, done, total: None)
    counts = {"documents": 1, "paragraphs": len(case.texts), "vectors": written.vectors, "dimension": written.dimension}
    manifest = Manifest(name, "", None, {}, {}, **counts, store=backend.place(name))
    return Legs(backend.vectors(index / name, manifest), backend.lexical(index / name, manifest))


class ExactVectors:
    """Every cosine in 64 bits."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self.dimension = case.vectors.shape[1]

    def __len__(self) -> int:
        return len(self._case.owners)

    def search(self, query: Vectors, limit: int, within: Selection | None = None) -> Hits:
        """As `DenseLeg`."""
        if query.shape != (self.dimension,):
            raise MismatchedIndex(f"the query has {query.size} numbers, the index {self.dimension} in a vector")
        if not np.all(np.isfinite(query)):
            return []
        best: dict[int, float] = {}
        cosines = self._case.vectors.astype(float) @ query.astype(float)
        for row, cosine in zip(self._case.owners, cosines.tolist(), strict=True):
            if within is None or row in within.rows():
                best[row] = max(cosine, best.get(row, -2.0))
        return sorted(best.items(), key=lambda hit: (-round(hit[1], DECIMALS), hit[0]))[: max(limit, 0)]

    def of_rows(self, rows: Sequence[int]) -> list[Vectors]:
        """As `DenseLeg`."""
        owners = np.array(self._case.owners)
        return [self._case.vectors[owners == row] for row in rows]


class ExactWords:
    """BM25 as Robertson and Zaragoza (2009) with Lucene's idf, k1 = 1.2, b = 0.75."""

    def __init__(self, case: Case) -> None:
        self._bags = [Counter(terms(text)) for text in case.texts]
        self._average = sum(bag.total() for bag in self._bags) / max(1, len(self._bags))

    def __len__(self) -> int:
        return len(self._bags)

    def document_frequency(self, term: str) -> int:
        """As `LexicalLeg`."""
        return sum(term in bag for bag in self._bags)

    def search(self, text: str, limit: int, within: Selection | None = None) -> Hits:
        """As `LexicalLeg`."""
        asked = set(terms(text))
        rows = range(len(self._bags)) if within is None else [row for row in within.rows() if row < len(self._bags)]
        hits = [(row, self._score(asked, self._bags[row])) for row in rows if asked & self._bags[row].keys()]
        return sorted(hits, key=lambda hit: (-round(hit[1], 5), hit[0]))[: max(limit, 0)]

    def _score(self, asked: set[str], bag: Counter[str]) -> float:
        return sum(self._idf(word) * bag[word] * 2.2 / (bag[word] + 1.2 * (0.25 + 0.75 * bag.total() / self._average)) for word in asked)

    def _idf(self, word: str) -> float:
        holding = self.document_frequency(word)
        return math.log(1 + (len(self._bags) - holding + 0.5) / (holding + 0.5))
