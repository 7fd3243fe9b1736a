"""One question on its way to an answer: what was asked, and the answer that nothing has filled in yet."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Literal

from assistant.answer import quote
from assistant.errors import EmptyQuestion, Unreachable, UsageError
from assistant.retrieval.lookup import Found
from assistant.schema import Answer, Exchange, Filters, Searched
from assistant.settings import ModelSettings

MAX_QUESTION = 4000
"""Characters of the longest question that is taken."""

AskMode = Literal["auto", "quote", "model"]


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked. `model` None means quote mode; without `fallback` a model's failure is an error."""

    question: str
    filters: Filters
    model: ModelSettings | None
    top: int
    fallback: bool
    history: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True)
class Standalone:
    """The question to search for; `unreachable` is why the model that was to write it need not be asked for an answer either."""

    question: str
    unreachable: Unreachable | None = None


def by_model(mode: AskMode, model: ModelSettings) -> bool:
    """Whether a model writes the answer: where that is asked for, or one is configured and nothing is."""
    return mode == "model" or (mode == "auto" and bool(model.name))


def checked(question: str) -> str:
    """A question on one line.

    Raises:
        EmptyQuestion, UsageError: nothing was asked, or far too much.
    """
    text = " ".join(question.split())
    if not text:
        raise EmptyQuestion
    if len(text) > MAX_QUESTION:
        raise UsageError(f"the question has {len(text)} characters, more than {MAX_QUESTION}", "Ask it in fewer words.")
    return text


def draft_of(request: Request, searched: Searched, generation: str, found: Found | None) -> Answer:
    """An abstention with everything known so far; answering replaces status and statements."""
    asked = searched.question or request.question
    remark = quote.completeness_remark(asked, len(searched.passages), searched.coverage.paragraphs)
    remarks = (*(found.problems if found else ()), *([remark] if remark and found is None else []))
    mode, model = ("model", request.model.name) if request.model else ("quote", None)
    shaped_by = [request.question, asdict(request.filters), mode, model, request.top, generation]
    identity = json.dumps([*shaped_by, *([asked] if asked != request.question else [])], default=str)
    return Answer(
        id=blake2b(identity.encode(), digest_size=6).hexdigest(),
        question=request.question,
        searched_question=asked,
        status="abstained",
        mode="model" if request.model else "quote",
        statements=(),
        passages=searched.passages,
        coverage=searched.coverage,
        generation=generation,
        model=model,
        remarks=remarks,
    )
