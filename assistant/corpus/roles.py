"""Roles, groups and other names that the catalogue gives once for all documents.

    [[role]]
    name = "Chair"
    person = "Mr. Burhan Gafoor"
    since = 2021-06-01
    until = 2025-07-11

    [[group]]
    name = "like-minded group"
    members = ["Norvania", "Estmark"]

    [alias]
    "third annual progress report" = "A/79/214"

They are resolved when documents are read: a document carries the roles and groups that its speaker or delegation holds at its
date, so that a search needs no catalogue.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from assistant.errors import InvalidCatalogue
from assistant.schema import Document

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
TABLES = ("role", "group", "alias")
"""Tables of the catalogue that are no files': a file's name has a dot or a stroke."""
_TITLES = re.compile(
    r"^(?:(?:h\.?\s?e\.?|his excellency|her excellency|ambassador|mr|ms|mrs|miss|dr|prof|professor|sir|dame|mme|m|sr|sra|the)\.?\s+)+"
)
_STEP = "Roles have name, person and perhaps delegation, since, until; groups have name and members; an alias names a symbol or id."


class Role(BaseModel):
    """An office and who holds it, from `since` to `until` inclusive; without dates always."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Text
    person: Text
    delegation: Text | None = None
    since: dt.date | None = None
    until: dt.date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.since > self.until:
            raise ValueError("until lies before since")
        return self

    def is_held_by(self, document: Document) -> bool:
        """Whether the document's speaker holds the role at its date; without a date only a role without dates is."""
        if not document.speaker or person_key(document.speaker) != person_key(self.person):
            return False
        if self.delegation and document.delegation and self.delegation.casefold() != document.delegation.casefold():
            return False
        if document.date is None:
            return self.since is None and self.until is None
        return (self.since is None or self.since <= document.date) and (self.until is None or document.date <= self.until)


class Group(BaseModel):
    """A group of delegations or speakers under one name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Text
    members: Annotated[tuple[Text, ...], Field(min_length=1)]

    def has(self, document: Document) -> bool:
        """Whether the document's delegation, or its speaker, is a member."""
        members = {member.casefold() for member in self.members}
        return bool(members & {name.casefold() for name in (document.delegation, document.speaker) if name})


@dataclass(frozen=True, slots=True)
class Names:
    """What the catalogue says of no one file; `aliases` maps another name to a document's symbol or id."""

    roles: tuple[Role, ...] = ()
    groups: tuple[Group, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)

    def held_by(self, document: Document) -> tuple[str, ...]:
        """The names of the roles and groups of a document's speaker and delegation, in the catalogue's order, each once."""
        held = [role.name for role in self.roles if role.is_held_by(document)]
        return tuple(dict.fromkeys([*held, *(group.name for group in self.groups if group.has(document))]))


def person_key(name: str) -> str:
    """A person's name without titles, case and spacing folded: "H.E. Mr. Burhan Gafoor" and "Burhan GAFOOR" are one."""
    return _TITLES.sub("", " ".join(name.casefold().split()))


def parse_names(path: Path, raw: Mapping[str, Any]) -> Names:
    """The roles, groups and aliases of a catalogue that was read as `raw`.

    Raises:
        InvalidCatalogue: one of them has an unknown key or an impossible value.
    """
    aliases = raw.get("alias", {})
    if not isinstance(aliases, dict) or not all(isinstance(value, str) and value.strip() and key.strip() for key, value in aliases.items()):
        raise InvalidCatalogue(f'{path}, [alias]: a line is "another name" = "symbol or id"', _STEP)
    stripped = {name.strip(): target.strip() for name, target in aliases.items()}
    return Names(_rows(path, raw, "role", Role), _rows(path, raw, "group", Group), stripped)


_Table = TypeVar("_Table", Role, Group)


def _rows(path: Path, raw: Mapping[str, Any], table: str, model: type[_Table]) -> tuple[_Table, ...]:
    rows = raw.get(table, [])
    if not isinstance(rows, list):
        raise InvalidCatalogue(f"{path}: [{table}] has one pair of brackets, a list has two: [[{table}]]", _STEP)
    found: list[_Table] = []
    for number, row in enumerate(rows, 1):
        try:
            found.append(model.model_validate(row))
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            where = f"{path}, [[{table}]] number {number}" + (f", {key}" if key else "")
            raise InvalidCatalogue(f"{where}: {first['msg'].removeprefix('Value error, ')}", _STEP) from None
    return tuple(found)
