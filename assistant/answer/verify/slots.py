"""Slots: where a sentence has one word and the passage, in the same place, has one that excludes it.

A family is a list of classes of words that exclude each other (shall/should/may; increase/decrease; all/some/none). For each
such word of a sentence the passage is searched for the place with the same words around it; if the place that fits best holds a
word of another class, and no place that fits as well holds the same class, the two contradict each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from assistant.answer.verify.words import Sentence, Word, content_stems

_REACH = 6
"""Words to either side that make up a place."""
_NEAR = 2.0
"""A word next to the slot counts this much; one at the end of the reach counts 1."""
RETOLD = 0.6
"""Share of a sentence's words that the passage's nearest sentence has, from which on the one retells the other."""
SAME_PLACE = 3.0
"""From here on the words around two places are the same: for example both neighbours, or one and two more."""


@dataclass(frozen=True)
class Family:
    """Classes of words that exclude each other, unless a pair is in `compatible`. A member of two words is written with a space."""

    name: str
    classes: dict[str, str]
    compatible: frozenset[frozenset[str]] = frozenset()
    inflects: bool = True
    """Whether members stand for their plurals, tenses and adverbs too."""

    @cached_property
    def _members(self) -> dict[tuple[str, ...], str]:
        members: dict[tuple[str, ...], str] = {}
        for name, listed in self.classes.items():
            for member in listed.split():
                first, *rest = member.split("_")
                for form in _forms(first) if self.inflects else (first,):
                    members.setdefault((form, *rest), name)
        return members

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._members))

    def find(self, sentence: Sentence) -> list[Member]:
        """The members in a sentence, the longest where two begin at one word."""
        keys = [word.folded for word in sentence.words]
        found, at = [], 0
        while at < len(keys):
            length = next(
                (size for size in range(min(self._longest, len(keys) - at), 0, -1) if tuple(keys[at : at + size]) in self._members), 0
            )
            if length:
                found.append(Member(self._members[tuple(keys[at : at + length])], at, at + length))
            at += length or 1
        return found

    def excludes(self, one: str, other: str) -> bool:
        """Whether the two classes cannot stand for each other."""
        return one != other and frozenset((one, other)) not in self.compatible


def _forms(word: str) -> set[str]:
    """A word with its regular plural, tenses and adverb: stems would take "objective" for "object" and "authority" for "authorize"."""
    forms = {word, word + "s", word + "es", word + "d", word + "ed", word + "ing", word + "ly"}
    if word.endswith("e"):
        forms |= {word[:-1] + "ing", word[:-1] + "ion"}
    if word.endswith("y"):
        forms |= {word[:-1] + "ies", word[:-1] + "ied", word[:-1] + "ily"}
    if len(word) > 2 and word[-1] in "bdglmnprt" and word[-2] in "aeiou":
        forms |= {word + word[-1] + "ed", word + word[-1] + "ing"}
    return forms


class Slots(Protocol):
    """Finds in a sentence what can fill a slot, and says which fillings exclude each other."""

    def find(self, sentence: Sentence) -> list[Member]:
        """The members in order."""

    def excludes(self, one: str, other: str) -> bool:
        """Whether the two cannot stand for each other."""


@dataclass(frozen=True, slots=True)
class Member:
    """What fills a slot: its class, and the words it covers."""

    name: str
    first: int
    after: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """What a sentence writes, what the passage has in its place, where the sentence does, and by how much the place fits better."""

    claimed: str
    held: str
    member: Member
    gain: float


def conflicts(
    slots: Slots, claim: Sentence, sentences: Sequence[Sentence], context: float = SAME_PLACE, margin: float = 0.0
) -> Iterator[Conflict]:
    """The words of `claim` that stand where the passage has one that excludes them.

    `context` is how much of the words around must be the same for a place to count as the same, `margin` by how much it must
    fit better than the best place that holds what the claim says.
    """
    found = [(sentence, member) for sentence in sentences for member in slots.find(sentence)]
    for member in slots.find(claim):
        best_same = best_other = 0.0
        other: tuple[Sentence, Member] | None = None
        for sentence, held in found:
            fits = closeness(claim, member, sentence, held)
            if not slots.excludes(member.name, held.name):
                best_same = max(best_same, fits)
            elif fits > best_other:
                best_other, other = fits, (sentence, held)
        if other and best_other >= context and best_other > best_same + margin:
            yield Conflict(_written(claim, member), _written(*other), member, best_other - best_same)


def contradicts(family: Family, claim: Sentence, sentences: Sequence[Sentence]) -> Iterator[Conflict]:
    """The words of `claim` whose opposite the nearest sentence has, in whatever place, while no sentence has them: if that sentence is
    what the claim retells, for it has most of its words."""
    if not sentences:
        return
    mine, theirs = content_stems(claim.words), content_stems(sentences[0].words)
    if len(mine & theirs) < RETOLD * len(mine):
        return
    has = {member.name for sentence in sentences for member in family.find(sentence)}
    nearest = sentences[0].words
    held = {member.name: member for member in family.find(sentences[0]) if not (member.first and nearest[member.first].text[0].isupper())}
    for member in family.find(claim):
        other = next((name for name in held if family.excludes(member.name, name)), None)
        if other and member.name not in has:
            yield Conflict(_written(claim, member), _written(sentences[0], held[other]), member, 0.0)


def closeness(claim: Sentence, member: Member, sentence: Sentence, held: Member) -> float:
    """How much the words around two places have in common: nearer words count more, and words on the same side more than across."""
    sides = ((_before(claim.words, member), _before(sentence.words, held)), (_after(claim.words, member), _after(sentence.words, held)))
    total = 0.0
    for mine, theirs in sides:
        for word, weight in mine.items():
            total += min(weight, theirs[word]) if word in theirs else 0.0
    across = (sides[0][0].keys() & sides[1][1].keys()) | (sides[1][0].keys() & sides[0][1].keys())
    return total + 0.5 * len(across)


def _before(text: Sequence[Word], member: Member) -> dict[str, float]:
    return _weights(text[max(0, member.first - _REACH) : member.first][::-1])


def _after(text: Sequence[Word], member: Member) -> dict[str, float]:
    return _weights(text[member.after : member.after + _REACH])


def _weights(near: Sequence[Word]) -> dict[str, float]:
    """Content words count by nearness; function words only right beside the slot, and little."""
    weights: dict[str, float] = {}
    for distance, word in enumerate(near):
        weight = _NEAR - distance * (_NEAR - 1) / (_REACH - 1) if word.is_content or word.folded[0].isdigit() else 0.3 * (distance < 2)
        if weight:
            weights[word.stem] = max(weight, weights.get(word.stem, 0.0))
    return weights


def _written(sentence: Sentence, member: Member) -> str:
    return sentence.text[sentence.words[member.first].start : sentence.words[member.after - 1].end]
