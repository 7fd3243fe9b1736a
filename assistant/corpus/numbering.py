"""Which lines start a numbered paragraph, and which only begin with a number.

A line is a candidate when it begins with a number and text, and what stands before it has come to an end. Among the
candidates the chain is chosen that counts up best: each number continues the one before, or resumes after a gap when the
number after it follows too. Everything else that begins with a number ("80 of those statements", "17 December", the
items of a list) stays text, and is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import NamedTuple

from assistant.corpus.layout import Line, Spacing, blocks_of, is_heading

__all__ = ["Mark", "find_marks", "is_heading"]

_SUFFIXES = ("", "bis", "ter", "quater", "quinquies")
_MARK = re.compile(
    r"(?P<number>\d{1,4})(?:[ ]?(?P<suffix>bis|ter|quater|quinquies)\b)?"
    r"(?:(?P<style>[.)])(?:\s+|(?=[^\W\d_][^.\d])|$)|\s+)(?P<text>.*)",  # "7.Text" and "7." alone on its line are marks, "7" alone is not
    re.DOTALL,
)
_CUE = re.compile(
    # Words that lead on to a number: the number is then a reference, and the line goes on with the sentence.
    r"(?:\b(?:arts?|sects?|chaps?|vols?|pp?)\.?|\b(?:paragraphs?|numbers?|articles?|sections?|chapters?|rules?|items?|pages?|resolutions?"
    r"|decisions?|annex(?:es)?|figures?|tables?|parts?|some|nearly|almost))$",
    re.IGNORECASE,
)
_SURE_CUE = re.compile(r"(?:\b(?:[Pp]aras?|[Nn]os|No)\.|¶)$")
_MONTH = re.compile(
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may(?!\s+(?:i|we|it|they|the)\b)|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?(?:\s|,|$)",
    re.IGNORECASE,
)

_WEAK = 0.5
"""What a mark is worth where no end stands before it; every other is worth 1. Chains are compared by their sums."""
_GAP_COST, _REPEAT_COST, _LIST_COST, _LEAD_COST, _COLON_COST, _CLAUSE_COST, _SPACE_COST = 0.5, 0.1, 0.2, 0.5, 1.0, 0.65, 0.3
_LISTED = 0.97
"""What an item of a list is worth: a little less than a paragraph, so that a long count is read as one of paragraphs."""
_WIDEST_GAP, _NEAREST, _LATEST_START = 100, 8, 1000
"""How many missing numbers a gap may have, and how many later lines of one number are looked at: bounds that keep the
choice linear. A text that begins with a number above the last is a chronology rather than an extract."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A line that may start paragraph `number` (with "bis", … as `suffix`); `text_start` is where its text begins."""

    line: int
    number: int
    suffix: str
    style: str
    text_start: int
    weight: float = 1.0
    after_colon: bool = False
    after_clause: bool = False
    """A comma or semicolon stands before it."""
    is_apart: bool = True
    """More empty lines stand before it than between the lines of a paragraph."""

    @property
    def label(self) -> str:
        """The number as a paragraph's label has it: "12bis"."""
        return f"{self.number}{self.suffix}"

    def follows(self, other: Mark) -> bool:
        """Whether this number comes next after `other`: 13 or 12 bis after 12, 13 or 12 ter after 12 bis."""
        if self.suffix:
            return self.number == other.number and _SUFFIXES.index(self.suffix) == _SUFFIXES.index(other.suffix) + 1
        return self.number == other.number + 1

    def unlike(self, other: Mark) -> float:
        """The cost of stepping here from `other`: paragraphs look alike, and so do the items of a list, but for the first."""
        if other.number == 1:
            return 0
        return _CLAUSE_COST * (self.after_clause != other.after_clause) + _SPACE_COST * (self.is_apart != other.is_apart)


def find_marks(lines: Sequence[Line], spacing: Spacing) -> tuple[list[Mark], list[Line]]:
    """The chosen marks in order, and the lines that begin with a number but were not chosen.

    The numbers of a text are of one style, since the items of a list are often set in another style than the paragraphs: that
    of the chain that begins first and is not itself a list.
    """
    candidates = list(_candidates(lines, spacing))
    chains = [_chain([mark for mark in candidates if mark.style == style]) for style in sorted({mark.style for mark in candidates})]
    in_order = sorted(filter(None, chains), key=lambda chain: chain[0].line)
    chosen = next((chain for chain in in_order if not _is_only_a_list(lines, chain, candidates, spacing)), [])
    taken = {mark.line for mark in chosen}
    return chosen, [line for at, line in enumerate(lines) if at not in taken and line.role != "margin" and _MARK.match(line.text)]


