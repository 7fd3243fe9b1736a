"""A request larger than its bound is refused before it is read to the end, whatever its Content-Length says; one that does not come in
time is refused as well."""

from __future__ import annotations

import asyncio
import time

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST = 64 * 1024
"""Bytes of the longest request to `/api`: a question of 4,000 characters in any script, and its filters."""
BODY_SECONDS = 30.0
"""Within which the whole body must have come."""


class LimitedBody:
    """Answers 413 to a request below `prefix`, but not below `beside`, whose body is longer than `most` bytes, and 408 to one whose body
    takes longer than `seconds`."""

    def __init__(self, app: ASGIApp, prefix: str = "/api/", most: int = MOST, seconds: float = BODY_SECONDS, beside: str = "\0") -> None:
        self.app = app
        self.prefix, self.beside = prefix, beside
        self.most, self.seconds = most, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, as ASGI has it."""
        if scope["type"] != "http" or not scope["path"].startswith(self.prefix) or scope["path"].startswith(self.beside):
            await self.app(scope, receive, send)
            return
        too_long = JSONResponse(_error(f"the request has more than {self.most:,} bytes", "Ask in fewer words."), 413, _CLOSE)
        said = Headers(scope=scope).get("content-length", "")
        if said.isdigit() and int(said) > self.most:
            await too_long(scope, receive, send)
            return
        body, more, end = bytearray(), True, time.monotonic() + self.seconds
        while more:
            try:
                message = await asyncio.wait_for(receive(), end - time.monotonic())
            except TimeoutError:
                late = JSONResponse(
                    _error(f"the request took longer than {self.seconds:g} seconds to come", "Send it at once."), 408, _CLOSE
                )
                await late(scope, receive, send)
                return
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self.most:
                await too_long(scope, receive, send)
                return

        taken = False

        async def whole() -> Message:
            nonlocal taken
            if taken:
                return await receive()
            taken = True
            return {"type": "http.request", "body": bytes(body), "more_body": False}

        await self.app(scope, whole, send)


_CLOSE = {"Connection": "close"}


def _error(what: str, step: str) -> dict[str, object]:
    return {"error": {"type": "UsageError", "what": what, "next": step}}
