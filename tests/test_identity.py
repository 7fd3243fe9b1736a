"""Paragraph identity: numbers of every style, parts that restart them, tables, notes and turns, through the splitter."""

from __future__ import annotations

import pytest

from assistant.corpus.paragraphs import split
from assistant.corpus.source import Block, assemble
from assistant.schema import Ledger, Paragraph


def read(*lines: str) -> tuple[list[str], dict[str, Paragraph], Ledger]:
    """Labels in order, paragraphs by label, and the ledger of a plain text."""
    paragraphs, ledger = split("d", "\n".join(lines))
    return [item.label for item in paragraphs], {item.label: item for item in paragraphs}, ledger


def blocks(*given: Block) -> tuple[list[str], dict[str, Paragraph], Ledger]:
    """The same of a document whose reader knows its blocks."""
    paragraphs, ledger = split("d", assemble(given))
    return [item.label for item in paragraphs], {item.label: item for item in paragraphs}, ledger


@pytest.mark.parametrize(
    "labels",
    [
        ["10.1", "10.2", "10.3"],
        ["29A.1", "29A.2", "29A.3"],
        ["3.I.1", "3.I.2", "3.II.1", "3.II.2", "3.IV.1"],
        ["1.1", "1.2", "2.1", "2.2", "3.1"],
        ["1.1.1", "1.1.2", "1.2.1", "2.1.1", "2.1.2"],
    ],
)
def test_compound_numbers_are_labels(labels: list[str]) -> None:
    """ "10.1", "29A.12" and "3.IV.5" are paragraph numbers, counted up below each parent."""
    found, _, ledger = read(*(f"{label} The Committee notes the report." for label in labels))
    assert found == labels
    assert ledger.gaps == ledger.repeats == ()


def test_a_number_below_another_is_a_paragraph_of_its_own() -> None:
    """12.1 and 12.2 stand between 12 and 13, as 12 bis does."""
    found, by_label, _ = read("11. One.", "12. Two.", "12.1 Inserted.", "12.2 Inserted too.", "12 bis. Another.", "13. Three.")
    assert found == ["11", "12", "12.1", "12.2", "12bis", "13"]
    assert by_label["12.1"].text == "Inserted."


def test_headings_with_figures_above_compound_numbers_are_headings() -> None:
    """ "1. Scope" above "1.1 These rules…" heads it, and is no paragraph."""
    found, by_label, _ = read(
        "1. Scope", "1.1 These rules apply.", "1.2 They bind.", "2. Terms", "2.1 A port is a place.", "2.2 A ship is not."
    )
    assert found == ["1.1", "1.2", "2.1", "2.2"]
    assert by_label["2.1"].heading[-1] == "2. Terms"


def test_sums_and_dates_at_the_beginning_of_a_line_are_no_numbers() -> None:
    """ "2.3 million" and "17 December" go on with a sentence."""
    found, _, _ = read("1. The fund holds about", "2.3 million dollars, as it did on", "17 December 2021.", "2. It will hold more.")
    assert found == ["1", "2"]


def test_decisions_and_their_annexes_are_part_of_the_label() -> None:
    """Each decision counts from 1, its annex and the appendix of that again; the heading path names them."""
    found, by_label, ledger = read(
        "Decision 1/CP.21", "Adoption of the Agreement", "1. Decides to adopt it;", "2. Requests a report.", "11th plenary meeting",
        "12 December 2015", "Annex", "1. Each Party acts.", "2. Each Party reports.", "Appendix II", "1. A form is used.",
        "2. It is short.",
        "Decision 2/CP.21", "1. Decides otherwise.", "2. Thanks the host.",
    )  # fmt: skip
    assert found == [
        "decision.1/CP.21.1", "decision.1/CP.21.2", "decision.1/CP.21.annex.1", "decision.1/CP.21.annex.2",
        "decision.1/CP.21.annex.appendix.II.1", "decision.1/CP.21.annex.appendix.II.2", "decision.2/CP.21.1", "decision.2/CP.21.2",
    ]  # fmt: skip
    assert by_label["decision.1/CP.21.1"].heading == ("Decision 1/CP.21", "Adoption of the Agreement")
    assert by_label["decision.1/CP.21.annex.appendix.II.1"].heading == ("Decision 1/CP.21", "Annex", "Appendix II")
    assert by_label["decision.1/CP.21.2"].text == "Requests a report."
    assert ledger.gaps == ledger.repeats == ()


def test_articles_are_parts_only_where_they_restart_the_numbers() -> None:
    """In a treaty each article counts from 1; where numbers run on through the articles these are headings."""
    restart, _, _ = read(
        "Article 1", "1. A port is open.", "2. A ship may enter.", "Article 2", "1. Fees are fair.", "2. They are published."
    )
    assert restart == ["article.1.1", "article.1.2", "article.2.1", "article.2.2"]
    through, by_label, _ = read(
        "Article 1", "1. A port is open.", "2. A ship may enter.", "Article 2", "3. Fees are fair.", "4. All is well."
    )
    assert through == ["1", "2", "3", "4"]
    assert by_label["3"].heading == ("Article 2",)


def test_sections_that_restart_the_numbers_give_repeated_labels_and_say_so() -> None:
    """Numbers that begin again under a heading are told apart by "~2", and the ledger lists them."""
    first = [f"{n}. The ship of the first port came." for n in range(1, 4)]
    second = [f"{n}. The ship of the second port went." for n in range(1, 7)]
    found, by_label, ledger = read("A. Norhaven", *first, "B. Estmark", *second)
    assert found == ["1", "2", "3", "1~2", "2~2", "3~2", "4", "5", "6"]
    assert by_label["1~2"].heading == ("B. Estmark",)
    assert ledger.repeats == ("1", "2", "3")


