"""References in prose: code writes paragraph numbers and symbols, and a sentence may name only those that its passage names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answer.verify.quotations import fold
from assistant.corpus.symbols import find, lookalikes
from assistant.schema import Passage

_PARAGRAPH = re.compile(
    r"(?:\b(?:paras?\b\.?|(?:sub)?paragraphs?)|¶+)\s*(?:numbers?\s+|nos?\.\s*)?\(?(?P<number>\d+[A-Z]?(?:\.\w+|\s?(?:bis|ter)\b)*)"
    r"(?:\s?(?:-|–|to|and|,)\s?\d+)*"
    r"|\b(?:article|annex|resolution|decision|section|chapter|table|footnote|recommendation)s?\s+"
    r"(?P<other>\d+[A-Z]?(?:[./]\w+)*|(?-i:[IVXL]{1,6}|[A-Z])\b)",
    re.IGNORECASE,
)
_WORDED = re.compile(r"\b(?:the\s+)?(?:\w+(?:th|st|nd|rd)|first|second|third)\s+(?:operative\s+|preambular\s+)?paragraph\b", re.IGNORECASE)


def invented_reference(text: str, passages: Sequence[Passage]) -> str | None:
    """The first reference that `text` writes and no passage (nor its document's own symbol or title) holds; None where there is none."""
    held = [fold(passage.paragraph.text).casefold() for passage in passages]
    own = [fold(f"{passage.document.symbol or ''} {passage.document.title}").casefold() for passage in passages]
    spans = [*((start, end) for _, start, end in find(text)), *lookalikes(text)]
    for start, end in spans:
        if not _stands(text[start:end], [*held, *own]):
            return text[start:end]
    for match in _PARAGRAPH.finditer(text):
        inside_symbol = any(start <= match.start() < end for start, end in spans)
        if not inside_symbol and not _stands(match[0], [*held, *own]) and not _numbered(match, held + own):
            return match[0]
    for match in _WORDED.finditer(text):
        if not _stands(match[0], held):
            return match[0]
    return None


def _stands(found: str, texts: Sequence[str]) -> bool:
    wanted = re.escape(fold(found).casefold())
    return any(re.search(rf"(?<![\w/]){wanted}(?![\w/]|\.\w)", text) for text in texts)


def _numbered(match: re.Match[str], texts: Sequence[str]) -> bool:
    """Whether a passage names the same thing in another form: "paragraph 9" for "para. 9", "article 5" in "articles 5 and 6"."""
    if match["number"]:
        return any(
            re.search(rf"(?:paras?\b\.?|paragraphs?|¶+)[^.;]{{0,40}}?(?<![\w.]){re.escape(match['number'].casefold())}(?!\w|\.\d)", text)
            for text in texts
        )
    word = re.match(r"[a-z]+?(?=s?\s)", match[0].casefold())
    return bool(word) and any(
        re.search(rf"\b{word[0] if word else ''}s?\b[^.;]{{0,40}}?(?<![\w.]){re.escape(match['other'].casefold())}(?!\w)", text)
        for text in texts
    )
