"""The encoder that an index carries: the same vectors as torch, stored once, checked like every file, and done without where need be."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from encoders import WordLengthEncoder
from hypothesis import given, settings
from hypothesis import strategies as st
from workspaces import Place

from assistant import Assistant
from assistant.cli import main
from assistant.errors import DamagedIndex
from assistant.index import onnx_export
from assistant.index.build import build
from assistant.index.encoder import Encoder, TextKind, load
from assistant.index.files import sha256_of
from assistant.index.generations import Generation, open_current, roll_back, verify
from assistant.index.onnx_encoder import OnnxEncoder
from assistant.settings import Settings

KINDS: tuple[TextKind, ...] = ("query", "document")
TEXTS = [
    "",
    " ",
    ".",
    "What did the Chair say about stakeholders?",
    "  Spaces \t and\nlines  ",
    "DÉLÉGATION, Ångström, ﬁn, İstanbul",
    "норма 规范 نظم 🙂 \u200b\u0000\ufffd",
    "antidisestablishmentarianism" * 40,
    "the report of the Secretary-General " * 300,
    "word " * 253,
    "word " * 254,
    "word " * 255,
]


class Built:
    """A workspace of one document whose encoder is a small model."""

    def __init__(self, folder: Path, model: Path, **encoder: str) -> None:
        self.settings = Settings(workspace=folder, encoder={"name": str(model), **encoder})  # type: ignore[arg-type]  # pydantic reads it
        self.settings.corpus.mkdir()
        self.build("The chair thanked all.", "Ships may sail on.")

    def build(self, *texts: str, **more: Any) -> Generation:
        """Writes the document, builds, and opens what was published."""
        text = "\n\n".join(f"{number}. {text}" for number, text in enumerate(texts, 1))
        (self.settings.corpus / "a.txt").write_text(text, encoding="utf-8")
        build(self.settings, **more)
        return self.current()

    def current(self) -> Generation:
        """The generation that answers."""
        return open_current(self.settings.index)


@pytest.fixture
def copy(tiny: Path, tmp_path: Path) -> Path:
    """A copy of the small model to be changed."""
    shutil.copytree(tiny, tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def place(tiny: Path, tmp_path: Path) -> Built:
    """A workspace that was built once."""
    (tmp_path / "place").mkdir()
    return Built(tmp_path / "place", tiny)


@pytest.fixture(scope="module")
def carried(workspace: Path) -> OnnxEncoder:
    """The packaged encoder as the index of the shipped document carries it."""
    found = open_current(Settings(workspace=workspace).index).encoder
    assert found is not None
    return found


def cosines(one: Any, other: Any, texts: list[str], kind: TextKind = "query") -> Any:
    """Of each text's two vectors."""
    return np.sum(one.encode(texts, kind=kind) * other.encode(texts, kind=kind), axis=1, dtype=np.float64)


@pytest.mark.parametrize("kind", KINDS)
def test_vectors_are_those_of_torch(encoder: Encoder, carried: OnnxEncoder, kind: TextKind) -> None:
    """Empty, accented, foreign and overlong texts, and those that fill the window to a word, have the same vectors."""
    vectors = carried.encode(TEXTS, kind=kind)
    assert (vectors.shape, vectors.dtype, carried.dimension) == ((len(TEXTS), 384), np.float32, 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-6)
    assert cosines(encoder, carried, TEXTS, kind).min() > 0.999999
    assert carried.encode([], kind=kind).shape == (0, 384)


@settings(max_examples=25)
@given(st.lists(st.text(max_size=200), min_size=1, max_size=6))
def test_any_texts_have_the_vectors_of_torch(encoder: Encoder, carried: OnnxEncoder, texts: list[str]) -> None:
    """Whatever the letters, a text has its own vector, in its place, and to the last bit the same in any company."""
    assert cosines(encoder, carried, texts).min() > 0.999
    assert carried.encode(texts, kind="query")[-1].tolist() == carried.encode(texts[-1:], kind="query")[0].tolist()


def test_threads_share_a_carried_encoder(carried: OnnxEncoder) -> None:
    """Several at once get the vectors that each would get alone."""
    texts = TEXTS[:6] * 4
    alone = [carried.encode([text], kind="query")[0] for text in texts]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda text: carried.encode([text], kind="query")[0], texts))
    assert np.array(together).tolist() == np.array(alone).tolist()


def test_a_build_stores_it_and_the_manifest_covers_it(workspace: Path) -> None:
    """Size and SHA-256 of both files are published, and the index is whole with them."""
    generation = open_current(Settings(workspace=workspace).index)
    for name in ("encoder.onnx", "tokenizer.json"):
        path = generation.folder / name
        assert generation.manifest.files[name] == (path.stat().st_size, sha256_of(path))
    assert verify(Settings(workspace=workspace).index) == []


