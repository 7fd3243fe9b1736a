"""corpus/catalogue.toml: what a person says about the documents, keyed by file name.

    ["chair-closing-remarks.txt"]
    title = "Closing remarks by the Chair"
    date = 2021-12-17

What the catalogue does not say is taken from the document itself, else from the file's name, and said to be so; nothing is
guessed silently. What holds for no one file (roles, groups, other names of documents) stands in tables of its own.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.corpus.metadata import Metadata, read_metadata
from assistant.corpus.roles import TABLES, Names, Text, parse_names
from assistant.corpus.source import SourceText
from assistant.errors import InvalidCatalogue
from assistant.schema import Document, Kind, Standing

CATALOGUE_FILE = "catalogue.toml"


class CatalogueEntry(BaseModel):
    """The fields a person can give for one file; all are optional."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Text | None = None
    symbol: Text | None = None
    title: Text | None = None
    kind: Kind | None = None
    standing: Standing | None = None
    date: dt.date | None = None
    session: Text | None = None
    speaker: Text | None = None
    delegation: Text | None = None
    language: Text | None = None
    aliases: tuple[Text, ...] = ()


def read_catalogue(folder: Path) -> Mapping[str, CatalogueEntry]:
    """The catalogue of a corpus folder; empty where there is none.

    Raises:
        InvalidCatalogue: it cannot be read, is not TOML, or an entry has an unknown key or an impossible value.
    """
    path = folder / CATALOGUE_FILE
    return {name: _entry(path, name, fields) for name, fields in _load(path).items() if name not in TABLES}


def read_names(folder: Path) -> Names:
    """The roles, groups and aliases of a corpus folder's catalogue; none where there is no catalogue.

    Raises:
        InvalidCatalogue: it cannot be read, is not TOML, or one of them has an unknown key or an impossible value.
    """
    path = folder / CATALOGUE_FILE
    return parse_names(path, _load(path))


def _load(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidCatalogue(f"{path} cannot be read: {error}", "Mend the file or move it away.") from None


def _entry(path: Path, name: str, fields: object) -> CatalogueEntry:
    step = f'A file name stands in quotes, ["name.txt"]; keys are {", ".join(CatalogueEntry.model_fields)}.'
    if not isinstance(fields, dict):
        raise InvalidCatalogue(f"{path}: {name!r} is not the table of a file", step)
    try:
        return CatalogueEntry.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise InvalidCatalogue(f"{path}, [{name!r}], {key}: {first['msg']}", step) from None


def describe(entry: CatalogueEntry | None, *, name: str, sha256: str, default_id: str, source: SourceText | None = None) -> Document:
    """The document's metadata: from its catalogue entry where that speaks, else from its text, else from the file's name."""
    return describe_with_warnings(entry, name=name, sha256=sha256, default_id=default_id, source=source)[0]


def describe_with_warnings(
    entry: CatalogueEntry | None, *, name: str, sha256: str, default_id: str, source: SourceText | None = None
) -> tuple[Document, tuple[str, ...]]:
    """The document's metadata, and what a person should look at before trusting it."""
    given = {} if entry is None else {key: value for key, value in entry if value not in (None, ())}
    found = read_metadata(source, given.get("symbol")) if source else Metadata()
    fields = {"title": Path(name).stem.replace("_", " "), **found.fields, **given}
    origins = {"title": "file name", **found.origins, **dict.fromkeys(given, "catalogue")}
    if "aliases" in given and "aliases" in found.fields:
        fields["aliases"] = tuple(dict.fromkeys((*given["aliases"], *found.fields["aliases"])))
        origins["aliases"] = f"catalogue, {found.origins['aliases']}"
    if "id" not in given:
        fields["id"], origins["id"] = (fields["symbol"], "symbol") if "symbol" in fields else (default_id, "file name")
    return Document(source=name, sha256=sha256, origins=origins, **fields), found.warnings


def with_shared(document: Document, entry: CatalogueEntry) -> Document:
    """One of many documents in a file, with what the catalogue says about all of them; what names one is left as it is."""
    shared = {key: value for key, value in entry if value is not None and key not in ("id", "symbol", "title", "aliases")}
    return replace(document, origins={**document.origins, **dict.fromkeys(shared, "catalogue")}, **shared)
