"""Wholeness: a sentence is finished, and does not stop short of what the passage makes it depend on."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answer.verify.words import FUNCTION_WORDS, Sentence

_ENDS = re.compile(r"[.!?…。！？؟][\"'”’»)\]]*\s*$")
_OPEN_ENDS = frozenset(
    # Words that no English sentence ends with.
    """a an the and or but nor of to with from by as into onto than that which who whose whom if unless because although though while
    whereas
    whether since his her its their our your my every each between among per via under during against toward towards upon for at in on
    is are
    was were be been being am has have had will shall would should could can must may might cannot do does did""".split()
)
_MAY_END = frozenset("is are was were do does did had has have for on in at with to from by".split())
"""Of those, what a sentence in a person's hand may end with ("than it was"): open only where the passage goes on."""
_GOES_ON = frozenset("of to than be been is are was were has have had will shall would should could can must may might cannot not".split())
_CONDITIONS = frozenset("unless except provided subject if without only until pending save".split())
_SAME = 5
"""Words in a row, up to the end, from which on a sentence counts as repeating the passage there."""


def cut_off(claim: Sentence, sentences: Sequence[Sentence], *, may_lack_stop: bool = False, ends_quoted: bool = False) -> str | None:
    """Why a sentence is not whole: it breaks off, or leaves out the condition behind its last words. None where it is whole.

    `may_lack_stop`: the text has items of lists, which may end without a full stop. `ends_quoted`: the last words are a quotation,
    which may break off anywhere.
    """
    if not claim.words:
        return None
    last = claim.words[-1].folded
    finished = bool(_ENDS.search(claim.text)) and not claim.text.rstrip().endswith(("...", "…"))
    if last in _OPEN_ENDS and not (last in _MAY_END and finished) and not ends_quoted:
        return f"it breaks off after “{claim.words[-1].text}”"
    opened = claim.text.count("“") - claim.text.count("„")  # which this mark closes in German and other languages
    if (not ends_quoted and claim.text.count("(") > claim.text.count(")")) or opened > claim.text.count("”"):
        return "it breaks off inside brackets or quotation marks"
    tail = [word.folded for word in claim.words[-_SAME:]]
    if len(tail) < min(_SAME, len(claim.words)):
        return None
    for sentence in sentences:
        following = _following(sentence, tail)
        if following is None:
            continue
        between, after = following
        if not (finished or may_lack_stop or ends_quoted):
            return f"it breaks off where the passage goes on (“… {claim.words[-1].text} {after}”)"
        if after in _CONDITIONS and not set(_CONDITIONS) & {word.folded for word in claim.words}:
            return f"it leaves out the condition that follows in the passage (“{after} …”)"
        if ends_quoted:
            continue
        if not between.strip() and (after in _GOES_ON or last in _OPEN_ENDS):
            return f"it breaks off where the passage goes on (“… {claim.words[-1].text} {after}”)"
        if (
            not between.strip()
            and after not in FUNCTION_WORDS
            and not after.endswith(("ing", "ed", "ly"))
            and _is_inside_name(sentence, tail)
        ):
            return f"it breaks off where the passage goes on (“… {claim.words[-1].text} {after}”)"
    return None


def _following(sentence: Sentence, tail: list[str]) -> tuple[str, str] | None:
    """What the passage has behind the sentence's last words: the text between, and the next word; None where it has not these words."""
    at = _find(sentence, tail)
    if at is None or at >= len(sentence.words):
        return None
    return sentence.text[sentence.words[at - 1].end : sentence.words[at].start], sentence.words[at].folded


def _find(sentence: Sentence, tail: list[str]) -> int | None:
    """Where the words after `tail` begin, at its last occurrence."""
    folded = [word.folded for word in sentence.words]
    return next((at + len(tail) for at in range(len(folded) - len(tail), -1, -1) if folded[at : at + len(tail)] == tail), None)


def _is_inside_name(sentence: Sentence, tail: list[str]) -> bool:
    """Whether the cut parts an article or adjective from its noun: the passage's next word belongs to the same phrase."""
    at = _find(sentence, tail)
    if at is None or at >= len(sentence.words):
        return False
    before = [word.folded for word in sentence.words[max(0, at - 3) : at]]
    return any(word in ("a", "an", "the", "this", "its", "their", "our", "of", "and", "in", "for", "on") for word in before)
