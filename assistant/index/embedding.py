"""Embeds paragraphs, a block at a time; the blocks of a long build are kept, so that an interrupted one goes on where it stopped.

    index/embedding/<checksum>.npz   a block: keys (n, 16), counts (n,), vectors (sum of counts, dimension)

A block is named by its own checksum, and removed when a generation is published.
"""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

import numpy as np

from assistant.corpus.isolation import Tell
from assistant.errors import InvalidSettings
from assistant.index.encoder import Encoder, FloatArray
from assistant.index.files import write_durably

KEPT = "embedding"
"""The folder of kept blocks, in the index."""
_BLOCK = 1024
"""Paragraphs in a block: a quarter of a minute's work is lost at most."""
_AT_ONCE = 128
"""Windows given to the encoder in one call: enough to sort by length, few enough to show progress."""


@dataclass(frozen=True, slots=True)
class ToEmbed:
    """A paragraph that needs vectors: its key, and its context and text."""

    key: bytes
    context: str
    text: str


@dataclass(frozen=True)
class Embedded:
    """Vectors by embedding key: of the blocks that lie in a folder, and of one that does not."""

    folder: Path
    _places: dict[bytes, tuple[str, int, int]] = field(default_factory=dict)
    _unkept: dict[str, FloatArray] = field(default_factory=dict)

    @classmethod
    def of(cls, index: Path) -> Embedded:
        """What an interrupted build left in this index. A block that is not whole is left out."""
        made = cls(index / KEPT)
        for path in sorted(made.folder.glob("*.npz")):
            with suppress(OSError, ValueError, KeyError, zipfile.BadZipFile):
                content = path.read_bytes()
                if path.stem == _checksum(content):
                    with np.load(io.BytesIO(content), allow_pickle=False) as block:
                        made._note(path.name, block["keys"], block["counts"])
        return made

    def __contains__(self, key: bytes) -> bool:
        return key in self._places

    def add(self, keys: Sequence[bytes], vectors: Sequence[FloatArray], keep: bool) -> None:
        """Adds a block of paragraphs with their vectors, each (windows, dimension); with `keep` an interrupt does not lose it.

        Raises:
            OSError: the disk is full or cannot be written.
        """
        arrays = {
            "keys": np.frombuffer(b"".join(keys), np.uint8).reshape(len(keys), -1),
            "counts": np.array([len(of_one) for of_one in vectors]),
            "vectors": np.concatenate(vectors),
        }
        name = ""
        if keep:
            content = io.BytesIO()
            np.savez(content, **arrays)  # type: ignore[arg-type]  # its stub takes a keyword of arrays for its own argument
            name = f"{_checksum(content.getvalue())}.npz"
            self.folder.mkdir(exist_ok=True)
            write_durably(self.folder / name, content.getvalue())
        else:
            self._unkept[name] = arrays["vectors"]
        self._note(name, arrays["keys"], arrays["counts"])

    def _note(self, name: str, keys: np.ndarray, counts: np.ndarray) -> None:
        ends = np.cumsum(counts).tolist()
        for key, count, end in zip(keys, counts.tolist(), ends, strict=True):
            self._places[key.tobytes()] = (name, end - count, end)

    def count(self, key: bytes) -> int:
        """How many vectors a paragraph has; 1 where it is not here."""
        _, begin, end = self._places.get(key, ("", 0, 1))
        return end - begin

    def vectors(self, key: bytes) -> FloatArray:
        """The vectors of a paragraph, shape (windows, dimension)."""
        name, begin, end = self._places[key]
        block = self._unkept[name] if name in self._unkept else _block(self.folder / name)
        return block[begin:end]

    def forget(self) -> None:
        """Removes what was kept."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _checksum(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()


@lru_cache(maxsize=4)
def _block(path: Path) -> FloatArray:
    with np.load(path, allow_pickle=False) as block:
        return np.asarray(block["vectors"], np.float32)


def embed(missing: Sequence[ToEmbed], encoder: Encoder, into: Embedded, tell: Tell) -> None:
    """Embeds paragraphs and adds them to `into`; tells how many are done.

    Raises:
        InvalidSettings: the encoder gives vectors that are not numbers.
        OSError: the disk is full or cannot be written.
    """
    tell("embedding paragraphs", 0, len(missing))
    for begin in range(0, len(missing), _BLOCK):
        block = missing[begin : begin + _BLOCK]
        windows = encoder.windows([(item.context, item.text) for item in block])
        vectors = np.zeros((sum(map(len, windows)), encoder.dimension), np.float32)
        for share in _encode([window for of_one in windows for window in of_one], encoder, vectors):
            tell("embedding paragraphs", begin + int(share * len(block)), len(missing))
        ends = np.cumsum([len(of_one) for of_one in windows])[:-1]
        into.add([item.key for item in block], np.split(vectors, ends), keep=len(missing) > _BLOCK)


def _encode(windows: Sequence[str], encoder: Encoder, vectors: FloatArray) -> Iterator[float]:
    """Fills in the vectors of windows, sorted by length so that a batch holds little padding; gives the share that is done."""
    order = sorted(range(len(windows)), key=lambda at: -len(windows[at]))
    for begin in range(0, len(order), _AT_ONCE):
        part = order[begin : begin + _AT_ONCE]
        vectors[part] = encoder.encode([windows[at] for at in part], kind="document")
        if not np.all(np.isfinite(vectors[part])):
            raise InvalidSettings(f"encoder {encoder.info.name!r} gives vectors that are not numbers", "Choose another encoder.")
        yield min(begin + _AT_ONCE, len(order)) / len(order)
