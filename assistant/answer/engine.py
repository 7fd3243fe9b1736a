"""`Assistant`: asks one workspace's index. The command line, the page and the evaluation are thin faces over it.

question ──look-up or hybrid search──> passages ──> quote mode, or model mode with verification ──> Answer
"""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cached_property, partial
from hashlib import blake2b
from threading import Lock
from typing import TYPE_CHECKING, Literal

from assistant.answer import quote
from assistant.answer.quote_mode import answer_with_quotes, nearest
from assistant.corpus.references import render_reference
from assistant.errors import EmptyQuestion, ModelError, UsageError
from assistant.index.generations import Generation, current_name, open_current
from assistant.index.manifest import check_fingerprint, fingerprint
from assistant.retrieval.lookup import Found, find_document, find_paragraph, look_up
from assistant.schema import Answer, AnswerEvent, Coverage, Document, Filters, Passage, Searched, Statement, Withheld
from assistant.settings import ModelSettings, Settings

if TYPE_CHECKING:
    from assistant.index.encoder import Encoder, EncoderInfo, TextEncoder
    from assistant.reader import Reader
    from assistant.retrieval.searcher import Searcher

MAX_QUESTION = 4000
"""Characters of the longest question that is taken."""

AskMode = Literal["auto", "quote", "model"]


@dataclass(frozen=True)
class Session:
    """Everything bound to one generation; an answer uses one session from beginning to end."""

    generation: Generation
    searcher: Searcher
    reader: Reader


@dataclass(frozen=True, slots=True)
class _Request:
    """One question on its way to an answer."""

    question: str
    filters: Filters
    mode: Literal["quote", "model"]
    model: ModelSettings
    top: int
    fallback: bool


