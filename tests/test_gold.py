"""Gold sets: the format, its flaws, the check against the paragraphs, and the split that never changes."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import GoldError
from assistant.eval.gold import GoldQuestion, GoldReference, check_gold, read_gold, split_of
from assistant.index.generations import open_current
from assistant.schema import Paragraph

GOOD: dict[str, Any] = {
    "id": "g1",
    "question": "How many statements were there?",
    "answerable": True,
    "references": [{"document": "A/1", "paragraph": "7"}],
    "answers": ["some 80 statements"],
    "must_include": [["80", "eighty"]],
}
UNANSWERABLE: dict[str, Any] = {**GOOD, "id": "g2", "answerable": False, "references": [], "answers": [], "must_include": []}

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes lines (text as it is, anything else as JSON) to a gold file."""

    def to_file(*lines: Any) -> Path:
        path = tmp_path / "set.jsonl"
        path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
        return path

    return to_file


def without(key: str) -> dict[str, Any]:
    """A good line that lacks one key."""
    return {name: value for name, value in GOOD.items() if name != key}


def test_a_gold_file_is_read_as_written(write: Write) -> None:
    """Every field arrives, blank lines and unknown keys are passed over, and the place names the line of the file."""
    first, second = read_gold(write(GOOD, "", {**UNANSWERABLE, "type": "near_miss", "evidence": 3}))
    assert first == GoldQuestion(
        id="g1",
        question="How many statements were there?",
        answerable=True,
        references=(GoldReference("A/1", "7"),),
        answers=("some 80 statements",),
        must_include=(("80", "eighty"),),
    )
    assert first.references[0].id == "A/1#7"
    assert second == GoldQuestion("g2", GOOD["question"], False, (), (), (), type="near_miss")
    assert (first.place[-6:], second.place[-6:]) == ("line 1", "line 3")


def test_line_ends_and_marks_of_other_systems_are_read(tmp_path: Path) -> None:
    """A byte order mark, CRLF and a raw U+2028 inside a string do not disturb the lines."""
    path = tmp_path / "set.jsonl"
    text = json.dumps({**GOOD, "question": "one\u2028two?"}, ensure_ascii=False) + "\r\n" + json.dumps(UNANSWERABLE) + "\r\n"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert [question.question for question in read_gold(path)] == ["one\u2028two?", GOOD["question"]]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"id": "g1",', "not JSON"),
        ("[" * 10_000, "not JSON"),
        (r'{"id": "\ud800"}', "not JSON"),
        ("[1]", "not a JSON object"),
        (without("id"), "the key 'id' is missing"),
        (without("question"), "the key 'question' is missing"),
        (without("answerable"), "the key 'answerable' is missing"),
        (without("references"), "the key 'references' is missing"),
        (without("answers"), "the key 'answers' is missing"),
        (without("must_include"), "the key 'must_include' is missing"),
        ({**GOOD, "references": [{"document": "A/1"}]}, "the key 'references.0.paragraph' is missing"),
        ({**GOOD, "references": [{"document": "A/1", "paragraph": 7}]}, "'references.0.paragraph': Input should be a valid string"),
        ({**GOOD, "answerable": "yes"}, "'answerable': Input should be a valid boolean"),
        ({**GOOD, "must_include": ["80"]}, "'must_include.0': Input should be a valid array"),
        ({**GOOD, "id": " "}, "'id' is blank"),
        ({**GOOD, "answers": [""]}, "'answers.0' is blank"),
        ({**GOOD, "must_include": [["80", " "]]}, "'must_include.0.1' is blank"),
        ({**GOOD, "must_include": [[]]}, "g1: must_include holds an empty list"),
        ({**GOOD, "references": []}, "g1: answerable without references"),
        ({**GOOD, "references": GOOD["references"] * 2}, "g1: the same paragraph is referenced twice"),
        ({**GOOD, "answerable": False}, "g1: not answerable, yet with references"),
        ({**UNANSWERABLE, "answers": ["80"]}, "g2: not answerable, yet with references, answers or must_include"),
        ({**UNANSWERABLE, "must_include": [["80"]]}, "g2: not answerable, yet with references, answers or must_include"),
        ({**UNANSWERABLE, "id": "g0"}, "g0: this id is already used on line 1"),
    ],
)
def test_each_flaw_is_one_line_that_names_the_file_and_the_line(write: Write, line: Any, says: str) -> None:
    """A flawed second line is refused with the file, the line, what is wrong and a next step, in one line."""
    path = write({**UNANSWERABLE, "id": "g0"}, line)
    with pytest.raises(GoldError) as caught:
        read_gold(path)
    assert caught.value.what.startswith(f"{path}, line 2: {says}")
    assert caught.value.step
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read: No such file"),
        (b"", "holds no question"),
        (b"\n \n", "holds no question"),
        (b"{}\xff", "is not UTF-8 text (byte 2)"),
    ],
)
def test_a_file_that_is_no_gold_set_is_refused(tmp_path: Path, content: bytes | None, says: str) -> None:
    """A file that is missing, empty or not text is named, with what is wrong."""
    path = tmp_path / "set.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(GoldError) as caught:
        read_gold(path)
    assert caught.value.what.startswith(f"{path} {says}")


