"""Answers a set: from its documents' index to a run file, question by question, with progress.

open_set ──workspace──> Assistant ──ask or search──> run file ──> Run
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.answer.engine import Assistant
from assistant.errors import GoldError, UsageError
from assistant.eval.gold import GoldQuestion, check_gold, split_of
from assistant.eval.outcome import GoldParagraphs, Outcome, record
from assistant.eval.runs import SUFFIX, Header, Run, interrupted, recording
from assistant.eval.sets import EvaluationSet, sample
from assistant.index.build import Progress, build
from assistant.schema import Answer, Paragraph
from assistant.settings import Settings

DEPTH = 100
"""Passages that a retrieval set is ranked to."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a set is asked: which half, how many, over how many passages, and whether a model may fall back to quotations."""

    split: str = "all"
    sample: int | None = None
    top: int = 10
    fallback: bool = True


def workspace_of(found: EvaluationSet, settings: Settings, tell: Progress) -> Settings:
    """The settings under which a set is answered: the workspace's own, or those of the set's cache, indexed where it is not yet.

    Raises:
        IndexProblem, EmptyCorpus: the cache cannot be written, or the set holds no document.
    """
    if found.source is None:
        return settings
    folder = settings.eval / "cache" / f"{found.name}-{found.source.sha256[:8]}"
    own = settings.model_copy(update={"workspace": folder})
    build(own, found.source, progress=lambda what, done, total: tell(f"{found.name}: {what}", done, total))
    return own


def answer_set(found: EvaluationSet, settings: Settings, options: Options, folder: Path, command: str, tell: Progress) -> tuple[Run, int]:
    """Answers the chosen questions into `folder`/<name>.run.jsonl; gives the run, and how many answers of an interrupted one it kept.

    Raises:
        GoldError: a question names a document, paragraph or quotation that is not in the index.
        UsageError: no question is left to ask, or the file cannot be written.
        IndexProblem, ModelError: as asking raises them; what was answered so far stays on disk.
    """
    questions = [question for question in found.questions if options.split in ("all", split_of(question.id))]
    questions = list(sample(questions, options.sample))
    if not questions:
        raise UsageError(f"{found.name} has no question in this half", "Choose another --split.")
    own = workspace_of(found, settings, tell)
    assistant = Assistant(own)
    paragraphs_of = assistant.generation().store.document_paragraphs
    unindexed = _check(found, questions, paragraphs_of)
    header = Header(
        name=found.name,
        task=found.task,
        command=command,
        data=found.data,
        questions=len(questions),
        generation=assistant.generation().id,
        settings=settings.model_dump(mode="json", exclude={"workspace", "server"}),
        split=options.split,
        sample=options.sample,
        top=options.top if found.task == "answer" else DEPTH,
        unindexed=unindexed,
        unreviewed=sum(not question.reviewed for question in questions),
    )
    path = folder / f"{found.name}{SUFFIX}"
    kept = interrupted(path, header)
    outcomes: list[Outcome] = list(kept)
    gold = GoldParagraphs(paragraphs_of)
    assistant.warm_up()  # so that the first question's time is not that of loading
    with recording(path, header, kept) as write:
        for question in questions[len(kept) :]:
            begin = time.perf_counter()
            answer = _searched(assistant, question) if found.task == "search" else _asked(assistant, question, options)
            latency = (time.perf_counter() - begin) * 1e3
            outcomes.append(write(record(question, gold.of(question) if found.task == "answer" else (), answer, latency)))
            tell(f"{found.name}: answering", len(outcomes), len(questions))
    return Run(header, tuple(outcomes)), len(kept)


def _check(found: EvaluationSet, questions: Sequence[GoldQuestion], paragraphs_of: Callable[[str], Sequence[Paragraph]]) -> int:
    """How many judged documents are not in the index; only a retrieval set may have such, and they count as not found.

    Raises:
        GoldError: a gold question names what is not there, or none of a retrieval set's judged documents is.
    """
    if found.task == "answer":
        check_gold(questions, paragraphs_of)
        return 0
    judged = {reference.document for question in questions for reference in question.references}
    missing = sorted(document for document in judged if not paragraphs_of(document))
    if len(missing) == len(judged):
        raise GoldError(
            f"{found.name}: no judged document is in the corpus ({missing[0]!r} …)", "Check that qrels and corpus use the same ids."
        )
    return len(missing)


def _asked(assistant: Assistant, question: GoldQuestion, options: Options) -> dict[str, Any]:
    answer: Answer = assistant.ask(question.question, filters=question.filters, top=options.top, fallback=options.fallback)
    return answer.to_json()


def _searched(assistant: Assistant, question: GoldQuestion) -> dict[str, Any]:
    """A ranking in the shape of an answer that says nothing; texts are left out, for there are a hundred of them."""
    passages = assistant.search(question.question, filters=question.filters, top=DEPTH)
    found = [{"document": passage.document.id, "paragraph": passage.paragraph.label} for passage in passages]
    return {"status": "abstained", "statements": [], "passages": found, "generation": assistant.generation().id}
