"""What a build has to do: which documents stay as they are in the last generation, which are written, and which need vectors.

entries ──as they lie in the last generation?──> kept rows | fresh documents ──keys──> what has vectors | what is to be embedded
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

from assistant.corpus import Before, Entry, Skipped
from assistant.errors import MismatchedIndex
from assistant.index.context import context_of
from assistant.index.embedding import Embedded, ToEmbed
from assistant.index.encoder import EncoderInfo
from assistant.index.generations import Generation
from assistant.index.store import ParagraphStore, Record, Span
from assistant.schema import Document, Paragraph

SMALL = 5_000
"""Paragraphs up to which a generation is always written whole, which takes no second: every score is then that of a first build.
In a larger one that was changed, BM25 goes on counting the words of what has gone, until it is written whole again."""
MOST_GONE = 0.1
"""Share of paragraphs that may have gone, with their vectors still there, before a generation is written whole again."""
MOST_NEW = 0.5
"""Share of new paragraphs from which a generation is written whole."""


class StoredParagraphs(Sequence[Paragraph]):
    """A document's paragraphs as they lie in a store: counted at once, read when they are looked at."""

    def __init__(self, store: ParagraphStore, document: str, span: Span) -> None:
        self.span = span
        self._read: Callable[[], tuple[Paragraph, ...]] = lambda: store.paragraphs_of(document, span)

    def __len__(self) -> int:
        return self.span.count

    def __iter__(self) -> Iterator[Paragraph]:
        return iter(self._read())

    def __getitem__(self, at):  # type: ignore[no-untyped-def]  # an index gives one, a slice gives several
        return self._read()[at]


@dataclass(frozen=True)
class Last:
    """The last generation, as far as a build makes use of it."""

    generation: Generation

    @cached_property
    def records(self) -> dict[str, Record]:
        """What is stored of each document, by id; nothing in a store that another version of this program wrote, of which only
        vectors are used."""
        with suppress(MismatchedIndex):
            return {record.document.id: record for record in self.generation.store.records()}
        return {}

    @cached_property
    def _files(self) -> dict[str, tuple[bytes, list[Before]]]:
        """The key of each file of which all documents are stored, and what was read from it."""
        if not self.records:
            return {}
        store = self.generation.store
        found: dict[str, tuple[bytes, list[Before]]] = {name: (key, []) for name, key in store.files().items()}
        for record in self.records.values():
            if record.file in found:
                paragraphs = StoredParagraphs(store, record.read.id, record.span)
                found[record.file][1].append((record.read, paragraphs, record.ledger))
        return found

    def known(self, name: str, key: bytes) -> Sequence[Before] | None:
        """As `corpus.Known`."""
        before, results = self._files.get(name, (None, []))
        return results if before == key else None

    def holds(self, entry: Entry) -> Span | None:
        """Where a document lies, if it lies there just as it is now."""
        record = self.records.get(entry.document.id)
        read = entry.origin.document if entry.origin else entry.document
        if record is None or (record.document, record.ledger, record.read) != (entry.document, entry.ledger, read):
            return None
        if isinstance(entry.paragraphs, StoredParagraphs) and entry.paragraphs.span == record.span:
            return record.span
        return record.span if tuple(entry.paragraphs) == self.generation.store.document_paragraphs(entry.document.id) else None


@dataclass(frozen=True)
class Fresh:
    """A document that is written: its place in the corpus, and the embedding key of each of its paragraphs."""

    place: int
    entry: Entry
    keys: Sequence[bytes]

    def to_embed(self) -> Iterator[ToEmbed]:
        """Its paragraphs as they would be embedded."""
        for key, paragraph in zip(self.keys, self.entry.paragraphs, strict=True):
            yield ToEmbed(key, context_of(self.entry.document, paragraph), paragraph.text)


@dataclass(frozen=True)
class Plan:
    """`kept` maps the row of each document that stays in the files of the last generation to its place; in a generation that is
    written whole there is none. `files` are the corpus files of which every document is indexed, with their keys."""

    fresh: Sequence[Fresh]
    kept: dict[int, int]
    removed: Sequence[Span]
    files: dict[str, bytes]
    missing: Sequence[ToEmbed]
    documents: int
    paragraphs: int

    @classmethod
    def of(
        cls,
        entries: Sequence[Entry],
        skipped: Sequence[Skipped],
        info: EncoderInfo,
        last: Last | None,
        embedded: Embedded,
        grows: bool,
    ) -> Plan:
        """What is to be done for these documents, given the last generation, whether it can be added to, and what an interrupted
        build has embedded."""
        shaped_by = json.dumps(info.to_json(), sort_keys=True).encode()
        held = [last.holds(entry) for entry in entries] if last else [None] * len(entries)
        still = set(held)
        removed = [record.span for record in last.records.values() if record.span not in still] if last else []
        is_whole = last is None or not grows or _whole(last, entries, held, removed)
        fresh = [
            Fresh(place, entry, [_key(shaped_by, entry.document, paragraph) for paragraph in entry.paragraphs])
            for place, (entry, span) in enumerate(zip(entries, held, strict=True))
            if is_whole or span is None
        ]
        kept = {} if is_whole else {span.document: place for place, span in enumerate(held) if span}
        incomplete = {item.file for item in skipped}
        files = {entry.origin.file: entry.origin.key for entry in entries if entry.origin and entry.origin.file not in incomplete}
        missing = _missing(fresh, last, embedded)
        return cls(fresh, kept, removed, files, missing, len(entries), sum(len(entry.paragraphs) for entry in entries))

    @property
    def is_whole(self) -> bool:
        """Whether all is written, and nothing linked."""
        return not self.kept


def _whole(last: Last, entries: Sequence[Entry], held: Sequence[Span | None], removed: Sequence[Span]) -> bool:
    count = sum(len(entry.paragraphs) for entry in entries)
    new = sum(len(entry.paragraphs) for entry, span in zip(entries, held, strict=True) if span is None)
    gone = len(last.generation.vector_files.gone) + sum(span.count for span in removed)
    return count <= SMALL or new > MOST_NEW * count or gone > MOST_GONE * count or not any(held)


def _missing(fresh: Sequence[Fresh], last: Last | None, embedded: Embedded) -> list[ToEmbed]:
    """The paragraphs whose vectors are nowhere; of equal ones the first."""
    keys = list(dict.fromkeys(key for document in fresh for key in document.keys if key not in embedded))
    wanted = set(keys) - (set(last.generation.store.rows_by_key(keys)) if last else set())
    missing = []
    for document in fresh:
        if not wanted.isdisjoint(document.keys):
            for item in document.to_embed():
                if item.key in wanted:
                    wanted.remove(item.key)
                    missing.append(item)
    return missing


def _key(shaped_by: bytes, document: Document, paragraph: Paragraph) -> bytes:
    """What decides a paragraph's vectors: the encoder, the context and the text. 16 bytes: no collision in 10^15 paragraphs."""
    digest = blake2b(shaped_by, digest_size=16)
    digest.update(f"\0{context_of(document, paragraph)}\0{paragraph.text}".encode())
    return digest.digest()
