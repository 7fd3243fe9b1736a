"""The types that flow through every room: frozen, plain, and free of heavy imports.

A question becomes `Passage` objects (retrieved paragraphs with their scores), these become `Statement` objects (one
sentence each, with `Citation` objects), and all of it ends in one `Answer`. Offsets are character offsets, half-open.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal["report", "resolution", "statement", "transcript", "letter", "other"]
Standing = Literal["adopted", "draft", "superseded", "unofficial", "none"]
Numbering = Literal["official", "counted"]
Status = Literal["answered", "abstained"]
Mode = Literal["quote", "model"]

REFUSAL = "Not in these documents."
"""The one refusal. Prompts, code, the page and the tests all use this constant, so that a refusal is never a guess."""

NO_TEXT = "No text found in the documents searched."
"""What stands in a briefing where a question has no answer: never nothing."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document and what is known about it; `origins` says where each known field came from."""

    id: str
    title: str
    source: str
    sha256: str
    symbol: str | None = None
    kind: Kind = "other"
    standing: Standing = "none"
    date: dt.date | None = None
    session: str | None = None
    speaker: str | None = None
    delegation: str | None = None
    language: str | None = None
    aliases: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    """Names of the roles and groups that the speaker or delegation holds at the document's date, as the catalogue gives them."""
    origins: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The unit of citation: never merged with its neighbour, never split for citing.

    `label` is the printed number ("7", "12bis") where `numbering` is "official", else a count ("u3"). `ranges` are
    ordered offsets into the source text; `layout.repair` of their concatenation is `text`. `pages` is first and last.
    """

    document: str
    label: str
    numbering: Numbering
    text: str
    heading: tuple[str, ...] = ()
    pages: tuple[int, int] | None = None
    ranges: tuple[tuple[int, int], ...] = ()
    speaker: str | None = None
    """Who speaks, in a transcript, as printed: "Ms. Lowe (Norvania)"."""

    @property
    def id(self) -> str:
        """`<document id>#<label>`: stable when other documents change."""
        return f"{self.document}#{self.label}"


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the splitter saw in one document, so that a person can judge whether its numbers can be trusted."""

    official: int = 0
    counted: int = 0
    first: str | None = None
    last: str | None = None
    gaps: tuple[str, ...] = ()
    repeats: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    """Lines that begin with a number but do not start a paragraph, as "line 42: 80 of those statements…"."""
    outside: tuple[str, ...] = ()
    """Text that belongs to no paragraph: titles, headings, page numbers."""
    tables: int = 0
    notes: tuple[str, ...] = ()
    """The footnotes, each whole: "page 3: 12 See A/77/275.": in no paragraph, and found here."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents may be searched. An empty field does not restrict; several values in one field are alternatives."""

    documents: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    standings: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None

    def __bool__(self) -> bool:
        return self != Filters()


@dataclass(frozen=True, slots=True)
class Scores:
    """How a passage was found. `dense` is a cosine, `lexical` is BM25, `fused` lies in [0, 1]; None: that leg did not return it."""

    dense: float | None = None
    lexical: float | None = None
    fused: float = 0.0
    reader: float | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved paragraph with its document, its rendered reference, its scores and the span that was asked for or fits best."""

    document: Document
    paragraph: Paragraph
    reference: str
    scores: Scores = Scores()
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """`quote` is `paragraph.text[start:end]`, verbatim; `label` is the paragraph's label."""

    document: str
    label: str
    reference: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer with the citations that carry it; never empty of citations when shown."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Withheld:
    """A sentence that a model wrote and that is not shown as an answer, with the reason."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much was searched, after filters."""

    documents: int
    paragraphs: int


