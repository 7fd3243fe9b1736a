"""MANIFEST.json: what a generation is made of, and what shaped it. Its first line is the checksum of all that follows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.corpus.metadata import METADATA_VERSION
from assistant.corpus.paragraphs import SPLITTER_VERSION
from assistant.errors import DamagedIndex, MismatchedIndex
from assistant.index.files import is_lock, sha256_of, write_durably

if TYPE_CHECKING:
    from assistant.index.encoder import EncoderInfo

MANIFEST_FILE = "MANIFEST.json"
FORMAT = 2
FILES = "files"
"""The kind of store that a manifest need not name."""
SMALL_FILE = 16 * 1024 * 1024
"""Bytes up to which a file is hashed whenever it is opened; larger ones once for each unseen (inode, size, time)."""

_SEEN_FILE = ".seen.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """`files` maps a path inside the generation to (size in bytes, SHA-256). `store` says where vectors and words lie that are not
    among them: {"kind": "milvus", "uri": …, "collection": …}, and never a token."""

    id: str
    created: str
    previous: str | None
    fingerprint: Mapping[str, Any]
    corpus: Mapping[str, str]
    documents: int
    paragraphs: int
    vectors: int = 0
    dimension: int = 0
    skipped: tuple[Mapping[str, str], ...] = ()
    files: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    store: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT


def fingerprint(encoder: EncoderInfo, store: str = FILES) -> dict[str, Any]:
    """All but the documents that shapes an index: encoder, splitter, metadata, lexical analysis, and another kind of store than files."""
    from assistant.index.lexical import LEXICAL_VERSION  # a look-up needs no Tantivy

    shaped = {"encoder": encoder.to_json(), "splitter": SPLITTER_VERSION, "metadata": METADATA_VERSION, "lexical": LEXICAL_VERSION}
    return shaped if store == FILES else shaped | {"store": store}


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Writes the manifest with its checksum, and makes it durable."""
    write_durably(folder / MANIFEST_FILE, _sealed(json.dumps(asdict(manifest), indent=1)[1:].encode()))


def _sealed(content: bytes) -> bytes:
    """JSON without its opening brace, preceded by the checksum of these very bytes: no change of any byte goes unseen."""
    return b'{"checksum": "%s",' % hashlib.sha256(content).hexdigest().encode() + content


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a generation.

    Raises:
        DamagedIndex: it is missing, is not what was written, or is of a newer format.
        MismatchedIndex: it is of an earlier format.
    """
    step = "Go back with: assistant rollback, or rebuild with: assistant index --rebuild"
    try:
        raw = (folder / MANIFEST_FILE).read_bytes()
    except OSError as error:
        raise DamagedIndex(f"{folder.name}/{MANIFEST_FILE} cannot be read: {error.strerror or error}", step) from None
    if raw != _sealed(raw[len(_sealed(b"")) :]):
        raise DamagedIndex(f"{folder.name}/{MANIFEST_FILE} is not what was published: its checksum differs", step)
    content = json.loads(raw)
    if content["format"] > FORMAT:
        raise DamagedIndex(
            f"{folder.name} was written by a newer version of this program", "Update it, or rebuild with: assistant index --rebuild"
        )
    if content["format"] < FORMAT:
        raise MismatchedIndex(f"{folder.name} was written by an earlier version of this program", "Build it anew with: assistant index")
    if content["id"] != folder.name:
        raise DamagedIndex(f"{folder.name}/{MANIFEST_FILE} belongs to {content['id']}", step)
    del content["checksum"]
    files = {name: (size, digest) for name, (size, digest) in content["files"].items()}
    return Manifest(**(content | {"skipped": tuple(content["skipped"]), "files": files}))


def check_fingerprint(manifest: Manifest, expected: Mapping[str, Any]) -> None:
    """Refuses an index that other parts shaped than those in use, naming the first that differs.

    Raises:
        MismatchedIndex: encoder, prefixes, splitter or lexical analysis differ.
    """
    found, wanted = _flat(manifest.fingerprint), _flat(expected)
    for name in wanted | found:
        if found.get(name) != wanted.get(name):
            raise MismatchedIndex(
                f"the index was built with {name} {_short(found.get(name))}, in use is {_short(wanted.get(name))}",
                "Build it anew with: assistant index",
            )


def _flat(fingerprint: Mapping[str, Any]) -> dict[str, object]:
    encoder = {f"encoder {name}": value for name, value in fingerprint.get("encoder", {}).items()}
    return encoder | {"store": FILES} | {name: value for name, value in fingerprint.items() if name != "encoder"}


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 24 else f"{text[:12]}…"


def hash_files(folder: Path, known: Mapping[str, tuple[int, str]] | None = None) -> dict[str, tuple[int, str]]:
    """Size and SHA-256 of every file of a generation but the manifest and lock files; of those in `known` as given."""
    found: dict[str, tuple[int, str]] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != MANIFEST_FILE and not is_lock(path):
            found[name] = (known or {}).get(name) or (path.stat().st_size, sha256_of(path))
    return found


def check_files(folder: Path, manifest: Manifest, names: tuple[str, ...] | None = None, thorough: bool = False) -> None:
    """Compares files with the manifest: all, or those whose path begins with one of `names`.

    Size always; SHA-256 of small files always, of large ones when `thorough` or not yet seen unchanged.

    Raises:
        DamagedIndex: the first file that is missing or is not what was published.
    """
    step = "Go back with: assistant rollback, or rebuild with: assistant index --rebuild"
    seen = _read_seen(folder.parent)
    fresh = dict(seen)
    for name, (size, digest) in manifest.files.items():
        if names is not None and not name.startswith(names):
            continue
        path = folder / name
        try:
            status = path.stat()
            if status.st_size != size:
                raise DamagedIndex(f"{folder.name}/{name} has {status.st_size} bytes instead of {size}", step)
            key, mark = f"{folder.name}/{name}", f"{status.st_ino} {status.st_size} {status.st_mtime_ns}"
            if (thorough or size <= SMALL_FILE or seen.get(key) != mark) and sha256_of(path) != digest:
                raise DamagedIndex(f"{folder.name}/{name} is not what was published: its checksum differs", step)
            if size > SMALL_FILE:
                fresh[key] = mark
        except OSError as error:
            raise DamagedIndex(f"{folder.name}/{name} cannot be read: {error.strerror or error}", step) from None
    if fresh != seen:
        fresh = {key: mark for key, mark in fresh.items() if (folder.parent / key).is_file()}
        with suppress(OSError):  # a read-only index is hashed again next time, and works
            write_durably(folder.parent / _SEEN_FILE, json.dumps(fresh).encode())


def _read_seen(index: Path) -> dict[str, str]:
    try:
        content = json.loads((index / _SEEN_FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
