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
_MARK = re.compile(r"(?:\(?(?:\d[\w.]{0,8}|[A-Za-z]{1,4}|[ivxlc]{1,6})[.)]{0,2}|[•–—*-])")
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
    """Characters of one size on one baseline."""

    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    italic: bool
    text: str


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


def _runs(text_page: pdfium.PdfTextPage) -> list[_Run | None]:
    """The page's runs; None where PDFium ends a line."""
    left, right, bottom, top = c_double(), c_double(), c_double(), c_double()
    x, y = c_double(), c_double()
    runs: list[_Run | None] = []
    run: _Run | None = None
    for at in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page, at)
        character = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
        if character in _GENERATED_BREAKS:
            if character and run is not None:
                runs += [None]
                run = None
            continue
        if raw.FPDFText_IsGenerated(text_page, at) == 1 or character.isspace():
            if run is not None and not run.text.endswith(" "):
                run.text += " "
            continue
        raw.FPDFText_GetCharBox(text_page, at, byref(left), byref(right), byref(bottom), byref(top))
        raw.FPDFText_GetCharOrigin(text_page, at, byref(x), byref(y))
        size = raw.FPDFText_GetFontSize(text_page, at)
        if run is None or abs(run.y - y.value) > 0.5 or abs(run.size - size) > 0.5 or _is_apart(run, left.value):
            run = _Run(left.value, right.value, y.value, size, *_emphasis(text_page, at), "")
            runs.append(run)
        run.text += character
        run.x1 = max(run.x1, right.value)
    return runs


def _is_apart(run: _Run, left: float) -> bool:
    return left - run.x1 > _TAB_GAP * run.size or left < run.x0 - run.size


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
    return [replace(segment, text=segment.text.strip()) for segment in found if segment.text.strip()]


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
