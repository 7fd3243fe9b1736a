"""Quote mode's decisions: which paragraphs are shown first, which sentences answer, and when it is better to refuse.

a look-up that named paragraphs        every sentence of them
a counted point ("the fourth point")   its opening and the best of its sentences
an announcement reads best             the same of the point that it announces: "My sixth point relates to …" is no answer by itself
else                                   the reader's sentences, or a refusal below its threshold
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.answer import quote
from assistant.reader import Manner, Reader
from assistant.retrieval.enumeration import announces, counted_points
from assistant.retrieval.lookup import Found
from assistant.schema import Answer, Passage
from assistant.settings import AnswerSettings


def nearest(question: str, found: tuple[Passage, ...], reader: Reader, top: int, read: int) -> tuple[Passage, ...]:
    """The `top` passages for a question, of those that the search `found`: the reader orders the first `read`.

    A counted point is found by its ordinal and not by what it says: there the search's order stays. So it does where the reader has no
    opinion.
    """
    if not reader.orders or counted_points(question, found):
        return found[:top]
    return tuple(ordered(found[:read], reader.read(question, found[:read]).relevance)[:top]) + found[read:top]


def ordered(passages: Sequence[Passage], relevance: Sequence[float]) -> list[Passage]:
    """Passages by falling relevance, each with it; equals stay in order."""
    if not relevance:
        return list(passages)
    order = sorted(range(len(passages)), key=lambda at: (-relevance[at], at))
    return [replace(passages[at], scores=replace(passages[at].scores, reader=relevance[at])) for at in order]


def needs_no_reader(draft: Answer, found: Found | None) -> bool:
    """Whether nothing has to be chosen: paragraphs were named and nothing was asked about them, or there are none."""
    return not draft.passages or (found is not None and not found.about)


def answer_as_named(draft: Answer) -> Answer:
    """`draft` answered with every sentence of its passages, which were named; without passages it stays an abstention."""
    if not draft.passages:
        return replace(draft, mode="quote", confidence=0.0)
    return replace(draft, mode="quote", status="answered", statements=quote.whole(draft.passages), confidence=1.0)


def answer_with_quotes(question: str, draft: Answer, found: Found | None, reader: Reader, settings: AnswerSettings) -> Answer:
    """`draft`, an abstention with its passages, answered in verbatim sentences; or left as it is, with the confidence that was too low."""
    if needs_no_reader(draft, found):
        return answer_as_named(draft)
    draft = replace(draft, mode="quote")
    if reader.problem:
        draft = replace(draft, remarks=(*draft.remarks, f"{reader.problem[0].upper()}{reader.problem[1:]}."))
    manner = _manner(reader.manner, settings)
    if points := () if found else counted_points(question, draft.passages):
        reading = reader.read(question, points)
        statements = quote.points(points, reading, manner.sentences)
        return replace(draft, status="answered", statements=statements, confidence=reading.confidence)
    reading = reader.read(found.about if found else question, draft.passages)
    draft = replace(draft, confidence=reading.confidence)
    if reading.confidence < manner.threshold:
        return draft
    best = reading.spans[0] if reading.spans else None
    if best and announces(draft.passages[best.passage].paragraph.text[: best.end]):
        statements = quote.points(draft.passages, reading, manner.sentences, best.passage)
    else:
        statements = quote.best(draft.passages, reading, manner.sentences, manner.ratio)
    remarks = (*draft.remarks, quote.UNSURE) if reading.confidence < manner.confident else draft.remarks
    return replace(draft, status="answered", statements=statements, remarks=remarks)


def _manner(measured: Manner, settings: AnswerSettings) -> Manner:
    """The reader's manner, but for what the settings say."""
    said = {name: value for name, value in settings.model_dump().items() if value is not None}
    return replace(measured, **said)
