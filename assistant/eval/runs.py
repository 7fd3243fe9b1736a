"""A run asks every question of a gold set; its outcomes become a report and a file that can be read again."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from assistant.eval.gold import GoldQuestion, Split
from assistant.eval.metrics import PERCENTILES, Metric, Outcome, per_question, summarise
from assistant.schema import Answer

PACKAGES = ("assistant", "faiss-cpu", "ir-measures", "langchain-core", "numpy", "scipy", "sentence-transformers", "tantivy", "torch")
"""Packages whose versions can move a figure; those that are not installed are left out of the header."""


@dataclass(frozen=True, slots=True)
class Report:
    """The metrics of a run. `depth` is the most passages that any answer held: paragraphs further down are not
    seen, so below 10 mrr and ndcg@10 are lower bounds."""

    metrics: tuple[Metric, ...]
    questions: int
    answerable: int
    depth: int

    def metric(self, name: str) -> Metric:
        """The metric of that name.

        Raises:
            UsageError: there is none.
        """
        for metric in self.metrics:
            if metric.name == name:
                return metric
        raise UsageError(f"no metric is called {name!r}", f"The metrics are: {', '.join(m.name for m in self.metrics)}.")


def run(
    gold_questions: Sequence[GoldQuestion], ask: Callable[[str], Answer], progress: Callable[[int, int], None] | None = None
) -> tuple[Outcome, ...]:
    """Asks every question in order and times each answer by the wall clock. `progress` gets (done, all) after each.

    The first answer may load models: ask something beforehand, or its latency says so. Errors of `ask` pass through.

    Raises:
        UsageError: there is no question to ask.
    """
    if not gold_questions:
        raise UsageError("there is no question to ask", "Choose the other split, or a gold set with more questions.")
    outcomes = []
    for done, question in enumerate(gold_questions, start=1):
        start = time.perf_counter()
        answer = ask(question.question)
        outcomes.append(Outcome(question, answer, (time.perf_counter() - start) * 1000))
        if progress is not None:
            progress(done, len(gold_questions))
    return tuple(outcomes)


def evaluate(outcomes: Sequence[Outcome]) -> Report:
    """All metrics of `assistant.eval.metrics` over the outcomes; their order does not matter.

    Raises:
        MissingExtra: ir-measures is not installed.
    """
    return Report(
        metrics=tuple(summarise(name, values) for name, values in per_question(outcomes).items()),
        questions=len(outcomes),
        answerable=sum(outcome.question.answerable for outcome in outcomes),
        depth=max((len(outcome.answer.passages) for outcome in outcomes), default=0),
    )


def save_run(
    path: Path,
    outcomes: Sequence[Outcome],
    *,
    gold_sha256: str,
    split: Split | None,
    settings: Mapping[str, Any],
    date: dt.datetime | None = None,
) -> None:
    """Writes a run as JSONL, whole or not at all: a header line, then one line an outcome.

    Header: `{"run": 1, "date", "gold_sha256", "split", "generations", "settings", "cores", "versions"}`. `split` is null where
    the whole set was asked; `generations` has more than one entry where the index was published anew meanwhile. Line:
    `{"id", "latency_ms", "answer"}` with the id of the gold question. `settings` must be plain JSON and hold no secret:
    pydantic's `model_dump(mode="json")` masks keys. `date` is now in UTC unless given.

    Raises:
        UsageError: the file cannot be written.
    """
    header = {
        "run": 1,
        "date": (date or dt.datetime.now(dt.UTC)).isoformat(timespec="seconds"),
        "gold_sha256": gold_sha256,
        "split": split,
        "generations": sorted({outcome.answer.generation for outcome in outcomes}),
        "settings": dict(settings),
        "cores": os.cpu_count(),
        "versions": _versions(),
    }
    rows = ({"id": o.question.id, "latency_ms": round(o.latency_ms, 2), "answer": o.answer.to_json()} for o in outcomes)
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in (header, *rows))
    try:
        _write_atomically(path, text)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "Name a folder that you may write to.") from None


def render(report: Report) -> str:
    """The report as a plain table for a terminal: value, 95 % interval and number of questions of every metric."""
    width = max(len(metric.name) for metric in report.metrics)
    lines = [f"{'metric':<{width}}  {'value':>8}  {'95 % interval':>19}  {'n':>5}"]
    for metric in report.metrics:
        interval = "-" if metric.low is None else f"{_figure(metric.name, metric.low)} to {_figure(metric.name, metric.high)}"
        lines.append(f"{metric.name:<{width}}  {_figure(metric.name, metric.value):>8}  {interval:>19}  {metric.n:>5}")
    lines += ["", f"{report.questions} questions: {report.answerable} answerable, {report.questions - report.answerable} not."]
    if report.depth < 10:
        lines.append(f"Passages per answer: at most {report.depth}, so mrr and ndcg@10 are lower bounds.")
    return "\n".join(lines)


def report_json(report: Report) -> dict[str, Any]:
    """The report as plain JSON types: `{"questions", "answerable", "depth", "metrics": {name: {"value", "low", "high", "n"}}}`."""
    metrics = {m.name: {"value": _round(m.value), "low": _round(m.low), "high": _round(m.high), "n": m.n} for m in report.metrics}
    return {"questions": report.questions, "answerable": report.answerable, "depth": report.depth, "metrics": metrics}


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _figure(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.1f}" if name in PERCENTILES else f"{value:.3f}"


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return versions


def _write_atomically(path: Path, text: str) -> None:
    """A reader sees the old file or the new one: written beside it, synced, then renamed over it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)  # there only after a failure: leave no half file behind
