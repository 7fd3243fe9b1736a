"""Kept samples as figures: two sides, their ratio and its spread."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import Any

import numpy as np

from speed.asking import LEGS
from speed.places import Bench

_RESAMPLED = 2_000
_MEASURABLE = 10_000
"""Paragraphs from which an index's memory stands out from that of a process."""
_MANY = 20
"""Pairs from which a spread is a 95 % interval by resampling them; of fewer it is the least and the largest ratio."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio and its spread."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        spread = f" ({_digits(self.low)}–{_digits(self.high)})" if self.low < self.high else ""
        return f"{_digits(self.value)}{spread}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure: `key` for targets, at how many paragraphs, both sides, and their ratio where both were."""

    key: str
    name: str
    where: str
    ours: str
    peer: str
    ratio: Ratio | None


def ratio_of(above: Sequence[float], below: Sequence[float], take: Callable[[Any], Any] = np.median) -> Ratio:
    """take(above) / take(below) of paired samples, and its spread: a bootstrap interval, or the range of few pairs' own ratios."""
    upper, lower = np.array(above), np.array(below)
    value = float(take(upper) / take(lower))
    if len(upper) < _MANY:
        own = upper / lower
        return Ratio(value, float(own.min()), float(own.max()))
    draw = np.random.default_rng(0).integers(len(upper), size=(_RESAMPLED, len(upper)))
    found = [float(take(upper[part]) / take(lower[part])) for part in draw]
    return Ratio(value, *(float(bound) for bound in np.quantile(found, (0.025, 0.975))))


def p95(values: Any) -> float:
    """The 95th percentile."""
    return float(np.quantile(values, 0.95))


def samples(bench: Bench) -> dict[str, list[dict[str, Any]]]:
    """Every kept result by its name, "build-1000"."""
    files = sorted(bench.results("x").parent.glob("*.jsonl"))
    return {path.stem: [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] for path in files}


def figures(kept: dict[str, list[dict[str, Any]]]) -> list[Figure]:
    """All figures, step by step, small sizes first."""
    found: list[Figure] = []
    for step, make in _MAKERS.items():
        names = sorted((name for name in kept if name.partition("-")[0] == step), key=lambda name: (len(name), name))
        for name in names:
            if kept[name]:
                found += make(name.partition("-")[2], kept[name])
    return found


def sizes_and_times(kept: dict[str, list[dict[str, Any]]]) -> dict[str, dict[int, tuple[float, float]]]:
    """Of each side, by number of paragraphs: median and 95th percentile of a hybrid query in milliseconds."""
    found: dict[str, dict[int, tuple[float, float]]] = {"ours": {}, "peer": {}}
    for name, rounds in kept.items():
        if name.startswith("queries-"):
            for side, values in _pooled([sample["hybrid"] for sample in rounds]).items():
                found[side][int(name.partition("-")[2])] = (median(values) * 1e3, p95(values) * 1e3)
    return {side: dict(sorted(by_size.items())) for side, by_size in found.items()}


def _pooled(rounds: Sequence[dict[str, Any]]) -> dict[str, list[float]]:
    """All rounds' values of each side, in their order."""
    return {side: [value for sample in rounds for value in sample[side]] for side in rounds[0] if isinstance(rounds[0][side], list)}


def _timed(key: str, name: str, where: str, rounds: Sequence[dict[str, Any]], ours: str = "ours", peer: str = "peer") -> Figure:
    mine = [sample[ours] for sample in rounds]
    theirs = [sample[peer] for sample in rounds if peer in sample]
    ratio = ratio_of(theirs, mine) if theirs else None
    return Figure(key, name, where, seconds(median(mine)), seconds(median(theirs)) if theirs else "–", ratio)


def _pair(key: str, name: str, where: str, values: dict[str, list[float]], other: str = "peer", *, turned: bool = False) -> list[Figure]:
    """p50 and p95 of two sides; the ratio says how many times faster ours is, or slower where it is turned."""
    found = []
    for word, take in (("p50", np.median), ("p95", p95)):
        mine, theirs = float(take(values["ours"])), float(take(values[other])) if values.get(other) else None
        pair = (values["ours"], values.get(other, []))
        ratio = ratio_of(*(pair if turned else pair[::-1]), take) if theirs else None
        found.append(Figure(f"{key} {word}", f"{name}, {word}", where, seconds(mine), seconds(theirs) if theirs else "–", ratio))
    return found


def _build(where: str, rounds: Sequence[dict[str, Any]]) -> list[Figure]:
    first = rounds[0]  # a process holds on to what earlier rounds have left
    peaks = {side: first[f"{side}_peak"] - first[f"{side}_before"] for side in ("ours", "peer") if side in first}
    disks = {side: first[f"{side}_disk"] for side in ("ours", "peer") if side in first}
    return [
        _timed("build", "build without embedding: read, split, index, save", where, rounds),
        _sized("build peak", "memory that this build takes at its peak (ratio: ours to the peer's)", where, peaks),
        _sized("disk", "index on disk, in ours the encoder, 91 MB (ratio: ours to the peer's)", where, disks),
    ]


