"""Puts the encoder into a generation: linked from the last one, else exported to ONNX and compared with torch.

What cannot be exported, or gives other vectors, is not stored: nothing fails, and torch encodes in its place.
"""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from assistant.index.encoder import Encoder, EncoderInfo, SentenceTransformersEncoder, TextEncoder, TextKind
from assistant.index.files import link, write_durably
from assistant.index.manifest import Manifest
from assistant.index.onnx_encoder import CARRIED, ENCODER, TOKENIZER, OnnxEncoder, is_carried, open_carried

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

log = logging.getLogger(__name__)

AGREEMENT = 0.999
"""Least cosine with torch at which an export is stored. Measured for the packaged encoder: 0.9999999 on the probes, and at least
0.9999996 on 300 queries of SciFact, which is the rounding of float32."""

_OPSET = 17
"""The first with LayerNormalization as one operator; ONNX Runtime reads it since 1.12."""
_KINDS: tuple[TextKind, ...] = get_args(TextKind)
_PROBES = (
    "",
    "norms",
    " How many  States took part?\n",
    "Déclaration de l’Émirat: «Ça suffit», ÅNGSTRÖM, Ωμέγα.",
    "норма 规范 نظم",
    "capacity-building " * 600,
)


@dataclass(frozen=True, slots=True)
class Carried:
    """An encoder that a generation is to carry: of another generation (its folder and manifest), or just exported."""

    of: tuple[Path, Manifest] | None = None
    exported: Mapping[str, bytes] = field(default_factory=dict)

    def put(self, folder: Path) -> list[str]:
        """Puts it into a generation's folder; returns the names of files that were linked.

        Raises:
            OSError: the disk is full or cannot be written.
        """
        for name, content in self.exported.items():
            write_durably(folder / name, content)
        if self.of is None:
            return []
        for name in CARRIED:
            link(self.of[0] / name, folder / name)
        return list(CARRIED)

    def open(self, info: EncoderInfo) -> OnnxEncoder | None:
        """The encoder itself; None where there is none, or where ONNX Runtime is not installed.

        Raises:
            DamagedIndex: its files cannot be read.
        """
        if self.of:
            return open_carried(*self.of)
        return OnnxEncoder(self.exported[ENCODER], self.exported[TOKENIZER], info) if self.exported else None


def carried_by(previous: tuple[Path, Manifest] | None, info: EncoderInfo) -> Carried:
    """What a generation carries, where that is this encoder."""
    fits = previous and is_carried(previous[1]) and previous[1].fingerprint["encoder"] == info.to_json()
    return Carried(previous) if fits else Carried()


def export_checked(encoder: Encoder, texts: Sequence[str]) -> Carried:
    """An encoder as ONNX, if it can be exported and agrees with torch on `texts`, a few of the corpus; else nothing, and why is logged."""
    if not isinstance(encoder, SentenceTransformersEncoder):
        return Carried()
    try:
        model, tokenizer = export(encoder)
        cosine = agreement(encoder, OnnxEncoder(model, tokenizer, encoder.info), texts)
        if not cosine >= AGREEMENT:  # also where it is not a number
            raise ValueError(f"its vectors differ, cosine {cosine:.6f}")
    except Exception as error:  # noqa: BLE001 - three libraries meet any model here, and raise even bare Exceptions; all are logged
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        log.warning("encoder %s is not carried by the index, torch encodes in its place: %s", encoder.info.name, reason)
        return Carried()
    return Carried(exported={ENCODER: model, TOKENIZER: tokenizer})


def agreement(encoder: TextEncoder, other: TextEncoder, texts: Sequence[str]) -> float:
    """The least cosine between two encoders' vectors of `texts`, and of empty, short, accented, foreign and overlong ones."""
    probes = [*_PROBES, *texts]
    cosines = []
    for kind in _KINDS:
        alone = np.concatenate([encoder.encode([probe], kind=kind) for probe in probes])  # a batch would pad all to the longest
        cosines.append(np.sum(alone * other.encode(probes, kind=kind), axis=1, dtype=np.float64))
    return float(np.min(cosines))


def export(encoder: SentenceTransformersEncoder) -> tuple[bytes, bytes]:
    """The contents of `encoder.onnx` and `tokenizer.json`; takes about two seconds for the packaged encoder.

    Inputs are int64 of shape (batch, tokens), the output is float32 of shape (batch, dimension), each row of length 1.
    The prompts and the dimension lie in the model's metadata; the tokenizer cuts off as torch's does.

    Raises:
        ImportError: the package onnx is not installed.
        ValueError: the model is not a transformer with mean or first-token pooling.
        Exception: whatever torch raises on a model that it cannot trace.
    """
    import onnx
    import torch

    model = encoder.model
    _check_modules(model)
    features = model.preprocess(["one", "one of more words, so that there is padding"])
    names = [name for name, value in features.items() if isinstance(value, torch.Tensor)]

    class Sentence(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
            pooled = self.model(dict(zip(names, tensors, strict=True)))["sentence_embedding"]
            return torch.nn.functional.normalize(pooled, dim=-1)

    content = io.BytesIO()
    with warnings.catch_warnings(), torch.inference_mode():
        # The newer exporter (dynamo) needs one package more. Whatever a warning fears, `agreement` would find.
        warnings.filterwarnings("ignore", "You are using the legacy TorchScript-based ONNX export", DeprecationWarning)
        warnings.filterwarnings("ignore", "The feature will be removed", DeprecationWarning)
        warnings.filterwarnings("ignore", "Exporting aten::index operator", UserWarning)
        warnings.simplefilter("ignore", torch.jit.TracerWarning)  # type: ignore[attr-defined]  # torch does not list what it documents
        torch.onnx.export(
            Sentence().eval(),
            tuple(features[name] for name in names),
            content,  # type: ignore[arg-type]  # without dynamo, streams are taken too
            input_names=names,
            output_names=["sentence_embedding"],
            dynamic_axes={name: {0: "batch", 1: "tokens"} for name in names} | {"sentence_embedding": {0: "batch"}},
            opset_version=_OPSET,
            dynamo=False,
        )
    about = {"dimension": str(encoder.dimension)} | dict(encoder.prompts)
    metadata = onnx.ModelProto(metadata_props=[onnx.StringStringEntryProto(key=key, value=value) for key, value in about.items()])
    # Protobuf reads messages that follow one another as one: the weights need not be parsed for something to be added.
    return content.getvalue() + metadata.SerializeToString(), _tokenizer(model.tokenizer, encoder.limit)


def _check_modules(model: SentenceTransformer) -> None:
    modules = [type(module).__name__ for module in model]
    if modules[:2] != ["Transformer", "Pooling"] or modules[2:] not in ([], ["Normalize"]):
        raise ValueError(f"it consists of {', '.join(modules)}")
    pooling: Any = model[1]
    if pooling.pooling_mode not in ("mean", "cls") or not pooling.include_prompt:
        raise ValueError(f"it pools by {pooling.pooling_mode}{'' if pooling.include_prompt else ' without the prompt'}")


def _tokenizer(original: Any, limit: int) -> bytes:
    """A tokenizer of transformers as JSON, which cuts off after `limit` tokens and does not pad."""
    from tokenizers import Tokenizer

    copy = Tokenizer.from_str(original.backend_tokenizer.to_str())
    copy.enable_truncation(limit, direction=original.truncation_side)
    copy.no_padding()
    return copy.to_str().encode()
