"""`Assistant`: asks one workspace's index. The command line, the page and the evaluation are thin faces over it.

question ──stands alone?──> look-up or hybrid search ──> passages ──> quote mode, or model mode with verification ──> Answer
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from threading import Lock
from typing import TYPE_CHECKING

from assistant.answer.quote_mode import answer_as_named, answer_with_quotes, nearest, needs_no_reader
from assistant.answer.request import AskMode, Request, Standalone, by_model, checked, draft_of
from assistant.corpus.references import render_reference
from assistant.errors import AssistantError
from assistant.index.generations import Generation, current_name, open_current
from assistant.index.manifest import check_fingerprint, fingerprint
from assistant.retrieval.lookup import Found, find_document, find_paragraph, look_up
from assistant.schema import Answer, AnswerEvent, Coverage, Document, Exchange, Filters, Passage, Searched, Waiting
from assistant.settings import ModelSettings, Settings

if TYPE_CHECKING:
    from assistant.index.encoder import Encoder, EncoderInfo, TextEncoder
    from assistant.reader import Reader
    from assistant.retrieval.searcher import Searcher


@dataclass(frozen=True)
class Session:
    """Everything bound to one generation; an answer uses one session from beginning to end."""

    generation: Generation
    searcher: Searcher
    reader: Reader


class Assistant:
    """Answers questions about one workspace. Safe for several threads; a newly published index is taken up by the next question."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = Lock()
        self._opening = Lock()
        self._opened: Generation | None = None
        self._session: Session | None = None

    @cached_property
    def _encoder_info(self) -> EncoderInfo:
        from assistant.index.encoder import describe

        return describe(self.settings.encoder)

    @cached_property
    def _encoder(self) -> Encoder:
        from assistant.index.encoder import load

        return load(self.settings.encoder)

    def encoder(self) -> TextEncoder:
        """What encodes questions and sentences, opened once: the index's own encoder, or without one that of the settings, in torch."""
        return self._encoder_of(self.generation())

    def _encoder_of(self, generation: Generation) -> TextEncoder:
        with self._lock:
            return generation.encoder or self._encoder

    def generation(self) -> Generation:
        """The generation that answers now.

        Raises:
            NoIndex, DamagedIndex: each with the command that mends it.
        """
        name = current_name(self.settings.index)
        with self._lock:
            if self._opened is None or self._opened.id != name:
                self._opened = open_current(self.settings.index, store=self.settings.store)
            return self._opened

    def current(self) -> str:
        """The id of the generation that answers now; raises as `generation`."""
        return self.generation().id

    def session(self) -> Session:
        """Search and reader over the generation that answers now.

        Raises:
            MismatchedIndex: it was built with another encoder or splitter than the settings and this program mean.
        """
        return self._session_of(self.generation())

    def _session_of(self, generation: Generation) -> Session:
        with self._opening:  # many may ask at once of a newly published index: it is opened for all of them together
            if self._session is None or self._session.generation is not generation:
                self._session = self._open(generation)
            return self._session

    def _open(self, generation: Generation) -> Session:
        from assistant.reader.opening import OpenedReader
        from assistant.reader.similarity import SimilarityReader
        from assistant.retrieval.searcher import Searcher

        check_fingerprint(generation.manifest, fingerprint(self._encoder_info, self.settings.store.kind))
        encoder = partial(self._encoder_of, generation)
        searcher = Searcher(generation, encoder, self.settings.retrieval)
        reader = OpenedReader(self.settings.reader, SimilarityReader(encoder, generation.lexical))
        return Session(generation, searcher, reader)

    def warm_up(self) -> None:
        """Loads all that the first question needs, so that it need not wait for it. Errors are as `stream`."""
        session = self.session()
        session.reader.read("warm up", session.searcher.search("warm up", top=1))
        if self.settings.model.name and self.settings.mode != "quote":
            from assistant.answer.providers import open_model

            with suppress(AssistantError):  # what is wrong with the model, the first question says
                open_model(self.settings.model)

    def documents(self) -> tuple[Document, ...]:
        """The documents in the index."""
        return self.generation().store.documents

    def coverage(self, filters: Filters = Filters()) -> Coverage:
        """How many documents and paragraphs `filters` leave to be searched."""
        return _coverage(self.generation(), filters)

    def search(self, question: str, *, filters: Filters = Filters(), top: int | None = None) -> tuple[Passage, ...]:
        """The passages for a question: those it names by number, else the `top` nearest."""
        question = checked(question)
        found = look_up(question, self.generation().store, filters)
        if found and found.passages:
            return found.passages
        return self.session().searcher.search(question, filters=filters, top=top)

    def show(self, reference: str) -> Passage:
        """The paragraph of a reference such as "A/77/275#12" or "chair-closing-remarks#6(a)".

        Raises:
            UnknownReference: there is no such document or paragraph.
        """
        return find_paragraph(reference, self.generation().store)

    def document_paragraphs(self, name: str) -> tuple[Document, tuple[Passage, ...]]:
        """A document by id, symbol or alias, with all its paragraphs in order.

        Raises:
            UnknownReference: there is no such document.
        """
        store = self.generation().store
        document = find_document(name, store)
        paragraphs = store.document_paragraphs(document.id)
        return document, tuple(Passage(document, paragraph, render_reference(document, paragraph)) for paragraph in paragraphs)

    def context(self, document: str, label: str, around: int = 1) -> tuple[Passage, ...]:
        """The paragraph with up to `around` neighbours on either side, in order.

        Raises:
            UnknownReference: there is no such document or paragraph.
        """
        middle = self.show(f"{document}#{label}")
        _, passages = self.document_paragraphs(middle.document.id)
        at = next(number for number, passage in enumerate(passages) if passage.paragraph.label == middle.paragraph.label)
        near = list(passages[max(0, at - around) : at + around + 1])
        near[min(at, around)] = middle
        return tuple(near)

    def ask(
        self,
        question: str,
        *,
        filters: Filters = Filters(),
        mode: AskMode | None = None,
        model: ModelSettings | None = None,
        top: int | None = None,
        fallback: bool = True,
        history: Sequence[Exchange] = (),
    ) -> Answer:
        """The answer to a question; arguments and errors as `stream`."""
        *_, answer = self.stream(question, filters=filters, mode=mode, model=model, top=top, fallback=fallback, history=history)
        assert isinstance(answer, Answer)  # the last event of a stream is its answer
        return answer

    def stream(
        self,
        question: str,
        *,
        filters: Filters = Filters(),
        mode: AskMode | None = None,
        model: ModelSettings | None = None,
        top: int | None = None,
        fallback: bool = True,
        history: Sequence[Exchange] = (),
    ) -> Generator[AnswerEvent]:
        """The answer as it comes: `Searched`, then statements and withheld sentences, then the whole `Answer`.

        `history` are the earlier questions and answers of the conversation, oldest first: a question that needs them is rewritten into
        one that stands alone. Closing this iterator closes what the model's endpoint was asked.

        Raises:
            EmptyQuestion, UsageError: nothing was asked, or far too much.
            IndexProblem: no index, a damaged one, or one of another encoder.
            ModelError: the model failed and `fallback` is False.
            InvalidSettings, MissingExtra: the model cannot be opened as it is configured.
        """
        chosen = model or self.settings.model
        writing = chosen if by_model(mode or self.settings.mode, chosen) else None
        top = top or self.settings.retrieval.top
        yield from self._answer(Request(checked(question), filters, writing, top, fallback, tuple(history)))

    def _answer(self, request: Request) -> Generator[AnswerEvent]:
        begin = time.perf_counter()
        asked = yield from self._standing_alone(request)
        generation = self.generation()  # one for the whole answer, whatever is published meanwhile
        found = look_up(asked.question, generation.store, request.filters)
        session = cache(partial(self._session_of, generation))
        passages = found.passages if found else self._candidates(asked.question, request, session())
        searched = Searched(passages, _coverage(generation, request.filters), asked.question, asked.question != request.question)
        timings = {"search": (time.perf_counter() - begin) * 1e3}
        yield searched
        if found is None:
            passages = nearest(asked.question, passages, session().reader, request.top, self.settings.reader.passages)
            timings["order"] = (time.perf_counter() - begin) * 1e3 - timings["search"]
        draft = draft_of(request, replace(searched, passages=passages), generation.id, found)
        in_quotations = partial(self._in_quote_mode, asked.question, found, session)
        if request.model and passages:
            answer = yield from self._in_model_mode(request, request.model, draft, in_quotations, asked)
        else:
            answer = in_quotations(draft)
            yield from answer.statements
        yield replace(answer, timings_ms=timings | {"total": (time.perf_counter() - begin) * 1e3})

    def _standing_alone(self, request: Request) -> Generator[Waiting, None, Standalone]:
        """The question to search for. One that names a paragraph is looked up as it is."""
        if not request.history or look_up(request.question, self.generation().store, request.filters):
            return Standalone(request.question)
        from assistant.answer.conversation import stand_alone

        return (yield from stand_alone(request.question, request.history, request.model, self.settings.prompts))

    def _candidates(self, question: str, request: Request, session: Session) -> tuple[Passage, ...]:
        """The passages that the search finds, in its order: all that are answered from, and all that the reader orders."""
        top = max(request.top, self.settings.reader.passages) if session.reader.orders else request.top
        return session.searcher.search(question, filters=request.filters, top=top)

    def _in_quote_mode(self, question: str, found: Found | None, session: Callable[[], Session], draft: Answer) -> Answer:
        if needs_no_reader(draft, found):  # and so no session: a look-up is answered from any index
            return answer_as_named(draft)
        return answer_with_quotes(question, draft, found, session().reader, self.settings.answer)

    def _in_model_mode(
        self, request: Request, model: ModelSettings, draft: Answer, in_quotations: Callable[[Answer], Answer], asked: Standalone
    ) -> Generator[AnswerEvent, None, Answer]:
        from assistant.answer.model_mode import answer_in_model_mode, fall_back

        if asked.unreachable and request.fallback:  # it was asked once for this question already
            return (yield from fall_back(draft, asked.unreachable.what, in_quotations))
        quotations = in_quotations if request.fallback else None
        return (yield from answer_in_model_mode(draft, model, self.settings.prompts, quotations))


def _coverage(generation: Generation, filters: Filters) -> Coverage:
    selection = generation.store.select(filters)
    return Coverage(len(selection.documents), generation.store.count(selection) if filters else generation.manifest.paragraphs)
