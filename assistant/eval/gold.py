"""Gold sets: questions with the paragraphs that answer them, one JSON object a line (eval/gold/*.jsonl).

    {"id": "c01", "question": "…", "answerable": true, "references": [{"document": "A/77/275", "paragraph": "12"}],
     "answers": ["words of that paragraph"], "must_include": [["either", "or"], ["and this"]], "type": "number"}

`paragraph` is the label. May be left out: `type`; `filters`, with which the question is asked; `about`, the document that a
question was written against, where no reference says so; `reviewed`, false until a person has read the line. Other keys are
tolerated. A question that the documents do not answer has `"answerable": false` and three empty lists. Lines are appended to a
set and never change their half of it (`split_of`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SkipValidation, StringConstraints, TypeAdapter, ValidationError

from assistant.errors import GoldError
from assistant.schema import Filters, Paragraph

Split = Literal["tune", "test"]
ParagraphLookup = Callable[[str], Iterable[Paragraph]]
"""Gives all paragraphs of a document id, and none for a document that is not there."""

_Text = Annotated[str, StringConstraints(pattern=r"\S")]
"""Text that is not blank: a blank string is contained in every answer and would count any answer as right."""


@dataclass(frozen=True, slots=True)
class GoldReference:
    """A paragraph that answers; `paragraph` is its label, `relevance` its gain in graded judgements (1 where there are none)."""

    document: _Text
    paragraph: _Text
    relevance: Annotated[int, Field(ge=1)] = 1

    @property
    def id(self) -> str:
        """`<document id>#<label>`, as `Paragraph.id`."""
        return f"{self.document}#{self.paragraph}"


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """One line of a gold set.

    `answers` are verbatim in a referenced paragraph. `must_include` is what a right answer says: at least one string of
    every inner tuple. `place` is "file, line 3", for messages; two questions that differ only in it are equal.
    """

    id: _Text
    question: _Text
    answerable: bool
    references: tuple[GoldReference, ...]
    answers: tuple[_Text, ...]
    must_include: tuple[tuple[_Text, ...], ...]
    type: str | None = None
    filters: Filters = Filters()
    about: str | None = None
    reviewed: bool = True
    place: SkipValidation[str] = field(default="", compare=False)

    @property
    def document(self) -> str | None:
        """The document that the question is about: of its first reference, else `about`."""
        return self.references[0].document if self.references else self.about

    def to_json(self) -> dict[str, Any]:
        """A line of a gold set; what is as it usually is, is left out. `read_gold` reads it back."""
        row: dict[str, Any] = _LINE.dump_python(self, mode="json", exclude={"place"}, exclude_defaults=True)
        return row


_LINE = TypeAdapter(GoldQuestion)
_FILTERS = {item.name for item in fields(Filters)}


def read_gold(path: Path) -> tuple[GoldQuestion, ...]:
    """The questions of a gold file, in its order; blank lines are passed over.

    Raises:
        GoldError: the first flaw, with file and line: no file, not UTF-8, no question at all, bad JSON, a missing key or a
            value of the wrong type, an id used twice, a question that is answerable without references, or one that is not
            answerable with references, answers or must_include.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise GoldError(f"{path} is not UTF-8 text (byte {error.start})", "Save it as UTF-8.") from None
    except OSError as error:
        raise GoldError(f"{path} cannot be read: {error.strerror}", "Name a gold file such as eval/gold/chair.jsonl.") from None
    questions: list[GoldQuestion] = []
    places: dict[str, str] = {}
    # Not splitlines(): JSON strings may hold U+2028 and its like, which do not end a line of JSONL.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        question = _parse(line, f"{path}, line {number}")
        if question.id in places:
            raise _flaw(question, f"this id is already used on {places[question.id]}", "Give the question an id of its own.")
        places[question.id] = f"line {number}"
        questions.append(question)
    if not questions:
        raise GoldError(f"{path} holds no question", "Write one JSON object a line; eval/README.md shows the format.")
    return tuple(questions)


