"""HTML: blocks in document order, numbers as a browser prints them, and nothing that a page does not print."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.corpus.paragraphs import split
from assistant.corpus.readers import read_source
from assistant.corpus.readers.html import html_blocks, read_html
from assistant.corpus.readers.html_lists import numeral
from assistant.errors import UnreadableDocument


def texts(page: str, role: str | None = None) -> list[str]:
    """The texts of a page's blocks, or of those of one role."""
    return [block.text for block in html_blocks(page) if role in (None, block.role)]


# --- blocks


def test_blocks_come_in_document_order() -> None:
    """Headings with their level, paragraphs, text between blocks, definitions, quotations."""
    page = "<h1>One <em>title</em></h1>loose<p>A <b>bo</b>ld\n word</p><div>b<p>c</p>d</div>"
    page += "<dl><dt>t<dd>e</dl><h3>Three</h3><blockquote>q</blockquote>"
    blocks = html_blocks(page)
    assert [block.text for block in blocks] == ["One title", "loose", "A bold word", "b", "c", "d", "t", "e", "Three", "q"]
    assert [(block.role, block.level) for block in blocks if block.role != "text"] == [("heading", 1), ("heading", 3)]


def test_a_line_break_is_a_line_and_an_empty_line_a_block() -> None:
    """Within a paragraph lines stay together; old pages part their paragraphs by two breaks."""
    assert texts("<p>a<br>b<br>\n c<br><br>d<br>&nbsp;<br>e</p>") == ["a\nb\nc", "d", "e"]
    (first, second) = read_html(b"<p>One<br>two</p>", "a.html").lines
    assert (first.begins, second.begins, second.gap) == (True, False, 0)


def test_preformatted_text_keeps_its_lines() -> None:
    """A text in `pre` is as its author laid it out."""
    assert texts("<pre>1. One\n   goes on.\n\n2. Two.</pre>") == ["1. One\n   goes on.", "2. Two."]


def test_characters_are_repaired_and_inline_markup_leaves_no_trace() -> None:
    """Entities are read, soft hyphens and word breaks join, white space is one space."""
    assert texts("<p>&#8203;12.&nbsp;The in&shy;for<wbr>mation &amp; <span>m</span>ore\t\n <q>words</q></p>") == [
        "12.\u00a0The in\u00adformation & more “words”"
    ]
    paragraphs, _ = split("d", read_html(b"<p>&#8203;1.&nbsp;The in&shy;formation was noted.</p><p>2. Two was noted.</p>", "a.html"))
    assert [(paragraph.label, paragraph.text) for paragraph in paragraphs] == [("1", "The information was noted."), ("2", "Two was noted.")]


@pytest.mark.parametrize(
    "page",
    [
        "<script>x</script>",
        "<style>x</style>",
        "<template>x</template>",
        "<noscript>x</noscript>",
        "<button>x</button>",
        "<textarea>x</textarea>",
        "<select><option>x</select>",
        "<p hidden>x</p>",
        "<div aria-hidden='true'><p>x</p></div>",
        "<div style='color: red; DISPLAY : none'>x</div>",
        "<p style='visibility:hidden'>x</p>",
        "<svg><title>x</title><text>x</text></svg>",
        "<dialog>x</dialog>",
        "<!-- x -->",
        "<ruby><rt>x</rt></ruby>",
        "<title>x</title>",
        "<iframe>x</iframe>",
    ],
)
def test_what_a_page_does_not_print_is_not_read(page: str) -> None:
    """Scripts, controls and hidden elements are nothing; the text around them stays."""
    assert texts(f"<p>a</p>{page}<p>b</p>") == ["a", "b"]


def test_struck_out_text_is_left_out_and_said_so() -> None:
    """What a draft deletes is no part of its text."""
    source = read_html(b"<p>The Group <del>decides</del><ins>notes</ins> <s>that</s> this.</p>", "a.html")
    assert [line.text for line in source.lines] == ["The Group notes this."]
    assert source.warnings == ("struck-out text was left out, in 2 places",)


