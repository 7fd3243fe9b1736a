"""Ranks as the stack of LangChain parts does: runs in an environment of its own (eval/bench/speed/peer.py says how to make it).

Reads {"texts": […], "queries": […], "dense": [[row, …], …]} from stdin, where `dense` is the first hundred by cosine, and writes
{"lexical": [[row, …], …], "hybrid": […]}: BM25Retriever and EnsembleRetriever with their defaults, each to a hundred.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever


class Known(BaseRetriever):
    """A leg whose ranking is known: FAISS over the same vectors would give the dense one again."""

    found: dict[str, list[Document]]

    def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
        return self.found[query]


def main() -> None:
    """Ranks every query."""
    asked = json.load(sys.stdin)
    queries = asked["queries"]
    documents = [Document(page_content=text, metadata={"row": row}) for row, text in enumerate(asked["texts"])]
    dense = Known(found={query: [documents[row] for row in rows] for query, rows in zip(queries, asked["dense"], strict=True)})
    bm25 = BM25Retriever.from_documents(documents)
    bm25.k = 100
    lexical = Known(found={query: bm25.invoke(query) for query in queries})
    hybrid = EnsembleRetriever(retrievers=[lexical, dense], weights=[0.5, 0.5])
    answer = {
        name: [[hit.metadata["row"] for hit in retriever.invoke(query)] for query in queries]
        for name, retriever in (("lexical", lexical), ("hybrid", hybrid))
    }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
