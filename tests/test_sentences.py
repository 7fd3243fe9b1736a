"""The sentence splitter."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.corpus.paragraphs import split
from assistant.corpus.sentences import sentence_spans, sentences

SHIPPED = Path(__file__).parents[1] / "corpus" / "chair-closing-remarks.txt"
PIECES = st.sampled_from(
    ["We met", ". ", "; ", "? ", "! ", "para. 7", "No. 5", "U.S. ", "(a) ", "(b) ", "“Yes.” ", ") ", "The ", "e.g. ", "5. ", " "]
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("See para. 7 of it. Then No. 5 follows.", ["See para. 7 of it.", "Then No. 5 follows."]),
        (
            "The U.S. Government spoke. It left the U.S. The rest stayed.",
            ["The U.S. Government spoke.", "It left the U.S.", "The rest stayed."],
        ),
        ("All of Agenda Item 5. The discussion went on.", ["All of Agenda Item 5.", "The discussion went on."]),
        ("He said “We go.” Then he went.", ["He said “We go.”", "Then he went."]),
        ("Ideas: (a) one, (b) two. Done.", ["Ideas: (a) one, (b) two.", "Done."]),
        ("Decides to act; (b) to wait; and (c) to see.", ["Decides to act;", "(b) to wait;", "and (c) to see."]),
        ("One thing; another thing.", ["One thing; another thing."]),
        ("It rose to 3.5 per cent. Good!", ["It rose to 3.5 per cent.", "Good!"]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, parts: list[str]) -> None:
    """Abbreviations, numbers, quotations, inline lists and the clauses of a resolution."""
    assert list(sentences(text)) == parts


@given(st.one_of(st.text(max_size=120), st.lists(PIECES, max_size=14).map("".join)))
def test_nothing_is_lost_and_spans_are_exact(text: str) -> None:
    """Spans are in order, begin and end with a character that is not white space, and leave out nothing but white space."""
    at = 0
    for start, end in sentence_spans(text):
        assert text[at:start].strip() == ""
        assert start < end
        assert text[start:end] == text[start:end].strip()
        at = end
    assert text[at:].strip() == ""


def test_the_shipped_document_has_its_sentences() -> None:
    """Paragraph 7 has seven sentences, and the list of paragraph 6 stays whole."""
    paragraphs, _ = split("d", SHIPPED.read_text(encoding="utf-8"))
    assert len(sentences(paragraphs[6].text)) == 7
    assert any(
        sentence.startswith("Many ideas") and sentence.endswith("clarifying existing norms.") for sentence in sentences(paragraphs[5].text)
    )
