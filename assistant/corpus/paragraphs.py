"""The paragraph splitter: numbered paragraphs with their printed numbers, everything else counted and said to be counted.

    text ──lines_of──> lines ──find_marks──> marks ──split──> paragraphs + ledger

A paragraph runs from its number to the next, less the headings that stand before the next. Text before the first number
(a preamble, a salutation) becomes counted paragraphs, "u1", "u2": a number is never invented. An annex restarts the
numbers, so its name becomes part of the label. `split` is pure: the same text gives the same paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from assistant.corpus.layout import Line, Spacing, blocks_of, lines_of, repair, spacing_of
from assistant.corpus.numbering import Mark, find_marks, is_heading
from assistant.schema import Ledger, Paragraph

SPLITTER_VERSION = "1"
"""Part of an index's fingerprint: raised whenever the same text may give other paragraphs."""

_ANNEX = re.compile(r"(?:annex|appendix)(?:\s+(?P<name>[IVXLC]{1,6}|[A-Z]|\d{1,2}))?\.?", re.IGNORECASE)
_ROMAN_HEADING = re.compile(r"[IVXLC]{1,6}\.\s+\S")
_LETTER_HEADING = re.compile(r"[A-Z]\.\s+\S")
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
        text = repair("".join(source[start:end] for start, end in spans))
        if label is None:
            self.counted += 1
            name, numbering = f"u{self.counted}", "counted"
        else:
            name, numbering = label, "official"
        seen = self.labels[name] = self.labels.get(name, 0) + 1
        if seen > 1:
            self.repeats.append(name)
            name = f"{name}~{seen}"
        pages = (lines[0].page, lines[-1].page) if self.paged else None
        self.paragraphs.append(
            Paragraph(self.document, name, "official" if numbering == "official" else "counted", text, self.heading, pages, tuple(spans))
        )

    def head(self, block: Sequence[Line]) -> None:
        """Takes a heading into the path: roman numerals above letters, anything else in place of all."""
        text = repair(" ".join(line.text for line in block))
        self.outside.append(_excerpt(block[0], text))
        if _LETTER_HEADING.match(text) and not _ROMAN_HEADING.match(text):
            self.heading = (*self.heading[:1], text)
        else:
            self.heading = (text,)


def split(document: str, text: str) -> tuple[tuple[Paragraph, ...], Ledger]:
    """The paragraphs of a document's text in order, and the ledger of how they were found.

    Each paragraph's `ranges` are offsets into `text`; `repair` of their concatenation is its text.
    """
    lines = lines_of(text)
    spacing = spacing_of(lines)
    draft = _Draft(document, paged=bool(lines) and lines[-1].page > 1)
    official: list[Mark] = []
    rejected: list[Line] = []
    gaps: list[str] = []
    warnings: list[str] = []
    for prefix, scope in _scopes(lines, spacing, draft):
        marks, ignored = find_marks(scope, spacing)
        if marks and (reason := _only_a_list(scope, marks, spacing)):
            warnings.append(reason)
            marks, ignored = [], [*(scope[mark.line] for mark in marks), *ignored]
        _take_scope(draft, text, prefix, scope, marks, spacing)
        official += marks
        rejected += ignored
        gaps += _gaps(prefix, marks)
        warnings += _restarts(scope, ignored, marks)
    draft.outside += [_excerpt(line, line.text) for line in lines if line.is_page_number]
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
    starts = [
        at
        for at, line in enumerate(lines)
        if _ANNEX.fullmatch(line.text) and (at == 0 or lines[at - 1].is_closed or line.gap > spacing.gap or lines[at - 1].is_page_number)
    ]
    edges = [0, *starts, len(lines)]
    for begin, end in pairwise(edges):
        if begin not in starts or begin == end:
            if begin < end:
                yield "", lines[begin:end]
            continue
        match = _ANNEX.fullmatch(lines[begin].text)
        name = match["name"] if match else None
        draft.heading = ()
        draft.head([lines[begin]])
        if begin + 1 < end:
            yield "annex." + (f"{name}." if name else ""), lines[begin + 1 : end]


