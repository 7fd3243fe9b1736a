"""Models by name: what is installed, what is told, what is reachable, and that no key is ever said."""

from __future__ import annotations

import logging
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from model_server import ModelServer, Reply, Request, closed_port
from pydantic import SecretStr

from assistant import Assistant
from assistant.answer.failures import failure_of, without_keys
from assistant.answer.model import stream_text
from assistant.answer.providers import EXTRAS, open_model, probe, split_name
from assistant.cli import main
from assistant.errors import InvalidSettings, MissingExtra, ModelError
from assistant.settings import ModelSettings, load

CANARY = "sk-canary-7Qm2xV9tLr4Wz8Kp"


def test_a_missing_package_is_named_with_its_pip_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider of an extra names the extra, another one its LangChain package; every extra is in pyproject.toml."""
    for module in ("langchain_ollama", "langchain_anthropic", "langchain_groq"):
        monkeypatch.setitem(sys.modules, module, None)  # as if it were not installed
    with pytest.raises(MissingExtra, match=r'pip install "assistant\[ollama\]"'):
        open_model(ModelSettings(name="ollama:llama3-of-another-day"))
    with pytest.raises(MissingExtra, match=r'pip install "assistant\[anthropic\]"'):
        open_model(ModelSettings(name="anthropic:claude"))
    with pytest.raises(MissingExtra, match='pip install "langchain-groq"'):
        open_model(ModelSettings(name="groq:x"))
    pyproject = (Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    assert all(f"\n{extra} = [" in pyproject for extra in EXTRAS.values())


def test_a_name_that_means_nothing_and_a_missing_key_are_one_line() -> None:
    """Each says what to write instead."""
    with pytest.raises(InvalidSettings, match="provider:model"):
        open_model(ModelSettings(name="nothing-like-it"))
    with pytest.raises(InvalidSettings, match="needs a key") as caught:
        open_model(ModelSettings(name="openai:gpt-4o-mini"))
    assert "ASSISTANT_MODEL__API_KEY, or OPENAI_API_KEY" in str(caught.value)
    with pytest.raises(InvalidSettings, match="no language model is configured"):
        open_model(ModelSettings())


def test_a_plain_name_at_an_address_is_of_an_openai_compatible_endpoint() -> None:
    """`--model llama-3.1-8b --base-url …` needs no provider; a name with one keeps it."""
    assert split_name(ModelSettings(name="llama-3.1-8b", base_url="http://127.0.0.1:1/v1")) == ("openai", "llama-3.1-8b")
    assert split_name(ModelSettings(name="gpt-4o-mini")) == ("", "gpt-4o-mini")
    assert split_name(ModelSettings(name="ollama:qwen2.5:7b")) == ("ollama", "qwen2.5:7b")


def test_ollamas_own_client_talks_to_its_own_protocol() -> None:
    """The real package streams from a server that speaks its protocol; it is told the window, which it would else cut to in silence."""
    with ModelServer(lambda _: Reply(["It is ", "so."])) as server:
        model = ModelSettings(name="ollama:scripted", base_url=server.address, context_tokens=5000, api_key=SecretStr(CANARY))
        assert "".join(stream_text(model, "s", "u")) == "It is so."
        assert server.requests[0].body["options"]["num_ctx"] == 5000
        assert server.requests[0].authorization == f"Bearer {CANARY}"
        assert CANARY not in repr(open_model(model))
    with ModelServer(lambda _: Reply(["It is"], finish_reason="length")) as server, pytest.raises(ModelError, match="cut off"):
        list(stream_text(ModelSettings(name="ollama:scripted", base_url=server.address), "s", "u"))
    with ModelServer(lambda _: Reply(["It is"], then="stall")) as server:
        pieces = stream_text(ModelSettings(name="ollama:scripted", base_url=server.address), "s", "u")
        while not next(pieces):
            pass
        pieces.close()
        server.await_hang_up()


def test_doctor_says_what_is_reachable(capsys: pytest.CaptureFixture[str], workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The models an endpoint serves, and whether the named one is among them; an endpoint that is not there is wrong. No key is said."""
    with ModelServer(lambda _: Reply([]), models=("a", "b")) as server:
        there = ModelSettings(name="openai:a", base_url=server.base_url, api_key=SecretStr(CANARY))
        assert probe(there) == f"openai:a at {server.base_url} (with a key): reachable, serves a, b"
        assert probe(ModelSettings(name="openai:c", base_url=server.base_url)).endswith("serves a, b; 'c' is not among them")
        assert server.listed == [f"Bearer {CANARY}", ""]
        assert probe(ModelSettings(name="ollama:a", base_url=server.address)).endswith("serves a, b")
        monkeypatch.setenv("ASSISTANT_MODEL__NAME", "openai:a")
        monkeypatch.setenv("ASSISTANT_MODEL__BASE_URL", f"http://127.0.0.1:{closed_port()}/v1")
        monkeypatch.setenv("ASSISTANT_MODEL__API_KEY", CANARY)
        assert main(["doctor", "--workspace", str(workspace)]) == 1
    out, err = capsys.readouterr()
    assert "wrong  language model: nothing answers at http://127.0.0.1" in out
    assert CANARY not in out + err
    assert probe(ModelSettings()) == "none configured: answers are quotations (quote mode)"


