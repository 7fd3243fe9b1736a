"""The encoder that an index carries: a sentence-transformers model as ONNX, which encodes questions without torch.

`onnx_export` puts it into a generation: `encoder.onnx`, whose only output is the pooled, normalised vector, and
`tokenizer.json`. Where a generation carries none, questions are encoded by the `Encoder` of the settings.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from assistant.errors import DamagedIndex
from assistant.index.encoder import EncoderInfo, FloatArray, TextKind
from assistant.index.manifest import Manifest
from assistant.index.windows import Tokens, windows_of

ENCODER, TOKENIZER = "encoder.onnx", "tokenizer.json"
CARRIED = (ENCODER, TOKENIZER)
"""The files of a carried encoder."""
_OPENING = Lock()
_OPENED: WeakValueDictionary[tuple[str, ...], OnnxEncoder] = WeakValueDictionary()
"""The encoders that are open, by the checksums of their files."""


class OnnxEncoder:
    """Encodes texts in ONNX Runtime; several threads may do so at once.

    Each text is run alone, without padding, so that its vector is the same in any company: one in the calling thread, several
    in as many threads as there are cores. Measured on two, for the sentences of an abstract: 46 ms, in batches of 4 that
    two threads share 55 ms, in torch 80 ms.

    `model` is the path of `encoder.onnx` or its content, `tokenizer` the content of `tokenizer.json`, `info` what shapes its
    vectors, which are torch's.

    Raises:
        ImportError: ONNX Runtime is not installed.
        DamagedIndex: the files cannot be read.
    """

    def __init__(self, model: Path | bytes, tokenizer: bytes, info: EncoderInfo) -> None:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # as in `encoder.load`
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        # A second thread gains next to nothing for a short text; it waits where the cores are busy, and keeps one busy where it spins.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3  # errors, which are raised as well
        source = model if isinstance(model, bytes) else str(model)
        try:
            self._session = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
            self._tokenizer, self._whole = (Tokenizer.from_buffer(tokenizer) for _ in range(2))
        except Exception as error:  # neither library raises anything narrower
            name = ENCODER if isinstance(model, bytes) else f"{model.parent.name}/{model.name}"
            raise DamagedIndex(f"{name} cannot be read: {error}", "Rebuild it: assistant index --rebuild") from error
        about = self._session.get_modelmeta().custom_metadata_map
        self.info = info
        self.dimension = int(about["dimension"])
        self._limit = int((self._tokenizer.truncation or {"max_length": 0})["max_length"])
        self._whole.no_truncation()
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, "encode")  # starts threads when it is first used
        self._prompts: dict[TextKind, str] = {"query": about["query"], "document": about["document"]}
        self._inputs = [item.name for item in self._session.get_inputs()]

    def encode(self, texts: Sequence[str], *, kind: TextKind) -> FloatArray:
        """Vectors of shape (len(texts), dimension), float32, each of length 1."""
        encodings = self._tokenizer.encode_batch([self._prompts[kind] + text for text in texts])
        vectors = list(self._pool.map(self._embed, encodings) if len(texts) > 1 else map(self._embed, encodings))
        return np.array(vectors, np.float32).reshape(len(texts), self.dimension)

    def windows(self, texts: Sequence[tuple[str, str]]) -> list[list[str]]:
        """As `windows_of`."""
        return windows_of(texts, Tokens(self._limit, self._offsets, self._sizes))

    def _offsets(self, texts: list[str]) -> list[list[tuple[int, int]]]:
        return [encoding.offsets for encoding in self._whole.encode_batch(texts, add_special_tokens=False)]

    def _sizes(self, documents: list[str]) -> list[int]:
        return [len(encoding) for encoding in self._whole.encode_batch([self._prompts["document"] + text for text in documents])]

    def _embed(self, encoding: Any) -> FloatArray:
        tokens = {"input_ids": encoding.ids, "attention_mask": encoding.attention_mask, "token_type_ids": encoding.type_ids}
        (vectors,) = self._session.run(None, {name: np.array([tokens[name]], np.int64) for name in self._inputs})
        vector: FloatArray = vectors[0]
        return vector


def is_carried(manifest: Manifest) -> bool:
    """Whether a generation carries its encoder."""
    return all(name in manifest.files for name in CARRIED)


def open_carried(folder: Path, manifest: Manifest) -> OnnxEncoder | None:
    """The encoder in a generation's folder; None where ONNX Runtime is not installed.

    Generations that carry the same encoder share one as long as any of them is open: it takes half a second and 90 MB.

    Raises:
        DamagedIndex: its files cannot be read.
    """
    try:
        import onnxruntime  # noqa: F401 - without it none is opened, nor is one that is open given
    except ImportError:
        return None
    content = tuple(checksum for _, checksum in (manifest.files[name] for name in CARRIED))
    with _OPENING:
        info = EncoderInfo(**manifest.fingerprint["encoder"])
        encoder = _OPENED.get(content) or OnnxEncoder(folder / ENCODER, (folder / TOKENIZER).read_bytes(), info)
        _OPENED[content] = encoder
    return encoder
