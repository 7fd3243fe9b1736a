"""What a trained model says of one paragraph beside a question; the packaged model and any cross-encoder say it alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

FROZEN = ("encoder.embeddings.",)
"""Names of the weights that training does not change and that are not shipped again begin so: the packaged encoder's word vectors are
half of it, and all six layers in half precision take 21 MB."""


@dataclass(frozen=True, slots=True)
class ParagraphScore:
    """`relevance` is a logit: above 0 the paragraph rather answers than not. `evidence` holds a logit for each sentence of
    `sentence_spans`, in order. `answer` are the characters of the shortest answer, None where the model marks none."""

    relevance: float
    evidence: tuple[float, ...]
    answer: tuple[int, int] | None = None


class Scorer(Protocol):
    """Scores paragraphs against a question."""

    def score(self, question: str, paragraphs: Sequence[tuple[str, str]]) -> list[ParagraphScore]:
        """One score for each (context, text), in order; a paragraph's score does not depend on its company."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How scores become an order and a probability; measured by eval/bench/tune_reader.py and kept beside the weights.

    order = relevance + `fusion` * fused score, where the fused score lies in [0, 1]
    confidence = sigmoid(`slope` * (highest relevance of the passages) + `intercept`)
    """

    fusion: float
    slope: float
    intercept: float
    threshold: float
    """Quote mode abstains below this confidence."""
    confident: float
    """Below this confidence an answer says that it may be none."""
    ratio: float
    """A further sentence is shown when its score is at least this share of the best one's."""
    sentences: int
    """At most so many sentences are shown."""