def test_a_table_is_one_counted_paragraph_behind_the_paragraph_it_stands_in() -> None:
    """Rows and caption belong to no numbered paragraph, and text after the table still does."""
    found, by_label, ledger = blocks(
        Block("1.\tThe ports are listed in table 2."),
        Block("Table 2"),
        Block("Ports of the coast", "heading"),
        Block("Port | Ships\nNorhaven | 1 204", "table"),
        Block("(a)\tThe list is not complete."),
        Block("2.\tThe Group will return to it."),
    )
    assert found == ["1", "t1", "2"]
    assert by_label["t1"].text == "Table 2 Ports of the coast Port | Ships Norhaven | 1 204"
    assert by_label["t1"].numbering == "counted"
    assert by_label["1"].text == "The ports are listed in table 2. (a) The list is not complete."
    assert (ledger.official, ledger.counted, ledger.tables) == (2, 0, 1)


def test_a_sentence_that_begins_with_a_table_is_no_caption() -> None:
    """ "Table 2 shows…" is prose."""
    found, _, ledger = read(
        "1. The ports were listed by the secretariat.", "Table 2 shows the ports.", "2. The list was adopted by the Group."
    )
    assert found == ["1", "2"]
    assert ledger.tables == 0


def test_contents_and_written_out_rows_are_tables() -> None:
    """Lines that end in dots and a page number, and rows between bars, are not prose."""
    found, by_label, _ = read(
        "I. Introduction ........ 2", "II. Findings ........ 4", "1. The Group met.", "| a | b |", "| c | d |", "2. It parted."
    )
    assert found == ["t1", "1", "t2", "2"]
    assert by_label["t2"].text == "| a | b | | c | d |"


def test_notes_and_margins_are_in_no_paragraph_and_are_kept_whole() -> None:
    """A footnote is in the ledger with its page; what each page repeats is in the ledger too."""
    found, by_label, ledger = blocks(
        Block("X/99/12", "margin", page=1),
        Block("1.\tThe Group met.", page=1),
        Block("1 See X/98/3,\npara. 4.", "note", page=1),
        Block("2.\tIt parted.", page=2),
    )
    assert found == ["1", "2"]
    assert by_label["1"].text == "The Group met."
    assert ledger.notes == ("page 1: 1 See X/98/3, para. 4.",)
    assert any("X/99/12" in line for line in ledger.outside)


def test_a_transcript_counts_turns_under_who_speaks() -> None:
    """Each block is counted, stands under its speaker until the next one speaks, and no number in it is official."""
    found, by_label, ledger = read(
        "The Chair: We begin with paragraph 6.", "", "Ms. Okell (Talora): Two remarks.", "", "1. The figure is wrong.", "",
        "2. The date is wrong.", "", "Mr. Hale (Estmark) (spoke in French): I agree.", "", "The Chair: Thank you.",
    )  # fmt: skip
    assert found == ["u1", "u2", "u3", "u4", "u5", "u6"]
    assert [by_label[label].speaker for label in found] == ["The Chair", *["Ms. Okell (Talora)"] * 3, "Mr. Hale (Estmark)", "The Chair"]
    assert ledger.official == 0


def test_headings_of_known_depth_make_the_path() -> None:
    """A heading replaces those as deep or deeper, whatever its words."""
    found, by_label, _ = blocks(
        Block("Findings", "heading", 1),
        Block("Ports", "heading", 2),
        Block("1.\tOne."),
        Block("Ships", "heading", 2),
        Block("2.\tTwo."),
        Block("Remarks", "heading", 1),
        Block("3.\tThree."),
    )
    assert [by_label[label].heading for label in found] == [("Findings", "Ports"), ("Findings", "Ships"), ("Remarks",)]


def test_a_heading_named_by_the_layout_ends_a_paragraph() -> None:
    """Text under a heading and before the next number is counted, not added to the paragraph above."""
    found, by_label, _ = blocks(Block("1.\tOne."), Block("Remark", "heading", 1), Block("Not numbered."), Block("2.\tTwo."))
    assert found == ["1", "u1", "2"]
    assert by_label["u1"].heading == ("Remark",)


def test_an_annex_in_the_table_of_contents_opens_no_annex() -> None:
    """The body's paragraphs are 1, 2, … though "Annex" stands above them in the contents, with or without page numbers there."""
    body = ["1. The Group met twice in the year.", "2. It adopted its report.", "3. It rose."]
    annex = ["Annex", "The Norhaven outcome", "1. The annex says more.", "2. It says no more."]
    for entry in (
        ["Introduction\t\t3", "Annex", "The Norhaven outcome\t\t5", "Findings\t\t4"],
        ["Introduction", "Annex", "The Norhaven outcome"],
    ):
        found, _, ledger = read("Contents", *entry, "I. Introduction", *body, *annex)
        assert found[-5:] == ["1", "2", "3", "annex.1", "annex.2"]
        assert ledger.repeats == ()


def test_a_numbered_date_below_a_decision_is_no_paragraph() -> None:
    """A converter's "3. 13 December 2031" below the meeting, and its empty "4.", are in no paragraph."""
    found, by_label, _ = read("1. Decides to meet.", "2. Thanks the host.", "10th plenary meeting", "3. 13 December 2031", "4.")
    assert found == ["1", "2"]
    assert by_label["2"].text == "Thanks the host."
