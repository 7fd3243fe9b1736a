"""Training data: documents, questions, the paragraphs that answer and the words that do, from four kinds of sources.

FOLDER       *_docs.jsonl {"document", "title", "paragraphs": [{"label", "text", "heading"?}]} with *_questions.jsonl
             {"id", "question", "answerable", "references": [{"document", "paragraph"}], "evidence": [verbatim], "about"?, "within"?}
FILE         one *_questions.jsonl of such a folder: its questions alone, over all of the folder's documents
FILE.json    SQuAD 2.0
FOLDER       COVID-QA as documents.jsonl {"doc", "text"} and questions.jsonl {"id", "question", "answers", "doc"}
FOLDER       speeches.jsonl {"id", "text"}, a paragraph a line: one sentence taken from a paragraph asks for the rest of it among its
             neighbours (the inverse cloze task of Lee, Chang and Toutanova 2019), which needs no one to write questions
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from assistant.corpus.sentences import sentence_spans
from assistant.errors import GoldError
from assistant.schema import Document, Paragraph

KEPT_OUT = "0123"
"""Articles of SQuAD whose title's SHA-256 begins with one of these are never trained on: 7 of the 23 here, to report on."""
_CLOZE_SENTENCES = 4
"""Sentences of a paragraph from which one may be taken."""
_PIECE = 1000
"""Characters of a paragraph that is made from a text without any."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question. `gold` are ids of the paragraphs that answer (`<document>#<label>`), none where nothing does. `answers` are
    character spans (paragraph id, start, end) of what answers; `exact` says that these are short answers and not whole sentences.
    `about` are paragraphs that seem to answer and do not, or the document that was asked about. `within` says that the question is
    asked of that document or those that answer alone: others may answer it as well, so they hold no negatives."""

    id: str
    question: str
    gold: tuple[str, ...]
    answers: tuple[tuple[str, int, int], ...]
    exact: bool = False
    about: tuple[str, ...] = ()
    within: bool = False

    @property
    def documents(self) -> tuple[str, ...]:
        """The documents that answer or are asked about."""
        return tuple(dict.fromkeys(place.partition("#")[0] for place in (*self.gold, *self.about)))


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents with the questions asked of them; `sha256` is of the files they were read from."""

    name: str
    documents: tuple[tuple[Document, tuple[Paragraph, ...]], ...]
    examples: tuple[Example, ...]
    sha256: str
    neighbours: bool = False
    """Whether the hard negatives are the paragraphs around the gold one, and not what our own search finds."""


def is_kept_out(title: str) -> bool:
    """Whether an article of SQuAD is kept out of training."""
    return sha256(title.encode()).hexdigest()[0] in KEPT_OUT


def read_collection(path: Path) -> Collection:
    """The documents and questions in `path`.

    Raises:
        GoldError: it is none of the kinds above, or has a flaw; names the file.
    """
    try:
        if path.suffix == ".json":
            return _squad(path)
        if path.is_file() and path.stem.endswith("_questions"):
            return _questions(path.stem, path.parent, [path])
        if (path / "documents.jsonl").is_file():
            return _covidqa(path)
        if (path / "speeches.jsonl").is_file():
            return _speeches(path)
        if any(path.glob("*_questions.jsonl")):
            return _questions(path.name, path, sorted(path.glob("*_questions.jsonl")))
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise GoldError(f"{path} cannot be read as training data: {type(error).__name__} {error}", "See --help for the forms.") from None
    raise GoldError(f"{path} holds no training data", "Give a SQuAD file, or a folder of *_docs.jsonl and *_questions.jsonl.")


def _squad(path: Path) -> Collection:
    documents, examples = [], []
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        name = article["title"]
        if is_kept_out(name):
            continue
        texts = [paragraph["context"].strip() for paragraph in article["paragraphs"]]
        documents.append(_document(name, name.replace("_", " "), [(f"u{at}", text, ()) for at, text in enumerate(texts, 1)]))
        for at, paragraph in enumerate(article["paragraphs"], 1):
            place = f"{name}#u{at}"
            cut = len(paragraph["context"]) - len(paragraph["context"].lstrip())
            for asked in paragraph["qas"]:
                found = {(place, a["answer_start"] - cut, a["answer_start"] - cut + len(a["text"])) for a in asked["answers"][:1]}
                gold = () if asked["is_impossible"] else (place,)
                about = (place,) if asked["is_impossible"] else ()
                examples.append(Example(asked["id"], asked["question"].strip(), gold, tuple(found) if gold else (), True, about))
    return Collection(path.stem, tuple(documents), tuple(examples), _checksum([path]))


def _covidqa(folder: Path) -> Collection:
    documents, examples, pieces = [], [], {}
    for row in _rows(folder / "documents.jsonl"):
        name, text = f"covid-{row['doc']}", row["text"]
        pieces[row["doc"]] = spans = _pieces(text)
        title = " ".join(text.split("\n", 1)[0].split())
        documents.append(_document(name, title, [(f"u{at}", text[start:end], ()) for at, (start, end) in enumerate(spans, 1)]))
    for row in _rows(folder / "questions.jsonl"):
        answer = row["answers"][0]
        start, end = answer["answer_start"], answer["answer_start"] + len(answer["text"].rstrip())
        holding = [(at, first) for at, (first, last) in enumerate(pieces[row["doc"]], 1) if first <= start and end <= last]
        if holding:
            (at, first), *_ = holding
            place = f"covid-{row['doc']}#u{at}"
            short = end - start <= 200
            examples.append(Example(f"covid-{row['id']}", row["question"].strip(), (place,), ((place, start - first, end - first),), short))
    return Collection(folder.name, tuple(documents), tuple(examples), _checksum([folder / "documents.jsonl", folder / "questions.jsonl"]))


def _speeches(folder: Path) -> Collection:
    documents, examples = [], []
    for row in _rows(folder / "speeches.jsonl"):
        parts: list[tuple[str, str, tuple[str, ...]]] = []
        for line in row["text"].split("\n"):
            spans = sentence_spans(line)
            if len(spans) < _CLOZE_SENTENCES or len(line) > 2 * _PIECE:
                continue
            place = f"{row['id']}#u{len(parts) + 1}"
            start, end = random.Random(place).choice(spans)
            parts.append((f"u{len(parts) + 1}", f"{line[:start]}{line[end:].lstrip()}".strip(), ()))
            examples.append(Example(f"cloze-{place}", line[start:end], (place,), ()))
        if parts:
            documents.append(_document(row["id"], f"Statement, {row['id']}", parts))
    return Collection(folder.name, tuple(documents), tuple(examples), _checksum([folder / "speeches.jsonl"]), neighbours=True)


def _questions(name: str, folder: Path, asked: Sequence[Path]) -> Collection:
    """Labels are counted anew: data may have printed ones that no document of ours would."""
    documents, examples = [], []
    files = sorted([*folder.glob("*_docs.jsonl"), *asked])
    texts: dict[str, str] = {}
    places: dict[tuple[str, str], str] = {}
    for row in (row for path in files if path not in asked for row in _rows(path)):
        parts = [(f"u{at}", p["text"], _heading(p.get("heading"))) for at, p in enumerate(row["paragraphs"], 1)]
        documents.append(_document(row["document"], row["title"], parts))
        places |= {(row["document"], str(p["label"])): f"{row['document']}#u{at}" for at, p in enumerate(row["paragraphs"], 1)}
        texts |= {f"{row['document']}#{label}": text for label, text, _ in parts}
    for row in (row for path in asked for row in _rows(path)):
        gold = tuple(places[item["document"], str(item["paragraph"])] for item in row["references"]) if row["answerable"] else ()
        found = [(place, at, at + len(piece)) for piece in row["evidence"] for place in gold if (at := texts[place].find(piece)) >= 0]
        about = (str(row["about"]),) if row.get("about") and not gold else ()
        examples.append(Example(row["id"], row["question"].strip(), gold, tuple(found), False, about, bool(row.get("within"))))
    return Collection(name, tuple(documents), tuple(examples), _checksum(files))


def _heading(value: str | Sequence[str] | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())


def _document(name: str, title: str, parts: Sequence[tuple[str, str, tuple[str, ...]]]) -> tuple[Document, tuple[Paragraph, ...]]:
    digest = sha256("\0".join(text for _, text, _ in parts).encode()).hexdigest()
    paragraphs = tuple(
        Paragraph(name, label, "counted" if label.startswith("u") else "official", text, heading) for label, text, heading in parts
    )
    return Document(name, title, name, digest, origins={"title": "set"}), paragraphs


def _pieces(text: str) -> list[tuple[int, int]]:
    """Spans of about `_PIECE` characters, each of whole sentences."""
    spans = sentence_spans(text)
    found: list[tuple[int, int]] = []
    start = spans[0][0] if spans else 0
    for (_, end), after in zip(spans, [*spans[1:], None], strict=True):
        if end - start >= _PIECE or after is None:
            found.append((start, end))
            start = after[0] if after else end
    return found


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.strip():
            yield json.loads(line)


def _checksum(paths: Sequence[Path]) -> str:
    digest = sha256()
    for path in paths:
        digest.update(f"{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()
