"""Two plots: what a query costs at every size, and every ratio with its spread."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.eval.plots import BLUE, GREY, RED
from speed.targets import Target

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "assistant",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
"""The same bytes on every machine, and text that stays text."""


def draw(folder: Path, times: dict[str, dict[int, tuple[float, float]]], measured: Sequence[Target]) -> list[tuple[str, str]]:
    """Writes what there is something for; returns (file name, caption)."""
    import matplotlib

    drawn: list[tuple[str, str]] = []
    with matplotlib.rc_context(STYLE):
        if len(times["ours"]) > 1:
            caption = (
                "A hybrid query, text in to paragraphs out: medians (lines) and 95th percentiles (upper edges), by number of paragraphs."
            )
            drawn.append(_save(_latency(times), folder, "latency.svg", caption))
        compared = [target for target in measured if target.value and target.bounds]
        if compared:
            caption = "Measured ratios with their spread, against what must be reached (the line) and what is aimed at (its end)."
            drawn.append(_save(_ratios(compared), folder, "ratios.svg", caption))
    return drawn


def _save(figure: Figure, folder: Path, name: str, caption: str) -> tuple[str, str]:
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / name, metadata={"Date": None, "Creator": None}, facecolor="white")
    return name, caption


def _latency(times: dict[str, dict[int, tuple[float, float]]]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.6, 3.2), layout="constrained")
    axes = figure.add_subplot()
    for side, colour, name in (("peer", GREY, "LangChain: FAISS, BM25, ensemble"), ("ours", BLUE, "this project")):
        sizes = list(times[side])
        if sizes:
            middle, high = zip(*times[side].values(), strict=True)
            axes.plot(sizes, middle, color=colour, marker="o", markersize=4)
            axes.fill_between(sizes, middle, high, color=colour, alpha=0.2, linewidth=0)
            axes.annotate(name, (sizes[-1], high[-1]), (0, 4), textcoords="offset points", color=colour, ha="right")
    axes.set(xscale="log", yscale="log", xlabel="paragraphs", ylabel="milliseconds a query")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_major_formatter("{x:g}")
    return figure


def _ratios(measured: Sequence[Target]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 0.8 + 0.36 * len(measured)), layout="constrained")
    axes = figure.add_subplot()
    for at, target in enumerate(measured[::-1]):
        value, bounds = target.value, target.bounds
        assert value
        assert bounds
        colour = RED if "short" in target.verdict else BLUE
        axes.plot(bounds, (at, at), color=GREY, alpha=0.35, linewidth=7, solid_capstyle="butt")
        axes.plot((bounds[0], bounds[0]), (at - 0.3, at + 0.3), color=GREY, linewidth=1.5)
        axes.plot((value.low, value.high), (at, at), color=colour, linewidth=1.5)
        axes.plot((value.value,), (at,), color=colour, marker="o", markersize=5)
    axes.set_yticks(range(len(measured)), [_short(target) for target in measured[::-1]])
    axes.axvline(1, color=GREY, linestyle=":", linewidth=1)
    axes.set(xscale="log", xlabel="ratio; grey: from must (bar) to aim")
    axes.xaxis.set_major_formatter("{x:g}")
    return figure


def _short(target: Target) -> str:
    """A row's name, and whether more or less of it is better."""
    assert target.bounds
    name = target.name.partition(" (")[0].replace(", without the encoder", "").replace(", text in to paragraphs out", "")
    return f"{name} ({'less' if target.bounds[1] < target.bounds[0] else 'more'} is better)"
