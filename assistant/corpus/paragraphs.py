"""The paragraph splitter: numbered paragraphs with their printed numbers, everything else counted and said to be counted.

    text ──lines_of──> lines ──find_marks──> marks ──split──> paragraphs + ledger

A paragraph runs from its number to the next, less the headings that stand before the next. Text before the first number
(a preamble, a salutation) becomes counted paragraphs, "u1", "u2": a number is never invented. An annex restarts the
numbers, so its name becomes part of the label. `split` is pure: the same text gives the same paragraphs.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from assistant.corpus.headings import end_of_paragraph, heading_path, heading_text, is_subtitle, is_title
from assistant.corpus.layout import Line, Spacing, blocks_of, is_marked, repair, spacing_of
from assistant.corpus.numbering import Mark, find_marks
from assistant.corpus.source import SourceText, plain
from assistant.schema import Ledger, Paragraph

SPLITTER_VERSION = "1"
"""Part of an index's fingerprint: raised whenever the same text may give other paragraphs."""

_ANNEX = re.compile(
    r"(?:Annex|ANNEX|Appendix|APPENDIX)(?:\s+(?P<name>[IVXLCivxlc]{1,6}|[A-Z]|\d{1,2}))?\.?(?P<title>(?<=\w)\s*[:–—]\s*\S.*[^\W\d]\)?)?"
)
_EXCERPT = 60


@dataclass
class _Draft:
    """What has been collected of one document so far."""

    document: str
    paged: bool
    paragraphs: list[Paragraph] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    heading: tuple[str, ...] = ()
    counted: int = 0
    outside: list[str] = field(default_factory=list)
    repeats: list[str] = field(default_factory=list)

    def add(self, source: str, label: str | None, spans: list[tuple[int, int]], lines: Sequence[Line]) -> None:
        """Adds a paragraph, counted where `label` is None; a label that is there already is told apart by "~2"."""
        text = repair("".join(source[start:end] for start, end in spans))
        if label is None:
            self.counted += 1
        name = label or f"u{self.counted}"
        seen = self.labels[name] = self.labels.get(name, 0) + 1
        if seen > 1:
            self.repeats.append(name)
            name = f"{name}~{seen}"
        pages = (lines[0].page, lines[-1].page) if self.paged else None
        self.paragraphs.append(
            Paragraph(self.document, name, "counted" if label is None else "official", text, self.heading, pages, tuple(spans))
        )

    def head(self, block: Sequence[Line]) -> None:
        """Takes a heading into the path, and a subtitle into the ledger only."""
        text = heading_text(block)
        self.outside.append(_excerpt(block[0], text))
        if not is_subtitle(block):
            self.heading = heading_path(self.heading, text)


def split(document: str, source: SourceText | str) -> tuple[tuple[Paragraph, ...], Ledger]:
    """The paragraphs of a document in order, and the ledger of how they were found.

    Each paragraph's `ranges` are offsets into the source's text; `repair` of their concatenation is its text.
    """
    source = plain(source) if isinstance(source, str) else source
    text, lines = source.text, source.lines
    spacing = spacing_of(lines)
    draft = _Draft(document, paged=source.pages > 0)
    rejected: list[Line] = []
    gaps: list[str] = []
    warnings = list(source.warnings)
    last = 0
    for prefix, scope in _scopes(lines, spacing, draft):
        marks, ignored = find_marks(scope, spacing)
        _take_scope(draft, text, prefix, scope, marks, spacing)
        rejected += ignored
        gaps += _gaps(prefix, marks, last)
        warnings += _restarts(scope, ignored, marks) if marks else _lists(ignored)
        last = marks[-1].number if marks else last
    draft.outside += [_excerpt(line, line.text) for line in lines if line.role == "margin"]
    labels = [paragraph.label for paragraph in draft.paragraphs if paragraph.numbering == "official"]
    ledger = Ledger(
        official=len(labels),
        counted=draft.counted,
        first=labels[0] if labels else None,
        last=labels[-1] if labels else None,
        gaps=tuple(gaps),
        repeats=tuple(draft.repeats),
        rejected=tuple(_excerpt(line, line.text) for line in rejected),
        outside=tuple(draft.outside),
        warnings=tuple(warnings),
    )
    return tuple(draft.paragraphs), ledger


def _scopes(lines: Sequence[Line], spacing: Spacing, draft: _Draft) -> Iterator[tuple[str, Sequence[Line]]]:
    """The parts of a text that number their paragraphs for themselves: the body, then each annex, with the label's prefix."""
    starts = {at: match for at in range(len(lines)) if (match := _annex(lines, at, spacing))}
    for begin, end in pairwise(sorted({0, *starts, len(lines)})):
        if match := starts.get(begin):
            draft.heading = ()
            draft.head([lines[begin]])
            yield "annex." + (f"{match['name'].upper()}." if match["name"] else ""), lines[begin + 1 : end]
        else:
            yield "", lines[begin:end]


