"""Honest sentences: what a passage says, as it is or in other words. None of them should be withheld.

Paraphrases by hand stand in paraphrases/PART.jsonl ({"document", "paragraph", "sentence"}, over documents written for the
project and CC0 speeches); the others are made of sentences by rules that keep what is said.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from verification.material import Part, Place, Text

_UNITS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen""".split()
_TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_SYNONYMS = {
    "in order to": "to", "as well as": "and", "regarding": "about", "prior to": "before", "approximately": "about", "due to": "because of",
    "such as": "like", "programme": "program", "in particular": "especially", "with regard to": "on", "a number of": "several",
    "in accordance with": "in line with", "in addition": "furthermore", "concerning": "on", "currently": "now", "assistance": "help",
    "commenced": "began", "obtain": "get", "purchase": "buy", "additional": "further", "numerous": "many", "throughout": "across",
    "subsequently": "later", "therefore": "thus", "requirements": "needs", "approximately ": "around ", "regards": "concerns",
}  # fmt: skip
_FRAMES = (
    "According to the text, {}", "The document says that {}", "It is stated that {}", "As the passage puts it, {}",
    "In the words of the document, {}",
    "The text notes that {}", "It is pointed out that {}",
)  # fmt: skip
_KEEPS_CAPITAL = re.compile(r"(?:I|[A-Z]{2,}\w*|[A-Z][a-z]+[A-Z]\w*)\b")
_COMMON_STARTS = re.compile(
    r"(?:The|This|These|That|Those|It|In|At|On|For|As|With|A|An|We|Our|There|They|Its|Their|From|By|To|After|Before|During|All|Some|Many|States|If|When)\b"
)


def by_hand(texts: list[Text], part: Part) -> Iterator[tuple[Place, str]]:
    """The paraphrases that were written by hand over documents of one part."""
    path = Path(__file__).parent / "paraphrases" / f"{part}.jsonl"
    known = {text.name: text for text in texts}
    labels = {"u": 0}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text = known[row["document"]]
        at = int(row["paragraph"].lstrip("u")) - 1
        labels["u"] += 1
        yield Place(text, at, row["sentence"]), row["sentence"]


def by_rule(place: Place, random: Random) -> str | None:
    """The sentence in other words by at least two rules, the first of them one that changes figures, dates or clauses."""
    text = place.sentence.rstrip(";.") + "."
    if re.search(r"[“”\"\[\]]", text):
        return None
    strong = [rule for rule in (_numbers, _dates, _per_cent, _ranges, _million, _without_brackets, _moved) if rule(text, random) != text]
    if not strong:
        return None
    text = random.choice(strong)(text, random)
    others = [rule for rule in (_synonyms, _framed, _numbers, _without_brackets) if rule(text, random) != text]
    return random.choice(others)(text, random) if others else None


def _words(number: int) -> str:
    if number < 20:
        return _UNITS[number]
    tens, unit = divmod(number, 10)
    return _TENS[tens] + (f"-{_UNITS[unit]}" if unit else "")


def _numbers(text: str, random: Random) -> str:
    """ "11" becomes "eleven", "eleven" becomes "11", "third" becomes "3rd"."""

    def spelt(match: re.Match[str]) -> str:
        return _words(int(match[0]))

    changed = re.sub(
        rf"(?<![\w.,/–$€-])(?<!paragraph )(?<!para\. )(?<![Aa]rticle )(?<![Ss]ection )\d{{1,2}}"
        rf"(?![\w/–-]|[.,]\d| (?:{_MONTH})| per cent|%|\)| (?:million|billion))",
        spelt,
        text,
    )
    if changed != text:
        return changed
    spelt_numbers = {_words(number): str(number) for number in range(2, 100)}
    changed = re.sub(
        r"(?<!-)\b(?:"
        + "|".join(sorted(spelt_numbers, key=len, reverse=True))
        + r")\b(?!-)(?! (?:third|quarter|half|hundred|thousand|tenth|fifth|and a half))",
        lambda match: spelt_numbers[match[0]],
        text,
    )
    if changed != text:
        return changed
    return re.sub(
        r"(?<!-)\b(?:third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth)\b(?= (?:session|meeting|report|year|annual))",
        lambda m: f"{_ORDINALS.index(m[0])}{'rd' if m[0] == 'third' else 'th'}",
        text,
    )


def _dates(text: str, random: Random) -> str:
    return re.sub(
        rf"(?<![–\d] )(?<!to )(?<!and )\b(\d{{1,2}}) ({_MONTH}) (\d{{4}})\b",
        random.choice([r"\2 \1, \3", r"the \1th of \2 \3"])
        if not re.search(r"\b(?:1|2|3|21|22|23|31) (?:" + _MONTH + ")", text)
        else r"\2 \1, \3",
        text,
    )


def _per_cent(text: str, random: Random) -> str:
    return re.sub(r"(?<=\d) per cent\b", "%", text)


def _ranges(text: str, random: Random) -> str:
    changed = re.sub(r"\b(\d+)–(\d+)(?= [a-z])", r"\1 to \2", text)
    return changed if changed != text else re.sub(r"\bfrom ((?:19|20)\d\d) to ((?:19|20)\d\d)\b", r"between \1 and \2", text)


def _million(text: str, random: Random) -> str:
    """ "$1,237,887,300" becomes "about $1.2 billion"."""

    def rounded(match: re.Match[str]) -> str:
        value = int(match[1].replace(",", ""))
        return (
            f"about ${value / 1e9:.1f} billion" if value >= 10**9 else f"about ${value / 1e6:.1f} million" if value >= 10**6 else match[0]
        )

    return re.sub(r"\$(\d{1,3}(?:,\d{3}){2,3})\b", rounded, text)


def _without_brackets(text: str, random: Random) -> str:
    return re.sub(r"\s\([^()]{3,80}\)", "", text)


def _moved(text: str, random: Random) -> str:
    """A clause of time or place at the beginning goes to the end."""
    match = re.fullmatch(r"((?:In|At|On|During|By|Since|As at|For) [^,.;]{4,60}), ([a-z].{25,}|[A-Z].{25,})\.", text)
    if not match or "," in match[2][-40:] or match[2].count(",") > 1:
        return text
    return f"{match[2][0].upper()}{match[2][1:]} {match[1][0].lower()}{match[1][1:]}."


def _synonyms(text: str, random: Random) -> str:
    for phrase, other in _SYNONYMS.items():
        text = re.sub(rf"\b{re.escape(phrase.strip())}\b", other.strip(), text)
    return text


def _framed(text: str, random: Random) -> str:
    if _KEEPS_CAPITAL.match(text) or not _COMMON_STARTS.match(text):
        return text
    lower = text[0].lower() + text[1:]
    if re.match(r"[A-Z][a-z]+s\b (?:the|that|to|with|its|also)", text):
        return text  # "Requests the secretariat": it has no subject
    return random.choice(_FRAMES).format(lower)


RULES: dict[str, Callable[[str, Random], str]] = {
    "numbers": _numbers,
    "dates": _dates,
    "per cent": _per_cent,
    "ranges": _ranges,
    "rounded": _million,
}
