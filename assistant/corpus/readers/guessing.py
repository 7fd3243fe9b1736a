"""The likeliest encoding of a text that does not say what it is in: what it holds if read in that encoding must look like a text.

Charset-normalizer says how far the letters follow each other as in a language; texts too short for that are told by their
letters alone: whole words of one script and case, and of Chinese, Japanese and Korean the characters that are in daily use.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from charset_normalizer import from_bytes

_SAMPLE = 1 << 18
"""Bytes that are looked at to choose; the whole text must then be of that encoding."""
_SHARE = 0.8
_WESTERN_BONUS = 0.02

_RUN = re.compile(rb"[\x80-\xff]+")
_LATIN = {"cp1252": "windows-1252", "cp1250": "windows-1250", "iso8859_2": "iso-8859-2", "cp1254": "windows-1254"}
_WESTERN = frozenset("àâäáãåæçèéêëìíîïñòóôöõøœùúûüßÀÂÄÁÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÖÕØŒÙÚÛÜªº¡¿€£·•")
"""Letters and signs of the languages of Western Europe, less those of Icelandic."""
_SIGNS = "«»“”„‘’–—…№§°\u00a0،؛؟"


def _in_words(letters: str) -> Callable[[str, str], int]:
    """Counts characters in words of `letters` that are written as words are; capitals throughout count a little less."""
    words = re.compile(rf"(?<![^\W\d_])[{letters}]+(?![^\W\d_])")

    def count(text: str, _: str) -> int:
        found = words.findall(text)
        usual = sum(len(word) for word in found if word[1:] == word[1:].lower())
        return usual + sum(len(word) * 9 // 10 for word in found if word[1:] != word[1:].lower() and word == word.upper())

    return count


def _in_rows(*rows: range, trail: int = 0) -> Callable[[str, str], int]:
    """Counts characters whose first byte lies in `rows`, where an encoding keeps those in daily use, and the last not below `trail`."""
    usual = frozenset(row for some in rows for row in some)

    def count(text: str, encoding: str) -> int:
        found = (character.encode(encoding) for character in text if character > "\x7f" and character not in _SIGNS)
        return sum(code[0] in usual and code[-1] >= trail for code in found)

    return count


_OTHERS: dict[str, tuple[str, Callable[[str, str], int]]] = {
    "cp1251": ("windows-1251", _in_words("А-Яа-яЁё")),
    "koi8_r": ("koi8-r", _in_words("А-Яа-яЁё")),
    "iso8859_5": ("iso-8859-5", _in_words("А-Яа-яЁё")),
    "cp1256": ("windows-1256", _in_words("\u0621-\u0652پچژگ")),
    "iso8859_6": ("iso-8859-6", _in_words("\u0621-\u0652")),
    "cp949": (
        "euc-kr",
        _in_rows(range(0xA1, 0xA4), range(0xB0, 0xC9), trail=0xA1),
    ),  # before GB, which has more rows
    "gb18030": ("gb18030", _in_rows(range(0xA1, 0xA4), range(0xB0, 0xD8), trail=0xA1)),
    "big5": ("big5", _in_rows(range(0xA1, 0xA3), range(0xA4, 0xC7))),
    "cp932": ("shift_jis", _in_rows(range(0x81, 0x84), range(0x88, 0x99))),
    "euc_jp": ("euc-jp", _in_rows(range(0xA1, 0xA6), range(0xB0, 0xD0), trail=0xA1)),
    "cp1253": ("windows-1253", _in_words("Α-Ωά-ώΆΈ-Ώ")),
    "cp1255": ("windows-1255", _in_words("א-ת")),
}
"""Encodings of other scripts, the likelier first, as Python and as people name them, and what counts their usual characters."""


class Encoding(NamedTuple):
    """An encoding as Python and as people name it, and whether it is one of Latin letters."""

    codec: str
    name: str
    is_latin: bool


def likeliest(raw: bytes) -> Encoding | None:
    """The encoding that fits `raw` best, which is text in it; None where none fits well."""
    sample = raw[:_SAMPLE]
    matches = from_bytes(sample, cp_isolation=[*_LATIN, *_OTHERS])
    languages = {codec: match.coherence for match in matches for codec in match.could_be_from_charset}
    lengths = [len(run) for run in _RUN.findall(sample)]
    is_latin = sum(length for length in lengths if length <= 2) >= _SHARE * sum(lengths)
    scores = dict(_latin_scores(sample, languages) if is_latin else _other_scores(sample, languages))
    for codec in sorted(scores, key=lambda codec: -scores[codec]):  # a stable order: of equals the first
        if _is_text(raw, codec):
            return Encoding(codec, _LATIN[codec] if is_latin else _OTHERS[codec][0], is_latin)
    return None


def _latin_scores(sample: bytes, languages: dict[str, float]) -> Iterator[tuple[str, float]]:
    """Of encodings that fit alike, that of Western Europe; it alone is told by its letters where they form no known language."""
    for codec in _LATIN:
        score = languages.get(codec, 0.0)
        if codec == "cp1252":
            high = [character for character in sample.decode(codec, "ignore") if character > "\x7f"]
            usual = sum(character in _WESTERN or character in _SIGNS for character in high)
            score += _WESTERN_BONUS * (usual >= _SHARE * len(high))
        if score:
            yield codec, score


def _other_scores(sample: bytes, languages: dict[str, float]) -> Iterator[tuple[str, float]]:
    for codec, (_, usual) in _OTHERS.items():
        text = sample.decode(codec, "ignore")
        signs = sum(text.count(sign) for sign in _SIGNS)
        share = (usual(text, codec) + signs) / max(1, sum(character > "\x7f" for character in text))
        if share >= _SHARE:
            yield codec, share + languages.get(codec, 0.0)


def _is_text(raw: bytes, codec: str) -> bool:
    """Whether all of `raw` can be read so, and holds none of the controls that no text has."""
    try:
        return not re.search("[\x80-\x9f]", raw.decode(codec))
    except UnicodeDecodeError:
        return False
