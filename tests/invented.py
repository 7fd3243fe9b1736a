"""Invented documents whose truth is known: what stands in them, in order, before any layout sets it.

A kind is a function that makes the pieces of one document with a random number generator; `KINDS` names them. `truth_of` says
which official paragraphs a reader must find. The layouts are in `tests/invented_files.py`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["front", "title", "heading", "part", "subtitle", "paragraph", "plain", "table", "closing", "contents"]


@dataclass(frozen=True)
class Piece:
    """A block of a document. `label` and `printed` ("7.", "12 bis.") are those of a numbered paragraph; `items` its list, as (mark, text);
    `rows` those of a table; `note` a footnote to it; `level` the depth of a heading; `after` running text below its list."""

    kind: Kind
    text: str = ""
    label: str = ""
    printed: str = ""
    items: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    note: str = ""
    level: int = 1
    after: str = ""

    @property
    def whole(self) -> str:
        """The text of a paragraph with its list."""
        return " ".join([self.text, *(f"{mark} {text}" for mark, text in self.items), self.after]).strip()


def truth_of(pieces: Sequence[Piece]) -> list[tuple[str, str]]:
    """The (label, text) of each numbered paragraph, in order."""
    return [(piece.label, piece.whole) for piece in pieces if piece.label]


SUBJECTS = (
    "The Working Group|The Committee|Several delegations|Some States|The secretariat|The Chair|Experts from 14 States|The Board|Port "
    "authorities|Member States|A number of speakers|The Rapporteur|One representative|The small island States"
).split("|")
VERBS = "noted|recalled|stressed|welcomed|took note of|observed|reaffirmed|considered|examined|discussed|regretted|supported".split("|")
THINGS = (
    "the report on harbour data|the proposal made at the previous meeting|the need for capacity-building|paragraph 7 of the draft|"
    "the figures for 2031|the register of incidents|its decision 3/12|the training of 1,250 officers|the costs of $1.4 million|"
    "chapter II, section B, of the report|the letter dated 4 May 2031|the findings (see X/86/190, paras. 4–6)|"
    "the rules of procedure|the programme of work (item 5)|the outcome of the consultations|measures under article 9, paragraph 2,"
).split("|")
TAILS = (
    "with regard to the protection of tide gauges|in the light of the exchanges that took place on 17 December 2031|"
    "as contained in annex II|which had been circulated among 193 States|and asked that it be kept under review|"
    "on the understanding that the matter remained open|"
    "during the period from 1 July 2031 to 30 June 2032|in accordance with resolution 75/240 of 31 December 2030|"
    "at 10 a.m. on the second day|by 12.5 per cent compared with the year before|in three phases, the last of which ends in 2035|"
    "without prejudice to the positions of States|together with 80 of those statements|of which 3 were new and 11 continued"
).split("|")
TITLES = (
    "Introduction|Organization of the session|Adoption of the agenda|Existing and potential threats|Confidence-building measures|"
    "Harbour data at risk|Resource requirements|International cooperation|Other matters|Conclusions and recommendations|"
    "Regular institutional dialogue|Posts and staff costs|Overview of the financial requirements|Capacity-building"
).split("|")
OPERATIVE = "Decides|Requests|Encourages|Calls upon|Urges|Invites|Takes note of|Welcomes|Reaffirms|Stresses".split("|")
RECITAL = "Recalling|Noting|Reaffirming|Bearing in mind|Conscious of|Deeply concerned by|Having considered".split("|")
ROMAN = "I II III IV V VI VII VIII IX X XI XII".split()


class Author:
    """Writes the pieces of one document."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.titles = list(TITLES)
        self.random.shuffle(self.titles)
        self._given = 0

    def sentence(self) -> str:
        """A sentence in which numbers, dates and references stand wherever a line may break."""
        pick = self.random.choice
        body = f"{pick(SUBJECTS)} {pick(VERBS)} {pick(THINGS)}"
        for _ in range(self.random.randint(0, 2)):
            body += f" {pick(TAILS)}"
        return f"{body.rstrip(',')}."

    def prose(self, most: int = 4) -> str:
        """One to `most` sentences."""
        return " ".join(self.sentence() for _ in range(self.random.randint(1, most)))

    def clause(self, verb: str, end: str) -> str:
        """A clause of a resolution."""
        return f"{verb} {self.random.choice(THINGS)} {self.random.choice(TAILS)}{end}"

    def title(self) -> str:
        """A heading's words; each comes back after all others."""
        self._given += 1
        return self.titles[self._given % len(self.titles)]

    def letters(self, end: str = ";") -> tuple[tuple[str, str], ...]:
        """Items (a), (b), …; one may hold (i), (ii)."""
        count = self.random.randint(2, 5)
        found: list[tuple[str, str]] = []
        for at in range(count):
            text = self.clause(self.random.choice(("To keep", "The review of", "To publish", "Progress on")), "")
            found.append((f"({'abcde'[at]})", text + ("." if at == count - 1 else end)))
            if self.random.random() < 0.15 and at < count - 1:
                found[-1] = (found[-1][0], f"{text}:")
                found += [(f"({mark})", f"{self.random.choice(THINGS).capitalize()};") for mark in ("i", "ii")]
        return tuple(found)

    def numbered(self, label: str, printed: str, **more: object) -> Piece:
        """A paragraph of prose; now and then with a list of letters."""
        piece = Piece("paragraph", self.prose(), label, printed)
        if self.random.random() < 0.2:
            piece = replace(piece, text=f"{piece.text[:-1]}, namely:", items=self.letters())
        return replace(piece, **more)  # type: ignore[arg-type]


