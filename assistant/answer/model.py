"""A model's text as it is written: with time-outs, a few tries before the first token, and every failure named.

stream_text ── on the background loop: reach, open, first token (tried again where that can help), the rest ──> pieces of text
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from contextlib import aclosing, closing
from typing import TYPE_CHECKING

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, stop_before_delay, wait_exponential, wait_random

from assistant.answer.background import iterate
from assistant.answer.failures import failure_of, retry_after, status_of
from assistant.answer.providers import ENDS, open_model, reach, split_name
from assistant.errors import AssistantError, ModelError
from assistant.settings import ModelSettings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk, BaseMessage

LONGEST = 40_000
"""Characters after which an answer is taken for one that never ends; some twenty times what a long answer has."""
_END_KEYS = ("finish_reason", "stop_reason", "done_reason", "status")
"""Where OpenAI and Google, Anthropic, Ollama, and OpenAI's second protocol say why an answer ends."""
_CUT = {"length", "max_tokens", "model_context_window_exceeded", "incomplete"}
_FILTERED = {"content_filter", "safety", "refusal"}
_PAUSE = wait_exponential(multiplier=0.5, max=8) + wait_random(0, 0.5)
"""Seconds before another try where the endpoint does not say how long: .5 to 1, then 1 to 1.5, then 2 to 2.5."""


def stream_text(settings: ModelSettings, system: str, user: str) -> Generator[str]:
    """The model's answer as it is written, piece by piece; "" at least every half second while nothing comes.

    Closing this iterator closes the request, wherever it is. Nothing is sent to LangSmith, whatever the environment says.

    Raises:
        Unreachable, PromptTooLong, ModelError: the endpoint is not there, refused, failed, stalled, cut the answer off, or said nothing.
        InvalidSettings, MissingExtra: the model cannot be opened.
    """
    with closing(iterate(_write(settings, system, user))) as pieces:
        for piece in pieces:
            yield piece or ""


async def _write(settings: ModelSettings, system: str, user: str) -> AsyncGenerator[str]:
    await reach(settings)
    model = await asyncio.to_thread(open_model, settings)
    from langchain_core.messages import HumanMessage, SystemMessage
    from langsmith import tracing_context

    end = time.monotonic() + settings.total_timeout
    try:
        with tracing_context(enabled=False):
            stream, first = await _begin(model, [SystemMessage(system), HumanMessage(user)], settings, end)
            async with aclosing(stream):
                async for text in _texts(stream, first, settings, end):
                    yield text
    except AssistantError:
        raise
    except Exception as error:  # noqa: BLE001 - each provider's client has an error tree of its own; what it means is raised
        raise failure_of(error, settings) from None


async def _begin(
    model: BaseChatModel, messages: list[BaseMessage], settings: ModelSettings, end: float
) -> tuple[AsyncGenerator[AIMessageChunk], AIMessageChunk | None]:
    """The stream and its first chunk, None if it has none; asked again where the endpoint was busy or failed before it."""

    def worth_another_try(error: BaseException) -> bool:
        status, asked = status_of(error), retry_after(error)
        return status is not None and (status == 429 or status >= 500) and (asked is None or asked <= settings.retry_after)

    def pause(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = retry_after(error) if error else None
        return _PAUSE(state) if asked is None else asked

    stop = stop_after_attempt(settings.tries) | stop_before_delay(settings.total_timeout)
    async for attempt in AsyncRetrying(retry=retry_if_exception(worth_another_try), wait=pause, stop=stop, reraise=True):
        with attempt:
            stream: AsyncGenerator[AIMessageChunk] = model.astream(messages)  # type: ignore[assignment]  # an AsyncIterator by its type
            return stream, await _next(stream, min(settings.first_token_timeout, end - time.monotonic()), *_nothing_written(settings))
    raise AssertionError("a try either gives a chunk or raises")


async def _next(stream: AsyncIterator[AIMessageChunk], seconds: float, what: str, setting: str) -> AIMessageChunk | None:
    try:
        async with asyncio.timeout(seconds) as limit:
            return await anext(stream, None)
    except TimeoutError:
        if not limit.expired():
            raise  # a time-out of the client's own
        raise ModelError(what, f"Use a faster model, or raise {setting}.") from None


async def _texts(
    stream: AsyncIterator[AIMessageChunk], chunk: AIMessageChunk | None, settings: ModelSettings, end: float
) -> AsyncGenerator[str]:
    """The text of each chunk. The first may be empty: many endpoints send the role alone, and the wait for a token goes on."""
    first_token = time.monotonic() + settings.first_token_timeout
    written, chunks, ended = 0, 0, False
    while chunk is not None:
        chunks += 1
        text = str(chunk.text)
        written += len(text)
        if text:
            yield text
        if written > LONGEST:
            raise ModelError(f"the model wrote more than {LONGEST:,} characters", "Use a model that comes to an end.")
        ended = _ends(chunk) or ended
        now = time.monotonic()
        until_end = (end - now, f"the model took longer than {settings.total_timeout:g} seconds", "model.total_timeout")
        if written or chunks > 1:  # a model that thinks sends chunks without text
            until_next = (settings.gap_timeout, f"the model stopped writing for {settings.gap_timeout:g} seconds", "model.gap_timeout")
        else:
            until_next = (first_token - now, *_nothing_written(settings))
        chunk = await _next(stream, *min(until_end, until_next))
    if not written:
        raise ModelError("the model's answer was empty", "Is model.base_url right? Check it with: assistant doctor")
    if not ended and split_name(settings)[0] in ENDS:
        raise ModelError("the model's endpoint broke the answer off", "Try again, or look at its log.")


def _nothing_written(settings: ModelSettings) -> tuple[str, str]:
    """What is said where the first token does not come, and the setting that allows more time for it."""
    return f"the model wrote nothing within {settings.first_token_timeout:g} seconds", "model.first_token_timeout"


def _ends(chunk: AIMessageChunk) -> bool:
    """Whether this chunk says that the answer has ended.

    Raises:
        ModelError: it ended for a reason that leaves it unfinished.
    """
    said = next((str(chunk.response_metadata[key]) for key in _END_KEYS if chunk.response_metadata.get(key)), "")
    if said.casefold() in _CUT:
        raise ModelError("the model's answer was cut off at its length limit", "Use a model with room for longer answers.")
    if said.casefold() in _FILTERED:
        raise ModelError("the provider's filter stopped the model's answer", "Ask in other words, or use another model.")
    return bool(said)
