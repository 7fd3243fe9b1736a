"""The process that reads documents: `python -m assistant.corpus.child MEMORY_MB`, started by `assistant.corpus.isolation`.

A request is a line of JSON on standard input; what it gives is lines of JSON (`wire`) on what was standard output. The
process ends when its input ends, so it does not outlive the one that asked. A reader that fails in a way that nobody
foresaw ends the process, and the file with it: the one that asked starts another.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from stat import S_ISREG
from threading import Thread
from typing import BinaryIO

from pydantic_core import PydanticSerializationError

from assistant.corpus.catalogue import CatalogueEntry
from assistant.corpus.progress import listening
from assistant.corpus.readers import Read, read_file
from assistant.corpus.wire import OUT_OF_MEMORY, End, Item, Progress, Ready, Unreadable, encode
from assistant.errors import UnreadableDocument

try:
    import resource
except ImportError:  # Windows has no such limits: time and size still are limited, by the one that asks
    resource = None  # type: ignore[assignment]

_SECONDS_BETWEEN_PROGRESS = 0.2
_REFUSED = ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec",
            "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty")  # fmt: skip
"""Audit events of what no reader has any business doing: talking to the network, starting programs."""


def main(memory_mb: int) -> None:
    """Answers requests until the input ends."""
    requests, replies = _private_pipes()
    _limit(memory_mb)
    sys.addaudithook(_refuse)
    _send(replies, Ready())
    for line in requests:
        request = json.loads(line)
        _limit_cpu(request["seconds"])
        entry = CatalogueEntry.model_validate_json(request["entry"]) if request["entry"] else None
        try:
            with listening(_Reporter(replies)):
                for answer in answers(Path(request["path"]), request["name"], entry):
                    _write(replies, answer, request["name"])
            _send(replies, End())
        except MemoryError:
            os._exit(OUT_OF_MEMORY)


def answers(path: Path, name: str, entry: CatalogueEntry | None) -> Iterator[Item | Unreadable]:
    """What a file holds, and what of it cannot be read.

    A file that changes while it is read is read again, once. The documents of a .jsonl file are given as they are read, so
    there it can only be said.
    """
    try:
        before = _mark(path, name)
        if path.suffix.lower() == ".jsonl":
            yield from map(_answer, read_file(path, name, entry))
            if _mark(path, name) != before:
                raise UnreadableDocument(f"{name} changed while it was read", "Run once more: assistant index")
            return
        found = list(map(_answer, read_file(path, name, entry)))
        if (after := _mark(path, name)) != before:
            found = list(map(_answer, read_file(path, name, entry)))
            if _mark(path, name) != after:
                raise UnreadableDocument(f"{name} changes while it is read", "Wait until it is written, then: assistant index")
        yield from found
    except UnreadableDocument as error:
        yield Unreadable(error.what, error.step)


def _mark(path: Path, name: str) -> tuple[int, ...]:
    """What differs when a file was changed or replaced.

    Raises:
        UnreadableDocument: it has gone, or is no longer a file.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise UnreadableDocument(f"{name} is no longer there: {error.strerror or error}", "Put it back, then: assistant index") from None
    if not S_ISREG(status.st_mode):
        raise UnreadableDocument(f"{name} is no longer a file", "Put it back, then: assistant index")
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _answer(item: Read | UnreadableDocument) -> Item | Unreadable:
    return Unreadable(item.what, item.step) if isinstance(item, UnreadableDocument) else Item(*item)


def _write(replies: BinaryIO, answer: Item | Unreadable, name: str) -> None:
    try:
        line = encode(answer)
    except PydanticSerializationError:
        line = encode(Unreadable(f"{name} holds characters that are not text", "Save it again in the program that made it."))
    replies.write(line)


def _send(replies: BinaryIO, message: Ready | Progress | End) -> None:
    replies.write(encode(message))
    replies.flush()


class _Reporter:
    """Sends progress, not too often."""

    def __init__(self, replies: BinaryIO) -> None:
        self._replies = replies
        self._last = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._last >= _SECONDS_BETWEEN_PROGRESS:
            self._last = now
            _send(self._replies, Progress(done, total))


def _private_pipes() -> tuple[Iterator[bytes], BinaryIO]:
    """The requests and the stream for replies, on descriptors of their own: what a library prints goes to standard error,
    and what it reads is empty."""
    incoming, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb", 1 << 16)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    lines: SimpleQueue[bytes] = SimpleQueue()

    def pump() -> None:
        for line in incoming:
            lines.put(line)
        os._exit(0)  # whoever asked has gone, or has had enough: also in the middle of a file

    Thread(target=pump, daemon=True).start()
    return iter(lines.get, None), replies


def _limit(memory_mb: int) -> None:
    """Limits memory, and leaves no dump of documents where a crash happens."""
    if resource is None:
        return
    for kind, wanted in (("RLIMIT_AS", memory_mb << 20), ("RLIMIT_DATA", memory_mb << 20), ("RLIMIT_CORE", 0)):
        _, hard = resource.getrlimit(getattr(resource, kind))
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        try:
            resource.setrlimit(getattr(resource, kind), (most, most))
        except (ValueError, OSError):  # macOS knows some of them and refuses to set them
            continue


def _limit_cpu(seconds: float) -> None:
    """Ends the process when it has computed for so long from now on, should nobody be there to end it."""
    if resource is not None:
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        wanted = math.ceil(time.process_time() + seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _refuse(event: str, _: object) -> None:
    if event in _REFUSED:
        raise PermissionError(f"a reader of documents may not {event}")


if __name__ == "__main__":
    main(int(sys.argv[1]))
