"""The manifest: a round trip, the refusal of any change, fingerprints that name what differs, and durable writing."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.errors import DamagedIndex, MismatchedIndex
from assistant.index import manifest as module
from assistant.index.encoder import EncoderInfo
from assistant.index.files import sha256_of, write_durably
from assistant.index.manifest import (
    FORMAT,
    Manifest,
    check_files,
    check_fingerprint,
    fingerprint,
    hash_files,
    read_manifest,
    write_manifest,
)

ENCODER = EncoderInfo("all-MiniLM-L6-v2", "5" * 64, "", "")
MANIFEST = Manifest(
    id="gen-1",
    created="2024-01-01T00:00:00.000000+00:00",
    previous="gen-0",
    fingerprint=fingerprint(ENCODER),
    corpus={"place": "/somewhere/corpus", "sha256": "c" * 64},
    documents=2,
    paragraphs=3,
    vectors=4,
    dimension=384,
    skipped=({"source": "brök\udcff.txt", "reason": "it is empty"},),
    files={"vectors": (3, "a" * 64), "lexical/meta.json": (0, "b" * 64)},
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A generation's folder with MANIFEST in it."""
    place = tmp_path / "gen-1"
    place.mkdir()
    write_manifest(place, MANIFEST)
    return place


def test_a_manifest_is_read_as_written(folder: Path) -> None:
    """Every field comes back, file names in any bytes included; the file is JSON and nothing is left beside it."""
    assert read_manifest(folder) == MANIFEST
    assert [path.name for path in folder.iterdir()] == ["MANIFEST.json"]
    assert json.loads((folder / "MANIFEST.json").read_bytes())["documents"] == 2


def test_any_change_of_any_byte_is_refused(folder: Path) -> None:
    """One bit flipped at every place, white space included: refused with the next step."""
    path = folder / "MANIFEST.json"
    good = path.read_bytes()
    for at in range(len(good)):
        path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        with pytest.raises(DamagedIndex, match=r"gen-1/MANIFEST\.json is not what was published.*assistant rollback.*--rebuild"):
            read_manifest(folder)
    path.write_bytes(good)
    assert read_manifest(folder) == MANIFEST


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.integers(0, 2000), st.integers(0, 2000))
def test_foreign_bytes_are_refused(folder: Path, foreign: bytes, start: int, end: int) -> None:
    """Whatever is written over any stretch of a manifest, or in its place, is refused and nothing else is raised."""
    path = folder.parent / "written" / "MANIFEST.json"
    if not path.parent.exists():
        shutil.copytree(folder, path.parent)
    good = (folder / "MANIFEST.json").read_bytes()
    for bad in (foreign, good[:start] + foreign + good[end:]):
        if bad != good:
            path.write_bytes(bad)
            with pytest.raises(DamagedIndex, match="is not what was published"):
                read_manifest(path.parent)


def test_a_missing_manifest_is_damage(tmp_path: Path) -> None:
    """A generation without a manifest, or none at all, is named."""
    with pytest.raises(DamagedIndex, match=r"gen-9/MANIFEST\.json cannot be read: No such file"):
        read_manifest(tmp_path / "gen-9")


def test_another_format_is_refused(folder: Path) -> None:
    """What another version wrote is not guessed at: a newer program reads the one, a build replaces the other."""
    write_manifest(folder, replace(MANIFEST, format=FORMAT + 1))
    with pytest.raises(DamagedIndex, match=r"gen-1 was written by a newer version of this program\. Update it"):
        read_manifest(folder)
    write_manifest(folder, replace(MANIFEST, format=FORMAT - 1))
    with pytest.raises(MismatchedIndex, match=r"gen-1 was written by an earlier version of this program\. Build it anew"):
        read_manifest(folder)


def test_a_manifest_of_another_generation_is_refused(folder: Path) -> None:
    """A manifest that was copied or whose folder was renamed does not vouch for the folder."""
    folder.rename(folder.with_name("gen-2"))
    with pytest.raises(DamagedIndex, match=r"gen-2/MANIFEST\.json belongs to gen-1"):
        read_manifest(folder.with_name("gen-2"))


