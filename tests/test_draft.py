"""Drafted gold sets: what is drafted can be checked against the document, is not reviewed, and is never written over."""

import datetime as dt
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_server import ModelServer, Reply, Request
from workspaces import Place

from assistant.answer.engine import Assistant
from assistant.cli import main
from assistant.errors import GoldError, ModelError
from assistant.eval.draft import by_model, by_template
from assistant.eval.gold import GoldQuestion, GoldReference, check_gold, read_gold, write_gold
from assistant.index.lexical import LexicalIndex
from assistant.schema import Document, Filters, Paragraph
from assistant.settings import ModelSettings, Settings

CHAIR = "chair-closing-remarks"
NOTE = Document("note", "A note", "note.txt", "0")
GLACIERS, RUBLES = "Glaciers melt slowly near alpine villages.", "Donors pledged more than 350 rubles before noon yesterday."
HARBOURS, SHORT = "Harbours froze because storms arrived early.", "Glaciers melt again fast."


@pytest.fixture
def chair(workspace: Path) -> Assistant:
    """An assistant over the shipped documents."""
    return Assistant(Settings(workspace=workspace))


def draft(assistant: Assistant, number: int) -> tuple[GoldQuestion, ...]:
    """Drafts by template from the shipped document."""
    document, passages = assistant.document_paragraphs(CHAIR)
    return by_template(document, [passage.paragraph for passage in passages], assistant.generation().lexical, number)


def note(*texts: str, numbering: str = "official") -> list[Paragraph]:
    """Paragraphs of a note that is not indexed: none of its words is in the shipped documents."""
    mark = "" if numbering == "official" else "u"
    return [Paragraph("note", f"{mark}{at}", numbering, text) for at, text in enumerate(texts, 1)]  # type: ignore[arg-type]  # one of two


def lexical(workspace: Path) -> LexicalIndex:
    """The word statistics of the shipped documents."""
    return Assistant(Settings(workspace=workspace)).generation().lexical


