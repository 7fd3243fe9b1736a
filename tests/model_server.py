"""A real HTTP server on loopback that speaks the OpenAI streaming protocol from a script. Public, so that others can use it.

with ModelServer(lambda request: Reply(["The OEWG is a process [", handle, "]."])) as server: …
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Request:
    """What a client asked: its JSON, and the handles of the passages in its prompt by paragraph text."""

    body: dict[str, Any]
    authorization: str

    @property
    def prompt(self) -> str:
        """All messages as one text."""
        return "\n".join(str(message["content"]) for message in self.body["messages"])

    def handle(self, words: str) -> str:
        """The handle of the first passage that holds these words."""
        for block in re.findall(r"\[([0-9a-f]{4}-\d+)\] ([^\n]*\n[^\n]*)", self.prompt):
            if words in block[1]:
                return str(block[0])
        raise AssertionError(f"no passage holds {words!r}")


@dataclass
class Reply:
    """What the server does: a status, pieces of text to stream, a raw body instead, or silence in seconds before the first piece."""

    pieces: Sequence[str] = ()
    status: int = 200
    raw: bytes | None = None
    wait: float = 0.0
    finish_reason: str = "stop"
    cut: bool = False


@dataclass
class ModelServer:
    """Serves one script on a free port of 127.0.0.1 until the block ends."""

    script: Callable[[Request], Reply]
    requests: list[Request] = field(default_factory=list)

    def __enter__(self) -> ModelServer:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                request = Request(json.loads(self.rfile.read(length)), self.headers.get("Authorization", ""))
                owner.requests.append(request)
                owner._answer(self, owner.script(request))

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    @property
    def base_url(self) -> str:
        """What a client is told."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def _answer(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        time.sleep(reply.wait)
        if reply.status != 200:
            body = json.dumps({"error": {"message": "scripted failure", "type": "test"}}).encode()
            handler.send_response(reply.status)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
            return
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        try:
            if reply.raw is not None:
                handler.wfile.write(reply.raw)
                return
            for piece in reply.pieces:
                handler.wfile.write(self._event({"content": piece}, None))
                handler.wfile.flush()
            if not reply.cut:
                handler.wfile.write(self._event({}, reply.finish_reason) + b"data: [DONE]\n\n")
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client stopped reading, which is its right

    @staticmethod
    def _event(delta: dict[str, str], finish: str | None) -> bytes:
        choice = {"index": 0, "delta": {"role": "assistant"} | delta, "finish_reason": finish}
        event = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "scripted", "choices": [choice]}
        return f"data: {json.dumps(event)}\n\n".encode()