PARAGRAPHS = {
    "A/1": (Paragraph("A/1", "7", "official", "We heard some\n 80  statements."), Paragraph("A/1", "8", "official", "Thank you.")),
    "B": (Paragraph("B", "u1", "counted", "Good morning."),),
}


def look_up(document: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a document, none where it is not known."""
    return PARAGRAPHS.get(document, ())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"references": [{"document": "A/2", "paragraph": "7"}]}, "no document 'A/2' is indexed"),
        ({"references": [{"document": "A/1", "paragraph": "9"}]}, "A/1 has no paragraph '9'"),
        ({"references": [{"document": "B", "paragraph": "7"}]}, "B has no paragraph '7'"),
        ({"answers": ["some eighty statements"]}, "the answer 'some eighty statements' is not in a referenced paragraph"),
        ({"answers": ["Some 80 statements"]}, "the answer 'Some 80 statements' is not in a referenced paragraph"),
        ({"answers": ["Thank you."]}, "the answer 'Thank you.' is not in a referenced paragraph"),
    ],
)
def test_what_the_paragraphs_do_not_hold_is_refused(write: Write, change: dict[str, Any], says: str) -> None:
    """Unknown documents and paragraphs, and answers not verbatim in a referenced one, are named with line and id."""
    path = write(UNANSWERABLE, {**GOOD, **change})
    with pytest.raises(GoldError) as caught:
        check_gold(read_gold(path), look_up)
    assert caught.value.what == f"{path}, line 2: g1: {says}".rstrip(".")


def test_a_true_gold_set_passes(write: Write) -> None:
    """White space is folded, and each answer may stand in any one of several referenced paragraphs."""
    references = [{"document": "A/1", "paragraph": "8"}, {"document": "A/1", "paragraph": "7"}, {"document": "B", "paragraph": "u1"}]
    answers = ["some 80\tstatements", "Thank you.", "morning"]
    check_gold(read_gold(write(GOOD, UNANSWERABLE, {**GOOD, "id": "g3", "references": references, "answers": answers})), look_up)


def test_the_split_is_pinned() -> None:
    """The halves of these ids never change: first bytes 0x12, 0x31, 0x46, 0x58 tune; 0xba, 0xe5, 0xc7, 0xbe test."""
    assert [split_of(id) for id in ("c01", "c02", "chair-01", "q3")] == ["tune"] * 4
    assert [split_of(id) for id in ("c03", "chair-03", "q1", "q2")] == ["test"] * 4
    # Of q0 … q999, 498 have a first byte below 128.
    assert sum(split_of(f"q{number}") == "tune" for number in range(1000)) == 498


def test_the_split_is_cut_at_half_of_the_first_byte() -> None:
    """Ids whose first byte is 127 and 128 fall to different halves."""
    first_byte = {hashlib.sha256(f"q{number}".encode()).digest()[0]: f"q{number}" for number in range(5000)}
    assert (split_of(first_byte[127]), split_of(first_byte[128])) == ("tune", "test")


def test_a_filter_that_there_is_not_is_refused(write: Write) -> None:
    """A mistyped filter would silently ask another question; the line says which there are."""
    assert read_gold(write({**GOOD, "filters": {"standings": ["adopted"], "since": "2021-01-01"}}))[0].filters.standings == ("adopted",)
    with pytest.raises(GoldError, match=r"line 1: g1: no filter is called 'standing'\. Filters are documents,"):
        read_gold(write({**GOOD, "filters": {"standing": ["adopted"]}}))


def test_a_question_is_about_its_document(write: Write) -> None:
    """The document of the first reference, or the one that a question without references was written against."""
    about = {**UNANSWERABLE, "about": "A/1"}
    assert [question.document for question in read_gold(write({**GOOD, "id": "g9"}, about))] == [GOOD["references"][0]["document"], "A/1"]


SHIPPED = Path(__file__).parents[1] / "eval" / "gold" / "chair.jsonl"


def test_the_shipped_gold_set_agrees_with_the_shipped_document(workspace: Path) -> None:
    """Every reference and every answer of eval/gold/chair.jsonl is in the index, and its halves are large enough to say something."""
    questions = read_gold(SHIPPED)
    check_gold(questions, open_current(workspace / "index").store.document_paragraphs)
    assert sum(question.answerable for question in questions) >= 80
    assert sum(not question.answerable for question in questions) >= 40
    for split in ("tune", "test"):
        half = [question for question in questions if split_of(question.id) == split]
        assert sum(question.answerable for question in half) >= 40
        assert sum(not question.answerable for question in half) >= 20
    kinds = Counter(question.type for question in questions)
    assert set(kinds) == set(
        "fact number list reason paraphrase multi lookup ordinal negation false_premise near_miss out_of_scope".split()
    )
    assert min(kinds.values()) >= 9
