"""Quote mode."""

from assistant.answer import quote
from assistant.reader import Reading, ReadSpan
from assistant.schema import Document, Paragraph, Passage

DOCUMENT = Document("d", "Remarks", "d.txt", "0")
PASSAGES = tuple(
    Passage(DOCUMENT, Paragraph("d", label, "official", text), f"Remarks, para. {label}")
    for label, text in (("1", "One a. One b."), ("2", "Two a. Two b."))
)


def test_the_best_sentences_are_verbatim_and_cited_to_their_place() -> None:
    """A statement's text is its citation's quote, which is the paragraph's text from start to end."""
    (statement,) = quote.best(PASSAGES, Reading((ReadSpan(1, 7, 13, 0.9),), 1.0), most=2, ratio=0.5)
    (citation,) = statement.citations
    assert statement.text == citation.quote == "Two b." == PASSAGES[1].paragraph.text[citation.start : citation.end]
    assert citation.reference == "Remarks, para. 2"


def test_a_further_sentence_needs_its_share_of_the_best_score() -> None:
    """With ratio .5 a score of .4 beside .6 is shown, one of .2 is not, and never more than `most`."""
    spans = (ReadSpan(0, 7, 13, 0.6), ReadSpan(0, 0, 6, 0.4), ReadSpan(1, 0, 6, 0.2))
    assert [item.text for item in quote.best(PASSAGES, Reading(spans, 1.0), most=3, ratio=0.5)] == ["One a.", "One b."]
    assert [item.text for item in quote.best(PASSAGES, Reading(spans, 1.0), most=1, ratio=0.0)] == ["One b."]


def test_sentences_of_one_paragraph_come_in_its_order() -> None:
    """The paragraph with the best sentence comes first; inside it the text's own order is kept."""
    spans = (ReadSpan(1, 7, 13, 0.4), ReadSpan(0, 0, 6, 0.35), ReadSpan(1, 0, 6, 0.25))
    assert [item.text for item in quote.best(PASSAGES, Reading(spans, 1.0), most=3, ratio=0.0)] == ["Two a.", "Two b.", "One a."]


def test_a_look_up_gives_every_sentence_of_what_was_named() -> None:
    """A whole paragraph, or only the sub-paragraph that was asked for."""
    assert [item.text for item in quote.whole(PASSAGES[:1])] == ["One a.", "One b."]
    part = Passage(DOCUMENT, PASSAGES[0].paragraph, "Remarks, para. 1 (b)", span=(7, 13))
    (statement,) = quote.whole([part])
    assert (statement.text, statement.citations[0].start) == ("One b.", 7)


def test_a_question_that_asks_for_all_is_told_what_was_looked_at() -> None:
    """ "Which delegations …" gets the plain remark; a question about one thing gets none."""
    assert quote.completeness_remark("Which delegations support this?", 5, 90) == (
        "This comes from the 5 nearest of 90 paragraphs; it is not a complete list."
    )
    assert quote.completeness_remark("Has nobody raised norms?", 5, 90)
    assert quote.completeness_remark("How did the Chair describe the tone?", 5, 90) is None
