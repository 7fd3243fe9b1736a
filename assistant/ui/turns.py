"""What the page knows of one question while its answer streams, and what it asks of the object that answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from assistant.schema import (
    Answer,
    AnswerEvent,
    Citation,
    Document,
    Exchange,
    FellBack,
    Filters,
    Mode,
    Passage,
    Searched,
    Statement,
    Waiting,
    Withheld,
)
from assistant.server import Asked
from assistant.settings import Settings


class Answers(Asked, Protocol):
    """What the page needs of `assistant.Assistant`; the tests have a second one, computed by hand."""

    @property
    def settings(self) -> Settings:
        """The workspace's settings; the page reads `mode` and the model's name and address, never its key."""

    def context(self, document: str, label: str, around: int = ...) -> Sequence[Passage]:
        """A paragraph with its neighbours, in the order of the document."""

    def current(self) -> str:
        """The id of the generation that answers now."""

    def documents(self) -> Sequence[Document]:
        """The documents that are indexed."""

    def document_paragraphs(self, name: str) -> tuple[Document, tuple[Passage, ...]]:
        """A document with all its paragraphs in order."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with what has arrived of its answer. `problem` is one line that says why no more will come."""

    question: str
    mode: Mode = "quote"
    searched: Searched | None = None
    statements: tuple[Statement, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    answer: Answer | None = None
    problem: str | None = None
    filters: Filters = Filters()

    def after(self, event: AnswerEvent) -> Turn:
        """This turn once `event` has arrived. The final Answer replaces all that was streamed before it."""
        match event:
            case Searched():
                return replace(self, searched=event)
            case Statement():
                return replace(self, statements=(*self.statements, event))
            case Withheld():
                return replace(self, withheld=(*self.withheld, event))
            case Waiting():
                return self
            case FellBack():
                return replace(self, mode="quote", statements=())
            case Answer():
                searched = Searched(event.passages, event.coverage, event.searched_question, event.searched_question != event.question)
                return Turn(self.question, event.mode, searched, event.statements, event.withheld, event, filters=self.filters)

    def ended(self, problem: str) -> Turn:
        """This turn, given up for `problem`; a complete answer stays as it is."""
        return self if self.answer else replace(self, problem=problem)

    @property
    def pending(self) -> bool:
        """Whether more of the answer may still come."""
        return self.answer is None and self.problem is None

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The paragraphs found, nearest first; empty until the search is done."""
        return self.searched.passages if self.searched else ()

    @property
    def first_citation(self) -> Citation | None:
        """The citation that the page opens by itself."""
        return next((citation for statement in self.statements for citation in statement.citations), None)


def history_of(turns: Sequence[Turn]) -> tuple[Exchange, ...]:
    """What a conversation holds so far; a question without a complete answer is not part of it."""
    return tuple(Exchange.of(turn.answer) for turn in turns if turn.answer)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reference points: a paragraph, and the words quoted from it ("" for none) with the offset they had."""

    document: str
    label: str
    quote: str = ""
    start: int = 0

    @classmethod
    def of(cls, citation: Citation) -> Place:
        """The place of a citation."""
        return cls(citation.document, citation.label, citation.quote, citation.start)

    @classmethod
    def of_passage(cls, passage: Passage) -> Place:
        """The place of a retrieved paragraph; its best span is the quote."""
        start, end = passage.span or (0, 0)
        return cls(passage.document.id, passage.paragraph.label, passage.paragraph.text[start:end], start)

    def span(self, text: str) -> tuple[int, int] | None:
        """Where the quoted words stand in `text`, the offset they had first; None if they are not there."""
        if not self.quote:
            return None
        start = self.start if text.startswith(self.quote, self.start) else text.find(self.quote)
        return None if start < 0 else (start, start + len(self.quote))
