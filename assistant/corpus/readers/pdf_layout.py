"""What the lines of a PDF are: running text, headings, tables, footnotes, or what every page repeats.

Nothing is known here but geometry: a PDF says where words stand, not what they are. Sizes are compared with those of the
document's own text, places with the same places on other pages.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.corpus.layout import Role, is_closed, is_mark
from assistant.corpus.readers.pdf_page import Page, Segment

_NUMBER = re.compile(r"\d{1,6}")
_JOB_NUMBER = re.compile(r"(?:GE\.)?\d{2}-\d{5}\b.*|\*\d{5,}\*")
"""What United Nations documents print at the foot of their first page: the number of the job, and its bar code."""
_PART = re.compile(r"(?:article|rule|regulation|principle|annex|appendix|chapter|section|part|decision|resolution|table|figure|item)s?\s#")
_LEADER = re.compile(r"(?:\.\s?){6,}")
_FIGURES = re.compile(r"\S.{0,60}(?:\s[(+–—-]?\d[\d.,%)]*){2,}")
"""A row of a table that was read as one segment: words, and two figures or more."""
_NOTE_RULE = re.compile(r"[_—–-]{5,}")
_NOTE_START = re.compile(r"(?:\d{1,3}|[a-z]|\*{1,3}|[†‡])\s*(?=\S)")
_MASTHEAD = re.compile(r"(?:Distr\.|Distribution|Original:|(?:United Nations|Nations Unies|Naciones Unidas)$)", re.IGNORECASE)

_SAME_LINE, _SAME_PLACE = 2.0, 6.0
"""Points: baselines this near make one row; lines this near to each other's height stand in one place of their pages."""
_EDGE = 0.16
"""Share of a page's height, at its head and at its foot, where running headers and footers stand."""
_NEXT = 2.2
"""In sizes of the type: the lines of a running header stand no further apart; a table's heading that each page repeats does."""
_SMALLER = 0.89
"""Type this much smaller than the text's is a note or a table. United Nations documents set 10 point text and 8.5 point tables."""


@dataclass(frozen=True, slots=True)
class Type:
    """How a document sets its text: size in points, distance of baselines, and where its lines begin and end."""

    size: float
    leading: float
    left: float
    right: float

    @property
    def width(self) -> float:
        """The width of a full line."""
        return max(self.right - self.left, 1.0)

    def is_left(self, x: float) -> bool:
        """Whether lines of text begin there, so that one that does is no cell of a table for it."""
        return abs(x - self.left) < 0.6 * self.size

    def is_full(self, segment: Segment) -> bool:
        """Whether a segment runs on as text does: a good part of a line, in the size of the text or above."""
        return segment.x1 - segment.x0 > 0.55 * self.width and segment.size >= _SMALLER * self.size


