"""Tables and their captions, among the lines of a document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.corpus.layout import Line, is_heading

_NUMBER = r"[A-Z]?\d{1,3}[A-Z]?(?:\.(?:\d{1,3}|[IVXLC]+))*|[IVXLC]{1,6}|[A-Z]"
_CAPTION = re.compile(rf"(?:Table|TABLE|Figure|FIGURE|Chart|Graph|Box|Map)\s+(?:{_NUMBER})(?P<title>\s*[.:–—]\s*\S.{{0,200}})?")
_UNIT = re.compile(r"\([^\W\d_][^()]{3,80}\)")
"""What a table's figures are, as it stands under its title: "(Thousands of United States dollars)"."""
_REMARK = re.compile(r"(?:Notes?|Sources?|Abbreviations?):\s")
_ROW = re.compile(r"\|.*\|")
"""A row of a table written out in plain text, as converters do it."""
_CONTENTS = re.compile(r".*\S(?:\t+|\s*(?:\.\s?){4,})\s*(?:\d{1,4}|[ivxlc]{1,6})")
"""A line of a table of contents: a page number at its end, behind dots or a tabulator."""
_ROMAN = tuple("ivxlc")


def is_contents(text: str) -> bool:
    """Whether a line is of a table of contents."""
    return (text[-1:].isdecimal() or text[-1:] in _ROMAN) and bool(_CONTENTS.fullmatch(text))


def with_tables(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines with the role "table" where the text shows one: rows written out, contents, captions and the titles under them."""
    found: list[Line] = []
    under_caption = 0
    is_under = goes_on = False  # a table stands right above; a block that was taken for one of its own may have more lines
    for at, line in enumerate(lines):
        if line.role not in ("text", "heading"):
            found.append(line)
            is_under, goes_on = is_under or line.role == "table", False
            continue
        starts = line.begins is not False
        if starts and (match := _CAPTION.fullmatch(line.text)) and _stands_alone(lines, at):
            under_caption = 0 if match["title"] else 2
            found.append(replace(line, role="table", begins=True))
            is_under = goes_on = True
        elif (goes_on and not starts) or (is_under and line.begins and _is_of_table(lines, at, under_caption)):
            under_caption -= starts
            found.append(replace(line, role="table", begins=False))
            goes_on = True
        elif line.begins is None and (_ROW.fullmatch(line.text) or is_contents(line.text)):
            found.append(replace(line, role="table"))
            is_under, goes_on = True, False
        else:
            under_caption = 0
            is_under = goes_on = False
            found.append(line)
    return tuple(found)


def _is_of_table(lines: Sequence[Line], at: int, titles: int) -> bool:
    """Whether a block right below a caption or a table belongs to it: one of its titles, its unit in brackets, or its notes."""
    text = lines[at].text
    return (titles > 0 and is_heading(_block(lines, at))) or bool(_UNIT.fullmatch(text) or _REMARK.match(text))


def _block(lines: Sequence[Line], at: int) -> Sequence[Line]:
    end = at + 1
    while end < len(lines) and end - at < 5 and lines[end].begins is False and lines[end].role == lines[at].role:
        end += 1
    return lines[at:end]


def _stands_alone(lines: Sequence[Line], at: int) -> bool:
    """Whether a caption is all of its block: "Table 2" may also begin a sentence that goes on in the next line."""
    after = lines[at + 1] if at + 1 < len(lines) else None
    if lines[at].begins is None:
        return after is None or after.role == "table" or bool(_ROW.fullmatch(after.text)) or (after.gap > 0 and not after.text[0].islower())
    return after is None or after.begins is not False or after.role != lines[at].role


def tables_of(lines: Sequence[Line]) -> list[list[Line]]:
    """The tables in order: rows that only notes and page margins part are of one, unless a caption begins another."""
    tables: list[list[Line]] = []
    is_open = False
    for line in lines:
        if line.role == "table":
            if is_open and not _CAPTION.fullmatch(line.text):
                tables[-1].append(line)
            else:
                tables.append([line])
            is_open = True
        elif line.role in ("text", "heading"):
            is_open = False
    return tables
