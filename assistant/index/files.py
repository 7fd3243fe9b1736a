"""Files of an index: replaced in one step, made durable, linked from generation to generation, hashed."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

UNFINISHED = ".new"
"""Suffix of a file that is being written; what a crash left of it is swept."""


def is_lock(path: Path) -> bool:
    """Whether a file only guards others; it may come and go."""
    return path.suffix == ".lock"


def link(source: Path, target: Path) -> None:
    """Makes an unchanging file one of a second folder too, without copying it where the file system has links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, as hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_durably(path: Path, content: bytes) -> None:
    """Replaces a file in one step: readers see the old bytes or the new, also after a crash."""
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}{UNFINISHED}")
    try:
        with beside.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    except BaseException:  # also an interrupt
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes a folder's entries durable, where the system lets a folder be opened (Windows does not)."""
    with suppress(PermissionError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
