"""eval run, compare, init, sensitivity, publish."""

from __future__ import annotations

import datetime as dt
import json
import sys
import tempfile
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.answer.engine import Assistant
from assistant.cli.evaluation_parser import TOP
from assistant.cli.options import settings_of
from assistant.cli.output import counted, progress
from assistant.errors import GoldError, UsageError
from assistant.eval.bars import Bar, expected_bars, key_of, missed
from assistant.eval.execute import Options, answer_set
from assistant.eval.gold import check_gold, split_of, write_gold
from assistant.eval.publishing import publish as publish_report
from assistant.eval.publishing import published, with_table
from assistant.eval.render import compared, html, markdown, table
from assistant.eval.report import Report, measure_run, report_json
from assistant.eval.runs import Run, read_run
from assistant.eval.sensitivity import Laboratory, rate_of, removed, swapped
from assistant.eval.sets import open_set, sample
from assistant.settings import Settings

_BAR_FAILED = 1
_FEW = 10


def run(arguments: Namespace) -> int:
    """Answers sets, writes runs and a report, prints the figures; 1 where a bar was not cleared."""
    settings = settings_of(arguments)
    folder = arguments.report or settings.eval / "reports" / "last"
    sets = [open_set(path) for path in arguments.gold]
    if twice := [found.name for at, found in enumerate(sets) if found.name in {other.name for other in sets[:at]}]:
        raise UsageError(f"two sets are called {twice[0]}", "Run them one after the other, with another --report each.")
    pinned = expected_bars(arguments.expected) if arguments.expected else {}
    options = Options(arguments.split, arguments.sample, arguments.top, not arguments.no_fallback)
    reports = []
    with progress() as tell:
        for path, found in zip(arguments.gold, sets, strict=True):
            done, kept = answer_set(found, settings, options, folder, _command("run", arguments, path, settings), tell)
            if kept:
                print(f"assistant: continued after {counted(kept, 'answer')} of an interrupted run", file=sys.stderr)
            reports.append(measure_run(done))
    _write_reports(folder, reports)
    if arguments.json:
        shown = [report_json(report) for report in reports]
        print(json.dumps(shown[0] if len(shown) == 1 else shown, ensure_ascii=False, indent=2))
    else:
        for report in reports:
            print(f"{report.header.title}\n{table(report)}\n")
    print(f"assistant: every answer and what went wrong: {folder / 'report.html'}", file=sys.stderr)
    typed = _typed_bars(arguments)
    if idle := [bar.metric for bar in typed if not any(report.metric(bar.metric) for report in reports)]:
        raise UsageError(f"{idle[0]} is measured of none of these sets", "A search has no answers, and answers are not ranked to 100.")
    bars = [([bar for bar in typed if report.metric(bar.metric)], pinned.get(key_of(report), ())) for report in reports]
    lines = [line for report, of in zip(reports, bars, strict=True) for group in of for line in missed(report, group)]
    for line in lines:
        print(f"assistant: {line}", file=sys.stderr)
    return _BAR_FAILED if lines else 0


def compare(arguments: Namespace) -> int:
    """Compares two runs question by question."""
    from assistant.eval.comparison import compare_runs, comparison_json

    comparison = compare_runs(_run_of(arguments.a), _run_of(arguments.b))
    if arguments.json:
        print(json.dumps(comparison_json(comparison), ensure_ascii=False, indent=2))
        return 0
    print(compared(comparison))
    if comparison.changed:
        print(f"\nOther paragraphs are cited for {counted(len(comparison.changed), 'question')}:")
    for change in comparison.changed if arguments.all else comparison.changed[:_FEW]:
        gold = ", ".join(reference.id for reference in change.question.references) or "none"
        print(f"  {change.question.id}  {change.question.question}")
        print(f"    A    {', '.join(change.a) or 'none'}\n    B    {', '.join(change.b) or 'none'}\n    gold {gold}")
    if len(comparison.changed) > _FEW and not arguments.all:
        print(f"  … and {len(comparison.changed) - _FEW} more (--all shows them)")
    return 0


def init(arguments: Namespace) -> int:
    """Drafts a gold set from a document."""
    from assistant.eval.draft import Drafted, by_model, by_template

    settings = settings_of(arguments)
    assistant = Assistant(settings)
    document, passages = assistant.document_paragraphs(arguments.document)
    paragraphs = [passage.paragraph for passage in passages]
    path = arguments.out or settings.eval / "gold" / f"{document.id.replace('/', '_')}-draft.jsonl"
    if path.exists():
        raise GoldError(f"{path} is there already", "Name another file with --out.")
    if settings.model.name and settings.mode != "quote":
        with progress() as tell:
            drafted = by_model(document, paragraphs, settings.model, arguments.questions, tell)
    else:
        drafted = Drafted(by_template(document, paragraphs, assistant.generation().lexical, arguments.questions), 0)
    check_gold(drafted.questions, assistant.generation().store.document_paragraphs)
    write_gold(path, drafted.questions)
    print(f"{path}: {counted(len(drafted.questions), 'question')}, not reviewed.")
    if drafted.dropped:
        print(f"assistant: dropped {counted(drafted.dropped, 'question')} whose answer is not in the paragraph", file=sys.stderr)
    if drafted.stopped:
        print(f"assistant: drafting stopped early: {drafted.stopped}", file=sys.stderr)
    print(f'Read each line, mend or remove it, delete its "reviewed": false, then: assistant eval run {path}')
    return 0


