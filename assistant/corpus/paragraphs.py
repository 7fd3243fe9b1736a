"""The paragraph splitter: numbered paragraphs with their printed numbers, everything else counted and said to be counted.

    SourceText ──scopes_of──> parts with numbers of their own ──find_marks──> marks ──split──> paragraphs + ledger

A paragraph runs from its number to the next, less the headings that stand before the next. Text before the first number
(a preamble, a salutation) becomes counted paragraphs, "u1", "u2": a number is never invented; so do tables, "t1", "t2". An annex or a
decision restarts the numbers, so its name becomes part of the label. What pages repeat and footnotes are in no paragraph but in
the ledger. `split` is pure: the same source gives the same paragraphs.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from assistant.corpus.headings import HeadingPath, closing_of, end_of_paragraph, heading_text, is_subtitle, is_title
from assistant.corpus.layout import Line, Spacing, blocks_of, is_marked, repair, spacing_of
from assistant.corpus.numbering import Mark, find_marks
from assistant.corpus.scopes import scopes_of
from assistant.corpus.source import SourceText, plain
from assistant.corpus.tables import tables_of, with_tables
from assistant.corpus.turns import is_transcript, speaker_of
from assistant.schema import Ledger, Numbering, Paragraph

SPLITTER_VERSION = "2"
"""Part of an index's fingerprint: raised whenever the same text may give other paragraphs."""

_EXCERPT = 60


@dataclass
class _Draft:
    """What has been collected of one document so far. `scope` are the headings of the part, `turn` is who
    speaks in a transcript."""

    document: str
    source: str
    paged: bool
    paragraphs: list[Paragraph] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    scope: tuple[str, ...] = ()
    path: HeadingPath = field(default_factory=HeadingPath)
    in_turns: bool = False
    turn: str | None = None
    counted: int = 0
    tables: int = 0
    outside: list[str] = field(default_factory=list)
    repeats: list[str] = field(default_factory=list)

    def add(self, label: str | None, lines: Sequence[Line], start: int | None = None) -> None:
        """Adds a paragraph, counted where `label` is None; a label that is there already is told apart by "~2"."""
        self.counted += label is None
        name = label or f"u{self.counted}"
        seen = self.labels[name] = self.labels.get(name, 0) + 1
        if seen > 1:
            self.repeats.append(name)
            name = f"{name}~{seen}"
        self._keep(name, "counted" if label is None else "official", lines, _spans(self.source, lines, start))

    def add_table(self, lines: Sequence[Line]) -> None:
        """Adds a table as one counted paragraph, a row a line of its source."""
        self.tables += 1
        self._keep(f"t{self.tables}", "counted", lines, _spans(self.source, lines))

    def _keep(self, label: str, numbering: Numbering, lines: Sequence[Line], spans: list[tuple[int, int]]) -> None:
        text = repair("".join(self.source[start:end] for start, end in spans))
        pages = (lines[0].page, lines[-1].page) if self.paged else None
        heading = (*self.scope, *self.path.texts)
        self.paragraphs.append(Paragraph(self.document, label, numbering, text, heading, pages, tuple(spans), self.turn))

    def head(self, block: Sequence[Line]) -> None:
        """Takes a heading into the path, and a subtitle into the ledger only."""
        text = heading_text(block)
        self.outside.append(_excerpt(block[0], text))
        if not is_subtitle(block):
            self.path.take(text, block[0].level)


