"""What readers say of answers becomes lines of a gold set that a person reviews."""

from __future__ import annotations

import datetime as dt
import json
import threading
from pathlib import Path

import pytest
from fakes import CHAIR, CONSULTATIONS, FakeAssistant, answer, passage, statement

from assistant.errors import UsageError
from assistant.eval.feedback import PLACE, VERDICTS, record
from assistant.eval.gold import check_gold, read_gold
from assistant.schema import Filters
from assistant.settings import Settings
from assistant.ui.acts import judged
from assistant.ui.turns import Turn

QUESTION = "What did the Chair say about stakeholders?"
ANSWER = answer(QUESTION, (statement(7, CONSULTATIONS),), (passage(7), passage(4)))
REFUSED = answer("Which sanctions were imposed?", (), (passage(4), passage(2)))


def test_each_verdict_is_a_line_of_gold(tmp_path: Path) -> None:
    """All four verdicts are read back as a gold set: drafts whose paragraphs exist, with the filters of the question."""
    filters = Filters(speakers=("Chair",))
    for verdict in VERDICTS:
        record(tmp_path, ANSWER, verdict, filters)
    gold = read_gold(tmp_path / PLACE)
    check_gold(gold, lambda _: [passage(number).paragraph for number in range(1, 11)])
    assert [question.answerable for question in gold] == [True, True, True, False]
    assert [[r.paragraph for r in question.references] for question in gold] == [["7"], ["7"], ["7"], []]
    assert (gold[3].about, gold[0].filters, {question.reviewed for question in gold}) == (CHAIR.id, filters, {False})
    said = json.loads((tmp_path / PLACE).read_text(encoding="utf-8").splitlines()[0])["feedback"]
    assert said == {"verdict": "wrong paragraph", "cited": ["chair-closing-remarks#7"], "generation": ANSWER.generation}


def test_the_right_paragraph_takes_the_place_of_the_cited_one(tmp_path: Path) -> None:
    """Where the reader knows the right paragraph, the line refers to it and remembers what was cited."""
    record(tmp_path, ANSWER, "wrong paragraph", right=[(CHAIR.id, "5")])
    assert [r.paragraph for r in read_gold(tmp_path / PLACE)[0].references] == ["5"]


def test_a_missed_answer_refers_to_the_nearest(tmp_path: Path) -> None:
    """Of a refusal that should have been an answer, the nearest paragraph stands in; with none there is nothing to review."""
    record(tmp_path, REFUSED, "missing")
    assert [r.paragraph for r in read_gold(tmp_path / PLACE)[0].references] == ["4"]
    with pytest.raises(UsageError, match="nothing was found"):
        record(tmp_path, answer("a", (), ()), "missing")


def test_lines_of_many_readers_do_not_mix(tmp_path: Path) -> None:
    """Twenty readers at once give twenty whole lines with ids of their own."""
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    threads = [
        threading.Thread(target=record, args=(tmp_path, ANSWER, "missing"), kwargs={"now": now + dt.timedelta(microseconds=number)})
        for number in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_gold(tmp_path / PLACE)) == 20


def test_the_page_says_what_came_of_a_verdict(tmp_path: Path) -> None:
    """The opened paragraph counts as the right one only if it was not cited; a turn or a verdict that is none is one line."""
    assistant = FakeAssistant(Settings(workspace=tmp_path))
    turns = (Turn(QUESTION).after(ANSWER),)
    assert "Noted for review: not supported." in judged(assistant, turns, 0, "not supported", CHAIR.id, "5")
    assert "5 was taken for the right paragraph" in judged(assistant, turns, 0, "wrong paragraph", CHAIR.id, "5")
    judged(assistant, turns, 0, "wrong paragraph", CHAIR.id, "7")
    assert [[r.paragraph for r in q.references] for q in read_gold(tmp_path / "eval" / PLACE)] == [["7"], ["5"], ["7"]]
    assert "no longer here" in judged(assistant, turns, 3, "missing", "", "")
    assert "is no verdict" in judged(assistant, turns, 0, "splendid", "", "")
    assert "is not in the index" in judged(assistant, turns, 0, "wrong paragraph", CHAIR.id, "99")