def test_the_fingerprint_holds_what_shapes_an_index() -> None:
    """Encoder with revision and prefixes, splitter, metadata and lexical analysis; the same parts agree, also when read again."""
    found = fingerprint(ENCODER)
    assert set(found) == {"encoder", "splitter", "metadata", "lexical"}
    assert set(found["encoder"]) == {"name", "revision", "query_prefix", "document_prefix", "normalised"}
    check_fingerprint(replace(MANIFEST, fingerprint=json.loads(json.dumps(found))), found)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"encoder": {"name": "other"}}, "encoder name 'all-MiniLM-L6-v2', in use is 'other'"),
        ({"encoder": {"revision": "6" * 64}}, "encoder revision '55555555555…, in use is '66666666666…"),
        ({"encoder": {"query_prefix": "query: "}}, "encoder query_prefix '', in use is 'query: '"),
        ({"encoder": {"document_prefix": "passage: "}}, "encoder document_prefix '', in use is 'passage: '"),
        ({"encoder": {"normalised": False}}, "encoder normalised True, in use is False"),
        ({"splitter": "99"}, "splitter '.*', in use is '99'"),
        ({"metadata": "99"}, "metadata '.*', in use is '99'"),
        ({"lexical": "99"}, "lexical '.*', in use is '99'"),
        ({"unheard of": "1"}, "unheard of None, in use is '1'"),
    ],
)
def test_an_index_of_other_parts_is_refused(changed: dict[str, Any], says: str) -> None:
    """A mismatch names the part, what the index has, what is in use, and the command that mends it."""
    expected = fingerprint(ENCODER)
    expected |= {name: expected[name] | value if isinstance(value, dict) else value for name, value in changed.items()}
    with pytest.raises(MismatchedIndex, match=f"the index was built with {says}. Build it anew with: assistant index$"):
        check_fingerprint(MANIFEST, expected)


def test_files_are_compared_with_the_manifest(folder: Path) -> None:
    """All files but the manifest and locks are hashed, in folders too; only those asked for are compared."""
    (folder / "lexical").mkdir()
    (folder / "lexical" / "a.lock").write_bytes(b"")
    (folder / "lexical" / "meta.json").write_bytes(b"{}")
    (folder / "vectors").write_bytes(b"abc")
    files = hash_files(folder)
    assert files == {
        "lexical/meta.json": (2, "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"),
        "vectors": (3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    }
    held = replace(MANIFEST, files=files)
    check_files(folder, held)
    (folder / "vectors").write_bytes(b"abd")
    check_files(folder, held, ("lexical/",))
    with pytest.raises(DamagedIndex, match="gen-1/vectors is not what was published: its checksum differs"):
        check_files(folder, held)


def test_a_large_file_is_hashed_once_until_it_changes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large file is hashed when first seen, when its time or size changed, and whenever the check is thorough."""
    hashed: list[str] = []
    monkeypatch.setattr(module, "SMALL_FILE", 2)
    monkeypatch.setattr(module, "sha256_of", lambda path: (hashed.append(path.name), sha256_of(path))[1])
    vectors = folder / "vectors"
    vectors.write_bytes(b"abc")
    held = replace(MANIFEST, files={"vectors": (3, sha256_of(vectors))})
    check_files(folder, held)
    check_files(folder, held)
    assert hashed == ["vectors"]
    status = vectors.stat()
    vectors.write_bytes(b"abd")
    os.utime(vectors, ns=(status.st_atime_ns, status.st_mtime_ns))
    check_files(folder, held)  # what no time gives away is found by verify
    with pytest.raises(DamagedIndex):
        check_files(folder, held, thorough=True)
    os.utime(vectors, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    for _ in range(2):  # a damaged file is never remembered as seen
        with pytest.raises(DamagedIndex):
            check_files(folder, held)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"gen-1/vectors": 3}', b"\xff"])
def test_what_was_seen_is_only_a_memory(folder: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Without a readable memory of seen files all is hashed again, and files of generations that are gone are forgotten."""
    monkeypatch.setattr(module, "SMALL_FILE", 2)
    seen = folder.parent / ".seen.json"
    (folder / "vectors").write_bytes(b"abc")
    held = replace(MANIFEST, files={"vectors": (3, sha256_of(folder / "vectors"))})
    seen.write_bytes(content)
    check_files(folder, held)
    seen.write_bytes(json.dumps({"gen-0/vectors": "1 2 3"}).encode())
    check_files(folder, held)
    assert list(json.loads(seen.read_bytes())) == ["gen-1/vectors"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("name", ["fsync", "replace"])
def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, error: BaseException) -> None:
    """A full disk or an interrupt leaves the old content, and nothing beside it."""
    path = tmp_path / "CURRENT"
    write_durably(path, b"old")

    def fail(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(os, name, fail)
        with pytest.raises(type(error)):
            write_durably(path, b"new")
    assert path.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["CURRENT"]
    write_durably(path, b"new")
    assert path.read_bytes() == b"new"
