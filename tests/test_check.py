"""`assistant check`: drafts with references, verified sentence by sentence against a small index."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from workspaces import Corpus

from assistant.answer.check import CheckReport, check_text
from assistant.answer.draft import read_draft
from assistant.cli import main
from assistant.index.generations import Generation

REPORT = (
    "The Group met in Norhaven from 10 to 14 March 2031.",
    "States noted that false tide gauges had caused three groundings within two years. Each had gone unnoticed for six hours.",
    "Each State shall appoint a harbour data officer. Port operators shall report serious incidents within 24 hours.",
    "The secretariat shall not publish the names of ports.",
)
CATALOGUE = '["b.txt"]\nsymbol = "X/86/190"\n["s.txt"]\ntitle = "Statement by Norvania"\n'


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """A report with a symbol, printed numbers, and a statement without numbers."""
    made = Corpus(tmp_path_factory.mktemp("check"))
    made.write("b.txt", *REPORT)
    statement = (
        "Norvania has 212 harbours along its coast.\n\nWe support the limit of 24 hours.\n\nThe cost must not be met by a levy on cargo."
    )
    (made.settings.corpus / "s.txt").write_text(statement, encoding="utf-8")
    made.describe(CATALOGUE)
    made.build()
    return made


@pytest.fixture(scope="module")
def generation(corpus: Corpus) -> Generation:
    """Its index."""
    return corpus.current()


def _check(text: str, generation: Generation) -> CheckReport:
    from assistant.answer.verify import LexicalSupport

    return check_text(text, generation, support=LexicalSupport())


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("False gauges caused three groundings (X/86/190, para. 2).", "supported"),
        ("False gauges caused four groundings (X/86/190, para. 2).", "unsupported"),
        ("False gauges caused three groundings (X/86/190, para. 3).", "wrong paragraph"),
        ("“Each State shall appoint a harbour data officer.” (X/86/190, para. 3)", "supported"),
        ("“Each State should appoint a harbour data officer.” (X/86/190, para. 3)", "misquoted"),
        ("“Each State shall appoint a harbour data officer.” (X/86/190, para. 2)", "wrong paragraph"),
        ("False gauges caused three groundings.", "no reference"),
        ("False gauges caused three groundings (X/99/1, para. 2).", "unknown reference"),
        ("False gauges caused three groundings (X/86/190, para. 77).", "unknown reference"),
        ("False gauges caused three groundings (Statement by Nobody at All, para. 2).", "unknown reference"),
        ("Norvania has 212 harbours (Statement by Norvania, [1st paragraph, unnumbered]).", "supported"),
        ("Norvania has 212 harbours, Statement by Norvania, [1st paragraph, unnumbered].", "supported"),
        ("Norvania has 212 harbours (Statement by Norvania, [9th paragraph, unnumbered]).", "unknown reference"),
        ("In paragraph 3 of X/86/190, each State is obliged to appoint a harbour data officer.", "supported"),
        ("False gauges caused three groundings.[^1]\n\n[^1]: X/86/190, para. 2.", "supported"),
        ("False gauges caused three groundings.[1]\n\n[1] X/86/190, para. 2", "supported"),
        ("False gauges caused three groundings.[^1]", "unknown reference"),
        ("> Each State shall appoint a harbour data officer.\n\n— X/86/190, para. 3", "supported"),
        ("> Each State may appoint a harbour data officer.\n>\n> — X/86/190, para. 3", "misquoted"),
        ("### X/86/190, para. 3\n\n> “Each State shall appoint a harbour data officer.”", "supported"),
        ("The secretariat shall publish the names of ports (X/86/190, para. 4).", "unsupported"),
        ("Three groundings were caused by false gauges (X/86/190#2).", "supported"),
    ],
)
def test_each_form_of_reference_is_read_and_each_status_given(text: str, status: str, generation: Generation) -> None:
    """Footnotes, notes in parentheses, counted paragraphs, lines under quotations, headings, words of the sentence."""
    (finding,) = _check(text, generation).findings
    assert finding.status == status, finding


def test_the_paragraph_that_does_say_it_is_named(generation: Generation) -> None:
    """For a wrong paragraph, and for a sentence without a reference."""
    report = _check("Each State shall appoint a harbour data officer (X/86/190, para. 1). Norvania has 212 harbours.", generation)
    assert [finding.better for finding in report.findings] == ["X/86/190, para. 3", "Statement by Norvania, [1st paragraph, unnumbered]"]


def test_lines_are_those_of_the_file_and_labels_are_passed_over(generation: Generation) -> None:
    """Headings, labels and questions claim nothing; the others are told with their line."""
    text = (
        "# Points\n\nMeeting: the Group\n\n- False gauges caused three groundings.[^1]\n"
        "- Each State shall appoint an officer\n  (ibid., para. 3).\n"
        "\nAre there more? The Group met in Norhaven,\nand nine ministers came (X/86/190, para. 1).\n\n[^1]: X/86/190, para. 2\n"
    )
    report = _check(text, generation)
    assert [(finding.line, finding.status) for finding in report.findings] == [(5, "supported"), (6, "supported"), (9, "unsupported")]
    assert report.passed_over == 3


def test_a_table_is_read_row_by_row(generation: Generation) -> None:
    """A cell that is a reference is the row's; the row of titles claims nothing."""
    text = "| who | what | where |\n|---|---|---|\n| Norvania | has 212 harbours | Statement by Norvania, [1st paragraph, unnumbered] |\n"
    (finding,) = _check(text, generation).findings
    assert (finding.status, finding.line) == ("supported", 3)


