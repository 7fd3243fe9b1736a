"""Sentences out of a stream of text: each is given as soon as nothing that follows can change it, with the handles that belong to it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator

from assistant.corpus.sentences import sentence_spans

_HANDLE = r"\[[^\[\]\n]*\]"
_HANDLES_AFTER = re.compile(rf"([.!?…;][\"'”’)]*)((?:[ \t]*{_HANDLE})+)")
_END = re.compile(
    rf"(?:{_HANDLE}[.!?…]+[\"'”’)]*(?:[ \t]*{_HANDLE})*[ \t]+(?=[^\s\[])"
    rf"|[.!?…][\"'”’)]*(?:[ \t]*{_HANDLE})+[ \t]+(?=[^\s\[a-z]))"
)
"""Where a sentence is over whatever the words beside say: handles and full stop, in either order, then what is not another handle."""
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+|^\s*#+\s+")
_THINKING = re.compile(r"\s*<think>.*?(?:</think>\s*|\Z)", re.DOTALL)
_THINKS = "<think>"


class SentenceStream:
    """Takes a text in pieces and gives its sentences: the same ones whatever the pieces.

    Handles after the full stop are drawn in before it, bullets and heading marks are dropped, and a line's end ends a sentence.
    What a model thinks aloud before it answers (<think>…</think>) is dropped.
    """

    def __init__(self) -> None:
        self._pending = ""
        self._begins_line = True
        self._may_think = True

    def feed(self, chunk: str) -> Iterator[str]:
        """The sentences that are complete with this piece."""
        self._pending += chunk
        if self._may_think and not self._thought():
            return
        *lines, self._pending = self._pending.split("\n")
        for line in lines:
            yield from _sentences(self._without_bullet(line))
            self._begins_line = True
        rest = self._without_bullet(self._pending)
        settled = _settled(rest)
        if settled:
            yield from _sentences(rest[:settled])
            self._pending, self._begins_line = rest[settled:], False

    def end(self) -> Iterator[str]:
        """The sentences that are left when the text has ended."""
        if self._may_think:
            self._pending = _THINKING.sub("", self._pending, count=1) if self._thinks() else self._pending
        for line in self._pending.split("\n"):
            yield from _sentences(self._without_bullet(line))
            self._begins_line = True
        self._pending = ""

    def _thinks(self) -> bool:
        return self._pending.lstrip().startswith(_THINKS)

    def _thought(self) -> bool:
        """Whether what the model may think aloud is over, and dropped."""
        begun = self._pending.lstrip()
        if not begun or (_THINKS.startswith(begun) and begun != _THINKS):
            return False
        if self._thinks():
            if "</think>" not in begun:
                return False
            self._pending = begun.partition("</think>")[2].lstrip()
        self._may_think = False
        return bool(self._pending)

    def _without_bullet(self, line: str) -> str:
        return _BULLET.sub("", line) if self._begins_line else line


def sentences_of(chunks: Iterable[str]) -> Iterator[str]:
    """The sentences of a text that arrives in pieces; see `SentenceStream`."""
    stream = SentenceStream()
    for chunk in chunks:
        yield from stream.feed(chunk)
    yield from stream.end()


def sentences_or_beats(pieces: Iterable[str], beat: float) -> Iterator[str]:
    """The sentences of a text that arrives in pieces, and "" where nothing came ("") or `beat` seconds passed without a sentence.

    A model may write at one sentence for long: who waits for it is asked again and again whether it still wants the rest.
    """
    stream, since = SentenceStream(), time.monotonic()
    for piece in pieces:
        found = list(stream.feed(piece))
        if not found and (not piece or time.monotonic() - since >= beat):
            found = [""]
        yield from found
        since = time.monotonic() if found else since
    yield from stream.end()


def _settled(line: str) -> int:
    """Up to where no further text can change the sentences of an unfinished line: the beginning of the last whole one.

    Drawing in handles keeps every length, and a sentence begins after the handles of the one before, so offsets hold for the
    line as it came.
    """
    over = max((match.end() for match in _END.finditer(line)), default=0)
    rest = line[over:]
    opened = rest.rfind("[")
    if opened >= 0 and "]" not in rest[opened:]:
        rest = rest[:opened]
    rest = rest[: max(rest.rfind(" "), rest.rfind("\t")) + 1]  # without the word that is being written
    spans = sentence_spans(_drawn_in(rest))
    return over + (spans[-1][0] if len(spans) > 1 else 0)


def _drawn_in(text: str) -> str:
    return _HANDLES_AFTER.sub(r"\2\1", text)


def _sentences(line: str) -> Iterator[str]:
    at = 0
    for over in [*(match.end() for match in _END.finditer(line)), len(line)]:
        text = _drawn_in(line[at:over])
        for start, end in sentence_spans(text):
            yield text[start:end].replace("**", "")
        at = over
