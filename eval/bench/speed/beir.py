"""The step over a BEIR-style folder: quality beside speed, with the folder's own queries and judgements."""

from __future__ import annotations

from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

from compare import DEPTH, read_judged, scores

from speed.asking import LEGS, opened, timed
from speed.places import Bench
from speed.protocol import Side
from speed.steps import Samples, fresh

_MEASURES = ("nDCG@10", f"R@{DEPTH}")


def collection(bench: Bench, name: str, done: int) -> Samples:
    """Builds both over the folder `name`, asks every judged query of every leg, in turn; a leg in processes of its own."""
    if done:
        return
    data = Path(name)
    label = f"beir-{data.name}"
    with Side("ours") as ours, Side("peer", bench.peer) as peer:
        ours.call("load_encoder")
        peer.call("load_encoder")
        fresh(bench.workspace(label)).mkdir()
        mine = ours.call("build", workspace=str(bench.workspace(label)), corpus=name)
        theirs = peer.call("build", corpus=str(data / "corpus.jsonl"), place=str(fresh(bench.saved(label))))
    asked, qrels = read_judged(data)
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
        sample[leg] = seconds | {"quality": {key: dict(zip(_MEASURES, scores(qrels, run), strict=True)) for key, run in runs.items()}}
    yield sample
