"""Which of the lines that begin with a number start a paragraph: the chain that is chosen, by hand and by reference."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.corpus.layout import lines_of, spacing_of
from assistant.corpus.numbering import Mark, find_marks


def marks(*lines: str) -> list[str]:
    """Number and style of the chosen marks of a text."""
    return [mark.label + mark.style for mark in found(*lines)[0]]


def found(*lines: str) -> tuple[list[Mark], list[str]]:
    """The chosen marks of a text, and the lines that begin with a number but were not chosen."""
    read = lines_of("\n".join(lines))
    chosen, ignored = find_marks(read, spacing_of(read))
    return chosen, [line.text for line in ignored]


def numbered(*numbers: int | str, style: str = ".") -> list[str]:
    """One short closed line for each number."""
    return [f"{number}{style} A sentence." for number in numbers]


def test_a_mark_knows_its_line_its_label_and_where_its_text_begins() -> None:
    """ "12 bis. Text" is number 12 with the suffix bis, and its text begins behind the mark."""
    chosen, _ = found("11. Eleven.", "12. Twelve.", "12 bis. Text.", "13. Thirteen.")
    assert (chosen[2].line, chosen[2].number, chosen[2].suffix, chosen[2].style, chosen[2].label) == (2, 12, "bis", ".", "12bis")
    assert chosen[2].text_start == len("11. Eleven.\n12. Twelve.\n12 bis. ")


@pytest.mark.parametrize(
    ("first", "second", "follows"),
    [
        ("12", "13", True),
        ("12", "12bis", True),
        ("12bis", "12ter", True),
        ("12bis", "13", True),
        ("12", "12ter", False),
        ("12", "14", False),
        ("12", "12", False),
        ("12ter", "12bis", False),
    ],
)
def test_what_comes_next_after_a_number(first: str, second: str, follows: bool) -> None:
    """13 and 12 bis come after 12; 12 ter only after 12 bis."""

    def mark(label: str) -> Mark:
        number = label.rstrip("bister")
        return Mark(0, int(number), label[len(number) :], "", 0)

    assert mark(second).follows(mark(first)) is follows


@pytest.mark.parametrize("style", ["", ".", ")"])
def test_numbers_that_count_up_are_marks_in_each_style(style: str) -> None:
    """Bare, dotted and bracketed numbers alike."""
    assert marks(*numbered(1, 2, 3, style=style)) == [f"{number}{style}" for number in (1, 2, 3)]


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ("of more than", "3 States took part."),
        ("as said in paragraph", "3. The Chair"),
        ("see para.", "3 The rest"),
        ("resolutions", "3. Others"),
        ("on", "3 December it met."),
        ("It met on Friday.", "3 December was a Friday."),
        ("It was said.", "3 of those States left."),
        ("It was said in §", "3. Then"),
    ],
)
def test_a_reference_at_the_start_of_a_line_is_no_mark(before: str, line: str) -> None:
    """Words that lead on to a number, months, and bare numbers before lower case keep a line in the text."""
    chosen, ignored = found("1 The first.", "2 The second goes on", before, line, "and so on.", "4 The fourth.", "5 The fifth.")
    assert [mark.number for mark in chosen] == [1, 2, 4, 5]
    assert ignored == [line]


def test_a_bare_number_needs_an_end_before_it() -> None:
    """ "5 States" in the middle of a sentence is not paragraph 5, though it would fit."""
    lines = [
        "1 First, we met in the city of",
        "Geneva in the spring.",
        "2 Then the group heard the views",
        "3 States had put",
        "forward before.",
    ]
    assert marks(*lines) == ["1", "2"]


def test_the_true_number_is_preferred_to_one_in_a_sentence() -> None:
    """ "4. The" behind an open line is weaker than the 4 that stands where a paragraph begins."""
    lines = ["1. One.", "2. Two.", "3. The vote in room", "4. The result was clear.", "4. Four.", "5. Five."]
    assert [mark.line for mark in found(*lines)[0]] == [0, 1, 2, 4, 5]


def test_a_gap_needs_the_number_after_it() -> None:
    """3 and 7 and 8 resume the count; a 7 that nothing follows does not."""
    assert marks(*numbered(1, 2, 3, 7, 8)) == ["1.", "2.", "3.", "7.", "8."]
    assert marks(*numbered(1, 2, 3, 7)) == ["1.", "2.", "3."]
    assert marks(*numbered(1, 2, 3, 103, 104)) == ["1.", "2.", "3.", "103.", "104."]
    assert marks(*numbered(1, 2, 3, 300, 301)) == ["1.", "2.", "3."]


def test_a_repeated_number_needs_the_number_after_it() -> None:
    """7, 7, 8 are three marks; a 7 that comes again at the end is text."""
    assert marks(*numbered(5, 6, 7, 7, 8)) == ["5.", "6.", "7.", "7.", "8."]
    assert marks(*numbered(1, 2, 3, 4, 3)) == ["1.", "2.", "3.", "4."]


def test_a_count_may_begin_late_but_not_with_a_year() -> None:
    """An extract begins at 214; a chronology that begins at 2019 numbers nothing."""
    assert marks(*numbered(214, 215, 216)) == ["214.", "215.", "216."]
    assert marks(*numbered(2019, 2020, 2021)) == []
    assert marks(*numbered(9)) == []


def test_a_list_of_the_same_style_stays_in_its_paragraph() -> None:
    """Items 1 to 3 in paragraph 3 are passed over, whatever they are followed by."""
    lines = [*numbered(1, 2), "3. As follows:", "1. one;", "2. two;", "3. three.", *numbered(4, 5)]
    assert [mark.line for mark in found(*lines)[0]] == [0, 1, 2, 6, 7]


def test_a_long_list_in_the_last_paragraph_does_not_go_on_with_the_count() -> None:
    """Items 4 to 9 of a list in paragraph 3 are no paragraphs 4 to 9: semicolons stand before them."""
    items = [f"{number}. item number {number};" for number in range(1, 10)]
    assert [mark.line for mark in found(*numbered(1, 2), "3. As follows:", *items)[0]] == [0, 1, 2]


def test_a_list_in_the_preamble_gives_way_to_the_paragraphs() -> None:
    """Items announced by a colon before paragraph 1 are not paragraphs 1 and 2, and the text above them is a heading."""
    lines = [
        "The agenda:",
        "1. opening;",
        "2. closing.",
        "",
        *(f"{n}. A much longer paragraph, which says what was done." for n in range(1, 6)),
    ]
    assert [mark.line for mark in found(*lines)[0]] == [3, 4, 5, 6, 7]


def test_a_list_of_another_style_does_not_win_by_its_length() -> None:
    """Two bare paragraphs keep their numbers beside a dotted list of six."""
    items = [f"{number}. item number {number};" for number in range(1, 7)]
    assert marks("1 We propose the following steps to the group:", *items, "2 We thank all.", "3 We end.") == ["1", "2", "3"]


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_list_in_much_prose_numbers_nothing(share: float) -> None:
    """Where prose stands before and after the numbers, they are a list."""
    prose = "This is a sentence of a statement that has no numbers at all."
    before, after = [prose] * round(10 * share), [prose] * round(10 * (1 - share))
    chosen, ignored = found(*before, "1. A fund.", "2. A portal.", *after)
    assert chosen == []
    assert ignored == ["1. A fund.", "2. A portal."]


def plainly(numbers: list[int]) -> set[tuple[int, ...]]:
    """All longest choices of positions whose numbers count up by one from 1, by trying every choice."""
    best: set[tuple[int, ...]] = {()}
    for size in range(1, len(numbers) + 1):
        good = {at for at in itertools.combinations(range(len(numbers)), size) if [numbers[i] for i in at] == list(range(1, size + 1))}
        best = good or best
    return best


@settings(max_examples=200, deadline=None)
@given(st.integers(2, 6), st.lists(st.tuples(st.integers(0, 6), st.integers(10, 40).map(lambda n: 2 * n)), max_size=3))
def test_stray_numbers_do_not_disturb_a_count(length: int, strays: list[tuple[int, int]]) -> None:
    """A count from 1 among stray numbers that fit nowhere is the longest one, as found by trying all choices."""
    numbers = list(range(1, length + 1))
    for at, number in strays:
        numbers.insert(min(at, len(numbers)), number)
    texts = [f"{number}. A sentence{' of a paragraph' * (5 if number < 20 else 0)}." for number in numbers]
    chosen = tuple(mark.line for mark in found(*texts)[0])
    assert chosen in plainly(numbers)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.sampled_from(["", ".", ")"]), st.sampled_from([".", ";", ":", ",", ""])), max_size=14))
def test_any_numbers_give_a_chain_in_order_of_one_style(lines: list[tuple[int, str, str]]) -> None:
    """Marks stand in the order of the lines, in one style, never count down, and with the ignored lines are all numbered lines."""
    texts = [f"{number}{style} Text{end}" for number, style, end in lines]
    chosen, ignored = found(*texts)
    assert [mark.line for mark in chosen] == sorted({mark.line for mark in chosen})
    assert len({mark.style for mark in chosen}) <= 1
    assert [mark.number for mark in chosen] == sorted(mark.number for mark in chosen)
    assert sorted([*ignored, *(texts[mark.line] for mark in chosen)]) == sorted(texts)
