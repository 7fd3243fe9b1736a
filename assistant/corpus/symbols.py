"""Symbols of United Nations documents: A/77/275, A/AC.292/2024/CRP.1, S/RES/1325 (2000), A/81/6 (Sect. 29A)/Part A.

    body / series … / number [(year, session or section)] [/ element …]

A symbol is a document's identity, so nothing is tolerated that could make one of another: letters and digits are ASCII (a
Cyrillic "А" makes no symbol), every part counts, and a text that goes on after a symbol is no such symbol. Only what cannot
change the identity is: case, the space before a bracket, and the asterisk that marks a reissue. The forms are those of the
Dag Hammarskjöld Library's guide to symbols (organ, subsidiary organ, session or year, element such as /Rev.1 or /L.77).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

_ROMAN = "[IVXLCivxlc]{1,7}"
_BRACKET = (
    rf"\((?P<bracket>[0-9]{{1,4}}|{_ROMAN}|[A-Za-z]{{1,2}}-(?:[0-9]{{1,3}}|{_ROMAN})"
    rf"|(?:[Ss]ect|SECT|[Vv]ol|VOL|[Pp]art|PART|[Ss]upp|SUPP|[Rr]esumption|RESUMPTION)(?:\.?\s?(?:[0-9]{{1,3}}[A-Za-z]?|{_ROMAN}))?)\)"
)
_ANY_BRACKET = _BRACKET.replace("?P<bracket>", "?:")
_GOES_ON = r"(?:\.[A-Za-z0-9]+|[-‐‑](?![A-Za-z]{1,5}/)[A-Za-z0-9]+)*"  # "277-S/24111" is two symbols
_PART = rf"(?:[Pp]art\s[A-Za-z0-9]{{1,4}}\b|PART\s[A-Z0-9]{{1,4}}\b|[A-Za-z0-9]+{_GOES_ON})"
_TOKEN = re.compile(rf"(?<![\w/.])[A-Za-z]{{1,12}}(?:/{_PART}(?:\s?{_ANY_BRACKET})?)+(?![\w/]|[.@][^\W_])")
_ONE_PART = re.compile(rf"(?P<part>[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*|[Pp]art [A-Za-z0-9]+|PART [A-Z0-9]+)(?:(?P<space>\s?){_BRACKET})?")
_LOOKALIKE = re.compile(r"(?<![\w/.])(?P<body>[^\W\d_]{1,12})(?:/\w+(?:[.-]\w+)*)+(?P<bracket>\s?\((?:[0-9]{4}|[IVXLC]+)\))?")

_NUMBER = re.compile(r"[0-9]+[A-Z]{0,2}")
_WORDS = re.compile(r"(?:[A-Z]+[0-9]*|[A-Z][A-Za-z]+)(?:\.(?:[A-Z]+|[A-Z][A-Za-z]+|[0-9]+[A-Z]?))*")
_SPECIAL_SESSION = re.compile(r"[A-Z]{1,3}-(?:[0-9]+|[IVXLC]+)")
_SPELT = {
    word.upper(): word
    for word in ("Rev", "Add", "Corr", "Amend", "Sect", "Vol", "Part", "Supp", "Resumption", "Summ", "Misc", "OzL", "Pro", "ExCom")
}
"""How the words of a symbol are written that are not in capitals."""
_SHORT = frozenset({"TD", "LC", "GOV", "INFCIRC"})
"""Bodies of more than one letter in whose symbols a number may follow at once: TD/541."""
_ELEMENTS = frozenset({"REV", "ADD", "CORR", "AMEND", "L", "CRP", "WP", "PV", "SR", "INF", "SUMM", "MISC", "NGO", "RD"})
_DRAFTS = frozenset({"L", "CRP", "WP"})
_YEAR_OR_SESSION = re.compile(r" ?\((?:[0-9]{4}|[A-Z]{1,2}-(?:[0-9]+|[IVXLC]+)|[IVXLC]+)\)$")
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Symbol:
    """A document's symbol, in parts as they are written between strokes.

    `series` is the body and what follows it up to the document's own number: ("A", "81", "6 (Sect. 2)"); `elements` are what
    stands after it: ("L.77", "Rev.1"). A bracket belongs to the part before it.
    """

    series: tuple[str, ...]
    elements: tuple[str, ...] = ()

    def render(self) -> str:
        """The symbol as it is written: "A/C.1/79/L.77/Rev.1"."""
        return "/".join((*self.series, *self.elements))

    @property
    def revision(self) -> int:
        """The number of the revision that this text is; 0 for a first version, and for an addendum to a revision."""
        return _revision(self.elements[-1]) if self.elements else 0

    @property
    def base(self) -> Symbol:
        """The symbol of the first version: without the "/Rev.N" at its end."""
        return replace(self, elements=self.elements[:-1]) if self.revision else self

    @property
    def without_year(self) -> Symbol:
        """The symbol without the year or session in brackets at its end: people write S/RES/1325 for S/RES/1325 (2000)."""
        if self.elements:
            return replace(self, elements=(*self.elements[:-1], _YEAR_OR_SESSION.sub("", self.elements[-1])))
        return replace(self, series=(*self.series[:-1], _YEAR_OR_SESSION.sub("", self.series[-1])))

    @property
    def is_draft(self) -> bool:
        """Whether documents of this kind are drafts or working papers: CRP., L., WP., also revised or with addenda."""
        return any(_head(element) in _DRAFTS for element in self.elements)

    @property
    def is_record(self) -> bool:
        """Whether it is that of a meeting's verbatim or summary record."""
        return any(_head(element) in ("PV", "SR") for element in self.elements)

    @property
    def is_resolution(self) -> bool:
        """Whether it is that of an adopted resolution: A/RES/75/240. A draft resolution has "/L."."""
        return "RES" in self.series and not self.is_draft

    def replaces(self, other: Symbol) -> bool:
        """Whether this is a later version of `other`. Addenda, corrigenda and amendments add to a text and replace nothing."""
        return self.revision > other.revision and self.base == other.base


