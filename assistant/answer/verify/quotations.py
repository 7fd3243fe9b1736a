"""Quotations: what stands in quotation marks is in the paragraph as it is, but for what the United Nations allows.

Allowed (United Nations Editorial Manual, "Quotations"): the case of the first letter, final punctuation, dropped footnote marks,
white space, the style of quotation marks and dashes; "…" where words are left out and "[…]" where the author put words in, if
each part stands there in order.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from assistant.answer.verify.words import FUNCTION_WORDS
from assistant.corpus.unicode import SOFT_HYPHEN, clean

_PAIRS = (
    ("“", "”"),
    ("„", "“"),
    ("„", "”"),
    ("‟", "”"),
    ("«", "»"),
    ("‹", "›"),
    ('"', '"'),
    ("＂", "＂"),
    ("‘", "’"),
    ("‚", "‘"),
    ("'", "'"),
)
_CORNERS = (("「", "」"), ("『", "』"))
"""Marks of scripts that set no space before them."""
_QUOTED = re.compile(
    "|".join(
        rf"(?<!\w){re.escape(opens)}(?P<q{number}>(?:(?!{re.escape(closes)}(?!\w))[^{re.escape(opens)}])+){re.escape(closes)}(?!\w)"
        for number, (opens, closes) in enumerate(_PAIRS)
    )
    + "".join(rf"|{opens}(?P<c{number}>[^{opens}{closes}]+){closes}" for number, (opens, closes) in enumerate(_CORNERS))
)
_OPENED = re.compile(r"(?:“|«|(?<![\w\"])\"(?=\w))(?P<rest>[^”»\"]+)$")
_CLOSED = re.compile(r"^(?P<rest>[^“«\"]+)(?:”|»|\"(?!\w))")
_ALIKE = str.maketrans(
    {
        **dict.fromkeys('’‘‚‛′“”„‟″"«»‹›＂「」『』', "'"),
        **dict.fromkeys("–—‐‑‒−", "-"),
        **dict.fromkeys("\u00a0\u202f\u2009", " "),
        SOFT_HYPHEN: "",
    }
)
_FOOTNOTE = re.compile(r"(?:(?<=[a-z]{3})|(?<=[a-z)'][.,;:])|(?<=[.,;:]'))\d{1,3}(?=\s|$)|[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]+")
_GAP = re.compile(r"\s*\[\s*(?:…|\.\s?\.\s?\.)\s*\]\s*|\s*(?:…|\.\s?\.\s?\.)\s*|(?P<inserted>\s*\[[^\]]*\]\s*)")
_INITIAL = re.compile(r"\[(\w)\](?=\w)")
_FINAL = ".,;:!?'- "
_NEGATES = re.compile(r"\b(?:not|no|never|neither|nor|cannot|without|unless|except|\w+n't)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words in quotation marks, and their offsets without the marks."""

    text: str
    start: int
    end: int


def quotations(text: str) -> tuple[Quotation, ...]:
    """The quotations of a sentence in order; a mark that is never closed quotes up to the sentence's end, one never opened from its
    start."""
    found = []
    for match in _QUOTED.finditer(text):
        name = match.lastgroup or "q0"
        found.append(Quotation(match[name], match.start(name), match.end(name)))
    rest = list(text)
    for quote in found:
        rest[quote.start - 1 : quote.end + 1] = " " * (quote.end - quote.start + 2)
    left = "".join(rest)
    for pattern in (_OPENED, _CLOSED):
        if unpaired := pattern.search(left):
            start, end = unpaired.span("rest")
            found.append(Quotation(text[start:end], start, end))
            left = left[: unpaired.start()] + " " * (unpaired.end() - unpaired.start()) + left[unpaired.end() :]
    return tuple(sorted(found, key=lambda quote: quote.start))


def contains_quote(paragraph: str, quote: str) -> bool:
    """Whether quoted words stand in a paragraph as they are, with the allowances that the module names. Never raises."""
    wanted = _INITIAL.sub(r"\1", fold(quote))
    parts, inserted = _parts(wanted)
    if not parts:
        return False
    return any(_in_order(text, parts, inserted) for text in dict.fromkeys((fold(paragraph), _without_notes(fold(paragraph)))))


def not_in(quote: str, paragraphs: tuple[str, ...]) -> str | None:
    """Why a quotation does not stand in any of the paragraphs, or None where it does in one."""
    if any(contains_quote(paragraph, quote) for paragraph in paragraphs):
        return None
    short = quote if len(quote) <= 60 else quote[:59].rstrip() + "…"
    return f"its quotation is not in the passage word for word (“{short}”)"


@lru_cache(maxsize=2048)
def fold(text: str) -> str:
    """`text` as quotations are compared: composed, invisible characters gone, one form of marks and dashes, single spaces."""
    return " ".join(unicodedata.normalize("NFC", clean(text)).translate(_ALIKE).split())


def _without_notes(text: str) -> str:
    return " ".join(_FOOTNOTE.sub("", text).split())


def _parts(quote: str) -> tuple[list[str], list[bool]]:
    """The stretches between what was left out or put in; and for each gap whether the author put words in."""
    parts: list[str] = []
    inserted: list[bool] = []
    at = 0
    for match in _GAP.finditer(quote):
        if match["inserted"] and _NEGATES.search(match["inserted"]):
            return [], []  # "[not]" turns a text round
        parts.append(quote[at : match.start()])
        inserted.append(match["inserted"] is not None)
        at = match.end()
    parts.append(quote[at:])
    if not parts[0].strip(_FINAL):
        parts, inserted = parts[1:], inserted[1:]
    if len(parts) > 1 and not parts[-1].strip(_FINAL):
        parts, inserted = parts[:-1], inserted[:-1]
    parts = [part.strip() for part in parts]
    parts = [part.rstrip(_FINAL) if number == len(parts) - 1 else part.rstrip(" ,;:") for number, part in enumerate(parts)]
    if parts:
        parts[0] = parts[0].lstrip(" '")
    return (parts, inserted) if all(parts) else ([], [])


def _in_order(text: str, parts: list[str], inserted: list[bool]) -> bool:
    """Whether each part stands in `text` after the one before: near it where words were put in; no "not" left out on the way."""

    def follows(number: int, begin: int) -> bool:
        if number == len(parts):
            return True
        for start, end in _occurrences(text, parts[number], first=number == 0):
            if start < begin:
                continue
            skipped = text[begin:start]
            if number and ((inserted[number - 1] and not _may_be_replaced(skipped)) or _hides_negation(skipped)):
                continue
            if follows(number + 1, end):
                return True
        return False

    return len(parts) <= 8 and follows(0, 0)


def _may_be_replaced(skipped: str) -> bool:
    """Whether words in square brackets may stand for these: nothing, or pronouns and articles."""
    return all(word in FUNCTION_WORDS for word in re.findall(r"\w+", skipped.casefold()))


def _hides_negation(skipped: str) -> bool:
    """Whether what was left out of one sentence negates it."""
    return not re.search(r"[.!?]\s", skipped) and bool(_NEGATES.search(skipped))


def _occurrences(text: str, part: str, *, first: bool) -> Iterator[tuple[int, int]]:
    forms = {part, part[:1].swapcase() + part[1:]} if first else {part}
    pattern = "|".join(re.escape(form) for form in sorted(forms))
    for match in re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", text):
        yield match.span()
