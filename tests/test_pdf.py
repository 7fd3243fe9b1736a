"""The PDF reader: files whose truth is known, in several layouts, and files that are broken or hostile."""

from __future__ import annotations

import contextlib
import io
import itertools
import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from assistant.corpus.layout import repair
from assistant.corpus.paragraphs import split
from assistant.corpus.readers import read_source
from assistant.errors import UnreadableDocument
from tests.pdfs import Layout, Writer, prose, sentence

LAYOUTS = {
    "report": Layout(),
    "helvetica": Layout("Helvetica", "Helvetica-Bold", 11, 14, 72, 540, width=595, height=842),
    "indented": Layout(after=0, indent=24, tab=30),
    "tight": Layout(after=0),
    "wide": Layout(size=12, leading=18, after=10),
    "bare": Layout(header=False),
}


def squeezed(text: str) -> str:
    """Text without white space: what a PDF says of spaces is a guess."""
    return "".join(text.split())


def official(raw: bytes) -> list[tuple[str, str]]:
    """The numbered paragraphs of a PDF, as (label, text without white space)."""
    paragraphs, _ = split("d", read_source(raw, "d.pdf"))
    return [(paragraph.label, squeezed(paragraph.text)) for paragraph in paragraphs if paragraph.numbering == "official"]


def report(seed: int, layout: Layout, labels: list[str], *, dotted: bool = True, extras: bool = True) -> Writer:
    """A document of numbered paragraphs under headings, with lists, tables and footnotes among them."""
    dice = random.Random(seed)
    writer = Writer(layout)
    writer.heading("Report on harbour data", layout.size + 6)
    for at, label in enumerate(labels):
        if extras and dice.random() < 0.25:
            writer.heading(f"{dice.choice(['', 'A. ', 'II. ', '2. '])}Measures taken by ports")
        note = "See the report of the secretariat." if extras and dice.random() < 0.2 else None
        writer.paragraph(prose(dice, dice.randint(1, 5)), label, f"{label}." if dotted else label, note)
        if extras and dice.random() < 0.2:
            for mark in ("(a)", "(b)", "(c)"):
                writer.item(mark, sentence(dice, dice.randint(6, 25)))
        if extras and dice.random() < 0.15 and at + 1 < len(labels):
            writer.table([["Port", "Ships", "Share"], ["Norhaven", "1 204", "12.5"], ["Estmark", "88", "0.9"], ["Total", "1 292", "13.4"]])
    return writer


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("style", ["7.", "7", "10.1", "3.IV.5"])
def test_numbers_and_texts_are_those_that_were_printed(layout: Layout, style: str) -> None:
    """In every layout and style of numbers each paragraph comes out whole under its own number, and nothing else is numbered."""
    count = 40
    labels = {"10.1": [f"10.{n}" for n in range(1, count)], "3.IV.5": [f"3.{part}.{n}" for part in ("I", "II", "IV") for n in range(1, 15)]}
    numbers = labels.get(style, [str(n) for n in range(1, count)])
    wide = replace(layout, tab=max(layout.tab, 12 + 5.5 * len(numbers[-1]) * layout.size / 10))
    writer = report(7, wide, numbers, dotted=style == "7.")
    raw = writer.bytes()
    assert official(raw) == [(label, squeezed(text)) for label, text in writer.truth]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), name=st.sampled_from(sorted(LAYOUTS)), count=st.integers(3, 30), first=st.sampled_from([1, 1, 23]))
def test_a_generator_that_knows_the_truth_agrees(seed: int, name: str, count: int, first: int) -> None:
    """Whatever headings, lists, tables, footnotes and page breaks stand between them: labels and texts are the generator's."""
    writer = report(seed, LAYOUTS[name], [str(n) for n in range(first, first + count)])
    raw = writer.bytes()
    assert official(raw) == [(label, squeezed(text)) for label, text in writer.truth]


def test_a_page_in_two_columns_is_read_down_one_and_then_the_other() -> None:
    """A meeting record set in two columns gives its paragraphs in reading order, and no table."""
    dice = random.Random(3)
    writer = Writer(Layout(size=9, leading=11, columns=2))
    for n in range(1, 60):
        writer.paragraph(prose(dice, 3), str(n))
    raw = writer.bytes()
    paragraphs, ledger = split("d", read_source(raw, "d.pdf"))
    assert [(p.label, squeezed(p.text)) for p in paragraphs] == [(label, squeezed(text)) for label, text in writer.truth]
    assert ledger.tables == 0


