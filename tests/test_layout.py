"""Lines with their offsets, the repair of laid-out text, page numbers, spacing and headings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.corpus.layout import Line, Spacing, blocks_of, is_heading, lines_of, repair, spacing_of


def line(text: str, gap: int = 0) -> Line:
    """A line of this text, standing after `gap` empty lines."""
    return Line(1, 0, len(text), text, gap, 1)


def blocks(*lines: str) -> list[str]:
    """The blocks of a text given as lines, each as one string with "/" between its lines."""
    found = lines_of("\n".join(lines))
    return ["/".join(line.text for line in block) for block in blocks_of(found, spacing_of(found))]


# --- repair


@pytest.mark.parametrize(
    ("laid_out", "running"),
    [
        ("two  words\n and\ttabs\u00a0here ", "two words and tabs here"),
        ("infor\u00admation", "information"),
        ("infor\u00ad\nmation", "information"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("paragraph \u200e30", "paragraph 30"),
        ("capacity-\nbuilding", "capacity-building"),
        ("Confidence- \n\n Building", "Confidence-Building"),
        ("pre-\nand post-conflict", "pre- and post-conflict"),
        ("the process -\nas it is", "the process - as it is"),
        ("well-known", "well-known"),
        ("2021–\n2025", "2021– 2025"),
        ("\n\f\u2028", ""),
    ],
)
def test_repair_joins_lines_and_parted_words(laid_out: str, running: str) -> None:
    """White space becomes one space, invisible characters go, a word parted at a line's end is whole again."""
    assert repair(laid_out) == running


# --- lines


def test_lines_keep_number_offset_gap_and_page() -> None:
    """Empty lines are counted, not kept; a form feed ends a line and a page, and is no line of an editor."""
    text = "One\r\n\r\n  two \fthree\n\n\n\x0cfour"
    found = [(line.number, line.text, line.gap, line.page) for line in lines_of(text)]
    assert found == [(1, "One", 0, 1), (3, "two", 1, 1), (3, "three", 0, 2), (6, "four", 2, 3)]
    assert [text[line.start : line.end] for line in lines_of(text)] == ["One", "two", "three", "four"]


def test_a_line_of_invisible_characters_is_empty() -> None:
    """Zero-width space and soft hyphen alone make no line."""
    assert [(line.text, line.gap) for line in lines_of("a\n\u200b\u00ad\nb")] == [("a", 0), ("b", 1)]


@given(st.text(st.sampled_from("ab \n\r\f\v\x85\u2028\u200b\u3000"), max_size=60))
def test_every_visible_character_is_in_exactly_one_line(text: str) -> None:
    """The lines' texts, in order and at their offsets, hold all that is neither white space nor invisible."""
    found = lines_of(text)
    assert all(text[line.start : line.end] == line.text for line in found)
    assert repair(" ".join(line.text for line in found)) == repair(text)


@pytest.mark.parametrize(
    ("text", "is_closed"),
    [
        ("It ends.", True),
        ('It "ends."', True),
        ("It ends.)", True),
        ("as follows:", True),
        ("one;", True),
        ("done…", True),
        ("完了。", True),
        ("هل هذا؟", True),
        ("by consensus.3", True),
        ("an increase of 3.5", False),
        ("in A/C.1", False),
        ("and so on,", False),
        ("The Chair", False),
    ],
)
def test_a_line_is_closed_where_a_sentence_or_clause_ends(text: str, is_closed: bool) -> None:
    """Full stops of any script count, behind quotation marks and before a footnote's mark, but decimals do not."""
    assert line(text).is_closed is is_closed


# --- page numbers


@pytest.mark.parametrize("form", ["{}", "- {} -", "Page {}", "{}/9", "Page {} of 9"])
def test_numbers_that_count_up_on_their_own_lines_are_page_numbers(form: str) -> None:
    """Two numbers alone on their lines that follow each other were added by the page."""
    found = lines_of(f"Text\n{form.format(4)}\nmore text\n{form.format(5)}\nend")
    assert [line.role == "margin" for line in found] == [False, True, False, True, False]


