"""The whole way from a question to an answer, on the shipped document with the real encoder."""

import json
from pathlib import Path

import pytest
from model_server import ModelServer, Reply, Request

from assistant import Assistant
from assistant.errors import EmptyQuestion, ModelError, UsageError
from assistant.schema import REFUSAL, Answer, Filters, Searched, Statement
from assistant.settings import ModelSettings, load


@pytest.fixture(scope="module")
def assistant(workspace: Path, encoder: object) -> Assistant:
    """An assistant on the shipped document that uses the one encoder of the run."""
    made = Assistant(load(workspace))
    made.__dict__["_encoder"] = encoder
    return made


@pytest.mark.parametrize(
    ("ordinal", "label"),
    [("first", "2"), ("second", "3"), ("third", "4"), ("fourth", "5"), ("fifth", "6"), ("sixth", "7"), ("seventh", "8"), ("last", "8")],
)
def test_an_ordinal_means_the_chairs_count_not_the_paragraphs(assistant: Assistant, ordinal: str, label: str) -> None:
    """The Chair's fourth point is paragraph 5."""
    answer = assistant.ask(f"What was the Chair's {ordinal} point?")
    assert answer.status == "answered"
    assert answer.statements[0].citations[0].label == label


def test_paragraph_4_is_paragraph_4(assistant: Assistant) -> None:
    """A paragraph named by number comes whole, sentence by sentence, each cited to it."""
    answer = assistant.ask("paragraph 4")
    assert " ".join(statement.text for statement in answer.statements) == answer.passages[0].paragraph.text
    assert {statement.citations[0].reference for statement in answer.statements} == {"Closing remarks by the Chair, para. 4"}


def test_every_statement_is_verbatim_in_the_paragraph_it_cites(assistant: Assistant) -> None:
    """Whatever is asked in quote mode, text, quote and offsets agree with the paragraph."""
    for question in ("How many statements were heard?", "What is a marathon?", "What did the Chair say about stakeholders?"):
        for statement in assistant.ask(question).statements:
            (citation,) = statement.citations
            paragraph = assistant.show(f"{citation.document}#{citation.label}").paragraph
            assert statement.text == citation.quote == paragraph.text[citation.start : citation.end]


def test_what_has_nothing_to_do_with_the_documents_is_refused(assistant: Assistant) -> None:
    """An abstention has no statement, says what was searched, and keeps the nearest paragraphs."""
    answer = assistant.ask("What is the boiling point of ethanol at sea level?")
    assert answer.status == "abstained"
    assert answer.statements == ()
    assert answer.passages
    assert (answer.coverage.documents, answer.coverage.paragraphs) == (1, 10)


def test_a_paragraph_that_is_not_there_is_refused_with_what_there_is(assistant: Assistant) -> None:
    """Paragraph 44 of a document of ten is not answered from the nearest number."""
    answer = assistant.ask("What does paragraph 44 say?")
    assert answer.status == "abstained"
    assert answer.remarks == ("Closing remarks by the Chair has no para. 44 (it has 1 to 10)",)


def test_two_runs_differ_only_in_their_timings(assistant: Assistant) -> None:
    """Quote mode is the same on every run, id included; the JSON has the contract's keys."""
    first, second = (assistant.ask("How many statements were heard?").to_json() for _ in range(2))
    assert set(first) >= {
        "id", "question", "searched_question", "status", "mode", "model", "fallback", "generation", "statements", "passages", "withheld",
        "coverage", "timings_ms",
    }  # fmt: skip
    assert first.pop("timings_ms") is not second.pop("timings_ms")
    assert json.dumps(first) == json.dumps(second)


def test_filters_leave_nothing_to_find_where_nothing_is_allowed(assistant: Assistant) -> None:
    """A filter that no document passes gives an abstention over nothing, not an answer from elsewhere."""
    answer = assistant.ask("How many statements were heard?", filters=Filters(speakers=("Nobody",)))
    assert answer.status == "abstained"
    assert answer.passages == ()
    assert answer.coverage.paragraphs == 0
    assert assistant.ask("How many statements were heard?", filters=Filters(speakers=("chair",))).passages


def test_an_answer_streams_its_sources_first_and_itself_last(assistant: Assistant) -> None:
    """Searched, then the statements, then the Answer that holds them."""
    first, *middle, last = assistant.stream("How many statements were heard?")
    assert isinstance(first, Searched)
    assert all(isinstance(item, Statement) for item in middle)
    assert isinstance(last, Answer)
    assert last.statements == tuple(middle)


def test_nothing_and_far_too_much_are_refused_in_one_line(assistant: Assistant) -> None:
    """A blank question and one of 5,000 characters raise, and say what to do."""
    with pytest.raises(EmptyQuestion):
        assistant.ask(" \n\t ")
    with pytest.raises(UsageError, match="fewer words"):
        assistant.ask("x" * 5000)


def test_a_model_answers_with_references_by_code(assistant: Assistant) -> None:
    """With a model configured it is the default, and its sentence carries the paragraph its handle stands for."""

    def script(request: Request) -> Reply:
        return Reply([f"More than 200 statements were heard [{request.handle('200 statements')}]."])

    with ModelServer(script) as server:
        answer = assistant.ask("How many statements were heard?", model=ModelSettings(name="openai:m", base_url=server.base_url))
    assert (answer.mode, answer.status, answer.model, answer.fallback) == ("model", "answered", "openai:m", None)
    assert answer.statements[0].citations[0].reference == "Closing remarks by the Chair, para. 3"


def test_a_model_that_refuses_is_an_abstention(assistant: Assistant) -> None:
    """The refusal constant from a model becomes an abstention in model mode, not a fallback."""
    with ModelServer(lambda _: Reply([REFUSAL])) as server:
        answer = assistant.ask("How many statements were heard?", model=ModelSettings(name="openai:m", base_url=server.base_url))
    assert (answer.mode, answer.status, answer.fallback) == ("model", "abstained", None)


def test_a_model_that_fails_or_lies_falls_back_to_quotations_and_says_why(assistant: Assistant) -> None:
    """A dead endpoint and an answer without any handle both give quote mode with the reason; what was said is withheld."""
    dead = ModelSettings(name="openai:m", base_url="http://127.0.0.1:9/v1")
    answer = assistant.ask("How many statements were heard?", model=dead)
    assert (answer.mode, answer.status) == ("quote", "answered")
    assert answer.fallback
    assert "connection refused" in answer.fallback
    with pytest.raises(ModelError):
        assistant.ask("How many statements were heard?", model=dead, fallback=False)
    with ModelServer(lambda _: Reply(["There were thousands of statements."])) as server:
        answer = assistant.ask("How many statements were heard?", model=ModelSettings(name="openai:m", base_url=server.base_url))
    assert answer.fallback == "no sentence of the model could be tied to a paragraph"
    assert [item.text for item in answer.withheld] == ["There were thousands of statements."]
    assert answer.statements


def test_neighbours_come_in_order_and_stop_at_the_ends(assistant: Assistant) -> None:
    """Context of paragraph 1 has none before it; of 5 it has 4 and 6."""
    labels = [[p.paragraph.label for p in assistant.context("chair-closing-remarks", label)] for label in ("1", "5", "10")]
    assert labels == [["1", "2"], ["4", "5", "6"], ["9", "10"]]