def split(document: str, source: SourceText | str) -> tuple[tuple[Paragraph, ...], Ledger]:
    """The paragraphs of a document in order, and the ledger of how they were found.

    Each paragraph's `ranges` are offsets into the source's text; `repair` of their concatenation is its text.
    """
    source = plain(source) if isinstance(source, str) else source
    lines = with_tables(source.lines)
    body = _text(lines)
    spacing = spacing_of(body)
    draft = _Draft(document, source.text, paged=source.pages > 0)
    draft.in_turns = is_transcript(blocks_of(body, spacing))
    rejected: list[Line] = []
    gaps: list[str] = []
    warnings = list(source.warnings)
    last = 0
    scopes = list(scopes_of(lines, spacing))
    found = [([], []) if draft.in_turns else find_marks(_text(scope.lines), spacing) for scope in scopes]
    if any(len(marks) > 2 for marks, _ in found):
        found = [
            again if again[0] else find_marks(_text(scope.lines), spacing, is_expected=True)
            for scope, again in zip(scopes, found, strict=True)
        ]
    for scope, (marks, ignored) in zip(scopes, found, strict=True):
        draft.scope, draft.path = scope.path, HeadingPath()
        if scope.opening:
            draft.outside.append(_excerpt(scope.opening, scope.opening.text))
        text = _text(scope.lines)
        _take_scope(draft, scope.prefix, scope.lines, text, marks, spacing)
        rejected += ignored
        gaps += _gaps(scope.prefix, marks, last)
        warnings += _restarts(text, ignored, marks) if marks else _lists(ignored)
        last = marks[-1].number if marks else last
    draft.outside += [_excerpt(line, line.text) for line in lines if line.role == "margin"]
    labels = [paragraph.label for paragraph in draft.paragraphs if paragraph.numbering == "official"]
    ledger = Ledger(
        official=len(labels),
        counted=draft.counted,
        tables=draft.tables,
        first=labels[0] if labels else None,
        last=labels[-1] if labels else None,
        gaps=tuple(gaps),
        repeats=tuple(draft.repeats),
        rejected=tuple(_excerpt(line, line.text) for line in rejected),
        outside=tuple(draft.outside),
        notes=tuple(_notes(lines)),
        warnings=tuple(warnings),
    )
    return tuple(draft.paragraphs), ledger


def _text(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if line.role in ("text", "heading")]


def _take_scope(draft: _Draft, prefix: str, lines: Sequence[Line], text: Sequence[Line], marks: list[Mark], spacing: Spacing) -> None:
    """Adds the paragraphs of one scope: what stands before the first mark, then one paragraph for each mark; each table where it
    stands, or behind the paragraph in which it stands."""
    tables = tables_of(lines)
    knows_headings = any(line.role == "heading" for line in text)

    def tables_before(offset: int | None) -> None:
        while tables and (offset is None or tables[0][0].start < offset):
            draft.add_table(tables.pop(0))

    def take_unnumbered(blocks: Sequence[Sequence[Line]], is_last: bool, under_heading: bool) -> None:
        """Adds blocks without a number as counted paragraphs, less the headings; a title with nothing after it is no heading."""
        for at, block in enumerate(blocks):
            tables_before(block[0].start)
            speaker = speaker_of(block) if draft.in_turns else None
            draft.turn = speaker or draft.turn
            heads_something = not is_last or at + 1 < len(blocks) or is_marked(block[0].text) or bool(tables)
            under_heading = heads_something and not speaker and is_title(block, under_heading, before_number=not is_last)
            if under_heading:
                draft.head(block)
            else:
                draft.add(None, block)

    edges = [*(mark.line for mark in marks), len(text)]
    take_unnumbered(blocks_of(text[: edges[0]], spacing), is_last=not marks, under_heading=bool(marks and marks[0].parents))
    for mark, end in zip(marks, edges[1:], strict=True):
        is_last = end == len(text)
        blocks = blocks_of(text[mark.line : end], spacing)
        if is_last and (closing := closing_of(blocks[1:])):
            draft.outside += [_excerpt(block[0], heading_text(block)) for block in blocks[-closing:]]
            blocks = blocks[:-closing]
        stop = end_of_paragraph(blocks, is_last, knows_headings)
        tables_before(text[mark.line].start)
        draft.add(prefix + mark.label, [line for block in blocks[:stop] for line in block], mark.text_start)
        take_unnumbered(blocks[stop:], is_last, under_heading=True)  # the first is a heading of some kind
    tables_before(None)


def _notes(lines: Sequence[Line]) -> Iterator[str]:
    """The footnotes, each whole, with its page where that is known."""
    note: list[Line] = []
    for line in [*(line for line in lines if line.role == "note"), None]:
        if note and (line is None or line.begins is not False):
            page = f"page {note[0].page}: " if note[0].page else ""
            yield page + repair("\n".join(item.text for item in note))
            note = []
        if line:
            note.append(line)


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
