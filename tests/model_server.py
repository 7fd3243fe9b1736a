"""A real HTTP server on loopback that speaks the OpenAI streaming protocol, and Ollama's, from a script. Public, so that others can use it.

with ModelServer(lambda request: Reply(["The OEWG is a process [", handle, "]."])) as server: …

A reply can be honest, lying, slow (`pause`), silent (`wait`), stalling (`then="stall"`), malformed (`raw`), reset or closed half-way
(`then`), refused (`status`, with `headers` such as Retry-After), cut by length (`finish_reason`), or empty. What the client did with
it stands in `server.sent` and `server.hung_up`.
"""

from __future__ import annotations

import json
import re
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

_LONGEST_STALL = 60.0


@dataclass
class Request:
    """What a client asked: its JSON, and the handles of the passages in its prompt by paragraph text."""

    body: dict[str, Any]
    authorization: str
    path: str = "/v1/chat/completions"

    @property
    def system(self) -> str:
        """The system message."""
        return str(self.body["messages"][0]["content"])

    @property
    def user(self) -> str:
        """The user's message."""
        return str(self.body["messages"][-1]["content"])

    @property
    def prompt(self) -> str:
        """All messages as one text."""
        return "\n".join(str(message["content"]) for message in self.body["messages"])

    @property
    def is_rewriting(self) -> bool:
        """Whether a follow-up question is to be rewritten, not answered."""
        return "The last question: " in self.user

    @property
    def passages(self) -> dict[str, str]:
        """The passages of the prompt by their handles, the line with their title included."""
        block = re.compile(r"^<([0-9a-f]{4})>\n\[(\1-\d+)\] (.*?)\n</\1>$", re.DOTALL | re.MULTILINE)
        return {handle: text for _, handle, text in block.findall(self.user)}

    def handle(self, words: str) -> str:
        """The handle of the first passage that holds these words."""
        for handle, text in self.passages.items():
            if words in text:
                return handle
        raise AssertionError(f"no passage holds {words!r}")


@dataclass
class Reply:
    """What the server does: a status, pieces of text to stream, a raw body instead, or silence in seconds before the first piece."""

    pieces: Sequence[str] = ()
    status: int = 200
    raw: bytes | None = None
    wait: float = 0.0
    """Seconds of silence before the first piece; the headers are sent at once unless `status` is an error."""
    pause: float = 0.0
    """Seconds between pieces."""
    finish_reason: str = "stop"
    then: Literal["end", "close", "reset", "stall"] = "end"
    """After the pieces: a proper end, a closed connection, a reset one, or silence until the client hangs up."""
    headers: Mapping[str, str] = field(default_factory=dict)
    error: Mapping[str, object] = field(default_factory=lambda: {"message": "scripted failure", "type": "test"})


@dataclass
class ModelServer:
    """Serves one script on a free port of 127.0.0.1 until the block ends. Times are of `time.monotonic`."""

    script: Callable[[Request], Reply]
    requests: list[Request] = field(default_factory=list)
    models: Sequence[str] = ("scripted",)
    listed: list[str] = field(default_factory=list)
    """The Authorization of each look at the list of models."""
    sent: list[float] = field(default_factory=list)
    """When each piece was sent."""
    hung_up: list[float] = field(default_factory=list)
    """When the server saw that a client had closed a stream before its end."""

    def __enter__(self) -> ModelServer:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                request = Request(json.loads(self.rfile.read(length)), self.headers.get("Authorization", ""), self.path)
                owner.requests.append(request)
                owner._answer(self, owner.script(request), ollama=self.path == "/api/chat")

            def do_GET(self) -> None:
                owner.listed.append(self.headers.get("Authorization", ""))
                rows = [{"id": name, "name": name, "object": "model"} for name in owner.models]
                owner._send(self, 200, {}, {"data": rows, "models": rows})

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
    def address(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def base_url(self) -> str:
        """What a client of OpenAI's protocol is told."""
        return f"{self.address}/v1"

    def await_hang_up(self, seconds: float = 5.0) -> float:
        """When a client hung up, waiting for it at most so long."""
        end = time.monotonic() + seconds
        while not self.hung_up:
            assert time.monotonic() < end, "the stream was not closed"
            time.sleep(0.01)
        return self.hung_up[0]

    def _send(self, handler: BaseHTTPRequestHandler, status: int, headers: Mapping[str, str], body: object) -> None:
        encoded = json.dumps(body).encode()
        handler.send_response(status)
        for name, value in ({"Content-Type": "application/json", "Content-Length": str(len(encoded))} | dict(headers)).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(encoded)

    def _answer(self, handler: BaseHTTPRequestHandler, reply: Reply, ollama: bool) -> None:
        try:
            if reply.status != 200:
                time.sleep(reply.wait)
                self._send(handler, reply.status, reply.headers, {"error": dict(reply.error)})
                return
            handler.send_response(200)
            handler.send_header("Content-Type", "application/x-ndjson" if ollama else "text/event-stream")
            handler.end_headers()
            handler.wfile.flush()
            self._sleep(handler, reply.wait)
            if reply.raw is not None:
                handler.wfile.write(reply.raw)
                return
            event = _ollama_event if ollama else _event
            for at, piece in enumerate(reply.pieces):
                if at:
                    self._sleep(handler, reply.pause)
                handler.wfile.write(event(piece, None))
                handler.wfile.flush()
                self.sent.append(time.monotonic())
            self._end(handler, reply, event)
        except (BrokenPipeError, ConnectionResetError):
            self.hung_up.append(time.monotonic())  # the client stopped reading, which is its right

    def _end(self, handler: BaseHTTPRequestHandler, reply: Reply, event: Callable[[str, str | None], bytes]) -> None:
        match reply.then:
            case "end":
                handler.wfile.write(event("", reply.finish_reason) + (b"" if event is _ollama_event else b"data: [DONE]\n\n"))
            case "stall":
                self._sleep(handler, _LONGEST_STALL)
            case "reset":
                handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                handler.connection.close()

    @staticmethod
    def _sleep(handler: BaseHTTPRequestHandler, seconds: float) -> None:
        """Waits, unless the client hangs up."""
        if seconds and select.select([handler.connection], [], [], seconds)[0] and not handler.connection.recv(1, socket.MSG_PEEK):
            raise ConnectionResetError


@contextmanager
def full_port() -> Iterator[int]:
    """A port of 127.0.0.1 that takes no further connection, so that connecting to it times out (on Linux, whose queue is then full)."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        port = listening.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        time.sleep(0.05)
        yield port
        for one in waiting:
            one.close()


def closed_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as once:
        once.bind(("127.0.0.1", 0))
        return int(once.getsockname()[1])


def _event(piece: str, finish: str | None) -> bytes:
    choice = {"index": 0, "delta": {"role": "assistant"} | ({} if finish else {"content": piece}), "finish_reason": finish}
    event = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "scripted", "choices": [choice]}
    return f"data: {json.dumps(event)}\n\n".encode()


def _ollama_event(piece: str, finish: str | None) -> bytes:
    event = {
        "model": "scripted",
        "created_at": "2026-01-01T00:00:00Z",
        "message": {"role": "assistant", "content": piece},
        "done": bool(finish),
    }
    return json.dumps(event | ({"done_reason": finish} if finish else {})).encode() + b"\n"
