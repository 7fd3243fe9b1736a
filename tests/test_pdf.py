"""The PDF reader: files whose truth is known, in several layouts, and files that are broken or hostile."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
