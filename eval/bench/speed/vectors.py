"""Vectors that are computed once and looked up by text, so that an index of 100,000 paragraphs is built in a minute.

A cache folder holds `keys.u64` (eight bytes of each window's BLAKE2b) and `vectors.f32` in the same order, both only appended to, the
windows of texts longer than the encoder reads (`windows.jsonl`), and the encoder itself as ONNX. An interrupted run goes on.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.index.encoder import Encoder, EncoderInfo, FloatArray, SentenceTransformersEncoder, TextKind, describe, load
from assistant.index.onnx_encoder import ENCODER, TOKENIZER, OnnxEncoder
from assistant.index.onnx_export import Carried, export
from assistant.settings import EncoderSettings

_KEYS, _VECTORS, _WINDOWS, _ENCODER, _TOKENIZER = "keys.u64", "vectors.f32", "windows.jsonl", "encoder.onnx", "tokenizer.json"
_AT_ONCE = 256
DIMENSION = 384
NOISE = 0.6
"""Length of the noise that is added to a real vector of length 1 to make a synthetic one: a cosine of 0.86 with the real one."""


def key_of(text: str) -> int:
    """Eight bytes of a text's BLAKE2b: no collision is to be expected among a billion texts."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def keys_of(texts: Sequence[str]) -> npt.NDArray[np.uint64]:
    """The key of each text."""
    return np.array([key_of(text) for text in texts], np.uint64)


def embed_all(folder: Path, texts: Iterable[str]) -> None:
    """Embeds the windows of `texts` that `folder` lacks, in full precision by ONNX Runtime, and says how far it is."""
    folder.mkdir(parents=True, exist_ok=True)
    encoder = carried(folder)
    known = set(_keys(folder).tolist())
    begin, done = time.perf_counter(), 0
    part: list[str] = []
    for number, text in enumerate(texts, 1):
        if key_of(text) not in known:
            part.append(text)
        if len(part) == _AT_ONCE:
            done += _append(folder, encoder, part, known)
            part = []
            print(
                f"\r{number:,} paragraphs, {done / (time.perf_counter() - begin):.0f} windows a second ",
                end="",
                file=sys.stderr,
                flush=True,
            )
    _append(folder, encoder, part, known)
    print(file=sys.stderr)


def _append(folder: Path, encoder: Encoder, texts: list[str], known: set[int]) -> int:
    windows = encoder.windows([("", text) for text in texts])
    long = [(text, of_text) for text, of_text in zip(texts, windows, strict=True) if len(of_text) > 1]
    # A long text's first window has its key too: what is cut off after the first 256 tokens has the first window's vector.
    flat = {key_of(window): window for of_text in windows for window in of_text} | {key_of(text): of_text[0] for text, of_text in long}
    new = {key: window for key, window in flat.items() if key not in known}
    if not new:
        return 0
    vectors = encoder.encode(list(new.values()), kind="document")
    with (folder / _WINDOWS).open("a", encoding="utf-8") as out:
        out.writelines(f"{json.dumps([text, of_text])}\n" for text, of_text in long)
    for name, content in ((_VECTORS, vectors), (_KEYS, np.fromiter(new, np.uint64))):
        with (folder / name).open("ab") as out:
            out.write(content.tobytes())
    known |= new.keys()
    return len(new)


def carried(folder: Path) -> OnnxEncoder:
    """The packaged encoder in ONNX Runtime, exported into `folder` where it is not there yet."""
    if not (folder / _ENCODER).is_file():
        loaded = load(EncoderSettings())
        assert isinstance(loaded, SentenceTransformersEncoder)
        model, tokenizer = export(loaded)
        (folder / _TOKENIZER).write_bytes(tokenizer)
        (folder / _ENCODER).write_bytes(model)
    return OnnxEncoder(folder / _ENCODER, (folder / _TOKENIZER).read_bytes(), describe(EncoderSettings()))


