"""The steps that ask: look-ups and answers from cold, searches, filters, memory, growth."""

from __future__ import annotations

import random
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from speed.places import Bench
from speed.protocol import ENVIRONMENT, HERE, Side
from speed.steps import PAUSE, SEED_CORPUS, Samples

LEGS = ("dense", "lexical", "hybrid")
TOP = 10
WARM_UP = 10
_FETCH = 20
"""Candidates that LangChain's FAISS filters where nothing else is said."""


def look_up(bench: Bench, name: str, done: int) -> Samples:
    """A paragraph by its number, each time in a new process."""
    texts = sorted(bench.corpus(name).glob("*.txt"))
    for number in range(done, bench.rounds):
        document = texts[(number * 7919 + 1) % len(texts)].stem
        words = bench.corpus(name).joinpath(f"{document}.txt").read_text(encoding="utf-8").split("\n\n")[2].split()[1:4]
        commands = {
            "ours": [*_assistant("show", f"{document}#3"), "--workspace", str(bench.workspace(name))],
            "peer": [bench.peer, str(HERE / "peer.py"), "show", str(bench.saved(name)), document, "3"],
        }
        yield _cold(_built(bench, name, commands), number == done, lambda said, words=words: " ".join(words) in " ".join(said.split()))  # type: ignore[misc]


def first_answer(bench: Bench, name: str, done: int) -> Samples:
    """A question, each time in a new process: passages from both, and our answer, which is more than passages."""
    for number in range(done, bench.rounds):
        question = bench.asked(number, 1)[0]
        where = ["--workspace", str(bench.workspace(name))]
        commands = {
            "ours": [*_assistant("search", question), *where],
            "peer": [bench.peer, str(HERE / "peer.py"), "search", str(bench.saved(name)), question],
            "answer": [*_assistant("ask", question), *where],
        }
        yield _cold(_built(bench, name, commands), number == done, bool)


def _built(bench: Bench, name: str, commands: dict[str, list[str]]) -> dict[str, list[str]]:
    """Without the peer's where it has built no index."""
    return {side: command for side, command in commands.items() if side != "peer" or bench.saved(name).is_dir()}


def _assistant(*words: str) -> list[str]:
    return [sys.executable, "-m", "assistant", *words]


def _cold(commands: dict[str, list[str]], is_first: bool, is_right: Callable[[str], bool]) -> dict[str, Any]:
    """Seconds of each command; the first time it runs twice, so that files are in the cache and have been checked for all of them."""
    seconds = {}
    for side, command in commands.items():
        for _ in range(1 + is_first):
            time.sleep(PAUSE)
            begin = time.perf_counter()
            ended = subprocess.run(command, capture_output=True, text=True, check=True, env=ENVIRONMENT)
            seconds[side] = time.perf_counter() - begin
        if not is_right(ended.stdout):
            raise RuntimeError(f"{' '.join(command)} did not print what was asked for:\n{ended.stdout[:500]}")
    return seconds


def opened(stack: ExitStack, bench: Bench, name: str) -> tuple[Side, Side | None]:
    """Both, open and warm; the peer only where it has built an index."""
    ours = stack.enter_context(Side("ours"))
    ours.call("open", workspace=str(bench.workspace(name)))
    peer = stack.enter_context(Side("peer", bench.peer)) if bench.saved(name).is_dir() else None
    if peer:
        peer.call("load_encoder")
        peer.call("open", place=str(bench.saved(name)))
    for number in range(WARM_UP):
        for side in filter(None, (ours, peer)):
            _seconds(side, "search", text=f"warm up number {number}", leg="hybrid", top=TOP)
    return ours, peer


def timed(side: Side, do: str, **arguments: Any) -> dict[str, Any]:
    """What a side answers, after a pause."""
    time.sleep(PAUSE)
    return side.call(do, **arguments)


def _seconds(side: Side, do: str, **arguments: Any) -> float:
    return float(timed(side, do, **arguments)["seconds"])


def queries(bench: Bench, name: str, done: int) -> Samples:
    """Each leg and both together, text in to paragraphs out, query by query in turn."""
    with ExitStack() as stack:
        sides = dict(zip(("ours", "peer"), opened(stack, bench, name), strict=True))
        for number in range(done, bench.rounds):
            sample: dict[str, Any] = {}
            for at, leg in enumerate(LEGS):
                asked = bench.asked(number * len(LEGS) + at, bench.queries)
                taken: dict[str, list[float]] = {key: [] for key, side in sides.items() if side}
                for text in asked:
                    for key in taken:
                        taken[key].append(_seconds(sides[key], "search", text=text, leg=leg, top=TOP))  # type: ignore[arg-type]
                sample[leg] = taken
            yield sample


