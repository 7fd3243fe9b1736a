"""The parts of a document that number their paragraphs for themselves: the body, decisions and resolutions, annexes, appendices, articles.

Each gives its paragraphs' labels a prefix: "decision.1/CP.21.", "annex.II.", "decision.1/CP.21.annex.appendix.I.".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.corpus.labels import LEVELS, Part, prefix_of
from assistant.corpus.layout import Line, Spacing

_NAME = r"[IVXLCivxlc]{1,6}|[A-Z]|\d{1,2}"
_HEADING = re.compile(
    rf"(?i:(?P<part>annex|appendix|enclosure))(?:\s+(?P<name>{_NAME}))?[.*]*(?P<title>(?<=\w)\s*[:–—]\s*\S.*[^\W\d]\)?)?"
    r"|(?:Draft\s+|DRAFT\s+)?(?P<act>Decision|DECISION|Resolution|RESOLUTION)\s+(?P<number>[-–]/[A-Z]+\.\d+|\d{1,4}(?:/[A-Z]+\.\d+|/\d{1,4})?|[IVXLC]{1,6})\*?"
    r"|(?:[IVXLC]{1,6}\.\s+|[A-Z]\.\s+)?(?P<clause>Article|ARTICLE|Rule|RULE)\s+(?P<nth>\d{1,3}(?:\.\d{1,2})?)(?:\s*[.:–—]\s*[^.;:]{1,120}(?<![,;]))?"
)
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
    has_clauses = _clauses_restart(lines)
    for at in range(len(lines) + 1):
        match = _opens(lines, at, spacing) if at < len(lines) else None
        if at < len(lines) and (match is None or (match["clause"] and not has_clauses)):
            continue
        yield Scope(prefix_of(part for part, _ in open_parts), tuple(text for _, text in open_parts), opening, lines[begin:at])
        if match is not None:
            part = _part(match)
            open_parts = [(above, text) for above, text in open_parts if LEVELS[above.kind] < LEVELS[part.kind]]
            open_parts.append((part, lines[at].text))
            begin, opening = at + 1, lines[at]


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


def _opens(lines: Sequence[Line], at: int, spacing: Spacing) -> re.Match[str] | None:
    """The heading of a scope at this line: alone on it, after an end or set apart."""
    line = lines[at]
    if line.role not in ("text", "heading") or not line.text[0].isupper():
        return None
    match = _HEADING.fullmatch(line.text)
    if not match or at == 0 or line.role == "heading" or line.begins:
        return match
    before = lines[at - 1]
    if not spacing.wrapped and not match["act"]:
        goes_on = at + 1 < len(lines) and lines[at + 1].text[0].islower()
        return None if before.goes_on or goes_on else match
    is_short = before.begins is None and spacing.was_ended(before, line)
    is_apart = before.is_closed or before.role != "text" or line.gap > spacing.gap or is_short or (match["act"] and not before.goes_on)
    return match if line.begins is None and is_apart else None
