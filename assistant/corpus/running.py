"""Running headers and footers of a plain text whose pages are parted by form feeds: lines that its pages repeat at their edges."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.corpus.layout import Line

_NUMBER = re.compile(r"\d{1,6}")
_PART = re.compile(r"(?:article|rule|annex|appendix|chapter|section|part|decision|resolution|table|figure|item|paragraph|para\.)s?\s#")
_LINES = 3
"""How many lines at a page's head, and how many at its foot, may be of its margin."""
_PAGES = 3
"""On how many pages a line must stand; and on a fifth of them."""
_LONGEST = 160


def without_running_lines(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines, those with the role "margin" that pages repeat: the same words, or the same but for a number that counts the pages.

    Taken from the edges of a page inwards; the first line that does not repeat ends the margin. A fifth of the pages must have it.
    """
    pages: dict[int, list[int]] = defaultdict(list)
    for at, line in enumerate(lines):
        if line.role == "text":
            pages[line.page].append(at)
    if len(pages) < _PAGES:
        return tuple(lines)
    edges = [edge for places in pages.values() for edge in (("head", places[:_LINES]), ("foot", places[: -_LINES - 1 : -1]))]
    seen: dict[object, set[int]] = defaultdict(set)
    for side, edge in edges:
        for nth, at in enumerate(edge):
            for key in _keys(lines[at]):
                seen[side, nth, key].add(lines[at].page)
    enough = max(_PAGES, 0.2 * len(pages))
    found: set[int] = set()
    for side, edge in edges:
        for nth, at in enumerate(edge):
            # At the same place of each page: a sentence that a text repeats is now here, now there.
            if not any(len(seen[side, nth, key]) >= enough for key in _keys(lines[at])):
                break
            found.add(at)
    return tuple(replace(line, role="margin") if at in found else line for at, line in enumerate(lines))


def _keys(line: Line) -> Iterator[object]:
    """What a running line has in common with itself on other pages. A number alone counts pages only if it is that of its page."""
    text = " ".join(line.text.casefold().split())
    if len(text) > _LONGEST:
        return
    numbers = _NUMBER.findall(text)
    masked = _NUMBER.sub("#", text)
    if not numbers or masked.strip("#/.-– "):
        yield text
    if not _PART.match(masked):
        for nth, number in enumerate(numbers[:4]):
            yield masked, nth, int(number) - line.page
