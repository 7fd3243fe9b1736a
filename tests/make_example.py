# ruff: noqa: E501  # XML reads better as it is written
"""Makes the two files of the example workspace that are not text: `python -m tests.make_example`.

tests/example/*.txt are their sources. The report becomes a PDF with running headers, footers and a letterhead; the revised draft a Word
file whose paragraph numbers exist only as automatic numbering.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

SOURCES = Path(__file__).parent / "example"
EXAMPLE = Path(__file__).parents[1] / "assistant" / "corpus" / "example"
LABEL = "INVENTED EXAMPLE – not a United Nations document"

_NUMBER = re.compile(r"(?P<mark>\d+(?: bis)?\.|\([a-z]\))\s+(?P<text>.*)", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A block of a source: the letterhead's lines, the title, a heading, or a paragraph with its mark ("4 bis.", "(a)", or none)."""

    kind: str
    text: str
    mark: str = ""


def pieces(name: str) -> Iterator[Piece]:
    """The blocks of a source in order, without the label that each page carries."""
    text = (SOURCES / f"{name}.txt").read_text(encoding="utf-8").replace("\f", "\n")
    blocks = [" ".join(lines) for filled, lines in groupby(text.splitlines(), key=bool) if filled]
    lines = [list(lines) for filled, lines in groupby(text.splitlines(), key=bool) if filled]
    title = next(at for at, block in enumerate(blocks) if re.match(r"(?:Revised draft report|Report) of", block))
    for at, block in enumerate(blocks):
        if block == LABEL:
            continue
        if at < title:
            yield from (Piece("letterhead", line) for line in lines[at])
        elif at == title:
            yield Piece("title", block)
        elif match := _NUMBER.fullmatch(block):
            yield Piece("paragraph", match["text"], match["mark"])
        elif len(block) < 80 and block[-1] not in ".;":
            yield Piece("heading", block)
        else:
            yield Piece("paragraph", block)


def pdf(name: str, symbol: str) -> bytes:
    """The source as a PDF of A4 pages."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(595, 842), invariant=1)
    canvas.setTitle("")
    page, y = 1, 760.0

    def end_page() -> None:
        canvas.setFont("Times-Bold", 8.5)
        canvas.drawString(80, 800, symbol)
        canvas.drawRightString(515, 800, LABEL)
        canvas.drawRightString(515, 40, f"{page}/3")
        canvas.showPage()

    for piece in pieces(name):
        font, size, indent = {
            "letterhead": ("Times-Roman", 10, 0),
            "title": ("Times-Bold", 16, 0),
            "heading": ("Times-Bold", 12, 0),
            "paragraph": ("Times-Roman", 11, 24 if piece.mark.startswith("(") else 0),
        }[piece.kind]
        gap, tab = {"letterhead": 2, "paragraph": 8}.get(piece.kind, 14), 34 if piece.mark else 0
        first = simpleSplit(piece.text, font, size, 435 - indent - tab)[0]
        rest = piece.text[len(first) :].strip()
        lines = [first, *(simpleSplit(rest, font, size, 435 - indent) if rest else [])]
        if y - len(lines) * 1.25 * size - (60 if piece.kind == "heading" else 0) < 80:
            end_page()
            page, y = page + 1, 760.0
        canvas.setFont(font, size)
        y -= gap / 2
        for at, line in enumerate(lines):
            y -= 1.25 * size
            if at == 0 and piece.mark:
                canvas.drawString(80 + indent, y, piece.mark)
            canvas.drawString(80 + indent + (tab if at == 0 else 0), y, line)
        y -= gap / 2
    end_page()
    canvas.save()
    return file.getvalue()


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>
<Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/>
<Override PartName="/word/header1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/></Types>"""
_RELATIONS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>"""
_RELATION = '<Relationship Id="rId{}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/>'
_STYLES = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:styles {_W}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/><w:sz w:val="22"/><w:lang w:val="en-GB"/></w:rPr></w:rPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:pPr><w:spacing w:after="120"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:basedOn w:val="Normal"/><w:rPr><w:b/><w:sz w:val="32"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:pPr><w:keepNext/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:sz w:val="26"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Numbered"><w:name w:val="Numbered paragraph"/><w:basedOn w:val="Normal"/><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style></w:styles>"""
_LEVEL = '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{}"/><w:lvlText w:val="%1."/><w:pPr><w:ind w:left="0" w:firstLine="0"/></w:pPr></w:lvl>'
_NUMBERING = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:numbering {_W}><w:abstractNum w:abstractNumId="0">{_LEVEL.format("decimal")}</w:abstractNum><w:abstractNum w:abstractNumId="1">{_LEVEL.format("upperRoman")}</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num></w:numbering>"""


def docx(name: str, symbol: str) -> bytes:
    """The source as a Word file: headings and paragraphs carry no number in their text, Word counts them."""
    body = []
    for piece in pieces(name):
        style = {"letterhead": "Normal", "title": "Title", "heading": "Heading1", "paragraph": "Numbered" if piece.mark else "Normal"}[
            piece.kind
        ]
        text = re.sub(r"^[IVX]+\.\s+", "", piece.text) if piece.kind == "heading" else piece.text
        body.append(f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>')
    header = f"<w:p><w:r><w:t>{escape(LABEL)}</w:t></w:r></w:p><w:p><w:r><w:t>{symbol}</w:t></w:r></w:p>"
    section = '<w:sectPr><w:headerReference w:type="default" r:id="rId3"/></w:sectPr>'
    declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    main = [
        _RELATION.format(1, "styles", "styles.xml"),
        _RELATION.format(2, "numbering", "numbering.xml"),
        _RELATION.format(3, "header", "header1.xml"),
    ]
    members = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS.format(_RELATION.format(1, "officeDocument", "word/document.xml")),
        "word/_rels/document.xml.rels": _RELATIONS.format("".join(main)),
        "word/document.xml": f"{declaration}<w:document {_W}><w:body>{''.join(body)}{section}</w:body></w:document>",
        "word/styles.xml": _STYLES,
        "word/numbering.xml": _NUMBERING,
        "word/header1.xml": f"{declaration}<w:hdr {_W}>{header}</w:hdr>",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(zipfile.ZipInfo(member, (2031, 3, 13, 0, 0, 0)), content)
    return file.getvalue()


def main() -> None:
    """Writes both files into the example."""
    (EXAMPLE / "harbour-report-2031.pdf").write_bytes(pdf("harbour-report-2031", "X/86/190"))
    (EXAMPLE / "harbour-draft-rev1.docx").write_bytes(docx("harbour-draft-rev1", "X/AC.9/2031/CRP.1/Rev.1"))


if __name__ == "__main__":
    main()
