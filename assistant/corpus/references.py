"""References as the United Nations writes them: rendered from labels by code, and parsed out of questions.

A label is one of: "7", "12bis", "10.1", "annex.3", "annex.II.3", "u3" (counted), any of them with "~2" where a document
repeats a number. "A/78/265, para. 23" names paragraphs, never pages (United Nations Editorial Manual).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.schema import Document, Paragraph

_LABEL = re.compile(r"(?:annex\.(?:(?P<annex>[^.~]+)\.)?)?(?P<number>\d+(?:\.\d+)*)(?P<suffix>bis|ter|quater|quinquies)?(?:~(?P<nth>\d+))?")
_COUNTED = re.compile(r"(?P<annex>annex\.)?u(?P<number>\d+)")

_ITEM = r"\d{1,4}(?:\.\d{1,3})*(?:\s?(?:bis|ter|quater|quinquies)\b)?(?:\s?\((?:[a-z]{1,2}|[ivxl]{1,5})\))*"
_RANGE = rf"{_ITEM}(?:\s*(?:[-–—]|\bto\b)\s*{_ITEM})?"
_ANNEX = r"annex(?:\s+(?P<{0}>[IVXLC]{{1,6}}|[A-Z]|\d{{1,2}})\b)?"
_PARAGRAPHS = re.compile(
    rf"(?:{_ANNEX.format('before')},?\s*)?(?<!\w)(?:paras?\b\.?|paragraphs?\b|¶+)\s*(?P<items>{_RANGE}(?:\s*(?:,|;|\band\b|&|,\s*and\b)\s*{_RANGE})*)"
    rf"(?:,?\s*(?:of|in|to)\s+(?:the\s+)?{_ANNEX.format('after')})?",
    re.IGNORECASE,
)
_SYMBOL = re.compile(r"(?<![\w/.])[A-Z][A-Za-z]{0,9}(?:/[A-Z0-9][\w.()-]*)+(?:\s\((?:[IVXLC]+|\d{4})\))?")


@dataclass(frozen=True, slots=True)
class Item:
    """One paragraph or an inclusive range of them, as asked for; `path` names a sub-paragraph of a single one."""

    first: str
    last: str | None = None
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedReference:
    """Paragraphs named in a text. `documents` are ids named beside them; `unknown` are symbols that no document has."""

    items: tuple[Item, ...]
    documents: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    remainder: str = ""
    """The text without the reference: what is asked about those paragraphs."""


def document_name(document: Document) -> str:
    """How a reference names a document: its symbol, else its title; with its standing where that limits its use."""
    name = document.symbol or document.title
    return f"{name} ({document.standing})" if document.standing in ("draft", "superseded", "unofficial") else name


def render_label(label: str, path: Sequence[str] = ()) -> str:
    """ "para. 7", "annex II, para. 3", "para. 6 (a)"; counted paragraphs as "[3rd paragraph, unnumbered]".

    Raises:
        ValueError: `label` is not a label.
    """
    if counted := _COUNTED.fullmatch(label):
        return f"[{ordinal(int(counted['number']))} paragraph, unnumbered]"
    match = _LABEL.fullmatch(label)
    if not match:
        raise ValueError(f"not a paragraph label: {label!r}")
    annex = ("annex " + match["annex"] if match["annex"] else "annex") + ", " if label.startswith("annex.") else ""
    number = match["number"] + (f" {match['suffix']}" if match["suffix"] else "") + "".join(f" ({mark})" for mark in path)
    again = f" ({ordinal(int(match['nth']))} of this number)" if match["nth"] else ""
    return f"{annex}para. {number}{again}"


def render_reference(document: Document, paragraph: Paragraph, path: Sequence[str] = ()) -> str:
    """The full reference of one paragraph: "A/78/265, para. 23"."""
    return f"{document_name(document)}, {render_label(paragraph.label, path)}"


def ordinal(number: int) -> str:
    """English ordinal in figures: 1st, 2nd, 3rd, 4th, 11th."""
    suffix = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def names_paragraphs(text: str) -> bool:
    """Whether `text` names a paragraph by number at all."""
    return bool(_PARAGRAPHS.search(text))


def parse_reference(text: str, documents: Iterable[Document]) -> ParsedReference | None:
    """The paragraphs that `text` names by number, or None where it names none.

    Ordinals in words ("the Chair's fourth point") are words, not numbers of paragraphs. Never raises for any text.
    """
    match = _PARAGRAPHS.search(text)
    if not match:
        return None
    is_annex = match.start("items") >= 0 and bool(re.search(r"annex", match[0], re.IGNORECASE))
    annex = match["before"] or match["after"]
    prefix = ("annex." + (f"{annex.upper()}." if annex else "")) if is_annex else ""
    named = tuple(named_documents(text, documents))
    mentions = {start: end for _, start, end in named}
    symbols = [found for found in _SYMBOL.finditer(text) if not any(a <= found.start() < b for a, b in mentions.items())]
    remainder = _without(text, [match.span(), *((start, end) for _, start, end in named), *(found.span() for found in symbols)])
    return ParsedReference(
        items=tuple(_items(match["items"], prefix)),
        documents=tuple(dict.fromkeys(document for document, _, _ in named)),
        unknown=tuple(found[0] for found in symbols),
        remainder=remainder,
    )


def named_documents(text: str, documents: Iterable[Document]) -> list[tuple[str, int, int]]:
    """Documents that `text` names by symbol, id, alias or title, as (id, start, end), longest names first, no overlaps.

    A symbol counts only whole: "A/77/275" is not named by "A/77/2751" nor by "A/77/275/Rev.1".
    """
    names: dict[str, list[str]] = {}
    for document in documents:
        for name in (document.symbol, document.id, document.title, *document.aliases):
            if name and len(name) > 2:
                names.setdefault(name.casefold(), []).append(document.id)
    folded = text.casefold()
    if len(folded) != len(text):  # a few characters fold to two: offsets would be off
        folded = text.lower() if len(text.lower()) == len(text) else text
    found: list[tuple[str, int, int]] = []
    for name in sorted(names, key=lambda name: (-len(name), name)):
        at = folded.find(name)
        while at >= 0:
            end = at + len(name)
            whole = not re.match(r"[\w/]|\.\w|\s?\(", folded[end : end + 2]) if "/" in name else not re.match(r"\w", folded[end : end + 1])
            begins = at == 0 or not re.match(r"[\w/.]", folded[at - 1])
            if whole and begins and not any(start < end and at < stop for _, start, stop in found):
                found += [(document, at, end) for document in names[name]]
            at = folded.find(name, end)
    return found


def _items(text: str, prefix: str) -> Iterable[Item]:
    for part in re.finditer(_RANGE, text, re.IGNORECASE):
        ends = re.findall(_ITEM, part[0], re.IGNORECASE)
        first, path = _label_of(ends[0], prefix)
        if len(ends) > 1:
            yield Item(first, _label_of(ends[1], prefix)[0])
        else:
            yield Item(first, None, path)


def _label_of(item: str, prefix: str) -> tuple[str, tuple[str, ...]]:
    number = re.match(r"[\d.]+", item)
    suffix = re.search(r"bis|ter|quater|quinquies", item, re.IGNORECASE)
    label = prefix + (number[0] if number else item) + (suffix[0].lower() if suffix else "")
    return label, tuple(mark.lower() for mark in re.findall(r"\(([a-zA-Z]+)\)", item))


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    kept = "".join(" " if any(start <= at < end for start, end in spans) else character for at, character in enumerate(text))
    return " ".join(kept.split())