def _front(symbol: str, title: str) -> Iterator[Piece]:
    for line in (symbol, "Distr.: General", "5 May 2031", "Original: English"):
        yield Piece("front", line)
    yield Piece("title", title)


def report(author: Author, style: str = "{}.", note: float = 0.0) -> Iterator[Piece]:
    """Chapters with roman numerals, sections with letters; numbers run through."""
    yield from _front("X/86/190", "Report of the Working Group on its third session")
    number = 0
    for chapter in range(author.random.randint(3, 5)):
        yield Piece("heading", f"{ROMAN[chapter]}. {author.title()}")
        for section in range(author.random.choice((0, 0, 2, 3)) or 1):
            if section:
                yield Piece("heading", f"{'ABC'[section - 1]}. {author.title()}", level=2)
            for _ in range(author.random.randint(2, 6)):
                number += 1
                has_note = author.random.random() < note
                yield author.numbered(str(number), style.format(number), note=f"See X/85/{number}, para. {number}." if has_note else "")


def bare_report(author: Author) -> Iterator[Piece]:
    """The same with bare numbers."""
    return report(author, style="{}")


def noted_report(author: Author) -> Iterator[Piece]:
    """The same with footnotes."""
    return report(author, note=0.35)


def bracketed_report(author: Author) -> Iterator[Piece]:
    """The same with numbers like "7)"."""
    return report(author, style="{})")


def plain_headings(author: Author) -> Iterator[Piece]:
    """Headings without any mark."""
    number = 0
    for _ in range(author.random.randint(3, 6)):
        yield Piece("heading", author.title())
        for _ in range(author.random.randint(2, 5)):
            number += 1
            yield author.numbered(str(number), f"{number}.")


def resolution(author: Author) -> Iterator[Piece]:
    """A preamble without numbers, then operative paragraphs that end with semicolons."""
    yield from _front("X/RES/86/12", "Resolution on the safety of harbour data")
    yield Piece("plain", "The General Assembly,")
    for _ in range(author.random.randint(2, 5)):
        yield Piece("plain", author.clause(author.random.choice(RECITAL), ","))
    count = author.random.randint(4, 12)
    for number in range(1, count + 1):
        end = "." if number == count else ";"
        piece = Piece("paragraph", author.clause(author.random.choice(OPERATIVE), end), str(number), f"{number}.")
        if author.random.random() < 0.25 and number < count:
            items = author.letters()
            items = (*items[:-1], (items[-1][0], f"{items[-1][1][:-1]};"))
            piece = replace(piece, text=f"{piece.text[:-1]}:", items=items)
        yield piece


def decisions(author: Author) -> Iterator[Piece]:
    """Several decisions, each from 1, some with an annex that counts from 1 again."""
    for nth in range(1, author.random.randint(3, 5)):
        yield Piece("part", f"Decision {nth}/CP.9")
        yield Piece("subtitle", author.title())
        yield Piece("plain", "The Conference of the Parties,")
        yield Piece("plain", author.clause(author.random.choice(RECITAL), ","))
        count = author.random.randint(3, 8)
        for number in range(1, count + 1):
            text = author.clause(author.random.choice(OPERATIVE), "." if number == count else ";")
            yield Piece("paragraph", text, f"decision.{nth}/CP.9.{number}", f"{number}.")
        yield Piece("closing", f"{nth}th plenary meeting")
        yield Piece("closing", f"{nth + 2} December 2031")
        if author.random.random() < 0.6:
            yield Piece("part", "Annex")
            yield Piece("subtitle", author.title())
            for number in range(1, author.random.randint(4, 7)):
                yield author.numbered(f"decision.{nth}/CP.9.annex.{number}", f"{number}.")


