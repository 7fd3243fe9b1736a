"""The lines of a text as a page laid them out, and the repair that makes running text of them.

Text extracted from a PDF has a line for each printed line: double spacing gives an empty line between any two, a page
break gives more of them in the middle of a sentence. Here lines keep their offsets, so that nothing is lost on the way.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from assistant.corpus.unicode import SOFT_HYPHEN, clean

_BREAKS = "\r\n\f\v\x85\u2028\u2029"
_LINE = re.compile(rf"(?P<text>[^{_BREAKS}]*)(?P<end>\r\n|[{_BREAKS}]|$)")
_PARTED_WORD = re.compile("\u00ad\\s+")
_PARTED_COMPOUND = re.compile(rf"(?<=\w)-[ \t]*[{_BREAKS}]\s*(?!(?:and|or|nor|to)\b(?!-))(?=\w)")
_TERMINAL = re.compile(
    r"(?:[.!?:;…。！？；：؟۔؛][\"'”’»)\]」』）⁰¹²³⁴⁵⁶⁷⁸⁹]*|[a-z]{2}[.!?][”’\"')]?\d{1,2})$"
)  # "…consensus.3": a footnote's mark
_ENDS = (".", ";", ":", "!", "?")
"""The commonest of these ends: nearly every line of a text is asked for its own."""
_PAGE_NUMBER = re.compile(r"(?:page\s+)?[-–—]?\s*(\d{1,4})\s*[-–—]?(?:\s*(?:/|of)\s*\d{1,4})?", re.IGNORECASE)
_HEADING_MARK = re.compile(r"(?:[IVXLC]{1,6}|[A-Z])\.\s+\S")
_LEADS_ON = re.compile(r"(?:\b(?:and|or|to|of|the|than|in|on|by|from|with|for|until|between|over|about)|[-–—(§])$", re.IGNORECASE)

_NUMBER = re.compile(
    r"\d+(?:[A-Z]?(?:\.(?:\d{1,3}|[IVXLC]{1,6}))+)?(?:\s?(?:bis|ter|quater|quinquies)\b)?(?P<dot>[.)](?!\d))?(?:\s+(?P<opening>[\"“‘«(\[]|(?![a-z])[^\W\d_]))?"
)

_ITEM = re.compile(
    r"\(?(?:\d{1,4}|[a-z]{1,2}|[ivxl]{1,6})\)|\d{1,3}[A-Z]?(?:\.(?:[IVXLC]+|\d{1,3})){0,4}(?:\s?(?:bis|ter))?(?:\.|\t|\s(?=[A-Z“\"]))"
)
_NUMBERED_TITLE = re.compile(r"\d{1,2}\.\s+[^\W\d_][^.;:]{0,100}(?<![,.;:])")
MONTH = re.compile(
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may(?!\s+(?:i|we|it|they|the)\b)|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?(?:\s|,|$)",
    re.IGNORECASE,
)
_DAY = re.compile(r"\d{1,2}\s+")
MAX_HEADING = 160
_LONGEST_WORD = 15
"""Letters of a word that count when it is asked whether it had room: text without spaces is one word a line."""


Role = Literal["text", "heading", "table", "note", "margin"]
"""What a line is on its page: running text; a heading; a table; a footnote; or what the page adds: running headers and
footers, page numbers."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line with text on it. `start` and `end` are offsets of its text without surrounding white space; `gap` counts
    the empty lines before it; `page` counts from 1.

    What a reader knows of the layout: the line's `role`, whether it `begins` a block (None: only spacing can tell), and of a
    heading how deep it stands, from 1 (0: unknown).
    """

    number: int
    start: int
    end: int
    text: str
    gap: int
    page: int
    role: Role = "text"
    begins: bool | None = None
    level: int = 0

    @property
    def is_closed(self) -> bool:
        """Whether the line ends as a sentence or clause ends."""
        return is_closed(self.text)

    @property
    def goes_on(self) -> bool:
        """Whether the line ends in a word that another must follow: "of", "and", "the"."""
        return bool(_LEADS_ON.search(self.text[-8:]))


@dataclass(frozen=True, slots=True)
class Spacing:
    """How a text marks the end of a paragraph.

    `gap` empty lines lie between the lines of one paragraph; `wrapped` says whether paragraphs run over several lines, of
    about `width` characters; `by_gap` says whether more empty lines part them, or only a line that ends early.
    """

    gap: int
    wrapped: bool
    width: int = 0
    by_gap: bool = True

    def separates(self, before: Line, after: Line) -> bool:
        """Whether the layout puts `before` and `after` into different blocks. A page break in a sentence does not."""
        if after.begins is not None:
            return after.begins
        first = after.text[0]
        if not before.is_closed and first.islower():
            return False
        if not self.wrapped:
            return True
        if after.gap > self.gap:
            return before.is_closed or before.text[-1] == "," or _begins_anew(after.text) or not self.fills(before, after)
        if is_marked(after.text) and before.is_closed:
            return True
        if is_marked(before.text) and not before.is_closed:
            return not self.fills(before, after)
        if not before.is_closed and _begins_anew(after.text) and not _is_date(after.text):
            return self.was_ended(before, after)
        return not self.by_gap and not first.islower() and _ends_early(before, after, self.width)

    def was_ended(self, before: Line, after: Line) -> bool:
        """Whether `before` ends on purpose though it is open, as a heading does: the first word of `after` had ample room there."""
        return not before.goes_on and _needed(before, after) <= 0.7 * self.width

    def fills(self, before: Line, after: Line) -> bool:
        """Whether `before` was broken because the first word of `after` had no room. Lines of one text vary by some letters."""
        return _needed(before, after) > 0.85 * self.width


def _needed(before: Line, after: Line) -> int:
    return len(before.text) + 1 + min(len(after.text.split(maxsplit=1)[0]), _LONGEST_WORD)


def _ends_early(before: Line, after: Line, width: float) -> bool:
    """Whether a sentence ends at the end of `before`, and the first word of `after` would have had ample room there."""
    return before.is_closed and before.text[-1] not in ":;" and _needed(before, after) <= 0.7 * width


def repair(text: str) -> str:
    """Running text from laid-out text: NFC, invisible characters go, every run of white space becomes one space.

    A word that a soft hyphen parts at a line's end is put together, and so is a compound ("capacity-" "building"), but not
    "pre- and post-conflict". Which hyphens part a word, `unicode.part_words` says. A second `repair` changes nothing.
    """
    if text.isascii() and text.isprintable():  # nothing but spaces can be wrong with it
        return " ".join(text.split())
    once = clean(text)
    if SOFT_HYPHEN in once:
        once = clean(_PARTED_WORD.sub("", once).replace(SOFT_HYPHEN, ""))
    if "-" in once:
        once = _PARTED_COMPOUND.sub("-", once)
    return " ".join(once.split())


def lines_of(text: str) -> tuple[Line, ...]:
    """The lines of `text` that hold anything, in order. A form feed ends a line and a page. O(characters)."""
    found: list[Line] = []
    number, gap, page = 1, 0, 1
    for match in _LINE.finditer(text):
        raw, end = match["text"], match["end"]
        body = raw.strip()
        if body and repair(body):
            start = match.start() + len(raw) - len(raw.lstrip())
            found.append(Line(number, start, start + len(body), body, gap, page))
            gap = 0
        elif end != "\f":
            gap += 1
        page += end == "\f"
        number += end not in ("\f", "\v")
    return _marked_page_numbers(found)


def _marked_page_numbers(lines: list[Line]) -> tuple[Line, ...]:
    """Marks lines that hold only a page's number: two or more of them that count up by one, or beside a form feed.

    A number alone on a line may also be a wrapped word of a sentence, so one alone is left in the text.
    """
    alone = [(at, int(match[1])) for at, line in enumerate(lines) if (match := _PAGE_NUMBER.fullmatch(line.text))]
    marked: set[int] = set()
    for (at, number), (later, following) in pairwise(alone):
        if following == number + 1:
            marked |= {at, later}
    for at, number in alone:
        if at == len(lines) - 1 and number == lines[at].page and at and lines[at - 1].is_closed:
            marked.add(at)
        if any(lines[other].page != lines[at].page for other in (at - 1, at + 1) if 0 <= other < len(lines)):
            marked.add(at)
    return tuple(replace(line, role="margin") if at in marked else line for at, line in enumerate(lines))


def spacing_of(lines: Sequence[Line]) -> Spacing:
    """How these lines are spaced, learnt from the sentences that run over from one line to the next.

    A text is wrapped if such lines are about equally long and hardly any line is longer; otherwise each line is a paragraph.
    """
    pairs = list(pairwise(line for line in lines if line.role != "margin"))
    broken = [
        (before, after) for before, after in pairs if not before.is_closed and after.text[0].isalpha() and not after.text[0].isupper()
    ]
    if not broken:
        return Spacing(0, wrapped=False)
    gap = Counter(after.gap for _, after in broken).most_common(1)[0][0]
    width = sorted(len(before.text) for before, _ in broken)[len(broken) * 9 // 10]
    even = sum(_needed(before, after) >= 0.6 * width for before, after in broken)
    longer = sum(len(before.text) > 1.25 * width for before, _ in pairs)
    ends = [after.gap for before, after in pairs if not after.text[0].islower() and _ends_early(before, after, width)]
    return Spacing(
        gap,
        wrapped=even * 4 >= 3 * len(broken) and longer * 10 <= len(pairs),
        width=width,
        by_gap=sum(found > gap for found in ends) * 2 >= len(ends),
    )


def blocks_of(lines: Sequence[Line], spacing: Spacing) -> list[list[Line]]:
    """Groups running text and headings into blocks that the layout separates."""
    blocks: list[list[Line]] = []
    for line in lines:
        if line.role not in ("text", "heading"):
            continue
        if (
            blocks
            and line.role == blocks[-1][-1].role
            and not _ends_heading(blocks[-1], line, spacing)
            and not spacing.separates(blocks[-1][-1], line)
        ):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks


def _ends_heading(block: list[Line], after: Line, spacing: Spacing) -> bool:
    """Whether `block` is a heading that ends before `after`, however long its last line is."""
    if after.begins is not None:
        return after.begins
    if after.text[0].islower() or not is_heading(block):
        return False
    return after.gap > spacing.gap or (is_marked(block[0].text) and _begins_anew(after.text))


def _begins_anew(text: str) -> bool:
    """Whether `text` begins with a mark and not with a word or a number of a sentence: "2. The", "2.1 The", "(a)"; not "2025 to"."""
    match = _NUMBER.match(text)
    return bool(match["opening"] or match["dot"]) if match else not text[0].isalpha()


def _is_date(text: str) -> bool:
    """Whether `text` begins with a day: "5 September 2031"."""
    day = _DAY.match(text)
    return bool(day and MONTH.match(text, day.end()))


def is_marked(text: str) -> bool:
    """Whether `text` begins as a numbered heading does: "II. Title", "A. Title"."""
    return bool(_HEADING_MARK.match(text))


def is_numbered_title(block: Sequence[Line]) -> bool:
    """Whether a block reads as a heading with a figure, "2. Conclusions": one line, short, without the end of a sentence."""
    return len(block) == 1 and bool(_NUMBERED_TITLE.fullmatch(block[0].text))


def is_heading(block: Sequence[Line]) -> bool:
    """Whether a block of lines is a heading, or reads as one: short, not ending as a sentence ends, beginning as a title does."""
    if block[0].role == "heading":
        return True
    last = block[-1].text[-1]
    if last in ",;:.!" or len(block) > 3:
        return False
    has_mark = is_marked(block[0].text)
    longest = 2 * MAX_HEADING if has_mark else MAX_HEADING
    if sum(len(line.text) for line in block) > longest or block[-1].goes_on:
        return False
    return has_mark or (last != "?" and block[0].text[0].isupper())


def is_closed(text: str) -> bool:
    """Whether `text` ends as a sentence or clause ends."""
    return text.endswith(_ENDS) or bool(_TERMINAL.search(text[-8:]))


def is_mark(text: str) -> bool:
    """Whether `text` begins with the number or letter of a paragraph or item: "7.", "12 bis.", "3.V.26 The", "(a)"."""
    return bool(_ITEM.match(text))


def may_be_heading(text: str) -> bool:
    """Whether a block that is set as a heading is worded as one: not ending as a sentence ends, and no item of a list."""
    return len(text) <= 2 * MAX_HEADING and text[-1] not in ".,;:" and text[0] != "(" and not _LEADS_ON.search(text[-8:])
