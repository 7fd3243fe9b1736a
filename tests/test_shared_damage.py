"""Damage to a file that generations share: refused by name in both, the next step told, and mended by building anew."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from encoders import WordLengthEncoder
from test_build_onto import linked, searching, texts
from workspaces import Corpus

from assistant import Assistant
from assistant.cli import main
from assistant.errors import DamagedIndex
from assistant.index import manifest, plan
from assistant.index.build import build
from assistant.index.generations import Generation, open_current, roll_back, verify
from assistant.settings import ReaderSettings, Settings

if TYPE_CHECKING:
    from assistant.index.encoder import Encoder

pytestmark = pytest.mark.usefixtures("reading_here")

CHANGED = "Pilots sail at noon."
QUESTION = "Pilots sail at noon?"


@pytest.fixture(autouse=True)
def _onto(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few paragraphs there are, a build adds to the last generation; and no test cuts the power."""
    monkeypatch.setattr(plan, "SMALL", 0)
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Two generations, the second onto the first: twelve documents, then one of them with another paragraph."""
    made = Corpus(tmp_path)
    chance = random.Random(3)
    for number in range(12):
        made.write(f"{number:02d}.txt", *texts(chance, 5))
    made.build(WordLengthEncoder(window=8))
    change(made)
    return made


def change(corpus: Corpus, number: int = 7) -> None:
    """Changes a document, and builds."""
    corpus.write(f"{number:02d}.txt", CHANGED)
    corpus.build(WordLengthEncoder(window=8))


def shared(index: Path) -> tuple[Generation, Generation, list[str]]:
    """The generation before, the one that answers, and the files that both have."""
    now = open_current(index)
    assert now.manifest.previous
    before = Generation(index / now.manifest.previous)
    return before, now, sorted(linked(before, now))


def held(corpus: Corpus) -> dict[str, tuple[str, ...]]:
    """The paragraphs of each document, of an index that is whole."""
    assert verify(corpus.settings.index) == []
    store = corpus.current().store
    return {document.id: tuple(each.text for each in store.document_paragraphs(document.id)) for document in store.documents}


def flip(path: Path) -> None:
    """One bit of a file, in place; neither its size nor its time gives it away."""
    status = path.stat()
    content = bytearray(path.read_bytes())
    at = content.find(CHANGED.encode())  # of the paragraphs a letter, else the middle
    content[at if at > 0 else len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


DAMAGES: dict[str, Callable[[Path], object]] = {
    "one bit": flip,
    "zeroed": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "truncated": lambda path: os.truncate(path, path.stat().st_size // 2),
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_shared_file_is_refused_in_both_and_mended_by_a_build(corpus: Corpus, kind: str) -> None:
    """Each shared file: no question is answered from it, verify and rollback name it, each in its generation, CURRENT stays, and the
    next build makes from the documents what there was."""
    expected = held(corpus)
    before, now, names = shared(corpus.settings.index)
    assert {name.partition("/")[0] for name in names} == {"vectors", "lexical"}
    for name in names:
        content = (now.folder / name).read_bytes()
        DAMAGES[kind](now.folder / name)
        with pytest.raises(DamagedIndex) as caught:
            searching(corpus.settings).search(QUESTION)
        assert caught.value.what.startswith(f"{now.id}/{name} ")
        assert verify(corpus.settings.index) == [caught.value.what]
        with pytest.raises(DamagedIndex, match="Rebuild with: assistant index --rebuild") as caught:
            roll_back(corpus.settings.index)
        assert caught.value.what.startswith(f"{before.id}/{name} ")
        assert corpus.current().id == now.id
        if name != names[-1]:
            (now.folder / name).write_bytes(content)
    corpus.build(WordLengthEncoder(window=8))
    assert held(corpus) == expected
    assert searching(corpus.settings).search(QUESTION, top=1)[0].paragraph.text == CHANGED
    assert corpus.current().manifest.previous is None


def test_a_file_lost_from_one_generation_is_in_the_other(corpus: Corpus) -> None:
    """A link that is removed leaves the file to the other generation: rolling back works, and building goes forward again."""
    before, now, names = shared(corpus.settings.index)
    expected = held(corpus)
    (now.folder / names[0]).unlink()
    assert verify(corpus.settings.index)[0].startswith(f"{now.id}/{names[0]} cannot be read")
    assert roll_back(corpus.settings.index).id == before.id
    assert len(held(corpus)["07"]) == 5
    corpus.build(WordLengthEncoder(window=8))
    assert held(corpus) == expected


@pytest.mark.parametrize("name", ["paragraphs.sqlite", "vectors/0001.flat"])
@pytest.mark.parametrize("most_gone", [0.9, 0.0], ids=["onto", "whole"])
def test_damage_that_no_time_shows_is_never_built_upon(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, name: str, most_gone: float
) -> None:
    """A bit of a large file that was hashed before: verify names it, a build that would link or copy it is refused by its name, and
    --rebuild makes it good. Copied unseen, it would have got a checksum that fits."""
    monkeypatch.setattr(manifest, "SMALL_FILE", 0)
    monkeypatch.setattr(plan, "MOST_GONE", most_gone)
    expected, now = held(corpus), corpus.current()
    flip(now.folder / name)
    assert open_current(corpus.settings.index).store.count() == sum(map(len, expected.values()))  # nothing shows it
    what = f"{now.id}/{name} is not what was published: its checksum differs"
    assert verify(corpus.settings.index) == [what]
    corpus.write("03.txt", "Tugs wait.")
    with pytest.raises(DamagedIndex, match=r"assistant index --rebuild") as caught:
        corpus.build(WordLengthEncoder(window=8))
    assert Path(name).name in caught.value.what
    assert corpus.current().id == now.id
    assert len(list(corpus.settings.index.glob("gen-*"))) == 2
    corpus.build(WordLengthEncoder(window=8), rebuild=True)
    assert held(corpus) == expected | {"03": ("Tugs wait.",)}


def test_the_commands_say_what_to_do(corpus: Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    """As a person types them, each of `verify`, `rollback` and `ask` ends with 3 and one line that names the file and the next step."""
    before, now, names = shared(corpus.settings.index)
    name = next(name for name in names if name.endswith(".flat"))
    flip(now.folder / name)
    for command, generation, step in (("verify", now, "assistant rollback"), ("rollback", before, "assistant index --rebuild")):
        assert main([command, "--workspace", str(corpus.settings.workspace)]) == 3
        out, err = capsys.readouterr()
        assert (out, len(err.splitlines())) == ("", 1)
        assert f"{generation.id}/{name} is not what was published" in err
        assert step in err


def test_a_damaged_encoder_is_damage_to_both_and_made_anew(workspace: Path, encoder: Encoder, tmp_path: Path) -> None:
    """The encoder that generations carry and share: no question is encoded by it, rollback is refused by its name, and a build that
    goes on from there exports it again."""
    for part in ("corpus", "index"):
        shutil.copytree(workspace / part, tmp_path / part)
    (tmp_path / "corpus" / "more.txt").write_text(f"1. {CHANGED}\n", encoding="utf-8")
    settings = Settings(workspace=tmp_path, reader=ReaderSettings(name="similarity"))
    build(settings, loader=lambda: encoder)
    before, now, names = shared(tmp_path / "index")
    assert "encoder.onnx" in names
    flip(now.folder / "encoder.onnx")
    assert verify(tmp_path / "index") == [f"{now.id}/encoder.onnx is not what was published: its checksum differs"]
    with pytest.raises(DamagedIndex, match=f"{before.id}/encoder.onnx .*assistant index --rebuild"):
        roll_back(tmp_path / "index")
    build(settings, rebuild=True, loader=lambda: encoder)
    assert verify(tmp_path / "index") == []
    assert Assistant(settings).search(QUESTION, top=1)[0].paragraph.text == CHANGED
