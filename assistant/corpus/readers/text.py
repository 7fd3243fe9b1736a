"""Plain text, in the encoding that it declares or that fits best."""

from __future__ import annotations

import re

from assistant.corpus.readers.encodings import decode
from assistant.corpus.source import SourceText, plain

UNSHOWABLE = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Characters that no id and no file name may hold: controls, line ends, and bytes that are not UTF-8."""


def read_text(raw: bytes, name: str) -> SourceText:
    """The text of a file; `name` is what messages call it.

    Raises:
        UnreadableDocument: it is not text in a known encoding, is another format, or holds nothing.
    """
    text, warnings = decode(raw, name)
    return plain(text, warnings)
