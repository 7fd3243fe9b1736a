"""Reports: what went wrong in words, tables, the page, bars, and published figures."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from outcomes import gold, outcome, report_of

from assistant.errors import GoldError, UsageError
from assistant.eval.bars import Bar, expected_bars, key_of, missed
from assistant.eval.measures import MEASURES
from assistant.eval.outcome import Outcome
from assistant.eval.publishing import BEGIN, END, figures_table, publish, published, with_table
from assistant.eval.render import html, markdown, table
from assistant.eval.report import failure_of, report_json

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytest_plugins = ("page_server",)

HOSTILE = "<script>window.hacked = 1</script> | `x` <img src=http://off.example/i.png onerror='window.hacked = 2'>"
ROOT = Path(__file__).parents[1]


def outcomes() -> list[Outcome]:
    """Two types, one right and one wrong of each, and an invented answer."""
    return [
        outcome(gold("7", id="a", type="fact", answers=["eighty"]), cited=["7"], says="Eighty.", found=["7"], confidence=0.9),
        outcome(gold("7", id="b", type="fact"), neighbours=["D#8"], cited=["8"], says="Ninety.", found=["8", "7"], confidence=0.8),
        outcome(gold("7", id="c", type="reason"), found=["9"], confidence=0.1),
        outcome(gold("7", id="d", type="reason", must_include=[["why"]]), cited=["7"], says="So.", found=["7"], confidence=0.7),
        outcome(gold(id="e", question=HOSTILE, type="near_miss"), cited=["7"], says=HOSTILE, found=["7"], document=HOSTILE, confidence=0.6),
    ]


@pytest.mark.parametrize(
    ("at", "what"),
    [
        (0, None),
        (1, "a neighbouring paragraph is cited; the right paragraph was found, number 2"),
        (2, "refused; the right paragraph was not found"),
        (3, "the right paragraph is cited, but what was asked is not said"),
        (4, "answered, though the documents do not"),
    ],
)
def test_what_went_wrong_is_said(at: int, what: str | None) -> None:
    """Each kind of failure has its words, and a right answer none."""
    assert failure_of(outcomes()[at]) == what


def test_a_search_fails_where_nothing_is_among_the_first_ten() -> None:
    """Rank ten is a hit and rank eleven is none."""
    labels = [str(number) for number in range(1, 12)]
    assert failure_of(outcome(gold("10"), found=labels), search_only=True) is None
    assert failure_of(outcome(gold("11"), found=labels), search_only=True) == "not among the first ten"


def test_figures_by_type() -> None:
    """Each type has its own figures, None where none of its questions bears on one."""
    report = report_of(*outcomes())
    by_type = {group.name: dict(zip(report.grouped, group.values, strict=True)) for group in report.by_type}
    assert by_type["fact"]["hit@1"] == 0.5
    assert by_type["reason"]["contains_gold"] == 0.0
    assert (by_type["near_miss"]["false_answers"], by_type["near_miss"]["hit@1"]) == (1.0, None)
    assert [group.questions for group in report.by_type] == [2, 1, 2]
    assert report.by_document == ()  # all are about one document
    assert [failure.outcome.question.id for failure in report.failures] == ["b", "c", "d", "e"]


def test_the_terminal_table() -> None:
    """One aligned line a measure, shares with three decimals and amounts with one, and what bounds the figures below."""
    lines = table(report_of(*outcomes(), unreviewed=3)).splitlines()
    assert lines[0] == "metric                 value        95 % interval      n"
    assert lines[1].startswith("hit@1                  0.500       0.1")
    assert any(line.startswith("words_per_answer         1.0") for line in lines)
    assert lines[-4:] == [
        "5 questions: 4 answerable, 1 not.",
        "4 answers to look at. Intervals by questions.",
        "Passages per answer: at most 2, so mrr and ndcg@10 are lower bounds.",
        "3 questions are drafts that no person has reviewed: these figures are drafts too.",
    ]


def test_the_report_as_json() -> None:
    """Plain types by metric name, null where nothing is known, counts beside them."""
    shown = json.loads(json.dumps(report_json(report_of(*outcomes()[:1])), allow_nan=False))
    assert (shown["set"], shown["questions"], shown["answerable"], shown["failures"]) == ("chair", 1, 1, 0)
    # One of one: Wilson reaches down to 1 / (1 + z²) = 1 / 4.841459.
    assert shown["metrics"]["hit@1"] == {"value": 1.0, "low": 0.206549, "high": 1.0, "n": 1}
    assert shown["metrics"]["false_answers"] == {"value": None, "low": None, "high": None, "n": 0}


def test_the_markdown_report_shows_every_failure() -> None:
    """Question, answer and gold paragraph stand together, and no text can break out of its line or become markup."""
    text = markdown([report_of(*outcomes())])
    assert "### b: a neighbouring paragraph is cited; the right paragraph was found, number 2" in text
    assert "- Said: Ninety. (D, para. 8)" in text
    assert "- Gold, D#7: Text." in text
    assert "| fact | 2 | 0.500 |" in text
    assert "<script" not in text
    assert "<img" not in text


def test_the_page_in_a_browser(browser: Browser, tmp_path: Path) -> None:
    """Failures open side by side with their gold paragraph, plots are drawn, nothing is fetched, and hostile text stays text."""
    path = tmp_path / "report.html"
    path.write_text(html([report_of(*outcomes()), report_of(*outcomes(), name="other")]), encoding="utf-8")
    page = browser.new_page()
    requests: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: errors.append(message.text))
    page.goto(path.as_uri())
    assert requests == [path.as_uri()]
    assert errors == []
    assert page.locator("section").count() == 2
    first = page.locator("details", has_text="a neighbouring paragraph is cited").first
    first.locator("summary").click()
    assert first.locator(".wrong").inner_text() == "Ninety. (D, para. 8)"
    assert first.locator(".right").inner_text() == "D#7 Text."
    assert page.locator("section").first.locator("figure svg").count() == 4  # risk, reliability, latency, types
    assert all(box["width"] > 200 for figure in page.locator("figure svg").all() if (box := figure.bounding_box()))
    assert page.evaluate("typeof window.hacked") == "undefined"
    assert page.get_by_text("window.hacked = 1").count() > 0
    page.set_viewport_size({"width": 380, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    page.close()


def test_bars() -> None:
    """A figure below its minimum or above its maximum is a line that names it; a figure without a value clears no bar."""
    report = report_of(*outcomes()[:2])
    assert missed(report, [Bar("hit@1", low=0.5), Bar("off_by_paragraph", high=0.5)]) == []
    assert missed(report, [Bar("hit@1", low=0.6)]) == ["chair.all: hit@1 is 0.500, below 0.600"]
    assert missed(report, [Bar("off_by_paragraph", high=0.4)]) == ["chair.all: off_by_paragraph is 0.500, above 0.400"]
    assert missed(report, [Bar("false_answers", high=1)]) == ["chair.all: false_answers has no value: no question bears on it"]
    with pytest.raises(UsageError, match=r"no metric 'hits'.*hit@1"):
        missed(report, [Bar("hits", low=1)])


def test_expected_figures_become_bars(tmp_path: Path) -> None:
    """A pinned value with a tolerance bounds a figure on both sides; a file that says something else is refused by its key."""
    path = tmp_path / "expected.toml"
    path.write_text('["chair.all"]\n"hit@1" = {value = 0.55, tolerance = 0.06}\n', encoding="utf-8")
    report = report_of(*outcomes()[:2])
    assert missed(report, expected_bars(path)[key_of(report)]) == []
    path.write_text('["chair.all"]\n"hit@1" = {value = 0.4, tolerance = 0.06}\n', encoding="utf-8")
    assert missed(report, expected_bars(path)[key_of(report)]) == ["chair.all: hit@1 is 0.500, above 0.460"]
    for content, names in (("x = 1\n", "x"), ('["a"]\nb = {value = 1}\n', r"a\.b\.tolerance"), ("[", "cannot be read")):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(GoldError, match=names):
            expected_bars(path)


def test_published_figures_make_the_table_of_the_readme(tmp_path: Path) -> None:
    """A published file holds command, date, cores and checksums; the table between the marks is made of it and nothing else changes."""
    report = report_of(*outcomes())
    path = publish(replace(report, header=replace(report.header, split="test")), tmp_path)
    assert path.name == "chair-test.json"
    row = json.loads(path.read_text(encoding="utf-8"))
    assert (row["command"], row["date"], row["cores"]) == ("assistant eval run eval/gold/chair.jsonl", "2026-01-02", 2)
    assert row["data"] == {"chair.jsonl": "ab" * 32}
    readme = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    lines = with_table(readme, published(tmp_path)).splitlines()
    assert (lines[0], lines[-1]) == ("before", "after")
    assert "| chair, test half | 5 | 0.500 |" in "\n".join(lines)
    assert "assistant eval run eval/gold/chair.jsonl  # 2026-01-02, 2 cores" in lines
    assert with_table("no place", published(tmp_path)) == "no place"
    (tmp_path / "broken.json").write_text("{}")
    with pytest.raises(GoldError, match=r"broken\.json is no published result"):
        published(tmp_path)


def test_the_readme_shows_what_is_published() -> None:
    """The table of the README is the one that the published files give: no figure is written by hand."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert BEGIN in readme
    results = published(ROOT / "eval" / "published")
    assert figures_table(results) in readme
    assert with_table(readme, results) == readme


def test_the_guide_lists_every_measure() -> None:
    """eval/README.md explains each measure under its name and in its words, and no other."""
    guide = (ROOT / "eval" / "README.md").read_text(encoding="utf-8").partition("## What is measured")[2]
    known = {item.name: item.definition for item in (*MEASURES["answer"], *MEASURES["search"])}
    assert re.findall(r"^\| `(\S+)` \|", guide, re.MULTILINE) == list(dict.fromkeys(known))
    assert all(definition in guide for definition in known.values())
