"""What the trained reader is worth as a re-ranker of retrieval sets: nDCG@10 of the fused ranking, and with its best re-ordered.

    python eval/bench/rerank.py SET… [--read 20] [--sample 50] [--out FILE.json]

SET is a folder in BEIR layout, indexed once in eval/cache/. Both rankings are of the same search in the same run; the interval is that of
the difference, by bootstrap over the queries. The reader is used where questions are asked, and not by `assistant search`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import ir_measures
import numpy as np
from ir_measures import nDCG

from assistant.answer.engine import Assistant
from assistant.answer.quote_mode import ordered
from assistant.eval.execute import DEPTH, workspace_of
from assistant.eval.gold import GoldQuestion
from assistant.eval.sets import open_set, sample
from assistant.eval.statistics import SEED
from assistant.reader.opening import load_reader
from assistant.schema import Passage
from assistant.settings import load

DRAWS = 2000


def ndcg(questions: list[GoldQuestion], rankings: list[list[Passage]]) -> np.ndarray:
    """nDCG@10 of each query."""
    qrels = [ir_measures.Qrel(q.id, r.id, r.relevance) for q in questions for r in q.references]
    run = [
        ir_measures.ScoredDoc(q.id, p.paragraph.id, float(-rank))
        for q, found in zip(questions, rankings, strict=True)
        for rank, p in enumerate(found)
    ]
    values = {metric.query_id: metric.value for metric in ir_measures.iter_calc([nDCG @ 10], qrels, run)}
    return np.array([values.get(question.id, 0.0) for question in questions])


def main() -> None:
    """Measures each set and prints a line; --out keeps all of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--read", type=int, default=20)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    settings = load()
    reader = load_reader(settings.reader)
    assert reader is not None  # the settings ask for one
    results = []
    for path in options.sets:
        found = open_set(path)
        questions = list(sample(found.questions, options.sample))
        searcher = Assistant(workspace_of(found, settings, lambda what, done, total: None)).session().searcher
        before, after = [], []
        for done, question in enumerate(questions, 1):
            passages = searcher.search(question.question, top=DEPTH)
            best = passages[: options.read]
            before.append(list(passages))
            after.append([*ordered(best, reader.read(question.question, best).relevance), *passages[options.read :]])
            sys.stderr.write(f"\r{found.name}: {done} of {len(questions)}\033[K")
        one, other = ndcg(questions, before), ndcg(questions, after)
        dice = np.random.default_rng(SEED)
        means = [float(np.mean((other - one)[dice.integers(0, len(one), len(one))])) for _ in range(DRAWS)]
        low, high = np.percentile(means, [2.5, 97.5])
        results.append(
            {
                "set": found.name,
                "queries": len(questions),
                "read": options.read,
                "ndcg@10 fused": round(float(one.mean()), 4),
                "ndcg@10 re-ranked": round(float(other.mean()), 4),
                "difference": [round(float(value), 4) for value in ((other - one).mean(), low, high)],
                "data": dict(found.data),
            }
        )
        sys.stderr.write(f"\r{results[-1]}\033[K\n")
    if options.out:
        options.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
