"""Reads a question against passages: which sentences answer it, and how likely it is that any does.

`Reader` is the seam: `similarity.SimilarityReader` needs no training data and no model but the encoder; a trained reader
takes its place behind the same method.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.schema import Passage


@dataclass(frozen=True, slots=True)
class ReadSpan:
    """A sentence that may answer: `passages[passage].paragraph.text[start:end]`; `score` is its share
    of the belief among all sentences read: scores of one reading sum to 1."""

    passage: int
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """Spans best first, and the probability that the passages answer the question at all."""

    spans: tuple[ReadSpan, ...]
    confidence: float


class Reader(Protocol):
    """Finds the sentences that answer."""

    def read(self, question: str, passages: Sequence[Passage]) -> Reading:
        """Reads `question` against `passages`; no passages give no spans and confidence 0."""
