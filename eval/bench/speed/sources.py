"""Real paragraphs and questions from any folder of data sets: what a file holds is known by its rows, not by its name.

{"_id", "title", "text"}             a document of a BEIR-style corpus.jsonl, taken as one paragraph
{"doc" or "id", "text"}              a paragraph of a document; a long text is cut into paragraphs at its sentences
{"document", "paragraphs": […]}      a document with its paragraphs
{"context", "question"}              a passage with a question
{"data": [{"paragraphs": […]}]}      SQuAD's form
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.corpus.sentences import sentence_spans

WORDS = 100
"""Words of a paragraph that is cut from a long text."""
_LONG = 400
"""Words from which a text is taken for a whole document."""
_LEAST = 6
"""Words of a paragraph; what is shorter is a heading or a remnant."""
_PLAIN = re.compile(r"[A-Z“\"‘'][\x20-\x7e\xa1-\xac\xae-\u024f\u0370-\u03ff\u2010-\u2027\u2030-\u205e\u20a0-\u22ff]*[.;:!?”\"’')]")
"""A paragraph that every reader reads alike, and none takes for a heading or an item of a list: it begins with a capital, ends with a
mark, and has no ligatures and no characters that cannot be seen."""


@dataclass(frozen=True, slots=True)
class Text:
    """A real paragraph: the data set and the document it comes from."""

    origin: str
    document: str
    text: str


def read_paragraphs(data: Path) -> list[Text]:
    """Every paragraph below `data` that can stand in a numbered document, in the order of files and rows, no text twice."""
    found: dict[str, Text] = {}
    for path, row in _rows(data):
        origin = path.parent.name
        for document, text in _paragraphs(path, row):
            plain = " ".join(text.split())
            if len(plain.split()) >= _LEAST and _PLAIN.fullmatch(plain):
                found.setdefault(plain, Text(origin, f"{origin}/{document}", plain))
    return list(found.values())


def read_questions(data: Path) -> list[str]:
    """Every question below `data`, no text twice: of rows with one, of SQuAD's form, and of a BEIR-style queries.jsonl."""
    found: dict[str, None] = {}
    for path, row in _rows(data):
        entries = row["paragraphs"] if isinstance(row.get("paragraphs"), list) else []
        asked = [item["question"] for entry in entries if isinstance(entry, dict) for item in entry.get("qas", ())]
        asked += [row["question"]] if "question" in row else []
        asked += [row["text"]] if path.name == "queries.jsonl" else []
        found |= dict.fromkeys(" ".join(question.split()) for question in asked)
    return list(found)


def beir_folders(data: Path) -> list[Path]:
    """`data` itself or the folders in it that hold corpus.jsonl, queries.jsonl and qrels.tsv."""
    return [
        folder
        for folder in (data, *sorted(data.iterdir()))
        if all((folder / name).is_file() for name in ("corpus.jsonl", "queries.jsonl", "qrels.tsv"))
    ]


def cut(text: str, words: int = WORDS) -> list[str]:
    """Pieces of about `words` words that end where sentences end."""
    joined = " ".join(text.split())
    pieces: list[str] = []
    begin = 0
    for _, end in sentence_spans(joined):
        if len(joined[begin:end].split()) >= words:
            pieces.append(joined[begin:end].strip())
            begin = end
    return pieces + ([joined[begin:].strip()] if joined[begin:].strip() else [])


def _rows(data: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(data.rglob("*.json*")):
        if path.suffix == ".jsonl":
            with path.open(encoding="utf-8") as lines:
                rows: list[Any] = [json.loads(line) for line in lines if line.strip()]
        else:
            rows = json.loads(path.read_text(encoding="utf-8")).get("data", [])
        yield from ((path, row) for row in rows if isinstance(row, dict))


def _paragraphs(path: Path, row: dict[str, Any]) -> list[tuple[str, str]]:
    """(document, text) of what a row holds."""
    if path.name == "queries.jsonl":
        return []
    document = str(row.get("doc", row.get("title") if "context" in row else row.get("id")))
    if isinstance(row.get("paragraphs"), list):
        name = str(row.get("document", row.get("title")))
        return [(name, item.get("text", item.get("context", ""))) for item in row["paragraphs"] if isinstance(item, dict)]
    if "_id" in row:
        return [("corpus", ". ".join(filter(None, (row.get("title"), row.get("text")))))]
    if isinstance(row.get("context"), str):
        return [(document, row["context"])]
    if isinstance(row.get("text"), str):
        text = row["text"]
        return [(document, piece) for piece in (cut(text) if len(text.split()) > _LONG else [text])]
    return []
