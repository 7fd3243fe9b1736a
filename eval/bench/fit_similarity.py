"""Fits the weights of assistant/reader/similarity.py, and prints what they are worth on documents left out.

    python eval/bench/fit_similarity.py DATA WORKSPACE > assistant/reader/weights.py

DATA holds *_docs.jsonl ({"document", "title", "paragraphs": [{"label", "text"}]}) and *_questions.jsonl ({"id", "question",
"answerable", "references", "evidence"}). WORKSPACE is a scratch folder. Nothing of the shipped document is used.

Sentences are ranked by a linear score under a softmax over all sentences of the passages (conditional logit); answerable
questions are told from unanswerable ones by logistic regression. Every figure is out of fold: each set of documents is
scored by weights fitted on the others.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.optimize import minimize
from sklearn.metrics import roc_auc_score

from assistant.answer.engine import Assistant
from assistant.index.build import build
from assistant.reader.similarity import SimilarityReader
from assistant.schema import Filters, Passage
from assistant.settings import load

TOP = 5
RANKING_PENALTY, ABSTENTION_PENALTY = 1e-2, 1e-4
MORE, LESS, ANY = (0, None), (None, 0), (None, None)
ABSTENTION_BOUNDS = (ANY, MORE, MORE, MORE, MORE, LESS, MORE, ANY, ANY)
"""Intercept, best sentence, nearest cosine, words held by the first passage, by any, names missing, lead, length, "why"."""


@dataclass
class Example:
    """A question with its passages, the features of their sentences, and which sentences hold evidence."""

    fold: str
    question: str
    kind: str
    passages: tuple[Passage, ...]
    features: np.ndarray
    is_evidence: np.ndarray
    right_first: bool

    @property
    def answerable(self) -> bool:
        """Whether the corpus that was searched answers."""
        return self.kind == "answerable"


def write_corpus(data: Path, corpus: Path) -> None:
    """Writes every paragraph as a document of its own, under its document's title."""
    corpus.mkdir(parents=True, exist_ok=True)
    with (corpus / "corpus.jsonl").open("w", encoding="utf-8") as out:
        for _, document in _documents(data):
            for paragraph in document["paragraphs"]:
                name = f"{document['document']}#{paragraph['label']}"
                row = {"_id": name, "title": document["title"], "text": paragraph["text"]}
                out.write(json.dumps(row, ensure_ascii=False) + "\n")


def examples_of(data: Path, assistant: Assistant, reader: SimilarityReader) -> list[Example]:
    """Every question of every set, searched and turned into features; the answerable ones twice more.

    Asked of the corpus without the paragraphs that answer it ("removed"), and of the other sets' documents ("elsewhere"), a
    question is unanswerable in the same words: so the fit learns what an answer looks like, and not how the writer of a near
    miss words a question.
    """
    folds = {f"{row['document']}#{p['label']}": fold for fold, row in _documents(data) for p in row["paragraphs"]}
    found = []
    for path in sorted(data.glob("*_questions.jsonl")):
        fold = path.stem.removesuffix("_questions")
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            gold = {f"{reference['document']}#{reference['paragraph']}" for reference in row["references"]}
            searched = {"answerable" if gold else "near miss": list(folds)}
            if gold:
                searched["removed"] = [name for name in folds if name not in gold]
                searched["elsewhere"] = [name for name in folds if folds[name] != fold]
            for kind, names in searched.items():
                filters = Filters() if len(names) == len(folds) else Filters(documents=tuple(names))
                passages = assistant.session().searcher.search(row["question"], top=TOP, filters=filters)
                scored = reader.sentence_features(row["question"], passages)
                hits = [holds_evidence(passages[item.passage], item.start, item.end, row["evidence"], gold) for item in scored]
                features = np.array([item.features for item in scored])
                found.append(Example(fold, row["question"], kind, passages, features, np.array(hits), passages[0].document.id in gold))
        print(f"# {path.stem}: {len(found)} examples so far", file=sys.stderr)
    return found


