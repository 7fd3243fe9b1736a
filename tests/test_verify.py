"""Verification of a model's sentences."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer.verify import contains_quote, handles_in, verify_sentence
from assistant.schema import Document, Paragraph, Passage, Statement, Withheld

TEXT = (
    "As our colleague from Australia mentioned, over the last week, we have heard more than 200 statements from more than 80 delegations. "
    "The OEWG’s work is a “five-year process” that shall not stop, see A/75/816, para. 9."
)
PASSAGE = Passage(Document("d", "Remarks", "d.txt", "0"), Paragraph("d", "3", "official", TEXT), "Remarks, para. 3")
HANDLES = {"ab12-1": PASSAGE}


def test_a_supported_sentence_becomes_a_statement_whose_reference_code_wrote() -> None:
    """The handle goes, the reference comes from the passage, and the quote is a sentence of the paragraph, verbatim."""
    item = verify_sentence("Over 200 statements were heard [ab12-1].", HANDLES)
    assert isinstance(item, Statement)
    assert item.text == "Over 200 statements were heard."
    (citation,) = item.citations
    assert (citation.reference, citation.label) == ("Remarks, para. 3", "3")
    assert citation.quote == TEXT[citation.start : citation.end]
    assert "200 statements" in citation.quote


@pytest.mark.parametrize("space", ["", "\u00a0"])
@pytest.mark.parametrize("marks", ["“”", '""', "„“", "„”", "‟”", "«»", "‹›", "‘’", "‚‘", "''", "＂＂", "「」", "『』"])
def test_quotation_marks_of_every_form_are_seen(marks: str, space: str) -> None:
    """True words pass within any marks, with the space that French sets; altered words are withheld as a quotation that is not there."""
    opens, closes = marks
    assert isinstance(verify_sentence(f"It is a {opens}{space}five-year process{space}{closes} [ab12-1].", HANDLES), Statement)
    altered = verify_sentence(f"It is a {opens}{space}five-year progress{space}{closes} [ab12-1].", HANDLES)
    assert isinstance(altered, Withheld)
    assert "quotation is not in the passage" in altered.reason


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("Over 200 statements were heard.", "names no passage"),
        ("Over 200 statements were heard [ab12-9].", "does not exist"),
        ("Over 200 statements were heard [ab12-1, zz99-1].", "does not exist"),
        ("Over 300 statements were heard [ab12-1].", "number 300"),
        ("The Chair spoke of a “six-year process” [ab12-1].", "quotation is not in the passage"),
        ("The Chair said “we heard more than 200 statements” [ab12-1].", "quotation is not in the passage"),
        ("As para. 12 says, statements were heard [ab12-1].", "reference of its own"),
        ("A/77/275 says that statements were heard [ab12-1].", "reference of its own"),
        ("[ab12-1]", "says nothing"),
    ],
)
def test_what_no_paragraph_says_is_withheld_with_its_reason(sentence: str, reason: str) -> None:
    """No handle, a foreign handle, a changed number, an altered quotation, an invented reference: each is withheld."""
    item = verify_sentence(sentence, HANDLES)
    assert isinstance(item, Withheld)
    assert reason in item.reason


@pytest.mark.parametrize(
    "sentence",
    [
        'It is a "five-year process" [ab12-1].',
        "“We have heard more than 200 statements from more than 80 delegations,” the Chair said [ab12-1].",
        "The text refers to A/75/816, para. 9 [ab12-1].",
    ],
)
def test_what_the_united_nations_allows_in_a_quotation_passes(sentence: str) -> None:
    """Quote style, the first letter's case and final punctuation may differ; a reference the paragraph itself holds may be named."""
    assert isinstance(verify_sentence(sentence, HANDLES), Statement)


@given(st.data())
def test_one_changed_word_breaks_a_quotation(data: st.DataObject) -> None:
    """Any quotation of the paragraph passes; with one word replaced it does not."""
    words = TEXT.split()
    first = data.draw(st.integers(0, len(words) - 3))
    last = data.draw(st.integers(first + 2, len(words)))
    part = words[first:last]
    assert contains_quote(TEXT, " ".join(part).strip("“”,.:"))
    part[data.draw(st.integers(0, len(part) - 1))] = "xylophone"
    assert not contains_quote(TEXT, " ".join(part))


@given(st.text(max_size=80))
def test_no_text_raises(text: str) -> None:
    """Whatever a model writes is judged, never an exception."""
    assert isinstance(verify_sentence(text, HANDLES), Statement | Withheld)


def test_handles_are_taken_out_of_the_sentence() -> None:
    """Several handles in one bracket or in several; the text keeps its punctuation."""
    assert handles_in("It is so [a-1][a-2, a-1].") == ("It is so.", ["a-1", "a-2"])
    assert not re.search(r"\[", handles_in("One [a-1] and two [b-2]")[0])
