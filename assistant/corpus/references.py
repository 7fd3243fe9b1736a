"""References as the United Nations writes them: rendered from labels by code, and parsed out of questions.

"A/78/265, para. 23" names paragraphs, never pages (United Nations Editorial Manual). Labels: see `assistant.corpus.labels`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.corpus.labels import LEVELS, SUFFIX, Part, parse_label, prefix_of
from assistant.corpus.symbols import Symbol, find, lookalikes, parse
from assistant.schema import Document, Paragraph

_FIGURES = r"\d{1,4}(?!\d)(?:(?-i:[A-Z])(?![^\W\d_])|[a-z](?=\.\d))?"
_FURTHER = r"(?:\.(?:\d{1,3}(?!\d)|(?-i:[IVXLC]{1,6})(?![^\W_])|[ivxlc]{1,6}(?=\.\d)))*"
_ITEM = rf"{_FIGURES}{_FURTHER}(?:\s?{SUFFIX}\b)?(?:\s?\((?:[a-z]|[ivx]{{2,6}})\))*"
_RANGE = rf"{_ITEM}(?:\s*(?:[-–—]|\bto\b)\s*{_ITEM})?"
_MANY = rf"{_RANGE}(?:\s*(?:,\s*and\b|,|;|\band\b|&)\s*{_RANGE})*"
_ONE = rf"{_RANGE}(?:(?:\s*,\s*{_RANGE})*,?\s*(?:\band\b|&)\s*{_RANGE})?"  # "in paragraph 5, 12 States" names one
_SCOPE = (
    # A decision's or resolution's own name in its document, "1/CP.21" or "5"; "resolution 75/240" is a document, and so is "1325 (2000)".
    r"(?:(?:decision|resolution)\s+(?:\d{1,4}/[A-Z]{1,8}\.\d{1,3}|\d{1,3}(?![\w/]|\.\w|\s?\(\d{4}\)))"
    r"|decision\s+(?:\d{1,3}|[IVXLC]{1,6}|[A-Z]{1,3}-\d{1,3})/\d{1,3}"
    r"|(?:annex|enclosure|appendix)(?:\s+(?:(?-i:[IVXLC]{1,6}|[A-Z])|[ivx]{2,6}|\d{1,2}|[ivx](?=,?\s*para)))?"
    r"|(?:article|rule)\s+\d{1,3}(?:\.\d{1,2})?)(?![\w/])"
)
_PARAGRAPHS = re.compile(
    rf"(?P<before>(?:\b{_SCOPE},?\s{{0,9}}){{0,4}})"
    rf"(?<!\w)(?:(?:paras\b\.?|paragraphs\b|¶¶)\s*(?P<many>{_MANY})|(?:para\b\.?|paragraph\b|¶)\s*(?P<one>{_ONE}))"
    rf"(?P<after>(?:,?\s{{0,9}}(?:of|in|to)\s{{1,9}}(?:the\s{{1,9}})?{_SCOPE}){{0,4}})",
    re.IGNORECASE,
)
_PART = re.compile(rf"(?P<kind>{'|'.join(LEVELS)})\b(?:\s+(?P<name>(?!(?:of|in|to|the|para\w*)\b)[\w/-]+(?:\.\d+)?))?", re.IGNORECASE)
_ALIKE = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "\u00a0": " "})


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
    if document.standing not in ("draft", "superseded", "unofficial"):
        return name
    symbol = parse(document.symbol or "")
    was_draft = document.standing == "superseded" and symbol is not None and symbol.is_draft
    return f"{name} ({'draft, ' * was_draft}{document.standing})"


def render_label(label: str, path: Sequence[str] = ()) -> str:
    """ "para. 7", "annex II, para. 3", "para. 6 (a)"; counted paragraphs as "[3rd paragraph, unnumbered]".

    Raises:
        ValueError: `label` is not a label.
    """
    known = parse_label(label)
    if known is None:
        raise ValueError(f"not a paragraph label: {label!r}")
    if known.counted:
        nth = ordinal(int(known.number))
        return f"[{nth} table]" if known.counted == "t" else f"[{nth} paragraph, unnumbered]"
    parts = "".join(f"{part}, " for part in known.parts)
    number = known.number + (f" {known.suffix}" if known.suffix else "") + "".join(f" ({mark})" for mark in path)
    again = f" ({ordinal(known.nth)} of this number)" if known.nth > 1 else ""
    return f"{parts}para. {number}{again}"


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
    references = list(_PARAGRAPHS.finditer(text))
    if not references:
        return None
    items = [item for reference in references for item in _items(reference)]
    used = _Mask(len(text), [reference.span() for reference in references])
    named = [found for found in named_documents(text, documents) if not used.overlaps(found[1], found[2])]
    used.take(*((start, end) for _, start, end in named))
    symbols = [span for span in _symbols(text) if not used.overlaps(*span)]
    used.take(*symbols)
    return ParsedReference(
        items=tuple(dict.fromkeys(items)),
        documents=tuple(dict.fromkeys(document for document, _, _ in named)),
        unknown=tuple(dict.fromkeys(text[start:end] for start, end in symbols)),
        remainder=" ".join("".join(" " if taken else character for character, taken in zip(text, used.taken, strict=True)).split()),
    )


def named_documents(text: str, documents: Iterable[Document]) -> list[tuple[str, int, int]]:
    """Documents that `text` names by symbol, id, alias or title, as (id, start, end), longest names first, no overlaps.

    A symbol counts only whole: "A/77/275" is not named by "A/77/2751" nor by "A/77/275/Rev.1". Case and the form of quotation
    marks, dashes and spaces do not count. An id of digits alone is not a name. A symbol in several languages names the document
    whose id it is, where that is among `documents`.
    """
    names, symbols = _names(documents)
    folded = _fold(text)
    found = [
        (match.start(), match.end(), tuple(names[name]))
        for name in names
        if name in folded
        for match in re.finditer(re.escape(name), folded)
        if _is_whole(text, match.start(), match.end())
    ]
    for symbol, start, end in find(text, any_case=True):
        if symbol in symbols:
            found.append((start, end, tuple(symbols[symbol])))
    used = _Mask(len(text), [])
    taken: list[tuple[str, int, int]] = []
    for start, end, known in sorted(found, key=lambda hit: (hit[0] - hit[1], hit[0])):
        if not used.overlaps(start, end):
            taken += [(document, start, end) for document in known]
            used.take((start, end))
    return taken


def _names(documents: Iterable[Document]) -> tuple[dict[str, dict[str, None]], dict[Symbol, dict[str, None]]]:
    """The ids of documents by what they are called, folded, and by symbol, with and without its year."""
    names: dict[str, dict[str, None]] = {}
    symbols: dict[Symbol, dict[str, None]] = {}
    for document in documents:
        for name in (document.symbol, document.id, document.title, *document.aliases):
            if not name:
                continue
            if symbol := parse(name):
                for known in dict.fromkeys((symbol, symbol.without_year)):
                    symbols.setdefault(known, {})[document.id] = None
            elif len(name) > 2 and not name.isdigit():
                names.setdefault(_fold(name), {})[document.id] = None
    for symbol, ids in symbols.items():
        if own := [identity for identity in ids if parse(identity) == symbol]:
            symbols[symbol] = dict.fromkeys(own)
    return names, symbols


class _Mask:
    """Which characters of a text have been accounted for."""

    def __init__(self, length: int, spans: Iterable[tuple[int, int]]) -> None:
        self.taken = bytearray(length)
        self.take(*spans)

    def take(self, *spans: tuple[int, int]) -> None:
        for start, end in spans:
            self.taken[start:end] = b"\1" * (end - start)

    def overlaps(self, start: int, end: int) -> bool:
        return 1 in self.taken[start:end]


def _fold(text: str) -> str:
    """The text in lower case with plain quotation marks, dashes and spaces; every character stays one, so that offsets hold."""
    folded = text.translate(_ALIKE)
    return "".join(lower if len(lower := character.casefold()) == 1 else character for character in folded)


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether a name stands for itself and is not part of a longer one; a name with a stroke goes on with "/", "." or a bracket."""
    if start and re.match(r"[\w/.]", text[start - 1]):
        return False
    if "/" in text[start:end]:
        return not re.match(r"[\w/@]|[.-]\w|\s?\((?:[IVXLC]+|\d{4})\)", text[end : end + 12])
    return not re.match(r"\w", text[end : end + 1])


