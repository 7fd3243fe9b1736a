"""Which lines start a numbered paragraph, and which only begin with a number.

A line is a candidate when it begins with a number and text, and what stands before it has come to an end. Among the
candidates the chain is chosen that counts up best: each number continues the one before, or resumes after a gap when the
number after it follows too. Everything else that begins with a number ("80 of those statements", "17 December", the
items of a list) stays text, and is reported.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from assistant.corpus.chains import TITLED, WEAK, Mark, chain_of, series_of
from assistant.corpus.headings import is_numbered_date
from assistant.corpus.layout import MONTH, Line, Spacing, blocks_of, is_heading, is_numbered_title

__all__ = ["Mark", "find_marks", "is_heading"]

_MARK = re.compile(
    r"(?P<parents>(?:\d{1,3}[A-Z]?\.(?:(?:[IVXLC]{1,6}|\d{1,3}[A-Z]?)\.){0,3})?)(?P<number>\d{1,4})(?!\.\d)"
    r"(?:[ ]?(?P<suffix>bis|ter|quater|quinquies)\b)?"
    r"(?:\s?(?P<style>[.)．]|[-–—](?=\s+[^\W\d_]))(?:\s+|(?=[^\W\d_][^.\d])|$)|\s+)(?P<text>.*)",
    # "7.Text" and "7." alone on its line are marks, "7" alone is not; Arabic texts print "7 -".
    re.DOTALL,
)
_CUE = re.compile(
    # Words that lead on to a number: the number is then a reference, and the line goes on with the sentence.
    r"(?:\b(?:arts?|sects?|chaps?|vols?|pp?)\.?|\b(?:paragraphs?|numbers?|articles?|sections?|chapters?|rules?|items?|pages?|resolutions?"
    r"|decisions?|annex(?:es)?|figures?|tables?|parts?|some|nearly|almost))$",
    re.IGNORECASE,
)
_SURE_CUE = re.compile(r"(?:\b(?:[Pp]aras?|[Nn]os|No)\.|¶)$")
_TAB = re.compile(r"[\w.)]+(?: (?:bis|ter|quater|quinquies)\.?)?\t")
"""A number with a tabulator behind it."""
_MANY_MORE = 1.2


def find_marks(lines: Sequence[Line], spacing: Spacing, *, is_expected: bool = False) -> tuple[list[Mark], list[Line]]:
    """The chosen marks in order, and the lines that begin with a number but were not chosen.

    Where numbers are expected, since other parts of the document have them, a text is not asked whether it holds but a list.

    The numbers of a text are of one series ("7.", "7", "10.1", "3.V.26"), since the items of a list are often set in another
    style than the paragraphs: that of the chain that begins first and is not itself a list. Numbers below those of the series
    ("12.1" after "12.") are paragraphs too where they count up from 1.
    """
    numbers = {line.start: match for line in lines if line.text[0].isdigit() and (match := _MARK.match(line.text))}
    candidates = list(_candidates(lines, numbers, spacing))
    chains = [_chain([mark for mark in candidates if mark.series == series]) for series in sorted({mark.series for mark in candidates})]
    in_order = sorted(filter(None, chains), key=lambda chain: chain[0].line)
    suitable = [chain for chain in in_order if is_expected or not _is_only_a_list(lines, chain, candidates, spacing)]
    chosen = next((chain for chain in suitable if not _heads(chain, suitable, lines, spacing)), [])
    chosen = _with_children(_with_restarts(chosen, candidates), candidates)
    taken = {mark.line for mark in chosen}
    return chosen, [line for at, line in enumerate(lines) if at not in taken and line.role != "margin" and line.start in numbers]


def _chain(marks: list[Mark]) -> list[Mark]:
    """The chain of a series. Compound numbers count up for themselves below each parent, "3.I.1" to "3.I.74", then "3.II.1"."""
    if not marks[0].parents:
        return chain_of(marks)
    below: dict[str, list[Mark]] = {}
    for mark in marks:
        below.setdefault(mark.parents, []).append(mark)
    chains = [chain for group in below.values() if (chain := chain_of(group)) and (len(chain) > 1 or chain[0].number == 1)]
    found: list[Mark] = []
    for chain in sorted(chains, key=lambda chain: chain[0].line):
        if found and chain[0].line < found[-1].line:  # two parents at once: the longer chain is the text's
            earlier = [mark for mark in found if mark.parents == found[-1].parents]
            if len(earlier) >= len(chain):
                continue
            found = found[: -len(earlier)]
        found += chain
    return found if len(found) > 1 else []


def _with_restarts(chosen: list[Mark], candidates: Sequence[Mark]) -> list[Mark]:
    """The marks of every section, where sections number their paragraphs each from 1 under a heading of their own.

    Numbers that run through a text are found either way; the sections are believed only where they explain many more.
    """
    if not chosen or chosen[0].parents:
        return chosen
    marks = [mark for mark in candidates if mark.series == chosen[0].series]
    starts = [at for at, mark in enumerate(marks) if mark.number == 1 and mark.under_heading and marks[at + 1 : at + 2]]
    starts = [at for at in starts if at and marks[at + 1].follows(marks[at])]
    if not starts:
        return chosen  # one section: its chain is known
    sections = [marks[a:b] for a, b in pairwise(sorted({0, *starts, len(marks)}))]
    found = [mark for section in sections for mark in chain_of(section)]
    return found if len(found) > _MANY_MORE * len(chosen) else chosen


def _heads(chain: list[Mark], others: Sequence[list[Mark]], lines: Sequence[Line], spacing: Spacing) -> bool:
    """Whether the numbers of a chain are those of headings, "1. Scope" above "1.1 The present rules…"."""
    below = {
        mark.parents: mark.line
        for other in others
        for mark in reversed(other)
        if mark.parents.count(".") == chain[0].parents.count(".") + 1
    }
    heading = [
        mark
        for mark in chain
        if (child := below.get(f"{mark.label}."))
        and child > mark.line
        and (is_heading(lines[mark.line : mark.line + 1]) or is_numbered_title(lines[mark.line : mark.line + 1]))
        and child - mark.line <= 4
    ]
    return 2 * len(heading) > len(chain)


def _with_children(chosen: list[Mark], candidates: Sequence[Mark]) -> list[Mark]:
    """The marks with those below them that count up from 1 between one and the next: 12, 12.1, 12.2, 13."""
    below: dict[str, list[Mark]] = {}
    for mark in candidates:
        if mark.parents:
            below.setdefault(mark.parents, []).append(mark)
    found: list[Mark] = []
    edges = [*(mark.line for mark in chosen[1:]), math.inf]
    for mark, end in zip(chosen, edges, strict=False):  # one edge more where nothing was chosen
        found.append(mark)
        number = 0
        for child in below.get(f"{mark.label}.", ()):
            if mark.line < child.line < end and child.number == number + 1:
                number += 1
                found.append(child)
    return found


def _candidates(lines: Sequence[Line], numbers: Mapping[int, re.Match[str]], spacing: Spacing) -> Iterator[Mark]:
    """The marks that may be chosen; `numbers` are the matches of `_MARK` by where their lines start."""
    place = {line.start: at for at, line in enumerate(lines)}
    blocks = blocks_of(lines, spacing)
    follower = {before.start: after for before, after in pairwise(line for block in blocks for line in block)}
    before: Line | None = None
    for above, block, below in zip([[], *blocks], blocks, [*blocks[1:], []], strict=False):
        for line in block:
            match = numbers.get(line.start) if _may_begin(line) else None
            text = match["text"] or (follower[line.start].text if line.start in follower else "") if match else ""
            if match and text and not is_numbered_date(block):
                opens, first = _opens(text, match), line is block[0]
                under_heading = (
                    opens and first and bool(above) and (is_heading(above) or _heads_number(above, numbers.get(above[0].start), match))
                )
                weight = 1.0 if under_heading else _weight(before, line, opens, bool(match["style"]), first, spacing)
                if weight and first and below:
                    weight = min(weight, _worth_above(block, match, numbers.get(below[0].start)))
                if weight:
                    last = before.text[-1] if before else ""
                    yield Mark(
                        place[line.start],
                        int(match["number"]),
                        match["suffix"] or "",
                        match["style"] or "",
                        text_start=line.start + match.start("text"),
                        weight=weight,
                        parents=match["parents"],
                        under_heading=under_heading and not is_numbered_title(block),
                        after_colon=last in (":", "："),
                        after_clause=last in (",", ";"),
                        is_apart=line.gap > spacing.gap,
                    )
            before = line


def _worth_above(block: Sequence[Line], own: re.Match[str], under: re.Match[str] | None) -> float:
    """What a number is worth that begins `block` right above another number: without a sentence it may be that of a heading."""
    if under is None or not is_numbered_title(block):
        return 1
    if own["number"] == under["number"] and own["parents"] == under["parents"]:
        return 0  # "1. Introduction" above "1. The Group met."
    return WEAK if int(own["number"]) + 1 != int(under["number"]) else TITLED


def _heads_number(block: Sequence[Line], own: re.Match[str] | None, under: re.Match[str]) -> bool:
    """Whether a block is a heading with a figure above another number: "2. Training" above "19. Parties…", not above "3. …"."""
    return own is not None and is_numbered_title(block) and int(own["number"]) + 1 != int(under["number"])


def _may_begin(line: Line) -> bool:
    """Whether the layout allows a paragraph to begin with this line."""
    return line.begins is not False and line.role == "text"


def _opens(text: str, match: re.Match[str]) -> bool:
    """Whether the text after a number begins as a paragraph does. After a bare number, a month makes a date of it."""
    if match["style"]:
        return not text[0].islower()
    return (text[0] in "\"'“‘«([「" or (text[0].isalpha() and not text[0].islower())) and not MONTH.match(text)


def _weight(before: Line | None, line: Line, opens: bool, is_dotted: bool, first: bool, spacing: Spacing) -> float:
    """How far the number of `line` may start a paragraph after the line `before`; `first`: the layout sets it apart from that."""
    if not (opens or is_dotted):
        return 0
    if before is None or (opens and _TAB.match(line.text)):
        return 1  # a tabulator after the number: it was set as one
    is_closed = before.is_closed
    if _SURE_CUE.search(before.text[-12:]) or (not is_closed and before.goes_on):
        return 0
    if not (is_closed and first) and _CUE.search(before.text[-12:]):
        return 0
    if is_closed:
        return 1
    if before.text[-1] == ",":
        return 1 if first else WEAK if is_dotted else 0
    return WEAK if opens and (is_dotted or (first and spacing.wrapped) or line.gap > spacing.gap) else 0


def _is_only_a_list(lines: Sequence[Line], chain: list[Mark], candidates: Sequence[Mark], spacing: Spacing) -> bool:
    """Whether these numbers are a list, or footnotes, inside a text that has no numbers or others.

    Paragraph numbers run through a text: little prose stands before the first, little after the last paragraph, and most of it
    begins with a number. A preamble, whose clauses end with commas, is not counted as prose, nor are the items of a list. Less
    prose will do where a colon announces a list, and more may stand after the last number where none stands before the first.
    """
    first, last, size = chain[0], chain[-1], _size(lines)
    before = [
        block
        for block in blocks_of(lines[: first.line], spacing)
        if not is_heading(block) and block[-1].text.rstrip("] ")[-1:] not in (",", ";")
    ]
    edges = [*(mark.line for mark in chain), len(lines)]
    own = {mark.label for mark in chain}
    inside = [[block for block in blocks_of(lines[a:b], spacing)[1:] if _is_prose(block, first.series, own)] for a, b in pairwise(edges)]
    unnumbered = _size(line for block in before for line in block)
    among = sum(_size(line for block in blocks for line in block) for blocks in inside)
    after = _size(line for block in inside[-1] for line in block)
    others = (mark for mark in candidates if mark.line > last.line and mark.series != last.series)
    other = next((mark.line for mark in others if mark.parents.rstrip(".") not in own), len(lines))
    share = 0.15 if first.after_colon and after else 0.4 if before else 0.6
    return unnumbered + max(after, _size(lines[other:])) > share * size or unnumbered + among > 0.6 * size


def _is_prose(block: Sequence[Line], series: tuple[str, str], own: Collection[str]) -> bool:
    """Whether a block is no heading, item of a list or rest of a sentence; a number of another series is text, but for one below
    a number of the chain (`own` are their labels): 12.1 below 12."""
    first = block[0].text[0]
    match = _MARK.match(block[0].text) if first.isdigit() else None
    return (
        first.isalnum()
        and not first.islower()
        and not (match and (series_of(match["parents"], match["style"] or "") == series or match["parents"].rstrip(".") in own))
        and not is_heading(block)
    )


def _size(lines: Iterable[Line]) -> int:
    return sum(len(line.text) for line in lines)
