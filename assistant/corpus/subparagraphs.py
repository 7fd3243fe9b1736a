"""Sub-paragraphs: spans inside a paragraph, found by their marks. They are never paragraphs of their own."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from assistant.corpus.sentences import sentence_spans

_ROMAN = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx".split()
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_MARK = re.compile(rf"(?<!\w)\((?P<mark>{'|'.join(sorted(_ROMAN, key=len, reverse=True))}|[a-z])\)(?=\s|\([a-z])")
_NOT_A_MARK_AFTER = re.compile(
    # A reference to a sub-paragraph, not the beginning of one: "paragraph 6 (a)", "paragraphs 4 (a) and (b)", "option (a)".
    r"(?:(?<![\d.,])\d{1,3}|\d(?:\s?\([a-z]+\))+\s?(?:,|and|or|to|–)"
    r"|\b(?:paras?\.|(?:sub-?)?paragraphs?|(?:sub-?)?items?|options?|clauses?|articles?|under|see))\s?$",
    re.IGNORECASE,
)
_NOT_A_MARK_BEFORE = re.compile(r"\s*(?:(?:to|and|or|–)\s*\([a-z]+\)\s*)?(?:above|below)\b")
_LOOK_BACK = 40


@dataclass(frozen=True, slots=True)
class Subparagraph:
    """`path` is ("a",) or ("a", "iv"); the span covers its mark and its text."""

    path: tuple[str, ...]
    start: int
    end: int


def subparagraphs(text: str) -> tuple[Subparagraph, ...]:
    """The sub-paragraphs of one paragraph, in order. Letters must count up from (a); (i) under a letter counts up anew.

    A list has two items at least, and a mark that a reference ends with ("paragraph 6 (a)") is none. An item ends where the
    next of its level or of one above begins; the last ends with its sentence, since what follows a list in running text
    speaks of all of it.
    """
    marks = [(match["mark"], match.start()) for match in _MARK.finditer(text) if _is_mark(text, match)]
    found = _with_siblings(_paths(marks))
    sentence_ends = [end for _, end in sentence_spans(text)] if found else []
    return tuple(Subparagraph(path, start, _end(text, found, at, sentence_ends)) for at, (path, start) in enumerate(found))


def find_subparagraph(text: str, path: tuple[str, ...]) -> Subparagraph | None:
    """The sub-paragraph of `text` with this path, or None."""
    return next((item for item in subparagraphs(text) if item.path == path), None)


def _is_mark(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
    return not _NOT_A_MARK_AFTER.search(before) and not _NOT_A_MARK_BEFORE.match(text, match.end())


def _paths(marks: list[tuple[str, int]]) -> list[tuple[tuple[str, ...], int]]:
    """The marks that continue a list, with their paths. "i", "v" and "x" may be either: the mark after them decides."""
    found: list[tuple[tuple[str, ...], int]] = []
    letters = romans = 0  # how many of each kind have been counted; a letter begins the romans anew
    for at, (mark, start) in enumerate(marks):
        is_letter = mark == _LETTERS[letters : letters + 1]
        is_roman = mark in _ROMAN[romans : romans + 1]
        if is_letter and is_roman:
            following = marks[at + 1][0] if at + 1 < len(marks) else ""
            is_letter = following not in _ROMAN[romans + 1 : romans + 2] and (
                romans == 0 or following == _LETTERS[letters + 1 : letters + 2]
            )
        if is_letter:
            letters, romans = letters + 1, 0
            found.append(((mark,), start))
        elif is_roman:
            romans += 1
            found.append(((*_LETTERS[letters - 1 : letters], mark), start))
    return found


def _with_siblings(found: list[tuple[tuple[str, ...], int]]) -> list[tuple[tuple[str, ...], int]]:
    """Drops what stands alone on its level and holds no list: one "(a)" in a sentence is none."""
    sizes = Counter(path[:-1] for path, _ in found)
    return [(path, start) for path, start in found if sizes[path[:-1]] > 1 or sizes[path] > 1]


def _end(text: str, found: list[tuple[tuple[str, ...], int]], at: int, sentence_ends: list[int]) -> int:
    path = found[at][0]
    following = next((begin for other, begin in found[at + 1 :] if len(other) <= len(path)), None)
    if following is not None:
        return len(text[:following].rstrip())
    last_mark = max(begin for other, begin in found if other[: len(path)] == path)
    return next(end for end in sentence_ends if end > last_mark)
