"""References and marks of footnotes as the United Nations Editorial Manual sets them, in English, French and Spanish."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from fakes import CHAIR
from hypothesis import given
from hypothesis import strategies as st

from assistant.briefing.blocks import Content, Note, Run, text_of
from assistant.briefing.citing import first_reference, label_text, names_of, places_text, with_marks
from assistant.briefing.words import WORDS, Language, date_in_words
from assistant.corpus.references import parse_reference, render_label

LABELS = ("1", "2", "3", "4", "5", "6", "12", "12bis", "13", "annex.II.1", "annex.II.2", "annex.II.3", "7~2", "u1", "u2", "t1")
POSITIONS = {label: at for at, label in enumerate(LABELS)}


@pytest.mark.parametrize(
    ("labels", "english", "french", "spanish"),
    [
        (["4"], "para. 4", "par. 4", "párr. 4"),
        (["4", "5", "6"], "paras. 4–6", "par. 4 à 6", "párrs. 4 a 6"),
        (["6", "4", "5", "5"], "paras. 4–6", "par. 4 à 6", "párrs. 4 a 6"),
        (["4", "5"], "paras. 4 and 5", "par. 4 et 5", "párrs. 4 y 5"),
        (["1", "3", "4", "5"], "paras. 1 and 3–5", "par. 1 et 3 à 5", "párrs. 1 y 3 a 5"),
        (["12", "13"], "paras. 12 and 13", "par. 12 et 13", "párrs. 12 y 13"),
        (["12", "12bis", "13"], "paras. 12, 12 bis and 13", "par. 12, 12 bis et 13", "párrs. 12, 12 bis y 13"),
        (["annex.II.1", "annex.II.2", "annex.II.3"], "annex II, paras. 1–3", "annexe II, par. 1 à 3", "anexo II, párrs. 1 a 3"),
        (["6", "annex.II.1"], "para. 6; annex II, para. 1", "par. 6; annexe II, par. 1", "párr. 6; anexo II, párr. 1"),
        (["7~2"], "para. 7 (2nd of this number)", "par. 7 (2e de ce numéro)", "párr. 7 (2.º de este número)"),
        (["u1"], "[1st paragraph, unnumbered]", "[1er paragraphe, non numéroté]", "[1.º párrafo, sin numerar]"),
        (["t1"], "[1st table]", "[1er tableau]", "[1.º cuadro]"),
    ],
)
def test_paragraphs_are_named_together(labels: list[str], english: str, french: str, spanish: str) -> None:
    """Three neighbours or more are a range, others are listed, and a range never takes in a paragraph that was not meant."""
    places = [(label, ()) for label in labels]
    assert [places_text(places, POSITIONS, language) for language in ("en", "fr", "es")] == [english, french, spanish]


@pytest.mark.parametrize("label", LABELS)
def test_english_references_are_those_of_answers(label: str) -> None:
    """A paragraph is named in a briefing as in an answer."""
    assert label_text((label, ()), "en") == render_label(label)
    assert label_text(("6", ("a", "iv")), "en") == render_label("6", ("a", "iv"))


@given(st.sets(st.sampled_from((*LABELS[:6], "12", "13")), min_size=1))
def test_what_is_named_together_can_be_looked_up_again(labels: set[str]) -> None:
    """Parsing the text of several paragraphs gives these paragraphs and no other."""
    places = [(label, ()) for label in labels]
    parsed = parse_reference(places_text(places, POSITIONS, "en"), ())
    assert parsed
    found = {label for item in parsed.items for label in LABELS if int(item.first) <= _number(label) <= int(item.last or item.first)}
    assert found == labels


def _number(label: str) -> int:
    return int(label) if label.isdigit() else -1


SYMBOL = replace(CHAIR, id="A/79/214", symbol="A/79/214", title="Report", standing="draft")


def test_a_first_reference_identifies_and_later_ones_are_short() -> None:
    """A document with a symbol is its symbol; another has its speaker, session and date once, where the title does not say them."""
    names = names_of([CHAIR, SYMBOL], "en")
    assert first_reference(SYMBOL, names["A/79/214"], "para. 7", "en") == "A/79/214 (draft), para. 7"
    closing = replace(CHAIR, title="Closing remarks by the Chair")
    name = names_of([closing], "en")[closing.id]
    whole = "Closing remarks by the Chair, First substantive session, 17 December 2021, para. 7"
    assert first_reference(closing, name, "para. 7", "en") == whole
    named = replace(closing, title="Statement", speaker="Ms. Lowe", delegation="Norvania", session=None, date=None)
    assert first_reference(named, "Statement", "para. 7", "en") == "Statement, Ms. Lowe (Norvania), para. 7"


def test_documents_of_one_name_are_told_apart() -> None:
    """Two documents of one title are called by their dates too, and two of one title and date by their ids."""
    one, other = replace(CHAIR, id="a", title="Statement"), replace(CHAIR, id="b", title="Statement", date=dt.date(2022, 3, 1))
    assert names_of([one, other], "en") == {"a": "Statement, 17 December 2021", "b": "Statement, 1 March 2022"}
    assert names_of([one, replace(other, date=one.date)], "fr") == {"a": "Statement [a]", "b": "Statement [b]"}


@pytest.mark.parametrize(("standing", "label"), [("draft", "draft"), ("superseded", "superseded"), ("unofficial", "unofficial")])
def test_what_is_no_adopted_text_is_always_called_so(standing: str, label: str) -> None:
    """A draft, a superseded and an unofficial text carry the word in every reference, in every language."""
    document = replace(SYMBOL, standing=standing)
    assert names_of([document], "en")["A/79/214"] == f"A/79/214 ({label})"
    assert all(names_of([document], language)["A/79/214"] != "A/79/214" for language in WORDS)
    assert names_of([replace(document, standing="adopted")], "en")["A/79/214"] == "A/79/214"


def _marked(content: Content) -> str:
    return "".join("¹" if isinstance(item, Note) else item.text for item in content)


@pytest.mark.parametrize(
    ("text", "english", "french", "spanish"),
    [
        ("Agreed.", "“Agreed.”¹", "«\u00a0Agreed¹.\u00a0»", "«Agreed¹.»"),
        ("Agreed", "“Agreed”¹", "«\u00a0Agreed¹\u00a0»", "«Agreed¹»"),
        ("Is it so?", "“Is it so?”¹", "«\u00a0Is it so¹?\u00a0»", "«Is it so¹?»"),
        ("Vraiment\u00a0?", "“Vraiment\u00a0?”¹", "«\u00a0Vraiment¹\u00a0?\u00a0»", "«Vraiment¹\u00a0?»"),
        ("He said “no.”", "“He said “no.””¹", "«\u00a0He said “no¹.”\u00a0»", "«He said “no¹.”»"),
        ("…", "“…”¹", "«\u00a0…¹\u00a0»", "«…¹»"),
    ],
)
def test_marks_stand_where_the_language_wants_them(text: str, english: str, french: str, spanish: str) -> None:
    """After punctuation and quotation mark in English, before both in French and Spanish."""
    for language, expected in (("en", english), ("fr", french), ("es", spanish)):
        assert _marked(with_marks(text, [Note("n")], language, quoted=True)) == expected


@given(st.text(min_size=1), st.sampled_from(sorted(WORDS)), st.booleans(), st.integers(0, 3))
def test_a_mark_changes_no_word(text: str, language: Language, quoted: bool, count: int) -> None:
    """Without its marks a statement is what it was, between quotation marks where it is quoted; every note is called; commas part them."""
    content = with_marks(text, [Note(str(at)) for at in range(count)], language, quoted=quoted)
    opening, closing = WORDS[language].quotes if quoted else ("", "")
    said = tuple(item for item in content if not (isinstance(item, Run) and item.style == "raised"))
    assert text_of(said) == f"{opening}{text}{closing}"
    assert [item.text for item in content if isinstance(item, Note)] == [str(at) for at in range(count)]
    assert sum(isinstance(item, Run) and item.style == "raised" for item in content) == max(0, count - 1)


def test_dates_are_written_as_the_language_does() -> None:
    """The first of a month is "1er" in French."""
    dates = [date_in_words(dt.date(2026, 5, 1), language) for language in ("en", "fr", "es")]
    assert dates == ["1 May 2026", "1er mai 2026", "1 de mayo de 2026"]
