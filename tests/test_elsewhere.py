"""Machines that are set up otherwise: temporary files on another disk, a clock that goes back, another time zone, one core."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from workspaces import Place, said

from assistant.corpus.library import add, take_out
from assistant.index import build as building
from assistant.index import plan
from assistant.index.files import write_durably
from assistant.index.generations import open_current, roll_back, verify

pytestmark = pytest.mark.usefixtures("reading_here")
ROOT = Path(__file__).parents[1]


@pytest.fixture
def every_folder_a_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file can be renamed into, or linked from, another folder than that in which it lies, or one below or above: as if each
    workspace's parts and the folder for temporary files lay on disks of their own."""

    def guarded(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(source: Any, target: Any, *arguments: Any, **named: Any) -> Any:
            here, there = Path(source).absolute().parent, Path(target).absolute().parent
            if not (here.is_relative_to(there) or there.is_relative_to(here)):
                raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(source), None, str(target))
            return original(source, target, *arguments, **named)

        return call

    for name in ("rename", "replace", "link"):
        monkeypatch.setattr(os, name, guarded(getattr(os, name)))


@pytest.mark.usefixtures("every_folder_a_disk")
def test_every_folder_is_a_disk_of_its_own(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Building, building onto, rolling back, adding a document from the folder for temporary files and taking it out: all work."""
    monkeypatch.setattr(plan, "SMALL", 0)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("temporary")))
    with pytest.raises(OSError, match="Invalid cross-device"):
        os.replace(tempfile.gettempdir() + "/none", tmp_path / "none")  # noqa: PTH105 - what the fixture forbids
    place = Place(tmp_path)
    place.build("First edition.", "Another thing.")
    place.build("Second edition.", "Another thing.")
    with tempfile.NamedTemporaryFile(suffix=".txt") as upload:
        upload.write(b"1. Uploaded words.")
        upload.flush()
        assert add(tmp_path / "corpus", Path(upload.name), "b.txt") == "b.txt"
        assert add(tmp_path / "corpus", Path(upload.name), "b.txt") == "b.txt"  # the older one is set aside
    place.build()
    assert [document.id for document in open_current(place.index).store.documents] == ["a", "b"]
    take_out(tmp_path / "corpus", "b.txt")
    place.build()
    assert said(roll_back(place.index))[0] == ["Second edition.", "Another thing."]
    assert verify(place.index) == []


def test_files_are_written_beside_what_they_replace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a folder for temporary files that does not exist at all, an index is built and a file replaced."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    write_durably(tmp_path / "file", b"content")
    place = Place(tmp_path)
    place.build("First edition.")
    assert said(open_current(place.index))[0] == ["First edition."]


def test_a_clock_that_goes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten years back, forward, and to the same second: what was published last answers, and rolling back goes to the one before it."""
    moments = [dt.datetime(2026, 5, 1, tzinfo=dt.UTC), dt.datetime(2016, 5, 1, tzinfo=dt.UTC), dt.datetime(2046, 5, 1, tzinfo=dt.UTC)]
    place = Place(tmp_path)
    for number, moment in enumerate((*moments, moments[2], moments[1])):

        class Clock(dt.datetime):
            @classmethod
            def now(cls, tz: dt.tzinfo | None = None, moment: dt.datetime = moment) -> dt.datetime:  # type: ignore[override]
                return moment.astimezone(tz)

        with monkeypatch.context() as patch:
            patch.setattr(building.dt, "datetime", Clock)
            report = place.build(f"Edition {number}.")
        assert f"{moment:%Y%m%d}" in report.generation
        assert said(open_current(place.index))[0] == [f"Edition {number}."]
        assert len(place.generations()) == min(number + 1, 2)
        if number:
            assert said(roll_back(place.index))[0] == [f"Edition {number - 1}."]
            assert said(roll_back(place.index))[0] == [f"Edition {number}."]
    assert verify(place.index) == []


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="no time zones to choose from")
def test_another_time_zone_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the two ends of the world a document has the date that is written in it, and an index is as good as before."""
    place, seen = Place(tmp_path), set()
    (tmp_path / "corpus").mkdir()
    catalogue = '["a.txt"]\ndate = 2023-08-01\n'
    (tmp_path / "corpus" / "catalogue.toml").write_text(catalogue, encoding="utf-8")
    place.build("First edition.")
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12", "UTC"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert not place.build().changed
        generation = open_current(place.index)
        seen.add((generation.id, str(generation.store.documents[0].date)))
        place.build(rebuild=True)
        assert str(open_current(place.index).store.documents[0].date) == "2023-08-01"
        place.build("First edition.")
    monkeypatch.undo()
    time.tzset()
    assert {date for _, date in seen} == {"2023-08-01"}


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="a process cannot be kept to one core")
def test_one_core(workspace: Path, tmp_path: Path) -> None:
    """Kept to one core, a changed document is indexed and a question answered, as on two."""
    for part in ("corpus", "index"):
        shutil.copytree(workspace / part, tmp_path / part)
    (tmp_path / "corpus" / "port.txt").write_text("1. Ships leave the port at noon.\n", encoding="utf-8")
    program = f"""
import os
os.sched_setaffinity(0, {{min(os.sched_getaffinity(0))}})
from assistant.cli import main
place = ["--workspace", {str(tmp_path)!r}]
raise SystemExit(main(["index", *place]) or main(["ask", *place, "--json", "When do ships leave the port?"]))
"""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout[done.stdout.index("\n{") :])
    assert answer["statements"][0]["text"] == "Ships leave the port at noon."
