"""Word's automatic numbers: written as Word prints them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from word_files import abstract, item, lvl, num, p, run, style, table, texts

from assistant.corpus.readers.docx_formats import format_number

OUTLINE = abstract(lvl(0, "%1."), lvl(1, "%1.%2"), lvl(2, "(%3)", "lowerLetter")) + num()


def start_override(at: int, value: int) -> str:
    """A list's own start of a level."""
    return f'<w:lvlOverride w:ilvl="{at}"><w:startOverride w:val="{value}"/></w:lvlOverride>'


def test_levels_count_under_each_other_and_begin_again_under_the_next() -> None:
    """A level's pattern names those above it, and each begins anew after one above it."""
    body = item("a") + item("b", 1) + item("c", 1) + item("d", 2) + item("e") + item("f", 1) + item("g", 2)
    assert texts(body, numbering=OUTLINE) == ["1.\ta", "1.1\tb", "1.2\tc", "(a)\td", "2.\te", "2.1\tf", "(a)\tg"]


def test_a_level_that_was_skipped_shows_its_start() -> None:
    """A paragraph of the second level before any of the first is 1.1, and the first is still 1."""
    assert texts(item("a", 1) + item("b"), numbering=OUTLINE) == ["1.1\ta", "1.\tb"]


def test_paragraphs_outside_the_list_do_not_disturb_it() -> None:
    """A list goes on after text, tables and other lists."""
    numbering = OUTLINE.replace("<w:num ", abstract(lvl(0, "%1)", "upperRoman"), name=9) + "<w:num ", 1) + num(2, 9)
    body = item("a") + p("text") + item("x", num=2) + table(("cell", "cell")) + item("b")
    assert texts(body, numbering=numbering) == ["1.\ta", "text", "I)\tx", "cell | cell", "2.\tb"]


def test_numbers_count_through_the_cells_of_tables() -> None:
    """A numbered paragraph in a cell has its number there, and the text goes on after it."""
    body = item("a") + table((item("b"), "c")) + item("d")
    assert texts(body, numbering=OUTLINE) == ["1.\ta", "2. b | c", "3.\td"]


def test_lists_of_one_definition_share_their_count() -> None:
    """The second list goes on where the first stopped, and the first where the second did."""
    body = item("a", num=1) + item("b", num=2) + item("c", num=1)
    assert texts(body, numbering=OUTLINE + num(2)) == ["1.\ta", "2.\tb", "3.\tc"]


def test_a_list_that_overrides_its_start_begins_there_once() -> None:
    """The override counts where the list is met first; after that all lists of the definition go on from it."""
    body = item("a") + item("b") + item("c", num=2) + item("d", num=2) + item("e") + item("f", num=2)
    assert texts(body, numbering=OUTLINE + num(2, overrides=start_override(0, 8))) == [
        "1.\ta",
        "2.\tb",
        "8.\tc",
        "9.\td",
        "10.\te",
        "11.\tf",
    ]


def test_an_overridden_level_has_its_own_look() -> None:
    """A list may replace a level of its definition, and still shares the count."""
    own = f'<w:lvlOverride w:ilvl="0">{lvl(0, "(%1)", "lowerRoman")}</w:lvlOverride>'
    assert texts(item("a") + item("b", num=2), numbering=OUTLINE + num(2, overrides=own)) == ["1.\ta", "(ii)\tb"]


@pytest.mark.parametrize(("restart", "expected"), [("", "(a)"), ("0", "(b)"), ("1", "(b)")])
def test_a_level_may_go_on_where_one_above_it_would_begin_it_anew(restart: str, expected: str) -> None:
    """lvlRestart 0: never anew; 1: only after the first level, not after the second."""
    more = f'<w:lvlRestart w:val="{restart}"/>' if restart else ""
    numbering = abstract(lvl(0, "%1."), lvl(1, "%2."), lvl(2, "(%3)", "lowerLetter", more=more)) + num()
    body = item("x") + item("x", 1) + item("x", 2) + item("x", 1) + item("last", 2)
    assert texts(body, numbering=numbering)[-1] == f"{expected}\tlast"


