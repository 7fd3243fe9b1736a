"""Without a network and without a key: all of it works, and nothing even tries to reach another machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HERE = ROOT / "tests" / "offline"
STEPS = ["interfaces", "index", "corpus", "ask", "search", "show", "check", "eval run", "brief init", "brief run", "ask", "doctor", "chat",
         "index", "rollback", "verify"]  # fmt: skip
ALONE = ("unshare", "--user", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
"""Starts a program in a network of its own, in which there is loopback and nothing else (Linux, where users may make one)."""


@pytest.fixture
def cut_off(tmp_path: Path) -> Path:
    """The folder that cuts processes off, where it also notes what they tried."""
    return Path(shutil.copy(HERE / "sitecustomize.py", tmp_path)).parent


def environment(cut_off: Path) -> dict[str, str]:
    """No key, no setting, no cache of a person's: only what a process needs to start."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT", "TMPDIR") if name in os.environ}
    return kept | {"PYTHONPATH": os.pathsep.join(map(str, (cut_off, ROOT))), "HOME": str(cut_off), "PYTHONUTF8": "1"}


def can_be_alone() -> bool:
    """Whether a network of one's own can be had here."""
    return shutil.which("unshare") is not None and not subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode


def prove(workspace: Path, cut_off: Path) -> list[str]:
    """Runs everything in a workspace with the shipped document; returns what its first index said.

    All processes are cut off, and none tries to reach another machine; where the system allows, there is besides no network
    interface but loopback, for what is not Python as well.
    """
    gold = cut_off / "gold.jsonl"
    lines = (ROOT / "eval" / "gold" / "chair.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    gold.write_text("".join(lines[:3]), encoding="utf-8")
    alone = ALONE if can_be_alone() else ()
    command = [*alone, sys.executable, "-W", "ignore", str(HERE / "flow.py"), str(workspace), str(gold)]
    done = subprocess.run(command, env=environment(cut_off), cwd=cut_off, capture_output=True, text=True, timeout=280, check=False)
    steps = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr[-2000:]
    assert [(step["step"], step["code"]) for step in steps] == [(step, 0) for step in STEPS], [step["said"][-500:] for step in steps]
    assert not alone or steps[0]["said"] == "lo"
    said = {step["step"]: step["said"] for step in steps}
    assert "“As our colleague from Australia mentioned" in steps[3]["said"]
    assert json.loads(said["ask"])["mode"] == "model"
    assert json.loads(said["ask"])["statements"][0]["citations"][0]["paragraph"] == "3"
    assert json.loads(said["chat"])[2].startswith("My sixth point relates to stakeholders.")
    assert "hit@1" in said["eval run"]
    assert {path.suffix for path in (workspace / "briefings").glob("plan-briefing.*")} == {".docx", ".html", ".md"}
    assert not (cut_off / "attempts").exists(), (cut_off / "attempts").read_text(encoding="utf-8")
    return [step["said"] for step in steps if step["step"] == "index"]


def test_everything_works_with_no_network_and_no_key(workspace: Path, cut_off: Path, tmp_path: Path) -> None:
    """Index, ask, search, show, check, evaluate, brief, chat, roll back: done, and nobody tries to reach another machine.

    The first index of all, for which torch is loaded, takes a quarter of a minute more: tests/torture/test_offline_from_nothing.py.
    """
    place = tmp_path / "workspace"
    for part in ("corpus", "index"):
        shutil.copytree(workspace / part, place / part)
    (place / "corpus" / "port.txt").write_text("1. Ships leave the port at noon.\n", encoding="utf-8")
    first, second = prove(place, cut_off)
    assert ": 1 embedded, 10 unchanged." in first
    assert ": 1 embedded, 11 unchanged." in second


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.create_connection(('192.0.2.1', 80), 1)",
        "socket.create_connection(('2001:db8::1', 80), 1)",
        "socket.getaddrinfo('example.org', 443)",
        "socket.gethostbyname('example.org')",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'', ('192.0.2.1', 53))",
        "socket.socket().bind(('0.0.0.0', 0))",
        "urllib.request.urlopen('http://192.0.2.1/', timeout=1)",
        "asyncio.run(asyncio.open_connection('192.0.2.1', 80))",
    ],
)
def test_an_attempt_to_get_out_is_refused_and_noted(cut_off: Path, attempt: str) -> None:
    """The test above can fail: each way out raises in the process that tries it, and is written down though the process hides it."""
    program = f"import asyncio, contextlib, socket, urllib.request\nwith contextlib.suppress(OSError):\n    {attempt}\n    print('out')"
    done = subprocess.run([sys.executable, "-c", program], env=environment(cut_off), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done
    assert "socket." in (cut_off / "attempts").read_text(encoding="utf-8")
