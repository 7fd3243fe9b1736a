"""Symbols: parsed whole or found in running text, rendered as written, and never taken for another."""

from __future__ import annotations

import re
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.corpus.symbols import Symbol, find, lookalikes, parse

KNOWN = """A/77/275; A/AC.292/2024/CRP.1; A/RES/3314 (XXIX); A/RES/75/240; A/80/604/Add.13; A/81/6 (Sect. 2); A/81/6 (Sect. 29A);
S/RES/1325 (2000); S/PV.9999; A/HRC/RES/52/23; A/C.1/79/L.77/Rev.1; E/CN.4/2006/1; E/2024/5; ST/SGB/2019/2; FCCC/CP/2015/10/Add.1;
FCCC/PA/CMA/2016/3/Add.1; CCPR/C/21/Rev.1/Add.13; TD/B/C.I/CLP/55; DP/2024/1; JIU/REP/2023/4; A/AC.290/2021/INF/3; A/75/PV.1; A/INF/78/4;
A/CONF.232/2023/4; A/ES-11/L.1; A/RES/ES-11/1; A/S-32/1; UNEP/EA.5/28; CEDAW/C/GC/38; A/81/6 (Sect. 29A)/Part A; ICCD/COP(16)/24; TD/541;
A/CONF.151/26/Rev.1 (Vol. I); UNEP/OzL.Pro.35/12; S/PV.9999 (Resumption 1); A/RES/3201 (S-VI); X/AC.9/2031/CRP.1/Rev.1; A/77/6/Corr.2"""
SYMBOLS = [" ".join(text.split()) for text in KNOWN.split(";")]


def found(text: str) -> list[str]:
    """What is found in a text, rendered; the offsets must hold just that."""
    hits = list(find(text))
    assert all(parse(text[start:end]) == symbol for symbol, start, end in hits)
    assert all(before[2] <= after[1] for before, after in pairwise(hits))
    return [symbol.render() for symbol, _, _ in hits]


def symbol(text: str) -> Symbol:
    """The symbol that a text is."""
    parsed = parse(text)
    assert parsed is not None, text
    return parsed


# --- generated symbols

NUMBERS = st.integers(1, 2099).map(str)
BODIES = st.sampled_from(["A", "S", "E", "ST", "FCCC", "CCPR", "UNEP", "JIU"])
SERIES = st.sampled_from(["RES", "AC.292", "C.1", "C.I", "CN.4", "CONF.232", "HRC", "INF", "ES-11", "S-32", "SER.A", "EA.5", "OzL.Pro.35"])
BRACKETS = st.sampled_from(["", "", "", " (2000)", " (XXIX)", " (Sect. 2)", " (Sect. 29A)", " (Vol. II)", " (Part I)", " (S-VI)"])
KINDS = st.sampled_from(["Rev", "Add", "Corr", "Amend", "L", "CRP", "WP", "PV", "SR", "INF"])
ELEMENTS = st.one_of(st.tuples(KINDS, st.integers(1, 99)).map(lambda pair: f"{pair[0]}.{pair[1]}"), st.sampled_from(["Part A", "Part B"]))
WRITTEN = st.builds(
    lambda body, series, numbers, bracket, elements: "/".join([body, *series, *numbers[:-1], numbers[-1] + bracket, *elements]),
    BODIES,
    st.lists(SERIES, max_size=2),
    st.lists(NUMBERS, min_size=2, max_size=3),
    BRACKETS,
    st.lists(ELEMENTS, max_size=3),
)


def identity(text: str) -> str:
    """What of a text tells one symbol from another: not its case, the spaces before a bracket, the asterisk or the form of a hyphen."""
    return re.sub(r"[\s*]|(?<=sect)\.|(?<=vol)\.", "", text.casefold()).replace("\u2010", "-").replace("\u2011", "-")


