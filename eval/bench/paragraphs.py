"""Compares the paragraphs that are read from real documents with those of a reference, number by number.

    python eval/bench/paragraphs.py FOLDER [--only PART] [--show]

FOLDER holds documents and a reference: gold_paragraphs.jsonl ({"doc", "number", "text"}) beside DOC.pdf and DOC.docx, or
paragraphs.jsonl ({"doc", "decision", "number", "text"}) beside docs/DOC.txt. Texts are compared without white space, by the
normalised indel similarity: .95 or more is the same. A reference that was made of one Word paragraph each does not hold the
sub-paragraphs, which here belong to their paragraph; so the beginning, as long as the reference's text, is compared too.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Indel

from assistant.corpus import Entry, read_corpus
from assistant.corpus.paragraphs import split
from assistant.corpus.readers import read_source
from assistant.corpus.subparagraphs import subparagraphs
from assistant.schema import Paragraph

SAME = 0.95


@dataclass
class Count:
    """What was found of one format's documents."""

    gold: int = 0
    found: int = 0
    begins: int = 0
    whole: int = 0
    head: int = 0
    labels: int = 0
    extra: int = 0
    pages: int = 0
    seconds: float = 0.0
    missed: Counter[str] = field(default_factory=Counter)
    labels_of: dict[str, list[str]] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[str, str]]:
        """The figures, as (what, value)."""
        yield "paragraphs of the reference", f"{self.gold:,}"
        yield "found under their number", f"{self.found / self.gold:.2%}"
        yield "the same beginning", f"{self.begins / self.gold:.2%}"
        yield "the same whole text", f"{self.whole / self.gold:.2%}"
        yield "the same text, ours taken whole or before its first sub-paragraph", f"{self.head / self.gold:.2%}"
        yield "numbers that the reference does not have", f"{self.extra / max(self.labels, 1):.2%}"
        if self.pages:
            yield "pages a minute", f"{60 * self.pages / self.seconds:,.0f}"
        for kind, count in self.missed.most_common():
            yield f"not found: {kind}", f"{count:,}"


def squeezed(text: str) -> str:
    """Text without white space and invisible marks of direction."""
    return "".join(character for character in text if not character.isspace() and character not in "\u200e\u200f\u200d\u00ad")


