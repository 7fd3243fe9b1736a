"""The documents panel: what is indexed, with warnings; files are dropped in and taken out, and the index is built anew meanwhile.

Thin over `corpus.library` (files), `index.build` (the index) and the store (what is there). The build runs in a thread of its own; those
who ask meanwhile are answered from the index as it was.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from assistant.corpus import Skipped, warnings_of
from assistant.corpus.library import add, take_out
from assistant.errors import AssistantError, EmptyCorpus, IndexProblem
from assistant.index.build import BuildReport, build, indexed_place
from assistant.index.generations import open_current
from assistant.schema import Document, Ledger
from assistant.settings import Settings
from assistant.ui import render

SHOWN = 200
"""Documents that the panel lists; of a larger corpus `assistant corpus` shows all."""
UNEXPECTED = "Something went wrong while reading the documents. The server's log says what; the index is as it was."


def listing(documents: Sequence[tuple[Document, Ledger]], editable: bool) -> str:
    """The indexed documents as a list, each with what a reader has to know of its numbers."""
    rows = "".join(_row(document, ledger, editable) for document, ledger in documents[:SHOWN])
    more = f"<p>And {len(documents) - SHOWN:,} more: <code>assistant corpus</code> lists all.</p>" if len(documents) > SHOWN else ""
    return f'<ul class="documents" aria-label="Documents">{rows}</ul>{more}' if rows else "<p>No document is indexed yet.</p>"


def indexed(settings: Settings) -> list[tuple[Document, Ledger]]:
    """The documents that are indexed, with their ledgers; none where there is no index."""
    try:
        store = open_current(settings.index).store
    except IndexProblem:
        return []
    return list(zip(store.documents, store.ledgers(), strict=True))


def folder_of(settings: Settings) -> Path:
    """The folder that the index was built from, else the workspace's own."""
    try:
        place = indexed_place(settings, open_current(settings.index).manifest)
    except IndexProblem:
        return settings.corpus
    return place if place.is_dir() else place.parent


def added(settings: Settings, files: Sequence[Path]) -> Iterator[str]:
    """Takes files into the corpus and builds the index, telling how far it is; the last line is what came of it."""
    folder, problems, names = folder_of(settings), [], []
    for file in files:
        try:
            names.append(add(folder, file, file.name))
        except AssistantError as error:
            problems.append(render.sentence(str(error)))
    if not names:
        yield _lines(problems)
        return
    yield from _built(settings, folder, names, problems)


def removed(settings: Settings, source: str) -> Iterator[str]:
    """Takes a file out of the corpus (it stays in `.removed/`) and builds the index without it."""
    folder = folder_of(settings)
    try:
        place = take_out(folder, source)
    except AssistantError as error:
        yield _lines([render.sentence(str(error))])
        return
    yield from _built(settings, folder, [], [f"{source} was taken out; it lies in {place.relative_to(folder).as_posix()}"])


def renewed(settings: Settings) -> Iterator[str]:
    """Builds the index from the folder as it is now, whatever was put there or changed by hand, and tells what could not be read."""
    yield from _built(settings, folder_of(settings), None, [])


def _built(settings: Settings, folder: Path, names: Sequence[str] | None, said: list[str]) -> Iterator[str]:
    told: queue.Queue[str | BuildReport | Exception] = queue.Queue()

    def work() -> None:
        try:
            told.put(build(settings, folder, progress=lambda what, done, total: told.put(_step(what, done, total))))
        except Exception as error:  # noqa: BLE001 - handed to the thread that waits, and raised or shown there
            told.put(error)

    threading.Thread(target=work, name="index", daemon=True).start()
    while isinstance(now := told.get(), str):
        yield _lines([*said, now])
    if isinstance(now, EmptyCorpus):
        said.append("That was the last document: the index still holds it until another is added")
    elif isinstance(now, AssistantError):
        said.append(render.sentence(str(now)))
    elif isinstance(now, Exception):
        yield _lines([*said, UNEXPECTED])
        raise now
    else:
        said += _came_of(now, names)
    yield _lines(said)


def _came_of(report: BuildReport, names: Sequence[str] | None) -> list[str]:
    """What a build made of the files that were added, and what it skipped of them; of the whole folder where `names` is None."""
    new = [entry for entry in report.entries if entry.document.source in (names or ())]
    lines = [f"{entry.document.source}: {_numbering(entry.ledger)}" for entry in new]
    lines += [f"{entry.document.source}: {warning}" for entry in new for warning in warnings_of(entry.ledger)]
    lines += [item.reason for item in report.skipped if names is None or _concerns(item, names)]
    return [*lines, f"Indexed: {render.counted(report.documents, 'document')}, {render.counted(report.paragraphs, 'paragraph')}"]


def _concerns(item: Skipped, names: Sequence[str]) -> bool:
    return any(item.source.startswith(name) for name in names)


def _row(document: Document, ledger: Ledger, editable: bool) -> str:
    warnings = "".join(f'<li class="problem" dir="auto">{escape(warning)}</li>' for warning in warnings_of(ledger))
    button = (
        f'<button type="button" class="remove" data-source="{escape(document.source)}"'
        f' aria-label="Remove {escape(document.title)}">Remove</button>'
        if editable
        else ""
    )
    name = f"{escape(document.symbol)} " if document.symbol else ""
    return (
        f'<li><span class="document-name" dir="auto">{name}{escape(document.title)}{render.standing(document)}</span>'
        f' <span class="document-facts">{escape(document.source)}: {escape(_numbering(ledger))}</span> {button}'
        + (f"<ul>{warnings}</ul>" if warnings else "")
        + "</li>"
    )


def _numbering(ledger: Ledger) -> str:
    official = f"{render.counted(ledger.official, 'paragraph')}, {ledger.first} to {ledger.last} as printed" if ledger.official else ""
    counted = f"{render.counted(ledger.counted, 'paragraph')} without a number, counted" if ledger.counted else ""
    return ", ".join(filter(None, (official, counted)))


def _step(what: str, done: int, total: int) -> str:
    return render.sentence(f"{what}: {done:,} of {total:,}" if total else what)


def _lines(lines: Sequence[str]) -> str:
    items = "".join(f'<p class="notice" dir="auto">{escape(line)}</p>' for line in lines)
    return f'<div role="status">{items}</div>'
