"""A generation that is written onto the last one: what is linked, what is written, and that nobody can tell from what is found."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from encoders import WordLengthEncoder
from workspaces import Corpus

from assistant import Assistant
from assistant.index import plan
from assistant.index.generations import Generation, roll_back, verify
from assistant.schema import Filters
from assistant.settings import Settings

pytestmark = pytest.mark.usefixtures("reading_here")

WORDS = "port ports harbour pilots ships noon monday lights state rules open shut north south tugs a of the in is".split()


@pytest.fixture(autouse=True)
def _onto(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few paragraphs there are, a build adds to the last generation."""
    monkeypatch.setattr(plan, "SMALL", 0)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Twenty documents of ten paragraphs, built."""
    made = Corpus(tmp_path)
    chance = random.Random(1)
    for number in range(20):
        made.write(f"{number:02d}.txt", *texts(chance, 10))
    made.build(WordLengthEncoder(window=8))
    return made


def texts(chance: random.Random, count: int) -> list[str]:
    """Paragraphs of which some are alike."""
    return [" ".join(chance.choices(WORDS, k=chance.randint(3, 12))).capitalize() + "." for _ in range(count)]


def linked(one: Generation, other: Generation) -> set[str]:
    """The files that two generations share."""
    names = one.manifest.files.keys() & other.manifest.files.keys()
    return {name for name in names if (one.folder / name).samefile(other.folder / name)}


def test_of_a_changed_document_alone_is_written(corpus: Corpus) -> None:
    """The large files are linked, one document is read, and one paragraph is embedded."""
    before, told = corpus.current(), list[tuple[str, int, int]]()
    path = corpus.settings.corpus / "07.txt"
    path.write_text(path.read_text(encoding="utf-8") + "\n\n11. Pilots sail at noon.", encoding="utf-8")
    report, embedded = corpus.build(WordLengthEncoder(window=8), progress=lambda *step: told.append(step))
    after = corpus.current()
    assert (embedded, report.embedded, report.reused) == (["Pilots sail at noon."], 1, 200)
    assert [step for step in told if step[0] == "reading documents"] == [("reading documents", 0, 1), ("reading documents", 1, 1)]
    assert {"vectors/0001.flat", "vectors/0001.rows"} <= linked(before, after)
    assert any(name.startswith("lexical/") for name in linked(before, after))
    assert (after.manifest.vectors, len(after.vectors.gone)) == (before.manifest.vectors + 1, 10)
    assert verify(corpus.settings.index) == []
    assert len(after.store.document_paragraphs("07")) == 11


def test_many_changes_find_what_a_fresh_build_finds(corpus: Corpus, tmp_path: Path) -> None:
    """After each of thirty changes: the same documents in the same order, the same paragraphs, the same ranking by vectors to the
    last place, the same paragraphs by words; and the one before can be gone back to."""
    chance = random.Random(2)
    (tmp_path / "other").mkdir()
    for number in range(30):
        name = f"{chance.randint(0, 29):02d}.txt"
        is_there = (corpus.settings.corpus / name).exists()
        corpus.write(name, *([] if is_there and chance.random() < 0.3 else texts(chance, chance.randint(1, 12))))
        corpus.build(WordLengthEncoder(window=8))
        assert verify(corpus.settings.index) == []
        if number % 10 == 9:
            (tmp_path / "other" / str(number)).mkdir()
            fresh = Corpus(tmp_path / "other" / str(number))
            for path in corpus.settings.corpus.iterdir():
                (fresh.settings.corpus / path.name).write_bytes(path.read_bytes())
            fresh.build(WordLengthEncoder(window=8))
            same(corpus, fresh)
    before = corpus.current().manifest.previous
    assert roll_back(corpus.settings.index).id == before
    assert verify(corpus.settings.index) == []


def same(one: Corpus, other: Corpus) -> None:
    """Both find the same, whatever is asked."""
    found = [corpus.current() for corpus in (one, other)]
    assert found[0].store.documents == found[1].store.documents
    assert found[0].store.ledgers() == found[1].store.ledgers()
    for document in found[0].store.documents:
        assert found[0].store.document_paragraphs(document.id) == found[1].store.document_paragraphs(document.id)
    asked = [searching(corpus.settings) for corpus in (one, other)]
    for question in ("ports", "the rules of the harbour in the north", "a", "tugs noon monday"):
        for filters in (Filters(), Filters(documents=("03", "11", "25"))):
            for top in (1, 5, 500):
                results = [[passage.paragraph.id for passage in each.search(question, filters=filters, top=top)] for each in asked]
                if top == 500:
                    assert sorted(results[0]) == sorted(results[1])
                assert len(results[0]) == len(results[1])
        dense = [[(ids(generation, row), round(score, 5)) for row, score in each.session().searcher.dense(question, 999)]
                 for generation, each in zip(found, asked, strict=True)]  # fmt: skip
        assert sorted(dense[0]) == sorted(dense[1])
        lexical = [{ids(generation, row) for row, _ in generation.lexical.search(question, 999)} for generation in found]
        assert lexical[0] == lexical[1]


def ids(generation: Generation, row: int) -> str:
    """The id of the paragraph of a row."""
    return generation.store.paragraphs([row])[row][1].id


def searching(settings: Settings) -> Assistant:
    """An assistant whose encoder counts words by length."""
    encoder = WordLengthEncoder()
    made = Assistant(settings)
    made.__dict__ |= {"_encoder": encoder, "_encoder_info": encoder.info}
    return made


def test_equal_scores_come_in_the_order_of_the_corpus(corpus: Corpus) -> None:
    """A paragraph that three documents share comes from the first of them first, whenever that one was added."""
    for name in ("30.txt", "10.txt", "20a.txt"):
        corpus.write(name, "Zebra crossings everywhere.")
        corpus.build(WordLengthEncoder(window=8))
    assert not corpus.current().store.rows_are_in_order
    found = searching(corpus.settings).search("Zebra crossings everywhere.", top=3)
    assert [passage.document.id for passage in found] == ["10", "20a", "30"]


def test_when_much_has_gone_all_is_written_again(corpus: Corpus) -> None:
    """More than a tenth of the vectors lie there for nothing: the next build leaves none of them behind."""
    for name in ("01.txt", "02.txt"):
        corpus.write(name)
        corpus.build(WordLengthEncoder(window=8))
    generation = corpus.current()
    assert (len(generation.vectors.gone), generation.manifest.paragraphs) == (0, 180)
    assert generation.store.rows_are_in_order


def test_a_file_of_which_something_was_left_out_is_read_again(corpus: Corpus) -> None:
    """Two files of one id: when the first goes, the second is indexed, though it has not changed."""
    corpus.describe('["05.txt"]\nid = "same"\n["06.txt"]\nid = "same"\n')
    report, _ = corpus.build(WordLengthEncoder(window=8))
    assert [item.source for item in report.skipped] == ["06.txt"]
    corpus.write("05.txt")
    corpus.describe('["06.txt"]\nid = "same"\n')
    corpus.build(WordLengthEncoder(window=8))
    assert corpus.current().store.documents[5].source == "06.txt"


def test_what_the_catalogue_says_of_one_document_is_taken_up(corpus: Corpus) -> None:
    """A new standing makes that document new, and leaves the others as they lie."""
    corpus.describe('["05.txt"]\nstanding = "adopted"\n')
    told: list[tuple[str, int, int]] = []
    report, embedded = corpus.build(WordLengthEncoder(window=8), progress=lambda *step: told.append(step))
    assert (embedded, report.reused) == ([], 200)
    assert ("reading documents", 1, 1) in told
    assert [document.id for document in corpus.current().store.documents if document.standing == "adopted"] == ["05"]
    corpus.describe("")
    corpus.build(WordLengthEncoder(window=8))
    assert not [document for document in corpus.current().store.documents if document.standing == "adopted"]
