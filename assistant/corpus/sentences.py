"""The one sentence splitter: quoting, verification and evaluation all stand on its spans.

A rule-based splitter for the register of United Nations documents. It knows the abbreviations of that register
("para. 7", "No. 5", "U.S."), keeps a closing quotation mark or bracket with its sentence, and parts the clauses of a
resolution where a semicolon ends one and the next begins with a list mark or a capital.
"""

from __future__ import annotations

import re

_CLOSERS = "\"'”’»)\\]"
_OPENERS = "\"'“‘«(\\["
_BOUNDARY = re.compile(
    rf"(?P<mark>[.!?…]+|[。！？؟۔]|;)(?P<closers>[{_CLOSERS}]*)(?P<space>\s+|(?<=[。！？])(?=\S))(?P<openers>[{_OPENERS}]*)(?P<next>\S)"
)

_NEVER_LAST = frozenset(
    # Words that always lead on to what they abbreviate: a number, a name, a title.
    "para paras no nos art arts sect sects chap chaps vol vols fig figs app doc docs res rev corr add cf ibid vs v p pp "
    "mr mrs ms mx dr prof gen col amb hon sen rep gov lt capt messrs mme mlle h.e st e.g i.e viz approx ca".split()
)
_SELDOM_LAST = frozenset(
    "etc al inc ltd co corp jr sr esq a.m p.m u.s u.n u.k e.u u.s.a jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
_STARTERS = frozenset(
    "the a an this that these those it its we i he she they you my our his her their there here in on at for as if when "
    "while but and so to by with from after before however moreover furthermore therefore thus such no not all some many "
    "most each let what who why how where nonetheless firstly secondly first second third finally lastly".split()
)
_LIST_NUMBER = re.compile(r"(?:^|.*[;:]\s+)[(\[]?(?:\d{1,3}|[ivxlc]{1,6}|[a-z])$", re.IGNORECASE | re.DOTALL)
_LIST_MARK = re.compile(r"\(?(?:\d{1,3}|[ivxlc]{1,6}|[a-z])[).]\s|(?:and|or)\s+\((?:\d{1,3}|[ivxlc]{1,6}|[a-z])\)\s", re.IGNORECASE)
_CLAUSE = re.compile(r"(?:\(?\w{1,4}[).]\s+)?(?:Also|Further|[A-Z][a-z]+(?:s|ing))\b")
_WORD_BEFORE = re.compile(r"[\w.'’-]*$")


def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Half-open offsets of the sentences of `text`, in order, without the white space between them.

    Nothing is lost: every character outside the spans is white space, and every span begins and ends with a character
    that is not. An empty or blank text has no sentence.
    """
    spans: list[tuple[int, int]] = []
    start = len(text) - len(text.lstrip())
    for match in _BOUNDARY.finditer(text):
        end = match.end("closers")
        if end > start and _ends_sentence(text, start, match):
            spans.append((start, end))
            start = match.end("space")
    end = len(text.rstrip())
    if start < end:
        spans.append((start, end))
    return tuple(spans)


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of `text`, verbatim."""
    return tuple(text[start:end] for start, end in sentence_spans(text))


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    mark, following = match["mark"], match["next"]
    after = text[match.start("openers") :]
    if mark == ";":
        # A resolution's clauses: "…; (b) …", "…; and (b) …", "…; Decides …". A semicolon in prose goes on in lower case.
        return bool(_LIST_MARK.match(after)) or bool(_CLAUSE.match(after) and _CLAUSE.match(text[start:]))
    if following.islower() and not (after.startswith("(") and _LIST_MARK.match(after)):
        return False  # "e.g. that", "Yahoo! said", "'Is it?' he asked"
    if mark != ".":
        return True
    before = _WORD_BEFORE.search(text, start, match.start("mark"))
    word = before[0] if before else ""
    return not _abbreviates(word, text[start : match.start("mark")], after)


def _abbreviates(word: str, sentence: str, after: str) -> bool:
    """Whether the full stop after `word`, the last of `sentence` so far, belongs to an abbreviation or a list number."""
    folded = word.casefold().strip("'’-")
    if folded in _NEVER_LAST:
        return folded != "no" or after[:1].isdigit()  # "No. 5" is a number, "He said no. Then" is not
    if _LIST_NUMBER.match(sentence) and sentence.strip("([ ") == word.strip("(["):
        return True  # "10. Decides": the number opens the sentence
    is_initial = len(word) == 1 and word.isalpha() and word.isupper() and word != "I"
    if folded in _SELDOM_LAST or is_initial or re.fullmatch(r"(?:\w\.)+\w", word):
        next_word = re.match(r"\W*(\w+)", after)
        return not (next_word and next_word[1].casefold() in _STARTERS)
    return False
