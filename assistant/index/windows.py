"""Windows: what is embedded of a text that is longer than an encoder reads. Nothing of a text is cut off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.errors import InvalidSettings

_OVERLAP = 0.25
"""Share of a window that the next window repeats, so that no sentence is seen only in halves."""
_CONTEXT_SHARE = 4
"""A paragraph's context (title, heading) may take up one part in so many of a window."""
_AT_ONCE = 256
"""Texts whose tokens are held in memory at the same time."""

Offsets = Sequence[tuple[int, int]]
"""The character span of every token of a text."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """How an encoder counts: the most tokens it reads, the tokens of bare texts, and how many it makes of each whole document,
    with its prompt and marks."""

    limit: int
    offsets: Callable[[list[str]], Sequence[Offsets]]
    sizes: Callable[[list[str]], list[int]]


def windows_of(texts: Sequence[tuple[str, str]], tokens: Tokens) -> list[list[str]]:
    """For each (context, text) the strings to embed: one where it fits, else overlapping windows with the context.

    The windows of a text cover all of its tokens, and none exceeds what the encoder reads. A long context is shortened to a
    quarter of a window.

    Raises:
        InvalidSettings: the document prefix leaves no room for a text.
    """
    found: list[list[str]] = []
    room = tokens.limit - tokens.sizes([""])[0]
    if room < _CONTEXT_SHARE:
        raise InvalidSettings(f"encoder.document_prefix leaves room for {max(room, 0)} tokens of text", "Shorten it.")
    for begin in range(0, len(texts), _AT_ONCE):
        part = texts[begin : begin + _AT_ONCE]
        spans = iter(tokens.offsets([text for pair in part for text in pair]))
        cuts = [_Cut.of(*pair, of_context, of_text, room) for pair, of_context, of_text in zip(part, spans, spans, strict=True)]
        sizes = iter(tokens.sizes([window for cut in cuts for window in cut.windows()]))
        for cut in cuts:
            over = max(next(sizes) for _ in cut.windows()) - tokens.limit
            while over > 0 and cut.room > 1:  # a window that begins inside a word has more tokens than before
                cut = replace(cut, room=max(1, cut.room - over))
                over = max(tokens.sizes(cut.windows())) - tokens.limit
            found.append(cut.windows())
    return found


@dataclass(frozen=True, slots=True)
class _Cut:
    """A text that is cut into windows of `room` tokens, each with the context before it."""

    context: str
    text: str
    offsets: Offsets
    room: int

    @classmethod
    def of(cls, context: str, text: str, of_context: Offsets, of_text: Offsets, room: int) -> _Cut:
        most = room // _CONTEXT_SHARE
        if len(of_context) > most:
            context, of_context = context[: of_context[most - 1][1]], of_context[:most]
        return cls(context, text, of_text, room - len(of_context))

    def windows(self) -> list[str]:
        spans = cut_windows(self.offsets, self.room, len(self.text))
        return [" ".join(filter(None, (self.context, self.text[start:end]))) for start, end in spans]


def cut_windows(tokens: Offsets, room: int, length: int) -> list[tuple[int, int]]:
    """Character windows over a text of `length` characters, given its tokens' offsets, `room` tokens each.

    One window where all fits; else windows that overlap by a quarter, the last ending with the text.
    """
    if len(tokens) <= room:
        return [(0, length)]
    step = max(1, int(room * (1 - _OVERLAP)))
    starts = [*range(0, len(tokens) - room, step), len(tokens) - room]
    return [(tokens[at][0], tokens[min(at + room, len(tokens)) - 1][1]) for at in starts]
