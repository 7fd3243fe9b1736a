"""Where a numbered paragraph ends and the headings before the next one begin, and the path that headings make."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.corpus.layout import Line, is_heading, is_marked, is_numbered_title, repair

_ROMAN = re.compile(r"(?:[IVX]|[IVXLC]{2,6})\.\s")
_NUMBERED = re.compile(r"(?P<number>\d{1,2})\.\s")
_MEETING = re.compile(r"\d{1,5}(?:st|nd|rd|th)\s+(?:\(?[a-z]+\)?\s+)?meeting\W*")
_DATE = re.compile(r"(?:\d{1,3}\.\s+)?\d{1,2}\s+[A-Z][a-z]+\s+\d{4}\W*")
_EMPTY = re.compile(r"\d{1,3}\.")
_SUBTITLE = re.compile(r"\([^()]{2,}(?:\([^()]*\))*[^()]*\)")


def heading_text(block: Sequence[Line]) -> str:
    """The text of a heading's block, repaired."""
    return repair("\n".join(line.text for line in block))


def is_subtitle(block: Sequence[Line]) -> bool:
    """Whether a block is what may stand under a heading: "(Agenda item 4)" in brackets, or a date."""
    return len(block) == 1 and bool(_SUBTITLE.fullmatch(block[0].text) or _DATE.fullmatch(block[0].text))


def is_numbered_date(block: Sequence[Line]) -> bool:
    """Whether a block is but a number and a date, "28. 13 December 2014": converters number the dates below resolutions."""
    return len(block) == 1 and bool(_DATE.fullmatch(block[0].text))


def is_title(block: Sequence[Line], under_heading: bool, before_number: bool) -> bool:
    """Whether a block outside the numbered paragraphs is a heading, or stands under one as a subtitle or a numbered title does."""
    if is_heading(block) or (len(block) == 1 and _DATE.fullmatch(block[0].text)):
        return True
    return under_heading and (is_subtitle(block) or (before_number and is_numbered_title(block)))


class HeadingPath:
    """The headings that the next paragraph stands under, outermost first.

    Where a layout says how deep a heading stands, it replaces those as deep or deeper. Elsewhere its mark tells: letters stand
    under roman numerals, figures under both; any other replaces all.
    """

    def __init__(self) -> None:
        self._path: list[tuple[int, str]] = []

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of the path."""
        return tuple(text for _, text in self._path)

    def take(self, text: str, level: int = 0) -> None:
        """Goes on under the heading `text`; `level` counts from 1, 0 is unknown."""
        known = [part for part in self._path if part[0]]
        if level or known:
            self._path = [part for part in known if part[0] < level or not level] + [(level, text)]
        else:
            self._path = [(0, part) for part in _by_mark(self.texts, text)]


def _by_mark(path: tuple[str, ...], text: str) -> tuple[str, ...]:
    above = tuple(part for part in path if not _NUMBERED.match(part))
    if _NUMBERED.match(text):
        return (*above, text)
    if is_marked(text) and not _is_roman(text, above):
        return (*(part for part in above[:1] if _is_roman(part, ())), text)
    return (text,)


def _is_roman(text: str, path: tuple[str, ...]) -> bool:
    """Whether a heading's mark is a roman numeral; "C." and "I." are letters after "B." and "H."."""
    continues = bool(path) and path[-1][1:2] == "." and ord(path[-1][0]) + 1 == ord(text[0]) and text[1] == "."
    return bool(_ROMAN.match(text)) and not continues


def parted(blocks: Sequence[list[Line]], is_last: bool, knows_headings: bool) -> tuple[list[list[Line]], list[list[Line]]]:
    """A paragraph's blocks with a heading at their end in a block of its own, though no space parts them; and, of the last
    paragraph, the lines that say at which meeting, and when, a resolution was adopted: "10th plenary meeting", "13 December 2014".
    """
    found = [list(block) for block in blocks]
    if is_last:
        lines = [line for block in found for line in block]
        end = len(lines)
        while end > 1 and _EMPTY.fullmatch(lines[end - 1].text):
            end -= 1  # a converter's number without a paragraph
        count = next((count for count in (2, 1) if count < end and _is_closing(lines[end - count : end])), 0)
        closing = lines[end - count :] if count else []
        kept = ([line for line in block if line.start < closing[0].start] for block in found) if closing else found
        return [block for block in kept if block], [[line] for line in closing]
    block = found[-1]
    above, last = block[-2:] if len(block) > 1 else (None, None)
    is_open = above is not None and last is not None and last.begins is None and above.is_closed and above.text[-1] not in ";:："
    if is_open and not knows_headings and (is_heading(block[-1:]) or is_numbered_title(block[-1:])):
        found[-1:] = [block[:-1], block[-1:]]
    return found, []


def _is_closing(lines: Sequence[Line]) -> bool:
    return bool(_MEETING.fullmatch(lines[0].text)) and all(_DATE.fullmatch(line.text) for line in lines[1:])


def end_of_paragraph(blocks: Sequence[Sequence[Line]], is_last: bool, knows_headings: bool = False) -> int:
    """How many of the blocks from a paragraph's number to the next belong to it; headings and what follows them do not.

    A heading follows the end of a sentence, never a colon. Without a number it counts only right before the next paragraph. Where
    the layout `knows_headings`, the first that it names ends the paragraph, and none without a mark is one.
    """
    for at in range(1, len(blocks)):
        if blocks[at][0].role == "heading":
            return at
        if is_marked(blocks[at][0].text) and is_heading(blocks[at]) and _is_ended(blocks[at - 1]):
            return at
    if is_last or knows_headings:
        return len(blocks)
    end = len(blocks)
    while end > 1 and (is_heading(blocks[end - 1]) or is_subtitle(blocks[end - 1]) or _is_numbered_title(blocks, end - 1)):
        end -= 1
    while end < len(blocks) and (not _is_ended(blocks[end - 1]) or is_subtitle(blocks[end])):
        end += 1
    return end


def _is_ended(block: Sequence[Line]) -> bool:
    return block[-1].is_closed and block[-1].text[-1] not in ":："


def _is_numbered_title(blocks: Sequence[Sequence[Line]], at: int) -> bool:
    """Whether a block is a heading like "2. Conclusions" rather than the last item of a list that counts up to it."""
    if not is_numbered_title(blocks[at]) or not (match := _NUMBERED.match(blocks[at][0].text)):
        return False
    return not any(re.match(rf"{int(match['number']) - 1}\.\s", block[0].text) for block in blocks[:at])
