"""Which files of a corpus are documents. Nothing is opened here but folders: a FIFO or a device blocks nobody.

What is no document by its name (README*, the catalogue, whatever begins with a dot) is passed over in silence. What looks
like a document and is not read all the same (a link out of the folder, a FIFO) is named, with the reason.
"""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path

from assistant.corpus.catalogue import CATALOGUE_FILE
from assistant.corpus.readers.text import UNSHOWABLE
from assistant.errors import EmptyCorpus, UnreadableDocument

_SPECIAL = {stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}


@dataclass(frozen=True, slots=True)
class Found:
    """The documents' files, sorted, and what was left out: (name inside the corpus, why)."""

    files: tuple[Path, ...]
    skipped: tuple[tuple[str, UnreadableDocument], ...] = ()


def discover(place: Path) -> Found:
    """The files of a corpus: one file, or all in a folder but README*, the catalogue and what begins with a dot.

    A folder with relevance judgements (qrels) is a BEIR set: only its corpus.jsonl is a document. A link is followed where
    it stays inside the folder and what it names is not read already, so that a loop of links ends.

    Raises:
        EmptyCorpus: nothing is there.
    """
    if place.is_file():
        return Found((place,))
    if not place.is_dir():
        wrong = "is neither a file nor a folder" if place.exists() else "does not exist"
        raise EmptyCorpus(f"{place} {wrong}", "Make it with: assistant init, or name another with --corpus.")
    if any(place.glob("qrels*")) and (place / "corpus.jsonl").is_file():
        return Found((place / "corpus.jsonl",))
    walk = _Walk(place)
    walk.folder(place)
    while walk.links:
        walk.follow(walk.links.popleft())
    return Found(tuple(sorted(walk.files)), tuple(sorted(walk.skipped, key=lambda item: item[0])))


def open_regular(path: Path) -> BufferedReader:
    """Opens a file for reading without ever waiting for a writer.

    Raises:
        OSError: it cannot be opened, or is no longer a regular file.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "not a regular file", str(path))
    return os.fdopen(descriptor, "rb")


@dataclass
class _Walk:
    """A walk through a folder. `seen` holds (device, inode) of each folder and file that is taken; `links` wait to be followed."""

    place: Path
    files: list[Path] = field(default_factory=list)
    skipped: list[tuple[str, UnreadableDocument]] = field(default_factory=list)
    links: deque[Path] = field(default_factory=deque)
    seen: set[tuple[int, int]] = field(default_factory=set)
    is_following: bool = False

    def folder(self, top: Path) -> None:
        """Takes what lies in a folder and in those below it; links are put aside, so that files keep their own names."""
        pending = [top]
        while pending:
            folder = pending.pop()
            try:
                status = folder.stat()
                entries = sorted(folder.iterdir())
            except OSError as error:
                self._skip(folder, f"cannot be opened: {error.strerror or error}", "Check its permissions.")
                continue
            if not self._is_known(folder, status):
                self.seen.add((status.st_dev, status.st_ino))
                pending += self._entries(entries)

    def _is_known(self, path: Path, status: os.stat_result) -> bool:
        """Whether a link leads to what has been taken already, which is then said. Two names without a link are two files."""
        if not self.is_following or (status.st_dev, status.st_ino) not in self.seen:
            return False
        self._skip(path, "is a link to what is read under another name", "Remove the link.")
        return True

    def _entries(self, paths: Iterable[Path]) -> list[Path]:
        """Takes the files among these; the folders are given back."""
        folders = []
        for path in paths:
            if path.name.startswith("."):
                continue
            try:
                status = path.lstat()
            except OSError as error:  # it disappeared after the folder was listed, or the name is too long for a path
                self._skip(path, f"cannot be read: {error.strerror or error}", "Check that it is still there.")
                continue
            if stat.S_ISLNK(status.st_mode):
                self.links.append(path)
            elif stat.S_ISDIR(status.st_mode):
                folders.append(path)
            else:
                self._file(path, status)
        return folders

    def follow(self, link: Path) -> None:
        """Takes what a link names, unless that lies outside, is taken already or is not there."""
        self.is_following = True
        try:
            target = Path(os.path.realpath(link, strict=True))
            status = target.stat()
        except OSError as error:
            self._skip(link, f"is a link that leads nowhere: {error.strerror or error}", "Put the document itself there.")
            return
        if not target.is_relative_to(os.path.realpath(self.place)):
            self._skip(link, "is a link out of the corpus folder", "Copy what it names into the folder.")
        elif stat.S_ISDIR(status.st_mode):
            self.folder(link)
        else:
            self._file(link, status)

    def _file(self, path: Path, status: os.stat_result) -> None:
        if path.name == CATALOGUE_FILE or path.name.upper().startswith("README"):
            return
        if self._is_known(path, status):
            return
        if stat.S_ISREG(status.st_mode):
            self.seen.add((status.st_dev, status.st_ino))
            self._document(path)
        else:
            self._skip(path, f"is {_SPECIAL.get(stat.S_IFMT(status.st_mode), 'not a file')}, not a document", "Remove it.")

    def _document(self, path: Path) -> None:
        if UNSHOWABLE.search(path.relative_to(self.place).as_posix()):
            self._skip(path, "has a name with characters that cannot be shown", "Rename it.")
        else:
            self.files.append(path)

    def _skip(self, path: Path, what: str, step: str) -> None:
        name = path.relative_to(self.place).as_posix()
        shown = ascii(name) if UNSHOWABLE.search(name) else name
        if not (path.name == CATALOGUE_FILE or path.name.upper().startswith("README")):
            self.skipped.append((shown, UnreadableDocument(f"{shown} {what}", step)))
