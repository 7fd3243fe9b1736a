"""The parts of a document that number their paragraphs for themselves: the body, decisions and resolutions, annexes, appendices, articles.

Each gives its paragraphs' labels a prefix: "decision.1/CP.21.", "annex.II.", "decision.1/CP.21.annex.appendix.I.".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.corpus.labels import LEVELS, Part, prefix_of
from assistant.corpus.layout import Line, Spacing, is_numbered_title
from assistant.corpus.tables import is_contents

_NAME = r"[IVXLCivxlc]{1,6}|[A-Z]|\d{1,2}"
_HEADING = re.compile(
    rf"(?i:(?P<part>annex|appendix|enclosure))(?:\s+(?P<name>{_NAME}))?[.*]*(?P<title>(?<=\w)\s*[:–—]\s*\S.*[^\W\d]\)?)?"
    r"|(?:Draft\s+|DRAFT\s+)?(?P<act>Decision|DECISION|Resolution|RESOLUTION)\s+(?P<number>[-–]/[A-Z]+\.\d+|\d{1,4}(?:/[A-Z]+\.\d+|/\d{1,4})?|[IVXLC]{1,6})\*?"
    r"|(?:[IVXLC]{1,6}\.\s+|[A-Z]\.\s+)?(?P<clause>Article|ARTICLE|Rule|RULE)\s+(?P<nth>\d{1,3}(?:\.\d{1,2})?)(?:\s*[.:–—]\s*[^.;:]{1,120}(?<![,;]))?"
)
_PAGE = re.compile(r"(?:\t|\s?(?:\.\s?){3,}|\s*\|)*\s*(?:\d{1,4}|[ivxlc]{1,6})$")
_NEAR = 3
"""Lines of a table of contents that one entry may take."""
_FIRST = re.compile(r"1[.)]?\s+\S")


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of a document: the prefix of its labels, the headings it stands under, the line that opens it, and its lines."""

    prefix: str
    path: tuple[str, ...]
    opening: Line | None
    lines: Sequence[Line]


def scopes_of(lines: Sequence[Line], spacing: Spacing) -> Iterator[Scope]:
    """The scopes of a text in order; the first may be empty. An annex stands under its decision, an appendix under its annex."""
    open_parts: list[tuple[Part, str]] = []
    begin, opening = 0, None
    for at, match in _openings(lines, spacing):
        yield Scope(prefix_of(part for part, _ in open_parts), tuple(text for _, text in open_parts), opening, lines[begin:at])
        part = _part(match)
        open_parts = [(above, text) for above, text in open_parts if LEVELS[above.kind] < LEVELS[part.kind]]
        open_parts.append((part, lines[at].text))
        begin, opening = at + 1, lines[at]
    yield Scope(prefix_of(part for part, _ in open_parts), tuple(text for _, text in open_parts), opening, lines[begin:])


def _openings(lines: Sequence[Line], spacing: Spacing) -> list[tuple[int, re.Match[str]]]:
    """Where scopes open, less the entries of a table of contents: those that come again, with their titles, below the first number."""
    has_clauses = _clauses_restart(lines)
    found = [(at, match) for at in range(len(lines)) if (match := _opens(lines, at, spacing)) and (has_clauses or not match["clause"])]
    first = next((at for at, line in enumerate(lines) if _begins_body(line)), len(lines))
    again = {_entry(lines, at) for at, _ in found if at > first}
    return [(at, match) for at, match in found if at > first or _entry(lines, at) not in again]


def _begins_body(line: Line) -> bool:
    """Whether a line may be that of a first paragraph: a number and text that is no title."""
    return bool(_FIRST.match(line.text)) and line.role == "text" and not is_contents(line.text) and not is_numbered_title([line])


def _entry(lines: Sequence[Line], at: int) -> tuple[str, str]:
    """A scope's heading and its title, without the page number of a table of contents."""
    title = lines[at + 1].text if at + 1 < len(lines) else ""
    return lines[at].text.casefold(), " ".join(_PAGE.sub("", title).casefold().split())


def _part(match: re.Match[str]) -> Part:
    """The kind and the name of a scope by its heading."""
    if match["clause"]:
        return Part(match["clause"].lower(), match["nth"])
    if match["act"]:
        return Part(match["act"].lower(), match["number"])
    return Part(match["part"].lower(), (match["name"] or "").upper())


def _clauses_restart(lines: Sequence[Line]) -> bool:
    """Whether articles or rules number their paragraphs each for itself, as treaties do: two or more of them are followed by a "1."."""
    heads = [at for at, line in enumerate(lines) if (match := _HEADING.fullmatch(line.text)) and match["clause"]]
    return sum(any(_FIRST.match(line.text) for line in lines[at + 1 : at + 4]) for at in heads) >= 2


def _is_in_contents(lines: Sequence[Line], at: int) -> bool:
    """Whether a heading stands in a table of contents: lines with page numbers stand right above it and right below."""
    around = (lines[max(0, at - _NEAR) : at], lines[at + 1 : at + 1 + _NEAR])
    return all(any(is_contents(line.text) for line in side) for side in around)


def _opens(lines: Sequence[Line], at: int, spacing: Spacing) -> re.Match[str] | None:
    """The heading of a scope at this line: alone on it, after an end or set apart."""
    line = lines[at]
    if line.role not in ("text", "heading") or not line.text[0].isupper():
        return None
    match = _HEADING.fullmatch(line.text)
    if match and _is_in_contents(lines, at):
        return None
    if not match or at == 0 or line.role == "heading" or line.begins:
        return match
    before = lines[at - 1]
    if not spacing.wrapped and not match["act"]:
        goes_on = at + 1 < len(lines) and lines[at + 1].text[0].islower()
        return None if before.goes_on or goes_on else match
    is_short = before.begins is None and spacing.was_ended(before, line)
    is_apart = before.is_closed or before.role != "text" or line.gap > spacing.gap or is_short or (match["act"] and not before.goes_on)
    return match if line.begins is None and is_apart else None