class Assistant:
    """Answers questions about one workspace. Safe for several threads; a newly published index is taken up by the next question."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = Lock()
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
                self._opened = open_current(self.settings.index)
            return self._opened

    def session(self) -> Session:
        """Search and reader over the generation that answers now.

        Raises:
            MismatchedIndex: it was built with another encoder or splitter than the settings and this program mean.
        """
        generation = self.generation()
        if self._session is None or self._session.generation is not generation:
            from assistant.reader.opening import OpenedReader
            from assistant.reader.similarity import SimilarityReader
            from assistant.retrieval.searcher import Searcher

            check_fingerprint(generation.manifest, fingerprint(self._encoder_info))
            encoder = partial(self._encoder_of, generation)
            searcher = Searcher(generation, encoder, self.settings.retrieval)
            reader = OpenedReader(self.settings.reader, SimilarityReader(encoder, generation.lexical))
            self._session = Session(generation, searcher, reader)
        return self._session

    def warm_up(self) -> None:
        """Loads all that the first question needs, so that it need not wait for it. Errors are as `stream`."""
        session = self.session()
        session.reader.read("warm up", session.searcher.search("warm up", top=1))

    def documents(self) -> tuple[Document, ...]:
        """The documents in the index."""
        return self.generation().store.documents

    def coverage(self, filters: Filters = Filters()) -> Coverage:
        """How many documents and paragraphs `filters` leave to be searched."""
        store = self.generation().store
        selection = store.select(filters)
        return Coverage(len(selection.documents), store.count(selection) if filters else self.generation().manifest.paragraphs)

    def search(self, question: str, *, filters: Filters = Filters(), top: int | None = None) -> tuple[Passage, ...]:
        """The passages for a question: those it names by number, else the `top` nearest."""
        question = _checked(question)
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
    ) -> Answer:
        """The answer to a question; arguments and errors as `stream`."""
        *_, answer = self.stream(question, filters=filters, mode=mode, model=model, top=top, fallback=fallback)
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
    ) -> Iterator[AnswerEvent]:
        """The answer as it comes: `Searched`, then statements and withheld sentences, then the whole `Answer`.

        Raises:
            EmptyQuestion, UsageError: nothing was asked, or far too much.
            IndexProblem: no index, a damaged one, or one of another encoder.
            ModelError: the model failed and `fallback` is False.
        """
        chosen = model or self.settings.model
        wanted = mode or self.settings.mode
        resolved: Literal["quote", "model"] = "quote" if wanted == "quote" or (wanted == "auto" and not chosen.name) else "model"
        request = _Request(_checked(question), filters, resolved, chosen, top or self.settings.retrieval.top, fallback)
        yield from self._answer(request)

    def _answer(self, request: _Request) -> Iterator[AnswerEvent]:
        begin = time.perf_counter()
        generation = self.generation()
        found = look_up(request.question, generation.store, request.filters)
        passages = found.passages if found else self._nearest(request)
        if found is None:
            generation = self.session().generation
        coverage = self.coverage(request.filters)
        searched = Searched(passages, coverage)
        timings = {"search": (time.perf_counter() - begin) * 1e3}
        yield searched
        draft = _draft(request, searched, generation, found)
        if request.mode == "model" and passages:
            answer = yield from self._in_model_mode(request, draft, found)
        else:
            answer = self._in_quote_mode(request.question, draft, found)
            yield from answer.statements
        yield replace(answer, timings_ms=timings | {"total": (time.perf_counter() - begin) * 1e3})

    def _nearest(self, request: _Request) -> tuple[Passage, ...]:
        session = self.session()
        search = partial(self._search_for, session, request)
        return nearest(request.question, search, session.reader, request.top, self.settings.reader.passages)

    @staticmethod
    def _search_for(session: Session, request: _Request, top: int) -> tuple[Passage, ...]:
        return session.searcher.search(request.question, filters=request.filters, top=top)

    def _in_quote_mode(self, question: str, draft: Answer, found: Found | None) -> Answer:
        return answer_with_quotes(question, draft, found, self.session().reader, self.settings.answer)

    def _in_model_mode(self, request: _Request, draft: Answer, found: Found | None) -> Generator[AnswerEvent, None, Answer]:
        from assistant.answer.model_mode import answer_with_model

        withheld: list[Withheld] = []
        statements: list[Statement] = []
        try:
            for item in answer_with_model(request.question, draft.passages, request.model):
                if isinstance(item, Withheld):
                    withheld.append(item)
                elif isinstance(item, Statement):
                    statements.append(item)
                else:
                    return replace(draft, withheld=tuple(withheld))
                yield item
            if statements:
                return replace(draft, status="answered", statements=tuple(statements), withheld=tuple(withheld))
            reason = "no sentence of the model could be tied to a paragraph"
        except ModelError as error:
            if not request.fallback:
                raise
            reason = error.what
        answer = self._in_quote_mode(request.question, replace(draft, withheld=tuple(withheld)), found)
        yield from answer.statements
        return replace(answer, fallback=reason)


def _checked(question: str) -> str:
    text = " ".join(question.split())
    if not text:
        raise EmptyQuestion
    if len(text) > MAX_QUESTION:
        raise UsageError(f"the question has {len(text)} characters, more than {MAX_QUESTION}", "Ask it in fewer words.")
    return text


def _draft(request: _Request, searched: Searched, generation: Generation, found: Found | None) -> Answer:
    """An abstention with everything known so far; answering replaces status and statements."""
    remark = quote.completeness_remark(request.question, len(searched.passages), searched.coverage.paragraphs)
    remarks = (*(found.problems if found else ()), *([remark] if remark and found is None else []))
    model = request.model.name if request.mode == "model" else None
    identity = json.dumps([request.question, asdict(request.filters), request.mode, model, request.top, generation.id], default=str)
    return Answer(
        id=blake2b(identity.encode(), digest_size=6).hexdigest(),
        question=request.question,
        searched_question=request.question,
        status="abstained",
        mode=request.mode,
        statements=(),
        passages=searched.passages,
        coverage=searched.coverage,
        generation=generation.id,
        model=model,
        remarks=remarks,
    )
