"""Look-up: a question that names a paragraph by number is answered from that paragraph, by parser, with no embedding."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.corpus.labels import scope_of
from assistant.corpus.references import (
    Item,
    ParsedReference,
    document_name,
    names_paragraphs,
    parse_reference,
    render_label,
    render_reference,
)
from assistant.corpus.subparagraphs import find_subparagraph
from assistant.corpus.symbols import parse
from assistant.errors import UnknownReference
from assistant.index.store import ParagraphStore
from assistant.schema import Document, Filters, Paragraph, Passage, Scores

_SCAFFOLD = re.compile(
    # What is left of a question that asks for a paragraph as a whole.
    r"\b(?:what|which|does|do|did|is|are|was|were|in|of|the|says?|said|states?|stated|reads?|read|show|me|please|quote|give|text|content"
    r"|contents|full|whole|contained|written|about|can|could|you|it|and|under|to|tell|us|from|there|a|document|statement|report)\b|\W+",
    re.IGNORECASE,
)
_AMONG = 3
"""In so many documents at most is a number looked up without a document's name; in more it means nothing."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a question named. `problems` says in plain words what is not there; `about` is what is asked of the paragraphs,
    empty when they are asked for as a whole."""

    passages: tuple[Passage, ...]
    problems: tuple[str, ...]
    about: str


def look_up(question: str, store: ParagraphStore, filters: Filters = Filters()) -> Found | None:
    """The paragraphs that `question` names, or None where it names none, or none that a document can be found for."""
    if not names_paragraphs(question):
        return None
    allowed = store.documents_of(store.select(filters)) if filters else list(store.documents)
    parsed = parse_reference(question, allowed)
    if parsed is None:
        return None
    documents = _documents(parsed, allowed, store)
    if not documents:
        problems = tuple(f"{symbol} is not among the documents searched" for symbol in parsed.unknown)
        return Found((), problems, _about(parsed)) if problems else None
    passages: list[Passage] = []
    problems_found: list[str] = []
    for document in documents:
        paragraphs = store.document_paragraphs(document.id)
        for item in parsed.items:
            matches = _matching(paragraphs, item)
            if not matches and len(documents) == 1:
                problems_found.append(_missing(document, item, paragraphs))
            passages += [_passage(document, paragraph, item) for paragraph in matches]
    if not passages and not problems_found:
        return None
    return Found(tuple(dict.fromkeys(passages)), tuple(problems_found), _about(parsed))


def find_paragraph(reference: str, store: ParagraphStore) -> Passage:
    """The paragraph of a reference like "A/77/275#12" (document id or symbol, then label; "6(a)" names a sub-paragraph).

    Raises:
        UnknownReference: no such document or paragraph; the message says what there is.
    """
    name, _, label = reference.rpartition("#")
    document = find_document(name or reference, store)
    paragraphs = store.document_paragraphs(document.id)
    exact = next((paragraph for paragraph in paragraphs if paragraph.label == label), None)
    if exact:
        return Passage(document, exact, render_reference(document, exact))
    parsed = parse_reference(f"para. {label}", ())
    if parsed:
        matches = _matching(paragraphs, parsed.items[0])
        if matches:
            return _passage(document, matches[0], parsed.items[0])
    raise UnknownReference(_missing(document, Item(label), paragraphs), f"List them with: assistant show {document.id}")


def find_document(name: str, store: ParagraphStore) -> Document:
    """The document with this id, symbol, title or alias, case folded; an id goes before what is not one.

    Raises:
        UnknownReference: there is none.
    """
    folded, symbol = name.strip().casefold(), parse(name)
    for document in store.documents:
        if folded == document.id.casefold():
            return document
    for document in store.documents:
        names = (document.symbol or "", document.title, *document.aliases)
        if folded in map(str.casefold, filter(None, names)) or (symbol and document.symbol and parse(document.symbol) == symbol):
            return document
    raise UnknownReference(f"there is no document {name!r} in the index", "List them with: assistant corpus")


def _documents(parsed: ParsedReference, allowed: list[Document], store: ParagraphStore) -> list[Document]:
    """The documents that are named, or hold the decision that is; a bare number means the few that there are."""
    if parsed.documents:
        return [document for document in allowed if document.id in parsed.documents]
    if parsed.unknown:
        return []
    if all(scope_of(item.first).startswith(("decision.", "resolution.")) for item in parsed.items):
        holding = store.documents_with([item.first for item in parsed.items])
        return [document for document in allowed if document.id in holding]
    return allowed if len(allowed) <= _AMONG else []


def _matching(paragraphs: tuple[Paragraph, ...], item: Item) -> list[Paragraph]:
    """The paragraphs an item names: one label, every repetition of it, or all between two labels of one scope."""
    labels = [paragraph.label.partition("~")[0] for paragraph in paragraphs]
    if item.last is None:
        return [paragraph for paragraph, label in zip(paragraphs, labels, strict=True) if label == item.first]
    if item.first in labels and item.last in labels:
        first, last = labels.index(item.first), len(labels) - 1 - labels[::-1].index(item.last)
        scope = scope_of(item.first)
        return [
            paragraph
            for paragraph in paragraphs[first : last + 1]
            if scope_of(paragraph.label) == scope and paragraph.numbering == "official"
        ]
    return [paragraph for paragraph, label in zip(paragraphs, labels, strict=True) if label in (item.first, item.last)]


def _passage(document: Document, paragraph: Paragraph, item: Item) -> Passage:
    part = find_subparagraph(paragraph.text, item.path) if item.path else None
    reference = render_reference(document, paragraph, item.path if part else ())
    return Passage(document, paragraph, reference, Scores(fused=1.0), (part.start, part.end) if part else None)


def _missing(document: Document, item: Item, paragraphs: tuple[Paragraph, ...]) -> str:
    official = [paragraph.label for paragraph in paragraphs if paragraph.numbering == "official"]
    asked = item.first if item.last is None else f"{item.first}–{item.last}"
    if not official:
        counted = f"its {len(paragraphs)} paragraphs were counted (u1 to u{len(paragraphs)})"
        return f"{document_name(document)} prints no paragraph numbers: {counted}"
    try:
        named = render_label(asked)
    except ValueError:
        named = f"paragraph {asked!r}"
    return f"{document_name(document)} has no {named} (it has {official[0]} to {official[-1]})"


def _about(parsed: ParsedReference) -> str:
    return parsed.remainder if _SCAFFOLD.sub("", parsed.remainder) else ""
