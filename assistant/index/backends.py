"""Where the vectors and the words of generations lie: in files of their folders, or in Milvus. One class for each.

A generation's manifest says where its own lie (`Manifest.store`), the settings where the next build puts them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from assistant.index.manifest import FILES, Manifest
from assistant.settings import StoreSettings, VectorSettings

if TYPE_CHECKING:
    from assistant.index.encoder import FloatArray
    from assistant.index.legs import DenseLeg, LexicalLeg
    from assistant.index.segments import IntArray
    from assistant.index.vectors import VectorStore

VECTORS, LEXICAL = "vectors", "lexical"
"""The folders of a generation whose vectors and words lie in files."""


@dataclass(frozen=True)
class Onto:
    """A generation to begin with: its folder, its vectors, the rows of all paragraphs and of the documents that have gone since."""

    folder: Path
    vectors: VectorStore
    gone: IntArray
    removed: Sequence[int]


@dataclass(frozen=True)
class Parts:
    """What a back end writes of a generation, by ascending paragraph row.

    `vectors` are (paragraph rows, vectors) in parts, those of one paragraph in one part; `count` is about how many there are.
    `words` are (paragraph row, document row, what is indexed of it).
    """

    vectors: Iterable[tuple[IntArray, FloatArray]]
    count: int
    words: Iterable[tuple[int, int, str]]
    onto: Onto | None = None


@dataclass(frozen=True)
class Written:
    """How many vectors there are, of what length, and the files, by their paths in the generation, that were linked from another."""

    vectors: int
    dimension: int
    linked: frozenset[str] = field(default_factory=frozenset)


class Backend(Protocol):
    """A kind of store. Methods that may meet a server raise IndexProblem where it is not there."""

    kind: str
    grows: bool
    """Whether a generation can be written onto the last one."""

    def place(self, name: str) -> Mapping[str, str]:
        """`Manifest.store` of a generation of this name that is written here."""

    def check(self) -> str:
        """What is there, in words."""

    def write(self, folder: Path, parts: Parts, tell: Callable[[str, int, int], None]) -> Written:
        """Writes what belongs to the generation in `folder`.

        Raises:
            OSError: the disk is full or cannot be written.
            ValueError: a vector is not of length 1.
        """

    def vectors(self, folder: Path, manifest: Manifest) -> DenseLeg:
        """The vectors of a generation."""

    def lexical(self, folder: Path, manifest: Manifest) -> LexicalLeg:
        """The words of a generation."""

    def named(self, manifest: Manifest) -> None:
        """Is told that a generation has been named in CURRENT."""

    def problems(self, manifest: Manifest) -> list[str]:
        """What is wrong beside the generation that answers; what is wrong with it, opening it tells."""

    def remove(self, folder: Path) -> None:
        """Removes what does not lie in the folder of a generation, whole or not."""


def backend_of(store: StoreSettings, index: Path, vectors: VectorSettings | None = None) -> Backend:
    """Where the settings put an index.

    Raises:
        MissingExtra: its client is not installed.
    """
    if store.kind == FILES:
        from assistant.index.local import LocalFiles

        return LocalFiles(vectors or VectorSettings())
    from assistant.index.milvus import Milvus

    return Milvus(store, index)


def backend_holding(manifest: Manifest, store: StoreSettings, index: Path) -> Backend:
    """Where a generation lies. Of a Milvus that the settings do not name, the manifest's address is used, without a token.

    Raises:
        MissingExtra, UnreachableStore: a Milvus that cannot be asked.
    """
    if not manifest.store:
        return backend_of(StoreSettings(), index)
    from assistant.index.milvus import Milvus

    elsewhere = store.model_copy(update={"kind": "milvus", "uri": manifest.store["uri"], "token": None})
    if store.kind == FILES:
        return Milvus(store if store.uri == elsewhere.uri else elsewhere, index)
    named = Milvus(store, index)
    return named if store.uri == elsewhere.uri or named.holds(manifest) else Milvus(elsewhere, index)
