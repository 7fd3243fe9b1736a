"""Word's automatic numbers, counted as Word counts and written as Word prints them (ECMA-376 part 1, 17.9).

A paragraph names a list (num); lists share the definition (abstractNum) that they name, and its counters with it: a list goes on where
another of the same definition stopped, unless it overrides the start. A number written out has a tabulator after it, whatever Word
prints there, so that it is seen to be one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from assistant.corpus.readers.docx_formats import MAX_NUMBER, format_number, is_known
from assistant.corpus.readers.docx_styles import ListPlace, Style, Styles, attribute, number, toggle

BULLET = "•"
_LEVELS = 9
_MAX_TEXT = 100
"""Characters of a level's text: Word allows 31 around the numbers."""
_HOLE = re.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a list: `text` is its pattern ("%1.%2"), `restart` the levels above it, counted from 1, that begin it anew
    (None: any; 0: none), `width` the digits of a custom format ("001")."""

    start: int = 0
    style: str = "decimal"
    text: str = ""
    restart: int | None = None
    is_legal: bool = False
    is_hidden: bool = False
    linked: str = ""
    width: int = 0

    def write(self, value: int) -> str:
        """`value` in this level's format."""
        return str(value).zfill(self.width) if self.width else format_number(value, self.style)


@dataclass(frozen=True, slots=True)
class _List:
    """A list: its levels by index, the definition that holds its counters, and the starts that it overrides."""

    definition: str
    levels: dict[int, Level]
    starts: dict[int, int]

    def level_of(self, style: Style) -> int:
        """The level of a paragraph that does not name one: the one that is linked to its style, else the one its style names."""
        linked = {level.linked: at for at, level in self.levels.items() if level.linked}
        return next((linked[name] for name in style.chain if name in linked), style.place.level or 0)


class Lists:
    """The lists that numbering.xml defines, by id."""

    def __init__(self, elements: Iterable[Element], styles: Styles) -> None:
        """Reads the children of numbering.xml."""
        self._abstract: dict[str, Element] = {}
        self._holders: dict[str, str] = {}
        self._nums: dict[str, Element] = {}
        self._found: dict[str, _List | None] = {}
        self._styles = styles
        for element in elements:
            if element.tag == "abstractNum":
                self._abstract.setdefault(element.get("abstractNumId", ""), element)
                self._holders.setdefault(attribute(element.find("styleLink")), element.get("abstractNumId", ""))
            elif element.tag == "num":
                self._nums.setdefault(element.get("numId", ""), element)

    def get(self, list_id: str) -> _List | None:
        """The list of this id, or None where nothing defines it."""
        if list_id not in self._found:
            self._found[list_id] = self._resolve(list_id)
        return self._found[list_id]

    def unknown_formats(self) -> set[str]:
        """The number formats of the lists in use that are written as decimals for want of better."""
        used = (found for found in self._found.values() if found)
        return {level.style for found in used for level in found.levels.values() if level.text and not is_known(level.style)}

    def _resolve(self, list_id: str) -> _List | None:
        num = self._nums.get(list_id)
        if num is None or list_id == "0":
            return None
        definition = attribute(num.find("abstractNumId"))
        levels = self._levels(definition)
        starts: dict[int, int] = {}
        for override in num.findall("lvlOverride"):
            at = number(override.get("ilvl", ""), _LEVELS)
            if at >= _LEVELS or at < 0:
                continue
            if (given := override.find("lvl")) is not None:
                levels[at] = _level(given)
            if (start := override.find("startOverride")) is not None:
                starts[at] = _start(start)
        return _List(definition, levels, starts)

    def _levels(self, definition: str) -> dict[int, Level]:
        """The levels of a definition, or of the one whose list style it names."""
        seen: set[str] = set()
        while (abstract := self._abstract.get(definition)) is not None and definition not in seen:
            seen.add(definition)
            link = attribute(abstract.find("numStyleLink"))
            if not link:
                found = [(number(level.get("ilvl", ""), -1), _level(level)) for level in abstract.findall("lvl")]
                return {at: level for at, level in found if 0 <= at < _LEVELS}
            num = self._nums.get(self._styles[link].place.list_id or "")
            named = attribute(num.find("abstractNumId")) if num is not None else ""
            definition = named or self._holders.get(link, "")
        return {}


class Counter:
    """Counts the numbers of one story (the body, the notes) in the order of its paragraphs."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._values: dict[str, list[int | None]] = {}
        self._begun: set[tuple[str, int]] = set()

    def next(self, style: Style, own: ListPlace) -> str:
        """The number of the next paragraph, as printed, "" where it has none; `own` is the list that the paragraph itself names."""
        list_id = own.list_id if own.list_id is not None else style.place.list_id
        found = self._lists.get(list_id) if list_id else None
        if found is None or list_id is None:
            return ""
        at = own.level if own.level is not None else found.level_of(style)
        level = found.levels.get(at)
        if level is None:
            return ""
        values = self._values.setdefault(found.definition, [None] * _LEVELS)
        self._count(values, found, list_id, at)
        return "" if level.is_hidden else _printed(found, at, values)

    def _count(self, values: list[int | None], found: _List, list_id: str, at: int) -> None:
        """Counts one paragraph at level `at`, and begins the levels below anew."""
        value = values[at]
        if at in found.starts and (list_id, at) not in self._begun:
            value = found.starts[at]
        else:
            value = found.levels[at].start if value is None else min(value + 1, MAX_NUMBER)
        self._begun.add((list_id, at))
        values[at] = value
        for below in range(at + 1, _LEVELS):
            restart = found.levels[below].restart if below in found.levels else None
            if restart is None or at < restart:
                values[below] = None


def _printed(found: _List, at: int, values: list[int | None]) -> str:
    level = found.levels[at]
    if level.style == "bullet":
        return BULLET

    def written(match: re.Match[str]) -> str:
        above = int(match[1]) - 1
        own = found.levels.get(above, Level())
        value = values[above]
        value = own.start if value is None else value
        return str(value) if level.is_legal and own.style != "none" else own.write(value)

    return _HOLE.sub(written, level.text).strip()


def _level(element: Element) -> Level:
    """A level as lvl gives it."""
    given, custom = element.find("numFmt"), ""
    for choice in element.findall("*/*/numFmt"):  # Word 2010 on: a custom format, and one for older programs
        given, custom = choice, custom or choice.get("format", "")
    zeros = re.match(r"0+[0-9]+", custom)
    restart = attribute(element.find("lvlRestart"))
    style = attribute(given) or "decimal"
    text = attribute(element.find("lvlText"))[:_MAX_TEXT]
    return Level(
        start=_start(element.find("start")),
        style=style if text or style != "bullet" else "none",
        text=text,
        restart=number(restart) if restart else None,
        is_legal=bool(toggle(element, "isLgl")),
        is_hidden=bool(toggle(element.find("rPr"), "vanish")),
        linked=attribute(element.find("pStyle")),
        width=len(zeros[0]) if zeros else 0,
    )


def _start(element: Element | None) -> int:
    return min(max(number(attribute(element)), 0), MAX_NUMBER)