def _symbols(text: str) -> Iterator[tuple[int, int]]:
    """Symbols, and what a reader would take for one: a document that is asked for so is unknown, and no other is meant."""
    spans = [(start, end) for _, start, end in find(text)]
    used = _Mask(len(text), spans)
    yield from sorted([*spans, *(span for span in lookalikes(text) if not used.overlaps(*span))])


def _items(reference: re.Match[str]) -> Iterator[Item]:
    named = {
        Part(match["kind"].lower(), (match["name"] or "").upper())
        for match in _PART.finditer(f"{reference['before']} {reference['after']}")
    }
    prefix = prefix_of(sorted(named, key=lambda part: LEVELS[part.kind]))
    for part in re.finditer(_RANGE, reference["many"] or reference["one"], re.IGNORECASE):
        ends = [_label_of(end, prefix) for end in re.findall(_ITEM, part[0], re.IGNORECASE)]
        yield Item(ends[0][0], ends[1][0]) if len(ends) > 1 else Item(ends[0][0], None, ends[0][1])


def _label_of(item: str, prefix: str) -> tuple[str, tuple[str, ...]]:
    """The label of "12 bis (a)", and the path to its sub-paragraph."""
    number, suffix, marks = re.fullmatch(rf"({_FIGURES}{_FURTHER})\s?({SUFFIX}?)(.*)", item, re.IGNORECASE | re.DOTALL).groups()  # type: ignore[union-attr]  # _ITEM matched
    return prefix + number.upper() + suffix.lower(), tuple(mark.lower() for mark in re.findall(r"\((\w+)\)", marks))
