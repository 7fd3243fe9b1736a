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
INVENTED_EXAMPLES = (
    "How soon must a serious incident be reported?",
    "Who will pay for the travel of officers?",
    "paragraph 6 of the first draft",
    "annex, para. 2 of X/86/190",
)

_BY_DOCUMENT = {SHIPPED: SHIPPED_EXAMPLES, "X/86/190": INVENTED_EXAMPLES}
"""The document that the first question needs, and the questions; the second are of `assistant init --example`."""


def examples_for(documents: Sequence[Document]) -> Sequence[str]:
    """Questions that these documents answer; none where nothing is known of them."""
    known = {document.id for document in documents}
    return next((questions for document, questions in _BY_DOCUMENT.items() if document in known), ())
