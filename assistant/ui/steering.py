"""Filters as a visitor chooses them: "Speaker: Chair", "Standing: adopted"; each is a chip in the box, and a cross takes it away.

A choice is a string, `field=value`, so that it can stand in the box, in the browser's memory and in a link; what comes back is checked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from assistant.schema import Document, Filters

FIELDS = {
    "document": "documents",
    "kind": "kinds",
    "standing": "standings",
    "speaker": "speakers",
    "session": "sessions",
    "language": "languages",
    "since": "since",
    "until": "until",
}
"""A filter's name, as the commands have it, and its field in `Filters`."""
_DATES = ("since", "until")


def choices(documents: Sequence[Document]) -> list[tuple[str, str]]:
    """(words, choice) of everything that tells the documents apart; nothing where there is but one document."""
    if len(documents) < 2:
        return []
    found: list[str] = []
    for name in ("speaker", "standing", "kind", "session", "language"):
        values = sorted({value for document in documents for value in _values(document, name)})
        found += [f"{name}={value}" for value in values] if len(values) > 1 or name == "speaker" else []
    years = sorted({document.date.year for document in documents if document.date})
    found += [f"since={year}-01-01" for year in years[1:]] + [f"until={year}-12-31" for year in years[:-1]]
    found += [f"document={document.id}" for document in documents]
    titles = {document.id: document.symbol or document.title for document in documents}
    return [(words(choice, titles.get(choice.partition("=")[2])), choice) for choice in found]


def words(choice: str, title: str | None = None) -> str:
    """A choice as it is read: "Speaker: Chair", "Since 2021"."""
    name, _, value = choice.partition("=")
    if name in _DATES:
        return f"{name.capitalize()} {value[:4]}"
    return f"{name.capitalize()}: {title or value}"


def filters_of(chosen: Iterable[str]) -> Filters:
    """The filters that the choices mean; what is not a choice is left out, since it comes from a browser."""
    fields: dict[str, tuple[str, ...]] = {}
    dates: dict[str, dt.date] = {}
    for choice in chosen:
        name, _, value = str(choice).partition("=")
        if name in _DATES:
            try:
                dates[name] = dt.date.fromisoformat(value)
            except ValueError:
                continue
        elif name in FIELDS and value:
            fields[FIELDS[name]] = (*fields.get(FIELDS[name], ()), value)
    return Filters(since=dates.get("since"), until=dates.get("until"), **fields)


def choices_of(filters: Filters) -> list[str]:
    """The choices that make these filters: `filters_of(choices_of(x)) == x`."""
    found = [f"{name}={value}" for name, field in FIELDS.items() if name not in _DATES for value in getattr(filters, field)]
    return found + [f"{name}={value.isoformat()}" for name in _DATES if (value := getattr(filters, name))]


def _values(document: Document, name: str) -> list[str]:
    if name == "speaker":
        return [value for value in (document.speaker, document.delegation, *document.roles) if value]
    value = getattr(document, name)
    return [value] if value and value != "none" else []
