"""One process that reads files, as seen by the one that asks: started when needed, limited, replaced when it fails."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from assistant.corpus.catalogue import CatalogueEntry
from assistant.corpus.readers import Read
from assistant.corpus.wire import OUT_OF_MEMORY, End, Item, Progress, Ready, Unreadable, decode, read_of
from assistant.errors import CorpusError, UnreadableDocument

if TYPE_CHECKING:
    from assistant.settings import ReadingSettings

PROGRAM = "assistant.corpus.child"
"""The module that the process runs."""
FILES_PER_PROCESS = 256
"""After so many files a process is replaced, so that what a library leaks does not add up."""
SECONDS_PER_MB = 2.0
"""Added to the time of a file for each MB."""
_SECONDS_TO_START = 60.0
_SECONDS_TO_END = 2.0
_PIPE = 1 << 18
_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "ASSISTANT_DEBUG")
"""All of the environment that the process gets: no key and no token is among it."""
_SAVE_AGAIN = "Save it again in the program that made it, or leave it out."

Result = Read | UnreadableDocument


@dataclass(frozen=True, slots=True)
class Job:
    """A file to read; `name` is its path inside the corpus folder, `entry` what the catalogue says of it."""

    path: Path
    name: str
    entry: CatalogueEntry | None = None


class _FileFailedError(Exception):
    """The process is of no use any more, because of this file."""

    def __init__(self, what: str, step: str = _SAVE_AGAIN) -> None:
        super().__init__(what)
        self.error = UnreadableDocument(what, step)


class ReadingProcess:
    """Used by one thread at a time; only `watch` and `kill` may come from another."""

    def __init__(self, reading: ReadingSettings) -> None:
        self._reading = reading
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()
        self._is_closed = False
        self._served = 0
        self._left = 0.0
        self._waits_since: float | None = None
        self._is_late = False
        self._rest: list[bytes] = []

    def read(self, job: Job, note: Callable[[Progress], None]) -> Iterator[list[Result]]:
        """The documents of a file, in batches as they come; last of all what is wrong with the file, if anything is.

        Raises:
            CorpusError: no process can be started.
        """
        try:
            size = job.path.stat().st_size
        except OSError as error:
            yield [UnreadableDocument(f"{job.name} is no longer there: {error.strerror or error}", "Put it back, then: assistant index")]
            return
        if size > self._reading.file_mb * 1e6:
            yield [UnreadableDocument(f"{job.name} is larger than {self._reading.file_mb:g} MB", "Split it, or raise reading.file_mb.")]
            return
        try:
            yield from self._ask(job, size, note)
        except _FileFailedError as failed:
            self.close()
            if not self._is_closed:
                yield [failed.error]

    def _ask(self, job: Job, size: int, note: Callable[[Progress], None]) -> Iterator[list[Result]]:
        seconds = self._reading.seconds + SECONDS_PER_MB * size / 1e6
        if self._process is None or self._process.poll() is not None or self._is_late or self._served >= FILES_PER_PROCESS:
            self._start()
        self._served += 1
        self._left = seconds
        entry = job.entry.model_dump_json(exclude_unset=True) if job.entry else None
        self._send({"path": str(job.path.absolute()), "name": job.name, "entry": entry, "seconds": seconds})
        for lines in self._lines(job.name, seconds, self._most(size)):
            batch: list[Result] = []
            for line in lines:
                message = _decoded(line, job.name)
                if isinstance(message, Item):
                    batch.append(read_of(message))
                elif isinstance(message, Unreadable):
                    batch.append(UnreadableDocument(message.what, message.step))
                elif isinstance(message, Progress):
                    note(message)
                elif isinstance(message, End) and line is lines[-1] and not self._rest:
                    yield batch
                    return
                else:
                    raise _not_a_document(job.name)
            yield batch

    def _most(self, size: int) -> int:
        """Bytes that may come of a file, which are kept in memory here: 256 MB by default, and 16 times its size, which no
        honest file comes near: a line of .jsonl with one word in it grows the most, by some 400 bytes."""
        return (self._reading.memory_mb << 20) // 8 + 16 * size

    def _lines(self, name: str, seconds: float, most: int) -> Iterator[list[bytes]]:
        """The lines of each piece that the pipe brings; the begun line at its end waits in `_rest`."""
        self._rest = []
        received = 0
        while True:
            piece = self._receive()
            if not piece:
                raise self._why_it_ended(name, seconds)
            received += len(piece)
            if received > most:
                raise _FileFailedError(f"{name} gives more text than fits in memory", "Split it, or raise reading.memory_mb.")
            *lines, rest = piece.split(b"\n")
            if lines:
                lines[0] = b"".join((*self._rest, lines[0]))
                self._rest = []
            if rest:
                self._rest.append(rest)
            if lines:
                yield lines

    def _receive(self) -> bytes:
        """Waits for the process, on its time: what the one that asks does in between does not count."""
        assert self._process is not None
        assert self._process.stdout is not None
        since = time.monotonic()
        self._waits_since = since
        try:
            return os.read(self._process.stdout.fileno(), _PIPE)
        finally:
            with self._lock:
                self._waits_since = None
                self._left -= time.monotonic() - since

    def _send(self, request: dict[str, object]) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
        except OSError:
            return  # it has ended: that is found out, and why, when nothing comes back

    def _start(self) -> None:
        """Starts the process, in place of the one before.

        Raises:
            CorpusError: it cannot be started.
        """
        self.close()
        problem = CorpusError("no process to read documents can be started", "Set ASSISTANT_DEBUG=1 to see why, and report it.")
        command = [sys.executable, "-P", "-m", PROGRAM, str(self._reading.memory_mb)]
        errors = None if os.environ.get("ASSISTANT_DEBUG") else subprocess.DEVNULL
        with self._lock:
            if self._is_closed:
                raise _FileFailedError("closed")
            try:
                self._process = subprocess.Popen(
                    command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=_environment(),
                    start_new_session=True,  # an interrupt from the keyboard is for the one that asks, which then ends this one
                )  # fmt: skip
            except OSError as error:
                raise problem from error
            self._served, self._is_late, self._left = 0, False, _SECONDS_TO_START
        try:
            first = next(self._lines("", _SECONDS_TO_START, _PIPE))
            if [_decoded(line, "") for line in first] != [Ready()]:
                raise problem
        except _FileFailedError:
            if self._is_closed:
                raise
            raise problem from None

    def watch(self) -> None:
        """Ends the process if its time for the file is over."""
        with self._lock:
            if self._process and self._waits_since is not None and time.monotonic() - self._waits_since > self._left:
                self._is_late = True
                self._process.kill()

    def kill(self) -> None:
        """Ends the process, and starts no other."""
        with self._lock:
            self._is_closed = True
            if self._process:
                self._process.kill()

    def close(self) -> None:
        """Ends the process and waits for its end; the next file gets another."""
        if self._process:
            self._process.kill()
            with self._process:  # closes the pipes
                self._process.wait()
            self._process = None

    def _why_it_ended(self, name: str, seconds: float) -> _FileFailedError:
        assert self._process is not None
        try:
            status = self._process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:  # it closed its output, and goes on
            return _not_a_document(name)
        if self._is_late or status == -getattr(signal, "SIGXCPU", 0):
            return _FileFailedError(f"{name} took longer than {seconds:.3g} s to read", "Split it, or raise reading.seconds.")
        if status in (OUT_OF_MEMORY, -getattr(signal, "SIGKILL", 0)):  # the system kills what takes the memory of all
            mb = self._reading.memory_mb
            limit = f"{mb / 1024:g} GB" if mb >= 1024 else f"{mb} MB"
            return _FileFailedError(f"{name} needs more than {limit} of memory", "Split it, or raise reading.memory_mb.")
        how = f" ({signal.Signals(-status).name})" if -status in set(signal.Signals) else ""
        return _FileFailedError(f"{name} made its reader crash{how}")


def _decoded(line: bytes, name: str) -> Ready | Item | Unreadable | Progress | End:
    try:
        return decode(line, name)
    except ValueError:
        raise _not_a_document(name) from None


def _not_a_document(name: str) -> _FileFailedError:
    return _FileFailedError(f"{name} made its reader give what is no document")


def _environment() -> dict[str, str]:
    """What the process needs to run, and to import what this one does."""
    path = os.pathsep.join(str(Path(place).absolute()) for place in sys.path)
    return {name: os.environ[name] for name in _KEPT if name in os.environ} | {"PYTHONPATH": path, "PYTHONUTF8": "1"}
