"""Invented documents as PDF files, set by reportlab's own typesetter: justified or ragged, in one or two columns, with page furniture."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Table

from tests.invented import Piece


@dataclass(frozen=True)
class Setting:
    """How a document is set, in points. `hanging`: numbers stand in the margin of their text; else before its first line."""

    font: str = "Times-Roman"
    bold: str = "Times-Bold"
    size: float = 10
    leading: float = 12
    page: tuple[float, float] = (612, 792)
    margin: float = 90
    after: float = 6
    tab: float = 26
    is_justified: bool = True
    hanging: bool = False
    columns: int = 1
    header: str = "X/86/190"
    is_centred: bool = False

    def __call__(self, pieces: Sequence[Piece], dice: random.Random) -> bytes:
        """The file."""
        file = io.BytesIO()
        width, height = self.page
        frame = (width - 2 * self.margin - 18 * (self.columns - 1)) / self.columns
        frames = [
            Frame(self.margin + at * (frame + 18), 80, frame, height - 160, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
            for at in range(self.columns)
        ]
        made = BaseDocTemplate(file, pagesize=self.page, invariant=1, title="", author="")
        made.addPageTemplates([PageTemplate(frames=frames, onPage=self._furniture)])
        made.build([flowable for piece in pieces for flowable in self._flowables(piece, frame)])
        return file.getvalue()

    def _furniture(self, canvas: Canvas, made: BaseDocTemplate) -> None:
        if not self.header:
            return
        width, height = self.page
        canvas.setFont(self.bold, 8.5)
        canvas.drawString(self.margin, height - 50, self.header)
        canvas.setFont(self.font, 8)
        canvas.drawRightString(width - self.margin, 36, f"{canvas.getPageNumber()}/99")
        canvas.drawString(self.margin, 36, "31-04512")

    def _style(self, **more: object) -> ParagraphStyle:
        basic = {
            "fontName": self.font, "fontSize": self.size, "leading": self.leading, "spaceAfter": self.after,
            "alignment": TA_JUSTIFY if self.is_justified else TA_LEFT,
        }  # fmt: skip
        return ParagraphStyle("s", **(basic | more))

    def _flowables(self, piece: Piece, width: float) -> list[Flowable]:
        if piece.kind == "table":
            cells = Table([list(row) for row in piece.rows], hAlign="LEFT", spaceAfter=2 * self.after)
            return [Paragraph(escape(piece.text), self._style(fontName=self.bold, keepWithNext=1)), cells]
        if piece.kind in ("title", "heading", "part", "subtitle"):
            larger = 4 if piece.kind == "title" else 1
            look = self._style(
                fontName=self.bold, fontSize=self.size + larger, leading=self.leading + larger, spaceBefore=self.after, keepWithNext=1,
                alignment=TA_CENTER if self.is_centred else TA_LEFT,
            )  # fmt: skip
            return [Paragraph(escape(piece.text), look)]
        if piece.kind == "contents":
            return [Paragraph(escape(piece.text.replace("\t\t", " " + ". " * 12)), self._style(alignment=TA_LEFT))]
        tab = max(self.tab, 0.55 * self.size * len(piece.printed) + 6)
        found: list[Flowable] = []
        if piece.label:
            look = self._style(bulletFontName=self.font, bulletFontSize=self.size, **(
                {"leftIndent": tab, "bulletIndent": 0} if self.hanging else {"firstLineIndent": tab, "bulletIndent": 0}
            ))  # fmt: skip
            found.append(Paragraph(escape(piece.text), look, bulletText=piece.printed))
        else:
            found.append(Paragraph(escape(piece.text), self._style()))
        inner = self._style(leftIndent=tab + 22, bulletIndent=tab, bulletFontName=self.font, bulletFontSize=self.size)
        found += [Paragraph(escape(text), inner, bulletText=mark) for mark, text in piece.items]
        found += [Paragraph(escape(piece.after), self._style())] if piece.after else []
        return found


LAYOUTS: dict[str, Callable[[Sequence[Piece], random.Random], bytes]] = {
    "justified": Setting(),
    "ragged": Setting(is_justified=False, page=(595, 842), margin=72),
    "hanging": Setting(hanging=True, font="Helvetica", bold="Helvetica-Bold", size=11, leading=14.5, after=8),
    "large": Setting(size=12, leading=18, after=12, header=""),
    "centred": Setting(font="Helvetica", bold="Helvetica-Bold", size=9.5, leading=12, is_centred=True),
    "columns": Setting(size=9, leading=11, columns=2, margin=54, tab=20),
    "close": Setting(after=0, is_justified=False),
}
