"""Word and HTML by pandoc: true footnotes, a template's styles, any text to the letter, and templates that mean no good."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import docx
import pytest
from briefing_parts import word_notes, word_parts, word_text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_ui import Reader

from assistant.briefing import pandoc, word
from assistant.briefing.blocks import Block, Heading, Items, Note, Paragraph, Quotation, Run, Sheet, printable
from assistant.briefing.markdown import render
from assistant.errors import BriefingError, InvalidTemplate

HOSTILE = (
    '![](file:///etc/passwd) <script>alert(1)</script> <img src=x onerror=alert(1)> `<b>`{=html} [l](javascript:x){.a onclick="y"} '
    "\\input{/etc/passwd} $x^2$ <?xml ?> ]]> {{< include /etc/passwd >}} ```{.include} @cite ::: \x00\x08\x1b\ud800\ufffe \u202eevil"
)
ARABIC = "مرحبا بالعالم"


def _sheet(*blocks: Block, language: str = "en", classification: str = "SECRET") -> Sheet:
    return Sheet("Title", "Meeting", "1 May 2026", "For you", classification, "Made today", "Page", language, blocks)


def _word(sheet: Sheet, template: bytes | None = None) -> bytes:
    return word.finish(pandoc.convert(sheet, "docx", template), sheet, has_template=template is not None)


def _template(**changes: bytes | str | None) -> bytes:
    """python-docx's own document as a template, with members replaced (`header1_xml_rels` …) or left out."""
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Ministry of Foreign Affairs"
    document.styles["Heading 1"].font.name = "Garamond"
    made = BytesIO()
    document.save(made)
    members = word_parts(made.getvalue())
    names = {
        "rels": "word/_rels/header1.xml.rels",
        "header": "word/header1.xml",
        "styles": "word/styles.xml",
        "types": "[Content_Types].xml",
    }
    for key, content in changes.items():
        name = names.get(key, key)
        if content is None:
            del members[name]
        else:
            members[name] = content.encode() if isinstance(content, str) else content
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


NOTED = Paragraph((Run("“Said.”"), Note("A/79/214, para. 7."), Run(",", "raised"), Note("A/79/214, para. 8.")))


def test_notes_are_true_footnotes() -> None:
    """Each note is a footnote of the part for footnotes, in order, counted through; there is no part for endnotes."""
    raw = _word(_sheet(Heading(1, (Run("Points"),)), NOTED, Items(((NOTED,), (Quotation((NOTED,)),)))))
    parts = word_parts(raw)
    assert word_notes(raw) == ["A/79/214, para. 7.", "A/79/214, para. 8."] * 3
    assert "word/endnotes.xml" not in parts
    assert b"endnoteReference" not in parts["word/document.xml"]
    assert b"numRestart" not in parts["word/document.xml"]
    assert not [name for name in parts if name.endswith(".rels") and b"External" in parts[name]]


def test_every_page_says_its_classification_and_where_it_is_from() -> None:
    """Header and footer of the first and of other pages carry the classification; the footer when and from what, and a page number."""
    document = docx.Document(BytesIO(_word(_sheet(NOTED))))
    section = document.sections[0]
    assert [paragraph.text for paragraph in section.header.paragraphs] == ["SECRET"]
    assert [paragraph.text for paragraph in section.footer.paragraphs] == ["Made today · Page 1", "SECRET"]
    assert "PAGE" in section.footer._element.xml
    assert round(section.page_width.mm) == 210
    assert [paragraph.text for paragraph in document.paragraphs[:3]] == ["Title", "Meeting", "1 May 2026\nFor you"]


