"""The load test's own parts: loops that count everything, arrivals at their rate, ratios that are right."""

from __future__ import annotations

import itertools
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import mean

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "eval" / "bench"))

from load import BUSY, FAILED, Sample, Step, arrivals, asked, closed_loop, open_loop, program
from load_report import write


def test_questions_arrive_at_their_rate_and_at_random() -> None:
    """A Poisson process: 50 a second for 200 seconds are ten thousand, their gaps vary as much as they last, and each seed has its own."""
    times = arrivals(50, 200, seed=1)
    gaps = [after - before for before, after in itertools.pairwise(times)]
    assert times == sorted(times)
    assert abs(len(times) - 10_000) < 300
    assert mean((gap - 0.02) ** 2 for gap in gaps) ** 0.5 == pytest.approx(0.02, rel=0.1)
    assert times == arrivals(50, 200, seed=1) != arrivals(50, 200, seed=2)


def test_a_closed_loop_keeps_so_many_questions_open() -> None:
    """Four clients of a server that takes 50 ms: never five at once, none after the time is over, and no question twice."""
    now, most, seen, lock = 0, 0, list[str](), threading.Lock()

    def ask(question: str) -> tuple[int, float]:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
            seen.append(question)
        time.sleep(0.05)
        with lock:
            now -= 1
        return 200, 0.0

    step = closed_loop([ask] * 4, 0.4, asked())
    assert most == 4
    assert len(set(seen)) == len(seen) == len(step.samples) >= 8
    assert max(sample.begun for sample in step.samples) < 0.4
    assert 20 < step.rate < 100


def test_an_open_loop_times_from_when_a_question_was_due() -> None:
    """A server that makes one answer at a time: at twice its rate they come all the same, and the last waits for all the others."""
    turn = threading.Lock()

    def ask(_: str) -> tuple[int, float]:
        with turn:
            time.sleep(0.02)
        return 200, 0.0

    step = open_loop(ask, 100, 0.5, asked())
    assert len(step.samples) == len(arrivals(100, 0.5, seed=1))
    assert max(step.times) > 5 * 0.02


def test_refusals_and_errors_are_told_apart() -> None:
    """503 is a refusal with its pause, quotations in place of the model's answer and anything else are errors."""
    answers = {
        "/good": (200, b'{"mode": "model", "fallback": null}'),
        "/fell-back": (200, b'{"mode": "quote", "fallback": "no"}'),
        "/busy": (503, b"{}"),
        "/broken": (500, b"{}"),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            status, body = answers[self.path.removesuffix("/api/ask")]
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), "Retry-After": "2"}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        found = {path: program(f"http://127.0.0.1:{server.server_port}{path}/")("How many?") for path in answers}
        server.shutdown()
    assert found == {"/good": (200, 2.0), "/fell-back": (FAILED, 0.0), "/busy": (BUSY, 2.0), "/broken": (500, 2.0)}
    assert program("http://127.0.0.1:1/")("How many?") == (FAILED, 0.0)
    step = Step("open", 1, [Sample(0, 1, status) for status in (200, BUSY, BUSY, 500, FAILED)])
    assert (len(step.times), step.refused, step.errors) == (1, 2, 2)


def test_figures_are_ratios_to_one_client(tmp_path: Path) -> None:
    """Worked out by hand: one client at 2 s an answer before and 4 s after, then four at 6 s, two answers a second."""
    before = Step("closed", 1, [Sample(at, at + 2, 200) for at in range(0, 10, 2)])
    four = Step("closed", 4, [Sample(at / 2, at / 2 + 6, 200) for at in range(20)] + [Sample(0, 5, BUSY)] * 5)
    after = Step("closed", 1, [Sample(at, at + 4, 200) for at in range(0, 20, 4)])
    slow = Step("open", 1.0, [Sample(at, at + 3, 200) for at in range(5)])
    write(tmp_path, {"date": "2026-01-01", "cores": 2, "seconds": 9, "load": 0.1}, [before, four, after, slow])
    text = (tmp_path / "load.md").read_text(encoding="utf-8")
    assert "One client: 0.38 answers a second, a median of 3000 ms, which at the end was 2.00 of what it was at first. Errors: 0." in text
    assert "| closed | 4 clients | 20 | 5.33 | 2.00 | 2.00 | 20% | 0 |" in text
    assert "| open | 0.5 of the best rate | 5 | 2.67 | 1.00 | 1.00 | 0 | 0 |" in text
    assert "clients (closed loop)" in (tmp_path / "load" / "load.svg").read_text(encoding="utf-8")
