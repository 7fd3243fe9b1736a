"""Every call to the system fails once, at every place: each write, flush, renaming and new folder of a build, also of native libraries."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from crashes import NEW, OLD, forked, generations, run_build, state, write_corpus
from reading import read_here

from assistant import corpus

HERE = Path(__file__).parent
CALLS = {
    "write": ("write", "ENOSPC"),
    "pwrite": ("pwrite64", "ENOSPC"),
    "fsync": ("fsync", "EIO"),
    "fdatasync": ("fdatasync", "EIO"),
    "rename": ("rename,renameat,renameat2", "EIO"),
    "mkdir": ("mkdir,mkdirat", "ENOSPC"),
    "unlink": ("unlink,unlinkat,rmdir", "EIO"),
}


def can_trace() -> bool:
    """Whether strace is installed and may make calls fail here."""
    command = ["strace", "-f", "--seccomp-bpf", "-e", "trace=fsync", "-e", "inject=fsync:error=EIO", sys.executable, "-c"]
    program = "import os\ntry: os.fsync(os.open('.', os.O_RDONLY))\nexcept OSError: print('failed')"
    if not shutil.which("strace"):
        return False
    return subprocess.run([*command, program], capture_output=True, text=True, check=False).stdout == "failed\n"


pytestmark = [pytest.mark.skipif(not can_trace(), reason="strace makes the calls fail"), pytest.mark.timeout(600)]


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with two generations, of which the next build sweeps the first, and a document that has changed since."""
    monkeypatch.setattr(corpus, "read_files", read_here)
    place = tmp_path / "prepared"
    place.mkdir()
    for texts in (OLD[:1], OLD):
        write_corpus(place, texts)
        run_build(place)
    write_corpus(place, NEW)
    return place


@pytest.mark.parametrize("kind", CALLS)
def test_every_call_fails_once(prepared: Path, kind: str) -> None:
    """The n-th call of its kind in each thread of a build, for every n until there is none: refused in one line by name and the old index
    as it was, with nothing beside it; or published whole. The next build makes the new one."""
    calls, error = CALLS[kind]
    ends: list[tuple[str, str]] = []
    for number in range(1, 200):
        place = prepared.with_name(f"{kind}-{number}")
        shutil.copytree(prepared, place)
        said, was_injected = faulted(place, calls, f"{calls}:error={error}:when={number}")
        left = forked(lambda place=place: [state(place), generations(place)])
        ends.append((said, left[0]))
        assert said == "done" or (said.startswith("refused: ") and "\n" not in said), said
        assert left[0] in ("old", "new"), (number, said, left)
        if left[0] == "old":
            assert said.startswith("refused: ")
            assert left[1] == 2, (number, said, left)
        if number % 5 == 1:
            again = forked(lambda place=place: (run_build(place), state(place), generations(place))[1:])
            assert again[0] == "new"
            assert again[1] <= (3 if kind == "unlink" else 2)  # what could not be removed goes with the next that is published
        shutil.rmtree(place)
        if not was_injected:
            break
    assert ends[-1] == ("done", "new")
    sys.stdout.write(f"{kind}: {len(ends) - 1} places, {sum(left == 'old' for _, left in ends)} refused with the old index\n")
    assert len(ends) > 3


def faulted(place: Path, calls: str, injection: str) -> tuple[str, bool]:
    """How a build ended of which a call failed, and whether there was such a call."""
    log = place / "calls"
    command = ["strace", "-f", "--seccomp-bpf", "-o", str(log), "-e", f"trace={calls}", "-e", f"inject={injection}"]
    program = [sys.executable, "-W", "ignore", str(HERE / "faulting.py"), str(place)]
    quiet = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run([*command, *program], env=quiet, capture_output=True, text=True, timeout=120, check=False)
    was_injected = "(INJECTED)" in log.read_text(encoding="utf-8", errors="replace")
    log.unlink()
    return (done.stdout or done.stderr[-500:]).replace(str(place), "PLACE"), was_injected
