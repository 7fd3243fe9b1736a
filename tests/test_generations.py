"""Generations: what damage is refused, who may write, and what stays."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from encoders import WordLengthEncoder
from workspaces import Place, said

from assistant.errors import DamagedIndex, IndexLocked, IndexProblem, MismatchedIndex, NoIndex
from assistant.index import generations
from assistant.index.generations import current_name, open_current, roll_back, verify, writing
from assistant.index.manifest import fingerprint

pytestmark = pytest.mark.usefixtures("reading_here")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A workspace whose one generation says "First edition." """
    made = Place(tmp_path)
    made.build("First edition.", "Another thing.")
    return made


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test cuts the power: waiting for the disk would only take time."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def damages(content: bytes) -> Iterator[tuple[str, bytes | None]]:
    """What a disk may do to a file; None: it is gone."""
    yield "missing", None
    yield "longer", content + b"\0"
    if content:
        middle = len(content) // 2
        yield "truncated", content[:middle]
        yield "empty", b""
        yield "one bit", content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        yield "zeroed", bytes(len(content))


def test_any_damage_to_any_file_is_refused_by_name(place: Place) -> None:
    """Each file truncated, emptied, zeroed, longer, with one bit changed or gone: refused when it is opened, and by verify."""
    folder = place.index / current_name(place.index)
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"]
    assert {"0001.flat", "0001.rows", "gone", "paragraphs.sqlite", "MANIFEST.json", "meta.json"} < {path.name for path in files}
    for path in files:
        content, name = path.read_bytes(), f"{folder.name}/{path.relative_to(folder).as_posix()}"
        for kind, damaged in damages(content):
            if damaged is None:
                path.unlink()
            else:
                path.write_bytes(damaged)
            with pytest.raises(DamagedIndex) as caught:
                said(open_current(place.index))
            assert caught.value.what.startswith(name), (kind, caught.value)
            assert "assistant rollback" in caught.value.step
            assert verify(place.index)[0].startswith(name), kind
        path.write_bytes(content)
    assert verify(place.index) == []
    assert said(open_current(place.index))[0] == ["First edition.", "Another thing."]


def test_only_the_part_that_is_used_is_opened(place: Place) -> None:
    """A look-up reads paragraphs although the vectors are damaged; a search does not."""
    vectors = place.index / current_name(place.index) / "vectors" / "0001.flat"
    vectors.write_bytes(b"")
    generation = open_current(place.index)
    assert generation.store.count() == 2
    assert len(generation.lexical) == 2
    with pytest.raises(DamagedIndex, match=r"vectors/0001\.flat has 0 bytes"):
        _ = generation.vectors


def test_verify_names_what_was_not_published(place: Place) -> None:
    """A file that is too many is named, and the locks that Tantivy makes are not."""
    folder = place.index / current_name(place.index)
    (folder / "lexical" / "extra").write_bytes(b"")
    (folder / "lexical" / "x.lock").write_bytes(b"")
    assert verify(place.index) == [f"{folder.name}/lexical/extra was not published"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (None, NoIndex),
        (b"", DamagedIndex),
        (b"\n", DamagedIndex),
        (b"\xff\xfe", DamagedIndex),
        (b"garbage", DamagedIndex),
        (b"../x", DamagedIndex),
        (b"gen-1/../../x", DamagedIndex),
        (b"gen-" + b"x" * 100, DamagedIndex),
        (b"gen-a\ngen-b", DamagedIndex),
        (b"gen-not-there", DamagedIndex),
    ],
)
def test_a_damaged_current_is_refused_and_mended(place: Place, content: bytes | None, error: type[IndexProblem]) -> None:
    """Whatever CURRENT holds, it is refused with the next step, never followed out of the folder; a build makes it good."""
    (place.index / "CURRENT").unlink()
    if content is not None:
        (place.index / "CURRENT").write_bytes(content)
    for look in (open_current, verify):
        if look is verify and content == b"gen-not-there":
            assert "gen-not-there/MANIFEST.json cannot be read" in verify(place.index)[0]
            continue
        with pytest.raises(error, match="assistant index"):
            look(place.index)
    place.build()
    assert said(open_current(place.index)) == (["First edition.", "Another thing."], 2, [0])


def test_there_is_no_index_yet(tmp_path: Path) -> None:
    """Opening, verifying and rolling back in an empty folder say so and make nothing."""
    for look in (open_current, verify, roll_back):
        with pytest.raises(NoIndex, match="Build it with: assistant index"):
            look(tmp_path / "index")
    assert list(tmp_path.iterdir()) == []


def test_an_index_of_another_encoder_is_refused(place: Place) -> None:
    """With the fingerprint of what is in use, an index of another revision is not opened."""
    assert open_current(place.index, fingerprint(WordLengthEncoder().info)).id == current_name(place.index)
    with pytest.raises(MismatchedIndex, match="encoder revision '1', in use is '2'"):
        open_current(place.index, fingerprint(WordLengthEncoder(revision="2").info))


