"""Dates as documents print them: "19 March 2026", "19 mars 2026", "19 de marzo de 2026", "19 марта 2026", "2026年3月19日", "2026-03-19"."""

from __future__ import annotations

import datetime as dt
import re

_MONTHS = (
    "january janvier enero января يناير كانون_الثاني/يناير",
    "february février fevrier febrero февраля فبراير شباط/فبراير",
    "march mars marzo марта مارس آذار/مارس",
    "april avril abril апреля أبريل نيسان/أبريل",
    "may mai mayo мая مايو أيار/مايو",
    "june juin junio июня يونيه حزيران/يونيه",
    "july juillet julio июля يوليه تموز/يوليه",
    "august août aout agosto августа أغسطس آب/أغسطس",
    "september septembre septiembre сентября سبتمبر أيلول/سبتمبر",
    "october octobre octubre октября أكتوبر تشرين_الأول/أكتوبر",
    "november novembre noviembre ноября نوفمبر تشرين_الثاني/نوفمبر",
    "december décembre decembre diciembre декабря ديسمبر كانون_الأول/ديسمبر",
)
_NUMBER = {name.replace("_", " "): number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_NAMES = "|".join(sorted(map(re.escape, _NUMBER), key=len, reverse=True))
DATE = (
    # No range: "10–14 March 2031" holds no date, nor does "2026/27".
    rf"(?:(?<![\w–—/-])(?P<day>\d{{1,2}})(?:er|º|\.)?\s(?:de\s)?(?P<month>{_NAMES})\.?,?\s(?:de(?:l)?\s)?(?P<year>\d{{4}})(?![\d–—/-])"
    rf"|\b(?P<month_first>{_NAMES})\s(?P<day_after>\d{{1,2}}),\s(?P<year_after>\d{{4}})(?![\d–—/-])"
    r"|(?<![\d–—/-])(?P<iso>\d{4}-\d{2}-\d{2})(?![\d–—/-])|(?<!\d)(?P<han>\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日))"
)
MONTHS = _NAMES
"""The names of months in the six languages but Chinese, as alternatives of a pattern."""
_DATE = re.compile(DATE, re.IGNORECASE)


def find_date(text: str) -> dt.date | None:
    """The first date in `text`; None where there is none, or it is no day of the calendar."""
    match = _DATE.search(text)
    return date_of(match) if match else None


def date_of(match: re.Match[str]) -> dt.date | None:
    """The date of a match of the pattern DATE."""
    try:
        if match["iso"]:
            return dt.date.fromisoformat(match["iso"])
        if match["han"]:
            year, month, day = map(int, re.findall(r"\d+", match["han"]))
            return dt.date(year, month, day)
        name = match["month"] or match["month_first"]
        return dt.date(int(match["year"] or match["year_after"]), _NUMBER[name.lower()], int(match["day"] or match["day_after"]))
    except ValueError:
        return None
