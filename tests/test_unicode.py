"""The repair of Unicode: letters stay, what fonts and converters put between them goes, parted words are whole again."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.corpus.layout import lines_of, repair
from assistant.corpus.paragraphs import split
from assistant.corpus.source import plain
from assistant.corpus.unicode import BREAKS, clean, part_words, uncover_starts

LIGATURES = {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "ſt", "\ufb06": "st"}
ODD = st.text(st.sampled_from("aéb̧1-‐ \n\r\f\u00ad\u200b\u200c\u200d\ufeff\x02\x92\ufffe\ufb01\uf0b7\u0301मن\u202e\u00a0٣"), max_size=40)


# --- clean and repair


@pytest.mark.parametrize(
    ("found", "repaired"),
    [
        ("e\ufb03cient \ufb01nal", "efficient final"),
        ("soft\u00adware \u200bzero\u200cwidth\u2060", "software zerowidth"),
        ("12.\u00a0The\u2009Group\u3000notes", "12. The Group notes"),
        ("Cafe\u0301", "Café"),
        ("10\u00b2 ｆｕｌｌ №", "10² ｆｕｌｌ №"),
        ("\u0430 is not a", "\u0430 is not a"),
        ("l\x92information \x93quoted\x94", "l’information “quoted”"),
        ("\uf0b7 item, \uf731\uf732", "• item, 12"),
        ("\ue123", "\ue123"),
        ("a\x00b\x07c\x7f", "abc"),
        ("\u202eabc\u202c", "abc"),
        ("hidden\U000e0041\U000e0042", "hidden"),
        ("capacity\x02\nbuilding", "capacity-building"),
        ("capacity\ufffebuilding", "capacity-building"),
        ("alone \x02 \uffff", "alone"),
        ("e\u00ad\u0301", "é"),
    ],
)
def test_repair_mends_characters_and_leaves_words(found: str, repaired: str) -> None:
    """Ligatures, invisible and private characters are mended; superscripts, full width and look-alikes stay."""
    assert repair(found) == repaired


@pytest.mark.parametrize("text", ["می\u200cخواهم", "क्\u200dष", "ක්\u200dෂ", "ه\u200d 1443"])
def test_joiners_stay_where_a_script_needs_them(text: str) -> None:
    """Persian, Hindi, Sinhala and Arabic are written with joiners."""
    assert repair(text) == text


@pytest.mark.parametrize("text", ["a\u200cb", "\u200cمی", "می\u200c ", "1\u200d2", "می\u200c\u200c."])
def test_other_joiners_go(text: str) -> None:
    """Between Latin letters, at the edges of words and before signs they do nothing."""
    assert not set("\u200c\u200d") & set(repair(text))


def letters(text: str) -> str:
    """The letters and digits of a text without accents, ligatures and private characters spelt out, C1 controls as in windows-1252."""
    text = "".join(bytes([ord(c)]).decode("cp1252", "ignore") if "\x80" <= c <= "\x9f" and c != "\x85" else c for c in text)
    text = "".join(LIGATURES.get(character, character) for character in text)
    return "".join(character for character in unicodedata.normalize("NFD", text) if character.isalnum())


@settings(deadline=None)
@given(st.one_of(st.text(), ODD))
def test_repair_is_idempotent_in_nfc_and_keeps_every_letter(text: str) -> None:
    """Repaired once is repaired; the result is in NFC, and no letter or digit is lost, added or moved."""
    text = "".join(character for character in text if not "\ue000" <= character <= "\uf8ff" or character == "\uf0b7")
    repaired = repair(text)
    assert repair(repaired) == repaired
    assert unicodedata.is_normalized("NFC", repaired)
    assert letters(repaired) == letters(text)


@settings(deadline=None)
@given(st.one_of(st.text(), ODD))
def test_clean_is_idempotent(text: str) -> None:
    """What is clean stays as it is."""
    assert clean(clean(text)) == clean(text)


@given(ODD)
def test_a_line_is_one_only_if_something_can_be_read_on_it(text: str) -> None:
    """No line, and so no paragraph, is made of what repair takes away."""
    assert all(repair(line.text) for line in lines_of(text))


# --- words that a line's end parts


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        ("The infor-\nmation; information.", "The information; information."),
        ("The infor‐ \r\n  mation; INFORMATION.", "The information; INFORMATION."),
        ("The infor\x02\nmation; information.", "The information; information."),
        ("The infor\ufffemation; information.", "The information; information."),
        ("Confidence-build-\ning; building.", "Confidence-building; building."),
        ("capacity-\nbuilding", "capacity-building"),
        ("capacity\x02\nbuilding", "capacity-building"),
        ("co-\noperation, co-operation, cooperation", "co-operation, co-operation, cooperation"),
        ("Asia-\nPacific, asiapacific", "Asia-Pacific, asiapacific"),
        ("INFOR-\nMATION, information", "INFORMATION, information"),
        ("pre-\nand post-conflict", "pre- and post-conflict"),
        ("2021-\n2025", "2021-2025"),
        ("ef-\n\ufb01cient, efficient", "efficient, efficient"),
        ("re\u0301-\nunion, réunion", "réunion, réunion"),
        ("infor\u00admation and infor-\nmation", "information and information"),
    ],
)
def test_a_word_is_whole_again_if_the_document_knows_it(text: str, repaired: str) -> None:
    """A hyphen at a line's end goes where the whole word stands elsewhere, and stays where the compound does, or neither."""
    assert repair(part_words(text)) == repaired


