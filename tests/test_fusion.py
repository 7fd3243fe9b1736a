"""Fusion of two rankings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.fusion import fuse, share_of_best

SCORES = st.dictionaries(st.integers(0, 30), st.floats(-1, 50, allow_nan=False), max_size=20)


def test_scores_are_shares_of_the_best_of_their_leg() -> None:
    """A leg's best paragraph gets 1, half its score gets a half, and a negative score nothing."""
    assert share_of_best({1: 4.0, 2: 2.0, 3: -1.0}) == {1: 1.0, 2: 0.5, 3: 0.0}
    assert share_of_best({1: 0.0}) == {1: 0.0}
    assert share_of_best({}) == {}


def test_fusion_adds_weighted_shares() -> None:
    """With weight .25 a dense share of 1 and a lexical share of .5 give .625, and the raw scores are kept."""
    first, second = fuse({7: 0.8, 3: 0.4}, {3: 10.0, 7: 5.0}, 0.25)
    assert (first.row, first.score, first.dense, first.lexical) == (3, pytest.approx(0.25 * 0.5 + 0.75), 0.4, 10.0)
    assert (second.row, second.score) == (7, pytest.approx(0.625))


@given(SCORES, SCORES, st.floats(0, 1))
def test_fusion_loses_and_invents_nothing(dense: dict[int, float], lexical: dict[int, float], weight: float) -> None:
    """The result holds exactly the union, best first, each score in [0, 1], equal scores by row."""
    fused = fuse(dense, lexical, weight)
    assert {item.row for item in fused} == dense.keys() | lexical.keys()
    assert len(fused) == len({item.row for item in fused})
    assert all(0 <= item.score <= 1 + 1e-9 for item in fused)
    assert fused == sorted(fused, key=lambda item: (-item.score, item.row))


@given(SCORES)
def test_a_leg_alone_keeps_its_order(scores: dict[int, float]) -> None:
    """With all the weight on one leg, the positive scores come out in that leg's order."""
    order = [item.row for item in fuse(scores, {}, 1.0) if item.dense > 0]
    assert order == [row for row, score in sorted(scores.items(), key=lambda hit: (-share_of_best(scores)[hit[0]], hit[0])) if score > 0]
