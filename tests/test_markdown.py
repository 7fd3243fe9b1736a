"""Markdown: the numbers that a reader of the file sees, text without markup, footnotes, front matter."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.corpus.paragraphs import split
from assistant.corpus.readers import read_source
from assistant.corpus.readers.markdown import read_markdown
from assistant.corpus.source import SourceText
from assistant.errors import UnreadableDocument


def read(text: str) -> SourceText:
    """A file with this text."""
    return read_markdown(text.encode(), "a.md")


def texts(text: str, role: str | None = None) -> list[str]:
    """The lines of a text, or those of one role; "/" stands before one that goes on with the line before."""
    return [("" if line.begins else "/") + line.text for line in read(text).lines if role in (None, line.role)]


# --- numbers


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("1. a\n2. b\n", ["1.\ta", "2.\tb"]),
        ("1. a\n1. b\n1. c\n", ["1.\ta", "2.\tb", "3.\tc"]),
        ("0. a\n0. b\n", ["0.\ta", "1.\tb"]),
        ("1. a\n3. b\n4. c\n", ["1.\ta", "3.\tb", "4.\tc"]),
        ("7. a\n\n8. b\n\n10. c\n", ["7.\ta", "8.\tb", "10.\tc"]),
        ("12. a\n", ["12.\ta"]),
        ("12) a\n13) b\n", ["12)\ta", "13)\tb"]),
        ("1. a\n2. b\n1. c\n", ["1.\ta", "2.\tb", "1.\tc"]),
        ("- a\n* b\n+ c\n", ["•\ta", "•\tb", "•\tc"]),
        ("1. a\n\ntext\n\n2. b\n", ["1.\ta", "text", "2.\tb"]),
        ("1. a\n\n   b\n\n2. c\n", ["1.\ta", "b", "2.\tc"]),
        ("1. a\n   - b\n   - c\n2. d\n", ["1.\ta", "•\tb", "•\tc", "2.\td"]),
        ("1. a\n   1. b\n   1. c\n2. d\n", ["1.\ta", "1.\tb", "2.\tc", "2.\td"]),
        ("1.\n2. a\n", ["2.\ta"]),
        ("- 3. a\n", ["•\t3.\ta"]),
        ("12\\. a\n", ["12. a"]),
        ("(a) a\n", ["(a) a"]),
        ("12 bis. a\n", ["12 bis. a"]),
    ],
)
def test_items_have_the_numbers_that_a_reader_sees(text: str, items: list[str]) -> None:
    """A gap is kept; only numbers that are all the same are counted, as CommonMark prints them."""
    assert texts(text) == items


def test_a_numbered_text_gives_its_numbered_paragraphs() -> None:
    """From bytes to labels: the numbers of the file, across headings, with the paragraphs inside an item."""
    text = "# Report\n\n## I. Introduction\n\n" + "".join(f"{at}. The Group noted point {at}.\n\n" for at in (1, 2, 3))
    text += "    The point was made twice.\n\n## II. Threats\n\n" + "".join(f"{at}. The Group noted point {at}.\n" for at in (5, 6, 7))
    paragraphs, ledger = split("d", read_source(text.encode(), "a.md"))
    assert [paragraph.label for paragraph in paragraphs] == ["1", "2", "3", "5", "6", "7"]
    assert paragraphs[2].text == "The Group noted point 3. The point was made twice."
    assert ledger.gaps == ("4",)


# --- text


def test_blocks_have_their_roles() -> None:
    """Headings with their level, tables a row a line, quotations and code as text."""
    source = read(
        "# One\n\nTwo\n---\n\ntext\n\n| a | b |\n|---|---|\n| *1* |  |\n\n> quoted\n\n    code\n\n```\nfenced\n\nmore\n```\n***\n"
    )
    assert [(line.text, line.role, line.level) for line in source.lines] == [
        ("One", "heading", 1),
        ("Two", "heading", 2),
        ("text", "text", 0),
        ("a | b", "table", 0),
        ("1 |", "table", 0),
        ("quoted", "text", 0),
        ("code", "text", 0),
        ("fenced", "text", 0),
        ("more", "text", 0),
    ]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("**bold** _it_ `c * d` ~~s~~", "bold it c * d ~~s~~"),
        ("[link](http://x) <http://y> ![picture](z)", "link http://y"),
        ("[a][b]\n\n[b]: http://x", "a"),
        (r"\*plain\* &amp; &copy; 2_000_0", "*plain* & © 2_000_0"),
        ("a <b>b</b> <!-- c --> d", "a b  d"),
        ("10<sup>2</sup> m", "10² m"),
        ("in\u00adfor\u200bmation e\ufb03cient", "in\u00adformation efficient"),
    ],
)
def test_inline_markup_goes_and_its_text_stays(markup: str, text: str) -> None:
    """Verbatim, with characters repaired; raised digits stay raised."""
    assert texts(markup) == [text]


def test_lines_of_a_paragraph_stay_together() -> None:
    """Soft and hard line ends, and `<br>`, end a line and not a block."""
    assert texts("a\nb  \nc\\\nd<br/>e\n\nf") == ["a", "/b", "/c", "/d", "/e", "f"]


def test_html_blocks_are_read_as_text() -> None:
    """With their own blocks, tables and hidden parts."""
    assert texts("<div>\n<p>one <b>two</b></p>\n<p hidden>x</p>\n</div>\n\n<script>\nx\n</script>\n\n<!-- x -->\n\nthree\n") == [
        "one two",
        "three",
    ]


def test_footnotes_are_notes_and_leave_no_mark() -> None:
    """A word that looks like the target of a link is a note too; a mark without a note is text."""
    text = "One.[^1] Two.[^b]\n[^1]: Ibid.\n[^b]: See *there*\nand there.\n\n    More.\n\nThree.[^none]\n"
    assert texts(text, "text") == ["One. Two.", "Three.[^none]"]
    assert texts(text, "note") == ["[1] Ibid.", "[b] See there", "/and there.", "More."]


# --- front matter


def test_front_matter_gives_properties_and_no_text() -> None:
    """Quotation marks and comments go; unknown keys, lists and nested fields are passed over."""
    front = (
        "---\nTitle: \"The: Report\"  # draft\ndate: 2023-03-10\nlang: fr\nsymbol: 'A/78/265'\ntags:\n  - x\nauthor: The Chair # x\n---\n"
    )
    source = read(front + "1. Text.\n")
    assert [line.text for line in source.lines] == ["1.\tText."]
    assert source.properties == {
        "title": "The: Report",
        "date": "2023-03-10",
        "language": "fr",
        "symbol": "A/78/265",
        "author": "The Chair",
    }


@pytest.mark.parametrize("front", ["---\nThe Group\nmet.\n---\n", "---\n\n---\n", "---\ntitle: x\n", "text\n---\ntitle: x\n---\n"])
def test_what_only_looks_like_front_matter_is_text(front: str) -> None:
    """Lines that are no fields, no fields at all, no end, or text before."""
    assert read(front + "\nText.\n").properties == {}


@pytest.mark.parametrize("value", ["10 March 2023", "2023-02-30", "", "|"])
def test_a_date_that_is_none_is_not_taken(value: str) -> None:
    """Only a calendar date in the form of ISO 8601 is."""
    assert read(f"---\ntitle: t\ndate: {value}\n---\nText.\n").properties == {"title": "t"}


# --- encodings and errors


def test_encodings_are_those_of_plain_text() -> None:
    """UTF-16, line ends of every system, and windows-1252 with its warning."""
    assert [line.text for line in read_markdown("1. Été\r\n2. b\r".encode("utf-16"), "a.md").lines] == ["1.\tÉté", "2.\tb"]
    assert read_markdown("1. Été à Genève".encode("cp1252"), "a.md").warnings == ("read as windows-1252: check letters with accents",)


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b"", "a.md is empty"),
        (b"---\ntitle: x\n---\n", "a.md holds no text"),
        (b"<!-- x -->\n\n***\n", "a.md holds no text"),
        (b"PK\x03\x04 word/", "a.md is a Word file"),
        (b">" * 1000 + b" x", "a.md has lists or quotations too deep"),
        (b"- " * 1000 + b"x", "a.md has lists or quotations too deep"),
    ],
)
def test_a_file_without_text_is_refused(raw: bytes, what: str) -> None:
    """The message names the file and what is wrong; nothing is dropped for being too deep."""
    with pytest.raises(UnreadableDocument, match=f"^{what}"):
        read_markdown(raw, "a.md")


PIECES = st.sampled_from(
    ["1. ", "2. ", "- ", "> ", "\n", "\n\n", "   ", "word ", "[^1]", "[^1]: ", "|", "---", "# ", "`", "*", "<b>", "<div>", "\t", "["]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No other error; lines lie in the text in order; no word is read twice, and none is lost outside tables and links."""
    try:
        source = read(text)
    except UnreadableDocument:
        return
    end = 0
    for line in source.lines:
        assert source.text[line.start : line.end] == line.text
        assert line.start >= end
        end = line.end
    found = sum(line.text.count("word") for line in source.lines)
    assert found == text.count("word") or (found < text.count("word") and ("|" in text or "[" in text or "<" in text))
