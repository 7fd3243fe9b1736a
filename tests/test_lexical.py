"""The lexical index: terms, exact BM25 scores, filters before the cut, ties, and questions of any shape."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import DamagedIndex
from assistant.index.legs import Selection
from assistant.index.lexical import LexicalIndex, terms, write_lexical

PORTS = ("harbour ports ship", "ports ports ship anchor", "lighthouse")


def index_of(folder: Path, texts: Iterable[str], of_each: int = 1) -> LexicalIndex:
    """An index of these texts, one a row, where `of_each` rows make a document."""
    write_lexical(folder / "lexical", ((row, row // of_each, text) for row, text in enumerate(texts)))
    return LexicalIndex(folder / "lexical")


def bm25(frequency: int, length: int, average: float, holding: int, documents: int) -> float:
    """Robertson and Zaragoza (2009) with Lucene's idf, k1 = 1.2, b = 0.75."""
    idf = math.log(1 + (documents - holding + 0.5) / (holding + 0.5))
    return idf * frequency * 2.2 / (frequency + 1.2 * (0.25 + 0.75 * length / average))


def test_scores_are_bm25(tmp_path: Path) -> None:
    """Scores equal the formula worked out by hand, and a word asked for twice counts once."""
    index = index_of(tmp_path, PORTS)
    average = 8 / 3
    expected = [
        (1, pytest.approx(bm25(2, 4, average, holding=2, documents=3), rel=1e-6)),
        (0, pytest.approx(bm25(1, 3, average, holding=2, documents=3), rel=1e-6)),
    ]
    assert index.search("ports", 5) == expected
    assert index.search("ports, ports!", 5) == expected
    both = bm25(1, 4, average, holding=1, documents=3) + bm25(2, 4, average, holding=2, documents=3)
    assert index.search("anchor ports", 1) == [(1, pytest.approx(both, rel=1e-6))]
    assert expected[0][1] == pytest.approx(math.log(1.6) * 4.4 / 3.65, rel=1e-6)


def test_terms_are_stems_without_stop_words() -> None:
    """Inflected forms meet in one stem; question words, articles and what an apostrophe leaves behind are not terms."""
    assert terms("Delegations delegation DELEGATION's") == ["deleg", "deleg", "deleg"]
    assert terms("What did the Chair's report say, and why? It's the States’ view.") == ["chair", "report", "say", "state", "view"]
    assert terms("") == terms("the of and") == terms("?!…—()") == []


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("Cote d'Ivoire", "Côte d’Ivoire"),
        ("TURKIYE", "Türkiye"),
        ("de\u0301veloppement", "développement"),
        ("России\u0306ская", "Российская"),
        ("finance", "ﬁnance"),
        ("2021", "２０２１"),
        ("государства", "ГОСУДАРСТВА"),
        ("人工智能", "人工智能"),
    ],
)
def test_what_looks_the_same_is_the_same(tmp_path: Path, asked: str, written: str) -> None:
    """Accents, composed and decomposed letters, ligatures, wide digits and capitals of any script do not hide a word."""
    assert [row for row, _ in index_of(tmp_path, ["nothing here", f"it says {written} there"]).search(asked, 5)] == [1]


def test_a_homoglyph_is_another_letter() -> None:
    """A Cyrillic А is not a Latin A."""
    assert terms("А") != terms("A")
    assert terms("RES") == ["res"] != terms("RЕS")


