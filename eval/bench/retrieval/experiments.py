"""Ways to score paragraphs that were tried: each is a function of a set's material, and gives (questions, paragraphs).

What is no candidate has -inf. Settings of each are grids; the best on the training claims is what is reported on the other sets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from assistant.index.lexical import terms
from retrieval.material import FIRST, Floats, Material, best_window, ndcg, order, sentences, union

Score = Callable[[Material], Floats]
Normalise = Callable[[Floats, npt.NDArray[np.bool_]], Floats]


@dataclass(frozen=True)
class Experiment:
    """A way to score with the settings that are tried. What has to embed documents anew is tried on the small sets alone."""

    name: str
    choices: dict[str, Score]
    embeds: bool = False


@lru_cache
def today(m: Material) -> npt.NDArray[np.float64]:
    """nDCG@10 of each question by today's fusion."""
    return ndcg(m, fused()(m))


def share_of_best(scores: Floats, among: npt.NDArray[np.bool_]) -> Floats:
    """As assistant.retrieval.fusion: divided by the best of the candidates, negative ones as 0."""
    held = np.where(among, np.maximum(scores, 0), 0)
    highest = held.max(axis=1, keepdims=True)
    return held / np.where(highest > 0, highest, 1)


def min_max(scores: Floats, among: npt.NDArray[np.bool_]) -> Floats:
    """From 0 for the worst of the candidates to 1 for the best (Lee 1997)."""
    lowest = np.where(among, scores, np.inf).min(axis=1, keepdims=True)
    highest = np.where(among, scores, -np.inf).max(axis=1, keepdims=True)
    return (scores - lowest) / np.maximum(highest - lowest, 1e-9)


def z_score(scores: Floats, among: npt.NDArray[np.bool_]) -> Floats:
    """In standard deviations from the mean of the candidates."""
    count = among.sum(axis=1, keepdims=True)
    mean = np.where(among, scores, 0).sum(axis=1, keepdims=True) / count
    spread = np.sqrt((np.where(among, scores - mean, 0) ** 2).sum(axis=1, keepdims=True) / count)
    return (scores - mean) / np.maximum(spread, 1e-9)


def mixed(dense: Floats, lexical: Floats, among: npt.NDArray[np.bool_], weight: float, normalise: Normalise = share_of_best) -> Floats:
    """Both legs, normalised over the candidates, `weight` of it dense."""
    return np.where(among, weight * normalise(dense, among) + (1 - weight) * normalise(lexical, among), -np.inf)


def fused(weight: float = 0.5, normalise: Normalise = share_of_best, depth: int | None = None) -> Score:
    """Fusion with another weight, normalisation or number of candidates."""

    def score(m: Material) -> Floats:
        among = m.candidates if depth is None else union(m.dense, m.lexical, depth)
        return mixed(m.dense, m.lexical, among, weight, normalise)

    return score


def reciprocal_ranks(constant: float, weight: float = 0.5) -> Score:
    """Reciprocal rank fusion of the first hundred of each leg (Cormack, Clarke and Büttcher 2009)."""

    def score(m: Material) -> Floats:
        dense, lexical = one_over_rank(m.dense, constant), one_over_rank(m.lexical, constant)
        return np.where(m.candidates, weight * dense + (1 - weight) * np.where(m.lexical > 0, lexical, 0), -np.inf)

    return score


def one_over_rank(scores: Floats, constant: float) -> Floats:
    """1 / (constant + rank) for the first hundred of each row, and 0 for the rest."""
    places = order(scores, FIRST)
    found = np.zeros(scores.shape, np.float32)
    np.put_along_axis(found, places, np.broadcast_to(1 / (constant + 1 + np.arange(places.shape[1])), places.shape), axis=1)
    return found


def counts(m: Material, of_context: int = 1) -> tuple[csr_matrix, csr_matrix]:
    """Stems in each paragraph, (paragraphs, stems), and which stems each question holds; a context's are counted `of_context` times."""
    known: dict[str, int] = {}
    held = [Counter({at: n * of_context for at, n in Counter(numbered(known, context)).items()}) for context, _ in m.texts]
    for counter, (_, text) in zip(held, m.texts, strict=True):
        counter.update(numbered(known, text))
    asked = [Counter(set(numbered(known, q.question))) for q in m.questions]
    return sparse(held, len(known)), sparse(asked, len(known))


