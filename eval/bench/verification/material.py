"""Documents of numbered paragraphs, in two parts: one to look at while the checks are written, one to report on.

The part is fixed by a hash of the document's name. Documents that the author of the checks had seen before the split count as
development, whatever their hash.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Literal

from assistant.corpus.references import render_reference
from assistant.corpus.sentences import sentences
from assistant.schema import Document, Paragraph, Passage

Part = Literal["development", "reporting"]
SOURCES = ("un_pdfs", "unfccc", "ungdc", "questions", "squad2")
SEEN = frozenset({"A_80_604_Add.13", "CMA__CMA2016_1.1_Decisions_1_to_2", "AFG_73_2018", "ia01"})
_SPEECHES = 60
_SPEECH = re.compile(r"[A-Z]{3}_\d\d_\d{4}")
_DELEGATIONS = dict(
    pair.split("=")
    for pair in """ROU=Romania,WSM=Samoa,ISR=Israel,GRD=Grenada,CMR=Cameroon,CIV=Côte d’Ivoire,KGZ=Kyrgyzstan,SVK=Slovakia,ARM=Armenia,
    NIC=Nicaragua,PLW=Palau,ATG=Antigua and Barbuda,SWZ=Eswatini,PNG=Papua New Guinea,BTN=Bhutan,BGR=Bulgaria,ZWE=Zimbabwe,CHE=Switzerland,
    SMR=San Marino,LCA=Saint Lucia,DJI=Djibouti,COD=Democratic Republic of the Congo,VAT=Holy See,LKA=Sri Lanka,MCO=Monaco,UGA=Uganda,
    LIE=Liechtenstein,USA=United States,GRC=Greece,SLE=Sierra Leone,TZA=Tanzania,HRV=Croatia,SLB=Solomon Islands""".replace(
        "\n    ", ""
    ).split(",")
)
"""Who speaks, as an index knows it of a statement."""
_LETTER = re.compile(r"[^\W\d_]")
_OPENS = re.compile(r"[A-Z“\"(]")


@dataclass(frozen=True)
class Text:
    """A document as passages, in order."""

    name: str
    source: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Place:
    """A sentence of a document: which paragraph it is from."""

    text: Text
    at: int
    sentence: str

    @property
    def passage(self) -> Passage:
        """The paragraph it is from."""
        return self.text.passages[self.at]

    def handles(self, random: Random, *, without: frozenset[int] = frozenset()) -> dict[str, Passage]:
        """Its paragraph as "h-0", the neighbours "h-1" and "h-2" (before, behind) as far as there are any, and two others."""
        found = {"h-0": self.passage}
        for name, at in (("h-1", self.at - 1), ("h-2", self.at + 1)):
            if 0 <= at < len(self.text.passages):
                found[name] = self.text.passages[at]
        far = [at for at in range(len(self.text.passages)) if abs(at - self.at) > 1]
        for number, at in enumerate(random.sample(far, min(2, len(far))), 3):
            found[f"h-{number}"] = self.text.passages[at]
        return found


def part_of(name: str) -> Part:
    """Which part a document belongs to."""
    if name in SEEN:
        return "development"
    return "reporting" if int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2 else "development"


def read(data: Path, part: Part) -> list[Text]:
    """The documents of one part, of all sources."""
    readers = (_un_pdfs, _unfccc, _ungdc, _questions, _squad2)
    found = []
    for source, reader in zip(SOURCES, readers, strict=True):
        for name, paragraphs in reader(data / source):
            if part_of(name) == part and len(paragraphs) >= 4:
                found.append(Text(name, source, tuple(_passages(name, paragraphs))))
    return found


def places(texts: list[Text], source: str, random: Random) -> list[Place]:
    """The sentences of a source that say something by themselves, in random order, at most 40 of a document."""
    found: list[Place] = []
    for text in (text for text in texts if text.source == source):
        own = [
            Place(text, at, sentence)
            for at, passage in enumerate(text.passages)
            for sentence in sentences(passage.paragraph.text)
            if 45 <= len(sentence) <= 320
            and _OPENS.match(sentence)
            and sentence.rstrip('”"’)')[-1:] in ".;"
            and len(_LETTER.findall(sentence)) > 30
        ]
        found += random.sample(own, min(40, len(own)))
    random.shuffle(found)
    return found


def _passages(name: str, paragraphs: list[tuple[str, str, str]]) -> Iterator[Passage]:
    delegation = _DELEGATIONS.get(name[:3]) if _SPEECH.fullmatch(name) else None
    document = Document(name, name.replace("_", " "), f"{name}.txt", "0", delegation=delegation)
    seen: set[str] = set()
    for number, (label, heading, text) in enumerate(paragraphs, 1):
        label = label if label not in seen else f"{label}~{number}"
        seen.add(label)
        paragraph = Paragraph(name, f"u{number}", "counted", " ".join(text.split()), (heading,) if heading else ())
        yield Passage(document, paragraph, render_reference(document, paragraph))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _grouped(rows: Iterator[dict[str, Any]]) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    texts: dict[str, list[tuple[str, str, str]]] = {}
    for row in rows:
        texts.setdefault(row["doc"], []).append((row["number"], row.get("heading") or "", row["text"]))
    yield from texts.items()


def _un_pdfs(folder: Path) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    yield from _grouped(_lines(folder / "gold_paragraphs.jsonl"))


def _unfccc(folder: Path) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    yield from _grouped(_lines(folder / "paragraphs.jsonl"))


def _ungdc(folder: Path) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    rows = sorted(_lines(folder / "speeches.jsonl"), key=lambda row: hashlib.sha256(row["id"].encode()).hexdigest()[::-1])
    for row in rows[: 2 * _SPEECHES]:
        parts = [part for part in row["text"].split("\n") if len(part) > 120]
        yield row["id"], [(str(number), "", re.sub(r"(?<=\w)- (?=[a-z])", "-", part)) for number, part in enumerate(parts, 1)]


def _questions(folder: Path) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    for path in sorted(folder.glob("*_docs.jsonl")):
        for row in _lines(path):
            yield row["document"], [(item["label"], row["title"], item["text"]) for item in row["paragraphs"]]


def _squad2(folder: Path) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    for article in json.loads((folder / "squad2.json").read_text(encoding="utf-8"))["data"]:
        yield article["title"], [(str(number), "", item["context"]) for number, item in enumerate(article["paragraphs"], 1)]
