"""Repair of Unicode that changes no word: what a font, a converter or a page's layout put into a text goes, letters stay.

Only canonical equivalence is used (NFC, never NFKC): superscripts, full-width letters and look-alikes stay what they are.
"""

from __future__ import annotations

import re
import unicodedata

BREAKS = "\r\n\f\v\x85\u2028\u2029"
"""Characters that end a line."""
SOFT_HYPHEN = "\u00ad"

_LIGATURES = dict(zip(range(0xFB00, 0xFB07), ("ff", "fi", "fl", "ffi", "ffl", "\u017ft", "st"), strict=True))
_PRIVATE = {
    **{0xF730 + digit: str(digit) for digit in range(10)},  # old-style digits and small capitals of the Adobe Glyph List
    **{0xF761 + letter: chr(0x61 + letter) for letter in range(26)},
    **{0xF001: "fi", 0xF002: "fl"},  # the ligatures of the fonts that came with Windows and Word
    **dict.fromkeys((0xF06C, 0xF06E, 0xF075, 0xF076, 0xF0A7, 0xF0B7, 0xF0D8, 0xF0FC), "•"),  # bullets of Symbol and Wingdings
}
"""Private-use characters that have one published meaning. Any other may be somebody's letter, and stays."""
_PDF_HYPHENS = "\x02\ufffe"
"""What PDF libraries write for a hyphen at the end of a line."""
_CONTROLS = {code: bytes([code]).decode("windows-1252", "ignore") for code in range(0x80, 0xA0) if code != 0x85}
"""C1 controls stand in texts only where windows-1252 was taken for Latin-1 (as the HTML standard, 13.2.3.3, decodes it)."""
_INVISIBLE = [
    *(code for code in range(0x20) if not chr(code).isspace() and chr(code) not in _PDF_HYPHENS),
    *(0x7F, 0x061C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF),
    *(*range(0xFDD0, 0xFDF0), *range(0xFFF9, 0xFFFC), 0xFFFF, *range(0xE0000, 0xE0080)),
    *(plane << 16 | low for plane in range(1, 17) for low in (0xFFFE, 0xFFFF)),
]
"""Zero-width and directional marks, controls, noncharacters, and tags, which can hide a text within a text."""
_CHARACTERS = {**_LIGATURES, **_PRIVATE, **_CONTROLS, **dict.fromkeys(_INVISIBLE, "")}
_CHANGED = frozenset(map(chr, _CHARACTERS))
"""Looked for first: most texts hold none, and translating one that is not ASCII takes ten times as long."""

_JOINED = (
    "\u0600-\u07bf\u0840-\u0dff\u0f00-\u109f\u1780-\u18af\ua840-\ua87f\ua8e0-\ua8ff\ua980-\ua9ff\uaae0-\uaaff"
    "\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc"
)
"""Arabic, Indic and other scripts in which a joiner decides how a word is written."""
_JOINERS = re.compile(f"(?<=[{_JOINED}])(?:(\u200c)[\u200c\u200d]*(?=[{_JOINED}])|(\u200d)[\u200c\u200d]*)|[\u200c\u200d]+")
_HYPHEN_MARK = re.compile(rf"(?<=\w)[{_PDF_HYPHENS}](?=\s*\w)")

_LETTER = r"(?:[^\W\d_]|[\u0300-\u036f])"
_PARTED = re.compile(
    rf"(?<!{_LETTER})(?P<left>{_LETTER}++)(?P<hyphen>[-\u2010](?=[ \t]*[{BREAKS}])|[{_PDF_HYPHENS}])\s*(?=(?P<right>{_LETTER}++))"
)
_WORD = re.compile(rf"{_LETTER}++")
_COMPOUND = re.compile(rf"(?<!{_LETTER})({_LETTER}++)[-\u2010\u2011](?=({_LETTER}++))")
_PARTING = re.compile(rf"[-\u2010][ \t]*[{BREAKS}]|[{_PDF_HYPHENS}]")
"""What every match of `_PARTED` has: to look for it alone takes a tenth of the time."""
_MARKS = r"\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\u061c\ufeff"
_MARK = re.compile(f"[{_MARKS}]")
_HIDDEN_START = re.compile(rf"(?:(?<=[{BREAKS}])|\A)[^\S{BREAKS}]*[{_MARKS}](?:[^\S{BREAKS}]|[{_MARKS}])*")


def clean(text: str) -> str:
    """`text` in NFC with its ligatures as letters, without invisible characters; white space and soft hyphens stay.

    A joiner (U+200C, U+200D) stays where a script needs it; a hyphen that a PDF library hid is one again. A second
    `clean` changes nothing. O(characters).
    """
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", text if _CHANGED.isdisjoint(text) else text.translate(_CHARACTERS))
    if any(hyphen in text for hyphen in _PDF_HYPHENS):
        text = _HYPHEN_MARK.sub("-", text).translate(dict.fromkeys(map(ord, _PDF_HYPHENS)))
    if "\u200c" in text or "\u200d" in text:
        text = _JOINERS.sub(r"\1\2", text)
    return unicodedata.normalize("NFC", text)


def part_words(text: str) -> str:
    """`text` with a soft hyphen for each hyphen at a line's end that only parts a word: "infor-", "mation".

    It parts one if the document uses the whole word elsewhere (case folded) and never writes it with that hyphen inside a
    line. Every other hyphen there belongs to a compound ("capacity-", "building") and stays; one that a PDF library wrote as
    U+0002 or U+FFFE becomes "-". The length and every other character stay, so that offsets hold. O(characters).
    """
    if not _PARTING.search(text):
        return text
    folded = unicodedata.normalize("NFC", text.replace(SOFT_HYPHEN, "").casefold())
    whole = set(_WORD.findall(_PARTED.sub(" ", folded)))
    compounds = set(_COMPOUND.findall(folded))

    def parted(match: re.Match[str]) -> str:
        left, right = (unicodedata.normalize("NFC", match[part].casefold()) for part in ("left", "right"))
        is_name = match["right"][0].isupper() and not match["left"].isupper()  # "Asia-", "Pacific"
        is_word = not is_name and left + right in whole and (left, right) not in compounds
        hyphen = SOFT_HYPHEN if is_word else "-" if match["hyphen"] in _PDF_HYPHENS else match["hyphen"]
        at = match.start("hyphen") - match.start()
        return match[0][:at] + hyphen + match[0][at + 1 :]

    return _PARTED.sub(parted, text)


def uncover_starts(text: str) -> str:
    """`text`, of the same length, with spaces for invisible marks at the starts of lines: they hide a paragraph's number."""
    if not _MARK.search(text):
        return text
    return _HIDDEN_START.sub(lambda match: " " * len(match[0]), text)