def test_legal_numbering_shows_every_number_as_a_decimal() -> None:
    """isLgl turns II into 2 in the numbers of its level."""
    numbering = abstract(lvl(0, "%1.", "upperRoman"), lvl(1, "%1.%2", "lowerLetter", more="<w:isLgl/>")) + num()
    assert texts(item("a") + item("b") + item("c", 1), numbering=numbering) == ["I.\ta", "II.\tb", "2.1\tc"]


def test_a_hidden_number_is_counted_and_not_printed() -> None:
    """A number in hidden characters leaves no trace but in the count."""
    hidden = OUTLINE.replace('<w:lvl w:ilvl="1">', '<w:lvl w:ilvl="1"><w:rPr><w:vanish/></w:rPr>')
    assert texts(item("a") + item("b", 1) + item("c", 2), numbering=hidden) == ["1.\ta", "b", "(a)\tc"]


def test_bullets_and_patterns_without_a_number() -> None:
    """Every bullet is written as one sign; a pattern may be words only."""
    numbering = abstract(lvl(0, "\uf0b7", "bullet"), lvl(1, "Note:", "none"), lvl(2, "", "none")) + num()
    assert texts(item("a") + item("b", 1) + item("c", 2), numbering=numbering) == ["•\ta", "Note:\tb", "c"]


def test_an_item_without_text_is_counted() -> None:
    """An empty numbered paragraph shows its number, an empty bullet nothing."""
    numbering = OUTLINE + num(2, 5) + abstract(lvl(0, "•", "bullet"), name=5)
    assert texts(item("a") + item("") + item("", num=2) + item("c"), numbering=numbering) == ["1.\ta", "2.", "3.\tc"]


def test_a_style_puts_its_paragraphs_into_a_list() -> None:
    """The list comes from a style or from the one that it is based on, the level from the one that the list links to the style."""
    numbering = abstract(lvl(0, "%1.", "upperRoman", more='<w:pStyle w:val="One"/>'), lvl(1, "%2.", more='<w:pStyle w:val="Two"/>')) + num()
    in_list = '<w:numPr><w:numId w:val="1"/></w:numPr>'
    styles = style("One", in_list) + style("Two", in_list) + style("Three", based_on="Two")
    body = p("a", style="One") + p("b", style="Two") + p("c", style="Three") + p("d", style="One")
    assert texts(body, styles=styles, numbering=numbering) == ["I.\ta", "1.\tb", "2.\tc", "II.\td"]


def test_a_style_may_name_the_level_itself() -> None:
    """Where no level is linked to the style, the one that the style names counts; a paragraph may name another."""
    styles = style("Sub", '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr>')
    body = p("a", style="Sub") + p("b", '<w:numPr><w:ilvl w:val="2"/></w:numPr>', style="Sub")
    assert texts(body, styles=styles, numbering=OUTLINE) == ["1.1\ta", "(a)\tb"]


def test_list_zero_takes_a_paragraph_out_of_its_lists() -> None:
    """numId 0, on the paragraph or in a style based on a numbered one, means no number, and no count."""
    off = '<w:numPr><w:numId w:val="0"/></w:numPr>'
    styles = style("Item", '<w:numPr><w:numId w:val="1"/></w:numPr>') + style("Plain", off, based_on="Item")
    body = p("a", style="Item") + p("b", off, style="Item") + p("c", style="Plain") + p("d", style="Item")
    assert texts(body, styles=styles, numbering=OUTLINE) == ["1.\ta", "b", "c", "2.\td"]


def test_a_list_style_is_followed_to_its_levels() -> None:
    """A definition without levels takes those of the list style it names, and counts for itself."""
    linked = '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="Outline"/></w:abstractNum>'
    holder = abstract('<w:styleLink w:val="Outline"/>', lvl(0, "§ %1"), name=2)
    styles = '<w:style w:type="numbering" w:styleId="Outline"><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>'
    assert texts(item("a") + item("b"), styles=styles, numbering=linked + holder + num(1, 1) + num(2, 2)) == ["§ 1\ta", "§ 2\tb"]


