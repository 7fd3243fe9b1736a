"""Questions to begin with."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.schema import Document

SHIPPED = "chair-closing-remarks"
"""The id of the document that the project ships."""

SHIPPED_EXAMPLES = (
    "How many statements were heard, and from how many delegations?",
    "What did the Chair say about stakeholders?",
    "What was the Chair's fourth point?",
    "When will the logistical arrangements be circulated?",
)


def examples_for(documents: Sequence[Document]) -> Sequence[str]:
    """Questions that these documents answer; none where nothing is known of them."""
    return SHIPPED_EXAMPLES if any(document.id == SHIPPED for document in documents) else ()
