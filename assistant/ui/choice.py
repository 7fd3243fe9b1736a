"""Which answers a visitor asked for in the page's panel. One choice belongs to one visitor, never to the server."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import SecretStr

from assistant.errors import InvalidSettings
from assistant.schema import Mode
from assistant.settings import ModelSettings, Settings, checked_address

NO_KEY = SecretStr("none")
"""Sent where a visitor gives an address and no key, so that a client never fills in the server's own key from its environment."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Quotes or a model's sentences; `model` None means the server's own model, named `name`."""

    mode: Mode = "quote"
    name: str | None = None
    base_url: str | None = None
    model: ModelSettings | None = None


def default(settings: Settings) -> Choice:
    """What is active before a visitor chooses: a model where the workspace has one, else quotes."""
    mode: Mode = "model" if settings.model.name and settings.mode != "quote" else "quote"
    return Choice(mode, settings.model.name, settings.model.base_url)


def choose(settings: Settings, mode: Mode, name: str, base_url: str, key: str, kept: ModelSettings | None = None) -> Choice:
    """The choice that the panel's fields describe.

    The server's own key goes only to the server's own model at its own address. `kept` is what the visitor gave before:
    its key, which the page no longer has, stays in use while the address is the same.

    Raises:
        InvalidSettings: a model is asked for without a name, or at an address that is not http.
    """
    name, base_url, key = name.strip(), base_url.strip(), key.strip()
    if mode == "quote":
        return Choice("quote", name or None, base_url or None, kept)
    if not name:
        raise InvalidSettings("No language model is named", "Give one, for example openai:gpt-4o-mini, or choose quotes.")
    try:
        base_url = checked_address(base_url) if base_url else ""
    except ValueError as error:
        raise InvalidSettings(f"The base URL is not an address to use: {error}", "Mend it.") from None
    own = settings.model
    if not key and (name, base_url) == (own.name, own.base_url or ""):
        return Choice("model", name, base_url or None)
    secret = SecretStr(key) if key else _kept_key(kept, base_url)
    model = own.model_copy(update={"name": name, "base_url": base_url or None, "api_key": secret})
    return Choice("model", name, base_url or None, model)


def _kept_key(kept: ModelSettings | None, base_url: str) -> SecretStr | None:
    if kept is not None and (kept.base_url or "") == base_url:
        return kept.api_key
    return NO_KEY if base_url else None
