"""The example workspace: the files that are not text say what their sources say."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from assistant.corpus.paragraphs import split
from assistant.corpus.readers import read_source
from tests import make_example

SOURCES = Path(__file__).parent / "example"


@pytest.mark.parametrize("name", ["harbour-report-2031.pdf", "harbour-draft-rev1.docx"])
def test_a_file_of_the_example_holds_the_paragraphs_of_its_source(name: str) -> None:
    """The PDF and the Word file give the labels and the texts, to the letter, of the texts they were made of."""
    shipped, _ = split("d", read_source((make_example.EXAMPLE / name).read_bytes(), name))
    source, _ = split("d", (SOURCES / name).with_suffix(".txt").read_text(encoding="utf-8"))
    assert [(paragraph.label, paragraph.text) for paragraph in shipped] == [(paragraph.label, paragraph.text) for paragraph in source]


def test_the_shipped_files_are_those_that_the_script_makes() -> None:
    """Made again, both give the same text: nobody edits them by hand."""
    for name, made in (
        ("harbour-report-2031.pdf", make_example.pdf("harbour-report-2031", "X/86/190")),
        ("harbour-draft-rev1.docx", make_example.docx("harbour-draft-rev1", "X/AC.9/2031/CRP.1/Rev.1")),
    ):
        assert read_source(made, name) == read_source((make_example.EXAMPLE / name).read_bytes(), name)


def test_every_page_of_the_example_says_that_it_is_invented() -> None:
    """No page can be taken for one of the United Nations."""
    document = pypdfium2.PdfDocument((make_example.EXAMPLE / "harbour-report-2031.pdf").read_bytes())
    assert all(make_example.LABEL in page.get_textpage().get_text_range() for page in document)
    document.close()
    texts = [path.read_text(encoding="utf-8") for path in make_example.EXAMPLE.glob("*.txt")]
    assert all(page.strip().startswith(make_example.LABEL) for text in texts for page in text.split("\f"))
