"""assistant brief: init, run and fill as a person types them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from briefing_parts import word_notes
from test_cli import _one_line, _run
from workspaces import Corpus


@pytest.fixture
def place(workspace: Path, tmp_path: Path) -> Path:
    """A workspace of one's own with the shipped document's index."""
    shutil.copytree(workspace / "index", tmp_path / "index")
    return tmp_path


def test_the_example_runs_where_it_is_written(capsys: pytest.CaptureFixture[str], place: Path) -> None:
    """`brief init` writes a commented plan about the workspace's document, `brief run` makes it in all formats and tells what is in it."""
    code, out, _ = _run(capsys, "brief", "init", "--workspace", place)
    plan = place / "briefings" / "plan.md"
    assert (code, out.startswith(str(plan))) == (0, True)
    for heading in ("# Points to make", "# If raised", "# Who stands where", "# Background", "chair-closing-remarks#"):
        assert heading in plan.read_text(encoding="utf-8")
    plan.write_text(plan.read_text(encoding="utf-8") + "\n- ask: Who won the football final?\n", encoding="utf-8")
    code, out, err = _run(capsys, "brief", "run", "--workspace", place, "--to", "docx,html,md")
    made = sorted(path.name for path in (place / "briefings").iterdir())
    assert code == 0
    assert made == ["plan-briefing.docx", "plan-briefing.html", "plan-briefing.md", "plan.md"]
    notes = word_notes((place / "briefings" / "plan-briefing.docx").read_bytes())
    assert f"6 questions, 1 reference; {len(notes)} notes, every quotation read again in gen-" in out
    assert "no text found: Who won the football final?" in err


def test_nothing_of_a_persons_is_overwritten(capsys: pytest.CaptureFixture[str], place: Path) -> None:
    """A briefing that is there may have been edited, a plan as well: both are refused in one line, unless told to overwrite."""
    _run(capsys, "brief", "init", "--workspace", place)
    code, _, err = _run(capsys, "brief", "init", "--workspace", place)
    assert (code, _one_line(err, "plan.md is there already")) == (2, True)
    edited = place / "briefings" / "plan-briefing.md"
    edited.write_text("edited", encoding="utf-8")
    code, _, err = _run(capsys, "brief", "run", "--workspace", place, "--to", "md")
    assert (code, _one_line(err, "plan-briefing.md is there already", "--overwrite")) == (2, True)
    assert edited.read_text(encoding="utf-8") == "edited"
    assert _run(capsys, "brief", "run", "--workspace", place, "--to", "md", "--overwrite")[0] == 0
    assert edited.read_text(encoding="utf-8") != "edited"
    assert _run(capsys, "brief", "run", "--workspace", place, "--to", ".md", "--out", place / "new" / "folder")[0] == 0
    assert (place / "new" / "folder" / "plan-briefing.md").exists()


@pytest.mark.parametrize(
    ("plan", "options", "code", "words"),
    [
        (None, [], 2, ("plan.md cannot be read", "brief init")),
        ("# none", [], 2, ("plan.md, line 1: there is no head",)),
        ('+++\ntitle = "T"\n+++\n- quote: A/1/2#3', [], 2, ("plan.md, line 4: there is no document 'A/1/2'",)),
        ('+++\ntitle = "T"\n+++\n', ["--to", "pdf"], 2, ("'pdf' is no format", "docx, html, md")),
        ('+++\ntitle = "T"\n+++\n', ["--to", ","], 2, ("is no format",)),
        ('+++\ntitle = "T"\ntemplate = "none.docx"\n+++\n', [], 2, ("none.docx cannot be read",)),
        ('+++\ntitle = "T"\n+++\n', ["--template", "plan.md"], 2, ("cannot be read",)),
    ],
)
def test_a_mistake_is_one_line(
    capsys: pytest.CaptureFixture[str], place: Path, plan: str | None, options: list[str], code: int, words: tuple[str, ...]
) -> None:
    """Each names the file, what is wrong and what to do, and nothing is written."""
    (place / "briefings").mkdir()
    if plan is not None:
        (place / "briefings" / "plan.md").write_text(plan, encoding="utf-8")
    got, _, err = _run(capsys, "brief", "run", "--workspace", place, *options)
    assert got == code
    assert _one_line(err, *words)
    assert [path.name for path in (place / "briefings").iterdir()] in ([], ["plan.md"])


def test_without_pandoc_markdown_is_written_and_word_names_the_pip_line(
    capsys: pytest.CaptureFixture[str], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The extra is needed for Word and HTML only; what is missing is named with the line that installs it."""
    import sys

    from assistant.briefing import pandoc

    pandoc.pandoc_path.cache_clear()
    monkeypatch.setitem(sys.modules, "pypandoc", None)
    _run(capsys, "brief", "init", "--workspace", place)
    code, _, err = _run(capsys, "brief", "run", "--workspace", place)
    assert (code, _one_line(err.splitlines()[-1], 'pip install "assistant[briefing]"')) == (2, True)
    assert _run(capsys, "brief", "run", "--workspace", place, "--to", "md")[0] == 0
    monkeypatch.undo()
    pandoc.pandoc_path.cache_clear()


def test_a_text_is_filled_checked_and_given_back(capsys: pytest.CaptureFixture[str], place: Path) -> None:
    """`brief fill` changes the placeholders alone and keeps the file's mode; --check changes nothing; --restore undoes."""
    own = place / "own.md"
    before = b"\xef\xbb\xbf# Mine\r\n\r\nYou said {{quote: chair-closing-remarks#7}}\r\n\xc2\xa0end"
    own.write_bytes(before)
    own.chmod(0o640)
    code, out, _ = _run(capsys, "brief", "fill", "--check", "--workspace", place, own)
    assert (code, own.read_bytes()) == (1, before)
    code, out, _ = _run(capsys, "brief", "fill", "--workspace", place, own)
    assert code == 0
    assert "own.md, line 3: filled: {{quote: chair-closing-remarks#7}}" in out
    assert "1 placeholder: 1 new." in out
    filled = own.read_bytes()
    assert filled.startswith(b"\xef\xbb\xbf# Mine\r\n\r\nYou said \xe2\x80\x9c<!-- assistant ")
    assert filled.endswith(b"para. 7)<!-- /assistant -->\r\n\xc2\xa0end")
    assert own.stat().st_mode & 0o777 == 0o640
    assert _run(capsys, "brief", "fill", "--check", "--workspace", place, own)[0] == 0
    assert _run(capsys, "brief", "fill", "--restore", "--workspace", place, own, "--out", place / "back.md")[0] == 0
    assert ((place / "back.md").read_bytes(), own.read_bytes()) == (before, filled)


def test_what_changed_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Filled again after the document has changed, the old words and the new are printed."""
    corpus = Corpus(tmp_path)
    corpus.write("a.txt", "First of a.", "Second of a.")
    corpus.build()
    own = tmp_path / "own.md"
    own.write_text("{{quote: a#1}}", encoding="utf-8")
    _run(capsys, "brief", "fill", "--workspace", tmp_path, own)
    corpus.write("a.txt", "First of all.", "Second of a.")
    corpus.build()
    _, out, _ = _run(capsys, "brief", "fill", "--workspace", tmp_path, own)
    assert (
        "- “First of a.” (a, para. 1)\n+ “First of all.” (a, para. 1)" in out.replace("First of a (", "a (") or "+ “First of all.”" in out
    )
    assert "1 placeholder: 1 changed." in out