def _sized(key: str, name: str, where: str, sizes: dict[str, float]) -> Figure:
    mine, theirs = sizes["ours"], sizes.get("peer")
    ratio = ratio_of([mine], [theirs]) if theirs else None
    return Figure(key, name, where, megabytes(mine), megabytes(theirs) if theirs else "–", ratio)


def _embedding(where: str, rounds: Sequence[dict[str, Any]]) -> list[Figure]:
    changes = [value for sample in rounds for value in sample["change"]]
    rebuilds = [sample["ours"] for sample in rounds for _ in sample["change"]]
    change = Figure(
        "change",
        f"one changed document of {rounds[0]['documents']:,}, indexed again, against the whole build of ours",
        where.partition("x")[0],
        seconds(median(changes)),
        f"{seconds(median(rebuilds))} (ours, whole)",
        ratio_of(rebuilds, changes),
    )
    return [_timed("embedding", "build with embedding (documents of 10 paragraphs)", where.partition("x")[0], rounds), change]


def _queries(where: str, rounds: Sequence[dict[str, Any]]) -> list[Figure]:
    return [figure for leg in LEGS for figure in _pair(leg, f"{leg} query", where, _pooled([sample[leg] for sample in rounds]))]


def _bare(where: str, rounds: Sequence[dict[str, Any]]) -> list[Figure]:
    return _pair("bare", "hybrid query against our own parts run bare (how many times slower)", where, _pooled(rounds), "bare", turned=True)


def _filters(where: str, rounds: Sequence[dict[str, Any]]) -> list[Figure]:
    found = []
    for by in ("document", "kind", "since"):
        pooled = _pooled([sample[by] for sample in rounds])
        times = {side: [taken for taken, _, _ in results] for side, results in pooled.items()}
        back = {
            side: f"{sum(came for _, came, _ in results)} of {sum(due for _, _, due in results)} back" for side, results in pooled.items()
        }
        shown = {side: f"{seconds(median(times[side]))}, {back[side]}" for side in pooled}
        for other, how in (("peer", "its default fetch_k"), ("peer_all", "fetch_k = all")):
            if other in times or other == "peer":
                ratio = ratio_of(times[other], times["ours"]) if other in times else None
                name = f"filter by {by}; the peer dense alone, {how}"
                found.append(Figure(f"filter {by} {other}", name, where, shown["ours"], shown.get(other, "–"), ratio))
    return found


def _memory(where: str, rounds: Sequence[dict[str, Any]]) -> list[Figure]:
    found = []
    for what, name in (("rss", "resident"), ("pss", "proportional")):
        sizes = {side: median(sample[side][what] for sample in rounds) * 1e6 / int(where) for side in ("ours", "peer") if side in rounds[0]}
        title = f"memory for a million paragraphs, query-ready, without the encoder, {name} (ratio: ours to the peer's)"
        if int(where) >= _MEASURABLE:
            found.append(_sized(f"memory {what}", title, where, sizes))
    for what, name in (("rss", "query-ready"), ("peak", "at its peak")):
        whole = {side: median(sample[f"{side}_with_encoder"][what] for sample in rounds) for side in ("ours", "peer") if side in rounds[0]}
        found.append(_sized(f"process {what}", f"the whole process {name}, resident (ratio: ours to the peer's)", where, whole))
    return found


def _growth(where: str, rounds: Sequence[dict[str, Any]]) -> list[Figure]:
    pooled = _pooled(rounds)
    return [_grown(small, large, pooled) for small, large in combinations(sorted(pooled, key=int), 2)]


def _grown(small: str, large: str, pooled: dict[str, list[float]]) -> Figure:
    values = {"small": p95(pooled[small]), "large": p95(pooled[large])}
    title = f"growth of a hybrid query's p95 from {int(small):,} paragraphs (ours, both columns)"
    ratio = ratio_of(pooled[large], pooled[small], p95)
    return Figure(f"growth {small} {large}", title, large, seconds(values["large"]), seconds(values["small"]), ratio)


def _simple(key: str, name: str, ours: str = "ours") -> Callable[[str, Sequence[dict[str, Any]]], list[Figure]]:
    return lambda where, rounds: [_timed(key, name, where, rounds, ours)]


_MAKERS: dict[str, Callable[[str, Sequence[dict[str, Any]]], list[Figure]]] = {
    "build": _build,
    "embedding": _embedding,
    "look_up": _simple("look_up", "open an index and look up a paragraph by its number, in a new process"),
    "first_answer": lambda where, rounds: [
        _timed("first_search", "first passages in a new process", where, rounds),
        _timed("first_answer", "first answer in a new process, against the peer's passages", where, rounds, "answer"),
    ],
    "queries": _queries,
    "bare": _bare,
    "filters": _filters,
    "memory": _memory,
    "updates": _simple("update", "one changed document, indexed again (documents of 10 to 100 paragraphs)"),
    "growth": _growth,
}


def seconds(value: float) -> str:
    """A time as a person reads it."""
    return f"{value:,.1f} s" if value >= 10 else f"{value:.2f} s" if value >= 1 else f"{value * 1e3:.1f} ms"


def megabytes(value: float) -> str:
    """A size in decimal megabytes."""
    return f"{value / 1e6:,.0f} MB"


def _digits(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
