"""Writes eval/published/speed.md, and its figures as JSON and its plots in speed/."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from assistant.eval.environment import code_sha256, versions
from speed.asking import LEGS
from speed.figures import Figure, figures, p95, ratio_of, samples, seconds, sizes_and_times
from speed.material import SEED
from speed.places import Bench
from speed.plots import draw
from speed.targets import Target, targets
from speed.vectors import NOISE

_COMMAND = "make bench DATA=FOLDER"
_COMPARED = """\
Both sides run on one machine, in one run, in turn, each in a process of its own that times its own work; between any two
measurements lie 50 ms. The peer is LangChain's FAISS, BM25Retriever and EnsembleRetriever with their defaults over the same encoder
(`eval/bench/speed/peer.py`, an environment of its own). Both read the same files of numbered paragraphs; the peer parts them at their
empty lines, the cheapest way to the same paragraphs, and its BM25Retriever, which cannot be saved, is pickled. A ratio says how many
times faster ours is, unless its row says otherwise; behind it stands its spread: a 95 % interval by resampling pairs of queries, or the
least and largest ratio of single rounds where there are fewer than 20. Builds without embedding are given the same vectors, computed once;
questions are always encoded. A build of ours checks, hashes and syncs what it publishes, and reads the files in processes that are
limited. Times that begin with a new process are those of the second and later runs, with the files in the system's cache."""


def publish(bench: Bench, out: Path) -> None:
    """Writes what has been measured so far."""
    kept = samples(bench)
    found = figures(kept)
    rows = targets(found, kept)
    drawn = draw(out / "speed", sizes_and_times(kept), rows)
    texts = {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in bench.cache.glob("corpora/*/about.json")}
    used = {name: texts[name] for name in sorted(texts, key=lambda name: (len(name), name)) if _is_used(name, kept)}
    out.mkdir(parents=True, exist_ok=True)
    (out / "speed.md").write_text(_markdown(bench, kept, found, rows, used, drawn), encoding="utf-8")
    raw = {"date": _dates(kept)[-1] if kept else "", "cores": os.cpu_count(), "versions": versions(), "code": code_sha256()}
    content = raw | {"texts": used, "samples": _rounded(kept)}
    (out / "speed" / "figures.json").write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")


def _is_used(name: str, kept: dict[str, Any]) -> bool:
    return any(name in result.partition("-")[2].split(",") for result in kept)


def _dates(kept: dict[str, list[dict[str, Any]]]) -> list[str]:
    return sorted(sample["at"][:10] for rounds in kept.values() for sample in rounds)


def _rounded(value: Any) -> Any:
    """Times to a hundredth of a millisecond."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return round(value, 5) if isinstance(value, float) else value


def _markdown(
    bench: Bench,
    kept: dict[str, list[dict[str, Any]]],
    found: Sequence[Figure],
    rows: Sequence[Target],
    texts: dict[str, dict[str, Any]],
    drawn: Sequence[tuple[str, str]],
) -> str:
    dates, loads = _dates(kept) or ["–"], [sample["load"] for rounds in kept.values() for sample in rounds]
    when = dates[0] if dates[0] == dates[-1] else f"{dates[0]} to {dates[-1]}"
    machine = f"{when}, {os.cpu_count()} cores ({platform.machine()}), no accelerator, Python {platform.python_version()}"
    load = f"; load average after a round between {min(loads):.1f} and {max(loads):.1f}" if loads else ""
    parts = [
        "# Speed, memory and growth, against a stack of LangChain parts",
        f"`{_COMMAND}`, {machine}{load}. {_packages()} {_COMPARED}",
        "## Targets",
        _table(
            ("figure", "measured", "must", "aim", "reached", "step"),
            [(row.name, row.measured, row.must, row.aim, row.verdict, f"`{row.step}`") for row in rows],
        ),
        f"One step alone: `{_COMMAND} BENCH='--only STEP'`. `page_speed.py` and `quality.py` are measured by "
        "themselves: `page.md`, `retrieval.md`.",
        *(f"![{caption}](speed/{name})" for name, caption in drawn),
        *_sets(kept),
        "## All figures",
        _table(
            ("figure", "paragraphs", "ours", "peer", "ratio (spread)"),
            [(item.name, f"{int(item.where):,}", item.ours, item.peer, str(item.ratio or "–")) for item in found],
            numbers=(1, 2, 3, 4),
        ),
        "## What the paragraphs are",
        _texts(texts),
        _table(
            ("corpus", *next(iter(texts.values()), {})),
            [(name, *(f"{value:,}" for value in about.values())) for name, about in texts.items()],
            numbers=range(1, 9),
        )
        if texts
        else "",
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _texts(texts: dict[str, dict[str, Any]]) -> str:
    text = (
        "Paragraphs of the data sets in the folder, in documents of 10 to 100 (a corpus “x10”: of 10), in an order drawn with seed "
        f"{SEED}; a smaller corpus is the beginning of a larger one. Where the real ones end, real sentences are recombined: the first "
        "from one paragraph, the others from its document, to the length of another. The encoder reads 256 tokens: longer paragraphs have "
        "several vectors in our index, and in the peer's one, of their beginning."
    )
    if any(about["synthetic vectors"] for about in texts.values()):
        text += (
            " **Synthetic vectors**: a paragraph that was not embedded has one, the vector of the paragraph that gave its first sentence, "
            f"with noise of length {NOISE:g} in a direction drawn by chance, at length 1 again."
        )
    return text


def _sets(kept: dict[str, list[dict[str, Any]]]) -> list[str]:
    """The table of the BEIR-style folders."""
    lines = []
    for name, rounds in kept.items():
        if not name.startswith("collection-"):
            continue
        sample = rounds[0]
        for leg in LEGS:
            quality = {side: sample[leg]["quality"][side] for side in ("ours", "peer")}
            times = {side: sample[leg][side] for side in ("ours", "peer")}
            cells = [f"{quality[side][measure]:.3f}" for measure in ("nDCG@10", "R@100") for side in ("ours", "peer")]
            shown = [f"{seconds(ratio)}" for side in ("ours", "peer") for ratio in (p95(times[side]),)]
            title = f"{name.removeprefix('collection-')} ({sample['documents']:,}, {sample['queries']:,})"
            lines.append(
                (title, leg, *cells, *shown, str(ratio_of(times["peer"], times["ours"])), str(ratio_of(times["peer"], times["ours"], p95)))
            )
    if not lines:
        return []
    head = ("set (documents, queries)", "leg", "nDCG@10 ours", "peer", "R@100 ours", "peer", "p95 ours", "peer", "p50 ratio", "p95 ratio")
    return ["## BEIR-style folders, 100 results a query", _table(head, lines, numbers=range(2, 10))]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] | range = ()) -> str:
    rule = "|".join("--:" if at in numbers else "---" for at in range(len(head)))
    return "\n".join([f"| {' | '.join(head)} |", f"|{rule}|", *(f"| {' | '.join(row)} |" for row in rows)])


def _packages() -> str:
    found = ", ".join(f"{name} {metadata.version(name)}" for name in ("torch", "onnxruntime", "faiss-cpu", "tantivy"))
    return f"Ours: {found}."
