"""Token counts without a download: a model's own tiktoken encoding where it is on the machine, else a small one that the project trained.

The project's vocabulary (4,096 pieces, trained by eval/bench/train_tokens.py on the shipped document and texts written for the
project) is far smaller than any model's, so it cuts most text into more pieces than they do. Where it does not, counting every
digit and `MARGIN` make up for it, as eval/bench/measure_tokens.py measured.
"""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tiktoken

VOCABULARY_FILE = "tokens.tiktoken"
PATTERN = r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"""
"""How text is cut before pairs are merged: the published pattern of the cl100k vocabulary."""
MARGIN = 1.16
"""Of 1,337 paragraphs none has more tokens than this times our count: at most 1.154 with Llama 2, 1.0 with Llama 3, cl100k and o200k
(medians .81, .69, .69, .68). Published in eval/published/models/tokens.json."""
_URL = "https://openaipublic.blob.core.windows.net/encodings/{}.tiktoken"
_SHA256 = {
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
}
"""The vocabularies of OpenAI's models, with the checksum under which tiktoken takes a cached copy."""


@cache
def encoding() -> tiktoken.Encoding:
    """The project's vocabulary as a tiktoken encoding."""
    import tiktoken

    lines = files("assistant.answer").joinpath(VOCABULARY_FILE).read_bytes().splitlines()
    ranks = {base64.b64decode(piece): int(rank) for piece, rank in (line.split() for line in lines)}
    return tiktoken.Encoding("assistant", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens={})


@cache
def own_encoding(model: str) -> tiktoken.Encoding | None:
    """The encoding of a model by its bare name ("gpt-4o-mini"), None where tiktoken does not know it or its file is not on this machine.

    tiktoken downloads what it lacks; it is asked only where it will find a file with the right checksum in its cache.
    """
    import tiktoken

    try:
        name = tiktoken.encoding_name_for_model(model)
    except KeyError:
        return None
    base = "o200k_base" if name == "o200k_harmony" else name
    folder = os.environ.get("TIKTOKEN_CACHE_DIR", os.environ.get("DATA_GYM_CACHE_DIR", str(Path(tempfile.gettempdir(), "data-gym-cache"))))
    path = Path(folder, hashlib.sha1(_URL.format(base).encode(), usedforsecurity=False).hexdigest())
    try:
        if not folder or hashlib.sha256(path.read_bytes()).hexdigest() != _SHA256.get(base):
            return None
    except OSError:
        return None
    return tiktoken.get_encoding(name)


@cache
def _weights() -> tuple[int, ...]:
    """What each piece counts: one, but a number as many as it has digits, for some models have no larger pieces of numbers."""
    pieces = (encoding().decode_single_token_bytes(token) for token in range(encoding().n_vocab))
    return tuple(len(piece) if piece.isdigit() else 1 for piece in pieces)


def count_tokens(text: str) -> int:
    """How many pieces of the project's vocabulary `text` has, every digit counted."""
    weights = _weights()
    return sum(weights[token] for token in encoding().encode_ordinary(text))


def counter_for(model: str) -> Callable[[str], int]:
    """What counts tokens for a model by its bare name: exactly where its encoding is here, else on the safe side."""
    own = own_encoding(model)
    if own is not None:
        return lambda text: len(own.encode_ordinary(text))
    return lambda text: -int(-count_tokens(text) * MARGIN // 1)
