"""One event loop in a thread of its own, on which requests to models run, so that whoever waits for one can walk away at any time."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing
from functools import cache
from typing import TypeVar

T = TypeVar("T")

BEAT = 0.5
"""Seconds after which `iterate` gives None where nothing came."""
_GOODBYE = 2.0
"""Seconds that closing waits at most for the source to have closed what it held open."""


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="assistant-models", daemon=True).start()
    return loop


class _End:
    """After the last item: what the source raised, if it did."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def iterate(source: AsyncGenerator[T]) -> Generator[T | None]:
    """The items of an asynchronous generator, which runs on the background loop; None at every `BEAT` without one.

    Closing this iterator (also by an interrupt) cancels the source wherever it waits, and returns once it has ended. What the source
    raises is raised here.
    """
    arrived: queue.SimpleQueue[T | _End] = queue.SimpleQueue()
    ended = threading.Event()

    async def pump() -> None:
        end = _End()
        try:
            async with aclosing(source) as items:
                async for item in items:
                    arrived.put(item)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - nothing is swallowed: it is raised again where the items are read
            end = _End(error)
        finally:
            arrived.put(end)
            ended.set()

    running = asyncio.run_coroutine_threadsafe(pump(), _loop())
    try:
        while True:
            try:
                item = arrived.get(timeout=BEAT)
            except queue.Empty:
                yield None
                continue
            if isinstance(item, _End):
                if item.error:
                    raise item.error
                return
            yield item
    finally:
        if not ended.is_set():
            running.cancel()
            ended.wait(_GOODBYE)
