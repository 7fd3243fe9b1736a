"""Reads a question against passages: which paragraphs and sentences answer it, and how likely it is that any does.

`Reader` is the seam. `similarity.SimilarityReader` needs no model but the encoder; `trained.TrainedReader` asks the model that the project
trained, or any cross-encoder; `opening` chooses between them and falls back to the former where the latter cannot be used.
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
    """Spans best first, and the probability that the passages answer the question at all.

    `relevance` orders the passages, one value each, higher is better; empty where the reader has no opinion on their order.
    """

    spans: tuple[ReadSpan, ...]
    confidence: float
    relevance: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Manner:
    """How answers are made of a reader's scores, where the settings do not say otherwise. Measured for each reader apart.

    Quote mode abstains below the confidence `threshold`, and says that it may be wrong below `confident`. It shows at most
    `sentences`, each with a score of at least `ratio` of the best one's.
    """

    threshold: float
    confident: float
    ratio: float
    sentences: int


class Reader(Protocol):
    """Finds the paragraphs and sentences that answer."""

    @property
    def manner(self) -> Manner:
        """How answers are made of its scores."""

    @property
    def orders(self) -> bool:
        """Whether its readings order passages; else they stay as the search gave them."""

    @property
    def problem(self) -> str | None:
        """Why the reader that was asked for could not be used, and another read instead; None where all is well."""

    def read(self, question: str, passages: Sequence[Passage]) -> Reading:
        """Reads `question` against `passages`; no passages give no spans and confidence 0."""
