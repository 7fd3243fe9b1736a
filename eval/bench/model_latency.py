"""How long a person waits in model mode, beside what the model itself takes: measured against a scripted endpoint on loopback.

python eval/bench/model_latency.py WORKSPACE > eval/published/models/latency.json

WORKSPACE has an index (`assistant index`). For each measure its median and largest over the repetitions, in milliseconds:

first_sentence   from the moment the endpoint sent the piece that begins the second sentence, to the first verified sentence
refused          nobody listens: the whole answer in quotations, in a process that runs already
timed_out        the connection is never taken: the same; connect_timeout is 5 s
closed           from closing an answer while the model stalls, to the endpoint seeing it
quote_process    a new process: assistant ask --mode quote
refused_process  a new process: assistant ask --model … at an address where nobody listens
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

from model_server import ModelServer, Reply, Request, closed_port, full_port

from assistant import Assistant, load_settings
from assistant.schema import Statement, Waiting
from assistant.settings import ModelSettings

QUESTION = "How many statements were heard?"


def speaking(request: Request) -> Reply:
    """Two sentences, word by word, at the pace of a fast local model."""
    handle = request.handle("200 statements")
    words = f"More than 200 statements were heard [{handle}]. They came from more than 80 delegations [{handle}]."
    return Reply([piece if not at else f" {piece}" for at, piece in enumerate(words.split(" "))], pause=0.02)


def first_sentence(assistant: Assistant) -> float:
    """The word that begins the second sentence is the eighth piece of the script."""
    with ModelServer(speaking) as server:
        for event in assistant.stream(QUESTION, model=ModelSettings(name="openai:m", base_url=server.base_url)):
            if isinstance(event, Statement):
                return time.monotonic() - server.sent[7]
    raise AssertionError("no sentence came")


def failing(assistant: Assistant, port: int) -> float:
    """A whole answer, which falls back."""
    begin = time.monotonic()
    answer = assistant.ask(QUESTION, model=ModelSettings(name="openai:m", base_url=f"http://127.0.0.1:{port}/v1"))
    assert answer.fallback
    return time.monotonic() - begin


def closed(assistant: Assistant) -> float:
    """A model that stalls, and a reader who has had enough."""
    with ModelServer(lambda _: Reply(["It "], then="stall")) as server:
        events = assistant.stream(QUESTION, model=ModelSettings(name="openai:m", base_url=server.base_url))
        for event in events:
            if isinstance(event, Waiting) and server.sent:
                break
        begin = time.monotonic()
        events.close()
        return server.await_hang_up() - begin


def process(workspace: str, *options: str) -> float:
    """A command in a process of its own."""
    begin = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "assistant", "ask", "--workspace", workspace, *options, QUESTION], check=True, capture_output=True
    )
    return time.monotonic() - begin


def repeated(times: int, measure: Callable[[], float]) -> dict[str, float | int]:
    """Median and largest of so many runs, in milliseconds; one before them is not counted."""
    measure()
    values = sorted(measure() * 1e3 for _ in range(times))
    return {"times": times, "median": round(median(values), 1), "largest": round(values[-1], 1)}


def main(workspace: str) -> None:
    """Measures and prints."""
    assistant = Assistant(load_settings(workspace))
    assistant.warm_up()
    report: dict[str, object] = {
        "command": "python eval/bench/model_latency.py WORKSPACE",
        "date": f"{dt.date.today()}",
        "cores": os.cpu_count(),
        "load": [round(value, 1) for value in os.getloadavg()],
        "first_sentence": repeated(30, lambda: first_sentence(assistant)),
        "refused": repeated(20, lambda: failing(assistant, closed_port())),
        "closed": repeated(10, lambda: closed(assistant)),
    }
    with full_port() as port:
        report["timed_out"] = repeated(2, lambda: failing(assistant, port))
    address = f"http://127.0.0.1:{closed_port()}/v1"
    report["quote_process"] = repeated(5, lambda: process(workspace, "--mode", "quote"))
    report["refused_process"] = repeated(5, lambda: process(workspace, "--model", "openai:m", "--base-url", address))
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
