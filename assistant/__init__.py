"""Answers questions about numbered documents; every sentence carries the paragraph that says it.

    from assistant import Assistant, load_settings

    answer = Assistant(load_settings("path/to/workspace")).ask("What was the Chair's fourth point?")

Importing this package is cheap: torch, faiss, gradio and langchain are loaded by what uses them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.answer.engine import Assistant
    from assistant.briefing.briefing import Briefing
    from assistant.schema import Answer, Citation, Document, Filters, Paragraph, Passage, Statement
    from assistant.settings import load as load_settings

_HOMES = {
    "Answer": ("assistant.schema", "Answer"),
    "Assistant": ("assistant.answer.engine", "Assistant"),
    "Briefing": ("assistant.briefing.briefing", "Briefing"),
    "Citation": ("assistant.schema", "Citation"),
    "Document": ("assistant.schema", "Document"),
    "Filters": ("assistant.schema", "Filters"),
    "Paragraph": ("assistant.schema", "Paragraph"),
    "Passage": ("assistant.schema", "Passage"),
    "Statement": ("assistant.schema", "Statement"),
    "load_settings": ("assistant.settings", "load"),
}

__all__ = ["Answer", "Assistant", "Briefing", "Citation", "Document", "Filters", "Paragraph", "Passage", "Statement", "load_settings"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _HOMES[name]
    return getattr(importlib.import_module(module), attribute)
