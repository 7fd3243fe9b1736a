"""What a run comes to: figures, breakdowns by type and document, and every failure with its cause."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.eval.columns import columns_of, contains_gold
from assistant.eval.measures import MEASURES, Measure
from assistant.eval.outcome import Outcome
from assistant.eval.runs import Header, Run
from assistant.eval.statistics import Clusters, Metric, Unit, summarise, value_of

if TYPE_CHECKING:
    from assistant.eval.measures import Columns

GROUPED = (
    "hit@1",
    "hit@5",
    "recall@10",
    "recall@100",
    "citation_f1",
    "contains_gold",
    "words_per_answer",
    "false_answers",
    "false_refusals",
)
"""Figures shown by type and by document."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An outcome that a person should look at, and in a few words what went wrong."""

    outcome: Outcome
    what: str


@dataclass(frozen=True, slots=True)
class Group:
    """The questions of one type, or about one document, with their figures (None where none of them bears on it)."""

    name: str
    questions: int
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Report:
    """Everything that is shown of a run. `depth` is the most passages that any answer held: below 10, mrr and ndcg@10 are lower
    bounds. `unit` is what the intervals resample."""

    header: Header
    metrics: tuple[Metric, ...]
    unit: Unit
    answerable: int
    depth: int
    grouped: tuple[str, ...]
    by_type: tuple[Group, ...]
    by_document: tuple[Group, ...]
    failures: tuple[Failure, ...]
    columns: Columns

    def metric(self, name: str) -> Metric | None:
        """The metric of that name, or None."""
        return next((metric for metric in self.metrics if metric.name == name), None)


def measure_run(run: Run) -> Report:
    """All measures of a run's task.

    Raises:
        MissingExtra: ir-measures or rapidfuzz is not installed.
    """
    outcomes, measures = run.outcomes, MEASURES[run.header.task]
    columns, clusters = columns_of(outcomes), Clusters.of(outcomes, run.header.task)
    shown = tuple(item for item in measures if item.name in GROUPED)
    return Report(
        header=run.header,
        metrics=tuple(summarise(item, columns, clusters) for item in measures),
        unit=clusters.unit,
        answerable=sum(outcome.question.answerable for outcome in outcomes),
        depth=max((len(outcome.answer.passages) for outcome in outcomes), default=0),
        grouped=tuple(item.name for item in shown),
        by_type=_groups(outcomes, columns, shown, lambda outcome: outcome.question.type),
        by_document=_groups(outcomes, columns, shown, lambda outcome: outcome.question.document if run.header.task == "answer" else None),
        failures=tuple(Failure(outcome, what) for outcome in outcomes if (what := failure_of(outcome, run.header.task == "search"))),
        columns=columns,
    )


def failure_of(outcome: Outcome, search_only: bool = False) -> str | None:
    """What went wrong with an answer, in a few words; None where nothing did."""
    gold = {reference.id for reference in outcome.question.references}
    found = [passage.id for passage in outcome.answer.passages]
    if search_only:
        return None if gold & set(found[:10]) else "not among the first ten"
    if not outcome.question.answerable:
        return "answered, though the documents do not" if outcome.answer.answered else None
    rank = next((at for at, id in enumerate(found, 1) if id in gold), None)
    seen = f"the right paragraph was found, number {rank}" if rank else "the right paragraph was not found"
    if not outcome.answer.answered:
        return f"refused; {seen}"
    if not gold & set(outcome.answer.cited):
        beside = any(set(item.neighbours) & set(outcome.answer.cited) for item in outcome.gold)
        return f"{'a neighbouring' if beside else 'a wrong'} paragraph is cited; {seen}"
    missing = contains_gold(outcome.question, outcome.answer) == 0.0
    return "the right paragraph is cited, but what was asked is not said" if missing else None


def _groups(
    outcomes: Sequence[Outcome], columns: Columns, measures: Sequence[Measure], key: Callable[[Outcome], str | None]
) -> tuple[Group, ...]:
    """Groups by name; none where all questions are in one."""
    import numpy as np

    rows: dict[str, list[int]] = {}
    for row, outcome in enumerate(outcomes):
        if (name := key(outcome)) is not None:
            rows.setdefault(name, []).append(row)
    if len(rows) < 2:
        return ()
    found = []
    for name in sorted(rows):
        own = {column: values[np.array(rows[name])] for column, values in columns.items()}
        found.append(Group(name, len(rows[name]), tuple(value_of(item, own) for item in measures)))
    return tuple(found)


def report_json(report: Report) -> dict[str, Any]:
    """The report as plain JSON types: `{"set", "task", "questions", "answerable", "depth", "unit", "metrics": {name: {"value", "low",
    "high", "n"}}, "failures"}`."""
    metrics = {m.name: {"value": _round(m.value), "low": _round(m.low), "high": _round(m.high), "n": m.n} for m in report.metrics}
    head = {"set": report.header.name, "task": report.header.task, "split": report.header.split}
    counts = {"questions": report.header.questions, "answerable": report.answerable, "depth": report.depth, "unit": report.unit}
    return head | counts | {"metrics": metrics, "failures": len(report.failures)}


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
