"""Readers, one file per format, chosen by the file's suffix. A reader gives documents with paragraphs and ledger, or says
which file or line it cannot read."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from assistant.corpus.catalogue import CatalogueEntry, describe, with_shared
from assistant.corpus.paragraphs import split
from assistant.corpus.readers.jsonl import read_jsonl
from assistant.corpus.readers.text import read_text
from assistant.errors import UnreadableDocument
from assistant.schema import Document, Ledger, Paragraph

SUFFIXES = (".txt", ".jsonl")
"""What can be read today."""

Read = tuple[Document, tuple[Paragraph, ...], Ledger]


def read_file(path: Path, name: str, entry: CatalogueEntry | None) -> Iterator[Read | UnreadableDocument]:
    """The documents of one file; `name` is its path inside the corpus folder.

    Raises:
        UnreadableDocument: the file as a whole cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix == ".jsonl":
        for item in read_jsonl(path, name):
            yield item if entry is None or isinstance(item, UnreadableDocument) else (with_shared(item[0], entry), *item[1:])
        return
    if suffix != ".txt":
        raise UnreadableDocument(f"{name} has no reader for {suffix or 'a file without suffix'}", f"Readable are {', '.join(SUFFIXES)}.")
    text, raw = read_text(path, name)
    document = describe(entry, name=name, sha256=sha256(raw).hexdigest(), default_id=Path(name).with_suffix("").as_posix())
    paragraphs, ledger = split(document.id, text)
    yield document, paragraphs, ledger