def bare(bench: Bench, name: str, done: int) -> Samples:
    """Ours against its own parts put together by hand: encode, flat FAISS, Tantivy."""
    with ExitStack() as stack:
        ours, _ = opened(stack, bench, name)
        parts = stack.enter_context(Side("bare"))
        parts.call("open", cache=str(bench.vectors), vectors=str(bench.beside(name, "vectors.npy")), texts=str(bench.corpus(name)))
        for number in range(done, bench.rounds):
            taken: dict[str, list[float]] = {"ours": [], "bare": []}
            for text in bench.asked(number, bench.queries):
                taken["bare"].append(_seconds(parts, "search", text=text))
                taken["ours"].append(_seconds(ours, "search", text=text, leg="hybrid", top=TOP))
            yield taken


def filters(bench: Bench, name: str, done: int) -> Samples:
    """One document, one kind, dates from a day on: how long it takes, and how many of the ten (or of those that exist) come back."""
    catalogue = tomllib.loads((bench.corpus(name) / "catalogue.toml").read_text(encoding="utf-8"))
    sizes = {file: (bench.corpus(name) / file).read_text(encoding="utf-8").count("\n\n") for file in catalogue}
    kind, since = next(iter(catalogue.values()))["kind"], sorted(about["date"] for about in catalogue.values())[len(catalogue) * 3 // 4]
    allowed: dict[str, Callable[[dict[str, Any], str], bool]] = {
        "document": lambda about, value: about["id"] == value,
        "kind": lambda about, value: about["kind"] == value,
        "since": lambda about, value: str(about["date"]) >= value,
    }
    few = max(2, bench.queries // 5)
    with ExitStack() as stack:
        ours, peer = opened(stack, bench, name)
        asked: dict[str, tuple[Side, dict[str, int]]] = {"ours": (ours, {})}
        asked |= {"peer": (peer, {"fetch_k": _FETCH}), "peer_all": (peer, {"fetch_k": 0})} if peer else {}
        for number in range(done, bench.rounds):
            sample: dict[str, Any] = {by: {key: [] for key in asked} for by in allowed}
            for at, by in enumerate(allowed):
                for text in bench.asked(number * len(allowed) + at, few):
                    document = random.Random(text).choice(list(catalogue.values()))["id"]
                    value = {"document": document, "kind": kind, "since": str(since)}[by]
                    exist = sum(sizes[file] for file, about in catalogue.items() if allowed[by](about, value))
                    for key, (side, more) in asked.items():
                        answer = timed(side, "filtered", text=text, top=TOP, by=by, value=value, **more)
                        sample[by][key].append([answer["seconds"], len(answer["ids"]), min(TOP, exist)])
            yield sample


def memory(bench: Bench, name: str, done: int) -> Samples:
    """Bytes of a process that has answered, less those of one that has answered over a single document: so without the encoder."""
    for number in range(done, bench.rounds):
        sample = {}
        for key, has_index in (("ours", True), ("peer", bench.saved(name).is_dir())):
            if has_index:
                small, large = (_memory(bench, key, corpus, bench.asked(number, bench.queries)) for corpus in (SEED_CORPUS, name))
                sample |= {key: {what: large[what] - small[what] for what in large}, f"{key}_with_encoder": large}
        yield sample


def _memory(bench: Bench, key: str, corpus: str, asked: list[str]) -> dict[str, int]:
    """Of a new process of ours or of the peer's, after these questions."""
    with Side("ours") if key == "ours" else Side("peer", bench.peer) as side:
        if key == "ours":
            side.call("open", workspace=str(bench.workspace(corpus)))
        else:
            side.call("load_encoder")
            side.call("open", place=str(bench.saved(corpus)))
        for text in asked:
            side.call("search", text=text, leg="hybrid", top=TOP)
        sizes = side.call("memory")
    return {what: int(size) for what, size in sizes.items() if what != "seconds"}


def growth(bench: Bench, names: str, done: int) -> Samples:
    """The same questions over indexes of several sizes ("10000,1000000"), in turn."""
    with ExitStack() as stack:
        sides = {name: stack.enter_context(Side("ours")) for name in names.split(",")}
        for name, side in sides.items():
            side.call("open", workspace=str(bench.workspace(name)))
            for number in range(WARM_UP):
                _seconds(side, "search", text=f"warm up number {number}", leg="hybrid", top=TOP)
        for number in range(done, bench.rounds):
            taken: dict[str, list[float]] = {name: [] for name in sides}
            for text in bench.asked(number, bench.queries):
                for name, side in sides.items():
                    taken[name].append(_seconds(side, "search", text=text, leg="hybrid", top=TOP))
            yield taken
