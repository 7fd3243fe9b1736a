"""A link to an answer: the question, its filters, the index it came from, and the quoted places, which show again what was cited.

`?q=…&f=speaker%3DChair&g=gen-…&c=A/77/275%2312:0-95:3f6a…` A link holds places and never words: what it shows is read from the index,
so that nobody can make a link that puts words into a document's mouth. The last part of a place is a checksum of the quoted words; where
they have changed since, the answer says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Protocol
from urllib.parse import parse_qs, urlencode

from assistant.errors import AssistantError
from assistant.schema import Answer, Citation, Coverage, Filters, Passage, Statement
from assistant.ui.steering import choices_of, filters_of

MOST = 50
"""Places of a link that are looked up; an answer has fewer."""
SEARCHED_AGAIN = "The documents were indexed again since this link was made; these are the same places as they read now."
CHANGED = "{} of the places that this link names no longer hold the words that were quoted; they are left out."
LINKED = "link"
"""The id of an answer that was read from a link."""
_PLACE = re.compile(r"(?P<id>[^\n]+#[^\n#]+):(?P<start>\d{1,7})-(?P<end>\d{1,7}):(?P<check>[0-9a-f]{8})", re.ASCII)


class Shows(Protocol):
    """What a link needs of `assistant.Assistant`."""

    def show(self, reference: str) -> Passage:
        """One paragraph."""

    def coverage(self, filters: Filters = ...) -> Coverage:
        """How much is searched."""

    def current(self) -> str:
        """The id of the generation that answers now."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link taken apart. `places` are (paragraph's id, start, end, checksum of the words)."""

    question: str
    filters: Filters
    generation: str
    places: tuple[tuple[str, int, int, str], ...]


def link(answer: Answer, filters: Filters) -> str:
    """The query of a link to an answer, beginning with "?"."""
    cited = dict.fromkeys(citation for statement in answer.statements for citation in statement.citations)
    parts = [("q", answer.question), *(("f", choice) for choice in choices_of(filters)), ("g", answer.generation)]
    return "?" + urlencode([*parts, *(("c", _place(citation)) for citation in cited)])


def parse(query: str) -> Link | None:
    """A link's query taken apart; None where it names no question. Never raises: what is not a place is left out."""
    fields: Mapping[str, Sequence[str]] = parse_qs(query, max_num_fields=200, errors="replace") if query.count("&") < 200 else {}
    question = " ".join(fields.get("q", [""])[0].split())
    if not question:
        return None
    found = [match for place in fields.get("c", ())[:MOST] if (match := _PLACE.fullmatch(place))]
    places = tuple((match["id"], int(match["start"]), int(match["end"]), match["check"]) for match in found)
    return Link(question, filters_of(fields.get("f", ())), fields.get("g", [""])[0], places)


def answer_of(linked: Link, assistant: Shows) -> Answer:
    """The answer that a link shows: the words at its places, as the index has them now, each cited to itself.

    Raises:
        AssistantError: there is no index.
    """
    statements: list[Statement] = []
    passages: dict[str, Passage] = {}
    for name, start, end, check in linked.places:
        try:
            passage = assistant.show(name)
        except AssistantError:
            continue
        quote = passage.paragraph.text[start:end]
        if quote and _check(quote) == check:
            passages[passage.paragraph.id] = passage
            citation = Citation(passage.document.id, passage.paragraph.label, passage.reference, quote, start, end)
            statements.append(Statement(quote, (citation,)))
    generation = assistant.current()
    remarks = [SEARCHED_AGAIN] if linked.generation != generation else []
    if missing := len(linked.places) - len(statements):
        remarks.append(CHANGED.format(missing))
    return Answer(
        id=LINKED,
        question=linked.question,
        searched_question=linked.question,
        status="answered" if statements else "abstained",
        mode="quote",
        statements=tuple(statements),
        passages=tuple(passages.values()),
        coverage=assistant.coverage(linked.filters),
        generation=generation,
        remarks=tuple(remarks),
    )


def shows(linked: Link, answer: Answer, filters: Filters) -> bool:
    """Whether `answer`, asked with `filters`, is what this link showed before: a page that is loaded again shows it once."""
    if answer.id != LINKED or (answer.question, filters) != (linked.question, linked.filters):
        return False
    told = parse(link(answer, filters).removeprefix("?"))
    return told is not None and set(told.places) <= set(linked.places) and bool(told.places) == bool(linked.places)


def _place(citation: Citation) -> str:
    return f"{citation.document}#{citation.label}:{citation.start}-{citation.end}:{_check(citation.quote)}"


def _check(quote: str) -> str:
    return blake2b(quote.encode(), digest_size=4).hexdigest()
