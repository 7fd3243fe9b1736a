"""Word files made of a few lines of XML, and what was read of them as blocks."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from xml.sax.saxutils import escape

from assistant.corpus.readers.docx import read_docx
from assistant.corpus.source import SourceText

SPACES = " ".join(
    f'xmlns:{prefix}="{space}"'
    for prefix, space in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SUPERSCRIPT = '<w:vertAlign w:val="superscript"/>'
_ROOTS = {"styles": "styles", "numbering": "numbering", "settings": "settings", "footnotes": "footnotes", "endnotes": "endnotes"}


def part(root: str, content: str) -> str:
    """A part of WordprocessingML."""
    return f'<?xml version="1.0" encoding="UTF-8"?><w:{root} {SPACES}>{content}</w:{root}>'


def word(body: str, others: Mapping[str, str] | None = None, **parts: str) -> bytes:
    """A Word file; `parts` are the contents of styles, numbering, settings, notes, and of headers and footers (header1) by id."""
    kinds = {name: name.rstrip("0123456789") for name in parts}
    files = {
        f"word/{name}.xml": part(_ROOTS.get(name, {"header": "hdr", "footer": "ftr"}.get(kinds[name], "")), parts[name]) for name in parts
    }
    links = {name: (f"{_OFFICE}/{kinds[name]}", f"{name}.xml") for name in parts}
    files["word/document.xml"] = part("document", f"<w:body>{body}</w:body>")
    files["word/_rels/document.xml.rels"] = _relationships(links)
    files["_rels/.rels"] = _relationships({"rId1": (f"{_OFFICE}/officeDocument", "word/document.xml")})
    return packed({**files, **(others or {})})


def _relationships(links: Mapping[str, tuple[str, str]]) -> str:
    items = "".join(f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>' for name, (kind, target) in links.items())
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{items}</Relationships>'


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """A zip of these files."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def run(text: str, look: str = "") -> str:
    """A run of text; `look` are its properties."""
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def p(content: str = "", properties: str = "", style: str = "") -> str:
    """A paragraph of a text, or of runs; `properties` go into its pPr."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{content if content.startswith('<') or not content else run(content)}</w:p>"


def item(content: str, level: int = 0, num: int = 1) -> str:
    """A paragraph in a list."""
    return p(content, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>')


def table(*rows: tuple[str, ...]) -> str:
    """A table of cells, each a text or paragraphs."""
    cells = ("".join(f"<w:tc>{cell if cell.startswith('<') else p(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def lvl(at: int, text: str, fmt: str = "decimal", start: int = 1, more: str = "") -> str:
    """A level of a list."""
    return f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{fmt}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'


def abstract(*levels: str, name: int = 0) -> str:
    """A definition of lists."""
    return f'<w:abstractNum w:abstractNumId="{name}">{"".join(levels)}</w:abstractNum>'


def num(name: int = 1, of: int = 0, overrides: str = "") -> str:
    """A list of a definition."""
    return f'<w:num w:numId="{name}"><w:abstractNumId w:val="{of}"/>{overrides}</w:num>'


def style(name: str, properties: str = "", based_on: str = "", title: str = "", look: str = "") -> str:
    """A paragraph style; `title` is its name where that is not its id."""
    base = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{title or name}"/>{base}'
        f"<w:pPr>{properties}</w:pPr><w:rPr>{look}</w:rPr></w:style>"
    )


def reference(name: int, kind: str = "footnote", more: str = "") -> str:
    """The mark of a note in the text."""
    return f'<w:r><w:rPr>{SUPERSCRIPT}</w:rPr><w:{kind}Reference w:id="{name}" {more}/></w:r>'


def note(name: int, content: str, kind: str = "footnote") -> str:
    """A note as Word writes it: tabulators around its mark."""
    mark = f"<w:r><w:tab/></w:r><w:r><w:{kind}Ref/></w:r><w:r><w:tab/></w:r>"
    return f'<w:{kind} w:id="{name}">{p(mark + run(content))}</w:{kind}>'


def section(*links: tuple[str, str, str], more: str = "") -> str:
    """The properties of a section with its headers and footers, each ("header", "first", part)."""
    refs = "".join(f'<w:{tag}Reference w:type="{kind}" r:id="{name}"/>' for tag, kind, name in links)
    return f"<w:sectPr>{refs}{more}</w:sectPr>"


def blocks_of(source: SourceText) -> list[tuple[str, str]]:
    """The role and the text of each block."""
    found: list[tuple[str, str]] = []
    for line in source.lines:
        if line.begins:
            found.append((line.role, line.text))
        else:
            found[-1] = (line.role, f"{found[-1][1]}\n{line.text}")
    return found


def read(body: str, **parts: str) -> list[tuple[str, str]]:
    """The role and the text of each block of a Word file."""
    return blocks_of(read_docx(word(body, **parts), "a.docx"))


def texts(body: str, **parts: str) -> list[str]:
    """The text of each block of a Word file."""
    return [text for _, text in read(body, **parts)]
