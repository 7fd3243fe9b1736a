"""Plain text: UTF-8, or UTF-16 where a byte order mark says so. Nothing is guessed: other bytes are refused."""

from __future__ import annotations

import codecs
from pathlib import Path

from assistant.errors import UnreadableDocument

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_text(path: Path) -> tuple[str, bytes]:
    """The text of a file and its bytes.

    Raises:
        UnreadableDocument: the file cannot be opened, is not text in a known encoding, or holds nothing.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UnreadableDocument(f"{path.name} cannot be read: {error.strerror or error}", "Check the file's permissions.") from None
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableDocument(f"{path.name} is not {encoding} text (byte {error.start})", "Save it as UTF-8.") from None
    if "\0" in text:
        raise UnreadableDocument(f"{path.name} is not text: it holds NUL characters", "Save it as UTF-8 text.")
    if not text.strip():
        raise UnreadableDocument(f"{path.name} is empty", "Fill it or remove it.")
    return text, raw
