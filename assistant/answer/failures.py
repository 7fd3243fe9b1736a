"""What went wrong at a model's endpoint, in one line with its next step, whatever client library raised it.

No line repeats a key: what an endpoint says about a refused key is not shown, and keys are struck out of everything else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from assistant.errors import AssistantError, ModelError, PromptTooLong, Unreachable
from assistant.settings import ModelSettings

_DOCTOR = "Check it with: assistant doctor"
_TOO_LONG = re.compile(
    r"context[ _]?(?:length|window|size)|maximum (?:context|prompt|input)|prompt (?:is )?too long|too many (?:input )?tokens"
    r"|input tokens exceed|exceed\w* (?:the )?(?:available |maximum )?(?:context|number of tokens)",
    re.IGNORECASE,
)
_WINDOW = re.compile(
    r"(?:maximum context length (?:is|of)|context (?:length|window|size)(?: is| of)?|n_ctx\W+|limit (?:is|of)|max(?:imum)?(?: is)?)"
    r"[\s(:=]*(?P<tokens>\d[\d,]{2,})",
    re.IGNORECASE,
)
_KEY_LIKE = re.compile(r"\b(?:sk|pk|key|gsk|xai|AIza)[-_][\w*.-]{6,}|\bBearer\s+\S+", re.IGNORECASE)
_SHOWN = 160
"""Characters of an endpoint's own message that a line repeats."""


def address_of(settings: ModelSettings) -> str:
    """Where the model is, as it may be shown: without a query, which may hold a key."""
    return (settings.base_url or "the provider's endpoint").partition("?")[0]


def without_keys(text: str, settings: ModelSettings) -> str:
    """`text` on one line, with every key that this process knows, and what looks like one, struck out."""
    known = [settings.api_key.get_secret_value()] if settings.api_key else []
    known += [value for name, value in os.environ.items() if name.upper().endswith(("API_KEY", "API_TOKEN"))]
    for key in sorted(filter(None, known), key=len, reverse=True):
        if len(key) >= 6:  # "none" and the like are no secrets, and striking them out would garble the line
            text = text.replace(key, "…")
    return _KEY_LIKE.sub("…", " ".join(text.split()))


def failure_of(error: BaseException, settings: ModelSettings) -> ModelError:
    """The ModelError that says what `error`, of whatever client library, means."""
    if isinstance(error, ModelError):
        return error
    status, address = status_of(error), address_of(settings)
    chain = list(_chain(error))
    names = {type(item).__name__ for item in chain}
    said = without_keys(str(error), settings)[:_SHOWN]
    if status == 413 or (status in (400, 422, 500, None) and _TOO_LONG.search(str(error))) or "ContextOverflowError" in names:
        return too_long(error)
    if status is not None:
        return _refused_with(status, address, said, type(error).__name__)
    if names & {"ConnectTimeout", "PoolTimeout"}:
        return no_answer(address, settings)
    if names & {"ConnectError", "ConnectionError", "ConnectionRefusedError", "gaierror"}:
        return Unreachable(f"nothing answers at {address}", "Start the endpoint, or mend model.base_url; then: assistant doctor")
    if "TimeoutError" in names or "ReadTimeout" in names or any(name.endswith("TimeoutError") for name in names):
        return ModelError(f"the model's endpoint stopped answering ({address})", _DOCTOR)
    if names & {"RemoteProtocolError", "ReadError", "ConnectionResetError", "IncompleteRead", "WriteError", "BrokenPipeError"}:
        return ModelError("the model's endpoint broke the connection off", _DOCTOR)
    if names & {"JSONDecodeError", "UnicodeDecodeError", "ValidationError", "KeyError", "TypeError", "AttributeError", "ValueError"}:
        return ModelError(f"the model's endpoint sent what cannot be read ({type(error).__name__})", f"Is model.base_url right? {_DOCTOR}")
    return ModelError(f"the model's endpoint failed: {type(error).__name__}{f': {said}' if said else ''}", _DOCTOR)


def no_answer(address: str, settings: ModelSettings) -> Unreachable:
    """Nobody took the connection in time."""
    return Unreachable(f"{address} did not answer within {settings.connect_timeout:g} seconds", "Mend model.base_url, or try again later.")


def too_long(error: BaseException) -> PromptTooLong:
    """The prompt does not fit; with the window, where the endpoint names it."""
    found = _WINDOW.search(str(error))
    window = int(found["tokens"].replace(",", "")) if found else None
    named = f" ({window:,} tokens)" if window else ""
    return PromptTooLong(f"the prompt is longer than the model's window{named}", "Lower model.context_tokens, or model.top.", window)


def status_of(error: BaseException) -> int | None:
    """The HTTP status that `error` carries, in the places where client libraries put it."""
    for item in _chain(error):
        for holder in (item, getattr(item, "response", None)):
            status = getattr(holder, "status_code", None)
            if isinstance(status, int) and status > 0:
                return status
    return None


def retry_after(error: BaseException) -> float | None:
    """The seconds that the endpoint asks to wait (Retry-After, in seconds or as a date), None where it asks nothing."""
    from email.utils import parsedate_to_datetime

    for item in _chain(error):
        value = getattr(getattr(item, "response", None), "headers", {}).get("retry-after")
        if value is None:
            continue
        try:
            return max(0.0, float(value))
        except ValueError:
            pass
        try:
            import datetime as dt

            when = parsedate_to_datetime(value)
            return max(0.0, (when - dt.datetime.now(when.tzinfo or dt.UTC)).total_seconds())
        except (ValueError, TypeError):
            continue
    return None


def _refused_with(status: int, address: str, said: str, kind: str) -> ModelError:
    if status in (401, 403):
        return ModelError(f"the model's endpoint refused the key ({status})", "Set the right one: ASSISTANT_MODEL__API_KEY=…")
    if status == 404:
        return ModelError(
            f"{address} does not know this model or this address (404)",
            "Mend model.name or model.base_url; the latter usually ends in /v1.",
        )
    if status == 429:
        return ModelError("the model's endpoint is busy, or its quota is used up (429)", "Try again later.")
    if status >= 500:
        return ModelError(f"the model's endpoint failed ({status})", "Try again later, or look at its log.")
    step = 'Set model.temperature = "default".' if "temperature" in said else _DOCTOR
    return ModelError(f"the model's endpoint refused the request ({status}, {kind}: {said})", step)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error with its causes, outermost first; an error of this project, or a circle, ends it."""
    seen: set[int] = set()
    item: BaseException | None = error
    while item is not None and id(item) not in seen and not isinstance(item, AssistantError):
        seen.add(id(item))
        yield item
        item = item.__cause__ or item.__context__
