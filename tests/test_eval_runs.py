"""Runs: asking, timing, reporting, and the file of a run."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import assistant.eval
from assistant.errors import GoldError, UsageError
from assistant.eval import GoldQuestion, GoldReference, Outcome, Report, evaluate, render, report_json, run, save_run
from assistant.schema import Answer, Citation, Coverage, Document, Paragraph, Passage, Statement

QUESTIONS = (
    GoldQuestion("c01", "How many?", True, (GoldReference("D", "7"),), ("eighty",), ()),
    GoldQuestion("c02", "How much?", False, (), (), ()),
)
DATE = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


def ask(question: str) -> Answer:
    """Answers the first question from paragraph 7 and abstains on the other."""
    paragraph = Paragraph("D", "7", "official", "We heard “eighty” statements.")
    statement = Statement(paragraph.text, (Citation("D", "7", "D, para. 7", paragraph.text, 0, len(paragraph.text)),))
    known = question == "How many?"
    return Answer(
        id="a-1",
        question=question,
        searched_question=question,
        status="answered" if known else "abstained",
        mode="quote",
        statements=(statement,) if known else (),
        passages=(Passage(Document("D", "Title", "d.txt", "0" * 64), paragraph, "D, para. 7"),),
        coverage=Coverage(1, 1),
        generation="gen-1",
    )


def save(path: Path, outcomes: tuple[Outcome, ...], settings: dict[str, Any] | None = None) -> None:
    """Saves with a fixed date and settings."""
    save_run(path, outcomes, gold_sha256="ab" * 32, split="test", settings=settings or {"mode": "quote"}, date=DATE)


def test_every_question_is_asked_in_order_and_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outcomes keep the order, progress is told after each, and latency is the clock's difference in milliseconds."""
    ticks = iter([1.0, 1.5, 2.0, 2.025])
    monkeypatch.setattr("assistant.eval.runs.time.perf_counter", lambda: next(ticks))
    told: list[tuple[int, int]] = []
    outcomes = run(QUESTIONS, ask, lambda done, total: told.append((done, total)))
    assert [(o.question.id, o.answer.question, o.answer.status) for o in outcomes] == [
        ("c01", "How many?", "answered"),
        ("c02", "How much?", "abstained"),
    ]
    assert [o.latency_ms for o in outcomes] == pytest.approx([500.0, 25.0])
    assert told == [(1, 2), (2, 2)]


def test_a_run_without_questions_is_refused() -> None:
    """An empty half of a set is not reported as a result."""
    with pytest.raises(UsageError, match="no question"):
        run((), ask)


def test_errors_of_the_assistant_pass_through() -> None:
    """A cause is not hidden behind an outcome."""

    def fail(question: str) -> Answer:
        raise GoldError(question)

    with pytest.raises(GoldError, match="How many"):
        run(QUESTIONS, fail)


def test_the_report_as_json() -> None:
    """Plain types by metric name, null where nothing is known, figures of the run beside them."""
    outcomes = (Outcome(QUESTIONS[0], ask("How many?"), 10.0), Outcome(QUESTIONS[1], ask("How much?"), 20.0))
    report = json.loads(json.dumps(report_json(evaluate(outcomes)), allow_nan=False))
    assert (report["questions"], report["answerable"], report["depth"]) == (2, 1, 1)
    # One of one: Wilson reaches down to 1 / (1 + z²) = 1 / 4.841459; none of one up to z² / (1 + z²).
    assert report["metrics"]["hit@1"] == {"value": 1.0, "low": 0.206549, "high": 1.0, "n": 1}
    assert report["metrics"]["false_answers"] == {"value": 0.0, "low": 0.0, "high": 0.793451, "n": 1}
    assert report["metrics"]["words_per_answer"] == {"value": 4.0, "low": None, "high": None, "n": 1}
    assert report["metrics"]["latency_p50_ms"]["value"] == 15.0


def test_the_report_as_a_table() -> None:
    """One aligned line a metric, amounts with one decimal and shares with three, and what bounds the figures below."""
    outcomes = (Outcome(QUESTIONS[0], ask("How many?"), 10.0), Outcome(QUESTIONS[1], ask("How much?"), 20.0))
    lines = render(evaluate(outcomes)).splitlines()
    assert lines[0] == "metric                 value        95 % interval      n"
    assert lines[1] == "hit@1                  1.000       0.207 to 1.000      1"
    assert lines[9] == "words_per_answer         4.0                    -      1"
    assert lines[12] == "latency_p50_ms          15.0         10.0 to 20.0      2"
    assert lines[-2:] == ["2 questions: 1 answerable, 1 not.", "Passages per answer: at most 1, so mrr and ndcg@10 are lower bounds."]


def test_a_deep_ranking_carries_no_remark() -> None:
    """With ten passages nDCG@10 is what it says."""
    answer = replace(ask("How many?"), passages=ask("How many?").passages * 10)
    assert "lower bound" not in render(evaluate([Outcome(QUESTIONS[0], answer, 1.0)]))


def test_a_metric_that_is_not_there_is_named() -> None:
    """Asking a report for an unknown metric lists the known ones."""
    with pytest.raises(UsageError, match=r"'hits'.*hit@1"):
        evaluate([Outcome(QUESTIONS[0], ask("How many?"), 1.0)]).metric("hits")


def test_a_saved_run_holds_its_header_and_every_answer(tmp_path: Path) -> None:
    """The header says what was run with what; each line is the question's id, the time and the answer's JSON."""
    path = tmp_path / "reports" / "run.jsonl"
    later = replace(ask("How much?"), generation="gen-2")
    save(path, (Outcome(QUESTIONS[0], ask("How many?"), 10.126), Outcome(QUESTIONS[1], later, 20.0)))
    header, first, second = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    versions = header.pop("versions")
    assert header == {
        "run": 1,
        "date": "2026-01-02T03:04:05+00:00",
        "gold_sha256": "ab" * 32,
        "split": "test",
        "generations": ["gen-1", "gen-2"],
        "settings": {"mode": "quote"},
        "cores": os.cpu_count(),
    }
    assert {"python", "ir-measures", "scipy"} <= set(versions)
    assert first == {"id": "c01", "latency_ms": 10.13, "answer": ask("How many?").to_json()}
    assert (second["id"], second["answer"]["status"]) == ("c02", "abstained")
    assert [entry.name for entry in path.parent.iterdir()] == ["run.jsonl"]


@pytest.mark.parametrize("fault", ["os.fsync", "Path.replace"])
def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """A full disk is one line that names the file; the file before it is untouched and nothing half written is left."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "run.jsonl"
    path.write_text("before")
    monkeypatch.setattr(f"assistant.eval.runs.{fault}", full)
    with pytest.raises(UsageError) as caught:
        save(path, ())
    assert caught.value.what == f"{path} cannot be written: No space left on device"
    assert path.read_text() == "before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["run.jsonl"]


def test_what_is_public_exists() -> None:
    """Every name of `__all__` is there, and the list is sorted."""
    assert sorted(assistant.eval.__all__) == assistant.eval.__all__
    assert all(hasattr(assistant.eval, name) for name in assistant.eval.__all__)
    assert assistant.eval.Report is Report
