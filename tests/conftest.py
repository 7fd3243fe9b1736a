"""What every test may use. No test reads this machine's settings, and no model is looked for elsewhere."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis.database import DirectoryBasedExampleDatabase

from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.index.encoder import Encoder

settings.register_profile("ci", derandomize=True, deadline=None)  # the same examples on every run: a red build means a change
# For tests/torture, and for any test that is to look further (HYPOTHESIS_PROFILE=nightly): other examples on every run, ten times as
# many; those that fail are kept in .hypothesis/ and tried first next time, and a line to repeat them anywhere is printed.
settings.register_profile("nightly", derandomize=False, deadline=None, max_examples=1000, print_blob=True,
                          database=DirectoryBasedExampleDatabase(".hypothesis/examples"))  # fmt: skip
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

CORPUS = Path(__file__).parents[1] / "corpus"


def pytest_configure() -> None:
    """Runs before any test module is imported, and so before a library reads these variables."""
    for name in (*os.environ, "OPENAI_API_KEY"):
        if name == "OPENAI_API_KEY" or (name.startswith("ASSISTANT_") and not name.startswith("ASSISTANT_REQUIRE_")):
            os.environ.pop(name, None)
    os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.fixture(scope="session")
def encoder() -> Iterator[Encoder]:
    """The packaged encoder, loaded once; all builds that use it share one export, which takes seconds."""
    import torch

    from assistant.index import onnx_export
    from assistant.index.encoder import load

    torch.set_num_threads(1)  # on cores that are busy with other tests, threads wait for each other most of the time
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(onnx_export, "export", cache(onnx_export.export))
        yield load(Settings().encoder)


@pytest.fixture
def reading_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents are read in this process: for tests that build often and are not about reading."""
    from reading import read_here

    monkeypatch.setattr("assistant.corpus.read_files", read_here)


@pytest.fixture(scope="session")
def workspace(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of the shipped documents with its index, to be read only."""
    from assistant.index.build import build

    place = tmp_path_factory.mktemp("workspace")
    shutil.copytree(CORPUS, place / "corpus")
    build(Settings(workspace=place), loader=lambda: encoder)
    return place


@pytest.fixture(scope="session")
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
