"""The routes of `/api`. Each runs in a thread; a few answers are made at once, others wait a moment, the next are told to come back."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any, Literal, Protocol

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import JSONResponse

from assistant.errors import AssistantError, IndexProblem, ModelError, UnknownReference
from assistant.schema import Answer, AnswerEvent, Coverage, Exchange, Filters, Passage, paragraph_json, passage_json
from assistant.server.requests import AskRequest, SearchRequest
from assistant.settings import ModelSettings

AT_ONCE = 4
"""How many questions are answered or searched at the same time: two cores are busy with two."""
PATIENCE = 5.0
"""Seconds that a request waits for its turn before it is told that the server is busy."""
COME_BACK = 2
"""Seconds after which a refused request may try again (Retry-After)."""


class Asked(Protocol):
    """What the routes need of `assistant.Assistant`."""

    def stream(
        self,
        question: str,
        *,
        filters: Filters = ...,
        mode: Literal["auto", "quote", "model"] | None = ...,
        model: ModelSettings | None = ...,
        top: int | None = ...,
        fallback: bool = ...,
        history: Sequence[Exchange] = ...,
    ) -> Generator[AnswerEvent]:
        """The events of one answer, the last of them the whole `Answer`; closing it ends the work on it."""

    def search(self, question: str, *, filters: Filters = ..., top: int | None = ...) -> tuple[Passage, ...]:
        """The passages for a question."""

    def show(self, reference: str) -> Passage:
        """One paragraph."""

    def coverage(self, filters: Filters = ...) -> Coverage:
        """How much is searched."""


class Busy(AssistantError):
    """All places are taken."""

    def __init__(self) -> None:
        super().__init__("the server is busy", f"Try again in {COME_BACK} seconds.")


class Places:
    """So many requests at once; a further one waits up to `patience` seconds for a place.

    Raises:
        Busy: no place became free in that time.
    """

    def __init__(self, at_once: int = AT_ONCE, patience: float = PATIENCE) -> None:
        self._free = BoundedSemaphore(at_once)
        self._patience = patience

    @contextmanager
    def one(self) -> Iterator[None]:
        """A place while the block runs."""
        if not self._free.acquire(timeout=self._patience):
            raise Busy
        try:
            yield
        finally:
            self._free.release()


def api(assistant: Asked, places: Places) -> APIRouter:
    """The routes over `assistant`; its errors are answered by `refusal`."""
    router = APIRouter(prefix="/api")

    @router.post("/ask")
    def ask(asked: AskRequest) -> dict[str, Any]:
        with places.one():
            options = {"filters": asked.filters.filters(), "mode": asked.mode, "top": asked.top, "fallback": asked.fallback}
            *_, answer = assistant.stream(asked.question, **options)  # type: ignore[arg-type]  # one dictionary of several types
        assert isinstance(answer, Answer)  # the last event of a stream is its answer
        return answer.to_json()

    @router.post("/search")
    def search(asked: SearchRequest) -> dict[str, Any]:
        filters = asked.filters.filters()
        with places.one():
            passages = assistant.search(asked.question, filters=filters, top=asked.top)
        coverage = assistant.coverage(filters)
        return {
            "passages": [passage_json(passage) for passage in passages],
            "coverage": {"documents": coverage.documents, "paragraphs": coverage.paragraphs},
        }

    @router.get("/paragraph")
    def paragraph(document: str, label: str) -> dict[str, Any]:
        passage = assistant.show(f"{document}#{label}")
        shown = {"reference": passage.reference, "standing": passage.document.standing, "title": passage.document.title}
        span = {"span": list(passage.span)} if passage.span else {}
        return paragraph_json(passage.paragraph) | shown | span

    return router


def refusal(app: FastAPI) -> None:
    """Answers errors of the routes as JSON: what is wrong and what to do next, never a traceback."""

    @app.exception_handler(AssistantError)
    def known(_: Request, error: AssistantError) -> JSONResponse:
        return _refused(_status(error), type(error).__name__, error.what, error.step)

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:]) or "the request"
        return _refused(400, "UsageError", f"{where}: {first['msg']}", "docs/programs.md describes the fields.")

    @app.exception_handler(Exception)
    def unknown(_: Request, __: Exception) -> JSONResponse:  # the server logs the cause itself
        return _refused(500, "Error", "something went wrong while answering", "The server's log says what; asking again may help.")


def _status(error: AssistantError) -> int:
    if isinstance(error, UnknownReference):
        return 404
    if isinstance(error, IndexProblem | Busy):
        return 503
    return 502 if isinstance(error, ModelError) else 400


def _refused(status: int, kind: str, what: str, step: str) -> JSONResponse:
    headers = {"Retry-After": str(COME_BACK)} if status == 503 else None
    return JSONResponse({"error": {"type": kind, "what": what, "next": step}}, status, headers)
