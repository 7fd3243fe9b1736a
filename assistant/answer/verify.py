"""Verification: what a model wrote is a statement only where code can tie it to a paragraph; else it is withheld, with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from assistant.corpus.sentences import sentence_spans
from assistant.schema import Citation, Passage, Statement, Withheld

_HANDLES = re.compile(r"\s*\[([^\[\]]*)\]")
_QUOTED = re.compile(r"“([^”]+)”|\"([^\"]+)\"|«([^»]+)»")
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*")
_PARAGRAPH_IN_PROSE = re.compile(r"\b(?:paras?|paragraphs?)\b\.?\s*\d|(?<![\w/])[A-Z]{1,4}(?:/[A-Z0-9][\w.]*)+", re.IGNORECASE)
_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
).split()
_TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000}
_ORDINALS = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_NUMBER_WORDS = {
    **{word: str(number) for number, word in enumerate(_WORDS)},
    **{word: str(number) for number, word in enumerate(_ORDINALS)},
    **{word: str(number) for word, number in _TENS.items()},
}
_STYLE = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " "})


def handles_in(sentence: str) -> tuple[str, list[str]]:
    """A sentence without its bracketed handles, and the handles in order."""
    names = [name.strip() for group in _HANDLES.findall(sentence) for name in re.split(r"[,;]\s*|\s+", group) if name.strip()]
    return re.sub(r"\s+([.!?;:,…])", r"\1", _HANDLES.sub("", sentence)).strip(), list(dict.fromkeys(names))


def verify_sentence(sentence: str, handles: Mapping[str, Passage]) -> Statement | Withheld:
    """The statement that a model's sentence makes, with its citations, or why it is withheld.

    Checked: every handle exists; quoted words stand in a cited paragraph; every number stands in a cited paragraph, in
    figures or as a word; no paragraph number or symbol is written in prose that the paragraph itself does not hold.
    """
    text, names = handles_in(sentence)
    if not names:
        return Withheld(text, "it names no passage")
    unknown = [name for name in names if name not in handles]
    if unknown:
        return Withheld(text, f"it names a passage that does not exist ({unknown[0][:40]})")
    if not text:
        return Withheld(sentence.strip(), "it says nothing")
    passages = [handles[name] for name in names]
    held = [passage.paragraph.text for passage in passages]
    quotes = [next(filter(None, groups)) for groups in _QUOTED.findall(text)]
    for quote in quotes:
        if not any(contains_quote(paragraph, quote) for paragraph in held):
            return Withheld(text, f"its quotation is not in the passage ({quote[:60]})")
    for match in _PARAGRAPH_IN_PROSE.finditer(text):
        if not any(_fold(match[0]) in _fold(paragraph) for paragraph in held):
            return Withheld(text, f"it writes a reference of its own ({match[0]})")
    missing = numbers_in(text) - set().union(*(numbers_in(paragraph, with_words=True) for paragraph in held))
    if missing:
        return Withheld(text, f"the passage does not hold its number {min(missing)}")
    return Statement(text, tuple(_citation(passage, text, quotes) for passage in passages))


def contains_quote(paragraph: str, quote: str) -> bool:
    """Whether quoted words stand in a paragraph as they are.

    Allowed are white space, the style of quotation marks and dashes, the case of the first letter, and final punctuation.
    """
    wanted = _fold(quote).rstrip(".,;:!?…")
    text = _fold(paragraph)
    options = {wanted, wanted[:1].swapcase() + wanted[1:]}
    return bool(wanted) and any(re.search(rf"(?<!\w){re.escape(option)}(?!\w)", text) for option in options)


def numbers_in(text: str, with_words: bool = False) -> set[str]:
    """The numbers of a text in figures, thousands separators removed; with `with_words` also those written as words."""
    found = {re.sub(r",(?=\d{3}\b)", "", number).rstrip(".,") for number in _NUMBER.findall(text)}
    if with_words:
        found |= {_NUMBER_WORDS[word] for word in re.findall(r"[a-z]+", text.casefold()) if word in _NUMBER_WORDS}
    return found


def _fold(text: str) -> str:
    return " ".join(text.translate(_STYLE).split())


def _citation(passage: Passage, text: str, quotes: Iterable[str]) -> Citation:
    """The citation of a whole paragraph, with the sentence of it to look at first: the quoted one, else the one with most words in common.

    Only the place to look at is chosen by likeness; which paragraph is cited was decided by its handle.
    """
    paragraph = passage.paragraph.text
    words = set(re.findall(r"\w{4,}", text.casefold()))
    quoted = [_fold(quote).rstrip(".,;:!?…") for quote in quotes]

    def likeness(span: tuple[int, int]) -> tuple[int, int, int]:
        sentence = paragraph[span[0] : span[1]]
        holds = sum(quote in _fold(sentence) for quote in quoted)
        return holds, len(words & set(re.findall(r"\w{4,}", sentence.casefold()))), -span[0]

    start, end = max(sentence_spans(paragraph), key=likeness, default=(0, len(paragraph)))
    return Citation(passage.document.id, passage.paragraph.label, passage.reference, paragraph[start:end], start, end)
