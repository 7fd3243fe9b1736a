"""Negation: what a passage denies is not affirmed, what it affirms is not denied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answer.verify.slots import RETOLD
from assistant.answer.verify.words import Sentence, Word, content_stems, stem

_CUES = frozenset("not no never none nobody nothing neither nor cannot without hardly n't".split())
_NEGATIVE_STEMS = frozenset(
    # Words that deny or hold back by themselves: with one of them a sentence may say without "not" what a passage says with it.
    stem(word)
    for word in """fail failure lack lacking refuse refusal decline refrain avoid absent absence unable unwilling prevent prohibit ban
    forbid reject oppose deny denial exclude instead rather less fewer few little rare rarely scarce scarcely seldom until cease stop omit
    miss impossible despite neglect withhold withheld await pending yet insufficient inadequate incomplete unresolved
    unknown unclear uncertain disagree unnecessary only exempt spare halt abstain unavailable zero unchanged unaffected unmet unanswered
    bar ignore forgo skip overlook unsuccessful discourage doubt against nothing outstanding contrary""".split()
)
_IDIOMS = frozenset(
    tuple(pair.split())
    for pair in "not only,not just,not merely,not simply,not least,no doubt,no later,no less,no fewer,no more,no earlier".split(",")
)
"""Set phrases that deny nothing."""
_SCOPE = 6
"""Words that carry matter which a negation governs at most."""
_CLAUSE_ENDS = frozenset(",;:.()—–!?")
_CONJUNCTIONS = frozenset("but although though however whereas while".split())
_NEAR = 8


@dataclass(frozen=True, slots=True)
class Negation:
    """A word that denies, and the words that carry matter behind it in its clause."""

    at: int
    cue: str
    scope: tuple[Word, ...]


def negations(sentence: Sentence) -> Iterator[Negation]:
    """The negations of a sentence in order, without set phrases such as "not only"."""
    text = sentence.words
    for at, word in enumerate(text):
        if not (word.folded in _CUES or word.folded.endswith("n't")):
            continue
        if at + 1 < len(text) and (word.folded, text[at + 1].folded) in _IDIOMS:
            continue
        if word.folded == "no" and at and at + 1 < len(text) and text[at + 1].folded == "one" and _follows(sentence, at):
            continue  # "it will surprise no one"
        yield Negation(at, word.text, _scope(sentence, at))


def _follows(sentence: Sentence, at: int) -> bool:
    """Whether a word stands right behind one that carries matter."""
    before = sentence.words[at - 1]
    return before.is_content and sentence.text[before.end : sentence.words[at].start].isspace()


def _scope(sentence: Sentence, at: int) -> tuple[Word, ...]:
    found: list[Word] = []
    text = sentence.words
    for number in range(at + 1, len(text)):
        between = sentence.text[text[number - 1].end : text[number].start]
        if found and (_CLAUSE_ENDS & set(between) or text[number].folded in _CONJUNCTIONS):
            break
        if text[number].is_content:
            found.append(text[number])
        if len(found) == _SCOPE:
            break
    return tuple(found)


def denied(claim: Sentence, sentences: Sequence[Sentence]) -> str | None:
    """Why the sentence's negations do not agree with the passage's: it drops one or puts one in. None where they agree."""
    stems = {word.stem for word in claim.words}
    own = list(negations(claim))
    for rank, sentence in enumerate(sentences, 1):
        for negation in negations(sentence):
            if _drops(negation, sentence, claim, own, stems) and not _affirmed(negation, sentences[:rank]):
                return f"the passage says “{negation.cue}” (“{_phrase(sentence, negation)}”), and it leaves that out"
    for negation in own:
        if _puts_in(negation, claim, sentences):
            return f"it says “{negation.cue}” where the passage does not"
    return None


def _drops(negation: Negation, sentence: Sentence, claim: Sentence, own: list[Negation], stems: set[str]) -> bool:
    """Whether the claim says what is negated, beside the same words, and nothing in it denies."""
    scope = [word.stem for word in negation.scope]
    if not scope:
        return False
    hits = [stem in stems for stem in scope]
    before = [word.stem for word in sentence.words[max(0, negation.at - _NEAR) : negation.at] if word.is_content]
    mine = content_stems(claim.words)
    is_retold = any(hits) and any(stem in stems for stem in before) and len(mine & content_stems(sentence.words)) >= RETOLD * len(mine)
    is_said = is_retold or (hits[0] and (sum(hits) >= 2 or any(stem in stems for stem in before))) or sum(hits) >= max(2, 0.6 * len(hits))
    if not is_said:
        return False
    return not _denies(claim, own, scope, sentence)


def _denies(sentence: Sentence, own: Sequence[Negation], scope: Sequence[str], other: Sentence) -> bool:
    """Whether a sentence denies what `scope` says: by a negation that governs it, by one beside it that `other` has not as well, or by a
    negative word beside it that it does not share with `other`."""
    places = [at for at, word in enumerate(sentence.words) if word.stem in scope]
    matched = {item.scope[0].stem for item in negations(other) if item.scope}
    for item in own:
        if {word.stem for word in item.scope} & set(scope):
            return True
        is_near = any(abs(item.at - place) <= _NEAR for place in places)
        if is_near and not (item.scope and item.scope[0].stem in matched):
            return True
    if any(_negated_form(word.folded) in scope for word in sentence.words):
        return True
    shared, spent = (Counter(word.stem for word in text.words) for text in (other, sentence))
    return any(
        word.stem in _NEGATIVE_STEMS
        and word.stem not in scope
        and spent[word.stem] > shared[word.stem]
        and any(abs(at - place) <= _NEAR for place in places)
        for at, word in enumerate(sentence.words)
    )


def _negated_form(word: str) -> str:
    """The stem of what a word denies by its first syllable: "unpaid" denies "paid"; empty where it denies nothing."""
    prefix = next(
        (prefix for prefix in ("non", "dis", "un", "in", "im", "ir") if word.startswith(prefix) and len(word) > len(prefix) + 2), ""
    )
    return stem(word[len(prefix) :]) if prefix else ""


def _affirmed(negation: Negation, sentences: Sequence[Sentence]) -> bool:
    """Whether the passage says elsewhere, without a negation, what it denies here."""
    head = negation.scope[0].stem
    rest = {word.stem for word in negation.scope[1:]}
    for sentence in sentences:
        governed = {id(word) for item in negations(sentence) for word in item.scope}
        for at, word in enumerate(sentence.words):
            if word.stem == head and id(word) not in governed:
                near = {other.stem for other in sentence.words[max(0, at - _NEAR) : at + _NEAR]}
                if not rest or rest & near:
                    return True
    return False


def _puts_in(negation: Negation, claim: Sentence, sentences: Sequence[Sentence]) -> bool:
    """Whether the passage says what the claim denies, in a sentence that denies nothing there."""
    scope = [word.stem for word in negation.scope]
    if not scope:
        return False
    before = {word.stem for word in claim.words[max(0, negation.at - _NEAR) : negation.at] if word.is_content}
    said = False
    for sentence in sentences:
        stems = {word.stem for word in sentence.words}
        hits = [stem in stems for stem in scope]
        is_without = negation.cue.casefold() == "without" and any(hits[:3])
        if not (is_without or (hits[0] and (sum(hits) >= 2 or before & stems)) or sum(hits) >= max(2, 0.6 * len(hits))):
            continue
        if _denies(sentence, list(negations(sentence)), scope, claim):
            return False
        said = True
    return said


def _phrase(sentence: Sentence, negation: Negation) -> str:
    last = negation.scope[min(1, len(negation.scope) - 1)]
    return sentence.text[sentence.words[negation.at].start : last.end]
