"""Does the answer depend on the paragraph? Two alterations of the index, and what the assistant then says.

    removed   the gold paragraphs are taken out: it must abstain
    swapped   a number in the gold answer is replaced by another: an answer that gave the old one must give the new one

Altered documents are indexed in a folder of their own, from what the index holds; unchanged paragraphs are not embedded again.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from assistant.answer.engine import Assistant
from assistant.corpus import Entry
from assistant.errors import EmptyCorpus
from assistant.eval.gold import GoldQuestion
from assistant.eval.statistics import SEED
from assistant.index.build import Progress, Source, build
from assistant.index.encoder import load
from assistant.index.generations import Generation
from assistant.schema import Answer, Ledger
from assistant.settings import Settings

ROUNDS = 20
"""Indexes that are made at most with paragraphs removed: questions with other gold paragraphs share one."""
_ALONE = r"(?<![\w.,/]){}(?![\w/]|[.,]\d)"
_NUMBER = re.compile(_ALONE.format(r"\d+"))
"""A number in figures that is no part of another, of a word or of a symbol."""


@dataclass(frozen=True, slots=True)
class Altered:
    """What was said of a question before and after its paragraph was altered. `passed` is None where it cannot be judged:
    the question was not answered before, or not with the number that was swapped."""

    question: GoldQuestion
    before: Answer
    after: Answer
    passed: bool | None


class Laboratory:
    """A copy of an index in which paragraphs are altered; the original is only read.

    `folder` must not exist; whoever made it removes it.
    """

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.original = Assistant(settings)
        self._own = settings.model_copy(update={"workspace": folder})
        shutil.copytree(settings.index, self._own.index)
        self._entries = tuple(_entries(self.original.generation()))
        self._asked: dict[str, Answer] = {}
        self._encoder = cache(lambda: load(settings.encoder))  # one for all indexes that are made here

    def before(self, question: GoldQuestion, top: int) -> Answer:
        """What the untouched index answers."""
        if question.id not in self._asked:
            self._asked[question.id] = self.original.ask(question.question, filters=question.filters, top=top)
        return self._asked[question.id]

    def replaced(self, question: GoldQuestion, number: str, other: str) -> dict[str, str | None]:
        """The texts of a question's gold paragraphs, by id, with one number replaced by another."""
        whole = re.compile(_ALONE.format(number))
        store, labels = self.original.generation().store, {reference.id for reference in question.references}
        documents = dict.fromkeys(reference.document for reference in question.references)
        paragraphs = (paragraph for document in documents for paragraph in store.document_paragraphs(document))
        return {paragraph.id: whole.sub(other, paragraph.text) for paragraph in paragraphs if paragraph.id in labels}

    def with_texts(self, texts: Mapping[str, str | None]) -> Assistant:
        """An assistant over the documents in which these paragraphs (by id) read otherwise, or are gone (None).

        Raises:
            EmptyCorpus: no paragraph is left.
        """
        entries = []
        for entry in self._entries:
            kept = tuple(
                replace(paragraph, text=text)
                for paragraph in entry.paragraphs
                if (text := texts.get(paragraph.id, paragraph.text)) is not None
            )
            if kept:
                entries.append(replace(entry, paragraphs=kept))
        if not entries:
            raise EmptyCorpus("without its gold paragraphs the index is empty", "Use a gold set that cites fewer of its paragraphs.")
        checksum = sha256(repr(sorted(texts.items())).encode()).hexdigest()
        build(self._own, Source("altered", checksum, lambda tell, known: (entries, [])), loader=self._encoder)
        return Assistant(self._own)


def removed(laboratory: Laboratory, questions: Sequence[GoldQuestion], top: int, tell: Progress) -> Iterator[Altered]:
    """Every answerable question, asked of an index without its gold paragraphs. A look-up that names them counts too."""
    groups: dict[frozenset[str], list[GoldQuestion]] = {}
    for question in questions:
        if question.answerable:
            groups.setdefault(frozenset(reference.id for reference in question.references), []).append(question)
    total, done = sum(map(len, groups.values())), 0
    for together in _dealt(sorted(groups, key=sorted), ROUNDS):
        gone: dict[str, str | None] = dict.fromkeys(sorted(set().union(*together)))
        assistant = laboratory.with_texts(gone)
        for ids in together:
            for question in groups[ids]:
                before = laboratory.before(question, top)
                after = assistant.ask(question.question, filters=question.filters, top=top)
                yield Altered(question, before, after, after.status == "abstained" if before.status == "answered" else None)
                done += 1
                tell("without the paragraph", done, total)


