"""Word files around pandoc: a template is checked before its styles are taken, header and footer are set afterwards.

A template is a zip of XML that somebody else wrote. It is opened with limits; what its headers could fetch from elsewhere, or could
make Word run, is refused by name, and other links to elsewhere are cut. Headers and footers are set with python-docx, which keeps
what the template has there.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import defusedxml.ElementTree as Xml
from defusedxml import DefusedXmlException

from assistant.briefing.blocks import Sheet, printable
from assistant.errors import InvalidTemplate, MissingExtra

if TYPE_CHECKING:
    from docx.document import Document
    from docx.section import Section

MAX_FILE = 50_000_000
MAX_UNPACKED = 200_000_000
MAX_XML = 20_000_000
MAX_MEMBERS = 2000
"""Of a template: files of ministries have some dozens of members and a few megabytes of pictures."""
_NEEDED = ("[Content_Types].xml", "word/document.xml", "word/styles.xml")
_KEPT = re.compile(r"word/(?:_rels/)?(?:header|footer)\d*\.xml(?:\.rels)?")
"""What pandoc takes from a template as it is."""
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_INSTRUCTION = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}instrText"
_SIMPLE_FIELD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}fldSimple"
_FETCHING = re.compile(r"\b(?:DDE|DDEAUTO|INCLUDEPICTURE|INCLUDETEXT|IMPORT|LINK|MACROBUTTON|DATABASE|RD)\b", re.IGNORECASE)
_SAVE_AGAIN = "Save it in Word as a document (.docx), or leave the template out."
_A4 = (7560310, 10692130)
"""Width and height in Word's units (914,400 to the inch): 210 and 297 mm."""
_MARGIN = 900_000


def checked_template(path: Path) -> bytes:
    """The bytes of a Word file whose styles may be taken.

    Raises:
        InvalidTemplate: it is missing, is no Word file, is far too large when unpacked, or its headers fetch from elsewhere.
    """
    try:
        if path.stat().st_size > MAX_FILE:
            raise InvalidTemplate(f"{path.name} is larger than {MAX_FILE // 1_000_000} MB", "Take the pictures out of the template.")
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise InvalidTemplate(f"the template {path} cannot be read: {reason}", "Check the path.") from None
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            _check_members(archive, path.name)
            for name in archive.namelist():
                if name.lower().endswith((".xml", ".rels")):
                    _check_part(name, archive.read(name), path.name)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise InvalidTemplate(f"{path.name} is no Word file, or a damaged one: {error}", _SAVE_AGAIN) from None
    return raw


def _check_members(archive: zipfile.ZipFile, name: str) -> None:
    members = archive.infolist()
    names = [member.filename for member in members]
    if missing := [needed for needed in _NEEDED if needed not in names]:
        raise InvalidTemplate(f"{name} is no Word file: it has no {missing[0]}", _SAVE_AGAIN)
    if len(members) > MAX_MEMBERS or len(set(names)) < len(names):
        raise InvalidTemplate(f"{name} is no Word file as Word writes it: {len(members):,} members", _SAVE_AGAIN)
    if sum(member.file_size for member in members) > MAX_UNPACKED:
        raise InvalidTemplate(f"{name} unpacks to more than {MAX_UNPACKED // 1_000_000} MB", _SAVE_AGAIN)
    if large := [m.filename for m in members if m.file_size > MAX_XML and m.filename.lower().endswith((".xml", ".rels"))]:
        raise InvalidTemplate(f"{name}: {large[0]} unpacks to more than {MAX_XML // 1_000_000} MB", _SAVE_AGAIN)


def _check_part(member: str, content: bytes, name: str) -> None:
    try:
        root = Xml.fromstring(content)
    except DefusedXmlException:
        raise InvalidTemplate(f"{name}: {member} declares entities, which no Word file does", _SAVE_AGAIN) from None
    except (Xml.ParseError, ValueError, LookupError) as error:
        raise InvalidTemplate(f"{name}: {member} is no XML: {error}", _SAVE_AGAIN) from None
    if not _KEPT.fullmatch(member):
        return
    for link in root.iter(_RELATIONSHIP):
        if link.get("TargetMode", "").lower() == "external" and not link.get("Type", "").endswith("/hyperlink"):
            what = f"{name}: its header or footer fetches {link.get('Target', '')[:80]!r} from elsewhere"
            raise InvalidTemplate(what, "Embed the picture in the template instead of linking it.")
    fields = ["".join(item.text or "" for item in root.iter(_INSTRUCTION))]
    fields += [value for item in root.iter(_SIMPLE_FIELD) for key, value in item.attrib.items() if key.endswith("}instr")]
    if found := next((match for match in map(_FETCHING.search, fields) if match), None):
        raise InvalidTemplate(
            f"{name}: its header or footer has a field {found[0]}, which fetches or runs something", "Take the field out."
        )


