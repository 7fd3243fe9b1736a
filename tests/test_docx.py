"""Word files: the text that a reader of the printed page sees, in order, and what its layout says of it."""

from __future__ import annotations

import pytest
from word_files import abstract, blocks_of, item, lvl, note, num, p, read, reference, run, section, style, table, texts, word

from assistant.corpus.readers import read_source
from assistant.corpus.readers.docx import read_docx


def char(kind: str) -> str:
    """The begin, the middle or the end of a field."""
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def code(text: str) -> str:
    """A piece of a field's code."""
    return f"<w:r><w:instrText>{text}</w:instrText></w:r>"


def field(codes: str, result: str) -> str:
    """A field with its code and its result."""
    return char("begin") + codes + char("separate") + result + char("end")


# --- running text


def test_the_suffix_finds_the_reader() -> None:
    """A .docx is read like any other format, by its suffix in any case."""
    assert blocks_of(read_source(word(p("Hello")), "folder/A.DOCX")) == [("text", "Hello")]


def test_a_typed_number_keeps_its_tabulator() -> None:
    """UN documents type their numbers: tabulators around them stay where they part number and text."""
    typed = "<w:r><w:tab/><w:t>2.1</w:t><w:tab/><w:t>The mandates</w:t></w:r>"
    assert texts(p(typed)) == ["2.1\tThe mandates"]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<w:t>a</w:t><w:br/><w:t>b</w:t><w:cr/><w:t>c</w:t>", "a\nb\nc"),
        ('<w:br w:type="page"/><w:t>a</w:t>', "a"),
        ("<w:t>well</w:t><w:noBreakHyphen/><w:t>being</w:t>", "well-being"),
        ("<w:t>co</w:t><w:softHyphen/><w:t>operation</w:t>", "cooperation"),
        ('<w:t>2</w:t><w:sym w:font="Symbol" w:char="F0B3"/><w:t>1</w:t>', "2≥1"),
        ('<w:sym w:font="Wingdings" w:char="F0FC"/><w:t>yes</w:t>', "✓yes"),
        ('<w:t>a</w:t><w:sym w:font="Unheard Of" w:char="F0FF"/><w:sym w:font="Arial" w:char="2013"/><w:sym w:char="zz"/>', "a–"),
        ('<w:t xml:space="preserve">a </w:t><w:t> b </w:t><w:t>c</w:t>', "a bc"),
        ("<w:ruby><w:rt><w:r><w:t>kan</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>漢</w:t></w:r></w:rubyBase></w:ruby>", "漢"),
    ],
)
def test_what_a_run_prints(content: str, text: str) -> None:
    """Line ends, hyphens and symbols come out as they are printed; page breaks and unknown symbols not at all."""
    assert texts(p(f"<w:r>{content}</w:r>")) == [text]


def test_of_a_field_there_is_the_result() -> None:
    """Codes are never text, nor are fields inside a code; a field that never ends takes nothing with it."""
    nested = field(code(" IF ") + field(code("PAGE"), run("7")) + code(" = 7 "), run("yes"))
    simple = f'<w:fldSimple w:instr=" REF x ">{run("para. 4")}</w:fldSimple>'
    endless = char("begin") + code(" DATE ")
    assert texts(p(run("a ") + nested + run(" b ") + simple) + p(endless) + p("c")) == ["a yes b para. 4", "c"]


def test_a_number_that_a_field_counts_is_missed_and_said_to_be() -> None:
    """Word keeps no result of LISTNUM and AUTONUM."""
    source = read_docx(word(p(field(code(" AUTONUM "), "") + run("Text"))), "a.docx")
    assert any("AUTONUM" in warning for warning in source.warnings)


def test_what_surrounds_runs_and_paragraphs_does_not_hide_them() -> None:
    """Links, smart tags, content controls and custom XML are looked through, at either level."""
    inside = f"<w:hyperlink>{run('link')}</w:hyperlink><w:smartTag>{run(' tag')}</w:smartTag>"
    inside += f"<w:sdt><w:sdtContent><w:sdt><w:sdtContent>{run(' control')}</w:sdtContent></w:sdt></w:sdtContent></w:sdt>"
    outside = f"<w:sdt><w:sdtPr/><w:sdtContent>{p('one')}<w:customXml>{p('two')}</w:customXml></w:sdtContent></w:sdt>"
    assert texts(p(inside) + outside) == ["link tag control", "one", "two"]


def test_formulas_keep_their_characters() -> None:
    """The text of a formula stands in its paragraph."""
    formula = "<m:oMath><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath>"
    assert texts(p(run("Let ") + formula)) == ["Let x2"]