def _candidates(lines: Sequence[Line], spacing: Spacing) -> Iterator[Mark]:
    place = {line.start: at for at, line in enumerate(lines)}
    blocks = blocks_of(lines, spacing)
    follower = {before.start: after for before, after in pairwise(line for block in blocks for line in block)}
    before: Line | None = None
    for above, block in pairwise([[], *blocks]):
        for line in block:
            match = _MARK.match(line.text) if line.text[0].isdigit() else None
            text = match["text"] or (follower[line.start].text if line.start in follower else "") if match else ""
            if match and text:
                opens, first = _opens(text, match), line is block[0]
                under_heading = opens and first and bool(above) and is_heading(above)
                weight = 1.0 if under_heading else _weight(before, line, opens, bool(match["style"]), first, spacing)
                if weight:
                    last = before.text[-1] if before else ""
                    yield Mark(
                        place[line.start],
                        int(match["number"]),
                        match["suffix"] or "",
                        match["style"] or "",
                        text_start=line.start + match.start("text"),
                        weight=weight,
                        after_colon=last in (":", "："),
                        after_clause=last in (",", ";"),
                        is_apart=line.gap > spacing.gap,
                    )
            before = line


def _opens(text: str, match: re.Match[str]) -> bool:
    """Whether the text after a number begins as a paragraph does. After a bare number, a month makes a date of it."""
    if match["style"]:
        return not text[0].islower()
    return (text[0] in "\"'“‘«([「" or (text[0].isalpha() and not text[0].islower())) and not _MONTH.match(text)


def _weight(before: Line | None, line: Line, opens: bool, is_dotted: bool, first: bool, spacing: Spacing) -> float:
    """How far the number of `line` may start a paragraph after the line `before`; `first`: the layout sets it apart from that."""
    if not (opens or is_dotted):
        return 0
    if before is None:
        return 1
    if _SURE_CUE.search(before.text[-12:]) or before.goes_on:
        return 0
    if _CUE.search(before.text[-12:]) and not (before.is_closed and first):
        return 0
    if before.is_closed:
        return 1
    if before.text[-1] == ",":
        return 1 if first else _WEAK if is_dotted else 0
    return _WEAK if opens and (is_dotted or line.gap > spacing.gap) else 0


def _is_only_a_list(lines: Sequence[Line], chain: list[Mark], candidates: Sequence[Mark], spacing: Spacing) -> bool:
    """Whether these numbers are a list, or footnotes, inside a text that has no numbers or others.

    Paragraph numbers run through a text: little prose stands before the first, little after the last paragraph, and most of it
    begins with a number. A preamble, whose clauses end with commas, is not counted as prose, nor are the items of a list. Less
    prose will do where a colon announces a list, and more may stand after the last number where none stands before the first.
    """
    first, last, size = chain[0], chain[-1], _size(lines)
    before = [block for block in blocks_of(lines[: first.line], spacing) if not is_heading(block) and block[-1].text[-1] not in ",;"]
    edges = [*(mark.line for mark in chain), len(lines)]
    inside = [[block for block in blocks_of(lines[a:b], spacing)[1:] if _is_prose(block, first.style)] for a, b in pairwise(edges)]
    unnumbered = _size(line for block in before for line in block)
    among = sum(_size(line for block in blocks for line in block) for blocks in inside)
    after = _size(line for block in inside[-1] for line in block)
    other = next((mark.line for mark in candidates if mark.line > last.line and mark.style != last.style), len(lines))
    share = 0.15 if first.after_colon and after else 0.4 if before else 0.6
    return unnumbered + max(after, _size(lines[other:])) > share * size or unnumbered + among > 0.6 * size


def _is_prose(block: Sequence[Line], style: str) -> bool:
    """Whether a block is no heading, item of a list or rest of a sentence; a number of another style than `style` is text."""
    first = block[0].text[0]
    match = _MARK.match(block[0].text) if first.isdigit() else None
    return first.isalnum() and not first.islower() and not (match and (match["style"] or "") == style) and not is_heading(block)


def _size(lines: Iterable[Line]) -> int:
    return sum(len(line.text) for line in lines)


