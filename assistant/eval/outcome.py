"""What is kept of one answered question: the question, the gold paragraphs as they stand in the index, and the answer.

A line of a run file is one `Outcome`. Answers are read back from the JSON that `assistant ask --json` prints, so that a run
needs neither its index nor its gold set to be measured, compared or looked at, and another system's answers in that JSON can
be measured too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pydantic import TypeAdapter

from assistant.eval.gold import GoldQuestion
from assistant.schema import Paragraph, Status


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation as `ask --json` has it; `paragraph` is the label."""

    document: str
    paragraph: str
    reference: str
    quote: str

    @property
    def id(self) -> str:
        """`<document id>#<label>`."""
        return f"{self.document}#{self.paragraph}"


@dataclass(frozen=True, slots=True)
class Said:
    """A statement with its citations."""

    text: str
    citations: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A passage; its text is left out where only the ranking is measured."""

    document: str
    paragraph: str
    reference: str = ""
    text: str = ""

    @property
    def id(self) -> str:
        """`<document id>#<label>`."""
        return f"{self.document}#{self.paragraph}"


@dataclass(frozen=True, slots=True)
class Reply:
    """The part of an answer that is measured."""

    status: Status
    statements: tuple[Said, ...]
    passages: tuple[Found, ...]
    generation: str = ""
    fallback: str | None = None
    confidence: float | None = None

    @property
    def answered(self) -> bool:
        """Whether anything was said."""
        return self.status == "answered"

    @property
    def text(self) -> str:
        """All that was said."""
        return " ".join(statement.text for statement in self.statements)

    @property
    def cited(self) -> tuple[str, ...]:
        """Ids of the cited paragraphs, each once, in order."""
        return tuple(dict.fromkeys(citation.id for statement in self.statements for citation in statement.citations))


@dataclass(frozen=True, slots=True)
class GoldParagraph:
    """A paragraph that answers, as the index held it, with the ids of its neighbours."""

    document: str
    paragraph: str
    text: str
    neighbours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A gold question, its gold paragraphs, what was answered, and the wall clock from the question to the whole answer."""

    question: GoldQuestion
    gold: tuple[GoldParagraph, ...]
    answer: Reply
    latency_ms: float


OUTCOME = TypeAdapter(Outcome)


def record(question: GoldQuestion, gold: Iterable[GoldParagraph], answer: dict[str, Any], latency_ms: float) -> dict[str, Any]:
    """A line of a run file; `answer` is what `ask --json` prints, whole."""
    paragraphs = [GOLD_PARAGRAPH.dump_python(item, mode="json") for item in gold]
    return {"question": question.to_json(), "gold": paragraphs, "latency_ms": round(latency_ms, 2), "answer": answer}


GOLD_PARAGRAPH = TypeAdapter(GoldParagraph)


class GoldParagraphs:
    """The gold paragraphs of questions; each document is read from the index once."""

    def __init__(self, paragraphs_of: Callable[[str], Sequence[Paragraph]]) -> None:
        self._paragraphs_of = paragraphs_of
        self._known: dict[str, dict[str, GoldParagraph]] = {}

    def of(self, question: GoldQuestion) -> tuple[GoldParagraph, ...]:
        """The paragraphs that a question references, but for those that the index lacks."""
        found = (self._document(reference.document).get(reference.paragraph) for reference in question.references)
        return tuple(item for item in found if item)

    def _document(self, document: str) -> dict[str, GoldParagraph]:
        if document not in self._known:
            paragraphs = self._paragraphs_of(document)
            beside: dict[str, list[str]] = {paragraph.label: [] for paragraph in paragraphs}
            for before, after in pairwise(paragraphs):
                beside[before.label].append(after.id)
                beside[after.label].insert(0, before.id)
            self._known[document] = {p.label: GoldParagraph(document, p.label, p.text, tuple(beside[p.label])) for p in paragraphs}
        return self._known[document]
