"""The words of a PDF page with their places: characters as PDFium gives them, grouped into segments of a line."""

from __future__ import annotations

import re
from ctypes import byref, c_double, c_int, create_string_buffer
from dataclasses import dataclass, replace

import pypdfium2 as pdfium
import pypdfium2.raw as raw

_BOLD = 600
"""Font weights from here on are bold (OpenType: 600 semi-bold, 700 bold)."""
_ITALIC = 64
"""The flag of an italic font (PDF 32000-1, table 123)."""
_CELL_GAP, _TAB_GAP, _SMALL, _RAISED = 1.5, 0.9, 0.8, 0.15
"""In sizes of the type: an empty space as wide as this parts two cells of a row, or follows a tabulator; a mark is as small as
this beside its line, and raised by this much."""
_MARK = re.compile(r"(?:\(?(?:\d[\w.]{0,8}(?:\s?(?:bis|ter|quater|quinquies))?|[A-Za-z]{1,4}|[ivxlc]{1,6})[.)]{0,2}|[•–—*-])")
_NOTE_MARK = re.compile(r"(?:\d{1,3}|[a-z]|\*{1,3}|[†‡])(?:,\s*(?:\d{1,3}|[a-z]))*")
_UNIT = re.compile(r"(?:\b(?:[kcdm]?m|10|ha|sq|[A-Za-z])|\d)$")
"""What a raised figure belongs to: "km²", "10⁶"."""
_GENERATED_BREAKS = "\r\n"


@dataclass(frozen=True, slots=True)
class Segment:
    """Words on one line without a wide space between them. `x0`, `x1` and the baseline `y` are in points, `y` from the page's foot.

    `mark` is the raised mark that stands at its beginning, as a footnote's does; raised marks inside the line are left out.
    """

    page: int
    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool = False
    italic: bool = False
    mark: str = ""


@dataclass(slots=True)
class _Run:
    """Characters of one size on one baseline; `last` is the place of the last one, `last_x` where it was set."""

    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    italic: bool
    text: str
    last: int = 0
    last_x: float = 0.0


@dataclass(frozen=True, slots=True)
class Page:
    """A page as read: its segments in the order of the file, its horizontal rules as (x0, x1, y), its size, and whether an
    image covers most of it."""

    number: int
    width: float
    height: float
    segments: tuple[Segment, ...]
    rules: tuple[tuple[float, float, float], ...]
    is_image: bool = False


def read_page(document: pdfium.PdfDocument, at: int) -> Page:
    """Page `at`, counted from 0; its number counts from 1.

    Raises:
        pypdfium2.PdfiumError: the page cannot be loaded.
    """
    page = document[at]
    try:
        text_page = page.get_textpage()
        try:
            segments = tuple(_segments(at + 1, _runs(text_page)))
        finally:
            text_page.close()
        width, height = page.get_size()
        rules, covered = _drawn(page, width * height)
        return Page(at + 1, width, height, segments, rules, is_image=covered > 0.5)
    finally:
        page.close()


class _Characters:
    """What PDFium says of a page's characters, each by its place: a call costs a microsecond, and a page has some thousand of them."""

    def __init__(self, text_page: pdfium.PdfTextPage) -> None:
        self._page = text_page.raw
        self._left, self._right, self._bottom, self._top, self._x, self._y = (c_double() for _ in range(6))
        self._box = [byref(edge) for edge in (self._left, self._right, self._bottom, self._top)]
        self._origin = [byref(self._x), byref(self._y)]

    def text(self, at: int) -> str:
        """The character; nothing where it has no Unicode."""
        code = raw.FPDFText_GetUnicode(self._page, at)
        return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""

    def origin(self, at: int) -> tuple[float, float]:
        """Where it was set: a little to the left of its box, on its baseline."""
        raw.FPDFText_GetCharOrigin(self._page, at, *self._origin)
        return self._x.value, self._y.value

    def size(self, at: int) -> float:
        """The size of its type."""
        return float(raw.FPDFText_GetFontSize(self._page, at))

    def sides(self, at: int) -> tuple[float, float]:
        """Where its box begins and ends."""
        raw.FPDFText_GetCharBox(self._page, at, *self._box)
        return self._left.value, self._right.value


def _runs(text_page: pdfium.PdfTextPage) -> list[_Run | None]:
    """The page's runs; None where PDFium ends a line."""
    page = _Characters(text_page)
    runs: list[_Run | None] = []
    run: _Run | None = None
    for at in range(text_page.count_chars()):
        character = page.text(at)
        if character in _GENERATED_BREAKS:
            if character and run is not None:
                runs.append(None)
                run = None
        elif character.isspace():
            if run is not None and not run.text.endswith(" "):
                run.text += " "
        else:
            (x, y), size = page.origin(at), page.size(at)
            if run is None or not _goes_on(run, page, at, x, y, size):
                run = _Run(*page.sides(at), y, size, *_emphasis(text_page, at), "")
                runs.append(run)
            run.text += character
            run.last, run.last_x = at, x
    for made in runs:
        if made is not None:
            made.x1 = max(made.x1, page.sides(made.last)[1])
    return runs


def _goes_on(run: _Run, page: _Characters, at: int, x: float, y: float, size: float) -> bool:
    """Whether a character belongs to a run. Boxes are asked for only where two stand further apart than most letters are wide."""
    if abs(run.y - y) > 0.5 or abs(run.size - size) > 0.5:
        return False
    if 0 <= x - run.last_x <= _TAB_GAP * run.size:
        return True
    run.x1 = max(run.x1, page.sides(run.last)[1])
    left, _ = page.sides(at)
    return left - run.x1 <= _TAB_GAP * run.size and left >= run.x0 - run.size


