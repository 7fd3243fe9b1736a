"""Published results: figures that the project stands by, in eval/published/, and the README's table made from them.

Each is a JSON file written from a run: the command, the date, the cores, the checksums of the data, the settings, every figure with its
interval.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import GoldError, UsageError
from assistant.eval.render import figure
from assistant.eval.report import Report, report_json
from assistant.eval.runs import titled

BEGIN, END = "<!-- figures: begin (assistant eval publish) -->", "<!-- figures: end -->"
SHOWN = ("hit@1", "hit@5", "ndcg@10", "citation_f1", "contains_gold", "words_per_answer", "false_answers", "false_refusals", "auroc")
"""The README's columns; the published files hold every figure."""


def publish(report: Report, folder: Path) -> Path:
    """Writes the report's figures to `folder`/<set>-<half>.json.

    Raises:
        UsageError: it cannot be written.
    """
    header = report.header
    half = "" if header.split == "all" else f"-{header.split}"
    path = folder / f"{header.name}{half}.json"
    about = {
        "command": header.command,
        "date": header.date[:10],
        "cores": header.cores,
        "data": dict(header.data),
        "versions": dict(header.versions),
        "settings": _without_address(header.settings),
    }
    text = json.dumps(about | report_json(report), ensure_ascii=False, indent=1) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "Name a folder that you may write to with --to.") from None
    return path


def _without_address(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings without where a model is reached: that is a private matter, and moves no figure."""
    return {section: {k: v for k, v in of.items() if k != "base_url"} if isinstance(of, dict) else of for section, of in settings.items()}


def published(folder: Path) -> list[dict[str, Any]]:
    """All published results, by file name.

    Raises:
        GoldError: a file is no published result.
    """
    results = []
    for path in sorted(folder.glob("*.json")):
        try:
            row = json.loads(path.read_text(encoding="utf-8"))
            _ = row["metrics"], row["set"], row["command"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise GoldError(f"{path} is no published result: {error}", "Write it again with: assistant eval publish RUN") from None
        results.append(row)
    return results


def figures_table(results: Sequence[Mapping[str, Any]]) -> str:
    """The README's table: a row for each set that was answered, then one for each that was only searched."""
    lines = [f"| set | n | {' | '.join(SHOWN)} |", f"|---|--:|{'--:|' * len(SHOWN)}"]
    for row in sorted(results, key=lambda row: (row["task"] != "answer", row["set"], row["split"])):
        values = [figure(name, row["metrics"].get(name, {}).get("value")) for name in SHOWN]
        lines.append(f"| {titled(row['set'], row['split'])} | {row['questions']:,} | {' | '.join(values)} |")
    commands = dict.fromkeys(f"{row['command']}  # {row['date']}, {row['cores']} cores" for row in results)
    return "\n".join([*lines, "", "```", *commands, "```"])


def with_table(text: str, results: Sequence[Mapping[str, Any]]) -> str:
    """A README with its table made anew; unchanged where it has no place for one."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    return f"{before}{BEGIN}\n{figures_table(results)}\n{END}{after}" if begin and end else text
