"""Evaluation sets: each kind is read as it is written, sampled the same everywhere, and indexed once."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cli import main
from assistant.errors import AssistantError, EmptyCorpus, GoldError
from assistant.eval.execute import Options, answer_set
from assistant.eval.gold import GoldQuestion, GoldReference
from assistant.eval.sets import EvaluationSet, open_set, sample
from assistant.schema import Paragraph
from assistant.settings import ReaderSettings, Settings

LIKENESS = ReaderSettings(name="similarity")
"""So that what is cited depends on nothing that was trained."""


def asked(id: str, question: str, *answers: str, **more: Any) -> dict[str, Any]:
    """A question of a SQuAD file."""
    return {"id": id, "question": question, "answers": [{"text": answer} for answer in answers], **more}


WON = asked("s1", " Who won? ", "Denver ", "Denver won", "Denver")
LOST, DREW = asked("s2", "Who lost in 1999?", is_impossible=True), asked("s3", "Who drew?", "Denver", is_impossible=True)
GAME = {"context": " Denver won the game by 24 to 10.\n", "qas": [WON, LOST, DREW]}
SONG = {"context": "Coldplay sang at half-time.", "qas": [asked("s4", "Who sang?", "Coldplay", is_impossible=False)]}
NORMANS = {"title": "Normans", "paragraphs": [{"context": "They lived in France.", "qas": []}]}
SQUAD: dict[str, Any] = {"version": "v2.0", "data": [{"title": "Super_Bowl_50", "paragraphs": [GAME, SONG]}, NORMANS]}
UNANSWERED = {"id": "n", "question": "Who won?", "answerable": False, "references": [], "answers": [], "must_include": []}


def quiet(what: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def lines(path: Path, *rows: Any) -> Path:
    """Writes a line a row (text as it is, anything else as JSON)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), encoding="utf-8")
    return path


def squad(folder: Path, content: object = SQUAD) -> Path:
    """Writes a SQuAD file."""
    return lines(folder / "football.json", content)


def beir(folder: Path, *judgements: str, qrels: str = "qrels.tsv") -> Path:
    """Writes a folder in BEIR layout with these lines of judgements."""
    texts = {"d1": "Cats purr when they sleep.", "d2": "Dogs bark at the moon.", "d3": "Rain falls on the plain."}
    lines(folder / "corpus.jsonl", *({"_id": name, "title": "", "text": text} for name, text in texts.items()))
    lines(folder / "queries.jsonl", *({"_id": f"q{at}", "text": text} for at, text in enumerate(("cats", "moon", "rain", "snow"), 1)))
    lines(folder / qrels, *judgements)
    return folder


def folder_of(folder: Path, *rows: Any) -> Path:
    """Writes a folder with these paragraphs and one question."""
    lines(folder / "paragraphs.jsonl", *rows)
    return lines(folder / "gold.jsonl", UNANSWERED).parent


def row(document: str, label: str, text: str, **more: Any) -> dict[str, Any]:
    """A line of paragraphs.jsonl."""
    return {"document": document, "label": label, "text": text, **more}


def documents(found: EvaluationSet) -> dict[str, tuple[str, tuple[Paragraph, ...]]]:
    """Title and paragraphs of each document that a set brings."""
    assert found.source is not None
    entries, skipped = found.source.read(quiet, None)
    assert skipped == []
    return {entry.document.id: (entry.document.title, entry.paragraphs) for entry in entries}


def test_a_squad_file_gives_articles_as_documents_of_counted_paragraphs(tmp_path: Path) -> None:
    """Contexts are paragraphs u1, u2 of their article, whose title is shown without underscores; the file is named by its hash."""
    found = open_set(squad(tmp_path))
    assert (found.name, found.task) == ("football", "answer")
    assert found.data == {"football.json": sha256((tmp_path / "football.json").read_bytes()).hexdigest()}
    game = Paragraph("Super_Bowl_50", "u1", "counted", "Denver won the game by 24 to 10.")
    song = Paragraph("Super_Bowl_50", "u2", "counted", "Coldplay sang at half-time.")
    normans = Paragraph("Normans", "u1", "counted", "They lived in France.")
    assert documents(found) == {"Super_Bowl_50": ("Super Bowl 50", (game, song)), "Normans": ("Normans", (normans,))}


