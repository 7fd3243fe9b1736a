"""The searcher as a LangChain retriever, for chains that are built elsewhere."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from assistant.retrieval.searcher import Searcher
from assistant.schema import Filters, passage_json


class ParagraphRetriever(BaseRetriever):
    """Gives the `k` best paragraphs as LangChain documents.

    `page_content` is the paragraph's text, `id` its id, and `metadata` holds document, paragraph, reference and score.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    searcher: Searcher
    k: int = Field(5, ge=1)
    filters: Filters = Filters()

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **kwargs: Any) -> list[LangChainDocument]:
        del run_manager
        passages = self.searcher.search(query, filters=kwargs.get("filters", self.filters), top=int(kwargs.get("k", self.k)))
        found = []
        for passage in passages:
            metadata = passage_json(passage)
            found.append(LangChainDocument(id=passage.paragraph.id, page_content=str(metadata.pop("text")), metadata=metadata))
        return found
