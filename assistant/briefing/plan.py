"""Plans: what a briefing shall hold, as a delegate writes it by hand.

    +++
    title = "Stakeholders in the OEWG"
    [only]
    speaker = "Chair"
    +++
    # Points to make
    - ask: What did the Chair say on stakeholders?
      - only: standing adopted; since 2021-01-01
    - quote: A/77/275, paras. 4–6
    - Any other text stays as it is.

The head is TOML; the rest is Markdown, of which headings, paragraphs, lists, quotations and emphasis are read and all else is
text. `docs/briefings.md` describes both.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from assistant.answer.request import MAX_QUESTION
from assistant.briefing.blocks import one_line, printable
from assistant.corpus.unicode import clean
from assistant.errors import InvalidPlan
from assistant.schema import Filters, Kind, Standing

FENCE = "+++"
MAX_BYTES = 5_000_000
"""Of a plan: some 50,000 lines."""
_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_FIELDS = {
    "document": "documents",
    "kind": "kinds",
    "standing": "standings",
    "speaker": "speakers",
    "session": "sessions",
    "language": "languages",
    "since": "since",
    "until": "until",
}
"""How a filter is called in a plan, and in `Filters`; the names are those of the command line."""
_CHOICES: dict[str, tuple[str, ...]] = {"kind": get_args(Kind), "standing": get_args(Standing)}


@dataclass(frozen=True, slots=True)
class Ask:
    """A question, answered where it stands. `line` counts from 1 in the file."""

    question: str
    filters: Filters
    line: int


@dataclass(frozen=True, slots=True)
class Cite:
    """Paragraphs to be quoted whole where it stands: "A/77/275, paras. 4–6" or "A/77/275#12"."""

    reference: str
    line: int


@dataclass(frozen=True, slots=True)
class Branch:
    """A place in the plan with what stands under it: a list's item, or a quotation."""

    kind: Literal["heading", "paragraph", "bullets", "numbers", "item", "quotation"]
    content: tuple[Any, ...] = ()
    children: tuple[Part, ...] = ()
    level: int = 0
    """Of a heading; the first number of a list."""


Part = Branch | Ask | Cite


class Head(BaseModel):
    """The keys of a plan's head; all but `title` may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    title: str = Field(min_length=1)
    meeting: str = ""
    date: dt.date | None = None
    """Of the meeting, or whatever date the briefing bears."""
    classification: str = ""
    audience: str = ""
    language: Literal["en", "fr", "es"] = "en"
    """Of the briefing's own words and the place of its footnote marks; quotations stay in theirs."""
    template: str | None = None
    """A Word file, beside the plan, whose styles, margins, headers and footers are taken."""
    only: dict[str, Any] = {}
    """Filters of every question."""

    @field_validator("title", "meeting", "classification", "audience", "template", mode="after")
    @classmethod
    def _on_one_line(cls, value: str | None) -> str | None:
        return value if value is None else one_line(value)


@dataclass(frozen=True, slots=True)
class Plan:
    """A briefing to be made. `name` is what errors call it; `template` is found from `folder`."""

    head: Head
    parts: tuple[Part, ...]
    name: str = "the plan"
    folder: Path = Path()

    @property
    def asks(self) -> tuple[Ask, ...]:
        """All questions, in order."""
        return tuple(part for part in _walk(self.parts) if isinstance(part, Ask))

    @property
    def cites(self) -> tuple[Cite, ...]:
        """All references, in order."""
        return tuple(part for part in _walk(self.parts) if isinstance(part, Cite))

    @property
    def template(self) -> Path | None:
        """The Word file of the head's `template`."""
        return self.folder / self.head.template if self.head.template else None


def read_plan(path: Path) -> Plan:
    """The plan in a file.

    Raises:
        InvalidPlan: it cannot be read, is no UTF-8, or something in it cannot be carried out; names the file and the line.
    """
    return replace(parse_plan(decoded(read_bytes(path), path.name), path.name), folder=path.parent)


def read_bytes(path: Path) -> bytes:
    """The bytes of a plan or a text to be filled.

    Raises:
        InvalidPlan: it cannot be read, or has more than `MAX_BYTES`.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InvalidPlan(f"{path} has more than {MAX_BYTES:,} bytes", "Divide it.")
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise InvalidPlan(f"{path} cannot be read: {reason}", "Check the path; `assistant brief init` writes a first plan.") from None


def decoded(raw: bytes, name: str) -> str:
    """UTF-8, with or without a byte order mark.

    Raises:
        InvalidPlan: it is not; names the line.
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InvalidPlan(f"{name}, line {line}: not UTF-8", "Save it as UTF-8.") from None


