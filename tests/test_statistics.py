"""Intervals and paired tests: exact values where they can be computed by hand, coverage where not, and properties."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from outcomes import NAMES, gold, outcome, report_of
from scipy import stats

from assistant.eval import statistics
from assistant.eval.measures import BINS, Measure, measure, reliability, risk_coverage
from assistant.eval.outcome import Outcome
from assistant.eval.statistics import DOCUMENTS, Clusters, Metric, compare, summarise

Z = 1.959963984540054
MEAN = Measure("mrr", "", "")
WORDS = measure("words_per_answer")
assert WORDS


def column(values: Sequence[float | None]) -> np.ndarray:
    """A column with NaN for None."""
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def alone(size: int) -> Clusters:
    """Every question by itself."""
    return Clusters("questions", tuple(np.array([row]) for row in range(size)))


def mean_of(values: Sequence[float | None], clusters: Clusters | None = None) -> Metric:
    """The metric of a column of scores."""
    return summarise(MEAN, {"mrr": column(values)}, clusters or alone(len(values)))


def test_a_plain_share_has_a_wilson_interval() -> None:
    """300 of 300 reaches down to n / (n + z²) = 300 / 303.8415; 1 of 2 to 1/2 ± z √(1/8 + z²/16) / (1 + z²/2)."""
    all_right = mean_of([1.0] * 300 + [None])
    assert (all_right.value, all_right.high, all_right.n) == (1.0, 1.0, 300)
    assert all_right.low == pytest.approx(300 / (300 + Z**2))
    half = mean_of([0.0, 1.0])
    width = Z * math.sqrt(1 / 8 + Z**2 / 16) / (1 + Z**2 / 2)
    assert (half.low, half.high) == (pytest.approx(0.5 - width), pytest.approx(0.5 + width))


def test_other_measures_have_a_bootstrap_interval() -> None:
    """Two questions, 0 and 1/2: the resampled mean is 0, 1/4, 1/2 with chances 1/4, 1/2, 1/4, so the interval is 0 to 1/2."""
    assert mean_of([0.5, 0.0]) == Metric("mrr", 0.25, 0.0, 0.5, 2)
    # Three questions, median 20: it is 10 or 30 with chance 7/27 each, so both ends are reached.
    words = summarise(WORDS, {"words": column([30.0, 10.0, 20.0])}, alone(3))
    assert words == Metric("words_per_answer", 20.0, 10.0, 30.0, 3)


def test_a_bootstrap_interval_is_as_wide_as_theory_says() -> None:
    """The mean of 0, 1/100, … 1 has standard error √(σ²/n); the interval spans 1.96 of it on both sides, within 5 %."""
    metric = mean_of([number / 100 for number in range(101)])
    error = math.sqrt((101**2 - 1) / 12) / 100 / math.sqrt(101)
    assert metric.low == pytest.approx(0.5 - 1.96 * error, abs=0.05 * error * 1.96)
    assert metric.high == pytest.approx(0.5 + 1.96 * error, abs=0.05 * error * 1.96)


def test_documents_are_resampled_where_there_are_enough() -> None:
    """Ten documents of ten equal answers each: the interval is as wide as that of ten questions, not of a hundred."""
    outcomes = [outcome(gold("1", id=f"{d}-{n}", document=f"D{d}")) for d in range(DOCUMENTS) for n in range(10)]
    clusters = Clusters.of(outcomes)
    assert (clusters.unit, len(clusters.rows)) == ("documents", DOCUMENTS)
    by_document = mean_of([float(d < 5) for d in range(DOCUMENTS) for _ in range(10)], clusters)
    ten = mean_of([0.999 * (d < 5) + 0.0005 for d in range(10)])  # not a plain share, so that both are bootstrapped
    assert by_document.low == pytest.approx(ten.low, abs=0.01)
    assert by_document.high == pytest.approx(ten.high, abs=0.01)
    assert mean_of([1.0] * 100, clusters).low == pytest.approx(100 / (100 + Z**2))  # Wilson where all are right


def test_fewer_documents_leave_questions_alone() -> None:
    """With nine documents, and for questions about none, each question is resampled by itself."""
    nine = [outcome(gold("1", document=f"D{d}")) for d in range(DOCUMENTS - 1)]
    assert Clusters.of(nine * 2).unit == "questions"
    queries = [outcome(gold("1", document=f"D{d}")) for d in range(2 * DOCUMENTS)]
    assert (Clusters.of(queries).unit, Clusters.of(queries, "search").unit) == ("documents", "questions")
    ten = [*nine, outcome(gold("1", document="last")), outcome(gold()), outcome(gold()), outcome(gold(about="last"))]
    assert [rows.tolist() for rows in Clusters.of(ten).rows] == [*([at] for at in range(9)), [9, 12], [10], [11]]


def test_rounding_does_not_push_the_value_out_of_its_interval() -> None:
    """The mean of 31 times 0.3 is a last digit off, whichever way it is summed."""
    metric = mean_of([0.3] * 31)
    assert metric.low is not None
    assert metric.value is not None
    assert metric.low <= metric.value == pytest.approx(0.3)


def test_one_question_tells_nothing_of_the_spread() -> None:
    """A single value that is no plain share has no interval."""
    assert mean_of([0.5]) == Metric("mrr", 0.5, None, None, 1)


def test_risk_and_coverage() -> None:
    """Of four answers and a refusal, most confident first: right, wrong and right together (half a risk each), wrong."""
    columns = {"confidence": column([0.9, 0.5, 0.5, 0.2, 0.1]), "wrong": column([0, 1, 0, 1, None])}
    coverage, risk = risk_coverage(columns)
    assert coverage.tolist() == pytest.approx([0.2, 0.4, 0.6, 0.8])
    assert risk.tolist() == pytest.approx([0, 0.25, 1 / 3, 0.5])
    aurc = measure("aurc")
    assert aurc
    assert summarise(aurc, columns, alone(5)).value == pytest.approx((0 + 0.25 + 1 / 3 + 0.5) / 4)


def test_area_under_the_curve() -> None:
    """Two answerable questions at .9 and .4, one not at .4: one pair right and one a tie is three quarters."""
    auroc = measure("auroc")
    assert auroc
    columns = {"confidence": column([0.9, 0.4, 0.4, None]), "answerable": column([1, 1, 0, 0])}
    assert summarise(auroc, columns, alone(4)).value == 0.75


def test_calibration() -> None:
    """Twenty confidences of .8 of which 12 are supported are off by .2; equal confidences stay in one bin."""
    ece = measure("ece")
    assert ece
    columns = {"confidence": column([0.8] * 20), "supported": column([1.0] * 12 + [0.0] * 8)}
    assert summarise(ece, columns, alone(20)).value == pytest.approx(0.2)
    mean, share, counts = reliability(columns)
    assert (mean.tolist(), share.tolist(), counts.tolist()) == ([pytest.approx(0.8)], [pytest.approx(0.6)], [20])
    spread = {"confidence": column([at / 100 for at in range(100)]), "supported": column([0.0] * 100)}
    assert reliability(spread)[2].tolist() == [100 / BINS] * BINS


def test_the_same_column_twice_is_no_difference() -> None:
    """No difference has p 1 and an interval of nothing, without drawing anything."""
    row = compare(MEAN, {"mrr": column([1, 0.5, None])}, {"mrr": column([1, 0.5, None])}, alone(3))
    assert (row.delta, row.low, row.high, row.p, row.wins, row.losses, row.n) == (0, 0, 0, 1, 0, 0, 2)


def test_a_difference_is_tested_by_swapping() -> None:
    """Eight of eight questions better by 1/2: of 2⁸ swaps two are as extreme, so p is 2/256; scipy's exact test says the same."""
    a, b = column([0.25] * 8), column([0.75] * 8)
    row = compare(MEAN, {"mrr": a}, {"mrr": b}, alone(8))
    assert (row.delta, row.low, row.high, row.wins, row.losses) == (0.5, 0.5, 0.5, 8, 0)
    assert row.p == pytest.approx(2 / 256)
    exact = stats.permutation_test((a, b), lambda x, y, axis: np.mean(y - x, axis=axis), permutation_type="samples", vectorized=True)
    assert row.p == pytest.approx(exact.pvalue)


