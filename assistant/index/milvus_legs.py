"""Both legs of a search in a collection of Milvus.

A paragraph has an entity for each window of it, numbered from 0; its words stand with the first. What Milvus ranks are entities, and
equal scores in any order: so more are asked for until the paragraphs that come back are those that arithmetic says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from assistant.errors import MismatchedIndex
from assistant.index.encoder import FloatArray
from assistant.index.legs import DECIMALS, Hits, Selection
from assistant.index.lexical import terms
from assistant.index.milvus_client import telling
from assistant.settings import StoreSettings

ROW, DOCUMENT, WINDOW, VECTOR, BODY, WORDS = "row", "document", "window", "vector", "body", "words"
MOST = 16_384
"""Milvus's limit of what one search returns. A filter that leaves more is no matter; a question that asks for more gets so many."""
_LISTED = 16
"""Ranges up to so many rows are named row by row: a condition for each would take longer."""
_MOST_RANGES = 200
_ROWS_AT_ONCE = 1_000


@dataclass(frozen=True)
class Collection:
    """A collection that is loaded, and its client."""

    client: Any
    name: str
    address: str
    settings: StoreSettings

    def ask(self, method: str, **arguments: Any) -> Any:
        """Calls the client's method on the collection.

        Raises:
            DamagedIndex: it is not there any more.
            UnreachableStore: all else that goes wrong.
        """
        with telling(self.address, self.settings.token.get_secret_value() if self.settings.token else ""):
            return getattr(self.client, method)(self.name, timeout=self.settings.timeout, **arguments)

    def count(self, condition: str) -> int:
        """How many entities meet a condition."""
        found = self.ask("query", filter=condition, output_fields=["count(*)"], consistency_level="Strong")
        return int(found[0]["count(*)"])

    def nearest(self, field: str, asked: Any, depth: int, within: Selection | None, **more: Any) -> list[tuple[int, float]]:
        """(paragraph row, score) of at most `depth` entities, best first."""
        condition = "" if within is None else condition_of(within)
        hits = self.ask("search", data=[asked], anns_field=field, filter=condition, limit=depth, output_fields=[ROW], **more)[0]
        return [(int(hit["entity"][ROW]), float(hit["distance"])) for hit in hits]


def condition_of(within: Selection) -> str:
    """What holds for the entities of a selection: one of its documents, or else one of its rows."""
    if within.whole:
        return f"{DOCUMENT} in {list(within.documents)}"
    longer = [(begin, end) for begin, end in within.ranges if end - begin > _LISTED]
    longer = longer if len(longer) <= _MOST_RANGES else []
    rows = [row for begin, end in sorted(set(within.ranges).difference(longer)) for row in range(begin, end)]
    conditions = [f"({ROW} >= {begin} and {ROW} < {end})" for begin, end in longer]
    return " or ".join([*conditions, *([f"{ROW} in {rows}"] if rows else [])])


def ranked(ask: Callable[[int], list[tuple[int, float]]], limit: int) -> Hits:
    """The `limit` best paragraphs of what `ask` gives for a number of entities: each by its best one, equal scores by row."""
    depth = min(limit + 1, MOST)
    while True:
        found = [(row, round(score, DECIMALS)) for row, score in ask(depth)]
        best: dict[int, float] = {}
        for row, score in found:
            best[row] = max(score, best.get(row, score))
        hits = sorted(best.items(), key=lambda hit: (-hit[1], hit[0]))
        if len(found) < depth or depth == MOST or (len(hits) >= limit and found[-1][1] < hits[limit - 1][1]):
            return hits[:limit]
        depth = min(2 * depth, MOST)  # a paragraph took several places, or equals of the last one may be outside


class MilvusVectors:
    """The dense leg. With the index type FLAT its scores are exact cosines."""

    def __init__(self, collection: Collection, dimension: int) -> None:
        self._collection = collection
        self.dimension = dimension

    def __len__(self) -> int:
        return self._collection.count(f"{WINDOW} >= 0")

    def search(self, query: FloatArray, limit: int, within: Selection | None = None) -> Hits:
        """As `DenseLeg`."""
        if query.shape != (self.dimension,):
            lengths = f"the query has {query.size} numbers, the index {self.dimension} in a vector"
            raise MismatchedIndex(lengths, "Build it anew with: assistant index")
        if limit < 1 or not np.all(np.isfinite(query)) or (within is not None and not within.ranges):
            return []
        asked, search = query.astype(np.float32), {"params": dict(self._collection.settings.search_params)}
        return ranked(lambda depth: self._collection.nearest(VECTOR, asked, depth, within, search_params=search), limit)

    def of_rows(self, rows: Sequence[int]) -> list[FloatArray]:
        """As `DenseLeg`."""
        found: dict[int, list[tuple[int, Any]]] = {}
        for begin in range(0, len(rows), _ROWS_AT_ONCE):
            condition = f"{ROW} in {list(rows[begin : begin + _ROWS_AT_ONCE])} and {WINDOW} >= 0"
            for entity in self._collection.ask("query", filter=condition, output_fields=[ROW, WINDOW, VECTOR]):
                found.setdefault(int(entity[ROW]), []).append((int(entity[WINDOW]), entity[VECTOR]))
        in_order = ([vector for _, vector in sorted(found.get(row, []), key=lambda one: one[0])] for row in rows)
        return [np.array(vectors, np.float32).reshape(-1, self.dimension) for vectors in in_order]


class MilvusWords:
    """The lexical leg: BM25 over the stems that the files' index holds too. A cluster counts how often words occur in each of its
    segments, so its scores are near those of the files, not equal."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._frequency = lru_cache(maxsize=65_536)(self._count)

    def __len__(self) -> int:
        return self._number

    @cached_property
    def _number(self) -> int:
        return self._collection.count(f"{WINDOW} == 0")

    def search(self, text: str, limit: int, within: Selection | None = None) -> Hits:
        """As `LexicalLeg`."""
        words = " ".join(dict.fromkeys(terms(text)))
        if not words or limit < 1 or (within is not None and not within.ranges):
            return []

        def ask(depth: int) -> list[tuple[int, float]]:
            hits = self._collection.nearest(WORDS, words, depth, within)
            return [(row, abs(score)) for row, score in hits]  # milvus-lite gives distances, which are less than 0

        return ranked(ask, limit)

    def document_frequency(self, term: str) -> int:
        """As `LexicalLeg`; a paragraph whose words fill several entities may count more than once."""
        return self._frequency(term)

    def _count(self, term: str) -> int:
        quoted = term.replace("\\", "").replace("'", "")
        return self._collection.count(f"text_match({BODY}, '{quoted}')") if quoted else 0
