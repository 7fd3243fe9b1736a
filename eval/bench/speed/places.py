"""What a run works on, and where: corpora and vectors are kept for good, indexes and results for one state of the code."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from assistant.corpus.sentences import sentence_spans
from assistant.eval.environment import code_sha256
from speed.material import SEED, Item, stream, write_corpus
from speed.sources import read_questions
from speed.vectors import KeptVectors, LookUpEncoder, embed_all, keys_of

SMALL = 10
"""Paragraphs of each document where one in a thousand is changed, and of the corpus that opens every index."""
_QUESTIONS = 2_000


@dataclass(frozen=True)
class Bench:
    """`data` holds the texts, `cache` what is made of them; `peer` is the other stack's Python."""

    data: Path
    cache: Path
    peer: str
    rounds: int
    queries: int

    @property
    def vectors(self) -> Path:
        """Kept vectors."""
        return self.cache / "vectors"

    @property
    def run(self) -> Path:
        """Indexes and results of this state of the package's code."""
        return self.cache / f"run-{code_sha256()}"

    def results(self, name: str) -> Path:
        """The samples of a step, one JSON object a line."""
        return self.run / "results" / f"{name}.jsonl"

    def corpus(self, name: str) -> Path:
        """A folder of numbered files; `name` is a size, or a size and "x10" where every document has ten paragraphs."""
        return self.cache / "corpora" / name / "files"

    def beside(self, name: str, file: str) -> Path:
        """What belongs to a corpus: bases.npy, vectors.npy, about.json."""
        return self.cache / "corpora" / name / file

    def workspace(self, name: str) -> Path:
        """Our index of a corpus."""
        return self.run / name / "ours"

    def saved(self, name: str) -> Path:
        """The peer's index of a corpus."""
        return self.run / name / "peer"

    def about(self, name: str) -> dict[str, Any]:
        """How many of a corpus's paragraphs are real, how many vectors synthetic, how many windows there are."""
        found: dict[str, Any] = json.loads(self.beside(name, "about.json").read_text(encoding="utf-8"))
        return found

    @cached_property
    def questions(self) -> list[str]:
        """Questions of the data in an order drawn by chance; where they are few, sentences of its paragraphs after them."""
        path = self.cache / "questions.json"
        if not path.is_file():
            found = read_questions(self.data)
            random.Random(SEED).shuffle(found)
            if len(found) < _QUESTIONS:
                texts = [item.text for item in islice(stream(self.data), _QUESTIONS)]
                found = list(dict.fromkeys([*found, *(text[slice(*sentence_spans(text)[-1])] for text in texts)]))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(found[:_QUESTIONS]), encoding="utf-8")
        kept: list[str] = json.loads(path.read_text(encoding="utf-8"))
        return kept

    def asked(self, number: int, count: int) -> list[str]:
        """The `number`th `count` questions, so that none is asked twice: our search remembers the vectors of questions."""
        return [self.questions[at % len(self.questions)] for at in range(number * count, (number + 1) * count)]


def prepare(bench: Bench, names: Sequence[str], embedded: int) -> None:
    """Writes the corpora that are missing, and what belongs to them; the first `embedded` paragraphs are embedded before."""
    missing = [name for name in names if not bench.beside(name, "about.json").is_file()]
    if not missing:
        return
    items = list(islice(stream(bench.data), max(_size(name) for name in missing)))
    embed_all(bench.vectors, (item.text for item in items[:embedded]))
    kept = KeptVectors(bench.vectors)
    for name in missing:
        shutil.rmtree(bench.corpus(name).parent, ignore_errors=True)
        _prepare(bench, name, items, kept)


def _size(name: str) -> int:
    return int(name.partition("x")[0])


def _prepare(bench: Bench, name: str, items: Sequence[Item], kept: KeptVectors) -> None:
    some = items[: _size(name)]
    texts = [item.text for item in some]
    documents = write_corpus(bench.corpus(name), texts, each=SMALL if name.endswith("x10") else None)
    pairs = np.stack([keys_of(texts), keys_of([items[item.base].text for item in some])], axis=1)
    np.save(bench.beside(name, "bases.npy"), pairs)
    encoder = LookUpEncoder(kept, bench.beside(name, "bases.npy"))
    windows = encoder.windows([("", text) for text in texts])
    rows = kept.rows(pairs[:, 0])
    if len(some) <= LARGEST_OF_PEER:
        # The peer cuts a text off after the encoder's 256 tokens: it gets the vector of the first window.
        np.save(bench.beside(name, "vectors.npy"), encoder.encode([of_text[0] for of_text in windows], kind="document"))
    about = {
        "paragraphs": len(some),
        "documents": documents,
        "real": sum(item.is_real for item in some),
        "windows": sum(map(len, windows)),
        "longer than the encoder reads": sum(len(of_text) > 1 for of_text in windows),
        "synthetic vectors": int((rows < 0).sum()),
        "words": sum(len(text.split()) for text in texts),
    }
    bench.beside(name, "about.json").write_text(json.dumps(about, indent=1), encoding="utf-8")


LARGEST_OF_PEER = 100_000
"""Paragraphs at which the two are compared at most; beyond, ours is measured alone."""