def test_documents_are_swapped_together() -> None:
    """Sixteen questions in two documents can only be swapped in four ways, so nothing is found where questions would find it."""
    values = ({"mrr": column([0.25] * 16)}, {"mrr": column([0.75] * 16)})
    two = Clusters("documents", (np.arange(8), np.arange(8, 16)))
    assert compare(MEAN, *values, two).p == pytest.approx(0.5)
    assert (compare(MEAN, *values, alone(16)).p or 1) < 0.01


def test_only_what_both_runs_measured_is_compared() -> None:
    """A question that one run refused has no precision there, and is left out of both means."""
    row = compare(MEAN, {"mrr": column([1, 0, None])}, {"mrr": column([1, None, 0])}, alone(3))
    assert (row.a, row.b, row.n) == (1.0, 1.0, 1)


def test_lower_is_a_win_where_lower_is_better() -> None:
    """Fewer false answers are wins of B."""
    false = measure("false_answers")
    assert false
    row = compare(false, {"false_answers": column([1, 1, 0])}, {"false_answers": column([0, 1, 0])}, alone(3))
    assert (row.delta, row.wins, row.losses) == (pytest.approx(-1 / 3), 1, 0)


labels = st.sampled_from(["1", "2", "3", "a b", "é%"])
outcomes = st.builds(
    lambda references, cited, found, says, latency, confidence: outcome(
        gold(*references, answers=["eighty"] if references else []),
        latency=latency, cited=cited, says=says, found=found, confidence=confidence,
    ),
    st.lists(labels, max_size=3, unique=True),
    st.lists(labels, max_size=3),
    st.lists(labels, max_size=6),
    st.sampled_from(["It was eighty.", "No.", ""]),
    st.floats(0, 1e6),
    st.none() | st.floats(0, 1),
)  # fmt: skip


@pytest.fixture
def few_resamples() -> Iterator[None]:
    """A tenth of the resamples: properties that hold of any number of them are asked of more runs instead."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(statistics, "RESAMPLES", 999)
        patch.setattr(statistics, "SLOW_RESAMPLES", 99)
        yield


@pytest.mark.usefixtures("few_resamples")
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(outcomes, max_size=8), st.randoms(use_true_random=False))
def test_properties_of_any_run(outcomes: list[Outcome], shuffler: random.Random) -> None:
    """Shares lie in [0, 1], intervals contain their value, undefined means no question, and the order of questions is nothing."""
    outcomes = [replace(item, question=replace(item.question, id=str(number))) for number, item in enumerate(outcomes)]
    metrics = report_of(*outcomes).metrics
    assert [metric.name for metric in metrics] == NAMES
    for metric in metrics:
        if metric.value is not None and metric.low is not None and metric.high is not None:
            assert 0 <= metric.low <= metric.value <= metric.high
            known = measure(metric.name)
            assert known
            assert known.unit != "share" or metric.high <= 1
    shuffled = list(outcomes)
    shuffler.shuffle(shuffled)
    assert [metric.value for metric in report_of(*shuffled).metrics] == pytest.approx([metric.value for metric in metrics], nan_ok=True)
