"""The figures that eval/expected.toml pins: this build still has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.cli import main
from assistant.eval.bars import Bar, expected_bars, key_of, missed
from assistant.eval.execute import Options, answer_set
from assistant.eval.report import Report, measure_run
from assistant.eval.sets import open_set
from assistant.settings import Settings

ROOT = Path(__file__).parents[1]
EXPECTED = ROOT / "eval" / "expected.toml"


@pytest.fixture(autouse=True)
def _one_encoder(monkeypatch: pytest.MonkeyPatch, encoder: object) -> None:
    """The one encoder of the run."""
    monkeypatch.setattr("assistant.index.encoder.load", lambda settings: encoder)
    monkeypatch.setattr("assistant.index.build.load", lambda settings: encoder)


def answered(gold: Path, workspace: Path, folder: Path, options: Options) -> Report:
    """The report of a set answered anew."""
    run, _ = answer_set(open_set(gold), Settings(workspace=workspace), options, folder, "test", lambda what, done, total: None)
    return measure_run(run)


def test_the_shipped_document_has_the_figures_that_are_pinned(workspace: Path, tmp_path: Path) -> None:
    """Quote mode on half of the test half: every pinned figure is within its tolerance, and a drifted one would be told."""
    report = answered(ROOT / "eval" / "gold" / "chair.jsonl", workspace, tmp_path, Options(split="test", sample=54))
    bars = expected_bars(EXPECTED)[key_of(report)]
    assert missed(report, bars) == []
    assert missed(report, [Bar(bar.metric, low=2.0) for bar in bars]) != []


def test_the_example_has_the_figures_that_are_pinned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`init --example`, `index`, `eval run`, as a newcomer types them: filters, standing, counted numbers and the annex are found."""
    place = tmp_path / "example"
    assert main(["init", str(place), "--example"]) == 0
    assert main(["index", "--workspace", str(place)]) == 0
    capsys.readouterr()
    report = answered(place / "eval" / "gold" / "example.jsonl", place, tmp_path, Options())
    assert missed(report, expected_bars(EXPECTED)[key_of(report)]) == []
    assert {group.name for group in report.by_type} >= {"standing", "speaker", "filtered_out", "counted", "annex", "lookup"}
