"""What happens when many ask at once: the real server over a scripted language model on loopback, two minutes in all.

python eval/bench/load.py WORKSPACE [--out eval/published]

WORKSPACE has an index (`assistant index`). `assistant chat` is started on it, as a user starts it; the scripted model sends its first
word after 100 ms and its last 100 ms later. Programs ask `/api/ask`, which makes four answers at once, lets others wait up to
five seconds, and then says "busy" (503, Retry-After), which a client heeds:

closed   so many clients, each of which asks again when it has its answer; at the end as many visitors of the page
open     questions arrive at random, by a Poisson process, at a share of the rate that the closed loop reached, whoever waits

Writes `load.md`, and `load/` with the samples and a plot. Times of a shared machine say little, so they are told as ratios to one client.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

import httpx
import numpy as np
from load_report import write
from model_server import ModelServer, Reply, Request
from queue_visitor import PageVisitor

CLIENTS = (1, 2, 4, 8, 16, 20)
SHARES = (0.5, 0.8, 1.2)
SECONDS = {"one": 8.0, "closed": 6.0, "open": 12.0, "page": 2.0}
"""How long each step lasts; what was begun is waited for."""
QUESTIONS = (
    "How many statements were heard, and from how many delegations?",
    "What did the Chair say about stakeholders?",
    "When will the logistical arrangements be circulated?",
    "Who supported the Women in Cyber Fellows?",
    "What is said of points of contact?",
    "Why are early results important?",
    "What is the working group compared with?",
    "What gives the Chair hope?",
)
BUSY = 503
FAILED = 0
"""The status of a question to which no answer came."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A question: when it was asked (seconds since the step began), when its end came, and the HTTP status."""

    begun: float
    ended: float
    status: int


@dataclass(frozen=True, slots=True)
class Step:
    """Everything that was asked in one step: `load` is the number of clients, or questions a second."""

    kind: str
    load: float
    samples: Sequence[Sample]

    @property
    def times(self) -> list[float]:
        """Seconds that each answer took."""
        return [sample.ended - sample.begun for sample in self.samples if sample.status == 200]

    @property
    def refused(self) -> int:
        """How many were told to come back."""
        return sum(sample.status == BUSY for sample in self.samples)

    @property
    def errors(self) -> int:
        """How many got neither an answer nor that."""
        return sum(sample.status not in (200, BUSY) for sample in self.samples)

    @property
    def rate(self) -> float:
        """Answers a second between the first and the last of them; the time until the first, while the queue fills, is no rate."""
        ends = sorted(sample.ended for sample in self.samples if sample.status == 200)
        return (len(ends) - 1) / (ends[-1] - ends[0]) if len(ends) > 1 else 0.0

    def quantile(self, share: float) -> float:
        """Seconds within which this share of the answers came."""
        return float(np.quantile(self.times, share)) if self.times else float("nan")


Ask = Callable[[str], tuple[int, float]]
"""Asks a question; returns the status, and the seconds after which it may ask again."""


def closed_loop(asks: Sequence[Ask], seconds: float, questions: Iterator[str], kind: str = "closed") -> Step:
    """Every client asks, and asks again when it has been answered, until the time is over."""
    began, samples, lock = time.monotonic(), list[Sample](), threading.Lock()

    def client(ask: Ask) -> None:
        while (begun := time.monotonic() - began) < seconds:
            with lock:
                question = next(questions)
            status, pause = ask(question)
            samples.append(Sample(begun, time.monotonic() - began, status))
            time.sleep(pause)

    with ThreadPoolExecutor(len(asks)) as pool:
        list(pool.map(client, asks))
    return Step(kind, len(asks), samples)


def arrivals(rate: float, seconds: float, seed: int) -> list[float]:
    """When questions come: gaps drawn from an exponential distribution with mean 1 / rate (a Poisson process)."""
    chance = random.Random(seed)
    times = itertools.accumulate(chance.expovariate(rate) for _ in itertools.count())
    return list(itertools.takewhile(lambda moment: moment < seconds, times))


def open_loop(ask: Ask, rate: float, seconds: float, questions: Iterator[str], seed: int = 1) -> Step:
    """Questions come at their times, however many wait; each is timed from the moment it was due."""
    due = arrivals(rate, seconds, seed)
    began, samples = time.monotonic(), list[Sample]()

    def one(moment: float, question: str) -> None:
        time.sleep(max(0.0, began + moment - time.monotonic()))
        status, _ = ask(question)
        samples.append(Sample(moment, time.monotonic() - began, status))

    with ThreadPoolExecutor(max(1, len(due))) as pool:
        list(pool.map(one, due, itertools.islice(questions, len(due))))
    return Step("open", rate, samples)


