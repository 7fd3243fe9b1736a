"""Links to answers, filters as choices, and conversations that a browser keeps: what goes out comes back, and hostile input is left out."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest
from fakes import CHAIR, CONFIDENT, CONSULTATIONS, FakeAssistant, answer, passage, statement
from hypothesis import given
from hypothesis import strategies as st

from assistant.schema import Document, Filters, Withheld
from assistant.ui import keeping, links, steering
from assistant.ui.acts import linked_turn
from assistant.ui.turns import Turn

QUESTION = "What did the Chair say about stakeholders?"
SAID = (statement(7, CONSULTATIONS), statement(7, CONFIDENT))
ANSWER = answer(QUESTION, SAID, (passage(7, CONSULTATIONS), passage(4)), generation="gen-1")
VALUES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
FILTERS = st.builds(
    Filters,
    documents=st.lists(VALUES, max_size=2).map(tuple),
    kinds=st.lists(VALUES, max_size=2).map(tuple),
    standings=st.lists(VALUES, max_size=2).map(tuple),
    speakers=st.lists(VALUES, max_size=2).map(tuple),
    sessions=st.lists(VALUES, max_size=2).map(tuple),
    languages=st.lists(VALUES, max_size=2).map(tuple),
    since=st.none() | st.dates(),
    until=st.none() | st.dates(),
)


def test_a_link_shows_the_same_citations() -> None:
    """Question, filters and every citation of an answer come back from its link, read from the index."""
    filters = Filters(speakers=("Chair",), since=dt.date(2021, 1, 1))
    linked = links.parse(links.link(ANSWER, filters)[1:])
    assert linked is not None
    assert (linked.question, linked.filters, linked.generation) == (QUESTION, filters, "gen-1")
    shown = links.answer_of(linked, FakeAssistant())
    assert [s.citations for s in shown.statements] == [s.citations for s in SAID]
    assert shown.remarks == ()


def test_a_link_that_was_shown_is_known_again() -> None:
    """What a link showed is recognised after a reload, so that it is not shown twice; another link of the same question is not."""
    made = links.parse(links.link(ANSWER, Filters())[1:])
    other = links.parse(links.link(replace(ANSWER, statements=SAID[1:]), Filters())[1:])
    assert made is not None
    assert other is not None
    (kept,) = keeping.unpack(keeping.pack([linked_turn(FakeAssistant(), made)]))
    assert kept.answer is not None
    assert links.shows(made, kept.answer, kept.filters)
    assert not links.shows(other, kept.answer, kept.filters)
    assert not links.shows(made, kept.answer, Filters(speakers=("Chair",)))
    assert not links.shows(made, ANSWER, Filters())


def test_a_link_holds_no_words() -> None:
    """No word of an answer stands in its link, and whoever changes a place in it gets nothing shown there."""
    made = links.link(ANSWER, Filters())
    assert "consensus" not in made
    moved = links.parse(made[1:].replace("222-", "221-"))
    assert moved is not None
    shown = links.answer_of(moved, FakeAssistant())
    assert [s.text for s in shown.statements] == [CONFIDENT]
    assert shown.remarks == (links.CHANGED.format(1),)


def test_a_link_of_another_index_says_so() -> None:
    """Where the documents were indexed again, the answer says that these are the places as they read now."""
    linked = links.parse(links.link(replace(ANSWER, generation="gen-0"), Filters())[1:])
    assert linked is not None
    assert links.answer_of(linked, FakeAssistant()).remarks == (links.SEARCHED_AGAIN,)


def test_a_link_to_an_abstention_abstains() -> None:
    """An answer without citations is linked as its question, and shows as a refusal."""
    linked = links.parse(links.link(answer("What is the boiling point of water?", (), ()), Filters())[1:])
    assert linked is not None
    assert linked_turn(FakeAssistant(), linked).answer is not None
    assert links.answer_of(linked, FakeAssistant()).status == "abstained"


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_any_query_is_taken_apart_without_error(query: str) -> None:
    """Whatever stands in an address is a link or none, and showing it never fails."""
    for text in (query, f"q={query}&c={query}", f"q=a&c=chair-closing-remarks%237:{query}"):
        linked = links.parse(text)
        assert linked is None or links.answer_of(linked, FakeAssistant()).statements == ()


@given(FILTERS)
def test_filters_come_back_from_their_choices(filters: Filters) -> None:
    """filters_of(choices_of(x)) == x, whatever the names."""
    assert steering.filters_of(steering.choices_of(filters)) == filters


@given(st.lists(st.text(max_size=30), max_size=5))
def test_what_is_no_choice_restricts_nothing(chosen: list[str]) -> None:
    """Choices come from a browser: unknown ones are left out without error."""
    known = tuple(f"{name}=" for name in steering.FIELDS)
    if not any(choice.startswith(known) for choice in chosen):
        assert steering.filters_of(chosen) == Filters()


def test_what_tells_documents_apart_can_be_chosen() -> None:
    """Speakers, standings, years and documents are offered in words; with one document there is nothing to choose."""
    other = Document("A/80/1", "Report", "r.pdf", "0", symbol="A/80/1", kind="report", standing="adopted", date=dt.date(2025, 3, 1))
    offered = steering.choices((CHAIR, other))
    assert ("Speaker: Chair", "speaker=Chair") in offered
    assert ("Document: A/80/1", "document=A/80/1") in offered
    assert ("Since 2025", "since=2025-01-01") in offered
    assert ("Until 2021", "until=2021-12-31") in offered
    assert steering.choices((CHAIR,)) == []


def test_a_kept_conversation_comes_back() -> None:
    """What a browser keeps of a conversation shows the same sentences, references, reasons and filters; texts stay in the index."""
    first = Turn(QUESTION, filters=Filters(speakers=("Chair",))).after(replace(ANSWER, withheld=(Withheld("No.", "it names no passage"),)))
    second = Turn("refuse").ended("The endpoint refused. Check the key.")
    packed = keeping.pack((first, second, Turn("pending")))
    back = keeping.unpack(packed)
    assert [turn.question for turn in back] == [QUESTION, "refuse"]
    assert (back[0].statements, back[0].withheld, back[0].filters) == (first.statements, first.withheld, first.filters)
    assert back[1].problem == second.problem
    assert [p.reference for p in back[0].passages] == [p.reference for p in first.passages]
    assert passage(4).paragraph.text not in packed


@pytest.mark.parametrize("value", [None, "x", 5, [{"question": 1}], {"a": []}, [[]], [{"question": "a", "answer": {"id": "b"}}]])
def test_what_is_no_conversation_is_empty(value: object) -> None:
    """An older form or a changed store gives an empty conversation, never an error."""
    assert keeping.unpack(value) == ()
    assert keeping.unpack(json.dumps(value)) == ()


def test_the_newest_answers_are_kept() -> None:
    """A browser keeps the newest forty answers."""
    turns = tuple(Turn(f"question {number}").ended("no") for number in range(50))
    assert [turn.question for turn in keeping.unpack(keeping.pack(turns))] == [f"question {number}" for number in range(10, 50)]