def annexes(author: Author) -> Iterator[Piece]:
    """A report with two annexes that count from 1 again."""
    yield from report(author)
    for name in ("I", "II"):
        yield Piece("part", f"Annex {name}")
        yield Piece("subtitle", author.title())
        for number in range(1, author.random.randint(4, 8)):
            yield author.numbered(f"annex.{name}.{number}", f"{number}.")


def with_contents(author: Author) -> Iterator[Piece]:
    """A report with a table of contents that lists its annex, and the annex at its end."""
    pieces = list(report(author))
    annex = author.title()
    yield Piece("heading", "Contents")
    for at, piece in enumerate(piece for piece in pieces if piece.kind == "heading"):
        yield Piece("contents", f"{piece.text}\t\t{at + 3}")
    yield Piece("contents", "Annex")
    yield Piece("contents", f"{annex}\t\t24")
    yield from pieces
    yield Piece("part", "Annex")
    yield Piece("subtitle", annex)
    for number in range(1, author.random.randint(4, 8)):
        yield author.numbered(f"annex.{number}", f"{number}.")


def budget(author: Author) -> Iterator[Piece]:
    """A budget section: numbers with the section before them, tables, headings without marks."""
    section = author.random.choice(("29A", "12", "5", "17"))
    yield from _front(f"X/86/6 (Sect. {section})", "Proposed programme budget for 2032")
    number = 0
    for chapter in range(author.random.randint(2, 4)):
        yield Piece("heading", f"{'ABCD'[chapter]}. {author.title()}")
        for _ in range(author.random.randint(3, 6)):
            number += 1
            yield author.numbered(f"{section}.{number}", f"{section}.{number}")
            if author.random.random() < 0.3:
                yield table(author, f"Table {section}.{chapter + 1}")


def budget_parts(author: Author) -> Iterator[Piece]:
    """A budget section of parts, "3.I.1" to "3.II.9"."""
    section = author.random.randint(2, 30)
    for part in range(author.random.randint(2, 3)):
        yield Piece("heading", f"{ROMAN[part]}. {author.title()}")
        for number in range(1, author.random.randint(5, 12)):
            label = f"{section}.{ROMAN[part]}.{number}"
            yield author.numbered(label, label)


def table(author: Author, caption: str) -> Piece:
    """A table of figures, its first column numbers that count up in one of three."""
    counts = author.random.random() < 0.34
    rows = [("No.", "Category", "2031", "2032")] if counts else [("Category", "2031", "2032")]
    for at in range(1, author.random.randint(4, 7)):
        cells = (author.random.choice(("Posts", "Travel", "Consultants", "Equipment")), f"{at * 37} 120", f"{at * 41} 300")
        rows.append((str(at), *cells) if counts else cells)
    return Piece("table", caption, rows=tuple(rows))


def tables(author: Author) -> Iterator[Piece]:
    """A report with tables between and inside its paragraphs."""
    number = 0
    for piece in report(author):
        yield piece
        if piece.label and author.random.random() < 0.3:
            number += 1
            yield table(author, f"Table {number}")


def negotiation(author: Author) -> Iterator[Piece]:
    """A draft under negotiation: bis, ter and square brackets."""
    for number in range(1, author.random.randint(6, 14)):
        yield author.numbered(str(number), f"{number}.", text=f"[{author.sentence()[:-1]}] [{author.prose(1)[:-1]}].", items=())
        if author.random.random() < 0.3:
            for suffix in ("bis", "ter")[: author.random.randint(1, 2)]:
                yield author.numbered(f"{number}{suffix}", f"{number} {suffix}.")


def treaty(author: Author) -> Iterator[Piece]:
    """Articles that count their paragraphs each from 1."""
    for article in range(1, author.random.randint(4, 8)):
        yield Piece("part", f"Article {article}")
        yield Piece("subtitle", author.title())
        for number in range(1, author.random.randint(3, 6)):
            yield author.numbered(f"article.{article}.{number}", f"{number}.")


def numbered_headings(author: Author) -> Iterator[Piece]:
    """A committee's report whose headings carry figures of their own: traps."""
    number = 0
    yield Piece("heading", f"I. {author.title()}")
    for heading in range(1, author.random.randint(4, 7)):
        yield Piece("heading", f"{heading}. {author.title()}", level=2)
        for _ in range(author.random.randint(2, 4)):
            number += 1
            yield author.numbered(str(number), f"{number}.")


