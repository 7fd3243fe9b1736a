"""The LangChain adapter passes LangChain's own tests for retrievers."""

from pathlib import Path
from typing import Any

import pytest
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import RetrieversIntegrationTests

from assistant import Assistant
from assistant.retrieval.langchain import ParagraphRetriever
from assistant.schema import Filters
from assistant.settings import load


@pytest.fixture(scope="module")
def assistant(workspace: Path, encoder: object) -> Assistant:
    """An assistant on the shipped document."""
    made = Assistant(load(workspace))
    made.__dict__["_encoder"] = encoder
    return made


class TestParagraphRetriever(RetrieversIntegrationTests):
    """LangChain's standard tests, over the shipped document."""

    @pytest.fixture(autouse=True)
    def _searcher(self, assistant: Assistant) -> None:
        self.searcher = assistant.session().searcher

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        """The class under test."""
        return ParagraphRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        """What it needs."""
        return {"searcher": self.searcher}

    @property
    def retriever_query_example(self) -> str:
        """Any question."""
        return "What did the Chair say about stakeholders?"


def test_documents_carry_what_a_citation_needs(assistant: Assistant) -> None:
    """Id, text and the reference in United Nations form come with each document, and filters apply."""
    retriever = ParagraphRetriever(searcher=assistant.session().searcher, k=1)
    (found,) = retriever.invoke("stakeholders")
    assert found.id == "chair-closing-remarks#7"
    assert found.page_content.startswith("My sixth point")
    assert found.metadata["reference"] == "Closing remarks by the Chair, para. 7"
    assert retriever.invoke("stakeholders", filters=Filters(speakers=("Nobody",))) == []
