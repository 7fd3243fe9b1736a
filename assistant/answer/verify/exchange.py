"""Exchange: a sentence that has all the words of the passage, but two of them (names, figures, phrases) in each other's place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from assistant.answer.verify.words import Sentence

_JOINS = frozenset("and or nor as well".split())
_LEAST = 5


def exchanged(claim: Sentence, sentences: Sequence[Sentence]) -> tuple[str, str] | None:
    """The two that changed places; None where nothing did. "A and B" may become "B and A", and a clause may move to the end."""
    mine = [word.folded for word in claim.words]
    if len(mine) < _LEAST:
        return None
    wanted = Counter(mine)
    for sentence in sentences:
        theirs = [word.folded for word in sentence.words]
        for start in range(len(theirs) - len(mine) + 1):
            window = theirs[start : start + len(mine)]
            if window == mine:
                return None
            if Counter(window) == wanted and (found := _swapped(window, mine)):
                return found
    return None


def _swapped(held: list[str], said: list[str]) -> tuple[str, str] | None:
    """(one, other) where `held` is "… one between other …" and `said` is "… other between one …"."""
    first = next(at for at, (left, right) in enumerate(zip(held, said, strict=True)) if left != right)
    last = next(at for at in range(len(held), 0, -1) if held[at - 1] != said[at - 1])
    held, said = held[first:last], said[first:last]
    for one in range(1, len(held)):
        for other in range(1, len(held) - one + 1):
            between = held[one : len(held) - other]
            if said == held[len(held) - other :] + between + held[:one] and _matters(held[:one], between, held[len(held) - other :]):
                return " ".join(held[:one]), " ".join(held[len(held) - other :])
    return None


def _matters(one: list[str], between: list[str], other: list[str]) -> bool:
    """Whether it makes a difference: joined by "and" it does not; side by side only two figures do."""
    if not between:
        return len(one) == len(other) == 1 and one[0][0].isdigit() and other[0][0].isdigit()
    return not set(between) <= _JOINS
