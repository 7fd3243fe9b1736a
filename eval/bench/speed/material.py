"""An endless, repeatable stream of paragraphs: the real ones of a folder, then real sentences recombined; and files of them.

A recombined paragraph takes its first sentence from one real paragraph, its base, the others from the same document, and is as long as
another real paragraph. Everything is drawn with one seed, so the first 1,000 of 100,000 are the 1,000.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from assistant.corpus.sentences import sentence_spans
from speed.sources import Text, read_paragraphs

SEED = 20261127
SMALLEST, LARGEST = 10, 100
"""Paragraphs of a document."""
KINDS = ("report", "resolution", "statement", "letter")
_YEARS = range(2000, 2026)


@dataclass(frozen=True, slots=True)
class Item:
    """A paragraph of the stream. `base` is the number of the real paragraph that its vector resembles; its own where it is real."""

    text: str
    base: int
    is_real: bool


def real(data: Path) -> list[Text]:
    """The real paragraphs of `data` in runs of at most 100 from one document, the runs in an order drawn by chance."""
    documents = [list(texts) for _, texts in groupby(read_paragraphs(data), key=lambda text: text.document)]
    runs = [texts[at : at + LARGEST] for texts in documents for at in range(0, len(texts), LARGEST)]
    random.Random(SEED).shuffle(runs)
    return [text for run in runs for text in run]


def stream(data: Path) -> Iterator[Item]:
    """All real paragraphs, then recombined ones without end; no text comes twice."""
    texts = real(data)
    yield from (Item(text.text, number, True) for number, text in enumerate(texts))
    yield from _recombined(texts)


def _recombined(texts: Sequence[Text]) -> Iterator[Item]:
    draw = random.Random(SEED + 1)
    sentences = [[text.text[start:end] for start, end in sentence_spans(text.text)] for text in texts]
    document: dict[str, list[int]] = {}
    for number, text in enumerate(texts):
        document.setdefault(text.document, []).append(number)
    seen = {text.text for text in texts}
    while True:
        base = draw.randrange(len(texts))
        others = document[texts[base].document]
        words = len(draw.choice(texts).text.split())
        parts = [draw.choice(sentences[base])]
        while sum(len(part.split()) for part in parts) < words:
            parts.append(draw.choice(sentences[draw.choice(others)]))
        joined = " ".join(dict.fromkeys(parts))
        if joined[0].isupper() and joined not in seen:
            seen.add(joined)
            yield Item(joined, base, False)


def write_corpus(folder: Path, items: Sequence[str], *, each: int | None = None) -> int:
    """Writes `items` as files of numbered paragraphs with a catalogue of kinds and dates; returns how many files.

    A document has `each` paragraphs, else between 10 and 100 by chance.
    """
    folder.mkdir(parents=True)
    draw = random.Random(SEED + 2)
    catalogue: list[str] = []
    at = 0
    while at < len(items):
        size = each or draw.randint(SMALLEST, LARGEST)
        name = f"document-{len(catalogue):05}"
        (folder / f"{name}.txt").write_text(numbered(items[at : at + size]), encoding="utf-8")
        date = f"{draw.choice(_YEARS)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
        catalogue.append(f'["{name}.txt"]\nid = "{name}"\nkind = "{draw.choice(KINDS)}"\ndate = {date}\nlanguage = "en"\n')
        at += size
    (folder / "catalogue.toml").write_text("\n".join(catalogue), encoding="utf-8")
    return len(catalogue)


def numbered(items: Sequence[str]) -> str:
    """Numbered paragraphs as a text file has them."""
    return "".join(f"{number}. {text}\n\n" for number, text in enumerate(items, 1))


def write_list(path: Path, items: Sequence[str]) -> None:
    """Keeps paragraphs as JSON strings, one a line."""
    path.write_text("".join(f"{json.dumps(item)}\n" for item in items), encoding="utf-8")