def sensitivity(arguments: Namespace) -> int:
    """Asks again without the gold paragraph, and with another number in it; prints both rates."""
    settings = settings_of(arguments)
    found = open_set(arguments.gold)
    if found.source is not None:
        raise UsageError(f"{arguments.gold} brings its own documents", "Name a gold set about the workspace's documents.")
    questions = sample([q for q in found.questions if arguments.split in ("all", split_of(q.id))], arguments.sample)
    check_gold(questions, Assistant(settings).generation().store.document_paragraphs)
    with tempfile.TemporaryDirectory() as scratch, progress() as tell:
        laboratory = Laboratory(settings, Path(scratch) / "laboratory")
        without = list(removed(laboratory, questions, arguments.top, tell))
        changed = list(swapped(laboratory, questions, arguments.top, tell))
    rates = {"removed": rate_of(without), "swapped": rate_of(changed)}
    if arguments.out:
        about = {"command": _command("sensitivity", arguments, arguments.gold, settings), "data": dict(found.data)}
        text = json.dumps(about | {"date": f"{dt.date.today()}"} | rates, ensure_ascii=False, indent=1)
        _write(arguments.out, f"{text}\n")
    if arguments.json:
        print(json.dumps(rates, ensure_ascii=False, indent=2))
        return 0
    _print_rate("Gold paragraph removed: abstains", rates["removed"])
    _print_rate("Number swapped: says the new number and not the old", rates["swapped"])
    return 0


def publish(arguments: Namespace) -> int:
    """Writes the figures of runs to eval/published/ and makes the README's table anew."""
    settings = settings_of(arguments)
    folder: Path = arguments.to or settings.eval / "published"
    for path in arguments.runs:
        done = _run_of(path)
        if not done.complete:
            raise UsageError(f"{path} was interrupted", "Finish it with the command that began it.")
        print(publish_report(measure_run(done), folder))
    readme = settings.workspace / "README.md"
    if readme.is_file():
        before = readme.read_text(encoding="utf-8")
        if (after := with_table(before, published(folder))) != before:
            readme.write_text(after, encoding="utf-8")
            print(readme)
    return 0


def _run_of(path: Path) -> Run:
    """A run file, or the only one in a folder of a report.

    Raises:
        GoldError: there is none, or several.
    """
    if not path.is_dir():
        return read_run(path)
    runs = sorted(path.glob("*.run.jsonl"))
    if len(runs) != 1:
        names = ", ".join(found.name for found in runs) or "no run file"
        raise GoldError(f"{path} holds {names}", "Name one run file.")
    return read_run(runs[0])


def _write_reports(folder: Path, reports: Sequence[Report]) -> None:
    _write(folder / "report.md", markdown(reports))
    _write(folder / "report.html", html(reports))


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "Name a place that you may write to.") from None


def _command(verb: str, arguments: Namespace, gold: Path, settings: Settings) -> str:
    """The command as another could type it: no folder of this machine, and no address or key."""
    try:
        shown = gold.resolve().relative_to(settings.workspace.resolve()).as_posix()
    except ValueError:
        shown = f"DATA/{gold.name}" if gold.is_dir() else f"DATA/{gold.parent.name}/{gold.name}"
    usual = {"split": "all", "sample": None, "top": TOP, "mode": None, "model": None}
    typed = {name: value for name in usual if (value := getattr(arguments, name, usual[name])) != usual[name]}
    return " ".join([f"assistant eval {verb} {shown}", *(f"--{name} {value}" for name, value in typed.items())])


def _typed_bars(arguments: Namespace) -> list[Bar]:
    typed = vars(arguments)
    low = [Bar(name.removeprefix("min "), low=value) for name, value in typed.items() if name.startswith("min ") and value is not None]
    high = [Bar(name.removeprefix("max "), high=value) for name, value in typed.items() if name.startswith("max ") and value is not None]
    return low + high


def _print_rate(what: str, rate: dict[str, Any]) -> None:
    if not rate["judged"]:
        print(f"{what}: no question to judge it by, of {counted(rate['asked'], 'question')} asked.")
        return
    print(f"{what}: {rate['passed']} of {rate['judged']} ({rate['rate']:.3f}, 95 % interval {rate['low']:.3f} to {rate['high']:.3f}).")
    for row in rate["failed"][:_FEW]:
        print(f"  {row['id']}  {row['question']}\n    still: {' '.join(row['after'])[:200]}")
    if len(rate["failed"]) > _FEW:
        print(f"  … and {len(rate['failed']) - _FEW} more (--json shows them)")
