"""What every back end has to do alike: dense scores, order and filters are equal, lexical results overlap.

The cases are the same for FAISS and Tantivy, for Milvus (milvus-lite, in this process), and for the reference they are compared with.
"""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from legs_of import KINDS, Case, ExactVectors, ExactWords, Legs, Vectors, legs_of

from assistant.errors import MismatchedIndex
from assistant.index.legs import DECIMALS, Selection

ROWS, OF_EACH, DIMENSION = 240, 10, 16
LONG = 77
"""The row of a paragraph whose stems fill more than one text of Milvus."""
WORDS = "port ship anchor sail rope mast crew captain storm harbour".split()
SCRIPTS = {3: "Côte d’Ivoire", 14: "Российская Федерация", 25: "人工智能", 36: "it’s 100% \"quoted\" 'so' \\ {braces}"}
SELECTIONS = {
    "all": None,
    "a document": Selection(((30, 40),), (3,), whole=True),
    "two documents": Selection(((0, 10), (170, 180)), (0, 17), whole=True),
    "long ranges": Selection(((5, 60), (100, 150), (200, 203))),
    "many short ranges": Selection(tuple((row, row + 2) for row in range(0, ROWS, 3))),
    "single rows": Selection.of_rows([9, 10, 51, 77, 239]),
    "rows that are not there": Selection.of_rows([5, 4000, 10**9]),
    "none": Selection(()),
    "no document": Selection((), (), whole=True),
}


