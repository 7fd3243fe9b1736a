"""Compares this project's search with a stack of LangChain parts on a BEIR-style folder, in one run, query by query in turn.

    python eval/bench/compare.py DATA [--workspace DIR] [--peer PYTHON] [--out FILE.md]

DATA holds corpus.jsonl, queries.jsonl and qrels.tsv. `--peer` is the Python of an environment that speed/peer.py describes; without it only
ours is measured. Both search text in, ranked documents out, in a process that is warm. Prints a Markdown table: nDCG@10 and
R@100 of ir-measures over the judged queries, medians and 95th percentiles of the time of a query, and their ratio.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import statistics
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path

import ir_measures
from ir_measures import R, nDCG
from speed.protocol import Side

from assistant import Assistant, load_settings
from assistant.index.build import build
from assistant.retrieval.fusion import fuse

WARM_UP = 10
PAUSE = 0.05
"""Seconds between two searches: threads of one process that still spin must not slow the other down."""
DEPTH = 100


def _peer(python: str, corpus: Path) -> Side:
    """The other stack, built over `corpus` and ready."""
    peer = Side("peer", python)
    peer.call("load_encoder")
    with tempfile.TemporaryDirectory() as place:
        peer.call("build", corpus=str(corpus), place=place)
    return peer


def _search(peer: Side, query: str) -> tuple[list[str], float]:
    """Ids in order, and the seconds the peer itself measured."""
    answer = peer.call("search", text=query, leg="hybrid", top=DEPTH)
    return answer["ids"], float(answer["seconds"])


def read_judged(data: Path) -> tuple[dict[str, str], list[ir_measures.Qrel]]:
    """The judged queries by id, and the judgements."""
    texts = {str(row["_id"]): row["text"] for row in map(json.loads, (data / "queries.jsonl").read_text(encoding="utf-8").splitlines())}
    rows = [line.split() for line in (data / "qrels.tsv").read_text(encoding="utf-8").splitlines()]
    qrels = [ir_measures.Qrel(row[0], row[1], int(row[-1])) for row in rows if row and row[-1].lstrip("-").isdigit() and row[0] in texts]
    return {query: texts[query] for query in sorted({qrel.query_id for qrel in qrels})}, qrels


def scores(qrels: list[ir_measures.Qrel], run: dict[str, list[str]]) -> tuple[float, float]:
    """nDCG@10 and R@100 of ranked ids."""
    ranked = [ir_measures.ScoredDoc(query, name, 1 / (1 + rank)) for query, names in run.items() for rank, name in enumerate(names)]
    found = ir_measures.calc_aggregate([nDCG @ 10, R @ DEPTH], qrels, ranked)
    return found[nDCG @ 10], found[R @ DEPTH]


def legs(assistant: Assistant, queries: dict[str, str]) -> dict[str, dict[str, list[str]]]:
    """Runs of the dense and the lexical leg alone."""
    searcher, names = assistant.session().searcher, [document.id for document in assistant.documents()]
    runs: dict[str, dict[str, list[str]]] = {"our dense leg": {}, "our lexical leg": {}}
    for query, text in queries.items():
        dense, lexical = searcher.dense(text, DEPTH), searcher.lexical(text, DEPTH)
        runs["our dense leg"][query] = [names[item.row] for item in fuse(dict(dense), {}, 1.0)]
        runs["our lexical leg"][query] = [names[item.row] for item in fuse({}, dict(lexical), 0.0)]
    return runs


def milliseconds(seconds: list[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    return statistics.median(seconds) * 1e3, statistics.quantiles(seconds, n=20)[-1] * 1e3


def main() -> None:
    """Builds what is missing, asks both in turn, prints and keeps the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--workspace", type=Path, help="keeps our index for the next run")
    parser.add_argument("--peer", metavar="PYTHON")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        settings = load_settings(options.workspace or scratch)
        begin = time.perf_counter()
        build(settings, options.data, progress=lambda what, done, total: print(f"\r{what} {done:,}/{total:,}", end="", file=sys.stderr))
        print(f"\nours built in {time.perf_counter() - begin:.0f} s", file=sys.stderr)
        print(report(Assistant(settings), options.data, options.peer, options.out))


def report(assistant: Assistant, data: Path, python: str | None, out: Path | None) -> str:
    """The comparison as Markdown; also written to `out`."""
    queries, qrels = read_judged(data)
    peer = _peer(python, data / "corpus.jsonl") if python else None
    for number in range(WARM_UP):  # other texts than the queries, whose vectors must not be remembered
        assistant.search(f"warm up number {number}", top=DEPTH)
        if peer:
            _search(peer, f"warm up number {number}")
    ours: dict[str, list[str]] = {}
    theirs: dict[str, list[str]] = {}
    our_seconds, their_seconds = [], []
    for query, text in queries.items():
        begin = time.perf_counter()
        passages = assistant.search(text, top=DEPTH)
        our_seconds.append(time.perf_counter() - begin)
        ours[query] = [passage.document.id for passage in passages]
        if peer:
            time.sleep(PAUSE)
            theirs[query], seconds = _search(peer, text)
            their_seconds.append(seconds)
            time.sleep(PAUSE)
    runs = legs(assistant, queries) | {"**ours, hybrid**": ours} | ({"LangChain, hybrid": theirs} if peer else {})
    times = {"**ours, hybrid**": milliseconds(our_seconds)} | ({"LangChain, hybrid": milliseconds(their_seconds)} if peer else {})
    lines = ["| search | nDCG@10 | R@100 | p50 ms | p95 ms |", "|---|--:|--:|--:|--:|"]
    for name, run in runs.items():
        quality, timing = scores(qrels, run), times.get(name)
        shown = f"{timing[0]:.1f} | {timing[1]:.1f}" if timing else "– | –"
        lines.append(f"| {name} | {quality[0]:.3f} | {quality[1]:.3f} | {shown} |")
    if peer:
        peer.close()
        mine, other = times["**ours, hybrid**"], times["LangChain, hybrid"]
        faster = f"{other[0] / mine[0]:.1f} times faster at the median, {other[1] / mine[1]:.1f} times at the 95th percentile"
        lines += ["", f"A query of ours is {faster}."]
    checksum = sha256((data / "corpus.jsonl").read_bytes()).hexdigest()[:12]
    lines += ["", f"{dt.date.today()}, {os.cpu_count()} cores, {len(queries)} queries in turn, {data.name}/corpus.jsonl {checksum}…"]
    text = "\n".join(lines)
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(f"# {data.name}\n\n`python eval/bench/compare.py DATA --peer PYTHON`\n\n{text}\n", encoding="utf-8")
    return text


if __name__ == "__main__":
    main()
