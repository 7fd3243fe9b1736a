"""Runs: every question of a set is asked, each answer is written down at once, and a run that was interrupted goes on.

A run file is JSON Lines: a header that says what was asked of what, then one `Outcome` a line. It holds all that measuring,
comparing and reporting need.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assistant.errors import GoldError, UsageError
from assistant.eval.environment import code_sha256, versions
from assistant.eval.measures import Task
from assistant.eval.outcome import OUTCOME, Outcome
from assistant.eval.statistics import SEED

SUFFIX, BEFORE = ".run.jsonl", ".before.jsonl"


@dataclass(frozen=True, slots=True)
class Header:
    """What a run asked of what. Two runs with equal `identity` give the same answers, but for a model's moods and the time."""

    name: str
    task: Task
    command: str
    data: Mapping[str, str]
    """SHA-256 of each file that the set was read from, by the file's name."""
    questions: int
    generation: str
    settings: Mapping[str, Any]
    split: str = "all"
    sample: int | None = None
    top: int = 10
    unreviewed: int = 0
    """Questions that are drafts."""
    unindexed: int = 0
    """Judged documents that the index lacks, because they are empty or could not be read."""
    seed: int = SEED
    date: str = field(default_factory=lambda: dt.datetime.now(dt.UTC).isoformat(timespec="seconds"))
    cores: int = field(default_factory=lambda: os.cpu_count() or 1)
    versions: Mapping[str, str] = field(default_factory=versions)
    code: str = field(default_factory=code_sha256)
    format: int = 2

    @property
    def title(self) -> str:
        """The set and, where not all of it was asked, the half."""
        return titled(self.name, self.split)

    def identity(self) -> dict[str, Any]:
        """All but the date and the name of the command: what must be equal for an interrupted run to be continued."""
        return {name: value for name, value in asdict(self).items() if name not in ("date", "command")}


def titled(name: str, split: str) -> str:
    """ "chair", or "chair, test half"."""
    return name if split == "all" else f"{name}, {split} half"


HEADER = TypeAdapter(Header)


@dataclass(frozen=True, slots=True)
class Run:
    """A run as read back, whole or interrupted."""

    header: Header
    outcomes: tuple[Outcome, ...]

    @property
    def complete(self) -> bool:
        """Whether every question was answered."""
        return len(self.outcomes) == self.header.questions


def read_run(path: Path) -> Run:
    """A run file; a last line that was cut off by a crash is left out.

    Raises:
        GoldError: it cannot be read or is not a run file; names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"{path} cannot be read: {error}", f"Name a run file (…{SUFFIX}) that `assistant eval run` wrote.") from None
    *whole, _ = lines  # what follows the last line end was never finished
    try:
        header = HEADER.validate_json(whole[0]) if whole else None
    except ValidationError:
        header = None
    if header is None:
        raise GoldError(f"{path} is not a run file of this version", "Answer the set anew with: assistant eval run")
    outcomes = []
    for number, line in enumerate(whole[1:], start=2):
        try:
            outcomes.append(OUTCOME.validate_json(line))
        except ValidationError as error:
            where = ".".join(map(str, error.errors()[0]["loc"]))
            raise GoldError(f"{path}, line {number} is not an outcome: {where}", "Answer the set anew with: assistant eval run") from None
    return Run(header, tuple(outcomes))


def interrupted(path: Path, header: Header) -> tuple[Outcome, ...]:
    """The outcomes of an interrupted run of exactly this, which can be continued; none where the file is another run, or none."""
    try:
        before = read_run(path)
    except GoldError:
        return ()
    return before.outcomes if before.header.identity() == header.identity() and not before.complete else ()


@contextmanager
def recording(path: Path, header: Header, kept: Sequence[Outcome]) -> Iterator[Callable[[dict[str, Any]], Outcome]]:
    """Opens a run file and gives a function that writes one outcome at once and reads it back as measured.

    With `kept`, the file is continued after those; else it is begun anew, and the run that lay there becomes <name>.before.jsonl.

    Raises:
        UsageError: the file cannot be written. What goes wrong between two outcomes passes through as it is.
    """
    with _naming(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if kept:
            _keep_whole_lines(path, 1 + len(kept))
        elif path.exists():
            path.replace(path.with_name(path.name.removesuffix(SUFFIX) + BEFORE))
        file = path.open("a", encoding="utf-8", newline="\n")
    with file:

        def write(row: Mapping[str, Any]) -> None:
            with _naming(path):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                file.flush()

        def put(row: dict[str, Any]) -> Outcome:
            write(row)
            return OUTCOME.validate_python(row)

        if not kept:
            write(HEADER.dump_python(header, mode="json"))
        yield put


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "Name a folder that you may write to with --report.") from None


def _keep_whole_lines(path: Path, lines: int) -> None:
    """Cuts off what a crash left of a line after the first `lines` whole ones."""
    with path.open("rb+") as file:
        for _ in range(lines):
            file.readline()
        file.truncate(file.tell())
