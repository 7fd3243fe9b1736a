"""What can be typed after `assistant brief`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from assistant.cli.arguments import Parser, lazy, positive

_PLAN = "briefings/plan.md"


def add_briefing(commands: Any, common: Parser, model: Parser) -> None:
    """Adds `brief` and what stands under it."""
    summary = "make a briefing with footnotes from a plan, or fill quotations into a text of your own"
    briefing = commands.add_parser("brief", help=summary, description=f"{summary[:1].upper()}{summary[1:]}.")
    parts = briefing.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)

    def add(name: str, summary: str, *parents: Parser) -> argparse.ArgumentParser:
        command: argparse.ArgumentParser = parts.add_parser(name, help=summary, description=summary, parents=[common, *parents])
        command.set_defaults(run=lazy(f"briefing:{name}"))
        return command

    run = add("run", "ask and quote what a plan says, and write the briefing", model)
    run.add_argument("plan", type=Path, nargs="?", metavar="PLAN", help=f"a plan in Markdown (default: {_PLAN} of the workspace)")
    run.add_argument("--to", default="docx", metavar="FORMATS", help="docx, html, md; several with commas (default: docx)")
    run.add_argument("--out", type=Path, metavar="DIR", help="where it is written (default: beside the plan)")
    run.add_argument("--template", "--reference-doc", type=Path, metavar="FILE.docx", help="a Word file whose styles are taken")
    run.add_argument("--overwrite", action="store_true", help="replace a briefing that is there already")
    run.add_argument("--top", type=positive, metavar="K", help="how many passages to consider (default: 5)")
    init = add("init", "write a commented plan about the workspace's documents, to be changed by hand")
    init.add_argument("plan", type=Path, nargs="?", metavar="PLAN", help=f"default: {_PLAN} of the workspace")
    fill = add("fill", "fill {{ask: …}} and {{quote: …}} in a text, or fill them again; every other byte stays as it is")
    fill.add_argument("file", type=Path, metavar="FILE")
    fill.add_argument("--out", type=Path, metavar="FILE", help="write another file instead of filling this one")
    fill.add_argument("--language", choices=("en", "fr", "es"), default="en", help="of references and quotation marks (default: en)")
    way = fill.add_mutually_exclusive_group()
    way.add_argument("--check", action="store_true", help="change nothing; 1 where the documents now give something else")
    way.add_argument("--restore", action="store_true", help="put the placeholders back")
