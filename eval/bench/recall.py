"""How much of an exact search the codes of a large index hold, and what they cost: with real vectors, filled up with noisy copies.

    python eval/bench/recall.py WORKSPACE… --queries FILE.jsonl… [--sizes 20000 200000 1000000] [--out FILE.md]

A workspace's index gives real vectors of paragraphs, a line {"text": …} or {"question": …} of a file a real query. Beyond the real
vectors each further one is a real one with noise of the same length on it (cosine about .7, as neighbours in a document have): such a
row is marked synthetic. Recall is the share of the ten found that are as near as the tenth of the exact search: of equal paragraphs,
which documents repeat, any will do.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

import faiss
import numpy as np

from assistant.index.encoder import FloatArray
from assistant.index.generations import open_current
from assistant.index.segments import Segment, write_segment
from assistant.settings import VectorSettings, load

AT_ONCE = 50_000
KINDS = {
    "exact": VectorSettings(exact_up_to=10**12),
    "codes": VectorSettings(exact_up_to=0, unclustered_up_to=10**12),
    "codes in clusters": VectorSettings(exact_up_to=0, unclustered_up_to=0),
}


def vectors_of(real: FloatArray, count: int) -> FloatArray:
    """The real vectors, and noisy copies of them up to `count`."""
    chance = np.random.default_rng(0)
    made = np.empty((count, real.shape[1]), np.float32)
    made[: len(real)] = real[:count]
    for begin in range(len(real), count, AT_ONCE):
        part = real[chance.integers(0, len(real), min(AT_ONCE, count - begin))]
        noise = chance.normal(size=part.shape).astype(np.float32)
        part = part + noise / np.linalg.norm(noise, axis=1, keepdims=True)
        made[begin : begin + len(part)] = part / np.linalg.norm(part, axis=1, keepdims=True)
    return made


def measured(vectors: FloatArray, queries: FloatArray, folder: Path) -> list[str]:
    """A row of the table for each kind: recall, median and 95th percentile of a query, size, seconds to write."""
    tenth: list[float] = []
    rows = []
    for kind, settings in KINDS.items():
        place = folder / kind.replace(" ", "-")
        place.mkdir()
        begin = time.perf_counter()
        write_segment(place, "0001", [(np.arange(len(vectors)), vectors)], settings)
        written = time.perf_counter() - begin
        segment = Segment(place, "0001")
        segment.nearest(queries[0], 10)
        found, seconds = [], []
        for query in queries:
            begin = time.perf_counter()
            found.append(segment.nearest(query, 10)[1])
            seconds.append((time.perf_counter() - begin) * 1e3)
        tenth = tenth or [float(cosines[-1]) for cosines in found]
        recall = float(np.mean([np.mean(cosines >= least - 1e-5) for least, cosines in zip(tenth, found, strict=True)]))
        scanned = next((path for path in place.glob("*.codes")), place / "0001.flat").stat().st_size / 2**20
        timing = f"{statistics.median(seconds):.1f} | {float(np.quantile(seconds, 0.95)):.1f}"
        rows.append(f"| {len(vectors):,} | {kind} | {recall:.4f} | {timing} | {scanned:,.0f} | {written:.0f} |")
        print(rows[-1], flush=True)
    return rows


def main() -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("workspaces", type=Path, nargs="+")
    parser.add_argument("--queries", type=Path, nargs="+", required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=[20_000, 200_000, 1_000_000])
    parser.add_argument("--most", type=int, default=300, help="how many queries")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    faiss.omp_set_num_threads(1)  # as the vector store does
    generations = [open_current(load(place).index) for place in options.workspaces]
    real = np.concatenate([generation.vectors.all_vectors() for generation in generations])
    rows = [json.loads(line) for path in options.queries for line in path.read_text(encoding="utf-8").splitlines() if line]
    texts = [row.get("text") or row["question"] for row in rows]
    texts = texts[:: len(texts) // options.most + 1]
    encoder = generations[0].encoder
    assert encoder, "the index carries no encoder"
    queries = encoder.encode(texts, kind="query")
    lines = ["| vectors | search | recall@10 | p50 ms | p95 ms | scanned MiB | written in s |", "|--:|---|--:|--:|--:|--:|--:|"]
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            lines += measured(vectors_of(real, size), queries, Path(folder))
    about = f"{dt.date.today()}, {os.cpu_count()} cores, {len(queries)} queries, {len(real):,} real vectors; those beyond are synthetic"
    text = "\n".join([*lines, "", f"{about}."])
    print(text)
    if options.out:
        options.out.write_text(
            f"# Recall of compressed vectors\n\n`python eval/bench/recall.py WORKSPACE… --queries FILE…`\n\n{text}\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
