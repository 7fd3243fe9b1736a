"""Model mode against a real HTTP server that speaks the OpenAI streaming protocol."""

import time
from collections.abc import Iterator

import pytest
from model_server import ModelServer, Reply, Request
from pydantic import SecretStr

from assistant.answer.model_mode import Refused, answer_with_model, is_refusal
from assistant.answer.prompts import build_prompt
from assistant.answer.tokens import count_tokens, encoding
from assistant.errors import InvalidSettings, MissingExtra, ModelError
from assistant.schema import REFUSAL, Document, Paragraph, Passage, Statement, Withheld
from assistant.settings import ModelSettings

DOCUMENT = Document("d", "Remarks", "d.txt", "0")
PASSAGES = tuple(
    Passage(DOCUMENT, Paragraph("d", label, "official", text), f"Remarks, para. {label}")
    for label, text in (("3", "We heard 200 statements. They were good."), ("7", "A consensus solution is possible."))
)


def _settings(server: ModelServer, **more: object) -> ModelSettings:
    return ModelSettings(name="openai:scripted", base_url=server.base_url, **more)  # type: ignore[arg-type]  # plain keyword arguments


def _ask(script: object, **more: object) -> list[Statement | Withheld | Refused]:
    with ModelServer(script) as server:  # type: ignore[arg-type]  # a function of a request
        return list(answer_with_model("How many statements?", PASSAGES, _settings(server, **more)))


def test_an_honest_model_gets_its_references_from_code() -> None:
    """The handles it names become the passages' references; several sentences stream in order."""

    def honest(request: Request) -> Reply:
        first, second = request.handle("200 statements"), request.handle("consensus")
        return Reply(["There were 200 state", f"ments [{first}]. A solution is possible. [{second}]"])

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


def test_handles_are_made_anew_for_each_request() -> None:
    """A handle that a document could know in advance does not exist."""
    handles = [set(build_prompt("q", PASSAGES, 6000).handles) for _ in range(2)]
    assert not handles[0] & handles[1]


def test_the_refusal_is_recognised_only_as_the_first_thing_said() -> None:
    """The constant, with or without quotation marks, refuses; after a statement it is a sentence without a handle."""
    assert [type(item).__name__ for item in _ask(lambda _: Reply([f"“{REFUSAL}”"]))] == ["Refused"]

    def late(request: Request) -> Reply:
        return Reply([f"They were good [{request.handle('200')}]. {REFUSAL}"])

    assert [type(item).__name__ for item in _ask(late)] == ["Statement", "Withheld"]
    assert not is_refusal("It is not in these documents that he said so.")


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(status=401), "401"),
        (Reply(status=429), "429"),
        (Reply(status=500), "500"),
        (Reply([]), "empty"),
        (Reply(raw=b"data: {not json\n\n"), "failed"),
        (Reply(["They were good "], finish_reason="length"), "cut off"),
    ],
)
def test_every_failure_of_an_endpoint_is_one_line_with_its_cause(reply: Reply, words: str) -> None:
    """Status codes, an empty answer, a malformed stream and a cut answer are ModelErrors that name what happened."""
    with pytest.raises(ModelError, match=words):
        _ask(lambda _: reply)


def test_a_refused_connection_fails_at_once() -> None:
    """Nobody listens: the error comes within a second, so that quote mode can answer."""
    settings = ModelSettings(name="openai:x", base_url="http://127.0.0.1:9/v1")
    list_of_nothing: Iterator[object] = answer_with_model("q", PASSAGES, settings)
    start = time.monotonic()
    with pytest.raises(ModelError, match="endpoint failed"):
        list(list_of_nothing)
    assert time.monotonic() - start < 4  # the first use of the client imports it


def test_a_silent_model_is_given_up_on() -> None:
    """Without a first token within its time the request ends."""
    with pytest.raises(ModelError, match="endpoint failed"):
        _ask(lambda _: Reply(["late"], wait=3), first_token_timeout=0.5, gap_timeout=0.5)


def test_a_local_endpoint_never_sees_the_hosted_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a base URL and no key of its own, OPENAI_API_KEY stays at home; a configured key is sent."""
    monkeypatch.setenv("OPENAI_API_KEY", "hosted-secret")
    with ModelServer(lambda _: Reply([REFUSAL])) as server:
        list(answer_with_model("q", PASSAGES, _settings(server)))
        list(answer_with_model("q", PASSAGES, _settings(server, api_key=SecretStr("mine"))))
    assert [request.authorization for request in server.requests] == ["Bearer none", "Bearer mine"]


def test_a_model_that_cannot_be_opened_says_what_to_install_or_name() -> None:
    """A provider without its package names the pip line; a name that means nothing names the form."""
    with pytest.raises(MissingExtra, match="pip install langchain-ollama"):
        list(answer_with_model("q", PASSAGES, ModelSettings(name="ollama:llama3")))
    with pytest.raises(InvalidSettings, match="provider:model"):
        list(answer_with_model("q", PASSAGES, ModelSettings(name="nothing-like-it")))


def test_passages_are_whole_or_left_out() -> None:
    """The budget holds the first passages whole; not even one that fits is a ModelError."""
    long = Passage(DOCUMENT, Paragraph("d", "9", "official", "word " * 3000), "Remarks, para. 9")
    prompt = build_prompt("q", [PASSAGES[0], long], 2000)
    assert [passage.paragraph.label for passage in prompt.handles.values()] == ["3"]
    assert PASSAGES[0].paragraph.text in prompt.user
    with pytest.raises(ModelError, match="longer than the model may be given"):
        build_prompt("q", [long], 2000)


def test_tokens_are_counted_by_a_vocabulary_that_loses_nothing() -> None:
    """Any text comes back from its tokens, and counts err on the safe side: never fewer tokens than words."""
    text = "The OEWG is not a sprint — it’s a marathon. 中文 🙂"
    assert encoding().decode(encoding().encode_ordinary(text)) == text
    assert count_tokens(text) >= len(text.split())
