"""Reads a folder of documents into documents, paragraphs and ledgers: corpus/ is read by `read_corpus`, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.corpus.catalogue import CATALOGUE_FILE, read_catalogue
from assistant.corpus.discovery import Found, discover, open_regular
from assistant.corpus.isolation import Tell, read_files
from assistant.corpus.process import Job, Result
from assistant.errors import EmptyCorpus, UnreadableDocument
from assistant.schema import Document, Ledger, Paragraph

if TYPE_CHECKING:
    from assistant.settings import ReadingSettings

_HASHED = 4 << 30
"""Bytes up to which a file is hashed to see whether it has changed; of a larger one, size and time are compared."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One document as read: its metadata, its paragraphs in order, and the ledger of how they were found."""

    document: Document
    paragraphs: tuple[Paragraph, ...]
    ledger: Ledger


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or line that was not read, and why; the rest of the corpus is."""

    source: str
    reason: str


def corpus_files(place: Path) -> tuple[Path, ...]:
    """The files of a corpus, sorted: see `discover`.

    Raises:
        EmptyCorpus: nothing is there.
    """
    return _found(place).files


def _found(place: Path) -> Found:
    found = discover(place)
    if not found.files and not found.skipped:
        raise EmptyCorpus(f"{place} holds no document", "Put .txt or .jsonl files there, then: assistant index")
    return found


def read_corpus(place: Path, reading: ReadingSettings | None = None, tell: Tell | None = None) -> Iterator[Entry | Skipped]:
    """Every document of a corpus in a stable order; what cannot be read comes out as `Skipped`, and the rest goes on.

    Files are read in processes of their own, within the limits of `reading` (else the defaults). `tell` is called with
    "reading documents" and how many files of how many are done, and with "reading NAME" and pages or lines of long files.

    Raises:
        EmptyCorpus: no file is there.
        InvalidCatalogue: the catalogue cannot be used.
        CorpusError: no process can be started.
    """
    folder = place if place.is_dir() else place.parent
    found = _found(place)
    catalogue = read_catalogue(folder)
    for name, error in found.skipped:
        yield Skipped(name, str(error))
    names = [path.relative_to(folder).as_posix() for path in found.files]
    jobs = [Job(path, name, catalogue.get(name)) for path, name in zip(found.files, names, strict=True)]
    seen: dict[str, str] = {}
    for name, item in _read_files(jobs, reading, tell):
        if isinstance(item, UnreadableDocument):
            yield Skipped(name, str(item))
        elif item[0].id in seen:
            yield Skipped(
                item[0].source,
                f"{item[0].source} has the same id as {seen[item[0].id]} ({item[0].id}). Give one another id in {CATALOGUE_FILE}.",
            )
        elif not item[1]:
            yield Skipped(name, f"{name} holds no paragraph. Check its text.")
        else:
            seen[item[0].id] = item[0].source
            yield Entry(*item)
    for name in sorted(catalogue):
        if not (folder / name).is_file():
            yield Skipped(name, f"{CATALOGUE_FILE} names {name}, which is not there. Add the file or remove the entry.")


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


def corpus_fingerprint(place: Path) -> str:
    """SHA-256 over the names and bytes of all that `read_corpus` would read: equal means that nothing has changed.

    Raises:
        EmptyCorpus: no file is there.
    """
    folder = place if place.is_dir() else place.parent
    found = _found(place)
    digest = sha256()
    for path in (*found.files, folder / CATALOGUE_FILE):
        if path.is_file():
            name = path.relative_to(folder).as_posix().encode(errors="surrogateescape")
            digest.update(sha256(name).digest() + _file_digest(path))  # of fixed length: no byte of a file passes for a name
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
