"""Bytes into text: what is read without a doubt, what is read with a warning, what is refused."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.corpus.readers.encodings import decode
from assistant.corpus.readers.text import read_text
from assistant.errors import UnreadableDocument

FRENCH = "1. Le Président a déclaré que les États étaient « très préoccupés ».\n2. L’évolution se poursuit à Genève.\n"
GERMAN = "1. Die Präsidentin erklärte, daß größere Anstrengungen nötig seien.\n"
POLISH = "1. Przewodniczący stwierdził, że państwa członkowskie powinny kontynuować prace. Żądamy współpracy.\n"
RUSSIAN = "ДОКЛАД ГРУППЫ\n1. Председатель заявил, что государства-члены должны продолжить работу.\n"
ARABIC = "1. أعلن الرئيس أن الدول الأعضاء يجب أن تواصل عملها، ونرحب بتقرير الأمين العام.\n"
CHINESE = "1. 主席指出，会员国应继续开展工作。我们欢迎秘书长的报告，并注意到其重要性。\n"
TRADITIONAL = "1. 主席指出，會員國應繼續開展工作。我們歡迎秘書長的報告，並注意到其重要性。\n"
JAPANESE = "1. 議長は、加盟国が作業を継続すべきであると述べた。我々は事務総長の報告書を歓迎する。\n"
KOREAN = "1. 의장은 회원국들이 작업을 계속해야 한다고 말했다. 우리는 사무총장의 보고서를 환영한다.\n"
GREEK = "1. Ο Πρόεδρος δήλωσε ότι τα κράτη μέλη πρέπει να συνεχίσουν τις εργασίες τους.\n"
ALL = [FRENCH, RUSSIAN, ARABIC, CHINESE, "One.\n"]


def refused(raw: bytes) -> str:
    """What is said of a file that is refused."""
    with pytest.raises(UnreadableDocument) as error:
        decode(raw, "a.txt")
    return str(error.value)


@pytest.mark.parametrize("text", ALL)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_unicode_is_read_without_a_warning(text: str, encoding: str) -> None:
    """UTF-8, UTF-16 and UTF-32, with and without a byte order mark, in every language."""
    assert decode(text.encode(encoding), "a.txt") == (text, ())


@pytest.mark.parametrize(("mark", "encoding"), [(codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF32_BE, "utf-32-be")])
def test_a_mark_gives_the_order_of_bytes(mark: bytes, encoding: str) -> None:
    """Big-endian texts with their mark."""
    assert decode(mark + RUSSIAN.encode(encoding), "a.txt") == (RUSSIAN, ())


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        (FRENCH, "cp1252", "windows-1252"),
        (FRENCH.replace("’", "'"), "latin-1", "windows-1252"),
        (GERMAN, "latin-1", "windows-1252"),
        ("Côte d’Ivoire and São Tomé spoke.\n", "cp1252", "windows-1252"),
        ("Résumé", "cp1252", "windows-1252"),
        (POLISH, "cp1250", "windows-1250"),
        (RUSSIAN, "cp1251", "windows-1251"),
        ("1. Группа рекомендует.", "cp1251", "windows-1251"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (ARABIC, "cp1256", "windows-1256"),
        (CHINESE, "gb18030", "gb18030"),
        (TRADITIONAL, "big5", "big5"),
        (JAPANESE, "shift_jis", "shift_jis"),
        (KOREAN, "euc-kr", "euc-kr"),
        (GREEK, "cp1253", "windows-1253"),
    ],
)
@pytest.mark.parametrize("times", [1, 200])
def test_an_older_encoding_is_read_with_a_warning(text: str, encoding: str, name: str, times: int) -> None:
    """The likeliest encoding is taken, for a short text and a long one, and the warning names it."""
    found, (warning,) = decode((text * times).encode(encoding), "a.txt")
    assert found == text * times
    assert warning.startswith(f"read as {name}: check ")


def test_the_warning_reaches_the_source_text() -> None:
    """A person sees it with the document."""
    assert read_text(FRENCH.encode("cp1252"), "a.txt").warnings == ("read as windows-1252: check letters with accents",)
    assert read_text(FRENCH.encode(), "a.txt").warnings == ()


def test_a_few_bytes_of_windows_1252_in_utf_8_are_read_and_named() -> None:
    """Their lines are in the warning, and the rest of the text is read as what it is."""
    raw = FRENCH.encode() * 3 + b"caf\xe9 \x93quoted\x94\n" + b"end\n" + "São Tomé\n".encode("cp1252")
    text, (warning,) = decode(raw, "a.txt")
    assert text == FRENCH * 3 + "café “quoted”\nend\nSão Tomé\n"
    assert warning == "lines 7, 9: bytes that are not UTF-8 were read as windows-1252: check letters with accents"


def test_of_many_lines_the_first_are_named() -> None:
    """The warning stays short."""
    _, (warning,) = decode((FRENCH.encode() * 5 + b"\xe9\n") * 8, "a.txt")
    assert warning.startswith("lines 11, 22, 33, 44, 55 and 3 more: ")


@pytest.mark.parametrize(
    "raw",
    [
        FRENCH.encode() + FRENCH.encode("cp1252"),
        RUSSIAN.encode() + RUSSIAN.encode("cp1251"),
        RUSSIAN.encode() * 30 + "доклад".encode("cp1251"),
    ],
)
def test_a_text_in_two_encodings_is_refused(raw: bytes) -> None:
    """Where the wrong bytes are many, or are words of another script, nothing is guessed."""
    assert "Save it as UTF-8." in refused(raw)


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b"", "a.txt is empty"),
        (b" \r\n\t", "a.txt is empty"),
        (codecs.BOM_UTF8, "a.txt is empty"),
        (codecs.BOM_UTF16_LE, "a.txt is empty"),
        (codecs.BOM_UTF32_BE, "a.txt is empty"),
        (b"Te\0xt", "a.txt is not text: it holds NUL characters"),
        (b"Tex\0", "a.txt is not text: it holds NUL characters"),
        (b"Some text with NULs\0" * 50, "a.txt is not text: it holds NUL characters"),
        (codecs.BOM_UTF16_LE + b"\0", "a.txt is not utf-16 text (byte 3)"),
        (b"Text\x01\x02\x03", "a.txt is not text: many of its characters are controls"),
        (bytes(range(128, 256)), "a.txt is not utf-8 text (byte 1)"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 3, "a.txt is not utf-8 text (byte 1)"),
        (b"\xff\xff", "a.txt is not utf-8 text (byte 1)"),
    ],
)
def test_what_is_no_text_is_refused(raw: bytes, what: str) -> None:
    """Nothing, NULs, controls, and bytes that are no language in any encoding."""
    assert refused(raw).startswith(what)


@pytest.mark.parametrize(
    ("raw", "what", "step"),
    [
        (b"%PDF-1.7\n", "a PDF", "Rename it so that it ends in .pdf."),
        (b"PK\x03\x04....word/document.xml", "a Word file", "Rename it so that it ends in .docx."),
        (b"PK\x03\x04....xl/workbook.xml", "an Excel file", "save it as"),
        (b"PK\x03\x04....a.txt", "a zip archive", "Unpack it first."),
        (bytes.fromhex("d0cf11e0a1b11ae1"), "an old Word", "save it as .docx"),
        (b"{\\rtf1\\ansi", "a rich-text file", "save it as .docx"),
    ],
)
def test_another_format_is_named_and_how_to_read_it(raw: bytes, what: str, step: str) -> None:
    """A file whose name says text and whose bytes say otherwise."""
    message = refused(raw)
    assert what in message
    assert step in message


def test_letters_that_were_lost_before_are_named() -> None:
    """U+FFFD stays in the text, and the warning names its line."""
    assert decode("One.\nCaf\ufffd.\n".encode(), "a.txt") == (
        "One.\nCaf\ufffd.\n",
        ("line 2: letters that an earlier conversion lost (U+FFFD)",),
    )


@pytest.mark.parametrize(
    ("text", "encoding", "declared"),
    [
        (FRENCH, "cp1252", "ISO-8859-1"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (CHINESE, "gb18030", "gb2312"),
        (JAPANESE, "cp932", "Shift_JIS"),
        (FRENCH, "utf-8", "utf-16"),
        (FRENCH, "utf-8", "unicode_escape"),
        (FRENCH, "utf-8", "no such encoding"),
        ("日本", "iso2022_jp", "iso-2022-jp"),
    ],
)
def test_a_declared_encoding_needs_no_warning(text: str, encoding: str, declared: str) -> None:
    """It means what browsers take it to mean; what cannot be meant, or is no encoding of documents, does not count."""
    assert decode(text.encode(encoding), "a.htm", declared) == (text, ())


def test_utf_8_that_calls_itself_something_else_is_read_as_utf_8() -> None:
    """Saved again by another program, its declaration was forgotten."""
    text, (warning,) = decode(FRENCH.encode(), "a.htm", "windows-1252")
    assert text == FRENCH
    assert warning == "read as UTF-8, though it says that it is windows-1252"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=80), st.sampled_from([None, "latin-1", "gbk", "utf-7", "\0", "é"]))
def test_any_bytes_are_read_or_refused(raw: bytes, declared: str | None) -> None:
    """No other error, and no text with NULs."""
    try:
        text, _ = decode(raw, "a.txt", declared)
    except UnreadableDocument:
        return
    assert text.strip()
    assert "\0" not in text
    assert not any("\ud800" <= character <= "\udfff" for character in text)


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="\ufeff\ufffd"), min_size=1).filter(str.strip))
def test_utf_8_is_always_itself(text: str) -> None:
    """No guess ever changes a text that is UTF-8."""
    if not text.encode().startswith((b"%PDF", b"PK", b"{\\rtf")):
        assert decode(text.encode(), "a.txt") == (text, ())
