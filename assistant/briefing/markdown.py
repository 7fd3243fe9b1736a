"""A briefing as Markdown with footnotes, `[^1]`: CommonMark, and the footnotes that GitHub, pandoc and markdown-it-py's plugin share.

Text is escaped so that every such reader shows it as it is: `markdown_text` says how.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.briefing.blocks import Block, Content, Heading, Items, Note, Paragraph, Quotation, Run, Sheet, notes_of, plain, printable

_INLINE = re.compile(r"[\\`*_\[\]<>~^$|#]|&(?=#?\w+;)|(?<!\S)@|(?<=\w)@(?=\w)|(?<=[A-Za-z]):(?=//)|(?<=\bwww)\.|!(?=$)")
_LINE_START = re.compile("[+=:%-]")
_NUMBER = re.compile(r"\d{1,9}(?=[.)])")
_DEFINES = re.compile(r"\[\^\d+\](?=:)")
"""A call of a note and a colon: at the beginning of a line they would define the note."""
_LARGEST = 900_000_000
"""A list's number has nine digits at most."""
_EDGES = re.compile(r"^[^\S\n]+|[^\S\n]+$", re.MULTILINE)


def markdown_text(text: str) -> str:
    """`text` so that Markdown shows it to the letter: no emphasis, link, image, raw HTML, mathematics, footnote or list comes of it.

    A newline becomes a hard break; white space at the ends of a line, which Markdown drops, becomes character references.
    """
    return _lines(_escaped(text))


def _escaped(text: str) -> str:
    return _INLINE.sub(lambda match: f"\\{match[0]}", printable(text))


def _lines(escaped: str) -> str:
    """Escaped text as the lines of a paragraph, none of which begins a list, a heading or a table."""
    return "\\\n".join(map(_line, escaped.rstrip("\n").split("\n")))


def _line(escaped: str) -> str:
    if _LINE_START.match(escaped):
        escaped = f"\\{escaped}"
    elif number := _NUMBER.match(escaped) or _DEFINES.match(escaped):
        escaped = f"{number[0]}\\{escaped[number.end() :]}"
    return _EDGES.sub(lambda match: "".join(f"&#{ord(character)};" for character in match[0]), escaped)


def render(sheet: Sheet) -> str:
    """The whole briefing."""
    writer = _Writer()
    classified = (Paragraph(plain(sheet.classification, "strong")),) if sheet.classification else ()
    facts = Paragraph(plain("\n".join(filter(None, (sheet.meeting, sheet.date, sheet.audience)))))
    blocks = (*classified, Heading(1, plain(sheet.title)), facts, *_deeper(sheet.blocks))
    body = writer.blocks(blocks)
    notes = "\n".join(f"[^{number}]: {_indented(markdown_text(note.text))}" for number, note in enumerate(notes_of(blocks), 1))
    footer = writer.blocks((Paragraph(plain(sheet.footer, "emphasis")),))
    return "\n\n".join(filter(None, (body, footer, writer.blocks(classified), notes))) + "\n"


def _indented(text: str) -> str:
    return text.replace("\n", "\n    ")


def _deeper(blocks: Sequence[Block]) -> Iterator[Block]:
    """Headings one level down: the first is the title's."""
    for block in blocks:
        yield Heading(min(block.level + 1, 6), block.content) if isinstance(block, Heading) else block


class _Writer:
    """Counts notes from block to block."""

    def __init__(self) -> None:
        self.notes = 0

    def blocks(self, blocks: Sequence[Block]) -> str:
        """Blocks with an empty line between any two."""
        written: list[str] = []
        for at, block in enumerate(blocks):
            if at and isinstance(block, Items) and isinstance(blocks[at - 1], Items):
                written.append("<!-- -->")  # else the second list would go on with the first
            written.append(self._block(block))
        return "\n\n".join(filter(None, written))

    def _block(self, block: Block) -> str:
        match block:
            case Heading(level=level, content=content):
                return f"{'#' * level} {self._inline(content).replace(chr(92) + chr(10), ' ')}".rstrip()
            case Paragraph(content=content):
                return self._inline(content)
            case Quotation(blocks=inner):
                return "\n".join(f"> {line}".rstrip() for line in self.blocks(inner).split("\n"))
            case Items(items=items, start=start):
                first = None if start is None else min(start, _LARGEST)
                written = [self._item(item, None if first is None else first + at) for at, item in enumerate(items)]
                return ("\n\n" if any("\n\n" in item for item in written) else "\n").join(written)

    def _item(self, item: Sequence[Block], number: int | None) -> str:
        mark = "- " if number is None else f"{number}. "
        first, *others = self.blocks(item).split("\n")
        return "\n".join([f"{mark}{first}".rstrip(), *(f"{' ' * len(mark)}{line}".rstrip() for line in others)])

    def _inline(self, content: Content) -> str:
        return _lines("".join(self._note() if isinstance(item, Note) else _run(item) for item in content))

    def _note(self) -> str:
        self.notes += 1
        return f"[^{self.notes}]"


def _run(run: Run) -> str:
    if run.style == "raised":
        return ""  # between two marks, which here are apart by their brackets
    text = _escaped(run.text)
    mark = {"emphasis": "*", "strong": "**"}.get(run.style, "")
    inside = text.strip()
    before, _, after = text.partition(inside) if inside else (text, "", "")
    return f"{before}{mark}{inside}{mark}{after}" if inside else text