def test_a_second_writer_is_refused_at_once(place: Place) -> None:
    """While another process writes, building and rolling back are refused, and reading is not; afterwards they work."""
    program = (
        f"import sys\nfrom pathlib import Path\nfrom assistant.index.generations import writing\n"
        f"with writing(Path({str(place.index)!r})):\n    print('held', flush=True)\n    sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        before = sorted(path.name for path in place.index.iterdir())
        for change in (lambda: place.build("Second edition."), lambda: roll_back(place.index)):
            with pytest.raises(IndexLocked, match="another process is writing"):
                change()
        assert sorted(path.name for path in place.index.iterdir()) == before
        assert said(open_current(place.index))[0] == ["First edition.", "Another thing."]
        other.communicate("")
    place.build("Second edition.")
    assert said(open_current(place.index))[0] == ["Second edition."]


def test_the_lock_is_given_back(place: Place) -> None:
    """After a writer that failed another may write; within one process too there is only one."""
    with pytest.raises(KeyError), writing(place.index):
        raise KeyError
    with writing(place.index), pytest.raises(IndexLocked):
        place.build("Second edition.")
    with writing(place.index):
        pass


def test_an_index_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    """Where the folder cannot be made, building is refused by name."""
    (tmp_path / "index").write_text("a file", encoding="utf-8")
    with pytest.raises(IndexProblem, match=r"index cannot be written: .*Check its permissions"):
        Place(tmp_path).build("First edition.")


def test_what_cannot_be_verified_is_not_published(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk gives back other bytes than were written, CURRENT stays, and the attempt is removed."""
    before = current_name(place.index)
    hashed = generations.check_files

    def check(folder: Path, *arguments: Any, **named: Any) -> None:
        if folder.name != before:
            vectors = bytearray((folder / "vectors" / "0001.flat").read_bytes())
            vectors[-1] ^= 1
            (folder / "vectors" / "0001.flat").write_bytes(vectors)
        hashed(folder, *arguments, **named)

    monkeypatch.setattr(generations, "check_files", check)
    with pytest.raises(DamagedIndex, match=r"could not be verified: .*vectors/0001\.flat is not what was published.*old one is untouched"):
        place.build("Second edition.")
    assert current_name(place.index) == before
    assert place.generations() == [before]


def test_roll_back_and_forward(place: Place) -> None:
    """Rolling back makes the previous generation answer, again forward the other; a build follows the documents."""
    place.build("Second edition.")
    assert said(roll_back(place.index)) == (["First edition.", "Another thing."], 2, [0])
    assert said(open_current(place.index))[0] == ["First edition.", "Another thing."]
    assert said(roll_back(place.index))[0] == ["Second edition."]
    roll_back(place.index)
    report = place.build()
    assert report.changed
    assert said(open_current(place.index))[0] == ["Second edition."]


def test_roll_back_without_a_whole_generation(place: Place) -> None:
    """With no other generation, or a damaged one, rolling back is refused and CURRENT stays."""
    with pytest.raises(NoIndex, match="no other generation"):
        roll_back(place.index)
    place.build("Second edition.")
    before = current_name(place.index)
    (other,) = set(place.generations()) - {before}
    (place.index / other / "vectors" / "0001.flat").write_bytes(b"")
    with pytest.raises(DamagedIndex, match=f"{other}/vectors/0001.flat .*assistant index --rebuild"):
        roll_back(place.index)
    assert current_name(place.index) == before


def test_roll_back_from_a_damaged_generation(place: Place) -> None:
    """Damage to the manifest or to CURRENT itself does not stand in the way back."""
    first = current_name(place.index)
    place.build("Second edition.")
    (place.index / current_name(place.index) / "MANIFEST.json").write_bytes(b"")
    assert roll_back(place.index).id == first
    (place.index / "CURRENT").write_bytes(b"garbage")
    assert roll_back(place.index).id == first
    assert said(open_current(place.index))[0] == ["First edition.", "Another thing."]


def test_roll_back_goes_to_the_previous_not_to_what_was_never_published(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole generation of a writer that crashed before it named it in CURRENT is newer, and is not gone back to."""
    first = current_name(place.index)
    second = place.build("Second edition.").generation
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", lambda *_, **__: None)  # as if killed before
        patch.setattr(generations, "write_durably", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(IndexProblem, match="No space left on device"):
            place.build("Third edition.")
    assert len(place.generations()) == 3
    assert current_name(place.index) == second
    assert roll_back(place.index).id == first


def test_two_generations_are_kept(place: Place) -> None:
    """After each publication the current and the previous generation remain; what crashes left is gone, other files are not."""
    (place.index / "README.md").write_text("about", encoding="utf-8")
    names = [current_name(place.index)]
    for number in range(3):
        (place.index / "gen-crashed" / "lexical").mkdir(parents=True)
        (place.index / "CURRENT.0.new").write_bytes(b"gen")
        names.append(place.build(f"Edition {number}.").generation)
        assert place.generations() == sorted(names[-2:])
        assert open_current(place.index).manifest.previous == names[-2]
    assert sorted(path.name for path in place.index.iterdir() if not path.name.startswith("gen-")) == ["CURRENT", "LOCK", "README.md"]


def test_readers_keep_their_generation(place: Place) -> None:
    """Through 20 publications each reader goes on with what it opened, in any thread, long after it was swept."""
    readers = [open_current(place.index)]
    expected = [said(readers[0])]
    for number in range(20):
        place.build(f"Edition number {number}.", "Another thing.", *["An edition more."] * (number % 3))
        readers.append(open_current(place.index))
        expected.append(said(readers[-1]))
    assert len({str(texts) for texts, _, _ in expected}) == 21
    assert len(place.generations()) == 2
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(said, readers)) == expected
    assert [len(texts) for texts, _, _ in expected[1:4]] == [2, 3, 4]


def test_a_reader_that_comes_while_its_generation_is_swept_takes_the_next(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between reading CURRENT and opening what it names, two publications may pass."""
    named = iter(["gen-swept-meanwhile", "gen-swept-too"])
    look = generations.current_name
    monkeypatch.setattr(generations, "current_name", lambda index: next(named, None) or look(index))
    assert said(open_current(place.index))[0] == ["First edition.", "Another thing."]
