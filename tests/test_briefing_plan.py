"""Plans of briefings: what a delegate writes is read as meant, or refused with file and line."""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.briefing.blocks import Run, one_line, text_of
from assistant.briefing.plan import Ask, Branch, Cite, Plan, parse_plan, read_plan
from assistant.briefing.starting import collect
from assistant.errors import InvalidPlan
from assistant.schema import Filters

HEAD = '+++\ntitle = "T"\n+++\n'


def _texts(plan: Plan) -> list[str]:
    """The texts of headings, paragraphs, questions and references, in order."""
    found: list[str] = []

    def walk(parts: tuple[object, ...]) -> None:
        for part in parts:
            match part:
                case Ask(question=text) | Cite(reference=text):
                    found.append(text)
                case Branch(content=content, children=children):
                    found.extend(filter(None, [text_of(content)]))
                    walk(children)

    walk(plan.parts)
    return found


def test_a_plan_is_read_as_it_is_written() -> None:
    """Head, headings, questions over two lines, references, text of one's own with emphasis, and comments that are nothing."""
    plan = parse_plan(
        '+++\ntitle = "Stakeholders"\ndate = 2026-11-26\nlanguage = "fr"\n+++\n# Points\n<!-- a\nnote -->\n'
        "- ask: What was said\n  on it?\n- quote: A/77/275, paras. 4–6\n- We *agree*.\n  - ask: Why?\n\n3. Three\n"
    )
    assert (plan.head.title, plan.head.date, plan.head.language) == ("Stakeholders", dt.date(2026, 11, 26), "fr")
    assert _texts(plan) == ["Points", "What was said on it?", "A/77/275, paras. 4–6", "We agree.", "Why?", "Three"]
    assert [(ask.question, ask.line) for ask in plan.asks] == [("What was said on it?", 9), ("Why?", 13)]
    emphasised = [run for part in plan.parts for run in _runs(part) if run.style == "emphasis"]
    assert [run.text for run in emphasised] == ["agree"]


def _runs(part: object) -> list[Run]:
    if not isinstance(part, Branch):
        return []
    return [run for run in part.content if isinstance(run, Run)] + [run for child in part.children for run in _runs(child)]


def test_filters_hold_for_a_plan_a_section_or_one_question() -> None:
    """The head's filters hold everywhere; a bullet's until the next heading; one under a question for it alone, each field replaced."""
    plan = parse_plan(
        '+++\ntitle = "T"\n[only]\nstanding = ["adopted", "draft"]\n+++\n# A\n- ask: one?\n- only: speaker Chair\n- ask: two?\n'
        "  - only: standing = adopted; kind: report, letter; since 2021-01-01\n- ask: three?\n# B\n- ask: four?\n"
    )
    both = ("adopted", "draft")
    assert [ask.filters for ask in plan.asks] == [
        Filters(standings=both),
        Filters(standings=("adopted",), speakers=("Chair",), kinds=("report", "letter"), since=dt.date(2021, 1, 1)),
        Filters(standings=both, speakers=("Chair",)),
        Filters(standings=both),
    ]


def test_links_images_and_html_are_text() -> None:
    """Nothing in a plan can fetch, include or run: such markup is shown as it was typed."""
    typed = "![](file:///etc/passwd) [x](javascript:y) <b>b</b> <http://z> [1]: {.raw} $x$"
    assert _texts(parse_plan(f"{HEAD}Text {typed}\n\n<div>\nblock\n</div>\n")) == [f"Text {typed}", "<div>\nblock\n</div>"]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "there is no head"),
        ("# No head", 1, "there is no head"),
        ("\n+++\ntitle = \n+++", 3, "Invalid value"),
        ('+++\ntitle = "T"\nfoo = 1\n+++', 3, "foo"),
        ('+++\ntitle = ""\n+++', 2, "title"),
        ('+++\ntitle = " "\n+++', 2, "the title is empty"),
        ('+++\ntitle = "T"\nlanguage = "de"\n+++', 3, "language"),
        ('+++\ntitle = "T"\n[only]\nstanding = "agreed"\n+++', 4, "'agreed' is no standing"),
        (f"{HEAD}- only: shoe 43", 4, "there is no filter 'shoe'"),
        (f"{HEAD}- only: since yesterday", 4, "'yesterday' is not a date"),
        (f"{HEAD}- ask:", 4, "there is no question"),
        (f"{HEAD}\n- quote:  ", 5, "there is no reference"),
        (f"{HEAD}\nask: a question?", 5, "ask: stands outside a list"),
        (f"{HEAD}\ntext {{{{ask: x}}}}", 5, "placeholders are not for plans"),
        (f"{HEAD}- only: kind report\n  - ask: x?", 4, "something stands under a filter"),
        (f"{HEAD}- ask: {'x' * 5000}", 4, "more than 4,000"),
        (HEAD + "> " * 30 + "deep", 4, "nested too deep"),
        (f'+++\ntitle = "T"\nx = {"[" * 3000}\n+++', 2, ""),
    ],
)
def test_an_error_names_file_and_line(text: str, line: int, says: str) -> None:
    """Each mistake is one line that begins with the file and the line, says what is wrong and what to do."""
    with pytest.raises(InvalidPlan) as error:
        parse_plan(text, "plan.md")
    assert str(error.value).startswith(f"plan.md, line {line}: ")
    assert says in str(error.value)
    assert error.value.step


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    """A missing file, a folder and a file that is no UTF-8 are named, with the line where there is one."""
    (tmp_path / "latin.md").write_bytes(b"+++\n\xe9\n")
    for path, says in (
        (tmp_path / "none.md", "cannot be read"),
        (tmp_path, "cannot be read"),
        (tmp_path / "latin.md", "line 2: not UTF-8"),
    ):
        with pytest.raises(InvalidPlan, match=says):
            read_plan(path)


