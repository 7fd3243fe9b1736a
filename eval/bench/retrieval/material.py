"""What the search has of each set, as matrices: so that a way to fuse is a few lines, and is tried on every set in a second.

open_sets ──index──> Searcher ──all scores──> Material ──a way to score──> scores (queries, paragraphs) ──ndcg──> one value a query

Vectors and scores are kept in the set's folder in eval/cache/; what is embedded otherwise than by the index (sentences, texts without
their title) is kept there by name.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ir_measures
import numpy as np
import numpy.typing as npt
from ir_measures import R, nDCG
from unfccc import write_set

from assistant.answer.engine import Assistant
from assistant.corpus.sentences import sentence_spans
from assistant.eval.execute import workspace_of
from assistant.eval.gold import GoldQuestion
from assistant.eval.sets import EvaluationSet, open_set, sample
from assistant.index.context import context_of
from assistant.index.encoder import Encoder
from assistant.index.encoder import load as load_encoder
from assistant.retrieval.searcher import Searcher
from assistant.settings import Settings, load

Floats = npt.NDArray[np.float32]
SAMPLE = 500
"""Questions of squad2 that are asked, which has thousands; the other sets are asked whole."""
SPARE = 50
"""Places beyond those that are asked for, where equals of the last one may be."""
FIRST = 100
"""Paragraphs that a leg hands to the fusion, as in the settings, and the depth of recall."""


@dataclass(frozen=True, eq=False)
class Material:
    """A set: its questions, its paragraphs in the order of the index, and what both legs say of each pair of them."""

    name: str
    questions: tuple[GoldQuestion, ...]
    data: dict[str, str]
    searcher: Searcher
    encoder: Encoder
    folder: Path
    ids: tuple[str, ...]
    texts: tuple[tuple[str, str], ...]
    """(context, text) of each paragraph."""

    @cached_property
    def queries(self) -> Floats:
        """A vector for each question, (questions, dimension)."""
        return self._kept("queries", lambda: self.searcher.encoder.encode([q.question for q in self.questions], kind="query"))

    @cached_property
    def vectors(self) -> tuple[Floats, npt.NDArray[np.int64]]:
        """The windows that the index embeds, and the position of each paragraph's first one."""
        return self.embedded("windows", lambda context, text: [(context, text)])

    @cached_property
    def dense(self) -> Floats:
        """Cosines, (questions, paragraphs): of a paragraph's best window."""
        return best_window(self.queries, *self.vectors)

    @cached_property
    def lexical(self) -> Floats:
        """BM25 of the product's lexical leg, (questions, paragraphs); 0 where no word is shared."""
        return self._kept("lexical", self._lexical)

    def embedded(self, name: str, parts: Callable[[str, str], Sequence[tuple[str, str]]]) -> tuple[Floats, npt.NDArray[np.int64]]:
        """Vectors of what `parts` makes of each (context, text), and the position of each paragraph's first."""

        def work() -> tuple[Floats, npt.NDArray[np.int64]]:
            split = [parts(*pair) or [pair] for pair in self.texts]
            windows = self.encoder.windows([pair for pairs in split for pair in pairs])
            each = iter(windows)
            counts = [sum(len(next(each)) for _ in pairs) for pairs in split]
            flat = [window for of_one in windows for window in of_one]
            order = sorted(range(len(flat)), key=lambda at: -len(flat[at]))  # a batch then holds little padding
            found = np.zeros((len(flat), self.encoder.dimension), np.float32)
            for begin in range(0, len(order), 128):
                chosen = order[begin : begin + 128]
                found[chosen] = self.searcher.encoder.encode([flat[at] for at in chosen], kind="document")
                sys.stderr.write(f"\r{self.name}: embedding {name} {begin + len(chosen):,}/{len(flat):,}\033[K")
            return found, np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)

        path = self.folder / f"{name}.npz"
        if not path.is_file():
            vectors, first = work()
            np.savez(path, vectors=vectors, first=first)
        with np.load(path) as kept:
            return kept["vectors"], kept["first"]

    def _kept(self, name: str, work: Callable[[], Floats]) -> Floats:
        asked = sha256("\0".join(question.question for question in self.questions).encode()).hexdigest()[:8]
        path = self.folder / f"{name}-{asked}.npy"
        if not path.is_file():
            np.save(path, work())
        kept: Floats = np.load(path)
        return kept

    def _lexical(self) -> Floats:
        at = {name: place for place, name in enumerate(self.ids)}
        places: dict[int, int] = {}
        found = np.zeros((len(self.questions), len(self.ids)), np.float32)
        for number, question in enumerate(self.questions):
            hits = self.searcher.lexical(question.question, len(self.ids))
            new = [row for row, _ in hits if row not in places]
            places |= {row: at[held[1].id] for row, held in self.searcher.generation.store.paragraphs(new).items()}
            found[number, [places[row] for row, _ in hits]] = [score for _, score in hits]
        return found

    @cached_property
    def candidates(self) -> npt.NDArray[np.bool_]:
        """What is fused, (questions, paragraphs): the first hundred of each leg."""
        return union(self.dense, self.lexical, FIRST)


