"""Reads files in processes of their own, with limits of time, memory and size.

    jobs ──a thread for each process──> outboxes, one for each file ──in the order of the jobs──> read_files

A file that takes too long, needs too much memory or makes its reader crash is named, and the next one gets a new process.
No process is started before it is needed, and none is left when `read_files` ends, however it ends.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, Full, LifoQueue, Queue
from threading import Event
from typing import TYPE_CHECKING

from assistant.corpus.process import Job, ReadingProcess, Result
from assistant.corpus.wire import Progress

if TYPE_CHECKING:
    from assistant.settings import ReadingSettings

_AHEAD = 8
"""How many files may be read, or begun, before the first of them has been taken."""
_BATCHES = 4
"""How many batches of one file wait to be taken; a batch is what one read of the pipe brought."""
_POLL = 0.05
"""Seconds between two looks at the clock of the processes."""
_WORTH_A_PROCESS = 1 << 18
"""Bytes for which another process is worth its start, which takes a fifth of a second."""

Tell = Callable[[str, int, int], None]
"""Called with a file's name, how many of its pages or lines are read, and how many there are."""


def read_files(jobs: Sequence[Job], reading: ReadingSettings, tell: Tell | None = None) -> Iterator[tuple[Job, Result | None]]:
    """(job, document or what is wrong) in the order of the jobs, as they are read; (job, None) when a file is done.

    Raises:
        CorpusError: no process can be started.
    """
    if not jobs:
        return
    stopped = Event()
    processes = [ReadingProcess(reading) for _ in range(_worth(jobs, reading.processes))]
    idle: LifoQueue[ReadingProcess] = LifoQueue()
    for process in processes:
        idle.put(process)
    executor = ThreadPoolExecutor(len(processes), "reading")
    waiting, begun = deque(jobs), deque[_Begun]()
    try:
        while waiting or begun:
            while waiting and len(begun) < _AHEAD:
                begun.append(_Begun(waiting.popleft(), stopped))
                begun[-1].future = executor.submit(begun[-1].run, idle)
            first = begun.popleft()
            for batch in first.batches(processes, tell or (lambda name, done, total: None)):
                for result in batch:
                    yield first.job, result
            yield first.job, None
    finally:
        stopped.set()
        for process in processes:
            process.kill()
        executor.shutdown(cancel_futures=True)
        for process in processes:
            process.close()


def _worth(jobs: Sequence[Job], most: int) -> int:
    """How many processes these files are worth."""
    size = 0
    for job in jobs:
        with suppress(OSError):
            size += job.path.stat().st_size
    return max(1, min(most, len(jobs), 1 + size // _WORTH_A_PROCESS))


@dataclass
class _Begun:
    """A file that is being read, and what of it waits to be taken; None ends it."""

    job: Job
    stopped: Event
    outbox: Queue[list[Result] | None] = field(default_factory=lambda: Queue(_BATCHES))
    future: Future[None] | None = None
    progress: Progress | None = None

    def run(self, idle: LifoQueue[ReadingProcess]) -> None:
        """Reads the file in an idle process. Runs in a thread."""
        process = idle.get()
        try:
            for batch in process.read(self.job, self._note):
                if batch:
                    self._put(batch)
        finally:
            idle.put(process)
            self._put(None)

    def _note(self, progress: Progress) -> None:
        self.progress = progress

    def _put(self, batch: list[Result] | None) -> None:
        while not self.stopped.is_set():
            with suppress(Full):
                self.outbox.put(batch, timeout=_POLL)
                return

    def batches(self, processes: Sequence[ReadingProcess], tell: Tell) -> Iterator[list[Result]]:
        """What was read, as it comes; meanwhile the clocks of all processes are watched."""
        told = None
        while True:
            batch: list[Result] | None = []
            with suppress(Empty):
                batch = self.outbox.get(timeout=_POLL)
            for process in processes:
                process.watch()
            if self.progress is not told and self.progress is not None:
                told = self.progress
                tell(self.job.name, told.done, told.total)
            if batch is None:
                break
            yield batch
        if self.future:
            self.future.result()  # raises what the thread met