def _keys(folder: Path) -> npt.NDArray[np.uint64]:
    """The keys whose vectors are there as well; what an interrupt left half written is cut off."""
    if not (folder / _KEYS).is_file():
        return np.zeros(0, np.uint64)
    count = min((folder / _KEYS).stat().st_size // 8, (folder / _VECTORS).stat().st_size // (4 * DIMENSION))
    for name, size in ((_KEYS, 8), (_VECTORS, 4 * DIMENSION)):
        with (folder / name).open("r+b") as file:
            file.truncate(count * size)
    return np.fromfile(folder / _KEYS, np.uint64)


class KeptVectors:
    """The cache, open for reading: vectors by text."""

    def __init__(self, folder: Path) -> None:
        keys = np.fromfile(folder / _KEYS, np.uint64)
        self._order = np.argsort(keys)
        self._sorted = keys[self._order]
        self.vectors = np.memmap(folder / _VECTORS, np.float32, mode="r").reshape(-1, DIMENSION)
        lines = (folder / _WINDOWS).read_text(encoding="utf-8").splitlines() if (folder / _WINDOWS).is_file() else []
        cut: dict[str, list[str]] = dict(map(json.loads, lines))
        # A text's own key is written after those of its windows, and these windows before any: of an interrupted run some are alone.
        self.windows = {text: cut[text] for text, row in zip(cut, self.rows(keys_of(list(cut))), strict=True) if row >= 0}

    def rows(self, wanted: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
        """The row of each key's vector, −1 where there is none."""
        places = np.minimum(np.searchsorted(self._sorted, wanted), len(self._sorted) - 1)
        return np.where(self._sorted[places] == wanted, self._order[places], -1)


class Given:
    """What a build takes for the encoder that the last index carried: documents are looked up, questions are encoded as ever.

    `put` is that of `onnx_export.Carried`, so that the new index carries the real encoder.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        self.put = Carried(exported={ENCODER: (folder / _ENCODER).read_bytes(), TOKENIZER: (folder / _TOKENIZER).read_bytes()}).put

    def open(self, _: EncoderInfo) -> Encoder:
        """The encoder of documents."""
        return self._encoder


class LookUpEncoder:
    """An `Encoder` for documents whose vectors are kept; it stands for the packaged encoder, which has computed them.

    With `bases`, an .npy of pairs (key of a text, key of the real text that it resembles), a text that is not kept gets a synthetic
    vector: that of its base, or of any other where the base is not kept, with noise. `synthetic` counts them.

    Raises:
        KeyError: a text is not kept and has no base.
    """

    def __init__(self, kept: KeptVectors, bases: Path | None = None) -> None:
        self._kept = kept
        pairs = np.load(bases) if bases else np.zeros((0, 2), np.uint64)
        self._bases = pairs[np.argsort(pairs[:, 0])]
        self.synthetic = 0
        self.info: EncoderInfo = describe(EncoderSettings())
        self.dimension = DIMENSION

    def windows(self, texts: Sequence[tuple[str, str]]) -> list[list[str]]:
        """The windows as the packaged encoder has cut them; a text that is not kept is one."""
        return [self._kept.windows.get(joined, [joined]) for joined in (" ".join(filter(None, pair)) for pair in texts)]

    def encode(self, texts: Sequence[str], *, kind: TextKind) -> FloatArray:
        """Kept vectors, shape (len(texts), 384), and synthetic ones of texts that have a base."""
        keys = keys_of(texts)
        rows = self._kept.rows(keys)
        missing = np.flatnonzero(rows < 0)
        vectors = np.array(self._kept.vectors[np.maximum(rows, 0)])
        if len(missing):
            vectors[missing] = self._invented(keys[missing], texts[missing[0]])
        self.synthetic += len(missing)
        return vectors

    def _invented(self, keys: npt.NDArray[np.uint64], first: str) -> FloatArray:
        if not len(self._bases):
            raise KeyError(f"no vector is kept for {first[:80]!r}")
        places = np.minimum(np.searchsorted(self._bases[:, 0], keys), len(self._bases) - 1)
        # A few texts of a large corpus come back from the reader with a character less, and have no base: any vector will do for them.
        rows = np.where(self._bases[places, 0] == keys, self._kept.rows(self._bases[places, 1]), -1)
        return np.stack([synthetic(self._kept.vectors, row, int(key)) for row, key in zip(rows, keys, strict=True)])


def synthetic(vectors: npt.NDArray[np.float32], row: int, seed: int) -> FloatArray:
    """A unit vector near row `row` of `vectors` (any, where it is negative): noise of length `NOISE` in a direction drawn by chance."""
    draw = np.random.default_rng(seed)
    noise = draw.standard_normal(vectors.shape[1], dtype=np.float32)
    vector = vectors[row if row >= 0 else draw.integers(len(vectors))] + NOISE * noise / np.linalg.norm(noise)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)
