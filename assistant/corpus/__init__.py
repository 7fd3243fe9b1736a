"""Reads a folder of documents into documents, paragraphs and ledgers: corpus/ is read by `read_corpus`, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import file_digest, sha256
from pathlib import Path

from assistant.corpus.catalogue import CATALOGUE_FILE, CatalogueEntry, read_catalogue, read_names
from assistant.corpus.readers import read_file
from assistant.corpus.readers.text import UNSHOWABLE
from assistant.corpus.variants import named_by, settle
from assistant.errors import EmptyCorpus, UnreadableDocument
from assistant.schema import Document, Ledger, Paragraph


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
    """The files of a corpus, sorted: one file, or all in a folder but README*, the catalogue and what begins with a dot.

    A folder with relevance judgements (qrels) is a BEIR set: only its corpus.jsonl is a document.

    Raises:
        EmptyCorpus: nothing is there.
    """
    if place.is_file():
        return (place,)
    if not place.is_dir():
        raise EmptyCorpus(f"{place} does not exist", "Make it with: assistant init, or name another with --corpus.")
    if any(place.glob("qrels*")) and (place / "corpus.jsonl").is_file():
        return (place / "corpus.jsonl",)
    files = tuple(sorted(path for path in place.rglob("*") if path.is_file() and _is_document(path.relative_to(place))))
    if not files:
        raise EmptyCorpus(f"{place} holds no document", "Put .txt or .jsonl files there, then: assistant index")
    return files


def _is_document(path: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.parts)
    return not hidden and path.name != CATALOGUE_FILE and not path.name.upper().startswith("README")


def read_corpus(place: Path) -> Iterator[Entry | Skipped]:
    """Every document of a corpus in a stable order; what cannot be read comes out as `Skipped`, and the rest goes on.

    Raises:
        EmptyCorpus: no file is there.
        InvalidCatalogue: the catalogue cannot be used.
    """
    folder = place if place.is_dir() else place.parent
    files = corpus_files(place)
    catalogue, names = read_catalogue(folder), read_names(folder)
    items = list(_read_files(folder, files, catalogue))
    entries = [item for item in items if isinstance(item, Entry)]
    settled = iter(settle([entry.document for entry in entries], names))
    for item in items:
        if isinstance(item, Skipped):
            yield item
        else:
            document = next(settled)
            yield Skipped(item.document.source, document) if isinstance(document, str) else _renamed(item, document)
    for name in sorted(catalogue):
        if not (folder / name).is_file():
            yield Skipped(name, f"{CATALOGUE_FILE} names {name}, which is not there. Add the file or remove the entry.")
    if place.is_dir():
        for alias, target in names.aliases.items():
            if not named_by(target, [entry.document for entry in entries]):
                yield Skipped(CATALOGUE_FILE, f"{CATALOGUE_FILE} calls {target} {alias!r}, but there is no such document.")


def _read_files(folder: Path, files: Sequence[Path], catalogue: Mapping[str, CatalogueEntry]) -> Iterator[Entry | Skipped]:
    """Every document of each file by itself."""
    for path in files:
        name = path.relative_to(folder).as_posix()
        if UNSHOWABLE.search(name):
            yield Skipped(ascii(name), f"{name!a} has a name with characters that cannot be shown. Rename it.")
            continue
        try:
            for item in read_file(path, name, catalogue.get(name)):
                if isinstance(item, UnreadableDocument):
                    yield Skipped(name, str(item))
                elif not item[1]:
                    yield Skipped(name, f"{name} holds no paragraph. Check its text.")
                else:
                    yield Entry(*item)
        except UnreadableDocument as error:
            yield Skipped(name, str(error))


def _renamed(entry: Entry, document: Document) -> Entry:
    """An entry under the document that it was settled to be; its paragraphs carry the id."""
    if document.id == entry.document.id:
        return replace(entry, document=document)
    return Entry(document, tuple(replace(paragraph, document=document.id) for paragraph in entry.paragraphs), entry.ledger)


def corpus_fingerprint(place: Path) -> str:
    """SHA-256 over the names and bytes of all that `read_corpus` would read: equal means that nothing has changed.

    Raises:
        EmptyCorpus: no file is there.
    """
    folder = place if place.is_dir() else place.parent
    digest = sha256()
    for path in (*corpus_files(place), folder / CATALOGUE_FILE):
        if path.is_file():
            name = path.relative_to(folder).as_posix().encode(errors="surrogateescape")
            digest.update(sha256(name).digest() + _file_digest(path))  # of fixed length: no byte of a file passes for a name
    return digest.hexdigest()


def _file_digest(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
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
