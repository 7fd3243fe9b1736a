"""Language models by name, through LangChain's `init_chat_model`: which package each needs, what it is told, and whether it is there."""

from __future__ import annotations

import asyncio
import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from assistant.answer.failures import address_of, failure_of, no_answer, without_keys
from assistant.errors import InvalidSettings, MissingExtra, Unreachable
from assistant.settings import ModelSettings

if TYPE_CHECKING:
    import httpx
    from langchain_core.language_models import BaseChatModel

EXTRAS = {"anthropic": "anthropic", "google_genai": "google-genai", "mistralai": "mistralai", "ollama": "ollama"}
"""Provider: the extra of this package that brings it. OpenAI and whatever speaks its protocol need none."""
ENDS = {"openai", "azure_openai", "anthropic", "ollama", "mistralai", "google_genai"}
"""Providers whose streams say why they end. One of theirs that just stops was cut off."""
_OPENAI, _OLLAMA = "https://api.openai.com/v1", "http://localhost:11434"
_NO_KEY = "none"
"""Sent where an address is given without a key: clients insist on one, and the hosted one of the environment must not leak there."""
_MODELS_SHOWN = 8


def split_name(settings: ModelSettings) -> tuple[str, str]:
    """(provider, model) of a model's name; the provider is "" where LangChain has to infer it from the model.

    A name without a provider, at a base URL, is of an endpoint that speaks OpenAI's protocol.
    """
    provider, colon, model = (settings.name or "").partition(":")
    if colon:
        return provider, model
    return ("openai" if settings.base_url else ""), provider


@lru_cache(maxsize=8)
def open_model(settings: ModelSettings) -> BaseChatModel:
    """The chat model that the settings name; nothing is sent yet. The first one takes seconds: its client is imported.

    The last few stay open, for opening one takes as long as searching does.

    Raises:
        InvalidSettings: no name, one that LangChain does not understand, or no key where one is needed.
        MissingExtra: the provider's package is not installed; the message names the pip line.
    """
    if not settings.name:
        raise InvalidSettings("no language model is configured", "Name one: --model openai:NAME [--base-url URL], or ask in quote mode.")
    from langchain.chat_models import init_chat_model

    provider, model = split_name(settings)
    try:
        opened: BaseChatModel = init_chat_model(model, model_provider=provider or None, **_arguments(settings, provider))
        return opened
    except ImportError as error:
        package = f"assistant[{EXTRAS[provider]}]" if provider in EXTRAS else f"langchain-{(provider or 'openai').replace('_', '-')}"
        raise MissingExtra(
            f"model {settings.name!r} needs a package that is not installed ({error.name or provider})", f'pip install "{package}"'
        ) from None
    except Exception as error:  # noqa: BLE001 - each client has errors of its own for a missing key or a wrong option
        said = without_keys(str(error), settings)[:200]
        if "api_key" in said or "API key" in said or "credentials" in said.lower():
            raise InvalidSettings(
                f"model {settings.name!r} needs a key", f"Set ASSISTANT_MODEL__API_KEY, or {_variable(provider)}."
            ) from None
        raise InvalidSettings(
            f"model {settings.name!r} cannot be opened: {type(error).__name__}: {said}",
            "Name it as provider:model, for example openai:gpt-4o-mini.",
        ) from None


def _arguments(settings: ModelSettings, provider: str) -> dict[str, Any]:
    """What a client is told: its own retries are off and its own limits wide, for `model.py` keeps time and tries again."""
    import httpx

    timeout = httpx.Timeout(settings.total_timeout, connect=settings.connect_timeout)
    arguments: dict[str, Any] = {} if settings.temperature in (None, "default") else {"temperature": settings.temperature}
    if settings.base_url:
        arguments["base_url"] = settings.base_url
    if provider == "ollama":  # it cuts a long prompt without a word, unless it is told how long one may be
        client: dict[str, Any] = {"timeout": timeout} | ({"auth": _bearer(settings)} if settings.api_key else {})
        return arguments | {"num_ctx": settings.context_tokens, "client_kwargs": client}
    if settings.api_key and settings.api_key.get_secret_value():
        arguments["api_key"] = settings.api_key
    elif settings.base_url:
        arguments["api_key"] = _NO_KEY
    if provider in ("openai", ""):
        return arguments | {"timeout": timeout, "max_retries": 0, "stream_usage": False}
    if provider in ("anthropic", "mistralai", "google_genai"):
        return arguments | {"timeout": settings.total_timeout, "max_retries": 0}
    return arguments


