"""Builds a generation from a corpus: read, plan, embed what is new, write, publish.

read_corpus ──> entries ──> plan ──what has no vectors──> embed ──> write (whole, or onto the last generation) ──> publish
"""

from __future__ import annotations

import datetime as dt
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.corpus import Digests, Entry, Known, Skipped, corpus_fingerprint, read_corpus
from assistant.errors import AssistantError, DamagedIndex, EmptyCorpus, IndexProblem
from assistant.index.backends import Backend, backend_of
from assistant.index.embedding import KEPT, Embedded, embed
from assistant.index.encoder import Encoder, EncoderInfo, describe, load
from assistant.index.generations import PARAGRAPHS, Generation, current_name, open_current, publish, writing
from assistant.index.manifest import Manifest, check_files, fingerprint, hash_files, write_manifest
from assistant.index.onnx_export import Carried, carried_by, export_checked
from assistant.index.plan import Last, Plan
from assistant.index.write import write_parts
from assistant.schema import Document, Ledger
from assistant.settings import ReadingSettings, Settings, StoreSettings

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an index's documents come from: a name, a checksum that changes whenever they do, and how they are read."""

    place: str
    sha256: str
    read: Callable[[Progress, Known | None], tuple[list[Entry], list[Skipped]]]


def corpus_source(place: Path, reading: ReadingSettings | None = None) -> Source:
    """A folder or file of documents, read within the limits of `reading` (else the defaults).

    Raises:
        EmptyCorpus: no file is there.
    """
    # The checksum is taken before anything is read: what changes from now on is taken up by the next build.
    digests: Digests = {}
    sha256 = corpus_fingerprint(place, digests)
    return Source(str(place.absolute()), sha256, lambda tell, known: _found(read_corpus(place, reading, tell, known, digests), place))


_COMPARED = 6
"""Paragraphs on which an exported encoder must agree with torch."""
_TRIES = 3
"""How often a folder is removed that is not empty yet."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """A document that is in the index, how its paragraphs were found, and how many there are."""

    document: Document
    ledger: Ledger
    paragraphs: int


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What `build` did. `changed` is False where the corpus and all that shapes the index were as published."""

    generation: str
    changed: bool
    documents: int
    paragraphs: int
    embedded: int
    reused: int
    entries: tuple[Indexed, ...]
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
    nothing is reused. `loader` replaces the settings' encoder; where the last generation carries just that one, it embeds.

    Raises:
        DamagedIndex: what is to be reused is not what was published, which only hashing shows; the index is untouched.
        EmptyCorpus: nothing to index; the index is untouched.
        InvalidCatalogue, InvalidSettings, IndexLocked: as named; the index is untouched.
        IndexProblem: the index cannot be written; it is untouched.
    """
    tell = progress or (lambda what, done, total: None)
    source = place if isinstance(place, Source) else corpus_source(place or settings.corpus, settings.reading)
    encoder = loader() if loader else None
    info = encoder.info if encoder else describe(settings.encoder)
    shaped = fingerprint(info, settings.store.kind)
    with writing(settings.index), ExitStack() as open_until_published:
        target = backend_of(settings.store, settings.index, settings.vectors)
        target.check()  # before hours of embedding
        current = _current(settings.index, settings.store)
        if current:
            open_until_published.callback(current.close)
            alike = current.manifest.fingerprint == shaped and current.manifest.store == target.place(current.id)
            if alike and current.manifest.corpus["sha256"] == source.sha256 and not rebuild:
                return _unchanged(current)
        last = Last(current) if current and not rebuild else None
        if last:
            _check_copied(last.generation, (PARAGRAPHS,))
        entries, skipped = source.read(tell, last.known if last and _read_alike(last, info) else None)
        with _named_errors(settings.index):
            embedded = Embedded.of(settings.index)
            grows = target.grows and last is not None and last.generation.manifest.fingerprint == shaped
            plan = Plan.of(entries, skipped, info, last, embedded, grows)
            if last and plan.is_whole:
                _check_copied(last.generation)
            carried = carried_by((current.folder, current.manifest) if current and last else None, info)
            if plan.missing:
                carried = _embed(plan, carried, lambda: encoder or load(settings.encoder), info, embedded, tell)
            tell("writing the index", 0, 1)
            name = f"gen-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
            drafted = Manifest(
                id=name,
                created=dt.datetime.now(dt.UTC).isoformat(timespec="microseconds"),
                previous=current.id if current else None,
                fingerprint=shaped,
                corpus={"place": _kept_place(settings, source.place), "sha256": source.sha256},
                documents=plan.documents,
                paragraphs=plan.paragraphs,
                skipped=tuple({"source": item.source, "reason": item.reason} for item in skipped),
                store=target.place(name),
            )
            _publish(settings, drafted, plan, embedded, carried, last, target, tell)
            embedded.forget()
        tell("writing the index", 1, 1)
    new = len(plan.missing)
    held = tuple(Indexed(entry.document, entry.ledger, len(entry.paragraphs)) for entry in entries)
    return BuildReport(drafted.id, True, plan.documents, plan.paragraphs, new, plan.paragraphs - new, held, tuple(skipped))


def has_kept(index: Path) -> bool:
    """Whether a build that was interrupted has left what it embedded, for the next one to go on from."""
    return (index / KEPT).exists()


def _read_alike(last: Last, info: EncoderInfo) -> bool:
    """Whether documents would be read today as they were for the last generation."""
    before, now = last.generation.manifest.fingerprint, fingerprint(info)
    return all(before.get(name) == now[name] for name in ("splitter", "metadata"))


def _embed(
    plan: Plan, carried: Carried, load_encoder: Callable[[], Encoder], info: EncoderInfo, embedded: Embedded, tell: Progress
) -> Carried:
    """Embeds what is missing, in ONNX Runtime where the encoder can be had so; returns the encoder that the generation is to carry."""
    runtime: Encoder | None = carried.open(info)
    if runtime is None:
        encoder = load_encoder()
        some = [item.text for item in plan.missing[:: len(plan.missing) // _COMPARED + 1]]
        carried = carried if carried.of else export_checked(encoder, some)
        runtime = carried.open(info) or encoder
    embed(plan.missing, runtime, embedded, tell)
    return carried


def _kept_place(settings: Settings, place: str) -> str:
    """Where the documents are, as the manifest keeps it: relative to the workspace where they lie in it, so that it can be moved."""
    workspace = settings.workspace.absolute()
    return str(Path(place).relative_to(workspace)) if Path(place).is_relative_to(workspace) else place


def indexed_place(settings: Settings, manifest: Manifest) -> Path:
    """The documents that an index was built from."""
    return settings.workspace / manifest.corpus["place"]


@contextmanager
def _named_errors(index: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = f"{index} cannot be written: {error.strerror or error}"
        raise IndexProblem(what, "Check its permissions and the disk's free space, then: assistant index") from error


def _publish(
    settings: Settings,
    drafted: Manifest,
    plan: Plan,
    embedded: Embedded,
    carried: Carried,
    last: Last | None,
    target: Backend,
    tell: Progress,
) -> None:
    """Writes and publishes a generation. Unless it was published, nothing of it stays behind, also after an interrupt."""
    folder = settings.index / drafted.id
    try:
        folder.mkdir()
        written = write_parts(folder, plan, embedded, last, target, tell)
        linked = written.linked | set(carried.put(folder))
        known = {name: last.generation.manifest.files[name] for name in linked} if last else {}
        files = hash_files(folder, known)  # what was linked is hashed once, when it is verified
        write_manifest(folder, replace(drafted, vectors=written.vectors, dimension=written.dimension, files=files))
        publish(settings.index, folder, settings.store)
    except BaseException:
        if _name_of_current(settings.index) != folder.name:
            with suppress(AssistantError):  # where Milvus has gone meanwhile, its folder stays for the next build to sweep both
                target.remove(folder)
                _remove(folder)
        raise


def _remove(folder: Path) -> None:
    """Removes what was not published; again, where Tantivy's thread that watches an opened index put its lock file there meanwhile."""
    for _ in range(_TRIES):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return


