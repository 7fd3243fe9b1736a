"""Names: a State, body or person that a sentence names is named in the passage, or in what the index knows of its document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.answer.verify.lexicon import STATES
from assistant.answer.verify.slots import Conflict, Member, conflicts
from assistant.answer.verify.words import Sentence, sentence_of, sentences_of, stem
from assistant.schema import Passage

_CALENDAR = frozenset(
    """january february march april may june july august september october november december monday tuesday wednesday thursday friday
    saturday sunday""".split()
)
_SOFT = frozenset(
    # Words that are written with a capital but name nobody by themselves: "the Committee", "Member States", "the Group's report".
    stem(word)
    for word in """chair chairperson chairman committee commission council board group working party parties state states member members
    government governments delegation delegate assembly general session agenda item report resolution decision mission programme conference
    convention protocol agreement country countries nation nations president presidency minister prime ambassador representative secretary
    secretariat organization organisation office officer body chief head speaker mr ms mrs dr sir madam his her excellency annex article
    paragraph section chapter part plan fund budget system region territory ocean court court's law charter treaty declaration statement
    world international national united un global regional internet i covid english one two three first second third para passage document
    text budgetary administrative senior deputy vice under director executive coordinator rapporteur facilitator co region north south east
    west northern southern eastern western european african asian american god mother earth ict icts ai""".split()
)
_HEADS = frozenset(
    """council committee assembly commission board court conference group mission fund programme office agency union bank secretariat
    convention protocol agreement tribunal forum department division authority organization""".split()
)
_PASSIVE = re.compile(
    r"\b(?:was|were|is|are|been|being|be|got)\s+(?:\w+\s+){0,2}?\w+(?:ed|en|wn|ht|ld|id|ne|de|ut|et)\b|\bby\b", re.IGNORECASE
)
_MARGIN = 2.0


@dataclass(frozen=True, slots=True)
class Name:
    """One or more capitalised words that belong together: first and last word, counted in the sentence."""

    first: int
    after: int
    text: str


@lru_cache(maxsize=4096)
def _names(text: str) -> tuple[Name, ...]:
    sentence = sentence_of(text)
    found: list[Name] = []
    first = -1
    for at, word in enumerate([*sentence.words, None]):
        is_name = word is not None and _is_capital(sentence, at)
        if is_name and first < 0:
            first = at
        elif first >= 0 and not (is_name and _adjoin(sentence, at)):
            found.append(Name(first, at, text[sentence.words[first].start : sentence.words[at - 1].end]))
            first = at if is_name else -1
    return tuple(found)


def names(sentence: Sentence) -> tuple[Name, ...]:
    """The names in a sentence in order. Its first word is one only if a name is what it would be anywhere ("Norvania", "OEWG")."""
    return _names(sentence.text)


def _is_capital(sentence: Sentence, at: int) -> bool:
    word = sentence.words[at]
    if not word.text[0].isupper() or word.folded in _CALENDAR:
        return False
    before = sentence.text[: word.start].rstrip()
    begins = not before or before[-1] in ".!?:“\"‘'«("
    return word.is_content or not begins


def _adjoin(sentence: Sentence, at: int) -> bool:
    """Whether nothing but a space or a hyphen parts a word from the one before."""
    return (
        not sentence.text[sentence.words[at - 1].end : sentence.words[at].start].strip("-’' ")
        and sentence.text[sentence.words[at - 1].end] in " -’'"
    )


def foreign_name(claim: Sentence, passages: Sequence[Passage]) -> str | None:
    """The first name of the sentence that neither a passage nor its document's metadata knows; None where all are known."""
    known = _Known(passages)
    for name in names(claim):
        if not known.holds(claim, name):
            return name.text
    return None


