"""The conversation as the browser keeps it, so that it survives a reload: plain JSON, checked when it comes back.

It lies in the browser's own storage, under the page's address. Keys and addresses of models are not in it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic import TypeAdapter, ValidationError

from assistant.schema import Answer, Filters, Passage
from assistant.ui.turns import Turn

MOST = 40
"""Answers that are kept, the newest; some 200 KB of the 5 MB that a browser gives a page."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """One finished answer, or why there is none, with the filters it was asked with."""

    question: str
    filters: Filters
    answer: Answer | None
    problem: str | None


_CONVERSATION = TypeAdapter(tuple[Kept, ...])


def pack(turns: Sequence[Turn]) -> str:
    """The finished turns as JSON; paragraphs' texts stay in the index.

    One string, and no tree of objects: Gradio's page clones what it keeps at every change, which took longer than the answer after
    twenty of them. Never an empty one: that page does not write it down, and the conversation before would come back.
    """
    kept = [Kept(t.question, t.filters, _light(t.answer) if t.answer else None, t.problem) for t in turns if not t.pending]
    return _CONVERSATION.dump_json(tuple(kept[-MOST:])).decode()


def unpack(value: object) -> tuple[Turn, ...]:
    """The turns of a kept conversation; none where what came back is not one (an older version, or somebody's hand)."""
    try:
        kept = _CONVERSATION.validate_json(value) if isinstance(value, str) and value else ()
    except ValidationError as error:
        log.info("a kept conversation was of another form: %s", error.errors()[0]["msg"])
        return ()
    return tuple(_turn(item) for item in kept)


def _turn(kept: Kept) -> Turn:
    turn = Turn(kept.question, filters=kept.filters)
    return turn.after(kept.answer) if kept.answer else turn.ended(kept.problem or "")


def _light(answer: Answer) -> Answer:
    return replace(answer, passages=tuple(_without_text(passage) for passage in answer.passages))


def _without_text(passage: Passage) -> Passage:
    return replace(passage, paragraph=replace(passage.paragraph, text="", ranges=()), span=None)
