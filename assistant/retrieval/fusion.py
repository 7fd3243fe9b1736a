"""Fusion of a dense and a lexical ranking by normalised scores, in our code, so that every back end ranks alike.

Each leg scores every candidate of the union, not only those it found itself, and its scores are divided by its best. The weight of
one half was chosen on the training queries of SciFact (809): nDCG@10 with a dense share of .3, .4, .5, .6 is .728, .737, .741, .741
(docs/decisions/0002).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fused:
    """A paragraph with its fused score in [0, 1], its cosine, and its BM25 (0 where it shares no word with the question)."""

    row: int
    score: float
    dense: float
    lexical: float


def share_of_best(scores: Mapping[int, float]) -> dict[int, float]:
    """Scores divided by the highest, so that the best is 1; negative ones count as 0, and all are 0 where none is positive."""
    best = max(scores.values(), default=0.0)
    return {row: max(0.0, score) / best if best > 0 else 0.0 for row, score in scores.items()}


def fuse(dense: Mapping[int, float], lexical: Mapping[int, float], dense_weight: float) -> list[Fused]:
    """The union of both legs, best first: `dense_weight` of one normalised score and the rest of the other.

    `dense` and `lexical` map paragraph rows to scores; a row that one of them lacks has 0 there. Nothing is lost; equal
    scores come by row.
    """
    by_dense, by_lexical = share_of_best(dense), share_of_best(lexical)
    fused = [
        Fused(
            row,
            dense_weight * by_dense.get(row, 0.0) + (1 - dense_weight) * by_lexical.get(row, 0.0),
            dense.get(row, 0.0),
            lexical.get(row, 0.0),
        )
        for row in by_dense.keys() | by_lexical.keys()
    ]
    return sorted(fused, key=lambda item: (-item.score, item.row))
