"""Builds an index in processes that are killed, at random moments and at every step; prints what each left behind.

    python tests/torture/killing.py KIND HOW FOLDER COUNT

KIND  first  there is no index yet
      whole  an index is written anew beside the old one
      onto   the new generation links the files of the old one and adds to them
      kept   the same as first, of so many blocks that each is kept for a build that goes on
HOW   random  COUNT builds are killed at a moment drawn between their beginning and a little after their end
      steps   build after build is killed before its first, second, … change of the disk or word of progress, until one ends

A line of JSON for each trial. What an index holds is compared whole: every paragraph's text and vectors, the order of the
documents, and what is found by words. The process itself stays without threads, so that it can be forked.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from crashes import forked, generations, killed_at, run_build
from reading import read_here

from assistant import corpus
from assistant.errors import NoIndex
from assistant.index import embedding, plan
from assistant.index.generations import Generation, open_current, verify

WORDS = "port ports harbour pilots ships noon monday lights state rules open shut north south tugs a of the in is".split()
KINDS = ("first", "whole", "onto", "kept")


def write_documents(place: Path, kind: str, edition: str) -> None:
    """The documents of an edition. The new one has a document changed, one gone, one more and one under another name."""
    chance = random.Random(7)
    documents = {f"{number:02d}": [paragraph(chance) for _ in range(4 if kind == "whole" else 6)] for number in range(12)}
    if edition == "new":
        documents["05"][2] = "Amended pilots sail at noon."
        documents["12"] = [paragraph(chance) for _ in range(5)]
        del documents["07"]
        documents["07-renamed"] = documents.pop("08")
    folder = place / "corpus"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, texts in documents.items():
        (folder / f"{name}.txt").write_text("\n\n".join(f"{at}. {text}" for at, text in enumerate(texts, 1)), encoding="utf-8")


def paragraph(chance: random.Random) -> str:
    """Some words; several are alike, and some have no vectors of their own."""
    return " ".join(chance.choices(WORDS, k=chance.randint(3, 12))).capitalize() + "."


def content(generation: Generation) -> dict[str, Any]:
    """All that a generation holds: its documents in order, their paragraphs with their vectors, and what words find."""
    store, held, ids = generation.store, {}, {}
    for document in store.documents:
        span = store.spans[document.id]
        rows = list(range(span.first, span.first + span.count))
        vectors = generation.vectors.of_rows(rows)
        for row, of_one, (_, found) in zip(rows, vectors, store.paragraphs(rows).values(), strict=True):
            held[found.id] = [found.text, [[round(float(number), 4) for number in vector] for vector in of_one]]
            ids[row] = found.id
    by_words = {word: sorted(ids.get(row, f"row {row}") for row, _ in generation.lexical.search(word, 999)) for word in (*WORDS, "amended")}
    return {"documents": [document.id for document in store.documents], "paragraphs": held, "words": by_words}


def look(place: Path) -> dict[str, Any]:
    """What the index of a workspace holds, nothing where there is none, and what is wrong with it."""
    try:
        generation = open_current(place / "index")
    except NoIndex:
        return {"none": True}
    problems = verify(place / "index")
    return {"problems": problems} if problems else {"content": content(generation)}


def killed_after(seconds: float, place: Path) -> str:
    """Builds in another process, which is killed after these seconds if it has not ended."""
    end = time.monotonic() + seconds
    child = os.fork()
    if not child:
        run_build(place)
        os._exit(0)
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return "done" if not status else f"failed: {status}"
        time.sleep(0.0005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "killed"


class Trials:
    """Builds that are killed, each on a copy of one workspace."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind, self.folder, self.old = kind, folder, folder / "old"
        self.has_index = kind in ("whole", "onto")
        write_documents(self.old, kind, "old")
        if self.has_index:
            assert forked(lambda: run_build(self.old)) is None
        before = forked(lambda: look(self.old))
        self.seconds = min(self.time_of_a_build() for _ in range(5))
        place = self.copy("whole-build")
        assert forked(lambda: run_build(place)) is None
        self.states = {json.dumps(before): "old" if self.has_index else "none", json.dumps(forked(lambda: look(place))): "new"}
        assert len(self.states) == 2, "the old and the new edition must differ"
        if kind == "onto":
            assert forked(lambda: shares(place)), "nothing was linked"
        shutil.rmtree(place)

    def time_of_a_build(self) -> float:
        """Seconds that an undisturbed build takes."""
        place = self.copy("timed-build")
        began = time.monotonic()
        assert killed_after(60, place) == "done"
        took = time.monotonic() - began
        shutil.rmtree(place)
        return took

    def copy(self, name: str) -> Path:
        """A copy of the workspace in which the new edition is to be indexed."""
        place = self.folder / name
        shutil.copytree(self.old, place)
        write_documents(place, self.kind, "new")
        return place

    def run(self, number: int, fault: Callable[[Path], str], build_again: bool) -> dict[str, Any]:
        """One trial: how the build ended, the state it left, and what the next build made of it."""
        place = self.copy(f"trial-{number}")
        found = {"number": number, "fault": forked(lambda: fault(place)), "state": self.state(place)}
        found["kept"] = len(list((place / "index" / "embedding").glob("*.npz")))
        if build_again:
            found["again"] = forked(lambda: run_build(place)) or "built"
            found |= {"after": self.state(place), "left": generations(place)}
        shutil.rmtree(place)
        return found

    def state(self, place: Path) -> str:
        """ "old", "new" or "none" where the index holds just that, else what is wrong."""
        seen = forked(lambda: look(place))
        return self.states.get(json.dumps(seen), f"wrong: {json.dumps(seen)[:600]}")


def shares(place: Path) -> bool:
    """Whether two generations of an index have files in common."""
    return any(path.stat().st_nlink > 1 for path in (place / "index").glob("gen-*/vectors/*.flat"))


def main(kind: str, how: str, folder: Path, count: int) -> None:
    """Prints the trials as they end."""
    os.fsync = lambda _: None  # what a killed process wrote is not lost, and waiting for the disk takes most of the time
    corpus.read_files = read_here
    if kind == "onto":
        plan.SMALL, plan.MOST_GONE = 0, 0.5
    if kind == "kept":
        embedding._BLOCK = 8
    trials = Trials(kind, folder)
    chance = random.Random(f"{kind} {how}")
    number, fault = 0, ""
    while number < count and fault != "done" if how == "steps" else number < count:
        number += 1
        moment = chance.uniform(0, 1.02 * trials.seconds)
        kill = (lambda place: killed_at(place, number)) if how == "steps" else (lambda place: killed_after(moment, place))  # noqa: B023
        found = trials.run(number, kill, build_again=number % 4 == 1)
        fault = found["fault"]
        print(json.dumps(found), flush=True)  # noqa: T201 - a program of its own, whose output the test reads


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
