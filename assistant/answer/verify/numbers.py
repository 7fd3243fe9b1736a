"""Numbers, in figures or in words: every number of a sentence is in the passage, as the same kind of number.

"eleven" is 11, "a third" is "one third", "two-thirds" is 2/3, "$1.2 million" is "$1,200,000", "98 per cent" is "98%", "the 3rd" is "third",
"10–14" holds 10 and 14, "2024/25" holds 2024 and 2025. A rounded number must round from one that is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from assistant.answer.verify.slots import Member
from assistant.answer.verify.words import Sentence

NumberKind = Literal["count", "percent", "ordinal"]

_UNITS = {word: value for value, word in enumerate(
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen""".split()
)}  # fmt: skip
_TENS = {
    word: value for value, word in zip(range(20, 100, 10), "twenty thirty forty fifty sixty seventy eighty ninety".split(), strict=True)
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SHORT_SCALES = {"k": 1_000, "m": 10**6, "mn": 10**6, "bn": 10**9}
_SINGLE = {"dozen": 12, "twice": 2, "thrice": 3, "decade": 10, "century": 100}
_PARTS = {
    word: Fraction(1, parts)
    for parts, words in ((2, "half halves"), (3, "third thirds"), (4, "quarter quarters"), (5, "fifths"), (10, "tenth tenths"))
    for word in words.split()
}
_ORDINAL_WORDS = """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
    fifteenth sixteenth seventeenth eighteenth nineteenth twentieth""".split()
_ORDINALS = {word: value for value, word in enumerate(_ORDINAL_WORDS, 1)} | {
    word.replace("y", "ieth"): value for word, value in _TENS.items()
}
_ONES = "|".join(sorted(_UNITS, key=len, reverse=True))
_SMALL = rf"(?:(?:{'|'.join(_TENS)})(?:[\s-](?:{'|'.join(list(_UNITS)[1:10])})\b)?|(?:{_ONES}))"
_SCALE = r"(?:hundred|thousand|million|billion|trillion|dozen)(?!s)"
_FIGURES = r"\d+(?:[,\u00a0\u202f\u2009 ]\d{3}(?!\d))+(?:\.\d+)?|\d+\.\d+(?![.\d])|\d+"
_TOKEN = re.compile(
    rf"(?P<season>(?<![\w/.])(?P<from>(?:19|20)\d\d)[/–-](?P<to>(?:(?:19|20)\d\d|\d\d))(?![\w/]))"
    rf"|(?P<ordinal>(?<![\w.])(?P<nth>\d+)(?:st|nd|rd|th)\b)"
    rf"|(?P<mixed>(?<![\w.,])(?P<top>\d)/(?P<bottom>\d)(?![\w/]))"
    rf"|(?P<figures>(?<![^\W\d_])(?<!\d[.,])(?<!\d)(?:{_FIGURES}))(?P<scale>\s?(?:hundred|thousand|million|billion|trillion|k|mn?|bn)\b)?"
    rf"|(?P<words>\b(?:(?:{_SMALL}|an?)[\s-]+{_SCALE}(?:[\s-]+(?:and\s+)?(?:{_SMALL}[\s-]+{_SCALE}|{_SCALE}|{_SMALL}))*|{_SMALL})\b)"
    r"|(?P<part>\b(?:half|third|quarter)\b(?=\s+of\b))"
    r"|(?P<word>\b[^\W\d_]+\b)",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"\s?(?:%|per\s?cent(?:age)?\b|percent\b)", re.IGNORECASE)
_FRACTION_AFTER = re.compile(r"[\s-]+(?P<part>halves|half|thirds?|quarters?|fifths|tenths)\b", re.IGNORECASE)
_ABOUT = re.compile(
    r"(?:\b(?:about|around|roughly|approximately|some|nearly|almost|over|under|above|below|close to|up to|circa|more than|less than"
    r"|fewer than|at least|just|well|slightly)\s+(?:(?:an?|US|the)\s*)?[$€£]?\s?|[~≈])$",
    re.IGNORECASE,
)
_NO_NUMBER = re.compile(r"\b(?:no|than|only|any|every|some|each|this|that|the|which|another|last|and|not|as)\s+$", re.IGNORECASE)
_LIST_MARK = re.compile(r"\(([a-z])\)")


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a text with its place; `places` is how exactly it is written: the value of its last digit."""

    value: Fraction
    kind: NumberKind
    start: int
    end: int
    text: str
    places: Fraction = Fraction(0)
    about: bool = False


@lru_cache(maxsize=2048)
def numbers(text: str) -> tuple[Number, ...]:
    """The numbers of a text in order. The pronoun "one" and the words "second" (of time) and "first" as an adverb are none."""
    found: list[Number] = []
    for match in _TOKEN.finditer(text):
        found += [number for number in _read(text, match) if not found or number.start >= found[-1].end]
    return tuple(_with_units(text, found))


def _with_units(text: str, found: list[Number]) -> Iterator[Number]:
    """ "from 38 to 67 per cent": the first number is a share too; "two decades" are twenty years."""
    for at, number in enumerate(found):
        following = found[at + 1] if at + 1 < len(found) else None
        is_joined = following and re.fullmatch(r"\s?(?:to|and|or|–|-|through)\s?", text[number.end : following.start], re.IGNORECASE)
        if number.kind == "count" and following and following.kind == "percent" and is_joined:
            yield replace(number, kind="percent")
        elif number.kind == "count" and re.match(r"\s+decades\b", text[number.end :]):
            yield replace(number, value=number.value * 10)
        else:
            yield number


def missing_number(text: str, skip: Iterable[tuple[int, int]], paragraphs: tuple[str, ...]) -> str | None:
    """The first number of `text` outside the spans `skip` (dates) that no paragraph holds, as it is written; None where all are there."""
    held = [number for paragraph in paragraphs for number in numbers(paragraph)]
    spans = tuple(skip)
    counts = {_counted(paragraph) for paragraph in paragraphs}
    for number in numbers(text):
        if any(start <= number.start and number.end <= end for start, end in spans):
            continue
        if not any(agrees(number, other) for other in held) and not (number.text.isalpha() and number.value in counts):
            return number.text
    return None


def agrees(claimed: Number, held: Number) -> bool:
    """Whether `held` carries `claimed`: the same value and kind, or a value that rounds to it where it is written rounded."""
    kinds = {claimed.kind, held.kind}
    if kinds == {"percent", "count"}:
        if not (claimed.value < 1 or held.value < 1):  # "half" is 50 per cent
            return False
        a = claimed.value * 100 if claimed.kind == "count" else claimed.value
        b = held.value * 100 if held.kind == "count" else held.value
        return abs(a - b) <= Fraction(1, 2)
    if kinds == {"ordinal", "count"} and claimed.value > 31:
        return False
    if claimed.value == held.value:
        return True
    if claimed.places > 1 and abs(claimed.value - held.value) <= claimed.places / 2:  # "$1.2 billion"
        return True
    return claimed.about and claimed.kind == held.kind != "ordinal" and _is_round(claimed.value) and _near(claimed.value, held.value)


def _near(claimed: Fraction, held: Fraction) -> bool:
    return held > 20 and abs(claimed - held) <= held / 20


def _is_round(value: Fraction) -> bool:
    """Whether a number looks rounded: two digits that count at most."""
    return value.denominator == 1 and len(str(value.numerator).rstrip("0")) <= 2


def _counted(paragraph: str) -> int:
    """How many sub-paragraphs "(a) … (b) …" a paragraph lists: "three measures" may count them."""
    marks = [match[1] for match in _LIST_MARK.finditer(paragraph)]
    count = 0
    while count < len(marks) and marks[count] == chr(ord("a") + count):
        count += 1
    return count


def _read(text: str, match: re.Match[str]) -> Iterator[Number]:
    start, end = match.span()
    if match["season"]:
        first, last = match["from"], match["to"]
        yield Number(Fraction(int(first)), "count", start, start + 4, first)
        yield Number(Fraction(int(last if len(last) == 4 else first[:2] + last)), "count", end - len(last), end, last)
    elif match["ordinal"]:
        yield Number(Fraction(int(match["nth"])), "ordinal", start, end, match[0])
    elif match["mixed"]:
        if int(match["bottom"]):
            yield Number(Fraction(int(match["top"]), int(match["bottom"])), "count", start, end, match[0])
    elif match["figures"]:
        yield _of_figures(text, match)
    elif match["words"]:
        if found := _of_words(text, match):
            yield found
    elif match["part"]:
        yield Number(_PARTS[match["part"].casefold()], "count", start, end, match["part"])
    elif word := _of_word(text, match):
        yield word


def _of_word(text: str, match: re.Match[str]) -> Number | None:
    """A number that one word is: "third", a third part where "a" or "one" stands before it and no noun of its own follows, "half",
    "twice"."""
    word, (start, end) = match["word"].casefold(), match.span()
    if not text[:start].strip("“\"«‘' ") and text[end : end + 1] == ",":
        return None  # "First, the Chair said": it orders what is said
    parted = re.search(r"\b(?:an?|one)\s+$", text[max(0, start - 5) : start], re.IGNORECASE)
    if word in _PARTS and (word == "half" or (parted and not (word == "third" and re.match(r"\s+[a-z]", text[end:])))):
        return Number(_PARTS[word], "count", start, end, match[0])
    if word in _ORDINALS and parted and re.match(r"\s+of\b", text[end:]):  # "a fifth of"
        return Number(Fraction(1, _ORDINALS[word]), "count", start, end, match[0])
    if word in _ORDINALS and not (word == "second" and re.match(r"\s+(?:per|ago)\b", text[end:])):
        return Number(Fraction(_ORDINALS[word]), "ordinal", start, end, match[0])
    return Number(Fraction(_SINGLE[word]), "count", start, end, match[0]) if word in _SINGLE else None


def _of_figures(text: str, match: re.Match[str]) -> Number:
    digits = re.sub(r"[,\s\u00a0\u202f\u2009]", "", match["figures"])
    value = Fraction(digits)
    decimals = len(digits.partition(".")[2])
    start, end = match.span()
    scale_word = (match["scale"] or "").strip().casefold()
    scale = _SCALES.get(scale_word) or (_SHORT_SCALES.get(scale_word) if re.search(r"[$€£]\s?$", text[max(0, start - 2) : start]) else None)
    if scale_word and not scale:
        end = match.end("figures")
    percent = _PERCENT.match(text, end)
    about = bool(_ABOUT.search(text[max(0, start - 24) : start]))
    places = Fraction(scale or 1) / 10**decimals
    kind: NumberKind = "percent" if percent else "count"
    return Number(value * (scale or 1), kind, start, end, text[start:end], places if scale else Fraction(0), about)


def _of_words(text: str, match: re.Match[str]) -> Number | None:
    start, end = match.span("words")
    tokens = [token for token in re.findall(r"[a-z]+", match["words"].casefold()) if token not in ("and", "a", "an")]
    if after := _FRACTION_AFTER.match(text, end):
        top = _value(tokens)
        if top < 10:
            return Number(top * _PARTS[after["part"].casefold()], "count", start, after.end(), text[start : after.end()])
    if tokens == ["one"] and _is_pronoun(text, start, end):
        return None
    ordinal = re.match(r"-(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)\b", text[end:], re.IGNORECASE)
    if ordinal and tokens[-1] in _TENS:  # "seventy-third"
        return Number(
            _value(tokens) + _ORDINALS[ordinal[1].casefold()], "ordinal", start, end + ordinal.end(), text[start : end + ordinal.end()]
        )
    kind: NumberKind = "percent" if _PERCENT.match(text, end) else "count"
    return Number(_value(tokens), kind, start, end, text[start:end], about=bool(_ABOUT.search(text[max(0, start - 24) : start])))


def _value(tokens: list[str]) -> Fraction:
    total = current = 0
    for token in tokens:
        if token in _UNITS:
            current += _UNITS[token]
        elif token in _TENS:
            current += _TENS[token]
        elif token == "dozen":
            current = max(current, 1) * 12
        elif token == "hundred":
            current = max(current, 1) * 100
        else:
            total += max(current, 1) * _SCALES[token]
            current = 0
    return Fraction(total + current)


def _is_pronoun(text: str, start: int, end: int) -> bool:
    """Whether "one" stands for a thing rather than counts: "no one", "the one that", "one of the", "one can"."""
    return bool(_NO_NUMBER.search(text[max(0, start - 10) : start])) or not re.match(
        r"[\s-]+(?:hundred|thousand|million|billion|year|month|week|day|percent|per\s?cent)", text[end:]
    )


class NumberSlots:
    """Numbers as fillings of slots: two of one kind exclude each other where neither carries the other."""

    def __init__(self) -> None:
        self._numbers: dict[str, Number] = {}

    def find(self, sentence: Sentence) -> list[Member]:
        """The numbers of a sentence that begin and end with a word of it."""
        begins = {word.start: at for at, word in enumerate(sentence.words)}
        ends = {word.end: at + 1 for at, word in enumerate(sentence.words)}
        found = []
        for number in numbers(sentence.text):
            end = max((end for end in ends if end <= number.end), default=0)
            if number.start in begins and ends.get(end, 0) > begins[number.start]:
                name = f"{number.kind} {number.value} {number.places} {number.about}"
                self._numbers[name] = number
                found.append(Member(name, begins[number.start], ends[end]))
        return found

    def excludes(self, one: str, other: str) -> bool:
        """Whether they are two numbers of one kind."""
        claimed, held = self._numbers[one], self._numbers[other]
        return _sort(claimed) == _sort(held) and not agrees(claimed, held) and not agrees(held, claimed)


def _sort(number: Number) -> tuple[str, bool, bool]:
    """What may stand for what: no year for a share."""
    return number.kind, number.value < 1, 1800 <= number.value <= 2150 and number.text.isdigit()
