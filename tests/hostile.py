"""The reading process with readers that do what a hostile document could make a reader do: `python -m hostile MEMORY_MB`.

A test puts this module's name in the place of the program's. A file's suffix says what happens; other files are read as ever.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

from assistant.corpus import child, readers
from assistant.corpus.progress import tell
from assistant.corpus.source import SourceText, plain
from assistant.corpus.wire import OUT_OF_MEMORY

SECRET = "not for readers"
_replies: list[BinaryIO] = []
_DOCUMENT: dict[str, Any] = {"id": "x", "title": "T", "source": "a.wire", "sha256": "0" * 64}
_PARAGRAPH: dict[str, Any] = {"document": "x", "label": "1", "numbering": "official", "text": "Text."}


def read_hostile(raw: bytes, name: str) -> SourceText:
    """Does what the suffix says; the first line of the file may say how."""
    what, how = Path(name).suffix[1:], raw.decode().strip()
    return globals()[f"_{what}"](how) or plain("1. One.\n2. Two.\n")


def _sleep(how: str) -> None:
    time.sleep(float(how))


def _spin(_: str) -> None:
    while True:
        pass


def _memory(_: str) -> None:
    held = []
    while True:
        held.append(bytearray(1 << 24))


def _abort(_: str) -> None:
    os.abort()


def _bug(_: str) -> None:
    raise KeyError("a mistake of the reader")


def _deep(_: str) -> None:
    _deep("")


def _print(how: str) -> None:
    print(how)  # noqa: T201 - as a careless library would
    os.write(1, how.encode())
    assert sys.stdin.read() == ""


def _wire(how: str) -> None:
    _replies[0].write(how.encode() + b"\n")


def _fields(how: str) -> None:
    """Sends a document that differs from a good one in what the file says."""
    changes = json.loads(how)
    document, paragraph = _DOCUMENT | changes.get("document", {}), _PARAGRAPH | changes.get("paragraph", {})
    message = {"document": document, "paragraphs": [paragraph] * changes.get("times", 1), "ledger": {}, "kind": "item"}
    _replies[0].write(json.dumps(message | changes.get("message", {})).encode() + b"\n")


def _huge(_: str) -> None:
    while True:
        _replies[0].write(b"x" * (1 << 20))


def _closed(_: str) -> None:
    _replies[0].flush()
    os.close(_replies[0].fileno())
    time.sleep(60)


def _surrogate(_: str) -> SourceText:
    return plain("1. Half a \ud800 pair.")


def _environment(_: str) -> SourceText:
    return plain("\n\n".join(f"{at}. {name}" for at, name in enumerate(sorted(os.environ), 1)))


def _network(how: str) -> None:
    host, port = how.split(":")
    socket.create_connection((host, int(port)))


def _pages(how: str) -> None:
    for page in range(int(how)):
        tell(page, int(how))
        time.sleep(0.05)


def _growing(how: str) -> None:
    """Changes the file itself while it is read: once where it says so, else each time."""
    path = Path(how.split()[-1])
    if "again" in how or not path.with_suffix(".seen").exists():
        path.with_suffix(".seen").touch()
        path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")


def _vanishing(how: str) -> None:
    Path(how).unlink()


def _killed(_: str) -> None:
    os._exit(OUT_OF_MEMORY)


def _pid(how: str) -> SourceText:
    Path(how).write_text(str(os.getpid()), encoding="utf-8")
    return plain(f"1. {os.getpid()}.")


def _refuse_closed() -> None:
    """Refuses files named closed.*, as the system would if the user were not root."""
    for method in ("read_bytes", "open"):
        real = getattr(Path, method)

        def call(self: Path, *more: Any, real: Any = real, **named: Any) -> Any:
            if self.stem == "closed" and self.suffix in (".txt", ".jsonl"):
                raise PermissionError(13, "Permission denied")
            return real(self, *more, **named)

        setattr(Path, method, call)


def main() -> None:
    """Serves as the true program does."""
    module = ModuleType("assistant.corpus.readers.hostile")
    module.read_hostile = read_hostile  # type: ignore[attr-defined]  # a module made here
    sys.modules[module.__name__] = module
    ours = [name[1:] for name, value in globals().items() if name.startswith("_") and callable(value)]
    readers.READERS.update({f".{name}": "hostile:read_hostile" for name in ours})
    pipes = child._private_pipes

    def private_pipes() -> Any:
        requests, replies = pipes()
        _replies.append(replies)
        return requests, replies

    child._private_pipes = private_pipes
    _refuse_closed()
    child.main(int(sys.argv[1]))


if __name__ == "__main__":
    main()
