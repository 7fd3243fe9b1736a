"""Metrics: exact values computed by hand, intervals, and properties that hold for any outcomes."""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import MissingExtra
from assistant.eval.gold import GoldQuestion, GoldReference
from assistant.eval.metrics import PERCENTILES, Metric, Outcome, citation_scores, contains_gold, per_question, summarise, trec_id
from assistant.eval.runs import evaluate
from assistant.schema import Answer, Citation, Coverage, Document, Paragraph, Passage, Statement

RANKING = {"hit@1", "hit@5", "mrr", "ndcg@10"}
SHARES = RANKING | {"citation_precision", "citation_recall", "citation_f1", "contains_gold", "false_answers", "false_refusals"}


def gold(*labels: str, document: str = "D", answers: Sequence[str] = (), must_include: Sequence[Sequence[str]] = ()) -> GoldQuestion:
    """A question that these paragraphs answer; none: not answerable."""
    references = tuple(GoldReference(document, label) for label in labels)
    return GoldQuestion("q", "Why?", bool(labels), references, tuple(answers), tuple(map(tuple, must_include)))


def answer(*cited: str, says: str = "Yes.", found: Sequence[str] = (), document: str = "D") -> Answer:
    """An answer whose statement cites these paragraphs after finding those; none cited: an abstention."""
    source = Document(document, "Title", "title.txt", "0" * 64)
    return Answer(
        id="a",
        question="Why?",
        searched_question="Why?",
        status="answered" if cited else "abstained",
        mode="quote",
        statements=(Statement(says, tuple(Citation(document, label, label, "", 0, 0) for label in cited)),) if cited else (),
        passages=tuple(Passage(source, Paragraph(document, label, "official", "Text."), label) for label in found),
        coverage=Coverage(1, 10),
        generation="gen-1",
    )


def figures(*outcomes: Outcome) -> dict[str, float | None]:
    """Every metric's value."""
    return {metric.name: metric.value for metric in evaluate(outcomes).metrics}


def test_all_right() -> None:
    """Where every answer is right, every share is 1 and no answer or refusal is false."""
    right = Outcome(gold("7", answers=["eighty"]), answer("7", says="It was eighty.", found=["7", "8"]), 10.0)
    refused = Outcome(gold(), answer(found=["8"]), 30.0)
    assert figures(right, refused, right) == {
        "hit@1": 1.0,
        "hit@5": 1.0,
        "mrr": 1.0,
        "ndcg@10": 1.0,
        "citation_precision": 1.0,
        "citation_recall": 1.0,
        "citation_f1": 1.0,
        "contains_gold": 1.0,
        "words_per_answer": 3.0,
        "false_answers": 0.0,
        "false_refusals": 0.0,
        "latency_p50_ms": 10.0,
        "latency_p95_ms": pytest.approx(28.0),  # 10, 10, 30: rank 1.9 of 0 … 2
    }


def test_all_wrong() -> None:
    """Where every answer is wrong, every score is 0 and every question that is not answerable is falsely answered."""
    wrong = Outcome(gold("7", answers=["eighty"]), answer("8", says="It was ninety.", found=["8"]), 10.0)
    invented = Outcome(gold(), answer("8", says="It was ninety-one, or so.", found=["8"]), 10.0)
    values = figures(wrong, invented)
    assert {name for name in SHARES if values[name] == 0.0} == SHARES - {"false_answers"}
    assert values["false_answers"] == 1.0
    assert values["words_per_answer"] == 4.0  # the median of 3 and 5