class _Lists:
    """The lists among candidate marks: runs that count up from 1. What stands between two marks of a chain should be such."""

    def __init__(self, marks: list[Mark]) -> None:
        self._marks = marks
        self.sums = [0.0]
        self.goes_on: list[bool] = []
        in_run = False
        for at, mark in enumerate(marks):
            self.goes_on.append(in_run and mark.follows(marks[at - 1]))
            in_run = self.goes_on[-1] or (mark.number == 1 and not mark.suffix)
            worth = _LISTED * mark.weight - (mark.unlike(marks[at - 1]) if self.goes_on[-1] else 0)
            self.sums.append(self.sums[-1] + worth * in_run)
        self._stop = list(range(1, len(marks) + 1))  # for each mark where the rest of its run ends
        for at in range(len(marks) - 2, -1, -1):
            if self.goes_on[at + 1]:
                self._stop[at] = self._stop[at + 1]

    def between(self, at: int, to: int) -> float:
        """The weight of whole lists between two marks, less a cost where `to` continues what stands right before it."""
        stolen = at + 1 < to < len(self._marks) and self._marks[to].follows(self._marks[to - 1])
        return self.sums[to] - self.sums[min(self._stop[at], to)] - _LIST_COST * stolen

    def after(self, at: int, total: float) -> float:
        """What `total`, counted from the beginning, is worth from behind the run of `at`."""
        return total - self.sums[self._stop[at]]

    def before(self, at: int) -> float:
        """The same for what stands before the first mark of a chain, less the cost of any list there."""
        return self.sums[at] - _LEAD_COST * (self.sums[at] > 0)


class _Option(NamedTuple):
    """A way to go on from a mark: what the chain earns from there, and minus the mark it steps to, so that the earlier of
    two equals is the greater; 1 ends the chain."""

    score: float
    step: int = 1


def _chain(marks: list[Mark]) -> list[Mark]:
    """The chain of `marks` with the highest score, by dynamic programming from the last mark to the first.

    Every mark earns its weight, and every item of a list that is passed over whole nearly as much. A gap costs `_GAP_COST` and a
    repeated number `_REPEAT_COST`, and both must be followed by a plain step. A step to a mark that stands behind its own
    predecessor in some list costs `_LIST_COST`, so that paragraph 5 is preferred to item 5 of a list in paragraph 4. A start
    behind a colon costs `_COLON_COST`, since a list begins there, and one behind a list `_LEAD_COST`. Equal scores: the
    earlier mark.
    """
    lists = _Lists(marks)
    later: dict[int, list[int]] = {}
    resumable: dict[int, dict[tuple[bool, bool], int]] = {}  # of each number and look, the mark that the best chain follows
    plain: dict[int, _Option] = {}
    best: dict[int, _Option] = {}
    highest = 0.0  # of what lists before a mark and the chain from there are worth: no gap leads to more

    def option(at: int, to: int, then: _Option, cost: float = 0.0) -> _Option:
        return _Option(marks[at].weight + lists.between(at, to) + then.score - cost - marks[to].unlike(marks[at]), -to)

    for at in range(len(marks) - 1, -1, -1):
        here = marks[at]
        near = [to for number in (here.number, here.number + 1) for to in later.get(number, ())]
        follow = [option(at, to, best[to]) for to in near if marks[to].follows(here)]
        same = [to for to in near if marks[to].label == here.label and to in plain and marks[to].weight == here.weight == 1]
        repeat = [option(at, to, plain[to], _REPEAT_COST) for to in same]
        best[at] = max([_Option(here.weight + lists.between(at, len(marks))), *follow, *repeat])
        if best[at].score < here.weight + lists.after(at, highest) - _GAP_COST:
            ahead = islice((n for n in range(here.number + 2, here.number + 2 + _WIDEST_GAP) if n in resumable), _NEAREST)
            best[at] = max([best[at], *(option(at, to, plain[to], _GAP_COST) for n in ahead for to in resumable[n].values())])
        later[here.number] = [at, *later.get(here.number, ())][:_NEAREST]
        if follow:
            plain[at] = max(follow)
            highest = max(highest, lists.sums[at] + plain[at].score)
            alike, look = resumable.setdefault(here.number, {}), (here.after_clause, here.is_apart)
            alike[look] = max(alike.get(look, at), at, key=lambda other: (plain[other].score, -other))
    starts = [
        _Option(way.score + (lists.before(at) if is_first else -_GAP_COST) - _COLON_COST * marks[at].after_colon, -at)
        for ways, is_first in ((best, True), (plain, False))
        for at, way in ways.items()
        if not lists.goes_on[at] and marks[at].number < _LATEST_START and (marks[at].number == 1) == is_first
    ]
    return _walk(marks, -max(starts).step, plain, best) if starts else []


def _walk(marks: list[Mark], at: int, plain: dict[int, _Option], best: dict[int, _Option]) -> list[Mark]:
    """The marks of the chain that begins at `at`; after a gap or a repetition, and from a late start, a plain step is due."""
    chain: list[Mark] = []
    while at >= 0:
        must_follow = not marks[at].follows(chain[-1]) if chain else marks[at].number != 1
        chain.append(marks[at])
        at = -(plain if must_follow else best)[at].step
    return chain
