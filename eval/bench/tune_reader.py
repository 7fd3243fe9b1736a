"""Measures how the trained reader's scores become an order, a probability and an answer; writes them beside its weights.

    python eval/bench/tune_reader.py DATA --documents PREFIX… --work FOLDER [--gold eval/gold/chair.jsonl] [--trained FOLDER]

DATA holds *_docs.jsonl and *_questions.jsonl; only questions about the documents named are asked: those that training left out. Pointed
questions are asked of all of DATA's documents, broad ones ("within") of their own. Of a gold set the tune half is asked of the workspace's
index. What is reported on is never looked at.

    fusion              the weight of retrieval's score with the highest mean reciprocal rank, the sets weighing the same
    slope, intercept    Platt's logistic fit of "a passage that was read answers" on the highest relevance
    threshold           the highest confidence below which at most a tenth of each set's answerable questions lie
    confident           the confidence that parts answered questions from others best: highest mean of both shares
    ratio, sentences    the highest F2 of the sentences shown against those that are evidence, in the best paragraph's company
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from hashlib import sha256
from itertools import product
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assistant.answer.engine import Assistant
from assistant.corpus.sentences import sentence_spans
from assistant.eval.gold import split_of
from assistant.eval.sets import open_set
from assistant.index.context import context_of
from assistant.reader.examples import read_collection
from assistant.reader.lists import is_evidence
from assistant.reader.mining import searcher_over
from assistant.reader.packaged import ABOUT, FOLDER, WEIGHTS, PackagedScorer, sha256_of
from assistant.reader.scoring import Calibration, ParagraphScore
from assistant.reader.trained import reading_of
from assistant.schema import Filters, Passage
from assistant.settings import load

READ = 10
FUSION = tuple(np.arange(0, 10.5, 0.5))
RATIOS, SENTENCES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8), (1, 2, 3, 4, 5, 6)
REFUSED = 0.1
UNFITTED = Calibration(fusion=3.0, slope=1.0, intercept=0.0, threshold=0.3, confident=0.5, ratio=0.5, sentences=3)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the passages that were read, their scores, and (passage, sentence's span) of the sentences that are evidence."""

    fold: str
    answerable: bool
    gold: frozenset[str]
    passages: tuple[Passage, ...]
    scores: tuple[ParagraphScore, ...]
    evidence: frozenset[tuple[int, int, int]]

    @property
    def answers(self) -> bool:
        """Whether a passage that was read answers."""
        return any(passage.paragraph.id in self.gold for passage in self.passages)

    @property
    def highest(self) -> float:
        """The highest relevance of a passage."""
        return max(score.relevance for score in self.scores)


def ask(
    fold: str,
    question: str,
    gold: frozenset[str],
    words: Callable[[Passage], list[tuple[int, int]]],
    search: Callable[..., tuple[Passage, ...]],
    scorer: PackagedScorer,
) -> Asked:
    """Searches and reads; `words` gives the spans of a paragraph that answer."""
    passages = search(question, top=READ)
    scores = tuple(scorer.score(question, [(context_of(p.document, p.paragraph), p.paragraph.text) for p in passages]))
    evidence = frozenset(
        (at, *span)
        for at, passage in enumerate(passages)
        if passage.paragraph.id in gold
        for span in sentence_spans(passage.paragraph.text)
        if any(is_evidence(span, answer) for answer in words(passage))
    )
    return Asked(fold, bool(gold), gold, passages, scores, evidence)


def from_data(data: Path, documents: tuple[str, ...], share: float, work: Path, scorer: PackagedScorer) -> Iterator[Asked]:
    """The questions about the documents that training left out."""
    collection = read_collection(data)
    with searcher_over(collection, work, lambda what, done, total: None) as searcher:
        for example in collection.examples:
            drawn = sha256(example.id.encode()).digest()[0] < 256 * share
            if drawn and any(place.startswith(documents) for place in (*example.gold, *example.about)):

                def words(passage: Passage, answers: Sequence[tuple[str, int, int]] = example.answers) -> list[tuple[int, int]]:
                    return [(start, end) for place, start, end in answers if place == passage.paragraph.id]

                own = Filters(documents=example.documents)
                search = partial(searcher.search, filters=own) if example.within else searcher.search
                fold = "left out, broad" if example.within else "left out"
                yield ask(fold, example.question, frozenset(example.gold), words, search, scorer)


def from_gold(path: Path, scorer: PackagedScorer) -> Iterator[Asked]:
    """The tune half of a gold set on the workspace's index."""
    assistant = Assistant(load())
    for question in open_set(path).questions:
        if split_of(question.id) == "tune":
            gold = frozenset(reference.id for reference in question.references)
            yield ask(path.stem, question.question, gold, partial(_found, question.answers), assistant.session().searcher.search, scorer)


def _found(answers: Sequence[str], passage: Passage) -> list[tuple[int, int]]:
    text = passage.paragraph.text
    return [(at, at + len(answer)) for answer in answers if (at := text.find(answer)) >= 0]