def test_all_abstain() -> None:
    """Abstentions are refusals, recall and contain nothing, leave precision and words undefined, and keep their ranking."""
    outcome = Outcome(gold("7", answers=["eighty"]), answer(found=["8", "7"]), 10.0)
    report = evaluate([outcome, Outcome(gold(), answer(), 10.0)])
    values = {metric.name: metric.value for metric in report.metrics}
    assert (values["false_refusals"], values["false_answers"]) == (1.0, 0.0)
    assert (values["citation_recall"], values["citation_f1"], values["contains_gold"]) == (0.0, 0.0, 0.0)
    assert report.metric("citation_precision") == Metric("citation_precision", None, None, None, 0)
    assert report.metric("words_per_answer") == Metric("words_per_answer", None, None, None, 0)
    assert (values["hit@1"], values["mrr"]) == (0.0, 0.5)


def test_a_mixed_run() -> None:
    """Columns, by hand, of five questions: right, half right, refused, not answerable and answered, not answerable and refused."""
    outcomes = [
        Outcome(gold("1", answers=["one"]), answer("1", says="Just one.", found=["1", "2", "3"]), 10.0),
        Outcome(gold("1", "2", answers=["two"]), answer("2", "3", says="Not that many.", found=["3", "2", "4"]), 20.0),
        Outcome(gold("6"), answer(found=["1", "2", "3", "4", "5", "6"]), 30.0),
        Outcome(gold(), answer("1", says="One two three four.", found=["1"]), 40.0),
        Outcome(gold(), answer(), 50.0),
    ]
    half_right = (1 / math.log2(3)) / (1 + 1 / math.log2(3))  # one of two gold paragraphs, at rank 2
    expected = {
        "hit@1": (1, 0, 0, None, None),
        "hit@5": (1, 1, 0, None, None),
        "mrr": (1, 1 / 2, 1 / 6, None, None),
        "ndcg@10": (1, half_right, 1 / math.log2(7), None, None),
        "citation_precision": (1, 1 / 2, None, None, None),
        "citation_recall": (1, 1 / 2, 0, None, None),
        "citation_f1": (1, 1 / 2, 0, None, None),
        "contains_gold": (1, 0, None, None, None),
        "words_per_answer": (2, 3, None, 4, None),
        "false_answers": (None, None, None, 1, 0),
        "false_refusals": (0, 0, 1, None, None),
        "latency_p50_ms": (10, 20, 30, 40, 50),
        "latency_p95_ms": (10, 20, 30, 40, 50),
    }
    columns = per_question(outcomes)
    assert list(columns) == list(expected)
    for name, column in expected.items():
        assert columns[name] == tuple(pytest.approx(value, rel=1e-9) if value is not None else None for value in column), name
    report = evaluate(outcomes)
    assert (report.questions, report.answerable, report.depth) == (5, 3, 6)
    assert report.metric("mrr").value == pytest.approx((1 + 1 / 2 + 1 / 6) / 3)
    assert (report.metric("mrr").n, report.metric("citation_precision").n, report.metric("false_answers").n) == (3, 2, 2)
    assert report.metric("latency_p95_ms").value == pytest.approx(48.0)  # rank 3.8 of 0 … 4


@pytest.mark.parametrize(
    ("references", "cited", "scores"),
    [
        (("1", "2", "3"), ("1", "4"), (1 / 2, 1 / 3, 2 / 5)),  # the worked example: one of two cited is gold, one of three gold is cited
        (("1",), ("1", "1", "1", "2"), (1 / 2, 1, 2 / 3)),  # a paragraph counts once, however often it is cited
        (("1",), ("1", "999"), (1 / 2, 1, 2 / 3)),  # a paragraph that does not exist is in the denominator
        (("1",), ("2",), (0, 0, 0)),
        (("1",), (), (None, 0, 0)),  # an abstention
    ],
)
def test_citation_scores(references: tuple[str, ...], cited: tuple[str, ...], scores: tuple[float | None, float, float]) -> None:
    """Precision over the cited paragraphs, recall over the gold ones, F1 over both."""
    assert citation_scores(gold(*references), answer(*cited)) == scores


