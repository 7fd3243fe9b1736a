"""Invented documents as files: every layout sets the pieces of `tests/invented.py` and gives a file name and its bytes.

`python -m tests.invented_files --seeds 1000-1020` reads each kind in each layout with seeds that nobody has looked at, and prints the share
whose numbers and texts are the truth's.
"""

from __future__ import annotations

import argparse
import random
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from assistant.corpus.paragraphs import split
from assistant.corpus.readers import read_source
from tests import invented_pdf, invented_word
from tests.invented import KINDS, Piece, document, truth_of

Setting = Callable[[Sequence[Piece], random.Random], bytes]


@dataclass(frozen=True)
class Plain:
    """A text: `width` None sets a paragraph as one line; `gap` empty lines stand between its lines, `apart` between paragraphs;
    `indent` spaces before a first line, `tab` between a number and its text; `page` lines make a page, with `furniture` at its edges."""

    width: int | None = 80
    gap: int = 0
    apart: int = 1
    indent: str = ""
    tab: str = " "
    page: int = 0
    furniture: str = ""
    end: str = "\n"

    def __call__(self, pieces: Sequence[Piece], dice: random.Random) -> bytes:
        """The text, in UTF-8."""
        lines: list[str] = []
        for piece in pieces:
            if lines:
                lines += [""] * (self.apart if self.width is None or self.apart > self.gap else self.gap)
            for at, part in enumerate(self._parts(piece)):
                if at:
                    lines += [""] * (self.gap if piece.kind != "table" else 0)
                for nth, line in enumerate(self._wrapped(part)):
                    lines += [""] * (self.gap if nth else 0)
                    lines.append(line)
        return self.end.join(self._paged(lines)).encode()

    def _parts(self, piece: Piece) -> Iterator[str]:
        if piece.kind == "table":
            yield piece.text
            for row in piece.rows:
                yield "| " + " | ".join(row) + " |"
        elif piece.label:
            yield f"{self.indent}{piece.printed}{self.tab}{piece.text}"
        else:
            yield f"{self.indent if piece.kind == 'plain' else ''}{piece.text}"
        yield from (f"{self.indent}{mark}{self.tab}{text}" for mark, text in piece.items)
        yield from (piece.after,) if piece.after else ()

    def _wrapped(self, text: str) -> list[str]:
        if self.width is None or text.startswith("|"):
            return [text]
        return textwrap.wrap(text, self.width, break_long_words=False, break_on_hyphens=False, replace_whitespace=False, expand_tabs=False)

    def _paged(self, lines: list[str]) -> list[str]:
        if not self.page:
            return lines
        has_furniture = self.furniture and len(lines) > 4 * self.page  # what repeats nowhere cannot be told from text
        found: list[str] = []
        for page, at in enumerate(range(0, len(lines), self.page), 1):
            head = [self.furniture.format(page), ""] if has_furniture and page > 1 else []
            foot = ["", f"{page}"] if has_furniture else []
            found += [*head, *lines[at : at + self.page], *foot]
            found[-1] += "\f" if at + self.page < len(lines) else ""
        return found


def html(pieces: Sequence[Piece], dice: random.Random) -> bytes:
    """Numbers typed into paragraphs."""
    body: list[str] = []
    for piece in pieces:
        if piece.kind in ("title", "heading", "part"):
            body.append(f"<h{min(piece.level + 1, 6)}>{escape(piece.text)}</h{min(piece.level + 1, 6)}>")
        elif piece.kind == "table":
            rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in piece.rows)
            body.append(f"<p>{escape(piece.text)}</p><table>{rows}</table>")
        else:
            number = f"{piece.printed}&nbsp;" if piece.printed else ""
            body.append(f"<p>{number}{escape(piece.text)}</p>")
            body += [f"<p>{mark} {escape(text)}</p>" for mark, text in piece.items]
            body += [f"<p>{escape(piece.after)}</p>"] if piece.after else []
    return f"<!DOCTYPE html><html lang=en><meta charset=utf-8><title>Example</title><body>{''.join(body)}</body></html>".encode()


def html_lists(pieces: Sequence[Piece], dice: random.Random) -> bytes:
    """Numbers that the browser counts, wherever they can be counted; headings part the lists, which go on by `start`."""
    body: list[str] = []
    is_open = False
    for piece in pieces:
        counts = bool(piece.printed) and piece.printed == f"{piece.label.rpartition('.')[2]}."
        if is_open and not counts:
            body.append("</ol>")
            is_open = False
        if counts:
            number = piece.printed[:-1]
            body.append("" if is_open else f'<ol start="{number}">')
            is_open = True
            inside = "".join(f"<p>{mark} {escape(text)}</p>" for mark, text in piece.items)
            after = f"<p>{escape(piece.after)}</p>" if piece.after else ""
            body.append(f'<li value="{number}"><p>{escape(piece.text)}</p>{inside}{after}</li>')
        else:
            body.append(html([piece], dice).decode().partition("<body>")[2].partition("</body>")[0])
    return f"<html><body>{''.join(body)}{'</ol>' if is_open else ''}</body></html>".encode()