def best_window(queries: Floats, vectors: Floats, first: npt.NDArray[np.int64]) -> Floats:
    """The highest cosine of each paragraph's vectors, (queries, paragraphs)."""
    found: Floats = np.maximum.reduceat(vectors @ queries.T, first, axis=0).T
    return np.ascontiguousarray(found)


def union(dense: Floats, lexical: Floats, depth: int) -> npt.NDArray[np.bool_]:
    """Where a paragraph is among the `depth` best of a leg; one that shares no word is none of the lexical leg's."""
    return best(dense, depth) | (best(lexical, depth) & (lexical > 0))


def best(scores: Floats, depth: int) -> npt.NDArray[np.bool_]:
    """Where a score is among the `depth` best of its row."""
    if depth >= scores.shape[1]:
        return np.ones(scores.shape, bool)
    marked = np.zeros(scores.shape, bool)
    np.put_along_axis(marked, np.argpartition(-scores, depth, axis=1)[:, :depth], True, axis=1)
    return marked


def ranked(material: Material, scores: Floats, depth: int = 10) -> list[list[str]]:
    """The ids of the `depth` best paragraphs of each question, equal scores in the order of the index."""
    return [[material.ids[at] for at in row if np.isfinite(line[at])] for row, line in zip(order(scores, depth), scores, strict=True)]


def order(scores: Floats, depth: int) -> npt.NDArray[np.int64]:
    """Places of the `depth` best of each row, best first."""
    scores = scores.round(5)  # what differs in its last digits alone, as the cosines of equal texts may, is equal
    if (more := depth + SPARE) < scores.shape[1]:  # most of a row need not be sorted
        places = np.sort(np.argpartition(-scores, more, axis=1)[:, :more], axis=1)
        within = np.argsort(-np.take_along_axis(scores, places, axis=1), axis=1, kind="stable")
        return np.take_along_axis(places, within, axis=1)[:, :depth]
    return np.argsort(-scores, axis=1, kind="stable")[:, :depth]


def measured(questions: Sequence[GoldQuestion], rankings: Sequence[Sequence[str]], measure: Any = nDCG @ 10) -> npt.NDArray[np.float64]:
    """A measure of ir-measures for each question."""
    qrels = [ir_measures.Qrel(q.id, r.id, r.relevance) for q in questions for r in q.references]
    run = [
        ir_measures.ScoredDoc(q.id, name, float(-rank))
        for q, names in zip(questions, rankings, strict=True)
        for rank, name in enumerate(names)
    ]
    values = {metric.query_id: metric.value for metric in ir_measures.iter_calc([measure], qrels, run)}
    return np.array([values.get(question.id, 0.0) for question in questions])


def ndcg(material: Material, scores: Floats) -> npt.NDArray[np.float64]:
    """nDCG@10 of each question; a paragraph whose score is -inf is not found."""
    return measured(material.questions, ranked(material, scores))


def recall(material: Material, rankings: Sequence[Sequence[str]]) -> float:
    """Recall@100."""
    return float(measured(material.questions, rankings, R @ FIRST).mean())


def sentences(context: str, text: str) -> list[tuple[str, str]]:
    """Each sentence by itself, without what stands beside its paragraph."""
    del context
    return [("", text[start:end]) for start, end in sentence_spans(text)]


def material_of(found: EvaluationSet, settings: Settings, encoder: Encoder, limit: int | None = SAMPLE) -> Material:
    """The set's material; its documents are indexed where they are not yet."""
    own = workspace_of(found, settings, lambda what, done, total: sys.stderr.write(f"\r{what} {done:,}/{total:,}\033[K"))
    searcher = Assistant(own).session().searcher
    store = searcher.generation.store
    paragraphs = [(document, paragraph) for document in store.documents for paragraph in store.document_paragraphs(document.id)]
    folder = own.workspace / "quality"
    folder.mkdir(exist_ok=True)
    return Material(
        found.name, sample([q for q in found.questions if q.answerable], limit), dict(found.data), searcher, encoder, folder,
        tuple(paragraph.id for _, paragraph in paragraphs),
        tuple((context_of(document, paragraph), paragraph.text) for document, paragraph in paragraphs),
    )  # fmt: skip


def open_all(data: Path) -> tuple[Material, dict[str, Material]]:
    """The training claims of SciFact, on which things are chosen, and the sets that are reported on."""
    settings = load()
    encoder = load_encoder(settings.encoder)
    paths = {"scifact": data / "scifact", "cranfield": data / "cranfield", "cacm": data / "cacm"}
    write_set(data / "unfccc", settings.eval / "cache" / "unfccc")
    paths |= {"unfccc": settings.eval / "cache" / "unfccc", "squad2": data / "squad2" / "squad2.json"}
    sets = {name: material_of(open_set(path), settings, encoder) for name, path in paths.items()}
    return training_claims(data / "scifact", sets["scifact"]), sets


def training_claims(folder: Path, scifact: Material) -> Material:
    """SciFact's documents with its training claims."""
    with TemporaryDirectory() as scratch:
        for name, source in (("corpus.jsonl", "corpus.jsonl"), ("queries.jsonl", "queries.jsonl"), ("qrels.tsv", "qrels.train.tsv")):
            shutil.copyfile(folder / source, Path(scratch) / name)
        return replace(scifact, name="scifact, training claims", questions=open_set(Path(scratch)).questions)
