"""What can be typed after `assistant eval`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from assistant.cli.arguments import Parser, lazy, positive
from assistant.eval.measures import MEASURES, Measure

TOP = 10
"""Passages that are considered for a question: enough for nDCG@10."""
_GOLD = "a gold set (.jsonl), SQuAD 2.0 (.json), or a folder in BEIR layout or with paragraphs.jsonl and gold.jsonl"


def add_evaluation(commands: Any, common: Parser, model: Parser) -> None:
    """Adds `eval` and what stands under it."""
    evaluation = commands.add_parser("eval", help="evaluate answers against gold sets", description="Evaluate answers against gold sets.")
    parts = evaluation.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)

    def add(name: str, summary: str, *parents: Parser) -> argparse.ArgumentParser:
        command: argparse.ArgumentParser = parts.add_parser(name, help=summary, description=summary, parents=[common, *parents])
        command.set_defaults(run=lazy(f"evaluation:{name}"))
        return command

    _add_run(add("run", "answer sets; print figures with intervals, write the run and a report; go on where it was interrupted", model))
    compare = add("compare", "compare two runs question by question, and say whether B differs from A by more than noise")
    for name in ("a", "b"):
        compare.add_argument(name, type=Path, metavar=name.upper(), help="a run file (*.run.jsonl), or a folder with one")
    compare.add_argument("--all", action="store_true", help="show every question with other citations")
    compare.add_argument("--json", action="store_true")
    init = add("init", "draft a gold set from a document, for a person to review: by the model if there is one, else by template", model)
    init.add_argument("document", metavar="DOCUMENT", help="id, symbol or alias of an indexed document")
    init.add_argument("--questions", type=positive, default=40, metavar="N", help="how many at most (default: 40)")
    init.add_argument("--out", type=Path, metavar="FILE.jsonl", help="default: eval/gold/DOCUMENT-draft.jsonl")
    sensitivity = add("sensitivity", "ask without the gold paragraph, and with another number in it: does the answer follow?")
    sensitivity.add_argument("gold", type=Path, metavar="GOLD.jsonl")
    _add_choice(sensitivity)
    sensitivity.add_argument("--out", type=Path, metavar="FILE.json", help="also write the result, with the command and the date")
    sensitivity.add_argument("--json", action="store_true")
    publish = add("publish", "write the figures of runs to eval/published/, and the README's table from there")
    publish.add_argument("runs", type=Path, nargs="*", metavar="RUN", help="run files; none: only the README's table")
    publish.add_argument("--to", type=Path, metavar="DIR", help="default: eval/published")


def _add_run(run: argparse.ArgumentParser) -> None:
    run.add_argument("gold", type=Path, nargs="+", metavar="GOLD", help=_GOLD)
    _add_choice(run)
    run.add_argument("--report", type=Path, metavar="DIR", help="where runs and report are written (default: eval/reports/last)")
    run.add_argument(
        "--expected", type=Path, metavar="FILE.toml", help="fail (1) where a figure leaves the tolerance that this file gives it"
    )
    run.add_argument("--json", action="store_true")
    bars = run.add_argument_group(
        "bars", "fail (exit code 1) where a figure of a set is worse than this; --min-METRIC, or --max-METRIC where lower is better"
    )
    for measure in {item.name: item for items in MEASURES.values() for item in items}.values():
        _add_bar(bars, measure)


def _add_bar(bars: Any, measure: Measure) -> None:
    bound = "min" if measure.better == "higher" else "max"
    name = measure.name.replace("_", "-")
    bars.add_argument(f"--{bound}-{name}", type=float, dest=f"{bound} {measure.name}", metavar="X", help=argparse.SUPPRESS)


def _add_choice(command: argparse.ArgumentParser) -> None:
    command.add_argument("--split", choices=("tune", "test", "all"), default="all", help="which half, by a hash of the id (default: all)")
    command.add_argument("--sample", type=positive, metavar="N", help="at most so many questions, the same on every run")
    command.add_argument("--top", type=positive, metavar="K", help=f"passages considered for each question (default: {TOP})", default=TOP)
