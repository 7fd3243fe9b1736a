"""Builds an index in processes that are killed, or refused the disk, at one step after the other; prints what was left.

    python tests/crashes.py kill|first|disk|full|memory FOLDER [STEP]

kill, first   killed before the n-th change of the disk; with an index already there, or without one
disk          no file can grow beyond n bytes
full          FOLDER is a small disk of its own, of which n blocks of 4 KiB are free, STEP more each time, and at last one more each time
memory        the process may take n more pieces of 256 KiB of address space, STEP more each time

A line of JSON for each trial. The process stays without threads, so that it can be forked; each trial and each look at
what it left is a fork of its own.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from encoders import WordLengthEncoder
from reading import read_here

from assistant import corpus
from assistant.errors import IndexProblem, NoIndex
from assistant.index.build import build
from assistant.index.generations import open_current, verify
from assistant.settings import Settings

BLOCK, PIECE = 4096, 256 * 1024
OLD = ("Old word one.", "Old word two.")
NEW = ("Old word one.", "New word two.", "New word three.")


def write_corpus(place: Path, texts: tuple[str, ...]) -> None:
    """One document with these numbered paragraphs."""
    (place / "corpus").mkdir(exist_ok=True)
    (place / "corpus" / "a.txt").write_text("\n\n".join(f"{at}. {text}" for at, text in enumerate(texts, 1)), encoding="utf-8")


def run_build(place: Path, at_step: Callable[[], None] = lambda: None) -> None:
    """Builds the index of `place`; `at_step` is called before each step that the progress names."""
    build(Settings(workspace=place), progress=lambda *_: at_step(), loader=WordLengthEncoder)


def forked(work: Callable[[], Any]) -> Any:
    """What `work` returns in a process of its own; "killed" when it was."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - the parent shows it
            result = f"{type(error).__name__}: {error}"
        os.write(writing, json.dumps(result).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        content = stream.read()
    _, status = os.waitpid(child, 0)
    return "killed" if os.WIFSIGNALED(status) or not content else json.loads(content)  # some libraries abort by an exit of their own


def killed_at(place: Path, number: int) -> str:
    """Builds, and kills itself before the `number`-th time that it changes the disk or says what it does."""
    left = [number]

    def step() -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            step()
            return function(*arguments, **named)

        return call

    for owner, name in ((os, "fsync"), (os, "replace"), (os, "mkdir"), (os, "unlink"), (os, "rmdir"), (sqlite3, "connect")):
        setattr(owner, name, counted(getattr(owner, name)))
    run_build(place, step)
    return "done"


def refused_beyond(place: Path, size: int) -> str:
    """Builds where no file can grow beyond `size` bytes, which every writer meets as it would a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    try:
        run_build(place)
    except IndexProblem as error:
        return f"refused: {error}"
    return "done"


def refused_when_full(place: Path, blocks: int) -> str:
    """Builds on a disk of which so many blocks are free."""
    filler = place.parent / "filler"
    free = shutil.disk_usage(place).free - blocks * BLOCK
    with filler.open("wb") as stream:
        os.posix_fallocate(stream.fileno(), 0, max(1, free))
    try:
        run_build(place)
    except IndexProblem as error:
        return f"refused: {error}"
    finally:
        filler.unlink()
    return "done"


def refused_memory(place: Path, pieces: int) -> str:
    """Builds in so much memory beyond what the process has already."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + pieces * PIECE
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    try:
        run_build(place)
    except IndexProblem as error:
        return f"refused: {error}"
    except MemoryError:
        return "no memory"
    return "done"


def state(place: Path) -> str:
    """ "old", "new" or "none" where all parts of the index agree on it, else what is wrong."""
    index = place / "index"
    try:
        generation = open_current(index)
    except NoIndex:
        return "none"
    if problems := verify(index):
        return problems[0]
    texts = tuple(paragraph.text for paragraph in generation.store.document_paragraphs("a"))
    news = [row for row, _ in generation.lexical.search("new", 9)]
    seen = (texts, len(generation.vectors), sorted(news))
    return {repr((OLD, 2, [])): "old", repr((NEW, 3, [1, 2])): "new"}.get(repr(seen), f"mixed: {seen}")


def generations(place: Path) -> int:
    """How many generations lie in the index, whole or not, with other things that a writer may leave."""
    return sum(1 for path in (place / "index").glob("*") if path.name.startswith("gen-") or path.suffix == ".new")


def trial(folder: Path, number: int, has_index: bool, fault: Callable[[Path, int], str]) -> dict[str, Any]:
    """One build with a fault, what it left, and what a build without a fault makes of that."""
    place = folder / f"trial-{number}"
    shutil.copytree(folder / "old", place)
    if not has_index:
        shutil.rmtree(place / "index")
    write_corpus(place, NEW)

    def look() -> dict[str, Any]:
        left = {"state": state(place), "generations": generations(place)}
        if number % 3 == 1:  # not always: it takes as long as all the rest
            run_build(place)
            left |= {"after": state(place), "left": generations(place)}
        return left

    found = {"number": number, "fault": forked(lambda: fault(place, number))}
    found |= forked(look)
    shutil.rmtree(place)
    return found


FAULTS = {"disk": refused_beyond, "full": refused_when_full, "memory": refused_memory}


def main(kind: str, folder: Path, step: int) -> None:
    """Trials until one comes to its end undisturbed."""
    os.fsync = lambda _: None  # what a killed process wrote is not lost, and waiting for the disk takes most of the time
    corpus.read_files = read_here  # and a reading process for each of some eighty builds would take most of the rest
    write_corpus(folder / "old", OLD)
    assert forked(lambda: run_build(folder / "old")) is None
    fault = FAULTS.get(kind, killed_at)
    number, found = 0 if kind in FAULTS else 1, {"fault": ""}
    while True:
        found = trial(folder, number, kind != "first", fault)
        if found["fault"] == "done" and kind == "full" and step > 1:  # once more from the last that was refused, block by block
            number, step = number - step, 1
        elif found["fault"] == "done":
            break
        else:
            say(found)
        number = number * 8 // 5 + 97 if kind == "disk" else number + (4 if kind == "first" else step)
    say(found)


def say(found: dict[str, Any]) -> None:
    """A line for the test."""
    print(json.dumps(found), flush=True)  # noqa: T201 - a program of its own, whose output the test reads


if __name__ == "__main__":
    (Path(sys.argv[2]) / "old").mkdir()
    main(sys.argv[1], Path(sys.argv[2]), int((sys.argv[3:] or ["1"])[0]))
