"""The pieces of a document's ledger: what is missing, repeated, begun again, left out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.corpus.chains import Mark
from assistant.corpus.layout import Line, repair

_EXCERPT = 60
"""Characters of a line that are shown."""


def notes_of(lines: Sequence[Line]) -> Iterator[str]:
    """The footnotes, each whole, with its page where that is known."""
    note: list[Line] = []
    for line in [*(line for line in lines if line.role == "note"), None]:
        if note and (line is None or line.begins is not False):
            page = f"page {note[0].page}: " if note[0].page else ""
            yield page + repair("\n".join(item.text for item in note))
            note = []
        if line:
            note.append(line)


def gaps_of(prefix: str, marks: Sequence[Mark], last: int) -> list[str]:
    """The numbers that are missing, as "4" or "4-6", with the scope's prefix; an annex may go on from the number `last`."""
    found: list[str] = []
    before = last if marks and marks[0].number == last + 1 else 0
    for mark in marks:
        if mark.number > before + 1:
            missing = f"{before + 1}" if mark.number == before + 2 else f"{before + 1}-{mark.number - 1}"
            found.append(prefix + missing)
        before = mark.number
    return found


def restarts_of(lines: Sequence[Line], ignored: Sequence[Line], marks: Sequence[Mark]) -> list[str]:
    """A warning where numbers begin again inside a paragraph, and no colon announces a list: its text may hold more than one."""
    starts = [lines[mark.line].start for mark in marks]
    announced = {after.start for before, after in pairwise(line for line in lines if line.role != "margin") if before.text[-1] in ":："}
    found: list[str] = []
    for one, two in pairwise(ignored):
        at = bisect_right(starts, one.start)
        if (
            re.match(r"1\D", one.text)
            and re.match(r"2\D", two.text)
            and one.start not in announced
            and 0 < at == bisect_right(starts, two.start)
        ):
            found.append(f"numbers begin again at line {one.number}, inside paragraph {marks[at - 1].label}: check its text")
    return found


def lists_of(ignored: Sequence[Line]) -> list[str]:
    """A warning where a text without paragraph numbers holds a numbered list that could be taken for them."""
    if not any(re.match(r"1\D", one.text) and re.match(r"2\D", two.text) for one, two in pairwise(ignored)):
        return []
    return [f"the numbers from line {ignored[0].number} on were read as a list, not as paragraph numbers"]


def excerpt(line: Line, text: str) -> str:
    """A line as it is shown: its number and the beginning of its text."""
    shown = text if len(text) <= _EXCERPT else text[: _EXCERPT - 1].rstrip() + "…"
    return f"line {line.number}: {shown}"