def mean_over_folds(asked: Sequence[Asked], value: Callable[[Asked], float | None]) -> float:
    """The mean of the sets' means: a large set does not outweigh a small one."""
    folds: dict[str, list[float]] = {}
    for item in asked:
        if (found := value(item)) is not None:
            folds.setdefault(item.fold, []).append(found)
    return float(np.mean([np.mean(values) for values in folds.values()]))


def reciprocal_rank(fusion: float, item: Asked) -> float | None:
    """Of the first passage that answers; None where none was read."""
    if not item.answers:
        return None
    order = sorted(range(len(item.passages)), key=lambda at: -(item.scores[at].relevance + fusion * item.passages[at].scores.fused))
    return 1 / next(rank for rank, at in enumerate(order, 1) if item.passages[at].paragraph.id in item.gold)


def f2(calibration: Calibration, top: int, item: Asked) -> float | None:
    """F2 of the sentences that quote mode would show of the `top` passages; recall weighs more than brevity."""
    if not item.evidence:
        return None
    whole = reading_of(item.passages, item.scores, calibration)
    order = sorted(range(len(item.passages)), key=lambda at: -whole.relevance[at])[:top]
    reading = reading_of([item.passages[at] for at in order], [item.scores[at] for at in order], calibration)
    best = reading.spans[0].score
    shown = {(order[s.passage], s.start, s.end) for s in reading.spans[: calibration.sentences] if s.score >= calibration.ratio * best}
    right = len(shown & item.evidence)
    return 5 * right / (4 * len(item.evidence) + len(shown))


def fit(asked: Sequence[Asked], top: int) -> Calibration:
    """All that is to be chosen, one after the other."""
    fusion = max(FUSION, key=lambda weight: mean_over_folds(asked, partial(reciprocal_rank, weight)))
    highest, truth = np.array([[item.highest] for item in asked]), np.array([item.answers for item in asked])
    platt = LogisticRegression(C=1e6).fit(highest, truth)
    slope, intercept = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    confidence = 1 / (1 + np.exp(-(slope * highest[:, 0] + intercept)))
    lowest = {
        fold: np.quantile([value for value, item in zip(confidence, asked, strict=True) if item.fold == fold and item.gold], REFUSED)
        for fold in {item.fold for item in asked}
    }
    balance = max(np.arange(0.05, 0.95, 0.01), key=lambda cut: float(np.mean(confidence[truth] >= cut) + np.mean(confidence[~truth] < cut)))
    threshold = math.floor(float(min(lowest.values())) * 100) / 100
    found = replace(UNFITTED, fusion=float(fusion), slope=round(slope, 4), intercept=round(intercept, 4), threshold=threshold)
    choices = [replace(found, ratio=ratio, sentences=most) for ratio, most in product(RATIOS, SENTENCES)]
    best = max(choices, key=lambda choice: mean_over_folds(asked, partial(f2, choice, top)))
    return replace(best, confident=round(max(float(balance), best.threshold), 2))


def tell(asked: Sequence[Asked], calibration: Calibration, top: int) -> None:
    """What the choice is worth on what it was chosen on, set by set, beside the order that retrieval gave."""
    confidence = {id(item): 1 / (1 + np.exp(-(calibration.slope * item.highest + calibration.intercept))) for item in asked}
    for fold in dict.fromkeys(item.fold for item in asked):
        own = [item for item in asked if item.fold == fold]
        reached = [item for item in own if item.answers]
        truth = [item.answers for item in own]
        values = {
            "answerable": float(np.mean(truth)),
            "first before": np.mean([item.passages[0].paragraph.id in item.gold for item in reached]),
            "first": np.mean([reciprocal_rank(calibration.fusion, item) == 1 for item in reached]),
            "MRR": np.mean([reciprocal_rank(calibration.fusion, item) for item in reached]),
            "F2": mean_over_folds(own, partial(f2, calibration, top)),
            "area": roc_auc_score(truth, [confidence[id(item)] for item in own]),
            "refused wrongly": np.mean([confidence[id(item)] < calibration.threshold for item in own if item.answers]),
            "refused rightly": np.mean([confidence[id(item)] < calibration.threshold for item in own if not item.answers]),
        }
        sys.stderr.write(f"{fold}, {len(own)} questions: " + ", ".join(f"{name} {value:.3f}" for name, value in values.items()) + "\n")


def main() -> None:
    """Asks, fits, writes reader.json."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--documents", nargs="+", required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--gold", type=Path, default=Path("eval/gold/chair.jsonl"))
    parser.add_argument("--share", type=float, default=1.0, help="of the questions of DATA, those whose id hashes lowest")
    parser.add_argument("--trained", type=Path, default=FOLDER)
    options = parser.parse_args()
    with (options.trained / WEIGHTS).open("rb") as stream:
        about = {"sha256": sha256_of(stream), "quantised": False, "calibration": asdict(UNFITTED)}
    (options.trained / ABOUT).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    scorer, top = PackagedScorer(options.trained), load().retrieval.top
    asked = [*from_data(options.data, tuple(options.documents), options.share, options.work, scorer), *from_gold(options.gold, scorer)]
    calibration = fit(asked, top)
    about["calibration"] = asdict(calibration)
    (options.trained / ABOUT).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    sys.stderr.write(f"{calibration}\n")
    tell(asked, calibration, top)


if __name__ == "__main__":
    main()
