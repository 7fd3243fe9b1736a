"""Invented documents of every kind in every layout: their numbers and their texts are read as they were written."""

from __future__ import annotations

import random

import pytest

from assistant.corpus.layout import repair
from assistant.corpus.paragraphs import split
from assistant.corpus.readers import read_source
from tests.invented import KINDS, document, truth_of
from tests.invented_files import LAYOUTS, differences

SHORT = {("treaty", "pdf columns")}
"""What is set in one page and a half of two columns shows no second column to go by."""


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "many"])
def test_an_invented_document_is_read_as_it_was_written(kind: str, layout: str) -> None:
    """Each number with its text, no other number; a statement without numbers gets none."""
    assert (kind, layout) in SHORT or differences(kind, layout, seed=1) == []


def test_the_comparison_sees_a_wrong_number() -> None:
    """A number moved by one, an invented and a missing one are differences: the test above can fail."""
    truth = truth_of(document("report", 3))
    assert [label for label, _ in truth] == [str(number) for number in range(1, len(truth) + 1)]
    raw = "\n\n".join(f"{int(label) + 1}. {text}" for label, text in truth).encode()
    paragraphs, _ = split("d", read_source(raw, "d.txt"))
    assert [item.label for item in paragraphs] != [label for label, _ in truth]


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if not name.startswith("pdf") or name == "pdf justified"])
def test_the_ranges_of_every_paragraph_give_its_text(layout: str) -> None:
    """In every format: ranges lie in the source's text, none shares a character with another, and repaired they are the paragraph."""
    suffix, setting = LAYOUTS[layout]
    source = read_source(setting(document("annexes", 2), random.Random(2)), f"d{suffix}")
    paragraphs, _ = split("d", source)
    taken: set[int] = set()
    for paragraph in paragraphs:
        assert repair("".join(source.text[start:end] for start, end in paragraph.ranges)) == paragraph.text
        places = {at for start, end in paragraph.ranges for at in range(start, end)}
        assert not places & taken
        taken |= places
