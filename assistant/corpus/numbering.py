"""Which lines start a numbered paragraph, and which only begin with a number.

A line is a candidate when it begins with a number and text, and what stands before it has come to an end. Among the
candidates the chain is chosen that counts up best: each number continues the one before, or resumes after a gap when the
number after it follows too. Everything else that begins with a number ("80 of those statements", "17 December", the
items of a list) stays text, and is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

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
    r"(?:\b(?:paras?|nos?|arts?|sects?|chaps?|vols?|pp?)\.?|¶|\b(?:paragraphs?|numbers?|articles?|sections?|chapters?|rules?|items?|pages?"
    r"|resolutions?|decisions?|annex(?:es)?|figures?|tables?|parts?|some|nearly|almost))$",
    re.IGNORECASE,
)
_MONTH = re.compile(r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.?(?:\s|,|$)", re.IGNORECASE)

_WEAK = 0.5
"""What a mark is worth where no end stands before it; every other is worth 1. Chains are compared by their sums."""
_GAP_COST, _REPEAT_COST, _LIST_COST, _LEAD_COST, _COLON_COST = 0.5, 0.25, 0.25, 0.5, 1.0
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

    @property
    def label(self) -> str:
        """The number as a paragraph's label has it: "12bis"."""
        return f"{self.number}{self.suffix}"

    def follows(self, other: Mark) -> bool:
        """Whether this number comes next after `other`: 13 or 12 bis after 12, 13 or 12 ter after 12 bis."""
        if self.suffix:
            return self.number == other.number and _SUFFIXES.index(self.suffix) == _SUFFIXES.index(other.suffix) + 1
        return self.number == other.number + 1


def find_marks(lines: Sequence[Line], spacing: Spacing) -> tuple[list[Mark], list[Line]]:
    """The chosen marks in order, and the lines that begin with a number but were not chosen.

    The numbers of a text are of one style, since the items of a list are often set in another style than the paragraphs. The
    best chain wins that is not itself a list; one that runs through the text is preferred to one that counts higher in a part.
    """
    candidates = list(_candidates(lines, spacing))
    chains = [_chain([mark for mark in candidates if mark.style == style]) for style in sorted({mark.style for mark in candidates})]
    ranked = sorted((score * (1 + (chain[-1].line - chain[0].line) / len(lines)), chain[0].line, chain) for chain, score in chains if chain)
    chosen = next((chain for _, _, chain in reversed(ranked) if not _is_only_a_list(lines, chain, spacing)), [])
    taken = {mark.line for mark in chosen}
    return chosen, [line for at, line in enumerate(lines) if at not in taken and not line.is_page_number and _MARK.match(line.text)]


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
                first = line is block[0]
                weight = 1.0 if first and above and is_heading(above) and _opens(text, match) else _weight(before, match, text, first)
                if weight:
                    colon = before is not None and before.text[-1] in ":："
                    start = line.start + match.start("text")
                    yield Mark(place[line.start], int(match["number"]), match["suffix"] or "", match["style"] or "", start, weight, colon)
            before = line


def _opens(text: str, match: re.Match[str]) -> bool:
    """Whether the text after a number begins as a paragraph does. After a bare number, a month makes a date of it."""
    if match["style"]:
        return not text[0].islower()
    return (text[0] in "\"'“‘«([「" or (text[0].isalpha() and not text[0].islower())) and not _MONTH.match(text)


def _weight(before: Line | None, match: re.Match[str], text: str, first: bool) -> float:
    """How far a number may start a paragraph after the line `before`; `first`: the layout sets it apart from that."""
    opens = _opens(text, match)
    if not (opens or match["style"]):
        return 0
    if before is None:
        return 1
    if before.is_closed and first:
        return 1
    if _CUE.search(before.text[-12:]) or before.goes_on:
        return 0
    if before.is_closed:
        return 1
    if before.text.endswith(","):
        return 1 if first else _WEAK if match["style"] else 0
    return _WEAK if opens and (first or match["style"]) else 0


def _is_only_a_list(lines: Sequence[Line], marks: list[Mark], spacing: Spacing) -> bool:
    """Whether these numbers are a list inside an unnumbered text.

    Paragraph numbers run through a text: little prose stands before the first, and little after the last paragraph. A
    preamble, whose clauses end with commas, is not counted as prose, and less prose will do where a colon announces a list.
    """
    size = sum(len(line.text) for line in lines)
    before = [block for block in blocks_of(lines[: marks[0].line], spacing) if not is_heading(block) and block[-1].text[-1] not in ",;"]
    after = [block for block in blocks_of(lines[marks[-1].line :], spacing)[1:] if block[0].text[0].isalpha() and not is_heading(block)]
    prose = sum(len(line.text) for block in (*before, *after) for line in block)
    return prose > (0.15 if marks[0].after_colon and after else 0.4) * size