def test_a_template_is_honoured(tmp_path: Path) -> None:
    """Styles, header and margins are the template's, its text is not taken, and marks are raised where it has no style for them."""
    place = tmp_path / "ministry.docx"
    place.write_bytes(_template())
    raw = _word(_sheet(Heading(1, (Run("Points"),)), NOTED, Quotation((NOTED,))), word.checked_template(place))
    document = docx.Document(BytesIO(raw))
    assert document.styles["Heading 1"].font.name == "Garamond"
    assert [paragraph.text for paragraph in document.sections[0].header.paragraphs] == ["SECRET", "Ministry of Foreign Affairs"]
    ids = {style.style_id: style for style in document.styles}
    assert ids["FootnoteReference"].font.superscript
    assert {"FootnoteText", "BlockText"} <= ids.keys()


def test_any_text_is_the_same_in_word_and_html() -> None:
    """Text that could be markup, controls and right-to-left text come out to the letter, in the body, the notes and the head."""
    text = printable(HOSTILE)
    sheet = Sheet(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, "en", (Paragraph((Run(HOSTILE), Note(HOSTILE))), NOTED))
    raw = _word(sheet)
    parts = word_parts(raw)
    assert word_text(parts["word/document.xml"]).split("\n").count(text) == 5  # title, meeting, date, audience, the paragraph
    assert word_notes(raw)[0] == text
    assert b"root:" not in b"".join(parts.values())
    page = pandoc.convert(sheet, "html").decode()
    read = Reader(page)
    assert not {tag for tag, _ in read.elements} & {"script", "img", "iframe", "object", "embed", "link", "base", "form", "svg"}
    assert not [name for values in read.values for name in values if name.startswith("on") or name == "src"]
    assert read.text.count(text) >= 5
    assert "default-src 'none'" in page
    fragments = {f"#fn{ref}{number}" for ref in ("", "ref") for number in (1, 2, 3)}
    assert {values["href"] for values in read.values if "href" in values} <= fragments


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(min_size=1), min_size=1, max_size=40))
def test_no_character_is_lost_or_refused(texts: list[str]) -> None:
    """Any Unicode makes a Word file that opens, with every paragraph and note as it was but for what XML cannot hold."""
    blocks = tuple(Paragraph((Run(f"x{text}y"), Note(f"n{text}n"))) for text in texts)
    raw = _word(_sheet(*blocks))
    body = word_text(word_parts(raw)["word/document.xml"])
    assert all(f"x{printable(text)}y" in body for text in texts)
    assert word_notes(raw) == [f"n{printable(text)}n" for text in texts]
    page = pandoc.convert(_sheet(*blocks), "html").decode()
    assert page.count('role="doc-noteref"') == len(texts)


def test_right_to_left_text_runs_so() -> None:
    """A paragraph in Arabic is set from right to left in Word and HTML; one in English is not."""
    sheet = _sheet(Paragraph((Run(ARABIC, language="ar"),)), Paragraph((Run("English"),)))
    body = word_parts(_word(sheet))["word/document.xml"].decode()
    assert body.count("<w:bidi") == 1
    assert 'dir="rtl"' in pandoc.convert(sheet, "html").decode()


def test_ten_thousand_lines_are_written_in_seconds() -> None:
    """A briefing of ten thousand points with a note each is whole in every format."""
    blocks = (Items(tuple((Paragraph((Run(f"Point {at}."), Note(f"A/1, para. {at}."))),) for at in range(10_000))),)
    assert len(word_notes(_word(_sheet(*blocks)))) == 10_000
    assert pandoc.convert(_sheet(*blocks), "html").count(b'role="doc-noteref"') == 10_000
    assert render(_sheet(*blocks)).count("[^") == 20_000