def program(url: str) -> Ask:
    """A program that asks `/api/ask` and heeds Retry-After."""
    client = httpx.Client(base_url=url, timeout=60, limits=httpx.Limits(max_connections=None))

    def ask(question: str) -> tuple[int, float]:
        try:
            answered = client.post("api/ask", json={"question": question})
        except httpx.HTTPError:
            return FAILED, 0.0
        if answered.status_code == 200 and (answered.json()["mode"] != "model" or answered.json()["fallback"]):
            return FAILED, 0.0  # quotations because the model failed are an answer to a person, and an error here
        return answered.status_code, float(answered.headers.get("Retry-After", 0))

    return ask


def visitor(url: str) -> Ask:
    """A visitor of the page, with a new conversation for every question, so that none is a follow-up."""

    def ask(question: str) -> tuple[int, float]:
        try:
            with PageVisitor(url) as visiting:
                (turn,) = visiting.ask(question)
        except httpx.HTTPStatusError as error:
            return error.response.status_code, 2.0
        except (httpx.HTTPError, AssertionError):
            return FAILED, 0.0
        return (200 if turn["problem"] is None and turn["answer"]["mode"] == "model" else FAILED), 0.0

    return ask


def scripted(request: Request) -> Reply:
    """One quotation, in six pieces, the last of them 200 ms after the question."""
    if request.is_rewriting:
        return Reply([request.user.rpartition("The last question: ")[2].splitlines()[0]])
    handle, text = next(iter(request.passages.items()))
    sentence = text.rpartition("\n")[2].partition(". ")[0]
    return Reply([f"“{sentence[: len(sentence) // 2]}", sentence[len(sentence) // 2 :], ".”", " [", handle, "]"], wait=0.1, pause=0.02)


def asked() -> Iterator[str]:
    """Questions without end, none twice: the reader remembers what it has read."""
    for number, question in enumerate(itertools.cycle(QUESTIONS)):
        yield f"{question.rstrip('?')}, as delegate {number} asks?"


@contextmanager
def served(workspace: str, model: ModelServer) -> Iterator[str]:
    """`assistant chat` with this model, until the block ends; its address."""
    named = {"ASSISTANT_MODEL__NAME": "openai:scripted", "ASSISTANT_MODEL__BASE_URL": model.base_url}
    command = [sys.executable, "-m", "assistant", "chat", "--workspace", workspace, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | named) as process:
        try:
            yield next(word for line in process.stdout or () for word in line.split() if word.startswith("http"))
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def measure(url: str, seconds: dict[str, float] = SECONDS) -> list[Step]:
    """All steps; one client is measured first and again last, so that a machine that became slower shows."""
    questions, ask = asked(), program(url)
    steps = []

    def note(step: Step) -> Step:
        steps.append(step)
        print(f"{step.kind} {step.load:.2f}: {len(step.times)} answers, {step.rate:.2f}/s, {step.refused} refused, {step.errors} errors",
              file=sys.stderr)  # fmt: skip
        return step

    for _ in range(2):
        ask(next(questions))  # opens the index
    for clients in (*CLIENTS, 1):
        note(closed_loop([ask] * clients, seconds["one" if clients == 1 else "closed"], questions))
    capacity = max(step.rate for step in steps)
    for share in SHARES:
        note(open_loop(ask, share * capacity, seconds["open"], questions))
    note(closed_loop([visitor(url)] * CLIENTS[-1], seconds["page"], questions, "page"))
    return steps


def main() -> None:
    """Measures and writes; ends with 1 where a question got neither an answer nor a refusal."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("workspace", help="a folder with an index")
    parser.add_argument("--out", type=Path, default=Path("eval/published"), help="where load.md is written")
    arguments = parser.parse_args()
    began, load = time.monotonic(), round(os.getloadavg()[0], 1)
    with ModelServer(scripted) as model, served(arguments.workspace, model) as url:
        steps = measure(url)
    commit = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    said = {
        "date": dt.date.today().isoformat(),
        "cores": os.cpu_count(),
        "commit": commit,
        "seconds": round(time.monotonic() - began),
        "load": load,
    }
    folder = arguments.out / "load"
    folder.mkdir(parents=True, exist_ok=True)
    kept = [asdict(step) | {"samples": [[round(at, 3) for at in (s.begun, s.ended)] + [s.status] for s in step.samples]} for step in steps]
    (folder / "samples.json").write_text(json.dumps(said | {"steps": kept}) + "\n", encoding="utf-8")
    write(arguments.out, said, steps)
    sys.exit(1 if any(step.errors for step in steps) else 0)


if __name__ == "__main__":
    main()