def test_a_question_is_answered_without_torch(workspace: Path) -> None:
    """A new process that answers in quote mode imports neither torch nor transformers; its passages are as torch finds them."""
    program = (
        "import sys; from assistant import Assistant; from assistant.settings import load;"
        f"answer = Assistant(load({str(workspace)!r})).ask('What did the Chair say about stakeholders?');"
        "print(answer.status, answer.passages[0].paragraph.label);"
        "print({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules), 'onnxruntime' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["answered 7", "set() True"]


def test_prompts_and_prefixes_are_put_before_a_text(copy: Path, tmp_path: Path) -> None:
    """The model's own prompts, and a prefix of the settings in their place, count as they do in torch, by kind."""
    (copy / "config_sentence_transformers.json").write_text(
        json.dumps({"model_type": "SentenceTransformer", "prompts": {"query": "ask: ", "passage": "say: "}}), encoding="utf-8"
    )
    for name, prefix in (("own", {}), ("prefix", {"query_prefix": "chair "})):
        (tmp_path / name).mkdir()
        place = Built(tmp_path / name, copy, **prefix)
        other = place.current().encoder
        assert other is not None
        for kind in KINDS:
            assert cosines(load(place.settings.encoder), other, ["abc", "the chair " * 30], kind).min() > 0.999999
        query, document = other.encode(["abc"], kind="query")[0], other.encode(["abc"], kind="document")[0]
        assert query @ document < 0.9999


def test_the_first_token_may_be_the_vector(copy: Path, tmp_path: Path) -> None:
    """A model that pools by its first token, with no module that normalises, is carried too."""
    pooling = json.loads((copy / "1_Pooling" / "config.json").read_text(encoding="utf-8"))
    (copy / "1_Pooling" / "config.json").write_text(json.dumps(pooling | {"pooling_mode": "cls"}), encoding="utf-8")
    (tmp_path / "cls").mkdir()
    place = Built(tmp_path / "cls", copy)
    other = place.current().encoder
    assert other is not None
    assert cosines(load(place.settings.encoder), other, ["abc", "the chair " * 30, ""]).min() > 0.999999


def test_the_next_build_links_it(place: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed paragraph exports nothing: the files are the same on disk, and outlive the generation they came from."""
    first = place.current()
    monkeypatch.setattr(onnx_export, "export", lambda _: pytest.fail("exported again"))
    second = place.build("The chair thanked all.", "Ships sail.")
    third = place.build("Ships sail.")  # nothing is embedded, and no encoder loaded
    for name in ("encoder.onnx", "tokenizer.json"):
        assert (second.folder / name).samefile(third.folder / name)
        assert third.manifest.files[name] == first.manifest.files[name]
    assert not first.folder.exists()
    assert verify(place.settings.index) == []
    assert roll_back(place.settings.index).encoder is not None


def test_without_links_it_is_copied(place: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that has no hard links gets a second copy."""

    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    first = place.current()
    monkeypatch.setattr(onnx_export, "export", lambda _: pytest.fail("exported again"))
    monkeypatch.setattr(os, "link", refuse)
    second = place.build("Ships sail.")
    assert not (second.folder / "encoder.onnx").samefile(first.folder / "encoder.onnx")
    assert second.manifest.files["encoder.onnx"] == first.manifest.files["encoder.onnx"]
    assert second.encoder is not None


def test_generations_share_an_open_encoder(place: Built) -> None:
    """What the next generation carries unchanged is not opened again while the one before is in use."""
    first = place.current()
    assert first.encoder is not None
    assert place.build("Ships sail.").encoder is first.encoder


def test_another_encoder_or_a_rebuild_exports_again(place: Built) -> None:
    """What other prefixes gave is not linked, and neither is anything when all is built anew."""
    first = place.current()
    assert first.encoder is not None
    place.settings = place.settings.model_copy(update={"encoder": place.settings.encoder.model_copy(update={"query_prefix": "chair "})})
    second = place.build("Ships sail.")
    third = place.build("Ships sail.", rebuild=True)
    assert first.manifest.files["encoder.onnx"] != second.manifest.files["encoder.onnx"]
    assert not (second.folder / "encoder.onnx").samefile(third.folder / "encoder.onnx")
    assert third.encoder is not None
    assert first.encoder.encode(["abc"], kind="query")[0] @ third.encoder.encode(["abc"], kind="query")[0] < 0.9999


@pytest.mark.parametrize("name", ["encoder.onnx", "tokenizer.json"])
def test_a_flipped_byte_is_refused(place: Built, name: str) -> None:
    """A damaged file is named when a question is asked and by verify, with the commands that mend it; a look-up still works."""
    path = place.current().folder / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assistant = Assistant(place.settings)
    with pytest.raises(DamagedIndex, match=rf"/{name} is not what was published.*assistant index --rebuild"):
        assistant.search("ships")
    assert verify(place.settings.index)[0].endswith(f"/{name} is not what was published: its checksum differs")
    assert assistant.show("a#1").paragraph.text == "The chair thanked all."
    assert place.build("Ships sail.").encoder is not None


def test_what_no_runtime_reads_is_damaged() -> None:
    """Contents that are neither a model nor a tokenizer are refused with the command that mends it."""
    with pytest.raises(DamagedIndex, match=r"encoder\.onnx cannot be read: .*Rebuild it: assistant index --rebuild"):
        OnnxEncoder(b"not a model", b"{}", WordLengthEncoder().info)


def test_without_onnx_runtime_torch_answers(place: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not installed a carried encoder is left alone, and a question finds the same with the same scores."""
    with_runtime = Assistant(place.settings).search("ships sail")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assistant = Assistant(place.settings)
    without = assistant.search("ships sail")
    assert assistant.generation().encoder is None
    assert type(assistant.encoder()).__name__ == "SentenceTransformersEncoder"
    assert [item.paragraph.id for item in without] == [item.paragraph.id for item in with_runtime]
    assert [item.scores.dense for item in without] == pytest.approx([item.scores.dense for item in with_runtime], abs=1e-5)


@pytest.mark.parametrize("package", ["onnxruntime", "onnx"])
def test_without_a_package_nothing_is_exported(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, package: str
) -> None:
    """A build goes on without the exporter or the runtime, says so in the log, and its index answers with torch."""
    monkeypatch.setitem(sys.modules, package, None)
    (tmp_path / "place").mkdir()
    with caplog.at_level(logging.WARNING):
        place = Built(tmp_path / "place", tiny)
    assert "torch encodes in its place: " in caplog.text
    assert package in caplog.text
    assert set(place.current().manifest.files) & {"encoder.onnx", "tokenizer.json"} == set()
    assert len(Assistant(place.settings).search("ships sail", top=2)) == 2


def test_an_export_that_differs_is_not_stored(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A model whose exported vectors are not those of torch is not carried: here the export is of one with another prompt."""
    other = load(Settings(encoder={"name": str(tiny), "query_prefix": "chair chair "}).encoder)  # type: ignore[arg-type]  # pydantic reads it
    wrong = onnx_export.export(other)  # type: ignore[arg-type]  # it is of sentence-transformers
    monkeypatch.setattr(onnx_export, "export", lambda _: wrong)
    (tmp_path / "place").mkdir()
    place = Built(tmp_path / "place", tiny)
    assert "its vectors differ, cosine 0." in caplog.text
    assert place.current().encoder is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"pooling_mode": "max"}, "it pools by max"), ({"include_prompt": False}, "it pools by mean without the prompt")],
)
def test_a_model_of_another_shape_is_not_carried(
    copy: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, change: dict[str, object], reason: str
) -> None:
    """A pooling that is not known to be carried well is left to torch, and the log says why."""
    pooling = json.loads((copy / "1_Pooling" / "config.json").read_text(encoding="utf-8"))
    (copy / "1_Pooling" / "config.json").write_text(json.dumps(pooling | change), encoding="utf-8")
    (tmp_path / "place").mkdir()
    place = Built(tmp_path / "place", copy)
    assert reason in caplog.text
    assert place.current().encoder is None
    assert len(Assistant(place.settings).search("ships sail", top=2)) == 2


def test_doctor_says_what_encodes_questions(workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing fails where torch is slower, so this is where one learns of it."""
    main(["doctor", "--workspace", str(workspace)])
    assert "questions are encoded by ONNX Runtime" in " ".join(capsys.readouterr().out.split())
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    main(["doctor", "--workspace", str(workspace)])
    assert "questions are encoded by torch, more slowly" in " ".join(capsys.readouterr().out.split())


def test_a_generation_that_carries_none_is_whole(tmp_path: Path) -> None:
    """An index of an encoder of another kind, or built before encoders were carried, opens, verifies and has none."""
    place = Place(tmp_path)
    place.build("First edition.")
    generation = open_current(place.index)
    assert generation.encoder is None
    assert verify(place.index) == []
    assert place.build("Second edition.").changed
    assert WordLengthEncoder().info.to_json() == generation.manifest.fingerprint["encoder"]
