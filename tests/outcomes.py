"""Outcomes made by hand, for tests of evaluation: `outcome(gold("7"), cited=["7"])` is right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.eval.gold import GoldQuestion, GoldReference
from assistant.eval.measures import MEASURES
from assistant.eval.outcome import Cited, Found, GoldParagraph, Outcome, Reply, Said
from assistant.eval.report import Report, measure_run
from assistant.eval.runs import Header, Run


def gold(
    *labels: str, document: str = "D", answers: Sequence[str] = (), must_include: Sequence[Sequence[str]] = (), **more: Any
) -> GoldQuestion:
    """A question that these paragraphs answer; none: not answerable."""
    references = tuple(GoldReference(document, label) for label in labels)
    fields = {"id": "q", "question": "Why?"} | more
    return GoldQuestion(
        answerable=bool(labels), references=references, answers=tuple(answers), must_include=tuple(map(tuple, must_include)), **fields
    )


def reply(cited: Sequence[str] = (), says: str = "Yes.", found: Sequence[str] = (), document: str = "D", **more: Any) -> Reply:
    """An answer whose one statement cites these paragraphs after finding those; none cited: an abstention."""
    citations = tuple(Cited(document, label, f"{document}, para. {label}", "") for label in cited)
    passages = tuple(Found(document, label, label, "Text.") for label in found)
    return Reply("answered" if cited else "abstained", (Said(says, citations),) if cited else (), passages, "gen-1", **more)


def outcome(
    question: GoldQuestion, answer: Reply | None = None, latency: float = 10.0, neighbours: Sequence[str] = (), **reply_of: Any
) -> Outcome:
    """A question and its answer; every gold paragraph reads "Text." and stands beside `neighbours` (ids)."""
    paragraphs = tuple(GoldParagraph(item.document, item.paragraph, "Text.", tuple(neighbours)) for item in question.references)
    return Outcome(question, paragraphs, answer or reply(**reply_of), latency)


def header(questions: int, **more: Any) -> Header:
    """The header of a run that answered."""
    fields: dict[str, Any] = {
        "name": "chair", "task": "answer", "command": "assistant eval run eval/gold/chair.jsonl", "data": {"chair.jsonl": "ab" * 32},
        "questions": questions, "generation": "gen-1", "settings": {"mode": "quote"}, "date": "2026-01-02T03:04:05+00:00", "cores": 2,
        "versions": {"python": "3.11"}, "code": "c0de",
    }  # fmt: skip
    return Header(**(fields | more))


def run_of(*outcomes: Outcome, **more: Any) -> Run:
    """A whole run."""
    return Run(header(len(outcomes), **more), outcomes)


def report_of(*outcomes: Outcome, **more: Any) -> Report:
    """Its report."""
    return measure_run(run_of(*outcomes, **more))


def figures(*outcomes: Outcome, **more: Any) -> dict[str, float | None]:
    """Every measure's value."""
    return {metric.name: metric.value for metric in report_of(*outcomes, **more).metrics}


NAMES = [measure.name for measure in MEASURES["answer"]]