@settings(deadline=None)
@given(st.one_of(ODD, st.lists(st.sampled_from(["ab", "a", "b", "-", "\n", "\x02", "\ufffe", "‐", " ", "ab-", "A"])).map("".join)))
def test_part_words_changes_nothing_but_hyphens(text: str) -> None:
    """The length and every character but a hyphen stay, and a hyphen becomes a soft one or a plain one."""
    parted = part_words(text)
    assert len(parted) == len(text)
    for before, after in zip(text, parted, strict=True):
        assert before == after or (before in "-‐\x02\ufffe" and after in "-\u00ad")


def test_parting_words_takes_time_in_proportion_to_the_text() -> None:
    """Long runs of letters, hyphens, spaces and marks are read once."""
    for text in ("a" * 300_000, "a-\n" * 100_000, "a-" + " " * 300_000, "\x02" * 300_000, "\n\u200b" * 100_000):
        assert len(uncover_starts(part_words(text))) == len(text)


# --- what plain text makes of it


def test_plain_text_joins_the_words_that_its_lines_part() -> None:
    """Offsets hold, and the paragraph reads as it was written."""
    text = "1. The infor-\nmation was noted.\n2. More information on capacity-\nbuilding followed.\n"
    paragraphs, _ = split("d", plain(text))
    assert [paragraph.text for paragraph in paragraphs] == ["The information was noted.", "More information on capacity-building followed."]
    assert len(plain(text).text) == len(text)


def test_a_number_behind_an_invisible_mark_is_a_number() -> None:
    """Right-to-left marks and byte order marks before a paragraph's number do not hide it."""
    paragraphs, _ = split("d", "\ufeff1. One was noted.\n\u200f\u202b2. Two was noted.\n \u200b3. Three was noted.\n")
    assert [(paragraph.label, paragraph.text) for paragraph in paragraphs] == [
        ("1", "One was noted."),
        ("2", "Two was noted."),
        ("3", "Three was noted."),
    ]


@given(ODD)
def test_uncovering_keeps_lines_and_length(text: str) -> None:
    """Only invisible marks become spaces."""
    uncovered = uncover_starts(text)
    assert len(uncovered) == len(text)
    assert [at for at, character in enumerate(uncovered) if character in BREAKS] == [
        at for at, character in enumerate(text) if character in BREAKS
    ]
