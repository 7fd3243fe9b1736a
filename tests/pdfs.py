"""PDF files written for the tests, with the truth about what was written: numbered paragraphs in several layouts."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, field

from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas


@dataclass(frozen=True)
class Layout:
    """How a document is set: everything in points. `indent` is of a paragraph's first line, `after` the space below it."""

    font: str = "Times-Roman"
    bold: str = "Times-Bold"
    size: float = 10
    leading: float = 12
    left: float = 90
    right: float = 500
    width: float = 612
    height: float = 792
    indent: float = 0
    after: float = 6
    tab: float = 24
    header: bool = True
    columns: int = 1


@dataclass
class Writer:
    """A document in the making. `truth` holds what was numbered, as (label, text); `notes` the footnotes."""

    layout: Layout = field(default_factory=Layout)
    title: str = "X/99/12"
    truth: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._file = io.BytesIO()
        self._canvas = Canvas(self._file, pagesize=(self.layout.width, self.layout.height), invariant=1)
        self._page, self._column, self._pending = 1, 0, []
        self._y = self.layout.height - 80

    @property
    def _x(self) -> float:
        gutter = (self.layout.right - self.layout.left) / self.layout.columns
        return self.layout.left + self._column * gutter

    @property
    def _right(self) -> float:
        gutter = (self.layout.right - self.layout.left) / self.layout.columns
        return self._x + gutter - (18 if self.layout.columns > 1 else 0)

    def _need(self, height: float) -> None:
        floor = 80 + (14 + 10 * len(self._pending) if self._pending else 0)
        if self._y - height < floor:
            if self._column + 1 < self.layout.columns:
                self._column += 1
                self._y = self.layout.height - 80
            else:
                self._end_page()

    def _end_page(self) -> None:
        canvas, layout = self._canvas, self.layout
        if layout.header:
            canvas.setFont(layout.bold, 8.5)
            canvas.drawString(layout.left, layout.height - 50, self.title)
            canvas.drawRightString(layout.right, 36, f"{self._page}/12")
            canvas.setFont(layout.font, 7)
            canvas.drawString(layout.left, 36, "31-00001")
        if self._pending:
            y = 62 + 10 * len(self._pending)
            canvas.line(layout.left, y + 11, layout.left + 72, y + 11)
            for mark, text in self._pending:
                canvas.setFont(layout.font, 5.5)
                canvas.drawString(layout.left, y + 3, mark)
                canvas.setFont(layout.font, 8)
                canvas.drawString(layout.left + 8, y, text)
                y -= 10
            self._pending = []
        canvas.showPage()
        self._page += 1
        self._column = 0
        self._y = layout.height - 80

    def _line(self, x: float, text: str, font: str, size: float) -> None:
        self._need(self.layout.leading)
        self._y -= self.layout.leading
        self._canvas.setFont(font, size)
        self._canvas.drawString(self._x + x, self._y, text)

    def paragraph(self, text: str, label: str | None = None, printed: str | None = None, note: str | None = None) -> None:
        """A paragraph; with a label it is numbered, `printed` (else "label.") and a tabulator before the text."""
        layout = self.layout
        width = self._right - self._x
        words = simpleSplit(text, layout.font, layout.size, width - (layout.tab if label else layout.indent))
        first = words[0]
        rest = simpleSplit(text[len(first) :].strip(), layout.font, layout.size, width) if text[len(first) :].strip() else []
        self._need(2 * layout.leading)
        if label:
            self._line(0, printed or f"{label}.", layout.font, layout.size)
            self._canvas.drawString(self._x + layout.tab, self._y, first)
            self.truth.append((label, text))
        else:
            self._line(layout.indent, first, layout.font, layout.size)
        for line in rest:
            self._line(0, line, layout.font, layout.size)
        if note:
            number = str(len(self.notes) + 1)
            end = (
                self._x
                + (layout.tab if label and not rest else 0)
                + self._canvas.stringWidth((rest or [first])[-1], layout.font, layout.size)
            )
            self._canvas.setFont(layout.font, 0.65 * layout.size)
            self._canvas.drawString(end + 0.5, self._y + 0.35 * layout.size, number)
            self._pending.append((number, note))
            self.notes.append(f"{number} {note}")
        self._y -= layout.after

    def item(self, mark: str, text: str) -> None:
        """An item of a list inside the last numbered paragraph, indented."""
        layout = self.layout
        lines = simpleSplit(text, layout.font, layout.size, self._right - self._x - 48)
        self._line(24, mark, layout.font, layout.size)
        self._canvas.drawString(self._x + 48, self._y, lines[0])
        for line in lines[1:]:
            self._line(48, line, layout.font, layout.size)
        self._y -= layout.after
        label, before = self.truth[-1]
        self.truth[-1] = (label, f"{before} {mark} {text}")

    def heading(self, text: str, size: float | None = None) -> None:
        """A heading in bold type."""
        self._need(4 * self.layout.leading)
        self._y -= 6
        self._line(0, text, self.layout.bold, size or self.layout.size + 2)
        self._y -= 6

    def table(self, rows: list[list[str]]) -> None:
        """A table, in the size of the text, its columns evenly spaced."""
        step = (self._right - self._x) / len(rows[0])
        self._need((len(rows) + 1) * self.layout.leading)
        for row in rows:
            self._line(0, row[0], self.layout.font, self.layout.size)
            for at, cell in enumerate(row[1:], 1):
                self._canvas.drawString(self._x + at * step, self._y, cell)
        self._y -= 12

    def bytes(self) -> bytes:
        """The finished file."""
        self._end_page()
        self._canvas.save()
        return self._file.getvalue()


WORDS = (
    "States shall recall measures that ports take with regard to harbour data which several delegations described in detail "
    "during the session of the Group and which remain under consideration until further notice of the secretariat"
).split()


def sentence(random: random.Random, words: int) -> str:
    """A sentence of so many words."""
    chosen = [random.choice(WORDS) for _ in range(words)]
    return " ".join([chosen[0].capitalize(), *chosen[1:]]) + "."


def prose(random: random.Random, sentences: int) -> str:
    """So many sentences."""
    return " ".join(sentence(random, random.randint(8, 30)) for _ in range(sentences))
