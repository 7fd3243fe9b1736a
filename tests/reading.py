"""Reading without a process of its own, for tests of what is made of documents: each such process takes half a second to start.

Everything else is as ever: the reader, the messages as they would cross the pipe, and the order. What the process is for,
tests/test_isolation.py proves, and the tests of `build` and of the command line read as a user does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.corpus.child import answers
from assistant.corpus.isolation import Tell
from assistant.corpus.process import Job, Result
from assistant.corpus.wire import Item, Unreadable, decode, encode, read_of
from assistant.errors import UnreadableDocument
from assistant.settings import ReadingSettings


def read_here(jobs: Sequence[Job], reading: ReadingSettings, tell: Tell | None = None) -> Iterator[tuple[Job, Result | None]]:
    """As `assistant.corpus.isolation.read_files`, in this process."""
    for job in jobs:
        for answer in answers(job.path, job.name, job.entry):
            message = decode(encode(answer), job.name)
            assert isinstance(message, Item | Unreadable)
            yield job, read_of(message) if isinstance(message, Item) else UnreadableDocument(message.what, message.step)
        yield job, None