def finish(raw: bytes, sheet: Sheet, *, has_template: bool) -> bytes:
    """pandoc's Word file with the classification above and below every page, and when and from what it was made.

    What a template has in its headers and footers stays. Where there is none, the paper is A4.

    Raises:
        MissingExtra: python-docx is not installed.
    """
    try:
        import docx
    except ImportError:
        raise MissingExtra("python-docx is not installed, and headers are set with it", 'pip install "assistant[briefing]"') from None
    document = docx.Document(BytesIO(raw))
    for section in document.sections:
        for restart in section._sectPr.xpath("./w:footnotePr/w:numRestart"):  # notes count through: the annex names them
            restart.getparent().remove(restart)
        for header, footer in _pairs(section, odd_and_even=document.settings.odd_and_even_pages_header_footer):
            _fill(header, footer, sheet)
    for paragraph in document.paragraphs:
        if paragraph.runs and paragraph.runs[-1].bold:
            paragraph.paragraph_format.keep_with_next = True  # a question stays with its answer
    _cut_off(document)
    _add_styles(document)
    if not has_template:
        _set_plainly(document)
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def _cut_off(document: Document) -> None:
    """Takes out what Word would fetch when the briefing is opened: pandoc carries over a template's settings with their links.

    A remote template of the template and a source of addresses for letters are taken out of the settings; any other link to
    elsewhere that is no hyperlink goes, with the elements that use it.
    """
    for name in ("attachedTemplate", "mailMerge"):
        for element in document.settings.element.xpath(f"./w:{name}"):
            element.getparent().remove(element)
    for part in document.part.package.iter_parts():
        for key, link in list(part.rels.items()):
            if not link.is_external or link.reltype.endswith("/hyperlink"):
                continue
            for element in (
                part.element.xpath(f"//*[@r:id='{key}' or @r:link='{key}' or @r:embed='{key}']") if hasattr(part, "element") else ()
            ):
                element.getparent().remove(element)
            del part.rels[key]


def _add_styles(document: Document) -> None:
    """The styles of notes and quotations, where a template has none: Word shows a mark without its style as a digit of the text."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Cm, Pt

    known = {style.style_id for style in document.styles}
    if "FootnoteReference" not in known and _uses(document, "FootnoteReference"):
        style = document.styles.add_style("Footnote Reference", WD_STYLE_TYPE.CHARACTER)
        style.font.superscript = True
        style.element.name_val = "footnote reference"  # as Word calls its own
    for name, left, size in (("Footnote Text", 0.0, 9), ("Block Text", 1.0, None)):
        if name.replace(" ", "") not in known and _uses(document, name.replace(" ", "")):
            style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = document.styles.default(WD_STYLE_TYPE.PARAGRAPH)
            style.paragraph_format.left_indent = style.paragraph_format.right_indent = Cm(left)
            style.font.size = Pt(size) if size else None
            style.element.name_val = name.lower() if name.startswith("Foot") else name


def _uses(document: Document, style: str) -> bool:
    parts = [document.part.blob, *(link.target_part.blob for link in document.part.rels.values() if link.reltype.endswith("/footnotes"))]
    return any(f'w:val="{style}"'.encode() in part for part in parts)


def _set_plainly(document: Document) -> None:
    """What pandoc's own styles leave open: the paper, and notes that take less room."""
    from docx.shared import Pt

    for section in document.sections:
        section.page_width, section.page_height = _A4  # type: ignore[assignment]  # lengths are whole numbers
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN  # type: ignore[assignment]
        for paragraph in section.footer.paragraphs:
            for run in paragraph.runs:
                run.font.size = Pt(8)
    for style in document.styles:
        if style.name.lower() == "footnote text":  # pandoc's name of it differs from Word's in its capitals
            style.font.size = Pt(9)
            style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(1)


def _pairs(section: Section, *, odd_and_even: bool) -> list[tuple[Any, Any]]:
    """Headers and footers that a page of the section can have."""
    pairs: list[tuple[Any, Any]] = [(section.header, section.footer)]
    if section.different_first_page_header_footer:
        pairs.append((section.first_page_header, section.first_page_footer))
    if odd_and_even:
        pairs.append((section.even_page_header, section.even_page_footer))
    return pairs


def _fill(header: Any, footer: Any, sheet: Sheet) -> None:
    if sheet.classification:
        _line(header, first=True, centred=True).add_run(printable(sheet.classification)).bold = True
    line = _line(footer, first=False, centred=False)
    line.add_run(printable(f"{sheet.footer} · {sheet.page} "))
    _page_number(line)
    if sheet.classification:
        _line(footer, first=False, centred=True).add_run(printable(sheet.classification)).bold = True


def _line(place: Any, *, first: bool, centred: bool) -> Any:
    """A new paragraph in a header or footer; the empty one that every new header has is used."""
    place.is_linked_to_previous = False
    paragraphs = place.paragraphs
    if len(paragraphs) == 1 and not paragraphs[0].text and not paragraphs[0]._p.xpath(".//w:drawing | .//w:pict"):
        line = paragraphs[0]
    elif first and paragraphs:
        line = paragraphs[0].insert_paragraph_before()
    else:
        line = place.add_paragraph()
    if centred:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return line


def _page_number(line: Any) -> None:
    """A field that Word fills with the page's number."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind, text in (("begin", None), (None, "PAGE"), ("separate", None), ("text", "1"), ("end", None)):
        run = line.add_run()
        if kind == "text":
            run.text = text
            continue
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)
