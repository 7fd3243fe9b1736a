"""The similarity reader."""

from pathlib import Path

import pytest

from assistant import Assistant
from assistant.reader.similarity import SimilarityReader, kind_of_answer
from assistant.reader.weights import ABSTENTION_WEIGHTS, SENTENCE_WEIGHTS
from assistant.settings import load


@pytest.fixture(scope="module")
def assistant(workspace: Path, encoder: object) -> Assistant:
    """An assistant on the shipped document."""
    made = Assistant(load(workspace))
    made.__dict__["_encoder"] = encoder
    return made


@pytest.fixture(scope="module")
def reader(assistant: Assistant) -> SimilarityReader:
    """The reader under test, with the real encoder and the document's own word statistics."""
    return SimilarityReader(assistant.encoder, assistant.generation().lexical)


def test_a_sentence_that_says_it_is_put_first(assistant: Assistant, reader: SimilarityReader) -> None:
    """For a question in the text's own words the sentence that holds the answer comes first, with spans that are exact."""
    passages = assistant.search("When will the logistical arrangements be circulated?")
    best = reader.read("When will the logistical arrangements be circulated?", passages).spans[0]
    assert passages[best.passage].paragraph.text[best.start : best.end].startswith("I will also circulate the logistical arrangements")


def test_scores_share_one_belief(assistant: Assistant, reader: SimilarityReader) -> None:
    """Scores of one reading sum to 1, fall, and cover every sentence of every passage."""
    passages = assistant.search("What is a marathon?")
    reading = reader.read("What is a marathon?", passages)
    assert sum(span.score for span in reading.spans) == pytest.approx(1, abs=1e-3)
    assert [span.score for span in reading.spans] == sorted((span.score for span in reading.spans), reverse=True)
    assert 0 <= reading.confidence <= 1


def test_confidence_tells_the_subject_of_the_documents_from_any_other(assistant: Assistant, reader: SimilarityReader) -> None:
    """A question on the document's subject scores above one about the boiling point of water."""
    on, off = "What did the Chair say about stakeholders and consensus?", "What is the boiling point of water?"
    assert reader.read(on, assistant.search(on)).confidence > 0.5 > 0.15 > reader.read(off, assistant.search(off)).confidence


def test_nothing_to_read_is_nothing_found(reader: SimilarityReader) -> None:
    """No passages: no span, confidence 0."""
    assert reader.read("Anything?", ()).confidence == 0


@pytest.mark.parametrize(
    ("question", "sentence", "value"),
    [
        ("How many statements were heard?", "We heard more than 200 statements.", 1.0),
        ("How many statements were heard?", "We heard statements.", -1.0),
        ("When is the session?", "It is in March.", 1.0),
        ("Why is it needed?", "It is needed because trust is low.", 1.0),
        ("Who proposed it?", "The idea came from Australia.", 1.0),
        ("How was the tone?", "It was constructive.", 0.0),
    ],
)
def test_the_kind_of_answer_is_looked_for(question: str, sentence: str, value: float) -> None:
    """A number for "how many", a date for "when", a cause for "why", a name for "who"; nothing where no kind is asked for."""
    assert kind_of_answer(question, sentence) == value


def test_weights_fit_the_features(assistant: Assistant, reader: SimilarityReader) -> None:
    """As many weights as features, and each sign is what the feature means."""
    passages = assistant.search("What is a marathon?")
    assert len(reader.sentence_features("What is a marathon?", passages)[0].features) == len(SENTENCE_WEIGHTS)
    assert len(reader.question_features("What is a marathon?", passages, 0.0)) == len(ABSTENTION_WEIGHTS)
    assert all(weight >= 0 for weight in (*ABSTENTION_WEIGHTS[1:5], ABSTENTION_WEIGHTS[6]))
    assert ABSTENTION_WEIGHTS[5] <= 0
