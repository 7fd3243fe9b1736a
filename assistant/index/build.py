"""Builds a generation from a corpus: read, split, embed what is new, write, publish.

read_corpus ──> entries ──keys──> what the last generation already embedded ──> windows to embed ──> publish
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from assistant.corpus import Entry, Skipped, corpus_fingerprint, read_corpus
from assistant.errors import EmptyCorpus, IndexProblem, InvalidSettings
from assistant.index.context import context_of
from assistant.index.encoder import Encoder, EncoderInfo, FloatArray, describe, load
from assistant.index.generations import LEXICAL, PARAGRAPHS, VECTORS, Generation, current_name, open_current, publish, writing
from assistant.index.lexical import write_lexical
from assistant.index.manifest import Manifest, check_files, fingerprint, hash_files, write_durably, write_manifest
from assistant.index.onnx_export import carry
from assistant.index.store import Stored, write_store
from assistant.index.vectors import serialise
from assistant.schema import Document, Paragraph
from assistant.settings import ReadingSettings, Settings

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an index's documents come from: a name, a checksum that changes whenever they do, and how they are read."""

    place: str
    sha256: str
    read: Callable[[Progress], tuple[list[Entry], list[Skipped]]]


def corpus_source(place: Path, reading: ReadingSettings | None = None) -> Source:
    """A folder or file of documents, read within the limits of `reading` (else the defaults).

    Raises:
        EmptyCorpus: no file is there.
    """
    # The checksum is taken before anything is read: what changes from now on is taken up by the next build.
    return Source(str(place.absolute()), corpus_fingerprint(place), lambda tell: _read(place, reading, tell))


_EMBED_AT_ONCE = 128
"""Windows given to the encoder in one call: enough to sort by length, few enough to show progress."""
_COMPARED = 6
"""Paragraphs on which an exported encoder must agree with torch."""
_TRIES = 3
"""How often a folder is removed that is not empty yet."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What `build` did. `changed` is False where the corpus and all that shapes the index were as published."""

    generation: str
    changed: bool
    documents: int
    paragraphs: int
    embedded: int
    reused: int
    entries: tuple[Entry, ...]
    skipped: tuple[Skipped, ...]


def build(
    settings: Settings,
    place: Path | Source | None = None,
    *,
    rebuild: bool = False,
    progress: Progress | None = None,
    loader: Callable[[], Encoder] | None = None,
) -> BuildReport:
    """Publishes a generation of the corpus in `place` (else the workspace's), or keeps the one that already holds it.

    Unchanged paragraphs keep their vectors; the encoder is loaded only when something is to be embedded. With `rebuild`
    nothing is reused. `loader` replaces the settings' encoder.

    Raises:
        EmptyCorpus: nothing to index; the index is untouched.
        InvalidCatalogue, InvalidSettings, IndexLocked: as named; the index is untouched.
        IndexProblem: the index cannot be written; it is untouched.
    """
    tell = progress or (lambda what, done, total: None)
    source = place if isinstance(place, Source) else corpus_source(place or settings.corpus, settings.reading)
    encoder = loader() if loader else None
    info = encoder.info if encoder else describe(settings.encoder)
    with writing(settings.index), ExitStack() as open_until_published:
        current = _current(settings.index)
        if current:
            open_until_published.callback(current.close)
            unchanged = current.manifest.fingerprint == fingerprint(info) and current.manifest.corpus["sha256"] == source.sha256
            if unchanged and not rebuild:
                return _unchanged(current)
        entries, skipped = source.read(tell)
        plan = _Plan.of(entries, info, None if rebuild else current)
        vectors = plan.reused_vectors
        if plan.missing:
            encoder = encoder or load(settings.encoder)
            vectors = _embed(plan, encoder, tell)
        tell("writing the index", 0, 1)
        drafted = Manifest(
            id=f"gen-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}",
            created=dt.datetime.now(dt.UTC).isoformat(timespec="microseconds"),
            previous=current.id if current else None,
            fingerprint=fingerprint(info),
            corpus={"place": _kept_place(settings, source.place), "sha256": source.sha256},
            documents=len(entries),
            paragraphs=len(plan.rows),
            skipped=tuple({"source": item.source, "reason": item.reason} for item in skipped),
        )
        _publish(settings.index, drafted, plan, vectors, encoder, None if rebuild else current)
        tell("writing the index", 1, 1)
    embedded = len(plan.missing)
    return BuildReport(drafted.id, True, len(entries), len(plan.rows), embedded, len(plan.rows) - embedded, tuple(entries), tuple(skipped))


