"""One process answers, in eight threads, while others publish twenty generations, each with a document changed; prints what it takes.

    python tests/torture/soaking.py FOLDER            the readers, which start the others
    python tests/torture/soaking.py FOLDER publish    one build, onto the last generation

A line of JSON after each publication, when every reader has been answered from it: open files, maps of files that were removed, memory in
MB, answers so far. In every paragraph the edition can be read, and so in every answer, which must be of one generation.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from assistant import Assistant
from assistant.index import plan
from assistant.index.build import build
from assistant.settings import ReaderSettings, Settings

PUBLICATIONS, READERS, DOCUMENTS = 20, 8, 30
LONGEST = 280.0
"""Seconds after which it ends as it stands."""
HARBOURS = "Alderney Brindisi Calais Dunmore Esbjerg Falmouth Gdynia Harwich Jaffna Kotka".split()


def settings(folder: Path) -> Settings:
    """Likeness reads: the readers are to ask often, and what they take is to be seen."""
    return Settings(workspace=folder, reader=ReaderSettings(name="similarity"))


def write(folder: Path, edition: int) -> None:
    """The first edition is of all documents; each later one changes a document, and the one that all readers ask for."""
    (folder / "corpus").mkdir(exist_ok=True)
    for number in range(DOCUMENTS) if edition == 1 else (0, edition % DOCUMENTS):
        lines = [
            f"{at}. The harbour of {name} in year {1900 + number} counted {edition}{at:02d} ships." for at, name in enumerate(HARBOURS, 1)
        ]
        (folder / "corpus" / f"{number:02d}.txt").write_text("\n\n".join(lines), encoding="utf-8")


def publish(folder: Path) -> None:
    """One build; it adds to the last generation however small that is."""
    plan.SMALL, plan.MOST_GONE = 0, 0.3
    build(settings(folder))


class Readers:
    """Threads that ask until they are stopped; `seen` has the edition that was read in each generation."""

    def __init__(self, folder: Path) -> None:
        self.assistant = Assistant(settings(folder))
        self.stopped = threading.Event()
        self.lock = threading.Lock()
        self.seen: dict[str, set[str]] = {}
        self.latest = [""] * READERS
        self.answers = 0
        self.errors: list[str] = []
        self.threads = [threading.Thread(target=self._read, args=(at,), daemon=True) for at in range(READERS)]
        for thread in self.threads:
            thread.start()

    def _read(self, at: int) -> None:
        number = 0
        while not self.stopped.is_set():
            number += 1
            try:
                self._ask(at, HARBOURS[(at + number) % len(HARBOURS)])
            except Exception as error:  # noqa: BLE001 - the test shows it
                self.errors.append(f"{type(error).__name__}: {error}")
                return

    def _ask(self, at: int, name: str) -> None:
        answer = self.assistant.ask(f"How many ships did the harbour of {name} in year 1900 count?")
        changed = [passage.paragraph.text for passage in answer.passages if passage.document.id == "00"]
        with self.lock:
            self.seen.setdefault(answer.generation, set()).update(text.partition(" counted ")[2].split()[0][:-2] for text in changed)
            self.latest[at] = answer.generation
            self.answers += 1

    def all_on(self, generation: str) -> bool:
        """Whether every reader has been answered from this generation."""
        return all(name == generation for name in self.latest)

    def stop(self) -> None:
        """Ends the threads."""
        self.stopped.set()
        for thread in self.threads:
            thread.join(60)


def taken() -> dict[str, float]:
    """What this process holds now (Linux tells it in /proc)."""
    gc.collect()
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    maps = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    return {
        "files": len(os.listdir("/proc/self/fd")),  # noqa: PTH208 - iterdir would open one more of them at a time that nobody knows
        "removed": sum(line.endswith("(deleted)") and "gen-" in line for line in maps),
        "threads": int(status["Threads"]),
        "memory": int(status["VmRSS"].split()[0]) / 1024,
    }


def soak(folder: Path) -> None:
    """All publications under all readers."""
    end = time.monotonic() + LONGEST
    quiet = {**os.environ, "OMP_NUM_THREADS": "1"}
    write(folder, 1)
    publisher = [sys.executable, "-W", "ignore", __file__, str(folder), "publish"]
    subprocess.run(publisher, env=quiet, check=True)
    readers = Readers(folder)
    for edition in range(2, PUBLICATIONS + 2):
        write(folder, edition)
        subprocess.run(publisher, env=quiet, check=True)
        now = readers.assistant.current()
        while not readers.all_on(now) and not readers.errors and time.monotonic() < end:
            time.sleep(0.05)
        say({"edition": edition, "answers": readers.answers, **taken()})
        if time.monotonic() > end:
            break
    readers.stop()
    say({"errors": readers.errors, "seen": {name: sorted(editions) for name, editions in readers.seen.items()}})


def say(found: dict[str, Any]) -> None:
    """A line for the test."""
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[2:] == ["publish"]:
        publish(Path(sys.argv[1]))
    else:
        soak(Path(sys.argv[1]))
