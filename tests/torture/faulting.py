"""One build in a process forked for it, so that whoever traces this one counts that one's calls to the system from its first.

    strace -f -e inject=… python tests/torture/faulting.py PLACE

Prints how it ended: "done", "refused: …" with the line that a person would read, "failed: …" with any other error, or "killed".
"""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from crashes import run_build
from reading import read_here

from assistant import corpus
from assistant.errors import IndexProblem


def main(place: Path) -> None:
    """Builds the index of a workspace; what was imported before the fork is not counted."""
    import assistant.index.lexical
    import assistant.index.vectors  # noqa: F401

    corpus.read_files = read_here
    here, there = socket.socketpair()  # sending is none of the calls that are made to fail
    child = os.fork()
    if not child:
        said = "done"
        try:
            run_build(place)
        except IndexProblem as error:
            said = f"refused: {error}"
        except BaseException as error:  # noqa: BLE001 - the test shows it
            said = f"failed: {type(error).__name__}: {error}"
        there.send(said.encode())
        os._exit(0)
    os.waitpid(child, 0)
    here.setblocking(False)
    try:
        said = here.recv(10_000).decode()
    except BlockingIOError:
        said = "killed"
    for _ in range(2):  # the first may be the write that is made to fail
        with suppress(OSError):
            os.write(1, said.encode())
            break


if __name__ == "__main__":
    main(Path(sys.argv[1]))
