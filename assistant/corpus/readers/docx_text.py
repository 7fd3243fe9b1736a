"""The running text of a Word paragraph: what a reader of the printed page would see of its runs.

Insertions are in, deletions are out, of a field there is the result, and hidden text and the marks of notes are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal
from xml.etree.ElementTree import Element

from assistant.corpus.readers.docx_styles import Style, Styles, attribute, is_on, toggle

REMOVED = frozenset({"del", "moveFrom"})
ADDED = frozenset({"ins", "moveTo"})
WRAPPERS = frozenset({"sdt", "sdtContent", "customXml", "smartTag"})
"""What surrounds paragraphs or runs without a look of its own."""

_CONTAINERS = ADDED | WRAPPERS | {"hyperlink", "fldSimple", "dir", "bdo", "ruby", "rubyBase"}
_PRINTED = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_DRAWN = frozenset({"drawing", "pict", "object"})
_HEX = re.compile("[0-9A-Fa-f]{1,4}")
_COUNTING_FIELDS = ("LISTNUM", "AUTONUM")

_SYMBOL = dict(zip(range(0x41, 0x5B), "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", strict=True))
_SYMBOL |= dict(zip(range(0x61, 0x7B), "αβχδεφγηιϕκλμνοπθρστυϖωξψζ", strict=True))
_SYMBOL |= {at: chr(at) for at in (*range(0x28, 0x2D), *range(0x2E, 0x40))} | {
    0x20: " ",
    0x22: "∀",
    0x24: "∃",
    0x25: "%",
    0x26: "&",
    0x2D: "−",
}
_SYMBOL |= dict(zip(range(0xA2, 0xA6), "′≤⁄∞", strict=True)) | dict(zip(range(0xAB, 0xBD), "↔←↑→↓°±″≥×∝∂•÷≠≡≈…", strict=True))
_SYMBOL |= {
    0xC7: "∩",
    0xC8: "∪",
    0xCE: "∈",
    0xD2: "®",
    0xD3: "©",
    0xD4: "™",
    0xD6: "√",
    0xD7: "⋅",
    0xE2: "®",
    0xE3: "©",
    0xE4: "™",
    0xE5: "∑",
}
_WINGDINGS = {0x6C: "●", 0x6E: "■", 0x6F: "☐", 0x76: "❖", 0x9F: "•", 0xA7: "▪", 0xA8: "☐", 0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xE8: "➔"}
_WINGDINGS |= {0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑"}
_FONTS = {"symbol": _SYMBOL, "wingdings": _WINGDINGS}


@dataclass(frozen=True, slots=True)
class NoteReference:
    """Where a note is referred to. A `custom` mark was typed by hand: it stands in the text and in the note, and is not counted."""

    kind: Literal["footnote", "endnote"]
    id: str
    custom: bool = False


@dataclass
class Findings:
    """What came to light on the way through a document, for its warnings."""

    tracked_changes: bool = False
    embedded: bool = False
    counting_fields: bool = False


@dataclass
class Inline:
    """Collects the text of a paragraph, the notes it refers to and the text boxes anchored in it (txbxContent).

    `raised` is what it begins with in superscript: the mark of a note, typed by hand.
    """

    styles: Styles
    findings: Findings
    parts: list[str] = field(default_factory=list)
    notes: list[NoteReference] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    raised: str = ""
    _started: bool = False
    _fields: list[bool] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text without white space around it."""
        return "".join(self.parts).strip()

    def take(self, paragraph: Element, is_hidden: bool) -> None:
        """Adds the text of a paragraph whose style is or is not hidden. A field's code ends with its paragraph at the latest."""
        self._take(paragraph, is_hidden)
        self._fields.clear()

    def _take(self, element: Element, is_hidden: bool) -> None:
        for child in element:
            if child.tag == "r":
                self._take_run(child, is_hidden)
            elif child.tag in ("t", "m:t"):  # of a formula
                self.parts += [_characters(child)] if not is_hidden and all(self._fields) else []
            elif child.tag in _CONTAINERS or child.tag.startswith("m:"):
                self.findings.tracked_changes |= child.tag in ADDED
                self._take(child, is_hidden)
            elif child.tag == "mc:AlternateContent":
                self._take(chosen(child), is_hidden)
            elif child.tag in REMOVED:
                self.findings.tracked_changes = True

    def _take_run(self, run: Element, is_hidden: bool) -> None:
        """Adds what one run prints; a run may also hold the text of a formula (m:t)."""
        properties = run.find("rPr")
        look = self.styles[attribute(properties.find("rStyle"))] if properties is not None else Style()
        hidden = toggle(properties, "vanish")
        before = len(self.parts)
        self._take_content(run, is_hidden or look.is_hidden if hidden is None else hidden)
        if not self._started and (added := "".join(self.parts[before:]).strip()):
            self._started = True
            height = attribute(properties.find("vertAlign")) if properties is not None else ""
            self.raised = added if (height or look.height) == "superscript" else ""

    def _take_content(self, run: Element, is_hidden: bool) -> None:
        for child in run:
            tag = child.tag
            if tag == "fldChar":
                self._take_field(child.get("fldCharType", ""))
            elif tag == "instrText":
                self.findings.counting_fields |= (child.text or "").strip().upper().startswith(_COUNTING_FIELDS)
            elif is_hidden or not all(self._fields):
                continue
            elif tag in ("t", "m:t"):
                self.parts.append(_characters(child))
            elif tag in _PRINTED:
                self.parts.append(_PRINTED[tag])
            elif tag == "sym":
                self.parts.append(_symbol(child))
            elif tag in ("footnoteReference", "endnoteReference"):
                kind: Literal["footnote", "endnote"] = "footnote" if tag == "footnoteReference" else "endnote"
                self.notes.append(NoteReference(kind, child.get("id", ""), is_on(child.get("customMarkFollows", "0"))))
            elif tag in _DRAWN:
                self.boxes += text_boxes(child)
            elif tag == "mc:AlternateContent":
                self._take_content(chosen(child), is_hidden)
            elif tag == "ruby" and (base := child.find("rubyBase")) is not None:
                self._take(base, is_hidden)

    def _take_field(self, kind: str) -> None:
        """Follows a field: its code runs from "begin" to "separate", its result to "end"; fields nest."""
        if kind == "begin":
            self._fields.append(False)
        elif self._fields and kind == "separate":
            self._fields[-1] = True
        elif self._fields and kind == "end":
            self._fields.pop()


