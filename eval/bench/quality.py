"""How well paragraphs are found: the hybrid search beside its own legs, rank fusion and a stack of LangChain parts, on five sets.

    python eval/bench/quality.py DATA [--peer PYTHON] [--sample 50] [--out eval/published/retrieval.md]

DATA holds scifact, cranfield, cacm, unfccc and squad2. Everything is chosen on the training claims of SciFact and reported on the
others. `--peer` is the Python of an environment that speed/peer.py describes. Documents are indexed, and embedded for the trials, once in
eval/cache/: the first run takes long, another one minutes. `--sample` questions a set are asked of the reader.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rerank import difference, reread
from retrieval.experiments import Experiment, experiments, reciprocal_ranks, today
from retrieval.material import FIRST, Material, measured, ndcg, open_all, order, ranked, recall
from retrieval.report import OURS, SetFigures, Trial, published

from assistant.errors import AssistantError
from assistant.eval.sets import sample
from assistant.reader.examples import is_kept_out
from assistant.reader.opening import load_reader
from assistant.settings import load

READ = 20
NEEDED = (
    *(f"{name}/{file}" for name in ("scifact", "cranfield", "cacm") for file in ("corpus.jsonl", "queries.jsonl", "qrels.tsv")),
    *("scifact/qrels.train.tsv", "unfccc/paragraphs.jsonl", "unfccc/qa.jsonl", "squad2/squad2.json"),
)
AGREE = 0.002
"""How far the fusion of the trials may be from the product's in nDCG@10: equal scores may come in another order."""
SMALL, CHOSEN_ON = ("cranfield", "cacm", "squad2"), "cranfield"
"""Where documents are embedded anew for a trial, and which of them its settings are chosen on."""
Values = npt.NDArray[np.float64]
Rankings = list[list[str]]


def main() -> None:
    """Measures, prints, and keeps the report and its plot."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--peer", metavar="PYTHON")
    parser.add_argument("--sample", type=int, default=50)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    if options.peer and not shutil.which(options.peer):
        raise SystemExit(f"--peer {options.peer} is no program; eval/bench/speed/peer.py says how to make its environment")
    if missing := [name for name in NEEDED if not (options.data / name).is_file()]:
        raise SystemExit(f"{options.data} lacks {missing[0]}; DATA is the folder that holds the five sets")
    try:
        training, sets = open_all(options.data)
    except AssistantError as error:
        raise SystemExit(str(error)) from None
    figures = {name: figures_of(material, options.peer) for name, material in sets.items()}
    small = {name: sets[name] for name in SMALL}
    trials = [
        tried(experiment, small[CHOSEN_ON], small) if experiment.embeds else tried(experiment, training, sets)
        for experiment in experiments()
    ]
    reader = {name: read_again(name, material, options.sample) for name, material in sets.items()}
    text = published(figures, trials, reader, float(today(training).mean()), options.out)
    print(text)


def figures_of(material: Material, peer: str | None) -> SetFigures:
    """nDCG@10 of each question and recall of every system, with what the set was made of."""
    rankings: dict[str, Rankings] = {
        "dense leg": ranked(material, material.dense, FIRST),
        "lexical leg": ranked(material, np.where(material.lexical > 0, material.lexical, -np.inf), FIRST),
        "reciprocal ranks of both, k 60": ranked(material, reciprocal_ranks(60)(material), FIRST),
        OURS: [[p.paragraph.id for p in material.searcher.search(q.question, top=FIRST)] for q in material.questions],
    }
    if peer:
        rankings |= of_peer(material, peer)
    values = {system: measured(material.questions, found) for system, found in rankings.items()}
    if abs(apart := float((values[OURS] - today(material)).mean())) > AGREE:
        raise SystemExit(
            f"{material.name}: the trials' fusion is {apart:+.4f} from the product's; mend eval/bench/retrieval/experiments.py"
        )
    return SetFigures(len(material.ids), material.data, values, {system: recall(material, found) for system, found in rankings.items()})


def of_peer(material: Material, python: str) -> dict[str, Rankings]:
    """What the stack of LangChain parts finds in the same texts. A document of its has one vector: that of as much as the encoder reads."""
    vectors, first = material.vectors
    dense = order(material.queries @ vectors[first].T, FIRST)
    asked = {
        "texts": [" ".join(filter(None, pair)) for pair in material.texts],
        "queries": [question.question for question in material.questions],
        "dense": dense.tolist(),
    }
    script = Path(__file__).parent / "retrieval" / "peer_ranks.py"
    done = subprocess.run([python, "-W", "ignore", str(script)], input=json.dumps(asked), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"the peer stopped: {done.stderr.strip().splitlines()[-1]}; how to make its environment: speed/peer.py")
    answer = {"LangChain, dense": dense.tolist(), **{f"LangChain, {name}": rows for name, rows in json.loads(done.stdout).items()}}
    return {system: [[material.ids[row] for row in rows] for rows in found] for system, found in answer.items()}


def tried(experiment: Experiment, training: Material, sets: dict[str, Material]) -> Trial:
    """The experiment with what does best on `training`, on every set; less today's fusion, question by question."""
    on_training = {words: float(ndcg(training, score(training)).mean()) for words, score in experiment.choices.items()}
    chosen = max(on_training, key=lambda words: on_training[words])
    gained = {}
    for name, material in sets.items():
        sys.stderr.write(f"\r{experiment.name}: {name}\033[K")
        gained[name] = difference(today(material), ndcg(material, experiment.choices[chosen](material)))
    return Trial(experiment.name, chosen, training.name, on_training[chosen] - float(today(training).mean()), gained)


def read_again(name: str, material: Material, size: int) -> tuple[int, float, float, tuple[float, float, float]]:
    """Questions, nDCG@10 before and after the reader has read the first twenty, and the difference with its interval."""
    reader = load_reader(load().reader)
    assert reader is not None  # the settings ask for one
    questions = [q for q in material.questions if name != "squad2" or is_kept_out(q.references[0].document)]
    drawn = sample(questions, size)
    rankings = reread(material.searcher, reader, drawn, READ)
    before, after = (measured(drawn, [[p.paragraph.id for p in found] for found in one]) for one in rankings)
    return len(drawn), float(before.mean()), float(after.mean()), difference(before, after)


if __name__ == "__main__":
    main()
