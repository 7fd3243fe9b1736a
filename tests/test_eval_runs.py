"""Runs: what a run file holds, how an interrupted one goes on, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from outcomes import gold, header

from assistant.errors import GoldError, UsageError
from assistant.eval.environment import code_sha256, versions
from assistant.eval.outcome import GoldParagraphs, record
from assistant.eval.runs import interrupted, read_run, recording
from assistant.schema import Answer, Citation, Coverage, Document, Paragraph, Passage, Statement

PARAGRAPHS = tuple(Paragraph("D", label, "official", f"Paragraph {label}.") for label in ("1", "7", "7bis", "8"))


def answered(question: str = "How many?") -> dict[str, Any]:
    """A whole answer as `ask --json` prints it, from paragraph 7."""
    text = "We heard “eighty” statements."
    paragraph, document = Paragraph("D", "7", "official", text), Document("D", "Title", "d.txt", "0" * 64)
    said = Statement(text, (Citation("D", "7", "D, para. 7", text, 0, len(text)),))
    found = (Passage(document, paragraph, "D, para. 7"),)
    return Answer("a-1", question, question, "answered", "quote", (said,), found, Coverage(1, 1), "gen-1", confidence=0.5).to_json()


def row(number: int) -> dict[str, Any]:
    """The record of question q<number>."""
    return record(gold("7", id=f"q{number}", answers=["eighty"]), GoldParagraphs(lambda _: PARAGRAPHS).of(gold("7")), answered(), 10.126)


def write(path: Path, numbers: range, of: int, keep: int = 0) -> None:
    """Writes a run of `of` questions that got so far."""
    kept = read_run(path).outcomes[:keep] if keep else ()
    with recording(path, header(of), kept) as put:
        for number in numbers:
            put(row(number))


def test_a_run_file_holds_all_that_measuring_needs(tmp_path: Path) -> None:
    """Question, gold paragraph with its neighbours, the answer whole, and the time come back as they were."""
    path = tmp_path / "reports" / "chair.run.jsonl"
    write(path, range(2), 2)
    run = read_run(path)
    assert run.complete
    assert run.header == header(2)
    first = run.outcomes[0]
    assert first.question == gold("7", id="q0", answers=["eighty"])
    assert (first.gold[0].text, first.gold[0].neighbours) == ("Paragraph 7.", ("D#1", "D#7bis"))
    assert (first.answer.status, first.answer.confidence, first.answer.cited, first.latency_ms) == ("answered", 0.5, ("D#7",), 10.13)
    line = json.loads(path.read_text(encoding="utf-8").splitlines()[1])
    assert line["answer"] == answered()  # the whole contract, also what is not measured


def test_the_neighbours_of_an_edge_are_one() -> None:
    """The first and the last paragraph have one neighbour each; a paragraph that is not there is left out."""
    found = GoldParagraphs(lambda _: PARAGRAPHS).of(gold("1", "8", "99"))
    assert [(item.paragraph, item.neighbours) for item in found] == [("1", ("D#7",)), ("8", ("D#7bis",))]


def test_every_answer_is_on_disk_at_once(tmp_path: Path) -> None:
    """A crash between two questions loses neither the answers before it nor the right to go on."""
    path = tmp_path / "chair.run.jsonl"

    def crash() -> None:
        with recording(path, header(3), ()) as put:
            put(row(0))
            assert len(read_run(path).outcomes) == 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        crash()
    kept = interrupted(path, header(3))
    assert [outcome.question.id for outcome in kept] == ["q0"]
    write(path, range(1, 3), 3, keep=1)
    assert [outcome.question.id for outcome in read_run(path).outcomes] == ["q0", "q1", "q2"]
    assert read_run(path).complete


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.floats(0, 1))
def test_a_file_cut_anywhere_goes_on_to_the_same_run(tmp_path: Path, cut: float) -> None:
    """Whatever byte a crash stopped at, the whole answers are kept, and the finished file is as if nothing had happened."""
    path = tmp_path / "chair.run.jsonl"
    write(path, range(3), 3)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(cut * len(whole))])
    kept = interrupted(path, header(3))
    if not kept and cut == 1:  # the whole file: that run is over, and a new one begins
        return
    with recording(path, header(3), kept) as put:
        for number in range(len(kept), 3):
            put(row(number))
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    "other",
    [
        {"generation": "gen-2"},
        {"settings": {"mode": "model"}},
        {"data": {"chair.jsonl": "0"}},
        {"code": "other"},
        {"split": "test"},
        {"top": 5},
    ],
)
def test_another_run_is_not_continued(tmp_path: Path, other: dict[str, Any]) -> None:
    """Answers of another index, setting, gold set, code or half never pass for this run's; another date does not matter."""
    path = tmp_path / "chair.run.jsonl"
    write(path, range(1), 3)
    assert len(interrupted(path, replace(header(3), date="2027-01-01", command="assistant eval run other/place.jsonl"))) == 1
    assert interrupted(path, replace(header(3), **other)) == ()


def test_a_finished_run_is_begun_anew(tmp_path: Path) -> None:
    """Running again asks again: the answers of yesterday are not today's."""
    path = tmp_path / "chair.run.jsonl"
    write(path, range(2), 2)
    assert interrupted(path, header(2)) == ()
    assert interrupted(tmp_path / "none.run.jsonl", header(2)) == ()
    write(path, range(1), 2)
    assert len(read_run(path).outcomes) == 1


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (None, "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b"", "is not a run file"),
        (b'{"run": 1}\n', "is not a run file"),
        (b"HEADER\n{}\n", "line 2 is not an outcome: question"),
        (b"HEADER\nno json\n", "line 2 is not an outcome"),
    ],
)
def test_what_is_no_run_is_refused_in_one_line(tmp_path: Path, content: bytes | None, names: str) -> None:
    """The line names the file, and what to do."""
    path = tmp_path / "x.run.jsonl"
    write(path, range(0), 1)
    if content is None:
        path = tmp_path / "none.run.jsonl"
    else:
        path.write_bytes(content.replace(b"HEADER\n", path.read_bytes()))
    with pytest.raises(GoldError, match=names) as caught:
        read_run(path)
    assert caught.value.step
    assert "\n" not in str(caught.value)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The error names the file and the option that mends it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"cannot be written: .*--report"), recording(tmp_path / "file" / "x.run.jsonl", header(1), ()):
        pass


def test_versions_and_code_are_named() -> None:
    """The header knows the packages that can move a figure, and a checksum of the code, which are the same when asked again."""
    assert {"python", "assistant", "ir-measures", "rapidfuzz", "torch"} <= set(versions())
    assert code_sha256() == code_sha256()
    assert len(code_sha256()) == 16


def test_what_goes_wrong_while_asking_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    """An error of the system that asking met passes through as it is; the answers before it stay."""

    def ask() -> None:
        with recording(tmp_path / "chair.run.jsonl", header(2), ()) as put:
            put(row(0))
            raise ConnectionResetError("of the index's disk")

    with pytest.raises(ConnectionResetError):
        ask()
    assert len(read_run(tmp_path / "chair.run.jsonl").outcomes) == 1


def test_the_run_before_is_kept(tmp_path: Path) -> None:
    """A run that is begun anew leaves the one that lay there, whole or interrupted, beside it."""
    write(tmp_path / "chair.run.jsonl", range(1), 2)
    write(tmp_path / "chair.run.jsonl", range(2), 2)
    assert len(read_run(tmp_path / "chair.before.jsonl").outcomes) == 1
    assert read_run(tmp_path / "chair.run.jsonl").complete
