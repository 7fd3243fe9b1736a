"""The page as Gradio Blocks: which component shows what, and which event asks what of the assistant.

The conversation is one gr.HTML that `render` writes, not a gr.Chatbot: a Chatbot reads its messages as Markdown, so that
the words of a document could become a link or an image there, and its sanitiser decides which attributes of a button
survive. Here every word is escaped, references are real buttons, and one listener on the root serves all of them.
gr.HTML fills its template once by JavaScript, `${value}`; the Handlebars form would evaluate `${…}` inside a document.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing
from importlib.resources import files
from typing import Any

import gradio as gr

from assistant.errors import AssistantError, EmptyQuestion
from assistant.schema import Mode
from assistant.ui import choice as choices
from assistant.ui import render
from assistant.ui import source as sources
from assistant.ui.choice import Choice
from assistant.ui.examples import examples_for
from assistant.ui.turns import Answers, Place, Turn, history_of

TITLE = "Ask the documents"
UNEXPECTED = "Something went wrong while answering. The server's log says what; asking again may help."
STOPPED = "Stopped before the answer was complete."
ANSWERS_AT_ONCE = 4
"""How many answers are made at the same time; others wait in Gradio's queue. Opening a reference never waits."""
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

Updates = dict[Any, Any]
"""New values of some components; the others stay as they are."""
log = logging.getLogger(__name__)


def page(assistant: Answers, examples: Sequence[str] | None = None) -> gr.Blocks:
    """The whole page; see `assistant.ui.build`."""
    blocks = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True)
    with blocks:
        parts = _Page(assistant, examples)
        parts.wire(blocks)
    blocks.queue(default_concurrency_limit=ANSWERS_AT_ONCE)
    return blocks


def asset(name: str) -> str:
    """The text of a style or script that the package ships."""
    return files("assistant.ui").joinpath("assets", name).read_text(encoding="utf-8")


def answering(assistant: Answers, turn: Turn, chosen: Choice, past: Sequence[Turn] = ()) -> Iterator[Turn]:
    """The turn after each event of its answer, which follows those of `past`. Whatever goes wrong ends it with one line; the log
    keeps the cause. While a model is silent the same turn comes again and again, so that Stop finds this between two events.

    Raises:
        EmptyQuestion: there is nothing to answer, and so no turn to show.
    """
    try:
        with closing(assistant.stream(turn.question, mode=chosen.mode, model=chosen.model, history=history_of(past))) as events:
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