def test_hidden_text_is_left_out() -> None:
    """Hidden by the run, by its style or by the paragraph's; a run may be shown in spite of its style."""
    vanish, shown = "<w:vanish/>", '<w:vanish w:val="0"/>'
    styles = style("Secret", look=vanish) + '<w:style w:type="character" w:styleId="Ghost"><w:rPr><w:vanish/></w:rPr></w:style>'
    body = p(run("a") + run("b", vanish) + run("c", '<w:rStyle w:val="Ghost"/>') + run("d", shown)) + p("hidden", style="Secret")
    assert texts(body, styles=styles) == ["ad"]


def test_a_heading_that_runs_into_its_paragraph_is_one_block() -> None:
    """A style separator hides a paragraph's mark: the number is the first's, the text goes on in its line."""
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:vanish/><w:specVanish/></w:rPr>'
    body = p(run("Definitions. "), numbered) + p("In this treaty:") + item("Next")
    assert texts(body, numbering=abstract(lvl(0, "%1.")) + num()) == ["1.\tDefinitions. In this treaty:", "2.\tNext"]


def test_comments_are_no_text() -> None:
    """Neither a comment nor its anchor is read."""
    body = p('<w:commentRangeStart w:id="0"/>' + run("a") + '<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>')
    assert texts(body, comments=p("Who wrote this?")) == ["a"]


# --- tracked changes


def test_tracked_changes_are_read_as_if_accepted() -> None:
    """Insertions stay, deletions and what was moved away go, and a warning says so."""
    gone = "<w:r><w:delText>gone</w:delText></w:r>"
    body = p(f"{run('may ')}<w:del>{gone}</w:del><w:ins>{run('shall')}</w:ins><w:moveFrom>{run(' here')}</w:moveFrom>")
    source = read_docx(word(body), "a.docx")
    assert blocks_of(source) == [("text", "may shall")]
    assert source.warnings == ("has tracked changes: read as if all were accepted",)


def test_a_deleted_paragraph_mark_joins_two_paragraphs() -> None:
    """What is left of a paragraph whose mark is deleted goes on in the next; before a table it stays for itself."""
    joined = p(run("One "), "<w:rPr><w:del/></w:rPr>")
    assert texts(joined + p("two.") + joined + table(("x", "y")) + joined) == ["One two.", "One", "x | y", "One"]


def test_deleted_rows_and_cells_are_left_out() -> None:
    """A table is read as it stands after the changes."""
    rows = f"<w:tr><w:trPr><w:del/></w:trPr><w:tc>{p('old')}</w:tc></w:tr><w:tr><w:trPr><w:ins/></w:trPr><w:tc>{p('new')}</w:tc>"
    rows += f"<w:tc><w:tcPr><w:cellDel/></w:tcPr>{p('cell')}</w:tc></w:tr>"
    assert texts(f"<w:tbl>{rows}</w:tbl>") == ["new"]


def test_a_file_without_changes_has_no_warning() -> None:
    """Changes of format only are none of the text."""
    assert read_docx(word(p("a", "<w:pPrChange><w:pPr/></w:pPrChange>")), "a.docx").warnings == ()


# --- headings


def test_headings_are_known_by_outline_level_and_by_the_name_of_their_style() -> None:
    """Ids are localised, names of built-in styles are not; a paragraph's own level counts most; level 9 is body text."""
    levels = style("berschrift2", title="heading 2") + style("Titel", title="Title") + style("Own", '<w:outlineLvl w:val="3"/>')
    levels += style("Based", based_on="Own")
    body = p("A", style="berschrift2") + p("B", style="Titel") + p("C", style="Based") + p("D", '<w:outlineLvl w:val="0"/>', "Own")
    body += p("E", '<w:outlineLvl w:val="9"/>', "Own") + p("F")
    source = read_docx(word(body, styles=levels), "a.docx")
    assert [(line.role, line.level) for line in source.lines] == [
        *(("heading", 2), ("heading", 1), ("heading", 4), ("heading", 1)),
        *(("text", 0), ("text", 0)),
    ]


def test_a_numbered_sentence_in_a_heading_style_is_a_paragraph() -> None:
    """Some writers number their paragraphs by heading styles: a long text that ends as a sentence ends heads nothing."""
    styles = style("H", '<w:outlineLvl w:val="0"/>')
    long = "The Working Group met in New York from 11 to 15 December and heard statements by all."
    assert [role for role, _ in read(p(long, style="H") + p("Statements", style="H"), styles=styles)] == ["text", "heading"]


def test_a_table_of_contents_is_no_text() -> None:
    """Its entries look like headings and numbered paragraphs, and are neither."""
    styles = style("Verzeichnis1", title="toc 1")
    assert read(p("1. Introduction 3", style="Verzeichnis1"), styles=styles) == [("table", "1. Introduction 3")]


# --- tables, text boxes, margins


def test_a_table_is_one_block_a_row_a_line() -> None:
    """Cells are parted by bars; paragraphs of a cell run together; empty rows go; notes follow behind the table."""
    cell = p(run("One") + reference(1)) + p("two")
    body = p("before") + table((cell, "", "three"), ("", "", ""), ("four", "five", "")) + p("after")
    expected = [("text", "before"), ("table", "One two |  | three\nfour | five"), ("note", "1 n"), ("text", "after")]
    assert read(body, footnotes=note(1, "n")) == expected