@dataclass(frozen=True, slots=True)
class _Best:
    """The score of the best chain from a mark onwards, and the mark it steps to; -1 ends the chain."""

    score: float
    step: int = -1


class _Lists:
    """The lists among candidate marks: runs that count up from 1. What stands between two marks of a chain should be such."""

    def __init__(self, marks: list[Mark]) -> None:
        self._marks = marks
        listed: list[bool] = []
        for at, mark in enumerate(marks):
            goes_on = at > 0 and listed[-1] and mark.follows(marks[at - 1])
            listed.append(goes_on or (mark.number == 1 and not mark.suffix))
        self._sums = [0.0, *accumulate(mark.weight * is_listed for mark, is_listed in zip(marks, listed, strict=True))]
        self._stop = list(range(1, len(marks) + 1))
        for at in range(len(marks) - 2, -1, -1):
            if listed[at] and listed[at + 1] and marks[at + 1].follows(marks[at]):
                self._stop[at] = self._stop[at + 1]

    def between(self, at: int, to: int) -> float:
        """The weight of whole lists between two marks, less a cost where `to` continues what stands right before it."""
        stolen = at + 1 < to < len(self._marks) and self._marks[to].follows(self._marks[to - 1])
        return self._sums[to] - self._sums[min(self._stop[at], to)] - _LIST_COST * stolen

    def before(self, at: int) -> float:
        """The same for what stands before the first mark of a chain, less the cost of any list there."""
        return self._sums[at] - _LEAD_COST * (self._sums[at] > 0)


def _chain(marks: list[Mark]) -> tuple[list[Mark], float]:
    """The chain of `marks` with the highest score, by dynamic programming from the last mark to the first.

    Every mark earns its weight, and so does every item of a list that is passed over whole. A gap costs `_GAP_COST` and a
    repeated number `_REPEAT_COST`, and both must be followed by a plain step. A step to a mark that stands behind its own
    predecessor in some list costs `_LIST_COST`, so that paragraph 5 is preferred to item 5 of a list in paragraph 4. A start
    behind a colon costs `_COLON_COST`, since a list begins there, and one behind a list `_LEAD_COST`. Equal scores: the
    earlier mark.
    """
    lists = _Lists(marks)
    later: dict[int, list[int]] = {}
    resumable: dict[int, int] = {}
    plain: dict[int, _Best] = {}
    best: dict[int, _Best] = {}
    highest = 0.0

    def option(at: int, to: int, then: float, cost: float = 0.0) -> _Best:
        return _Best(marks[at].weight + lists.between(at, to) + then - cost, to)

    for at in range(len(marks) - 1, -1, -1):
        here = marks[at]
        near = [to for number in (here.number, here.number + 1) for to in later.get(number, ())]
        follow = [option(at, to, best[to].score) for to in near if marks[to].follows(here)]
        options = [_Best(here.weight + lists.between(at, len(marks))), *follow]
        options += [option(at, to, plain[to].score, _REPEAT_COST) for to in near if marks[to].label == here.label and to in plain]
        if follow:
            plain[at] = max(follow, key=_preference)
        if not follow or plain[at].score < here.weight + highest:  # else nothing that comes later is better
            options += [
                option(at, resumable[number], plain[resumable[number]].score, _GAP_COST)
                for number in range(here.number + 2, here.number + 2 + _WIDEST_GAP)
                if number in resumable
            ]
        best[at] = max(options, key=_preference)
        highest = max(highest, best[at].score)
        later[here.number] = [at, *later.get(here.number, ())][:_NEAREST]
        if at in plain and (here.number not in resumable or plain[at].score >= plain[resumable[here.number]].score):
            resumable[here.number] = at
    starts = [
        _Best(
            (best if is_first else plain)[at].score + lists.before(at) - (0 if is_first else _GAP_COST) - _COLON_COST * mark.after_colon, at
        )
        for at, mark in enumerate(marks)
        if (is_first := mark.number == 1 and not mark.suffix) or (at in plain and mark.number < _LATEST_START)
    ]
    if not starts:
        return [], 0.0
    first = max(starts, key=_preference)
    return _walk(marks, first.step, plain, best), first.score


def _preference(option: _Best) -> tuple[float, int]:
    return option.score, -option.step


def _walk(marks: list[Mark], at: int, plain: dict[int, _Best], best: dict[int, _Best]) -> list[Mark]:
    """The marks of the chain that begins at `at`; after a gap or a repetition, and from a late start, a plain step is due."""
    chain: list[Mark] = []
    while at >= 0:
        must_follow = not marks[at].follows(chain[-1]) if chain else marks[at].number != 1
        chain.append(marks[at])
        at = (plain if must_follow else best)[at].step
    return chain
