"""JSON Lines in BEIR layout: each line a document of one paragraph, {"_id", "title", "text"}, perhaps with "metadata"."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

from assistant.corpus.layout import repair
from assistant.corpus.metadata import standing_of
from assistant.corpus.progress import tell
from assistant.corpus.readers.text import UNSHOWABLE
from assistant.errors import UnreadableDocument
from assistant.schema import Document, Kind, Ledger, Paragraph

_NOT_TEXT = re.compile("[\0\ud800-\udfff]")
"""NUL, and half a surrogate pair: JSON can escape it, no encoding can write it."""
_TOLD_AFTER = 1000
"""Lines between two words on progress."""


def read_jsonl(path: Path, name: str | None = None) -> Iterator[tuple[Document, tuple[Paragraph, ...], Ledger] | UnreadableDocument]:
    """The documents of a JSONL file, one a line; a line that is not a document comes out as the error that names it.

    A line without text but with a title is read as its title. The paragraph is counted: its label is "u1", and its range is
    one in that field. `name` is what messages and sources call the file, else its own name.

    Raises:
        UnreadableDocument: the file cannot be opened, or holds nothing.
    """
    name = name or path.name
    try:
        lines = path.open("rb")
    except OSError as error:
        raise UnreadableDocument(f"{name} cannot be read: {error.strerror or error}", "Check the file's permissions.") from None
    is_empty = True
    with lines:
        size = os.fstat(lines.fileno()).st_size
        for number, raw in enumerate(lines, 1):
            if number % _TOLD_AFTER == 0:
                tell(number, round(number * size / lines.tell()))  # as many as there are if all are as long as those so far
            if not raw.strip():
                continue
            is_empty = False
            try:
                yield _document(f"{name}:{number}", raw)
            except (ValueError, RecursionError) as error:
                what = "nested too deeply" if isinstance(error, RecursionError) else error
                yield UnreadableDocument(f"{name}, line {number}: {what}", 'A line is {"_id", "title", "text"}.')
    if is_empty:
        raise UnreadableDocument(f"{name} is empty", "Fill it or remove it.")


def _document(source: str, raw: bytes) -> tuple[Document, tuple[Paragraph, ...], Ledger]:
    """The document of one line.

    Raises:
        ValueError: the line is not UTF-8, not a JSON object, or lacks what a document needs.
    """
    try:
        row = json.loads(raw.strip().decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON at character {error.pos + 1}: {error.msg}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 text (byte {error.start + 1})") from None
    if not isinstance(row, dict):
        raise ValueError("not an object")
    identity = str(row.get("_id")).strip() if isinstance(row.get("_id"), str | int) else ""
    if not identity:
        raise ValueError("no _id")
    title, text = _field(row, "title"), _field(row, "text")
    body = text if repair(text) else title
    paragraph = Paragraph(identity, "u1", "counted", repair(body), ranges=((0, len(body)),))
    if not paragraph.text:
        raise ValueError("neither title nor text")
    if UNSHOWABLE.search(identity) or _NOT_TEXT.search(body + title):
        raise ValueError("characters that are not text")
    about, origins = _about(row.get("metadata"))
    document = Document(
        id=identity,
        title=repair(title) or identity,
        source=source,
        sha256=sha256(raw.strip()).hexdigest(),
        origins={"id": "_id", "title": "title" if repair(title) else "_id", **origins},
        **about,
    )
    return document, (paragraph,), Ledger(counted=1)


def _about(metadata: object) -> tuple[dict[str, Any], dict[str, str]]:
    """The known fields of a line's "metadata" object and where they came from; other keys are ignored.

    Raises:
        ValueError: it is not an object, or a known key has an impossible value.
    """
    if metadata is None:
        return {}, {}
    if not isinstance(metadata, dict):
        raise ValueError("metadata is not an object")
    found: dict[str, Any] = {}
    for key in ("symbol", "date", "speaker", "delegation", "kind", "session", "language"):
        value = metadata.get(key)
        if value is None or value == "":
            continue
        if not isinstance(value, str):
            raise ValueError(f"metadata.{key} is not text")
        if UNSHOWABLE.search(value):
            raise ValueError(f"metadata.{key} has characters that are not text")
        found[key] = value.strip()
    if "date" in found:
        try:
            found["date"] = dt.date.fromisoformat(found["date"])
        except ValueError:
            raise ValueError(f"metadata.date is no date like 2026-03-19: {found['date'][:40]!r}") from None
    if "kind" in found and found["kind"] not in get_args(Kind):
        raise ValueError(f"metadata.kind is none of {', '.join(get_args(Kind))}: {found['kind'][:40]!r}")
    origins = dict.fromkeys(found, "metadata")
    if standing := standing_of(found.get("symbol")):
        found["standing"], origins["standing"] = standing, "symbol"
    return found, origins


def _field(row: dict[str, object], key: str) -> str:
    value = row.get(key)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{key} is not text")
    return value or ""
