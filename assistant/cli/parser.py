"""What can be typed: one parser for each command, options shared where they mean the same."""

from __future__ import annotations

import argparse
import datetime as dt
import os
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from assistant.cli.arguments import Parser, lazy, positive
from assistant.cli.briefing_parser import add_briefing
from assistant.cli.evaluation_parser import add_evaluation

_KINDS = ("report", "resolution", "statement", "transcript", "letter", "other")
_STANDINGS = ("adopted", "draft", "superseded", "unofficial", "none")


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = Parser(
        prog="assistant",
        description="Answers questions about numbered documents; every sentence carries the paragraph that says it.",
        epilog="Exit codes: 0 done; 1 a check failed; 2 bad input or nothing to index; 3 a missing, damaged or mismatched index; "
        "4 a model's endpoint, with --no-fallback.",
    )
    parser.add_argument("--version", action="version", version=f"assistant {_version()}")
    common = _common()
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)

    def add(name: str, handler: str, summary: str, *parents: Parser) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=summary, description=summary, parents=[common, *parents])
        command.set_defaults(run=lazy(handler))
        return command

    filters, model = _filters(), _model()
    _add_workspace_commands(add)
    _add_question_commands(add, filters, model)
    add_briefing(commands, common, model)
    add_evaluation(commands, common, model)
    return parser


def _add_workspace_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    init = add("init", "workspace:init", "make a workspace: a folder with corpus/, index/, eval/ and assistant.toml")
    init.add_argument("folder", type=Path, metavar="DIR")
    init.add_argument("--example", action="store_true", help="fill it with six short invented documents and questions about them")
    index = add("index", "workspace:index", "read the documents and publish an index; unchanged paragraphs are not embedded again")
    index.add_argument("--corpus", type=Path, metavar="PATH", help="a folder or file instead of the workspace's corpus/")
    index.add_argument("--rebuild", action="store_true", help="embed everything anew")
    index.add_argument("--json", action="store_true", help="print the report as JSON")
    corpus = add("corpus", "corpus:corpus", "list the documents: metadata, where it came from, ledgers, warnings")
    corpus.add_argument("--corpus", type=Path, metavar="PATH", help="a folder or file instead of what is indexed")
    corpus.add_argument("--json", action="store_true")
    add("verify", "workspace:verify", "check every file of the index against what was published")
    add("rollback", "workspace:rollback", "go back to the previous generation of the index")
    doctor = add("doctor", "workspace:doctor", "say what is wrong and what to do about it")
    doctor.add_argument("--json", action="store_true")


def _add_question_commands(add: Callable[..., argparse.ArgumentParser], *shared: Parser) -> None:
    filters, model = shared
    ask = add("ask", "questions:ask", "answer a question; every sentence with its reference", filters, model)
    ask.add_argument("question", nargs="?", help="the question, in quotation marks")
    ask.add_argument(
        "--file", type=Path, metavar="QUESTIONS.jsonl", help='many questions, {"id","question"} a line; one JSON answer a line'
    )
    ask.add_argument(
        "--conversation",
        type=Path,
        metavar="FILE.jsonl",
        help='go on with the conversation in this file, and add to it: "and what about stakeholders?" is then rewritten to stand alone',
    )
    ask.add_argument("--json", action="store_true", help="print the whole answer as JSON")
    search = add("search", "questions:search", "find passages without an answer", filters)
    search.add_argument("question", nargs="?")
    search.add_argument("--queries", type=Path, metavar="FILE.jsonl", help='many queries, {"_id","text"} a line')
    search.add_argument("--format", choices=("text", "json", "trec"), help="text, or with --queries trec")
    search.add_argument("--ids", choices=("document", "paragraph"), default="paragraph", help="what a TREC run names (default: paragraph)")
    search.add_argument("--json", action="store_true", help="the same as --format json")
    show = add("show", "questions:show", "show a paragraph with its neighbours, or with --json a whole document")
    show.add_argument("reference", metavar="DOCUMENT#LABEL", help='"A/77/275#12", "paragraph 4", or a document')
    show.add_argument("--json", action="store_true", help="one JSON object a line")
    check = add("check", "checking:check", "verify a text with references against the index, sentence by sentence")
    check.add_argument("file", metavar="FILE", help="Markdown or text; - reads standard input")
    check.add_argument("--json", action="store_true", help="print the report as JSON")
    chat = add("chat", "questions:chat", "open the page; the index is built first where it is missing or out of date", model)
    chat.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    chat.add_argument("--port", type=int, help="port (default: 7860; 0 for any that is free)")
    chat.add_argument("--open", action="store_true", help="open the page in a browser")


def _common() -> Parser:
    common = Parser(add_help=False)
    common.add_argument(
        "--workspace",
        type=Path,
        metavar="DIR",
        default=os.environ.get("ASSISTANT_WORKSPACE"),
        help="the workspace (default: ASSISTANT_WORKSPACE, else this folder)",
    )
    return common


def _filters() -> Parser:
    filters = Parser(add_help=False)
    group = filters.add_argument_group("filters", "restrict what is searched, before the best are chosen; each may be given several times")
    group.add_argument("--document", action="append", default=[], metavar="ID", help="document id or symbol")
    group.add_argument("--kind", action="append", default=[], choices=_KINDS)
    group.add_argument("--standing", action="append", default=[], choices=_STANDINGS)
    group.add_argument(
        "--speaker", action="append", default=[], metavar="NAME", help="speaker, delegation, or a role or group of the catalogue"
    )
    group.add_argument("--session", action="append", default=[], metavar="NAME", help="a part of the session's name")
    group.add_argument("--language", action="append", default=[], metavar="CODE")
    group.add_argument("--since", type=_date, metavar="YYYY-MM-DD")
    group.add_argument("--until", type=_date, metavar="YYYY-MM-DD")
    group.add_argument("--top", type=positive, metavar="K", help="how many passages to consider (default: 5)")
    return filters


def _model() -> Parser:
    model = Parser(add_help=False)
    group = model.add_argument_group(
        "language model", "a key is read from ASSISTANT_MODEL__API_KEY, assistant.toml or the provider's own variable"
    )
    group.add_argument("--mode", choices=("quote", "model"), help="default: model where one is configured, else quote")
    group.add_argument(
        "--model", metavar="NAME", help="openai:NAME for any OpenAI-compatible endpoint; ollama:NAME, anthropic:NAME … with their extras"
    )
    group.add_argument("--base-url", metavar="URL", help="the endpoint, for example http://localhost:8080/v1")
    group.add_argument("--no-fallback", action="store_true", help="fail with exit code 4 instead of answering in quote mode")
    return model


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2021-12-17") from None


def _version() -> str:
    try:
        return version("assistant")
    except PackageNotFoundError:
        return "(not installed)"
