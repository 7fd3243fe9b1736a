"""Asks what a plan asks, looks up what it quotes, and reads every quotation again from the index.

Everything of one briefing comes from one generation of the index: where another is published meanwhile, all is asked again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from assistant.answer.engine import Assistant
from assistant.answer.request import AskMode
from assistant.briefing.plan import Ask, Cite, Plan
from assistant.corpus.references import parse_reference, render_reference
from assistant.errors import BriefingError, InvalidPlan, UnknownReference
from assistant.index.generations import Generation
from assistant.retrieval.lookup import find_paragraph, look_up
from assistant.schema import Answer, Citation, Coverage, Passage
from assistant.settings import ModelSettings

Tell = Callable[[str, int, int], None]
"""(what is being done, how many are done, of how many)"""
_TRIES = 3


class Shows(Protocol):
    """What reading a quotation again needs of `assistant.Assistant`."""

    def show(self, reference: str) -> Passage:
        """One paragraph."""


@dataclass(frozen=True, slots=True)
class Options:
    """How questions are asked; as `Assistant.ask`."""

    mode: AskMode | None = None
    model: ModelSettings | None = None
    top: int | None = None
    fallback: bool = True

    def keywords(self) -> dict[str, Any]:
        """As keyword arguments of `Assistant.ask`."""
        return {"mode": self.mode, "model": self.model, "top": self.top, "fallback": self.fallback}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of a paragraph as the index has them: `passage.paragraph.text[start:end]`; `path` names a sub-paragraph."""

    passage: Passage
    start: int
    end: int
    path: tuple[str, ...] = ()

    @property
    def quote(self) -> str:
        """The words, verbatim."""
        return self.passage.paragraph.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of an answer with what carries it; a quotation where it is the document's own words."""

    text: str
    evidence: tuple[Evidence, ...]

    @property
    def is_quotation(self) -> bool:
        """Whether the sentence is verbatim what one of its paragraphs says."""
        return any(item.quote == self.text for item in self.evidence)


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a question; no `said`: no text was found."""

    said: tuple[Said, ...]
    coverage: Coverage
    remarks: tuple[str, ...] = ()
    model: str | None = None
    fallback: str | None = None
    withheld: int = 0

    @property
    def is_written(self) -> bool:
        """Whether a model wrote any of it."""
        return any(not item.is_quotation for item in self.said)


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that a plan asks for, from one generation of the index."""

    generation: str
    replies: Mapping[Ask, Reply]
    quotations: Mapping[Cite, tuple[Evidence, ...]]


def gather(plan: Plan, assistant: Assistant, options: Options = Options(), tell: Tell | None = None) -> Gathered:
    """Looks up and asks all of a plan; `tell` hears of every question.

    Raises:
        InvalidPlan: a reference to what is not in the index; names the line. Looked up before anything is asked.
        BriefingError: an index was published each time while the questions were asked.
        Other errors are those of `Assistant.ask`.
    """
    for _ in range(_TRIES):
        generation = assistant.generation()
        quotations = {cite: cited(cite, generation, plan.name) for cite in plan.cites}
        replies: dict[Ask, Reply] = {}
        generations = {generation.id}
        for done, ask in enumerate(plan.asks):
            if tell:
                tell("asking", done, len(plan.asks))
            answer = assistant.ask(ask.question, filters=ask.filters, **options.keywords())
            generations.add(answer.generation)
            if len(generations) > 1:
                break
            replies[ask] = reply_of(answer, assistant)
        if tell:
            tell("asking", len(plan.asks), len(plan.asks))
        if generations == {assistant.generation().id}:
            return Gathered(generation.id, replies, quotations)
    raise BriefingError("the index was published anew again and again while the briefing was made", "Make it when the index is at rest.")


