"""Plain text: UTF-8, or UTF-16 where a byte order mark says so. Nothing is guessed: other bytes are refused."""

from __future__ import annotations

import codecs
import re

from assistant.corpus.source import SourceText, plain
from assistant.errors import UnreadableDocument

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

UNSHOWABLE = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Characters that no id and no file name may hold: controls, line ends, and bytes that are not UTF-8."""


def read_text(raw: bytes, name: str) -> SourceText:
    """The text of a file; `name` is what messages call it.

    Raises:
        UnreadableDocument: it is not text in a known encoding, or holds nothing.
    """
    encoding = next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableDocument(
            f"{name} is not {encoding.removesuffix('-sig')} text (byte {error.start + 1})", "Save it as UTF-8."
        ) from None
    if "\0" in text:
        raise UnreadableDocument(f"{name} is not text: it holds NUL characters", "Save it as UTF-8 text.")
    if not text.strip():
        raise UnreadableDocument(f"{name} is empty", "Fill it or remove it.")
    return plain(text)
