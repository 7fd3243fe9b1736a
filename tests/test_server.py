"""The routes for other programs: the commands' JSON, errors that name the next step, limits, and a page that can be framed."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import CHAIR, CONSULTATIONS, FakeAssistant, passage
from fastapi import FastAPI
from starlette.testclient import TestClient
from test_ui_serving import served_by

from assistant.errors import InvalidSettings, NoIndex
from assistant.schema import Filters, passage_json
from assistant.server import Places, api, refusal
from assistant.server.api import Busy
from assistant.server.requests import FilterFields
from assistant.settings import ServerSettings, Settings, load

pytest_plugins = ("page_server",)
PROGRAMS = Path(__file__).parents[1] / "docs" / "programs.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", PROGRAMS.read_text(encoding="utf-8"), re.DOTALL)
QUESTION = "What did the Chair say about stakeholders?"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """A client of the whole application over the assistant that is computed by hand."""
    with TestClient(served_by(FakeAssistant()), base_url="http://127.0.0.1:7860", raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_the_examples_run(number: int, page_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every example of docs/programs.md runs as it stands against `assistant chat` on the shipped document."""
    exec(EXAMPLES[number].replace("http://127.0.0.1:7860", page_url.rstrip("/")), {})  # the document's own text
    assert len(EXAMPLES) == 5
    assert "Traceback" not in capsys.readouterr().out


def test_an_answer_is_the_commands_json(client: TestClient) -> None:
    """`/api/ask` gives the Answer as `ask --json` does: statements with their citations, passages, coverage."""
    answer = client.post("/api/ask", json={"question": QUESTION}).json()
    assert answer["status"] == "answered"
    assert answer["statements"][0]["text"] == CONSULTATIONS
    assert answer["statements"][0]["citations"][0]["paragraph"] == "7"
    assert answer["coverage"] == {"documents": 1, "paragraphs": 10}


def test_passages_and_paragraphs(client: TestClient) -> None:
    """`/api/search` gives passages and what was searched; `/api/paragraph` one paragraph with its reference and standing."""
    found = client.post("/api/search", json={"question": "anything", "top": 1}).json()
    assert found == {"passages": [passage_json(passage(5))], "coverage": {"documents": 1, "paragraphs": 10}}
    paragraph = client.get("/api/paragraph", params={"document": CHAIR.id, "label": "5"}).json()
    assert (paragraph["label"], paragraph["numbering"], paragraph["standing"]) == ("5", "official", "none")
    assert paragraph["reference"] == passage(5).reference
    assert paragraph["text"] == passage(5).paragraph.text


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"question": ""}, 400, "the question is empty"),
        ({}, 400, "question: Field required"),
        ({"question": "a", "filter": {}}, 400, "filter: Extra inputs are not permitted"),
        ({"question": "a", "filters": {"kind": "memo"}}, 400, "filters.kind.0: Input should be"),
        ({"question": "a", "filters": {"since": "soon"}}, 400, "filters.since: Input should be a valid date"),
        ({"question": "a", "top": 0}, 400, "top: Input should be greater than or equal to 1"),
        ({"question": "refuse"}, 502, "The endpoint refused"),
        ({"question": "break"}, 500, "something went wrong while answering"),
    ],
)
def test_what_is_wrong_is_said_in_json(client: TestClient, sent: dict[str, object], status: int, said: str) -> None:
    """A bad request, a model that failed and a mistake of ours are JSON with what is wrong and what to do; no cause leaks."""
    response = client.post("/api/ask", json=sent)
    error = response.json()["error"]
    assert (response.status_code, bool(error["next"])) == (status, True)
    assert error["what"].startswith(said)
    assert "a cause for the log" not in response.text


def test_what_is_not_json_is_refused(client: TestClient) -> None:
    """A body that is not JSON, another method and another site are refused, each in its way."""
    assert client.post("/api/ask", content=b"\xff{", headers={"Content-Type": "application/json"}).status_code == 400
    assert client.get("/api/ask").status_code == 404
    assert client.post("/api/ask", json={"question": QUESTION}, headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.post("/api/ask", json={"question": QUESTION}, headers={"Host": "evil.example"}).status_code == 400


def test_unknown_paragraphs_are_404(client: TestClient) -> None:
    """A paragraph that is not there is 404 and named; a request without a label says that it is missing."""
    response = client.get("/api/paragraph", params={"document": CHAIR.id, "label": "99"})
    assert response.status_code == 404
    assert "chair-closing-remarks#99 is not in the index" in response.json()["error"]["what"]
    assert client.get("/api/paragraph", params={"document": CHAIR.id}).json()["error"]["what"] == "label: Field required"


def test_too_much_is_refused(client: TestClient) -> None:
    """More than 64 KB is 413, also when it comes in pieces and its length is not said."""
    assert client.post("/api/ask", json={"question": "a" * 70_000}).status_code == 413
    kind, whole = {"Content-Type": "application/json"}, json.dumps({"question": QUESTION}).encode()
    pieces = client.post("/api/ask", content=(b"x" * 1000 for _ in range(100)), headers=kind)
    assert pieces.status_code == 413
    assert client.post("/api/ask", content=iter([whole]), headers=kind).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=../../../../etc/passwd",
        "/gradio_api/file=C:\\Windows\\win.ini",
        "/gradio_api/file=corpus/../assistant.toml",
        "/gradio_api/file/etc/passwd",
        "/gradio_api/stream/../../etc/passwd",
        "/assets/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/api/paragraph?document=../../etc/passwd&label=1",
        "/..%2f..%2fetc%2fpasswd",
    ],
)
def test_no_address_leads_to_a_file(client: TestClient, path: str) -> None:
    """Whatever an address says, it opens nothing of this machine: it is refused, or it is the page that any unknown name gets."""
    answered = client.get(path)
    assert "root:" not in answered.text
    assert "[fonts]" not in answered.text
    assert answered.status_code in (400, 403, 404), (answered.status_code, answered.text[:200])