def type_of(pages: Sequence[Page]) -> Type:
    """The type of most of the document's long lines."""
    long = [segment for page in pages for segment in page.segments if len(segment.text) >= 45]
    long = long or [segment for page in pages for segment in page.segments]
    if not long:
        return Type(10, 12, 0, 0)
    sizes: Counter[float] = Counter()
    for segment in long:
        sizes[round(segment.size * 2) / 2] += len(segment.text)
    size = sizes.most_common(1)[0][0]
    own = [segment for segment in long if abs(segment.size - size) <= 0.5]
    steps = Counter(
        round(before.y - after.y, 1)
        for before, after in pairwise(own)
        if before.page == after.page and 0 < before.y - after.y < 3 * size and after.text[0].islower()  # the sentence goes on
    )
    lefts = sorted(segment.x0 for segment in own)
    rights = sorted(segment.x1 for segment in own)
    return Type(size, steps.most_common(1)[0][0] if steps else 1.2 * size, lefts[len(lefts) // 10], rights[len(rights) * 9 // 10])


def margins_of(pages: Sequence[Page]) -> set[int]:
    """The `id` of every segment that pages repeat at their edges: running headers and footers, page numbers.

    Taken from the edges inwards: a line counts if it stands, but for the page's number, at this height on a fifth of the pages,
    or at a height where nearly all that stands on any page is such a line (a header that names the chapter); the first line that
    does not ends the margin.
    """
    edges = [_edges(page) for page in pages]
    at_edges = [segment for sides in edges for rows in sides for row in rows for segment in row]
    seen: dict[tuple[object, ...], list[tuple[int, float]]] = defaultdict(list)
    for segment in at_edges:
        for key in _keys(segment):
            seen[key].append((segment.page, segment.y))
    enough = max(2, 0.2 * len(pages))

    def repeats(segment: Segment) -> bool:
        places = (seen[key] for key in _keys(segment))
        return any(len({page for page, y in same if abs(y - segment.y) <= _SAME_PLACE}) >= enough for same in places)

    taken: Counter[int] = Counter()
    shared: Counter[int] = Counter()
    for segment in at_edges:
        taken[round(segment.y)] += 1
        shared[round(segment.y)] += repeats(segment)
    common = {y for y, count in taken.items() if count >= max(3, 0.4 * len(pages)) and shared[y] >= 0.8 * count}

    def is_margin(segment: Segment) -> bool:
        if _JOB_NUMBER.fullmatch(segment.text) or repeats(segment):
            return True
        return segment.page > 1 and bool(common & {round(segment.y) + step for step in (-1, 0, 1)})

    found: set[int] = set()
    for sides in edges:
        for rows in sides:
            before: Segment | None = None
            for row in rows:
                is_far = before is not None and abs(before.y - row[0].y) > _NEXT * before.size
                if is_far or not any(is_margin(segment) for segment in row):
                    break
                found |= {id(segment) for segment in row}
                before = row[0]
    return found


def _keys(segment: Segment) -> Iterator[tuple[object, ...]]:
    """What a running line has in common with itself on other pages: its words, or its words and how far one of its numbers
    is from the page's ("3/18" on page 3, "Page 4 of 18" on page 4)."""
    text = segment.text.casefold()
    numbers = _NUMBER.findall(text)
    if not numbers or not text.isdigit():
        yield (text,)
    masked = _NUMBER.sub("#", text)
    if _PART.match(masked):
        return  # "Article 1" heads the first page and "Article 2" the second: these count no pages
    for nth, number in enumerate(numbers[:4]):
        yield masked, nth, int(number) - segment.page


def _edges(page: Page) -> tuple[list[list[Segment]], list[list[Segment]]]:
    """The rows at a page's head from the top down, and at its foot from the bottom up."""
    rows = rows_of(page.segments)
    head = [row for row in rows if row[0].y > (1 - _EDGE) * page.height]
    foot = [row for row in rows if row[0].y < _EDGE * page.height]
    return head, foot[::-1]


def rows_of(segments: Iterable[Segment]) -> list[list[Segment]]:
    """Segments by baseline, from the top down; in a row from left to right."""
    rows: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda item: (-item.y, item.x0)):
        if rows and abs(rows[-1][0].y - segment.y) <= _SAME_LINE:
            rows[-1].append(segment)
        else:
            rows.append([segment])
    return [sorted(row, key=lambda item: item.x0) for row in rows]


def roles_of(page: Page, margins: set[int], kind: Type, gutter: float | None = None) -> dict[int, Role]:
    """What each segment of a page is, by `id`; headings are left as "text": a block tells whether it is one."""
    roles: dict[int, Role] = {id(segment): "margin" for segment in page.segments if id(segment) in margins}
    body = [segment for segment in page.segments if id(segment) not in roles]
    roles |= _notes(page, body, kind)
    body = [segment for segment in body if id(segment) not in roles]
    for column in [body] if gutter is None else _columns(body, gutter):
        roles |= _tables(page, column, kind)
    return {id(segment): roles.get(id(segment), "text") for segment in page.segments}


def _columns(body: Sequence[Segment], gutter: float) -> tuple[list[Segment], list[Segment]]:
    """What stands in the left column or across both, and what stands in the right."""
    return [segment for segment in body if segment.x0 < gutter], [segment for segment in body if segment.x0 >= gutter]


def _notes(page: Page, body: Sequence[Segment], kind: Type) -> dict[int, Role]:
    """Footnotes: what stands under a rule at the foot of a page, and small text that begins with a raised mark."""
    found: dict[int, Role] = {}
    under = [segment for segment in body if _NOTE_RULE.fullmatch(segment.text) and segment.x1 - segment.x0 < 0.5 * kind.width]
    limit = max((segment.y for segment in under if segment.y < 0.8 * page.height), default=0.0)
    for left, right, y in page.rules:
        below = [segment for segment in body if segment.y < y]
        if 40 < right - left < 0.5 * kind.width and below and all(segment.size <= _SMALLER * kind.size for segment in below):
            limit = max(limit, y)
    for segment in body:
        if segment.y <= limit:
            found[id(segment)] = "margin" if segment in under else "note"
    before: Segment | None = None
    for segment in body:
        if id(segment) in found:
            continue
        goes_on = before is not None and 0 < before.y - segment.y < 1.5 * kind.leading and abs(before.size - segment.size) < 0.3
        if segment.size <= _SMALLER * kind.size and (segment.mark or (goes_on and segment.x0 >= (before.x0 if before else 0) - 10)):
            found[id(segment)] = "note"
            before = segment
        else:
            before = None
    return found


def _tables(page: Page, body: Sequence[Segment], kind: Type) -> dict[int, Role]:
    """Tables: rows of several segments, what stands in their columns between them, and smaller type than the text's."""
    rows = rows_of(body)
    found: dict[int, Role] = {}
    columns: list[float] = []
    above: Sequence[Segment] = ()
    for row in rows:
        near = bool(above) and above[0].y - row[0].y < 3 * kind.leading
        is_small = all(segment.size <= _SMALLER * kind.size for segment in row)
        if len(row) > 1 or is_small or (near and _goes_on(row, above, columns, kind)) or _is_contents(row):
            columns = columns if near else []
            columns += [segment.x0 for segment in row] if len(row) > 1 else []
            found |= dict.fromkeys(map(id, row), "table")
            above = row
    found |= _within(rows, found, kind)
    if page.number == 1:
        found = _without_masthead(rows, found, page.height)
    return found


def _goes_on(row: Sequence[Segment], above: Sequence[Segment], columns: Sequence[float], kind: Type) -> bool:
    """Whether one segment goes on with the table above it: in one of its columns, or figures whose cells stand close together."""
    here = row[0]
    if kind.is_full(here):
        return False
    in_column = any(abs(here.x0 - x) < 4 for x in columns if not kind.is_left(x))
    is_next = abs(here.x0 - above[0].x0) < 2 and above[0].y - here.y < 1.8 * max(kind.leading, above[0].size)
    return in_column or (is_next and bool(_FIGURES.fullmatch(here.text)))


def _is_contents(row: Sequence[Segment]) -> bool:
    """Whether a row is of a table of contents: dots lead from its words to a page number."""
    return any(_LEADER.search(segment.text) for segment in row)


def _within(rows: Sequence[Sequence[Segment]], found: Mapping[int, Role], kind: Type) -> dict[int, Role]:
    """Single lines that belong to rows of a table: between two of them, or the open beginning of a cell that ends in the next row."""
    inside: dict[int, Role] = {}
    for at in range(len(rows) - 2, -1, -1):
        row, below = rows[at], rows[at + 1]
        is_row = id(below[0]) in found or id(below[0]) in inside
        if id(row[0]) in found or not is_row or row[0].y - below[0].y > 1.3 * kind.leading:
            continue
        after_row = at > 0 and id(rows[at - 1][0]) in found and rows[at - 1][0].y - row[0].y < 3 * kind.leading
        is_open = not is_closed(row[0].text) and not is_mark(row[0].text) and (after_row or len(below) > 1)
        is_short = row[0].x1 < kind.right - 0.1 * kind.width or _is_contents(below)
        if is_open and is_short and row[0].x0 > below[0].x0 - 2 * kind.size:
            inside |= {id(segment): "table" for segment in row}
    return inside


def _without_masthead(rows: Sequence[Sequence[Segment]], found: dict[int, Role], height: float) -> dict[int, Role]:
    """A letterhead is set as a table: down to its last line that is one, the first page's tables are its margin."""
    marked = [at for at, row in enumerate(rows) if row[0].y > 0.75 * height and any(_MASTHEAD.match(segment.text) for segment in row)]
    if not marked:
        return found
    in_masthead = {id(segment) for row in rows[: marked[-1] + 1] for segment in row}
    return {key: "margin" if key in in_masthead else role for key, role in found.items()} | dict.fromkeys(
        (id(segment) for row in rows[: marked[-1] + 1] for segment in row), "margin"
    )


def gutters_of(pages: Sequence[Page], margins: set[int]) -> dict[int, float]:
    """Where the space between two columns of text lies, as in meeting records, by page number; a page of one column has none.

    Where the columns are plain to see on one page, a page with little text in one of them, or with a table, is read by its gutter.
    """
    bodies = {page.number: [segment for segment in page.segments if id(segment) not in margins] for page in pages}
    plain = {number: gutter for number, body in bodies.items() if (gutter := _gutter(body)) is not None}
    if not plain:
        return {}
    usual = sorted(plain.values())[len(plain) // 2]
    return {number: plain.get(number, usual) for number, body in bodies.items() if number in plain or _is_parted(body, usual)}


def _gutter(body: Sequence[Segment]) -> float | None:
    """The gutter of a page that shows one: hardly any line crosses it, and most of the text on either side fills its column."""
    if len(body) < 20:
        return None
    first, last = min(segment.x0 for segment in body), max(segment.x1 for segment in body)
    for x in (first + share * (last - first) for share in (0.5, 0.48, 0.52, 0.46, 0.54)):
        left = [segment.x1 - segment.x0 for segment in body if segment.x1 <= x]
        right = [segment.x1 - segment.x0 for segment in body if segment.x0 >= x]
        full = [sum(width for width in side if width > 0.7 * room) for side, room in ((left, x - first), (right, last - x))]
        is_text = full[0] > 0.6 * sum(left) and full[1] > 0.6 * sum(right)
        if len(body) - len(left) - len(right) <= 0.1 * len(body) and len(left) >= 8 and len(right) >= 4 and is_text:
            return x
    return None


def _is_parted(body: Sequence[Segment], x: float) -> bool:
    """Whether hardly any text crosses the gutter at `x`."""
    crossing = sum(segment.x1 - segment.x0 for segment in body if segment.x0 < x < segment.x1)
    return bool(body) and crossing <= 0.1 * sum(segment.x1 - segment.x0 for segment in body)


def in_columns(body: Sequence[Segment], gutter: float) -> list[Segment]:
    """Lines in reading order: down the left column, then the right, between any two lines that cross the gutter."""
    crossing = sorted((segment.y for segment in body if segment.x0 < gutter < segment.x1), reverse=True)

    def place(segment: Segment) -> tuple[int, bool, float, float]:
        above = sum(y > segment.y + _SAME_LINE for y in crossing)
        crosses = segment.x0 < gutter < segment.x1
        return 2 * above + (not crosses), segment.x0 >= gutter, -round(segment.y), segment.x0

    return sorted(body, key=place)