def test_what_a_page_adds_is_its_margin() -> None:
    """Navigation and the page's own header, footer and asides; a header inside an article is the article's."""
    page = (
        "<header><h1>Site</h1></header><nav><ol><li>Menu</ol></nav><main><header><h1>Report</h1></header><p>Text.</p>"
        "<aside>Box</aside></main><div role='contentinfo'>Address</div><aside>More</aside><footer>Foot</footer>"
    )
    assert texts(page, "margin") == ["Site", "1.\tMenu", "Address", "More", "Foot"]
    assert texts(page, "heading") == ["Report"]
    assert texts(page, "text") == ["Text.", "Box"]


# --- numbers


@pytest.mark.parametrize(
    ("page", "items"),
    [
        ("<ol><li>a<li>b</ol>", ["1.\ta", "2.\tb"]),
        ("<ol start=12><li>a<li value=20>b<li>c</ol>", ["12.\ta", "20.\tb", "21.\tc"]),
        ("<ol start='-1'><li>a<li>b<li>c</ol>", ["-1.\ta", "0.\tb", "1.\tc"]),
        ("<ol start='x'><li value=''>a</ol>", ["1.\ta"]),
        ("<ol reversed><li>a<li>b</ol>", ["2.\ta", "1.\tb"]),
        ("<ol reversed start=9><li>a<li>b</ol>", ["9.\ta", "8.\tb"]),
        ("<ol type=a start=26><li>a<li>b</ol>", ["z.\ta", "aa.\tb"]),
        ("<ol type=I start=3><li>a<li>b</ol>", ["III.\ta", "IV.\tb"]),
        ("<ol type=i><li>a<li type=A>b</ol>", ["i.\ta", "B.\tb"]),
        ("<ol style='list-style-type: lower-latin'><li>a</ol>", ["a.\ta"]),
        ("<ol style='list-style: none'><li>a</ol>", ["a"]),
        ("<ul><li>a<li>b</ul>", ["•\ta", "•\tb"]),
        ("<ol><li><p>a</p><p>b</p><li><p>c</ol>", ["1.\ta", "b", "2.\tc"]),
        ("<ol><li>a<ol type=a><li>b<li>c</ol>d<li>e</ol>", ["1.\ta", "a.\tb", "b.\tc", "d", "2.\te"]),
        ("<ol><li><ol type=i><li>a</ol></ol>", ["1.\ti.\ta"]),
        ("<ol><li></li><li> </li><li>a</ol><p>b", ["3.\ta", "b"]),
        ("<ol><li>a<li hidden>b<li>c</ol>", ["1.\ta", "2.\tc"]),
        ("<ol><li>a</ol><p>b</p><ol start=2><li>c</ol>", ["1.\ta", "b", "2.\tc"]),
        ("<ol><li><div>a</div></ol>", ["1.\ta"]),
        ("<li>a", ["•\ta"]),
        ("<ol start=99999999999><li>a</ol>", ["1.\ta"]),
    ],
)
def test_items_have_the_numbers_that_a_browser_prints(page: str, items: list[str]) -> None:
    """start, value, reversed, type and inline styles; an item without text takes its number with it."""
    assert texts(page) == items


@pytest.mark.parametrize("page", ["<ol><li>12. The Group", "<ol start=12><li>12. The Group", "<ul><li>12. The Group"])
def test_a_number_in_the_text_is_the_one_a_reader_sees(page: str) -> None:
    """A stylesheet hides the list's own number where the text brings one."""
    assert texts(page) == ["12. The Group"]


@pytest.mark.parametrize(
    ("number", "style", "text"),
    [
        (702, "lower-alpha", "zz"),
        (703, "upper-alpha", "AAA"),
        (0, "lower-alpha", "0"),
        (1994, "upper-roman", "MCMXCIV"),
        (4000, "lower-roman", "4000"),
    ],
)
def test_numerals(number: int, style: str, text: str) -> None:
    """Letters go on after z, Roman numerals end at 3999, and what a style cannot write is decimal (CSS Counter Styles 3)."""
    assert numeral(number, style) == text


def test_a_numbered_page_gives_its_numbered_paragraphs() -> None:
    """From bytes to labels, with the lists inside the paragraphs."""
    page = "<h2>I. Introduction</h2><ol start=7>" + "".join(
        f"<li>The Group noted point {at}, including:<ol type=a><li>the first;</li><li>the second.</li></ol></li>" for at in range(4)
    )
    paragraphs, _ = split("d", read_source(page.encode(), "a.htm"))
    assert [paragraph.label for paragraph in paragraphs if paragraph.numbering == "official"] == ["7", "8", "9", "10"]
    assert paragraphs[1].text == "The Group noted point 1, including: a. the first; b. the second."


