"""The head of a document: what stands on its first page before its text, and the symbol, date and session that it prints there.

    United Nations                      A/80/604/Add.13
    General Assembly                    Distr.: General
                                        13 April 2026
                                        Original: English

A symbol in running text ("see A/77/275") or in a footnote is another document's.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.corpus.dates import DATE, MONTHS, date_of, find_date
from assistant.corpus.layout import Line, repair
from assistant.corpus.source import SourceText
from assistant.corpus.symbols import Symbol, find

_LINES = 60
"""How many lines of the first page are looked at."""
_CELL = re.compile(r"\s*\|\s*|\t+|[ \u00a0]{3,}")
_NATIONS = (
    r"(?:United Nations|UNITED NATIONS|Nations Unies|Naciones Unidas|Организация Объединенных Наций|Объединенные Нации|联合国"
    r"|الأمم المتحدة)"
)
_LETTERHEAD = re.compile(rf"{_NATIONS}\*?(?:\s+[A-Z]{{1,12}}/.*)?$")
_MARKER = re.compile(rf"{_LETTERHEAD.pattern}|Distr\b|DISTR\b|Original\s?:|ORIGINAL\s?:|Язык оригинала|Оригинал|原文\s?[:：]|الأصل\s?:")
_LABEL = re.compile(
    rf"(?:{_NATIONS}|(?:Document )?[Ss]ymbol\s?:|Document(?: No\.)?\s?:|[A-Z][\w’'-]+(?: (?:of|and|the|on|for|[A-Z][\w’'-]+)){{0,6}})"
)
_DATE_LINE = re.compile(rf"(?:[^\d,;.]{{2,40}},\s?){{0,2}}(?:\w+day,?\s)?{DATE}\*?(?:,\s?(?:\w+\s?){{1,3}})?", re.IGNORECASE)
_PROSE = re.compile(
    rf"\d{{1,3}}\.?\s+(?!(?i:{MONTHS})\b)[A-Z\"“«].{{30,}}"
    r"|(?:Mr|Ms|Mrs|Madam|Mme|M)\.? (?:Chair|President|Secretary)|Excellenc|Distinguished|Thank you|Chers?\b|Dear\b"
)
_UNITS = "first second third fourth fifth sixth seventh eighth ninth".split()
_TEENS = "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth".split()
_TENS = "twent thirt fort fift sixt sevent eight ninet".split()
_ORDINAL = "|".join(
    [f"{ten}(?:ieth|y[-‐‑ ](?:{'|'.join(_UNITS)}))" for ten in _TENS] + _TEENS + _UNITS + [r"\d{1,3}(?:st|nd|rd|th)", "one hundredth"]
)
_SESSION = re.compile(
    rf"(?:(?:resumed|formal)\s)?(?:{_ORDINAL})\s(?:[a-z]+\s){{0,3}}session(?:,? .{{1,60}})?"
    r"|[\w-]{5,40}(?:ième|ère) session(?:,? .{1,60})?|[\w\s-]{5,50} período (?:\w+ )?de sesiones(?:,? .{1,60})?"
    r"|[\w\s-]{5,50} сессия(?:,? .{1,60})?",
    re.IGNORECASE,
)
_SESSION_IN_TITLE = re.compile(
    r"(?<!to )(?<!and )(?P<part>\b(?:first|second|third|resumed) part of (?:its|the) )?"
    rf"\b(?P<name>(?:{_ORDINAL})\s(?:[a-z]+\s){{0,3}}session)\b",
    re.IGNORECASE,
)
_VENUE = re.compile(
    rf"[^\d,;.]{{2,40}},\s(?:[^\d,;.]{{2,30}},\s)?\d{{1,2}}\s?(?:(?:{MONTHS})\s?)?[-–—]\s?\d{{1,2}}\s(?:{MONTHS})\s\d{{4}}", re.IGNORECASE
)
_MEETING = re.compile(r",\s[^,]*\bmeetings?\b.*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of a line of the head that the layout sets apart: a cell of a table, a column."""

    line: Line
    text: str

    @property
    def origin(self) -> str:
        """Where it stands: "first page, line 3"."""
        return f"first page, line {self.line.number}"


@dataclass(frozen=True, slots=True)
class Head:
    """The pieces before the text. Of them the first `masthead` are a masthead; 0 where there is none."""

    cells: tuple[Cell, ...]
    masthead: int