def _kept_place(settings: Settings, place: str) -> str:
    """Where the documents are, as the manifest keeps it: relative to the workspace where they lie in it, so that it can be moved."""
    workspace = settings.workspace.absolute()
    return str(Path(place).relative_to(workspace)) if Path(place).is_relative_to(workspace) else place


def indexed_place(settings: Settings, manifest: Manifest) -> Path:
    """The documents that an index was built from."""
    return settings.workspace / manifest.corpus["place"]


def _publish(
    index: Path, drafted: Manifest, plan: _Plan, vectors: FloatArray, encoder: Encoder | None, previous: Generation | None
) -> None:
    """Writes and publishes a generation. Unless it was published, nothing of it stays behind, also after an interrupt."""
    folder = index / drafted.id
    try:
        folder.mkdir()
        stored = _write(folder, plan, vectors)
        some = [paragraph.text for _, paragraph, _ in plan.rows[:: len(plan.rows) // _COMPARED + 1]]
        linked = carry(folder, drafted, some, encoder, (previous.folder, previous.manifest) if previous else None)
        files = hash_files(folder, linked)  # what was linked is hashed once, when it is verified
        write_manifest(folder, replace(drafted, vectors=stored.shape[0], dimension=stored.shape[1], files=files))
        publish(index, folder)
    except BaseException as error:
        if _name_of_current(index) != folder.name:
            _remove(folder)
        if isinstance(error, OSError):
            what = f"{index} cannot be written: {error.strerror or error}"
            raise IndexProblem(what, "Check its permissions and the disk's free space, then: assistant index") from error
        raise


def _remove(folder: Path) -> None:
    """Removes what was not published; again, where Tantivy's thread that watches an opened index put its lock file there meanwhile."""
    for _ in range(_TRIES):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return


def _current(index: Path) -> Generation | None:
    """The generation that answers, whose vectors can be reused; None where there is none or where it is damaged."""
    with suppress(IndexProblem):
        generation = open_current(index)
        check_files(generation.folder, generation.manifest)
        return generation
    return None


def _name_of_current(index: Path) -> str | None:
    with suppress(IndexProblem):
        return current_name(index)
    return None


def _unchanged(generation: Generation) -> BuildReport:
    store, manifest = generation.store, generation.manifest
    entries = tuple(
        Entry(document, store.document_paragraphs(document.id), ledger)
        for document, ledger in zip(store.documents, store.ledgers(), strict=True)
    )
    skipped = tuple(Skipped(item["source"], item["reason"]) for item in manifest.skipped)
    return BuildReport(generation.id, False, manifest.documents, manifest.paragraphs, 0, manifest.paragraphs, entries, skipped)


def _read(place: Path, reading: ReadingSettings | None, tell: Progress) -> tuple[list[Entry], list[Skipped]]:
    entries: list[Entry] = []
    skipped: list[Skipped] = []
    for item in read_corpus(place, reading, tell):
        if isinstance(item, Entry):
            entries.append(item)
        else:
            skipped.append(item)
    if not entries:
        first = f": {skipped[0].reason}" if skipped else ""
        raise EmptyCorpus(f"nothing in {place} can be indexed{first}", "Put a readable document there, then: assistant index")
    return entries, skipped


@dataclass(frozen=True)
class _Plan:
    """Which paragraphs need vectors, and where those of the others lie in the last generation.

    `rows` are (entry, paragraph, key) in the order of the store; `known` maps a key to a slice of `reused_vectors`.
    """

    entries: Sequence[Entry]
    rows: Sequence[tuple[Entry, Paragraph, bytes]]
    known: dict[bytes, tuple[int, int]]
    reused_vectors: FloatArray
    missing: Sequence[int]

    @classmethod
    def of(cls, entries: Sequence[Entry], info: EncoderInfo, previous: Generation | None) -> _Plan:
        shaped_by = json.dumps(info.to_json(), sort_keys=True).encode()
        rows = [(entry, paragraph, _key(shaped_by, entry.document, paragraph)) for entry in entries for paragraph in entry.paragraphs]
        known = {key: (first, count) for key, first, count in previous.store.embedding_keys()} if previous else {}
        wanted = {key for _, _, key in rows}
        known = {key: span for key, span in known.items() if key in wanted}
        vectors = previous.vectors.all_vectors() if previous and known else np.zeros((0, 0), np.float32)
        missing, seen = [], set(known)
        for at, (_, _, key) in enumerate(rows):
            if key not in seen:
                seen.add(key)
                missing.append(at)
        return cls(entries, rows, known, vectors, missing)


def _key(shaped_by: bytes, document: Document, paragraph: Paragraph) -> bytes:
    """What decides a paragraph's vectors: the encoder, the context and the text. 16 bytes: no collision in 10^15 paragraphs."""
    digest = blake2b(shaped_by, digest_size=16)
    digest.update(f"\0{context_of(document, paragraph)}\0{paragraph.text}".encode())
    return digest.digest()


def _embed(plan: _Plan, encoder: Encoder, tell: Progress) -> FloatArray:
    """The vectors of the last generation followed by those of the missing paragraphs, which `plan.known` then includes.

    Windows are embedded sorted by length, so that a batch holds little padding.
    """
    texts = [(context_of(plan.rows[at][0].document, plan.rows[at][1]), plan.rows[at][1].text) for at in plan.missing]
    windows = encoder.windows(texts)
    flat = [window for of_paragraph in windows for window in of_paragraph]
    order = sorted(range(len(flat)), key=lambda at: -len(flat[at]))
    embedded = np.zeros((len(flat), encoder.dimension), np.float32)
    tell("embedding paragraphs", 0, len(flat))
    for begin in range(0, len(order), _EMBED_AT_ONCE):
        part = order[begin : begin + _EMBED_AT_ONCE]
        embedded[part] = encoder.encode([flat[at] for at in part], kind="document")
        if not np.all(np.isfinite(embedded[part])):
            raise InvalidSettings(f"encoder {encoder.info.name!r} gives vectors that are not numbers", "Choose another encoder.")
        tell("embedding paragraphs", min(begin + _EMBED_AT_ONCE, len(order)), len(order))
    reused = plan.reused_vectors.reshape(-1, encoder.dimension)
    at = len(reused)
    for row, of_paragraph in zip(plan.missing, windows, strict=True):
        plan.known[plan.rows[row][2]] = (at, len(of_paragraph))
        at += len(of_paragraph)
    return np.concatenate([reused, embedded])


def _write(folder: Path, plan: _Plan, vectors: FloatArray) -> FloatArray:
    """Writes the three parts of a generation; returns the vectors as stored, each paragraph's in the order of the rows."""
    spans = [plan.known[key] for _, _, key in plan.rows]
    stored = np.concatenate([vectors[first : first + count] for first, count in spans])
    owners = np.repeat(np.arange(len(spans), dtype=np.int64), [count for _, count in spans])
    write_durably(folder / VECTORS, serialise(stored, owners))
    starts = np.concatenate([[0], np.cumsum([count for _, count in spans])]).tolist()
    write_store(folder / PARAGRAPHS, _stored(plan, starts, spans))
    numbers = {id(entry): number for number, entry in enumerate(plan.entries)}
    write_lexical(
        folder / LEXICAL,
        (
            (row, numbers[id(entry)], " ".join(filter(None, (context_of(entry.document, paragraph), paragraph.text))))
            for row, (entry, paragraph, _) in enumerate(plan.rows)
        ),
    )
    return stored


def _stored(plan: _Plan, starts: list[int], spans: list[tuple[int, int]]) -> Iterator[tuple[Document, Any, list[Stored]]]:
    row = 0
    for entry in plan.entries:
        stored: list[Stored] = []
        for paragraph in entry.paragraphs:
            stored.append((paragraph, plan.rows[row][2], starts[row], spans[row][1]))
            row += 1
        yield entry.document, entry.ledger, stored
