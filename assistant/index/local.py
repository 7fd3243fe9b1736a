"""Vectors and words in files of the generation's folder: FAISS and Tantivy. They link what has not changed, and add to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from assistant.index.backends import LEXICAL, VECTORS, Parts, Written
from assistant.index.legs import DenseLeg, LexicalLeg
from assistant.index.manifest import FILES, Manifest, check_files
from assistant.settings import VectorSettings


class LocalFiles:
    """The back end that needs nothing but the folder."""

    kind = FILES
    grows = True

    def __init__(self, settings: VectorSettings) -> None:
        self._settings = settings

    def place(self, name: str) -> Mapping[str, str]:
        """The manifest lists its files and need not say more."""
        del name
        return {}

    def check(self) -> str:
        """Its files are checked whenever they are opened."""
        return "files in the index folder (FAISS, Tantivy)"

    def write(self, folder: Path, parts: Parts, tell: Callable[[str, int, int], None]) -> Written:
        """As `Backend`."""
        del tell  # it takes seconds
        from assistant.index.lexical import LexicalBase, write_lexical
        from assistant.index.vectors import VectorBase, VectorStore, write_vectors

        onto = parts.onto
        dense = VectorBase(onto.vectors, onto.folder / VECTORS, onto.gone) if onto else None
        linked = {f"{VECTORS}/{name}" for name in write_vectors(folder / VECTORS, parts.vectors, parts.count, self._settings, dense)}
        words = LexicalBase(onto.folder / LEXICAL, onto.removed) if onto else None
        linked |= {f"{LEXICAL}/{name}" for name in write_lexical(folder / LEXICAL, parts.words, words)}
        written = VectorStore(folder / VECTORS)
        return Written(len(written), written.dimension, frozenset(linked))

    def vectors(self, folder: Path, manifest: Manifest) -> DenseLeg:
        """Checked, and mapped."""
        from assistant.index.vectors import VectorStore

        check_files(folder, manifest, (VECTORS + "/",))
        return VectorStore(folder / VECTORS)

    def lexical(self, folder: Path, manifest: Manifest) -> LexicalLeg:
        """Checked, and mapped."""
        from assistant.index.lexical import LexicalIndex

        check_files(folder, manifest, (LEXICAL + "/",))
        return LexicalIndex(folder / LEXICAL)

    def named(self, manifest: Manifest) -> None:
        """Nothing else names it."""

    def problems(self, manifest: Manifest) -> list[str]:
        """Nothing lies beside the files."""
        del manifest
        return []

    def remove(self, folder: Path) -> None:
        """All lies in the folder."""
