"""What a section of a Word file rules: how its notes are marked, and which headers and footers its pages carry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from xml.etree.ElementTree import Element

from assistant.corpus.readers.docx_formats import format_number
from assistant.corpus.readers.docx_story import Book, Story
from assistant.corpus.readers.docx_styles import attribute, is_on, number, toggle
from assistant.corpus.readers.docx_text import NoteReference
from assistant.corpus.source import Block

_FORMATS = {"footnote": "decimal", "endnote": "lowerRoman"}
"""How Word marks notes where nothing else is said."""

Texts = dict[str, str]


def note_texts(elements: Iterable[Element], book: Book) -> Texts:
    """The text of each note by its id, from the children of footnotes.xml or endnotes.xml."""
    story = Story(book)
    found: Texts = {}
    for element in elements:
        text = "\n".join(item.text.strip() for item in story.items(element) if isinstance(item, Block))
        found.setdefault(element.get("id", ""), text)
    return found


class Notes:
    """Puts footnotes and endnotes behind the blocks that refer to them, with the marks that Word prints."""

    def __init__(self, texts: Mapping[str, Texts], settings: Mapping[str, Element]) -> None:
        """`texts` holds the notes of each kind by id; `settings` the children of settings.xml by name."""
        self._texts = texts
        self._settings = settings
        self._waiting: list[Block | NoteReference] = []
        self._next: dict[str, int] = {}
        self._printed: set[NoteReference] = set()
        self.restart_on_pages = False

    def add(self, item: Block | NoteReference) -> None:
        """Takes the next block or reference. How notes are marked is known only where their section ends."""
        self._waiting.append(item)

    def close(self, section: Element | None) -> list[Block]:
        """The blocks since the last section ended, with their notes; `section` are the properties of the one that ends."""
        waiting, self._waiting = self._waiting, []
        if any(isinstance(item, NoteReference) for item in waiting):
            for kind in _FORMATS:
                if self._option(kind, "numRestart", section) == "eachSect":
                    self._next.pop(kind, None)
        return [block for item in waiting for block in ([item] if isinstance(item, Block) else self._note(item, section))]

    def _note(self, reference: NoteReference, section: Element | None) -> Iterator[Block]:
        """The block of a note: the first time that it is referred to, if it has any text."""
        kind = reference.kind
        mark = ""
        if not reference.custom:
            at = self._next.get(kind, number(self._option(kind, "numStart", section), 1))
            self._next[kind] = at + 1
            mark = format_number(at, self._option(kind, "numFmt", section) or _FORMATS[kind]) + " "
            self.restart_on_pages |= self._option(kind, "numRestart", section) == "eachPage"
        text = self._texts[kind].get(reference.id, "")
        if text and reference not in self._printed:
            self._printed.add(reference)
            yield Block(mark + text, "note")

    def _option(self, kind: str, name: str, section: Element | None) -> str:
        """What the section, or else the whole document, says of its notes: "numFmt", "numStart" or "numRestart"."""
        own = section.find(f"{kind}Pr/{name}") if section is not None else None
        general = self._settings.get(f"{kind}Pr")
        return attribute(own) or attribute(general.find(name) if general is not None else None)


class Margins:
    """The headers and footers that are printed: that of the first page, and all others, each once."""

    def __init__(self, read: Callable[[str], Iterable[Block]], settings: Mapping[str, Element]) -> None:
        """`read` gives the blocks of a header or footer by the id of its relationship."""
        self._read = read
        self._two_sided = "evenAndOddHeaders" in settings and is_on(settings["evenAndOddHeaders"].get("val", "1"))
        self._parts: dict[tuple[str, str], str] = {}
        self._seen: set[str] = set()
        self._texts: set[str] = set()
        self._is_first = True
        self.first: list[Block] = []
        self.others: list[Block] = []

    def add(self, section: Element) -> None:
        """Takes the headers and footers of a section; what it does not name it has from the section before."""
        for child in section:
            if child.tag in ("headerReference", "footerReference"):
                self._parts[child.tag, child.get("type", "default")] = child.get("r:id", "")
        kinds = ["first"] if toggle(section, "titlePg") else []
        kinds += ["default", "even"] if self._two_sided else ["default"]
        for tag in ("headerReference", "footerReference"):
            for kind in kinds:
                is_first_page = self._is_first and tag == "headerReference" and kind == kinds[0]
                self._take(self._parts.get((tag, kind), ""), self.first if is_first_page else self.others)
        self._is_first = False

    def _take(self, part: str, blocks: list[Block]) -> None:
        if not part or part in self._seen:
            return
        self._seen.add(part)
        found = [block for block in self._read(part) if block.text not in self._texts]
        self._texts |= {block.text for block in found}
        blocks += (replace(block, role="margin", level=0) for block in found)
