"""check."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path

from rich.text import Text

from assistant.answer.check import CheckReport, Finding, check_text
from assistant.answer.engine import Assistant
from assistant.cli.options import settings_of
from assistant.cli.output import console, counted
from assistant.corpus.readers.encodings import decode
from assistant.errors import UsageError

_STYLES = {"supported": "green", "no reference": "yellow"}
_EXCERPT = 200


def check(arguments: Namespace) -> int:
    """A finding on every sentence; exit code 1 if any is not supported."""
    report = check_text(_read(arguments.file), Assistant(settings_of(arguments)))
    if not report.findings:
        raise UsageError(f"{arguments.file} holds no sentence to check", "Give a text or Markdown file whose sentences carry references.")
    if arguments.json:
        print(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
    else:
        _print(report, arguments.file)
    return 0 if report.is_supported else 1


def _print(report: CheckReport, name: str) -> None:
    """What is wrong first by line, then the sum; a sentence that is supported takes one line."""
    out = console()
    for finding in report.findings:
        out.print(
            Text.assemble(
                (f"{name}:{finding.line}: ", "dim"), (finding.status, _STYLES.get(finding.status, "bold red")), ": ", _short(finding)
            )
        )
        if finding.references:
            out.print(Text(f"    refers to {'; '.join(finding.references)}", style="dim"))
        if finding.reason:
            out.print(Text(f"    because {finding.reason}"))
        if finding.better:
            out.print(Text.assemble("    ", (finding.better, "cyan"), " says it"))
    told = [f"{number} {status}" for status, number in report.counts.items() if number]
    passed = f" Passed over, since they claim nothing: {counted(report.passed_over, 'line')}." if report.passed_over else ""
    out.print(Text(f"{counted(len(report.findings), 'sentence')}: {', '.join(told)}.{passed}", style="bold"))


def _short(finding: Finding) -> str:
    return finding.text if len(finding.text) <= _EXCERPT else finding.text[:_EXCERPT].rsplit(" ", 1)[0] + " …"


def _read(name: str) -> str:
    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}", "Check the path.") from None
    text, warnings = decode(content, name)
    for warning in warnings:
        print(f"assistant: {name}: {warning}", file=sys.stderr)
    return text
