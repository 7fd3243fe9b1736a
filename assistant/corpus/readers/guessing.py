"""The likeliest encoding of a text that does not say what it is in: what it holds if read in that encoding must look like a text.

Charset-normalizer says how far the letters follow each other as in a language; texts too short for that are told by their
letters alone: whole words of one script and case, and of Chinese, Japanese and Korean the characters that are in daily use.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from charset_normalizer import from_bytes

_SAMPLE = 1 << 18
"""Bytes that are looked at to choose; the whole text must then be of that encoding."""
_SHARE = 0.8
_WESTERN_BONUS = 0.02

_RUN = re.compile(rb"[\x80-\xff]+")
_LATIN = {"cp1252": "windows-1252", "cp1250": "windows-1250", "iso8859_2": "iso-8859-2", "cp1254": "windows-1254"}
_SIGNS = "«»“”„‘’–—…№§°\u00a0،؛؟"


def _in_words(letters: str) -> Callable[[str, str], int]:
    """Counts characters in words of `letters` that are written as words are; capitals throughout count half."""
    words = re.compile(f"[{letters}]+")

    def count(text: str, _: str) -> int:
        found = words.findall(text)
        usual = sum(len(word) for word in found if word[1:] == word[1:].lower())
        return usual + sum(len(word) for word in found if len(word) > 1 and word[1:] != word[1:].lower() and word == word.upper()) // 2

    return count


def _in_rows(*rows: range) -> Callable[[str, str], int]:
    """Counts characters whose first byte lies in `rows`: where an encoding keeps those in daily use."""
    usual = frozenset(row for some in rows for row in some)

    def count(text: str, encoding: str) -> int:
        return sum(character.encode(encoding)[0] in usual for character in text if character > "\x7f" and character not in _SIGNS)

    return count


_OTHERS: dict[str, tuple[str, Callable[[str, str], int]]] = {
    "cp1251": ("windows-1251", _in_words("А-Яа-яЁё")),
    "koi8_r": ("koi8-r", _in_words("А-Яа-яЁё")),
    "iso8859_5": ("iso-8859-5", _in_words("А-Яа-яЁё")),
    "cp1256": ("windows-1256", _in_words("\u0621-\u0652پچژگ")),
    "iso8859_6": ("iso-8859-6", _in_words("\u0621-\u0652")),
    "cp949": ("euc-kr", _in_rows(range(0xA1, 0xA4), range(0xB0, 0xC9))),  # before GB, which has its own in these rows and others
    "gb18030": ("gb18030", _in_rows(range(0xA1, 0xA4), range(0xB0, 0xD8))),
    "big5": ("big5", _in_rows(range(0xA1, 0xA3), range(0xA4, 0xC7))),
    "cp932": ("shift_jis", _in_rows(range(0x81, 0x84), range(0x88, 0x99))),
    "euc_jp": ("euc-jp", _in_rows(range(0xA1, 0xA6), range(0xB0, 0xD0))),
    "cp1253": ("windows-1253", _in_words("Α-Ωά-ώΆΈ-Ώ")),
    "cp1255": ("windows-1255", _in_words("א-ת")),
}
"""Encodings of other scripts, the likelier first, as Python and as people name them, and what counts their usual characters."""


def likeliest(raw: bytes) -> str | None:
    """The name of the encoding that fits `raw` best; None where none fits well. `raw` is text in it."""
    sample = raw[:_SAMPLE]
    languages = {match.encoding: match.coherence for match in from_bytes(sample, cp_isolation=[*_LATIN, *_OTHERS])}
    lengths = [len(run) for run in _RUN.findall(sample)]
    is_latin = sum(length for length in lengths if length <= 2) >= _SHARE * sum(lengths)
    best = _best_latin(raw, languages) if is_latin else _best_other(raw, sample, languages)
    return None if best is None or re.search("[\x80-\x9f]", raw.decode(best)) else best


def _best_latin(raw: bytes, languages: dict[str, float]) -> str | None:
    """Of encodings that fit alike, that of Western Europe."""
    scores = {encoding: languages.get(encoding, 0.0) for encoding in _LATIN if _text(raw, encoding) is not None}
    if "cp1252" in scores:
        scores["cp1252"] += _WESTERN_BONUS
    return _LATIN[max(scores, key=lambda encoding: scores[encoding])] if scores else None


def _best_other(raw: bytes, sample: bytes, languages: dict[str, float]) -> str | None:
    scores: dict[str, float] = {}
    for encoding, (name, usual) in _OTHERS.items():
        if _text(raw, encoding) is not None:
            text = sample.decode(encoding, "ignore")
            signs = sum(text.count(sign) for sign in _SIGNS)
            share = (usual(text, encoding) + signs) / max(1, sum(character > "\x7f" for character in text))
            if share >= _SHARE:
                scores[name] = share + languages.get(encoding, 0.0)
    return max(scores, key=lambda name: scores[name]) if scores else None


def _text(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None
