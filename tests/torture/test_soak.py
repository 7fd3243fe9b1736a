"""Hours in minutes: what a server takes stays as it is, however many generations are published and visitors come and go."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from page_server import Served
from queue_visitor import PageVisitor

from assistant.ui.page import MOST_VISITS

pytestmark = [pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc"), pytest.mark.timeout(900)]

MORE_FILES = 5
"""Open files that may come and go between two looks: a reader may just have the manifest or CURRENT open."""
MORE_MEMORY = 0.03
"""Share by which memory may have grown from the second quarter of the publications to the last."""
VISITS = 2 * MOST_VISITS
MORE_FOR_VISITS = 0.05
"""Share by which a server's memory may grow while as many visits again come as it remembers."""


def test_twenty_publications_under_eight_readers(tmp_path: Path) -> None:
    """Thousands of answers while twenty generations come and go: no error, each answer of one edition, and neither files nor memory
    nor threads grow."""
    quiet = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("soaking.py")), str(tmp_path)]
    done = subprocess.run(command, env=quiet, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    *looks, last = [json.loads(line) for line in done.stdout.splitlines()]
    sys.stdout.write(done.stdout)  # with -rP: the figures
    assert last["errors"] == []
    assert len(looks) == 20, "it took more than the time it has"
    assert len(last["seen"]) == 21
    assert sorted(map(tuple, last["seen"].values())) == sorted((str(edition),) for edition in range(1, 22))
    assert looks[-1]["answers"] > 20 * 8
    early, late = looks[5:10], looks[-5:]
    assert max(look["files"] for look in late) <= max(look["files"] for look in early) + MORE_FILES
    assert max(look["threads"] for look in late) <= max(look["threads"] for look in early) + 1
    assert max(look["removed"] for look in late) <= max(look["removed"] for look in early)
    assert grown(looks) < MORE_MEMORY, looks


def grown(looks: list[dict[str, Any]]) -> float:
    """Share by which the memory of the last five looks is above that of the second five, by their medians."""
    early, late = (median(look["memory"] for look in some) for some in (looks[5:10], looks[-5:]))
    return late / early - 1


def test_a_thousand_conversations(tmp_path: Path) -> None:
    """A thousand visitors ask at the page and leave: the server remembers the last ones, and takes no more memory for all others."""
    served = Served(str(Path(__file__).parents[1] / "page_server.py"))
    status = Path(f"/proc/{served.process.pid}/status")

    def memory() -> float:
        return int(status.read_text(encoding="ascii").partition("VmRSS:")[2].split()[0]) / 1024

    def visit(_: int) -> int:
        with PageVisitor(served.url) as visitor, visitor.client.stream("GET", f"gradio_api/heartbeat/{visitor.session}"):
            return len(visitor.ask("How many statements were heard, and from how many delegations?"))

    try:
        looks = []
        for _ in range(VISITS // 100):
            with ThreadPoolExecutor(4) as pool:
                assert sum(pool.map(visit, range(100))) == 100
            looks.append(memory())
        files = len(list((status.parent / "fd").iterdir()))
    finally:
        served.stop()
    sys.stdout.write(f"memory in MB after each hundred visits: {[round(look) for look in looks]}; {files} open files\n")
    assert looks[-1] / looks[MOST_VISITS // 100 - 1] - 1 < MORE_FOR_VISITS, looks
    assert files < 100
