"""Vectors and words in Milvus: a collection for each generation, and an alias that follows CURRENT.

number    primary key
row       of the paragraph; several entities of a paragraph that has several windows
document  row of its document
window    0, 1, …; below 0 where an entity only holds words for which the first had no room
vector    of the window
body      with window 0: the paragraph's stems, as the lexical index of files holds them
words     Milvus's own BM25 of the body
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import DamagedIndex
from assistant.index.backends import Parts, Written
from assistant.index.encoder import FloatArray
from assistant.index.legs import DenseLeg, LexicalLeg
from assistant.index.lexical import terms
from assistant.index.manifest import Manifest
from assistant.index.milvus_client import address_of, client_of, telling
from assistant.index.milvus_legs import BODY, DOCUMENT, ROW, VECTOR, WINDOW, WORDS, Collection, MilvusVectors, MilvusWords
from assistant.index.segments import IntArray
from assistant.settings import StoreSettings

_NUMBER = "number"
_BODY_BYTES = 65_535
"""Milvus's limit of a text."""
_AT_ONCE = 500
"""Entities of one request: with the longest texts below the 64 MB that a server takes."""
_K1, _B = 1.2, 0.75
"""As Tantivy has them."""

Entity = dict[str, Any]


class Milvus:
    """The back end that is a server or a cluster, or for trials milvus-lite.

    Raises:
        MissingExtra, UnreachableStore: when it is first asked.
    """

    kind = "milvus"
    grows = False
    """A collection is always written whole: see docs/decisions/0014."""

    def __init__(self, settings: StoreSettings, index: Path) -> None:
        self._settings = settings
        self._index = index
        self._address = address_of(settings, index)
        self._legs: dict[str, tuple[MilvusVectors, MilvusWords]] = {}

    @cached_property
    def _client(self) -> Any:
        return client_of(self._settings, self._index)

    @property
    def _alias(self) -> str:
        return f"{self._settings.prefix}_current"

    def _ask(self, method: str, *arguments: Any, **named: Any) -> Any:
        client = self._client
        with telling(self._address, self._settings.token.get_secret_value() if self._settings.token else ""):
            return getattr(client, method)(*arguments, **({"timeout": self._settings.timeout} | named))

    def place(self, name: str) -> Mapping[str, str]:
        """As `Backend`; the address as the settings give it, so that a workspace can be moved."""
        collection = f"{self._settings.prefix}_{re.sub('[^0-9A-Za-z]', '_', name)}"
        return {"kind": self.kind, "uri": self._settings.uri, "collection": collection}

    def holds(self, manifest: Manifest) -> bool:
        """Whether a generation's collection is here."""
        return bool(self._ask("has_collection", manifest.store["collection"]))

    def check(self) -> str:
        """As `Backend`."""
        version = self._ask("get_server_version")
        return f"Milvus at {self._settings.uri} ({version}), collections {self._settings.prefix}_…"

    def write(self, folder: Path, parts: Parts, tell: Callable[[str, int, int], None]) -> Written:
        """As `Backend`: creates the collection, fills it, makes it durable and loads it."""
        entities = _entities(parts)
        first = next(entities, None)
        if first is None:
            return Written(0, 0)
        dimension = len(first[VECTOR])
        collection = self.place(folder.name)["collection"]
        self._create(collection, dimension)
        slow = {"timeout": self._settings.write_timeout}
        vectors, batch = 0, [first, *islice(entities, _AT_ONCE - 1)]
        while batch:
            self._ask("insert", collection, batch, **slow)
            vectors += sum(entity[WINDOW] >= 0 for entity in batch)
            tell("writing to Milvus", vectors, max(parts.count, vectors))
            batch = list(islice(entities, _AT_ONCE))
        self._ask("flush", collection, **slow)
        self._load(collection)
        return Written(vectors, dimension)

    def _create(self, collection: str, dimension: int) -> None:
        from pymilvus import DataType, Function, FunctionType

        client = self._client
        schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field(_NUMBER, DataType.INT64, is_primary=True)
        for name in (ROW, DOCUMENT, WINDOW):
            schema.add_field(name, DataType.INT64)
        schema.add_field(VECTOR, DataType.FLOAT_VECTOR, dim=dimension)
        analyzed = {"enable_analyzer": True, "enable_match": True, "analyzer_params": {"tokenizer": "standard"}}
        schema.add_field(BODY, DataType.VARCHAR, max_length=_BODY_BYTES, **analyzed)  # of stems: they only have to be taken apart
        schema.add_field(WORDS, DataType.SPARSE_FLOAT_VECTOR)
        schema.add_function(Function(name="bm25", function_type=FunctionType.BM25, input_field_names=[BODY], output_field_names=[WORDS]))
        indexes = client.prepare_index_params()
        params = dict(self._settings.index_params)
        indexes.add_index(VECTOR, index_type=self._settings.index_type, metric_type="IP", params=params)  # of length 1: cosines
        indexes.add_index(WORDS, index_type="SPARSE_INVERTED_INDEX", metric_type="BM25", params={"bm25_k1": _K1, "bm25_b": _B})
        for name in (ROW, DOCUMENT, WINDOW):
            indexes.add_index(name, index_type="INVERTED")
        slow = self._settings.write_timeout
        self._ask("create_collection", collection, schema=schema, index_params=indexes, consistency_level="Bounded", timeout=slow)

    def _load(self, collection: str) -> None:
        """Into the nodes' memory, unless it is there."""
        self._ask("load_collection", collection, replica_number=self._settings.replicas, timeout=self._settings.write_timeout)

    def vectors(self, folder: Path, manifest: Manifest) -> DenseLeg:
        """As `Backend`."""
        return self._open(folder, manifest)[0]

    def lexical(self, folder: Path, manifest: Manifest) -> LexicalLeg:
        """As `Backend`."""
        return self._open(folder, manifest)[1]

    def _open(self, folder: Path, manifest: Manifest) -> tuple[MilvusVectors, MilvusWords]:
        name = manifest.store["collection"]
        if name not in self._legs:
            if not self.holds(manifest):
                step = "Go back with: assistant rollback, or rebuild with: assistant index --rebuild"
                raise DamagedIndex(f"the collection {name} of {folder.name} is not in Milvus at {self._settings.uri}", step)
            fields = {field["name"]: field for field in self._ask("describe_collection", name)["fields"]}
            self._load(name)
            collection = Collection(self._client, name, self._address, self._settings)
            self._legs[name] = (MilvusVectors(collection, int(fields[VECTOR]["params"]["dim"])), MilvusWords(collection))
        return self._legs[name]

    def named(self, manifest: Manifest) -> None:
        """As `Backend`: moves the alias, for whoever else reads or keeps the collection that answers."""
        move = "alter_alias" if self._aliased() else "create_alias"
        self._ask(move, manifest.store["collection"], self._alias)

    def _aliased(self) -> str:
        """What the alias names; "" where there is none."""
        with suppress(KeyError):
            for name in self._ask("list_collections"):
                if self._alias in self._ask("list_aliases", name)["aliases"]:
                    return str(name)
        return ""

    def problems(self, manifest: Manifest) -> list[str]:
        """As `Backend`: the alias."""
        named, collection = self._aliased(), manifest.store["collection"]
        return [] if named == collection else [f"the alias {self._alias} names {named or 'nothing'} instead of {collection}"]

    def remove(self, folder: Path) -> None:
        """As `Backend`: drops the collection of a generation, and an alias that named it."""
        collection = self.place(folder.name)["collection"]
        if not self._ask("has_collection", collection):
            return
        for alias in self._ask("list_aliases", collection)["aliases"]:
            self._ask("drop_alias", alias)  # a server drops no collection that has one
        self._ask("drop_collection", collection, timeout=self._settings.write_timeout)


