"""References, rendered and parsed, and sub-paragraphs."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.corpus.paragraphs import split
from assistant.corpus.references import Item, ordinal, parse_reference, render_label
from assistant.corpus.subparagraphs import find_subparagraph, subparagraphs
from assistant.schema import Document

SHIPPED = Path(__file__).parents[1] / "corpus" / "chair-closing-remarks.txt"
REPORT = Document("A/77/275", "Report on trust", "a.txt", "0", symbol="A/77/275", aliases=("third annual progress report",))
REVISED = Document("A/77/275/Rev.1", "Report on trust, revised", "b.txt", "0", symbol="A/77/275/Rev.1")


@given(
    st.integers(1, 999),
    st.sampled_from(["", "bis", "ter"]),
    st.sampled_from(["", "annex.", "annex.II.", "annex.4."]),
    st.lists(st.sampled_from("abcdeh"), max_size=1),
)
def test_parsing_gives_back_what_was_rendered(number: int, suffix: str, scope: str, path: list[str]) -> None:
    """parse(render(x)) = x, for plain numbers, bis, annexes and sub-paragraphs."""
    label = f"{scope}{number}{suffix}"
    parsed = parse_reference(render_label(label, path), ())
    assert parsed
    assert parsed.items == (Item(label, None, tuple(path)),)


@given(st.text(max_size=120))
def test_no_text_raises(text: str) -> None:
    """Any question can be parsed."""
    parse_reference(text, (REPORT,))
    parse_reference(f"para. {text}", (REPORT,))


@pytest.mark.parametrize(
    ("text", "documents", "unknown"),
    [
        ("para. 4 of A/77/275", ("A/77/275",), ()),
        ("para. 4 of A/77/2751", (), ("A/77/2751",)),
        ("para. 4 of A/77/275/Rev.1", ("A/77/275/Rev.1",), ()),
        ("paragraph 3 of the Third Annual Progress Report", ("A/77/275",), ()),
    ],
)
def test_a_symbol_counts_only_whole(text: str, documents: tuple[str, ...], unknown: tuple[str, ...]) -> None:
    """A longer symbol never resolves to a shorter one, and one that nobody has is reported."""
    parsed = parse_reference(text, (REPORT, REVISED))
    assert parsed
    assert (parsed.documents, parsed.unknown) == (documents, unknown)


def test_words_are_no_numbers() -> None:
    """ "The Chair's fourth point" and "paragraphs on norms" name no paragraph."""
    assert parse_reference("What was the Chair's fourth point?", (REPORT,)) is None
    assert parse_reference("Which paragraphs speak of norms?", (REPORT,)) is None


def test_counted_paragraphs_never_look_like_printed_ones() -> None:
    """A counted paragraph says that it was counted; ordinals are English."""
    assert render_label("u3") == "[3rd paragraph, unnumbered]"
    assert [ordinal(number) for number in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th",
    ]  # fmt: skip


def test_sub_paragraphs_are_spans() -> None:
    """Paragraph 6 of the shipped document holds (a) to (e); (OEWG) is none, and (c) without (a) is none."""
    text = split("d", SHIPPED.read_text(encoding="utf-8"))[0][5].text
    found = subparagraphs(text)
    assert [item.path for item in found] == [("a",), ("b",), ("c",), ("d",), ("e",)]
    assert text[found[1].start : found[1].end] == "(b) Table-Top Exercises (TTX) for POCs,"
    assert text[found[4].start : found[4].end] == "(e) looking at new norms and clarifying existing norms."
    assert find_subparagraph(text, ("f",)) is None
    assert subparagraphs("The working group (OEWG) and option (c) alone.") == ()
