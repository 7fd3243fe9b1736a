"""Hybrid search over one generation: filters, both legs, fusion, paragraphs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from assistant.corpus.references import render_reference
from assistant.errors import MismatchedIndex
from assistant.index.generations import Generation
from assistant.index.legs import Hits, Selection
from assistant.retrieval.enumeration import LIFT, asked_ordinal, opens_with
from assistant.retrieval.fusion import Fused, fuse
from assistant.schema import Filters, Passage, Scores
from assistant.settings import RetrievalSettings

if TYPE_CHECKING:
    from assistant.index.encoder import FloatArray, TextEncoder


class Searcher:
    """Searches one generation. `encoder` is called when the first question needs a vector; look-ups never do."""

    def __init__(self, generation: Generation, encoder: Callable[[], TextEncoder], settings: RetrievalSettings) -> None:
        self.generation = generation
        self.settings = settings
        self._encoder = encoder
        self._vector = lru_cache(maxsize=256)(self._encode)

    @property
    def encoder(self) -> TextEncoder:
        """The encoder, loaded."""
        return self._encoder()

    def search(self, question: str, *, filters: Filters = Filters(), top: int | None = None) -> tuple[Passage, ...]:
        """The `top` best paragraphs for a question, best first; as many come back whenever as many exist.

        Raises:
            MismatchedIndex: the encoder's vectors have another length than the index's.
            DamagedIndex: a file of the generation is not what was published.
        """
        wanted = self.settings.top if top is None else top
        limit = max(self.settings.candidates, wanted)
        selection = self.generation.store.select(filters) if filters else None
        fused = self._lifted(question, self._in_order(fuse(*self.legs(question, limit, selection), self.settings.dense_weight)))[:wanted]
        found = self.generation.store.paragraphs([item.row for item in fused])
        return tuple(
            Passage(document, paragraph, render_reference(document, paragraph), Scores(item.dense, item.lexical, item.score))
            for item in fused
            for document, paragraph in (found[item.row],)
        )

    def _in_order(self, fused: list[Fused]) -> list[Fused]:
        """Equal scores in the order of the corpus, which rows are not where documents were added to a generation."""
        if self.generation.store.rows_are_in_order:
            return fused
        places = self.generation.store.in_order([item.row for item in fused])
        return sorted(fused, key=lambda item: (-item.score, places[item.row]))

    def _lifted(self, question: str, fused: list[Fused]) -> list[Fused]:
        """Where a counted point is asked for, the paragraphs that open with its ordinal come up."""
        ordinal = asked_ordinal(question)
        if ordinal is None:
            return fused
        texts = self.generation.store.paragraphs([item.row for item in fused])
        lifted = [
            replace(item, score=min(1.0, item.score + LIFT)) if opens_with(texts[item.row][1].text, ordinal) else item for item in fused
        ]
        return sorted(lifted, key=lambda item: -item.score)

    def legs(self, question: str, limit: int, selection: Selection | None = None) -> tuple[dict[int, float], dict[int, float]]:
        """Cosines and BM25 scores by paragraph row: the `limit` best of each leg, and what the other leg says of them."""
        dense, lexical = dict(self.dense(question, limit, selection)), dict(self.lexical(question, limit, selection))
        only_lexical, only_dense = sorted(lexical.keys() - dense.keys()), sorted(dense.keys() - lexical.keys())
        dense |= self.dense(question, len(only_lexical), Selection.of_rows(only_lexical))
        lexical |= self.lexical(question, len(only_dense), Selection.of_rows(only_dense))
        return dense, lexical

    def dense(self, question: str, limit: int, selection: Selection | None = None) -> Hits:
        """The dense leg alone: (row, cosine), best first."""
        return self.generation.vectors.search(self._vector(question), limit, selection)

    def lexical(self, question: str, limit: int, selection: Selection | None = None) -> Hits:
        """The lexical leg alone: (row, BM25), best first."""
        return self.generation.lexical.search(question, limit, selection)

    def _encode(self, question: str) -> FloatArray:
        encoder = self._encoder()
        vector: FloatArray = encoder.encode([question], kind="query")[0]
        if vector.shape[0] != self.generation.manifest.dimension:
            lengths = f"{vector.shape[0]} numbers, the index holds {self.generation.manifest.dimension}"
            raise MismatchedIndex(f"the encoder gives {lengths}", "Build it anew with: assistant index")
        return vector
