"""HTML, as a browser parses it: its text in document order, with the numbers that a browser prints before the items of lists."""

from __future__ import annotations

import datetime as dt
import re

from selectolax.lexbor import LexborHTMLParser

from assistant.corpus.readers.encodings import decode
from assistant.corpus.readers.html_blocks import Walk
from assistant.corpus.source import Block, SourceText, assemble
from assistant.errors import UnreadableDocument

_DECLARED = re.compile(
    rb"""<meta\s[^>]*?charset\s*=\s*["']?\s*([\w.:-]+)|\A\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)""", re.IGNORECASE
)
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_DECLARATION_BYTES = 4096
"""Where the encoding is looked for: browsers stop at 1024 bytes, some pages begin with more of comments."""
_DATES = frozenset("date dc.date dcterms.date dc.date.issued dcterms.issued dc.date.created dcterms.created".split())
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")

_CONTAINER = re.compile(
    r"<(/?)(address|article|aside|blockquote|center|details|div|dl|fieldset|figure|footer|form|header|main|menu|nav|ol|section|ul)\b",
    re.IGNORECASE,
)
_DEEPEST = 512
"""Containers within containers, as in Chromium; the parser takes time in the square of the depth."""


def read_html(raw: bytes, name: str) -> SourceText:
    """The text of a page; `name` is what messages call it. Properties: title, language, date, author.

    Raises:
        UnreadableDocument: it is not text in a known encoding, is another format, or holds no text.
    """
    text, warnings = decode(raw, name, _declared_encoding(raw))
    parser = LexborHTMLParser(_shallow(text))
    walk = _walk(parser)
    if not walk.blocks:
        raise UnreadableDocument(f"{name} holds no text", "If a program in the page makes its text, save the page from a browser.")
    if walk.struck:
        warnings = (*warnings, f"struck-out text was left out, in {walk.struck} place{'s' if walk.struck > 1 else ''}")
    return assemble(walk.blocks, properties=_properties(parser), warnings=warnings)


def html_blocks(text: str) -> list[Block]:
    """The blocks of a piece of HTML that stands in a text of another format."""
    return _walk(LexborHTMLParser(_shallow(text))).blocks


def _walk(parser: LexborHTMLParser) -> Walk:
    root = parser.root
    assert root is not None  # the parser makes an `html` element of anything
    return Walk(root)


def _declared_encoding(raw: bytes) -> str | None:
    match = _DECLARED.search(_COMMENT.sub(b"", raw[:_DECLARATION_BYTES]))
    return (match[1] or match[2]).decode("ascii", "ignore") if match else None


def _shallow(text: str) -> str:
    """`text` with paragraphs for those containers that stand deeper in others than `_DEEPEST`. O(characters)."""
    depth = 0

    def level(match: re.Match[str]) -> str:
        nonlocal depth
        deeper = depth >= _DEEPEST if not match[1] else depth > _DEEPEST
        depth = max(0, depth - 1) if match[1] else depth + 1
        return f"<{match[1]}p" if deeper else match[0]

    return _CONTAINER.sub(level, text) if len(_CONTAINER.findall(text)) > _DEEPEST else text


def _properties(parser: LexborHTMLParser) -> dict[str, str]:
    """What the page says of itself; a date only in the form of ISO 8601, from an element that names the document's date."""
    found: dict[str, str] = {}
    title = parser.css_first("head title")
    if title is not None and (text := " ".join(title.text(deep=True).split())):
        found["title"] = text
    html = parser.css_first("html")
    language = (html.attributes.get("lang") or html.attributes.get("xml:lang") or "").strip() if html is not None else ""
    if _LANGUAGE.fullmatch(language):
        found["language"] = language
    for meta in parser.css("meta[name][content]"):
        name, content = (meta.attributes.get("name") or "").strip().lower(), (meta.attributes.get("content") or "").strip()
        if name in _DATES and (date := iso_date(content)):
            found.setdefault("date", date)
        if name == "author" and content:
            found.setdefault("author", " ".join(content.split()))
    return found


def iso_date(text: str) -> str | None:
    """The calendar date that `text` begins with, as YYYY-MM-DD; None where that is no date, or something else follows."""
    match = re.match(r"(\d{4}-\d{2}-\d{2})(?:$|[T\s])", text)
    try:
        return dt.date.fromisoformat(match[1]).isoformat() if match else None
    except ValueError:
        return None
