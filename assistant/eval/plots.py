"""The plots of a report, as SVG to stand in its page: drawn by matplotlib, without its global state."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from assistant.errors import MissingExtra
from assistant.eval.measures import reliability, risk_coverage
from assistant.eval.report import Group, Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, GREY, RED = "#1a5fb4", "#77767b", "#c01c28"
_MOST = 25
"""Documents that are drawn at most: those with the lowest figures."""


def plots(report: Report) -> list[tuple[str, str]]:
    """(caption, SVG) of each plot that the run has something for.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    try:
        import matplotlib
    except ImportError:
        raise MissingExtra("matplotlib is not installed, and plots are drawn with it", 'pip install "assistant[eval]"') from None
    settings: dict[Any, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": "assistant",
        "font.family": "sans-serif",
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    with matplotlib.rc_context(settings):
        return [(caption, _svg(figure)) for caption, figure in _drawn(report)]


def _drawn(report: Report) -> Iterator[tuple[str, Figure]]:
    if report.header.task == "answer":
        coverage, risk = risk_coverage(report.columns)
        if len(coverage):
            figure, axes = _axes("share of all questions answered", "share of them wrong")
            axes.step(coverage, risk, where="post", color=BLUE)
            axes.set(xlim=(0, 1), ylim=(0, 1))
            yield "Risk against coverage: the most confident answers first. The curve ends where the assistant stops answering.", figure
        mean, share, counts = reliability(report.columns)
        if len(mean):
            figure, axes = _axes("confidence", "share whose passages do answer")
            axes.plot((0, 1), (0, 1), color=GREY, linestyle=":", linewidth=1)
            axes.plot(mean, share, color=BLUE, marker="o", markersize=4)
            axes.set(xlim=(0, 1), ylim=(0, 1))
            yield (
                f"Reliability: {int(counts.sum()):,} questions in bins of equal size. On the dotted line confidence means what it says.",
                figure,
            )
    latency = sorted(report.columns["latency"].tolist())
    figure, axes = _axes("milliseconds", "share answered by then")
    axes.step(latency, [(at + 1) / len(latency) for at in range(len(latency))], where="post", color=BLUE)
    axes.set(ylim=(0, 1), xlim=(0, None))
    yield "Latency: from the question to the whole answer.", figure
    for what, groups in (("type of question", report.by_type), ("document", report.by_document)):
        name = "contains_gold" if report.header.task == "answer" else "hit@5"
        bars = [(group, value) for group in groups if (value := group.values[report.grouped.index(name)]) is not None]
        if len(bars) > 1:
            yield f"{name} by {what}{f', the lowest {_MOST}' if len(bars) > _MOST else ''}.", _bars(bars, name)


def _bars(bars: list[tuple[Group, float]], name: str) -> Figure:
    lowest = sorted(bars, key=lambda bar: (bar[1], bar[0].name))[:_MOST][::-1]
    figure, axes = _axes(name, "", height=0.9 + 0.22 * len(lowest))
    labels = [f"{group.name[:40]} ({group.questions})" for group, _ in lowest]
    axes.barh(labels, [value for _, value in lowest], color=BLUE, height=0.6)
    axes.set(xlim=(0, 1))
    return figure


def _axes(x: str, y: str, height: float = 3.0) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, height), layout="constrained")
    axes = figure.add_subplot()
    axes.set(xlabel=x, ylabel=y)
    return figure, axes


def _svg(figure: Figure) -> str:
    """The figure as an SVG element, without the head that a file of its own would have."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    text = buffer.getvalue()
    return text[text.index("<svg") :]