class _Page:
    """The components, and the functions that Gradio calls. What a visitor said lives in gr.State, one for each visitor."""

    def __init__(self, assistant: Answers, examples: Sequence[str] | None) -> None:
        self.assistant = assistant
        self.examples = examples
        active = choices.default(assistant.settings)
        self.turns = gr.State(())
        self.choice = gr.State(active)
        masthead, welcome = self.opening()
        self.masthead = _show(masthead, "masthead")
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="chat-column", scale=5):
                self.transcript = _show(welcome, "transcript", asset("transcript.js"))
                with gr.Column(elem_id="composer"):
                    self._composer(active)
                self._model_panel(active)
            with gr.Column(elem_id="source-column", scale=4):
                self.source = _show(sources.empty(), "source", asset("source.js"))

    def _composer(self, active: Choice) -> None:
        self.notice = _show("", "notice")
        with gr.Row(elem_id="asking"):
            self.box = gr.Textbox(
                label="Question", placeholder="Ask a question", lines=1, max_lines=6, container=False, autofocus=True, elem_id="question"
            )
            self.ask = gr.Button("Ask", variant="primary", scale=0, elem_id="ask")
            self.stop = gr.Button("Stop", scale=0, visible=False, elem_id="stop")
        self.active = _show(render.active(active), "active")

    def _model_panel(self, active: Choice) -> None:
        ways = [("Quote the documents", "quote"), ("Let a language model write", "model")]
        with gr.Accordion("Language model", open=False, elem_id="model-panel"):
            self.mode = gr.Radio(ways, value=active.mode, label="Answers", elem_id="mode")
            self.model = gr.Textbox(active.name, label="Model", placeholder="openai:gpt-4o-mini", max_lines=1, elem_id="model-name")
            self.url = gr.Textbox(active.base_url, label="Base URL", placeholder="the provider's own", max_lines=1, elem_id="base-url")
            self.key = gr.Textbox(
                label="API key",
                type="password",
                placeholder="kept on the server for this visit only",
                elem_id="api-key",
                html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
            )
            self.use = gr.Button("Use", elem_id="use-model")
            self.model_notice = _show("", "model-notice")

    def wire(self, blocks: gr.Blocks) -> None:
        """Connects events to functions; call it inside the Blocks."""
        shown = [self.box, self.transcript, self.source, self.notice, self.turns, self.ask, self.stop]
        past = [self.turns, self.choice]
        asked = gr.on([self.ask.click, self.box.submit], self.converse, [self.box, *past], shown, concurrency_id="answer", **QUIET)
        picked = self.transcript.example(self.example, past, shown, concurrency_id="answer", **QUIET)
        for event in (asked, picked):
            event.then(self.settle, self.turns, [self.transcript, self.turns, self.ask, self.stop], queue=False, **QUIET)
        self.stop.click(None, cancels=[asked, picked])
        for place in (self.transcript, self.source):
            place.cite(self.cite, None, self.source, queue=False, **QUIET)
        fields = [self.mode, self.model, self.url, self.key, self.choice]
        self.use.click(self.choose, fields, [self.choice, self.active, self.model_notice, self.key], queue=False, **QUIET)
        blocks.load(self.opening, None, [self.masthead, self.transcript], queue=False, **QUIET)

    def opening(self) -> tuple[str, str]:
        """The head of the page and the empty conversation, as the index is now."""
        try:
            documents, coverage = self.assistant.documents(), self.assistant.coverage()
        except AssistantError as error:
            return render.header_problem(TITLE, str(error)), render.transcript((), self.examples or ())
        examples = examples_for(documents) if self.examples is None else self.examples
        return render.header(TITLE, documents, coverage), render.transcript((), examples)

    def converse(self, question: str, past: tuple[Turn, ...], chosen: Choice) -> Iterator[Updates]:
        """A question and its answer as it streams; the first citation opens by itself, an abstention closes the panel."""
        turn, place = Turn(question.strip(), chosen.mode), None
        yield self._busy(True) | {self.box: "", self.notice: ""} | (self._told((*past, turn)) if turn.question else {})
        try:
            for now in answering(self.assistant, turn, chosen, past):
                if now is turn:  # nothing new; Gradio can stop only what gives something
                    yield {self.notice: gr.skip()}
                    continue
                turn = now
                updates = self._told((*past, now))
                first = Place.of(now.first_citation) if now.first_citation else None
                if first and first != place:
                    updates[self.source] = opened(self.assistant, first)
                elif now.answer and not first:
                    updates[self.source] = sources.empty()
                place = first
                yield updates
        except EmptyQuestion as error:
            yield {self.notice: render.notice(f"{error.what}.")}

    def example(self, past: tuple[Turn, ...], chosen: Choice, event: gr.EventData) -> Iterator[Updates]:
        """An example question, asked by a click."""
        yield from self.converse(str(event.question), past, chosen)

    def settle(self, turns: tuple[Turn, ...]) -> Updates:
        """After an answer, however it ended. If it is still pending, Stop has cancelled it; no event of it can follow now."""
        if turns and turns[-1].pending:
            return self._told((*turns[:-1], turns[-1].ended(STOPPED))) | self._busy(False)
        return self._busy(False)

    def cite(self, event: gr.EventData) -> str:
        """Opens the reference that was clicked. What the browser sends is a place to look up, never trusted as text."""
        return opened(self.assistant, Place(str(event.document), str(event.label), str(event.quote), int(event.start)))

    def choose(self, mode: Mode, model: str | None, url: str | None, key: str | None, before: Choice) -> Updates:
        """Takes the panel's fields as this visitor's choice, and empties the key's field whatever came of it."""
        try:
            chosen = choices.choose(self.assistant.settings, mode, model or "", url or "", key or "", before.model)
        except AssistantError as error:
            return {self.model_notice: render.notice(str(error)), self.key: ""}
        return {self.choice: chosen, self.active: render.active(chosen), self.model_notice: "", self.key: ""}

    def _told(self, turns: tuple[Turn, ...]) -> Updates:
        return {self.transcript: render.transcript(turns, ()), self.turns: turns}

    def _busy(self, busy: bool) -> Updates:
        return {self.ask: gr.update(visible=not busy), self.stop: gr.update(visible=busy)}


def _show(html: str, elem_id: str, js_on_load: str | None = None) -> gr.HTML:
    """A part of the page that `render` or `source` writes."""
    return gr.HTML(html, elem_id=elem_id, js_on_load=js_on_load, apply_default_css=False)
