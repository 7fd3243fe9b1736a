"""Building: what a new generation holds, what is refused, and what leaves the old one as it was."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from encoders import WordLengthEncoder
from workspaces import Corpus

from assistant.errors import EmptyCorpus, InvalidCatalogue, InvalidSettings
from assistant.index.build import build, indexed_place
from assistant.index.context import context_of
from assistant.index.encoder import Encoder, FloatArray, TextKind
from assistant.index.generations import Generation, current_name, open_current, verify
from assistant.schema import Document, Paragraph
from assistant.settings import Settings


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


def test_a_first_build_embeds_and_publishes_everything(corpus: Corpus) -> None:
    """All paragraphs are embedded once, in the order of the documents, and each part of the index holds them."""
    report, embedded = corpus.build()
    assert embedded == ["A bb bb.", "Harbour rules apply.", "Ports of call.", "Ships may sail on."]
    assert (report.changed, report.documents, report.paragraphs, report.embedded, report.reused) == (True, 2, 4, 4, 0)
    assert [(entry.document.id, entry.paragraphs) for entry in report.entries] == [("a", 2), ("b", 2)]
    generation = corpus.current()
    assert generation.id == report.generation
    assert corpus.texts() == {"a#1": "A bb bb.", "a#2": "Ports of call.", "b#1": "Harbour rules apply.", "b#2": "Ships may sail on."}
    assert [row for row, _ in generation.lexical.search("harbour", 9)] == [2]
    manifest = generation.manifest
    assert (manifest.documents, manifest.paragraphs, manifest.vectors, manifest.dimension) == (2, 4, 4, 8)
    assert manifest.previous is None
    assert verify(corpus.settings.index) == []


def test_scores_are_those_of_the_paragraphs(corpus: Corpus) -> None:
    """Lengths 1, 2, 3 against those of each paragraph, worked out by hand: a vector's row is its paragraph's row."""
    corpus.build()
    assert found(corpus.current(), "a bb bb.") == [
        (0, pytest.approx(1.0)),
        (3, pytest.approx(2 / math.sqrt(3 * 6), abs=1e-6)),  # 5, 3, 4, 3
        (1, pytest.approx(1 / math.sqrt(3 * 5), abs=1e-6)),  # 5, 2, 5
        (2, pytest.approx(0.0)),  # 7, 5, 6
    ]


def test_rebuilding_gives_the_same(corpus: Corpus) -> None:
    """With `rebuild` all is embedded again; paragraphs, vectors and rankings are the same, in a new generation."""
    first, _ = corpus.build()
    old = corpus.current()
    report, embedded = corpus.build(rebuild=True)
    new = corpus.current()
    assert report.changed
    assert report.generation != first.generation
    assert len(embedded) == report.embedded == 4
    assert report.entries == first.entries
    assert new.store.documents == old.store.documents
    assert [new.store.keys_of(span) for span in new.store.spans.values()] == [old.store.keys_of(span) for span in old.store.spans.values()]
    assert new.vectors.all_vectors().tolist() == old.vectors.all_vectors().tolist()
    assert new.lexical.search("ports ships harbour", 9) == old.lexical.search("ports ships harbour", 9)
    assert new.manifest.previous == first.generation


def test_rebuilding_the_shipped_documents_gives_the_same(workspace: Path, encoder: Encoder, tmp_path: Path) -> None:
    """With the packaged encoder too: the same paragraphs, vectors within 1e-5, the same order of results."""
    place = Settings(workspace=workspace).corpus
    report = build(Settings(workspace=tmp_path), place, loader=lambda: encoder)
    assert (report.documents, report.paragraphs) == (1, 10)
    old, new = open_current(Settings(workspace=workspace).index), open_current(tmp_path / "index")
    assert new.store.document_paragraphs("chair-closing-remarks") == old.store.document_paragraphs("chair-closing-remarks")
    assert np.abs(new.vectors.all_vectors() - old.vectors.all_vectors()).max() < 1e-5
    query = encoder.encode(["How many statements were heard?"], kind="query")[0]
    assert [row for row, _ in new.vectors.search(query, 10)] == [row for row, _ in old.vectors.search(query, 10)]
    assert [row for row, _ in new.vectors.search(query, 1)] == [2]


def test_context_is_title_speaker_and_headings() -> None:
    """Each once, in this order; a title taken from a file's name says nothing, and a text is not its own context."""
    document = Document("a", "On ports", "a.txt", "0", speaker="Chair", delegation="Fiji", origins={"title": "catalogue"})
    paragraph = Paragraph("a", "1", "official", "Text.", ("II. Norms", "On ports", "B. Trust"))
    assert context_of(document, paragraph) == "On ports. Chair. II. Norms. B. Trust"
    assert context_of(Document("a", "On ports", "a.txt", "0", delegation="Fiji", origins={"title": "file name"}), paragraph) == (
        "Fiji. II. Norms. On ports. B. Trust"
    )
    assert context_of(document, Paragraph("a", "u1", "counted", "On ports")) == "Chair"