def chosen(alternatives: Element) -> Element:
    """The one of several renderings that is read: the first with text in it, else the first."""
    if not len(alternatives):
        return alternatives
    return next((one for one in alternatives if any(part.tag in ("t", "m:t") for part in one.iter())), alternatives[0])


def text_boxes(element: Element) -> Iterator[Element]:
    """The text boxes of a drawing, each once however many renderings there are; not those inside another."""
    for child in element:
        if child.tag == "txbxContent":
            yield child
        elif child.tag == "mc:AlternateContent":
            yield from text_boxes(chosen(child))
        else:
            yield from text_boxes(child)


def _characters(element: Element) -> str:
    """The characters of a text element: white space around them counts only where it says so."""
    text = (element.text or "").replace("\n", " ").replace("\t", " ")
    return text if element.get("xml:space") == "preserve" else text.strip(" \r")


def _symbol(element: Element) -> str:
    """The character of a symbol (w:sym): of a symbol font what is known of it, of any other the character itself."""
    given = element.get("char", "")
    code = int(given, 16) if _HEX.fullmatch(given) else 0
    own = _FONTS.get(element.get("font", "").lower())
    if 0xF000 <= code <= 0xF0FF:
        code -= 0xF000
        if own is None:
            return chr(code) if 0x20 <= code < 0x7F else ""
    if own is not None and code < 0x100:
        return own.get(code, "")
    return chr(code) if chr(code).isprintable() else ""
