"""Invented documents as Word files: numbers typed, or counted by Word, headings by style or by bold type, footnotes of their own."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tests.invented import Piece
from tests.word_files import abstract, item, lvl, note, num, p, reference, run, style, table, word

_BOLD = "<w:b/>"


def typed(pieces: Sequence[Piece], dice: random.Random) -> bytes:
    """Numbers typed with a tabulator or spaces after them, headings in bold type."""
    gap = dice.choice(("\t", "  ", "\u00a0"))
    return _file(pieces, lambda piece: p(run(f"{piece.printed}{gap}{piece.text}") + _note_of(piece, pieces)))


def styled(pieces: Sequence[Piece], dice: random.Random) -> bytes:
    """Numbers typed, headings by style, letters counted by Word."""
    return _file(pieces, lambda piece: p(run(f"{piece.printed}\t{piece.text}") + _note_of(piece, pieces)), has_styles=True)


def automatic(pieces: Sequence[Piece], dice: random.Random) -> bytes:
    """Numbers that only Word's numbering holds, but for those that it cannot count ("12 bis.")."""
    lists: list[str] = [lvl(0, "%1.")]
    last: list[tuple[str, int]] = [("", 0)]

    def numbered(piece: Piece) -> str:
        head, _, digits = piece.printed.rstrip(".)").rpartition(".")
        before, behind = f"{head}." if head else "", piece.printed[len(piece.printed.rstrip(".)")) :]
        if not digits.isdigit():
            return p(run(f"{piece.printed}\t{piece.text}") + _note_of(piece, pieces))
        if (before, int(digits) - 1) != last[0] or not lists:
            lists.append(lvl(0, f"{before}%1{behind}", start=int(digits)))
        last[0] = (before, int(digits))
        return item(run(piece.text) + _note_of(piece, pieces), num=len(lists))

    return _file(pieces, numbered, lists=lists, has_styles=True)


def _note_of(piece: Piece, pieces: Sequence[Piece]) -> str:
    return reference(pieces.index(piece) + 2) if piece.note else ""


def _file(pieces: Sequence[Piece], numbered: object, lists: list[str] | None = None, has_styles: bool = False) -> bytes:
    body: list[str] = []
    for piece in pieces:
        if piece.label:
            body.append(numbered(piece))  # type: ignore[operator]
            body += [p(f"{mark}\t{text}") for mark, text in piece.items]
            body += [p(piece.after)] if piece.after else []
        elif piece.kind == "table":
            body += [p(piece.text), table(*piece.rows)]
        elif piece.kind in ("heading", "part", "title"):
            body.append(p(piece.text, style=f"Heading{piece.level}") if has_styles else p(run(piece.text, _BOLD)))
        elif piece.text:
            body.append(p(piece.text))
            body += [p(f"{mark}\t{text}") for mark, text in piece.items]
    notes = "".join(note(at + 2, piece.note) for at, piece in enumerate(pieces) if piece.note)
    definitions = "".join(abstract(level, name=at) for at, level in enumerate(lists or []))
    names = "".join(num(at + 1, at) for at in range(len(lists or [])))
    styles = "".join(style(f"Heading{n}", f'<w:outlineLvl w:val="{n - 1}"/>', title=f"heading {n}") for n in (1, 2, 3))
    parts = {"styles": styles, "numbering": definitions + names} | ({"footnotes": notes} if notes else {})
    return word("".join(body), **parts)
