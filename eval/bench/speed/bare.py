"""The same parts without this project: the encoder in ONNX Runtime, a flat FAISS index and Tantivy, put together by hand.

No store, no fusion, no paragraph texts: the least that a hybrid search over these parts can cost.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss
import numpy as np
import tantivy

from speed.protocol import serve
from speed.vectors import carried

DEPTH = 100
"""Hits asked of each part, as this project's search asks of its own."""


class Bare:
    """The three parts over one corpus."""

    def open(self, cache: str, vectors: str, texts: str) -> None:
        """Builds both indexes in memory."""
        faiss.omp_set_num_threads(1)  # as ours: idle threads that spin take a core from the encoder
        self.encoder = carried(Path(cache))
        rows = np.load(vectors)
        self.index = faiss.IndexFlatIP(rows.shape[1])
        self.index.add(rows)
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("body", stored=False, tokenizer_name="en_stem", index_option="freq")
        lexical = tantivy.Index(schema.build())
        writer = lexical.writer(num_threads=1)
        for path in sorted(Path(texts).glob("*.txt")):
            for block in path.read_text(encoding="utf-8").split("\n\n"):
                if block:
                    writer.add_document(tantivy.Document(body=block.partition(". ")[2]))
        writer.commit()
        writer.wait_merging_threads()
        lexical.reload()
        self.lexical, self.searcher = lexical, lexical.searcher()

    def search(self, text: str) -> dict[str, Any]:
        """Encodes, asks both, and counts the hits."""
        _, rows = self.index.search(self.encoder.encode([text], kind="query"), DEPTH)
        words = "".join(letter if letter.isalnum() else " " for letter in text)
        hits = self.searcher.search(self.lexical.parse_query(words.lower(), ["body"]), DEPTH).hits
        return {"hits": len(rows[0]) + len(hits)}


if __name__ == "__main__":
    bare = Bare()
    serve({"open": bare.open, "search": bare.search})
