"""The blocks of a page in document order: headings, paragraphs, items with their numbers, tables, footnotes, margins.

The tree is walked with a stack of its own, so that no page nests too deeply.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborNode

from assistant.corpus.layout import Role
from assistant.corpus.readers.html_lists import RAISED, Attributes, ListCounter, integer, with_mark
from assistant.corpus.readers.html_tables import NUMBER_CELL, Rows, table_kind
from assistant.corpus.source import Block
from assistant.corpus.unicode import clean

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form"
    " header hgroup hr html legend li listing main menu nav ol p plaintext pre search section summary table tbody td tfoot th thead"
    " tr ul xmp".split()
) | set(_HEADINGS)
_UNREAD = frozenset(
    "annotation annotation-xml audio button canvas datalist embed head iframe input meter noembed noframes noscript object optgroup option"
    " output progress rp rt script select style svg template textarea title video".split()
)
"""Elements that a page does not print as text, and form controls; of ruby only the base is read."""
_STRUCK = frozenset({"del", "s", "strike"})
_LISTS = frozenset({"ol", "ul", "menu", "dir"})
_VERBATIM = frozenset({"pre", "listing", "plaintext", "xmp"})
_MARGIN_ROLES = frozenset({"banner", "complementary", "contentinfo", "navigation", "search"})
_HIDDEN = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_DISPLAYED_APART = re.compile(r"(?:^|[;\s])display\s*:\s*(?:block|list-item|table|flex|grid)", re.IGNORECASE)
_SPACES = re.compile(" {2,}")
_AROUND_BREAK = re.compile(" ?\n ?")
_SPACE = re.compile("[ \t\n\r\f]+")
_APART = re.compile(r"\n[^\S\n]*\n\s*")

_NOTE = re.compile(r"(?<!no-)(?<!has-)(?<!with-)(?:foot|end)notes?(?!s?[-_]?(?:ref|link|anchor|back|mark|d\b))", re.IGNORECASE)
_NOTE_LINK = re.compile(r"#(?:.*[-_.:/])?(?:_?(?:fn|ftn|edn|en)|ntr|(?:foot|end|cite_)?notes?)(?!.*ref)[-_.:]?\w*$", re.IGNORECASE)
_NOTE_REFERENCE = re.compile(r"noteref|(?:foot|end)note[-_]?(?:ref|link|anchor|mark|call)", re.IGNORECASE)
_NOTE_MARK = re.compile(r"[\[(]?(?:\d{1,3}|[a-z]|[ivx]{1,5}|[*†‡§¶↩↑^]{1,3}\ufe0e?)[\])]?")
_NOTE_HOLDERS = frozenset("aside blockquote dd div dl dt footer li ol p section table tbody td tr ul".split())
_AFTER_END = tuple('.,;:!?”’"»…。')

_FEW = 60
"""How many nodes a note's mark may be made of."""


@dataclass(frozen=True, slots=True)
class _State:
    """What holds inside an element: the role of its text, the list it is an item of, the table it is a cell of."""

    tag: str = ""
    is_block: bool = False
    role: Role = "text"
    level: int = 0
    in_section: bool = False
    is_verbatim: bool = False
    is_raised: bool = False
    counter: ListCounter | None = None
    rows: Rows | None = None
    is_numbered: bool = False
    """In a table whose first column holds the numbers of its paragraphs."""
    mark: str = ""
    """Of an item: what was still to be printed before it began."""