def test_the_same_label_of_another_document_is_another_paragraph() -> None:
    """Citing paragraph 7 of the wrong document is wrong, and so is finding it."""
    outcome = Outcome(gold("7", document="A/1"), answer("7", found=["7"], document="A/2"), 1.0)
    assert citation_scores(outcome.question, outcome.answer) == (0, 0, 0)
    assert per_question([outcome])["hit@5"] == (0.0,)
    right = answer("7", found=["7"], document="A/1")
    assert citation_scores(outcome.question, right) == (1, 1, 1)
    assert per_question([replace(outcome, answer=right)])["hit@5"] == (1.0,)


def test_an_answer_without_a_citation_has_precision_zero() -> None:
    """Saying something and citing nothing is not left out of precision."""
    silent = Answer("a", "Why?", "Why?", "answered", "model", (Statement("Because.", ()),), (), Coverage(1, 1), "gen-1")
    assert citation_scores(gold("1"), silent) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("says", "must_include", "answers", "value"),
    [
        ("It was EIGHTY\n\tstatements.", [["80", "eighty statements"]], [], 1.0),
        ("It was eighty.", [["80", "eighty"], ["statements"]], [], 0.0),
        ("It was 80 statements.", [["80", "eighty"], ["statements"]], [], 1.0),
        ("It was ninety.", [["ninety"]], ["eighty"], 1.0),  # answers are a fallback only
        ("It was eighty.", [], ["ninety", "Eighty"], 1.0),
        ("It was eighty.", [], ["ninety"], 0.0),
        ("It was eighty.", [], [], None),
    ],
)
def test_an_answer_contains_gold(says: str, must_include: list[list[str]], answers: list[str], value: float | None) -> None:
    """One string of every list of must_include, or else one of answers; None where there is nothing to look for."""
    assert contains_gold(gold("1", must_include=must_include, answers=answers), answer("1", says=says)) == value


def test_an_abstention_contains_nothing() -> None:
    """Words beside a refusal are no answer."""
    assert contains_gold(gold("1", answers=["eighty"]), replace(answer("1", says="Perhaps eighty."), status="abstained")) == 0.0


def test_ids_with_spaces_and_percent_signs_are_ranked() -> None:
    """Ids are percent-encoded as TREC demands, and two that differ only in what is encoded stay two."""
    assert trec_id("S/RES/1325 (2000)", "7") == "S/RES/1325%20%282000%29#7"
    assert trec_id("100%20", "u1") != trec_id("100 ", "u1")
    spaced = Outcome(gold("7", document="Note of 3 May"), answer(found=["6", "7"], document="Note of 3 May"), 1.0)
    assert per_question([spaced])["mrr"] == (0.5,)


def test_a_passage_found_twice_keeps_its_first_rank() -> None:
    """A repeated passage does not push the ones after it down."""
    assert per_question([Outcome(gold("2"), answer(found=["1", "1", "2", "1"]), 1.0)])["mrr"] == (0.5,)


def test_a_set_without_answerable_questions_has_no_ranking() -> None:
    """The ranking metrics are undefined, not zero, where nothing could be found."""
    report = evaluate([Outcome(gold(), answer(found=["1"]), 1.0)])
    assert report.metric("hit@1") == Metric("hit@1", None, None, None, 0)


def test_a_plain_share_has_a_wilson_interval() -> None:
    """300 of 300 reaches down to n / (n + z²) = 300 / 303.8415; 1 of 2 to 1/2 ± z √(1/8 + z²/16) / (1 + z²/2)."""
    z = 1.959963984540054
    all_right = summarise("hit@1", [1.0] * 300 + [None])
    assert (all_right.value, all_right.high, all_right.n) == (1.0, 1.0, 300)
    assert all_right.low == pytest.approx(300 / (300 + z**2))
    half = summarise("hit@1", [0.0, 1.0])
    width = z * math.sqrt(1 / 8 + z**2 / 16) / (1 + z**2 / 2)
    assert half.low == pytest.approx(0.5 - width)
    assert half.high == pytest.approx(0.5 + width)


