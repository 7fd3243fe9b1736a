"""corpus: the documents as they are now, what is known of each and where it came from, and how its paragraphs were numbered."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict

from rich.text import Text

from assistant.cli.options import settings_of
from assistant.cli.output import console, counted, progress
from assistant.corpus import Entry, Skipped, read_corpus, warnings_of
from assistant.errors import MismatchedIndex, NoIndex
from assistant.index.build import indexed_place
from assistant.index.generations import open_current
from assistant.schema import Ledger, document_json

_FIELDS = ("title", "symbol", "kind", "standing", "date", "session", "speaker", "delegation", "language", "aliases", "roles")
_SHOWN = 8
"""How many of a ledger's gaps and repeated numbers are printed; `--json` has all."""


def corpus(arguments: Namespace) -> int:
    """Lists the documents as they are now, and whether the index holds them so."""
    settings = settings_of(arguments)
    place, indexed = settings.corpus, dict[str, str]()
    try:
        generation = open_current(settings.index)
        place = indexed_place(settings, generation.manifest)
        indexed = {document.id: document.sha256 for document in generation.store.documents}
    except (NoIndex, MismatchedIndex):  # an index of another version holds nothing as it is now
        pass
    with progress() as tell:
        items = list(read_corpus(arguments.corpus or place, settings.reading, tell))
    entries = [item for item in items if isinstance(item, Entry)]
    if arguments.json:
        rows = [entry_json(entry) | {"indexed": indexed.get(entry.document.id) == entry.document.sha256} for entry in entries]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for entry in entries:
            _print_entry(entry, indexed.get(entry.document.id) == entry.document.sha256)
    print_skipped([item for item in items if isinstance(item, Skipped)])
    return 0


def entry_json(entry: Entry) -> dict[str, object]:
    """A document with its fields and their origins, its number of paragraphs, its warnings and its ledger."""
    ledger = entry.ledger
    shown = document_json(entry.document) | {"paragraphs": len(entry.paragraphs), "warnings": warnings_of(ledger)}
    return shown | {"ledger": {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(ledger).items()}}


def numbering(ledger: Ledger) -> str:
    """How a document's paragraphs were numbered, in words."""
    official = f"{counted(ledger.official, 'paragraph')}, {ledger.first} to {ledger.last} as printed" if ledger.official else ""
    unnumbered = f"{counted(ledger.counted, 'paragraph')} without a number, counted" if ledger.counted else ""
    tables = counted(ledger.tables, "table") if ledger.tables else ""
    return ", ".join(filter(None, (official, unnumbered, tables)))


def print_skipped(skipped: Sequence[Skipped]) -> None:
    """A line on stderr for each file or entry that was left out."""
    for item in skipped:
        print(f"assistant: skipped: {item.reason}", file=sys.stderr)


def _print_entry(entry: Entry, is_indexed: bool) -> None:
    out = console()
    document, ledger = entry.document, entry.ledger
    out.print(Text.assemble((document.id, "bold cyan"), ("" if is_indexed else "  (not indexed as it is now)", "yellow")))
    _print_row("file", document.source, f"id from {document.origins.get('id', 'file name')}")
    shown = document_json(document)
    for name in _FIELDS:
        if shown[name] and name in document.origins:
            value = shown[name]
            _print_row(name, "; ".join(value) if isinstance(value, list) else str(value), document.origins[name])
    _print_row("numbering", numbering(ledger))
    for name, labels in (("gaps", ledger.gaps), ("repeats", ledger.repeats)):
        if labels:
            _print_row(name, ", ".join(labels[:_SHOWN]) + (f" and {len(labels) - _SHOWN} more" if len(labels) > _SHOWN else ""))
    left_out = [f"{counted(len(lines), noun)} {what}" for lines, noun, what in _left_out(ledger) if lines]
    if left_out:
        _print_row("left out", ", ".join(left_out))
    for warning in warnings_of(ledger):
        out.print(Text(f"  warning     {warning}", style="yellow"))


def _left_out(ledger: Ledger) -> tuple[tuple[Sequence[str], str, str], ...]:
    return (
        (ledger.outside, "line", "in no paragraph (headings, margins)"),
        (ledger.notes, "footnote", "kept apart"),
        (ledger.rejected, "line", "beginning with a number that starts none"),
    )


def _print_row(name: str, value: str, origin: str = "") -> None:
    console().print(Text.assemble((f"  {name:<11} ", "dim"), value, (f"  [{origin}]" if origin else "", "dim")))