class Walk:
    """Reads the blocks of a tree; `blocks` and `struck`, how often text was left out because it is struck out, are its result."""

    def __init__(self, root: LexborNode) -> None:
        self.blocks: list[Block] = []
        self.struck = 0
        self._parts: list[str] = []
        self._mark = ""
        self._states = [_State()]
        self._walk(root)

    def _walk(self, root: LexborNode) -> None:
        node: LexborNode | None = root
        while node is not None:
            child = node.first_child if self._enter(node) else None
            if child is not None:
                node = child
                continue
            while node is not None and node.next is None and node.mem_id != root.mem_id:
                node = node.parent
                self._leave()
            node = None if node is None or node.mem_id == root.mem_id else node.next
        self._flush(_State())

    def _enter(self, node: LexborNode) -> bool:
        """Takes a node in; says whether its children are to be read, and `_leave` be called after them."""
        state = self._states[-1]
        tag = node.tag or ""
        if node.is_text_node:
            self._add_text(node.text_content or "", state)
            return False
        if node.is_comment_node or tag in _UNREAD or not node.is_element_node:
            return False
        attributes: Attributes = node.attributes
        if (attributes or tag == "dialog") and _is_hidden(tag, attributes):
            return False
        if tag in _STRUCK:
            self.struck += 1
            return False
        if tag in ("br", "wbr"):
            self._parts += ["\n"] * (tag == "br")
            return False
        if tag in ("a", "sup", "span") and (attributes or tag == "sup") and self._is_note_mark(node, tag, attributes):
            return False
        inside = self._inside(node, tag, attributes, state)
        if inside.is_block:
            self._flush(state)
        if tag == "li":
            self._mark += (state.counter or ListCounter("disc", 1, 1)).take(attributes)
        if state.rows is not None:
            state.rows.open(tag)
        self._parts += ["“"] * (tag == "q")
        if node.first_child is None:
            return self._close(inside)
        self._states.append(inside)
        return True

    def _leave(self) -> None:
        self._close(self._states.pop())

    def _close(self, state: _State) -> bool:
        """Ends an element. Always False: nothing of it is left to read."""
        if state.is_block:
            self._flush(state)
        if state.tag == "q":
            self._parts.append("”")
        if state.tag == "li":
            self._mark = state.mark if self._mark else ""  # an item without text prints nothing
        if state.tag == "tr" and state.is_numbered and self._mark:
            self._emit("", state)
        if state.tag == "table" and state.rows is not None and (text := state.rows.text()):
            self._emit(text, replace(state, role="table" if state.role in ("text", "heading") else state.role))
        return False

    def _inside(self, node: LexborNode, tag: str, attributes: Attributes, state: _State) -> _State:
        """What holds inside an element that stands in `state`."""
        is_block = tag in _BLOCKS or bool(_DISPLAYED_APART.search(attributes.get("style") or ""))
        if not is_block:
            return replace(state, tag=tag, is_block=False, is_raised=state.is_raised or (tag == "sup" and _is_number(node)))
        role, level = _role(tag, attributes, state)
        rows, is_numbered = state.rows, state.is_numbered
        if tag == "table" and rows is None:
            kind = table_kind(node, attributes.get("role") in ("presentation", "none"))
            rows, is_numbered = Rows() if kind == "data" else None, kind == "numbered"
        return _State(
            tag,
            is_block,
            role,
            level,
            in_section=state.in_section or tag in ("article", "main", "section"),
            is_verbatim=state.is_verbatim or tag in _VERBATIM,
            counter=ListCounter.of(node, tag, attributes) if tag in _LISTS else state.counter,
            rows=rows,
            is_numbered=is_numbered,
            mark=self._mark if tag == "li" else "",
        )

    def _add_text(self, text: str, state: _State) -> None:
        text = text if state.is_verbatim else _SPACE.sub(" ", text)
        self._parts.append(text.translate(RAISED) if state.is_raised else text)

    def _flush(self, state: _State) -> None:
        """Ends the block that is being read, if it has text; an empty line in it parts two."""
        text = clean("".join(self._parts))
        self._parts.clear()
        if not state.is_verbatim:
            text = _AROUND_BREAK.sub("\n", _SPACES.sub(" ", text))
        for piece in _APART.split(text):
            if piece := piece.strip():
                self._emit(piece, state)

    def _emit(self, text: str, state: _State) -> None:
        if state.is_numbered and not self._mark and NUMBER_CELL.fullmatch(text):
            self._mark = f"{text}\t"
            return
        text, self._mark = with_mark(self._mark, text), ""
        if state.rows is not None and state.tag != "table":
            state.rows.add(text)
        else:
            self.blocks.append(Block(text.rstrip(), state.role, state.level))

    def _is_note_mark(self, node: LexborNode, tag: str, attributes: Attributes) -> bool:
        """Whether an element only refers to a footnote. A raised number after the end of a sentence does, linked or not."""
        names = _names(attributes)
        if tag == "span" and not _NOTE_REFERENCE.search(names) and not _NOTE.search(names):
            return False
        found = _small(node)
        if found is None:
            return False
        text, links, is_raised = found
        if tag == "sup":
            before = "".join(self._parts[-2:]).rstrip()
            return any(map(_NOTE_LINK.search, links)) or (text.isdecimal() and len(text) < 4 and before.endswith(_AFTER_END))
        if tag == "a" and not _NOTE_LINK.search(attributes.get("href") or "") and not _NOTE_REFERENCE.search(names):
            return False
        return bool(_NOTE_MARK.fullmatch(text)) or (tag == "a" and is_raised and len(text) < 8)


def _is_hidden(tag: str, attributes: Attributes) -> bool:
    is_closed = tag == "dialog" and "open" not in attributes
    is_styled = bool(_HIDDEN.search(attributes.get("style") or ""))
    return is_closed or is_styled or "hidden" in attributes or attributes.get("aria-hidden") == "true"


def _role(tag: str, attributes: Attributes, state: _State) -> tuple[Role, int]:
    """The role and level of a block element's text. What stands inside a note or a margin belongs to it."""
    if state.role in ("note", "margin"):
        return state.role, 0
    aria = (attributes.get("role") or "").lower()
    if tag in _NOTE_HOLDERS and _NOTE.search(_names(attributes)):
        return "note", 0
    if tag == "nav" or aria in _MARGIN_ROLES or (tag in ("header", "footer", "aside") and not state.in_section):
        return "margin", 0
    if tag in _HEADINGS or aria == "heading":
        return "heading", integer(attributes.get("aria-level")) or (int(tag[1]) if tag in _HEADINGS else 2)
    return state.role, state.level


def _names(attributes: Attributes) -> str:
    """All that an element is called."""
    return " ".join(attributes.get(key) or "" for key in ("class", "id", "role", "epub:type")) if attributes else ""


def _small(node: LexborNode) -> tuple[str, list[str], bool] | None:
    """The text of a small element, where its links lead, and whether any of it is raised; None where it is not small."""
    text, links, is_raised = "", [], False
    for count, inner in enumerate(node.traverse(include_text=True)):
        if count > _FEW:
            return None
        text += (inner.text_content or "") if inner.is_text_node else ""
        links += [inner.attributes.get("href") or ""] if inner.tag == "a" else []
        is_raised |= inner.tag == "sup"
    return text.strip(), links, is_raised


def _is_number(node: LexborNode) -> bool:
    found = _small(node)
    return found is not None and found[0].lstrip("+-−").isdecimal()
