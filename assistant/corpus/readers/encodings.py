"""Bytes into text, for every reader of text files: what an encoding declares first, then what only one encoding can mean.

Only where neither says is the likeliest encoding taken, with a warning; what is no text, or may be two, is refused.
"""

from __future__ import annotations

import codecs
import re

from assistant.corpus.readers.guessing import likeliest
from assistant.errors import UnreadableDocument

Decoded = tuple[str, tuple[str, ...]]
"""A text, and the warnings of how it was read."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_LATIN = "windows-1252"
_MEANT = {
    **dict.fromkeys(("ascii", "iso8859-1"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    **{"iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs"},
    **dict.fromkeys(("utf-16", "utf-16-le", "utf-16-be"), "utf-8"),
}
"""What a declared encoding means in practice: the table of labels of the WHATWG Encoding Standard, as far as it differs."""
_FORMATS = (
    (b"%PDF-", "a PDF", ".pdf"),
    (b"{\\rtf", "a rich-text file", ""),
    (b"\xd0\xcf\x11\xe0", "an old Word, Excel or PowerPoint file", ""),
    (b"PK\x03\x04", "a zip archive", ""),
    (b"\x1f\x8b", "a gzip archive", ""),
)
_PARTS = ((b"word/", "a Word file", ".docx"), (b"xl/", "an Excel file", ""), (b"ppt/", "a PowerPoint file", ""))
_CONTROLS = re.compile("[\1-\x08\x0e-\x1f\x7f]")
_MOST_LINES = 5


def decode(raw: bytes, name: str, declared: str | None = None) -> Decoded:
    """The text of a file, without its byte order mark; `name` is what messages call it, `declared` what the file calls its encoding.

    A byte order mark counts most, then `declared`, then UTF-16 and UTF-32 by where their NULs stand, then UTF-8; a few bytes of
    windows-1252 in UTF-8 are read as such, with a warning that names their lines; else the likeliest encoding is taken, with a
    warning that names it.

    Raises:
        UnreadableDocument: it is another format, empty, no text, or in more than one encoding.
    """
    _refuse_other_formats(raw, name)
    text, warnings = _decoded(raw, name, declared)
    if not text.strip():
        raise UnreadableDocument(f"{name} is empty", "Fill it or remove it.")
    if "\0" in text:
        raise UnreadableDocument(f"{name} is not text: it holds NUL characters", "Save it as UTF-8 text.")
    if 50 * len(_CONTROLS.findall(text)) > len(text):
        raise UnreadableDocument(f"{name} is not text: many of its characters are controls", "Save it as UTF-8 text.")
    if lost := [match.start() for match in re.finditer("\ufffd", text)]:
        warnings = (*warnings, f"{_lines(text, lost)}: letters that an earlier conversion lost (U+FFFD)")
    return text, warnings


def _refuse_other_formats(raw: bytes, name: str) -> None:
    start = raw[:1024].removeprefix(codecs.BOM_UTF8).lstrip()
    for magic, what, suffix in _FORMATS:
        if start.startswith(magic):
            if magic.startswith(b"PK"):
                what, suffix = next(((what, suffix) for part, what, suffix in _PARTS if part in raw), (what, suffix))
            step = f"Rename it so that it ends in {suffix}." if suffix else "Open it in its program and save it as .docx, .pdf or .txt."
            raise UnreadableDocument(f"{name} is {what}, whatever its name says", step if "archive" not in what else "Unpack it first.")


def _decoded(raw: bytes, name: str, declared: str | None) -> Decoded:
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _utf8(raw.removeprefix(mark), name) if encoding == "utf-8" else (_strictly(raw, encoding, name)[1:], ())
    encoding = _python_name(declared)
    is_utf8 = _decodes(raw, "utf-8")
    if encoding and encoding != "utf-8" and not raw.isascii():
        if is_utf8 and _is_single_byte(encoding):  # by chance, no longer text in such an encoding is valid UTF-8
            return raw.decode(), (f"read as UTF-8, though it says that it is {declared}",)
        if _decodes(raw, encoding):
            return raw.decode(encoding), ()
    if b"\0" in raw and (wide := _wide(raw)):
        return wide, ()
    return (raw.decode(), ()) if is_utf8 else _utf8(raw, name)


def _strictly(raw: bytes, encoding: str, name: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        known = encoding.removesuffix("-le").removesuffix("-be")
        raise UnreadableDocument(f"{name} is not {known} text (byte {error.start + 1})", "Save it as UTF-8.") from None


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _python_name(declared: str | None) -> str | None:
    """The Python codec of a declared encoding; None for an unknown one, or one that is no encoding of text."""
    try:
        raw, _ = codecs.lookup(declared or "").encode("a")
        known = codecs.lookup(declared or "").name
    except (LookupError, ValueError, TypeError):
        return None
    return _MEANT.get(known, known) if raw.endswith((b"a", b"a\0")) else None


def _is_single_byte(encoding: str) -> bool:
    return encoding.startswith(("cp125", "iso8859", "koi8", "mac", "cp874"))


def _wide(raw: bytes) -> str | None:
    """UTF-32 or UTF-16 without a mark: NULs stand in the high bytes of its characters, and hardly any in the lowest."""
    for encoding in _WIDE:
        width = 4 if "32" in encoding else 2
        places = [raw[at::width].count(0) for at in range(width)]
        lowest, *high = places if encoding.endswith("le") else reversed(places)
        least = min(high[width // 2 - 1 :])
        if len(raw) % width == 0 and least * 20 >= len(raw) // width and lowest * 50 <= least and _decodes(raw, encoding):
            return raw.decode(encoding)
    return None


def _utf8(raw: bytes, name: str) -> Decoded:
    """UTF-8 with at most some bytes of windows-1252, or else the likeliest encoding.

    Bytes of another encoding hardly ever are UTF-8 by chance, so that the shares of both tell what a text is.
    """
    text = raw.decode("utf-8", "surrogateescape")
    runs = [(match.start(), match[0]) for match in re.finditer("[\udc80-\udcff]+", text)]
    wrong = sum(len(run) for _, run in runs)
    right = len(re.findall("[^\0-\x7f\udc80-\udcff]", text))
    if not wrong:
        return text, ()
    if right < 3 * wrong:
        if wrong < 3 * right:
            raise UnreadableDocument(f"{name} is in two encodings: it is UTF-8 in part", "Save it as UTF-8.")
        encoding = likeliest(raw) if b"\0" not in raw else None
        if encoding is None:
            raise UnreadableDocument(f"{name} is not utf-8 text (byte {_first_wrong(raw)})", "Save it as UTF-8.")
        return raw.decode(encoding), (f"read as {encoding}: check letters with accents",)
    codes = [ord(character) - 0xDC00 for _, run in runs for character in run]
    if max(len(run) for _, run in runs) > 2 or not _decodes(bytes(codes), _LATIN):
        raise UnreadableDocument(f"{name} is not UTF-8 text (byte {_first_wrong(raw)})", "Save it as UTF-8.")
    mended = re.sub("[\udc80-\udcff]", lambda match: bytes([ord(match[0]) - 0xDC00]).decode(_LATIN), text)
    where = _lines(text, [at for at, _ in runs])
    return mended, (f"{where}: bytes that are not UTF-8 were read as {_LATIN}: check letters with accents",)


def _first_wrong(raw: bytes) -> int:
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        return error.start + 1
    return 0


def _lines(text: str, places: list[int]) -> str:
    """The lines of these places, as "line 3" or "lines 3, 17 and 12 more"."""
    numbers: list[int] = []
    line, before = 1, 0
    for at in places:
        line += text.count("\n", before, at)
        before = at
        if not numbers or numbers[-1] != line:
            numbers.append(line)
    more = f" and {len(numbers) - _MOST_LINES} more" if len(numbers) > _MOST_LINES else ""
    return f"line{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers[:_MOST_LINES]))}{more}"