def test_links_that_run_in_a_circle_end() -> None:
    """Styles based on each other and a list style that names itself give no number, and an end."""
    linked = '<w:abstractNum w:abstractNumId="0"><w:styleLink w:val="Me"/><w:numStyleLink w:val="Me"/></w:abstractNum>'
    styles = style("Me", '<w:numPr><w:numId w:val="1"/></w:numPr>', based_on="You") + style("You", based_on="Me")
    assert texts(p("a", style="Me"), styles=styles, numbering=linked + num()) == ["a"]


@pytest.mark.parametrize("numbering", ["", OUTLINE, abstract() + num(7), num(7, of=99)])
def test_a_list_that_is_not_defined_gives_no_number(numbering: str) -> None:
    """As in Word; so does a level that a list does not have."""
    assert texts(item("a", level=8, num=7), numbering=numbering) == ["a"]


def test_what_was_deleted_is_not_counted() -> None:
    """Numbers are those after all tracked changes are accepted."""
    gone = (
        '<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr>'
        f'<w:del w:id="2">{run("b").replace("w:t", "w:delText")}</w:del></w:p>'
    )
    assert texts(item("a") + gone + item("c"), numbering=OUTLINE) == ["1.\ta", "2.\tc"]


@pytest.mark.parametrize(
    ("style_name", "number", "printed"),
    [
        ("decimal", 12, "12"),
        ("decimalZero", 7, "07"),
        ("decimalZero", 12, "12"),
        ("lowerLetter", 26, "z"),
        ("lowerLetter", 27, "aa"),
        ("lowerLetter", 28, "bb"),
        ("upperLetter", 53, "AAA"),
        ("lowerRoman", 1994, "mcmxciv"),
        ("upperRoman", 49, "XLIX"),
        ("ordinal", 11, "11th"),
        ("ordinal", 23, "23rd"),
        ("cardinalText", 21, "Twenty-one"),
        ("ordinalText", 30, "Thirtieth"),
        ("ordinalText", 22, "Twenty-second"),
        ("russianLower", 7, "ж"),
        ("arabicAbjad", 3, "ج"),
        ("chineseCounting", 10, "十"),
        ("chineseCountingThousand", 105, "一百零五"),
        ("chicago", 5, "**"),
        ("none", 3, ""),
        ("neverHeardOf", 3, "3"),
    ],
)
def test_formats(style_name: str, number: int, printed: str) -> None:
    """Numbers look as in Word, letters doubled past the alphabet's end; an unknown format is a decimal."""
    assert format_number(number, style_name) == printed


def test_a_custom_format_pads_with_zeros() -> None:
    """Word 2010 writes "001, 002, …" beside a format for older programs."""
    given = (
        '<mc:AlternateContent><mc:Choice Requires="w14"><w:numFmt w:val="custom" w:format="001, 002, 003, ..."/></mc:Choice>'
        '<mc:Fallback><w:numFmt w:val="decimal"/></mc:Fallback></mc:AlternateContent>'
    )
    numbering = abstract(f'<w:lvl w:ilvl="0"><w:start w:val="9"/>{given}<w:lvlText w:val="%1."/></w:lvl>') + num()
    assert texts(item("a") + item("b"), numbering=numbering) == ["009.\ta", "010.\tb"]


@given(st.lists(st.integers(0, 2), max_size=30))
def test_a_decimal_outline_counts_like_a_stack(levels: list[int]) -> None:
    """However levels follow each other, a number is that of a plain stack of counters."""
    numbering = abstract(lvl(0, "%1"), lvl(1, "%1.%2"), lvl(2, "%1.%2.%3")) + num()
    counts, expected = [0, 0, 0], []
    for level in levels:
        counts = [*counts[:level], counts[level] + 1, *[0] * (2 - level)]
        expected.append(".".join(str(max(count, 1)) for count in counts[: level + 1]) + "\tx")
    body = "".join(item("x", level) for level in levels)
    assert texts(p("begin") + body, numbering=numbering)[1:] == expected


@given(st.integers(-(10**9), 10**9), st.sampled_from(["lowerLetter", "upperRoman", "ordinalText", "chineseCounting", "arabicAlpha"]))
def test_no_number_is_too_large_or_too_small_to_write(number: int, style_name: str) -> None:
    """A number that Word cannot reach is written in figures, and none is long."""
    assert 0 < len(format_number(number, style_name)) <= 50
