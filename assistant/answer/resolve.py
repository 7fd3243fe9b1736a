"""From a reference as a person writes it to the paragraphs of the index: "A/77/275, para. 12", "ibid., para. 13", "[3rd paragraph,
unnumbered]"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.answer.draft import COUNTED
from assistant.corpus.references import document_name, named_documents, names_paragraphs, parse_reference, render_reference
from assistant.errors import UnknownReference
from assistant.index.store import ParagraphStore
from assistant.retrieval.lookup import find_paragraph, look_up
from assistant.schema import Document, Passage

_PLACE = re.compile(r"^\W*(?P<place>[^\s#]+#[\w.~]+)\W*$")


@dataclass(frozen=True, slots=True)
class Resolved:
    """The paragraphs that a reference names, and in plain words what it names that is not there."""

    passages: tuple[Passage, ...]
    problems: tuple[str, ...]


class Resolver:
    """Resolves the references of one text in order: "ibid." and a bare number mean the document named last."""

    def __init__(self, store: ParagraphStore) -> None:
        self._store = store
        self._last: Document | None = store.documents[0] if len(store.documents) == 1 else None
        self.resolved: list[Passage] = []

    def resolve(self, reference: str) -> Resolved:
        """The paragraphs of one note; several references in it are parted by semicolons."""
        passages: list[Passage] = []
        problems: list[str] = []
        for piece in filter(str.strip, re.split(r";\s*(?![^(]*\))", reference)):
            found = self._piece(piece.strip())
            passages += found.passages
            problems += found.problems
        self.resolved += passages
        return Resolved(tuple(dict.fromkeys(passages)), tuple(problems))

    def _piece(self, piece: str) -> Resolved:
        if place := _PLACE.match(piece):
            try:
                found = find_paragraph(place["place"], self._store)
            except UnknownReference as error:
                return Resolved((), (error.what,))
            self._last = found.document
            return Resolved((found,), ())
        named = sorted(named_documents(piece, self._store.documents), key=lambda hit: hit[1])
        document = self._document(named[0][0]) if named else None
        if counted := COUNTED.search(piece):
            return self._counted(piece, counted, document)
        if piece.startswith("[^"):
            return Resolved((), (f"note {piece} has no text",))
        if not names_paragraphs(piece):
            return Resolved((), (f"it names no paragraph ({piece[:60]})",) if named else ())
        parsed = parse_reference(piece, self._store.documents)
        if parsed and parsed.unknown and not named:
            return Resolved((), (f"{parsed.unknown[0]} is not in the index",))
        if document is None and self._last is None:
            return Resolved((), (f"it names no document that is in the index ({piece[:60]})",))
        if document is None and self._last and parsed and _names_another(parsed.remainder):
            return Resolved((), (f"it names no document that is in the index ({piece[:60]})",))
        self._last = document or self._last
        asked = piece if document or not self._last else f"{self._last.symbol or self._last.title}, {piece}"
        found_here = look_up(asked, self._store)
        return Resolved(found_here.passages, found_here.problems) if found_here else Resolved((), (f"it cannot be found ({piece[:60]})",))

    def _counted(self, piece: str, counted: re.Match[str], document: Document | None) -> Resolved:
        document = document or self._last
        if document is None:
            return Resolved((), (f"it names no document that is in the index ({piece[:60]})",))
        self._last = document
        label = f"{counted['kind'][0].replace('p', 'u')}{counted['number']}"
        for paragraph in self._store.document_paragraphs(document.id):
            if paragraph.label == label:
                return Resolved((Passage(document, paragraph, render_reference(document, paragraph)),), ())
        return Resolved((), (f"{document_name(document)} has no {counted[0].strip('[]')}",))

    def _document(self, identity: str) -> Document:
        return next(document for document in self._store.documents if document.id == identity)


def _names_another(remainder: str) -> bool:
    """Whether what is left of a reference looks like a document's name: two words with capitals, and it is not "ibid."."""
    return not re.search(r"\bibid\b|\bloc\. cit\b", remainder, re.IGNORECASE) and len(re.findall(r"\b[A-Z][\w’'-]{2,}", remainder)) >= 2
