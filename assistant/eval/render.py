"""A report as text: a table for a terminal, Markdown, and one HTML page that needs nothing beside it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from assistant.errors import MissingExtra
from assistant.eval.measures import measure
from assistant.eval.report import Report
from assistant.eval.statistics import Difference, Metric

if TYPE_CHECKING:
    import jinja2

    from assistant.eval.comparison import Comparison


def table(report: Report) -> str:
    """The report for a terminal: value, 95 % interval and number of questions of every measure."""
    width = max(len(metric.name) for metric in report.metrics)
    lines = [f"{'metric':<{width}}  {'value':>8}  {'95 % interval':>19}  {'n':>5}"]
    lines += [f"{m.name:<{width}}  {figure(m.name, m.value):>8}  {interval(m):>19}  {m.n:>5}" for m in report.metrics]
    return "\n".join([*lines, "", *notes(report)])


def notes(report: Report) -> list[str]:
    """What has to be said beside the figures."""
    header = report.header
    lines = [f"{header.questions:,} questions: {report.answerable:,} answerable, {header.questions - report.answerable:,} not."]
    if header.task == "answer":
        lines.append(f"{len(report.failures):,} answers to look at. Intervals by {report.unit}.")
    else:
        lines.append(f"{len(report.failures):,} queries without a hit among the first ten. Intervals by {report.unit}.")
    if report.depth < 10:
        lines.append(f"Passages per answer: at most {report.depth}, so mrr and ndcg@10 are lower bounds.")
    if header.unindexed:
        lines.append(f"{header.unindexed:,} judged documents are not in the index (empty, or not readable) and count as not found.")
    if header.unreviewed:
        lines.append(f"{header.unreviewed:,} questions are drafts that no person has reviewed: these figures are drafts too.")
    return lines


def interval(metric: Metric | Difference) -> str:
    """The ends of an interval, or a dash."""
    if metric.low is None or metric.high is None:
        return "-"
    return f"{figure(metric.name, metric.low)} to {figure(metric.name, metric.high)}"


def figure(name: str, value: float | None) -> str:
    """A value as it is printed: shares with three decimals, words and milliseconds with one."""
    if value is None:
        return "-"
    known = measure(name) or measure(name, "search")
    return f"{value:.3f}" if known is None or known.unit == "share" else f"{value:.1f}"


def compared(comparison: Comparison) -> str:
    """A comparison for a terminal."""
    rows = comparison.differences
    width = max(len(row.name) for row in rows)
    head = f"{'metric':<{width}}  {'A':>8}  {'B':>8}  {'B - A':>8}  {'95 % interval':>19}  {'p':>6}  {'wins':>5} {'losses':>6}"
    lines = [comparison.verdict, "", head]
    for row in rows:
        p = "-" if row.p is None else f"{row.p:.4f}"[:6]
        delta = "-" if row.delta is None else f"{row.delta:+.3f}" if abs(row.delta) < 10 else f"{row.delta:+.1f}"
        judged = comparison.judged.get(row.name, "")
        lines.append(
            f"{row.name:<{width}}  {figure(row.name, row.a):>8}  {figure(row.name, row.b):>8}  {delta:>8}  {interval(row):>19}  {p:>6}"
            f"  {row.wins:>5} {row.losses:>6} {judged}".rstrip()
        )
    return "\n".join([*lines, "", *comparison.notes])


def markdown(reports: Sequence[Report]) -> str:
    """The reports as Markdown, with every failure."""
    return _template("report.md.j2").render(reports=reports, **_helpers())


def html(reports: Sequence[Report]) -> str:
    """The reports as one HTML page with its plots inside; no request leaves it."""
    from assistant.eval.plots import plots

    return _template("report.html.j2").render(reports=[(report, plots(report)) for report in reports], **_helpers())


def _helpers() -> dict[str, Any]:
    return {"figure": figure, "interval": interval, "notes": notes, "measure": measure}


@cache
def _environment() -> jinja2.Environment:
    try:
        import jinja2
    except ImportError:
        raise MissingExtra("jinja2 is not installed, and reports are written with it", 'pip install "assistant[eval]"') from None
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("assistant.eval"), autoescape=lambda name: bool(name and ".html" in name),
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["cell"] = lambda text: " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;").replace("![", "!\\[")
    return environment


def _template(name: str) -> jinja2.Template:
    return _environment().get_template(name)
