"""Handles: the names in square brackets by which a sentence says which passages it rests on."""

from __future__ import annotations

import re

from assistant.answer.verify.quotations import quotations

_HANDLES = re.compile(r"\s*\[([^\[\]]*)\]")
_HANDLE_LIKE = re.compile(r"[^\s,;]*\d[^\s,;]*")
_EMPTIED = re.compile(r"\s+([.!?;:,…])")


def handles_in(sentence: str) -> tuple[str, list[str]]:
    """A sentence without its bracketed handles, and the handles in order, each once.

    What an author puts into a quotation in square brackets ("[the Group] agreed", "[…]") is no handle: it holds no figure.
    """
    quoted = [(quote.start, quote.end) for quote in quotations(sentence)]
    names: list[str] = []

    def take(match: re.Match[str]) -> str:
        if not _HANDLE_LIKE.search(match[1]) and any(start <= match.start() and match.end() <= end for start, end in quoted):
            return match[0]
        names.extend(name for name in re.split(r"[,;\s]+", match[1]) if name)
        return ""

    text = _HANDLES.sub(take, sentence)
    return _EMPTIED.sub(r"\1", text).strip() if names else text.strip(), list(dict.fromkeys(names))
