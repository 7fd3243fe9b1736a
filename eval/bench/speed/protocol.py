"""Measured processes: one JSON request a line in, one JSON answer with the seconds it took out. Standard library only.

A driver holds several `Side`s and asks them in turn; each is a script that ends in `serve(actions)`. Only the work is timed, in the
process that does it, so that neither pipes nor JSON count.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ENVIRONMENT = os.environ | {
    "HF_HUB_OFFLINE": "1",
    "PYTHONWARNINGS": "ignore",
    "PYTHONPATH": os.pathsep.join(filter(None, (str(HERE.parent), os.environ.get("PYTHONPATH")))),
}
"""Of measured processes: no network, no warnings of the peer's packages, and this package can be imported."""


class Side:
    """A module of this package in a process of its own; with `peer`, that Python and the one script that needs nothing of the project."""

    def __init__(self, name: str, peer: str | None = None) -> None:
        self._name = name
        command = [peer, str(HERE / f"{name}.py")] if peer else [sys.executable, "-m", f"speed.{name}"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)

    def call(self, do: str, **arguments: Any) -> dict[str, Any]:
        """What the action returned, with the `seconds` it took.

        Raises:
            SystemExit: the process ended; it has said why on stderr.
        """
        assert self._process.stdin
        assert self._process.stdout
        try:
            self._process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(
                f"{self._name} stopped at {do!r}; what it said stands above (the peer's environment: eval/bench/speed/peer.py)"
            )
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """Ends the process."""
        self._process.communicate()

    def __enter__(self) -> Side:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def serve(actions: Mapping[str, Callable[..., dict[str, Any] | None]]) -> None:
    """Answers requests until stdin ends. What libraries print goes to stderr; `memory` is always there."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    known = {"memory": memory, **actions}
    for line in sys.stdin:
        request = json.loads(line)
        action = known[request.pop("do")]
        begin = time.perf_counter()
        found = action(**request) or {}
        seconds = time.perf_counter() - begin
        answers.write(json.dumps({"seconds": seconds, **found}) + "\n")
        answers.flush()


def memory() -> dict[str, Any]:
    """This process's resident, proportional and highest resident memory in bytes (Linux)."""
    gc.collect()
    sizes: dict[str, Any] = {}
    for path, names in (("/proc/self/smaps_rollup", {"Rss": "rss", "Pss": "pss"}), ("/proc/self/status", {"VmHWM": "peak"})):
        for line in Path(path).read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name in names:
                sizes[names[name]] = int(value.split()[0]) * 1024
    return sizes
