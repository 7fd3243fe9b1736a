"""Quantity put in: "all", "only" or "always" where the passage says nothing of the kind."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from assistant.answer.verify.words import Sentence

_ADDED = {
    "all": frozenset(
        "all every each entire entirely whole everyone everybody everything always any both unanimous unanimously consensus universal "
        "universally".split()
    ),
    "only": frozenset("only sole solely exclusive exclusively merely just single alone unique nothing restricted confined".split()),
    "most": frozenset(
        "most majority mostly mainly largely generally many more major bulk half two-thirds third quarters per percent predominantly almost "
        "nearly overwhelming".split()
    ),
}
"""What in a passage lets a sentence say so."""
_WORDS = {
    **dict.fromkeys("all every each everyone everybody always unanimously".split(), "all"),
    **dict.fromkeys("only solely exclusively".split(), "only"),
    **dict.fromkeys("most mostly".split(), "most"),
}
_PHRASES = frozenset(
    {
        ("at", "all"),
        ("above", "all"),
        ("after", "all"),
        ("first", "of"),
        ("all", "along"),
        ("each", "other"),
        ("not", "only"),
        ("most", "important"),
    }
)


def added_quantity(claim: Sentence, sentences: Sequence[Sentence]) -> str | None:
    """Why a quantity of the sentence has nothing in the passages; None where each has."""
    held = {word.folded for sentence in sentences for word in sentence.words}
    figures = any(word.folded[0].isdigit() for sentence in sentences for word in sentence.words)
    for at, word in enumerate(claim.words):
        name = _WORDS.get(word.folded)
        if not name or held & _ADDED[name] or (name == "most" and figures):
            continue
        near = [claim.words[other].folded for other in (at - 1, at, at + 1) if 0 <= other < len(claim.words)]
        if not any(pair in _PHRASES for pair in itertools.pairwise(near)):
            return f"it says “{word.text}” where the passage does not"
    return None
