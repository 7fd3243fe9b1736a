"""Generations: how an index is published, opened, checked and rolled back.

    index/LOCK                     held by the one writer
    index/CURRENT                  the name of the generation that answers
    index/gen-<id>/vectors/        FAISS
    index/gen-<id>/lexical/        Tantivy
    index/gen-<id>/paragraphs.sqlite
    index/gen-<id>/encoder.onnx    with tokenizer.json: encodes questions; not there where it could not be exported
    index/gen-<id>/MANIFEST.json   size and SHA-256 of every file, and what shaped them

Vectors and words may lie in Milvus instead (`backends`): then the manifest names the collection, the rest is the same.

A generation is written beside the old one, made durable, re-opened and verified, and only then named in CURRENT. A crash
at any moment leaves the old generation or the new one. The previous generation is kept for `roll_back`. What a reader
has opened of a generation stays readable when the generation is swept.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from filelock import FileLock, Timeout

from assistant.errors import AssistantError, DamagedIndex, IndexLocked, IndexProblem, NoIndex
from assistant.index.backends import Backend, backend_holding, backend_of
from assistant.index.files import UNFINISHED, is_lock, sync_folder, write_durably
from assistant.index.manifest import MANIFEST_FILE, Manifest, check_files, check_fingerprint, read_manifest
from assistant.index.store import ParagraphStore
from assistant.settings import StoreSettings

if TYPE_CHECKING:
    from assistant.index.legs import DenseLeg, LexicalLeg
    from assistant.index.onnx_encoder import OnnxEncoder
    from assistant.index.vectors import VectorStore

CURRENT_FILE, LOCK_FILE = "CURRENT", "LOCK"
PARAGRAPHS = "paragraphs.sqlite"
IN_FILES = StoreSettings()

_NAME = re.compile(r"gen-[0-9A-Za-z-]{1,64}")


class Generation:
    """One published generation. Each part is checked and opened when it is first used, so that a look-up loads no FAISS.

    `store` says how a Milvus that holds parts of it is asked.
    """

    def __init__(self, folder: Path, store: StoreSettings = IN_FILES) -> None:
        self.folder = folder
        self.manifest: Manifest = read_manifest(folder)
        self._settings = store

    @cached_property
    def backend(self) -> Backend:
        """Where its vectors and words lie."""
        return backend_holding(self.manifest, self._settings, self.folder.parent)

    @property
    def id(self) -> str:
        """The generation's name."""
        return self.manifest.id

    @cached_property
    def store(self) -> ParagraphStore:
        """Documents and paragraphs."""
        check_files(self.folder, self.manifest, (PARAGRAPHS,))
        return ParagraphStore(self.folder / PARAGRAPHS)

    @cached_property
    def lexical(self) -> LexicalLeg:
        """The lexical index."""
        return self.backend.lexical(self.folder, self.manifest)

    @cached_property
    def vectors(self) -> DenseLeg:
        """The vectors."""
        return self.backend.vectors(self.folder, self.manifest)

    @property
    def vector_files(self) -> VectorStore:
        """The vectors of a generation whose back end grows: with their segments, and what has gone since."""
        return cast("VectorStore", self.vectors)

    @cached_property
    def encoder(self) -> OnnxEncoder | None:
        """The encoder that fits the vectors; None where none is carried, or where ONNX Runtime is not installed."""
        from assistant.index.onnx_encoder import CARRIED, is_carried, open_carried

        if not is_carried(self.manifest):
            return None
        check_files(self.folder, self.manifest, CARRIED)
        return open_carried(self.folder, self.manifest)

    def close(self) -> None:
        """Closes what holds a file open."""
        if "store" in self.__dict__:  # opened
            self.store.close()


def current_name(index: Path) -> str:
    """The name that CURRENT holds.

    Raises:
        NoIndex: nothing has been published.
        DamagedIndex: CURRENT is not the name of a generation.
    """
    try:
        name = (index / CURRENT_FILE).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise NoIndex(f"there is no index in {index}", "Build it with: assistant index") from None
    except (OSError, UnicodeDecodeError) as error:
        raise DamagedIndex(f"{index / CURRENT_FILE} cannot be read: {error}", "Rebuild with: assistant index --rebuild") from None
    if not _NAME.fullmatch(name):
        raise DamagedIndex(f"{index / CURRENT_FILE} does not name a generation", "Rebuild with: assistant index --rebuild")
    return name


def open_current(index: Path, expected: Mapping[str, Any] | None = None, store: StoreSettings = IN_FILES) -> Generation:
    """The generation that answers; refused when `expected` (a fingerprint) is given and differs.

    Raises:
        NoIndex, DamagedIndex, MismatchedIndex: each with the command that mends it.
    """
    name = current_name(index)
    while True:
        try:
            generation = Generation(index / name, store)
            break
        except DamagedIndex:
            if (published := current_name(index)) == name:
                raise
            name = published  # the one that was named first has been swept meanwhile
    if expected is not None:
        check_fingerprint(generation.manifest, expected)
    return generation


@contextmanager
def writing(index: Path) -> Iterator[None]:
    """Holds the index for one writer; a second one is refused at once.

    Raises:
        IndexLocked: another process is writing.
        IndexProblem: the folder cannot be written.
    """
    lock = FileLock(index / LOCK_FILE)
    try:
        index.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        raise IndexLocked(f"another process is writing the index in {index}", "Try again when it has finished.") from None
    except OSError as error:
        raise IndexProblem(f"{index} cannot be written: {error.strerror or error}", "Check its permissions and the disk.") from None
    try:
        yield
    finally:
        lock.release()


