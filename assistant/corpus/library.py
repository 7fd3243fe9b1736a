"""Changes a folder of documents as a person at the page would: adds a file, takes one out. Nothing is ever lost.

What is taken out or replaced is moved to `.removed/` beside the documents, under its name and the time; dotfiles are not documents.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import unicodedata
from pathlib import Path

from assistant.corpus.readers import SUFFIXES
from assistant.errors import UnknownReference, UsageError

REMOVED = ".removed"
_LONGEST = 150
"""Bytes of a file's name; file systems allow 255, and `.removed/` adds a time."""


def safe_name(name: str) -> str:
    """The name under which an uploaded file is kept: its last part, without control characters or a leading dot.

    Raises:
        UsageError: nothing is left of it, or it is no kind of file that is read.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(char for char in last if unicodedata.category(char)[0] != "C" and char not in '<>:"|?*').strip(" .")
    suffix = Path(kept).suffix
    stem = Path(kept).stem.encode()[: _LONGEST - len(suffix)].decode(errors="ignore").strip()
    if not stem or suffix.lower() not in SUFFIXES:
        raise UsageError(f"{last[:80]!r} is no document that can be read", f"Give one of: {', '.join(sorted(SUFFIXES))}.")
    if stem.lower().startswith("readme"):
        raise UsageError(f"{last[:80]!r} would not be read: README files are not documents", "Give it another name.")
    return stem + suffix


def add(folder: Path, file: Path, name: str) -> str:
    """Copies `file` into `folder` under its safe name, which is returned; an older file of that name is moved to `.removed/`.

    The copy takes its place in one step, so that no reader sees half of it.

    Raises:
        UsageError: its name or the folder does not allow it.
    """
    kept = safe_name(name)
    target, half = folder / kept, folder / f".{os.getpid()}-{kept}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, half)
        if target.exists():
            _set_aside(folder, target)
        half.replace(target)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise UsageError(f"{target} cannot be written: {error.strerror}", "Check the folder's permissions and free space.") from None
    return kept


def take_out(folder: Path, source: str) -> Path:
    """Moves the document's file out of the corpus and says where it lies now.

    Raises:
        UnknownReference: there is no such file in the folder.
        UsageError: it cannot be moved.
    """
    target = folder / source
    inside = target.is_file() and not target.is_symlink() and target.resolve().is_relative_to(folder.resolve())
    if not inside or any(part.startswith(".") for part in Path(source).parts):
        raise UnknownReference(f"{source!r} is no file of this corpus", "Reload the page to see what is there.")
    try:
        return _set_aside(folder, target)
    except OSError as error:
        raise UsageError(f"{source} cannot be moved: {error.strerror}", "Check the folder's permissions.") from None


def _set_aside(folder: Path, target: Path) -> Path:
    place = folder / REMOVED
    place.mkdir(exist_ok=True)
    return target.replace(place / f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S%f}-{target.name}")
