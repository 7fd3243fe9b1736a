"""The chain of numbers that counts up best: which of the candidate marks of a text are its paragraphs' numbers.

Each number continues the one before, or resumes after a gap when the number after it follows too. Lists that count up from 1
between two numbers of a chain speak for it; whatever else stands between them is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import islice, pairwise

_SUFFIXES = ("", "bis", "ter", "quater", "quinquies")
WEAK = 0.5
"""What a mark is worth where no end stands before it; every other is worth 1. Chains are compared by their sums."""
TITLED = 0.75
"""What a mark is worth that reads as a heading, "2. Conclusions" right above "3. The Group…": of two equals the other is taken."""
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
    parents: str = ""
    """What stands before the last number of a compound one: "10." of "10.1", "3.V." of "3.V.26"."""
    under_heading: bool = False
    """It stands right below a heading, and is none itself."""
    after_colon: bool = False
    after_clause: bool = False
    """A comma or semicolon stands before it."""
    is_apart: bool = True
    """More empty lines stand before it than between the lines of a paragraph."""

    @property
    def label(self) -> str:
        """The number as a paragraph's label has it: "12bis", "3.V.26"."""
        return f"{self.parents}{self.number}{self.suffix}"

    @property
    def series(self) -> tuple[str, str]:
        """What its number looks like: numbers of one series belong together."""
        return series_of(self.parents, self.style)

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


@cache
def series_of(parents: str, style: str) -> tuple[str, str]:
    """The shape of what stands before the last number, "9.I.", and what stands behind it."""
    return re.sub(r"[IVXLC]+", "I", re.sub(r"\d+[A-Z]?", "9", parents)), style


class _Lists:
    """The lists among candidate marks: runs that count up from 1. What stands between two marks of a chain should be such."""

    def __init__(self, marks: list[Mark]) -> None:
        self.sums = [0.0]
        self.goes_on: list[bool] = []
        in_run = False
        for at, mark in enumerate(marks):
            self.goes_on.append(in_run and mark.follows(marks[at - 1]))
            in_run = self.goes_on[-1] or (mark.number == 1 and not mark.suffix)
            worth = _LISTED * mark.weight - (mark.unlike(marks[at - 1]) if self.goes_on[-1] else 0)
            self.sums.append(self.sums[-1] + worth * in_run)
        self.steals = [False, *(mark.follows(before) for before, mark in pairwise(marks))]
        """Whether a mark continues what stands right before it."""
        self._stop = list(range(1, len(marks) + 1))  # for each mark where the rest of its run ends
        for at in range(len(marks) - 2, -1, -1):
            if self.goes_on[at + 1]:
                self._stop[at] = self._stop[at + 1]

    def between(self, at: int, to: int) -> float:
        """The weight of whole lists between two marks, less a cost where `to` continues what stands right before it."""
        stop = self._stop[at]
        passed = self.sums[to] - self.sums[stop] if stop < to else 0.0
        return passed - _LIST_COST if at + 1 < to < len(self.steals) and self.steals[to] else passed

    def after(self, at: int, total: float) -> float:
        """What `total`, counted from the beginning, is worth from behind the run of `at`."""
        return total - self.sums[self._stop[at]]

    def before(self, at: int) -> float:
        """The same for what stands before the first mark of a chain, less the cost of any list there."""
        return self.sums[at] - _LEAD_COST * (self.sums[at] > 0)


_Option = tuple[float, int]
"""A way to go on from a mark: what the chain earns from there, and minus the mark it steps to, so that the earlier of two equals
is the greater; 1 ends the chain. A plain tuple: a long text has a million of them."""
_END = 1


def chain_of(marks: list[Mark]) -> list[Mark]:
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
    labels = [mark.label for mark in marks]
    looks = [(mark.after_clause, mark.is_apart) for mark in marks]

    def options(at: int, steps: Iterable[int], then: dict[int, _Option], cost: float = 0.0) -> list[_Option]:
        here, look, between = marks[at], looks[at], lists.between
        return [
            (here.weight + between(at, to) + then[to][0] - cost - (0 if looks[to] == look else marks[to].unlike(here)), -to) for to in steps
        ]

    for at in range(len(marks) - 1, -1, -1):
        here = marks[at]
        same, following = later.get(here.number, []), later.get(here.number + 1, [])
        next_numbers = [to for to in following if not marks[to].suffix]
        suffixed = [to for to in same if marks[to].suffix and marks[to].follows(here)]
        follow = options(at, (*next_numbers, *suffixed), best)
        again = [to for to in same if labels[to] == labels[at] and to in plain and marks[to].weight == here.weight == 1]
        best[at] = max([(here.weight + lists.between(at, len(marks)), _END), *follow, *options(at, again, plain, _REPEAT_COST)])
        if best[at][0] < here.weight + lists.after(at, highest) - _GAP_COST:
            ahead = islice((n for n in range(here.number + 2, here.number + 2 + _WIDEST_GAP) if n in resumable), _NEAREST)
            best[at] = max([best[at], *options(at, (to for n in ahead for to in resumable[n].values()), plain, _GAP_COST)])
        later[here.number] = [at, *same][:_NEAREST]
        if follow:
            plain[at] = max(follow)
            highest = max(highest, lists.sums[at] + plain[at][0])
            alike = resumable.setdefault(here.number, {})
            alike[looks[at]] = max(alike.get(looks[at], at), at, key=lambda other: (plain[other][0], -other))
    starts = [
        (score + (lists.before(at) if is_first else -_GAP_COST) - _COLON_COST * marks[at].after_colon, -at)
        for ways, is_first in ((best, True), (plain, False))
        for at, (score, _) in ways.items()
        if not lists.goes_on[at] and marks[at].number < _LATEST_START and (marks[at].number == 1) == is_first
    ]
    return _walk(marks, -max(starts)[1], plain, best) if starts else []


def _walk(marks: list[Mark], at: int, plain: dict[int, _Option], best: dict[int, _Option]) -> list[Mark]:
    """The marks of the chain that begins at `at`; after a gap or a repetition, and from a late start, a plain step is due."""
    chain: list[Mark] = []
    while at >= 0:
        must_follow = not marks[at].follows(chain[-1]) if chain else marks[at].number != 1
        chain.append(marks[at])
        at = -(plain if must_follow else best)[at][1]
    return chain
