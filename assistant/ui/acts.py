"""What the page does between a visitor's act and what is shown: answers as they stream, sources, links and verdicts. No Gradio here."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import cast

from assistant.briefing.conversation import conversation_markdown
from assistant.briefing.starting import collect, collect_paragraph, plan_path
from assistant.errors import AssistantError, EmptyQuestion
from assistant.eval import feedback
from assistant.ui import links, render
from assistant.ui import source as sources
from assistant.ui.choice import Choice
from assistant.ui.turns import Answers, Place, Turn, history_of

UNEXPECTED = "Something went wrong while answering. The server's log says what; asking again may help."
log = logging.getLogger(__name__)


def answering(assistant: Answers, turn: Turn, chosen: Choice, past: Sequence[Turn] = ()) -> Iterator[Turn]:
    """The turn after each event of its answer, which follows those of `past`. Whatever goes wrong ends it with one line; the log
    keeps the cause. While a model is silent the same turn comes again and again, so that Stop finds this between two events.

    Raises:
        EmptyQuestion: there is nothing to answer, and so no turn to show.
    """
    wanted = {"filters": turn.filters, "mode": chosen.mode, "model": chosen.model, "history": history_of(past)}
    try:
        with closing(assistant.stream(turn.question, **wanted)) as events:  # type: ignore[arg-type]  # one dictionary of several types
            for event in events:
                turn = turn.after(event)
                yield turn
    except EmptyQuestion:
        raise
    except AssistantError as error:
        yield turn.ended(str(error))
    except Exception:  # the outermost face: the visitor sees one line, the log has the cause with its traceback
        log.exception("an answer could not be made")
        yield turn.ended(UNEXPECTED)


def opened(assistant: Answers, place: Place) -> str:
    """The source panel's HTML for a place, or the one line that says why it cannot be shown."""
    try:
        return sources.source(place, assistant.context(place.document, place.label))
    except AssistantError as error:
        return sources.problem(str(error))


def linked_turn(assistant: Answers, linked: links.Link) -> Turn:
    """The turn that a link shows, or the one line that says why it cannot be shown."""
    turn = Turn(linked.question, filters=linked.filters)
    try:
        return turn.after(links.answer_of(linked, assistant))
    except AssistantError as error:
        return turn.ended(str(error))


def judged(assistant: Answers, turns: Sequence[Turn], at: object, verdict: str, document: str, label: str) -> str:
    """The notice after a verdict on turn number `at`; `document` and `label` are the paragraph that was opened beside it, if any.

    Of a wrong paragraph, the one that was opened instead is taken for the right one.
    """
    turn = turns[at] if isinstance(at, int) and 0 <= at < len(turns) else None
    if turn is None or turn.answer is None:
        return render.notice("This answer is no longer here")
    cited = {(c.document, c.label) for statement in turn.statements for c in statement.citations}
    right = [(document, label)] if verdict == "wrong paragraph" and document and (document, label) not in cited else []
    try:
        for place in right:
            assistant.show("#".join(place))
        feedback.record(assistant.settings.eval, turn.answer, cast(feedback.Verdict, verdict), turn.filters, right)
    except AssistantError as error:
        return render.notice(str(error))
    return render.notice(f"Noted for review: {verdict}" + (f"; {label} was taken for the right paragraph." if right else "."))


def collected(assistant: Answers, question: str) -> str:
    """The notice after the question of an answer was put into the workspace's plan of a briefing."""
    return _planned(assistant, lambda path: collect(path, question))


def collected_paragraph(assistant: Answers, document: str, label: str) -> str:
    """The same for a paragraph, which the briefing then quotes whole."""
    return _planned(assistant, lambda path: collect_paragraph(path, f"{assistant.show(f'{document}#{label}').document.id}#{label}"))


def taken(assistant: Answers, turns: Sequence[Turn]) -> str:
    """The conversation as Markdown with footnotes, for the browser to save; unfinished and failed answers are not in it."""
    answers = [(turn.answer, turn.filters) for turn in turns if turn.answer]
    return render.taken(conversation_markdown(answers, assistant))


def _planned(assistant: Answers, add: Callable[[Path], bool]) -> str:
    path = plan_path(assistant.settings.workspace)
    name = f"{path.parent.name}/{path.name}"  # where the workspace lies is nobody's business on a page
    try:
        added = add(path)
    except AssistantError as error:
        return render.notice(str(error))
    except OSError as error:
        return render.notice(f"{name} cannot be written: {error.strerror or 'the system refuses'}")
    return render.notice(f"{'Added to' if added else 'Already in'} {name}. Make the briefing with: assistant brief run")
