"""What a table of a page is for: data, the layout of a page, or numbers set beside their paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from selectolax.lexbor import LexborNode

TableKind = Literal["data", "layout", "numbered"]

NUMBER_CELL = re.compile(r"\(?(?:\d{1,4}(?:\s?(?:bis|ter|quater|quinquies))?|[a-z]|[ivx]{1,5})[.)]")
"""A cell that holds nothing but the number of a paragraph or an item."""
_LONG = 200
"""Characters of a block that is prose rather than a value."""
_STRUCTURE = frozenset("h1 h2 h3 h4 h5 h6 ol ul dl blockquote form article section main nav header footer hr".split())
_BLOCKS = frozenset({"p", "div", "pre"})


@dataclass
class _Cell:
    blocks: int = 0
    length: int = 0
    start: str = ""


@dataclass
class _Shape:
    rows: list[list[_Cell]] = field(default_factory=list)
    is_headed: bool = False
    is_structured: bool = False


@dataclass
class Rows:
    """The rows of a data table as they are read: each a list of cells, each cell a list of texts."""

    rows: list[list[list[str]]] = field(default_factory=list)

    def open(self, tag: str) -> None:
        """Begins a row or a cell where `tag` does."""
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append([])

    def add(self, text: str) -> None:
        """Adds text to the cell that was opened last; text outside any cell (a caption) is a row of its own."""
        if self.rows and self.rows[-1]:
            self.rows[-1][-1].append(" ".join(text.split()))
        else:
            self.rows.append([[" ".join(text.split())]])

    def text(self) -> str:
        """A line a row, cells joined by " | "; rows without text are left out."""
        lines = (" | ".join(" ".join(cell) for cell in row) for row in self.rows if any(row))
        return "\n".join(lines)


def table_kind(table: LexborNode, is_presentation: bool) -> TableKind:
    """What `table` is for, by what its cells hold. Looks no further than the first table inside it. O(nodes).

    A table lays out a page if it says so, has one column, or holds tables, headings, lists or several paragraphs in a cell; a
    header row speaks for data.
    """
    shape = _shape(table)
    if shape is None or is_presentation:
        return "layout"
    full = [[cell for cell in row if cell.length] for row in shape.rows]
    if max(map(len, full), default=0) <= 1:
        return "layout"
    if shape.is_headed:
        return "data"
    cells = [cell for row in full for cell in row]
    rows = [row for row in full if row]
    if all(len(row) == 2 and NUMBER_CELL.fullmatch(row[0].start.strip()) for row in rows):
        return "numbered"
    is_prose = any(cell.blocks > 1 or (cell.blocks and (cell.length > _LONG or len(rows) == 1)) for cell in cells)
    return "layout" if shape.is_structured or is_prose else "data"


def _shape(table: LexborNode) -> _Shape | None:
    """The cells of a table; None where it holds another table."""
    shape = _Shape()
    nodes = table.traverse(include_text=True)
    next(nodes)  # the table itself
    for node in nodes:
        tag = node.tag or ""
        if tag == "table":
            return None
        if tag == "tr":
            shape.rows.append([])
        elif tag in ("td", "th") and shape.rows:
            shape.rows[-1].append(_Cell())
        shape.is_headed |= tag in ("th", "thead", "caption")
        shape.is_structured |= tag in _STRUCTURE
        if shape.rows and shape.rows[-1]:
            cell = shape.rows[-1][-1]
            cell.blocks += tag in _BLOCKS
            if node.is_text_node and (text := (node.text_content or "").strip()):
                cell.length += len(text)
                cell.start += text[:20] if len(cell.start) < 20 else ""
    return shape
