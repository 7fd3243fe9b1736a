"""Cuts every Python process off from all but this machine, from its first line on, and writes down each attempt to get out.

Its folder stands first in PYTHONPATH, so that processes which the first one starts are cut off as well; a copy of this file writes
beside itself. Attempts are written down because a library may try, fail and hide it.
"""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Any

ATTEMPTS = Path(__file__).with_name("attempts")
ADDRESSES = {"socket.connect": 1, "socket.bind": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getnameinfo": 0}
"""Audit events with a socket's address, and which of their arguments it is."""
NAMES = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
"""Audit events that ask for a name."""


def is_here(host: object) -> bool:
    """Whether a host is this machine and cannot be reached from another."""
    text = host.decode() if isinstance(host, bytes) else host
    return text is None or (isinstance(text, str) and (text in ("localhost", "::1") or text.startswith("127.")))


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Raises OSError where a process wants to reach, or to be reached by, another machine, or asks for its name."""
    if event in NAMES:
        place = arguments[0]
    elif event in ADDRESSES:
        address = arguments[ADDRESSES[event]]
        if address is None or isinstance(address, str | bytes):  # connected already, or a name in this file system
            return
        place = address[0]
    else:
        return
    if not is_here(place):
        with ATTEMPTS.open("a", encoding="utf-8") as stream:
            stream.write(f"{event} {place} by {' '.join(sys.orig_argv[:5])}\n")
        raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))


sys.addaudithook(watch)
