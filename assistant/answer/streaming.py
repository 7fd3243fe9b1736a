"""Sentences out of a stream of text: a sentence is given on when the next one begins, with the handles that belong to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from assistant.corpus.sentences import sentence_spans

_HANDLES_AFTER = re.compile(r"([.!?…;][\"'”’)]*)((?:[ \t]*\[[^\[\]\n]*\])+)")
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+|^\s*#+\s+")


def sentences_of(chunks: Iterable[str]) -> Iterator[str]:
    """The sentences of a text that arrives in pieces, whatever the pieces: the same sentences for any chunking.

    Handles after the full stop are drawn in before it, bullets and heading marks are dropped, and a line's end ends a
    sentence. The last sentence is given when the stream ends.
    """
    pending, begins_line = "", True
    for chunk in chunks:
        pending += chunk
        *lines, pending = pending.split("\n")
        for line in lines:
            yield from _sentences(_without_bullet(line) if begins_line else line)
            begins_line = True
        settled = _settled(_without_bullet(pending) if begins_line else pending)
        if settled:
            rest = _without_bullet(pending) if begins_line else pending
            yield from _sentences(rest[:settled])
            pending, begins_line = rest[settled:], False
    yield from _sentences(_without_bullet(pending) if begins_line else pending)


def _settled(line: str) -> int:
    """Up to where no further text can change the sentences of an unfinished line: the beginning of the last whole one.

    The word being written and a bracket that is still open are left out. Drawing in handles keeps every length, and a
    sentence begins after the handles of the one before, so offsets hold for the line as it came.
    """
    opened = line.rfind("[")
    if opened >= 0 and "]" not in line[opened:]:
        line = line[:opened]
    line = line[: max(line.rfind(" "), line.rfind("\t")) + 1]
    spans = sentence_spans(_drawn_in(line))
    return spans[-1][0] if len(spans) > 1 else 0


def _without_bullet(line: str) -> str:
    return _BULLET.sub("", line)


def _drawn_in(text: str) -> str:
    return _HANDLES_AFTER.sub(r"\2\1", text)


def _sentences(line: str) -> Iterator[str]:
    text = _drawn_in(line)
    for start, end in sentence_spans(text):
        yield text[start:end].replace("**", "")
