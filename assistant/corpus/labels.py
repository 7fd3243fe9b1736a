"""Labels: how a paragraph is named inside its document.

    label  := [part …] NUMBER ["~" N] | "u" N | "t" N
    part   := ("decision" | "resolution" | "annex" | "enclosure" | "appendix" | "article" | "rule") "." [NAME "."]
    NUMBER := digits [capital] {"." (digits | roman)} ["bis" | "ter" | "quater" | "quinquies"]

"7", "12bis", "29A.12", "5.I.1", "annex.II.3", "decision.1/CP.21.annex.appendix.I.3", "article.4.2", "u3" (a counted paragraph),
"t3" (a table); "~2" where a document repeats a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

LEVELS = {"decision": 0, "resolution": 0, "annex": 1, "enclosure": 1, "appendix": 2, "article": 3, "rule": 3}
"""How deep each part of a document may stand: an appendix belongs to an annex, that to a decision."""
SUFFIX = r"(?:bis|ter|quater|quinquies)"
_NUMBER = r"\d+[A-Z]?(?:\.(?:[IVXLC]+|\d+))*"
_ACT = r"(?:[-–]|\d+[A-Z]?|[IVXLC]+|[A-Z]{1,3}-\d+)(?:/(?:[A-Z]+\.\d+|\d+))?"
_PART = (
    rf"(?:(?:decision|resolution)\.{_ACT}\."
    rf"|(?:annex|enclosure|appendix)\.(?:(?:[IVXLC]+|[A-Z]|\d{{1,2}}|(?!(?:{'|'.join(LEVELS)})\.)[^\W\d_][^.~]*)\.)?"
    r"|(?:article|rule)\.\d{1,3}(?:\.\d{1,2}(?=\.\d))?\.)"
)
_LABEL = re.compile(rf"(?P<parts>{_PART}*)(?P<number>{_NUMBER})(?P<suffix>{SUFFIX})?(?:~(?P<nth>\d+))?")
_ONE_PART = re.compile(rf"(?={_PART})(?P<kind>[a-z]+)\.(?P<name>(?:(?!(?:{'|'.join(LEVELS)})\.)[^~])*)")
_COUNTED = re.compile(r"(?P<kind>[ut])(?P<number>\d+)(?:~\d+)?")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a document with numbers of its own: ("annex", "II"), ("decision", "1/CP.21"); `name` is empty where it has none."""

    kind: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class Label:
    """A label in its pieces. `counted` is "u" for a paragraph that was counted, "t" for a table, and empty for a printed number."""

    number: str
    suffix: str = ""
    parts: tuple[Part, ...] = ()
    nth: int = 1
    counted: str = ""


def prefix_of(parts: Iterable[Part]) -> str:
    """What parts put before a number: "annex.II."."""
    return "".join(f"{part.kind}.{part.name}." if part.name else f"{part.kind}." for part in parts)


def parse_label(label: str) -> Label | None:
    """The pieces of a label; None where it is none."""
    if counted := _COUNTED.fullmatch(label):
        return Label(counted["number"], counted=counted["kind"])
    if not (match := _LABEL.fullmatch(label)):
        return None
    parts = tuple(Part(part["kind"], part["name"].rstrip(".")) for part in _ONE_PART.finditer(match["parts"]))
    return Label(match["number"], match["suffix"] or "", parts, int(match["nth"] or 1))


def scope_of(label: str) -> str:
    """What a label says before the number: "annex.II." of "annex.II.3"; numbers of one scope count through."""
    match = _LABEL.fullmatch(label)
    return match["parts"] if match else ""
