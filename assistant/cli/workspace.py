"""init, index, verify, rollback, doctor."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from importlib.resources import files
from pathlib import Path

from rich.text import Text

from assistant.cli.corpus import numbering, print_skipped
from assistant.cli.options import settings_of
from assistant.cli.output import console, counted, progress
from assistant.corpus import corpus_fingerprint, warnings_of
from assistant.errors import AssistantError, EmptyCorpus, IndexProblem
from assistant.index.build import BuildReport, Progress, build, has_kept, indexed_place
from assistant.index.generations import open_current, roll_back
from assistant.index.generations import verify as problems_of_current
from assistant.settings import Settings

_FILES = {
    "corpus/README.md": """Put documents here (.pdf, .docx, .html, .md, .txt; .jsonl in BEIR layout), then run `assistant index`.

README files, catalogue.toml and names that begin with a dot are not documents.
""",
    "corpus/catalogue.toml": """# What is known about the documents, keyed by file name. All keys are optional: what is not said here is
# taken from the document itself.
#
# ["report.txt"]
# symbol = "A/78/265"
# title = "Report of the Secretary-General"
# kind = "report"            # report, resolution, statement, transcript, letter, other
# standing = "adopted"       # adopted, draft, superseded, unofficial, none
# date = 2023-08-01
# session = "Seventy-eighth session"
# speaker = "Chair"
# delegation = "Australia"
# language = "en"
# aliases = ["the second annual progress report"]
#
# For all documents: who held an office (--speaker Chair finds what that person said then), groups, and other names of documents.
#
# [[role]]
# name = "Chair"
# person = "Mr. Burhan Gafoor"
# since = 2021-06-01
# until = 2025-07-11
#
# [[group]]
# name = "like-minded group"
# members = ["Australia", "Canada"]
#
# [alias]
# "third annual progress report" = "A/79/214"
""",
    "index/README.md": "What was built from corpus/. Never edited by hand: `assistant index` rebuilds it.\n",
    "eval/README.md": "Gold sets go to gold/, one JSON object a line; run them with `assistant eval run gold/NAME.jsonl`.\n",
    "assistant.toml": """# Settings. A flag overrides the environment (ASSISTANT_MODEL__NAME), which overrides this file.
#
# [model]
# name = "openai:NAME"                      # or ollama:NAME, anthropic:NAME, … with their extras
# base_url = "http://localhost:8080/v1"
# context_tokens = 6000                     # the model's window
""",
}
_EXAMPLE_GOLD = "gold.jsonl"
"""The example's gold set; what else lies beside it are documents and their catalogue."""
_GO_BACK = "Go back with: assistant rollback, or rebuild with: assistant index --rebuild"


def _holds(documents: int, paragraphs: int) -> str:
    return f"{counted(documents, 'document')}, {counted(paragraphs, 'paragraph')}"


def init(arguments: Namespace) -> int:
    """Makes a workspace, empty or with the example's documents; what is already there stays as it is."""
    folder: Path = arguments.folder
    made = 0
    contents: dict[str, str | bytes] = {**_FILES, **(_example_files() if arguments.example else {})}
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            made += 1
    (folder / "eval" / "gold").mkdir(exist_ok=True)
    if arguments.example:
        print(f"{folder} holds six invented documents and questions about them. Next: assistant index --workspace {folder}")
        print(f"Then: assistant ask --workspace {folder} --standing adopted 'How soon must a serious incident be reported?'")
        return 0
    what = f"{folder} is a workspace now." if made else f"{folder} was a workspace already; nothing was changed."
    print(f"{what} Put documents into {folder / 'corpus'}, then: assistant index --workspace {folder}")
    return 0


def _example_files() -> dict[str, bytes]:
    """The example's files by their place in a workspace."""
    found = {}
    for item in sorted(files("assistant.corpus").joinpath("example").iterdir(), key=lambda item: item.name):
        place = "eval/gold/example.jsonl" if item.name == _EXAMPLE_GOLD else f"corpus/{item.name}"
        found[place] = item.read_bytes()
    return found


def index(arguments: Namespace) -> int:
    """Publishes an index and says what was read."""
    settings = settings_of(arguments)
    try:
        with progress() as tell:
            report = build(settings, arguments.corpus, rebuild=arguments.rebuild, progress=tell)
    except KeyboardInterrupt:
        if has_kept(settings.index):
            raise KeyboardInterrupt("What was embedded is kept; to go on from there: assistant index") from None
        raise
    if arguments.json:
        print(json.dumps(_report_json(report), ensure_ascii=False, indent=2))
    else:
        _print_report(report)
    return 0


