"""The step over a BEIR-style folder: quality beside speed, with the folder's own queries and judgements."""

from __future__ import annotations

import json
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

import ir_measures
from ir_measures import R, nDCG

from speed.asking import LEGS, opened, timed
from speed.places import Bench
from speed.protocol import Side
from speed.steps import Samples, fresh

DEPTH = 100


def judged(data: Path) -> tuple[dict[str, str], list[ir_measures.Qrel]]:
    """The judged queries by id, and the judgements."""
    texts = {str(row["_id"]): row["text"] for row in map(json.loads, (data / "queries.jsonl").read_text(encoding="utf-8").splitlines())}
    rows = [line.split() for line in (data / "qrels.tsv").read_text(encoding="utf-8").splitlines()]
    qrels = [ir_measures.Qrel(row[0], row[1], int(row[-1])) for row in rows if row and row[-1].lstrip("-").isdigit() and row[0] in texts]
    return {query: texts[query] for query in sorted({qrel.query_id for qrel in qrels})}, qrels


def scores(qrels: list[ir_measures.Qrel], run: dict[str, list[str]]) -> dict[str, float]:
    """nDCG@10 and R@100 of ranked ids."""
    ranked = [ir_measures.ScoredDoc(query, name, 1 / (1 + rank)) for query, names in run.items() for rank, name in enumerate(names)]
    found = ir_measures.calc_aggregate([nDCG @ 10, R @ DEPTH], qrels, ranked)
    return {str(measure): float(value) for measure, value in found.items()}


def collection(bench: Bench, name: str, done: int) -> Samples:
    """Builds both over the folder `name`, asks every judged query of every leg, in turn; a leg in processes of its own."""
    if done:
        return
    data = Path(name)
    label = f"beir-{data.name}"
    with Side("ours.py") as ours, Side("peer.py", bench.peer) as peer:
        ours.call("load_encoder")
        peer.call("load_encoder")
        fresh(bench.workspace(label)).mkdir()
        mine = ours.call("build", workspace=str(bench.workspace(label)), corpus=name)
        theirs = peer.call("build", corpus=str(data / "corpus.jsonl"), place=str(fresh(bench.saved(label))))
    asked, qrels = judged(data)
    sample = {"ours": mine["seconds"], "peer": theirs["seconds"], "documents": mine["documents"], "queries": len(asked)}
    sample["sha256"] = sha256((data / "corpus.jsonl").read_bytes()).hexdigest()[:12]
    for leg in LEGS:
        runs: dict[str, dict[str, list[str]]] = {"ours": {}, "peer": {}}
        seconds: dict[str, list[float]] = {"ours": [], "peer": []}
        with ExitStack() as stack:
            sides = dict(zip(("ours", "peer"), opened(stack, bench, label), strict=True))
            for query, text in asked.items():
                for key, side in sides.items():
                    assert side
                    answer = timed(side, "search", text=text, leg=leg, top=DEPTH)
                    seconds[key].append(answer["seconds"])
                    # One of our ids is DOCUMENT#LABEL, and a document of such a folder has one paragraph.
                    runs[key][query] = [found.rpartition("#")[0] if key == "ours" else found for found in answer["ids"]]
        sample[leg] = seconds | {"quality": {key: scores(qrels, run) for key, run in runs.items()}}
    yield sample
