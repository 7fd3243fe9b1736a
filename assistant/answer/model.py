"""Language models through LangChain: opened by name, streamed as text, every failure named."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from assistant.errors import InvalidSettings, MissingExtra, ModelError
from assistant.settings import ModelSettings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


def open_model(settings: ModelSettings) -> BaseChatModel:
    """The chat model that the settings name; nothing is sent yet.

    Raises:
        InvalidSettings: no name, or one that LangChain does not understand.
        MissingExtra: the provider's package is not installed; the message names it.
    """
    if not settings.name:
        raise InvalidSettings("no language model is configured", "Name one: --model openai:NAME [--base-url URL], or ask in quote mode.")
    from langchain.chat_models import init_chat_model

    try:
        model: BaseChatModel = init_chat_model(settings.name, **_arguments(settings))
        return model
    except ImportError as error:
        provider = settings.name.partition(":")[0]
        raise MissingExtra(
            f"model {settings.name!r} needs a package that is not installed ({error.name or provider})", f"pip install langchain-{provider}"
        ) from None
    except ValueError as error:
        raise InvalidSettings(
            f"model {settings.name!r} cannot be opened: {_line(error)}", "Name it as provider:model, for example openai:gpt-4o-mini."
        ) from None
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "openai":
            raise
        raise InvalidSettings(
            f"model {settings.name!r} cannot be opened: {_line(error)}", "Set a key: ASSISTANT_MODEL__API_KEY or OPENAI_API_KEY."
        ) from None


def _arguments(settings: ModelSettings) -> dict[str, Any]:
    arguments: dict[str, Any] = {} if settings.temperature is None else {"temperature": settings.temperature}
    if settings.base_url:
        arguments["base_url"] = settings.base_url
    if settings.api_key and settings.api_key.get_secret_value():
        arguments["api_key"] = settings.api_key
    if settings.name and settings.name.partition(":")[0] in ("openai", settings.name):
        import httpx

        read = max(settings.first_token_timeout, settings.gap_timeout)
        arguments |= {"timeout": httpx.Timeout(read, connect=settings.connect_timeout), "max_retries": 0}
        if settings.base_url and "api_key" not in arguments:
            arguments["api_key"] = (
                "none"  # local endpoints ask for no key, but the client insists on one; OPENAI_API_KEY must not leak to them
            )
    return arguments


def stream_text(model: BaseChatModel, system: str, user: str, total_timeout: float) -> Iterator[str]:
    """The model's answer as it is written, piece by piece.

    Raises:
        ModelError: the endpoint refused, failed, stalled, cut the answer off, or said nothing.
    """
    from langchain_core.messages import HumanMessage, SystemMessage

    end = time.monotonic() + total_timeout
    written = False
    stream = model.stream([SystemMessage(system), HumanMessage(user)])
    try:
        for chunk in stream:
            if time.monotonic() > end:
                raise ModelError(
                    f"the model took longer than {total_timeout:g} seconds", "Raise model.total_timeout or use a faster model."
                )
            if chunk.text:
                written = True
                yield chunk.text
            if chunk.response_metadata.get("finish_reason") == "length":
                raise ModelError("the model's answer was cut off at its length limit", "Use a model with room for longer answers.")
    except ModelError:
        raise
    except Exception as error:  # each provider's client has an error tree of its own; type and cause are kept
        raise ModelError(f"the model's endpoint failed: {_line(error)}", "Check it with: assistant doctor") from error
    finally:
        if (close := getattr(stream, "close", None)) is not None:
            close()  # ends the request when the reader of this stream stops early
    if not written:
        raise ModelError("the model's answer was empty", "Check it with: assistant doctor")


def _line(error: BaseException) -> str:
    """An error of a client library on one line: its type, its status where it has one, the beginning of its message."""
    status = getattr(error, "status_code", None)
    message = " ".join(str(error).split())[:160]
    return f"{type(error).__name__}{f' {status}' if status else ''}: {message}".rstrip(": ")


def probe(settings: ModelSettings) -> str:
    """What can be said about the configured model without asking it anything: none, or where it is reached.

    Raises:
        ModelError: its address does not answer.
        InvalidSettings, MissingExtra: it cannot be opened.
    """
    if not settings.name:
        return "none configured: answers are quotations (quote mode)"
    open_model(settings)
    if settings.base_url:
        import httpx

        try:
            httpx.get(settings.base_url, timeout=settings.connect_timeout)  # any answer at all, also 404, shows that someone is there
        except httpx.HTTPError as error:
            raise ModelError(
                f"{settings.base_url} does not answer ({type(error).__name__})", "Start the endpoint, or mend model.base_url."
            ) from None
    return f"{settings.name}{f' at {settings.base_url}' if settings.base_url else ''}"
