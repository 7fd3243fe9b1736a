"""Twenty visitors at once while the corpus is indexed again and again: the real server, spoken to as the browser speaks to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from queue_visitor import PageVisitor, ask_by_api
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from assistant.index.build import build
from assistant.settings import Settings
from assistant.ui.page import MOST_WAITING

if TYPE_CHECKING:
    from page_server import Served

    from assistant.index.encoder import Encoder

pytest_plugins = ("page_server",)

HARBOURS = (
    "Alderney Brindisi Calais Dunmore Esbjerg Falmouth Gdynia Harwich Igoumeni Jaffna Kotka Larne Mostyn Narvik Ostend Piran Quimper"
    " Rostock Skagen Trieste"
).split()
USERS = len(HARBOURS)


def text(edition: int) -> str:
    """A document of twenty paragraphs, in each of which the edition can be read: harbour 3 had 703 ships in the seventh."""
    return "\n\n".join(f"{at}. The harbour of {name} counted {edition}{at:02d} ships." for at, name in enumerate(HARBOURS, 1))


@pytest.fixture(scope="module")
def crowded(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Served]]:
    """A workspace in its first edition, and its page as `assistant chat` serves it."""
    from page_server import Served

    place = tmp_path_factory.mktemp("crowded")
    (place / "corpus").mkdir()
    publish(place, 1, encoder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASSISTANT_READER__NAME", "similarity")
        served = Served("-m", "assistant", "chat", "--workspace", str(place), "--port", "0")
    yield place, served
    served.stop()


def publish(workspace: Path, edition: int, encoder: Encoder) -> None:
    """Writes an edition and builds its index."""
    (workspace / "corpus" / "harbours.txt").write_text(text(edition), encoding="utf-8")
    build(Settings(workspace=workspace), loader=lambda: encoder)


def editions(answer: dict[str, Any]) -> set[str]:
    """The editions that can be read in an answer's sentences and passages."""
    words = [statement["text"] for statement in answer["statements"]] + [passage.get("text", "") for passage in answer["passages"]]
    return {word[:-2] for line in words for word in line.split() if word.isdigit()}


def test_twenty_ask_at_once_while_the_index_is_built(crowded: tuple[Path, Served], encoder: Encoder) -> None:
    """No error but "busy"; every answer is of one generation; everybody's conversation holds their own questions, in their order."""
    workspace, served = crowded
    done = threading.Event()

    def visit(at: int) -> list[list[dict[str, Any]]]:
        name, next_name = HARBOURS[at], HARBOURS[(at + 1) % USERS]
        with PageVisitor(served.url) as visitor:
            return [visitor.ask(f"How many ships did the harbour of {asked} count?") for asked in (name, next_name)]

    def program(at: int) -> dict[str, Any] | None:
        return ask_by_api(served.url, f"How many ships did the harbour of {HARBOURS[at]} count?")

    def index() -> int:
        edition = 1
        while not done.is_set() and edition < 40:
            edition += 1
            publish(workspace, edition, encoder)
        return edition

    with ThreadPoolExecutor(2 * USERS + 1) as pool:
        builds = pool.submit(index)
        visits = [pool.submit(visit, at) for at in range(USERS)]
        programs = [pool.submit(program, at) for at in range(USERS)]
        conversations = [future.result() for future in visits]
        answers = [answer for future in programs if (answer := future.result())]
        done.set()
        assert builds.result() > 1

    for at, (first, second) in enumerate(conversations):
        asked = [f"How many ships did the harbour of {HARBOURS[place % USERS]} count?" for place in (at, at + 1)]
        assert [turn["question"] for turn in first] == asked[:1]
        assert [turn["question"] for turn in second] == asked
        assert [turn["problem"] for turn in second] == [None, None]
        answers += [turn["answer"] for turn in second]
        for turn, place in zip(second, (at, at + 1), strict=True):
            assert f"The harbour of {HARBOURS[place % USERS]} counted" in turn["answer"]["statements"][0]["text"]
    of_generation: dict[str, set[str]] = {}
    for answer in answers:
        of_generation.setdefault(answer["generation"], set()).update(editions(answer))
    assert all(len(found) == 1 for found in of_generation.values()), of_generation
    assert len(set.union(*of_generation.values())) == len(of_generation)
    assert len(of_generation) > 1


def test_a_full_queue_says_busy(crowded: tuple[Path, Served]) -> None:
    """More questions than may wait are refused at once in one line; later ones are answered again."""
    _, served = crowded
    question = "How many ships did the harbour of Larne count?"
    with PageVisitor(served.url) as visitor:

        def join(at: int) -> httpx.Response:
            sent = {"fn_index": visitor.asking, "data": [question, None, None, []], "session_hash": f"session{at}"}
            return httpx.post(f"{served.url}gradio_api/queue/join", json=sent, timeout=60)

        with ThreadPoolExecutor(4 * MOST_WAITING) as pool:
            told = list(pool.map(join, range(4 * MOST_WAITING)))
        assert {answer.status_code for answer in told} == {200, 503}
        assert all("Queue is full" in answer.text for answer in told if answer.status_code == 503)
        for attempt in Retrying(retry=retry_if_exception_type(httpx.HTTPStatusError), wait=wait_fixed(0.2), stop=stop_after_delay(60)):
            with attempt:
                assert len(visitor.ask(question)) == 1
