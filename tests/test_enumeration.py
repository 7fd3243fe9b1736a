"""Points that a speaker counts in words."""

import pytest

from assistant.retrieval.enumeration import announces, asked_ordinal, opens_with


@pytest.mark.parametrize(
    ("question", "ordinal"),
    [
        ("What was the Chair's fourth point?", "fourth"),
        ("Summarise the Fifth observation", "fifth"),
        ("What was his very last remark?", "last"),
        ("the second main point", "second"),
        ("When is the second substantive session?", None),
        ("What is paragraph 4?", None),
        ("Who spoke first?", None),
    ],
)
def test_an_ordinal_counts_only_before_something_that_is_counted(question: str, ordinal: str | None) -> None:
    """ "The fourth point" asks for a counted point; "the second substantive session" does not."""
    assert asked_ordinal(question) == ordinal


def test_only_the_opening_of_a_paragraph_says_which_point_it_is() -> None:
    """An ordinal deep in a paragraph is not its number; "Firstly" is as good as "first"."""
    assert opens_with("Firstly, my overall assessment is that", "first")
    assert opens_with("My seventh and last point is that", "seventh")
    assert opens_with("My seventh and last point is that", "last")
    assert not opens_with("But we have only taken in all these days the first step", "first")


@pytest.mark.parametrize(
    ("sentence", "is_one"),
    [
        ("My sixth point relates to stakeholders.", True),
        ("Second, my next observation concerns the calendar of meetings.", True),
        ("The third issue that I want to raise is about capacity.", True),
        ("My sixth point is that stakeholders should be heard.", False),
        ("The proposal concerns us.", True),
        ("The stakeholders relate to the process.", False),
        ("My sixth point relates to stakeholders, whom every delegation that took the floor this week asked us to hear in full.", False),
    ],
)
def test_an_announcement_says_what_comes_and_nothing_else(sentence: str, is_one: bool) -> None:
    """What it is about is no answer; what a point is, and a long sentence, may be one."""
    assert announces(sentence) is is_one