def test_a_squad_question_is_answerable_unless_it_is_impossible(tmp_path: Path) -> None:
    """Repeated answers count once; an impossible question keeps no answer, is misleading, and says which article it is about."""
    name = "Super_Bowl_50"
    assert open_set(squad(tmp_path)).questions == (
        GoldQuestion("s1", "Who won?", True, (GoldReference(name, "u1"),), ("Denver", "Denver won"), (), "answerable", about=name),
        GoldQuestion("s2", "Who lost in 1999?", False, (), (), (), "misleading", about=name),
        GoldQuestion("s3", "Who drew?", False, (), (), (), "misleading", about=name),
        GoldQuestion("s4", "Who sang?", True, (GoldReference(name, "u2"),), ("Coldplay",), (), "answerable", about=name),
    )


def test_a_beir_folder_gives_the_queries_that_are_judged(tmp_path: Path) -> None:
    """Grades are kept, judgements of 0 and below are none, and queries without one, or judged queries without a text, are left out."""
    judgements = ("query-id\tcorpus-id\tscore", "q3\td3\t1", "q1\td1\t2", "q1\td2\t1", "q1\td3\t0", "q2\td1\t-1", "", "q9\td1\t1")
    found = open_set(beir(tmp_path / "pets", *judgements))
    assert (found.name, found.task) == ("pets", "search")
    assert set(found.data) == {"corpus.jsonl", "queries.jsonl", "qrels.tsv"}
    assert found.questions == (
        GoldQuestion("q3", "rain", True, (GoldReference("d3", "u1", 1),), (), ()),
        GoldQuestion("q1", "cats", True, (GoldReference("d1", "u1", 2), GoldReference("d2", "u1", 1)), (), ()),
    )
    assert [paragraph.id for _, paragraphs in documents(found).values() for paragraph in paragraphs] == ["d1#u1", "d2#u1", "d3#u1"]


def test_judgements_in_the_columns_of_trec_are_read(tmp_path: Path) -> None:
    """qrels/test.tsv with four columns, and no head line, names the document in the third."""
    found = open_set(beir(tmp_path, "q1 0 d1 1", "q2\t0\td2\t3", qrels="qrels/test.tsv"))
    assert [question.references for question in found.questions] == [(GoldReference("d1", "u1", 1),), (GoldReference("d2", "u1", 3),)]
    assert set(found.data) == {"corpus.jsonl", "queries.jsonl", "test.tsv"}


def test_a_folder_of_paragraphs_keeps_labels_and_headings(tmp_path: Path) -> None:
    """Labels are as given ("u" was counted), headings are one text or several, and one line's title is that of its document."""
    first, last = row("R", "7", "Seven.", heading="I. Aims"), row("R", "7bis", "More.", heading=["I", "A"], title="Report")
    found = open_set(folder_of(tmp_path / "known", first, row("S", "u1", "Counted."), "", last))
    assert (found.name, found.task, set(found.data)) == ("known", "answer", {"paragraphs.jsonl", "gold.jsonl"})
    assert found.questions == (GoldQuestion("n", "Who won?", False, (), (), ()),)
    report = (Paragraph("R", "7", "official", "Seven.", ("I. Aims",)), Paragraph("R", "7bis", "official", "More.", ("I", "A")))
    assert documents(found) == {"R": ("Report", report), "S": ("S", (Paragraph("S", "u1", "counted", "Counted."),))}


def test_a_gold_file_is_asked_of_the_workspace(tmp_path: Path) -> None:
    """It brings no documents, and is named by the hash of its bytes."""
    path = lines(tmp_path / "mine.jsonl", UNANSWERED)
    data = {"mine.jsonl": sha256(path.read_bytes()).hexdigest()}
    assert open_set(path) == EvaluationSet("mine", "answer", (GoldQuestion("n", "Who won?", False, (), (), ()),), data, None)


