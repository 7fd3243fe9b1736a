"""This project's side of the comparison, in a process of its own: its public functions, timed by `serve`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from assistant import Assistant, Filters, load_settings
from assistant.index import build as building
from assistant.index import onnx_export
from assistant.index.encoder import Encoder, load
from assistant.settings import EncoderSettings
from speed.protocol import serve
from speed.vectors import Given, KeptVectors, LookUpEncoder


class Ours:
    """One workspace, built and asked."""

    encoder: Encoder
    assistant: Assistant

    def load_encoder(self) -> None:
        """The packaged encoder."""
        self.encoder = load(EncoderSettings())
        building.carried_by = onnx_export.carried_by

    def look_up_vectors(self, kept: str, bases: str) -> None:
        """An encoder of kept vectors in its place. A build prefers one that is carried to the one that it is given: so it is that one."""
        self.encoder = LookUpEncoder(KeptVectors(Path(kept)), Path(bases))
        given = Given(self.encoder, Path(kept))
        building.carried_by = lambda previous, info: given  # type: ignore[assignment,return-value]  # it has what a build asks for

    def build(self, workspace: str, corpus: str, rebuild: bool = False) -> dict[str, Any]:
        """`assistant index` in this process, with the encoder that was loaded."""
        report = building.build(load_settings(workspace), Path(corpus), rebuild=rebuild, loader=lambda: self.encoder)
        return {"paragraphs": report.paragraphs, "documents": report.documents, "embedded": report.embedded}

    def open(self, workspace: str) -> None:
        """Opens the published index; one question of each kind is asked, so that all of it is ready."""
        self.assistant = Assistant(load_settings(workspace))
        for leg in ("dense", "lexical", "hybrid"):
            self.search("what opens the index", leg, 1)

    def search(self, text: str, leg: str, top: int) -> dict[str, Any]:
        """Paragraphs found by the product's search, or by one of its legs alone, texts included."""
        if leg == "hybrid":
            return {"ids": [passage.paragraph.id for passage in self.assistant.search(text, top=top)]}
        session = self.assistant.session()
        hits = session.searcher.dense(text, top) if leg == "dense" else session.searcher.lexical(text, top)
        found = session.generation.store.paragraphs([row for row, _ in hits])
        return {"ids": [found[row][1].id for row, _ in hits]}

    def filtered(self, text: str, top: int, by: str, value: str) -> dict[str, Any]:
        """Hybrid search with a filter."""
        filters = {
            "document": lambda: Filters(documents=(value,)),
            "kind": lambda: Filters(kinds=(value,)),
            "since": lambda: Filters(since=dt.date.fromisoformat(value)),
        }[by]()
        return {"ids": [passage.paragraph.id for passage in self.assistant.search(text, top=top, filters=filters)]}


if __name__ == "__main__":
    ours = Ours()
    serve({name: getattr(ours, name) for name in ("load_encoder", "look_up_vectors", "build", "open", "search", "filtered")})