def test_a_quotation_inside_a_footnote_is_checked(generation: Generation) -> None:
    """The note's words in quotation marks stand in the paragraph too, or the sentence is misquoted."""
    text = (
        "Each State shall appoint a harbour data officer.[^a]\n\n[^a]: X/86/190, para. 3: “Each State {} appoint a harbour data officer.”\n"
    )
    assert [_check(text.format(verb), generation).findings[0].status for verb in ("shall", "may")] == ["supported", "misquoted"]


def test_sentences_of_one_quotation_stay_together() -> None:
    """A reference behind the last of them belongs to all."""
    (claim,) = read_draft("“It was so. It is no longer so.” (X/86/190, para. 2)").claims
    assert (claim.text, claim.references) == ("“It was so. It is no longer so.”", ("X/86/190, para. 2",))


@pytest.mark.parametrize("text", ["", "# Only a heading\n", "\x00", "[^1]: nothing", "> \n\n| a |\n|---|\n", "((((", "[" * 50, "“" * 20])
def test_no_text_raises(text: str, generation: Generation) -> None:
    """Whatever the file holds, there is a report; an empty one is not supported."""
    assert not _check(text, generation).is_supported


def test_the_command_prints_lines_and_reasons(corpus: Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1 where anything is not supported, 0 where all is; JSON; standard input; bad input is one line."""
    place = ["--workspace", str(corpus.settings.workspace)]
    draft = tmp_path / "draft.md"
    draft.write_text("False gauges caused four groundings (X/86/190, para. 2).\n", encoding="utf-8")
    assert main(["check", *place, str(draft)]) == 1
    printed = capsys.readouterr().out
    assert f"{draft}:1: unsupported" in printed
    assert "number four" in printed
    draft.write_text("False gauges caused three groundings (X/86/190, para. 2).\n", encoding="utf-8")
    assert main(["check", *place, str(draft), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["counts"]["supported"] == 1
    assert report["findings"][0]["references"] == ["X/86/190, para. 2"]
    assert main(["check", *place, str(tmp_path / "none.md")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_standard_input_is_read_with_a_dash(corpus: Corpus, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """An answer can be piped into the command; what the program says of itself is passed over."""
    text = "“The secretariat shall not publish the names of ports.” (X/86/190, para. 4)\nSearched 2 documents, 7 paragraphs.\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert main(["check", "--workspace", str(corpus.settings.workspace), "-"]) == 0
    assert "1 sentence: 1 supported." in capsys.readouterr().out
