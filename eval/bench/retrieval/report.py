"""The tables and the plot of eval/bench/quality.py."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from rerank import difference

OURS, LEGS, PEER = "**ours, hybrid**", ("dense leg", "lexical leg"), "LangChain, hybrid"
MUST, AIM = {"legs": 0.02, "peer": 0.05}, {"legs": 0.04, "peer": 0.10}
WORSE = 0.005
"""How much worse than its better leg a set may be."""
_DRAWN = {
    "LangChain, hybrid": ("D", "#77767b"),
    "lexical leg": ("s", "#c64600"),
    "dense leg": ("^", "#986a44"),
    "reciprocal ranks of both, k 60": ("v", "#2ec27e"),
    OURS: ("o", "#1a5fb4"),
}


@dataclass(frozen=True)
class SetFigures:
    """A set's paragraphs, the checksums of its files, and by system nDCG@10 of each question and recall@100."""

    paragraphs: int
    data: Mapping[str, str]
    ndcg: Mapping[str, npt.NDArray[np.float64]]
    recall: Mapping[str, float]

    @property
    def better_leg(self) -> str:
        """The leg of ours with the higher mean."""
        return max(LEGS, key=lambda leg: self.ndcg[leg].mean())


@dataclass(frozen=True)
class Trial:
    """What was tried, with which settings, what they gave on the training claims, and the difference to today's on each set."""

    name: str
    chosen: str
    chosen_on: str
    training: float
    """What it gains there."""
    gained: Mapping[str, tuple[float, float, float]]
    """(mean, low, high) of the difference in nDCG@10."""

    @property
    def mean(self) -> float:
        """Over the sets that it was not chosen on."""
        return float(np.mean([gained for name, (gained, _, _) in self.gained.items() if name != self.chosen_on]))


Reread = tuple[int, float, float, tuple[float, float, float]]


def published(
    figures: Mapping[str, SetFigures], trials: Sequence[Trial], reader: Mapping[str, Reread], today: float, out: Path | None
) -> str:
    """The report as Markdown; also written to `out`, with the plot beside it."""
    command = "python eval/bench/quality.py DATA --peer PYTHON --out eval/published/retrieval.md"
    parts = [
        "# How well paragraphs are found",
        f"`{command}`  \n{dt.date.today()}, {os.cpu_count()} cores. nDCG@10 by ir-measures; 95 % intervals by bootstrap of the questions.",
        *([f"![nDCG@10 by set and system]({out.stem}.svg)"] if out else []),
        main_table(figures),
        verdicts(figures),
        trial_table(trials, today, list(figures)),
        reader_table(reader),
        checksums(figures),
    ]
    text = "\n\n".join(parts) + "\n"
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
        plot(figures, out.with_suffix(".svg"))
    return text


def main_table(figures: Mapping[str, SetFigures]) -> str:
    """nDCG@10 and recall@100 of each system on each set."""
    systems = list(next(iter(figures.values())).ndcg)
    lines = [f"| nDCG@10 (recall@100) | {' | '.join(figures)} | mean |", f"|---|{'--:|' * (len(figures) + 1)}"]
    lines.append(f"| *questions, paragraphs* | {' | '.join(f'{len(f.ndcg[OURS]):,}, {f.paragraphs:,}' for f in figures.values())} | |")
    for system in systems:
        cells = [f"{plain(f.ndcg[system].mean())} ({plain(f.recall[system])})" for f in figures.values()]
        mean = np.mean([f.ndcg[system].mean() for f in figures.values()])
        lines.append(f"| {system} | {' | '.join(cells)} | {plain(mean)} |")
    for what, other in comparisons(figures):
        gained = [difference(f.ndcg[other(f)], f.ndcg[OURS]) for f in figures.values()]
        lines.append(f"| ours less {what} | {' | '.join(map(interval, gained))} | {signed(np.mean([one for one, _, _ in gained]))} |")
    return "\n".join(lines)


def comparisons(figures: Mapping[str, SetFigures]) -> list[tuple[str, object]]:
    """What ours is held against: its better leg, and the other stack's hybrid where that was measured."""
    legs = [("its better leg", lambda f: f.better_leg)]
    return legs + ([("LangChain's hybrid", lambda f: PEER)] if PEER in next(iter(figures.values())).ndcg else [])


