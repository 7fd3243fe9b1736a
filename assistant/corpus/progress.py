"""How a reader of many pages says how far it is, to whoever listens: nobody, unless `listening` is entered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_listener: ContextVar[Callable[[int, int], None] | None] = ContextVar("listener", default=None)


def tell(done: int, total: int) -> None:
    """Says that `done` of `total` pages or lines have been read. Costs nothing to speak of: call it for every page."""
    if listener := _listener.get():
        listener(done, total)


@contextmanager
def listening(listener: Callable[[int, int], None]) -> Iterator[None]:
    """Calls `listener` with what is told inside."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