def command(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit code, output and messages of a command."""
    code = main([str(argument) for argument in arguments])
    return code, *capsys.readouterr()


def test_what_is_drafted_stands_in_its_paragraph(chair: Assistant) -> None:
    """Every answer is verbatim in the one paragraph that its question references, and no line counts as reviewed."""
    questions = draft(chair, 40)
    store = chair.generation().store
    check_gold(questions, store.document_paragraphs)
    texts = {paragraph.id: paragraph.text for paragraph in store.document_paragraphs(CHAIR)}
    answerable = [question for question in questions if question.answerable]
    assert len(answerable) == 36
    assert all(question.answers[0] in texts[question.references[0].id] for question in answerable)
    assert {question.references[0].paragraph for question in answerable} == {str(number) for number in range(1, 11)}
    assert not any(question.reviewed for question in questions)
    assert {question.document for question in questions} == {CHAIR}


def test_all_kinds_of_questions_are_drafted(chair: Assistant) -> None:
    """The whole document gives questions for numbers, reasons and facts; look-ups are one in ten also where more was asked for."""
    types = [question.type for question in draft(chair, 400)]
    assert set(types) == {"number", "reason", "fact", "lookup"}
    assert len(types) // types.count("lookup") == 10


@pytest.mark.parametrize("number", [1, 2, 7, 40, 400])
def test_a_draft_holds_no_more_than_was_asked_for(chair: Assistant, number: int) -> None:
    """Ids are unique, a second draft is the same, and a longer one gives the same question the same id."""
    questions = draft(chair, number)
    assert 0 < len(questions) <= number
    assert len({question.id for question in questions}) == len(questions)
    assert draft(chair, number) == questions
    longer = {question.question: question.id for question in draft(chair, 400)}
    assert all(longer[question.question] == question.id for question in questions)


def test_some_look_ups_name_paragraphs_that_are_not_there(chair: Assistant) -> None:
    """Of 20 questions two ask for the paragraphs after the last, 10; they are not answerable, and the assistant abstains."""
    absent = [question for question in draft(chair, 20) if not question.answerable]
    assert [question.question for question in absent] == [
        "What does para. 11 of Closing remarks by the Chair say?",
        "What does para. 12 of Closing remarks by the Chair say?",
    ]
    assert {(question.type, question.about, question.references, question.answers) for question in absent} == {("lookup", CHAIR, (), ())}
    assert [chair.ask(question.question).status for question in absent] == ["abstained"] * 2


def test_each_sentence_is_asked_after_its_rarest_words(workspace: Path) -> None:
    """Figures are asked "How many", reasons "Why", the rest what is said; paragraphs take turns, and short sentences are left out."""
    questions = by_template(NOTE, note(f"{GLACIERS} {RUBLES}", SHORT, HARBOURS), lexical(workspace), 9)
    assert [(question.type, question.question, question.answers, question.references[:1]) for question in questions] == [
        ("fact", "What is said about Glaciers melt?", (GLACIERS,), (GoldReference("note", "1"),)),
        ("reason", "Why is Harbours froze mentioned?", (HARBOURS,), (GoldReference("note", "3"),)),
        (
            "number",
            "How many rubles are mentioned in connection with Donors pledged?",
            ("more than 350 rubles",),
            (GoldReference("note", "1"),),
        ),
        ("lookup", "What does para. 4 of A note say?", (), ()),
    ]


def test_a_figure_that_belongs_to_no_noun_is_not_asked_for(workspace: Path) -> None:
    """ "In 2021, states …" is not 2021 states; "1,350 rubles" is one figure."""
    year, sum_ = "Meanwhile in 2021, glaciers shrank beyond recognition.", "Donors pledged 1,350 rubles before noon yesterday."
    questions = by_template(NOTE, note(year, sum_), lexical(workspace), 9)
    assert [(question.type, question.answers) for question in questions[:2]] == [("fact", (year,)), ("number", ("1,350 rubles",))]


def test_counted_paragraphs_are_not_looked_up(workspace: Path) -> None:
    """A document without printed numbers gets no question that names one."""
    assert [question.type for question in by_template(NOTE, note(GLACIERS, HARBOURS, numbering="counted"), lexical(workspace), 20)] == [
        "fact",
        "reason",
    ]


def written(*replies: str) -> Callable[[Request], Reply]:
    """A model that writes the first of these for a paragraph about glaciers, and the second for any other."""
    return lambda request: Reply([replies[0] if "Glaciers" in request.prompt else replies[1]])


def model_of(server: ModelServer) -> ModelSettings:
    """Settings of a scripted model."""
    return ModelSettings(name="openai:scripted", base_url=server.base_url)


GOOD = "Sure.\nQ: Where do glaciers shrink?\nA: “near alpine villages”\n\nQ:  How fast? \n\nA: slowly\n"


def test_a_model_is_asked_paragraph_by_paragraph() -> None:
    """Pairs are read with and without quotation marks; an answer that is not verbatim is dropped and counted; progress is told."""
    told: list[tuple[str, int, int]] = []
    with ModelServer(written(GOOD, "Q: What froze?\nA: the harbours\nQ: When did storms arrive?\nA: early")) as server:
        drafted = by_model(NOTE, note(GLACIERS, HARBOURS), model_of(server), 5, lambda *progress: told.append(progress))
    assert [(question.question, question.answers, question.references[0].paragraph) for question in drafted.questions] == [
        ("Where do glaciers shrink?", ("near alpine villages",), "1"),
        ("How fast?", ("slowly",), "1"),
        ("When did storms arrive?", ("early",), "2"),
    ]
    assert (drafted.dropped, drafted.stopped) == (1, None)
    assert {(question.type, question.answerable, question.reviewed) for question in drafted.questions} == {("model", True, False)}
    assert told == [("drafting questions", 1, 2), ("drafting questions", 2, 2)]
    assert all("Write 3 questions" in request.prompt for request in server.requests)  # 5 of 2 paragraphs
    assert f"<paragraph>\n{GLACIERS}\n</paragraph>" in server.requests[0].prompt


def test_a_model_is_not_asked_for_more_than_is_needed() -> None:
    """When one paragraph has given enough questions, the next is not sent, and what is too many is left out."""
    with ModelServer(written(GOOD, GOOD)) as server:
        drafted = by_model(NOTE, note(GLACIERS, HARBOURS), model_of(server), 1, lambda *_: None)
    assert ([question.question for question in drafted.questions], drafted.dropped) == (["Where do glaciers shrink?"], 0)
    assert len(server.requests) == 1


def test_what_was_drafted_before_the_model_failed_is_kept() -> None:
    """An empty reply to the second paragraph ends the draft with the questions of the first, and says why."""
    with ModelServer(written(GOOD, "")) as server:
        drafted = by_model(NOTE, note(GLACIERS, HARBOURS), model_of(server), 5, lambda *_: None)
    assert len(drafted.questions) == 2
    assert "empty" in str(drafted.stopped)


@pytest.mark.parametrize("reply", ["Q: Where?\nA: in the Andes", "I cannot help with that."])
def test_a_model_that_gives_nothing_usable_is_an_error(reply: str) -> None:
    """No pair whose answer is in its paragraph: a ModelError with the next step."""
    with ModelServer(written(reply, reply)) as server, pytest.raises(ModelError, match="wrote no question") as caught:
        by_model(NOTE, note(GLACIERS, HARBOURS), model_of(server), 5, lambda *_: None)
    assert "draft without one" in caught.value.step


def test_init_writes_a_draft_and_never_over_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The draft lies in eval/gold/ under the document's name; a second time it is refused with 2, in one line, and stays as it is."""
    Place(tmp_path).build(GLACIERS, HARBOURS)
    path = tmp_path / "eval" / "gold" / "a-draft.jsonl"
    code, out, _ = command(capsys, "eval", "init", "a", "--workspace", tmp_path)
    assert (code, out.splitlines()[0]) == (0, f"{path}: 3 questions, not reviewed.")
    assert [question.type for question in read_gold(path)] == ["fact", "reason", "lookup"]
    assert all('"reviewed": false' in line for line in path.read_text(encoding="utf-8").splitlines())
    path.write_text(before := path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    code, out, err = command(capsys, "eval", "init", "a", "--workspace", tmp_path)
    assert (code, out, err) == (2, "", f"assistant: {path} is there already. Name another file with --out.\n")
    assert path.read_text(encoding="utf-8") == before


def test_init_asks_a_model_where_one_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The model's questions are written, and how many were dropped is said."""
    Place(tmp_path).build(GLACIERS)
    with ModelServer(written(GOOD + "Q: Who?\nA: nobody", "")) as server:
        model = ("--model", "openai:scripted", "--base-url", server.base_url)
        code, _, err = command(capsys, "eval", "init", "a", "--workspace", tmp_path, "--out", tmp_path / "b.jsonl", *model)
    assert (code, [question.type for question in read_gold(tmp_path / "b.jsonl")]) == (0, ["model", "model"])
    assert "dropped 1 question whose answer is not in the paragraph" in err


def test_a_run_over_drafts_says_so(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, encoder: object
) -> None:
    """Figures of lines that no person has reviewed are called drafts, until the mark is taken away."""
    monkeypatch.setattr("assistant.index.encoder.load", lambda settings: encoder)
    path, place = tmp_path / "draft.jsonl", ("--workspace", workspace)
    assert command(capsys, "eval", "init", CHAIR, *place, "--out", path, "--questions", "3")[0] == 0
    words = "questions are drafts that no person has reviewed: these figures are drafts too."
    code, out, _ = command(capsys, "eval", "run", path, *place, "--report", tmp_path / "report")
    assert (code, f"3 {words}" in out) == (0, True)
    path.write_text(path.read_text(encoding="utf-8").replace(', "reviewed": false', ""), encoding="utf-8")
    assert words not in command(capsys, "eval", "run", path, *place, "--report", tmp_path / "report")[1]


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8).map(lambda text: f"{text}x")
DATES = st.none() | st.dates(dt.date(1945, 1, 1), dt.date(2100, 1, 1))
NAMES = st.lists(WORDS, max_size=2).map(tuple)
FILTERS = st.builds(Filters, NAMES, NAMES, NAMES, NAMES, NAMES, NAMES, DATES, DATES)
REFERENCES = st.lists(st.builds(GoldReference, WORDS, WORDS, st.integers(1, 9)), min_size=1, max_size=3, unique_by=lambda it: it.id)
HELD = st.lists(st.lists(WORDS, min_size=1, max_size=2).map(tuple), max_size=2).map(tuple)
MORE = (st.none() | WORDS, FILTERS, st.none() | WORDS, st.booleans())
ANSWERED = st.builds(GoldQuestion, WORDS, WORDS, st.just(True), REFERENCES.map(tuple), NAMES, HELD, *MORE)
UNANSWERED = st.builds(GoldQuestion, WORDS, WORDS, st.just(False), st.just(()), st.just(()), st.just(()), *MORE)


@settings(max_examples=60)
@given(st.lists(ANSWERED | UNANSWERED, min_size=1, max_size=4, unique_by=lambda question: question.id))
def test_a_gold_file_is_read_back_as_it_was_written(questions: list[GoldQuestion]) -> None:
    """Filters, about, relevance and reviewed survive; what is usual is left out of a line; the file is never written over."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gold" / "set.jsonl"
        write_gold(path, questions)
        assert list(read_gold(path)) == questions
        row = json.loads(path.read_text(encoding="utf-8").split("\n")[0])
        assert ("reviewed" in row, "filters" in row) == (not questions[0].reviewed, bool(questions[0].filters))
        with pytest.raises(GoldError, match="is there already"):
            write_gold(path, questions)