def _current(index: Path, store: StoreSettings) -> Generation | None:
    """The generation that answers, whose vectors can be reused; None where there is none or where it is damaged or out of reach."""
    with suppress(IndexProblem):
        generation = open_current(index, store=store)
        check_files(generation.folder, generation.manifest)
        if generation.manifest.store:
            _ = generation.vectors  # opened: they are there
        return generation
    return None


def _check_copied(last: Generation, names: tuple[str, ...] | None = None) -> None:
    """Hashes what is copied into a new generation, whose checksums would hide any damage to it. What is linked is hashed as it is verified.

    Raises:
        DamagedIndex: a file is not what was published, though neither its size nor its time says so.
    """
    try:
        check_files(last.folder, last.manifest, names, thorough=True)
    except DamagedIndex as error:
        raise DamagedIndex(error.what, "Build it anew with: assistant index --rebuild") from None


def _name_of_current(index: Path) -> str | None:
    with suppress(IndexProblem):
        return current_name(index)
    return None


def _unchanged(generation: Generation) -> BuildReport:
    store, manifest = generation.store, generation.manifest
    entries = tuple(
        Indexed(document, ledger, store.spans[document.id].count) for document, ledger in zip(store.documents, store.ledgers(), strict=True)
    )
    skipped = tuple(Skipped(item["source"], item["reason"]) for item in manifest.skipped)
    return BuildReport(generation.id, False, manifest.documents, manifest.paragraphs, 0, manifest.paragraphs, entries, skipped)


def _found(items: Iterable[Entry | Skipped], place: Path) -> tuple[list[Entry], list[Skipped]]:
    entries: list[Entry] = []
    skipped: list[Skipped] = []
    for item in items:
        if isinstance(item, Entry):
            entries.append(item)
        else:
            skipped.append(item)
    if not entries:
        first = f": {skipped[0].reason}" if skipped else ""
        raise EmptyCorpus(f"nothing in {place} can be indexed{first}", "Put a readable document there, then: assistant index")
    return entries, skipped
