"""Footnotes and endnotes of Word files: behind the paragraph that refers to them, with the mark that is printed."""

from __future__ import annotations

from word_files import SUPERSCRIPT, note, p, read, reference, run, section, style, word

from assistant.corpus.readers.docx import read_docx


def test_a_footnote_stands_behind_the_paragraph_that_refers_to_it() -> None:
    """The mark is printed in the note, and leaves no digit in the text."""
    notes = note(5, "See A/77/275.") + note(6, "Ibid.")
    body = p(run("One") + reference(5) + run(" and two.") + reference(6)) + p("Three.")
    expected = [("text", "One and two."), ("note", "1 See A/77/275."), ("note", "2 Ibid."), ("text", "Three.")]
    assert read(body, footnotes=notes) == expected


def test_endnotes_have_roman_marks_unless_the_file_says_otherwise() -> None:
    """Formats and starts come from the section, else from the settings."""
    body = p(run("a") + reference(1, "endnote"))
    notes = note(1, "First.", "endnote")
    settings = '<w:endnotePr><w:numFmt w:val="decimal"/><w:numStart w:val="4"/></w:endnotePr>'
    own = section(more='<w:endnotePr><w:numFmt w:val="upperLetter"/></w:endnotePr>')
    assert read(body, endnotes=notes)[1] == ("note", "i First.")
    assert read(body, endnotes=notes, settings=settings)[1] == ("note", "4 First.")
    assert read(body + own, endnotes=notes, settings=settings)[1] == ("note", "D First.")


def test_notes_may_begin_anew_with_each_section() -> None:
    """A section's properties stand at its end, and count for all of it."""
    anew = section(more='<w:footnotePr><w:numRestart w:val="eachSect"/></w:footnotePr>')
    body = p(run("a") + reference(1)) + p(run("b") + reference(2), anew) + p(run("c") + reference(3)) + anew
    notes = note(1, "x") + note(2, "y") + note(3, "z")
    assert [text for role, text in read(body, footnotes=notes) if role == "note"] == ["1 x", "2 y", "1 z"]


def test_notes_counted_page_by_page_are_warned_of() -> None:
    """Only Word knows the pages."""
    settings = '<w:footnotePr><w:numRestart w:val="eachPage"/></w:footnotePr>'
    source = read_docx(word(p(run("a") + reference(1)), footnotes=note(1, "x"), settings=settings), "a.docx")
    assert "page by page" in source.warnings[0]


def test_a_mark_typed_by_hand_is_not_counted() -> None:
    """It stands in the text and in the note as it was typed."""
    typed = reference(1, more='w:customMarkFollows="1"') + run("*", SUPERSCRIPT)
    notes = f'<w:footnote w:id="1">{p("* Reissued.")}</w:footnote>' + note(2, "See.")
    assert read(p(run("Report") + typed + reference(2)), footnotes=notes) == [
        ("text", "Report*"),
        ("note", "* Reissued."),
        ("note", "1 See."),
    ]


def test_notes_under_tables_are_notes() -> None:
    """A paragraph that begins with a letter in superscript, or has the style of a footnote, is none of the running text."""
    styles = style("Fuzeile", title="footnote text")
    body = p(run("a", SUPERSCRIPT) + run("\tEstimate.")) + p("Source: survey.", style="Fuzeile") + p("4. Numbered.", style="Fuzeile")
    assert [role for role, _ in read(body, styles=styles)] == ["note", "note", "text"]


def test_a_note_that_is_missing_or_named_twice() -> None:
    """A missing one is counted and left out; one that is named twice is written once."""
    body = p(run("a") + reference(9) + reference(1) + reference(1))
    assert read(body, footnotes=note(1, "x")) == [("text", "a"), ("note", "2 x")]
