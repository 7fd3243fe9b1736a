"""The checks in their order: one sentence against the passages it names, until the first that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.answer.verify import lexicon
from assistant.answer.verify.additions import added
from assistant.answer.verify.dates import dates, missing_date
from assistant.answer.verify.edits import decisive_edit
from assistant.answer.verify.exchange import exchanged
from assistant.answer.verify.names import foreign_name, misplaced_name
from assistant.answer.verify.negation import denied
from assistant.answer.verify.numbers import NumberSlots, missing_number
from assistant.answer.verify.orders import obeys
from assistant.answer.verify.quotations import contains_quote, not_in, quotations
from assistant.answer.verify.references import invented_reference
from assistant.answer.verify.slots import Conflict, Family, conflicts, contradicts
from assistant.answer.verify.substitution import substituted
from assistant.answer.verify.support import LexicalSupport, Support, nearest_sentences
from assistant.answer.verify.weights import BEARING, ELSEWHERE, THRESHOLD
from assistant.answer.verify.wholeness import cut_off
from assistant.answer.verify.words import Sentence, sentence_of, sentences_of
from assistant.schema import Passage

Kind = Literal[
    "unfinished",
    "order",
    "quotation",
    "reference",
    "date",
    "number",
    "exchange",
    "edit",
    "name",
    "negation",
    "modality",
    "operative",
    "quantity",
    "opposite",
    "substitution",
    "bearing",
    "elsewhere",
    "support",
]
"""What a sentence fails by; in the order in which it is looked at."""

_LEXICAL = LexicalSupport()
_OTHERWISE = 1.0
"""By how much a place with an excluding word must fit better than one with the same word, where the passage has both."""
_SWAPPED = 2.0
"""By how much a number's words must fit another number better for the two to count as exchanged: lists of figures look alike."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a sentence does not stand; `better` is the passage that does say it, where one of those at hand does."""

    kind: Kind
    reason: str
    better: Passage | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence without its handles, the passages that it names, and what is compared of them."""

    claim: Sentence
    quoted: tuple[tuple[int, int], ...]
    quotes: tuple[str, ...]
    passages: tuple[Passage, ...]
    paragraphs: tuple[str, ...]
    sentences: tuple[Sentence, ...]
    nearest: tuple[Sentence, ...]
    may_lack_stop: bool = False


def case_of(text: str, passages: Sequence[Passage], *, may_lack_stop: bool = False) -> Case:
    """The case of a sentence against the passages it names."""
    claim = sentence_of(text)
    quotes = quotations(text)
    paragraphs = tuple(passage.paragraph.text for passage in passages)
    return Case(
        claim,
        tuple((quote.start, quote.end) for quote in quotes),
        tuple(quote.text for quote in quotes),
        tuple(passages),
        paragraphs,
        tuple(sentence for paragraph in paragraphs for sentence in sentences_of(paragraph)),
        nearest_sentences(claim, paragraphs),
        may_lack_stop,
    )


def judge(
    text: str,
    passages: Sequence[Passage],
    others: Sequence[Passage] = (),
    support: Support | None = None,
    *,
    may_lack_stop: bool = False,
) -> Failure | None:
    """The first check that a sentence fails against the passages it names, or None where it stands.

    `others` are passages at hand that it does not name: where one of them says it far better, it names the wrong one. `may_lack_stop`:
    a person wrote it, whose lists end without full stops. Never raises.
    """
    case = case_of(text, passages, may_lack_stop=may_lack_stop)
    for kind, check in _FIRST:
        if reason := check(case):
            return Failure(kind, reason)
    if failure := _elsewhere(case, others):
        return failure
    for kind, check in _CHECKS:
        if reason := check(case):
            return Failure(kind, reason)
    return _misses(case, support or _LEXICAL)


def _elsewhere(case: Case, others: Sequence[Passage]) -> Failure | None:
    """Whether another passage at hand says the sentence far better than those it names."""
    text = case.claim.text
    better = max(others, key=lambda passage: _LEXICAL.score(text, [passage.paragraph.text]), default=None)
    if better and _LEXICAL.score(text, [better.paragraph.text]) - _LEXICAL.score(text, case.paragraphs) > ELSEWHERE:
        return Failure("elsewhere", f"another paragraph says this ({better.reference}), not the one it names", better)
    return None


def _misses(case: Case, support: Support) -> Failure | None:
    """Whether the named passages say the sentence at all, and each of several bears on it."""
    text = case.claim.text
    if len(case.passages) > 1:
        for passage in case.passages:
            held = passage.paragraph.text
            if _LEXICAL.score(text, [held]) < BEARING and not any(contains_quote(held, quote) for quote in case.quotes):
                return Failure("bearing", f"one of the passages it names does not bear on it ({passage.reference})")
    if support.score(text, case.paragraphs) < THRESHOLD:
        return Failure("support", "the passage does not say this")
    return None


def _finished(case: Case) -> str | None:
    last = case.claim.words[-1].end if case.claim.words else 0
    ends_quoted = any(start < last <= end for start, end in case.quoted)
    return cut_off(case.claim, case.sentences, may_lack_stop=case.may_lack_stop, ends_quoted=ends_quoted)


def _reports(case: Case) -> str | None:
    """The nearest sentence, and the one before it: an order may announce what it wants said."""
    at = next((number for number, sentence in enumerate(case.sentences) if sentence in case.nearest[:1]), 0)
    return obeys(case.claim.text, case.paragraphs, case.sentences[max(0, at - 1) : at + 1])


def _quotes(case: Case) -> str | None:
    return next(filter(None, (not_in(quote, case.paragraphs) for quote in case.quotes)), None)


def _references(case: Case) -> str | None:
    invented = invented_reference(case.claim.text, case.passages)
    return f"it writes a reference of its own ({invented})" if invented else None


def _dates(case: Case) -> str | None:
    missing = missing_date(case.claim.text, case.paragraphs)
    return f"the passage does not hold its date {missing}" if missing else None


def _numbers(case: Case) -> str | None:
    named = [(date.start, date.end) for date in dates(case.claim.text) if not date.year]
    missing = missing_number(case.claim.text, named, case.paragraphs)
    if missing:
        return f"the passage does not hold its number {missing}"
    return _said(case, conflicts(NumberSlots(), case.claim, case.nearest, margin=_SWAPPED))


def _names(case: Case) -> str | None:
    if foreign := foreign_name(case.claim, case.passages):
        return f"the passage does not name {foreign}"
    found = misplaced_name(case.claim, case.nearest)
    return _said(case, iter([found] if found else []))


def _negation(case: Case) -> str | None:
    return denied(case.claim, case.nearest)


def _of_family(family: Family) -> Callable[[Case], str | None]:
    def check(case: Case) -> str | None:
        return _said(case, conflicts(family, case.claim, case.nearest, margin=_OTHERWISE))

    return check


def _operative(case: Case) -> str | None:
    """An operative verb that the nearest sentence has too is left alone: it may be told of another part of the sentence."""
    held = {member.name for sentence in case.nearest[:1] for member in lexicon.OPERATIVE.find(sentence)}
    found = conflicts(lexicon.OPERATIVE, case.claim, case.nearest, margin=_OTHERWISE)
    return _said(case, (conflict for conflict in found if conflict.member.name not in held))


def _quantity(case: Case) -> str | None:
    return _of_family(lexicon.QUANTITY)(case) or added(case.claim, case.sentences, case.nearest)


def _opposites(case: Case) -> str | None:
    found = next(filter(None, (_of_family(family)(case) for family in lexicon.OPPOSITES)), None)
    return found or _said(case, (conflict for family in lexicon.OPPOSITES for conflict in contradicts(family, case.claim, case.nearest)))


def _substitution(case: Case) -> str | None:
    found = substituted(case.claim, case.nearest, case.quoted)
    return f"it says “{found[0]}” where the passage says “{found[1]}”" if found else None


def _edits(case: Case) -> str | None:
    return None if case.quotes else decisive_edit(case.claim, case.nearest)


def _exchange(case: Case) -> str | None:
    found = exchanged(case.claim, case.nearest)
    return f"it puts “{found[0]}” and “{found[1]}” in each other's place" if found else None


def _said(case: Case, found: Iterator[Conflict]) -> str | None:
    """The first conflict outside quotation marks, in words."""
    for conflict in found:
        start = case.claim.words[conflict.member.first].start
        if not any(begin <= start < end for begin, end in case.quoted):
            return f"it says “{conflict.claimed}” where the passage says “{conflict.held}”"
    return None


_FIRST: tuple[tuple[Kind, Callable[[Case], str | None]], ...] = (("unfinished", _finished), ("order", _reports))
_CHECKS: tuple[tuple[Kind, Callable[[Case], str | None]], ...] = (
    ("quotation", _quotes),
    ("reference", _references),
    ("date", _dates),
    ("number", _numbers),
    ("exchange", _exchange),
    ("edit", _edits),
    ("name", _names),
    ("negation", _negation),
    ("modality", _of_family(lexicon.MODALITY)),
    ("operative", _operative),
    ("quantity", _quantity),
    ("opposite", _opposites),
    ("substitution", _substitution),
)
