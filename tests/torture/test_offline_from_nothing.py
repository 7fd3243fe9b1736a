"""Without a network and without a key, from documents alone: also the first index of all, for which torch loads the encoder."""

from __future__ import annotations

import shutil
from pathlib import Path

from test_offline import ROOT, cut_off, prove

__all__ = ["cut_off"]


def test_everything_works_from_nothing(cut_off: Path, tmp_path: Path) -> None:
    """As tests/test_offline.py, where there is no index yet."""
    place = tmp_path / "workspace"
    shutil.copytree(ROOT / "corpus", place / "corpus")
    first, _ = prove(place, cut_off)
    assert ": 10 embedded, 0 unchanged." in first
