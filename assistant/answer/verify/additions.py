"""Additions: "all", "only", "must" or "may" where the passage says nothing of the kind."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from assistant.answer.verify.words import Sentence, stem

_LETS = {
    "all": """all every each entire entirely whole everyone everybody everything always any both unanimous consensus universal""",
    "only": """only sole solely exclusive merely just single alone unique nothing restricted confine""",
    "most": """most majority mostly mainly largely generally many more major bulk half two-thirds third quarter per percent predominantly
    almost nearly overwhelming""",
    "duty": """shall must required requirement obliged obligation obligatory mandatory compulsory binding need necessary has have had duty
    bound essential imperative incumbent vital urgent responsible responsibility demand insist condition only prerequisite
    cannot ought prohibit forbid owe crucial indispensable until unless""",
    "leave": """only consent require may can could might possible possibly possibility option optional allow permit enable voluntary
    voluntarily likely potential able ability consider eligible free whether would appear seem perhaps if capable authorize
    authorise opportunity should risk threaten ready""",
}
_LETS_STEMS = {name: frozenset(map(stem, words.split())) for name, words in _LETS.items()}
"""What in a passage lets a sentence say so."""
_WORDS = {
    **dict.fromkeys("all every each everyone everybody always unanimously".split(), "all"),
    **dict.fromkeys("only solely exclusively".split(), "only"),
    **dict.fromkeys("most mostly".split(), "most"),
    **dict.fromkeys("shall must".split(), "duty"),
    **dict.fromkeys("may might".split(), "leave"),
}
_PHRASES = frozenset(
    {("at", "all"), ("above", "all"), ("after", "all"), ("all", "along"), ("each", "other"), ("not", "only"), ("only", "if")}
)
_NEAREST = frozenset({"duty", "leave"})
"""What is looked for in the nearest sentences alone: a passage is full of verbs."""


def added(claim: Sentence, sentences: Sequence[Sentence], nearest: Sequence[Sentence]) -> str | None:
    """Why a quantity, duty or permission of the sentence has nothing in the passages; None where each has."""
    held = {word.stem for sentence in sentences for word in sentence.words}
    held_near = {word.stem for sentence in nearest for word in sentence.words}
    figures = any(word.folded[0].isdigit() for sentence in sentences for word in sentence.words)
    for at, word in enumerate(claim.words):
        name = _WORDS.get(word.folded)
        if not name or (held_near if name in _NEAREST else held) & _LETS_STEMS[name] or (name == "most" and figures):
            continue
        near = [claim.words[other].folded for other in (at - 1, at, at + 1) if 0 <= other < len(claim.words)]
        if not any(pair in _PHRASES for pair in pairwise(near)) and not (word.text == "May" and at):
            return f"it says “{word.text}” where the passage does not"
    return None
