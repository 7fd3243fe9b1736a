"""Reads a folder of documents into documents, paragraphs and ledgers: corpus/ is read by `read_corpus`, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.corpus.catalogue import CATALOGUE_FILE, read_catalogue, read_names
from assistant.corpus.discovery import Found, discover, open_regular
from assistant.corpus.isolation import Tell, read_files
from assistant.corpus.process import Job, Result
from assistant.corpus.variants import named_by, settle
from assistant.errors import EmptyCorpus, UnreadableDocument
from assistant.schema import Document, Ledger, Paragraph

if TYPE_CHECKING:
    from assistant.settings import ReadingSettings

_HASHED = 4 << 30
"""Bytes up to which a file is hashed to see whether it has changed; of a larger one, size and time are compared."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document was read from: the file's name in the corpus, a key that changes with all that shapes what is read from
    it, and the document as it was read, before the others of the corpus were known."""

    file: str
    key: bytes
    document: Document


@dataclass(frozen=True, slots=True)
class Entry:
    """One document as read: its metadata, its paragraphs in order, and the ledger of how they were found."""

    document: Document
    paragraphs: Sequence[Paragraph]
    ledger: Ledger
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or line that was not read, and why; the rest of the corpus is. `file` is where it would have been read from."""

    source: str
    reason: str
    file: str | None = field(default=None, compare=False)


Before = tuple[Document, Sequence[Paragraph], Ledger]
"""A document as it was read once."""
Known = Callable[[str, bytes], Sequence[Before] | None]
"""Given a file's name and the key of an `Origin`: all that was read from it before, or None where it has to be read."""
Digests = dict[Path, bytes]
"""Checksums of files that need not be computed again."""


def corpus_files(place: Path) -> tuple[Path, ...]:
    """The files of a corpus, sorted: see `discover`.

    Raises:
        EmptyCorpus: nothing is there.
    """
    return _found(place).files


def _found(place: Path) -> Found:
    found = discover(place)
    if not found.files and not found.skipped:
        raise EmptyCorpus(f"{place} holds no document", "Put documents there (PDF, Word, HTML, Markdown, text), then: assistant index")
    return found


def read_corpus(
    place: Path,
    reading: ReadingSettings | None = None,
    tell: Tell | None = None,
    known: Known | None = None,
    digests: Digests | None = None,
) -> Iterator[Entry | Skipped]:
    """Every document of a corpus in a stable order; what cannot be read comes out as `Skipped`, and the rest goes on.

    Files are read in processes of their own, within the limits of `reading` (else the defaults). `tell` is called with
    "reading documents" and how many files of how many are done, and with "reading NAME" and pages or lines of long files. Of a
    file that is `known` what was read before is taken.

    Raises:
        EmptyCorpus: no file is there.
        InvalidCatalogue: the catalogue cannot be used.
        CorpusError: no process can be started.
    """
    folder = place if place.is_dir() else place.parent
    found = _found(place)
    catalogue, names = read_catalogue(folder), read_names(folder)
    for name, error in found.skipped:
        yield Skipped(name, str(error))
    jobs = [Job(path, name := path.relative_to(folder).as_posix(), catalogue.get(name)) for path in found.files]
    items = list(_items(jobs, reading, tell, known, digests or {}))
    entries = [item for item in items if isinstance(item, Entry)]
    settled = iter(settle([entry.document for entry in entries], names))
    for item in items:
        if isinstance(item, Skipped):
            yield item
        else:
            document = next(settled)
            file = item.origin.file if item.origin else None
            yield Skipped(item.document.source, document, file) if isinstance(document, str) else _renamed(item, document)
    for name in sorted(catalogue):
        if not (folder / name).is_file():
            yield Skipped(name, f"{CATALOGUE_FILE} names {name}, which is not there. Add the file or remove the entry.")
    if place.is_dir():
        for alias, target in names.aliases.items():
            if not named_by(target, [entry.document for entry in entries]):
                yield Skipped(CATALOGUE_FILE, f"{CATALOGUE_FILE} calls {target} {alias!r}, but there is no such document.")