def lists(author: Author) -> Iterator[Piece]:
    """Paragraphs that hold numbered lists: an agenda, steps in brackets."""
    for number in range(1, author.random.randint(8, 16)):
        piece = author.numbered(str(number), f"{number}.", items=())
        piece = replace(piece, text=author.prose())
        if author.random.random() < 0.3:
            style = author.random.choice(("{}.", "({})", "{})"))
            count = author.random.randint(2, 9)
            items = tuple((style.format(at), f"{author.title()} {at + 3};") for at in range(1, count + 1))
            items = (*items[:-1], (items[-1][0], f"{items[-1][1][:-1]}."))
            piece = replace(piece, text=f"{piece.text[:-1]}, as follows:", items=items)
        yield piece


def gaps(author: Author) -> Iterator[Piece]:
    """Numbers are missing here and there."""
    number = 0
    for piece in range(author.random.randint(10, 20)):
        number += 1
        if piece in (5, 11) and author.random.random() < 0.7:
            number += author.random.randint(1, 3)
        yield author.numbered(str(number), f"{number}.")


def extract(author: Author) -> Iterator[Piece]:
    """An extract that begins with a later number."""
    first = author.random.randint(14, 140)
    for number in range(first, first + author.random.randint(5, 12)):
        yield author.numbered(str(number), f"{number}.")


def statement(author: Author) -> Iterator[Piece]:
    """A statement without numbers."""
    yield Piece("plain", "Mr. Chair, I thank you for giving me the floor and congratulate you on your election.")
    for _ in range(author.random.randint(4, 9)):
        yield Piece("plain", author.prose())


def statement_with_points(author: Author) -> Iterator[Piece]:
    """A statement without numbers that makes three numbered proposals."""
    yield from statement(author)
    items = tuple((f"{at}.", author.sentence()) for at in range(1, 4))
    yield Piece("plain", "My delegation has three proposals:", items=items)
    for _ in range(author.random.randint(3, 6)):
        yield Piece("plain", author.prose(5))


def transcript(author: Author) -> Iterator[Piece]:
    """Turns of speakers, none with a number."""
    speakers = ("The Chair", "Ms. Okell (Talora)", "Mr. Hale (Estmark)", "Ms. Lowe (Norvania)")
    for at in range(author.random.randint(6, 12)):
        yield Piece("plain", f"{speakers[at % 4]}: {author.prose()}")


def ordinal_numbers(author: Author) -> Iterator[Piece]:
    """Paragraphs whose texts begin with figures, as budgets do."""
    for number in range(1, author.random.randint(8, 14)):
        opening = author.random.choice(("", "", f"{number * 12} posts were reviewed. ", f"2031 was a year of change for {number} ports. "))
        yield author.numbered(str(number), f"{number}.", text=opening + author.prose(), items=())


def many(author: Author) -> Iterator[Piece]:
    """Three hundred paragraphs under forty headings."""
    for number in range(1, 301):
        if number % 8 == 1:
            yield Piece("heading", f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[(number // 8) % 26]}. {author.title()}")
        yield author.numbered(str(number), f"{number}.")


def running_text(author: Author) -> Iterator[Piece]:
    """Paragraphs that go on after their list, or in a second block below a quotation."""
    for number in range(1, author.random.randint(7, 13)):
        piece = author.numbered(str(number), f"{number}.")
        yield replace(piece, after=author.prose(2)) if piece.items else piece


def sections_below(author: Author) -> Iterator[Piece]:
    """Rules: "1. Scope" above "1.1 …", "1.2 …"."""
    for chapter in range(1, author.random.randint(4, 7)):
        yield Piece("heading", f"{chapter}. {author.title()}")
        for number in range(1, author.random.randint(3, 6)):
            yield author.numbered(f"{chapter}.{number}", f"{chapter}.{number}")


def inserted(author: Author) -> Iterator[Piece]:
    """12, 12.1, 12.2, 13: paragraphs below another."""
    for number in range(1, author.random.randint(7, 14)):
        yield author.numbered(str(number), f"{number}.")
        if author.random.random() < 0.25:
            for below in range(1, author.random.randint(2, 4)):
                yield author.numbered(f"{number}.{below}", f"{number}.{below}")


KINDS: dict[str, Callable[[Author], Iterator[Piece]]] = {
    function.__name__: function
    for function in (
        report, bare_report, bracketed_report, noted_report, plain_headings, resolution, decisions, annexes, with_contents,
        budget, budget_parts,
        tables, negotiation, treaty, numbered_headings, lists, gaps, extract, statement, statement_with_points, transcript,
        ordinal_numbers, many, running_text, sections_below, inserted,
    )
}  # fmt: skip


def document(kind: str, seed: int) -> list[Piece]:
    """The pieces of a document of this kind."""
    return list(KINDS[kind](Author(seed)))
