"""The numbers of HTML lists, as a browser prints them before their items (HTML standard, 4.4.5; CSS Counter Styles Level 3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

Attributes = Mapping[str, str | None]

RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
"""Raised digits as Unicode has them: "10" with a raised 2 is not 102."""
_INTEGER = re.compile(r"[ \t\n\f\r]*([+-]?[0-9]{1,9})(?![0-9])")
_CSS_STYLE = re.compile(
    r"list-style(?:-type)?\s*:[^;]*?(?<![\w-])(none|disc|circle|square|decimal|(?:lower|upper)-(?:alpha|latin|roman))(?![\w-])",
    re.IGNORECASE,
)
_TYPES = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_ALIASES = {"lower-latin": "lower-alpha", "upper-latin": "upper-alpha"}
_NUMBERED = frozenset(_TYPES.values())
_ROMAN = tuple(zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), "M CM D CD C XC L XL X IX V IV I".split(), strict=True))
_OWN_NUMBER = re.compile(r"\d{1,4}(?:\s?(?:bis|ter|quater|quinquies))?[.)]\s")


@dataclass
class ListCounter:
    """Where a list has got to: the number of its next item, the step to the one after, and the style they are printed in."""

    style: str
    number: int
    step: int

    @classmethod
    def of(cls, node: LexborNode, tag: str, attributes: Attributes) -> ListCounter:
        """The counter of an `ol`, `ul` or `menu` element, from its `start`, `reversed`, `type` and inline style."""
        style = style_of(attributes) or ("decimal" if tag == "ol" else "disc")
        start = integer(attributes.get("start"))
        is_reversed = tag == "ol" and "reversed" in attributes
        if start is None:
            start = sum(child.tag == "li" for child in node.iter()) if is_reversed else 1
        return cls(style, start, -1 if is_reversed else 1)

    def take(self, attributes: Attributes) -> str:
        """What a browser prints before the next item, an `li` with these attributes: "3.\\t", "•\\t" or nothing."""
        value = integer(attributes.get("value"))
        number = self.number if value is None else value
        self.number = number + self.step
        style = style_of(attributes) or self.style
        if style in _NUMBERED:
            return f"{numeral(number, style)}.\t"
        return "" if style == "none" else "•\t"


def integer(value: str | None) -> int | None:
    """A number as HTML reads an attribute: leading white space and what follows the digits do not count."""
    match = _INTEGER.match(value or "")
    return int(match[1]) if match else None


def style_of(attributes: Attributes) -> str | None:
    """The list style that an element's own attributes give, if any; an inline style counts before `type`."""
    css = _CSS_STYLE.search(attributes.get("style") or "")
    if css:
        named = css[1].lower()
        return _ALIASES.get(named, named)
    kind = (attributes.get("type") or "").strip()
    return _TYPES.get(kind) or (kind.lower() if kind.lower() in ("disc", "circle", "square", "none") else None)


def numeral(number: int, style: str) -> str:
    """`number` in a counter style; a number that the style cannot write is decimal."""
    text = str(number)
    if style.endswith("alpha") and number > 0:
        text = ""
        while number:
            number, digit = divmod(number - 1, 26)
            text = chr(ord("a") + digit) + text
    elif style.endswith("roman") and 0 < number < 4000:
        text = ""
        for value, letters in _ROMAN:
            text += letters * (number // value)
            number %= value
    return text.upper() if style.startswith("upper") else text.lower()


def with_mark(mark: str, text: str) -> str:
    """`text` after the mark of its item; a number that the text itself begins with is the one a reader sees."""
    return text if _OWN_NUMBER.match(text) else mark + text
