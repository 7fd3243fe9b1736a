"""The page's functions without a browser: how answers end, who keeps which key, and what is served to whom."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from fakes import CHAIR, CONFIDENT, CONSULTATIONS, COVERAGE, FakeAssistant, answer, passage, statement
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient
from test_ui import Reader

from assistant.cli import main
from assistant.errors import EmptyQuestion, InvalidSettings, NoIndex, UsageError
from assistant.schema import Document, Searched
from assistant.settings import ModelSettings, ServerSettings, Settings
from assistant.ui import build, render
from assistant.ui.acts import UNEXPECTED, answering, opened
from assistant.ui.choice import NO_KEY, Choice, choose, default
from assistant.ui.examples import INVENTED_EXAMPLES, SHIPPED_EXAMPLES, examples_for
from assistant.ui.page import STOPPED, _Page
from assistant.ui.serving import address, application, listen
from assistant.ui.turns import Place, Turn

T = TypeVar("T")
QUESTION = "What did the Chair say about stakeholders?"
SAID = (statement(7, CONSULTATIONS), statement(7, CONFIDENT))
FOUND = (passage(7, CONSULTATIONS), passage(4))
OWN = Settings(model=ModelSettings(name="openai:own", base_url="http://own.example/v1", api_key=SecretStr("own-secret")))


def test_an_unknown_reference_is_one_line() -> None:
    """A reference that is not in the index shows its error in the panel."""
    assert "Chair-closing-remarks#99 is not in the index" in opened(FakeAssistant(), Place(CHAIR.id, "99"))


def test_errors_end_a_turn_with_one_line(caplog: pytest.LogCaptureFixture) -> None:
    """A known error is its own line; an unknown one a general line, with its cause in the log; emptiness is no turn."""
    fake = FakeAssistant()
    assert [turn.problem for turn in answering(fake, Turn("refuse"), Choice())] == ["The endpoint refused. Check the key."]
    with caplog.at_level(logging.ERROR):
        assert [turn.problem for turn in answering(fake, Turn("break"), Choice())] == [UNEXPECTED]
    assert "a cause for the log" in caplog.text
    with pytest.raises(EmptyQuestion):
        list(answering(fake, Turn(""), Choice()))


def test_the_choice_reaches_the_assistant() -> None:
    """The mode and the model that a visitor chose are what the assistant is asked with."""
    fake = FakeAssistant()
    model = ModelSettings(name="openai:any")
    list(answering(fake, Turn(QUESTION), Choice("model", "openai:any", None, model)))
    assert fake.asked == [(QUESTION, "model", model)]


def test_the_servers_key_goes_only_to_the_servers_model() -> None:
    """Another name or address gets no key of the server, not even from its environment; unchanged fields use the server's own."""
    assert choose(OWN, "model", "openai:own", "http://own.example/v1", "") == Choice("model", "openai:own", "http://own.example/v1", None)
    elsewhere = choose(OWN, "model", "openai:own", "http://elsewhere.example/v1", "")
    assert elsewhere.model is not None
    assert elsewhere.model.api_key == NO_KEY
    other = choose(OWN, "model", "openai:other", "", "")
    assert other.model is not None
    assert other.model.api_key is None
    assert other.model.base_url is None


def test_a_visitors_key_stays_with_its_address() -> None:
    """A key given once is used again without being typed again, at the same address only."""
    first = choose(Settings(), "model", "openai:a", "http://one.example", " key ")
    assert first.model is not None
    assert first.model.api_key == SecretStr("key")
    again = choose(Settings(), "model", "openai:b", "http://one.example", "", first.model)
    assert again.model is not None
    assert again.model.api_key == SecretStr("key")
    moved = choose(Settings(), "model", "openai:b", "http://two.example", "", first.model)
    assert moved.model is not None
    assert moved.model.api_key == NO_KEY
    quotes = choose(Settings(), "quote", "openai:a", "http://one.example", "", first.model)
    assert (quotes.mode, quotes.model) == ("quote", first.model)


@pytest.mark.parametrize(
    ("name", "url", "said"), [("", "", "No language model is named"), ("openai:a", "file:///etc", "is not an address")]
)
def test_a_choice_that_cannot_be_used_is_refused(name: str, url: str, said: str) -> None:
    """A model needs a name, and an address that begins with http."""
    with pytest.raises(InvalidSettings, match=said):
        choose(Settings(), "model", name, url, "")


def test_what_is_active_is_said() -> None:
    """A workspace with a model starts with it, unless its mode is quotes; the line names what answers."""
    assert default(Settings()) == Choice("quote")
    assert default(OWN).mode == "model"
    assert default(OWN.model_copy(update={"mode": "quote"})).mode == "quote"
    assert Reader(render.active(default(Settings()))).text == "Answers are quotations. No language model is used."
    assert "openai:own at http://own.example/v1" in Reader(render.active(default(OWN))).text


def test_examples_belong_to_their_documents() -> None:
    """Example questions are offered only where the document that answers them is indexed: the shipped one, or the invented ones."""
    assert examples_for((CHAIR,)) == SHIPPED_EXAMPLES
    assert examples_for((replace(CHAIR, id="other"),)) == ()
    assert examples_for((replace(CHAIR, id="other"), replace(CHAIR, id="X/86/190"))) == INVENTED_EXAMPLES


