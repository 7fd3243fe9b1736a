"""Points that a speaker counts in words: "Fourth, …", "My sixth point relates to …".

"What was the Chair's fourth point?" asks for the paragraph that opens so, which need not be paragraph 4. The one word that
says so is lost among the others of a paragraph, for both legs; so paragraphs that open with it are lifted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.schema import Passage

LIFT = 0.5
"""Added to the fused score (in [0, 1]) of a paragraph that opens with the ordinal asked for: more than likeness elsewhere gains."""

_ORDINALS = {
    **{word: re.compile(rf"\b{word}(?:ly)?\b", re.IGNORECASE) for word in "first second third fourth fifth sixth seventh eighth".split()},
    **{word: re.compile(rf"\b{word}(?:ly)?\b", re.IGNORECASE) for word in "ninth tenth eleventh twelfth".split()},
    **dict.fromkeys(("last", "final", "concluding"), re.compile(r"\b(?:last|lastly|final|finally|conclude|concluding)\b", re.IGNORECASE)),
}
_POINTS = (
    r"points?|observations?|reflections?|remarks?|comments?|messages?|issues?|themes?|topics?|subjects?|priorit(?:y|ies)|concerns?|reasons?"
    r"|arguments?|proposals?|suggestions?|recommendations?|questions?|aspects?|elements?|thing"
)
_ASKED = re.compile(rf"\b(?P<ordinal>{'|'.join(_ORDINALS)})(?:ly)?\s+(?:\w+\s+){{0,2}}?(?:{_POINTS})\b", re.IGNORECASE)
_ANNOUNCES = re.compile(
    rf"(?:(?:{'|'.join(_ORDINALS)})(?:ly)?\b\W+)?(?:my|the|our|another|a|one)\s+(?:\w+\s+){{0,2}}?(?:{_POINTS})\s+(?:that\s+I\s+\w+\s+to\s+\w+\s+)?"
    r"(?:relates? to|concerns?|regards?|is about|is on|is related to|has to do with|deals? with)\b",
    re.IGNORECASE,
)
_LONGEST_ANNOUNCEMENT = 16
"""Words; a longer sentence says something of its own."""
_OPENING = 8
"""Words of a paragraph that count as its opening."""


def asked_ordinal(question: str) -> str | None:
    """The ordinal word of a question for a counted point, in lower case, or None."""
    match = _ASKED.search(question)
    return match["ordinal"].casefold() if match else None


def counted_points(question: str, passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """The passages that are the counted point a question asks for; none where it asks for none, or none opens so."""
    ordinal = asked_ordinal(question)
    return () if ordinal is None else tuple(passage for passage in passages if opens_with(passage.paragraph.text, ordinal))


def announces(sentence: str) -> bool:
    """Whether a sentence only says what the next ones are about: "My sixth point relates to stakeholders." """
    return bool(_ANNOUNCES.match(sentence.strip())) and len(sentence.split()) <= _LONGEST_ANNOUNCEMENT


def opens_with(text: str, ordinal: str) -> bool:
    """Whether the first words of a paragraph hold this ordinal (one that `asked_ordinal` gives)."""
    return bool(_ORDINALS[ordinal].search(" ".join(text.split()[:_OPENING])))
