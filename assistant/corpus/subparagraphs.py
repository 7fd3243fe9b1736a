"""Sub-paragraphs: spans inside a paragraph, found by their marks. They are never paragraphs of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.corpus.sentences import sentence_spans

_MARK = re.compile(r"(?<![\w)])\((?P<mark>[a-z]{1,2}|[ivxl]{1,5})\)(?=\s)")
_ROMAN = (
    "i",
    "ii",
    "iii",
    "iv",
    "v",
    "vi",
    "vii",
    "viii",
    "ix",
    "x",
    "xi",
    "xii",
    "xiii",
    "xiv",
    "xv",
    "xvi",
    "xvii",
    "xviii",
    "xix",
    "xx",
)


@dataclass(frozen=True, slots=True)
class Subparagraph:
    """`path` is ("a",) or ("a", "iv"); the span covers its mark and its text."""

    path: tuple[str, ...]
    start: int
    end: int


def subparagraphs(text: str) -> tuple[Subparagraph, ...]:
    """The sub-paragraphs of one paragraph, in order. Letters must count up from (a); (i) under a letter counts up anew.

    An item ends where the next of its level begins; the last ends with its sentence, since what follows a list in
    running text speaks of all of it.
    """
    found: list[tuple[tuple[str, ...], int]] = []
    letter, roman = -1, -1
    for match in _MARK.finditer(text):
        mark = match["mark"]
        if len(mark) == 1 and ord(mark) - ord("a") == letter + 1 and not (mark == "i" and roman == -1 and letter != 7):
            letter, roman = letter + 1, -1
            found.append(((mark,), match.start()))
        elif letter >= 0 and mark in _ROMAN and _ROMAN.index(mark) == roman + 1:
            roman += 1
            found.append(((chr(ord("a") + letter), mark), match.start()))
        elif letter == -1 and mark in _ROMAN and _ROMAN.index(mark) == roman + 1:
            roman += 1
            found.append(((mark,), match.start()))
    return tuple(Subparagraph(path, start, _end(text, found, at)) for at, (path, start) in enumerate(found))


def find_subparagraph(text: str, path: tuple[str, ...]) -> Subparagraph | None:
    """The sub-paragraph of `text` with this path, or None."""
    return next((item for item in subparagraphs(text) if item.path == path), None)


def _end(text: str, found: list[tuple[tuple[str, ...], int]], at: int) -> int:
    path = found[at][0]
    following = next((begin for other, begin in found[at + 1 :] if len(other) <= len(path)), None)
    if following is not None:
        return len(text[:following].rstrip())
    last_mark = max(begin for other, begin in found if other[: len(path)] == path)
    return next(end for begin, end in sentence_spans(text) if end > last_mark)
