"""What commands print: answers, passages, ledgers; colours and progress where a terminal is."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

from assistant.schema import REFUSAL, Answer, AnswerEvent, Coverage, FellBack, Passage, Searched, Statement

if TYPE_CHECKING:
    from assistant.index.build import Progress as Report

_EXCERPT = 160
_SECONDS_BETWEEN_LINES = 10
_ESTIMATED_FROM = 600
"""Seconds of progress from which a bar works out the time left: a batch of paragraphs may take half a minute on a slow machine."""


def console() -> Console:
    """Standard output: colours in a terminal, plain text elsewhere; nothing in a text is read as markup."""
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=not sys.stdout.isatty())


def counted(number: int, noun: str) -> str:
    """ "1 document", "2 documents", "0 paragraphs"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def coverage_line(coverage: Coverage) -> str:
    """What was searched, in words."""
    return f"Searched {counted(coverage.documents, 'document')}, {counted(coverage.paragraphs, 'paragraph')}."


def print_answer(answer: Answer) -> None:
    """An answer for a person: what a follow-up was searched as, each sentence with its references, then how it came about."""
    if answer.searched_question != answer.question:
        _print_searched(answer.searched_question)
    for statement in answer.statements:
        _print_statement(statement, answer.mode == "quote" or answer.fallback is not None)
    _print_rest(answer)


def print_answer_as_it_comes(events: Iterable[AnswerEvent], by_model: bool) -> Answer:
    """The same while it streams: each sentence as soon as it is verified. Where quotations take a model's place, a line says so."""
    said, quoted = False, not by_model
    for event in events:
        match event:
            case Searched(rewritten=True, question=question):
                _print_searched(question)
            case Statement():
                _print_statement(event, quoted)
                said = True
            case FellBack():
                if said:
                    console().print(
                        Text(f"The model failed ({event.reason}); what it wrote does not count. Quotations instead:", style="yellow")
                    )
                quoted = True
            case Answer():
                _print_rest(event)
                return event
    raise AssertionError("the last event of a stream is its answer")


def _print_searched(question: str) -> None:
    console().print(Text(f"Searched for: {question}", style="dim"))


def _print_statement(statement: Statement, quoted: bool) -> None:
    references = "; ".join(dict.fromkeys(citation.reference for citation in statement.citations))
    body = f"“{statement.text}”" if quoted else statement.text
    console().print(Text.assemble(body, " ", (f"({references})", "cyan")))


def _print_rest(answer: Answer) -> None:
    """What stands below the sentences, or in their place."""
    out = console()
    if answer.status == "abstained":
        out.print(Text(REFUSAL, style="bold"))
    for remark in answer.remarks:
        out.print(Text(remark, style="yellow"))
    out.print(Text(_how(answer), style="dim"))
    if answer.status == "abstained" and answer.passages:
        out.print(Text("Nearest paragraphs:", style="dim"))
        print_passages(answer.passages[:3], scores=False)
    for item in answer.withheld:
        out.print(Text(f"Withheld, because {item.reason}: {item.text}", style="dim"))


def _how(answer: Answer) -> str:
    parts = [coverage_line(answer.coverage)]
    if answer.fallback:
        parts.append(f"Quote mode, because {answer.fallback}.")
    elif answer.mode == "model":
        parts.append(f"Written by {answer.model} and checked against the paragraphs.")
    return " ".join(parts)


def print_passages(passages: Sequence[Passage], *, scores: bool) -> None:
    """Passages, a reference and the beginning of the text each."""
    out = console()
    for passage in passages:
        text = passage.paragraph.text
        shown = text if len(text) <= _EXCERPT else text[:_EXCERPT].rsplit(" ", 1)[0] + " …"
        score = f"  {passage.scores.fused:.3f}" if scores else ""
        out.print(Text.assemble((passage.reference, "cyan"), (score, "dim")))
        out.print(Text(f"  {shown}"))


def print_paragraphs(passages: Sequence[Passage], chosen: str | None) -> None:
    """Whole paragraphs; the neighbours of `chosen` (a label) are dimmed."""
    out = console()
    for at, passage in enumerate(passages):
        is_chosen = chosen is None or passage.paragraph.label == chosen
        if at:
            out.print()
        heading = " / ".join(passage.paragraph.heading)
        mark = "> " if is_chosen and chosen is not None else ""
        style = "bold cyan" if is_chosen else "dim"
        out.print(Text.assemble((f"{mark}{passage.reference}", style), (f"  {heading}" if heading else "", "dim")))
        body = Text(passage.paragraph.text, style="" if is_chosen else "dim")
        if is_chosen and passage.span:
            body.stylize("reverse", *passage.span)
        out.print(body)


@contextmanager
def progress() -> Iterator[Report]:
    """Progress on stderr: bars with counts, speed and the time left in a terminal, elsewhere a line of them now and then."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    description = TextColumn("{task.description}", markup=False)  # a file's name stands there, whatever it is
    columns = (description, BarColumn(), MofNCompleteColumn(), _Speed(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, speed_estimate_period=_ESTIMATED_FROM) as bars:
        yield _bars(bars)


class _Speed(ProgressColumn):
    """How many are done in a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(_per_second(speed) if speed else "", style="progress.data.speed")


def _per_second(speed: float) -> str:
    return f"{speed:,.0f}/s" if speed >= 10 else f"{speed:.1f}/s"


def _bars(bars: Progress) -> Report:
    """A bar for each kind of work, and one for the file that is being read, if it is a long one."""
    tasks: dict[str, TaskID] = {}
    of_file = ""

    def tell(what: str, done: int, total: int) -> None:
        nonlocal of_file
        is_of_file = what.startswith("reading ") and what != "reading documents"
        if of_file and what != of_file:
            bars.remove_task(tasks.pop(of_file))
            of_file = ""
        if what not in tasks:
            tasks[what] = bars.add_task(what, total=total or None)
            of_file = what if is_of_file else of_file
        bars.update(tasks[what], completed=done, total=total or None)

    return tell


def _lines() -> Report:
    last = time.monotonic()
    begun: dict[str, tuple[float, int]] = {}

    def tell(what: str, done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        since, at_first = begun.setdefault(what, (now, done))
        if now - last >= _SECONDS_BETWEEN_LINES:
            last = now
            speed = (done - at_first) / (now - since) if done > at_first and now > since else 0.0
            left = f", {_per_second(speed)}, {_duration((total - done) / speed)} left" if speed and done < total else ""
            print(f"{what}: {done:,}{f' of {total:,}' if total else ''}{left}", file=sys.stderr)

    return tell


def _duration(seconds: float) -> str:
    """ "about 40 s", "about 3 min", "about 2 h"."""
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= 1.5 * size:
            return f"about {seconds / size:.0f} {unit}"
    return f"about {seconds:.0f} s"
