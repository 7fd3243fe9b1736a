"""What the trained reader sees: a question beside a paragraph with its title and heading, as tokens, in windows.

    [CLS] question [SEP] title. heading [SEP] paragraph [SEP]

Training and answering both come through here, so that a model is asked what it was taught. Needs no torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from assistant.corpus.sentences import sentence_spans
from assistant.index.windows import cut_windows

if TYPE_CHECKING:
    from tokenizers import Tokenizer

WINDOW = 256
"""Tokens of the longest input. The packaged encoder was trained on no more; attention beyond it costs more than a second window."""
MOST_QUESTION = 64
MOST_CONTEXT = 48
"""Tokens of a title with its headings: half from its beginning and half from its end, where titles say the mission and the year."""


@dataclass(frozen=True, slots=True)
class Window:
    """One input. `sentences` are (number of the sentence in its paragraph, first token, token after the last) in this window;
    `question` and `text` are the half-open token ranges of the question and the paragraph, `offsets` the paragraph's character
    span of each token of the text."""

    ids: tuple[int, ...]
    question: tuple[int, int]
    text: tuple[int, int]
    offsets: tuple[tuple[int, int], ...]
    sentences: tuple[tuple[int, int, int], ...]

    @property
    def segment(self) -> int:
        """The first token of the second segment."""
        return self.question[1] + 1


class Encoded(NamedTuple):
    """A text's tokens and the half-open character span of each."""

    ids: Sequence[int]
    offsets: Sequence[tuple[int, int]]


class PairTokenizer:
    """Cuts a question and a paragraph into windows; the tokens of the last `remembered` texts are kept, for training reads each often."""

    def __init__(self, tokenizer: Tokenizer, remembered: int = 0) -> None:
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer
        self._begin, self._end = (int(tokenizer.token_to_id(mark) or 0) for mark in ("[CLS]", "[SEP]"))
        self._encode = lru_cache(remembered)(self._encoded)
        self._sentences = lru_cache(remembered)(sentence_spans)

    def windows(self, question: str, context: str, text: str) -> tuple[Window, ...]:
        """The windows of one paragraph; what does not fit is in the next, which repeats a quarter. An empty text has one window."""
        asked, about, read = self._encode(question), self._encode(context), self._encode(text)
        head = [self._begin, *asked.ids[:MOST_QUESTION], self._end, *_middle_out(about.ids, MOST_CONTEXT), self._end]
        begin, spans = len(head), self._sentences(text)
        found = []
        for first, last in _token_windows(read.offsets, WINDOW - begin - 1, len(text)):
            offsets = tuple(read.offsets[first:last])
            found.append(
                Window(
                    ids=(*head, *read.ids[first:last], self._end),
                    question=(1, 1 + min(len(asked.ids), MOST_QUESTION)),
                    text=(begin, begin + len(offsets)),
                    offsets=offsets,
                    sentences=tuple(_sentences(spans, offsets, begin)),
                )
            )
        return tuple(found)

    def _encoded(self, text: str) -> Encoded:
        found = self._tokenizer.encode(text, add_special_tokens=False)
        return Encoded(found.ids, found.offsets)


def _middle_out(ids: Sequence[int], most: int) -> Sequence[int]:
    return ids if len(ids) <= most else [*ids[: most // 2], *ids[-(most - most // 2) :]]


def _token_windows(offsets: Sequence[tuple[int, int]], room: int, length: int) -> list[tuple[int, int]]:
    """`cut_windows` in tokens instead of characters."""
    if len(offsets) <= room:
        return [(0, len(offsets))]
    begins = {start: at for at, (start, _) in reversed(list(enumerate(offsets)))}
    return [(begins[start], min(begins[start] + room, len(offsets))) for start, _ in cut_windows(offsets, room, length)]


def _sentences(spans: Sequence[tuple[int, int]], offsets: Sequence[tuple[int, int]], begin: int) -> list[tuple[int, int, int]]:
    """The sentences that have a token in this window."""
    found, at = [], 0
    for number, (start, end) in enumerate(spans):
        while at < len(offsets) and offsets[at][1] <= start:
            at += 1
        first = at
        while at < len(offsets) and offsets[at][0] < end:
            at += 1
        if at > first:
            found.append((number, begin + first, begin + at))
    return found