def cited(cite: Cite, generation: Generation, name: str) -> tuple[Evidence, ...]:
    """The paragraphs of a reference, whole, or the sub-paragraph that it names.

    Raises:
        InvalidPlan: it names nothing, or not all of it is there; with `name` and the line.
    """
    where = f"{name}, line {cite.line}"
    try:
        passages = _looked_up(cite.reference, generation)
    except UnknownReference as error:
        raise InvalidPlan(f"{where}: {error.what}", error.step) from None
    return tuple(
        Evidence(passage, *(passage.span or (0, len(passage.paragraph.text))), path_of(passage.reference, passage)) for passage in passages
    )


def _looked_up(reference: str, generation: Generation) -> tuple[Passage, ...]:
    store = generation.store
    if "#" in reference:
        return (find_paragraph(reference, store),)
    found = look_up(reference, store)
    if found is None:
        raise UnknownReference(f"{reference!r} names no paragraph of a document", 'Write "A/77/275, para. 12" or "A/77/275#12".')
    if found.problems or not found.passages:
        problem = found.problems[0] if found.problems else f"{reference!r} is not in the index"
        raise UnknownReference(problem, "List the documents with: assistant corpus")
    parsed = parse_reference(reference, store.documents)
    documents = {passage.document.id for passage in found.passages}
    if found.about:
        rest = found.about.strip(" ,;:.")
        raise UnknownReference(f"{rest!r} names no document", "Name a document and its paragraphs alone, or write ask: instead.")
    if len(documents) > 1 and not (parsed and parsed.documents):
        raise UnknownReference(f"{reference!r} names no document", "Name it: A/77/275, para. 12")
    labels = {passage.paragraph.label.partition("~")[0] for passage in found.passages}
    for item in parsed.items if parsed else ():
        for end in filter(None, (item.first, item.last)):
            if end not in labels:
                raise UnknownReference(f"{reference!r}: there is no paragraph {end}", "List them with: assistant show DOCUMENT")
    return found.passages


def reply_of(answer: Answer, assistant: Shows) -> Reply:
    """An answer with every quotation read again from the index.

    Raises:
        BriefingError: a quotation is not there.
    """
    said = tuple(
        Said(statement.text, tuple(evidence_of(citation, assistant) for citation in statement.citations))
        for statement in answer.statements
        if statement.citations
    )
    return Reply(said, answer.coverage, answer.remarks, answer.model, answer.fallback, len(answer.withheld))


def evidence_of(citation: Citation, assistant: Shows) -> Evidence:
    """A citation's words in the paragraph as the index has it now.

    Raises:
        BriefingError: they are not there, to the letter.
    """
    try:
        passage = assistant.show(f"{citation.document}#{citation.label}")
    except UnknownReference as error:
        raise BriefingError(f"{citation.reference} is not in the index any more: {error.what}", "Make the briefing again.") from None
    if passage.paragraph.text[citation.start : citation.end] != citation.quote:
        raise BriefingError(f"{citation.reference} does not say {citation.quote[:80]!r} any more", "Make the briefing again.")
    return Evidence(passage, citation.start, citation.end, path_of(citation.reference, passage))


def confirmed(evidence: Sequence[Evidence], assistant: Shows) -> tuple[Evidence, ...]:
    """Evidence read again: the same words, with the document as it is known now.

    Raises:
        BriefingError: a quotation is not there.
    """
    found = []
    for item in evidence:
        paragraph = item.passage.paragraph
        citation = Citation(paragraph.document, paragraph.label, item.passage.reference, item.quote, item.start, item.end)
        found.append(replace(evidence_of(citation, assistant), path=item.path))
    return tuple(found)


def path_of(reference: str, passage: Passage) -> tuple[str, ...]:
    """The sub-paragraph that a rendered reference names: ("a",) of "A/77/275, para. 6 (a)"."""
    whole = render_reference(passage.document, passage.paragraph)
    return tuple(re.findall(r" \((\w+)\)", reference[len(whole) :])) if reference.startswith(whole) else ()