def _bearer(settings: ModelSettings) -> httpx.Auth:
    """Sends the key with every request; a plain header would show it wherever the model's options are shown."""
    import httpx

    class Bearer(httpx.Auth):
        def auth_flow(self, request: httpx.Request) -> Any:
            request.headers["Authorization"] = f"Bearer {settings.api_key.get_secret_value() if settings.api_key else ''}"
            yield request

    return Bearer()


async def reach(settings: ModelSettings) -> None:
    """Connects to the endpoint and hangs up, so that one that is not there is known before a client is imported, which takes seconds.

    Where a proxy stands between, or the provider's own address is used, there is nothing to try.

    Raises:
        Unreachable: nobody answers, or not within `connect_timeout`.
    """
    url = urlsplit(_endpoint(settings) or "")
    if not url.hostname or (url.scheme in getproxies() and not proxy_bypass(url.hostname)):
        return
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        async with asyncio.timeout(settings.connect_timeout):
            _, writer = await asyncio.open_connection(url.hostname, port, happy_eyeballs_delay=0.25)
    except TimeoutError:
        raise no_answer(address_of(settings), settings) from None
    except OSError as error:
        why = "connection refused" if isinstance(error, ConnectionRefusedError) else (error.strerror or str(error)).lower()
        where = address_of(settings) if settings.base_url else f"{url.scheme}://{url.netloc}"
        raise Unreachable(
            f"nothing answers at {where} ({why})", "Start the endpoint, or mend model.base_url; then: assistant doctor"
        ) from None
    writer.close()


def _endpoint(settings: ModelSettings) -> str | None:
    """The address that is known before the client is there."""
    if settings.base_url or split_name(settings)[0] != "ollama":
        return settings.base_url
    return None if os.environ.get("OLLAMA_HOST") else _OLLAMA


def probe(settings: ModelSettings) -> str:
    """What can be said about the configured model without asking it anything: none, or where it is and what is served there.

    Raises:
        ModelError: its address does not answer, or refuses the key.
        InvalidSettings, MissingExtra: it cannot be opened.
    """
    if not settings.name:
        return "none configured: answers are quotations (quote mode)"
    open_model(settings)
    provider, model = split_name(settings)
    place = _endpoint(settings) or (_OPENAI if provider == "openai" else None)
    if place is None:
        return f"{settings.name}: its package is installed; its endpoint was not asked"
    names = _served(place.rstrip("/"), provider, settings)
    said = f"{settings.name} at {place.partition('?')[0]} ({'with' if _key(settings, provider) else 'without'} a key): reachable"
    if names is None:
        return f"{said}; it lists no models"
    shown = ", ".join(names[:_MODELS_SHOWN]) + (" …" if len(names) > _MODELS_SHOWN else "")
    missing = "" if {model, f"{model}:latest"} & set(names) else f"; {model!r} is not among them"
    return f"{said}, serves {shown or 'nothing'}{missing}"


def _served(place: str, provider: str, settings: ModelSettings) -> list[str] | None:
    """The names of the models that an endpoint lists; None where it keeps no list.

    Raises:
        ModelError: it does not answer, or refuses the key.
    """
    import httpx

    key = _key(settings, provider)
    try:
        answer = httpx.get(
            f"{place}/api/tags" if provider == "ollama" else f"{place}/models",
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=settings.connect_timeout,
        )
        if answer.status_code in (401, 403) or answer.status_code >= 500:
            answer.raise_for_status()
        body = answer.json() if answer.is_success else {}
        rows = body.get("models" if provider == "ollama" else "data") if isinstance(body, dict) else None
        return [without_keys(str(row.get("name") or row.get("id")), settings) for row in rows] if isinstance(rows, list) else None
    except httpx.HTTPError as error:
        raise failure_of(error, settings) from None
    except (ValueError, AttributeError):  # an answer that is not JSON, or not of this shape, still shows that someone is there
        return None


def _key(settings: ModelSettings, provider: str) -> str | None:
    if settings.api_key:
        return settings.api_key.get_secret_value() or None
    return None if settings.base_url else os.environ.get(_variable(provider))


def _variable(provider: str) -> str:
    """The variable in which a provider's own client looks for a key."""
    return {"google_genai": "GOOGLE_API_KEY", "mistralai": "MISTRAL_API_KEY"}.get(provider, f"{(provider or 'openai').upper()}_API_KEY")
