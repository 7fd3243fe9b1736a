"""The page with a language model behind it: a real browser, a real server, and a scripted endpoint."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from model_server import ModelServer, Reply, Request
from playwright.sync_api import expect

if TYPE_CHECKING:
    from page_server import Visitor
    from playwright.sync_api import BrowserContext

pytest_plugins = ("page_server",)

COUNT = "How many statements were heard, and from how many delegations?"


def script(request: Request) -> Reply:
    """Obeys a few words of the question; else tells the truth and a lie."""
    if request.is_rewriting:
        return Reply(["What did the Chair say about stakeholders?"])
    if "stall" in request.user:
        return Reply([f"More than 200 statements were heard [{request.handle('200 statements')}].", " And"], then="stall")
    if "fail" in request.user:
        return Reply(status=401)
    if "stakeholders" in request.user.rpartition("Question:")[2]:
        return Reply([f"The Chair is cautiously optimistic [{request.handle('cautiously optimistic')}]."])
    handle = request.handle("200 statements")
    return Reply([f"More than 200 statements were heard [{handle}]. There were 9,000 of them [{handle}]. Everyone agreed."])


@pytest.fixture(scope="module")
def endpoint() -> Iterator[ModelServer]:
    """The scripted endpoint."""
    with ModelServer(script) as server:
        yield server


@pytest.fixture(scope="module")
def model_page(workspace: Path, endpoint: ModelServer) -> Iterator[str]:
    """`assistant chat` with a model in its environment, as a user starts it."""
    from page_server import Served

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASSISTANT_MODEL__NAME", "openai:scripted")
        patch.setenv("ASSISTANT_MODEL__BASE_URL", endpoint.base_url)
        patch.setenv("ASSISTANT_MODEL__GAP_TIMEOUT", "60")  # on a busy machine a browser may need long to press a button
        served = Served("-m", "assistant", "chat", "--workspace", str(workspace), "--port", "0")
    yield served.url
    served.stop()


@pytest.fixture
def reader(context: BrowserContext, model_page: str) -> Iterator[Visitor]:
    """A visitor of that page."""
    from page_server import Visitor

    with Visitor(context, model_page) as visiting:
        yield visiting
    assert visiting.errors == []


def test_what_is_withheld_is_folded_with_its_reasons(reader: Visitor) -> None:
    """The verified sentence stands alone; the others are counted, and unfold with why."""
    reader.ask(COUNT)
    turn = reader.turns.last
    expect(turn.locator(".statement")).to_have_count(1)
    expect(turn.locator(".statement")).to_contain_text("More than 200 statements were heard.")
    expect(turn.locator(".statement .chip")).to_have_text("para. 3")
    expect(turn.locator(".withheld summary")).to_have_text("2 sentences withheld")
    expect(turn.locator(".withheld-text").first).to_be_hidden()
    turn.locator(".withheld summary").click()
    expect(turn.locator(".withheld-text")).to_have_text(["There were 9,000 of them.", "Everyone agreed."])
    expect(turn.locator(".reason").first).to_contain_text("9,000")
    expect(turn).to_contain_text("Written by openai:scripted.")
    expect(turn.locator(".searched-for")).to_have_count(0)


def test_a_follow_up_says_what_it_was_searched_as(reader: Visitor) -> None:
    """The conversation is the visitor's own: the second question stands for another, and the page says which."""
    reader.ask("What did the Chair say about results?")
    reader.ask("And what about stakeholders?")
    expect(reader.turns.last.locator(".question")).to_have_text("And what about stakeholders?")
    searched = reader.turns.last.locator(".searched-for")
    expect(searched).to_contain_text("Searched for: What did the Chair say about stakeholders?")
    expect(searched.get_by_role("button", name="Change")).to_be_visible()
    expect(reader.turns.last.locator(".statement")).to_contain_text("cautiously optimistic")
    expect(reader.turns.first.locator(".searched-for")).to_have_count(0)


def test_a_model_that_fails_says_why_above_the_quotations(reader: Visitor) -> None:
    """The reason, then the document's own words."""
    reader.ask("How many statements were heard by those who fail?")
    turn = reader.turns.last
    expect(turn.locator(".fallback")).to_have_text("Answered with quotations instead: the model's endpoint refused the key (401)")
    expect(turn.locator(".statement.quotation").first).to_be_visible()


def test_stop_closes_the_endpoints_stream(reader: Visitor, endpoint: ModelServer) -> None:
    """While the model stalls after its first sentence, Stop ends the request within two seconds, as the endpoint sees it."""
    endpoint.hung_up.clear()
    reader.box.fill("How many statements were heard, before you stall?")
    reader.box.press("Enter")
    expect(reader.turns.last.locator(".statement")).to_have_count(1)
    begin = time.monotonic()
    reader.page.get_by_role("button", name="Stop").click()
    assert endpoint.await_hang_up() - begin < 2
    expect(reader.turns.last.locator(".problem")).to_have_text("Stopped before the answer was complete.")


def test_a_closed_tab_closes_the_endpoints_stream(reader: Visitor, endpoint: ModelServer) -> None:
    """Nobody reads any more: the endpoint need not write."""
    endpoint.hung_up.clear()
    reader.box.fill("How many statements were heard, before you stall?")
    reader.box.press("Enter")
    expect(reader.turns.last.locator(".statement")).to_have_count(1)
    begin = time.monotonic()
    reader.page.close()
    assert endpoint.await_hang_up() - begin < 2