def publish(index: Path, folder: Path, store: StoreSettings = IN_FILES) -> Generation:
    """Makes the generation in `folder` (complete but for durability) the one that answers. The caller holds the lock.

    Raises:
        DamagedIndex: what was written cannot be read back; CURRENT stays as it was.
    """
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("r+b") as stream:  # Windows makes nothing durable that is open for reading only
                os.fsync(stream.fileno())
        else:
            sync_folder(path)
    sync_folder(folder)
    sync_folder(index)
    problems = problems_of(folder, store)
    if problems:
        what = f"the new index could not be verified: {problems[0]}"
        raise DamagedIndex(what, "The old one is untouched. Check the disk, then: assistant index --rebuild")
    generation = _name(index, folder, store)
    sweep(index, store)
    return generation


def _name(index: Path, folder: Path, store: StoreSettings) -> Generation:
    """Writes CURRENT, and tells the back end."""
    write_durably(index / CURRENT_FILE, f"{folder.name}\n".encode())
    generation = Generation(folder, store)
    generation.backend.named(generation.manifest)
    return generation


def problems_of(folder: Path, store: StoreSettings = IN_FILES) -> list[str]:
    """What is wrong with a generation, thoroughly: every file hashed, every part but the encoder opened, the counts compared."""
    try:
        generation = Generation(folder, store)
    except DamagedIndex as error:
        return [error.what]
    try:
        check_files(folder, generation.manifest, thorough=True)
        counts = {
            "paragraphs": (generation.store.count(), generation.manifest.paragraphs),
            "documents": (len(generation.store.documents), generation.manifest.documents),
            "lexical entries": (len(generation.lexical), generation.manifest.paragraphs),
            "vectors": (len(generation.vectors), generation.manifest.vectors),
            "numbers in a vector": (generation.vectors.dimension, generation.manifest.dimension),
        }
    except DamagedIndex as error:
        return [error.what]
    finally:
        generation.close()
    wrong = [f"{folder.name} has {found} {what} instead of {expected}" for what, (found, expected) in counts.items() if found != expected]
    known = {*generation.manifest.files, MANIFEST_FILE}
    extra = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and not is_lock(path)]
    return wrong + [f"{folder.name}/{name} was not published" for name in sorted(set(extra) - known)]


def verify(index: Path, store: StoreSettings = IN_FILES) -> list[str]:
    """What is wrong with the generation that answers; empty when all is as published.

    Raises:
        NoIndex, DamagedIndex: there is none, or CURRENT names none.
        UnreachableStore: parts of it lie in a Milvus that is not there.
    """
    folder = index / current_name(index)
    if problems := problems_of(folder, store):
        return problems
    generation = Generation(folder, store)
    return generation.backend.problems(generation.manifest)


def roll_back(index: Path, store: StoreSettings = IN_FILES) -> Generation:
    """Makes the previous generation the one that answers, if it is whole.

    Raises:
        NoIndex: no other generation is there.
        DamagedIndex: it is damaged too.
        IndexLocked: another process is writing.
    """
    if not any(index.glob("gen-*")):  # and nothing is made in a folder that is not a workspace
        raise NoIndex(f"there is no index in {index}", "Build it with: assistant index")
    with writing(index):
        current = previous = None
        with suppress(NoIndex, DamagedIndex):
            current = current_name(index)
            previous = read_manifest(index / current).previous
        others = [path for path in index.glob("gen-*") if path.name != current]
        if not others:
            raise NoIndex("there is no other generation to go back to", "Build one with: assistant index")
        # The newest is not always the previous one: a writer may have crashed before it named its own in CURRENT.
        for folder in sorted(others, key=lambda path: (path.name == previous, _created(path)), reverse=True):
            problems = problems_of(folder, store)
            if not problems:
                return _name(index, folder, store)
        raise DamagedIndex(problems[0], "Rebuild with: assistant index --rebuild")


def sweep(index: Path, store: StoreSettings = IN_FILES) -> None:
    """Removes all generations but the current one and its previous, and what crashed writers left behind."""
    current = Generation(index / current_name(index))
    keep = {current.folder.name, current.manifest.previous}
    for path in index.glob("gen-*"):
        if path.name not in keep:
            with suppress(AssistantError):  # a Milvus that is not there: its folder stays, and the next sweep takes both
                backend_that_wrote(path, store).remove(path)
                shutil.rmtree(path, ignore_errors=True)  # a reader on Windows may still hold it; the next sweep takes it
    for path in index.glob(f"*{UNFINISHED}"):
        path.unlink(missing_ok=True)


def backend_that_wrote(folder: Path, store: StoreSettings) -> Backend:
    """Where the parts of a generation lie; of one that has no manifest, where it would have been written.

    Raises:
        MissingExtra, UnreachableStore: a Milvus that cannot be asked.
    """
    try:
        manifest = read_manifest(folder)
    except IndexProblem:
        return backend_of(store, folder.parent)
    return backend_holding(manifest, store, folder.parent)


def _created(folder: Path) -> str:
    try:
        return read_manifest(folder).created
    except DamagedIndex:
        return ""