@pytest.mark.parametrize("text", SYMBOLS)
def test_a_symbol_is_itself_parsed_found_and_rendered(text: str) -> None:
    """Alone, in brackets, before a comma or full stop, and with small letters."""
    assert symbol(text).render() == text
    assert found(f"See {text}, ({text}) and {text}.") == [text] * 3
    assert symbol(text.lower()) == symbol(f"  {text}* ") == symbol(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "A", "TCP/IP", "and/or", "24/7", "1/CP.21", "4/CMA.3", "N/A", "km/h", "HTTP/2", "A/77/ 275", "A /77/275", "A//275", "A/77/275/",
        "/A/77/275", "A/77/275.", "A/77/275/foo", "A/77/275 Rev.1", "A/77/275\n/Rev.1", "A/77_275", "А/77/275", "Α/77/275", "A/RES/７5/240",
        "Ａ/77/275", "A/77/٢٧٥", "ſ/77/275", "A/77/275\u200b", "Europe/Asia/2024", "A/81/6 (Section 2)", "A/77/275 (the report)", "x" * 500,
    ],
)  # fmt: skip
def test_what_is_no_symbol_is_none(text: str) -> None:
    """Words with a stroke, decisions, broken symbols, letters of other scripts and full-width ones."""
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("between A/47/277-S/24111 and A/77/727–S/2023/67", ["A/47/277", "S/24111", "A/77/727", "S/2023/67"]),
        ("para. 5 (c) of A/77/275 (c) and A/77/275 (the report)", ["A/77/275", "A/77/275"]),
        ("a/77/275 by w/o/e and/or TCP/IP in 24/7, 1/CP.21, km/h/2", ["A/77/275"]),
        ("S/RES/1325(2000) is not S/RES/1325 (2001)", ["S/RES/1325 (2000)", "S/RES/1325 (2001)"]),
        ("A/77/275.Add, A/77/275/x, BA/77/275б, А/77/275, https://undocs.org/A/77/275", []),
        ("A/77/275* and **A/77/276**", ["A/77/275", "A/77/276"]),
        ("A/ES‑11/L.1 with a hyphen that does not break", ["A/ES-11/L.1"]),  # that hyphen
        ("A/81/6 (Sect. 3)/Part A*", ["A/81/6 (Sect. 3)/Part A"]),
    ],
)
def test_symbols_in_running_text(text: str, expected: list[str]) -> None:
    """Joint symbols are two; a bracket of the sentence, a longer word and an address are none of it."""
    assert found(text) == expected


def test_small_letters_are_taken_where_the_caller_knows_the_documents() -> None:
    """ "fccc/cp/2015/10" is found only on request."""
    assert found("see fccc/cp/2015/10") == []
    assert [hit[0].render() for hit in find("see fccc/cp/2015/10", any_case=True)] == ["FCCC/CP/2015/10"]


def test_lookalikes_are_what_a_reader_would_take_for_a_symbol() -> None:
    """Other alphabets and unknown endings are told, words with a stroke are not."""
    text = "А/77/275, A/77/275/Foo, S/RES/2250 (2015), TCP/IP, and/or, N/A, HTTP/2, 24/7"
    assert [text[start:end] for start, end in lookalikes(text)] == ["А/77/275", "A/77/275/Foo", "S/RES/2250 (2015)"]


# --- what a symbol says


@pytest.mark.parametrize(
    ("text", "base", "revision", "draft"),
    [
        ("A/77/275", "A/77/275", 0, False),
        ("A/77/275/Rev.2", "A/77/275", 2, False),
        ("A/77/275/Add.1/Rev.1", "A/77/275/Add.1", 1, False),
        ("CCPR/C/21/Rev.1/Add.13", "CCPR/C/21/Rev.1/Add.13", 0, False),
        ("A/AC.292/2024/CRP.1", "A/AC.292/2024/CRP.1", 0, True),
        ("A/C.1/79/L.77/Rev.1", "A/C.1/79/L.77", 1, True),
        ("A/AC.290/2021/WP.3/Corr.1", "A/AC.290/2021/WP.3/Corr.1", 0, True),
        ("ECE/TRANS/WP.29/2023/1", "ECE/TRANS/WP.29/2023/1", 0, False),
        ("A/RES/75/240", "A/RES/75/240", 0, False),
    ],
)
def test_base_revision_and_draft(text: str, base: str, revision: int, draft: bool) -> None:
    """A revision is at the end; a working party's number is no working paper."""
    parsed = symbol(text)
    assert (parsed.base.render(), parsed.revision, parsed.is_draft) == (base, revision, draft)


def test_kinds_that_a_symbol_tells() -> None:
    """RES is a resolution unless it is a draft; PV and SR are records."""
    assert symbol("A/RES/75/240").is_resolution
    assert not symbol("A/77/275").is_resolution
    assert symbol("S/PV.9999").is_record
    assert symbol("A/C.3/79/SR.5").is_record
    assert not symbol("A/77/275").is_record


