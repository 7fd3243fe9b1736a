"""What can be evaluated: a gold set on the workspace's index, or a set that brings the documents it asks about.

    FILE.jsonl   a gold set (`gold`), asked of the workspace
    FILE.json    SQuAD 2.0: its paragraphs are the documents, an article each
    FOLDER       with corpus.jsonl, queries.jsonl and qrels: a retrieval set in BEIR layout, of which only the ranking is measured
    FOLDER       with paragraphs.jsonl (lines as `assistant show DOCUMENT --json` prints them) and gold.jsonl

Documents that a set brings are indexed once, in eval/cache/, apart from the workspace's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from assistant.corpus import Entry, Known, Skipped
from assistant.corpus.references import render_label
from assistant.errors import EmptyCorpus, GoldError
from assistant.eval.gold import GoldQuestion, GoldReference, read_gold
from assistant.eval.measures import Task
from assistant.eval.statistics import SEED
from assistant.index.build import Progress, Source, corpus_source
from assistant.schema import Document, Ledger, Paragraph

ONLY = "u1"
"""The label of the one paragraph of a document in BEIR layout."""
_SCORE = re.compile(r"-?\d+")


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """Questions, and where their documents come from: `source`, or None for the workspace's own index.

    `data` are the SHA-256 of the files it was read from, by name.
    """

    name: str
    task: Task
    questions: tuple[GoldQuestion, ...]
    data: Mapping[str, str]
    source: Source | None = None


def open_set(path: Path) -> EvaluationSet:
    """The set in a file or folder; its documents are not read yet.

    Raises:
        GoldError: it is none of the kinds above, or has a flaw; names the file and line.
    """
    if path.is_dir():
        if (path / "queries.jsonl").is_file():
            return _beir(path)
        if (path / "gold.jsonl").is_file() and (path / "paragraphs.jsonl").is_file():
            return _paragraph_folder(path)
        raise GoldError(
            f"{path} is no evaluation set", "It needs corpus.jsonl, queries.jsonl and qrels.tsv, or paragraphs.jsonl and gold.jsonl."
        )
    if path.suffix.casefold() == ".json":
        return _squad(path)
    return EvaluationSet(path.stem, "answer", read_gold(path), {path.name: _sha256(path)})


def sample(questions: Sequence[GoldQuestion], size: int | None, seed: int = SEED) -> tuple[GoldQuestion, ...]:
    """At most `size` questions in their order, the same on every machine: those whose id and seed hash lowest."""
    if size is None or size >= len(questions):
        return tuple(questions)
    lowest = sorted(questions, key=lambda question: sha256(f"{seed}\0{question.id}".encode()).digest())[:size]
    chosen = {question.id for question in lowest}
    return tuple(question for question in questions if question.id in chosen)


def _beir(folder: Path) -> EvaluationSet:
    """Queries with at least one judgement above 0; each document is one paragraph."""
    qrels = next((path for path in (folder / "qrels.tsv", folder / "qrels" / "test.tsv") if path.is_file()), None)
    if qrels is None:
        raise GoldError(
            f"{folder} has no qrels.tsv and no qrels/test.tsv", "Add the judgements: query id, document id, score, tab-separated."
        )
    judged: dict[str, list[GoldReference]] = {}
    for number, line in enumerate(_text(qrels).split("\n"), start=1):
        fields = line.split()
        if not fields or (number == 1 and not _SCORE.fullmatch(fields[-1])):  # a head line
            continue
        if len(fields) not in (3, 4) or not _SCORE.fullmatch(fields[-1]):
            raise GoldError(f"{qrels}, line {number} is not a judgement", "A line is: query id, document id, score.")
        if int(fields[-1]) > 0:
            judged.setdefault(fields[0], []).append(GoldReference(fields[-2], ONLY, int(fields[-1])))
    texts = {str(row["_id"]): str(row["text"]) for row in _rows(folder / "queries.jsonl", ("_id", "text"))}
    questions = tuple(
        GoldQuestion(query, texts[query], True, tuple(references), (), ()) for query, references in judged.items() if query in texts
    )
    if not questions:
        raise GoldError(f"{qrels} judges none of the queries in {folder / 'queries.jsonl'}", "Check that both use the same ids.")
    files = (folder / "corpus.jsonl", folder / "queries.jsonl", qrels)
    return EvaluationSet(folder.resolve().name, "search", questions, {path.name: _sha256(path) for path in files}, corpus_source(folder))


def _squad(path: Path) -> EvaluationSet:
    """SQuAD 2.0 (Rajpurkar, Jia and Liang 2018): articles as documents of counted paragraphs."""
    try:
        articles = json.loads(_text(path))["data"]
        entries = [_entry(article["title"], article["title"].replace("_", " "), path.name, _contexts(article)) for article in articles]
        questions = tuple(question for article in articles for question in _squad_questions(article))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise GoldError(
            f"{path} is not SQuAD 2.0: {type(error).__name__} {error}", 'It holds {"data": [{"title", "paragraphs"}]}.'
        ) from None
    if len({entry.document.id for entry in entries}) < len(entries):
        raise GoldError(f"{path} holds two articles of the same title", "Give each article a title of its own.")
    checksum = _sha256(path)
    return EvaluationSet(path.stem, "answer", questions, {path.name: checksum}, _source(path.name, checksum, lambda: entries))


def _contexts(article: Mapping[str, Any]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(f"u{number}", paragraph["context"].strip(), ()) for number, paragraph in enumerate(article["paragraphs"], 1)]


def _squad_questions(article: Mapping[str, Any]) -> Iterator[GoldQuestion]:
    title = article["title"]
    for number, paragraph in enumerate(article["paragraphs"], 1):
        for asked in paragraph["qas"]:
            answers = tuple(dict.fromkeys(answer["text"].strip() for answer in asked["answers"]))
            possible = not asked.get("is_impossible", False) and bool(answers)
            yield GoldQuestion(
                str(asked["id"]), asked["question"].strip(), possible, (GoldReference(title, f"u{number}"),) if possible else (),
                answers if possible else (), (), "answerable" if possible else "misleading", about=title,
            )  # fmt: skip


def _paragraph_folder(folder: Path) -> EvaluationSet:
    """Documents whose paragraphs are known, so that what is measured is not how they were split."""
    place = folder / "paragraphs.jsonl"

    def entries() -> list[Entry]:
        documents: dict[str, list[dict[str, Any]]] = {}
        for row in _rows(place, ("document", "label", "text")):
            documents.setdefault(str(row["document"]), []).append(row)
        titles = {name: next((str(row["title"]) for row in rows if row.get("title")), None) for name, rows in documents.items()}
        return [_entry(name, titles[name], place.name, map(_labelled, rows)) for name, rows in documents.items()]

    files = (place, folder / "gold.jsonl")
    data = {path.name: _sha256(path) for path in files}
    source = _source(folder.name, data[place.name], entries)
    return EvaluationSet(folder.resolve().name, "answer", read_gold(folder / "gold.jsonl"), data, source)


def _labelled(row: Mapping[str, Any]) -> tuple[str, str, tuple[str, ...]]:
    heading = row.get("heading") or ()
    return str(row["label"]), str(row["text"]), (heading,) if isinstance(heading, str) else tuple(heading)


def _entry(name: str, title: str | None, source: str, paragraphs: Iterable[tuple[str, str, tuple[str, ...]]]) -> Entry:
    """A document of (label, text, headings); a label that begins with "u" was counted.

    Raises:
        GoldError: two paragraphs have the same label, or one has what is no label.
    """
    known: list[Paragraph] = []
    labels: set[str] = set()
    for label, text, heading in paragraphs:
        if label in labels:
            raise GoldError(f"{source}: {name} has two paragraphs {label!r}", "Give each paragraph a label of its own.")
        try:
            render_label(label)
        except ValueError as error:
            raise GoldError(f"{source}: {name}: {error}", "A label is a printed number (7, 12bis, annex.3) or a count (u3).") from None
        labels.add(label)
        known.append(Paragraph(name, label, "counted" if label.startswith("u") else "official", text, heading))
    official = sum(paragraph.numbering == "official" for paragraph in known)
    digest = sha256("\0".join(f"{paragraph.label}\0{paragraph.text}" for paragraph in known).encode()).hexdigest()
    document = Document(name, title or name, source, digest, origins={"id": "set", "title": "set" if title else "_id"})
    return Entry(document, tuple(known), Ledger(official, len(known) - official))


def _source(name: str, checksum: str, entries: Callable[[], list[Entry]]) -> Source:
    def read(tell: Progress, known: Known | None) -> tuple[list[Entry], list[Skipped]]:
        found = entries()
        if not any(entry.paragraphs for entry in found):
            raise EmptyCorpus(f"{name} holds no paragraph", "Add paragraphs that the questions ask about.")
        return found, []

    return Source(name, checksum, read)


def _rows(path: Path, keys: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            _ = [row[key] for key in keys]
        except (ValueError, KeyError, TypeError) as error:
            raise GoldError(f"{path}, line {number}: {type(error).__name__} {error}", f"A line holds {', '.join(keys)}.") from None
        yield row


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise GoldError(f"{path} is not UTF-8 text (byte {error.start})", "Save it as UTF-8.") from None
    except OSError as error:
        raise GoldError(f"{path} cannot be read: {error.strerror}", "Check the path.") from None


def _sha256(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise GoldError(f"{path} cannot be read: {error.strerror}", "Check the path.") from None