def _entities(parts: Parts) -> Iterator[Entity]:
    """One for each window of each paragraph, and more where its words have no room in one.

    Raises:
        ValueError: a vector is not of length 1, or a paragraph has none.
    """
    number = 0
    for (row, vectors), (same, document, text) in zip(_by_row(parts.vectors), parts.words, strict=True):
        if row != same:
            raise ValueError(f"paragraph {same} has no vector")
        first, *more = _bodies(terms(text))
        bodies = [(window, vector, "" if window else first) for window, vector in enumerate(vectors)]
        bodies += [(-part, vectors[0], body) for part, body in enumerate(more, 1)]
        for window, vector, body in bodies:
            yield {_NUMBER: number, ROW: row, DOCUMENT: document, WINDOW: window, VECTOR: vector, BODY: body}
            number += 1


def _by_row(parts: Iterable[tuple[IntArray, FloatArray]]) -> Iterator[tuple[int, FloatArray]]:
    for rows, vectors in parts:
        if vectors.shape[0] != len(rows) or not np.all(np.abs(np.linalg.norm(vectors, axis=1) - 1) < 1e-3):
            raise ValueError("vectors must have length 1 and a row each")
        begins = np.flatnonzero(np.diff(rows, prepend=-1))
        for begin, end in zip(begins, [*begins[1:], len(rows)], strict=True):
            yield int(rows[begin]), np.asarray(vectors[begin:end], np.float32)


def _bodies(words: Iterable[str]) -> list[str]:
    """The words as texts that Milvus takes; one empty text where there are none."""
    found, length = [list[str]()], 0
    for word in words:
        size = len(word.encode()) + 1
        if length + size > _BODY_BYTES:
            found.append([])
            length = 0
        found[-1].append(word)
        length += size
    return [" ".join(body) for body in found]