def test_a_full_server_says_when_to_come_back() -> None:
    """While all places are taken a request waits, then is 503 with Retry-After; a place that becomes free is used."""
    places = Places(at_once=1, patience=0.2)
    app = FastAPI()
    refusal(app)
    app.include_router(api(FakeAssistant(), places))
    with TestClient(app) as client:
        with places.one():
            response = client.post("/api/ask", json={"question": QUESTION})
            assert (response.status_code, response.headers["retry-after"]) == (503, "2")
            assert response.json()["error"]["type"] == Busy.__name__
        assert client.post("/api/ask", json={"question": QUESTION}).status_code == 200


def test_a_place_that_becomes_free_is_used() -> None:
    """A request that waits gets the place that another leaves within its patience."""
    places, taken = Places(at_once=1, patience=10), threading.Event()

    def hold() -> None:
        with places.one():
            taken.set()
            time.sleep(0.1)

    holder = threading.Thread(target=hold)
    holder.start()
    taken.wait()
    begin = time.monotonic()
    with places.one():
        assert time.monotonic() - begin < 5
    holder.join()


def test_no_index_is_503() -> None:
    """Nothing indexed yet is 503 with the command that mends it."""

    class Empty(FakeAssistant):
        def search(self, *_: object, **__: object) -> tuple[()]:
            raise NoIndex("nothing has been indexed yet", "Run: assistant index.")

    app = FastAPI()
    refusal(app)
    app.include_router(api(Empty(), Places()))
    with TestClient(app) as client:
        response = client.post("/api/search", json={"question": "a"})
    assert (response.status_code, response.json()["error"]["next"]) == (503, "Run: assistant index.")


def test_filters_are_those_of_the_command() -> None:
    """A filter is one name or several; all of them arrive."""
    sent = {"document": "A/77/275", "kind": ["report", "letter"], "standing": "adopted", "speaker": ["Chair"], "session": "First"}
    more = {"language": "fr", "since": "2021-01-01", "until": "2022-01-01"}
    found = FilterFields.model_validate(sent | more).filters()
    assert (found.documents, found.kinds, found.standings) == (("A/77/275",), ("report", "letter"), ("adopted",))
    assert (found.speakers, found.sessions, found.languages) == (("Chair",), ("First",), ("fr",))
    assert (str(found.since), str(found.until)) == ("2021-01-01", "2022-01-01")
    assert FilterFields().filters() == Filters()


def test_the_framed_page(client: TestClient) -> None:
    """`/embed` shows the answer with its paragraph folded in, marks the quoted words and runs no script."""
    response = client.get("/embed", params={"q": QUESTION})
    assert response.status_code == 200
    assert f"<mark>{CONSULTATIONS}</mark>" in response.text
    assert "Searched 1 document, 10 paragraphs." in response.text
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert policy.endswith("frame-ancestors 'self'")
    assert "script" not in response.text
    assert "Not in these documents." in client.get("/embed", params={"q": "something else"}).text
    assert "The endpoint refused. Check the key." in client.get("/embed", params={"q": "refuse"}).text
    assert "<main aria-live" in client.get("/embed").text


def test_hostile_words_are_inert_in_the_frame(client: TestClient) -> None:
    """Markup in a question or a document is text on the framed page."""
    hostile = '"><script>alert(1)</script>'
    assert "<script" not in client.get("/embed", params={"q": hostile}).text
    body = client.get("/embed", params={"q": "hostile"}).text
    assert "<script" not in body
    assert "<img" not in body


def test_only_named_sites_may_frame() -> None:
    """A site that the settings name may show the page in a frame; what is not a site is refused as a setting."""
    settings = Settings(server=ServerSettings(embed_in=("https://briefings.example",)))
    with TestClient(served_by(FakeAssistant(settings)), base_url="http://127.0.0.1:7860") as client:
        assert client.get("/embed").headers["content-security-policy"].endswith("frame-ancestors 'self' https://briefings.example")
        assert "frame-ancestors 'none'" in client.get("/").headers["content-security-policy"]
    with pytest.raises(InvalidSettings, match="embed_in"):
        load(server={"embed_in": ["https://a.example; script-src *"]})
