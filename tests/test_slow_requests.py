"""Requests that come slowly, or never to their end, and events that are too large: ended, while others are answered as ever."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from impatient_server import SECONDS
from page_server import Served

from assistant.ui import serving

QUESTION = {"question": "What did the Chair say about stakeholders?"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The page as `assistant chat` serves it, less patient."""
    served = Served(str(Path(__file__).with_name("impatient_server.py")))
    yield served.url
    served.stop()


def connected(url: str) -> socket.socket:
    """A connection to the server."""
    made = socket.create_connection((urlsplit(url).hostname or "", urlsplit(url).port or 0), 10)
    made.settimeout(10)
    return made


def ended(connection: socket.socket) -> bytes:
    """What comes until the server closes the connection; fails where it does not."""
    with connection:
        received = b""
        while piece := connection.recv(4096):
            received += piece
        return received


def test_many_slow_clients_keep_nobody_waiting(url: str) -> None:
    """Two hundred connections that have sent half a head: another question is answered meanwhile, and all of them are closed."""
    slow = [connected(url) for _ in range(200)]
    for connection in slow:
        connection.sendall(b"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
    assert httpx.post(f"{url}api/ask", json=QUESTION, timeout=10).status_code == 200
    began = time.monotonic()
    assert [ended(connection) for connection in slow] == [b""] * 200
    assert time.monotonic() - began < 10 * SECONDS


@pytest.mark.parametrize("first", [b"", b"GET /config HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"], ids=["first request", "second request"])
def test_a_head_that_drips_is_ended(url: str, first: bytes) -> None:
    """A byte now and then does not make its time longer, neither at the beginning of a connection nor after an answer."""
    connection = connected(url)
    connection.sendall(first)
    if first:
        assert connection.recv(12) == b"HTTP/1.1 200"
    assert 0.8 * SECONDS < dripping(connection) < 5 * SECONDS
    connection.close()


def dripping(connection: socket.socket) -> float:
    """Seconds until the server ends a connection on which a byte comes now and then."""
    began = time.monotonic()
    with suppress(BrokenPipeError, ConnectionResetError):
        while time.monotonic() - began < 20 * SECONDS:
            connection.sendall(b"G")
            time.sleep(SECONDS / 10)
    return time.monotonic() - began


def test_a_body_that_does_not_come_is_ended(url: str) -> None:
    """408 in one line with the next step, for programs and for the page's events; no place among the answers was taken."""
    for path in ("api/ask", "gradio_api/queue/join"):
        connection = connected(url)
        connection.sendall(f"POST /{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99\r\n\r\n{{".encode())
        said = ended(connection)
        assert said.startswith(b"HTTP/1.1 408 ")
        assert b"the request took longer than 0.5 seconds to come" in said


def test_answers_may_take_their_time(url: str) -> None:
    """What is limited is asking: a connection on which an answer streams stays, and so does one that asks again and again."""
    with connected(url) as connection:
        connection.sendall(b"GET /gradio_api/heartbeat/visitor HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert connection.recv(12) == b"HTTP/1.1 200"
        assert stays_open(connection, 3 * SECONDS)
    with httpx.Client(base_url=url, timeout=10) as client:
        for _ in range(4):
            assert client.post("api/ask", json=QUESTION).status_code == 200
            time.sleep(0.7 * SECONDS)


def stays_open(connection: socket.socket, seconds: float) -> bool:
    """Whether the server leaves a connection open for so long, whatever comes on it."""
    connection.settimeout(seconds)
    with suppress(TimeoutError):
        while connection.recv(4096):
            pass
        return False
    return True


def test_an_event_of_the_page_that_is_too_large_is_refused(url: str) -> None:
    """More than 16 MB, also where the length is not said: 413, before it lies in memory whole; a file may be larger."""
    large = b"x" * (serving.MOST_OF_A_PAGE + 1)
    for content in (large, iter([large[:9_000_000], large[9_000_000:]])):
        answered = httpx.post(f"{url}gradio_api/queue/join", content=content, headers={"Content-Type": "application/json"}, timeout=20)
        assert answered.status_code == 413
        assert "more than 16,000,000 bytes" in answered.text
    assert httpx.post(f"{url}gradio_api/upload", files={"files": ("a.txt", large)}, timeout=20).status_code == 200
