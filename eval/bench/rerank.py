"""What the trained reader is worth as a re-ranker of retrieval sets: nDCG@10 of the fused ranking, and with its best re-ordered.

    python eval/bench/rerank.py SET… [--read 20] [--sample 50] [--out FILE.json]

SET is a folder in BEIR layout, indexed once in eval/cache/. Both rankings are of the same search in the same run; the interval is that of
the difference, by bootstrap over the queries. The reader is used where questions are asked, and not by `assistant search`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
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
from assistant.reader import Reader
from assistant.reader.opening import load_reader
from assistant.retrieval.searcher import Searcher
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


def reread(
    searcher: Searcher, reader: Reader, questions: Sequence[GoldQuestion], read: int
) -> tuple[list[list[Passage]], list[list[Passage]]]:
    """The ranking of each question as the search gives it, and with its first `read` in the reader's order."""
    before, after = [], []
    for done, question in enumerate(questions, 1):
        passages = searcher.search(question.question, top=DEPTH)
        best = passages[:read]
        before.append(list(passages))
        after.append([*ordered(best, reader.read(question.question, best).relevance), *passages[read:]])
        sys.stderr.write(f"\rread for {done} of {len(questions)} questions\033[K")
    return before, after


def difference(before: np.ndarray, after: np.ndarray) -> tuple[float, float, float]:
    """The mean difference of paired values and its 95 % interval, by bootstrap over the questions; seeded."""
    dice = np.random.default_rng(SEED)
    means = [float(np.mean((after - before)[dice.integers(0, len(before), len(before))])) for _ in range(DRAWS)]
    low, high = np.percentile(means, [2.5, 97.5])
    return float((after - before).mean()), float(low), float(high)


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
        before, after = (ndcg(questions, rankings) for rankings in reread(searcher, reader, questions, options.read))
        results.append(
            {
                "set": found.name,
                "queries": len(questions),
                "read": options.read,
                "ndcg@10 fused": round(float(before.mean()), 4),
                "ndcg@10 re-ranked": round(float(after.mean()), 4),
                "difference": [round(value, 4) for value in difference(before, after)],
                "data": dict(found.data),
            }
        )
        sys.stderr.write(f"\r{results[-1]}\033[K\n")
    if options.out:
        options.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