def _documents(data: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(data.glob("*_docs.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield path.stem.removesuffix("_docs"), json.loads(line)


def holds_evidence(passage: Passage, start: int, end: int, evidence: list[str], gold: set[str]) -> bool:
    """Whether a sentence of a referenced paragraph overlaps a piece of evidence by half of either."""
    if passage.document.id not in gold:
        return False
    for piece in evidence:
        at = passage.paragraph.text.find(" ".join(piece.split()))
        shared = min(end, at + len(piece)) - max(start, at)
        if at >= 0 and shared * 2 >= min(end - start, len(piece)):
            return True
    return False


def fit_ranking(examples: list[Example]) -> np.ndarray:
    """Weights of a conditional logit: the evidence should hold most of a softmax over all sentences."""
    groups = [(torch.tensor(e.features), torch.tensor(e.is_evidence)) for e in examples if e.is_evidence.any()]
    weights = torch.zeros(groups[0][0].shape[1], dtype=torch.double, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        losses = [torch.logsumexp(f @ weights, 0) - torch.logsumexp((f @ weights)[hit], 0) for f, hit in groups]
        total = torch.stack(losses).mean() + RANKING_PENALTY * weights.square().sum()
        total.backward()
        return total

    optimiser.step(loss)
    return weights.detach().numpy()


def fit_abstention(examples: list[Example], reader: SimilarityReader, ranking: np.ndarray) -> np.ndarray:
    """Weights of a logistic regression that tells answerable questions, with the intercept first; classes weigh the same.

    Written near misses are left out, and signs are bound to what the features mean. With them the fit rewards questions that
    share *few* words with the passages (area .84): whoever writes a near miss leans on the text. Real questions would be
    refused for quoting it.
    """
    examples = [example for example in examples if example.kind != "near miss"]
    features = np.array([abstention_features(example, reader, ranking) for example in examples])
    truth = np.array([example.answerable for example in examples])
    sign = np.where(truth, 1.0, -1.0)
    share = np.where(truth, 0.5 / truth.sum(), 0.5 / (~truth).sum())

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (features @ weights)
        slope = -sign * share / (1 + np.exp(margin))
        value = float(share @ np.logaddexp(0, -margin)) + ABSTENTION_PENALTY * float(weights[1:] @ weights[1:])
        return value, features.T @ slope + 2 * ABSTENTION_PENALTY * np.concatenate([[0], weights[1:]])

    found = minimize(loss, np.zeros(features.shape[1]), jac=True, method="L-BFGS-B", bounds=ABSTENTION_BOUNDS)
    return np.asarray(found.x)


def abstention_features(example: Example, reader: SimilarityReader, ranking: np.ndarray) -> tuple[float, ...]:
    """Features of one question as the reader computes them."""
    return reader.question_features(example.question, example.passages, float((example.features @ ranking).max()))


def area_against(kind: str, kinds: np.ndarray, score: np.ndarray) -> float:
    """Area under the ROC curve of answerable questions against one kind of unanswerable ones."""
    chosen = (kinds == "answerable") | (kinds == kind)
    return float(roc_auc_score(kinds[chosen] == "answerable", score[chosen]))


def main(data: Path, workspace: Path) -> None:
    """Fits on all sets and prints the weights; the comment holds the figures out of fold."""
    write_corpus(data, workspace / "corpus")
    settings = load(workspace)
    build(settings)
    assistant = Assistant(settings)
    reader = SimilarityReader(assistant.encoder, assistant.generation().lexical)
    examples = examples_of(data, assistant, reader)
    first, cosine_only, score = [], [], np.zeros(len(examples))
    for fold in sorted({example.fold for example in examples}):
        rest = [example for example in examples if example.fold != fold]
        ranking = fit_ranking(rest)
        abstention = fit_abstention(rest, reader, ranking)
        for at, example in enumerate(examples):
            if example.fold == fold:
                score[at] = np.dot(abstention_features(example, reader, ranking), abstention)
                if example.answerable:
                    first.append(example.is_evidence[int((example.features @ ranking).argmax())])
                    cosine_only.append(example.is_evidence[int(example.features[:, 0].argmax())])
    kinds = np.array([example.kind for example in examples])
    areas = ", ".join(f"{kind} {area_against(kind, kinds, score):.2f}" for kind in ("removed", "elsewhere", "near miss"))
    right = np.mean([example.right_first for example in examples if example.answerable])
    ranking = fit_ranking(examples)
    abstention = fit_abstention(examples, reader, ranking)
    print('"""Weights of the similarity reader, written by eval/bench/fit_similarity.py; do not edit by hand.\n')
    print(f"{len(first)} questions over documents written for the project and CC0 speeches; each figure out of fold by set of documents:")
    print(f"right paragraph first {right:.3f}; best sentence holds evidence {np.mean(first):.3f}")
    print(f"(most similar sentence {np.mean(cosine_only):.3f});")
    print(f'area under the curve of answerable questions against {areas}.\n"""\n')
    print(f"SENTENCE_WEIGHTS = ({', '.join(f'{value:.4f}' for value in ranking)})")
    print(f"ABSTENTION_WEIGHTS = ({', '.join(f'{value:.4f}' for value in abstention)})")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
