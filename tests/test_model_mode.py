"""Model mode against a real HTTP server that speaks the OpenAI streaming protocol: what is said, and in what order."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from model_server import ModelServer, Reply, Request
from pydantic import SecretStr

from assistant.answer.model_mode import Given, Refused, Said, answer_with_model, is_refusal
from assistant.errors import ModelError, PromptTooLong
from assistant.schema import REFUSAL, Document, Paragraph, Passage, Statement, Waiting
from assistant.settings import ModelSettings

DOCUMENT = Document("d", "Remarks", "d.txt", "0")
PASSAGES = tuple(
    Passage(DOCUMENT, Paragraph("d", label, "official", text), f"Remarks, para. {label}")
    for label, text in (("3", "We heard 200 statements. They were good."), ("7", "A consensus solution is possible."))
)


def _settings(server: ModelServer, **more: object) -> ModelSettings:
    return ModelSettings(name="openai:scripted", base_url=server.base_url, **more)  # type: ignore[arg-type]  # plain keyword arguments


def _ask(script: Callable[[Request], Reply], **more: object) -> list[Said]:
    """What is said, without the beats of waiting."""
    with ModelServer(script) as server:
        said = answer_with_model("How many statements?", PASSAGES, _settings(server, **more))
        return [item for item in said if not isinstance(item, Waiting | Given)]


def honest(request: Request) -> Reply:
    """Two sentences that the passages hold."""
    first, second = request.handle("200 statements"), request.handle("consensus")
    return Reply(["There were 200 state", f"ments [{first}]. A solution is possible. [{second}]"])


def test_an_honest_model_gets_its_references_from_code() -> None:
    """The handles it names become the passages' references; several sentences stream in order."""
    items = _ask(honest)
    assert [item.text for item in items if isinstance(item, Statement)] == ["There were 200 statements.", "A solution is possible."]
    assert [item.citations[0].reference for item in items if isinstance(item, Statement)] == ["Remarks, para. 3", "Remarks, para. 7"]


def test_a_lying_model_is_withheld_sentence_by_sentence() -> None:
    """No handle, an invented handle, a changed number: withheld, while the honest sentence beside them is shown."""

    def liar(request: Request) -> Reply:
        handle = request.handle("200 statements")
        return Reply([f"Many came. There were 300 statements [{handle}]. It was so [dead-7]. They were good [{handle}]."])

    items = _ask(liar)
    assert [type(item).__name__ for item in items] == ["Withheld", "Withheld", "Withheld", "Statement"]


def test_the_refusal_is_recognised_only_as_the_first_thing_said() -> None:
    """The constant, with or without quotation marks, refuses; after a statement it is a sentence without a handle."""
    assert [type(item).__name__ for item in _ask(lambda _: Reply([f"“{REFUSAL}”"]))] == ["Refused"]

    def late(request: Request) -> Reply:
        return Reply([f"They were good [{request.handle('200')}]. {REFUSAL}"])

    assert [type(item).__name__ for item in _ask(late)] == ["Statement", "Withheld"]
    assert not is_refusal("It is not in these documents that he said so.")


def test_what_a_model_thinks_aloud_is_no_answer() -> None:
    """<think>…</think> before the answer is dropped, in whatever pieces it comes; the refusal after it is still the first thing said."""
    thought = ["<thi", "nk>They ask for a number. [x", "-1]\n\nNot in these documents? </th", "ink>\n\n"]
    assert _ask(lambda _: Reply([*thought, REFUSAL])) == [Refused()]
    items = _ask(lambda request: Reply([*thought, *honest(request).pieces]))
    assert [type(item).__name__ for item in items] == ["Statement", "Statement"]


def test_a_sentence_is_shown_while_the_model_still_writes() -> None:
    """The first sentence comes when the second begins, and while the model is silent there is a beat at least every half second."""

    def slow(request: Request) -> Reply:
        return Reply([f"They were good [{request.handle('200')}].", " A", " solution"], then="stall")

    with ModelServer(slow) as server:
        said = answer_with_model("q", PASSAGES, _settings(server))
        beats = []
        for item in said:
            beats.append(time.monotonic())
            if isinstance(item, Statement):
                break
        assert isinstance(item, Statement)
        assert time.monotonic() - server.sent[1] < 0.5
        assert isinstance(next(said), Waiting)
        assert max(after - before for before, after in pairwise(beats)) < 1.5
        said.close()
        server.await_hang_up()


def test_a_prompt_too_long_for_the_endpoint_is_shrunk_once() -> None:
    """Told a smaller window, the model is asked again with fewer whole passages; if that is still too long it is an error."""
    long = [Passage(DOCUMENT, Paragraph("d", str(n), "official", f"Number {n}. " + "All of it. " * 120), "r") for n in range(1, 6)]
    refused = Reply(
        status=400,
        error={
            "message": "This model's maximum context length is 2048 tokens. You requested 5000.",
            "code": "context_length_exceeded",
        },
    )

    def script(request: Request) -> Reply:
        return refused if len(request.passages) > 1 else Reply([f"It is number 1 [{request.handle('Number 1')}]."])

    with ModelServer(script) as server:
        items = list(answer_with_model("q", long, _settings(server)))
        assert [item for item in items if isinstance(item, Given)] == [Given(5), Given(1)]
        assert [item.text for item in items if isinstance(item, Statement)] == ["It is number 1."]
    with ModelServer(lambda _: refused) as server, pytest.raises(PromptTooLong, match="2,048 tokens"):
        list(answer_with_model("q", long, _settings(server)))
    assert len(server.requests) == 2


def test_a_local_endpoint_never_sees_the_hosted_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a base URL and no key of its own, OPENAI_API_KEY stays at home; a configured key is sent."""
    monkeypatch.setenv("OPENAI_API_KEY", "hosted-secret")
    with ModelServer(lambda _: Reply([REFUSAL])) as server:
        list(answer_with_model("q", PASSAGES, _settings(server)))
        list(answer_with_model("q", PASSAGES, _settings(server, api_key=SecretStr("mine"))))
    assert [request.authorization for request in server.requests] == ["Bearer none", "Bearer mine"]


def test_text_without_an_end_is_cut() -> None:
    """A model that repeats itself for ever is given up on, however fast it is."""
    with pytest.raises(ModelError, match="more than 40,000 characters"):
        _ask(lambda _: Reply(["and so on and so forth, " * 100] * 50, then="stall"))