def verdicts(figures: Mapping[str, SetFigures]) -> str:
    """The targets, and whether they are met."""
    lines = ["| target | must | aim | measured | |", "|---|--:|--:|--:|---|"]
    for (what, other), key in zip(comparisons(figures), ("legs", "peer"), strict=False):
        gained = [float((f.ndcg[OURS] - f.ndcg[other(f)]).mean()) for f in figures.values()]
        mean = float(np.mean(gained))
        word = "aim reached" if mean >= AIM[key] else "must reached" if mean >= MUST[key] else "**missed**"
        lines.append(f"| hybrid less {what}, mean over the sets | {signed(MUST[key])} | {signed(AIM[key])} | {signed(mean)} | {word} |")
        if key == "legs":
            word = "kept" if min(gained) >= -WORSE else "**missed**"
            lines.append(f"| the same, the worst set | {signed(-WORSE)} | | {signed(min(gained))} | {word} |")
    return "\n".join(lines)


def trial_table(trials: Sequence[Trial], today: float, sets: Sequence[str]) -> str:
    """What was tried: the settings that did best where they were chosen, and what they gain on each set over today's fusion."""
    head = f"""## What was tried

nDCG@10 less that of today's fusion, with the settings that did best on the training claims of SciFact, where today's has {plain(today)}.
What needs documents embedded anew was tried on the three small sets, its settings chosen on cranfield. The mean leaves out what they
were chosen on."""
    lines = [head, "", f"| tried | settings | where chosen | {' | '.join(sets)} | mean |", f"|---|---|--:|{'--:|' * (len(sets) + 1)}"]
    for trial in trials:
        cells = " | ".join(interval(trial.gained[name]) if name in trial.gained else "–" for name in sets)
        lines.append(f"| {trial.name} | {trial.chosen} | {signed(trial.training)} | {cells} | {signed(trial.mean)} |")
    return "\n".join(lines)


def reader_table(reader: Mapping[str, Reread]) -> str:
    """What the trained reader makes of the first twenty."""
    head = """## The reader over the first twenty

A sample of each set; of squad2 the articles that the reader was not trained on. It is used where questions are asked, and not by
`assistant search`."""
    lines = [head, "", "| set | questions | fused | re-ordered | difference |", "|---|--:|--:|--:|--:|"]
    lines += [f"| {name} | {size} | {plain(a)} | {plain(b)} | {interval(gained)} |" for name, (size, a, b, gained) in reader.items()]
    return "\n".join(lines)


def checksums(figures: Mapping[str, SetFigures]) -> str:
    """Which data it was."""
    return "SHA-256: " + "; ".join(
        f"{name}: " + ", ".join(f"{file} {digest[:12]}…" for file, digest in one.data.items()) for name, one in figures.items()
    )


def plot(figures: Mapping[str, SetFigures], path: Path) -> None:
    """nDCG@10 of the systems, a row each set."""
    settings = {"svg.fonttype": "none", "svg.hashsalt": "assistant", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}
    with matplotlib.rc_context(settings):
        figure = Figure(figsize=(6.4, 0.5 * len(figures) + 1.4), layout="constrained")
        axes = figure.add_subplot()
        for system, (marker, colour) in _DRAWN.items():
            if system in next(iter(figures.values())).ndcg:
                values = [one.ndcg[system].mean() for one in figures.values()]
                axes.plot(values, range(len(figures)), marker, color=colour, label=system.strip("*"), markersize=7, alpha=0.9)
        axes.set(xlabel="nDCG@10", yticks=range(len(figures)), yticklabels=list(figures), ylim=(len(figures) - 0.5, -0.5))
        axes.grid(axis="y", color="#deddda", linewidth=0.6)
        figure.legend(loc="outside upper center", ncols=3, frameon=False)
        figure.savefig(path, metadata={"Date": None, "Creator": None})


def plain(value: float) -> str:
    """.729"""
    return f"{value:.3f}".removeprefix("0")


def signed(value: float) -> str:
    """+.045"""
    return f"{value:+.3f}".replace("+0.", "+.").replace("-0.", "−.")


def interval(value: tuple[float, float, float]) -> str:
    """+.045 (+.030 to +.060)"""
    mean, low, high = value
    return f"{signed(mean)} ({signed(low)} to {signed(high)})"
