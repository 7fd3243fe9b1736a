"""The reader that needs no training of its own network: similarity of sentences, words in common, and the kind of answer asked for.

Each sentence of each passage gets a handful of features and a logistic score; so does the question as a whole. The
weights were fitted by eval/bench/fit_similarity.py on questions over other documents than those that are reported on.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from assistant.corpus.sentences import sentence_spans
from assistant.index.encoder import FloatArray, TextEncoder
from assistant.index.legs import LexicalLeg
from assistant.index.lexical import terms
from assistant.reader import Manner, Reading, ReadSpan
from assistant.reader.weights import ABSTENTION_WEIGHTS, SENTENCE_WEIGHTS
from assistant.schema import Passage

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|[Dd]ays?|[Ww]eeks?|[Mm]onths?|[Yy]ears?|morning|afternoon|soon|early|late"
_FIGURES = "[Oo]ne|[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|[Tt]en|hundred|thousand|million|billion|half|third"
_CAUSES = "[Bb]ecause|[Ss]ince|[Tt]herefore|[Gg]iven|[Oo]wing|[Dd]ue|[Aa]s|[Ii]n order|[Ss]o that|[Ii]f|shows?|convinced|thus"
_THINGS = "ideas|proposals|suggestions|measures|steps|areas|examples|things|elements|topics|kinds|types|points"
_ACTORS = r"delegations?|countr\w+|states?|persons?|body|organi[sz]ation|agency"
_KINDS = tuple(
    # How a question asks for a kind of thing, and what a sentence that holds one shows.
    (re.compile(asked, re.IGNORECASE), re.compile(shown))
    for asked, shown in (
        (r"\bhow (?:many|much|large|big|often)\b|\b(?:number|percentage|share|proportion|amount|total|size)\b", rf"\d|\b(?:{_FIGURES})\b"),
        (
            r"\bwhen\b|\bhow (?:long|soon|far ahead)\b|\b(?:what|which) (?:date|day|month|year|time)\b|\bby what\b|\bdeadline\b",
            rf"\d{{4}}|\b(?:{_MONTHS}|{_DAYS})\b",
        ),
        (r"\bwhy\b|\breasons?\b|\bwhat (?:led|made|caused)\b|\bhow come\b|\bon what grounds\b", rf"\b(?:{_CAUSES})\b"),
        (rf"\b(?:which|what) (?:\w+ ){{0,3}}(?:{_THINGS})\b|\blist\b", r"\([a-z]\)|\bincluding\b|\bsuch as\b|(?:,[^,]+){2,},? and\b|;"),
        (rf"\bwho(?:m|se)?\b|\bwhich (?:\w+ )?(?:{_ACTORS})\b", r"\S+\s+(?:\S+\s+)*?[A-Z][a-z]+"),
    )
)
_NAME = re.compile(r"(?<!^)(?<![.!?]\s)\b[A-Z][\w’'-]+|\b\d[\d.,]*\b")


MANNER = Manner(threshold=0.15, confident=0.5, ratio=0.5, sentences=3)
"""On the tune half of eval/gold/chair.jsonl 1, 2, 3, 4 sentences hold the gold for 32, 39, 46, 50 % of the questions, in 30, 45, 60, 68
words. There .15 refuses 16 % of the answerable questions, and 79 % of 150 questions about other documents; .2 would be 27 % and 86 %. Near
misses score no lower than real questions at any threshold."""


@dataclass(frozen=True, slots=True)
class _Scored:
    """A sentence of a passage with its features."""

    passage: int
    start: int
    end: int
    features: tuple[float, ...]


class SimilarityReader:
    """Scores sentences with the encoder and the corpus's own word statistics; sentence vectors are kept for the next question."""

    manner = MANNER
    orders = False
    problem = None

    def __init__(self, encoder: Callable[[], TextEncoder], lexical: LexicalLeg) -> None:
        self._encoder = encoder
        self._lexical = lexical
        self._idf = lru_cache(maxsize=65536)(self._inverse_frequency)
        self._vectors = lru_cache(maxsize=2048)(self._embed)
        self._question_vector = lru_cache(maxsize=16)(lambda question: self._encoder().encode([question], kind="query")[0])

    def read(self, question: str, passages: Sequence[Passage]) -> Reading:
        """Reads `question` against `passages`; no passages give no spans and confidence 0."""
        scored = self.sentence_features(question, passages)
        if not scored:
            return Reading((), 0.0)
        logits = np.array([item.features for item in scored]) @ np.array(SENTENCE_WEIGHTS)
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        spans = sorted(
            (ReadSpan(item.passage, item.start, item.end, round(float(share), 6)) for item, share in zip(scored, shares, strict=True)),
            key=lambda span: (-span.score, span.passage, span.start),
        )
        confidence = _sigmoid(_dot(self.question_features(question, passages, float(logits.max())), ABSTENTION_WEIGHTS))
        return Reading(tuple(spans), round(confidence, 6))

    def sentence_features(self, question: str, passages: Sequence[Passage]) -> list[_Scored]:
        """Every sentence of every passage with its features, in order."""
        asked = set(terms(question))
        weight = sum(self._idf(term) for term in asked) or 1.0
        vector = self._question_vector(question)
        found: list[_Scored] = []
        for at, passage in enumerate(passages):
            text = passage.paragraph.text
            spans = sentence_spans(text)
            cosines = self._vectors(text) @ vector
            words = [set(terms(text[start:end])) for start, end in spans]
            whole = sum(self._idf(term) for term in asked & set().union(*words)) / weight if words else 0.0
            for number, (start, end) in enumerate(spans):
                own = sum(self._idf(term) for term in asked & words[number]) / weight
                before = sum(self._idf(term) for term in asked & words[number - 1]) / weight if number else 0.0
                features = (
                    float(cosines[number]),
                    float(cosines[number - 1]) if number else 0.0,
                    float(cosines.max() - cosines[number]),
                    own,
                    before,
                    whole,
                    passage.scores.fused,
                    1.0 / (1 + at),
                    passage.scores.dense or 0.0,
                    kind_of_answer(question, text[start:end]),
                    math.log(1 + len(text[start:end].split())),
                    1.0 if number == 0 else 0.0,
                    1.0 if text[start:end].endswith("?") else 0.0,
                )
                found.append(_Scored(at, start, end, features))
        return found

    def question_features(self, question: str, passages: Sequence[Passage], best: float) -> tuple[float, ...]:
        """Features of a question and its passages as a whole; `best` is the highest logit of a sentence."""
        asked = set(terms(question))
        weight = sum(self._idf(term) for term in asked) or 1.0
        held = [set(terms(passage.paragraph.text)) for passage in passages]
        first = sum(self._idf(term) for term in asked & held[0]) / weight
        any_of = sum(self._idf(term) for term in asked & set().union(*held)) / weight
        names = {term for name in _NAME.findall(question) for term in terms(name)}
        nearest = max((passage.scores.dense or 0.0) for passage in passages)
        second = passages[1].scores.fused if len(passages) > 1 else 0.0
        return (
            1.0,
            best,
            nearest,
            first,
            any_of,
            len(names - held[0]) / max(1, len(names)),
            passages[0].scores.fused - second,
            math.log(1 + len(asked)),
            1.0 if re.match(r"\s*why\b", question, re.IGNORECASE) else 0.0,
        )

    def _inverse_frequency(self, term: str) -> float:
        """Robertson and Spärck Jones's idf in the form that BM25 uses, never negative."""
        count = self._lexical.document_frequency(term)
        return math.log(1 + (len(self._lexical) - count + 0.5) / (count + 0.5))

    def _embed(self, text: str) -> FloatArray:
        return self._encoder().encode([text[start:end] for start, end in sentence_spans(text)], kind="document")


def kind_of_answer(question: str, sentence: str) -> float:
    """1 where the sentence shows the kind of thing that is asked for (a number, a date, a reason, …), -1 where it does not,
    0 where the question asks for no such kind."""
    shown = [bool(pattern.search(sentence)) for asked, pattern in _KINDS if asked.search(question)]
    return 0.0 if not shown else 1.0 if any(shown) else -1.0


def _dot(features: Sequence[float], weights: Sequence[float]) -> float:
    return float(np.dot(features, weights))


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))
