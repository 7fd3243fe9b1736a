"""Building again: what is embedded anew and what is not, and that nothing stale stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from encoders import WordLengthEncoder
from workspaces import Corpus

from assistant.index import build as module
from assistant.index.build import build
from assistant.index.generations import Generation, verify

pytestmark = pytest.mark.usefixtures("reading_here")


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Two documents of two paragraphs each, not yet built."""
    made = Corpus(tmp_path)
    made.write("a.txt", "A bb bb.", "Ports of call.")
    made.write("b.txt", "Harbour rules apply.", "Ships may sail on.")
    return made


def found(generation: Generation, text: str) -> list[tuple[int, float]]:
    """The rows that both legs find for a text, with their cosines."""
    vector = WordLengthEncoder().encode([text], kind="query")[0]
    return generation.vectors.search(vector, 99)


def test_an_unchanged_corpus_publishes_nothing_and_loads_no_encoder(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """The generation stays, its documents and ledgers are reported all the same, and no model is loaded."""
    first, _ = corpus.build()
    files = sorted(corpus.settings.index.rglob("*"))
    monkeypatch.setattr(module, "describe", lambda _: WordLengthEncoder().info)
    monkeypatch.setattr(module, "load", lambda _: pytest.fail("loaded an encoder"))
    again = build(corpus.settings)
    assert (again.changed, again.generation, again.embedded, again.reused) == (False, first.generation, 0, 4)
    assert again.entries == first.entries
    assert sorted(corpus.settings.index.rglob("*")) == files


def test_a_changed_paragraph_is_the_only_one_that_is_embedded(corpus: Corpus) -> None:
    """One paragraph changed: one is embedded, the vectors of the others are the same bits, and all are in their places."""
    corpus.build()
    before = corpus.current().vectors.all_vectors()
    corpus.write("a.txt", "A bb bb.", "Ports of refuge.")
    report, embedded = corpus.build()
    assert embedded == ["Ports of refuge."]
    assert (report.changed, report.embedded, report.reused) == (True, 1, 3)
    after = corpus.current().vectors.all_vectors()
    assert after[[0, 2, 3]].tolist() == before[[0, 2, 3]].tolist()
    assert after[1] == pytest.approx(WordLengthEncoder().encode(["Ports of refuge."], kind="query")[0])
    assert corpus.texts()["a#2"] == "Ports of refuge."
    assert corpus.current().lexical.search("call", 9) == []


def test_moved_and_repeated_paragraphs_are_not_embedded_again(corpus: Corpus) -> None:
    """A paragraph that moves to another place or document, or occurs twice, keeps the vector it has."""
    corpus.build()
    corpus.write("a.txt", "Ships may sail on.", "A bb bb.", "Ports of call.", "Ports of call.")
    report, embedded = corpus.build()
    assert embedded == []
    assert (report.embedded, report.reused) == (0, 6)
    vectors = corpus.current().vectors.all_vectors()
    assert len(vectors) == 6
    assert vectors[0].tolist() == vectors[5].tolist()
    assert vectors[2].tolist() == vectors[3].tolist()
    rows = [row for row, score in found(corpus.current(), "Ports of call.") if score > 0.9999]
    assert rows == [2, 3]


def test_a_text_that_occurs_twice_is_embedded_once(corpus: Corpus) -> None:
    """Within one build too."""
    corpus.write("a.txt", "Ports of call.", "Ports of call.")
    report, embedded = corpus.build()
    assert embedded == ["Harbour rules apply.", "Ports of call.", "Ships may sail on."]
    assert (report.paragraphs, report.embedded, report.reused) == (4, 3, 1)


def test_a_removed_document_is_gone(corpus: Corpus) -> None:
    """No part of the index finds it any more, and nothing is embedded."""
    corpus.build()
    corpus.write("a.txt")
    report, embedded = corpus.build()
    assert (embedded, report.documents, report.paragraphs) == ([], 1, 2)
    generation = corpus.current()
    assert corpus.texts() == {"b#1": "Harbour rules apply.", "b#2": "Ships may sail on."}
    assert generation.lexical.search("ports call", 9) == []
    assert sorted(row for row, _ in found(generation, "ports of call")) == [0, 1]
    assert generation.store.document_paragraphs("a") == ()


def test_an_added_document_comes_in_order(corpus: Corpus) -> None:
    """Rows follow the documents' names, whatever was built first."""
    corpus.build()
    corpus.write("aa.txt", "Lights at sea.")
    assert corpus.build()[1] == ["Lights at sea."]
    assert list(corpus.texts()) == ["a#1", "a#2", "aa#1", "b#1", "b#2"]
    assert [row for row, _ in corpus.current().lexical.search("lights", 9)] == [2]


def test_the_catalogue_is_taken_up(corpus: Corpus) -> None:
    """A date changes the document and embeds nothing; a title and a speaker are embedded with each paragraph."""
    corpus.build()
    corpus.describe('["a.txt"]\ndate = 2024-05-01\nkind = "letter"\n')
    report, embedded = corpus.build()
    assert (report.changed, embedded) == (True, [])
    document = corpus.current().store.documents[0]
    assert (document.date, document.kind, document.origins["date"]) == (document.date, "letter", "catalogue")
    assert str(document.date) == "2024-05-01"
    corpus.describe('["a.txt"]\ntitle = "On ports"\nspeaker = "Chair"\n')
    report, embedded = corpus.build()
    assert embedded == ["On ports. Chair A bb bb.", "On ports. Chair Ports of call."]
    assert corpus.current().store.documents[0].title == "On ports"
    assert corpus.current().store.documents[0].date is None
    assert [row for row, _ in corpus.current().lexical.search("chair", 9)] == [0, 1]
    assert corpus.texts()["a#1"] == "A bb bb."


def test_another_encoder_embeds_everything_again(corpus: Corpus) -> None:
    """Vectors of another revision are never mixed in."""
    corpus.build()
    report, embedded = corpus.build(WordLengthEncoder(revision="2"))
    assert (report.changed, len(embedded), report.reused) == (True, 4, 0)


@pytest.mark.parametrize("name", ["manifest.SPLITTER_VERSION", "lexical.LEXICAL_VERSION"])
def test_another_splitter_or_analysis_builds_without_embedding(corpus: Corpus, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A new version of either makes a new generation, for which unchanged paragraphs keep their vectors."""
    corpus.build()
    monkeypatch.setattr(f"assistant.index.{name}", "99")
    report, embedded = corpus.build()
    assert (report.changed, embedded, report.reused) == (True, [], 4)


@pytest.mark.parametrize("name", ["vectors/0001.flat", "lexical/meta.json", "paragraphs.sqlite", "MANIFEST.json"])
def test_building_mends_a_damaged_index(corpus: Corpus, name: str) -> None:
    """Though no document has changed, an index with a damaged part is built anew, and does not name it as its previous."""
    first, _ = corpus.build()
    (corpus.settings.index / first.generation / name).write_bytes(b"damaged")
    report, embedded = corpus.build()
    assert report.changed
    assert len(embedded) == 4
    assert verify(corpus.settings.index) == []
    assert corpus.current().manifest.previous is None


def test_a_document_that_changes_while_it_is_read_is_taken_up_next_time(corpus: Corpus) -> None:
    """What the manifest says of the corpus is older than what was read, never newer."""

    def meddle(what: str, done: int, _: int) -> None:
        if (what, done) == ("reading documents", 2):
            corpus.write("a.txt", "Changed meanwhile.")

    corpus.build(progress=meddle)
    assert corpus.texts()["a#1"] == "A bb bb."
    assert corpus.build()[0].changed
    assert corpus.texts()["a#1"] == "Changed meanwhile."
