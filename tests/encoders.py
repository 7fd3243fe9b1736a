"""An encoder that can be worked out by hand, so that tests assert exact scores, and what windows of any encoder must hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from assistant.index.encoder import EncoderInfo, FloatArray, TextKind
from assistant.index.windows import cut_windows

DIMENSION = 8


class WordLengthEncoder:
    """Counts words by length: "a bb bb" is (1, 2, 0, 0, 0, 0, 0, 0) / √5; words of 8 letters and more share the last place.

    A window holds `window` words; a text without words has its one in the first place. `encoded` keeps all documents that
    were embedded.
    """

    def __init__(self, window: int = 4, revision: str = "1") -> None:
        self.window = window
        self.info = EncoderInfo("word lengths", revision, "", "")
        self.dimension = DIMENSION
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], *, kind: TextKind) -> FloatArray:
        """Vectors of shape (len(texts), 8), each of length 1."""
        vectors = np.zeros((len(texts), DIMENSION), np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for word in text.split() or ["a"]:
                vector[min(len(word), DIMENSION) - 1] += 1
        if kind == "document":
            self.encoded += texts
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def windows(self, texts: Sequence[tuple[str, str]]) -> list[list[str]]:
        """The words of each text in windows that overlap by a quarter; the context does not count."""
        found = []
        for context, text in texts:
            tokens, end = [], 0
            for word in text.split():
                start = text.index(word, end)
                end = start + len(word)
                tokens.append((start, end))
            found.append([f"{context} {text[a:b]}".strip() for a, b in cut_windows(tokens, self.window, len(text))])
        return found


def sizes(encoder: Any, windows: list[str]) -> list[int]:
    """Tokens of each window as the encoder's own tokenizer counts them, with its marks."""
    return [len(encoder._model.tokenizer(window, truncation=False, verbose=False)["input_ids"]) for window in windows]


def assert_nothing_lost(text: str, windows: list[str], context: str) -> None:
    """Each window is the context and a stretch of the text; the stretches overlap, and reach from its first to its last letter."""
    end = len(text) - len(text.lstrip())
    for number, window in enumerate(windows):
        assert window.startswith(context)
        stretch = window[len(context) :].removeprefix(" " if context else "")
        start = text.find(stretch)
        assert 0 <= start < end or number == 0 == start
        assert start + len(stretch) > end
        end = start + len(stretch)
    assert not text[end:].strip()