def test_other_metrics_have_a_bootstrap_interval() -> None:
    """Two questions, 0 and 1/2: the resampled mean is 0, 1/4, 1/2 with chances 1/4, 1/2, 1/4, so the interval is 0 to 1/2."""
    assert summarise("mrr", [0.5, 0.0]) == Metric("mrr", 0.25, 0.0, 0.5, 2)
    # Three questions, median 20: it is 10 or 30 with chance 7/27 each, so both ends are reached.
    assert summarise("words_per_answer", [30.0, 10.0, 20.0]) == Metric("words_per_answer", 20.0, 10.0, 30.0, 3)


def test_a_bootstrap_interval_is_as_wide_as_theory_says() -> None:
    """The mean of 0, 1/100, … 1 has standard error √(σ²/n); the interval spans 1.96 of it on both sides, within 5 %."""
    metric = summarise("mrr", [number / 100 for number in range(101)])
    error = math.sqrt((101**2 - 1) / 12) / 100 / math.sqrt(101)
    assert metric.low == pytest.approx(0.5 - 1.96 * error, abs=0.05 * error * 1.96)
    assert metric.high == pytest.approx(0.5 + 1.96 * error, abs=0.05 * error * 1.96)


def test_rounding_does_not_push_the_value_out_of_its_interval() -> None:
    """The mean of 31 times 0.3 is a last digit off, whichever way it is summed."""
    metric = summarise("mrr", [0.3] * 31)
    assert metric.low is not None
    assert metric.value is not None
    assert metric.low <= metric.value == pytest.approx(0.3)


def test_one_question_tells_nothing_of_the_spread() -> None:
    """A single value that is no plain share has no interval."""
    assert summarise("mrr", [0.5]) == Metric("mrr", 0.5, None, None, 1)


def test_a_missing_extra_names_the_pip_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without ir-measures the error says what to install."""
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    with pytest.raises(MissingExtra) as caught:
        per_question([Outcome(gold("1"), answer("1"), 1.0)])
    assert caught.value.step == 'pip install "assistant[eval]"'


labels = st.sampled_from(["1", "2", "3", "a b", "é%"])
outcomes = st.builds(
    lambda references, cited, found, says, latency: Outcome(
        gold(*references, answers=["eighty"]) if references else gold(), answer(*cited, says=says, found=found), latency
    ),
    st.lists(labels, max_size=3, unique=True),
    st.lists(labels, max_size=3),
    st.lists(labels, max_size=6),
    st.sampled_from(["It was eighty.", "No.", ""]),
    st.floats(0, 1e6),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(outcomes, max_size=8), st.randoms(use_true_random=False))
def test_properties_of_any_run(outcomes: list[Outcome], shuffler: random.Random) -> None:
    """Shares lie in [0, 1], intervals contain their value, undefined means no question, and the order of questions is nothing."""
    report = evaluate(outcomes)
    for metric in report.metrics:
        assert (metric.value is None) == (metric.n == 0)
        if metric.value is not None and metric.low is not None and metric.high is not None:
            assert 0 <= metric.low <= metric.value <= metric.high
            assert metric.name in PERCENTILES or metric.high <= 1
    assert {metric.name for metric in report.metrics} == SHARES | set(PERCENTILES)
    shuffled = list(outcomes)
    shuffler.shuffle(shuffled)
    assert evaluate(shuffled) == report


@given(st.lists(st.floats(0, 1), min_size=2, max_size=30))
@settings(max_examples=40, deadline=None)
def test_the_bootstrap_contains_the_mean(values: list[float]) -> None:
    """Any scores in [0, 1] give an interval within [0, 1] that holds their mean."""
    metric = summarise("mrr", values)
    assert metric.value is not None
    assert metric.low is not None
    assert metric.high is not None
    assert 0 <= metric.low <= metric.value <= metric.high <= 1
    assert metric.value == pytest.approx(math.fsum(values) / len(values))
