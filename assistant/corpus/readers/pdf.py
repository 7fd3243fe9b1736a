"""PDF, through PDFium (pypdfium2): words with their places become lines, and lines become what they are on their page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pypdfium2 as pdfium

from assistant.corpus.layout import Role, is_closed, is_mark, may_be_heading
from assistant.corpus.progress import tell
from assistant.corpus.readers.pdf_layout import Type, gutters_of, in_columns, margins_of, roles_of, type_of
from assistant.corpus.readers.pdf_page import Page, Segment, read_page
from assistant.corpus.source import Row, SourceText, compose
from assistant.errors import UnreadableDocument

_APART = 1.25
"""Lines further apart than this many times the usual distance are of two paragraphs."""
_NUMBER = 12
"""Characters of a line in which a paragraph's number and the tabulator behind it stand."""
_SHORT = 0.12
"""A line that ends this share of its width before the margin may be a paragraph's last."""


def read_pdf(raw: bytes, name: str) -> SourceText:
    """The text of a PDF.

    Raises:
        UnreadableDocument: it is no PDF, is protected by a password, is damaged, or holds no text at all.
    """
    try:
        document = pdfium.PdfDocument(raw)
    except pdfium.PdfiumError as error:
        raise _unreadable(name, raw, str(error)) from None
    try:
        pages: list[Page] = []
        damaged: list[int] = []
        for at in range(len(document)):
            tell(at, len(document))
            try:
                pages.append(read_page(document, at))
            except pdfium.PdfiumError:
                damaged.append(at + 1)
        properties = _properties(document)
    finally:
        document.close()
    if not any(page.segments for page in pages):
        raise UnreadableDocument(
            f"{name} has no text layer: its pages are pictures", "Run text recognition (OCR) on it and add the result."
        )
    return compose(_rows(pages), len(pages), properties, tuple(_warnings(pages, damaged)), is_printed=True)


def _unreadable(name: str, raw: bytes, why: str) -> UnreadableDocument:
    if not raw.strip():
        return UnreadableDocument(f"{name} is empty", "Fill it or remove it.")
    if b"%PDF-" not in raw[:1024]:
        return UnreadableDocument(f"{name} is not a PDF", "Give it the suffix of what it is, or export it again.")
    if "assword" in why or b"/Encrypt" in raw:
        return UnreadableDocument(f"{name} is protected by a password", "Save it without one.")
    return UnreadableDocument(f"{name} is a damaged PDF", "Get the file again, or export it again.")


def _properties(document: pdfium.PdfDocument) -> dict[str, str]:
    known = document.get_metadata_dict(skip_empty=True)
    return {key.lower(): value.strip() for key, value in known.items() if key in ("Title", "Author") and value.strip()}


def _warnings(pages: Sequence[Page], damaged: Sequence[int]) -> Iterator[str]:
    """Pages that cannot be read, or hold a picture and no text: what they say is not in the index."""
    blank = [page.number for page in pages if page.is_image and not page.segments]
    if blank:
        yield f"{len(blank)} of {len(pages)} pages have no text layer ({_ranges(blank)}): what they say is not known"
    if damaged:
        yield f"damaged pages were left out: {_ranges(damaged)}"


def _ranges(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:20]))
    return f"page{'s' * (len(numbers) > 1)} {shown}{', …' * (len(numbers) > 20)}"


@dataclass(slots=True)
class _Placed:
    """A line and what it is."""

    segment: Segment
    role: Role
    begins: bool | None = None


def _rows(pages: Sequence[Page]) -> Iterator[Row]:
    """The document's lines in reading order."""
    kind, margins = type_of(pages), margins_of(pages)
    gutters = gutters_of(pages, margins)
    lines = [line for page in pages for line in _placed(page, margins, kind, gutters.get(page.number))]
    _find_blocks([line for line in lines if line.role == "text"], kind)
    for role in ("table", "note", "margin"):
        _group([line for line in lines if line.role == role], kind)
    _find_headings([line for line in lines if line.role == "text"], kind)
    sizes = sorted({round(line.segment.size) for line in lines if line.role == "heading"}, reverse=True)
    for line in lines:
        segment = line.segment
        level = sizes.index(round(segment.size)) + 1 if line.role == "heading" else 0
        text = f"{segment.mark} {segment.text}" if segment.mark and line.role != "text" else segment.text
        yield Row(text, segment.page, line.role, line.begins, level)


