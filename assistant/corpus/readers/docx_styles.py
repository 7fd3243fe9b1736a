"""What the styles of a Word file say of a paragraph: its heading level, its list, whether it is hidden.

A style inherits from the one it is based on. Its id is localised ("berschrift1"); its name, for built-in styles, is not ("heading 1").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

_MAX_CHAIN = 100
"""Styles of one chain that are looked at: chains that run in a circle end here."""
_HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc [1-9]|table of (?:figures|authorities))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ListPlace:
    """The list a paragraph is in, as it or a style gives it; None: not given there. "0" as `list_id` takes it out of any list."""

    list_id: str | None = None
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Style:
    """A style with all that it inherits. `level` counts from 1 (0: no heading); `chain` are the ids it is made of, nearest first.

    `height` is where its letters stand ("superscript"); `is_contents` and `is_note` say that it is for tables of contents and notes.
    """

    chain: tuple[str, ...] = ()
    level: int = 0
    place: ListPlace = ListPlace()
    is_hidden: bool = False
    height: str = ""
    is_contents: bool = False
    is_note: bool = False


class Styles:
    """The styles of a document, by id; an id that is not there has the properties of no style."""

    def __init__(self, elements: Iterable[Element]) -> None:
        """Reads the children of styles.xml. What a paragraph has that names no style is the default of its kind."""
        self._elements: dict[str, Element] = {}
        self._found: dict[str, Style] = {}
        self.default = ""
        self.language = ""
        for element in elements:
            if element.tag == "docDefaults":
                self.language = attribute(element.find("rPrDefault/rPr/lang"))
            elif element.tag == "style" and (name := element.get("styleId")):
                self._elements.setdefault(name, element)
                if element.get("type") == "paragraph" and is_on(element.get("default", "0")):
                    self.default = name

    def of_paragraph(self, properties: Element | None) -> Style:
        """The style of a paragraph with these properties (pPr)."""
        named = attribute(properties.find("pStyle")) if properties is not None else ""
        return self[named if named in self._elements else self.default]

    def __getitem__(self, name: str) -> Style:
        if name not in self._found:
            self._found[name] = self._resolve(name)
        return self._found[name]

    def _resolve(self, name: str) -> Style:
        chain: list[Element] = []
        while (element := self._elements.get(name)) is not None and element not in chain and len(chain) < _MAX_CHAIN:
            chain.append(element)
            name = attribute(element.find("basedOn"))
        names = [attribute(element.find("name")) for element in chain]
        levels = (heading_level(element.find("pPr"), name) for element, name in zip(chain, names, strict=True))
        places = [list_place(element.find("pPr")) for element in chain]
        hidden = (toggle(element.find("rPr"), "vanish") for element in chain)
        return Style(
            chain=tuple(element.get("styleId", "") for element in chain),
            level=next((level for level in levels if level is not None), 0),
            place=ListPlace(
                next((place.list_id for place in places if place.list_id is not None), None),
                next((place.level for place in places if place.level is not None), None),
            ),
            is_hidden=next((value for value in hidden if value is not None), False),
            height=next((value for element in chain if (value := attribute(element.find("rPr/vertAlign")))), ""),
            is_contents=any(_CONTENTS.fullmatch(name) for name in names),
            is_note=any(name.lower() in ("footnote text", "endnote text") for name in names),
        )


def heading_level(properties: Element | None, name: str = "") -> int | None:
    """The heading level that a paragraph's or a style's properties give, from 1; 0 for body text, None where they do not say."""
    given = attribute(properties.find("outlineLvl")) if properties is not None else ""
    if given:
        return (number(given) + 1) % 10 if 0 <= number(given) <= 9 else 0
    if match := _HEADING.fullmatch(name):
        return int(match[1])
    return 1 if name.lower() == "title" else None


def list_place(properties: Element | None) -> ListPlace:
    """The list that a paragraph's or a style's properties give."""
    found = properties.find("numPr") if properties is not None else None
    if found is None:
        return ListPlace()
    level = attribute(found.find("ilvl"))
    return ListPlace(attribute(found.find("numId")) or None, min(max(number(level), 0), 8) if level else None)


def toggle(properties: Element | None, name: str) -> bool | None:
    """Whether a property that is on or off is on; None where it is not given."""
    found = properties.find(name) if properties is not None else None
    return None if found is None else is_on(found.get("val", "1"))


def is_on(value: str) -> bool:
    """Whether a value of type ST_OnOff is on."""
    return value not in ("0", "false", "off")


def attribute(element: Element | None, name: str = "val") -> str:
    """An attribute of an element that may be missing; "" where it is."""
    return "" if element is None else element.get(name, "")


def number(text: str, otherwise: int = 0) -> int:
    """A whole number as Word writes one; `otherwise` for anything else, and for one too long to be meant."""
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,9}", text) else otherwise