def drawn(chance: np.random.Generator, number: int) -> Vectors:
    """Vectors of length 1."""
    vectors = chance.normal(size=(number, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


OTHERS = drawn(np.random.default_rng(9), 2)
"""What is asked for beside the first kind."""


def the_case() -> Case:
    """Paragraphs of one to three windows, many of equal vectors; words at random, some scripts, and one text that is very long."""
    chance, words = np.random.default_rng(5), random.Random(5)
    kinds = drawn(chance, 160)
    cosines = 10**DECIMALS * (kinds.astype(float) @ np.concatenate([kinds[:1], OTHERS]).astype(float).T)
    kinds = kinds[np.abs(cosines % 1 - 0.5).min(axis=1) > 0.15][:40]  # none that arithmetic in 32 bits may round either way
    owners = sorted([*range(ROWS), *chance.integers(0, ROWS, ROWS // 2).tolist()])
    texts = [" ".join(words.choices(WORDS, k=row % 23)) for row in range(ROWS)]
    texts = [f"{text} {SCRIPTS.get(row, '')}" for row, text in enumerate(texts)]
    texts[LONG] = " ".join(["firstly", *(f"w{number:08d}" for number in range(9_000)), "lastly"])
    of_each = chance.integers(0, len(kinds), len(owners))
    of_each[0] = 0
    return Case(kinds[of_each], owners, texts, OF_EACH)


@pytest.fixture(scope="module")
def case() -> Case:
    """One case for all tests here."""
    return the_case()


@pytest.fixture(scope="module", params=KINDS)
def legs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, case: Case) -> Legs:
    """It in each back end."""
    return legs_of(request.param, tmp_path_factory.mktemp(request.param), case)


def queries(case: Case) -> list[Vectors]:
    """A vector that many paragraphs have, and two that none has."""
    return [case.vectors[0], *OTHERS]


@pytest.mark.parametrize("selected", SELECTIONS)
def test_dense_scores_and_order_are_those_of_arithmetic(legs: Legs, case: Case, selected: str) -> None:
    """For every filter and cut the same rows come in the same order, by the best window, equal ones by row, with exact cosines; and as
    many as are asked for whenever so many exist."""
    within = SELECTIONS[selected]
    for query in queries(case):
        for limit in (1, 2, 7, 50, ROWS, 10**6):
            expected = ExactVectors(case).search(query, limit, within)
            found = legs.dense.search(query, limit, within)
            assert [row for row, _ in found] == [row for row, _ in expected], limit
            assert [score for _, score in found] == pytest.approx([score for _, score in expected], abs=1e-5)


def test_dense_counts_and_gives_back(legs: Legs, case: Case) -> None:
    """Vectors are counted, have a length, and come back as they were written, window by window, in any order."""
    rows = [LONG, 0, 239, LONG + 1, 10**6]
    assert (len(legs.dense), legs.dense.dimension) == (len(case.owners), DIMENSION)
    expected = ExactVectors(case).of_rows(rows)
    found = legs.dense.of_rows(rows)
    assert [part.shape for part in found] == [part.shape for part in expected]
    assert all(part == pytest.approx(other, abs=1e-7) for part, other in zip(found, expected, strict=True))
    assert legs.dense.of_rows([]) == []


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_query_that_is_not_a_number_finds_nothing(legs: Legs, bad: float) -> None:
    """NaN and infinity give no result, nor do k = 0 and k < 0."""
    query = np.eye(DIMENSION, dtype=np.float32)[0]
    assert legs.dense.search(query, 0) == legs.dense.search(query, -1) == []
    query[3] = bad
    assert legs.dense.search(query, 5) == legs.dense.search(query, 5, SELECTIONS["a document"]) == []


def test_a_query_of_another_length_is_refused(legs: Legs) -> None:
    """By name, with both lengths."""
    for query in (np.ones(3, np.float32), np.ones((1, DIMENSION), np.float32)):
        with pytest.raises(MismatchedIndex, match=rf"{query.size} numbers, the index {DIMENSION} in a vector"):
            legs.dense.search(query, 5)


@pytest.mark.parametrize("selected", SELECTIONS)
def test_the_same_paragraphs_hold_the_words(legs: Legs, case: Case, selected: str) -> None:
    """Without a cut exactly those of the selection that hold a word come back; cut, most of the best ones, and as many as exist."""
    within, exact = SELECTIONS[selected], ExactWords(case)
    for asked in ("port storm", "Where is the captain's crew?", "anchor and rope and mast"):
        everything = legs.lexical.search(asked, 10**6, within)
        expected = exact.search(asked, 10**6, within)
        assert {row for row, _ in everything} == {row for row, _ in expected}
        assert everything == sorted(everything, key=lambda hit: (-hit[1], hit[0]))
        assert all(score > 0 for _, score in everything)
        best, cut = exact.search(asked, 10, within), legs.lexical.search(asked, 10, within)
        assert len(cut) == len(best)
        assert cut == everything[:10]
        assert len({row for row, _ in cut} & {row for row, _ in best}) >= 0.8 * len(best)


def test_a_filter_leaves_lexical_scores_alone(legs: Legs) -> None:
    """A score is what it is without the filter, so that both legs' scores can be fused."""
    everything = dict(legs.lexical.search("port storm", ROWS))
    for within in SELECTIONS.values():
        for row, score in legs.lexical.search("port storm", ROWS, within):
            assert score == pytest.approx(everything[row], abs=1e-5)


@pytest.mark.parametrize(("asked", "row"), [("cote d'ivoire", 3), ("РОССИЙСКАЯ", 14), ("人工智能", 25), ('"quoted" braces', 36)])
def test_words_of_any_script_are_found(legs: Legs, asked: str, row: int) -> None:
    """Accents, capitals of other scripts, words without spaces, and marks that mean something to a query language."""
    assert [found for found, _ in legs.lexical.search(asked, 5)] == [row]


@pytest.mark.parametrize("asked", ["", "   ", "?", "what is the", "Where did they do it, and why?", "zebra", "\0", "' or 1 == 1"])
def test_a_question_without_a_known_word_finds_nothing(legs: Legs, asked: str) -> None:
    """No word, question words only, or a word that is nowhere."""
    assert legs.lexical.search(asked, 5) == []
    assert legs.lexical.search("port", 0) == legs.lexical.search("port", -1) == []


def test_nothing_of_a_long_paragraph_is_lost(legs: Legs) -> None:
    """Its first and its last word find it, once; it counts as one paragraph and with its own windows."""
    for word in ("firstly", "w00000000", "w00008999", "lastly"):
        assert [row for row, _ in legs.lexical.search(word, 5)] == [LONG]
    assert [row for row, _ in legs.lexical.search("firstly lastly w00004711", 5)] == [LONG]
    assert len(legs.lexical) == ROWS


def test_how_many_paragraphs_hold_a_word(legs: Legs, case: Case) -> None:
    """Stems are counted by paragraph, in every script, with several windows too."""
    for term in ("port", "captain", "российск", "人工智能", "w00000007", "zebra", "firstli"):
        assert legs.lexical.document_frequency(term) == ExactWords(case).document_frequency(term), term


@pytest.mark.parametrize("bad", [(0, 0), (2, 0), (np.nan, 1)])
@pytest.mark.parametrize("kind", KINDS[1:])
def test_vectors_that_are_not_of_length_one_are_refused(kind: str, bad: tuple[float, float], tmp_path: Path) -> None:
    """A zero, a long and a NaN vector are not stored."""
    with pytest.raises(ValueError, match="length 1"):
        legs_of(kind, tmp_path, Case(np.array([(1, 0), bad], np.float32), [0, 1], ["a", "b"]))
