"""JSON Lines in BEIR layout: each line a document of one paragraph, {"_id", "title", "text"}."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from assistant.corpus.layout import repair
from assistant.errors import UnreadableDocument
from assistant.schema import Document, Ledger, Paragraph


def read_jsonl(path: Path) -> Iterator[tuple[Document, tuple[Paragraph, ...], Ledger] | UnreadableDocument]:
    """The documents of a JSONL file, one a line; a line that is not a document comes out as the error that names it.

    A line without text but with a title is read as its title. The paragraph is counted: its label is "u1".

    Raises:
        UnreadableDocument: the file cannot be opened.
    """
    try:
        lines = path.open("rb")
    except OSError as error:
        raise UnreadableDocument(f"{path.name} cannot be read: {error.strerror or error}", "Check the file's permissions.") from None
    with lines:
        for number, raw in enumerate(lines, 1):
            if not raw.strip():
                continue
            try:
                yield _document(path.name, number, raw)
            except (ValueError, KeyError, TypeError) as error:
                what = f"no {error}" if isinstance(error, KeyError) else str(error)
                yield UnreadableDocument(f"{path.name}, line {number}: {what}", 'A line is {"_id", "title", "text"}.')


def _document(name: str, number: int, raw: bytes) -> tuple[Document, tuple[Paragraph, ...], Ledger]:
    row = json.loads(raw.decode("utf-8-sig"))
    if not isinstance(row, dict):
        raise TypeError("not an object")
    identity = str(row["_id"])
    title = repair(str(row.get("title") or ""))
    text = repair(str(row.get("text") or "")) or title
    if not identity or not text:
        raise ValueError("neither title nor text" if identity else "an empty _id")
    document = Document(
        id=identity,
        title=title or identity,
        source=f"{name}:{number}",
        sha256=sha256(raw.strip()).hexdigest(),
        origins={"id": "_id", "title": "title" if title else "_id"},
    )
    paragraph = Paragraph(identity, "u1", "counted", text, ranges=((0, len(str(row.get("text") or row.get("title")))),))
    return document, (paragraph,), Ledger(counted=1)