def test_pandoc_reads_the_markdown_as_it_was_meant() -> None:
    """Another reader of Markdown finds the same paragraphs and notes in it, hostile ones included."""
    blocks = (Heading(1, (Run("Points"),)), Paragraph((Run(HOSTILE), Note(HOSTILE))), Items(((NOTED,), (NOTED, Quotation((NOTED,))))))
    command = [pandoc.pandoc_path(), "--sandbox", "--from=commonmark+footnotes", "--to=json"]
    tree = json.loads(subprocess.run(command, input=render(_sheet(*blocks)).encode(), capture_output=True, check=True).stdout)
    found: dict[str, list[object]] = {}

    def walk(node: object) -> None:
        if isinstance(node, dict):
            found.setdefault(str(node.get("t")), []).append(node.get("c"))
        for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            walk(child)

    walk(tree["blocks"])
    assert len(found["Note"]) == 7
    assert not found.keys() & {"Link", "Image", "RawInline", "RawBlock", "Code", "CodeBlock", "Math", "Cite"}
    assert "file:///etc/passwd" in json.dumps(tree)


EXTERNAL = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="http://spy.example/x.png" '
    'TargetMode="External"/>'
    "</Relationships>"
)
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
FIELD = (
    '<w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p><w:r><w:instrText>INCLUDE</w:instrText></w:r>'
    "<w:r><w:instrText>PICTURE http://spy.example/x</w:instrText></w:r></w:p></w:hdr>"
)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "is no Word file"),
        (b"PK\x03\x04 not a zip", "is no Word file"),
        (_template(styles=None), "it has no word/styles.xml"),
        (_template(styles="<w:styles"), "word/styles.xml is no XML"),
        (_template(styles=BOMB), "declares entities"),
        (_template(rels=EXTERNAL), "fetches 'http://spy.example/x.png' from elsewhere"),
        (_template(header=FIELD), "a field INCLUDEPICTURE"),
        (_template(styles=b" " * (word.MAX_XML + 1)), "unpacks to more than 20 MB"),
        (_template(**{f"word/media/{at}.bin": b"\0" * 30_000_000 for at in range(7)}), "unpacks to more than 200 MB"),
        (_template(**{f"word/media/{at}.bin": b"" for at in range(2001)}), "members"),
        (_template()[:-200], "is no Word file"),
    ],
)
def test_a_template_that_means_no_good_is_refused(tmp_path: Path, raw: bytes, says: str) -> None:
    """What is no Word file, unpacks to a mass, or could fetch or run something is named in one line, with what to do."""
    place = tmp_path / "ministry.docx"
    place.write_bytes(raw)
    with pytest.raises(InvalidTemplate, match=re.escape(says)) as error:
        word.checked_template(place)
    assert "ministry.docx" in str(error.value)
    assert error.value.step


def test_a_template_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A missing file and a folder are one line each."""
    for place in (tmp_path / "none.docx", tmp_path):
        with pytest.raises(InvalidTemplate, match="cannot be read"):
            word.checked_template(place)


def test_what_a_template_links_outside_its_headers_is_left_behind(tmp_path: Path) -> None:
    """The remote template that Word files often name is not carried over, so that opening the briefing fetches nothing."""
    place = tmp_path / "ministry.docx"
    rels = EXTERNAL.replace("/image", "/attachedTemplate")
    place.write_bytes(_template(**{"word/_rels/settings.xml.rels": rels}))
    parts = word_parts(_word(_sheet(NOTED), word.checked_template(place)))
    assert not [name for name, content in parts.items() if b"spy.example" in content]


def test_a_slow_pandoc_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A program that hangs is stopped after its time, one that fails or is missing is one line."""
    program = tmp_path / "pandoc"
    monkeypatch.setattr(pandoc, "pandoc_path", lambda: str(program))
    for script, says in (("sleep 60", "took longer than 0.5 s"), ("echo no use >&2; exit 3", "pandoc failed: no use")):
        program.write_text(f"#!/bin/sh\nexec {script}\n" if "sleep" in script else f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(0o755)
        with pytest.raises(BriefingError, match=says):
            pandoc.convert(_sheet(NOTED), "docx", seconds=0.5)
    program.unlink()
    with pytest.raises(BriefingError, match="cannot be started"):
        pandoc.convert(_sheet(NOTED), "docx")
