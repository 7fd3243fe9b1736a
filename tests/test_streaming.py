"""Sentences out of a stream."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer.streaming import SentenceStream, sentences_of

TEXT = "The tone was constructive. [ab12-1] It was tense at times [ab12-1, ab12-2].\n- Cf. para. 4 of the U.S. paper [ab12-2]\n\nLast one."
SENTENCES = [
    "The tone was constructive [ab12-1].",
    "It was tense at times [ab12-1, ab12-2].",
    "Cf. para. 4 of the U.S. paper [ab12-2]",
    "Last one.",
]


def test_handles_stay_with_the_sentence_they_follow() -> None:
    """Handles after the full stop are drawn in, bullets go, a line's end ends a sentence."""
    assert list(sentences_of([TEXT])) == SENTENCES


@given(st.lists(st.integers(1, 9), max_size=80))
def test_any_chunking_gives_the_same_sentences(sizes: list[int]) -> None:
    """However the stream is cut, the sentences are those of the whole text."""
    chunks, at = [], 0
    for size in sizes:
        chunks.append(TEXT[at : at + size])
        at += size
    assert list(sentences_of([*chunks, TEXT[at:]])) == list(sentences_of([TEXT]))


PIECES = st.sampled_from(
    [
        "A b",
        "c",
        ". ",
        "; ",
        "? ",
        "[x-1]",
        "[",
        "]",
        "\n",
        "1. ",
        "- ",
        "The",
        " No. 5 ",
        "“q”",
        " (b) x",
        "U.S. ",
        " ",
        "[y-2].",
        ". [x-1] ",
    ]
)


@given(st.lists(PIECES, max_size=14).map("".join), st.lists(st.integers(1, 5), max_size=40))
def test_any_text_in_any_chunking_gives_the_same_sentences(text: str, sizes: list[int]) -> None:
    """The same holds for text made to break it."""
    chunks, at = [], 0
    for size in sizes:
        chunks.append(text[at : at + size])
        at += size
    assert list(sentences_of([*chunks, text[at:]])) == list(sentences_of([text]))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("One is here [x-1].", " T", ["One is here [x-1]."]),
        ("One is here. [x-1]", " T", ["One is here [x-1]."]),
        ("One is here [x-1]. [x-2]", " 4", ["One is here [x-1] [x-2]."]),
        ("“One is here” [x-1].", "\n", ["“One is here” [x-1]."]),
        ("One is here [x-1].", " [", []),
        ("One is here. [x-1]", " [x", []),
        ("One is here. [x-1]", " an", []),
        ("In the U.S. [x-1]", " p", []),
        ("One is here [x-1]", ".", []),
        ("One is here.", " T", []),
    ],
)
def test_a_sentence_is_over_when_no_further_handle_can_come(before: str, after: str, expected: list[str]) -> None:
    """With handle and full stop in either order the first letter of what follows ends it; a bracket may be one more handle."""
    stream = SentenceStream()
    assert list(stream.feed(before)) == []
    assert list(stream.feed(after)) == expected


def test_thinking_aloud_is_dropped_in_any_pieces() -> None:
    """One letter at a time or all at once; text that only looks like its beginning is kept."""
    text = "\n<think>One? [x-1]. Two.\nThree</think>\n\nFour is it [x-1]. Five."
    assert list(sentences_of(text)) == list(sentences_of([text])) == ["Four is it [x-1].", "Five."]
    assert list(sentences_of(["<th", "ree> is less."])) == ["<three> is less."]
    assert list(sentences_of(["<think>", "for ever"])) == []


def test_a_sentence_comes_before_the_stream_ends() -> None:
    """The first sentence is given when the next has begun, not at the end."""
    seen = []

    def stream() -> object:
        yield "One is here [x-1]. Two beg"
        seen.append(list(early))
        yield "ins. "

    early: list[str] = []
    for sentence in sentences_of(stream()):  # type: ignore[arg-type]  # a generator of strings
        early.append(sentence)
    assert early == ["One is here [x-1].", "Two begins."]
    assert seen == [["One is here [x-1]."]]