JUDGED = "q1\td1\t1"
GOOD, BAD = row("R", "7", "One."), {"document": "R", "label": "8"}


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda at: at, "is no evaluation set"),
        (lambda at: lines(at / "paragraphs.jsonl", GOOD).parent, "is no evaluation set"),
        (lambda at: lines(at / "notes.txt", "Plain words."), "notes.txt, line 1: not JSON"),
        (lambda at: at / "none.json", "cannot be read: No such file"),
        (lambda at: squad(at, "{"), "is not SQuAD 2.0: JSONDecodeError"),
        (lambda at: squad(at, []), "is not SQuAD 2.0: TypeError"),
        (lambda at: squad(at, {"data": [{"title": "T"}]}), "is not SQuAD 2.0: KeyError 'paragraphs'"),
        (lambda at: squad(at, {"data": [{"title": 7, "paragraphs": []}]}), "is not SQuAD 2.0: AttributeError"),
        (lambda at: squad(at, {"data": [NORMANS, NORMANS]}), "holds two articles of the same title"),
        (lambda at: squad(at, {"data": []}), "football.json holds no paragraph"),
        (lambda at: beir(at, JUDGED, "q1\td1"), "qrels.tsv, line 2 is not a judgement"),
        (lambda at: beir(at, "query\tdocument\tscore", JUDGED, "q1\td1\thigh"), "qrels.tsv, line 3 is not a judgement"),
        (lambda at: beir(at, JUDGED, "", "q1\td1\t--1"), "qrels.tsv, line 3 is not a judgement"),
        (lambda at: beir(at, JUDGED, "q1\t0\td1\tx\t1"), "qrels.tsv, line 2 is not a judgement"),
        (lambda at: beir(at, JUDGED, qrels="judged.tsv"), "has no qrels.tsv and no qrels/test.tsv"),
        (lambda at: beir(at, "q7\td1\t1", "q1\td1\t0"), "judges none of the queries"),
        (lambda at: lines(beir(at, JUDGED) / "queries.jsonl", BAD).parent, "queries.jsonl, line 1: KeyError '_id'"),
        (lambda at: folder_of(at, GOOD, BAD), "paragraphs.jsonl, line 2: KeyError 'text'"),
        (lambda at: folder_of(at, GOOD, GOOD), "R has two paragraphs '7'"),
        (lambda at: folder_of(at, row("R", "seven", "One.")), "R: not a paragraph label: 'seven'"),
        (lambda at: folder_of(at / "bare"), "bare holds no paragraph"),
    ],
)
def test_what_is_no_set_or_a_broken_one_is_refused(tmp_path: Path, make: Callable[[Path], Path], says: str) -> None:
    """A folder or file of no known kind, and each flaw of one that is, is named in one line with the next step."""
    path = make(tmp_path)
    with pytest.raises((GoldError, EmptyCorpus)) as caught:
        documents(open_set(path))
    assert says in caught.value.what
    assert caught.value.step
    assert "\n" not in str(caught.value)


@given(st.sets(st.text(max_size=5)), st.integers(0, 12), st.integers(0, 12))
def test_a_smaller_sample_is_part_of_a_larger_one(ids: set[str], one: int, other: int) -> None:
    """Samples have the size asked for, keep the order, and grow by adding questions."""
    questions = [GoldQuestion(id, "?", False, (), (), ()) for id in sorted(ids)]
    small, large = (sample(questions, size) for size in sorted((one, other)))
    assert (len(small), len(large)) == (min(one, other, len(ids)), min(max(one, other), len(ids)))
    assert list(small) == [question for question in large if question in small]
    assert list(large) == [question for question in questions if question in large]


