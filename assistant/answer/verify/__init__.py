"""Verification: what a model wrote is a statement only where code can tie it to a paragraph; else it is withheld, with the reason.

sentence ──handles──> its passages ──checks, one idea a module──> Statement, or Withheld with the first reason

    wholeness, orders, quotations, references, dates, numbers, names, negation   what must be there, and nothing else
    slots with lexicon                                                          what stands in its place: modality, verbs, opposites
    support                                                                     whether the passage says it at all, and says it best
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.answer.verify.handles import handles_in
from assistant.answer.verify.judge import Failure, judge
from assistant.answer.verify.quotations import contains_quote, fold, quotations
from assistant.answer.verify.support import EncoderSupport, LexicalSupport, Support
from assistant.corpus.sentences import sentence_spans
from assistant.schema import Citation, Passage, Statement, Withheld

__all__ = [
    "EncoderSupport",
    "Failure",
    "LexicalSupport",
    "Support",
    "cite",
    "contains_quote",
    "handles_in",
    "judge",
    "quotations",
    "verify_sentence",
]

_LONGEST = 2000
"""Characters of the longest sentence that is judged; a longer one is no sentence."""


def verify_sentence(sentence: str, handles: Mapping[str, Passage], *, support: Support | None = None) -> Statement | Withheld:
    """The statement that a model's sentence makes, with its citations, or why it is withheld. Never raises.

    Every handle must exist; then the sentence is judged against all passages it names together (`judge`). `support` scores
    whether they say what it says; by default by the words they share.
    """
    text, names = handles_in(sentence)
    if not names:
        return Withheld(text, "it names no passage")
    unknown = [name for name in names if name not in handles]
    if unknown:
        return Withheld(text, f"it names a passage that does not exist ({unknown[0][:40]})")
    if not re.search(r"\w", text):
        return Withheld(sentence.strip(), "it says nothing")
    if len(text) > _LONGEST:
        return Withheld(text, f"it is longer than {_LONGEST:,} characters")
    named = [handles[name] for name in names]
    others = [passage for name, passage in handles.items() if name not in names]
    failure = judge(text, named, others, support)
    return Withheld(text, failure.reason) if failure else cite(text, named)


def cite(text: str, passages: Sequence[Passage]) -> Statement:
    """The statement of a sentence, cited to whole paragraphs, each with the sentence of it to look at first: the quoted one, else the
    one with most words in common.

    Only the place to look at is chosen by likeness; which paragraph is cited was decided by its handle.
    """
    quotes = [fold(quote.text).rstrip(".,;:!?…") for quote in quotations(text)]
    return Statement(text, tuple(_citation(passage, text, quotes) for passage in passages))


def _citation(passage: Passage, text: str, quotes: Sequence[str]) -> Citation:
    paragraph = passage.paragraph.text
    words = set(re.findall(r"\w{4,}", text.casefold()))

    def likeness(span: tuple[int, int]) -> tuple[int, int, int]:
        sentence = paragraph[span[0] : span[1]]
        holds = sum(quote in fold(sentence) for quote in quotes)
        return holds, len(words & set(re.findall(r"\w{4,}", sentence.casefold()))), -span[0]

    start, end = max(sentence_spans(paragraph), key=likeness, default=(0, len(paragraph)))
    return Citation(passage.document.id, passage.paragraph.label, passage.reference, paragraph[start:end], start, end)
