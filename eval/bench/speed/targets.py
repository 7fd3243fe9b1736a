"""The targets, and what was measured of each."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from speed.figures import Figure, Ratio
from speed.places import LARGEST_OF_PEER

_FILTERS = ("document", "kind", "since")
_PUBLISHED = Path(__file__).parents[2] / "published"
_BEFORE, _AFTER = "10000", "1000000"


@dataclass(frozen=True, slots=True)
class Target:
    """A row of the table: `must` and `aim` as words, what was measured, how far that is, and the step that measures it."""

    name: str
    must: str
    aim: str
    measured: str
    verdict: str
    step: str
    value: Ratio | None = None
    bounds: tuple[float, float] | None = None


def targets(found: Sequence[Figure], kept: dict[str, list[dict[str, Any]]]) -> list[Target]:
    """Every target in the order in which they were set."""
    by_key: dict[str, list[Figure]] = {}
    for figure in found:
        by_key.setdefault(figure.key, []).append(figure)

    def ratio(name: str, keys: Sequence[str], must: float, aim: float, step: str, at: str | None, shown: str = "×") -> Target:
        """One or two ratios; the worse of them is judged. A `must` above the `aim` wants a small ratio."""
        compared = [[item for item in by_key.get(key, ()) if item.ratio] for key in keys]  # at the size that is meant, else the largest
        measured = [next((item for item in items if item.where == at), items[-1]) for items in compared if items]
        words = [f"≤ {bound:g}{shown}" if aim < must else f"{bound:g}{shown}" for bound in (must, aim)]
        if not measured:
            return Target(name, *words, "not measured", "–", step)
        worst = (max if aim < must else min)(measured, key=lambda item: item.ratio.value)  # type: ignore[union-attr]
        text = ", ".join(f"{item.key.rpartition(' ')[2] + ' ' if len(keys) > 1 else ''}{item.ratio}" for item in measured)
        assert worst.ratio
        reached = verdict(worst.ratio.value, must, aim) if at in (None, worst.where) else "–"
        return Target(name, *words, f"{text} at {int(worst.where):,}", reached, step, worst.ratio, (must, aim))

    largest = str(LARGEST_OF_PEER)
    return [
        *_quality(kept),
        ratio("hybrid query, text in to paragraphs out, 100,000 paragraphs", ("hybrid p50", "hybrid p95"), 5, 20, "queries", largest),
        ratio("the same against our own parts run bare", ("bare p50", "bare p95"), 1.5, 1.2, "bare", largest),
        ratio("build, same precision", ("embedding",), 1.0, 1.3, "embedding", None),
        ratio("build without embedding (read, split, index, save)", ("build",), 2, 5, "build", largest),
        ratio("one changed document among 1,000 against a whole build", ("change",), 100, 500, "embedding", "10000"),
        ratio("open an index and answer a first look-up", ("look_up",), 5, 50, "look_up", largest),
        ratio(
            "memory, query-ready, for a million paragraphs, without the encoder", ("memory rss", "memory pss"), 0.5, 0.15, "memory", largest
        ),
        _filtered(kept),
        _page(),
        ratio(
            f"growth of p95 from {int(_BEFORE):,} to {int(_AFTER):,} paragraphs", (f"growth {_BEFORE} {_AFTER}",), 20, 10, "growth", None
        ),
    ]


def verdict(value: float, must: float, aim: float) -> str:
    """Which of the two a value reaches."""
    reaches: Callable[[float], bool] = (lambda bound: value <= bound) if aim < must else (lambda bound: value >= bound)
    return "aim" if reaches(aim) else "must" if reaches(must) else "**short**"


def _quality(kept: dict[str, list[dict[str, Any]]]) -> list[Target]:
    """Gains by set: of the folders that were measured with the speed, else as `quality.py` published them."""
    sets = {name.removeprefix("collection-"): rounds[0] for name, rounds in kept.items() if name.startswith("collection-") and rounds}
    over_legs, over_peer = {}, {}
    for name, sample in sets.items():
        ours = {leg: sample[leg]["quality"]["ours"]["nDCG@10"] for leg in ("dense", "lexical", "hybrid")}
        over_legs[name] = ours["hybrid"] - max(ours["dense"], ours["lexical"])
        over_peer[name] = ours["hybrid"] - sample["hybrid"]["quality"]["peer"]["nDCG@10"]
    step = "collection"
    if not sets:
        step, over_legs, over_peer = "quality.py", *_published_gains()
    return [
        _gain(
            "hybrid nDCG@10 against the better of our two legs, mean over sets, none worse by more than .005",
            over_legs, 0.02, 0.04, 0.005, step,
        ),
        _gain("hybrid nDCG@10 against the peer's hybrid, mean over sets", over_peer, 0.05, 0.10, 1, step),
    ]  # fmt: skip


def _published_gains() -> tuple[dict[str, float], dict[str, float]]:
    """The rows of `retrieval.md` over the better leg and over the peer, by set; empty where it was not published."""
    path = _PUBLISHED / "retrieval.md"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    rows = {cells[0]: cells[1:] for line in lines if (cells := [cell.strip() for cell in line.strip("|").split("|")])}
    names = rows.get("nDCG@10 (recall@100)", [])

    def gains(row: str) -> dict[str, float]:
        values = rows.get(row, [])
        return {name: float(cell.split()[0].replace("\u2212", "-")) for name, cell in zip(names, values, strict=False) if name != "mean"}

    return gains("ours less its better leg"), gains("ours less LangChain's hybrid")


def _gain(name: str, gains: dict[str, float], must: float, aim: float, spare: float, step: str) -> Target:
    """A mean gain over sets, of which none may lose more than `spare`."""
    words = (f"{must:+.2f}", f"{aim:+.2f}")
    if not gains:
        return Target(name, *words, "not measured", "–", step)
    mean, worst = fmean(gains.values()), min(gains, key=lambda key: gains[key])
    reached = verdict(mean, must, aim) if gains[worst] >= -spare else "**short**"
    return Target(name, *words, f"{mean:+.3f} over {len(gains)} sets, least {gains[worst]:+.3f} ({worst})", reached, step)


def _filtered(kept: dict[str, list[dict[str, Any]]]) -> Target:
    name = "filtered search returns k whenever k exist"
    rounds = [sample[by] for key, found in kept.items() if key.startswith("filters-") for sample in found for by in _FILTERS]
    complete = {side: [came == due for sample in rounds for _, came, due in sample.get(side, ())] for side in ("ours", "peer")}
    if not complete["ours"]:
        return Target(name, "always", "always", "not measured", "–", "filters")
    text = f"{sum(complete['ours']):,} of {len(complete['ours']):,} questions"
    text += f" (the peer's default: {sum(complete['peer']):,} of {len(complete['peer']):,})" if complete["peer"] else ""
    return Target(name, "always", "always", text, "aim" if all(complete["ours"]) else "**short**", "filters")


def _page() -> Target:
    path = _PUBLISHED / "page" / "times.json"
    name = "page: question to sources shown, with a stub model"
    if not path.is_file():
        return Target(name, "300 ms", "100 ms", "not measured", "–", "page_speed.py")
    found = json.loads(path.read_text(encoding="utf-8"))
    value = found["model"]["sources"]["median"]
    return Target(name, "300 ms", "100 ms", f"{value} ms ({found['date']})", verdict(value, 300, 100), "page_speed.py")
