"""Quote mode's decisions, with a reader that counts words: which paragraphs come first, which sentences are shown, and when it refuses."""

import pytest
from readers import PLAIN, WordScorer

from assistant.answer import quote
from assistant.answer.quote_mode import answer_with_quotes, nearest
from assistant.reader import Reading
from assistant.reader.trained import TrainedReader
from assistant.schema import Answer, Coverage, Document, Paragraph, Passage, Scores
from assistant.settings import AnswerSettings

DOCUMENT = Document("a", "On ports", "a.txt", "0")
TEXTS = (
    "The port is old. Cranes are blue.",
    "Cargo goes by rail. The harbour fee is nine crowns.",
    "The fee was raised in May. Nobody objected.",
    "Second, the fee is due in June.",
)


def passages(count: int) -> tuple[Passage, ...]:
    """The paragraphs in the order that retrieval gives, the first best."""
    found = [Passage(DOCUMENT, Paragraph("a", str(at), "official", text), f"para. {at}") for at, text in enumerate(TEXTS, 1)]
    return tuple(Passage(p.document, p.paragraph, p.reference, Scores(fused=0.5 - 0.01 * at)) for at, p in enumerate(found))[:count]


def draft(found: tuple[Passage, ...], question: str) -> Answer:
    """An abstention with its passages."""
    return Answer("1", question, question, "abstained", "quote", (), found, Coverage(1, 4), "gen")


def labels(found: tuple[Passage, ...]) -> list[str]:
    """The paragraphs' labels."""
    return [passage.paragraph.label for passage in found]


def test_the_reader_brings_a_paragraph_up_from_below_the_cut() -> None:
    """Of four read, the best two are kept, and one that retrieval had third comes first."""
    scorer = WordScorer()
    found = nearest("when was the fee raised?", passages(4), TrainedReader(scorer, PLAIN), top=2, read=4)
    assert labels(found) == ["3", "2"]
    assert found[0].scores.reader is not None
    assert scorer.asked == [4]


def test_what_is_not_read_stays_behind_what_is() -> None:
    """More passages may be asked for than are read: the rest follows in retrieval's order."""
    assert labels(nearest("the harbour fee", passages(4), TrainedReader(WordScorer(), PLAIN), top=4, read=2)) == ["2", "1", "3", "4"]


def test_a_counted_point_stays_where_its_ordinal_put_it() -> None:
    """ "The second point" is found by its opening; what it says has nothing to do with the question's words."""
    scorer = WordScorer()
    assert labels(nearest("the second point", passages(4), TrainedReader(scorer, PLAIN), top=4, read=4)) == ["1", "2", "3", "4"]
    assert scorer.asked == []


def test_a_reader_without_an_opinion_is_not_asked_for_one() -> None:
    """Likeness does not order passages: the search's order stays."""

    class Likeness(TrainedReader):
        orders = False

    scorer = WordScorer()
    assert labels(nearest("fee", passages(4), Likeness(scorer, PLAIN), top=2, read=4)) == ["1", "2"]
    assert scorer.asked == []


def test_the_answer_is_the_sentence_and_not_its_paragraph() -> None:
    """One sentence holds what is asked; the other of its paragraph is left out."""
    found = passages(2)
    answer = answer_with_quotes("what is the harbour fee?", draft(found, ""), None, TrainedReader(WordScorer(), PLAIN), AnswerSettings())
    assert answer.status == "answered"
    assert [statement.text for statement in answer.statements] == ["The harbour fee is nine crowns."]


def test_what_a_point_is_about_is_shown_with_what_it_says() -> None:
    """The sentence with most of the question's words only announces the point: the others of its paragraph follow it."""
    text = "My sixth point relates to harbour fees. I hope for nine crowns. Nobody objected."
    found = (*passages(2), Passage(DOCUMENT, Paragraph("a", "9", "official", text), "para. 9", Scores(fused=0.4)))
    asked = "what was said about my sixth harbour fees"
    answer = answer_with_quotes(asked, draft(found, ""), None, TrainedReader(WordScorer(), PLAIN), AnswerSettings())
    assert " ".join(statement.text for statement in answer.statements) == text


def test_below_the_threshold_it_refuses_and_keeps_the_nearest() -> None:
    """No word in common: confidence sigmoid(-1.5), below .5."""
    found = passages(2)
    answer = answer_with_quotes("whither zebras?", draft(found, ""), None, TrainedReader(WordScorer(), PLAIN), AnswerSettings())
    assert (answer.status, answer.statements, answer.passages) == ("abstained", (), found)
    assert answer.confidence == pytest.approx(0.182426, abs=1e-6)


def test_settings_come_before_what_was_measured() -> None:
    """A threshold of 0 answers what the measured one refuses, and says that it may be wrong."""
    settings = AnswerSettings(threshold=0.0, sentences=1)
    answer = answer_with_quotes("whither zebras?", draft(passages(2), ""), None, TrainedReader(WordScorer(), PLAIN), settings)
    assert (answer.status, len(answer.statements)) == ("answered", 1)
    assert quote.UNSURE in answer.remarks


def test_a_reader_that_could_not_be_used_is_named_in_the_answer() -> None:
    """Quote mode goes on by likeness, and says so."""

    class Broken(TrainedReader):
        problem = "the trained reader's file is damaged; sentences were chosen by likeness"

        def read(self, question: str, passages: object) -> Reading:
            return Reading((), 0.0)

    answer = answer_with_quotes("fee?", draft(passages(2), ""), None, Broken(WordScorer(), PLAIN), AnswerSettings())
    assert answer.remarks == ("The trained reader's file is damaged; sentences were chosen by likeness.",)