def check_gold(questions: Iterable[GoldQuestion], paragraph_lookup: ParagraphLookup) -> None:
    """Checks references and answers against the paragraphs that are there.

    An answer must be verbatim, white space folded, in one of its question's paragraphs.

    Raises:
        GoldError: the first document, paragraph or answer that is not there, with the line and the question's id.
    """
    known: dict[str, dict[str, str]] = {}
    for question in questions:
        texts = []
        for reference in question.references:
            if reference.document not in known:
                known[reference.document] = {p.label: _fold_space(p.text) for p in paragraph_lookup(reference.document)}
            paragraphs = known[reference.document]
            if not paragraphs:
                raise _flaw(question, f"no document {reference.document!r} is indexed", "`assistant corpus` lists the documents.")
            if reference.paragraph not in paragraphs:
                step = f"`assistant show {reference.document}` prints its paragraphs."
                raise _flaw(question, f"{reference.document} has no paragraph {reference.paragraph!r}", step)
            texts.append(paragraphs[reference.paragraph])
        for answer in question.answers:
            if not any(_fold_space(answer) in text for text in texts):
                raise _flaw(question, f"the answer {answer!r} is not in a referenced paragraph", "Copy it from there word for word.")


def split_of(id: str) -> Split:
    """The half of the set that a question belongs to: "tune" to choose settings by, "test" to report on.

    The first byte of the SHA-256 of the id: below 128 "tune", else "test". **Never to be changed**, nor an id: a question
    that was tuned on must never be reported on. New lines are appended and fall to either half; nothing is split again.
    """
    return "tune" if hashlib.sha256(id.encode()).digest()[0] < 128 else "test"


def write_gold(path: Path, questions: Sequence[GoldQuestion]) -> None:
    """Writes a new gold file, one line a question.

    Raises:
        GoldError: the file is there already (a reviewed set is never overwritten), or cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.writelines(json.dumps(question.to_json(), ensure_ascii=False) + "\n" for question in questions)
    except FileExistsError:
        raise GoldError(f"{path} is there already", "Name another file with --out.") from None
    except OSError as error:
        raise GoldError(f"{path} cannot be written: {error.strerror}", "Name a folder that you may write to.") from None


def _parse(line: str, place: str) -> GoldQuestion:
    try:
        # Strict: "answerable": "yes" and "paragraph": 7 are flaws, not values to be guessed at.
        question = replace(_LINE.validate_json(line, strict=True), place=place)
    except ValidationError as error:
        raise GoldError(f"{place}: {_first_flaw(error)}", "Mend the line; eval/README.md shows the format.") from None
    if unknown := sorted(json.loads(line).get("filters", {}).keys() - _FILTERS):  # one that is ignored would change the question
        raise _flaw(question, f"no filter is called {unknown[0]!r}", f"Filters are {', '.join(sorted(_FILTERS))}.")
    ids = [reference.id for reference in question.references]
    if question.answerable and not ids:
        raise _flaw(question, "answerable without references", "Name the paragraphs that answer it, or set answerable to false.")
    if not question.answerable and (ids or question.answers or question.must_include):
        step = "Leave the three lists empty, or set answerable to true."
        raise _flaw(question, "not answerable, yet with references, answers or must_include", step)
    if len(set(ids)) < len(ids):
        raise _flaw(question, "the same paragraph is referenced twice", "Name each paragraph once.")
    if not all(question.must_include):
        raise _flaw(question, "must_include holds an empty list, which no answer can meet", "Remove it or fill it.")
    return question


def _first_flaw(error: ValidationError) -> str:
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return f"not JSON: {first['ctx']['error']}".replace("at line 1 column", "at column")
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return f"the key {key!r} is missing"
    if first["type"] == "string_pattern_mismatch":
        return f"{key!r} is blank"
    return f"{key!r}: {first['msg']}" if key else "not a JSON object"


def _flaw(question: GoldQuestion, what: str, step: str) -> GoldError:
    return GoldError(": ".join(filter(None, (question.place, question.id, what))), step)


def _fold_space(text: str) -> str:
    return " ".join(text.split())