def numbered(known: dict[str, int], text: str) -> list[int]:
    """Numbers of the stems of a text; new ones get the next number."""
    return [known.setdefault(term, len(known)) for term in terms(text)]


def sparse(rows: Sequence[Counter[int]], width: int) -> csr_matrix:
    """Counters as rows of a matrix."""
    ends = np.cumsum([0, *map(len, rows)])
    values = [float(count) for row in rows for count in row.values()]
    return csr_matrix((values, [at for row in rows for at in row], ends), shape=(len(rows), width), dtype=np.float32)


@lru_cache(maxsize=4)
def bm25_weights(m: Material, k1: float, b: float, of_context: int = 1) -> csr_matrix:
    """BM25 of each stem in each paragraph (Robertson and Zaragoza 2009), with the idf of Lucene and Tantivy."""
    held, _ = counts(m, of_context)
    lengths = np.asarray(held.sum(axis=1)).ravel()
    frequency = np.bincount(held.indices, minlength=held.shape[1])
    idf = np.log(1 + (held.shape[0] - frequency + 0.5) / (frequency + 0.5))
    found = held.tocoo()
    norm = k1 * (1 - b + b * lengths[found.row] / lengths.mean())
    values = idf[found.col] * found.data * (k1 + 1) / (found.data + norm)
    return csr_matrix((values, (found.row, found.col)), shape=held.shape, dtype=np.float32)


def bm25(m: Material, k1: float = 1.2, b: float = 0.75, of_context: int = 1, asked: csr_matrix | None = None) -> Floats:
    """BM25 computed by hand, (questions, paragraphs), with other constants or weighted questions."""
    found: Floats = ((counts(m, of_context)[1] if asked is None else asked) @ bm25_weights(m, k1, b, of_context).T).toarray()
    return found


def with_bm25(k1: float, b: float, of_context: int = 1) -> Score:
    """Today's fusion over another BM25."""

    def score(m: Material) -> Floats:
        lexical = bm25(m, k1, b, of_context)
        return mixed(m.dense, lexical, union(m.dense, lexical, FIRST), 0.5)

    return score


def feedback(m: Material, first: Floats, k: int) -> tuple[npt.NDArray[np.int64], Floats]:
    """Places of the k best of each question and their scores as shares of 1."""
    places = order(first, k)
    scores = np.maximum(np.take_along_axis(first, places, axis=1), 1e-6)
    return places, scores / scores.sum(axis=1, keepdims=True)


def expanded(m: Material, first: Floats, k: int, most: int, share: float) -> Floats:
    """BM25 of the question and the `most` likeliest stems of its k best paragraphs (RM3: Abdul-Jaleel et al. 2004)."""
    held, asked = counts(m)
    likely = shares(held)
    places, weights = feedback(m, first, k)
    rows = np.repeat(np.arange(len(places)), places.shape[1])
    model = (csr_matrix((weights.ravel(), (rows, places.ravel())), shape=first.shape) @ likely).tocsr()
    for begin, end in zip(model.indptr, model.indptr[1:], strict=False):  # all but the likeliest of each question are left out
        own = model.data[begin:end]
        own[np.argsort(-own, kind="stable")[most:]] = 0
    return bm25(m, asked=(1 - share) * shares(asked) + share * shares(model))


def shares(rows: csr_matrix) -> csr_matrix:
    """Each row divided by its sum."""
    return rows.multiply(1 / np.maximum(rows.sum(axis=1), 1e-9)).tocsr()


def rocchio(m: Material, first: Floats, k: int, share: float) -> Floats:
    """Cosines of the question moved towards its k best paragraphs (Rocchio 1971, without the negative part)."""
    places, weights = feedback(m, first, k)
    vectors, starts = m.vectors
    centre = np.einsum("qk,qkd->qd", weights, vectors[starts[places]])
    moved = (1 - share) * m.queries + share * centre
    return best_window(moved / np.linalg.norm(moved, axis=1, keepdims=True), vectors, starts)