def markdown(pieces: Sequence[Piece], dice: random.Random) -> bytes:
    """Numbers as Markdown has them; lists below their paragraph, indented."""
    return _markdown(pieces, "{} ").encode()


def markdown_escaped(pieces: Sequence[Piece], dice: random.Random) -> bytes:
    """The numbers of paragraphs escaped, as converters write them."""
    return _markdown(pieces, "\\{} ").encode()


def _markdown(pieces: Sequence[Piece], mark: str) -> str:
    found: list[str] = []
    for piece in pieces:
        if piece.kind in ("title", "heading", "part"):
            found.append(f"{'#' * piece.level} {piece.text}")
        elif piece.kind == "table":
            header, *rows = piece.rows
            lines = ["| " + " | ".join(row) + " |" for row in (header, ("---",) * len(header), *rows)]
            found += [piece.text, "\n".join(lines)]
        else:
            number = piece.printed.replace(".", "\\.") + " " if mark.startswith("\\") and piece.printed else ""
            number = number or (mark.format(piece.printed) if piece.printed else "")
            indent = " " * (len(number) if not mark.startswith("\\") and piece.printed[-1:] in (".", ")") else 0)
            found.append(number + piece.text)
            found += [f"{indent}{escaped(name)} {text}" for name, text in piece.items]
            found += [f"{indent}{piece.after}"] if piece.after else []
    return "\n\n".join(found)


def escaped(mark: str) -> str:
    """A list's mark that Markdown does not count."""
    return mark if mark.startswith("(") else f"{mark[:-1]}\\{mark[-1]}"


LAYOUTS: dict[str, tuple[str, Setting]] = {
    "lines": (".txt", Plain(None)),
    "lines close": (".txt", Plain(None, apart=0)),
    "lines with tabs": (".txt", Plain(None, tab="\t", end="\r\n")),
    "wrapped": (".txt", Plain(80)),
    "wrapped narrow": (".txt", Plain(52, tab="  ")),
    "wrapped close": (".txt", Plain(90, apart=0, tab="\t")),
    "wrapped indented": (".txt", Plain(76, indent="      ", tab="     ")),
    "double": (".txt", Plain(72, gap=1, apart=2)),
    "double alike": (".txt", Plain(84, gap=1, apart=1)),
    "paged": (".txt", Plain(78, page=42)),
    "paged with headers": (".txt", Plain(78, page=40, furniture="X/86/190 page {}")),
    "html": (".html", html),
    "html lists": (".html", html_lists),
    "markdown": (".md", markdown),
    "markdown escaped": (".md", markdown_escaped),
    "word typed": (".docx", invented_word.typed),
    "word automatic": (".docx", invented_word.automatic),
    "word styled": (".docx", invented_word.styled),
    **{f"pdf {name}": (".pdf", setting) for name, setting in invented_pdf.LAYOUTS.items()},
}


def squeezed(text: str) -> str:
    """Text without white space."""
    return "".join(text.split())


def differences(kind: str, layout: str, seed: int) -> list[str]:
    """What a reader makes otherwise than it is in the document of this kind, layout and seed; nothing where all is right."""
    pieces = document(kind, seed)
    suffix, setting = LAYOUTS[layout]
    source = read_source(setting(pieces, random.Random(seed)), f"d{suffix}")
    paragraphs, _ = split("d", source)
    expected = [(label, squeezed(text)) for label, text in truth_of(pieces)]
    found = [(item.label, squeezed(item.text)) for item in paragraphs if item.numbering == "official"]
    wrong = [f"missing {label}" for label, _ in expected if label not in dict(found)]
    wrong += [f"invented {label}: {text[:60]}" for label, text in found if label not in dict(expected)]
    texts = dict(expected)
    wrong += [f"text of {label}: {text[-150:]!r} for {texts[label][-150:]!r}" for label, text in found if texts.get(label, text) != text]
    return wrong or ([] if found == expected else ["order"])


def main() -> None:
    """Prints the share of documents that are read as they are, by layout and by kind, and what is wrong with the others."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", default="1000-1004", help="first-last")
    parser.add_argument("--kind", default="")
    parser.add_argument("--layout", default="")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    right = total = 0
    for layout in (name for name in LAYOUTS if options.layout in name):
        for kind in (name for name in KINDS if options.kind in name):
            wrong = {seed: found for seed in seeds if (found := differences(kind, layout, seed))}
            total += len(seeds)
            right += len(seeds) - len(wrong)
            for seed, found in list(wrong.items())[:1]:
                print(f"{len(wrong)}/{len(seeds)} {kind} | {layout} | seed {seed} | {len(found)}: {'; '.join(found[:2])}")  # noqa: T201
    print(f"{right:,} of {total:,} documents are read as they are ({right / max(total, 1):.2%})")  # noqa: T201


if __name__ == "__main__":
    main()
