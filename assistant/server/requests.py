"""What other programs send, checked field by field; an unknown field is refused, so that a misspelt filter never widens a search."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from assistant.schema import Filters, Kind, Standing

KINDS, STANDINGS = get_args(Kind), get_args(Standing)

_Names = Annotated[list[str], BeforeValidator(lambda value: [value] if isinstance(value, str) else value), Field(max_length=100)]
"""One name or several alternatives, as `--document` may be given once or several times."""


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FilterFields(_Request):
    """Which documents may be searched, under the names of the command's options."""

    document: _Names = []
    kind: Annotated[list[Kind], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)] = []
    standing: Annotated[list[Standing], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)] = []
    speaker: _Names = []
    session: _Names = []
    language: _Names = []
    since: dt.date | None = None
    until: dt.date | None = None

    def filters(self) -> Filters:
        """As the assistant takes them."""
        return Filters(
            documents=tuple(self.document),
            kinds=tuple(self.kind),
            standings=tuple(self.standing),
            speakers=tuple(self.speaker),
            sessions=tuple(self.session),
            languages=tuple(self.language),
            since=self.since,
            until=self.until,
        )


class SearchRequest(_Request):
    """A question to search for; `top` is how many paragraphs come back (the settings' number where it is not said)."""

    question: str
    filters: FilterFields = FilterFields()
    top: int | None = Field(None, ge=1, le=1000)


class AskRequest(SearchRequest):
    """A question to answer. `mode` and `fallback` are as for the command: a model answers only where the server has one."""

    top: int | None = Field(None, ge=1, le=50)
    mode: Literal["auto", "quote", "model"] | None = None
    fallback: bool = True
