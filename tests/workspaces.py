"""Workspaces that tests build and change, with word lengths for vectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from encoders import WordLengthEncoder

from assistant.index.build import BuildReport, build
from assistant.index.encoder import Encoder
from assistant.index.generations import Generation, open_current
from assistant.index.store import Span
from assistant.index.store_writer import NewDocument
from assistant.schema import Document, Ledger, Paragraph
from assistant.settings import Settings


@dataclass(frozen=True)
class Place:
    """A workspace with one document, built with word lengths for vectors."""

    folder: Path

    @property
    def index(self) -> Path:
        """The folder of generations."""
        return self.folder / "index"

    def build(self, *texts: str, **more: Any) -> BuildReport:
        """Writes the document (unless there are no texts) and builds."""
        if texts:
            (self.folder / "corpus").mkdir(exist_ok=True)
            numbered = "\n\n".join(f"{number}. {text}" for number, text in enumerate(texts, 1))
            (self.folder / "corpus" / "a.txt").write_text(numbered, encoding="utf-8")
        return build(Settings(workspace=self.folder), loader=WordLengthEncoder, **more)

    def generations(self) -> list[str]:
        """The generations that lie there, whole or not."""
        return sorted(path.name for path in self.index.glob("gen-*"))


def said(generation: Generation) -> tuple[list[str], int, list[int]]:
    """What all parts of a generation hold: its texts, how many vectors, and the rows that say "edition"."""
    texts = [paragraph.text for paragraph in generation.store.document_paragraphs("a")]
    return texts, len(generation.vectors), sorted(row for row, _ in generation.lexical.search("edition", 99))


class Corpus:
    """A workspace whose documents are given as lists of numbered paragraphs; counts what each build embeds."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(workspace=folder)
        self.settings.corpus.mkdir()

    def write(self, name: str, *texts: str) -> None:
        """Makes a document of these paragraphs, or takes it away where there are none."""
        path = self.settings.corpus / name
        if texts:
            path.write_text("\n\n".join(f"{number}. {text}" for number, text in enumerate(texts, 1)), encoding="utf-8")
        else:
            path.unlink()

    def describe(self, content: str) -> None:
        """Writes the catalogue."""
        (self.settings.corpus / "catalogue.toml").write_text(content, encoding="utf-8")

    def build(self, encoder: Encoder | None = None, **more: Any) -> tuple[BuildReport, list[str]]:
        """The report, and the documents that were embedded."""
        encoder = encoder or WordLengthEncoder()
        report = build(self.settings, loader=lambda: encoder, **more)
        return report, sorted(getattr(encoder, "encoded", []))

    def current(self) -> Generation:
        """The generation that answers."""
        return open_current(self.settings.index)

    def texts(self) -> dict[str, str]:
        """Every paragraph by its id."""
        store = self.current().store
        return {paragraph.id: paragraph.text for _, paragraph in store.paragraphs(range(store.count())).values()}


Given = tuple[Document, Ledger, Sequence[Paragraph]]


def placed(*given: Given, document: int = 0, row: int = 0) -> Iterator[NewDocument]:
    """The documents one after the other, from these rows on; the n-th paragraph of each has the key nnnn…"""
    for place, (about, ledger, paragraphs) in enumerate(given):
        keys = [bytes([at % 256] * 16) for at in range(len(paragraphs))]
        yield NewDocument(Span(document + place, row, len(paragraphs)), place, about, ledger, paragraphs, keys)
        row += len(paragraphs)