def parse(text: str) -> Symbol | None:
    """The symbol that `text` is, as a whole; None where it is none. Never raises."""
    return _parse(text.strip().rstrip("*").rstrip()) if "/" in text and len(text) <= _LONGEST else None


@lru_cache(maxsize=8192)
def _parse(text: str) -> Symbol | None:
    return _symbol(text) if _TOKEN.fullmatch(text) else None


def find(text: str, *, any_case: bool = False) -> Iterator[tuple[Symbol, int, int]]:
    """The symbols in running text with their offsets, in order; of a joint one ("A/47/277-S/24111") each.

    Small letters make a symbol only of "a/77/275", since prose is full of "and/or"; `any_case` takes "fccc/cp/2015/10" too,
    for a caller who then asks whether such a document is known. Linear in the characters.
    """
    for match in _TOKEN.finditer(text):
        found, end = match[0], match.end()
        if match.end() - match.start() > _LONGEST:
            continue
        symbol = _symbol(found)
        if symbol is None and found.endswith(")"):  # "A/77/275 (c)": the bracket is the text's
            found = found[: found.rindex("(")].rstrip()
            symbol, end = _symbol(found), match.start() + len(found)
        if symbol and (any_case or found[0].isupper() or found[1] == "/"):
            yield symbol, match.start(), end


def lookalikes(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of what a reader would take for a symbol, whether it is one or not: "А/77/275" with a Cyrillic letter, "A/77/275/X".

    Letters, a stroke and a digit behind it; a body of several letters has two strokes, so that "HTTP/2" is none.
    """
    for match in _LOOKALIKE.finditer(text):
        rest = match[0][len(match["body"]) :]
        if match["body"][0].isupper() and any(map(str.isdigit, rest)) and (len(match["body"]) == 1 or rest.count("/") > 1):
            yield match.span()


def _symbol(text: str) -> Symbol | None:
    """The symbol of a token, its words as they are spelt; None where a part is none."""
    is_small = text == text.lower()
    parts = [_part(part, is_small) for part in re.sub("[‐‑]", "-", text).split("/")]  # hyphens
    known = [part for part in parts if part]
    if len(known) < len(parts) or not known[0].isalpha() or not any(re.search("[0-9]", part.partition("(")[0]) for part in known[1:]):
        return None
    if len(known) < 3 and len(known[0]) > 1 and known[0] not in _SHORT:
        return None
    at = len(known)
    while at > 1 and _is_element(known, at - 1):
        at -= 1
    return Symbol(tuple(known[:at]), tuple(known[at:]))


def _part(text: str, is_small: bool) -> str | None:
    """A part as it is spelt; None where it is no part of a symbol. In a text of small letters every letter may be a capital."""
    match = _ONE_PART.fullmatch(text)
    if not match:
        return None
    words = re.split(r"([.\s-])", match["part"])
    if not all(_may_be(word, is_small) for word in words[::2]):
        return None
    part = "".join(_SPELT.get(word.upper(), word.upper()) for word in words)
    if not (any(form.fullmatch(part) for form in (_NUMBER, _WORDS, _SPECIAL_SESSION)) or part.startswith("Part ")):
        return None
    bracket = _bracket(match["bracket"], is_small) if match["bracket"] else ""
    if bracket is None:
        return None
    return f"{part}{'' if part.isalpha() or not bracket else ' '}{bracket}"


def _may_be(word: str, is_small: bool) -> bool:
    """Whether a word of a symbol is written as such: in capitals, or as it is spelt, or all is small."""
    return is_small or word == word.upper() or word.upper() in _SPELT


def _bracket(text: str, is_small: bool) -> str | None:
    if text[:1].isdigit():
        return f"({text})"
    if (match := re.fullmatch(r"([A-Za-z]{3,})\.?\s?(\w*)", text)) and (name := _SPELT.get(match[1].upper())):
        dot = "." if name in ("Sect", "Vol") else ""
        return f"({name}{dot} {match[2].upper()})" if match[2] else f"({name}{dot})"
    return f"({text.upper()})" if is_small or text == text.upper() else None


def _is_element(parts: list[str], at: int) -> bool:
    """Whether part `at` stands after a document's own number: "Rev.1", "Part A", "INF" or the number after "INF"."""
    head = _head(parts[at])
    if _NUMBER.fullmatch(parts[at].partition(" (")[0]):
        return at > 2 and parts[at - 1] == "INF"
    return parts[at].startswith("Part ") or (head in _ELEMENTS and (head == "INF" or bool(re.search("[0-9]", parts[at]))))


def _head(part: str) -> str:
    return re.split(r"[.\s(]", part, maxsplit=1)[0].upper()


def _revision(element: str) -> int:
    match = re.match(r"Rev\.([0-9]+)$", element)
    return int(match[1]) if match else 0