# --- tables


def test_a_table_of_data_is_one_block() -> None:
    """A row a line, cells joined; paragraphs in single cells change nothing."""
    page = "<table><caption>Votes</caption><tr><th>State<th>Vote<tr><td><p>Fiji</p><td><p>Yes</p><tr><td> <td></table>"
    (block,) = html_blocks(page)
    assert (block.text, block.role) == ("Votes\nState | Vote\nFiji | Yes", "table")
    assert texts("<table><tr><td>a<td>b<br>c<tr><td>d<td></table>") == ["a | b c\nd |"]


@pytest.mark.parametrize(
    "page",
    [
        "<table><tr><td><h1>A</h1><p>1. One.</p><p>2. Two.</p></table>",
        "<table><tr><td><h1>A</h1><td>1. One.<tr><td>2. Two.<td></table>",
        "<table><tr><td>A<tr><td>1. One.<tr><td>2. Two.</table>",
        "<table><tr><td>A<td><table><tr><td>1. One.<tr><td>2. Two.</table></table>",
        "<table role=presentation><tr><td>A<td>1. One.<tr><td>2. Two.</table>",
        "<table><tr><td><p>A</p></td><td><p>1. One.</p><p>2. Two.</p></td></table>",
        "<table><tr><td>A<td><ol><li>One.<li>Two.</ol></table>",
    ],
)
def test_a_table_that_only_lays_out_a_page_is_read_as_blocks(page: str) -> None:
    """One column, headings, lists, several paragraphs or another table in a cell."""
    assert [text.replace("\t", " ") for text in texts(page)] == ["A", "1. One.", "2. Two."]
    assert texts(page, "table") == []


def test_numbers_set_in_a_column_of_their_own_belong_to_the_text_beside_them() -> None:
    """As official documents are often laid out; a number without text beside it stays."""
    page = "<table><tr><td><p>1.</p><td><p>One.</p><p>More.</p><tr><td>12 bis.<td>Two.</table>"
    assert texts(page) == ["1.\tOne.", "More.", "12 bis.\tTwo."]


# --- footnotes


@pytest.mark.parametrize(
    "mark",
    [
        '<sup><a href="#fn1">1</a></sup>',
        '<a href="#fn:1"><sup>1</sup></a>',
        '<sup id="cite_ref-1"><a href="#cite_note-1">[1]</a></sup>',
        '<a href="#_ftn1" name="_ftnref1"><span class="MsoFootnoteReference"><sup>[1]</sup></span></a>',
        '<a href="page.html#footnote-12" class="footnote-ref">12</a>',
        '<a role="doc-noteref" href="#x">*</a>',
        '<span class="footnote-ref">3</span>',
        "<sup>3</sup>",
    ],
)
def test_the_mark_of_a_footnote_leaves_no_digit(mark: str) -> None:
    """Linked as usual tools link it, or raised behind the end of a sentence."""
    assert texts(f"<p>It was agreed.{mark}</p>") == ["It was agreed."]


def test_other_raised_digits_stay_raised() -> None:
    """Ten squared is not 102; ordinals, formulas and links to anything else stay as they are."""
    page = '<p>10<sup>2</sup> m, 1<sup>st</sup>, CO<sub>2</sub>, <a href="#notes">notes</a>, <a href="#p3">para. 3</a>,'
    page += ' <a href="#fn1">see below</a></p>'
    assert texts(page) == ["10² m, 1st, CO2, notes, para. 3, see below"]


@pytest.mark.parametrize(
    "note",
    [
        '<section class="footnotes"><ol><li id="fn1"><p>Ibid.</p></ol></section>',
        '<aside role="doc-footnote"><p>Ibid.</p></aside>',
        '<div role="doc-endnotes"><h2>Ibid.</h2></div>',
        '<p class="MsoFootnoteText">Ibid.</p>',
        '<div id="footnote-1">Ibid.</div>',
        '<footer class="footnotes">Ibid.</footer>',
    ],
)
def test_footnotes_are_notes(note: str) -> None:
    """By their role, class or id."""
    (block,) = html_blocks(note)
    assert block.role == "note"
    assert block.text.removeprefix("1.\t") == "Ibid."