def test_an_empty_corpus_is_refused_and_the_old_index_untouched(corpus: Corpus) -> None:
    """No folder, no document, or none that can be read: refused, naming the first reason, and the old index answers."""
    corpus.build()
    before = sorted((path.as_posix(), path.stat().st_mtime_ns) for path in corpus.settings.index.rglob("*") if path.name != "LOCK")
    for name in ("a.txt", "b.txt"):
        (corpus.settings.corpus / name).write_bytes(b"\xff\xff not text")
    with pytest.raises(EmptyCorpus, match=r"can be indexed: a\.txt is not utf-8 text.*assistant index"):
        corpus.build()
    for name in ("a.txt", "b.txt"):
        (corpus.settings.corpus / name).unlink()
    with pytest.raises(EmptyCorpus, match="holds no document"):
        corpus.build()
    corpus.settings.corpus.rmdir()
    with pytest.raises(EmptyCorpus, match="does not exist"):
        corpus.build()
    after = sorted((path.as_posix(), path.stat().st_mtime_ns) for path in corpus.settings.index.rglob("*") if path.name != "LOCK")
    assert after == before
    assert verify(corpus.settings.index) == []


def test_a_first_build_of_nothing_makes_nothing(tmp_path: Path) -> None:
    """Without documents no index folder appears."""
    with pytest.raises(EmptyCorpus):
        build(Settings(workspace=tmp_path), loader=WordLengthEncoder)
    assert list(tmp_path.iterdir()) == []


def test_what_was_skipped_is_reported_also_when_nothing_changed(corpus: Corpus) -> None:
    """An unreadable file, an unknown format and a catalogue entry without a file are named; the rest is indexed."""
    (corpus.settings.corpus / "bad.txt").write_bytes(b"\xff\xff")
    (corpus.settings.corpus / "table.csv").write_text("1;2", encoding="utf-8")
    corpus.describe('["gone.txt"]\ntitle = "Gone"\n')
    report, _ = corpus.build()
    assert [item.source for item in report.skipped] == ["bad.txt", "table.csv", "gone.txt"]
    assert report.documents == 2
    assert "bad.txt is not utf-8 text" in report.skipped[0].reason
    again, _ = corpus.build()
    assert (again.changed, again.skipped) == (False, report.skipped)


def test_a_broken_catalogue_leaves_the_old_index(corpus: Corpus) -> None:
    """It is refused before anything is written."""
    corpus.build()
    before = current_name(corpus.settings.index)
    corpus.describe('["a.txt"]\nauthor = "me"\n')
    with pytest.raises(InvalidCatalogue, match="author"):
        corpus.build()
    assert current_name(corpus.settings.index) == before
    assert [path.name for path in corpus.settings.index.glob("gen-*")] == [before]


def test_a_long_paragraph_is_found_by_any_of_its_windows(corpus: Corpus) -> None:
    """Ten words in windows of four give three: the first and the last are found with cosine 1, as the one paragraph they are."""
    corpus.write("b.txt", "Aa aa aa aa bbb bbb cccc ddddd ddddd dddd.")
    report, embedded = corpus.build()
    windows = ["Aa aa aa aa", "aa bbb bbb cccc", "cccc ddddd ddddd dddd."]
    assert embedded == sorted([*windows, "A bb bb.", "Ports of call."])
    assert (report.paragraphs, report.embedded, corpus.current().manifest.vectors) == (3, 3, 5)
    for text in windows:
        assert found(corpus.current(), text)[0] == (2, pytest.approx(1.0))
    assert [row for row, _ in found(corpus.current(), "aa aa aa aa")].count(2) == 1
    corpus.write("a.txt", "Ports of call.")  # the windows keep their owner when rows move
    corpus.build()
    assert found(corpus.current(), "cccc ddddd ddddd dddd.")[0] == (1, pytest.approx(1.0))
    assert corpus.texts()["b#1"].endswith("dddd.")


