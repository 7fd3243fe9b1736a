"""Measures what is missing and writes the table and the plots.

    python eval/bench/speed DATA [--peer PYTHON] [--sizes 1000,10000,100000] [--million] [--only STEP,…] [--out DIR]

DATA is a BEIR-style folder (corpus.jsonl, queries.jsonl, qrels.tsv), or a folder of such folders and of other texts. `embed` alone fills
the cache of vectors; every step keeps each round as it ends, and goes on after the last one that is kept. Run it on an idle machine:
every figure is a ratio of two that were measured in turn, but a busy machine widens its spread.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from speed import asking, steps
from speed.beir import collection
from speed.material import stream
from speed.places import LARGEST_OF_PEER, Bench, prepare
from speed.sources import beir_folders
from speed.vectors import embed_all

Step = Callable[[Bench, str, int], Iterator[dict[str, Any]]]
EMBEDDED_BUILDS = 10_000
"""Paragraphs up to which builds with embedding are timed: beyond, only time would grow."""
MILLION = 1_000_000


def plan(bench: Bench, sizes: list[int]) -> list[tuple[str, Step, str]]:
    """(result's name, step, corpus) in the order in which they run: builds first, what asks them after."""
    both = [str(size) for size in sizes if size <= LARGEST_OF_PEER]
    every = [str(size) for size in sizes]
    planned: list[tuple[str, Step, str]] = [("build", steps.build, name) for name in every]
    planned += [(step.__name__, step, name) for step in (asking.look_up, asking.first_answer) for name in every]
    planned += [("queries", asking.queries, name) for name in every]
    planned += [(step.__name__, step, name) for step in (asking.bare,) for name in both]
    planned += [(step.__name__, step, name) for step in (asking.filters, asking.memory, steps.updates) for name in every]
    planned += [("growth", asking.growth, ",".join(every))] if len(every) > 1 else []
    planned += [("embedding", steps.embedding, f"{size}x10") for size in sizes if size <= EMBEDDED_BUILDS]
    return planned + [("collection", collection, str(folder)) for folder in beir_folders(bench.data)]


def main() -> None:
    """Parses, embeds, prepares, measures, reports."""
    options = _options()
    sizes = [int(size) for size in options.sizes.split(",") if size] + [MILLION] * options.million
    cache = options.cache or Path("eval/cache/bench") / options.data.resolve().name
    bench = Bench(options.data.resolve(), cache.absolute(), options.peer, options.rounds, options.queries)
    only = options.only.split(",") if options.only else []
    if "embed" in only:
        embed_all(bench.vectors, (item.text for item in islice(stream(bench.data), min(max(sizes, default=0), options.embedded))))
    planned = [item for item in plan(bench, sizes) if not only or item[0] in only]
    if planned:
        corpora = dict.fromkeys(name for _, step, names in planned if step is not collection for name in names.split(","))
        prepare(bench, [steps.SEED_CORPUS, *corpora], options.embedded)
        steps.seed(bench)
    for name, step, corpus in planned:
        measure(bench, f"{name}-{Path(corpus).name if step is collection else corpus}", step, corpus)
    if not only or "report" in only:
        from speed.report import publish

        publish(bench, options.out)


def measure(bench: Bench, name: str, step: Step, corpus: str) -> None:
    """Runs what a step lacks; keeps every round as it comes."""
    path = bench.results(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    done = len(path.read_text(encoding="utf-8").splitlines()) if path.is_file() else 0
    if done >= (1 if step is collection else bench.rounds):
        return
    begin = time.perf_counter()
    for sample in step(bench, corpus, done):
        done += 1
        with path.open("a", encoding="utf-8") as out:
            out.write(json.dumps(sample | {"load": os.getloadavg()[0], "at": time.strftime("%Y-%m-%d %H:%M")}) + "\n")
        print(f"{name}: round {done}, {time.perf_counter() - begin:,.0f} s", file=sys.stderr, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python eval/bench/speed", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--peer", metavar="PYTHON", default="eval/cache/peer/bin/python", help="its environment: speed/peer.py")
    parser.add_argument("--sizes", default="1000,10000,100000", help="numbers of paragraphs")
    parser.add_argument("--million", action="store_true", help="a million paragraphs too: ours alone, synthetic vectors")
    parser.add_argument(
        "--embedded", type=int, default=LARGEST_OF_PEER, help="so many paragraphs get real vectors, the rest synthetic ones"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--queries", type=int, default=40, help="of each kind in a round")
    parser.add_argument("--only", help="steps, with commas: embed, build, look_up, first_answer, queries, …, report")
    parser.add_argument("--cache", type=Path, help="else eval/cache/bench/NAME")
    parser.add_argument("--out", type=Path, default=Path("eval/published"))
    return parser.parse_args()
