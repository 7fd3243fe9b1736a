"""A small index of paragraphs to be quoted, and what is read back out of a briefing's Markdown and Word files."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

from markdown_it import MarkdownIt
from workspaces import Corpus

from assistant.answer.engine import Assistant

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHARACTERS = {"br": "\n", "tab": "\t", "softHyphen": "\u00ad", "noBreakHyphen": "\u2011"}
"""What Word writes as elements."""
NOTE = re.compile(r"(?<!\\)(?:\\\\)*(?!^\[\^\d+\]:)\[\^(\d+)\]", re.MULTILINE)
"""The call of a note: no definition, and no bracket that is escaped (one behind an escaped backslash is not)."""
DEFINITION = re.compile(r"^\[\^(\d+)\]: (.*(?:\n    .*)*)", re.MULTILINE)


def small(folder: Path, *texts: str, catalogue: str = '["a.txt"]\nsymbol = "A/79/214"\nstanding = "draft"\n') -> tuple[Corpus, Assistant]:
    """A workspace with one draft, A/79/214, of these paragraphs; word lengths for vectors."""
    corpus = Corpus(folder)
    corpus.write("a.txt", *(texts or ("First of a.", "Second of a.", "Third of a.", "Fourth of a.")))
    corpus.describe(catalogue)
    corpus.build()
    return corpus, Assistant(corpus.settings)


def shown(markdown: str) -> str:
    """The text that Markdown shows, a line for each block."""
    parts = []
    for token in MarkdownIt("commonmark").parse(markdown):
        if token.type == "inline":
            breaks = {"softbreak": "\n", "hardbreak": "\n"}
            parts.append("".join(breaks.get(child.type, child.content) for child in token.children or () if child.type != "html_inline"))
    return "\n".join(parts)


def markup_of(markdown: str) -> set[str]:
    """The kinds of markup in Markdown."""
    tokens = MarkdownIt("commonmark").enable("table").disable("reference").parse(markdown)  # "[^1]: x" is a footnote
    return {token.type for token in tokens} | {child.type for token in tokens for child in token.children or ()}


def word_parts(raw: bytes) -> dict[str, bytes]:
    """The members of a Word file."""
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def word_text(part: bytes) -> str:
    """The text of a part of a Word file, a line for each paragraph."""
    root = ElementTree.fromstring(part)  # made by the program under test
    return "\n".join(map(_text, root.iter(f"{_W}p")))


def _text(element: ElementTree.Element) -> str:
    names = {f"{_W}{name}": character for name, character in _CHARACTERS.items()}
    return "".join(item.text or "" if item.tag == f"{_W}t" else names.get(item.tag, "") for run in element.iter(f"{_W}r") for item in run)


def word_notes(raw: bytes) -> list[str]:
    """The footnotes of a Word file in the order in which they are called."""
    parts = word_parts(raw)
    notes = {
        note.get(f"{_W}id"): _text(note).removeprefix(" ")
        for note in ElementTree.fromstring(parts["word/footnotes.xml"]).iter(f"{_W}footnote")
        if note.get(f"{_W}type") is None
    }
    called = [item.get(f"{_W}id") for item in ElementTree.fromstring(parts["word/document.xml"]).iter(f"{_W}footnoteReference")]
    assert len(called) == len(notes)
    return [notes[number] for number in called]
