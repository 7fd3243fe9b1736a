"""The page as Gradio Blocks: which component shows what, and which event asks what of the assistant.

The conversation is one gr.HTML that `render` writes, not a gr.Chatbot: a Chatbot reads its messages as Markdown, so that
the words of a document could become a link or an image there, and its sanitiser decides which attributes of a button
survive. Here every word is escaped, references are real buttons, and one listener on the root serves all of them.
gr.HTML fills its template once by JavaScript, `${value}`; the Handlebars form would evaluate `${…}` inside a document.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import api as offer

from assistant.corpus.readers import SUFFIXES
from assistant.errors import AssistantError, EmptyQuestion
from assistant.schema import Answer, Mode
from assistant.ui import choice as choices
from assistant.ui import documents, keeping, links, render, steering
from assistant.ui import source as sources
from assistant.ui.acts import answering, collected, collected_paragraph, judged, linked_turn, opened, taken
from assistant.ui.choice import Choice
from assistant.ui.examples import examples_for
from assistant.ui.turns import Answers, Place, Turn

TITLE = "Ask the documents"
STOPPED = "Stopped before the answer was complete."
ANSWERS_AT_ONCE = 4
"""How many answers are made at the same time; others wait in Gradio's queue. Opening a reference never waits."""
MOST_WAITING = 40
"""Questions in that queue; the next is told that the page is busy."""
MOST_VISITS = 500
"""Visits that the server remembers, the last ones: each takes an eighth of a megabyte, and its conversation; Gradio would keep 10,000."""
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

Updates = dict[Any, Any]
"""New values of some components; the others stay as they are."""


def page(assistant: Answers, examples: Sequence[str] | None = None, changes: bool = False) -> gr.Blocks:
    """The whole page; see `assistant.ui.build`."""
    blocks = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True, delete_cache=(600, 600))
    with blocks:
        parts = _Page(assistant, examples, changes)
        parts.wire(blocks)
    blocks.queue(default_concurrency_limit=ANSWERS_AT_ONCE, max_size=MOST_WAITING)
    blocks.state_session_capacity = MOST_VISITS  # as `launch` would set it, which serves a page by itself
    return blocks


def asset(name: str) -> str:
    """The text of a style or script that the package ships."""
    return files("assistant.ui").joinpath("assets", name).read_text(encoding="utf-8")