def test_a_sample_is_the_same_on_every_machine() -> None:
    """Of q0 … q9 the hashes of q7 (08), q1 (25), q5 (2c) are lowest with the seed of all runs; another seed chooses others."""
    questions = [GoldQuestion(f"q{at}", "?", False, (), (), ()) for at in range(10)]
    assert [question.id for question in sample(questions, 3)] == ["q1", "q5", "q7"]
    assert [question.id for question in sample(questions, 3, seed=1)] == ["q4", "q5", "q6"]
    assert sample(questions, None) == sample(questions, 10) == sample(questions, 99) == tuple(questions)


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch, encoder: object) -> list[str]:
    """The one encoder of the run is used; a build that loads it, because it embeds, is noted here."""
    noted: list[str] = []
    monkeypatch.setattr("assistant.index.encoder.load", lambda settings: encoder)
    monkeypatch.setattr("assistant.index.build.load", lambda settings: noted.append(settings.name) or encoder)
    return noted


def test_documents_of_a_set_are_indexed_once_apart_from_the_workspace(tmp_path: Path, loads: list[str]) -> None:
    """They lie in eval/cache/, a second run embeds nothing, answers cite them, and the workspace gets no index."""
    settings = Settings(workspace=tmp_path / "workspace", reader=LIKENESS)
    found = open_set(squad(tmp_path))
    first, again = (answer_set(found, settings, Options(), tmp_path / name, "", quiet)[0] for name in ("a", "b"))
    assert loads == ["all-MiniLM-L6-v2"]
    assert first.header.generation == again.header.generation
    cache = settings.eval / "cache" / f"football-{found.data['football.json'][:8]}"
    assert [path.name for path in (cache / "index").glob("gen-*")] == [first.header.generation]
    assert not settings.index.exists()
    cited = {outcome.question.id: outcome.answer.cited for outcome in first.outcomes}
    assert (cited["s1"], cited["s4"]) == (("Super_Bowl_50#u1",), ("Super_Bowl_50#u2",))


def test_a_retrieval_set_is_ranked_and_not_answered(tmp_path: Path, loads: list[str]) -> None:
    """The best document comes first, nothing is said, and up to a hundred places are asked for."""
    found = open_set(beir(tmp_path / "pets", "q1\td1\t1", "q2\td2\t1"))
    run, _ = answer_set(found, Settings(workspace=tmp_path, reader=LIKENESS), Options(), tmp_path / "report", "", quiet)
    assert run.header.top == 100
    assert [(outcome.answer.passages[0].id, outcome.answer.text) for outcome in run.outcomes] == [("d1#u1", ""), ("d2#u1", "")]
    with pytest.raises(AssistantError, match="no judged document is in the corpus"):
        answer_set(
            open_set(beir(tmp_path / "lost", "q1\td9\t1")), Settings(workspace=tmp_path, reader=LIKENESS), Options(), tmp_path, "", quiet
        )


@pytest.mark.parametrize(
    ("reference", "answer", "says"),
    [
        (("A/1/1", "7"), "My", "no document 'A/1/1' is indexed"),
        (("chair-closing-remarks", "77"), "My", "has no paragraph '77'"),
        (("chair-closing-remarks", "7"), "stakeholder points", "the answer 'stakeholder points' is not in a referenced paragraph"),
    ],
)
def test_a_gold_line_that_the_index_does_not_hold_is_refused(
    tmp_path: Path, workspace: Path, capsys: pytest.CaptureFixture[str], reference: tuple[str, str], answer: str, says: str
) -> None:
    """`assistant eval run` asks nothing, names the line of the file, and ends with 2."""
    references = [dict(zip(("document", "paragraph"), reference, strict=True))]
    line = {**UNANSWERED, "id": "q2", "answerable": True, "references": references, "answers": [answer]}
    path = lines(tmp_path / "gold.jsonl", UNANSWERED, line)
    assert main(["eval", "run", str(path), "--workspace", str(workspace), "--report", str(tmp_path / "report")]) == 2
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert f"{path}, line 2: q2: " in err
    assert says in err
    assert not (tmp_path / "report").exists()
