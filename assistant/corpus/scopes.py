"""The parts of a document that number their paragraphs for themselves: the body, decisions and resolutions, annexes, appendices.

Each gives its paragraphs' labels a prefix: "decision.1/CP.21.", "annex.II.", "decision.1/CP.21.annex.appendix.I.".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.corpus.layout import Line, Spacing

_NAME = r"[IVXLCivxlc]{1,6}|[A-Z]|\d{1,2}"
_HEADING = re.compile(
    rf"(?i:(?P<part>annex|appendix|enclosure))(?:\s+(?P<name>{_NAME}))?[.*]*(?P<title>(?<=\w)\s*[:–—]\s*\S.*[^\W\d]\)?)?"
    r"|(?:Draft\s+|DRAFT\s+)?(?P<act>Decision|DECISION|Resolution|RESOLUTION)\s+(?P<number>[-–]/[A-Z]+\.\d+|\d{1,4}(?:/[A-Z]+\.\d+|/\d{1,4})?|[IVXLC]{1,6})\*?"
)
_LEVELS = {"decision": 0, "resolution": 0, "annex": 1, "enclosure": 1, "appendix": 2}


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of a document: the prefix of its labels, the headings it stands under, the line that opens it, and its lines."""

    prefix: str
    path: tuple[str, ...]
    opening: Line | None
    lines: Sequence[Line]


def scopes_of(lines: Sequence[Line], spacing: Spacing) -> Iterator[Scope]:
    """The scopes of a text in order; the first may be empty. An annex stands under its decision, an appendix under its annex."""
    open_parts: list[tuple[int, str, str]] = []
    begin, opening = 0, None
    for at in range(len(lines) + 1):
        match = _opens(lines, at, spacing) if at < len(lines) else None
        if match is None and at < len(lines):
            continue
        yield Scope("".join(part for _, part, _ in open_parts), tuple(text for *_, text in open_parts), opening, lines[begin:at])
        if match is not None:
            kind, name = (match["part"] or match["act"]).lower(), match["name"] or match["number"] or ""
            name = name if match["act"] else name.upper()
            open_parts = [part for part in open_parts if part[0] < _LEVELS[kind]]
            open_parts.append((_LEVELS[kind], f"{kind}.{name}." if name else f"{kind}.", lines[at].text))
            begin, opening = at + 1, lines[at]


def _opens(lines: Sequence[Line], at: int, spacing: Spacing) -> re.Match[str] | None:
    """The heading of a scope at this line: alone on it, after an end or set apart."""
    line = lines[at]
    if line.role not in ("text", "heading") or not line.text[0].isupper():
        return None
    match = _HEADING.fullmatch(line.text)
    if not match or at == 0 or line.role == "heading" or line.begins:
        return match
    before = lines[at - 1]
    is_apart = before.is_closed or before.role != "text" or line.gap > spacing.gap
    return match if line.begins is None and is_apart else None