_LINES = st.one_of(
    st.sampled_from(
        [
            "- ask: x?",
            "  - only: speaker Chair",
            "- quote: A/1, para. 2",
            "# H",
            "```",
            "<!--",
            "-->",
            "> q",
            "1. n",
            "    code",
            "- ",
            "+++",
            "***",
        ]
    ),
    st.text(max_size=30),
)


@settings(max_examples=200)
@given(st.one_of(st.text(), st.lists(_LINES, max_size=20).map("\n".join).map(lambda body: HEAD + body)))
def test_any_text_is_a_plan_or_refused(text: str) -> None:
    """The parser never raises anything but its named error, whatever the text."""
    with contextlib.suppress(InvalidPlan):
        assert isinstance(parse_plan(text, "plan.md"), Plan)


@settings(max_examples=100)
@given(st.lists(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=12), min_size=1, max_size=8))
def test_no_text_of_a_plan_is_lost(words: list[str]) -> None:
    """A paragraph's text is in the plan to the letter, whatever Markdown its characters could be, but for its emphasis."""
    typed = "x " + " ".join(words)
    escaped = "".join(f"\\{character}" if character in r"!\"#$%&'()*+,-./:;<=>?@[\]^_`{|}~" else character for character in typed)
    assert _texts(parse_plan(f"{HEAD}{escaped}\n")) == [one_line(typed)]


def test_a_question_is_collected_once(tmp_path: Path) -> None:
    """The plan is made where there is none, a question is added at its end and not twice, and all before it stays byte for byte."""
    path = tmp_path / "briefings" / "plan.md"
    assert collect(path, "What\nis  next?")
    before = path.read_bytes()
    assert not collect(path, "What is next?")
    assert collect(path, "- only: x `y` <!-- z")
    assert path.read_bytes() == before + b"- ask: - only: x `y` <!-- z\n"
    assert [ask.question for ask in read_plan(path).asks] == ["What is next?", "- only: x `y` <!-- z"]


def test_a_plan_of_a_persons_own_is_added_to(tmp_path: Path) -> None:
    """Line ends stay what they were; where the end of the plan is inside a comment, nothing is written and the person is told."""
    path = tmp_path / "plan.md"
    own = b'+++\r\ntitle = "T"\r\n+++\r\n# A\r\nText without an end'
    path.write_bytes(own)
    assert collect(path, "What is next?")
    assert path.read_bytes() == own + b"\r\n\r\n# Collected\r\n\r\n- ask: What is next?\r\n"
    path.write_bytes(own + b"\r\n\r\n<!-- open")
    with pytest.raises(InvalidPlan, match="cannot be added at its end"):
        collect(path, "And then?")
    assert path.read_bytes().endswith(b"<!-- open")


@settings(max_examples=25)
@given(st.text(min_size=1, max_size=60))
def test_any_question_is_collected_as_it_is(tmp_path_factory: pytest.TempPathFactory, question: str) -> None:
    """What the page collects is what the plan asks, on one line, whatever was typed; an empty question is refused."""
    path = tmp_path_factory.mktemp("plan") / "plan.md"
    if one_line(question):
        assert collect(path, question)
        assert [ask.question for ask in read_plan(path).asks] == [one_line(question)]
    else:
        with pytest.raises(InvalidPlan):
            collect(path, question)
