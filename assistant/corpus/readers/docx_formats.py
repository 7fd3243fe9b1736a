"""Numbers as Word prints them: the formats of a numbered list (ECMA-376 part 1, 17.18.59 ST_NumberFormat).

Past the end of an alphabet Word doubles the letter: z, aa, bb, …
"""

from __future__ import annotations

from collections.abc import Callable

MAX_NUMBER = 32_767
"""The highest number that Word counts to."""

_LATIN = "abcdefghijklmnopqrstuvwxyz"
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщэюя"
_ARABIC_ALPHA = "أبتثجحخدذرزسشصضطظعغفقكلمنهوي"
_ARABIC_ABJAD = "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
_ROMAN_LOW = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_CHINESE = "〇一二三四五六七八九"
_ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_MARKS = "*†‡§"
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth", "twelve": "twelfth"}


def format_number(number: int, style: str) -> str:
    """`number` as Word prints it in a format ("lowerRoman"); in one that is not known here, as a decimal."""
    written = _FORMATS.get(style)
    return written(number) if written and 0 < number <= MAX_NUMBER else "" if style in ("none", "bullet") else str(number)


def is_known(style: str) -> bool:
    """Whether numbers in this format are written as Word writes them."""
    return style in _FORMATS or style in ("none", "bullet", "decimal", "custom", "")


def _repeated(letters: str) -> Callable[[int], str]:
    return lambda number: letters[(number - 1) % len(letters)] * min((number - 1) // len(letters) + 1, 30)


def _roman(number: int) -> str:
    written = ""
    for value, numeral in (*_ROMAN, *_ROMAN_LOW):
        written += numeral * (number // value)
        number %= value
    return written


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _words(number: int) -> str:
    """English words, up to 99: Word has them for cardinalText."""
    if number > 99:
        return str(number)
    if number < 20:
        return _ONES[number]
    return _TENS[number // 10 - 2] + (f"-{_ONES[number % 10]}" if number % 10 else "")


def _ordinal_words(number: int) -> str:
    if number > 99:
        return _ordinal(number)
    head, dash, last = _words(number).rpartition("-")
    return head + dash + _ORDINALS.get(last, (last[:-1] + "ie" if last.endswith("y") else last) + "th")


def _chinese(number: int) -> str:
    """Counting numerals: 二十一, 一百零五; digits from 10,000 on."""
    if number > 9999:
        return str(number)
    written, skipped = "", False
    for value, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, value)
        if digit:
            written += ("零" if skipped and written else "") + _CHINESE[digit] + unit
        skipped = not digit
    return written.removeprefix("一") if written.startswith("一十") else written


def _circled(number: int) -> str:
    return chr(0x2460 + number - 1) if number <= 20 else str(number)


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": "{:02d}".format,
    "lowerLetter": _repeated(_LATIN),
    "upperLetter": _repeated(_LATIN.upper()),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "ordinal": _ordinal,
    "cardinalText": lambda number: _words(number).capitalize(),
    "ordinalText": lambda number: _ordinal_words(number).capitalize(),
    "chicago": _repeated(_MARKS),
    "numberInDash": "- {} -".format,
    "decimalEnclosedParen": "({})".format,
    "decimalEnclosedFullstop": "{}.".format,
    "decimalEnclosedCircle": _circled,
    "decimalFullWidth": lambda number: str(number).translate(_FULL_WIDTH),
    "decimalHalfWidth": str,
    "russianLower": _repeated(_RUSSIAN),
    "russianUpper": _repeated(_RUSSIAN.upper()),
    "arabicAlpha": _repeated(_ARABIC_ALPHA),
    "arabicAbjad": _repeated(_ARABIC_ABJAD),
    "hindiNumbers": lambda number: str(number).translate(_ARABIC_INDIC),
    "chineseCounting": _chinese,
    "chineseCountingThousand": _chinese,
    "japaneseCounting": _chinese,
    "taiwaneseCounting": _chinese,
    "taiwaneseCountingThousand": _chinese,
    "ideographDigital": lambda number: "".join(_CHINESE[int(digit)] for digit in str(number)),
}