def _annex(lines: Sequence[Line], at: int, spacing: Spacing) -> re.Match[str] | None:
    """The heading of an annex at this line: alone on it, after an end or set apart."""
    match = _ANNEX.fullmatch(lines[at].text)
    if not match or at == 0:
        return match
    before = lines[at - 1]
    return match if before.is_closed or before.role == "margin" or lines[at].gap > spacing.gap else None


def _take_scope(draft: _Draft, source: str, prefix: str, lines: Sequence[Line], marks: list[Mark], spacing: Spacing) -> None:
    """Adds the paragraphs of one scope: what stands before the first mark, then one paragraph for each mark."""
    edges = [*(mark.line for mark in marks), len(lines)]
    _take_unnumbered(draft, source, blocks_of(lines[: edges[0]], spacing), is_last=not marks, under_heading=False)
    for mark, end in zip(marks, edges[1:], strict=True):
        is_last = end == len(lines)
        blocks = blocks_of(lines[mark.line : end], spacing)
        stop = end_of_paragraph(blocks, is_last)
        body = [line for block in blocks[:stop] for line in block]
        draft.add(source, prefix + mark.label, _spans(source, body, mark.text_start), body)
        _take_unnumbered(draft, source, blocks[stop:], is_last, under_heading=True)  # the first is a heading of some kind


def _take_unnumbered(draft: _Draft, source: str, blocks: Sequence[Sequence[Line]], is_last: bool, under_heading: bool) -> None:
    """Adds blocks without a number as counted paragraphs, less the headings; a title with nothing after it is no heading."""
    for at, block in enumerate(blocks):
        heads_something = not is_last or at + 1 < len(blocks) or is_marked(block[0].text)
        under_heading = heads_something and is_title(block, under_heading, before_number=not is_last)
        if under_heading:
            draft.head(block)
        else:
            draft.add(source, None, _spans(source, block), block)


def _spans(source: str, lines: Sequence[Line], start: int | None = None) -> list[tuple[int, int]]:
    """Source ranges of these lines, one for each run of lines with nothing but white space between them.

    A range with another after it takes in the line's end, so that words of two lines stay apart when ranges are joined.
    """
    spans = [(lines[0].start if start is None else start, lines[0].end)]
    for before, line in pairwise(lines):
        if source[before.end : line.start].isspace():
            spans[-1] = (spans[-1][0], line.end)
        else:
            spans[-1] = (spans[-1][0], before.end + 1)
            spans.append((line.start, line.end))
    return spans


def _gaps(prefix: str, marks: list[Mark], last: int) -> list[str]:
    """The numbers that are missing, as "4" or "4-6", with the scope's prefix; an annex may go on from the number `last`."""
    found: list[str] = []
    before = last if marks and marks[0].number == last + 1 else 0
    for mark in marks:
        if mark.number > before + 1:
            missing = f"{before + 1}" if mark.number == before + 2 else f"{before + 1}-{mark.number - 1}"
            found.append(prefix + missing)
        before = mark.number
    return found


def _restarts(lines: Sequence[Line], ignored: Sequence[Line], marks: list[Mark]) -> list[str]:
    """A warning where numbers begin again inside a paragraph, and no colon announces a list: its text may hold more than one."""
    starts = [lines[mark.line].start for mark in marks]
    announced = {after.start for before, after in pairwise(line for line in lines if line.role != "margin") if before.text[-1] in ":："}
    found: list[str] = []
    for one, two in pairwise(ignored):
        at = bisect_right(starts, one.start)
        if (
            re.match(r"1\D", one.text)
            and re.match(r"2\D", two.text)
            and one.start not in announced
            and 0 < at == bisect_right(starts, two.start)
        ):
            found.append(f"numbers begin again at line {one.number}, inside paragraph {marks[at - 1].label}: check its text")
    return found


def _lists(ignored: Sequence[Line]) -> list[str]:
    """A warning where a text without paragraph numbers holds a numbered list that could be taken for them."""
    if not any(re.match(r"1\D", one.text) and re.match(r"2\D", two.text) for one, two in pairwise(ignored)):
        return []
    return [f"the numbers from line {ignored[0].number} on were read as a list, not as paragraph numbers"]


def _excerpt(line: Line, text: str) -> str:
    shown = text if len(text) <= _EXCERPT else text[: _EXCERPT - 1].rstrip() + "…"
    return f"line {line.number}: {shown}"