def test_pages_headings_tables_and_notes_are_known() -> None:
    """A paragraph knows its pages and its headings; a table is one counted paragraph; a footnote and its mark are in no paragraph."""
    dice = random.Random(5)
    writer = Writer()
    writer.heading("I. Findings", 14)
    writer.heading("A. On ports", 12)
    writer.paragraph(prose(dice, 2), "1", note="See the report of the secretariat.")
    writer.table([["Port", "Ships"], ["Norhaven", "1 204"]])
    for n in range(2, 60):
        writer.paragraph(prose(dice, 3), str(n))
    raw = writer.bytes()
    paragraphs, ledger = split("d", read_source(raw, "d.pdf"))
    by_label = {paragraph.label: paragraph for paragraph in paragraphs}
    assert by_label["1"].heading == ("I. Findings", "A. On ports")
    assert squeezed(by_label["1"].text) == squeezed(writer.truth[0][1])
    assert by_label["t1"].text == "Port | Ships Norhaven | 1 204"
    assert by_label["t1"].numbering == "counted"
    assert ledger.notes == ("page 1: 1 See the report of the secretariat.",)
    pages = [paragraph.pages for paragraph in paragraphs if paragraph.pages]
    assert len(pages) == len(paragraphs)
    assert pages[0] == (1, 1)
    assert any(first + 1 == last for first, last in pages)
    assert pages == sorted(pages)


def test_the_ranges_of_a_paragraph_give_its_text() -> None:
    """Repairing what stands at a paragraph's source ranges gives the paragraph, and no two paragraphs share a character."""
    writer = report(11, LAYOUTS["helvetica"], [str(n) for n in range(1, 25)])
    source = read_source(writer.bytes(), "d.pdf")
    paragraphs, _ = split("d", source)
    for paragraph in paragraphs:
        assert repair("".join(source.text[start:end] for start, end in paragraph.ranges)) == paragraph.text
    spans = sorted(span for paragraph in paragraphs for span in paragraph.ranges)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))


def picture_page(canvas: Canvas) -> None:
    """A page that is one picture, as a scanner makes it."""
    canvas.drawInlineImage(Image.new("L", (60, 80), 200), 0, 0, 612, 792)
    canvas.showPage()


def pdf_of(*draw: Callable[[Canvas], None], password: str | None = None) -> bytes:
    """A PDF of these pages."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(612, 792), invariant=1, encrypt=password)
    for page in draw:
        page(canvas)
    canvas.save()
    return file.getvalue()


def text_page(canvas: Canvas) -> None:
    """A page with a line of text."""
    canvas.drawString(72, 700, "1. The Group met twice in the year.")
    canvas.showPage()


def test_a_scanned_document_is_refused_and_a_half_scanned_one_says_which_pages_are_missing() -> None:
    """Pages without a text layer are never passed over in silence."""
    with pytest.raises(UnreadableDocument, match=r"d\.pdf has no text layer: .*OCR"):
        read_source(pdf_of(picture_page, picture_page), "d.pdf")
    source = read_source(pdf_of(text_page, picture_page, text_page, picture_page), "d.pdf")
    assert source.warnings == ("2 of 4 pages have no text layer (pages 2, 4): what they say is not known",)


def test_what_cannot_be_read_as_a_pdf_is_refused_by_name() -> None:
    """Encrypted, truncated, empty and mislabelled files are named with what is wrong."""
    whole = pdf_of(text_page)
    for raw, what in (
        (pdf_of(text_page, password="secret"), "is protected by a password"),
        (whole[: len(whole) // 3], "is a damaged PDF"),
        (b"%PDF-1.7\n" + b"\0" * 100, "is a damaged PDF"),
        (b"PK\x03\x04", "is not a PDF"),
        (b"", "is empty"),
    ):
        with pytest.raises(UnreadableDocument, match=rf"^d\.pdf {what}"):
            read_source(raw, "d.pdf")


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_no_damage_to_a_pdf_gives_anything_but_text_or_a_clear_refusal(data: st.DataObject) -> None:
    """Bytes changed, cut or added anywhere: the reader reads on or names the file."""
    raw = bytearray(pdf_of(text_page, text_page))
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(raw)))
    damaged = bytes(raw[cut:] if data.draw(st.booleans()) else raw[: len(raw) - cut // 4])
    with contextlib.suppress(UnreadableDocument):
        assert read_source(damaged, "d.pdf").lines
