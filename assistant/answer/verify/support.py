"""Support: how likely it is that passages say what a sentence says, as one figure between 0 and 1.

`Support` is the seam: `LexicalSupport` needs nothing; `EncoderSupport` adds the index's own encoder; a trained reader or another
model takes their place behind the same method. The weights were fitted by eval/bench/fit_support.py.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from assistant.answer.verify.weights import ENCODER_WEIGHTS, LEXICAL_WEIGHTS
from assistant.answer.verify.words import Sentence, Word, sentence_of, sentences_of

if TYPE_CHECKING:
    from assistant.index.encoder import TextEncoder

_MOST_WINDOWS = 12

Rarity = Callable[[str], float]
"""How much a stem tells: its inverse document frequency, or any weight above 0."""


class Support(Protocol):
    """Scores a sentence against the paragraphs it cites."""

    def score(self, claim: str, paragraphs: Sequence[str]) -> float:
        """The probability that `paragraphs` together say what `claim` says; no paragraphs give 0."""


def by_length(stem: str) -> float:
    """A weight for where no corpus tells how rare a word is: long words are rarer (Zipf's law of abbreviation); figures tell most."""
    return 2.0 if stem[:1].isdigit() else 0.5 + min(len(stem), 8) / 8


class LexicalSupport:
    """By the words that the sentence and the paragraphs share, weighted by how rare they are."""

    def __init__(self, rarity: Rarity = by_length) -> None:
        self._rarity = rarity

    def score(self, claim: str, paragraphs: Sequence[str]) -> float:
        """See `Support`."""
        return _probability(features(claim, paragraphs, self._rarity), LEXICAL_WEIGHTS) if paragraphs else 0.0


class EncoderSupport:
    """By shared words and by the likeness of the sentence to the nearest sentences of the paragraphs."""

    def __init__(self, encoder: Callable[[], TextEncoder], rarity: Rarity = by_length) -> None:
        self._encoder = encoder
        self._rarity = rarity

    def score(self, claim: str, paragraphs: Sequence[str]) -> float:
        """See `Support`."""
        if not paragraphs:
            return 0.0
        nearest = _nearest_windows(claim, paragraphs)
        vectors = self._encoder().encode([claim, *nearest], kind="document")
        likeness = float((vectors[1:] @ vectors[0]).max()) if nearest else 0.0
        return _probability((*features(claim, paragraphs, self._rarity), likeness), ENCODER_WEIGHTS)


def features(claim: str, paragraphs: Sequence[str], rarity: Rarity = by_length) -> tuple[float, ...]:
    """A constant; the weighted share of the claim's words that the paragraphs have, that their best sentence has, that its best two
    have; the share of the claim's word pairs that the paragraphs have; the weighted share of its rarest third; its length."""
    mine = sentence_of(claim)
    wanted = {word.stem: rarity(word.stem) for word in mine.words if word.is_content or word.folded[0].isdigit()}
    total = sum(wanted.values())
    if not total:
        return (1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    held = [_matched(wanted, sentence) for paragraph in paragraphs for sentence in sentences_of(paragraph)] or [set()]
    everything = set().union(*held)
    best = max(held, key=lambda stems: _weight(wanted, stems))
    two = max((best | stems for stems in held), key=lambda stems: _weight(wanted, stems))
    rarest = dict(sorted(wanted.items(), key=lambda item: -item[1])[: max(1, len(wanted) // 3)])
    pairs = set(_pairs(mine.words))
    shared = pairs & {pair for paragraph in paragraphs for sentence in sentences_of(paragraph) for pair in _pairs(sentence.words)}
    return (
        1.0,
        _weight(wanted, everything) / total,
        _weight(wanted, best) / total,
        _weight(wanted, two) / total,
        len(shared) / max(1, len(pairs)),
        _weight(rarest, everything) / sum(rarest.values()),
        math.log(len(wanted)),
    )


def nearest_sentences(claim: Sentence, paragraphs: Sequence[str], most: int = 3) -> tuple[Sentence, ...]:
    """The sentences of the paragraphs that share most with the claim: the best, and those that have at least half as much."""
    wanted = {word.stem: by_length(word.stem) for word in claim.words if word.is_content or word.folded[0].isdigit()}
    scored = [(_weight(wanted, _matched(wanted, sentence)), sentence) for paragraph in paragraphs for sentence in sentences_of(paragraph)]
    scored.sort(key=lambda pair: -pair[0])
    return tuple(sentence for weight, sentence in scored[:most] if weight and weight >= 0.5 * scored[0][0])


def _matched(wanted: dict[str, float], sentence: Sentence) -> set[str]:
    """The stems that are there, also as members of one family of words: "participation" for "participate"."""
    stems = {word.stem for word in sentence.words}
    exact = wanted.keys() & stems
    left = [stem for stem in wanted if stem not in exact and len(stem) > 4]
    beginnings = {stem[:5] for stem in stems if len(stem) > 4}
    return exact | {stem for stem in left if stem[:5] in beginnings}


def _weight(wanted: dict[str, float], stems: set[str]) -> float:
    return sum(weight for stem, weight in wanted.items() if stem in stems)


def _pairs(words: Sequence[Word]) -> list[tuple[str, str]]:
    stems = [word.stem for word in words if word.is_content]
    return list(itertools.pairwise(stems))


def _nearest_windows(claim: str, paragraphs: Sequence[str]) -> list[str]:
    """The windows that share most words with the claim, as many as the encoder reads in some milliseconds."""
    wanted = {word.stem: by_length(word.stem) for word in sentence_of(claim).words if word.is_content}
    found = dict.fromkeys(window for paragraph in paragraphs for window in windows(paragraph))
    return sorted(found, key=lambda window: -_weight(wanted, _matched(wanted, sentence_of(window))))[:_MOST_WINDOWS]


def windows(paragraph: str) -> list[str]:
    """The sentences of a paragraph, and each two in a row: a claim may say what two sentences say."""
    single = [sentence.text for sentence in sentences_of(paragraph)]
    return single + [f"{one} {other}" for one, other in itertools.pairwise(single)]


def _probability(values: Sequence[float], weights: Sequence[float]) -> float:
    logit = sum(value * weight for value, weight in zip(values, weights, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))
