"""Comparing two runs: what is no difference, what is one, and what is left out."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from outcomes import gold, outcome, run_of

from assistant.errors import UsageError
from assistant.eval.comparison import compare_runs, comparison_json
from assistant.eval.outcome import Outcome
from assistant.eval.render import compared


def right(number: int, latency: float = 10.0) -> Outcome:
    """A question that is answered from the right paragraph."""
    return outcome(gold("7", id=f"q{number}", answers=["eighty"]), latency=latency, cited=["7"], says="Eighty.", found=["7", "8"])


def wrong(number: int) -> Outcome:
    """The same question, answered from its neighbour."""
    return outcome(gold("7", id=f"q{number}", answers=["eighty"]), cited=["8"], says="Ninety.", found=["8", "7"])


def test_the_same_answers_are_no_difference_however_long_they_took() -> None:
    """Two runs of one build compare as no difference; times are shown and not judged."""
    comparison = compare_runs(run_of(*map(right, range(30))), run_of(*(right(number, 99.0) for number in range(30))))
    assert comparison.verdict == "No difference: all 30 answers are the same."
    assert (comparison.judged, comparison.changed) == ({}, ())
    latency = next(item for item in comparison.differences if item.name == "latency_p50_ms")
    assert latency.delta == 89.0


def test_a_run_that_is_worse_is_said_to_be_worse() -> None:
    """Twenty of thirty questions lost: every measure of finding and citing is worse, by name, and each change is listed."""
    a, b = run_of(*map(right, range(30))), run_of(*map(wrong, range(20)), *map(right, range(20, 30)))
    comparison = compare_runs(a, b)
    assert {"hit@1", "citation_f1", "contains_gold"} <= {name for name, judged in comparison.judged.items() if judged == "worse"}
    assert "better" not in comparison.judged.values()
    assert comparison.verdict.startswith("B is worse: hit@1 -0.667")
    row = next(item for item in comparison.differences if item.name == "hit@1")
    assert (row.a, row.b, row.wins, row.losses) == (1.0, pytest.approx(1 / 3), 0, 20)
    assert [(change.question.id, change.a, change.b) for change in comparison.changed[:1]] == [("q0", ("D#7",), ("D#8",))]
    assert len(comparison.changed) == 20
    back = compare_runs(b, a)
    assert back.judged == {name: "better" for name in comparison.judged}


def test_a_question_more_or_less_is_noise() -> None:
    """One of thirty questions lost is a difference in the answers, and none that can be told from noise."""
    comparison = compare_runs(run_of(*map(right, range(30))), run_of(wrong(0), *map(right, range(1, 30))))
    assert comparison.verdict == "No difference found: answers differ, and no measure by more than noise."
    assert len(comparison.changed) == 1


def test_only_shared_and_unchanged_questions_are_compared() -> None:
    """A question of one run alone, or with another gold, is left out, and said to be."""
    altered = replace(right(2), question=gold("8", id="q2"))
    comparison = compare_runs(run_of(*map(right, range(4))), run_of(right(0), right(1), altered))
    assert comparison.questions == 2
    assert comparison.notes[:2] == (
        "1 answers of one run only are left out.",
        "1 questions were changed between the runs and are left out.",
    )


def test_runs_that_cannot_be_compared_are_refused() -> None:
    """No shared question, or a search against answers: one line that says so."""
    with pytest.raises(UsageError, match="share no question"):
        compare_runs(run_of(right(0)), run_of(right(1)))
    with pytest.raises(UsageError, match="only searches"):
        compare_runs(run_of(right(0)), run_of(right(0), task="search"))


def test_the_comparison_as_text_and_json() -> None:
    """The terminal shows the verdict, then a line a measure with wins and losses; JSON holds the same."""
    comparison = compare_runs(run_of(*map(right, range(30))), run_of(*map(wrong, range(30))))
    lines = compared(comparison).splitlines()
    assert lines[0] == comparison.verdict
    assert lines[3].split() == ["hit@1", "1.000", "0.000", "-1.000", "-1.000", "to", "-1.000", lines[3].split()[7], "0", "30", "worse"]
    shown = json.loads(json.dumps(comparison_json(comparison), allow_nan=False))
    assert shown["metrics"]["hit@1"]["judged"] == "worse"
    assert shown["metrics"]["hit@1"]["losses"] == 30
    assert shown["changed"][0] == {"id": "q0", "a": ["D#7"], "b": ["D#8"]}
