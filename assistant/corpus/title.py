"""The title on a document's first page: what stands between the masthead and the text, where it is sure what that is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.corpus.layout import Line, is_marked, repair
from assistant.corpus.masthead import Cell, Head, is_date_line, is_session
from assistant.corpus.symbols import parse

_QUALIFIER = (
    r"(?:(?:zero|first|second|third|fourth|fifth|sixth|annual"
    r"|biennial|interim|progress|procedural|final|revised|draft|advance|summary|joint"
    r"|national|opening|closing|concluding|introductory|unofficial|verbatim|identical|consolidated)\s+)*"
)
_ANCHOR = re.compile(
    rf"{_QUALIFIER}(?:report (?:of|by|on)|note (?:by|verbale)|letters? (?:\w+ )?dated|statement (?:by|of|from|on behalf|delivered|made)"
    r"|remarks (?:by|of)|intervention (?:by|of)|address by|resolution adopted|decisions? adopted|draft (?:resolution|decision|report)"
    r"|(?:record|transcript) of|working paper|concept paper|explanation of|right of reply)\b",
    re.IGNORECASE,
)
"""How titles begin that name their kind of document."""
_AGENDA = re.compile(r"(?:provisional )?(?:agenda )?items? \d|point \d+ de l.ordre du jour|tema \d+ del programa", re.IGNORECASE)
_FURNITURE = re.compile(
    r"distr\b|original\s?:|united nations$|nations unies$|naciones unidas$|general assembly$|security council$"
    r"|economic and social council$|human rights council$|trusteeship council$|(?:first|second|third|fourth|fifth|sixth) committee$"
    r"|\d\d-\d{5}|\*\d+\*|page \d|please recycle|addendum$|corrigendum$|advance unedited|english$|french$|spanish$|for participants only",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"(?:contents|summary|introduction|abbreviations|table of contents|preamble|annex|page|part \w+:"
    r"|decisions? \d|\*|(?-i:[a-z]\s[A-Z])|\d+[.)]\s)",
    re.IGNORECASE,
)
_LONGEST, _MOST_LINES = 400, 12


@dataclass(frozen=True, slots=True)
class Title:
    """A title; `subject` is its part that names the kind of document: "Report of the Committee"."""

    text: str
    subject: str
    origin: str


def title_of(head: Head) -> Title | None:
    """The title of the first page; None where it is not sure.

    Sure is what begins as titles do ("Report of", "Statement by") and, with what stands above it under a masthead, goes on to its
    end; or, under a masthead, the one block of lines before the contents or the text.
    """
    cells = _block(head)
    anchors = [at for at, cell in enumerate(cells) if _ANCHOR.match(cell.text)]
    if anchors:
        at = anchors[0]
        end = at + 1
        while end < len(cells) and _continues(cells[end - 1], cells[end]):
            end += 1
        subject = cells[at:end]
        above = cells[:at] if head.masthead and at < _MOST_LINES else []
        if above and repair(" ".join(cell.text for cell in above)).lower() in repair(" ".join(cell.text for cell in subject)).lower():
            above = []  # the body's name, which the title repeats
        return _title(above, subject)
    if head.masthead and 0 < len(cells) <= 3 and all(_is_one_block(a.line, b.line) for a, b in pairwise(cells)):
        return _title([], cells)
    return None


def _block(head: Head) -> list[Cell]:
    """The pieces that may belong to a title: behind the masthead, sessions, dates and agenda items, up to a stop."""
    block: list[Cell] = []
    for cell in head.cells[head.masthead :]:
        text = cell.text
        is_anchor = bool(_ANCHOR.match(text))
        if is_anchor or (block and block[-1].line.goes_on):
            block.append(cell)
        elif is_session(text) or _AGENDA.match(text):
            if any(_ANCHOR.match(other.text) for other in block):
                break
            block.clear()  # the body's name stands before its session
        elif block and (_STOP.match(text) or is_marked(text)):
            break
        elif not _is_furniture(cell):
            block.append(cell)
    return block


def _is_furniture(cell: Cell) -> bool:
    """Whether a piece is none of a title: a table's, a running header's, a date's, a symbol's, an amount's."""
    text = cell.text
    if cell.line.role in ("margin", "table") or is_date_line(text) or parse(text):
        return True
    return bool(_FURNITURE.match(text) or _STOP.match(text) or re.search(r"[$€£]\s?\d|\.{4}", text)) or is_marked(text)


def _continues(before: Cell, cell: Cell) -> bool:
    """Whether a title that ends with `before` so far goes on: an unfinished phrase, or a line without any mark of a new one."""
    if _ANCHOR.match(cell.text) or before.text.endswith((".", ":", "?", "!")):
        return False
    if before.line.goes_on or (before.text.endswith((",", "-", "–", ")")) and cell.text[0].islower()):
        return True
    if cell.text[0].islower() or (cell.text[0].isdigit() and cell.line.gap == 0):
        return True
    return len(before.text) >= 45 and _is_one_block(before.line, cell.line)


def _is_one_block(before: Line, after: Line) -> bool:
    """Whether the layout puts two lines together."""
    if after.begins is not None:
        return not after.begins
    return after.number == before.number + 1 and after.gap == 0 and before.role == after.role


def _title(above: Sequence[Cell], cells: Sequence[Cell]) -> Title | None:
    subject = repair("\n".join(cell.text for cell in cells)).rstrip("* ")
    text = repair(" ".join([*(cell.text for cell in above), *(["–"] if above else []), subject]))
    first = (above or cells)[0]
    shown = text if len(text) <= _LONGEST else subject
    return Title(shown, subject, first.origin if shown == text else cells[0].origin) if len(subject) <= _LONGEST else None
