"""ask, search, show, chat."""

from __future__ import annotations

import contextlib
import json
import sys
import threading
import time
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote as percent_encoded

from assistant.answer.engine import Assistant
from assistant.answer.request import by_model
from assistant.cli.conversation import add_to_conversation, read_conversation
from assistant.cli.options import filters_of, read_questions, settings_of
from assistant.cli.output import print_answer, print_answer_as_it_comes, print_paragraphs, print_passages, progress
from assistant.errors import AssistantError, UnknownReference, UsageError
from assistant.retrieval.lookup import look_up
from assistant.schema import Answer, Exchange, Passage, paragraph_json, passage_json

_SECONDS_BETWEEN_LINES = 10


def ask(arguments: Namespace) -> int:
    """One answer for a person or as JSON; with --file many, a JSON line each. In a terminal sentences come as they are verified."""
    if arguments.file and arguments.question:
        raise UsageError("a question and --file were both given", "Give one of them.")
    settings = settings_of(arguments)
    assistant = Assistant(settings)
    options = {"filters": filters_of(arguments), "top": arguments.top, "fallback": not arguments.no_fallback}
    history = list(read_conversation(arguments.conversation)) if arguments.conversation else []

    def answered(answer: Answer) -> Answer:
        if arguments.conversation:
            add_to_conversation(arguments.conversation, answer)
            history.append(Exchange.of(answer))
        return answer

    if arguments.file:
        for identity, question in _with_progress(list(read_questions(arguments.file, ("id", "question"))), "answered"):
            answer = answered(replace(assistant.ask(question, history=history, **options), id=identity))
            print(json.dumps(answer.to_json(), ensure_ascii=False), flush=True)
        return 0
    events = assistant.stream(arguments.question or "", history=history, **options)
    if not arguments.json and sys.stdout.isatty():
        answered(print_answer_as_it_comes(events, by_model(settings.mode, settings.model)))
        return 0
    *_, last = events
    assert isinstance(last, Answer)  # the last event of a stream is its answer
    answer = answered(last)
    if arguments.json:
        print(json.dumps(answer.to_json(), ensure_ascii=False, indent=2))
    else:
        print_answer(answer)
    return 0


def search(arguments: Namespace) -> int:
    """Passages of one question, or a run over many."""
    assistant = Assistant(settings_of(arguments))
    filters = filters_of(arguments)
    if arguments.queries:
        if arguments.format == "text":
            raise UsageError("--queries gives JSON lines or a TREC run", "Add --format json or --format trec.")
        for identity, query in _with_progress(list(read_questions(arguments.queries, ("_id", "text"))), "searched"):
            passages = assistant.search(query, filters=filters, top=arguments.top or 100)
            if arguments.format == "trec":
                print("\n".join(_trec(identity, passages, arguments.ids)))
            else:
                print(json.dumps({"id": identity, "passages": [passage_json(passage) for passage in passages]}, ensure_ascii=False))
        return 0
    if arguments.format == "trec":
        raise UsageError("a TREC run is made from many queries", "Give them with --queries FILE.jsonl.")
    passages = assistant.search(arguments.question or "", filters=filters, top=arguments.top)
    if arguments.json or arguments.format == "json":
        print(json.dumps([passage_json(passage) for passage in passages], ensure_ascii=False, indent=2))
    else:
        print_passages(passages, scores=True)
    return 0


def _trec(query: str, passages: tuple[Passage, ...], ids: str) -> Iterator[str]:
    """Lines of a TREC run; ids are percent-encoded, since the format has no white space in them. A document ranks by its best paragraph."""
    seen: set[str] = set()
    for passage in passages:
        name = percent_encoded(passage.document.id if ids == "document" else passage.paragraph.id, safe="/#")
        if name not in seen:
            seen.add(name)
            yield f"{percent_encoded(query, safe='/#')} Q0 {name} {len(seen)} {passage.scores.fused:.6f} assistant"


def _with_progress(items: list[tuple[str, str]], verb: str) -> Iterator[tuple[str, str]]:
    last = time.monotonic()
    for done, item in enumerate(items):
        if time.monotonic() - last > _SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            print(f"{verb} {done:,} of {len(items):,}", file=sys.stderr)
        yield item


def show(arguments: Namespace) -> int:
    """A paragraph with its neighbours, or a whole document."""
    assistant = Assistant(settings_of(arguments))
    reference: str = arguments.reference.strip()
    passages, chosen = _to_show(assistant, reference)
    if arguments.json:
        for passage in passages if chosen is None else [passage for passage in passages if passage.paragraph.label == chosen]:
            print(json.dumps(paragraph_json(passage.paragraph), ensure_ascii=False))
    else:
        print_paragraphs(passages, chosen)
    return 0


def _to_show(assistant: Assistant, reference: str) -> tuple[tuple[Passage, ...], str | None]:
    """What to show, and the label of the one paragraph that was meant, if it was one.

    Raises:
        UnknownReference: nothing was named, or what was named is not there.
    """
    if "#" in reference:
        passage = assistant.show(reference)
        return assistant.context(passage.document.id, reference.rpartition("#")[2]), passage.paragraph.label
    found = look_up(reference, assistant.generation().store)
    if found is None:
        return assistant.document_paragraphs(reference)[1], None
    if found.problems and not found.passages:
        raise UnknownReference(found.problems[0], "List the documents with: assistant corpus")
    if len(found.passages) > 1:
        return found.passages, None
    only = found.passages[0]
    around = assistant.context(only.document.id, only.paragraph.label)
    return tuple(only if passage.paragraph == only.paragraph else passage for passage in around), only.paragraph.label


def chat(arguments: Namespace) -> int:
    """The page, on an index that holds what the corpus holds now."""
    from assistant.cli.workspace import refresh

    settings = settings_of(arguments)
    with progress() as tell:
        refresh(settings, tell)
    from assistant.ui import serve

    host = arguments.host or settings.server.host
    port = settings.server.port if arguments.port is None else arguments.port
    if host not in ("127.0.0.1", "localhost", "::1"):
        print(
            f"assistant: listening on {host}: anyone who reaches this address can ask. Use 127.0.0.1 to keep it to this machine.",
            file=sys.stderr,
        )
    assistant = Assistant(settings)
    threading.Thread(target=_warm_up, args=(assistant,), daemon=True).start()
    serve(
        assistant,
        host,
        port,
        open_browser=arguments.open,
        on_ready=lambda url: print(f"Open {url} (Ctrl+C stops it)", flush=True),
    )
    return 0


def _warm_up(assistant: Assistant) -> None:
    """Loads the encoder while the page opens; what is wrong with the index, the first question says."""
    with contextlib.suppress(AssistantError):
        assistant.warm_up()