class _Page:
    """The components, and the functions that Gradio calls. What a visitor said lives in gr.State, one for each visitor."""

    def __init__(self, assistant: Answers, examples: Sequence[str] | None, changes: bool) -> None:
        self.assistant = assistant
        self.examples = examples
        self.changes = changes
        active = choices.default(assistant.settings)
        self.turns = gr.State(())
        self.choice = gr.State(active)
        self.kept = gr.BrowserState(keeping.pack(()), storage_key="assistant-conversation", secret="in this browser only")
        masthead, _ = self.opening()
        self.masthead = _show(masthead, "masthead")
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="chat-column", scale=5):
                self.transcript = _show(render.transcript((), ()), "transcript", asset("transcript.js"))
                with gr.Column(elem_id="composer"):
                    self._composer(active)
                self._model_panel(active)
                self._documents_panel()
            with gr.Column(elem_id="source-column", scale=4):
                self.source = _show(sources.empty(), "source", asset("source.js"))
        self.parcel = _show("", "parcel", asset("parcel.js"))
        self.taken = _show("", "taken", asset("taken.js"))

    def _composer(self, active: Choice) -> None:
        self.notice = _show("", "notice")
        with gr.Row(elem_id="asking"):
            self.box = gr.Textbox(
                label="Question", placeholder="Ask a question", lines=1, max_lines=6, container=False, autofocus=True, elem_id="question"
            )
            self.ask = gr.Button("Ask", variant="primary", scale=0, elem_id="ask")
            self.stop = gr.Button("Stop", scale=0, visible=False, elem_id="stop")
        offered = self._offered()
        self.only = gr.Dropdown(
            offered, multiselect=True, label="Search only in", visible=bool(offered), elem_id="only", info=None, filterable=True
        )
        self.active = _show(render.active(active), "active", asset("labels.js"))

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

    def _documents_panel(self) -> None:
        with gr.Accordion("Documents", open=False, elem_id="documents-panel"):
            self.files = gr.File(
                label="Add documents: drop them here",
                file_count="multiple",
                file_types=list(SUFFIXES),
                visible=self.changes,
                height=150,
                elem_id="add-documents",
            )
            self.renew = gr.Button("Read the folder again", visible=self.changes, elem_id="renew")
            self.documents_notice = _show("", "documents-notice")
            self.documents = _show(self._listed(), "documents", asset("documents.js"))

    def wire(self, blocks: gr.Blocks) -> None:
        """Connects events to functions; call it inside the Blocks."""
        shown = [self.box, self.parcel, self.source, self.notice, self.turns, self.ask, self.stop]
        past = [self.turns, self.choice, self.only]
        asked = gr.on([self.ask.click, self.box.submit], self.converse, [self.box, *past], shown, concurrency_id="answer", **QUIET)
        picked = self.transcript.example(self.example, past, shown, concurrency_id="answer", **QUIET)
        for event in (asked, picked):
            event.then(self.settle, self.turns, [self.parcel, self.turns, self.ask, self.stop, self.kept], queue=False, **QUIET)
        self.stop.click(None, cancels=[asked, picked])
        for place in (self.transcript, self.source):
            place.cite(self.cite, None, self.source, queue=False, **QUIET)
        self.source.shut(sources.empty, None, self.source, queue=False, **QUIET)
        self.transcript.collect(self.collect, None, self.notice, queue=False, **QUIET)
        self.source.collect(self.collect_paragraph, None, self.notice, queue=False, **QUIET)
        self.transcript.take(self.take, self.turns, [self.taken, self.notice], queue=False, **QUIET)
        fields = [self.mode, self.model, self.url, self.key, self.choice]
        self.use.click(self.choose, fields, [self.choice, self.active, self.model_notice, self.key], queue=False, **QUIET)
        self.transcript.edit(self.edit, None, self.box, queue=False, **QUIET)
        self.transcript.judge(self.judge, self.turns, self.notice, queue=False, **QUIET)
        self.transcript.anew(self.anew, None, [self.parcel, self.turns, self.source, self.kept], queue=False, **QUIET)
        changed = [self.documents_notice, self.documents, self.masthead, self.only, self.files]
        if self.changes:
            self.files.upload(self.add, self.files, changed, concurrency_id="index", concurrency_limit=1, **QUIET)
            self.documents.remove(self.remove, None, changed, concurrency_id="index", **QUIET)
            self.renew.click(self.reread, None, changed, concurrency_id="index", **QUIET)
        offer(self.answer, api_name="ask")
        restored = [self.masthead, self.parcel, self.turns, self.only, self.source, self.documents]
        blocks.load(self.restore, self.kept, restored, queue=False, **QUIET)

    def _offered(self) -> list[tuple[str, str]]:
        """The filters on offer: none while there is no index, and none where there is but one document."""
        try:
            return steering.choices(self.assistant.documents())
        except AssistantError:
            return []

    def _listed(self) -> str:
        return documents.listing(documents.indexed(self.assistant.settings), self.changes)

    def add(self, files: list[str] | None) -> Iterator[Updates]:
        """Files that were dropped become documents; the panel tells how far the index is."""
        paths = [Path(file) for file in files or ()]
        yield from self._changing(documents.added(self.assistant.settings, paths))
        for path in paths:
            path.unlink(missing_ok=True)

    def remove(self, event: gr.EventData) -> Iterator[Updates]:
        """A document is taken out; its file is kept aside."""
        yield from self._changing(documents.removed(self.assistant.settings, str(event.source)))

    def reread(self) -> Iterator[Updates]:
        """The index is built anew from the folder, for files that were put there or changed by hand."""
        yield from self._changing(documents.renewed(self.assistant.settings))

    def _changing(self, told: Iterator[str]) -> Iterator[Updates]:
        for line in told:
            yield {self.documents_notice: line}
        offered = self._offered()
        yield {
            self.documents: self._listed(),
            self.masthead: self.opening()[0],
            self.only: gr.update(choices=offered, visible=bool(offered)),
            self.files: None,
        }

    def restore(self, kept: object, request: gr.Request) -> Updates:
        """The page as it opens: the conversation that this browser kept, and the answer that the address names."""
        masthead, welcome = self.opening()
        turns = keeping.unpack(kept)
        linked = links.parse(str(request.query_params or ""))
        if linked and any(turn.answer and links.shows(linked, turn.answer, turn.filters) for turn in turns):
            linked = None  # it was shown before this reload, and is part of the conversation
        if linked:
            turns = (*turns, linked_turn(self.assistant, linked))
        only = gr.update(choices=(offered := self._offered()), visible=bool(offered))
        shown = render.parcel(turns, whole=True) if turns else welcome
        updates = {self.masthead: masthead, self.parcel: shown, self.only: only, self.documents: self._listed()}
        first = turns[-1].first_citation if linked else None
        return updates | {self.source: opened(self.assistant, Place.of(first)) if first else sources.empty(), self.turns: turns}

    def opening(self) -> tuple[str, str]:
        """The head of the page and the empty conversation, as the index is now."""
        try:
            documents, coverage = self.assistant.documents(), self.assistant.coverage()
        except AssistantError as error:
            return render.header_problem(TITLE, str(error)), render.parcel((), self.examples or ())
        examples = examples_for(documents) if self.examples is None else self.examples
        return render.header(TITLE, documents, coverage), render.parcel((), examples)

    def converse(self, question: str, past: tuple[Turn, ...], chosen: Choice, only: list[str] | None) -> Iterator[Updates]:
        """A question and its answer as it streams; the first citation opens by itself, an abstention closes the panel."""
        turn, place = Turn(question.strip(), chosen.mode, filters=steering.filters_of(only or ())), None
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

    def answer(self, question: str) -> dict[str, Any]:
        """The answer for a program that speaks through gradio_client, as `ask --json` prints it."""
        try:
            *_, answer = self.assistant.stream(question)
        except AssistantError as error:
            raise gr.Error(str(error), print_exception=False) from None
        assert isinstance(answer, Answer)  # the last event of a stream is its answer
        return answer.to_json()

    def example(self, past: tuple[Turn, ...], chosen: Choice, only: list[str] | None, event: gr.EventData) -> Iterator[Updates]:
        """An example question, or an earlier one once more, asked by a click."""
        yield from self.converse(str(event.question), past, chosen, only)

    def settle(self, turns: tuple[Turn, ...]) -> Updates:
        """After an answer, however it ended. If it is still pending, Stop has cancelled it; no event of it can follow now."""
        told = {}
        if turns and turns[-1].pending:
            turns = (*turns[:-1], turns[-1].ended(STOPPED))
            told = self._told(turns)
        return told | self._busy(False) | {self.kept: keeping.pack(turns)}

    def edit(self, event: gr.EventData) -> str:
        """A question goes back into the box, to be asked in other words."""
        return str(event.question)

    def judge(self, turns: tuple[Turn, ...], event: gr.EventData) -> str:
        """What a visitor says of an answer becomes a line that a person reviews."""
        return judged(self.assistant, turns, event.turn, str(event.verdict), str(event.document or ""), str(event.label or ""))

    def anew(self) -> Updates:
        """An empty conversation, here and in the browser."""
        return {self.parcel: self.opening()[1], self.turns: (), self.source: sources.empty(), self.kept: keeping.pack(())}

    def cite(self, event: gr.EventData) -> str:
        """Opens the reference that was clicked. What the browser sends is a place to look up, never trusted as text."""
        return opened(self.assistant, Place(str(event.document), str(event.label), str(event.quote), int(event.start)))

    def collect(self, event: gr.EventData) -> str:
        """Adds the question of an answer to the workspace's plan of a briefing."""
        return collected(self.assistant, str(event.question))

    def collect_paragraph(self, event: gr.EventData) -> str:
        """Adds the paragraph that is shown to that plan."""
        return collected_paragraph(self.assistant, str(event.document), str(event.label))

    def take(self, turns: tuple[Turn, ...]) -> Iterator[Updates]:
        """The conversation as a file; what was given to the browser is taken off the page again."""
        try:
            yield {self.taken: taken(self.assistant, turns), self.notice: ""}
        except AssistantError as error:
            yield {self.notice: render.notice(str(error))}
        yield {self.taken: ""}

    def choose(self, mode: Mode, model: str | None, url: str | None, key: str | None, before: Choice) -> Updates:
        """Takes the panel's fields as this visitor's choice, and empties the key's field whatever came of it."""
        try:
            chosen = choices.choose(self.assistant.settings, mode, model or "", url or "", key or "", before.model)
        except AssistantError as error:
            return {self.model_notice: render.notice(str(error)), self.key: ""}
        return {self.choice: chosen, self.active: render.active(chosen), self.model_notice: "", self.key: ""}

    def _told(self, turns: tuple[Turn, ...]) -> Updates:
        return {self.parcel: render.parcel(turns), self.turns: turns}

    def _busy(self, busy: bool) -> Updates:
        return {self.ask: gr.update(visible=not busy), self.stop: gr.update(visible=busy)}


def _show(html: str, elem_id: str, js_on_load: str | None = None) -> gr.HTML:
    """A part of the page that `render` or `source` writes."""
    return gr.HTML(html, elem_id=elem_id, js_on_load=js_on_load, apply_default_css=False)
