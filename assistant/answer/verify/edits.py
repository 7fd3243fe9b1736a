"""Edits: a sentence that repeats the passage may leave words out, but not put in, drop or change one that decides what it says."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from assistant.answer.verify.words import Sentence

_DECIDES = frozenset(
    """not no never neither nor cannot without all every each only some most many few none several both must shall should may might can
    could
    will before after more less fewer same different always sometimes often rarely unless except""".split()
)
_ALIKE = 0.85
"""Share of the sentence's words that must be the passage's, in order, for it to be a repetition."""
_LEAST = 6
_STYLE = (
    frozenset(("can", "could", "may", "might")),
    frozenset(("shall", "will")),
    frozenset(("all", "every", "each")),
    frozenset(("many", "several")),
)
_SHORT = 2


def decisive_edit(claim: Sentence, sentences: Sequence[Sentence]) -> str | None:
    """What such an edit put in, dropped or changed; None where there is none, or the sentence is no repetition."""
    mine = [word.folded for word in claim.words]
    if len(mine) < _LEAST:
        return None
    for sentence in sentences[:1]:
        theirs = [word.folded for word in sentence.words]
        operations = SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes()
        same = sum(after - first for name, first, after, _, _ in operations if name == "equal")
        if same < _ALIKE * len(mine):
            return None
        for name, first, after, start, end in operations:
            put_in, dropped = mine[first:after], theirs[start:end]
            if name == "insert" and not (0 < first < len(mine)):
                continue  # the passage goes on before or behind
            if max(len(put_in), len(dropped)) <= _SHORT and (reason := _decides(put_in, dropped)):
                return reason
    return None


def _decides(put_in: list[str], dropped: list[str]) -> str | None:
    """Whether one of these few words decides, and why."""
    new, old = _DECIDES.intersection(put_in) - set(dropped), _DECIDES.intersection(dropped) - set(put_in)
    if any(new | old <= style for style in _STYLE) and new and old:
        return None
    if new and old:
        return f"it says “{' '.join(put_in)}” where the passage says “{' '.join(dropped)}”"
    if new and (not dropped or "not" in new or "cannot" in dropped):
        return f"it says “{' '.join(put_in)}” where the passage does not"
    if old and (not put_in or "cannot" in old):
        return f"the passage says “{' '.join(dropped)}”, and it leaves that out"
    return None