def refresh(settings: Settings, tell: Progress | None = None) -> None:
    """Builds the index where there is none or the corpus has changed since; says so on stderr.

    Raises:
        EmptyCorpus: there is neither an index nor anything to index.
    """
    place = settings.corpus
    try:
        place = indexed_place(settings, open_current(settings.index).manifest)
    except IndexProblem:
        print("assistant: building the index first", file=sys.stderr)
    try:
        report = build(settings, place, progress=tell)
    except EmptyCorpus:
        open_current(settings.index)  # an index without its corpus still answers; with neither, the corpus is what is missing
        print(f"assistant: {place} holds no document; answering from the index as it is", file=sys.stderr)
        return
    if report.changed:
        print(f"assistant: indexed {_holds(report.documents, report.paragraphs)}", file=sys.stderr)
    for item in report.skipped:
        print(f"assistant: skipped: {item.reason}", file=sys.stderr)


def verify(arguments: Namespace) -> int:
    """Checks the index; 3 and a line for each problem where something is wrong."""
    settings = settings_of(arguments)
    problems = problems_of_current(settings.index, settings.store)
    for problem in problems:
        print(f"assistant: {problem}. {_GO_BACK}", file=sys.stderr)
    if problems:
        return IndexProblem.exit_code
    manifest = open_current(settings.index).manifest
    print(f"{manifest.id} is as published: {_holds(manifest.documents, manifest.paragraphs)}, all files checked.")
    return 0


def rollback(arguments: Namespace) -> int:
    """Goes back to the previous generation."""
    settings = settings_of(arguments)
    generation = roll_back(settings.index, settings.store)
    print(f"{generation.id} answers now: {counted(generation.manifest.documents, 'document')}. `assistant index` goes forward again.")
    return 0


def doctor(arguments: Namespace) -> int:
    """Looks at everything an answer needs; 1 where something has to be done."""
    findings = _findings(settings_of(arguments))
    if arguments.json:
        print(json.dumps([{"check": name, "ok": ok, "finding": text} for name, ok, text in findings], ensure_ascii=False, indent=2))
    else:
        out = console()
        for name, ok, text in findings:
            out.print(Text.assemble(("ok   " if ok else "wrong", "green" if ok else "bold red"), f"  {name}: {text}"))
    return 0 if all(ok for _, ok, _ in findings) else 1


def _findings(settings: Settings) -> list[tuple[str, bool, str]]:
    """(what, whether it is well, what was found and what to do) of each check."""
    from assistant.answer.providers import probe
    from assistant.index.backends import backend_of
    from assistant.index.encoder import describe
    from assistant.index.manifest import check_fingerprint, fingerprint
    from assistant.reader.opening import describe_reader

    findings: list[tuple[str, bool, str]] = []

    def check(name: str, look: object) -> None:
        try:
            findings.append((name, True, look()))  # type: ignore[operator]  # each look is a function without arguments
        except AssistantError as error:
            findings.append((name, False, str(error)))

    def encoder() -> str:
        info = describe(settings.encoder)
        return f"{info.name}, weights verified ({info.revision[:12]})"

    def published() -> str:
        generation = open_current(settings.index, store=settings.store)
        check_fingerprint(generation.manifest, fingerprint(describe(settings.encoder), settings.store.kind))
        if problems := problems_of_current(settings.index, settings.store):
            raise IndexProblem(problems[0], _GO_BACK)
        held = f"{generation.id}, {counted(generation.manifest.paragraphs, 'paragraph')}, all files as published"
        return f"{held}; questions are encoded by {'ONNX Runtime' if generation.encoder else 'torch, more slowly'}"

    def fresh() -> str:
        manifest = open_current(settings.index).manifest
        if corpus_fingerprint(indexed_place(settings, manifest)) != manifest.corpus["sha256"]:
            raise IndexProblem("the documents have changed since the index was built", "Run: assistant index")
        return "the index holds the documents as they are"

    check("encoder", encoder)
    check("reader", lambda: describe_reader(settings.reader))
    check("store", lambda: backend_of(settings.store, settings.index).check())
    check("index", published)
    check("corpus", fresh)
    check("language model", lambda: probe(settings.model))
    return findings


def _report_json(report: BuildReport) -> dict[str, object]:
    return {
        "generation": report.generation,
        "changed": report.changed,
        "documents": report.documents,
        "paragraphs": report.paragraphs,
        "embedded": report.embedded,
        "reused": report.reused,
        "skipped": [{"source": item.source, "reason": item.reason} for item in report.skipped],
        "warnings": {entry.document.id: warnings for entry in report.entries if (warnings := warnings_of(entry.ledger))},
    }


def _print_report(report: BuildReport) -> None:
    out = console()
    if report.changed:
        out.print(f"Indexed {_holds(report.documents, report.paragraphs)}: {report.embedded:,} embedded, {report.reused:,} unchanged.")
    else:
        out.print(f"Nothing has changed: {_holds(report.documents, report.paragraphs)} in {report.generation}.")
    few = report.entries if len(report.entries) <= 20 else [entry for entry in report.entries if warnings_of(entry.ledger)][:20]
    for entry in few:
        out.print(Text(f"  {entry.document.id}: {numbering(entry.ledger)}", style="dim"))
        for warning in warnings_of(entry.ledger):
            out.print(Text(f"    {warning}", style="yellow"))
    print_skipped(report.skipped)
