"""Who speaks, from a statement's title: "Statement by H.E. Ms. X, Permanent Representative of Y", "Statement by Norvania"."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BY = re.compile(
    r"(?:statement|remarks|intervention|address|speech|explanation of (?:vote|position)|right of reply)\b[^,:;]*?\b"
    r"(?P<how>delivered by|made by|by|on behalf of|of|from)\s+(?P<who>.+)$",
    re.IGNORECASE,
)
_HONOUR = re.compile(r"(?:(?:H\.?\s?E\.?|His Excellency|Her Excellency|Ambassador|the Honou?rable|Hon\.)\s+)+", re.IGNORECASE)
_PERSON = re.compile(r"(?:Mr|Ms|Mrs|Miss|Dr|Sir|Dame|Prof|Professor|Mme|M|Sr|Sra)\.?\s+\S|H\.?\s?E\.?\s|Ambassador\s", re.IGNORECASE)
_OF = re.compile(
    r"\b(?:representative|ambassador|delegation|mission|minister[^,]*|adviser[^,]*|counsellor[^,]*|secretary[^,]*|president)\s+"
    r"(?:of|for|from)\s+(?:foreign affairs\s+of\s+)?(?P<of>[^,;]+)",
    re.IGNORECASE,
)
_BEHALF = re.compile(r"\bon behalf of (?P<of>[^,;]+)", re.IGNORECASE)
_REST = re.compile(
    r"\s*(?:\(|\bto the (?:United Nations|UN|Open|Conference|Committee)|\bto (?:introduce|mark)\b"
    r"|\b(?:at|on|during|before|after|under|in (?:the|explanation)|for the)\b|[–—:-]\s).*$"
)
_OFFICES = re.compile(
    r"(?:the )?(?P<office>(?:Vice-|Co-|Deputy )?(?:Chair(?:person|man|woman)?|President|Secretary-General|Facilitator|Rapporteur)s?)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\W\d_][\w’'.-]*(?:\s(?:and|of|the|de|del|du|la|le|\d+|d[’'](?=\w)\w+|[^\W\d_a-z][\w’'.()-]*))*")


@dataclass(frozen=True, slots=True)
class Speaker:
    """A person or an office, and the delegation that it speaks for; None where the title does not say."""

    name: str | None = None
    delegation: str | None = None


def speaker_of(title: str) -> Speaker:
    """Who made the statement that `title` names; nothing where it is no statement's title."""
    match = _BY.match(
        re.sub(r"^(?:(?:joint|national|general|opening|closing|concluding|introductory)\s+)+", "", title, flags=re.IGNORECASE)
    )
    if not match:
        return Speaker()
    who = match["who"].strip()
    behalf = _BEHALF.search(match[0]) or None
    delegation = _delegation(behalf["of"]) if behalf else None
    if _PERSON.match(who):
        of = _OF.search(who)
        name = _REST.sub("", _HONOUR.sub("", who, count=1).partition(",")[0]).strip()
        bracket = re.search(r"\((?P<of>[^()]+)\)", who.partition(",")[0])
        return Speaker(name or None, delegation or _delegation(of["of"] if of else bracket["of"] if bracket else ""))
    if office := _OFFICES.match(who):
        return Speaker(office["office"][:1].upper() + office["office"][1:], delegation)
    if behalf and match["how"].lower() == "on behalf of":
        return Speaker(None, delegation)
    of = _OF.search(who)
    return Speaker(None, delegation or _delegation(of["of"] if of else who.partition(",")[0]))


def _delegation(text: str) -> str | None:
    """The name of a State or group in capitals, without what follows it: "the Russian Federation at the …"."""
    name = re.sub(r"^(?:the )?(?:delegation|permanent mission|Government) of ", "", _REST.sub("", text.strip()), flags=re.IGNORECASE)
    name = re.sub(r"^the ", "", name.strip())
    return name if name and name[0].isupper() and len(name) <= 80 and _NAME.fullmatch(name) else None
