"""The reader that a trained model makes possible: an order of passages, sentences that answer, and a probability that any does."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from assistant.corpus.sentences import sentence_spans
from assistant.index.context import context_of
from assistant.reader import Manner, Reading, ReadSpan
from assistant.reader.scoring import Calibration, ParagraphScore, Scorer
from assistant.schema import Passage


class TrainedReader:
    """Puts a scorer's logits and retrieval's score together. A sentence's score is the share of its passage in a softmax over the
    passages, times the probability that it is evidence there."""

    orders = True
    problem = None

    def __init__(self, scorer: Scorer, calibration: Calibration) -> None:
        self.scorer = scorer
        self.calibration = calibration

    @property
    def manner(self) -> Manner:
        """How answers are made of its scores."""
        chosen = self.calibration
        return Manner(chosen.threshold, chosen.confident, chosen.ratio, chosen.sentences)

    def read(self, question: str, passages: Sequence[Passage]) -> Reading:
        """Reads `question` against `passages`; no passages give no spans and confidence 0."""
        if not passages:
            return Reading((), 0.0)
        scores = self.scorer.score(question, [(context_of(p.document, p.paragraph), p.paragraph.text) for p in passages])
        return reading_of(passages, scores, self.calibration)


def reading_of(passages: Sequence[Passage], scores: Sequence[ParagraphScore], calibration: Calibration) -> Reading:
    """The reading of a scorer's answers."""
    relevance = [score.relevance + calibration.fusion * passage.scores.fused for passage, score in zip(passages, scores, strict=True)]
    shares = np.exp(np.array(relevance) - max(relevance))
    shares /= shares.sum()
    spans = [
        ReadSpan(at, start, end, float(share) * _sigmoid(evidence))
        for at, (passage, score, share) in enumerate(zip(passages, scores, shares, strict=True))
        for (start, end), evidence in zip(sentence_spans(passage.paragraph.text), score.evidence, strict=True)
    ]
    whole = sum(span.score for span in spans) or 1.0
    spans = [ReadSpan(span.passage, span.start, span.end, round(span.score / whole, 6)) for span in spans]
    spans.sort(key=lambda span: (-span.score, span.passage, span.start))
    highest = max(score.relevance for score in scores)
    confidence = _sigmoid(calibration.slope * highest + calibration.intercept)
    return Reading(tuple(spans), round(confidence, 6), tuple(round(value, 6) for value in relevance))


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))
