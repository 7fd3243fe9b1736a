"""What documents are to one another: another language or format of one symbol, a version that another replaces, a second of one id.

Decided once all documents of a corpus are known, by pure functions on their metadata; a document that is left out is given back
as the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath

from assistant.corpus.roles import Names
from assistant.corpus.symbols import Symbol, parse
from assistant.schema import Document

FORMATS = (".docx", ".html", ".htm", ".md", ".txt", ".pdf", ".jsonl")
"""Formats in order of preference: those that say what a line is go before those that only say where it stands."""

Settled = Document | str
"""A document as it is indexed, or the reason why it is not."""


def settle(documents: Sequence[Document], names: Names) -> list[Settled]:
    """Each of `documents`, in their order, as it is to be indexed, or why it is not."""
    settled = without_repeats(documents, variants(documents))
    kept = [document for document in settled if isinstance(document, Document)]
    latest = _replacements(kept)
    aliases = _aliases(kept, names.aliases)
    return [item if isinstance(item, str) else _described(item, latest, aliases.get(item.id, ()), names) for item in settled]


def variants(documents: Sequence[Document]) -> list[Settled]:
    """Of several files of one symbol, each language once and in one format.

    The English one, or else the first by name, keeps the symbol as its id, others get "A/77/275@fr". Documents to which the
    catalogue or a JSONL line gave an id of its own are left as they are.
    """
    settled: list[Settled] = list(documents)
    of_symbol: dict[Symbol, list[int]] = {}
    for at, document in enumerate(documents):
        if document.symbol and document.id == document.symbol and (symbol := parse(document.symbol)):
            of_symbol.setdefault(symbol, []).append(at)
    for symbol, rows in of_symbol.items():
        if len(rows) > 1:
            for at, item in _of_one_symbol(symbol, {at: documents[at] for at in rows}):
                settled[at] = item
    return settled


def _of_one_symbol(symbol: Symbol, documents: Mapping[int, Document]) -> Iterator[tuple[int, Settled]]:
    """Chooses among the files of one symbol. Where only one language is known, a file of unknown language is taken to be in it."""
    known = sorted({document.language.casefold() for document in documents.values() if document.language})
    of_language: dict[str, list[int]] = {}
    for at, document in documents.items():
        language = document.language.casefold() if document.language else known[0] if len(known) == 1 else ""
        of_language.setdefault(language, []).append(at)
    chosen = {language: min(rows, key=lambda at: _preference(documents[at])) for language, rows in of_language.items()}
    if known:
        chosen[""] = chosen[min(known, key=lambda language: (language != "en", documents[chosen[language]].source))]
    first = chosen.get("", -1)
    for language, rows in of_language.items():
        for at in rows:
            document, other = documents[at], documents[chosen[language]]
            if at == first:
                yield at, document
            elif language and at == chosen[language]:
                origin = f"symbol, which {documents[first].source} has too"
                yield at, replace(document, id=f"{symbol.render()}@{language}", origins={**document.origins, "id": origin})
            else:
                yield at, _again(symbol, document, other)


def _again(symbol: Symbol, document: Document, other: Document) -> str:
    what = f"{document.source} is {symbol.render()} again"
    if _suffix(document) != _suffix(other):
        return f"{what}, in another format; {other.source} is indexed. Remove one of them."
    return f"{what}; {other.source} is indexed. Give its language, or another id, in the catalogue."


def _preference(document: Document) -> tuple[int, str]:
    suffix = _suffix(document)
    return FORMATS.index(suffix) if suffix in FORMATS else len(FORMATS), document.source


def _suffix(document: Document) -> str:
    return PurePath(document.source.partition(".jsonl:")[0]).suffix.lower() or ".jsonl"


def without_repeats(documents: Sequence[Document], settled: Iterable[Settled]) -> list[Settled]:
    """`settled` with the reason in the place of each document whose id another before it has."""
    seen: dict[str, str] = {}
    kept: list[Settled] = []
    for document, item in zip(documents, settled, strict=True):
        if isinstance(item, Document) and item.id in seen:
            kept.append(f"{document.source} has the same id as {seen[item.id]} ({item.id}). Give one another id in catalogue.toml.")
            continue
        if isinstance(item, Document):
            seen[item.id] = item.source
        kept.append(item)
    return kept


def _replacements(documents: Iterable[Document]) -> dict[Symbol, Symbol]:
    """The latest revision of each symbol that is there without its revision's mark."""
    latest: dict[Symbol, Symbol] = {}
    for document in documents:
        if (symbol := parse(document.symbol or "")) and symbol.revision > latest.get(symbol.base, symbol.base).revision:
            latest[symbol.base] = symbol
    return latest


def _aliases(documents: Sequence[Document], aliases: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The catalogue's names of each document, by its id."""
    found: dict[str, tuple[str, ...]] = {}
    for alias, target in aliases.items():
        for document in named_by(target, documents):
            found[document.id] = (*found.get(document.id, ()), alias)
    return found


def named_by(target: str, documents: Sequence[Document]) -> list[Document]:
    """The document whose id is `target`, else those whose symbol it is."""
    if own := [document for document in documents if document.id.casefold() == target.casefold()]:
        return own
    symbol = parse(target)
    return [document for document in documents if symbol and document.symbol and parse(document.symbol) == symbol]


def _described(document: Document, latest: Mapping[Symbol, Symbol], aliases: tuple[str, ...], names: Names) -> Document:
    """A document with what the others and the catalogue make of it: its standing, its other names, its roles."""
    origins = dict(document.origins)
    changes: dict[str, object] = {}
    symbol = parse(document.symbol or "")
    if symbol and origins.get("standing") != "catalogue" and (later := latest.get(symbol.base)) and later.replaces(symbol):
        changes["standing"], origins["standing"] = "superseded", f"replaced by {later.render()}"
    if aliases:
        changes["aliases"] = tuple(dict.fromkeys((*document.aliases, *aliases)))
        origins["aliases"] = ", ".join(dict.fromkeys([*filter(None, [origins.get("aliases")]), "catalogue"]))
    if held := names.held_by(document):
        changes["roles"], origins["roles"] = held, "catalogue"
    return replace(document, origins=origins, **changes) if changes else document  # type: ignore[arg-type]  # fields by name
