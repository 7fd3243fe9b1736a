"""brief run, init, fill."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from assistant.answer.engine import Assistant
from assistant.briefing.briefing import FORMATS, Briefing, Format
from assistant.briefing.fill import Part, restore
from assistant.briefing.fill import fill as filled
from assistant.briefing.gather import Options
from assistant.briefing.plan import read_bytes
from assistant.briefing.starting import example, plan_path
from assistant.cli.options import settings_of
from assistant.cli.output import console, counted, progress
from assistant.errors import UsageError
from assistant.index.files import write_durably

_WOULD_CHANGE = 1


def run(arguments: Namespace) -> int:
    """Makes the briefing of a plan and says what is in it."""
    settings = settings_of(arguments)
    formats = _formats(arguments.to)
    plan: Path = arguments.plan or plan_path(settings.workspace)
    places = {to: (arguments.out or plan.parent) / f"{plan.stem}-briefing.{to}" for to in formats}
    if there := [place for place in places.values() if place.exists() and not arguments.overwrite]:
        raise UsageError(f"{there[0]} is there already", "Somebody may have edited it: add --overwrite, or another folder with --out.")
    assistant = Assistant(settings)
    with progress() as tell:
        options = Options(top=arguments.top, fallback=not arguments.no_fallback)
        briefing = Briefing.from_plan(plan, assistant, options, tell)
        made: dict[Path, bytes] = {}
        for done, (to, place) in enumerate(places.items()):
            tell("writing", done, len(places))
            made[place] = briefing.export(to, template=arguments.template)
    for place, raw in made.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        write_durably(place, raw)
        print(place)
    _tell_result(briefing)
    return 0


def _formats(text: str) -> tuple[Format, ...]:
    asked = [word.strip().lower().removeprefix(".") for word in text.split(",") if word.strip()]
    if not asked or (unknown := [word for word in asked if word not in FORMATS]):
        named = unknown[0] if asked else text
        raise UsageError(f"{named!r} is no format of a briefing", f"They are: {', '.join(FORMATS)}")
    return tuple(to for to in FORMATS if to in asked)


def _tell_result(briefing: Briefing) -> None:
    replies = briefing.gathered.replies
    notes = sum(len(said.evidence) for reply in replies.values() for said in reply.said)
    notes += sum(map(len, briefing.gathered.quotations.values()))
    unanswered = [ask for ask, reply in replies.items() if not reply.said]
    questions, quotations = counted(len(replies), "question"), counted(len(briefing.gathered.quotations), "reference")
    print(f"{questions}, {quotations}; {counted(notes, 'note')}, every quotation read again in {briefing.gathered.generation}.")
    for ask in unanswered:
        print(f"assistant: {briefing.plan.name}, line {ask.line}: no text found: {ask.question}", file=sys.stderr)
    if withheld := sum(reply.withheld for reply in replies.values()):
        print(f"assistant: {counted(withheld, 'sentence')} of the model withheld: no paragraph says them", file=sys.stderr)


def init(arguments: Namespace) -> int:
    """Writes a commented plan that runs as it is."""
    settings = settings_of(arguments)
    place: Path = arguments.plan or plan_path(settings.workspace)
    if place.exists():
        raise UsageError(f"{place} is there already", "Name another file.")
    text = example(Assistant(settings))
    place.parent.mkdir(parents=True, exist_ok=True)
    write_durably(place, text.encode())
    named = f" {place}" if arguments.plan else ""
    print(f"{place}: change it, then: assistant brief run{named}")
    return 0


def fill(arguments: Namespace) -> int:
    """Fills a text, or says what would change, or puts its placeholders back."""
    path: Path = arguments.file.resolve()  # a link stays a link
    raw = read_bytes(path)
    if arguments.restore:
        _write(arguments.out or path, path, restore(raw, path.name))
        return 0
    assistant = Assistant(settings_of(arguments))
    with progress() as tell:
        result = filled(raw, path.name, assistant, arguments.language, tell)
    _tell_parts(path.name, result.parts)
    if arguments.check:
        return _WOULD_CHANGE if any(part.state != "unchanged" for part in result.parts) else 0
    if result.raw != raw or arguments.out:
        _write(arguments.out or path, path, result.raw)
    return 0


def _write(place: Path, source: Path, raw: bytes) -> None:
    mode = source.stat().st_mode & 0o777
    write_durably(place, raw)
    place.chmod(mode)


def _tell_parts(name: str, parts: Sequence[Part]) -> None:
    out = console()
    for part in parts:
        if part.state == "unchanged":
            continue
        said = {"new": "filled", "changed": "changed", "edited": "edited by hand, left as it is"}[part.state]
        out.print(Text.assemble((f"{name}, line {part.line}", "cyan"), f": {said}: {part.placeholder}"))
        if part.before:
            out.print(Text(f"- {part.before}", style="red"))
            out.print(Text(f"+ {part.now}", style="green"))
    states = [part.state for part in parts]
    told = ", ".join(f"{states.count(state)} {state}" for state in ("new", "changed", "unchanged", "edited") if state in states)
    out.print(f"{counted(len(parts), 'placeholder')}{f': {told}' if told else ''}.")
