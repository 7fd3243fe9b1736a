"""Writes what load.py measured: eval/published/load.md and its plot."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

_HOW = """\
The real server and a scripted language model on one machine, whose cores they share with the clients. The model takes 0.2 s for an
answer, the reader most of the rest, on the processor. `/api/ask` makes four answers at once, lets others wait five seconds, and tells the
rest to come back in two ("refused", of all that were asked). An error is a question that got neither an answer by the model nor that:
there must be none. Ratios are to one client, the median of its times before and after everything else; rates are answers a second."""


class Measured(Protocol):
    """As `load.Step`."""

    kind: str
    load: float
    samples: Sequence[Any]
    times: list[float]
    refused: int
    errors: int
    rate: float

    def quantile(self, share: float) -> float:
        """Seconds within which this share of the answers came."""


def write(out: Path, said: Mapping[str, Any], steps: Sequence[Measured]) -> None:
    """`load.md`, and `load/load.svg`."""
    ones = [step for step in steps if (step.kind, step.load) == ("closed", 1)]
    rate, middle = sum(step.rate for step in ones) / len(ones), sum(step.quantile(0.5) for step in ones) / len(ones)
    capacity = max(step.rate for step in steps if step.kind == "closed")
    rows = [_row(step, rate, middle, capacity) for step in steps]
    drift = ones[-1].quantile(0.5) / ones[0].quantile(0.5)
    errors = sum(step.errors for step in steps)
    when = f"{said['date']}, {said['cores']} cores, {said['seconds']} s in all, the shipped document; load average {said['load']} before."
    one = f"One client: {rate:.2f} answers a second, a median of {middle * 1e3:.0f} ms"
    parts = [
        "# Many ask at once",
        f"`python eval/bench/load.py WORKSPACE`, {when}",
        _HOW,
        f"{one}, which at the end was {drift:.2f} of what it was at first. Errors: {errors}.",
        "\n".join(
            [
                "| loop | load | answers | rate, to one client's | p50, to one client's | p95, to one client's p50 | refused | errors |",
                "|---|---|--:|--:|--:|--:|--:|--:|",
                *rows,
            ]
        ),
        "![Waiting time by number of clients, and by rate of arrival](load/load.svg)",
    ]
    out.mkdir(parents=True, exist_ok=True)
    (out / "load.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    _draw(out / "load" / "load.svg", steps, middle, capacity)


def _row(step: Measured, rate: float, middle: float, capacity: float) -> str:
    loads = {
        "closed": f"{step.load:.0f} client{'s' if step.load > 1 else ''}",
        "page": f"{step.load:.0f} visitors of the page",
        "open": f"{step.load / capacity:.1f} of the best rate",
    }
    name = "open" if step.kind == "open" else "closed"
    asked = max(1, len(step.samples))
    cells = [
        name,
        loads[step.kind],
        str(len(step.times)),
        _ratio(step.rate, rate),
        _ratio(step.quantile(0.5), middle),
        _ratio(step.quantile(0.95), middle),
        f"{step.refused / asked:.0%}" if step.refused else "0",
        str(step.errors),
    ]
    return f"| {' | '.join(cells)} |"


def _ratio(value: float, base: float) -> str:
    return "–" if math.isnan(value) or not base else f"{value / base:.2f}"


def _draw(path: Path, steps: Sequence[Measured], middle: float, capacity: float) -> None:
    import matplotlib
    from matplotlib.figure import Figure
    from speed.plots import BLUE, RED, STYLE

    path.parent.mkdir(parents=True, exist_ok=True)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 2.8), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
        closed = sorted((step for step in steps if step.kind == "closed"), key=lambda step: step.load)
        opened = [step for step in steps if step.kind == "open"]
        for axes, found, scale in ((left, closed, 1.0), (right, opened, 1 / capacity)):
            loads = [step.load * scale for step in found]
            for share, colour in ((0.5, BLUE), (0.95, RED)):
                axes.plot(loads, [step.quantile(share) / middle for step in found], color=colour, marker="o", markersize=4)
            axes.set_ylim(bottom=0)
        left.set(xlabel="clients (closed loop)", ylabel="times one client's median")
        right.set(xlabel="arrivals, of the best rate (open loop)")
        for share, colour, name in ((0.5, BLUE, "half of the answers"), (0.95, RED, "95 of 100")):
            left.annotate(name, (closed[-1].load, closed[-1].quantile(share) / middle), (-4, 6), textcoords="offset points", color=colour,
                          ha="right")  # fmt: skip
        figure.savefig(path, metadata={"Date": None, "Creator": None}, facecolor="white")
