"""What a document says of itself: on its first page, in the file's properties, and by the words it is written in.

Nothing is guessed silently: each field comes with its origin ("first page, line 3", "properties", "text"), and what is not
sure is left out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.corpus.dates import find_date
from assistant.corpus.language import language_of
from assistant.corpus.masthead import Head, date_in, head_of, session_in, session_of_title, symbol_of
from assistant.corpus.source import SourceText
from assistant.corpus.speaker import Speaker, speaker_of
from assistant.corpus.symbols import parse
from assistant.corpus.title import Title, title_of
from assistant.schema import Kind, Standing

METADATA_VERSION = "1"
"""Part of an index's fingerprint: raised whenever the same text may give other metadata."""

_QUALIFIED = r"(?:(?:zero|first|second|third|fourth|revised|final|preliminary|working|advance|consolidated)\s+)*"
_DRAFT = re.compile(rf"{_QUALIFIED}draft\b", re.IGNORECASE)
_ADOPTED = re.compile(r"resolution adopted by\b|adopted at\b", re.IGNORECASE)
_UNOFFICIAL = re.compile(r"\bunofficial\b|\bnot an official record\b", re.IGNORECASE)
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("resolution", re.compile(rf"{_QUALIFIED}(?:draft )?resolution\b|resolution adopted by\b", re.IGNORECASE)),
    ("letter", re.compile(r"(?:identical )?letters? (?:\w+ )?dated\b|note verbale\b", re.IGNORECASE)),
    ("transcript", re.compile(r"(?:unofficial |provisional )?(?:(?:verbatim |summary )?record of|transcript)\b", re.IGNORECASE)),
    ("report", re.compile(rf"{_QUALIFIED}(?:draft )?(?:\w+[- ]){{0,4}}?report (?:of|by|on)\b", re.IGNORECASE)),
    (
        "statement",
        re.compile(r"(?:\w+ ){0,2}?(?:statement|remarks|intervention|address)\b.*\b(?:by|of|from|on behalf of)\b", re.IGNORECASE),
    ),
)
_TURN = re.compile(
    r"(?:The (?:Acting |Vice-|Co-)?(?:Chair(?:person|man|woman)?|President|Facilitator|Secretary(?:-General)?)"
    r"|(?:Mr|Ms|Mrs|Miss|Dr|Sir|Dame)\.?\s[^\W\d_][^:.()]{0,40}(?:\([^()]{2,60}\))?):\s?(?:\S|$)"
)
_TURNS = 3
"""How many turns of speakers make a transcript."""
_NO_TITLE = re.compile(
    r"microsoft word\b|untitled|\S+\.(?:docx?|pdf|html?|md|rtf|odt)$|\S*[\d_.]\S*$|$|slide \d|document\d*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """The fields that were found, by their name in `Document`, each with its origin; what a person should look at."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


class _Found:
    """Fields as they are collected: the first to be found stays."""

    def __init__(self) -> None:
        self.fields: dict[str, Any] = {}
        self.origins: dict[str, str] = {}
        self.warnings: list[str] = []

    def take(self, name: str, value: object, origin: str) -> None:
        if value and name not in self.fields:
            self.fields[name], self.origins[name] = value, origin


def read_metadata(source: SourceText, symbol: str | None = None) -> Metadata:
    """What `source` says of itself. Fields that it does not state are left out; never raises.

    `symbol` is what the catalogue says it is, which tells its kind and standing too; it is not among the fields.
    """
    found, head = _Found(), head_of(source)
    title = title_of(head)
    if symbol:
        found.take("symbol", symbol, "catalogue")
    _take_identity(found, source, head)
    _take_dates(found, source, head, title)
    _take_title(found, source, title)
    _take_kind(found, source, head, title)
    speaker = speaker_of(title.subject) if title else Speaker()
    found.take("speaker", speaker.name, title.origin if title else "")
    found.take("delegation", speaker.delegation, title.origin if title else "")
    _take_standing(found, head)
    _take_language(found, source)
    if symbol:
        del found.fields["symbol"], found.origins["symbol"]
    return Metadata(found.fields, found.origins, tuple(found.warnings))


def _take_identity(found: _Found, source: SourceText, head: Head) -> None:
    """The symbol: a person wrote the catalogue's or the properties' one on purpose, so that it goes before the first page's."""
    masthead = symbol_of(head)
    stated = source.properties.get("symbol", "").strip()
    if stated and (symbol := parse(stated)):
        found.take("symbol", symbol.render(), "properties")
    elif stated:
        found.warnings.append(f"its properties hold a symbol that is none: {stated[:60]}")
    if known := found.fields.get("symbol"):
        where = "catalogue.toml says" if found.origins["symbol"] == "catalogue" else "its properties say"
        if parse(known) is None:
            found.warnings.append(f"{where} {known[:60]}, which is no symbol of the United Nations")
        elif masthead.symbol and masthead.symbol != parse(known):
            found.warnings.append(f"{where} {known}, its first page {masthead.symbol.render()}")
    elif masthead.warning:
        found.warnings.append(masthead.warning)
    if masthead.symbol:
        found.take("symbol", masthead.symbol.render(), masthead.origin)
    if masthead.also:
        found.take("aliases", (masthead.also.render(),), masthead.origin)


def _take_dates(found: _Found, source: SourceText, head: Head, title: Title | None) -> None:
    if stated := source.properties.get("date", "").strip():
        found.take("date", _iso(stated), "properties")
    if dated := date_in(head):
        found.take("date", *dated)
    if title and re.match(r"(?:identical )?letters? (?:\w+ )?dated\b", title.subject, re.IGNORECASE):
        found.take("date", find_date(title.subject), title.origin)
    if session := session_in(head):
        found.take("session", *session)
    if title:
        found.take("session", session_of_title(title.subject), title.origin)


def _iso(text: str) -> dt.date | None:
    """The date of "2026-03-19" or "2026-03-19T10:00:00Z", or a printed one."""
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return find_date(text)


def _take_title(found: _Found, source: SourceText, title: Title | None) -> None:
    """The first page's title, else the properties', else the first heading of the first level."""
    if title:
        found.take("title", title.text, title.origin)
    stated = " ".join(source.properties.get("title", "").split())
    if not _NO_TITLE.match(stated):
        found.take("title", stated, "properties")
    for line in source.lines[:200]:
        if line.role == "heading" and line.level <= 1 and line.page <= 1 and len(line.text) > 3:
            found.take("title", line.text, f"first heading, line {line.number}")
            break


def _take_kind(found: _Found, source: SourceText, head: Head, title: Title | None) -> None:
    symbol = parse(found.fields.get("symbol", ""))
    if symbol and (symbol.is_resolution or symbol.is_record):
        found.take("kind", "resolution" if symbol.is_resolution else "transcript", "symbol")
    if any(re.match(r"resolution adopted by\b", text, re.IGNORECASE) for text, _ in _said(head)):
        found.take("kind", "resolution", next(origin for text, origin in _said(head) if re.match(r"resolution adopted by\b", text, re.I)))
    if title:
        found.take("kind", next((kind for kind, pattern in _KINDS if pattern.match(title.subject)), None), title.origin)
    for text, origin in _said(head):
        if dict(_KINDS)["transcript"].match(text):
            found.take("kind", "transcript", origin)
    turns = [line.number for line in source.lines if line.role == "text" and _TURN.match(line.text)]
    if len(turns) >= _TURNS:
        found.take("kind", "transcript", f"speakers' turns, from line {turns[0]}")


def _take_standing(found: _Found, head: Head) -> None:
    """A draft by its symbol or by its own words; adopted only where that is said; an unofficial transcript where it says so."""
    by_symbol = standing_of(found.fields.get("symbol"))
    if by_symbol == "draft":
        found.take("standing", by_symbol, "symbol")
    said = [*_said(head)]
    if "title" in found.fields and found.origins["title"] != "properties":
        said.append((found.fields["title"], found.origins["title"]))
    standings: tuple[tuple[Standing, re.Pattern[str]], ...] = (("draft", _DRAFT), ("adopted", _ADOPTED))
    for standing, pattern in standings:
        for text, origin in said:
            if pattern.match(text):
                found.take("standing", standing, origin)
    found.take("standing", by_symbol, "symbol")
    if found.fields.get("kind") == "transcript":
        for text, origin in said:
            if _UNOFFICIAL.search(text):
                found.take("standing", "unofficial", origin)


def standing_of(symbol: str | None) -> Standing | None:
    """The standing that a symbol tells: a draft's, or an adopted resolution's."""
    parsed = parse(symbol or "")
    return None if parsed is None else "draft" if parsed.is_draft else "adopted" if parsed.is_resolution else None


def _said(head: Head) -> Iterator[tuple[str, str]]:
    """The short lines near the top, which speak of the whole document, with their origins."""
    return ((cell.text, cell.origin) for cell in head.cells[:30] if len(cell.text) <= 120)


def _take_language(found: _Found, source: SourceText) -> None:
    """The text's language where it is sure, else the properties'; "Original: English" tells only what was translated from."""
    found.take("language", language_of(" ".join(line.text for line in source.lines[:2000] if line.role == "text")), "text")
    if match := re.fullmatch(r"([A-Za-z]{2,3})(?:[-_].*)?", source.properties.get("language", "").strip()):
        found.take("language", match[1].lower(), "properties")
