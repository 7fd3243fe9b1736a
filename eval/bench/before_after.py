"""A table of pairs of runs of the same questions, without the trained reader and with it.

    python eval/bench/before_after.py BEFORE AFTER [BEFORE AFTER …] > eval/published/reader.md

Each run file comes from `assistant eval run`; BEFORE with ASSISTANT_READER__NAME=similarity.
"""

from __future__ import annotations

import sys
from pathlib import Path

from assistant.eval.render import figure
from assistant.eval.report import measure_run, report_json
from assistant.eval.runs import read_run, titled

SHOWN = (
    "hit@1",
    "hit@5",
    "citation_f1",
    "contains_gold",
    "words_per_answer",
    "false_answers",
    "false_refusals",
    "auroc",
    "ece",
)


def main(paths: list[Path]) -> None:
    """Prints the table and the commands."""
    sys.stdout.write(f"| set | n | reader | {' | '.join(SHOWN)} |\n|---|--:|---|{'--:|' * len(SHOWN)}\n")
    commands: dict[str, None] = {}
    for number, path in enumerate(paths):
        run = read_run(path)
        metrics = report_json(measure_run(run))["metrics"]
        cells = []
        for name in SHOWN:
            found = metrics.get(name, {})
            low, high = found.get("low"), found.get("high")
            interval = f" ({figure(name, low)}–{figure(name, high)})" if low is not None and high is not None else ""
            cells.append(figure(name, found.get("value")) + interval)
        row = (titled(run.header.name, run.header.split), f"{run.header.questions}", "trained" if number % 2 else "likeness", *cells)
        sys.stdout.write(f"| {' | '.join(row)} |\n")
        commands[f"{run.header.command}  # {run.header.date[:10]}, {run.header.cores} cores"] = None
    sys.stdout.write("\nHow long reading takes: eval/bench/read_speed.py, on a machine that does nothing else.\n\n```\n")
    sys.stdout.write("\n".join(commands) + "\n```\n")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
