"""The one sentence splitter: quoting, verification and evaluation all stand on its spans.

A rule-based splitter for the register of United Nations documents. It knows the abbreviations of that register
("para. 7", "No. 5", "U.S."), keeps a closing quotation mark or bracket with its sentence, and parts the clauses of a
resolution where a semicolon ends one and the next begins with a list mark or a capital.

Every decision looks at most two words ahead and never behind the beginning of the sentence: the sentences of a text that
arrives in pieces are those of the whole, and a sentence split again is itself. Time is linear in the text.
"""

from __future__ import annotations

import re

_CLOSERS = "\"'”’»)\\]」』）》】"
_OPENERS = "\"'“‘«(\\[「『（《【"
_BOUNDARY = re.compile(
    rf"(?:(?P<full>(?<![。！？])[。！？]++)|(?P<mark>(?<![.!?…])[.!?…]++|[؟۔]|;))"
    rf"(?P<closers>(?:[{_CLOSERS}]|[ \u00a0\u202f]»)*+)(?P<space>(?(full)\s*+|\s++))"
    rf"(?P<openers>(?:«[ \u00a0\u202f]|[{_OPENERS}])*)(?P<next>[^\s。！？]++)"
)
_WORD_BEFORE = re.compile(r"[\w.'’-]*$")
_LONGEST_WORD = 40

_ALWAYS_LEADS = frozenset("mr mrs ms mx dr messrs mme mlle h.e e.g i.e viz cf ibid vs approx ca v".split())
_LEADS_TO_NAME = frozenset("prof gen col amb hon sen rep gov lt capt st".split())
_LEADS_TO_NUMBER = frozenset(
    "para paras no nos art arts sect sects chap chaps vol vols fig figs app doc docs res rev corr add p pp".split()
)
_SELDOM_LAST = frozenset(
    "etc al inc ltd co corp jr sr esq a.m p.m u.s u.n u.k e.u u.s.a jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
_STARTER = re.compile(
    rf"[{_OPENERS}]*(?:the|a|an|this|that|these|those|its?|we|i|he|she|they|you|my|our|his|her|their|there|here|in|on|at|for|as|if"
    r"|when|while|but|and|so|to|by|with|from|after|before|however|moreover|furthermore|therefore|thus|such|no|not|all|some|many|most"
    r"|each|let|what|who|why|how|where|nonetheless|firstly|secondly|first|second|third|finally|lastly|although|because|both|despite"
    r"|during|even|every|instead|once|several|since|then|though|today|until|whereas|yet|also)(?![\w/])",
    re.IGNORECASE,
)
_ITEM = r"(?:\d{1,3}|[ivxlc]{1,6}|[a-z])"
_NUMERAL = re.compile(r"[(\[]?(?:[IVXLC]+|[A-Z])\b|\S*[/\d]|[(\[][a-z]{1,3}[)\]]")
_LIST_MARK = re.compile(rf"\(?{_ITEM}[).]\s|(?:and|or)\s+\({_ITEM}\)\s", re.IGNORECASE)
_LIST_NUMBER = re.compile(rf"{_ITEM}\)?", re.IGNORECASE)
_CLAUSE = re.compile(r"(?:\(?\w{1,4}[).]\s+)?(?:Also|Further|[A-Z][a-z]{1,30}(?:s|ing|ly))\b")
_ACRONYM = re.compile(r"(?:[^\W\d_]\.-?)+[^\W\d_]")


def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Half-open offsets of the sentences of `text`, in order, without the white space between them.

    Nothing is lost: every character outside the spans is white space, and every span begins and ends with a character
    that is not. An empty or blank text has no sentence.
    """
    spans: list[tuple[int, int]] = []
    start = len(text) - len(text.lstrip())
    at = start
    while match := _BOUNDARY.search(text, at):
        at = match.end("space")
        if _ends_sentence(text, start, match):
            spans.append((start, match.end("closers")))
            start = at
    end = len(text.rstrip())
    if start < end:
        spans.append((start, end))
    return tuple(spans)


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of `text`, verbatim."""
    return tuple(text[start:end] for start, end in sentence_spans(text))


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    mark, end, opens, following = match["mark"], match.start(), match.start("openers"), match["next"]
    if match["full"]:
        return True
    if mark == ";":
        # A resolution's clauses: "…; (b) …", "…; and (b) …", "…; Decides …". A semicolon in prose goes on in lower case.
        return bool(_LIST_MARK.match(text, opens)) or bool(_CLAUSE.match(text, opens) and _CLAUSE.match(text, start))
    if following[0].islower() and not (text[opens] == "(" and _LIST_MARK.match(text, opens)):
        return False  # "e.g. that", "Yahoo! said", "'Is it?' he asked"
    if mark[0] in ".…" and (end == start or text[end - 1] in " \u00a0([（"):
        return False  # "the States … Parties", "[…]", ". . .": something is left out
    return mark != "." or not _abbreviates(text, start, end, match["openers"] + following)


def _abbreviates(text: str, start: int, end: int, after: str) -> bool:
    """Whether the full stop at `end` belongs to an abbreviation or a list number; `after` is the word that follows it."""
    found = _WORD_BEFORE.search(text, max(start, end - _LONGEST_WORD), end)
    word = (found[0] if found else "").strip("'’-")
    folded = word.casefold()
    is_capital = word[:1].isupper()
    if _LIST_NUMBER.fullmatch(word) and _begins_item(text, start, end - len(word)):
        return True  # "10. Decides", "as follows: 1. Opening"
    if (len(word) == 1 and is_capital and word != "I") or folded in _SELDOM_LAST or _ACRONYM.fullmatch(word):
        return folded in _ALWAYS_LEADS or not _STARTER.match(after)  # "J. Smith", "U.S. Government"; "in the U.S. The"
    if folded in _LEADS_TO_NUMBER:  # "No. 5", "Vol. I"; "He said no. Then", "state of the art. I think"
        return after[0].isdigit() if folded == "no" else bool(_NUMERAL.match(after)) and (is_capital or after not in ("A", "I"))
    return folded in _ALWAYS_LEADS or (is_capital and folded in _LEADS_TO_NAME)


def _begins_item(text: str, start: int, at: int) -> bool:
    """Whether what stands at `at` opens the sentence that begins at `start`, or follows a colon or a semicolon in it."""
    before = text[max(start, at - 3) : at].rstrip("([ ")
    return not before or before[-1] in ":;"
