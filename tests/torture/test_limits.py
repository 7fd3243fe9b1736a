"""A build that runs out of disk or memory at every place: the old index or the new one, whole; and what huge documents take."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_crashes import SMALL_DISK, assert_refused, crashes, needs_fork, needs_small_disk
from test_pdf_large import pages

from assistant.corpus import Entry, read_corpus
from assistant.settings import ReadingSettings

WORDS = "the ports harbour pilots ships noon states shall should lights rules of committee open decided north and".split()
BUILD = """
import json, resource, sys, time
from pathlib import Path
from assistant.index.build import build
from assistant.settings import Settings
began = time.monotonic()
report = build(Settings(workspace=Path(sys.argv[1])))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps({"paragraphs": report.paragraphs, "peak": peak, "seconds": round(time.monotonic() - began, 1)}))
"""
pytestmark = [needs_fork, pytest.mark.timeout(600)]


def test_every_block_of_a_full_disk(tmp_path: Path) -> None:
    """As tests/test_crashes.py, with every number of free blocks from none until a build fits."""
    needs_small_disk(tmp_path)
    found = crashes("full", tmp_path, 1, [*SMALL_DISK, str(tmp_path)])
    assert [trial["number"] for trial in found] == list(range(len(found)))
    assert_refused(*found)
    sys.stdout.write(f"{len(found) - 1} sizes of what is left, up to {4 * found[-1]['number']} KiB\n")


def test_memory_runs_out_anywhere(tmp_path: Path) -> None:
    """With ever more memory until a build fits: it ends, by whatever its libraries do then, and what answers is the old index or the new
    one, whole; the next build makes the new one."""
    *trials, last = crashes("memory", tmp_path, 1)
    assert len(trials) > 10
    assert last["fault"] == "done"
    assert {trial["state"] for trial in (*trials, last)} <= {"old", "new"}
    assert {trial["after"] for trial in (*trials, last) if "after" in trial} == {"new"}
    assert max(trial["left"] for trial in trials if "left" in trial) <= 2
    ends = [trial["fault"].partition(":")[0] for trial in trials]
    sys.stdout.write(f"{len(ends)} sizes: { {end: ends.count(end) for end in set(ends)} }\n")


def built(folder: Path, text: str) -> dict[str, float]:
    """What building an index of one document takes, in a process of its own: its peak of memory in MB, with torch and the encoder."""
    (folder / "corpus").mkdir(parents=True)
    (folder / "corpus" / "large.txt").write_text(text, encoding="utf-8")
    command = [sys.executable, "-W", "ignore", "-c", BUILD, str(folder)]
    done = subprocess.run(command, env=dict(os.environ), capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_huge_paragraphs_take_bounded_memory(tmp_path: Path) -> None:
    """One paragraph of 200,000 characters takes little more at its peak than one of 2,000: its windows are embedded some at a time."""
    chance = random.Random(1)
    small, large = (built(tmp_path / str(size), f"1. {words(chance, size)}\n") for size in (2_000, 200_000))
    sys.stdout.write(f"2,000 characters: {small}; 200,000: {large}\n")
    assert large["paragraphs"] == small["paragraphs"] == 1
    assert large["peak"] < 1.25 * small["peak"]


def test_many_tiny_paragraphs_take_bounded_memory(tmp_path: Path) -> None:
    """Of 9,999 paragraphs of a few words, the most that a document can number, each costs the build less than 10 KB at its peak, so
    that a hundred thousand fit into a gigabyte more."""
    chance = random.Random(1)
    few = [words(chance, 12) for _ in range(40)]  # embedded once each: what is measured is all the rest
    small = built(tmp_path / "small", f"1. {words(chance, 200)}\n")
    large = built(tmp_path / "large", "\n\n".join(f"{number}. {few[number % 40]}" for number in range(1, 10_000)))
    sys.stdout.write(f"one paragraph: {small}; 9,999: {large}\n")
    assert large["paragraphs"] == 9_999
    assert (large["peak"] - small["peak"]) * 1024 / 9_999 < 10


def test_three_thousand_pages(tmp_path: Path) -> None:
    """A PDF of 3,000 pages is read in a process that has half a gigabyte; 9,999 paragraphs are the most that a document numbers."""
    (tmp_path / "large.pdf").write_bytes(pages(3000))
    began = time.monotonic()
    (entry,) = read_corpus(tmp_path, ReadingSettings(memory_mb=512, seconds=600))
    sys.stdout.write(f"3,000 pages in {time.monotonic() - began:.0f} s\n")
    assert isinstance(entry, Entry)
    assert [paragraph.label for paragraph in entry.paragraphs[:9_999]] == [str(number) for number in range(1, 10_000)]


def words(chance: random.Random, length: int) -> str:
    """A sentence of about so many characters."""
    found: list[str] = []
    while sum(map(len, found)) + len(found) < length:
        found.append(chance.choice(WORDS))
    return " ".join(found).capitalize() + "."