def test_merged_cells_are_read_once() -> None:
    """Across columns and across rows."""
    wide = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{p("wide")}</w:tc><w:tc>{p("x")}</w:tc>'
    old = f'<w:tc><w:tcPr><w:hMerge w:val="restart"/></w:tcPr>{p("h")}</w:tc><w:tc><w:tcPr><w:hMerge/></w:tcPr>{p("h")}</w:tc>'
    old += f"<w:tc>{p('y')}</w:tc>"
    high = f'<w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>{p("high")}</w:tc><w:tc>{p("1")}</w:tc><w:tc>{p("2")}</w:tc>'
    below = f"<w:tc><w:tcPr><w:vMerge/></w:tcPr>{p('high')}</w:tc><w:tc>{p('3')}</w:tc><w:tc>{p('4')}</w:tc>"
    rows = "".join(f"<w:tr>{row}</w:tr>" for row in (wide, old, high, below))
    assert texts(f"<w:tbl>{rows}</w:tbl>") == ["wide | x\nh | y\nhigh | 1 | 2\n| 3 | 4"]


def test_a_table_in_a_table() -> None:
    """It is read where it stands: as rows where its cell is alone in its row, else within the row."""
    inner = table(("a", "b"), ("c", "d")) + p()
    assert texts(table((inner,)) + p("x") + table((inner, "e"))) == ["a | b\nc | d", "x", "a | b c | d | e"]


def test_a_document_laid_out_in_a_table_is_warned_of() -> None:
    """Its text is a table's, and its paragraphs have no numbers of their own."""
    body = table((p("1. One.") + p("2. Two."),)) + p("End")
    assert "in one table" in read_docx(word(body), "a.docx").warnings[0]
    assert read_docx(word(p("A paragraph of some length.") + table(("a", "b"))), "a.docx").warnings == ()


def test_a_text_box_is_read_once_behind_its_paragraph() -> None:
    """Word writes it twice, for newer and older programs; one with dashes only is part of a drawing."""
    box = f"<w:txbxContent>{p('boxed')}{p('– –')}</w:txbxContent>"
    twice = (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    fallback = f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
    old = f"<w:r><mc:AlternateContent><mc:Choice/>{fallback}</mc:AlternateContent></w:r>"
    assert texts(p(run("a") + twice + run("b")) + p(old) + p("c")) == ["ab", "boxed", "boxed", "c"]


def test_headers_and_footers_are_read_once_and_stand_apart() -> None:
    """The first page's header, which holds the symbol, comes first; all others come last; what is not printed is not read."""
    first = section(("header", "first", "header1"), ("header", "default", "header2"), ("footer", "default", "footer1"), more="<w:titlePg/>")
    later = section(("header", "even", "header3"), ("header", "first", "header3"), ("header", "default", "header4"))
    parts = {"header1": table((p("United Nations"), p("A/80/1") + p("1 May 2026"))), "header2": p("A/80/1 again"), "header3": p("even")}
    found = read(p("One", first) + p("Two") + later, **parts, header4=p("A/80/1 again"), footer1=p("26-1"))
    margin = [("margin", "United Nations\nA/80/1\n1 May 2026")]
    assert found == [*margin, ("text", "One"), ("text", "Two"), ("margin", "A/80/1 again"), ("margin", "26-1")]


# --- the file


def test_title_and_language_are_the_files_own() -> None:
    """Dates of typing and saving are none of the document's."""
    core = (
        '<c:p xmlns:c="x" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:t="http://purl.org/dc/terms/">'
        "<dc:title> Report of\nthe Group </dc:title><t:created>2020-01-01T00:00:00Z</t:created></c:p>"
    )
    styles = '<w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="fr-FR"/></w:rPr></w:rPrDefault></w:docDefaults>'
    source = read_docx(word(p("a"), {"docProps/core.xml": core}, styles=styles), "a.docx")
    assert source.properties == {"title": "Report of the Group", "language": "fr-FR"}
    assert read_docx(word(p("a"), {"docProps/core.xml": core.replace("Report of\nthe Group", "")}), "a.docx").properties == {}


def test_strict_files_are_read_too() -> None:
    """Word can save with other names for the same elements."""
    spaces = 'xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"'
    strict = f"<w:document {spaces}><w:body><w:p><w:r><w:t>a</w:t></w:r></w:p></w:body></w:document>"
    assert blocks_of(read_docx(word("", {"word/document.xml": strict}), "a.docx")) == [("text", "a")]


def test_an_embedded_document_is_warned_of() -> None:
    """Word would show it; it is in another format."""
    assert "altChunk" in read_docx(word(p("a") + '<w:altChunk r:id="x"/>'), "a.docx").warnings[0]