def test_a_long_paragraph_is_found_by_its_end_with_the_packaged_encoder(corpus: Corpus, encoder: Encoder) -> None:
    """What a paragraph of 1,000 words says at its end finds it before all others."""
    filler = "The delegation noted the programme of work and the rules of procedure with interest. " * 70
    corpus.write("long.txt", filler + "Penguins in the Antarctic feed on krill and small fish. " * 12, "Ships sail through the strait.")
    corpus.build(encoder)
    generation = corpus.current()
    assert generation.manifest.vectors > generation.manifest.paragraphs + 3
    query = encoder.encode(["What do penguins eat?"], kind="query")[0]
    (row, score), (_, second) = generation.vectors.search(query, 2)
    assert generation.store.paragraphs([row])[row][1].id == "long#1"
    assert score > second + 0.2


def test_a_corpus_elsewhere(corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another folder can be indexed, and one file; where it lies is remembered from the root, wherever one stands."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "c.jsonl").write_text(json.dumps({"_id": "c1", "title": "T", "text": "Some words."}), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for place in (Path("other"), Path("other/c.jsonl")):
        build(corpus.settings, place, loader=WordLengthEncoder, rebuild=True)
        assert corpus.texts() == {"c1#u1": "Some words."}
        assert indexed_place(corpus.settings, corpus.current().manifest).absolute() == tmp_path / place


class Broken(WordLengthEncoder):
    """Gives vectors with one number that is not one."""

    def __init__(self, number: float) -> None:
        super().__init__(revision="broken")
        self.number = number

    def encode(self, texts: Sequence[str], *, kind: TextKind) -> FloatArray:
        """As word lengths, but for the first number."""
        vectors = super().encode(texts, kind=kind)
        vectors[0, 0] = self.number
        return vectors


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_an_encoder_that_does_not_work_is_refused(corpus: Corpus, number: float) -> None:
    """Vectors with NaN or infinity are not stored; the encoder is named, and the old index answers."""
    corpus.build()
    with pytest.raises(InvalidSettings, match="encoder 'word lengths' gives vectors that are not numbers"):
        corpus.build(Broken(number))
    assert verify(corpus.settings.index) == []
    assert len(list(corpus.settings.index.glob("gen-*"))) == 1


def test_progress_is_told(corpus: Corpus) -> None:
    """Each kind of work is named with how much there is, and comes to its end; nothing is told where nothing is done."""
    told: list[tuple[str, int, int]] = []
    corpus.build(progress=lambda *step: told.append(step))
    assert told == [
        ("reading documents", 0, 2),
        ("reading documents", 1, 2),
        ("reading documents", 2, 2),
        ("embedding paragraphs", 0, 4),
        ("embedding paragraphs", 4, 4),
        ("writing the index", 0, 1),
        ("writing the index", 1, 1),
    ]
    told.clear()
    corpus.build(progress=lambda *step: told.append(step))
    assert told == []


def test_many_windows_are_embedded_in_parts_and_keep_their_paragraphs(corpus: Corpus) -> None:
    """300 paragraphs of all lengths, embedded by length in parts of 128: each has its own vector, and a word after the other."""
    texts = [" ".join(["W" + "w" * (number % 8)] * (1 + number % 5) + ["x" * (1 + number // 40)]) + "." for number in range(300)]
    corpus.write("a.txt", *texts)
    told: list[tuple[str, int, int]] = []
    corpus.build(WordLengthEncoder(window=10), progress=lambda *step: told.append(step))
    expected = WordLengthEncoder().encode([*texts, "Harbour rules apply.", "Ships may sail on."], kind="query")
    assert corpus.current().vectors.all_vectors() == pytest.approx(expected, abs=1e-6)
    total = told[-3][2]
    assert [done for what, done, _ in told if what == "embedding paragraphs"] == sorted({0, *range(128, total, 128), total})


def test_a_workspace_can_be_moved(corpus: Corpus, tmp_path: Path) -> None:
    """The manifest keeps where the documents lie in the workspace, so that a copy of it looks at its own."""
    build(corpus.settings, loader=WordLengthEncoder)
    manifest = corpus.current().manifest
    assert manifest.corpus["place"] == "corpus"
    assert indexed_place(corpus.settings, manifest) == corpus.settings.corpus
    assert indexed_place(Settings(workspace=tmp_path / "moved"), manifest) == tmp_path / "moved" / "corpus"
