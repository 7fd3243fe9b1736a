"""The steps that build: each yields a sample a round, in turn between ours and the peer's.

A step is a generator of (bench, corpus name, rounds already kept); what it yields is kept at once, so that an interrupted run goes on.
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from speed.material import numbered
from speed.places import SMALL, Bench
from speed.protocol import Side

PAUSE = 0.05
"""Seconds between two measurements: threads of one process that still spin must not slow the other down."""
SEED_CORPUS = f"{SMALL}x10"
"""One small document, for what must come before a measurement, and for memory's zero."""
CHANGES = 3
"""Documents changed a round."""
Samples = Iterator[dict[str, Any]]


def fresh(folder: Path, copy_of: Path | None = None) -> Path:
    """A folder that is not there, or holds a copy."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    if copy_of:
        shutil.copytree(copy_of, folder)
    time.sleep(PAUSE)
    return folder


def size_on_disk(folder: Path) -> int:
    """Bytes of the files in a folder; one that is linked several times counts once."""
    found = {(status.st_dev, status.st_ino): status.st_size for path in folder.rglob("*") if path.is_file() for status in [path.stat()]}
    return sum(found.values())


def seed(bench: Bench) -> None:
    """Indexes the small document with both."""
    if bench.workspace(SEED_CORPUS).is_dir() and bench.saved(SEED_CORPUS).is_dir():
        return
    with Side("ours") as ours, Side("peer", bench.peer) as peer:
        ours.call("load_encoder")
        fresh(bench.workspace(SEED_CORPUS)).mkdir()
        ours.call("build", workspace=str(bench.workspace(SEED_CORPUS)), corpus=str(bench.corpus(SEED_CORPUS)))
        peer.call("load_encoder")
        peer.call("build", corpus=str(bench.corpus(SEED_CORPUS)), place=str(fresh(bench.saved(SEED_CORPUS))))


def build(bench: Bench, name: str, done: int) -> Samples:
    """Build without embedding: read, split, index, save; both are given the same vectors."""
    has_peer = bench.beside(name, "vectors.npy").is_file()
    corpus = str(bench.corpus(name))
    with ExitStack() as stack:
        ours = stack.enter_context(Side("ours"))
        ours.call("look_up_vectors", kept=str(bench.vectors), bases=str(bench.beside(name, "bases.npy")))
        peer = stack.enter_context(Side("peer", bench.peer)) if has_peer else None
        if peer:
            peer.call("load_encoder")
        _warm(bench, ours, peer)
        before = {f"{key}_before": side.call("memory")["rss"] for key, side in (("ours", ours), ("peer", peer)) if side}
        for _ in range(done, bench.rounds):
            workspace = fresh(bench.workspace(name))
            workspace.mkdir()
            mine = ours.call("build", workspace=str(workspace), corpus=corpus)
            sample = before | {"ours": mine["seconds"], "paragraphs": mine["paragraphs"], "ours_peak": ours.call("memory")["peak"]}
            sample["ours_disk"] = size_on_disk(workspace)
            if peer:
                place = fresh(bench.saved(name))
                sample["peer"] = peer.call("build", corpus=corpus, place=str(place), vectors=str(bench.beside(name, "vectors.npy")))[
                    "seconds"
                ]
                sample |= {"peer_peak": peer.call("memory")["peak"], "peer_disk": size_on_disk(place)}
            yield sample


def _warm(bench: Bench, ours: Side, peer: Side | None) -> None:
    """A small build of each, which imports what a build imports."""
    scratch, corpus = bench.run / "scratch", str(bench.corpus(SEED_CORPUS))
    ours.call("build", workspace=str(fresh(scratch, bench.workspace(SEED_CORPUS))), corpus=corpus, rebuild=True)
    if peer:
        peer.call("build", corpus=corpus, place=str(fresh(scratch)))
    shutil.rmtree(scratch)


def embedding(bench: Bench, name: str, done: int) -> Samples:
    """Build with embedding, from nothing; then one document of a corpus like it is changed, and indexed again."""
    corpus = fresh(bench.run / name / "files", bench.corpus(name))
    with Side("ours") as ours, Side("peer", bench.peer) as peer:
        ours.call("load_encoder")
        peer.call("load_encoder")
        _warm(bench, ours, peer)
        for number in range(done, bench.rounds):
            fresh(corpus, bench.corpus(name))
            workspace = fresh(bench.workspace(name))
            workspace.mkdir()
            mine = ours.call("build", workspace=str(workspace), corpus=str(corpus))
            changes = [change(ours, workspace, corpus, number * CHANGES + at) for at in range(CHANGES)]
            place = fresh(bench.saved(name))
            theirs = peer.call("build", corpus=str(bench.corpus(name)), place=str(place))
            yield {"ours": mine["seconds"], "peer": theirs["seconds"], "change": changes, "documents": mine["documents"]}


def updates(bench: Bench, name: str, done: int) -> Samples:
    """One document of an index is changed, and indexed again: how its cost grows. The index is a copy."""
    corpus, workspace = bench.run / "update" / "files", bench.run / "update" / "ours"
    with Side("ours") as ours:
        ours.call("load_encoder")
        fresh(corpus, bench.corpus(name))
        fresh(workspace, bench.workspace(name))
        ours.call("build", workspace=str(workspace), corpus=str(corpus))  # the folder is another: seen once
        for number in range(done, bench.rounds):
            yield {"ours": change(ours, workspace, corpus, number)}
    shutil.rmtree(corpus.parent)


def change(ours: Side, workspace: Path, corpus: Path, number: int) -> float:
    """Seconds to index again after one paragraph of one document was changed.

    Raises:
        RuntimeError: not exactly one paragraph was embedded.
    """
    draw = random.Random(number)
    path = draw.choice(sorted(corpus.glob("*.txt")))
    paragraphs = [block.partition(". ")[2] for block in path.read_text(encoding="utf-8").split("\n\n") if block]
    at = draw.randrange(len(paragraphs))
    paragraphs[at] = f"In this revision, number {number:,}, the text is another. {paragraphs[at]}"
    path.write_text(numbered(paragraphs), encoding="utf-8")
    time.sleep(PAUSE)
    report = ours.call("build", workspace=str(workspace), corpus=str(corpus))
    if report["embedded"] != 1:
        raise RuntimeError(f"{report['embedded']} paragraphs were embedded where one was changed")
    return float(report["seconds"])
