"""Dates: a day, month or year that a sentence names is one that the passage names, and its parts belong together.

"19 March 2026", "March 19, 2026", "2026-03-19" are one date; "March 2026" and "in March" are carried by it; "10–14 March 2031" names
two days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_MONTHS = "january february march april may june july august september october november december".split()
_NUMBER = {name: number for number, name in enumerate(_MONTHS, 1)} | {
    name[:3]: number for number, name in enumerate(_MONTHS, 1) if name != "may"
} | {"sept": 9}  # fmt: skip
_NAMES = "|".join([*(name.capitalize() for name in _MONTHS), *"Jan Feb Mar Apr Jun Jul Aug Sept? Oct Nov Dec".split()])
_MONTH = rf"(?P<month{{0}}>(?-i:{_NAMES}))\b\.?"
_DAY = r"(?<![\d.,–/-])(?P<day{0}>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year{0}>(?:1[89]|20|21)\d\d)(?![\d])"
_ALSO = r"(?P<also{0}>(?:\s?(?:[-–—,]|to|and|until|through|or)\s?(?:and\s)?[0-3]?\d(?:st|nd|rd|th)?(?!\d))*)"
_DATE = re.compile(
    rf"{_DAY.format(1)}{_ALSO.format(1)}\s(?:of\s)?{_MONTH.format(1)}(?:,?\s{_YEAR.format(1)})?"
    rf"|{_MONTH.format(2)}\s(?:the\s)?(?P<day2>[0-3]?\d)(?:st|nd|rd|th)?(?![\d.,]\d|\d){_ALSO.format(2)}(?:,?\s{_YEAR.format(2)})?"
    rf"|(?P<iso>(?P<year3>\d{{4}})-(?P<month3>\d\d)-(?P<day3>\d\d))(?!\d)"
    rf"|{_MONTH.format(4)}(?:,?\s(?:of\s)?{_YEAR.format(4)})?",
    re.IGNORECASE,
)
_MODAL = re.compile(r"May\s+(?:I|we|you|he|she|they|it|the|this|these|those|God)\b")


@dataclass(frozen=True, slots=True)
class Date:
    """A date as far as it is named: day and year may be 0. `text` is how it is written."""

    day: int
    month: int
    year: int
    start: int
    end: int
    text: str


@lru_cache(maxsize=2048)
def dates(text: str) -> tuple[Date, ...]:
    """The dates of a text that name a month, in order; a year alone is a number."""
    found = [date for match in _DATE.finditer(text) for date in _read(text, match)]
    return tuple(_with_years(text, found))


def missing_date(text: str, paragraphs: tuple[str, ...]) -> str | None:
    """The first date of `text` that no paragraph carries, as it is written; None where all are carried."""
    held = [date for paragraph in paragraphs for date in dates(paragraph)]
    for date in dates(text):
        if not any(_carries(other, date) for other in held):
            return date.text
    return None


def _carries(held: Date, claimed: Date) -> bool:
    """Whether `held` says as much: a year that the passage leaves open may be named, since the numbers are checked apart."""
    same_day = not claimed.day or held.day == claimed.day
    return held.month == claimed.month and same_day and (not claimed.year or not held.year or held.year == claimed.year)


def _read(text: str, match: re.Match[str]) -> Iterator[Date]:
    branch = next(number for number in (1, 2, 3, 4) if match[f"month{number}"])
    month = int(match["month3"]) if branch == 3 else _NUMBER.get(match[f"month{branch}"].casefold().rstrip("."), 0)
    if (match[0] == "May" and _MODAL.match(text, match.start())) or not month:
        return
    year = int(match[f"year{branch}"] or 0)
    days = [int(match[f"day{branch}"])] if branch < 4 else [0]
    if branch < 3 and match[f"also{branch}"]:
        days += [int(day) for day in re.findall(r"\d+", match[f"also{branch}"])]
    for day in days:
        if day <= 31:
            yield Date(day, month, year, match.start(), match.end(), match[0].strip())


def _with_years(text: str, found: list[Date]) -> Iterator[Date]:
    """ "1 July to 30 June 2025", "in May and July 2024": a date without a year takes that of the one it is joined to."""
    for at, date in enumerate(found):
        after = next((other for other in found[at + 1 :] if other.start >= date.end), None)
        joined = (
            after
            and after.year
            and not date.year
            and re.fullmatch(r",?\s?(?:[-–—,]|to|and|until|or)\s?(?:the\s)?", text[date.end : after.start])
        )
        if joined and after and (date.month, date.day) <= (after.month, after.day):
            yield Date(date.day, date.month, after.year, date.start, date.end, date.text)
        else:
            yield date
