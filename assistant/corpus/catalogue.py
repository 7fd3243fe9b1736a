"""corpus/catalogue.toml: what a person says about the documents, keyed by file name.

    ["chair-closing-remarks.txt"]
    title = "Closing remarks by the Chair"
    date = 2021-12-17

What the catalogue does not say is taken from the file's name, and said to be so; nothing is guessed silently.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import InvalidCatalogue
from assistant.schema import Document, Kind, Standing

CATALOGUE_FILE = "catalogue.toml"


class CatalogueEntry(BaseModel):
    """The fields a person can give for one file; all are optional."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str | None = None
    symbol: str | None = None
    title: str | None = None
    kind: Kind | None = None
    standing: Standing | None = None
    date: dt.date | None = None
    session: str | None = None
    speaker: str | None = None
    delegation: str | None = None
    language: str | None = None
    aliases: tuple[str, ...] = ()


def read_catalogue(folder: Path) -> Mapping[str, CatalogueEntry]:
    """The catalogue of a corpus folder; empty where there is none.

    Raises:
        InvalidCatalogue: it cannot be read, is not TOML, or an entry has an unknown key or an impossible value.
    """
    path = folder / CATALOGUE_FILE
    if not path.is_file():
        return {}
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidCatalogue(f"{path} cannot be read: {error}", "Mend the file or move it away.") from None
    return {name: _entry(path, name, fields) for name, fields in raw.items()}


def _entry(path: Path, name: str, fields: object) -> CatalogueEntry:
    try:
        return CatalogueEntry.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "entry"
        raise InvalidCatalogue(
            f"{path}, [{name!r}], {key}: {first['msg']}", f"Keys are {', '.join(CatalogueEntry.model_fields)}."
        ) from None


def describe(entry: CatalogueEntry | None, *, name: str, sha256: str, default_id: str) -> Document:
    """The document's metadata: from its catalogue entry where that speaks, else from the file's name."""
    given = {} if entry is None else {key: value for key, value in entry if value not in (None, ())}
    origins = dict.fromkeys(given, "catalogue")
    if "title" not in given:
        origins["title"] = "file name"
    fields = {"title": Path(name).stem.replace("_", " "), **given}
    fields.setdefault("id", fields.get("symbol") or default_id)
    return Document(source=name, sha256=sha256, origins=origins, **fields)
