"""Two runs over the same questions: what changed, and whether it is more than noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assistant.errors import UsageError
from assistant.eval.columns import columns_of
from assistant.eval.gold import GoldQuestion
from assistant.eval.measures import MEASURES, Measure
from assistant.eval.outcome import Outcome
from assistant.eval.runs import Header, Run
from assistant.eval.statistics import Clusters, Difference
from assistant.eval.statistics import compare as compare_measure

LEVEL = 0.05
"""False discovery rate (Benjamini and Hochberg 1995) among the measures: with twenty of them, one in twenty would differ by chance."""


@dataclass(frozen=True, slots=True)
class Change:
    """A question whose citations or status differ between the runs."""

    question: GoldQuestion
    a: tuple[str, ...]
    b: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`judged` holds "better" or "worse" (of B) for each measure that differs by more than noise."""

    a: Header
    b: Header
    questions: int
    differences: tuple[Difference, ...]
    judged: Mapping[str, str]
    changed: tuple[Change, ...]
    verdict: str
    notes: tuple[str, ...]


def compare_runs(a: Run, b: Run) -> Comparison:
    """B against A over the questions that both answered.

    Raises:
        UsageError: they are of different kinds, or share no question.
    """
    if a.header.task != b.header.task:
        raise UsageError(f"one run answers and the other only searches ({a.header.name}, {b.header.name})", "Compare runs of one set.")
    pairs, notes = _paired(a, b)
    ours, theirs = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    columns, clusters = (columns_of(ours), columns_of(theirs)), Clusters.of(ours, a.header.task)
    measures = MEASURES[a.header.task]
    differences = tuple(compare_measure(item, *columns, clusters) for item in measures)
    judged = _judge(measures, differences)
    changed = tuple(
        Change(one.question, one.answer.cited, other.answer.cited)
        for one, other in pairs
        if set(one.answer.cited) != set(other.answer.cited)
    )
    same = all(_said(one) == _said(other) for one, other in pairs)
    notes += [
        f"{len(pairs):,} questions in pairs, resampled by {clusters.unit}; p by randomisation, at a false discovery rate of {LEVEL:.0%}.",
        "Wins and losses count questions on which B is better or worse. Time and length are shown, and not judged.",
    ]
    return Comparison(
        a.header, b.header, len(pairs), differences, judged, changed, _verdict(differences, judged, same, len(pairs)), tuple(notes)
    )


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """The comparison as plain JSON types."""
    return {
        "verdict": comparison.verdict,
        "questions": comparison.questions,
        "metrics": {
            item.name: asdict(item) | {"judged": comparison.judged.get(item.name, "no difference")} for item in comparison.differences
        },
        "changed": [{"id": change.question.id, "a": list(change.a), "b": list(change.b)} for change in comparison.changed],
        "notes": list(comparison.notes),
    }


def _paired(a: Run, b: Run) -> tuple[list[tuple[Outcome, Outcome]], list[str]]:
    """The questions that both runs answered, in A's order, and what was left out."""
    others = {outcome.question.id: outcome for outcome in b.outcomes}
    shared = [(outcome, others[outcome.question.id]) for outcome in a.outcomes if outcome.question.id in others]
    pairs = [(one, other) for one, other in shared if one.question == other.question]
    notes = []
    if not pairs:
        raise UsageError(f"the runs share no question ({a.header.name}, {b.header.name})", "Compare two runs of one set.")
    if alone := len(a.outcomes) + len(b.outcomes) - 2 * len(shared):
        notes.append(f"{alone:,} answers of one run only are left out.")
    if altered := len(shared) - len(pairs):
        notes.append(f"{altered:,} questions were changed between the runs and are left out.")
    return pairs, notes


def _judge(measures: Sequence[Measure], differences: Sequence[Difference]) -> dict[str, str]:
    from scipy import stats

    judged = [(item, row) for item, row in zip(measures, differences, strict=True) if item.in_verdicts and row.p is not None and row.delta]
    if not judged:
        return {}
    adjusted = stats.false_discovery_control([row.p for _, row in judged])
    return {
        item.name: "better" if ((row.delta or 0) > 0) == (item.better == "higher") else "worse"
        for (item, row), p in zip(judged, adjusted, strict=True)
        if p < LEVEL
    }


def _verdict(differences: Sequence[Difference], judged: Mapping[str, str], same: bool, questions: int) -> str:
    if same:
        return f"No difference: all {questions:,} answers are the same."
    if not judged:
        return "No difference found: answers differ, and no measure by more than noise."
    deltas = {row.name: row.delta or 0.0 for row in differences}
    parts = []
    for word in ("better", "worse"):
        names = [f"{name} {deltas[name]:+.3f}" for name, judgement in judged.items() if judgement == word]
        if names:
            parts.append(f"B is {word}: {', '.join(names)}.")
    return " ".join(parts)


def _said(outcome: Outcome) -> tuple[object, ...]:
    answer = outcome.answer
    return answer.status, answer.statements, tuple(passage.id for passage in answer.passages)
