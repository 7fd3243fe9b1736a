"""Markdown, as CommonMark with tables reads it: markup goes, text stays, and an item keeps the number that its reader sees."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from assistant.corpus.layout import Role
from assistant.corpus.readers.encodings import decode
from assistant.corpus.readers.html import html_blocks, iso_date
from assistant.corpus.readers.html_lists import RAISED
from assistant.corpus.source import Block, SourceText, assemble
from assistant.corpus.unicode import clean
from assistant.errors import UnreadableDocument

_DEEPEST = 60
"""Levels of lists and quotations; each takes several of Python's frames, and below them the parser drops text."""
_NOTE = re.compile(r"\[\^([^\]\s]+)\]:[ \t]*")
_LINE_END = re.compile(r"<br\s*/?>", re.IGNORECASE)
_FRONT = re.compile(r"---[ \t]*\n(?P<fields>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"(?P<key>[\w.-]+)[ \t]*:(?:[ \t]+(?P<value>.*))?")
_FIELD_GOES_ON = re.compile(r"\s+\S|-(?:\s|$)|#|\s*$")
_PROPERTIES = {"title": "title", "date": "date", "language": "language", "lang": "language", "symbol": "symbol", "author": "author"}


def read_markdown(raw: bytes, name: str) -> SourceText:
    """The text of a file; `name` is what messages call it. Properties (from its front matter): title, date, language, symbol, author.

    Raises:
        UnreadableDocument: it is not text in a known encoding, is another format, holds no text, or nests too deeply.
    """
    text, warnings = decode(raw, name)
    properties, body = _front_matter(re.sub(r"\r\n?", "\n", text))
    tokens = _parser().parse(body)
    if any(token.level + token.nesting >= _DEEPEST for token in tokens):
        raise UnreadableDocument(f"{name} has lists or quotations too deep in each other", "Make them shallower.")
    blocks = list(_blocks(tokens))
    if not blocks:
        raise UnreadableDocument(f"{name} holds no text", "Fill it or remove it.")
    return assemble(blocks, properties=properties, warnings=warnings)


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """The known fields before a text, and the text without them; lines that are no fields are text."""
    match = _FRONT.match(text)
    lines = match["fields"].splitlines() if match else []
    if not match or not any(map(_FIELD.fullmatch, lines)):
        return {}, text
    if not all(_FIELD.fullmatch(line) or _FIELD_GOES_ON.match(line) for line in lines):
        return {}, text
    found: dict[str, str] = {}
    for line in lines:
        if (field := _FIELD.fullmatch(line)) and (key := _PROPERTIES.get(field["key"].lower())):
            value = _scalar(field["value"] or "")
            value = (iso_date(value) or "") if key == "date" else value
            if value:
                found.setdefault(key, value)
    return found, text[match.end() :]


def _scalar(value: str) -> str:
    """A value without its quotation marks or its comment; nothing where it is a list or goes on below."""
    value = value.strip()
    if quoted := re.fullmatch(r"""(["'])(.*)\1(?:\s+#.*)?""", value):
        return quoted[2].strip()
    return "" if value[:1] in ("|", ">", "[", "{", "&", "*") else re.sub(r"\s+#.*", "", value)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable("table")
    parser.block.ruler.before("reference", "note", _note, {"alt": ["paragraph", "reference"]})
    return parser


def _note(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A rule of the parser: a line "[^1]: Text", with the lines that follow it or are indented below it, is a footnote."""
    if state.is_code_block(start):
        return False
    match = _NOTE.match(state.src, state.bMarks[start] + state.tShift[start], state.eMarks[start])
    if not match or silent:
        return bool(match)
    last = start + 1
    while last < end and not _NOTE.match(state.src, state.bMarks[last] + state.tShift[last], state.eMarks[last]):
        is_below = state.sCount[last] >= state.blkIndent
        follows_gap = state.isEmpty(last - 1)
        if not state.isEmpty(last) and not (is_below and (not follows_gap or state.is_code_block(last))):
            break
        last += 1
    state.line = last
    while state.isEmpty(last - 1):
        last -= 1
    for paragraph in re.split(r"\n[ \t]*\n\s*", state.getLines(start, last, state.blkIndent, False).strip()):
        opening = state.push("paragraph_open", "p", 1)
        opening.info = match[1]
        inline = state.push("inline", "", 0)
        inline.content, inline.children = _NOTE.sub("", paragraph, count=1), []
        inline.info = match[1] if _NOTE.match(paragraph) else ""
        state.push("paragraph_close", "p", -1)
    return True


@dataclass
class _Context:
    """Where in a document a token stands."""

    role: Role = "text"
    level: int = 0
    mark: str = ""
    """What is to be printed before the next text: the numbers of items that have begun without any."""


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    marks = _marks(tokens)
    notes = [token.info for token in tokens if token.type == "paragraph_open" and token.info]
    references = re.compile("|".join(re.escape(f"[^{label}]") for label in notes)) if notes else None
    here = _Context()
    outer: list[str] = []
    row: list[str] = []
    rows: list[str] = []
    for at, token in enumerate(tokens):
        if token.type == "list_item_open":
            outer.append(here.mark)
            here.mark += marks[at]
        elif token.type == "list_item_close":
            here.mark = outer.pop() if here.mark else ""  # an item without text prints nothing
        elif token.type == "heading_open":
            here.role, here.level = "heading", int(token.tag[1])
        elif token.type == "paragraph_open":
            here.role, here.level = ("note" if token.info else "text"), 0
        elif token.type == "table_open":
            here.role, rows = "table", []
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            rows += [" | ".join(row)] * any(row)
        elif token.type == "inline" and here.role == "table":
            row.append(" ".join(_inline(token, references).split()))
        else:
            yield from _text_blocks(token, here, rows, references)


def _text_blocks(token: Token, here: _Context, rows: list[str], references: re.Pattern[str] | None) -> Iterator[Block]:
    """The blocks that one token holds or ends, the first of them after the marks that wait for a text."""
    found: list[Block] = []
    if token.type == "inline":
        label = f"[{token.info}] " if token.info else ""
        found = [Block(label + _inline(token, references), here.role, here.level)]
    elif token.type in ("code_block", "fence"):
        found = [Block(clean(part)) for part in re.split(r"\n[ \t]*\n", token.content)]
    elif token.type == "html_block":
        found = html_blocks(token.content)
    elif token.type == "table_close":
        found, here.role = [Block("\n".join(rows), "table")], "text"
    for block in found:
        if block.text.strip():
            yield Block(here.mark + block.text.strip("\n"), block.role, block.level)
            here.mark = ""


def _marks(tokens: Sequence[Token]) -> dict[int, str]:
    """What is printed before each item, by the place of its token: "3.\\t", "•\\t".

    The numbers of a list are those in the file; if they are all the same, CommonMark counts from the first. A gap is kept: the
    file says "1. 3. 4." to its reader, though CommonMark would print "1. 2. 3.".
    """
    found: dict[int, str] = {}
    lists: list[list[int]] = []
    for at, token in enumerate(tokens):
        if token.type in ("ordered_list_open", "bullet_list_open"):
            lists.append([])
        elif token.type == "list_item_open":
            lists[-1].append(at)
        elif token.type == "bullet_list_close":
            found |= dict.fromkeys(lists.pop(), "•\t")
        elif token.type == "ordered_list_close":
            items = lists.pop()
            written = [tokens[item].info for item in items]
            if len(set(map(int, written))) == 1:
                written = [str(int(written[0]) + count) for count in range(len(items))]
            found |= {item: f"{number}{tokens[item].markup}\t" for item, number in zip(items, written, strict=True)}
    return found


def _inline(token: Token, references: re.Pattern[str] | None) -> str:
    """The text of a paragraph without its markup and without the marks of its footnotes; raised digits stay raised."""
    parts: list[str] = []
    is_raised = False
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type == "html_inline":
            parts += ["\n"] * bool(_LINE_END.fullmatch(child.content))
            is_raised = child.content.lower().startswith("<sup") or (is_raised and not child.content.lower().startswith("</sup"))
        elif child.type != "image":
            parts.append(child.content.translate(RAISED) if is_raised else child.content)
    text = clean("".join(parts))
    return references.sub("", text) if references else text
