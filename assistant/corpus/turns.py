"""Turns of a transcript: who speaks, where a block begins with a name and a colon."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.corpus.layout import Line
from assistant.corpus.roles import person_key

_NAME = r"[^\W\d_][\w.’'-]*(?:\s+(?:[^\W\d_][\w.’'-]*)){0,5}"
_SPEAKER = re.compile(
    rf"(?P<speaker>(?:The\s+(?:Acting\s+|Vice-)?(?:Chair(?:man|person|woman)?|President|Secretary(?:-General)?|Rapporteur|Moderator|Facilitator|Co-Chairs?)"
    rf"|(?:Mr|Ms|Mrs|Mme|Dr|H\.E|Sir|Dame|Archbishop|Prince|Princess|King|Queen|President|Ambassador)\.?\s+{_NAME})"
    r"(?:\s+\((?P<of>[^()]{2,60})\))?)(?:\s+\((?:spoke|speaking|interpretation|in)[^()]*\))?\s*:(?=\s|$)"
)
_ENOUGH = 3
"""Turns that make a transcript: a letter may quote one speaker, or a heading end with a colon."""


def speaker_of(block: Sequence[Line]) -> str | None:
    """Who speaks from this block on, as printed ("Ms. Lowe (Norvania)"), or None where the block does not begin a turn."""
    match = _SPEAKER.match(block[0].text)
    return " ".join(match["speaker"].split()) if match else None


def is_transcript(blocks: Sequence[Sequence[Line]]) -> bool:
    """Whether a text is made of turns: at least `_ENOUGH`, by two speakers or more."""
    speakers = [speaker for block in blocks if (speaker := speaker_of(block))]
    return len(speakers) >= _ENOUGH and len(set(speakers)) > 1


def names_of(speaker: str) -> tuple[str, ...]:
    """What a speaker may be asked for by, in small letters: "ms. lowe (norvania)", "ms. lowe", "lowe", "norvania"."""
    person, _, of = speaker.rstrip(")").partition(" (")
    known = (speaker.casefold(), person.casefold(), person_key(person), of.casefold())
    return tuple(dict.fromkeys(name for name in known if name))
