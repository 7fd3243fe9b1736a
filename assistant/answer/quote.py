"""Quote mode: the sentences that answer, verbatim, each with its reference; the same on every run, with no language model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.corpus.sentences import sentence_spans
from assistant.reader import Reading
from assistant.schema import Citation, Passage, Statement

_MANY = r"(?:delegations?|countr(?:y|ies)|states?|speakers?|members?|groups?|statements?|documents?|reports?|proposals?)"
_ASKS_FOR_ALL = re.compile(
    rf"\b(?:which|what|how many|list|name) (?:\w+ ){{0,2}}?{_MANY}\b|\b(?:all|every|each) (?:of )?(?:the )?{_MANY}\b|\blist (?:all|every)\b"
    r"|\bwho else\b|\b(?:has|have|did) (?:nobody|no one|anyone|anybody|any \w+)\b|\bhow often\b",
    re.IGNORECASE,
)


UNSURE = "These are the nearest sentences; they may not answer the question."
"""Said where the reader's confidence is low: likeness finds a place, and cannot tell whether it answers."""


def statement(passage: Passage, start: int, end: int) -> Statement:
    """A verbatim statement: the paragraph's text from `start` to `end`, cited to itself."""
    quote = passage.paragraph.text[start:end]
    return Statement(quote, (Citation(passage.document.id, passage.paragraph.label, passage.reference, quote, start, end),))


def points(passages: Sequence[Passage], reading: Reading, most: int, at: int = 0) -> tuple[Statement, ...]:
    """A counted point, the passage `at`: the sentence that opens it, which says what it is, and the best of the others; `most` in all."""
    opening = (0, sentence_spans(passages[at].paragraph.text)[0][1])
    others = [(span.start, span.end) for span in reading.spans if span.passage == at and (span.start, span.end) != opening]
    return tuple(statement(passages[at], start, end) for start, end in sorted([opening, *others[: most - 1]]))


def whole(passages: Sequence[Passage]) -> tuple[Statement, ...]:
    """Every sentence of what a look-up named: whole paragraphs, or the sub-paragraph asked for."""
    found: list[Statement] = []
    for passage in passages:
        begin, stop = passage.span or (0, len(passage.paragraph.text))
        found += [statement(passage, begin + start, begin + end) for start, end in sentence_spans(passage.paragraph.text[begin:stop])]
    return tuple(found)


def best(passages: Sequence[Passage], reading: Reading, most: int, ratio: float) -> tuple[Statement, ...]:
    """The best sentence, and up to `most` in all whose score is at least `ratio` of it; those of one paragraph in its order."""
    if not reading.spans:
        return ()
    chosen = [span for span in reading.spans[:most] if span.score >= ratio * reading.spans[0].score]
    order = {span.passage: rank for rank, span in reversed(list(enumerate(chosen)))}
    chosen.sort(key=lambda span: (order[span.passage], span.start))
    return tuple(statement(passages[span.passage], span.start, span.end) for span in chosen)


def completeness_remark(question: str, passages: int, paragraphs: int) -> str | None:
    """What must be said of an answer to a question that asks for all of something: it is not a count of everything."""
    if not _ASKS_FOR_ALL.search(question):
        return None
    return f"This comes from the {min(passages, paragraphs)} nearest of {paragraphs} paragraphs; it is not a complete list."