def _placed(page: Page, margins: set[int], kind: Type, gutter: float | None) -> list[_Placed]:
    """The page's segments in reading order, those of one table row joined into a line."""
    roles = roles_of(page, margins, kind, gutter)
    segments: Sequence[Segment] = page.segments
    if gutter is not None:
        body = [segment for segment in segments if roles[id(segment)] in ("text", "table")]
        segments = [*in_columns(body, gutter), *(segment for segment in segments if roles[id(segment)] not in ("text", "table"))]
    return _with_table_rows([_Placed(segment, roles[id(segment)]) for segment in segments], kind)


def _with_table_rows(lines: Sequence[_Placed], kind: Type) -> list[_Placed]:
    """The lines with those of a table joined: a cell's lines to a cell, cells of a row by " | "."""
    found: list[_Placed] = []
    last: Segment | None = None
    for line in lines:
        here = line.segment
        if line.role == "table" and last is not None:
            goes_on = here.x0 < last.x1 and last.x0 < here.x1 and 0 < last.y - here.y < 1.3 * kind.leading
            if goes_on or here.x0 > last.x1 - 1:
                text = f"{found[-1].segment.text}{' ' if goes_on else ' | '}{here.text}"
                found[-1] = _Placed(replace(found[-1].segment, text=text), "table")
                last = here
                continue
        found.append(line)
        last = here if line.role == "table" else None
    return found


def _find_blocks(lines: Sequence[_Placed], kind: Type) -> None:
    """Says of each line of text whether a block begins with it; where geometry does not tell, it is left open."""
    before: Segment | None = None
    for line in lines:
        line.begins = True if before is None else _begins(before, line.segment, kind)
        before = line.segment


def _begins(before: Segment, here: Segment, kind: Type) -> bool | None:
    if abs(before.size - here.size) > 0.7:
        return True
    ended, early = is_closed(before.text), _ends_early(before, kind)
    if before.page != here.page or before.y <= here.y:  # a new page or column
        if here.text[0].islower() or (not ended and not early and not is_mark(here.text)):
            return False
        return True if early or is_mark(here.text) or _is_title(here, kind) != _is_title(before, kind) else None
    if before.y - here.y > _APART * max(kind.leading, 1.15 * here.size):
        return not here.text[0].islower() or ended or is_mark(here.text)
    if _is_title(before, kind) != _is_title(here, kind) and early and not here.text[0].islower():
        return True
    if is_mark(here.text) and (ended or before.text[-1] == "," or "\t" in here.text[:_NUMBER]):
        return None
    return None if ended and here.x0 > before.x0 + 0.8 * here.size else False


def _is_title(segment: Segment, kind: Type) -> bool:
    """Whether a line may be one of a heading by its type: bold, italic or larger than the text."""
    return segment.bold or segment.italic or segment.size > 1.1 * kind.size


def _ends_early(segment: Segment, kind: Type) -> bool:
    return segment.x1 < kind.right - _SHORT * kind.width


def _find_headings(lines: Sequence[_Placed], kind: Type) -> None:
    """Blocks wholly set as titles are and worded as titles are become headings."""
    block: list[_Placed] = []
    for line in [*lines, None]:
        if block and (line is None or line.begins):
            text = " ".join(item.segment.text for item in block)
            if len(block) <= 4 and all(_is_title(item.segment, kind) for item in block) and may_be_heading(text):
                for item in block:
                    item.role = "heading"
            block = []
        if line is not None:
            block.append(line)


def _group(lines: Sequence[_Placed], kind: Type) -> None:
    """Blocks of what is no text: a table, a note, a margin goes on while its lines follow each other closely."""
    before: Segment | None = None
    for line in lines:
        here = line.segment
        far = before is None or before.page != here.page or abs(before.y - here.y) > 3 * kind.leading
        line.begins = far or (line.role == "note" and bool(here.mark))
        before = here