def parse_plan(text: str, name: str = "the plan") -> Plan:
    """The plan that `text` is. Linear in its lines.

    Raises:
        InvalidPlan: names the line. Nothing else is raised, whatever the text.
    """
    lines = printable(clean(printable(text))).split("\n")
    opening = next((at for at, line in enumerate(lines) if line.strip()), 0)
    closing = next((at for at in range(opening + 1, len(lines)) if lines[at].strip() == FENCE), None)
    if lines[opening].strip() != FENCE or closing is None:
        step = f'A plan begins with a line {FENCE}, then title = "…" and a second line {FENCE}; `assistant brief init` writes one.'
        raise InvalidPlan(f"{name}, line {opening + 1}: there is no head", step)
    head, filters = _head(lines[: opening + 1], lines[opening + 1 : closing], name)
    from assistant.briefing.markup import parts_of

    body = "\n".join([""] * (closing + 1) + lines[closing + 1 :])
    return Plan(head, parts_of(body, filters, name), name)


def _head(before: list[str], lines: list[str], name: str) -> tuple[Head, Filters]:
    try:
        table = tomllib.loads("\n".join([""] * len(before) + lines))
    except (ValueError, RecursionError) as error:
        found = _TOML_LINE.search(str(error))
        line = int(found[1]) if found else len(before) + 1
        raise InvalidPlan(f"{name}, line {line}: {_TOML_LINE.sub('', str(error)).strip()}", "The head is TOML: key = value.") from None
    try:
        head = Head.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0])
        known = f"The keys are {', '.join(Head.model_fields)}."
        raise InvalidPlan(f"{name}, line {_line_of(key, before, lines)}: {key}: {first['msg']}", known) from None
    if not head.title:
        raise InvalidPlan(f"{name}, line {_line_of('title', before, lines)}: the title is empty", "Say what the briefing is about.")
    filters = Filters()
    for key, value in head.only.items():
        at = _line_of(key, before, lines)
        for one in value if isinstance(value, list) else [value]:
            filters = with_filter(filters, key, one, f"{name}, line {at}", add=one is not value)
    return head, filters


def _line_of(key: str, before: list[str], lines: list[str]) -> int:
    own = re.compile(rf"\s*\[?\s*[\"']?{re.escape(key)}\b")
    return len(before) + next((at for at, line in enumerate(lines, 1) if own.match(line)), 1)


def filters_of(text: str, base: Filters, where: str) -> Filters:
    """The filters of "standing adopted, draft; speaker Chair", each in the place of the one that `base` has.

    Raises:
        InvalidPlan: `where`, and what is wrong.
    """
    filters, given = base, set[str]()
    for part in filter(None, map(str.strip, text.split(";"))):
        key, *rest = re.split(r"\s*[:=]\s*|\s+", part, maxsplit=1)
        key = key.lower()
        value = rest[0].strip() if rest else ""
        for one in value.split(",") if key in (*_CHOICES, "language") else [value]:
            filters = with_filter(filters, key, one.strip(), where, add=key in given)
            given.add(key)
    return filters


def with_filter(filters: Filters, key: str, value: object, where: str, *, add: bool) -> Filters:
    """`filters` with one value more, or (not `add`) with this value alone in its field.

    Raises:
        InvalidPlan: there is no such filter, or no such value of it.
    """
    if key not in _FIELDS:
        raise InvalidPlan(f"{where}: there is no filter {key!r}", f"The filters are {', '.join(_FIELDS)}.")
    field = _FIELDS[key]
    if key in ("since", "until"):
        date = _date(value, where)
        return replace(filters, since=date) if key == "since" else replace(filters, until=date)
    if not isinstance(value, str) or not value.strip():
        raise InvalidPlan(f"{where}: the filter {key} has no value", f'For example: "only: {key} {_CHOICES.get(key, ("NAME",))[0]}".')
    known = one_line(value)
    if key in _CHOICES and (known := known.lower()) not in _CHOICES[key]:
        raise InvalidPlan(f"{where}: {known!r} is no {key}", f"There are {', '.join(_CHOICES[key])}.")
    before = getattr(filters, field) if add else ()
    several: dict[str, Any] = {field: (*before, known)}
    return replace(filters, **several)


def question_of(text: str, where: str) -> str:
    """A question on one line.

    Raises:
        InvalidPlan: it is empty, or longer than any that can be asked.
    """
    question = one_line(text)
    if not question:
        raise InvalidPlan(f"{where}: there is no question", "Write it after the colon: ask: What are the next steps?")
    if len(question) > MAX_QUESTION:
        raise InvalidPlan(f"{where}: the question has {len(question):,} characters, more than {MAX_QUESTION:,}", "Ask it in fewer words.")
    return question


def reference_of(text: str, where: str) -> str:
    """A reference on one line.

    Raises:
        InvalidPlan: it is empty, or longer than any reference.
    """
    reference = one_line(text)
    if not reference or len(reference) > MAX_QUESTION:
        raise InvalidPlan(f"{where}: there is no reference", "For example: quote: A/77/275, paras. 4–6")
    return reference


def _date(value: object, where: str) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        return dt.date.fromisoformat(str(value).strip())
    except ValueError:
        raise InvalidPlan(f"{where}: {str(value)!r} is not a date", "Write it as 2021-12-17.") from None


def _walk(parts: tuple[Part, ...]) -> Iterator[Part]:
    for part in parts:
        yield part
        if isinstance(part, Branch):
            yield from _walk(part.children)
