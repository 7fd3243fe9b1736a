"""Encoders: unit vectors, and windows that lose nothing."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from encoders import assert_nothing_lost, sizes
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.index.encoder import Encoder
from assistant.index.windows import cut_windows

WORDS = (
    "the interoperability of counter-terrorism 1,234.5 (confidence-building) measures Kyrgyzstan's antidisestablishmentarianism 2021"
).split()


CONTEXT = "Report of the Secretary-General. II. Norms"


def test_vectors_have_length_one(encoder: Encoder) -> None:
    """A vector of 384 numbers and of length 1 for each text, also for an empty one; none for none; the same on every run."""
    texts = ["A paragraph on norms.", "", "норма 规范", "word " * 1000]
    vectors = encoder.encode(texts, kind="document")
    assert (vectors.shape, vectors.dtype) == ((4, 384), np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-6)
    assert encoder.encode([], kind="query").shape == (0, 384)
    assert encoder.encode(texts, kind="document").tolist() == vectors.tolist()
    assert encoder.encode(texts[:1], kind="document")[0] == pytest.approx(vectors[0], abs=1e-5)
    assert encoder.dimension == 384


def test_near_meaning_is_near(encoder: Encoder) -> None:
    """The packaged weights are those of a working encoder."""
    asked, near, far = encoder.encode(
        ["Who took part?", "Delegations and other participants attended.", "Bake it for an hour at low heat."], kind="query"
    )
    assert asked @ near > asked @ far + 0.15


def test_query_or_document_must_be_said(encoder: Encoder) -> None:
    """Without the keyword, or with it as a position, there is no vector."""
    with pytest.raises(TypeError, match="kind"):
        encoder.encode(["text"])  # type: ignore[call-arg]  # on purpose
    with pytest.raises(TypeError, match="positional"):
        encoder.encode(["text"], "query")  # type: ignore[misc]  # on purpose


def test_threads_share_an_encoder(encoder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several at once get the vectors that each would get alone, and never use the model at the same time."""
    texts = [" ".join(WORDS[: 1 + at % 7]) for at in range(6)]
    alone = [encoder.encode([text], kind="query")[0] for text in texts]
    embed, busy, most = encoder._model.encode_query, [0], [0]

    def counted(*arguments: Any, **named: Any) -> Any:
        busy[0] += 1
        most[0] = max(most[0], busy[0])
        time.sleep(0.01)
        vectors = embed(*arguments, **named)
        busy[0] -= 1
        return vectors

    monkeypatch.setattr(encoder._model, "encode_query", counted)
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda text: encoder.encode([text], kind="query")[0], texts))
    assert np.array(together) == pytest.approx(np.array(alone), abs=1e-6)
    assert most == [1]


@pytest.mark.parametrize("context", ["", CONTEXT, "A very long heading " * 50])
def test_windows_cover_a_long_text(encoder: Encoder, context: str) -> None:
    """All 3,000 words lie in overlapping windows, each with its context and none beyond the 256 tokens that are read."""
    text = " ".join(random.Random(3).choices(WORDS, k=3000))
    (windows,) = encoder.windows([(context, text)])
    assert len(windows) > 40
    assert max(sizes(encoder, windows)) <= 256
    head = context
    if len(context) > 500:  # shortened to a quarter of a window, from its beginning
        head = context[: windows[0].index(text[:20]) - 1]
        assert context.startswith(head)
        assert 60 <= sizes(encoder, [head])[0] <= 66
    assert_nothing_lost(text, windows, head)


def letters(alphabet: str, *lengths: int) -> str:
    """Words of these lengths, their letters drawn from an alphabet, the same on every run."""
    chance = random.Random(5)
    return " ".join("".join(chance.choices(alphabet, k=length)) for length in lengths)


LATIN = "abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    "text",
    [
        letters(LATIN, *[90] * 30),
        letters(LATIN, 5000),
        letters("".join(map(chr, range(0x4E00, 0x4F00))), 700),
        letters("0123456789", *[60] * 20),
        letters(".,;:!?()", 1500),
        letters(LATIN, *[2] * 240, 95),
        letters("ﬁéüßñç", *[7] * 150),
    ],
    ids=["long words", "one word", "Chinese", "digits", "marks", "a long word at the edge", "unusual letters"],
)
def test_windows_hold_where_words_do_not_end(encoder: Encoder, text: str) -> None:
    """A window that begins inside a word may have more tokens than were counted before: none exceeds the limit even so."""
    (windows,) = encoder.windows([(CONTEXT, text)])
    assert max(sizes(encoder, windows)) <= 256
    assert_nothing_lost(text, windows, CONTEXT)


def test_a_short_text_is_one_window_as_it_is(encoder: Encoder) -> None:
    """What fits is embedded whole, with its context before it; the order of the texts is kept."""
    texts = [(CONTEXT if at % 2 else "", f" Text  {at}. ") for at in range(600)]
    assert encoder.windows(texts) == [[f"{context} {text}" if context else text] for context, text in texts]
    assert encoder.windows([]) == []
    assert encoder.windows([("", "")]) == [[""]]
    assert encoder.windows([(CONTEXT, "")]) == [[CONTEXT]]


def test_the_last_word_of_a_full_window_counts(encoder: Encoder) -> None:
    """The encoder reads all 256 tokens of a window: another last word is another vector."""
    full = " ".join(["norm"] * 253)
    assert sizes(encoder, [f"{full} peace"]) == [256]
    one, other, again = encoder.encode([f"{full} peace", f"{full} war", f"{full} peace beyond"], kind="document")
    assert one @ other < 0.99999
    assert one @ again > 0.999999, "the window has grown: change the number of words"


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(1, 50))
def test_cut_windows_cover_every_token(count: int, room: int) -> None:
    """Windows start and end with tokens, hold at most `room`, overlap where room allows it, and leave no token out."""
    tokens = [(3 * at, 3 * at + 2) for at in range(count)]
    windows = cut_windows(tokens, room, 3 * count)
    held = [[at for at, (start, end) in enumerate(tokens) if begin <= start and end <= stop] for begin, stop in windows]
    assert sorted({at for window in held for at in window}) == list(range(count))
    assert max(len(window) for window in held) <= room
    if count <= room:
        assert windows == [(0, 3 * count)]
    elif room >= 4:
        assert all(len(set(one) & set(two)) >= room // 4 for one, two in pairwise(held))