def _emphasis(text_page: pdfium.PdfTextPage, at: int) -> tuple[bool, bool]:
    """Whether a character is bold, and whether it is italic, by its font's weight, flags and name."""
    name, flags = create_string_buffer(80), c_int()
    raw.FPDFText_GetFontInfo(text_page, at, name, len(name), byref(flags))
    bold = raw.FPDFText_GetFontWeight(text_page, at) >= _BOLD or b"Bold" in name.value
    return bold, bool(flags.value & _ITALIC) or b"Ital" in name.value or b"Obliq" in name.value


def _segments(page: int, runs: list[_Run | None]) -> list[Segment]:
    """Joins runs that stand on one line; a raised small mark goes to the beginning of its line, or away."""
    found: list[Segment] = []
    for at, run in enumerate(runs):
        if run is None:
            continue
        text = run.text
        before = found[-1] if found else None
        if before is not None and _continues(before, run):
            if _is_note_mark(before, run):
                found[-1] = replace(before, x1=run.x1, text=before.text + (" " if text.endswith(" ") else ""))
            else:
                found[-1] = _joined(before, run)
            continue
        following = next((other for other in runs[at + 1 : at + 3] if other is not None), None)
        if following is not None and _is_leading_mark(run, following):
            found.append(Segment(page, "", run.x0, run.x1, following.y, following.size, following.bold, following.italic, text.strip()))
            continue
        found.append(Segment(page, text, run.x0, run.x1, run.y, run.size, run.bold, run.italic))
    return _unstretched([replace(segment, text=segment.text.strip()) for segment in found if segment.text.strip()])


def _unstretched(segments: list[Segment]) -> list[Segment]:
    """The segments with those joined that are the words of one justified line: three or more of them, evenly and widely spaced, as the
    words of a narrow column are and the cells of a table are not."""
    found: list[Segment] = []
    at = 0
    while at < len(segments):
        end = at + 1
        while end < len(segments) and _is_stretched(segments[at], segments[end - 1], segments[end], segments[at + 1]):
            end += 1
        words = (
            segments[at:end] if end - at >= 3 and any(word.text[0].islower() for word in segments[at + 1 : end]) else segments[at : at + 1]
        )
        found.append(replace(words[0], text=" ".join(word.text for word in words), x1=words[-1].x1))
        at += len(words)
    return found


def _is_stretched(first: Segment, before: Segment, here: Segment, second: Segment) -> bool:
    """Whether `here` stands as far behind `before` as `second` does behind `first`, on their line, and is a word."""
    gap, usual = here.x0 - before.x1, second.x0 - first.x1
    is_alike = here.y == first.y and here.size == first.size and abs(gap - usual) < 0.25 * here.size and 0 < gap < 4 * here.size
    return is_alike and here.text[0].isalpha() and not here.mark


def _continues(before: Segment, run: _Run) -> bool:
    """Whether `run` stands on the line of `before`, right after it or behind a tabulator that follows a number."""
    lines_up = abs(before.y - run.y) <= 0.45 * max(before.size, run.size)
    gap = run.x0 - before.x1
    if not lines_up or gap < -0.5 * before.size:
        return False
    if not before.text.strip():
        return True
    return gap <= _CELL_GAP * before.size or (gap <= 5 * before.size and bool(_MARK.fullmatch(before.text.strip())))


def _joined(before: Segment, run: _Run) -> Segment:
    gap, text = run.x0 - before.x1, before.text
    if gap > _TAB_GAP * before.size and _MARK.fullmatch(text.strip()):
        text = text.rstrip() + "\t"
    larger = run.size > before.size and len(run.text.strip()) >= len(text.strip())
    y, size = (run.y, run.size) if larger else (before.y, before.size)
    bold = before.bold and run.bold if text.strip() else run.bold
    italic = before.italic and run.italic if text.strip() else run.italic
    return replace(before, text=text + run.text, x1=max(before.x1, run.x1), y=y, size=size, bold=bold, italic=italic)


def _is_note_mark(before: Segment, run: _Run) -> bool:
    """Whether `run` is a raised mark behind a word of `before`, and no power of a unit or number."""
    is_small = run.size < _SMALL * before.size and run.y > before.y + _RAISED * before.size
    return is_small and bool(_NOTE_MARK.fullmatch(run.text.strip())) and not _UNIT.search(before.text.rstrip()[-3:])


def _is_leading_mark(run: _Run, following: _Run) -> bool:
    is_small = run.size < _SMALL * following.size and run.y > following.y + _RAISED * following.size
    return is_small and run.y - following.y < following.size and bool(_NOTE_MARK.fullmatch(run.text.strip()))


def _drawn(page: pdfium.PdfPage, area: float) -> tuple[tuple[tuple[float, float, float], ...], float]:
    """The page's horizontal rules, and the share of it that images cover."""
    rules: list[tuple[float, float, float]] = []
    covered = 0.0
    for item in page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE), max_depth=2):
        left, bottom, right, top = item.get_bounds()
        if item.type == raw.FPDF_PAGEOBJ_IMAGE:
            covered += (right - left) * (top - bottom) / (area or 1)
        elif top - bottom < 2 and right - left > 20:
            rules.append((left, right, bottom))
    return tuple(rules), covered
