"""What endpoints do wrong: each is one line that says why, in time, and quotations take the answer's place."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from model_server import ModelServer, Reply, Request, closed_port, full_port

from assistant import Assistant
from assistant.answer.failures import retry_after
from assistant.answer.model import stream_text
from assistant.errors import ModelError, Unreachable
from assistant.schema import FellBack, Searched, Statement, Waiting
from assistant.settings import ModelSettings, load

QUESTION = "How many statements were heard?"
SPOKEN = "More than 200 statements were heard [{}]."


@pytest.fixture(scope="module")
def assistant(workspace: Path, encoder: object) -> Assistant:
    """An assistant on the shipped document that uses the one encoder of the run."""
    made = Assistant(load(workspace))
    made.__dict__["_encoder"] = encoder
    made.warm_up()
    list(stream_failing(ModelSettings(name="openai:x", base_url=f"http://127.0.0.1:{closed_port()}/v1")))
    return made


def stream_failing(model: ModelSettings) -> list[str]:
    """What came before the failure, which is swallowed."""
    try:
        return list(stream_text(model, "s", "u"))
    except ModelError:
        return []


def at(server: ModelServer, **more: object) -> ModelSettings:
    """Settings of a model at `server`."""
    return ModelSettings(name="openai:scripted", base_url=server.base_url, **more)  # type: ignore[arg-type]  # plain keyword arguments


HALF = ["More than 200 statements ", "were heard"]
FAULTS: dict[str, tuple[Reply, str, int]] = {
    "401": (Reply(status=401), r"refused the key \(401\)", 1),
    "403": (Reply(status=403), r"refused the key \(403\)", 1),
    "404": (Reply(status=404), r"does not know this model or this address \(404\)", 1),
    "400": (Reply(status=400), r"refused the request \(400", 1),
    "429": (Reply(status=429, headers={"Retry-After": "0"}), r"busy, or its quota is used up \(429\)", 3),
    "429, come back in a minute": (Reply(status=429, headers={"Retry-After": "60"}), "429", 1),
    "500": (Reply(status=500, headers={"Retry-After": "0"}), r"failed \(500\)", 3),
    "503": (Reply(status=503, headers={"Retry-After": "0"}), r"failed \(503\)", 3),
    "too long": (
        Reply(status=400, error={"message": "the request exceeds the context size"}),
        "longer than the model's window",
        2,
    ),
    "empty": (Reply([]), "answer was empty", 1),
    "a page instead of a stream": (Reply(raw=b"<html><body>Welcome</body></html>"), "cannot be read|was empty", 1),
    "malformed": (Reply(raw=b"data: {not json\n\n"), "cannot be read", 1),
    "malformed half-way": (
        Reply(raw=b'data: {"choices": [{"index": 0, "delta": {"content": "Mo"}}]}\n\ndata: {"cho\n\n'),
        "cannot be read",
        1,
    ),
    "an error in the stream": (Reply(raw=b'data: {"error": {"message": "out of memory"}}\n\n'), "out of memory", 1),
    "cut by length": (Reply([SPOKEN.format("1"), *HALF], finish_reason="length"), "cut off at its length limit", 1),
    "filtered": (Reply(HALF, finish_reason="content_filter"), "filter", 1),
    "closed half-way": (Reply(HALF, then="close"), "broke the answer off", 1),
    "reset half-way": (Reply(HALF, then="reset"), "broke the connection off", 1),
    "silent": (Reply(["late"], wait=3), "wrote nothing within 0.4 seconds", 1),
    "stalling": (Reply(HALF, then="stall"), "stopped writing for 0.4 seconds", 1),
    "slow for ever": (Reply(["so "] * 99, pause=0.1), "took longer than 1.5 seconds", 1),
}
"""Fault: what the server does, what is said of it, how often it is asked."""


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_of_an_endpoint_is_one_line_and_ends_in_quotations(assistant: Assistant, fault: str) -> None:
    """The reason names what happened; what was written before it is neither shown nor kept; only 429 and 5xx are asked again."""
    reply, reason, asked = FAULTS[fault]
    with ModelServer(lambda _: reply) as server:
        model = at(server, first_token_timeout=0.4, gap_timeout=0.4, total_timeout=1.5 if fault == "slow for ever" else 9)
        *_, answer = assistant.stream(QUESTION, model=model)
        with pytest.raises(ModelError, match=reason) as caught:
            list(stream_text(model, "s", "u"))
    assert answer.mode == "quote"
    assert answer.status == "answered"
    assert "Traceback" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert answer.fallback
    assert len(server.requests) == asked + (1 if fault == "too long" else asked)
    for statement in answer.statements:
        (citation,) = statement.citations
        assert statement.text == citation.quote


def test_what_a_model_said_before_it_failed_is_taken_back(assistant: Assistant) -> None:
    """A verified sentence streams, then the stream breaks: `FellBack` says so, and the answer holds quotations only."""

    def breaks(request: Request) -> Reply:
        return Reply([SPOKEN.format(request.handle("200 statements")), " And the", " rest"], then="reset")

    with ModelServer(breaks) as server:
        first, *events, answer = assistant.stream(QUESTION, model=at(server))
    assert isinstance(first, Searched)
    kinds = [type(event).__name__ for event in events if not isinstance(event, Waiting)]
    assert kinds[:2] == ["Statement", "FellBack"]
    assert isinstance(events[-1], Statement)
    assert "More than 200 statements were heard." not in [statement.text for statement in answer.statements]
    assert answer.fallback == next(event.reason for event in events if isinstance(event, FellBack))


def test_a_busy_endpoint_is_asked_again_as_it_wishes() -> None:
    """After 429 with Retry-After: 1 and a 503 without, the third try is the answer; the first pause was a second."""
    times: list[float] = []

    def busy(_: Request) -> Reply:
        times.append(time.monotonic())
        return (Reply(status=429, headers={"Retry-After": "1"}), Reply(status=503), Reply(["At last."]))[len(times) - 1]

    with ModelServer(busy) as server:
        assert "".join(stream_text(at(server), "s", "u")) == "At last."
    assert 1.0 <= times[1] - times[0] < 2.5
    assert 0.5 <= times[2] - times[1] < 3.5


def test_a_failure_after_the_first_token_is_not_tried_again() -> None:
    """What was written could be shown twice otherwise."""
    with ModelServer(lambda _: Reply(HALF, then="reset")) as server, pytest.raises(ModelError):
        list(stream_text(at(server), "s", "u"))
    assert len(server.requests) == 1


def test_retry_after_may_be_a_date() -> None:
    """Seconds, a date in the past (0), or nonsense (nothing was asked)."""

    class Said(Exception):
        def __init__(self, value: str) -> None:
            self.response = type("Response", (), {"headers": {"retry-after": value}})()

    assert retry_after(Said("7.5")) == 7.5
    assert retry_after(Said("Wed, 21 Oct 2015 07:28:00 GMT")) == 0
    assert retry_after(Said("soon")) is None
    assert retry_after(ValueError()) is None


@pytest.mark.parametrize("name", ["openai:x", "ollama:x", "plain-name"])
def test_a_refused_connection_is_quotations_within_a_second(assistant: Assistant, name: str) -> None:
    """Nobody listens: no client is even opened, and the reason names the address."""
    address = f"http://127.0.0.1:{closed_port()}/v1"
    begin = time.monotonic()
    answer = assistant.ask(QUESTION, model=ModelSettings(name=name, base_url=address))
    assert time.monotonic() - begin < 1
    assert (answer.mode, answer.status) == ("quote", "answered")
    assert answer.fallback == f"nothing answers at {address} (connection refused)"
    with pytest.raises(Unreachable):
        assistant.ask(QUESTION, model=ModelSettings(name=name, base_url=address), fallback=False)


def test_a_connection_that_nobody_takes_is_quotations_within_six_seconds(assistant: Assistant) -> None:
    """The connection times out once, after the five seconds of the settings, and is not tried again."""
    with full_port() as port:
        begin = time.monotonic()
        answer = assistant.ask(QUESTION, model=ModelSettings(name="openai:x", base_url=f"http://127.0.0.1:{port}/v1"))
        assert 4.5 < time.monotonic() - begin < 6
    assert answer.fallback == f"http://127.0.0.1:{port}/v1 did not answer within 5 seconds"
    assert answer.statements


@pytest.mark.parametrize("reply", [Reply(["One. "], then="stall"), Reply(["x"], wait=30), Reply(["so "] * 500, pause=0.05)])
def test_closing_the_answer_closes_the_stream(assistant: Assistant, reply: Reply) -> None:
    """Whatever the model is doing - stalling, not yet speaking, writing at one sentence - the endpoint sees the end within two seconds."""
    with ModelServer(lambda _: reply) as server:
        events = assistant.stream(QUESTION, model=at(server))
        for event in events:
            if isinstance(event, Waiting) and server.requests:
                break
            if reply.pause and server.sent:
                assert time.monotonic() - server.sent[0] < 2  # asked whether the rest is wanted, though no sentence is complete
                break
        begin = time.monotonic()
        events.close()
        assert server.await_hang_up() - begin < 2


def test_an_interrupt_closes_the_stream(assistant: Assistant) -> None:
    """Ctrl+C, wherever it comes, closes what was asked."""
    with ModelServer(lambda _: Reply(["One. "], then="stall")) as server:
        events = assistant.stream(QUESTION, model=at(server))
        while not server.requests:
            next(events)
        with pytest.raises(KeyboardInterrupt):
            events.throw(KeyboardInterrupt())
        assert server.await_hang_up() <= time.monotonic()


def test_two_visitors_do_not_wait_for_each_other() -> None:
    """A model that stalls for one does not hold up another's."""

    def script(request: Request) -> Reply:
        return Reply(["Slow"], then="stall") if request.user == "slow" else Reply(["Quick."])

    with ModelServer(script) as server:
        slow = stream_text(at(server), "s", "slow")
        while "Slow" not in next(slow):
            pass
        begin = time.monotonic()
        assert "".join(stream_text(at(server), "s", "quick")) == "Quick."
        assert time.monotonic() - begin < 2
        slow.close()
        server.await_hang_up()


def test_an_interrupted_wait_between_tries_ends_at_once() -> None:
    """Closing while another try is being waited for ends without it."""
    with ModelServer(lambda _: Reply(status=503, headers={"Retry-After": "15"})) as server:
        pieces = stream_text(at(server), "s", "u")
        while not server.requests:
            next(pieces)
        begin = time.monotonic()
        pieces.close()
        assert time.monotonic() - begin < 2
    assert len(server.requests) == 1
