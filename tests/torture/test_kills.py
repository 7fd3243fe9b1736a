"""kill -9 at hundreds of moments, of every kind of build: the old index or the new one, whole; the next build makes it good."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes"), pytest.mark.timeout(900)]

RANDOM = 200
"""Builds of each kind that are killed at a random moment."""


def trials(kind: str, how: str, folder: Path, count: int) -> list[dict[str, Any]]:
    """The trials of killing.py, in a process without threads."""
    quiet = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    program = str(Path(__file__).with_name("killing.py"))
    command = [sys.executable, "-W", "ignore", program, kind, how, str(folder), str(count)]
    done = subprocess.run(command, env=quiet, capture_output=True, text=True, timeout=800, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def assert_nothing_lost(found: list[dict[str, Any]], kind: str) -> None:
    """Every trial left one edition whole, and every build after one made the new edition with nothing left over."""
    before = "old" if kind in ("whole", "onto") else "none"
    assert [trial for trial in found if trial["state"] not in (before, "new")] == []
    assert {trial["fault"] for trial in found} <= {"killed", "done"}
    again = [trial for trial in found if "again" in trial]
    assert len(again) >= len(found) // 4
    assert {(trial["again"], trial["after"]) for trial in again} == {("built", "new")}
    assert max(trial["left"] for trial in again) <= 2


@pytest.mark.parametrize("kind", ["first", "whole", "onto", "kept"])
def test_killed_at_random_moments(kind: str, tmp_path: Path) -> None:
    """200 builds of each kind, killed at a moment drawn over the time that one takes."""
    found = trials(kind, "random", tmp_path, RANDOM)
    assert len(found) == RANDOM
    assert_nothing_lost(found, kind)
    killed = [trial for trial in found if trial["fault"] == "killed"]
    assert len(killed) > RANDOM // 2
    if kind == "kept":
        assert any(trial["kept"] for trial in killed), "no kill came while blocks were kept"


@pytest.mark.parametrize("kind", ["first", "whole", "onto", "kept"])
def test_killed_before_every_step(kind: str, tmp_path: Path) -> None:
    """Before each change of the disk and each word of progress, one after the other, until a build comes to its end."""
    found = trials(kind, "steps", tmp_path, 1000)
    assert found[-1]["fault"] == "done"
    assert {trial["fault"] for trial in found[:-1]} == {"killed"}
    assert len(found) > 20
    assert_nothing_lost(found, kind)
    states = [trial["state"] for trial in found]
    assert set(states[states.index("new") :]) == {"new"}
