"""The paragraph splitter: numbered paragraphs with their printed numbers, everything else counted and said to be counted.

    SourceText ──scopes_of──> parts with numbers of their own ──find_marks──> marks ──split──> paragraphs + ledger

A paragraph runs from its number to the next, less the headings that stand before the next. Text before the first number
(a preamble, a salutation) becomes counted paragraphs, "u1", "u2": a number is never invented; so do tables, "t1", "t2". An annex or a
decision restarts the numbers, so its name becomes part of the label. What pages repeat and footnotes are in no paragraph but in
the ledger. `split` is pure: the same source gives the same paragraphs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from assistant.corpus.headings import HeadingPath, end_of_paragraph, heading_text, is_subtitle, is_title, parted
from assistant.corpus.layout import Line, Spacing, blocks_of, is_marked, repair, spacing_of
from assistant.corpus.ledgers import excerpt, gaps_of, lists_of, notes_of, restarts_of
from assistant.corpus.numbering import Mark, find_marks
from assistant.corpus.scopes import Scope, scopes_of
from assistant.corpus.source import SourceText, plain
from assistant.corpus.tables import tables_of, with_tables
from assistant.corpus.turns import is_transcript, speaker_of
from assistant.schema import Ledger, Numbering, Paragraph

SPLITTER_VERSION = "3"
"""Part of an index's fingerprint: raised whenever the same text may give other paragraphs."""


@dataclass
class _Draft:
    """What has been collected of one document so far. `scope` are the headings of the part, `turn` is who speaks in a
    transcript, `due` are the tables of the scope that are still to come."""

    document: str
    source: str
    paged: bool
    in_turns: bool
    paragraphs: list[Paragraph] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    scope: tuple[str, ...] = ()
    path: HeadingPath = field(default_factory=HeadingPath)
    due: list[list[Line]] = field(default_factory=list)
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

    def add_tables(self, before: int | None = None) -> None:
        """Adds the tables that are due before this offset, or all: each one counted paragraph, a row a line of its source."""
        while self.due and (before is None or self.due[0][0].start < before):
            lines = self.due.pop(0)
            self.tables += 1
            self._keep(f"t{self.tables}", "counted", lines, _spans(self.source, lines))

    def _keep(self, label: str, numbering: Numbering, lines: Sequence[Line], spans: list[tuple[int, int]]) -> None:
        text = repair("".join(self.source[start:end] for start, end in spans))
        pages = (lines[0].page, lines[-1].page) if self.paged else None
        heading = (*self.scope, *self.path.texts)
        self.paragraphs.append(Paragraph(self.document, label, numbering, text, heading, pages, tuple(spans), self.turn))

    def add_unnumbered(self, blocks: Sequence[Sequence[Line]], is_last: bool, under_heading: bool) -> None:
        """Adds blocks without a number as counted paragraphs, less the headings; a title with nothing after it is no heading."""
        for at, block in enumerate(blocks):
            self.add_tables(before=block[0].start)
            speaker = speaker_of(block) if self.in_turns else None
            self.turn = speaker or self.turn
            heads_something = not is_last or at + 1 < len(blocks) or is_marked(block[0].text) or bool(self.due)
            under_heading = heads_something and not speaker and is_title(block, under_heading, before_number=not is_last)
            if under_heading:
                self.head(block)
            else:
                self.add(None, block)

    def head(self, block: Sequence[Line]) -> None:
        """Takes a heading into the path, and a subtitle into the ledger only."""
        text = self.leave_out(block)
        if not is_subtitle(block):
            self.path.take(text, block[0].level)

    def leave_out(self, block: Sequence[Line]) -> str:
        """Says in the ledger that a block is in no paragraph; gives its text."""
        text = heading_text(block)
        self.outside.append(excerpt(block[0], text))
        return text


def split(document: str, source: SourceText | str) -> tuple[tuple[Paragraph, ...], Ledger]:
    """The paragraphs of a document in order, and the ledger of how they were found.

    Each paragraph's `ranges` are offsets into the source's text; `repair` of their concatenation is its text.
    """
    source = plain(source) if isinstance(source, str) else source
    lines = with_tables(source.lines)
    body = _text(lines)
    spacing = spacing_of(body)
    draft = _Draft(document, source.text, source.pages > 0, is_transcript(blocks_of(body, spacing)))
    scopes = list(scopes_of(lines, spacing))
    rejected: list[Line] = []
    gaps: list[str] = []
    warnings = list(source.warnings)
    last = 0
    for scope, (marks, ignored) in zip(scopes, _marks_of(scopes, spacing, draft.in_turns), strict=True):
        _take_scope(draft, scope, marks, spacing)
        rejected += ignored
        gaps += gaps_of(scope.prefix, marks, last)
        warnings += restarts_of(_text(scope.lines), ignored, marks) if marks else lists_of(ignored)
        last = marks[-1].number if marks else last
    labels = [paragraph.label for paragraph in draft.paragraphs if paragraph.numbering == "official"]
    ledger = Ledger(
        official=len(labels),
        counted=draft.counted,
        tables=draft.tables,
        first=labels[0] if labels else None,
        last=labels[-1] if labels else None,
        gaps=tuple(gaps),
        repeats=tuple(draft.repeats),
        rejected=tuple(excerpt(line, line.text) for line in rejected),
        outside=(*draft.outside, *(excerpt(line, line.text) for line in lines if line.role == "margin")),
        notes=tuple(notes_of(lines)),
        warnings=tuple(warnings),
    )
    return tuple(draft.paragraphs), ledger


def _text(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if line.role in ("text", "heading")]


def _marks_of(scopes: Sequence[Scope], spacing: Spacing, in_turns: bool) -> list[tuple[list[Mark], list[Line]]]:
    """The marks of each scope and the lines that were not chosen. Where one scope has numbers, those without are asked again."""
    if in_turns:
        return [([], []) for _ in scopes]
    found = [find_marks(_text(scope.lines), spacing) for scope in scopes]
    if not any(len(marks) > 2 for marks, _ in found):
        return found
    return [
        again if again[0] else find_marks(_text(scope.lines), spacing, is_expected=True) for scope, again in zip(scopes, found, strict=True)
    ]


def _take_scope(draft: _Draft, scope: Scope, marks: Sequence[Mark], spacing: Spacing) -> None:
    """Adds the paragraphs of one scope: what stands before the first mark, then one paragraph for each mark; each table where it
    stands, or behind the paragraph in which it stands."""
    draft.scope, draft.path, draft.due = scope.path, HeadingPath(), tables_of(scope.lines)
    if scope.opening:
        draft.leave_out([scope.opening])
    text = _text(scope.lines)
    knows_headings = any(line.role == "heading" for line in text)
    edges = [*(mark.line for mark in marks), len(text)]
    opening = blocks_of(text[: edges[0]], spacing)
    draft.add_unnumbered(opening, is_last=not marks, under_heading=bool(marks and marks[0].parents))
    for mark, end in zip(marks, edges[1:], strict=True):
        is_last = end == len(text)
        blocks, closing = parted(blocks_of(text[mark.line : end], spacing), is_last, knows_headings)
        stop = end_of_paragraph(blocks, is_last, knows_headings)
        draft.add_tables(before=text[mark.line].start)
        draft.add(scope.prefix + mark.label, [line for block in blocks[:stop] for line in block], mark.text_start)
        draft.add_unnumbered(blocks[stop:], is_last, under_heading=True)  # the first is a heading of some kind
        for block in closing:
            draft.leave_out(block)
    draft.add_tables()


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
