"""Readers, one file per format, chosen by the file's suffix. A reader makes a `SourceText` of a file's bytes, or says why it
cannot; what a document's paragraphs are is decided in one place for all formats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from importlib import import_module
from pathlib import Path

from assistant.corpus.catalogue import CatalogueEntry, describe_with_warnings, with_shared
from assistant.corpus.paragraphs import split
from assistant.corpus.readers.jsonl import read_jsonl
from assistant.corpus.source import SourceText
from assistant.errors import UnreadableDocument
from assistant.schema import Document, Ledger, Paragraph

READERS = {
    ".docx": "docx:read_docx",
    ".htm": "html:read_html",
    ".html": "html:read_html",
    ".md": "markdown:read_markdown",
    ".pdf": "pdf:read_pdf",
    ".txt": "text:read_text",
}
"""The reader of each suffix, as "module:function"; imported when it is needed."""
SUFFIXES = (*READERS, ".jsonl")
"""What can be read."""

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
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UnreadableDocument(f"{name} cannot be read: {error.strerror or error}", "Check the file's permissions.") from None
    source = read_source(raw, name)
    default_id = Path(name).with_suffix("").as_posix()
    document, warnings = describe_with_warnings(entry, name=name, sha256=sha256(raw).hexdigest(), default_id=default_id, source=source)
    paragraphs, ledger = split(document.id, source)
    yield document, paragraphs, replace(ledger, warnings=(*ledger.warnings, *warnings))


def read_source(raw: bytes, name: str) -> SourceText:
    """The text of a file's bytes, by the reader that its suffix names.

    Raises:
        UnreadableDocument: there is no reader for it, or the reader cannot read it.
    """
    suffix = Path(name).suffix.lower()
    if suffix not in READERS:
        raise UnreadableDocument(f"{name} has no reader for {suffix or 'a file without suffix'}", f"Readable are {', '.join(SUFFIXES)}.")
    module, function = READERS[suffix].split(":")
    source: SourceText = getattr(import_module(f"assistant.corpus.readers.{module}"), function)(raw, name)
    return source
