"""A request larger than its bound is refused before it is read to the end, whatever its Content-Length says."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST = 64 * 1024
"""Bytes of the longest request to `/api`: a question of 4,000 characters in any script, and its filters."""


class LimitedBody:
    """Answers 413 to a request below `prefix` whose body is longer than `most` bytes."""

    def __init__(self, app: ASGIApp, prefix: str = "/api/", most: int = MOST) -> None:
        self.app = app
        self.prefix = prefix
        self.most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, as ASGI has it."""
        if scope["type"] != "http" or not scope["path"].startswith(self.prefix):
            await self.app(scope, receive, send)
            return
        said = Headers(scope=scope).get("content-length", "")
        if said.isdigit() and int(said) > self.most:
            await self._refuse(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self.most:
                await self._refuse(scope, receive, send)
                return

        taken = False

        async def whole() -> Message:
            nonlocal taken
            if taken:
                return await receive()
            taken = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, whole, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        error = {"type": "UsageError", "what": f"the request has more than {self.most:,} bytes", "next": "Ask in fewer words."}
        await JSONResponse({"error": error}, 413, {"Connection": "close"})(scope, receive, send)