def test_one_number_alone_on_a_line_is_text_unless_a_page_ends_there() -> None:
    """A wrapped word of a sentence may be a number: only beside a form feed is a single one the page's."""
    assert not any(line.role == "margin" for line in lines_of("in paragraph\n5\nof the report"))
    assert [line.role == "margin" for line in lines_of("in paragraph\n5\n\fof the report")] == [False, True, False]


# --- spacing and blocks


def test_spacing_is_learnt_from_sentences_that_run_over() -> None:
    """Double spacing has one empty line inside a paragraph, and its lines are about as long as the longest."""
    paragraphs = (
        "We thank the Chair for all the\n\nwork that was done in the room\n\nand outside.",
        "We look forward to the next of\n\nour meetings.",
    )
    text = "\n\n\n\n".join(paragraphs)
    assert spacing_of(lines_of(text)) == Spacing(1, wrapped=True, width=30, by_gap=True)


def test_a_text_of_one_line_a_paragraph_is_not_wrapped() -> None:
    """A sentence that a page break parts here and there does not make wrapped lines of long ones."""
    long = "This is a paragraph that stands on one line, however long it is, and it ends with a full stop after many words."
    found = lines_of("\n".join([long, long, "It was broken by the\nend of the page.", long, long]))
    assert not spacing_of(found).wrapped


def test_empty_lines_part_blocks_and_page_breaks_in_a_sentence_do_not() -> None:
    """More empty lines than usual end a block, unless the sentence goes on in lower case or the line was full."""
    assert blocks("We thank the Chair for all her", "work on", "", "", "this.", "", "We thank the secretariat and", "all others.") == [
        "We thank the Chair for all her/work on/this.",
        "We thank the secretariat and/all others.",
    ]
    assert blocks(
        "The group was set up and met in", "New York, and its members heard", "all views, also those of the", "", "", "United Nations."
    ) == ["The group was set up and met in/New York, and its members heard/all views, also those of the/United Nations."]


def test_a_preamble_is_parted_at_its_commas() -> None:
    """ "Recalling …," and "Noting …," set apart are two clauses, though a comma does not end a sentence."""
    assert blocks("Recalling its resolution on the matter of", "security,", "", "Noting the report,") == [
        "Recalling its resolution on the matter of/security,",
        "Noting the report,",
    ]


def test_a_numbered_heading_needs_no_empty_line_in_wrapped_text() -> None:
    """ "II. Title" after a sentence begins a block and ends where its line ends, or runs over where it had no room."""
    assert blocks(
        "1. The group met in the room and the", "session was opened.", "II. Views", "2. It heard views on the threats and the", "norms."
    ) == ["1. The group met in the room and the/session was opened.", "II. Views", "2. It heard views on the threats and the/norms."]
    assert blocks(
        "1. The group met in the room and the",
        "session was opened.",
        "II. Views on threats in the sphere",
        "of security",
        "2. It heard",
        "views.",
    )[1:] == ["II. Views on threats in the sphere/of security", "2. It heard/views."]


def test_page_numbers_are_in_no_block() -> None:
    """They are left out, and what stands around them stays one block."""
    assert blocks("We thank the", "1", "Chair for the", "2", "work.") == ["We thank the/Chair for the/work."]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Organizational matters"], True),
        (["II. Organizational matters"], True),
        (["A. What next?"], True),
        (["Existing and potential threats in the sphere", "of information security"], True),
        (["General rules"], True),
        (["What next?"], False),
        (["The meeting was opened."], False),
        (["Mr. Chair,"], False),
        (["the portal"], False),
        (["(a) The portal"], False),
        (["The report of the"], False),
        (["A" + "b" * 160], False),
        (["One", "Two", "Three", "Four"], False),
    ],
)
def test_a_heading_is_short_and_open_and_begins_like_a_title(texts: list[str], expected: bool) -> None:
    """Full stops, commas, lower case, more than 160 characters or three lines, or a word that leads on, make text of it."""
    assert is_heading([line(text) for text in texts]) is expected