def test_an_address_holds_no_name_and_password(tmp_path: Path) -> None:
    """It would be shown wherever the address is; what is no address is refused too."""
    with pytest.raises(InvalidSettings, match="no name and password") as caught:
        load(tmp_path, model={"name": "openai:x", "base_url": f"https://me:{CANARY}@host/v1"})
    assert CANARY not in str(caught.value)
    with pytest.raises(InvalidSettings, match="begins with http"):
        load(tmp_path, model={"name": "openai:x", "base_url": "localhost:8080"})


def test_a_key_is_in_nothing_that_is_said(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, workspace: Path, encoder: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An endpoint that says the key back, in errors and in its stream: it is in no output, log, traceback, repr or export."""
    said: list[str] = []

    def parrot(request: Request) -> Reply:
        message = f"Incorrect API key provided: {CANARY} ({request.authorization})"
        statuses = (401, 400, 404, 418, 500, 200)
        status = statuses[len(said) % len(statuses)]
        said.append(message)
        return Reply([f"Your key is {CANARY}."], then="reset") if status == 200 else Reply(status=status, error={"message": message})

    monkeypatch.setattr("assistant.index.encoder.load", lambda settings: encoder)
    monkeypatch.setenv("OPENAI_API_KEY", f"{CANARY}-hosted")
    with caplog.at_level(logging.DEBUG), ModelServer(parrot) as server:
        settings = load(workspace, model={"name": "openai:x", "base_url": server.base_url, "api_key": CANARY, "tries": 1})
        assistant = Assistant(settings)
        kept = [repr(settings), settings.model_dump_json(), str(settings), repr(open_model(settings.model))]
        for _ in range(6):
            answer = assistant.ask("How many statements were heard?")
            kept += [str(answer.to_json() | {"withheld": []}), repr(answer.fallback)]
            try:
                assistant.ask("How many statements were heard?", fallback=False)
            except ModelError as error:
                kept += ["".join(traceback.format_exception(error)), repr(error)]
        monkeypatch.setenv("ASSISTANT_MODEL__API_KEY", CANARY)
        arguments = ["--workspace", str(workspace), "--model", "openai:x", "--base-url", server.base_url]
        for extra in ([], ["--json"], ["--no-fallback"]):
            main(["ask", *arguments, *extra, "How many statements were heard?"])
    out, err = capsys.readouterr()
    assert len(said) > 10
    for text in [*kept, out, err, caplog.text]:
        assert CANARY not in text


def test_a_key_that_an_unknown_error_holds_is_struck_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a client library says: known keys, keys of the environment, and what looks like one."""
    monkeypatch.setenv("SOME_API_KEY", "of-another-service-1234")
    model = ModelSettings(name="openai:x", api_key=SecretStr("plain-password-9"))
    line = str(failure_of(RuntimeError("bad plain-password-9 of-another-service-1234 sk-abcdef123456 Bearer xyz"), model))
    assert line == "the model's endpoint failed: RuntimeError: bad … … … …. Check it with: assistant doctor"
    assert without_keys("no key here", ModelSettings()) == "no key here"


def test_importing_the_package_opens_no_client() -> None:
    """A question in quote mode pays for no model: neither LangChain nor a client is imported by the engine."""
    code = "import sys, assistant.answer.engine; print([name for name in ('langchain', 'openai', 'tenacity') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)})
    assert done.stdout.strip() == "[]"
