"""What every test may use. No test reads this machine's settings, and no model is looked for elsewhere."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.index.encoder import Encoder

settings.register_profile("ci", derandomize=True, deadline=None)  # the same examples on every run: a red build means a change
settings.load_profile("ci")

CORPUS = Path(__file__).parents[1] / "corpus"


def pytest_configure() -> None:
    """Runs before any test module is imported, and so before a library reads these variables."""
    for name in (*os.environ, "OPENAI_API_KEY"):
        if name == "OPENAI_API_KEY" or (name.startswith("ASSISTANT_") and not name.startswith("ASSISTANT_REQUIRE_")):
            os.environ.pop(name, None)
    os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The packaged encoder, loaded once."""
    import torch

    from assistant.index.encoder import load

    torch.set_num_threads(1)  # on cores that are busy with other tests, threads wait for each other most of the time
    return load(Settings().encoder)


@pytest.fixture(scope="session")
def workspace(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of the shipped documents with its index, to be read only."""
    from assistant.index.build import build

    place = tmp_path_factory.mktemp("workspace")
    shutil.copytree(CORPUS, place / "corpus")
    build(Settings(workspace=place), loader=lambda: encoder)
    return place