@dataclass(frozen=True, slots=True)
class Masthead:
    """A symbol as printed, with another where the document has two ("A/47/277-S/24111"); a warning where it is not sure."""

    symbol: Symbol | None = None
    also: Symbol | None = None
    origin: str = ""
    warning: str = ""


def head_of(source: SourceText) -> Head:
    """The head of a document: of its first page, up to the first line of prose."""
    cells: list[Cell] = []
    lines = [line for line in source.lines if line.page <= 1 and line.role != "note"][:_LINES]
    for line in lines:
        if line.role != "margin" and is_prose(line):
            break
        cells += [Cell(line, text) for piece in _CELL.split(line.text) if (text := repair(piece))]
    marked = [at for at, cell in enumerate(cells[:25]) if _MARKER.match(cell.text)]
    return Head(tuple(cells), marked[-1] + 1 if marked else 0)


def is_prose(line: Line) -> bool:
    """Whether a line is of the text: a numbered paragraph, a salutation, or the end of a long sentence."""
    return bool(_PROSE.match(line.text)) or (len(line.text) > 60 and line.text.endswith((".", ";", "。")))


def symbol_of(head: Head) -> Masthead:
    """The document's own symbol: alone on its line or last on it, in the masthead or, without one, near the top.

    Of several that compete, that beside "United Nations" counts; where none stands there, none does, and a warning says so.
    """
    hits = list(_symbols(head.cells[: max(head.masthead + 2, 12 if not head.masthead else 0)]))
    beside = [hit for hit in hits if any(_LETTERHEAD.match(cell.text) for cell in head.cells if cell.line.number == hit[0].line.number)]
    hits = beside or hits
    distinct = list(dict.fromkeys(symbol for _, symbol, _ in hits))
    if len(distinct) > 1:
        names = ", ".join(symbol.render() for symbol in distinct[:4])
        return Masthead(warning=f"several symbols stand near its top, none was taken: {names}")
    if not hits:
        return Masthead()
    return Masthead(hits[0][1], hits[0][2], hits[0][0].origin)


def _symbols(cells: Sequence[Cell]) -> Iterator[tuple[Cell, Symbol, Symbol | None]]:
    for cell in cells:
        found = list(find(cell.text))
        if not found or cell.text[found[-1][2] :].strip("* "):
            continue
        joint = len(found) == 2 and re.fullmatch(r"\s?[-‐‑–/]\s?|\s", cell.text[found[0][2] : found[1][1]])
        before = cell.text[: found[0][1] if joint else found[-1][1]].strip()
        if (len(found) == 1 or joint) and (not before or (_LABEL.fullmatch(before) and re.match(rf"{_NATIONS}|.*:$", before))):
            yield cell, found[0][0], found[1][0] if joint else None


def date_in(head: Head) -> tuple[dt.date, str] | None:
    """The date of issue, with its origin: after "Distr.", else the only line of the head that is a date."""
    for at, cell in enumerate(head.cells[: head.masthead]):
        if re.match(r"Distr\b", cell.text, re.IGNORECASE):
            for below in head.cells[at : at + 6]:
                if (below is cell or _DATE_LINE.fullmatch(below.text)) and (date := find_date(below.text)):
                    return date, below.origin
    dated = [(date, cell.origin) for cell in head.cells[:30] if (match := _DATE_LINE.fullmatch(cell.text)) and (date := date_of(match))]
    return dated[0] if len({date for date, _ in dated}) == 1 else None


def is_date_line(text: str) -> bool:
    """Whether a line holds a date, or the days of a session, and at most a place and weekday."""
    return bool(_DATE_LINE.fullmatch(text) or _VENUE.fullmatch(text))


def session_in(head: Head) -> tuple[str, str] | None:
    """The session as printed on a line of its own, without the meeting's number, with its origin."""
    for cell in head.cells[:30]:
        if is_session(cell.text):
            return _MEETING.sub("", cell.text).rstrip("*, "), cell.origin
    return None


def session_of_title(title: str) -> str | None:
    """The one session that a title names: "Twenty-third session" of "Report of the Conference on its twenty-third session"."""
    found = list(_SESSION_IN_TITLE.finditer(title))
    if len(found) != 1:
        return None
    name = (found[0]["part"] or "") + found[0]["name"]
    return name[0].upper() + name[1:]


def is_session(text: str) -> bool:
    """Whether a line names a session: "Eighty-first session", "First substantive session, 13–17 December 2021"."""
    return not text[0].islower() and bool(_SESSION.fullmatch(text.rstrip("* ")))
