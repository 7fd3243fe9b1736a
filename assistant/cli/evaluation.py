"""eval run."""

from __future__ import annotations

import json
import sys
from argparse import Namespace

from assistant.answer.engine import Assistant
from assistant.cli.options import settings_of
from assistant.cli.output import progress
from assistant.eval import check_gold, evaluate, gold_sha256, read_gold, render, report_json, save_run
from assistant.eval import run as run_questions
from assistant.eval.gold import split_of


def run(arguments: Namespace) -> int:
    """Answers a gold set and prints its metrics."""
    settings = settings_of(arguments)
    assistant = Assistant(settings)
    checksum = gold_sha256(arguments.gold)
    questions = read_gold(arguments.gold)
    check_gold(questions, assistant.generation().store.document_paragraphs)
    chosen = [question for question in questions if arguments.split in ("all", split_of(question.id))]
    assistant.session().searcher.search("warm up", top=1)  # so that the first question's time is not the encoder's loading
    with progress() as tell:
        outcomes = run_questions(
            chosen,
            lambda question: assistant.ask(question, top=arguments.top, fallback=not arguments.no_fallback),
            lambda done, total: tell("answering questions", done, total),
        )
    report = evaluate(outcomes)
    if arguments.save:
        save_run(arguments.save, outcomes, gold_sha256=checksum, split=arguments.split, settings=settings.model_dump(mode="json"))
        print(f"saved {arguments.save}", file=sys.stderr)
    print(json.dumps(report_json(report), indent=2) if arguments.json else render(report))
    return 0