@pytest.mark.parametrize("names", ["has-footnotes", "with-footnotes", "no-footnotes"])
def test_a_page_that_only_has_footnotes_is_no_note(names: str) -> None:
    """The class of a page's body says nothing of its text."""
    assert texts(f'<div class="{names}"><p>Text.</p></div>', "text") == ["Text."]


# --- encodings, properties, errors


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("", "utf-8"),
        ("", "utf-8-sig"),
        ("", "utf-16"),
        ('<meta charset="windows-1251">', "cp1251"),
        ("<META HTTP-EQUIV=Content-Type CONTENT='text/html; charset=koi8-r'>", "koi8-r"),
        ("<!-- <meta charset=latin-1> --><meta charset=utf-8>", "utf-8"),
        ('<?xml version="1.0" encoding="windows-1251"?>', "cp1251"),
    ],
)
def test_the_encoding_that_a_page_declares_is_used(head: str, encoding: str) -> None:
    """A byte order mark, a meta element, an XML declaration; without any, as for plain text."""
    source = read_html(f"{head}<p>Группа рекомендует.</p>".encode(encoding), "a.html")
    assert [line.text for line in source.lines] == ["Группа рекомендует."]
    assert source.warnings == ()


def test_a_page_says_of_itself() -> None:
    """Title, language, date and author, from the elements that name them; no other date is taken for the document's."""
    page = (
        b"<html lang='en-GB'><head><title> The \n Report </title><meta name='DC.Date' content='2023-03-10T09:00'>"
        b"<meta name=author content='The Chair'><meta name=revised content='2024-01-01'></head><svg><title>x</title></svg><p>a"
    )
    assert read_html(page, "a.html").properties == {
        "title": "The Report",
        "language": "en-GB",
        "date": "2023-03-10",
        "author": "The Chair",
    }


@pytest.mark.parametrize(
    "head", ["", "<html lang='not a language'>", "<meta name=date content='10 March'>", "<meta name=date content='2023-02-30'>"]
)
def test_what_a_page_does_not_say_is_not_made_up(head: str) -> None:
    """No title from a heading, no language from a word, no impossible date."""
    assert read_html(f"{head}<h1>a".encode(), "a.html").properties == {}


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b"", "a.html is empty"),
        (b"<html><script>x</script>", "a.html holds no text"),
        (b"<p>\xe2\x80\x8b</p>", "a.html holds no text"),
        (b"%PDF-1.4", "a.html is a PDF"),
        (b"<p>\0", "a.html is not text"),
    ],
)
def test_a_page_without_text_is_refused(raw: bytes, what: str) -> None:
    """The message names the file and what is wrong."""
    with pytest.raises(UnreadableDocument, match=f"^{what}"):
        read_html(raw, "a.html")


@pytest.mark.parametrize("tag", ["<div>", "<ol><li>", "<ul>", "<b>", "<table><tr><td>", "<a href=#fn1>x", "<li>", "<blockquote><p>"])
def test_deep_nesting_neither_crashes_nor_takes_long(tag: str) -> None:
    """A hundred thousand elements in one another, and the text inside is read where a page would print it."""
    found = texts(f"<p>Before.</p>{tag * 100_000}deep")
    assert found[0] == "Before."


def test_containers_too_deep_still_part_their_texts() -> None:
    """Elements that are never closed keep their paragraphs apart at any depth."""
    assert texts("".join(f"<div>{at}. One." for at in range(2_000)))[-2:] == ["1998. One.", "1999. One."]


TAGS = "p div li ol ul table tr td th h2 sup a b br pre section nav dl dt q del span".split()
PIECES = st.sampled_from(
    [*(f"<{tag}>" for tag in TAGS), *(f"</{tag}>" for tag in TAGS), "7. ", "word ", "\n", "&nbsp;", "<!--", "-->", "<"]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_page_is_read_or_refused(page: str) -> None:
    """No other error; lines lie in the text in order, each with something to read."""
    try:
        source = read_html(page.encode(), "a.html")
    except UnreadableDocument:
        return
    end = 0
    for line in source.lines:
        assert source.text[line.start : line.end] == line.text
        assert line.start >= end
        end = line.end
    if "del" not in page and "sup" not in page and "<!--" not in page:
        assert sum(line.text.count("word") for line in source.lines) == page.count("word")
