"""A conversation as a briefing: its questions in order, each sentence with its footnotes, the paragraphs quoted in an annex."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from assistant.briefing import markdown
from assistant.briefing.blocks import one_line
from assistant.briefing.gather import Gathered, Reply, Said, Shows, evidence_of
from assistant.briefing.plan import Ask, Head, Plan
from assistant.briefing.sheet import compose
from assistant.errors import BriefingError
from assistant.schema import Answer, Document, Filters, Passage

TITLE = "Questions and answers"
LEFT_OUT = "Sentences left out because the index no longer holds the words they rest on: {}."
SEARCHED_AS = "Searched for: {}"


class Reads(Shows, Protocol):
    """What is needed of `assistant.Assistant`."""

    def current(self) -> str:
        """The id of the generation that answers now."""

    def document_paragraphs(self, name: str) -> tuple[Document, tuple[Passage, ...]]:
        """A document with all its paragraphs in order."""


def conversation_markdown(answers: Sequence[tuple[Answer, Filters]], assistant: Reads, today: dt.date | None = None) -> str:
    """Markdown with footnotes of answers, each with the filters it was asked with. Every quotation is read again from the index; a
    sentence whose words are no longer there is left out, and counted."""
    asks = {Ask(one_line(answer.question), filters, line): answer for line, (answer, filters) in enumerate(answers, 1)}
    replies = {ask: _reply(answer, assistant) for ask, answer in asks.items()}
    cited = dict.fromkeys(item.passage.document.id for reply in replies.values() for said in reply.said for item in said.evidence)
    positions = {
        document: {passage.paragraph.label: at for at, passage in enumerate(assistant.document_paragraphs(document)[1])}
        for document in cited
    }
    plan = Plan(Head(title=TITLE), tuple(asks), "the conversation")
    return markdown.render(compose(plan, Gathered(assistant.current(), replies, {}), positions, today or dt.date.today()))


def _reply(answer: Answer, assistant: Shows) -> Reply:
    said, missing = [], 0
    for statement in answer.statements:
        try:
            said.append(Said(statement.text, tuple(evidence_of(citation, assistant) for citation in statement.citations)))
        except BriefingError:
            missing += 1
    remarks = [SEARCHED_AS.format(answer.searched_question)] if answer.searched_question != answer.question else []
    remarks += [LEFT_OUT.format(missing)] if missing else []
    return Reply(tuple(said), answer.coverage, (*remarks, *answer.remarks), answer.model, answer.fallback, len(answer.withheld))