def swapped(laboratory: Laboratory, questions: Sequence[GoldQuestion], top: int, tell: Progress) -> Iterator[Altered]:
    """Every question whose gold answer holds a number in figures, asked of an index in which that number is another."""
    chosen = [(question, number) for question in questions if (number := _number_of(question))]
    done = 0
    for together in _apart(chosen):
        others = {question.id: _another(number, question) for question, number in together}
        texts: dict[str, str | None] = {}
        for question, number in together:
            texts |= laboratory.replaced(question, number, others[question.id])
        assistant = laboratory.with_texts(texts)
        for question, number in together:
            before = laboratory.before(question, top)
            after = assistant.ask(question.question, filters=question.filters, top=top)
            right = others[question.id] in _numbers(after) and number not in _numbers(after)
            yield Altered(question, before, after, right if number in _numbers(before) else None)
            done += 1
            tell("with another number", done, len(chosen))


def _apart(chosen: Sequence[tuple[GoldQuestion, str]]) -> list[list[tuple[GoldQuestion, str]]]:
    """The questions in as few groups as a first fit gives, no paragraph twice in a group: each group shares one index."""
    groups: list[tuple[set[str], list[tuple[GoldQuestion, str]]]] = []
    for question, number in chosen:
        ids = {reference.id for reference in question.references}
        taken, group = next((item for item in groups if not item[0] & ids), (set[str](), []))
        if not group:
            groups.append((taken, group))
        taken |= ids
        group.append((question, number))
    return [group for _, group in groups]


def rate_of(altered: Sequence[Altered]) -> dict[str, Any]:
    """The share that passed, with Wilson's interval, and every question that did not, as plain JSON types."""
    from scipy import stats

    judged = [item for item in altered if item.passed is not None]
    passed = sum(bool(item.passed) for item in judged)
    interval = stats.binomtest(passed, len(judged)).proportion_ci(method="wilson") if judged else None
    failed = [item for item in judged if not item.passed]
    return {
        "asked": len(altered),
        "judged": len(judged),
        "passed": passed,
        "rate": round(passed / len(judged), 6) if judged else None,
        "low": round(float(interval.low), 6) if interval else None,
        "high": round(float(interval.high), 6) if interval else None,
        "failed": [
            {"id": item.question.id, "question": item.question.question, "after": [said.text for said in item.after.statements]}
            for item in failed
        ],
    }


def _entries(generation: Generation) -> Iterator[Entry]:
    store = generation.store
    for document in store.documents:
        yield Entry(document, store.document_paragraphs(document.id), Ledger())


def _dealt(groups: Sequence[frozenset[str]], rounds: int) -> Iterable[list[frozenset[str]]]:
    """The groups dealt into at most `rounds`, so that each index lacks as few paragraphs as that allows."""
    return [hand for at in range(rounds) if (hand := list(groups[at::rounds]))]


def _number_of(question: GoldQuestion) -> str | None:
    """The first number in figures of the gold answers, but for those that the question itself says."""
    own = set(_NUMBER.findall(question.question))
    return next((number for answer in question.answers for number in _NUMBER.findall(answer) if number not in own), None)


def _another(number: str, question: GoldQuestion) -> str:
    """Another number of as many digits, the same on every run."""
    generator = random.Random(f"{SEED} {question.id}")
    low = 10 ** (len(number) - 1) if len(number) > 1 else 1
    while (other := str(generator.randint(low, 10 ** len(number) - 1))) == number:
        pass
    return other


def _numbers(answer: Answer) -> set[str]:
    return {number for statement in answer.statements for number in _NUMBER.findall(statement.text)}
