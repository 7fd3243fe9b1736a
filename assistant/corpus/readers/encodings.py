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
}
"""What a declared encoding means in practice: the table of labels of the WHATWG Encoding Standard, as far as it differs."""
_SINGLE_BYTE = re.compile(r"cp125\d|cp8\d\d|iso8859-\d+|koi8-[rut]|mac-\w+")
_SEVERAL_BYTES = ("gb18030", "big5hkscs", "cp932", "cp949", "euc_jp", "iso2022_jp")
_ZIP = b"PK\x03\x04"
_SAVE = "Open it in its program and save it as .docx, .pdf or .txt."
_FORMATS = (
    (b"%PDF-", "a PDF", "Rename it so that it ends in .pdf."),
    (_ZIP, "a zip archive", "Unpack it first."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first."),
    (b"{\\rtf", "a rich-text file", _SAVE),
    (b"\xd0\xcf\x11\xe0", "an old Word, Excel or PowerPoint file", _SAVE),
)
_PARTS = (
    (b"word/", "a Word file", "Rename it so that it ends in .docx."),
    (b"xl/", "an Excel file", _SAVE),
    (b"ppt/", "a PowerPoint file", _SAVE),
    (b"opendocument", "an OpenDocument file", _SAVE),
)
"""What a zip archive is that holds a folder of this name."""
_CONTROLS = re.compile("[\1-\x08\x0e-\x1f\x7f]")
_WRONG = re.compile("[\udc80-\udcff]")
"""A byte that is not UTF-8, as Python escapes it."""
_PRINTABLE, _HIGH = re.compile(rb"[\x22-\x7e]"), re.compile(rb"[\x80-\xff]")
_MANY = 3
"""How many times more there must be of one encoding than of another for the other to be an accident."""
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
    for magic, what, step in _FORMATS:
        if start.startswith(magic):
            if magic == _ZIP:
                what, step = next(((what, step) for part, what, step in _PARTS if part in raw), (what, step))
            raise UnreadableDocument(f"{name} is {what}, whatever its name says", step)


def _decoded(raw: bytes, name: str, declared: str | None) -> Decoded:
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _utf8(raw.removeprefix(mark), name) if encoding == "utf-8" else (_strictly(raw, encoding, name)[1:], ())
    codec = _codec(declared)
    is_utf8 = _decodes(raw, "utf-8")
    if codec and (not raw.isascii() or codec == "iso2022_jp"):
        if is_utf8 and _SINGLE_BYTE.fullmatch(codec):  # a text in such an encoding is hardly ever UTF-8 by chance
            return raw.decode(), (f"read as UTF-8, though it says that it is {declared}",)
        if _decodes(raw, codec):
            return raw.decode(codec), ()
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


def _codec(declared: str | None) -> str | None:
    """The Python codec of a declared encoding; None for UTF-8 and for what is no encoding of documents."""
    try:
        known = codecs.lookup((declared or "").strip()).name
    except (LookupError, ValueError):
        return None
    known = _MEANT.get(known, known)
    return known if _SINGLE_BYTE.fullmatch(known) or known in _SEVERAL_BYTES else None


def _wide(raw: bytes) -> str | None:
    """UTF-32 or UTF-16 without a mark: NULs stand in the high bytes of its characters, and hardly any in the lowest.

    Plain text with stray NULs in it has printable ASCII in both; so have only Chinese characters, whose other bytes are not ASCII.
    """
    for encoding in _WIDE:
        width = 4 if "32" in encoding else 2
        columns = [raw[at::width] for at in range(width)]
        lowest, *high = columns if encoding.endswith("le") else reversed(columns)
        count = len(raw) // width
        least = min(column.count(0) for column in high[width // 2 - 1 :])
        is_placed = len(raw) % width == 0 and least * 100 >= count and lowest.count(0) * 2 <= least
        is_ascii = len(_PRINTABLE.findall(high[-1])) * 10 > count and len(_HIGH.findall(raw)) * 10 < len(raw)
        if is_placed and not is_ascii and _decodes(raw, encoding):
            return raw.decode(encoding)
    return None


def _utf8(raw: bytes, name: str) -> Decoded:
    """UTF-8 with at most some bytes of windows-1252, or else the likeliest encoding.

    Bytes of another encoding hardly ever are UTF-8 by chance, so that the shares of both tell what a text is.
    """
    text = raw.decode("utf-8", "surrogateescape")
    wrong = len(_WRONG.findall(text))
    right = len(re.findall("[^\0-\x7f\udc80-\udcff]", text))
    if not wrong:
        return text, ()
    if _MANY * wrong <= right:
        return _mended(text, raw, name)
    encoding = likeliest(raw) if b"\0" not in raw else None
    if encoding and (_MANY * right <= wrong or not encoding.is_latin):
        what = "letters with accents" if encoding.is_latin else "its letters"
        return raw.decode(encoding.codec), (f"read as {encoding.name}: check {what}",)
    if _MANY * right > wrong:
        raise UnreadableDocument(f"{name} is in two encodings: it is UTF-8 in part", "Save it as UTF-8.")
    raise UnreadableDocument(f"{name} is not utf-8 text (byte {_first_wrong(raw)})", "Save it as UTF-8.")


def _mended(text: str, raw: bytes, name: str) -> Decoded:
    """UTF-8 with its wrong bytes, escaped as surrogates in `text`, read as windows-1252: accents and quotation marks stand alone."""
    if re.search(f"{_WRONG.pattern}{{3}}", text) or not _decodes(bytes(map(_byte, _WRONG.findall(text))), _LATIN):
        raise UnreadableDocument(f"{name} is not utf-8 text (byte {_first_wrong(raw)})", "Save it as UTF-8.")
    where = _lines(text, [match.start() for match in _WRONG.finditer(text)])
    mended = _WRONG.sub(lambda match: bytes([_byte(match[0])]).decode(_LATIN), text)
    return mended, (f"{where}: bytes that are not UTF-8 were read as {_LATIN}: check letters with accents",)


def _byte(escaped: str) -> int:
    return ord(escaped) - 0xDC00


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