def test_filters_apply_before_the_cut_and_leave_scores_alone(tmp_path: Path) -> None:
    """Among documents or rows only these come back, as many as asked for, with the scores they have without a filter."""
    chance = random.Random(7)
    index = index_of(
        tmp_path, [" ".join(chance.choices(["port", "ship", "anchor", "sail", "rope"], k=1 + row % 9)) for row in range(200)], 10
    )
    everything = index.search("port ship sail", 200)
    assert len(everything) > 150
    among = [hit for hit in everything if hit[0] // 10 in (3, 17)]
    both = Selection(((30, 40), (170, 180)), (3, 17), whole=True)
    for selection in (both, replace(both, whole=False)):
        assert index.search("port ship sail", 200, selection) == among
        assert index.search("port ship sail", 4, selection) == among[:4]
    rows = Selection.of_rows(row for row, _ in everything[-30:])
    assert index.search("port ship sail", 5, rows) == everything[-30:][:5]
    for nothing in (Selection(()), Selection((), (), whole=True), Selection(((990, 999),), (99,), whole=True), Selection.of_rows([990])):
        assert index.search("port", 5, nothing) == []


def test_equal_scores_come_by_row_also_at_the_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many equal paragraphs the first rows come back, however many segments the index was written in."""
    monkeypatch.setattr("assistant.index.lexical._HEAP", 15_000_000)
    chance = random.Random(1)
    filler = [f"w{number}" for number in range(200_000)]
    texts = ["port " + " ".join(chance.choices(filler, k=60)) for _ in range(9_000)]
    index = index_of(tmp_path, reversed(texts))
    assert index._searcher.num_segments > 1
    everything = index.search("port", 9_000)
    assert everything == sorted(everything, key=lambda hit: (-hit[1], hit[0]))
    assert len({score for _, score in everything}) < 5
    for limit in (1, 7, 1000):
        assert index.search("port", limit) == everything[:limit]


@pytest.mark.parametrize("text", ["", "   ", "?", "the", "¿", "\0", "zebra"])
def test_a_query_without_a_known_word_finds_nothing(tmp_path: Path, text: str) -> None:
    """No word, only stop words, or a word that is nowhere: nothing comes back."""
    assert index_of(tmp_path, PORTS).search(text, 5) == []


def test_limits(tmp_path: Path) -> None:
    """No limit, a negative one or one beyond all rows: none, none, and all that match."""
    index = index_of(tmp_path, PORTS)
    assert index.search("ports", 0) == index.search("ports", -1) == []
    assert [row for row, _ in index.search("ports", 10**12)] == [1, 0]
    assert len(index) == 3
    assert (index.document_frequency("port"), index.document_frequency("lighthous"), index.document_frequency("zebra")) == (2, 1, 0)


def test_query_syntax_is_words(tmp_path: Path) -> None:
    """What would be an operator, a field or a broken query elsewhere is read as the words in it."""
    index = index_of(tmp_path, PORTS)
    plain = index.search("ports anchor", 5)
    for text in (
        "ports AND (anchor",
        '"ports" "anchor',
        "body:ports^3 +anchor~",
        "ports* [anchor TO }",
        "-ports /anchor/ \\",
        "NOT ports OR anchor",
    ):
        asked = [hit for hit in index.search(text, 5) if hit[0] != 2]
        assert asked == plain, text


@given(st.text(max_size=60))
def test_any_text_can_be_asked(text: str) -> None:
    """No text makes the analysis fail, and all terms are lower-case and not empty."""
    assert all(term and term == term.lower() for term in terms(text))


def test_an_index_that_cannot_be_written_is_read(tmp_path: Path) -> None:
    """Where no lock can be taken (a read-only disk), the index is read all the same, and is left as it was."""
    index_of(tmp_path, PORTS)
    lock = tmp_path / "lexical" / ".tantivy-meta.lock"
    lock.unlink()
    lock.mkdir()  # cannot be opened for writing, by whomever
    before = sorted((path.name, path.stat().st_size) for path in (tmp_path / "lexical").iterdir())
    assert [row for row, _ in LexicalIndex(tmp_path / "lexical").search("ports", 5)] == [1, 0]
    assert sorted((path.name, path.stat().st_size) for path in (tmp_path / "lexical").iterdir()) == before


def test_what_is_not_an_index_is_refused(tmp_path: Path) -> None:
    """A missing folder, an empty one and a broken one are damage, named."""
    index_of(tmp_path, PORTS)
    (tmp_path / "lexical" / "meta.json").write_text("{", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    for name in ("lexical", "missing", "empty"):
        with pytest.raises(DamagedIndex, match=name):
            LexicalIndex(tmp_path / name)