@pytest.mark.parametrize(
    ("later", "earlier", "expected"),
    [
        ("A/77/275/Rev.2", "A/77/275/Rev.1", True),
        ("A/77/275/Rev.2", "A/77/275", True),
        ("A/77/275/Rev.10", "A/77/275/Rev.9", True),
        ("A/77/275/Rev.1", "A/77/275/Rev.1", False),
        ("A/77/275/Rev.1", "A/77/275/Rev.2", False),
        ("A/77/275/Rev.1", "A/77/276", False),
        ("A/77/275/Add.1", "A/77/275", False),
        ("A/77/275/Corr.1", "A/77/275", False),
        ("A/77/275/Amend.1", "A/77/275", False),
        ("A/77/275/Rev.1/Add.1", "A/77/275/Add.1", False),
        ("A/C.1/79/L.77/Rev.1", "A/C.1/79/L.77", True),
        ("A/RES/75/240", "A/75/240", False),
    ],
)
def test_a_revision_replaces_what_came_before_it_and_nothing_else_does(later: str, earlier: str, expected: bool) -> None:
    """Addenda, corrigenda and amendments leave the text in force."""
    assert symbol(later).replaces(symbol(earlier)) is expected


def test_the_year_may_be_left_out() -> None:
    """S/RES/1325 for S/RES/1325 (2000); a section is no year."""
    assert symbol("S/RES/1325 (2000)").without_year == symbol("S/RES/1325")
    assert symbol("A/RES/3314 (XXIX)").without_year == symbol("A/RES/3314")
    assert symbol("A/81/6 (Sect. 2)").without_year == symbol("A/81/6 (Sect. 2)")


# --- properties


@settings(max_examples=400)
@given(WRITTEN)
def test_parsing_what_was_rendered_gives_it_back(text: str) -> None:
    """parse(render(x)) = x, and a written symbol renders as it was written."""
    parsed = symbol(text)
    assert parsed.render() == text
    assert parse(parsed.render()) == parsed
    assert not parsed.replaces(parsed)


@settings(max_examples=800)
@given(WRITTEN, st.data())
def test_a_changed_character_never_names_the_same_document(text: str, data: st.DataObject) -> None:
    """One character replaced, left out or put in gives another symbol or none, unless it is case, a space or the asterisk."""
    at = data.draw(st.integers(0, len(text)))
    character = data.draw(st.one_of(st.sampled_from("A1/. (*-‑аΑＡ\u00a0٢l"), st.characters()))  # homoglyphs are the point
    changed = data.draw(
        st.sampled_from([text[:at] + character + text[at:], text[:at] + character + text[at + 1 :], text[:at] + text[at + 1 :]])
    )
    parsed = parse(changed)
    if identity(changed) != identity(text):
        assert parsed != parse(text)
    if parsed:
        assert identity(parsed.render()) == identity(changed)


@settings(max_examples=500)
@given(WRITTEN, st.sampled_from(list("АВЕЅСТΑΒΕΖＡＳЁ")), st.data())  # homoglyphs are the point
def test_a_letter_of_another_script_makes_no_symbol(text: str, letter: str, data: st.DataObject) -> None:
    """Cyrillic, Greek and full-width letters are refused wherever they stand."""
    at = data.draw(st.sampled_from([at for at, character in enumerate(text) if character.isalpha()]))
    assert parse(text[:at] + letter + text[at + 1 :]) is None


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(), st.lists(st.sampled_from([*SYMBOLS, "/", "(", ")", "(2000)", " ", ".", "-", "Part", "A", "a/1"])).map("".join)))
def test_no_text_raises(text: str) -> None:
    """Any text is parsed or is none, and what is found in it lies in it, in order."""
    parsed = parse(text)
    assert parsed is None or parse(parsed.render()) == parsed
    found(text)
    list(lookalikes(text))


@pytest.mark.parametrize("unit", ["A/", "A/1/", "A/1((((", "A/77/275 (", "A/1-", "A/1 (Sect. ", "a", "A/77/275/Rev.1 ", "A.A", "А/1"])
def test_long_texts_take_linear_time(unit: str) -> None:
    """200,000 characters of anything do not stall a search."""
    begin = time.process_time()
    text = unit * (200_000 // len(unit))
    list(find(text))
    list(lookalikes(text))
    parse(text)
    assert time.process_time() - begin < 3