def reference(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The reference's paragraphs by document."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with path.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            found[row["doc"]].append(row)
    return found


def head_of(text: str) -> str:
    """A paragraph before its first sub-paragraph, "(a)" or "(i)"."""
    return text[: next((item.start for item in subparagraphs(text)), len(text))]


def kind_of(row: dict[str, Any], paragraphs: Sequence[str]) -> str:
    """What a paragraph of the reference is that was not found: most are no paragraphs."""
    text = squeezed(row["text"])
    if not text or text[:4].strip("0123456789") == "":
        return "empty, or a date"
    if row["text"].strip()[-1] not in ".;:,?!”\"'’)]" and len(row["text"]) < 300:
        return "a numbered heading"
    if any(text[:60] in paragraph for paragraph in paragraphs):
        return "an item of a list, or a quoted paragraph, in the text of another"
    return "other"


def compare(count: Count, gold: Sequence[dict[str, Any]], paragraphs: Sequence[Paragraph], show: bool) -> None:
    """Adds one document. A number that restarts is told from its like by the beginning of its text."""
    official = [paragraph for paragraph in paragraphs if paragraph.numbering == "official"]
    texts = [squeezed(paragraph.text) for paragraph in paragraphs]
    left: dict[str, list[Paragraph]] = defaultdict(list)
    for paragraph in official:
        for number in {paragraph.label.partition("~")[0], paragraph.label.partition("~")[0].rpartition(".")[2]}:
            left[number].append(paragraph)
    used: set[str] = set()
    for row in gold:
        text = squeezed(row["text"])
        among = [paragraph for paragraph in left[row["number"]] if paragraph.label not in used]
        size = min(200, len(text))
        best = max(among, key=lambda item: Indel.normalized_similarity(text[:200], squeezed(item.text)[:size]), default=None)
        count.gold += 1
        if not text or best is None or Indel.normalized_similarity(text[:60], squeezed(best.text)[: min(60, len(text))]) < 0.8:
            count.missed[kind_of(row, texts)] += 1
            if show and kind_of(row, texts) == "other":
                print("   not found:", row["number"], row["text"][:100])
            continue
        used.add(best.label)
        ours = squeezed(best.text)
        count.found += 1
        count.begins += Indel.normalized_similarity(text, ours[: len(text)]) >= SAME
        is_whole = Indel.normalized_similarity(text, ours) >= SAME
        count.whole += is_whole
        count.head += is_whole or Indel.normalized_similarity(text, squeezed(head_of(best.text))) >= SAME
    count.labels += len(official)
    count.extra += len(official) - len(used)
    if show:
        for paragraph in official:
            if paragraph.label not in used:
                print("   not in the reference:", paragraph.label, paragraph.text[:100])


def speeches(path: Path) -> Iterator[tuple[str, str]]:
    """Reads speeches without paragraph numbers, each as a text file, with what is known of each in a catalogue."""
    with path.open(encoding="utf-8") as lines, tempfile.TemporaryDirectory() as made:
        folder, catalogue = Path(made), []
        for row in map(json.loads, lines):
            (folder / f"{row['id']}.txt").write_text(row["text"], encoding="utf-8")
            # The debate opens in the third week of September; the day of a speech is not known.
            fields = {"kind": "statement", "delegation": row["country"], "session": f"{row['session']} ({row['year']})"}
            catalogue.append(f'["{row["id"]}.txt"]\ndate = {row["year"]}-09-30\n')
            catalogue += [f"{key} = {json.dumps(value)}\n" for key, value in fields.items()]
        (folder / "catalogue.toml").write_text("".join(catalogue), encoding="utf-8")
        begun = time.perf_counter()
        items = list(read_corpus(folder))
        seconds = time.perf_counter() - begun
    entries = [item for item in items if isinstance(item, Entry)]
    yield "speeches read", f"{len(entries):,} of {len(catalogue) // 4:,}"
    yield (
        "with a delegation, a session and a year",
        f"{sum(all((e.document.delegation, e.document.session, e.document.date)) for e in entries):,}",
    )
    yield "counted paragraphs", f"{sum(entry.ledger.counted for entry in entries):,}"
    yield "speeches with an official number", f"{sum(entry.ledger.official > 0 for entry in entries):,}"
    yield "speeches of one paragraph", f"{sum(len(entry.paragraphs) == 1 for entry in entries):,}"
    yield "speeches a second", f"{len(entries) / seconds:,.0f}"


def main() -> None:
    """Prints a table for each format."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="documents whose name holds this")
    parser.add_argument("--show", action="store_true", help="what was not found, and what was found and is not in the reference")
    options = parser.parse_args()
    if (options.folder / "speeches.jsonl").is_file():
        for what, value in speeches(options.folder / "speeches.jsonl"):
            print(f"| {what} | {value} |")
        return
    has_word = (options.folder / "gold_paragraphs.jsonl").is_file()
    gold = reference(options.folder / ("gold_paragraphs.jsonl" if has_word else "paragraphs.jsonl"))
    counts: dict[str, Count] = {}
    for suffix in (".pdf", ".docx") if has_word else (".txt",):
        count = counts[suffix] = Count()
        for document, rows in gold.items():
            if options.only not in document:
                continue
            path = options.folder / ("" if has_word else "docs") / (document + suffix)
            begun = time.perf_counter()
            source = read_source(path.read_bytes(), path.name)
            paragraphs, _ = split(document, source)
            count.seconds += time.perf_counter() - begun
            count.pages += source.pages
            count.labels_of[document] = [paragraph.label for paragraph in paragraphs if paragraph.numbering == "official"]
            if options.show:
                print(path.name)
            compare(count, rows, paragraphs, options.show)
        print(f"\n{suffix} ({len(count.labels_of)} documents, {os.cpu_count()} cores)\n")
        for what, value in count.rows():
            print(f"| {what} | {value} |")
    if len(counts) == 2:
        pdf, docx = (count.labels_of for count in counts.values())
        print(f"\nthe same numbers from PDF and Word: {sum(pdf[name] == docx[name] for name in pdf)} of {len(pdf)} documents")


if __name__ == "__main__":
    main()
