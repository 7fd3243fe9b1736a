"""A model of the index that hypothesis drives: a dictionary of documents, and what each generation must hold.

Documents are added, changed, removed and renamed; the index is built whole, built onto the last generation, built until a
crash at any change of the disk, rolled back, opened again. After every step it must hold what the model says, part by part.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from encoders import WordLengthEncoder
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from reading import read_here
from workspaces import Corpus

from assistant.errors import DamagedIndex, EmptyCorpus, NoIndex
from assistant.index import plan
from assistant.index.generations import Generation, open_current, roll_back, verify

WORDS = ("port", "ships", "noon", "tug", "lights", "harbour", "rule", "pilotage")
NAMES = st.sampled_from([f"{name}.txt" for name in "abcdef"])
TEXTS = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=7).map(lambda words: " ".join(words).capitalize() + "."), min_size=1, max_size=5
)
Held = dict[str, tuple[str, ...]]
"""The paragraphs of each document, by its id."""


class Crash(BaseException):
    """The process ends here: no handler of it changes the disk any more."""


class IndexModel(RuleBasedStateMachine):
    """The index of one workspace beside a dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.corpus = Corpus(self.folder)
        self.texts: dict[str, tuple[str, ...]] = {}
        self.held: dict[str, Held] = {}
        """What each published generation holds."""
        self.attempted: list[Held] = []
        """What builds that crashed were about to publish."""
        self.answering: Held | None = None
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr("assistant.corpus.read_files", read_here)
        self.patch.setattr(os, "fsync", lambda _: None)
        self.patch.setattr(plan, "MOST_GONE", 0.4)

    def teardown(self) -> None:
        """Removes the workspace."""
        self.patch.undo()
        shutil.rmtree(self.folder)

    def wanted(self) -> Held:
        """What a build of the corpus as it is has to hold."""
        return {name.removesuffix(".txt"): texts for name, texts in sorted(self.texts.items())}

    @rule(name=NAMES, texts=TEXTS)
    def write(self, name: str, texts: list[str]) -> None:
        """A document is added or replaced."""
        self.texts[name] = tuple(texts)
        self.corpus.write(name, *texts)

    @precondition(lambda self: self.texts)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        """A document is taken away."""
        name = data.draw(st.sampled_from(sorted(self.texts)))
        del self.texts[name]
        self.corpus.write(name)

    @precondition(lambda self: self.texts)
    @rule(data=st.data(), to=NAMES)
    def rename(self, data: st.DataObject, to: str) -> None:
        """A document gets another name, perhaps that of another document."""
        name = data.draw(st.sampled_from(sorted(self.texts)))
        self.texts[to] = self.texts.pop(name)
        (self.corpus.settings.corpus / name).replace(self.corpus.settings.corpus / to)

    @rule(small=st.sampled_from([0, 0, 5_000]), rebuild=st.sampled_from([False, False, False, True]))
    def build(self, small: int, rebuild: bool) -> None:
        """The index is built: onto the last generation where that can be, or whole."""
        self._build(small, rebuild)

    def _build(self, small: int, rebuild: bool = False) -> None:
        self.patch.setattr(plan, "SMALL", small)
        if not self.texts:
            with pytest.raises(EmptyCorpus):
                self.corpus.build()
            return
        report, embedded = self.corpus.build(rebuild=rebuild)
        assert report.embedded + report.reused == sum(map(len, self.texts.values()))
        assert not self.answering or rebuild or report.embedded <= len({text for texts in self.texts.values() for text in texts})
        assert len(set(embedded)) <= len(embedded)
        self.answering = self.held[report.generation] = self.wanted()
        if report.changed:  # what crashes left goes with the next that is published
            assert len(list(self.corpus.settings.index.glob("gen-*"))) <= 3

    @precondition(lambda self: self.texts)
    @rule(small=st.sampled_from([0, 5_000]), number=st.integers(1, 40))
    def crash(self, small: int, number: int) -> None:
        """A build ends at its n-th change of the disk; the old index answers or the new one."""
        self.patch.setattr(plan, "SMALL", small)
        before = self.answering
        with pytest.MonkeyPatch.context() as patch:
            left = [number]
            for name in ("fsync", "replace", "mkdir", "unlink", "rmdir", "link"):
                patch.setattr(os, name, dying(getattr(os, name), left))
            try:
                self.corpus.build()
            except Crash:
                self.attempted.append(self.wanted())
        self.answering = self._content()
        assert self.answering in (before, self.wanted())
        if self.answering is not None:
            self.held[open_current(self.corpus.settings.index).id] = self.answering

    @precondition(lambda self: self.answering)
    @rule()
    def go_back(self) -> None:
        """Rolling back gives a generation that was published, or all of one that was about to be."""
        try:
            generation = roll_back(self.corpus.settings.index)
        except (NoIndex, DamagedIndex):  # there is no other, or only what a crash left
            return
        self.answering = self._content()
        if generation.id in self.held:
            assert self.answering == self.held[generation.id]
        else:
            assert self.answering in self.attempted
            self.held[generation.id] = self.answering or {}

    @invariant()
    def holds_what_it_must(self) -> None:
        """Whoever opens the index now finds just what was published, in every part of it."""
        assert self._content() == self.answering

    def _content(self) -> Held | None:
        index = self.corpus.settings.index
        try:
            generation = open_current(index)
        except NoIndex:
            return None
        assert verify(index) == []
        held = {document.id: tuple(each.text for each in generation.store.document_paragraphs(document.id)) for document in
                generation.store.documents}  # fmt: skip
        assert_parts_agree(generation, held)
        generation.close()
        return held


def assert_parts_agree(generation: Generation, held: Held) -> None:
    """Vectors and words are those of just these paragraphs."""
    encoder = WordLengthEncoder()
    words: dict[str, set[int]] = {word: set() for word in WORDS}
    for document, texts in held.items():
        span = generation.store.spans[document]
        rows = range(span.first, span.first + span.count)
        for row, text, vectors in zip(rows, texts, generation.vectors.of_rows(list(rows)), strict=True):
            (windows,) = encoder.windows([("", text)])
            assert abs(vectors - encoder.encode(windows, kind="query")).max() < 1e-5
            for word in WORDS:
                if word in text.lower().rstrip(".").split():
                    words[word].add(row)
    for word, rows_with in words.items():
        assert {row for row, _ in generation.lexical.search(word, 999)} == rows_with
    query = encoder.encode(["port ships"], kind="query")[0]
    found = [row for row, _ in generation.vectors.search(query, 999)]
    assert sorted(found) == sorted(row for span in generation.store.spans.values() for row in range(span.first, span.first + span.count))


def dying(original: Callable[..., Any], left: list[int]) -> Callable[..., Any]:
    """A function of the system that works until the count is used up, and never again."""

    def call(*arguments: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] <= 0:
            raise Crash
        return original(*arguments, **named)

    return call
