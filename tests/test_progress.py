"""How progress is shown: counts, speed and the time left, in a terminal and elsewhere."""

from __future__ import annotations

import io
import sys

import pytest
from rich.console import Console
from rich.progress import Progress

from assistant.cli import output
from assistant.cli.output import progress


def test_where_no_terminal_is_a_line_tells_counts_and_the_time_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line in ten seconds: the speed so far and the time left at it; nothing is guessed where the total is not known."""
    clock = [0.0]
    monkeypatch.setattr(output.time, "monotonic", lambda: clock[0])
    with progress() as tell:
        for at, what, done, total in [
            (0, "reading documents", 0, 30),
            (5, "reading documents", 4, 30),
            (10, "reading documents", 10, 30),
            (11, "reading documents", 11, 30),
            (20, "embedding paragraphs", 0, 4000),
            (40, "embedding paragraphs", 100, 4000),
            (60, "counting", 7, 0),
        ]:
            clock[0] = at
            tell(what, done, total)
    assert capsys.readouterr().err.splitlines() == [
        "reading documents: 10 of 30, 1.0/s, about 20 s left",
        "embedding paragraphs: 0 of 4,000",
        "embedding paragraphs: 100 of 4,000, 5.0/s, about 13 min left",
        "counting: 7",
    ]


def test_in_a_terminal_there_is_a_bar_for_the_work_and_one_for_a_long_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of files are shown as they are; the bar of a file goes when the next work begins."""
    screen = io.StringIO()
    bars = Progress(*_columns(monkeypatch), console=Console(file=screen, force_terminal=True, width=120), auto_refresh=False)
    tell = output._bars(bars)
    tell("reading documents", 0, 2)
    tell("reading [/b].pdf", 10, 3000)
    assert [task.description for task in bars.tasks] == ["reading documents", "reading [/b].pdf"]
    bars.start()
    bars.stop()
    assert "reading [/b].pdf" in screen.getvalue()
    tell("reading documents", 1, 2)
    tell("reading b.pdf", 1, 9)
    tell("reading c.pdf", 1, 9)
    assert [task.description for task in bars.tasks] == ["reading documents", "reading c.pdf"]
    tell("embedding paragraphs", 128, 256)
    assert [(task.description, task.completed, task.total) for task in bars.tasks] == [
        ("reading documents", 1, 2),
        ("embedding paragraphs", 128, 256),
    ]


def _columns(monkeypatch: pytest.MonkeyPatch) -> tuple[object, ...]:
    """The columns that a terminal gets."""
    kept: list[tuple[object, ...]] = []

    class Bars(Progress):
        def __init__(self, *columns: object, **more: object) -> None:
            kept.append(columns)
            super().__init__(*columns, **more)  # type: ignore[arg-type]  # passed on

    with monkeypatch.context() as patch:
        patch.setattr(output, "Progress", Bars)
        patch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
        with progress():
            pass
    return kept[0]
