"""Hybrid search with a fake encoder, so that scores can be computed by hand; and on the shipped document."""

from pathlib import Path

import pytest

from assistant import Assistant
from assistant.schema import Filters
from assistant.settings import load


@pytest.fixture(scope="module")
def assistant(workspace: Path, encoder: object) -> Assistant:
    """An assistant on the shipped document."""
    made = Assistant(load(workspace))
    made.__dict__["_encoder"] = encoder
    return made


def test_as_many_come_back_as_are_asked_for_and_exist(assistant: Assistant) -> None:
    """Three of three, ten of a hundred, none under a filter that nothing passes."""
    searcher = assistant.session().searcher
    assert [len(searcher.search("the working group", top=top)) for top in (3, 100)] == [3, 10]
    assert searcher.search("the working group", filters=Filters(kinds=("report",))) == ()
    assert len(searcher.search("the working group", top=10, filters=Filters(kinds=("statement",)))) == 10


def test_both_legs_score_every_candidate(assistant: Assistant) -> None:
    """A paragraph that only one leg found has the other's own score too, not nothing."""
    searcher = assistant.session().searcher
    dense, lexical = searcher.legs("marathon consensus", 2)
    alone = dict(searcher.dense("marathon consensus", 10))
    assert set(dense) == set(lexical) | set(dict(searcher.dense("marathon consensus", 2)))
    assert dense == pytest.approx({row: alone[row] for row in dense}, abs=1e-6)


def test_the_fused_score_is_the_weighted_share(assistant: Assistant) -> None:
    """The first passage's fused score follows from its two scores and the best of each leg."""
    searcher = assistant.session().searcher
    dense, lexical = searcher.legs("stakeholders consensus", 100)
    (best,) = searcher.search("stakeholders consensus", top=1)
    assert best.scores.dense is not None
    assert best.scores.lexical is not None
    expected = 0.5 * best.scores.dense / max(dense.values()) + 0.5 * best.scores.lexical / max(lexical.values())
    assert best.scores.fused == pytest.approx(expected)


def test_a_question_of_stop_words_is_still_searched(assistant: Assistant) -> None:
    """Where no word counts for the lexical leg, the dense leg answers alone."""
    passages = assistant.session().searcher.search("what is it about?", top=3)
    assert len(passages) == 3
    assert all(passage.scores.lexical == 0 for passage in passages)


def test_coverage_counts_what_filters_leave(assistant: Assistant) -> None:
    """All documents without filters, none under a filter that nothing passes."""
    assert (assistant.coverage().documents, assistant.coverage().paragraphs) == (1, 10)
    nothing = assistant.coverage(Filters(languages=("fr",)))
    assert (nothing.documents, nothing.paragraphs) == (0, 0)