def with_feedback(k: int, dense_share: float, lexical_share: float, most: int = 20) -> Score:
    """Today's fusion; then again with each leg's question expanded by what it found first."""

    def score(m: Material) -> Floats:
        first = fused()(m)
        dense = rocchio(m, first, k, dense_share) if dense_share else m.dense
        lexical = expanded(m, first, k, most, lexical_share) if lexical_share else m.lexical
        return mixed(dense, lexical, union(dense, lexical, FIRST), 0.5)

    return score


def with_vectors(name: str, parts: Callable[[str, str], list[tuple[str, str]]], share: float) -> Score:
    """Today's fusion, with a share of the cosine taken from vectors of something else than the index embeds."""

    def score(m: Material) -> Floats:
        other = best_window(m.queries, *m.embedded(name, parts))
        dense = share * other + (1 - share) * m.dense
        return mixed(dense, m.lexical, union(dense, m.lexical, FIRST), 0.5)

    return score


WEIGHTS = (0.3, 0.4, 0.5, 0.6, 0.7)
SHARES = (0.1, 0.2, 0.3, 0.5)
"""Of what is added to a leg's question or cosine."""


def settings_of(name: str, make: Callable[..., Score], **grid: Sequence[Any]) -> Experiment:
    """An experiment over all combinations of a grid."""
    return Experiment(name, {shown(dict(zip(grid, values, strict=True))): make(*values) for values in product(*grid.values())})


def shown(values: dict[str, Any]) -> str:
    """Settings in words."""
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in values.items())


def normalised(normalise: Normalise) -> Callable[[float], Score]:
    """Fusion by another normalisation, by weight."""
    return lambda weight: fused(weight, normalise)


def experiments() -> Iterator[Experiment]:
    """All that were tried, the cheap ones first."""
    yield settings_of("share of the best (today's), other weights", normalised(share_of_best), dense_weight=WEIGHTS)
    yield settings_of("min-max over the candidates", normalised(min_max), dense_weight=WEIGHTS)
    yield settings_of("z-score over the candidates", normalised(z_score), dense_weight=WEIGHTS)
    yield settings_of("reciprocal ranks", reciprocal_ranks, k=(10, 30, 60, 100), dense_weight=(0.4, 0.5, 0.6))
    yield settings_of("other number of candidates", lambda depth: fused(depth=depth), candidates=(20, 50, 200, 1000))
    yield settings_of("BM25 with other constants", with_bm25, k1=(0.9, 1.2, 1.6), b=(0.4, 0.6, 0.75, 0.9))
    yield settings_of("title and headings counted more than once by BM25", partial(with_bm25, 1.2, 0.75), times=(2, 3))
    yield settings_of("feedback to the dense leg (Rocchio)", lambda k, share: with_feedback(k, share, 0), k=(1, 3, 10), share=SHARES)
    yield settings_of("feedback to the lexical leg (RM3)", lexical_feedback, k=(3, 10), share=SHARES, stems=(10, 30))
    yield settings_of("feedback to both", with_feedback, k=(3, 10), dense=(0.2, 0.3), lexical=(0.2, 0.4))
    yield embedding("text without title and headings embedded", partial(with_vectors, "bare", bare), (0.5, 1.0))
    yield embedding("title and headings embedded apart", partial(with_vectors, "context", context_alone), SHARES)
    yield embedding("best sentence", partial(with_vectors, "sentences", sentences), (0.2, 0.3, 0.5, 1.0))


def embedding(name: str, make: Callable[[float], Score], shares: Sequence[float]) -> Experiment:
    """An experiment for which documents are embedded anew."""
    return replace(settings_of(name, make, share=shares), embeds=True)


def lexical_feedback(k: int, share: float, stems: int) -> Score:
    """Feedback to the lexical leg alone."""
    return with_feedback(k, 0, share, stems)


def bare(context: str, text: str) -> list[tuple[str, str]]:
    """The text without what stands beside it."""
    del context
    return [("", text)]


def context_alone(context: str, text: str) -> list[tuple[str, str]]:
    """Title and headings, where there are any."""
    return [("", context or text)]
