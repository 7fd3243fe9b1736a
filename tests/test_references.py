"""References: rendered from labels, parsed out of questions, and documents named only by what is wholly their name."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.corpus.references import (
    Item,
    document_name,
    named_documents,
    names_paragraphs,
    ordinal,
    parse_reference,
    render_label,
    render_reference,
)
from assistant.schema import Document, Paragraph


def document(
    identity: str, symbol: str | None = None, title: str = "A title of its own", *aliases: str, standing: str = "none"
) -> Document:
    """A document of which only the names matter."""
    return Document(identity, title, "source", "0", symbol=symbol, standing=standing, aliases=aliases)  # type: ignore[arg-type]  # a Standing


REPORT = document("oewg-3", "A/77/275", "Report of the working group", "third annual progress report", "the Chair's remarks")
RESOLUTION = document("resolution", "S/RES/1325 (2000)", "On women")
NUMBERED = document("123", None, "Abstract of a study")
DOCUMENTS = (REPORT, RESOLUTION, NUMBERED)


def items(text: str) -> tuple[Item, ...]:
    """The paragraphs a text names."""
    parsed = parse_reference(text, DOCUMENTS)
    assert parsed is not None
    return parsed.items


# --- rendering


@pytest.mark.parametrize(
    ("label", "path", "rendered"),
    [
        ("7", (), "para. 7"),
        ("12bis", (), "para. 12 bis"),
        ("10.1", (), "para. 10.1"),
        ("6", ("a",), "para. 6 (a)"),
        ("6", ("a", "iv"), "para. 6 (a) (iv)"),
        ("annex.3", (), "annex, para. 3"),
        ("annex.II.3", ("b",), "annex II, para. 3 (b)"),
        ("annex.1.3", (), "annex 1, para. 3"),
        ("7~2", (), "para. 7 (2nd of this number)"),
        ("u3", (), "[3rd paragraph, unnumbered]"),
        ("u11", (), "[11th paragraph, unnumbered]"),
        ("u12", (), "[12th paragraph, unnumbered]"),
        ("u13", (), "[13th paragraph, unnumbered]"),
        ("u21", (), "[21st paragraph, unnumbered]"),
        ("u112", (), "[112th paragraph, unnumbered]"),
        ("t3", (), "[3rd table]"),
        ("29A.12", (), "para. 29A.12"),
        ("5.I.1", (), "para. 5.I.1"),
        ("annex.3.V.26", (), "annex, para. 3.V.26"),
        ("decision.1/CP.21.3", (), "decision 1/CP.21, para. 3"),
        ("decision.1/CP.21.annex.II.3", ("a",), "decision 1/CP.21, annex II, para. 3 (a)"),
        ("decision.4/CMA.3.annex.12bis~2", (), "decision 4/CMA.3, annex, para. 12 bis (2nd of this number)"),
        ("decision.5.29A.12", (), "decision 5, para. 29A.12"),
        ("resolution.1/CMA.1.2", (), "resolution 1/CMA.1, para. 2"),
    ],
)
def test_labels_are_rendered_as_the_editorial_manual_writes_them(label: str, path: tuple[str, ...], rendered: str) -> None:
    """Printed numbers as "para.", counted ones in brackets that say so."""
    assert render_label(label, path) == rendered


@pytest.mark.parametrize(
    "label", ["", "x", "7a", "u", "t", "decision.1/CP.21", "decision.3", "5.i.1", "5.I.", "annex.", "annex.II.", "7~", "4–6", " 7"]
)
def test_what_is_no_label_is_refused(label: str) -> None:
    """A text that is not a label never becomes a reference."""
    with pytest.raises(ValueError, match="not a paragraph label"):
        render_label(label)


def test_ordinals_in_figures() -> None:
    """1st, 2nd, 3rd, 4th, and th for 11 to 13 of each hundred."""
    numbers = (1, 2, 3, 4, 10, 11, 12, 13, 14, 21, 22, 23, 101, 111, 1012, 1021)
    assert " ".join(map(ordinal, numbers)) == "1st 2nd 3rd 4th 10th 11th 12th 13th 14th 21st 22nd 23rd 101st 111th 1012th 1021st"


@pytest.mark.parametrize(
    ("standing", "name"),
    [
        ("none", "A/77/275"),
        ("adopted", "A/77/275"),
        ("draft", "A/77/275 (draft)"),
        ("unofficial", "A/77/275 (unofficial)"),
        ("superseded", "A/77/275 (superseded)"),
    ],
)
def test_a_standing_that_limits_the_use_is_part_of_the_name(standing: str, name: str) -> None:
    """A reference to a draft, an unofficial or a superseded text says so."""
    assert document_name(document("d", "A/77/275", standing=standing)) == name


def test_a_draft_that_is_superseded_is_still_called_a_draft() -> None:
    """A first draft that a revision replaced is both; a superseded report is no draft."""
    assert document_name(document("d", "X/AC.9/2031/CRP.1", standing="superseded")) == "X/AC.9/2031/CRP.1 (draft, superseded)"


def test_a_full_reference_names_symbol_or_title_and_paragraph() -> None:
    """ "A/77/275, para. 23"; a document without a symbol by its title."""
    paragraph = Paragraph("oewg-3", "23", "official", "Text.")
    assert render_reference(REPORT, paragraph) == "A/77/275, para. 23"
    assert render_reference(document("d", None, "Closing remarks"), paragraph, ("a",)) == "Closing remarks, para. 23 (a)"


# --- parsing what was rendered

SUFFIXES = st.sampled_from(["", "bis", "ter", "quater", "quinquies"])
NUMBERS = st.one_of(
    st.integers(1, 9999).map(str),
    st.tuples(st.integers(1, 99), st.integers(1, 999)).map(lambda pair: f"{pair[0]}.{pair[1]}"),
    st.tuples(st.integers(1, 99), st.sampled_from("ABCDEXI"), st.integers(1, 999)).map(lambda part: f"{part[0]}{part[1]}.{part[2]}"),
    st.tuples(st.integers(1, 99), st.sampled_from(["I", "V", "XIV", "L", "C"]), st.integers(1, 99)).map(
        lambda part: ".".join(map(str, part))
    ),
    st.tuples(st.integers(1, 99), st.sampled_from("ABCDE")).map(lambda pair: f"{pair[0]}{pair[1]}"),
)
TEXTS = st.one_of(
    st.just(""),
    st.builds(
        lambda kind, number, body: f"{kind}.{number}{body}.",
        st.sampled_from(["decision", "resolution"]),
        st.integers(1, 99),
        st.sampled_from(["", "/CP.21", "/CMA.3", "/CMP.15", "/SBI.4"]),
    ),
)
ANNEXES = st.sampled_from(["", "annex.", "annex.I.", "annex.II.", "annex.XIV.", "annex.A.", "annex.K.", "annex.3."])
SCOPES = st.builds(str.__add__, TEXTS, ANNEXES)
LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyz")
PATHS = st.one_of(st.just(()), st.tuples(LETTERS), st.tuples(LETTERS, st.sampled_from("i ii iii iv v vi ix x xiv xviii".split())))


@settings(max_examples=500)
@given(SCOPES, NUMBERS, SUFFIXES, PATHS)
def test_parsing_a_rendered_label_gives_it_back(scope: str, number: str, suffix: str, path: tuple[str, ...]) -> None:
    """parse(render(x)) = x, alone and behind a symbol."""
    label = f"{scope}{number}{suffix}"
    for text in (
        render_label(label, path),
        f"A/77/275, {render_label(label, path)}.",
        f"What does {render_label(label, path)} of A/77/275 say?",
    ):
        assert items(text) == (Item(label, None, path),)


@settings(max_examples=300)
@given(
    SCOPES,
    st.lists(st.tuples(NUMBERS, SUFFIXES, st.one_of(st.none(), NUMBERS)), min_size=1, max_size=4, unique=True),
    st.sampled_from(["–", "-", " to ", " – "]),
)
def test_parsing_a_rendered_list_of_ranges_gives_it_back(scope: str, wanted: list[tuple[str, str, str | None]], dash: str) -> None:
    """ "annex II, paras. 4–6, 9 bis and 12" names what it was made of, in order."""
    expected = [Item(f"{scope}{first}{suffix}", f"{scope}{last}" if last else None) for first, suffix, last in wanted]
    parts = [f"{first} {suffix}".strip() + (f"{dash}{last}" if last else "") for first, suffix, last in wanted]
    where = render_label(scope + "1").removesuffix("para. 1")
    text = f"{where}paras. {', '.join(parts[:-1])}{' and ' if len(parts) > 1 else ''}{parts[-1]}"
    assert items(text) == tuple(dict.fromkeys(expected))


def test_a_repeated_number_is_asked_for_by_its_number() -> None:
    """ "para. 7 (2nd of this number)" names paragraph 7, of which a look-up shows every one."""
    assert items(render_label("7~2")) == (Item("7"),)


# --- parsing what people write


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What is in paragraph 27 of A/78/265?", [Item("27")]),
        ("A/77/275, paras. 4–6", [Item("4", "6")]),
        ("PARAGRAPH 6(A)", [Item("6", None, ("a",))]),
        ("para 6 (a)(iv)", [Item("6", None, ("a", "iv"))]),
        ("¶ 12 and ¶¶ 14-15", [Item("12"), Item("14", "15")]),
        ("paragraphs 1, 2, and 5", [Item("1"), Item("2"), Item("5")]),
        ("paragraph 1, 2 and 3", [Item("1"), Item("2"), Item("3")]),
        ("paragraph 5, 12 States said", [Item("5")]),
        ("compare paragraph 4 with paragraph 6", [Item("4"), Item("6")]),
        ("paragraph 12 bis", [Item("12bis")]),
        ("paragraph 3 of the annex", [Item("annex.3")]),
        ("paragraphs 3 to 5 of annex II", [Item("annex.II.3", "annex.II.5")]),
        ("annex ii, para. 3", [Item("annex.II.3")]),
        ("annex i para 3", [Item("annex.I.3")]),
        ("paragraph 3 of the annex a delegation named", [Item("annex.3")]),
        ("paragraph 3 of the annex civil society wrote", [Item("annex.3")]),
        ("paragraph 3 in the annexes", [Item("3")]),
        ("paragraph 6 (OEWG)", [Item("6")]),
        ("paragraph 6 (of ten)", [Item("6")]),
        ("Is it in para. 7.", [Item("7")]),
        ("para. 29A.12 of A/81/6 (Sect. 29A)", [Item("29A.12")]),
        ("paragraph 5.I.1", [Item("5.I.1")]),
        ("paragraph 5.i.1 and para. 29a.12", [Item("5.I.1"), Item("29A.12")]),
        ("paragraphs 3.V.26 to 3.V.28", [Item("3.V.26", "3.V.28")]),
        ("paragraph 3 of decision 1/CP.21", [Item("decision.1/CP.21.3")]),
        ("decision 1/CP.21, para. 3", [Item("decision.1/CP.21.3")]),
        ("Decision 1/cp.21, paras. 3–5", [Item("decision.1/CP.21.3", "decision.1/CP.21.5")]),
        ("paragraph 3 of annex II to decision 1/CP.21", [Item("decision.1/CP.21.annex.II.3")]),
        ("para. 7 of the annex to decision 4/CMA.3", [Item("decision.4/CMA.3.annex.7")]),
        ("decision 5, annex, para. 7", [Item("decision.5.annex.7")]),
        ("resolution 1/CMA.1, para. 2", [Item("resolution.1/CMA.1.2")]),
        ("decision 15/4, para. 2", [Item("decision.15/4.2")]),
        ("paragraph 3 of resolution 75/240", [Item("3")]),
        ("paragraph 3 of resolution 1325 (2000)", [Item("3")]),
        ("resolution 242 (1967), paragraph 3", [Item("3")]),
        ("paragraph 5. I think so", [Item("5")]),
        ("paragraph 5 A delegation", [Item("5")]),
        ("paragraph 7a", [Item("7")]),
    ],
)
def test_paragraphs_named_in_a_question(text: str, expected: list[Item]) -> None:
    """Words, short forms, signs, lists, ranges, sub-paragraphs and annexes, in any case."""
    assert list(items(text)) == expected
    assert names_paragraphs(text)


@pytest.mark.parametrize(
    "text",
    [
        "What is the Chair's fourth point?",
        "the third paragraph",
        "the 3rd paragraph",
        "[3rd paragraph, unnumbered]",
        "paragraphs on capacity-building",
        "paragraph twelve",
        "subparagraph 5",
        "page 7",
        "17 December 2021",
        "paragraph 123456",
        "",
    ],
)
def test_ordinals_in_words_are_no_look_ups(text: str) -> None:
    """Only "paragraph" with a number names one; "the fourth point" is a matter for retrieval."""
    assert parse_reference(text, DOCUMENTS) is None
    assert not names_paragraphs(text)


def test_what_is_asked_about_the_paragraphs_remains() -> None:
    """The reference and the names of documents are taken out of the question."""
    parsed = parse_reference("What does paragraph 7 of the Chair’s remarks say about stakeholders?", DOCUMENTS)
    assert parsed is not None
    assert (parsed.documents, parsed.unknown) == (("oewg-3",), ())
    assert parsed.remainder == "What does of say about stakeholders?"


# --- documents


def named(text: str, *documents: Document) -> list[str]:
    """The ids of the documents named in a text."""
    return [identity for identity, _, _ in named_documents(text, documents or DOCUMENTS)]


@pytest.mark.parametrize(
    "text",
    [
        "A/77/275",
        "a/77/275",
        "(A/77/275)",
        "A/77/275.",
        "A/77/275, para. 4",
        "A/77/275 (the report)",
        "A/77/275 (c)",
        "the Third Annual Progress Report",
        "the Chair’s remarks",
        "report of the\u00a0working group",
    ],
)
def test_a_document_is_named_by_symbol_title_or_alias(text: str) -> None:
    """In any case, with any quotation marks and spaces, whatever stands around the name."""
    assert named(text) == ["oewg-3"]


@pytest.mark.parametrize(
    "text",
    [
        "A/77/2751",
        "A/77/275/Rev.1",
        "A/77/275.Add",
        "BA/77/275",
        "/A/77/275",
        "A/77/275 (2000)",
        "A/77/27",
        "А/77/275",
        "reporting",
        "study 123",
    ],
)
def test_a_symbol_counts_only_whole(text: str) -> None:
    """Longer and shorter symbols, revisions, another year, a Cyrillic А, and ids of digits alone name nothing."""
    assert named(text) == []


def test_the_year_of_a_resolution_may_be_left_out_but_not_changed() -> None:
    """S/RES/1325 and S/RES/1325 (2000) are one document; S/RES/1325 (2001) is none."""
    assert named("S/RES/1325 says") == named("S/RES/1325 (2000) says") == ["resolution"]
    assert named("S/RES/1325 (2001) says") == []


def test_the_longest_name_wins_and_a_shared_one_names_all() -> None:
    """A revision is not also its first version; an alias of two documents names both."""
    first, revised = document("a", "A/1", "T", "the report"), document("b", "A/1/Rev.1", "T", "the report")
    assert named("A/1/Rev.1 and A/1", first, revised) == ["b", "a"]
    assert sorted(named("the report", first, revised)) == ["a", "b"]


def test_a_symbol_is_compared_as_one_and_names_the_version_whose_id_it_is() -> None:
    """The space before the year does not count; another language is named by its own id; a section is no year."""
    english, french = document("A/77/275", "A/77/275", "Report"), document("A/77/275@fr", "A/77/275", "Rapport")
    assert named("S/RES/1325(2000) says") == ["resolution"]
    assert named("A/77/275 says", french, english) == ["A/77/275"]
    assert named("A/77/275@fr says", french, english) == ["A/77/275@fr"]
    assert named("A/77/275 says", french) == ["A/77/275@fr"]
    section = document("s", "A/81/6 (Sect. 29A)")
    assert named("para. 29A.12 of A/81/6 (sect. 29a)", section) == ["s"]
    assert named("A/81/6", section) == named("A/81/6 (Sect. 29B)", section) == []


def test_what_looks_like_a_symbol_is_an_unknown_document() -> None:
    """A Cyrillic letter or an unknown ending is reported, so that the number is looked up in no other document."""
    for text in ("para. 5 of А/77/275", "para. 5 of A/77/275/Foo"):
        parsed = parse_reference(text, DOCUMENTS)
        assert parsed is not None
        assert (parsed.documents, parsed.unknown) == ((), (text.removeprefix("para. 5 of "),))


def test_a_number_that_is_asked_for_is_no_document() -> None:
    """Paragraph 123 does not name the document whose id is 123."""
    parsed = parse_reference("paragraph 123 of A/77/275", DOCUMENTS)
    assert parsed is not None
    assert (parsed.items, parsed.documents) == ((Item("123"),), ("oewg-3",))


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("para. 5 of A/77/275/Rev.1.", ("A/77/275/Rev.1",)),
        ("para. 5 of (A/AC.292/2024/CRP.1), and E/CN.4/7", ("A/AC.292/2024/CRP.1", "E/CN.4/7")),
        ("para. 5 of S/RES/2250 (2015)", ("S/RES/2250 (2015)",)),
        ("para. 5 of S/RES/2250(2015)", ("S/RES/2250(2015)",)),
        ("para. 5 of A/RES/3314 (XXIX)", ("A/RES/3314 (XXIX)",)),
        ("para. 5 of A/77/275 on TCP/IP and/or N/A", ()),
    ],
)
def test_symbols_that_no_document_has_are_reported(text: str, unknown: tuple[str, ...]) -> None:
    """Without the full stop or bracket after them; words with a stroke but no digit are no symbols."""
    parsed = parse_reference(text, DOCUMENTS)
    assert parsed is not None
    assert parsed.unknown == unknown


@settings(max_examples=800, deadline=None)
@given(
    st.one_of(
        st.text(),
        st.lists(
            st.sampled_from("para. paragraphs 5 12 bis – to and , ; (a) (iv) of the annex II A/77/275 ( ) /Rev.1 (2000) ß İ ¶ .".split())
        ).map(" ".join),
    )
)
def test_no_text_raises(text: str) -> None:
    """Any text is parsed or is None; named spans lie in the text and do not overlap."""
    parsed = parse_reference(text, DOCUMENTS)
    assert (parsed is not None) == names_paragraphs(text)
    spans = sorted({(start, end) for _, start, end in named_documents(text, DOCUMENTS)})
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


@pytest.mark.parametrize(
    "unit", ["para. 5 ", "paras. 1, 2 and ", "annex  ", "A/77/275 ", "A/1((((", "para. 1" + " " * 50, "5, ", "A/1/Rev.1 "]
)
def test_a_very_long_question_is_parsed_in_seconds(unit: str) -> None:
    """200,000 characters of anything do not stall a look-up."""
    begin = time.process_time()
    parse_reference("paras. 1, " + unit * (200_000 // len(unit)), DOCUMENTS)
    assert time.process_time() - begin < 5


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("article 4, paragraph 2", "article.4.2"),
        ("paragraph 2 of article 4 of the annex to decision 1/CP.21", "decision.1/CP.21.annex.article.4.2"),
        ("annex II, appendix I, para. 3", "annex.II.appendix.I.3"),
        ("paragraph 3 of appendix I to annex II", "annex.II.appendix.I.3"),
        ("rule 3.1, paragraph 4", "rule.3.1.4"),
        ("enclosure, para. 5", "enclosure.5"),
    ],
)
def test_parts_within_parts_are_named_in_either_direction(text: str, label: str) -> None:
    """From the largest part to the smallest or back, the label is the same, and what is rendered from it is parsed again."""
    parsed = parse_reference(text, ())
    assert parsed is not None
    assert [item.first for item in parsed.items] == [label]
    again = parse_reference(render_label(label), ())
    assert again is not None
    assert [item.first for item in again.items] == [label]