class _Known:
    """What the cited passages and their documents name."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._texts = [passage.paragraph.text for passage in passages]
        self._about = list(_metadata(passages))
        texts = [*self._texts, *self._about]
        self.words = {word.folded for text in texts for word in sentence_of(text).words}
        self.stems = {stem(word) for word in self.words}
        self.acronyms = {acronym for text in texts for acronym in _acronyms(text)}
        self.capitals = {word.folded for text in self._texts for word in sentence_of(text).words if word.text[0].isupper()}

    def holds(self, claim: Sentence, name: Name) -> bool:
        """Whether every word of a name is known, but for those that name nobody by themselves."""
        tokens = claim.words[name.first : name.after]
        hard = [word for word in tokens if word.stem not in _SOFT]
        if any(not self._knows(claim, at) for at, word in enumerate(claim.words) if name.first <= at < name.after and word in hard):
            return False
        return bool(hard) or len(tokens) < 2 or self._is_body(tokens[-1].folded, [word.folded for word in tokens])

    def _knows(self, claim: Sentence, at: int) -> bool:
        word = claim.words[at]
        if word.folded in self.words or word.stem in self.stems:
            return True
        if word.text.isupper() and len(word.text) > 1:
            return word.folded in self.acronyms
        if at == 0 and word.folded not in STATES and not (len(claim.words) > 1 and _is_capital(claim, 1) and _adjoin(claim, 1)):
            return True  # any word has a capital there: `misplaced_name` and the meaning decide
        return any(_akin(word.folded, other) for other in self.capitals) or self._spelt_out(claim, at)

    def _spelt_out(self, claim: Sentence, at: int) -> bool:
        """Whether the passage has the acronym of the name around this word: "Open-ended Working Group" for "OEWG"."""
        run = "".join(
            word.folded[0] for word in claim.words[max(0, at - 6) : at + 7] if word.text[0].isupper() or word.folded in ("ended",)
        )
        return any(len(acronym) > 1 and acronym in run for acronym in self.capitals if acronym in self.words and len(acronym) <= 7)

    def _is_body(self, head: str, parts: list[str]) -> bool:
        """Whether a body of soft words is meant: all its words are there, or its last one is and the passage names no other such body."""
        missing = [part for part in parts if part not in self.words and stem(part) not in self.stems]
        if not missing:
            return True
        if head in missing and stem(head) not in self.stems:
            return head not in _HEADS
        others = {
            sentence.words[name.after - 1].folded
            for text in self._texts
            for sentence in sentences_of(text)
            for name in names(sentence)
            if name.after - name.first > 1
        }
        return head not in others


def _metadata(passages: Iterable[Passage]) -> Iterator[str]:
    for passage in passages:
        document = passage.document
        fields = (document.title, document.speaker, document.delegation, document.session, passage.paragraph.speaker, document.symbol)
        yield from (field for field in (*fields, *document.aliases, *document.roles, *passage.paragraph.heading) if field)


def _acronyms(text: str) -> Iterator[str]:
    """The acronyms that runs of capitalised words make: "Open-ended Working Group" gives "oewg", "owg"."""
    run: list[tuple[str, bool]] = []
    for word in re.findall(r"[^\W\d_]+|[.;:!?]", text):
        if word[0].isupper() or (run and word in ("of", "and", "for", "the", "on", "in", "ended", "to")):
            run.append((word[0].casefold(), word[0].isupper() or word == "ended"))
            for first in range(len(run)):
                yield "".join(letter for letter, is_capital in run[first:] if is_capital)
        else:
            run = []


def _akin(one: str, other: str) -> bool:
    """Whether two words are of one name: "Norvanian" and "Norvania", "Chinese" and "China"; they share five letters, or all but three."""
    shared = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        shared += 1
    return shared >= 4 and max(len(one), len(other)) - shared <= 4 and min(len(one), len(other)) - shared <= 2


class _NameSlots:
    """Names as fillings of slots; two exclude each other where they share no word.

    The first word of the claim is taken for a name too if the passage does not have it at all: "Estmark warned" for "Norvania warned".
    """

    def __init__(self, claim: Sentence, stems: frozenset[str], lowered: frozenset[str]) -> None:
        self._claim = claim
        self._lowered = lowered
        self._stems = stems

    def find(self, sentence: Sentence) -> list[Member]:
        """The names of a sentence."""
        found = [
            Member(" ".join(word.stem for word in sentence.words[name.first : name.after]), name.first, name.after)
            for name in names(sentence)
            if name.first > 0 or name.after > 1 or (_is_hard(sentence, name) and sentence.words[0].folded not in self._lowered)
        ]
        first = sentence.words[0] if sentence is self._claim and sentence.words else None
        if first and first.is_content and first.stem not in self._stems | _SOFT and not (found and found[0].first == 0):
            found.insert(0, Member(first.stem, 0, 1))
        return found

    def excludes(self, one: str, other: str) -> bool:
        """Whether two names have no word in common."""
        return not set(one.split()) & set(other.split())


def misplaced_name(claim: Sentence, sentences: Sequence[Sentence]) -> Conflict | None:
    """A name that stands where the passage has another one, by the words before and behind it; two that changed places are told by
    less. Where one of the two sentences is in the passive voice and the other is not, names may change places."""
    near = [sentence for sentence in sentences if _shares(claim, sentence)]
    if not near or bool(_PASSIVE.search(claim.text)) != any(_PASSIVE.search(sentence.text) for sentence in near):
        return None
    stems = frozenset(word.stem for sentence in sentences for word in sentence.words)
    mine = {word.stem for word in claim.words}
    lowered = frozenset(word.folded for sentence in sentences for word in sentence.words if word.text[0].islower())
    found = list(conflicts(_NameSlots(claim, stems, lowered), claim, near))
    claimed = {conflict.claimed: conflict.held for conflict in found}
    for conflict in found:
        held = {stem(word) for word in conflict.held.casefold().split()}
        is_foreign = not set(conflict.member.name.split()) & stems
        exchanged = claimed.get(conflict.held) == conflict.claimed
        is_soft = conflict.member.after - conflict.member.first == 1 and conflict.member.name in _SOFT
        is_beside = any(_beside(sentence, conflict.claimed, conflict.held) for sentence in near)
        if (exchanged or (conflict.gain > _MARGIN and not is_soft and not is_beside)) and not (is_foreign and held & mine):
            return conflict
    return None


def _beside(sentence: Sentence, one: str, other: str) -> bool:
    """Whether two names stand side by side, as a person's and the State's in brackets: the one may be left out."""
    text = sentence.text
    return bool(re.search(rf"{re.escape(one)}[^.;]{{0,25}}{re.escape(other)}|{re.escape(other)}[^.;]{{0,25}}{re.escape(one)}", text))


def _is_hard(sentence: Sentence, name: Name) -> bool:
    return any(word.stem not in _SOFT for word in sentence.words[name.first : name.after])


def _shares(claim: Sentence, sentence: Sentence) -> bool:
    stems = {word.stem for word in sentence.words if word.is_content}
    mine = {word.stem for word in claim.words if word.is_content}
    return len(mine & stems) >= 0.5 * len(mine)