def _take_scope(draft: _Draft, source: str, prefix: str, lines: Sequence[Line], marks: list[Mark], spacing: Spacing) -> None:
    """Adds the paragraphs of one scope: what stands before the first mark, then one paragraph for each mark."""
    edges = [*(mark.line for mark in marks), len(lines)]
    for block in blocks_of(lines[: edges[0]], spacing):
        if is_heading(block):
            draft.head(block)
        else:
            draft.add(source, None, _spans(block), block)
    for mark, end in zip(marks, edges[1:], strict=True):
        body, headings = _without_headings(lines[mark.line : end], spacing, is_last=end == len(lines))
        draft.add(source, prefix + mark.label, _spans(body, mark.text_start), body)
        for block in headings:
            draft.head(block)


def _without_headings(lines: Sequence[Line], spacing: Spacing, is_last: bool) -> tuple[list[Line], list[list[Line]]]:
    """Parts the headings at the end of a paragraph's lines from the paragraph; the last paragraph has none after it.

    A heading is set apart and follows an end of sentence; the first block always belongs to the paragraph.
    """
    blocks = blocks_of(lines, spacing)
    headings: list[list[Line]] = []
    while not is_last and len(blocks) > 1 and is_heading(blocks[-1]) and blocks[-2][-1].is_closed:
        headings.insert(0, blocks.pop())
    return [line for block in blocks for line in block], headings


def _spans(lines: Sequence[Line], start: int | None = None) -> list[tuple[int, int]]:
    """Source ranges of these lines, one for each run of lines with nothing left out between them.

    A range reaches to the beginning of the next line, so that words of two lines stay apart when ranges are joined.
    """
    spans: list[tuple[int, int]] = []
    previous: Line | None = None
    for line in lines:
        if previous is not None and line.number - previous.number - 1 == line.gap:
            spans[-1] = (spans[-1][0], line.end)
        else:
            if spans:
                spans[-1] = (spans[-1][0], spans[-1][1] + 1)
            spans.append((line.start, line.end))
        previous = line
    if start is not None:
        spans[0] = (start, spans[0][1])
    return spans


def _only_a_list(lines: Sequence[Line], marks: list[Mark], spacing: Spacing) -> str | None:
    """Why these numbers are a list inside an unnumbered text, or None.

    Paragraph numbers run through a document: little prose stands before the first, and the last does not hold most of the
    text. A preamble, whose clauses end with commas, is not counted as prose.
    """
    size = sum(len(line.text) for line in lines)
    before = sum(
        len(line.text)
        for block in blocks_of(lines[: marks[0].line], spacing)
        if not is_heading(block) and not block[-1].text.endswith(",")
        for line in block
    )
    after = sum(len(line.text) for line in lines[marks[-1].line :])
    if before > 0.4 * size or (len(marks) > 1 and after > 0.6 * size and len(blocks_of(lines[marks[-1].line :], spacing)) > 2):
        first, last = marks[0].label, marks[-1].label
        return f"the numbers {first} to {last} (line {lines[marks[0].line].number} on) were read as a list, not as paragraph numbers"
    return None


def _gaps(prefix: str, marks: list[Mark]) -> list[str]:
    """The numbers that are missing, as "4" or "4-6", with the scope's prefix."""
    found: list[str] = []
    before = 0
    for mark in marks:
        if mark.number > before + 1:
            missing = f"{before + 1}" if mark.number == before + 2 else f"{before + 1}-{mark.number - 1}"
            found.append(prefix + missing)
        before = mark.number
    return found


def _restarts(lines: Sequence[Line], ignored: Sequence[Line], marks: list[Mark]) -> list[str]:
    """A warning where the numbers seem to begin again after the last paragraph: its text may hold more than one."""
    if not marks:
        return []
    after = [line for line in ignored if line.start > lines[marks[-1].line].start and re.match(r"[12][.)]?\s", line.text)]
    if len(after) < 2:
        return []
    return [f"numbers begin again at line {after[0].number}, inside paragraph {marks[-1].label}: check its text"]


def _excerpt(line: Line, text: str) -> str:
    shown = text if len(text) <= _EXCERPT else text[: _EXCERPT - 1].rstrip() + "…"
    return f"line {line.number}: {shown}"
