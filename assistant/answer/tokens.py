"""Token counts without a download: tiktoken over a small byte-pair vocabulary that the project trained.

The vocabulary (4,096 pieces, trained by eval/bench/train_tokens.py on the shipped document and texts written for the
project) is far smaller than any model's, so it cuts English into more pieces than they do: counts err on the safe side.
"""

from __future__ import annotations

import base64
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tiktoken

VOCABULARY_FILE = "tokens.tiktoken"
PATTERN = r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"""
"""How text is cut before pairs are merged: the published pattern of the cl100k vocabulary."""


@cache
def encoding() -> tiktoken.Encoding:
    """The project's vocabulary as a tiktoken encoding."""
    import tiktoken

    lines = files("assistant.answer").joinpath(VOCABULARY_FILE).read_bytes().splitlines()
    ranks = {base64.b64decode(piece): int(rank) for piece, rank in (line.split() for line in lines)}
    return tiktoken.Encoding("assistant", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens={})


def count_tokens(text: str) -> int:
    """How many tokens `text` has at most, for the purpose of a budget."""
    return len(encoding().encode_ordinary(text))