def test_the_page_gives_no_key_to_the_browser() -> None:
    """What the browser is sent at the start does not contain the server's key; the only endpoint on offer answers a question."""
    blocks = in_loop(lambda: build(FakeAssistant(OWN)))
    sent = json.dumps(blocks.get_config_file(), default=str)
    assert "openai:own" in sent
    assert "own-secret" not in sent
    assert set(blocks.get_api_info()["named_endpoints"]) == {"/ask"}
    assert blocks.analytics_enabled is False


def test_the_page_opens_without_an_index() -> None:
    """Nothing indexed yet is said at the head of the page, in the error's own words."""

    class Empty(FakeAssistant):
        def documents(self) -> tuple[Document, ...]:
            raise NoIndex("nothing has been indexed yet", "Run: assistant index.")

    masthead, welcome = bare_page(Empty()).opening()
    assert "Nothing has been indexed yet. Run: assistant index." in Reader(masthead).text
    assert "Ask a question" in welcome
    assert SHIPPED_EXAMPLES[0] not in welcome


def test_only_a_pending_answer_is_called_stopped() -> None:
    """After an answer the page says that it was stopped only if it was not complete."""
    page = bare_page(FakeAssistant())
    pending, done = Turn("a").after(Searched(FOUND, COVERAGE)), Turn("b").after(answer("b", SAID, FOUND))
    assert page.settle((done, pending))[page.turns] == (done, pending.ended(STOPPED))
    assert page.turns not in page.settle((pending, done))


def test_other_sites_are_refused() -> None:
    """A foreign Origin or Host and the doors that the page does not use are refused; every answer carries the policy."""
    served = served_by(FakeAssistant())
    with TestClient(served, base_url="http://127.0.0.1:7860") as client:
        home = client.get("/")
        assert home.status_code == 200
        assert "script-src-attr 'none'" in home.headers["content-security-policy"]
        assert "connect-src 'self'" in home.headers["content-security-policy"]
        assert client.get("/favicon.ico").headers["content-type"] == "image/svg+xml"
        assert client.get("/config", headers={"Origin": "http://127.0.0.1:7860"}).status_code == 200
        assert client.get("/config", headers={"Origin": "http://evil.example"}).status_code == 403
        assert client.get("/config", headers={"Origin": "null"}).status_code == 403
        assert client.get("/config", headers={"Host": "evil.example"}).status_code == 400
        assert client.post("/gradio_api/proxy=http://evil.example").status_code == 404


def test_files_are_taken_only_where_documents_may_be_changed() -> None:
    """Uploads are open where the page listens on this machine alone or the settings say so; else that door is closed."""
    for host, changes, status in (("127.0.0.1", "auto", 200), ("0.0.0.0", "auto", 404), ("0.0.0.0", "on", 200), ("127.0.0.1", "off", 404)):
        fake = FakeAssistant(Settings(server=ServerSettings(changes=changes)))  # type: ignore[arg-type]  # the loop's strings
        served = in_loop(lambda fake=fake, host=host: application(fake, build(fake), host))
        with TestClient(served, base_url="http://127.0.0.1:7860") as client:
            assert client.post("/gradio_api/upload", files={"files": ("a.txt", b"x")}).status_code == status


def test_listening_elsewhere_is_said(workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`assistant chat` warns where other machines can reach the page, and only there."""
    monkeypatch.setattr("assistant.ui.serve", lambda *_, **__: None)
    monkeypatch.setattr("assistant.Assistant.warm_up", lambda _: None)
    for host, warned in (("127.0.0.1", False), ("0.0.0.0", True)):
        assert main(["chat", "--workspace", str(workspace), "--host", host]) == 0
        assert (f"listening on {host}: anyone who reaches this address can ask" in capsys.readouterr().err) is warned


def test_a_large_file_is_refused() -> None:
    """A file of more than the settings' megabytes is 413 and not kept."""
    fake = FakeAssistant(Settings(server=ServerSettings(upload_mb=0.001)))
    with TestClient(served_by(fake), base_url="http://127.0.0.1:7860") as client:
        assert client.post("/gradio_api/upload", files={"files": ("a.txt", b"x" * 900)}).status_code == 200
        assert client.post("/gradio_api/upload", files={"files": ("a.txt", b"x" * 2000)}).status_code == 413


def test_a_taken_port_is_one_line() -> None:
    """A port in use is a usage error with a next step, and port 0 finds a free one."""
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        assert address(taken, "0.0.0.0") == f"http://127.0.0.1:{port}/"
        with pytest.raises(UsageError, match=f"cannot listen on 127.0.0.1:{port} .*Choose another port"):
            listen("127.0.0.1", port)


def test_importing_the_ui_does_not_import_gradio() -> None:
    """`import assistant.ui` is light; Gradio is loaded by build and serve, after its telemetry is switched off."""
    code = "import sys, assistant.ui, assistant.ui.render, assistant.ui.source; print({'gradio', 'torch', 'numpy'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "set()"


def in_loop(make: Callable[[], T]) -> T:
    """What `make` returns, called inside an event loop: outside one Gradio makes its own and never closes it.

    The loop is in a thread of its own, because a browser test may have left one running in this one.
    """

    async def inside() -> T:
        return make()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(inside())).result()


def served_by(assistant: FakeAssistant) -> FastAPI:
    """The whole application over `assistant`."""
    return in_loop(lambda: application(assistant, build(assistant), "127.0.0.1"))


def bare_page(assistant: FakeAssistant) -> _Page:
    """The page's parts, without the server around them."""
    import gradio as gr

    def make() -> _Page:
        with gr.Blocks(analytics_enabled=False):
            return _Page(assistant, None, False)

    return in_loop(make)
