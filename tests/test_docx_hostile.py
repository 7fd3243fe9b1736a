"""Files that are no Word files, or mean harm: one line says what is wrong, and nothing is unpacked without a limit."""

from __future__ import annotations

import random
import zipfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from word_files import abstract, item, lvl, num, p, packed, part, read, run, style, table, texts, word

from assistant.corpus.readers import docx_package
from assistant.corpus.readers.docx import read_docx
from assistant.errors import UnreadableDocument

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
GOOD = word(p("a") + table(("b", "c")), styles=style("S"), numbering=abstract(lvl(0, "%1.")) + num())


def refused(raw: bytes) -> UnreadableDocument:
    """The error that these bytes raise: one line, with a next step."""
    with pytest.raises(UnreadableDocument) as caught:
        read_docx(raw, "a.docx")
    assert caught.value.step
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b"", "empty"),
        (b"Just text.", "not a Word file"),
        (b"%PDF-1.7", "is a PDF"),
        (b"{\\rtf1", "Rich Text"),
        (b"\xef\xbb\xbf<html>", "web page"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (OLE + "WordDocument".encode("utf-16-le"), "old Word file"),
        (OLE, "not a Word file"),
        (GOOD[: len(GOOD) // 2], "not copied whole"),
        (packed({"a.txt": "a"}), "no Word text"),
        (packed({"../word/document.xml": part("document", "")}), "no Word text"),
        (word(""), "holds no text"),
        (word(p() + table(("", ""))), "holds no text"),
        (word(p("a"), {"word/document.xml": "<w:document"}), "damaged XML in word/document.xml"),
        (word(p("a"), numbering="</w:oops>"), "damaged XML in word/numbering.xml"),
        (word(p("a"), {"word/document.xml": '<?xml version="1.0" encoding="no-such"?><a/>'}), "damaged XML"),
        (word(p("a"), {"word/document.xml": b"\xff\xfe\x00"}), "damaged XML"),
    ],
)
def test_what_is_no_word_file_is_named(raw: bytes, what: str) -> None:
    """Each is refused in one line that says what it is, and what to do."""
    assert what in refused(raw).what


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE a SYSTEM "http://example.org/a.dtd">',
    ],
)
def test_document_types_and_entities_are_refused(declared: str) -> None:
    """Neither files nor networks are opened, and no entity is expanded."""
    body = part("document", f"<w:body>{p('a')}</w:body>").replace("?>", f"?>{declared}", 1)
    assert "document type" in refused(word("", {"word/document.xml": body})).what


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """By what its directory says of it: a part packed too densely, or all parts together too large."""
    spaces = part("document", " " * (docx_package.RATIO_FROM + 1))
    assert "unpacks to more" in refused(word("", {"word/document.xml": spaces})).what
    monkeypatch.setattr(docx_package, "MAX_BYTES", 500)
    assert "unpacks to more" in refused(GOOD).what


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Word file has some dozens."""
    monkeypatch.setattr(docx_package, "MAX_MEMBERS", 3)
    assert "members" in refused(GOOD).what


def test_members_that_are_not_asked_for_are_never_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that leads out of the folder is only a name, and what is damaged elsewhere in the zip does not matter."""
    monkeypatch.chdir(tmp_path)
    raw = word(p("a"), {"../../evil.txt": "evil", "/etc/evil": "evil", "word/media/bomb.bmp": bytes(21 * 2**20), "x.xml": "<broken"})
    assert read_docx(raw, "a.docx").text.strip() == "a"
    assert list(tmp_path.rglob("*")) == []


def test_other_ways_of_packing_are_refused() -> None:
    """Word only deflates; bzip2 and LZMA would unpack without a limit."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("word/document.xml", part("document", ""))
    assert "packed as no Word file" in refused(made.getvalue()).what


def test_a_member_with_a_password_is_named() -> None:
    """Zip programs can encrypt members one by one."""
    raw = bytearray(packed({"word/document.xml": part("document", "")}))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(signature) + at] |= 1
    assert "password" in refused(bytes(raw)).what


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"),
        ("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>"),
        ("<w:p><w:r><w:pict><w:txbxContent>", "</w:txbxContent></w:pict></w:r></w:p>"),
        ("<w:p><w:hyperlink>", "</w:hyperlink></w:p>"),
        ("<x>", "</x>"),
    ],
)
def test_nesting_is_read_up_to_a_limit_and_refused_beyond(opening: str, closing: str) -> None:
    """Just below the limit there is no traceback, far above it a message."""
    times = (docx_package.MAX_DEPTH - 12) // opening.count("<")
    assert texts(opening * times + p("deep") + closing * times + p("end"))[-1] == "end"
    assert "nested too deeply" in refused(word(opening * 100_000 + closing * 100_000 + p("end"))).what


def test_what_would_grow_without_bound_does_not() -> None:
    """A long pattern, a far start and a note that is named again and again add little to the text."""
    numbering = abstract(lvl(0, "%1" + "x" * 10_000, "lowerLetter", start=999_999_999)) + num()
    note = f'<w:footnote w:id="1">{p("n" * 10_000)}</w:footnote>'
    references = '<w:footnoteReference w:id="1"/>' * 50
    body = item(f"<w:r>{references}</w:r>" + run("a")) * 20
    assert sum(len(text) for _, text in read(body, numbering=numbering, footnotes=note)) < 20_000


def test_values_that_are_no_numbers_are_passed_over() -> None:
    """Levels, starts and outline levels that make no sense count as not given."""
    numbering = f"<w:abstractNum>{lvl(0, '%1.')}</w:abstractNum><w:num><w:abstractNumId/></w:num>" + abstract(
        '<w:lvl w:ilvl="x"/><w:lvl/>', lvl(0, "%1.").replace('"1"', '"one"')
    )
    numbering += num(
        overrides='<w:lvlOverride w:ilvl="99"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="' + "9" * 5000 + '"/></w:lvlOverride>'
    )
    body = p("a", '<w:outlineLvl w:val="deep"/><w:numPr><w:ilvl w:val="-7"/><w:numId w:val="1"/></w:numPr>')
    assert texts(body, numbering=numbering) == ["0.\ta"]


def test_damage_anywhere_is_read_or_refused() -> None:
    """Whatever bytes change or go, there is a text or a message."""
    chance = random.Random(7)
    for _ in range(400):
        raw = bytearray(GOOD)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(raw))
            raw[at : at + chance.choice((0, 1, 1, 1, 9))] = bytes([chance.randrange(256)])
        with suppress(UnreadableDocument):
            read_docx(bytes(raw), "a.docx")
