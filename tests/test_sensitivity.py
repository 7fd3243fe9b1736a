"""Sensitivity: what is said when the gold paragraph is gone or holds another number, and that the index itself is left alone."""

import json
from pathlib import Path

import pytest
from workspaces import Corpus

from assistant.answer.engine import Assistant
from assistant.cli import main
from assistant.errors import EmptyCorpus
from assistant.eval.gold import GoldQuestion, GoldReference, write_gold
from assistant.eval.sensitivity import Altered, Laboratory, removed, swapped
from assistant.index.encoder import Encoder
from assistant.schema import Answer
from assistant.settings import Settings, load

TEXTS = (
    "The working group heard 214 statements from delegations during the first week of the session.",
    "A voluntary fund of 35 million dollars was set up to train 120 diplomats from developing countries.",
    "The next meeting will take place in Geneva in July, after consultations with the regional groups.",
    "The secretariat received 48 written contributions from civil society and from industry.",
    "Interpretation was provided in 6 languages throughout the meeting.",
    "Delegations took the floor for long hours, and 214 statements were counted by the secretariat.",
)


def asked(id: str, question: str, paragraph: int, answer: str) -> GoldQuestion:
    """A question that a paragraph of the document answers."""
    return GoldQuestion(id, question, True, (GoldReference("a", str(paragraph)),), (answer,), ())


HEARD = asked("heard", "How many statements did the working group hear?", 1, "214 statements")
FUND = asked("fund", "How many dollars are in the voluntary fund?", 2, "35 million dollars")
BOTH = "35 million dollars was set up to train 120 diplomats"
TRAINED = asked("trained", "How many diplomats does the voluntary fund of 35 million dollars train?", 2, BOTH)
WHERE = asked("where", "Where will the next meeting take place?", 3, "Geneva")
FIVE = asked("five", "What does paragraph 5 say?", 5, "6 languages")
ETHANOL = asked("ethanol", "What is the boiling point of ethanol?", 4, "48 written contributions")
COUNTED = asked("counted", "How many statements were counted by the secretariat?", 1, "214 statements")  # yet paragraph 6 says it
NOBODY = GoldQuestion("nobody", "Who won 9 medals?", False, (), (), ())


