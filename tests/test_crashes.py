"""What interrupts, kills, failing calls and a full disk leave: the old index or the new one, whole, and nothing half done."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from workspaces import Place, said

from assistant.errors import IndexProblem
from assistant.index import generations
from assistant.index.generations import current_name, open_current, verify

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


class Interrupted(BaseException):
    """Stands for a user's interrupt, and is never caught by a clause for errors."""


def test_an_interrupt_leaves_nothing_behind(place: Place) -> None:
    """Whenever a build says what it does it may be interrupted: the old index or the new one answers, with nothing half done."""
    first = current_name(place.index)
    calls = 0
    while True:
        left = [calls]

        def stop(*_: object, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise Interrupted

        try:
            place.build("Second edition.", progress=stop)
        except Interrupted:
            calls += 1
        else:
            break
        now = said(open_current(place.index))[0]
        assert verify(place.index) == []
        if now == ["Second edition."]:
            assert len(place.generations()) == 2
            break
        assert now == ["First edition.", "Another thing."]
        assert place.generations() == [first]
        assert {path.name for path in place.index.iterdir()} == {first, "CURRENT", "LOCK"}
    assert calls >= 4


def test_an_interrupt_after_publishing_does_not_remove_what_was_published(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once CURRENT names the new generation it stays, whatever happens then."""

    def stop(*_: object) -> None:
        raise Interrupted

    monkeypatch.setattr(generations, "sweep", stop)
    with pytest.raises(Interrupted):
        place.build("Second edition.")
    assert verify(place.index) == []
    assert said(open_current(place.index))[0] == ["Second edition."]


@pytest.mark.parametrize("name", ["fsync", "replace", "mkdir"])
def test_every_step_may_fail(place: Place, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Whichever call to the disk fails, the build is refused by name, and the old index or the whole new one answers."""
    original: Callable[..., Any] = getattr(os, name)
    for number in range(1, 60):
        left = [number]

        def fail(*arguments: Any, left: list[int] = left, **named: Any) -> Any:
            left[0] -= 1
            if not left[0]:
                raise OSError(5, "Input/output error")
            return original(*arguments, **named)

        said_error = ""
        with monkeypatch.context() as patch:
            patch.setattr(os, name, fail)
            try:
                place.build(f"Edition {name}.")
            except IndexProblem as error:
                said_error = str(error)
        now = said(open_current(place.index))[0]
        assert verify(place.index) == []
        if left[0] > 0:
            break  # there was no such call
        if said_error:
            assert "cannot be written: Input/output error" in said_error
        if now != [f"Edition {name}."]:
            assert now == ["First edition.", "Another thing."]
            assert len(place.generations()) == 1
            assert not list(place.index.glob("*.new"))
    assert 2 < number < 59
    assert now == [f"Edition {name}."]


def test_a_lock_file_that_comes_meanwhile_keeps_nothing_behind(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader's thread may put its lock file into the folder that is being removed: it is removed again."""
    original, late = shutil.rmtree, [1]

    def removed(path: Path, ignore_errors: bool = False) -> None:
        original(path, ignore_errors=ignore_errors)
        if late.pop() if late else 0:
            path.mkdir()
            (path / ".tantivy-meta.lock").touch()

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", removed)
        patch.setattr("assistant.index.build.publish", fail)
        with pytest.raises(IndexProblem, match="Input/output error"):
            place.build("Second edition.")
    assert late == []
    assert len(place.generations()) == 1


def crashes(kind: str, folder: Path, step: int = 1, on: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The trials of crashes.py, in a process without threads; started by the command `on`, if one is given."""
    quiet = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    command = [*on, sys.executable, "-W", "ignore", str(Path(__file__).with_name("crashes.py")), kind, str(folder), str(step)]
    done = subprocess.run(command, env=quiet, capture_output=True, text=True, timeout=550, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")


@needs_fork
def test_a_build_that_is_killed_leaves_the_old_index_or_the_new(tmp_path: Path) -> None:
    """kill -9 at every step: one generation answers, whole; the next build publishes the new one and removes the remains."""
    *trials, last = crashes("kill", tmp_path)
    assert len(trials) > 25
    assert {trial["fault"] for trial in trials} == {"killed"}
    states = [trial["state"] for trial in trials]
    switched = states.index("new")
    assert set(states[:switched]) == {"old"}
    assert set(states[switched:]) == {"new"}
    assert max(trial["generations"] for trial in trials) == 3
    rebuilt = [(trial["after"], trial["left"]) for trial in (*trials, last) if "after" in trial]
    assert rebuilt == [("new", 2)] * len(rebuilt) != []


@needs_fork
def test_a_first_build_that_is_killed_leaves_no_index(tmp_path: Path) -> None:
    """kill -9 during the first build: there is no index yet, or it is whole; building again works."""
    *trials, last = crashes("first", tmp_path)
    assert len(trials) > 5
    assert {trial["state"] for trial in trials} <= {"none", "new"}
    assert trials[0]["state"] == "none"
    rebuilt = [(trial["after"], trial["left"]) for trial in (*trials, last) if "after" in trial]
    assert rebuilt == [("new", 1)] * len(rebuilt) != []


@needs_fork
def test_a_full_disk_is_refused_and_its_space_given_back(tmp_path: Path) -> None:
    """However little room a file has, the build is refused by name, the old index answers, and nothing new takes up space."""
    assert_refused(*crashes("disk", tmp_path))


def assert_refused(*found: dict[str, Any]) -> None:
    """All trials but the last were refused by name, left the old index alone on the disk, and the next build made the new one."""
    *trials, last = found
    assert len(trials) > 6
    for trial in trials:
        assert "index cannot be written: " in trial["fault"], trial
        assert (trial["state"], trial["generations"], trial.get("after", "new")) == ("old", 1, "new"), trial
    assert (last["fault"], last["state"]) == ("done", "new")


SMALL_DISK = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", 'mount -t tmpfs -o size=16m tmpfs "$0" && exec "$@"')
"""Starts a program that sees a disk of 16 MB in the folder that is the next word (Linux, where users may mount one for themselves)."""


def needs_small_disk(folder: Path) -> None:
    """Skips the test where no disk of one's own can be had."""
    if not shutil.which("unshare") or subprocess.run([*SMALL_DISK, folder, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no disk of one's own can be mounted here")


@needs_fork
def test_the_last_blocks_of_a_full_disk(tmp_path: Path) -> None:
    """A real disk with ever more blocks of 4 KiB left, the last of them one by one until a build fits: refused by name, the old index
    answers, and the blocks are given back."""
    needs_small_disk(tmp_path)
    found = crashes("full", tmp_path, 3, [*SMALL_DISK, str(tmp_path)])
    assert_refused(*found)
    assert found[-1]["number"] - found[-2]["number"] == 1, "the last block was not tried"