def _items(
    jobs: Sequence[Job], reading: ReadingSettings | None, tell: Tell | None, known: Known | None, digests: Digests
) -> Iterator[Entry | Skipped]:
    """What the files hold, in their order; those that are known are not read again."""
    keys = {job.name: _file_key(job, digests) for job in jobs}
    before = {job.name: known(job.name, keys[job.name]) for job in jobs} if known else {}
    read: dict[str, list[Before | UnreadableDocument]] = {name: list(results) for name, results in before.items() if results is not None}
    for name, result in _read_files([job for job in jobs if job.name not in read], reading, tell):
        read.setdefault(name, []).append(result)
    for job in jobs:
        for item in read.get(job.name, []):
            yield _entry(job.name, keys[job.name], item)


def _file_key(job: Job, digests: Digests) -> bytes:
    """Changes with a file's bytes and with what the catalogue says of it."""
    described = job.entry.model_dump_json() if job.entry else ""
    return sha256((digests.get(job.path) or _file_digest(job.path)) + described.encode()).digest()


def _entry(name: str, key: bytes, item: Before | UnreadableDocument) -> Entry | Skipped:
    if isinstance(item, UnreadableDocument):
        return Skipped(name, str(item), name)
    document, paragraphs, ledger = item
    if not paragraphs:
        return Skipped(name, f"{name} holds no paragraph. Check its text.", name)
    return Entry(document, paragraphs, ledger, Origin(name, key, document))


def _renamed(entry: Entry, document: Document) -> Entry:
    """An entry under the document that it was settled to be; its paragraphs carry the id."""
    if document.id == entry.document.id:
        return replace(entry, document=document)
    return replace(entry, document=document, paragraphs=tuple(replace(paragraph, document=document.id) for paragraph in entry.paragraphs))


def _read_files(jobs: Sequence[Job], reading: ReadingSettings | None, tell: Tell | None) -> Iterator[tuple[str, Result]]:
    """(name, document or what is wrong) of each file; says how many files are done."""
    from assistant.settings import ReadingSettings

    tell = tell or (lambda what, done, total: None)
    done = 0
    tell("reading documents", done, len(jobs))
    for job, item in read_files(jobs, reading or ReadingSettings(), lambda name, *much: tell(f"reading {name}", *much)):
        if item is not None:
            yield job.name, item
        else:
            done += 1
            tell("reading documents", done, len(jobs))


def corpus_fingerprint(place: Path, digests: Digests | None = None) -> str:
    """SHA-256 over the names and bytes of all that `read_corpus` would read: equal means that nothing has changed.

    The checksums of the files are put into `digests`.

    Raises:
        EmptyCorpus: no file is there.
    """
    folder = place if place.is_dir() else place.parent
    found = _found(place)
    digest = sha256()
    for path in (*found.files, folder / CATALOGUE_FILE):
        if path.is_file():
            name = path.relative_to(folder).as_posix().encode(errors="surrogateescape")
            content = _file_digest(path)
            if digests is not None:
                digests[path] = content
            digest.update(sha256(name).digest() + content)  # of fixed length: no byte of a file passes for a name
    for _, error in found.skipped:
        digest.update(sha256(str(error).encode()).digest())
    return digest.hexdigest()


def _file_digest(path: Path) -> bytes:
    try:
        with open_regular(path) as stream:
            status = os.fstat(stream.fileno())
            if status.st_size > _HASHED:
                return sha256(f"large: {status.st_size} {status.st_mtime_ns}".encode()).digest()
            return file_digest(stream, "sha256").digest()
    except OSError as error:
        return sha256(f"unreadable: {error.errno}".encode()).digest()


def warnings_of(ledger: Ledger) -> list[str]:
    """What a person should look at before trusting a document's numbers, in words."""
    found = list(ledger.warnings)
    if ledger.gaps:
        found.append(f"numbers missing: {', '.join(ledger.gaps)}")
    if ledger.repeats:
        found.append(f"numbers used more than once: {', '.join(ledger.repeats)}")
    if ledger.counted > 1 and not ledger.official:
        found.append("no printed paragraph numbers: paragraphs were counted")
    return found