def quiet(what: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


@pytest.fixture(scope="module")
def settings(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A workspace with one document of the six paragraphs, to be read only."""
    corpus = Corpus(tmp_path_factory.mktemp("sensitivity"))
    corpus.write("a.txt", *TEXTS)
    corpus.build(encoder)
    (corpus.settings.workspace / "assistant.toml").write_text('[reader]\nname = "similarity"\n', encoding="utf-8")
    return load(corpus.settings.workspace)  # by likeness: what is cited depends on nothing that was trained


@pytest.fixture(autouse=True)
def _one_encoder(monkeypatch: pytest.MonkeyPatch, encoder: Encoder) -> None:
    """Every index is asked with the one encoder of the run."""
    monkeypatch.setattr("assistant.index.encoder.load", lambda settings: encoder)
    monkeypatch.setattr("assistant.eval.sensitivity.load", lambda settings: encoder)


@pytest.fixture
def laboratory(settings: Settings, tmp_path: Path) -> Laboratory:
    """A laboratory over a copy of that index."""
    return Laboratory(settings, tmp_path / "laboratory")


def by_id(altered: list[Altered]) -> dict[str, Altered]:
    """What became of each question."""
    return {item.question.id: item for item in altered}


def cited(answer: Answer) -> list[str]:
    """Ids of the paragraphs that an answer cites."""
    return [f"{citation.document}#{citation.label}" for statement in answer.statements for citation in statement.citations]


def test_without_its_paragraph_an_answer_passes_only_by_abstaining(laboratory: Laboratory) -> None:
    """The paragraph was cited and is no more, also by a look-up that names it; an answer from elsewhere is a failure."""
    found = by_id(list(removed(laboratory, [HEARD, FUND, FIVE, NOBODY], 10, quiet)))
    assert {id: (cited(item.before), item.before.status) for id, item in found.items()} == {
        "heard": (["a#1"], "answered"),
        "fund": (["a#2"], "answered"),
        "five": (["a#5"], "answered"),
    }
    assert {id: (cited(item.after), item.after.status, item.passed) for id, item in found.items()} == {
        "heard": (["a#6"], "answered", False),
        "fund": ([], "abstained", True),
        "five": ([], "abstained", True),
    }


def test_the_altered_index_lacks_the_paragraph(laboratory: Laboratory) -> None:
    """None of the passages that are searched is the one that was removed, and one paragraph less is searched."""
    (item,) = removed(laboratory, [FUND], 10, quiet)
    before, after = ({passage.paragraph.label for passage in answer.passages} for answer in (item.before, item.after))
    assert before - after == {"2"}
    assert (item.before.coverage.paragraphs, item.after.coverage.paragraphs) == (6, 5)


def test_a_question_that_was_not_answered_before_is_not_judged(laboratory: Laboratory) -> None:
    """An abstention before says nothing about the paragraph, whether it is removed or its number is swapped."""
    (gone,), (other,) = (list(alter(laboratory, [ETHANOL], 10, quiet)) for alter in (removed, swapped))
    assert (gone.before.status, gone.after.status, gone.passed) == ("abstained", "abstained", None)
    assert (other.before.status, other.passed) == ("abstained", None)


def test_paragraphs_are_dealt_into_few_indexes(laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions on one paragraph share an index; others get their own, as long as no more are made than allowed."""
    questions = [HEARD, FUND, TRAINED, WHERE]
    each = by_id(list(removed(laboratory, questions, 10, quiet)))
    assert len({item.after.generation for item in each.values()}) == 3
    assert each["fund"].after.generation == each["trained"].after.generation
    monkeypatch.setattr("assistant.eval.sensitivity.ROUNDS", 2)
    told: list[tuple[str, int, int]] = []
    two = by_id(list(removed(laboratory, questions, 10, lambda *progress: told.append(progress))))
    assert two["heard"].after.generation == two["where"].after.generation != two["fund"].after.generation
    assert two["heard"].after.coverage.paragraphs == 4
    assert told == [("without the paragraph", done, 4) for done in (1, 2, 3, 4)]


def test_with_another_number_the_answer_gives_the_new_one(laboratory: Laboratory) -> None:
    """The quotation is the paragraph with a number of as many digits in the old one's place, and that passes."""
    found = by_id(list(swapped(laboratory, [HEARD, FUND, FIVE, NOBODY, WHERE], 10, quiet)))
    assert set(found) == {"heard", "fund", "five"}  # the others' answers hold no number
    for item, text, old in ((found["heard"], TEXTS[0], "214"), (found["fund"], TEXTS[1], "35"), (found["five"], TEXTS[4], "6")):
        (statement,) = item.after.statements
        head, tail = text.split(old)
        new = statement.text.removeprefix(head).removesuffix(tail)
        assert statement.citations[0].quote == statement.text == f"{head}{new}{tail}"
        assert (new.isdigit(), len(new), new != old, new[0] != "0") == (True, len(old), True, True)
        assert item.passed is True


def test_an_answer_that_keeps_the_old_number_fails(laboratory: Laboratory) -> None:
    """Paragraph 6 still says 214 when the gold paragraph no longer does: alone, or beside the new number."""
    both = asked("both", "What do paragraphs 1 and 6 say?", 1, "214 statements")
    found = by_id([*swapped(laboratory, [COUNTED], 10, quiet), *swapped(laboratory, [both], 10, quiet)])
    assert {id: (cited(item.before), cited(item.after), item.passed) for id, item in found.items()} == {
        "counted": (["a#6"], ["a#6"], False),
        "both": (["a#1", "a#6"], ["a#1", "a#6"], False),
    }
    assert "214" not in found["both"].after.statements[0].text


def test_a_number_that_the_question_says_stays(laboratory: Laboratory) -> None:
    """The 35 of the question stays, and the 120 that it asks for is swapped; with no other number the question is left out."""
    (item,) = swapped(laboratory, [TRAINED], 10, quiet)
    text = item.after.statements[0].text
    assert text.startswith("A voluntary fund of 35 million dollars was set up to train ")
    assert "120" not in text
    assert item.passed is True
    own = asked("own", "Which fund has 35 million dollars?", 2, "35 million dollars")
    assert list(swapped(laboratory, [own], 10, quiet)) == []


def test_two_numbers_of_one_paragraph_are_swapped_in_indexes_of_their_own(laboratory: Laboratory) -> None:
    """Questions on different paragraphs share an index, a second one on the same paragraph waits for the next."""
    found = by_id(list(swapped(laboratory, [FUND, HEARD, TRAINED], 10, quiet)))
    assert found["fund"].after.generation == found["heard"].after.generation != found["trained"].after.generation
    assert "120 diplomats" in found["fund"].after.statements[0].text
    assert "35 million" in found["trained"].after.statements[0].text


def test_the_same_number_is_swapped_in_on_every_run(settings: Settings, tmp_path: Path) -> None:
    """Two laboratories say the same."""
    first, again = (list(swapped(Laboratory(settings, tmp_path / name), [FUND], 10, quiet)) for name in ("a", "b"))
    assert first[0].after.statements == again[0].after.statements


def test_the_index_itself_is_left_alone(settings: Settings, laboratory: Laboratory) -> None:
    """Not one byte of it is written: the same generation answers as before."""

    def held() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in settings.index.rglob("*") if path.is_file()}

    before, generation = held(), Assistant(settings).generation().id
    items = [*removed(laboratory, [FUND, HEARD], 10, quiet), *swapped(laboratory, [FUND, HEARD], 10, quiet)]
    assert held() == before
    assert (settings.index / "CURRENT").read_text(encoding="utf-8").strip() == generation
    assert {item.before.generation for item in items} == {generation}
    assert generation not in {item.after.generation for item in items}


def test_an_index_of_which_nothing_is_left_is_an_error(laboratory: Laboratory) -> None:
    """A question whose gold is the whole index cannot be asked without it."""
    everything = GoldQuestion("all", "What was said?", True, tuple(GoldReference("a", str(label)) for label in range(1, 7)), (), ())
    with pytest.raises(EmptyCorpus, match="without its gold paragraphs the index is empty"):
        list(removed(laboratory, [everything], 10, quiet))


def command(capsys: pytest.CaptureFixture[str], settings: Settings, gold: Path, *more: str) -> tuple[int, str, str]:
    """Exit code, output and messages of `assistant eval sensitivity`."""
    code = main(["eval", "sensitivity", str(gold), "--workspace", str(settings.workspace), *more])
    return code, *capsys.readouterr()


def test_the_command_prints_both_rates(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Wilson's intervals: 1 of 2 reaches from .095 to .905, 2 of 2 from 1 / (1 + z² / 2) = .342; failures are named."""
    write_gold(tmp_path / "gold.jsonl", [HEARD, FUND, ETHANOL, NOBODY])
    code, out, err = command(capsys, settings, tmp_path / "gold.jsonl")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "Gold paragraph removed: abstains: 1 of 2 (0.500, 95 % interval 0.095 to 0.905).",
        "  heard  How many statements did the working group hear?",
        f"    still: {TEXTS[5]}",
        "Number swapped: says the new number and not the old: 2 of 2 (1.000, 95 % interval 0.342 to 1.000).",
    ]


def test_the_command_gives_both_rates_as_json(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """How many were asked, judged and passed, the rate with its interval, and each failure with what was said."""
    write_gold(tmp_path / "gold.jsonl", [HEARD, ETHANOL])
    code, out, _ = command(capsys, settings, tmp_path / "gold.jsonl", "--json")
    report = json.loads(out)
    assert (code, set(report)) == (0, {"removed", "swapped"})
    # None of one reaches up to z² / (1 + z²) = 3.841459 / 4.841459, one of one down to 1 / (1 + z²).
    assert report["removed"].pop("failed") == [{"id": "heard", "question": HEARD.question, "after": [TEXTS[5]]}]
    assert report["removed"] == pytest.approx({"asked": 2, "judged": 1, "passed": 0, "rate": 0.0, "low": 0.0, "high": 0.793451})
    assert report["swapped"].pop("failed") == []
    assert report["swapped"] == pytest.approx({"asked": 2, "judged": 1, "passed": 1, "rate": 1.0, "low": 0.206549, "high": 1.0})


def test_the_command_says_what_it_cannot_judge(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A set whose questions were not answered gives no rate; one that names what is not indexed is refused with its line."""
    write_gold(tmp_path / "gold.jsonl", [ETHANOL])
    code, out, _ = command(capsys, settings, tmp_path / "gold.jsonl")
    assert (code, out.splitlines()[0]) == (0, "Gold paragraph removed: abstains: no question to judge it by, of 1 question asked.")
    write_gold(tmp_path / "wrong.jsonl", [FUND, asked("late", "What was said last?", 7, "Nothing")])
    code, out, err = command(capsys, settings, tmp_path / "wrong.jsonl")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "line 2: late: a has no paragraph '7'" in err
