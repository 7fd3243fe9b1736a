"""How a scorer's logits become an order, shares and a probability; computed by hand."""

import math

import pytest
from readers import PLAIN, WordScorer

from assistant.reader import Reader
from assistant.reader.scoring import ParagraphScore
from assistant.reader.trained import TrainedReader, reading_of
from assistant.schema import Document, Paragraph, Passage, Scores


def passage(label: str, text: str, fused: float) -> Passage:
    """A passage of one document."""
    document = Document("a", "On ports", "a.txt", "0", origins={"title": "text"})
    return Passage(document, Paragraph("a", label, "official", text), f"para. {label}", Scores(fused=fused))


def test_relevance_and_retrieval_decide_the_order_together() -> None:
    """order = relevance + fusion * fused: 1 + 2 * .2 is below .5 + 2 * .6."""
    passages = [passage("1", "One.", 0.2), passage("2", "Two.", 0.6)]
    reading = reading_of(passages, [ParagraphScore(1.0, (0.0,)), ParagraphScore(0.5, (0.0,))], PLAIN)
    assert reading.relevance == pytest.approx((1.4, 1.7))


def test_a_sentence_has_its_passages_share_times_its_evidence() -> None:
    """Shares are a softmax over the passages; among all sentences they sum to 1."""
    passages = [passage("1", "One. Two.", 0.0), passage("2", "Three.", 0.0)]
    reading = reading_of(passages, [ParagraphScore(math.log(3), (0.0, math.log(3))), ParagraphScore(0.0, (0.0,))], PLAIN)
    # 3/4 and 1/4 of the passages; 1/2 and 3/4 of the sentences, 1/2: .375, .5625, .125, of 1.0625 together
    assert [(span.passage, span.start, span.score) for span in reading.spans] == [
        (0, 5, pytest.approx(0.5625 / 1.0625, abs=1e-6)),
        (0, 0, pytest.approx(0.375 / 1.0625, abs=1e-6)),
        (1, 0, pytest.approx(0.125 / 1.0625, abs=1e-6)),
    ]


def test_confidence_is_the_logistic_of_the_highest_relevance() -> None:
    """Retrieval's score, whose best is near 1 for any question, has no part in it."""
    passages = [passage("1", "One.", 1.0), passage("2", "Two.", 0.1)]
    reading = reading_of(passages, [ParagraphScore(-3.0, (0.0,)), ParagraphScore(math.log(4), (0.0,))], PLAIN)
    assert reading.confidence == pytest.approx(0.8)


def test_nothing_to_read_gives_nothing() -> None:
    """No passages, no spans, confidence 0, and the model is not asked."""
    scorer = WordScorer()
    reading = TrainedReader(scorer, PLAIN).read("Why?", ())
    assert (reading.spans, reading.confidence, scorer.asked) == ((), 0.0, [])


def test_the_title_is_read_with_the_paragraph() -> None:
    """Questions name the mission or the year, which stand in the title and not in the paragraph."""
    seen = []

    class Spy(WordScorer):
        def score(self, question: str, paragraphs: object) -> list[ParagraphScore]:
            seen.append(paragraphs)
            return [ParagraphScore(0.0, (0.0,))]

    reader: Reader = TrainedReader(Spy(), PLAIN)
    reader.read("Why?", [passage("1", "One.", 0.0)])
    assert seen == [[("On ports", "One.")]]