@dataclass(frozen=True, slots=True)
class Searched:
    """What was found, before anything is read or said, in the order of the search; the answer's passages are those of them that count.

    `question` is what was searched for; `rewritten` says that it is not what was asked.
    """

    passages: tuple[Passage, ...]
    coverage: Coverage
    question: str = ""
    rewritten: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing new yet: comes at least every half second while a model is silent, so that whoever reads the stream can close it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """All that is known about one answer; `to_json` is the contract that other programs read."""

    id: str
    question: str
    searched_question: str
    status: Status
    mode: Mode
    statements: tuple[Statement, ...]
    passages: tuple[Passage, ...]
    coverage: Coverage
    generation: str
    model: str | None = None
    fallback: str | None = None
    withheld: tuple[Withheld, ...] = ()
    remarks: tuple[str, ...] = ()
    confidence: float | None = None
    """The reader's probability that the passages answer the question; None where no reader was asked."""
    timings_ms: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The `ask --json` object. In quote mode two runs over one generation differ only in `timings_ms`."""
        return {
            "id": self.id,
            "question": self.question,
            "searched_question": self.searched_question,
            "status": self.status,
            "mode": self.mode,
            "model": self.model,
            "fallback": self.fallback,
            "generation": self.generation,
            "statements": [
                {"text": statement.text, "citations": [citation_json(c) for c in statement.citations]} for statement in self.statements
            ],
            "passages": [passage_json(passage) for passage in self.passages],
            "withheld": [asdict(item) for item in self.withheld],
            "remarks": list(self.remarks),
            "confidence": self.confidence,
            "coverage": asdict(self.coverage),
            "timings_ms": {name: round(value, 2) for name, value in self.timings_ms.items()},
        }


@dataclass(frozen=True, slots=True)
class FellBack:
    """The model failed, for this reason: what it said so far does not count, and quotations follow."""

    reason: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier question of a conversation, what was searched for it, and what was answered ("" for an abstention)."""

    question: str
    searched_question: str
    answer: str = ""

    @classmethod
    def of(cls, answer: Answer) -> Exchange:
        """The exchange that ended in `answer`."""
        return cls(answer.question, answer.searched_question, " ".join(statement.text for statement in answer.statements))


AnswerEvent = Searched | Statement | Withheld | Waiting | FellBack | Answer
"""What an answer yields as it streams: `Searched` once, then statements and withheld sentences, then the whole `Answer`; with a
model, `Waiting` anywhere between, and `FellBack` where quotations take its place. The final `Answer` is what counts."""


def citation_json(citation: Citation) -> dict[str, Any]:
    """A citation as other programs read it: `paragraph` is the label."""
    return {
        "document": citation.document,
        "paragraph": citation.label,
        "reference": citation.reference,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
    }


def passage_json(passage: Passage) -> dict[str, Any]:
    """A passage as other programs read it: `score` is the fused score."""
    return {
        "document": passage.document.id,
        "paragraph": passage.paragraph.label,
        "reference": passage.reference,
        "text": passage.paragraph.text,
        "score": round(passage.scores.fused, 6),
    }


def paragraph_json(paragraph: Paragraph) -> dict[str, Any]:
    """A paragraph as other programs read it; `pages` is [first, last] where they are known, `speaker` is there in transcripts."""
    return {
        "document": paragraph.document,
        "label": paragraph.label,
        "numbering": paragraph.numbering,
        "text": paragraph.text,
        "heading": list(paragraph.heading),
        "pages": list(paragraph.pages) if paragraph.pages else None,
        **({"speaker": paragraph.speaker} if paragraph.speaker else {}),
    }


def document_json(document: Document) -> dict[str, Any]:
    """A document's metadata as plain JSON types, in the order of the catalogue's keys."""
    return {
        "id": document.id,
        "source": document.source,
        "symbol": document.symbol,
        "title": document.title,
        "kind": document.kind,
        "standing": document.standing,
        "date": document.date.isoformat() if document.date else None,
        "session": document.session,
        "speaker": document.speaker,
        "delegation": document.delegation,
        "language": document.language,
        "aliases": list(document.aliases),
        "roles": list(document.roles),
        "sha256": document.sha256,
        "origins": dict(document.origins),
    }
