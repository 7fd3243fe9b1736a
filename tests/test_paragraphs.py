"""The paragraph splitter: the document that ships, small cases by hand, and documents made by a generator that knows the truth."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.corpus.layout import repair
from assistant.corpus.paragraphs import split
from assistant.schema import Ledger, Paragraph

SHIPPED = Path(__file__).parents[1] / "corpus" / "chair-closing-remarks.txt"


def read(*lines: str) -> tuple[list[tuple[str, str]], Ledger]:
    """Labels and texts of a document given as lines, and its ledger."""
    paragraphs, ledger = split("d", "\n".join(lines))
    return [(paragraph.label, paragraph.text) for paragraph in paragraphs], ledger


def uncovered(text: str, paragraphs: Sequence[Paragraph]) -> str:
    """What of the source lies in no paragraph's ranges; fails where ranges overlap or are out of order."""
    left, at = [], 0
    for start, end in sorted(span for paragraph in paragraphs for span in paragraph.ranges):
        assert at <= start < end
        left.append(text[at:start])
        at = end
    return " ".join([*left, text[at:]])


# --- the document that ships


def test_the_shipped_document_has_exactly_its_ten_printed_paragraphs() -> None:
    """The Chair's closing remarks give the official paragraphs 1 to 10, nothing counted, nothing left over."""
    paragraphs, ledger = split("chair", SHIPPED.read_text(encoding="utf-8"))
    assert [paragraph.id for paragraph in paragraphs] == [f"chair#{number}" for number in range(1, 11)]
    assert {paragraph.numbering for paragraph in paragraphs} == {"official"}
    assert (ledger.official, ledger.counted, ledger.first, ledger.last) == (10, 0, "1", "10")
    assert ledger.gaps == ledger.repeats == ledger.outside == ledger.warnings == ()


def test_the_words_of_the_shipped_document_are_the_words_of_its_paragraphs() -> None:
    """Each word of the source but the ten numbers is in a paragraph, once and in order."""
    text = SHIPPED.read_text(encoding="utf-8")
    paragraphs, _ = split("chair", text)
    words = [word for number, paragraph in enumerate(paragraphs, 1) for word in (str(number), *paragraph.text.split())]
    assert words == text.split()
    assert uncovered(text, paragraphs).split() == [str(number) for number in range(1, 11)]


@pytest.mark.parametrize(
    ("number", "across"),
    [
        (4, "and trust as well as in strengthening"),
        (6, "we do not deliver early results, we will"),
        (8, "put it differently, the OEWG is not a sprint"),
    ],
)
def test_page_breaks_inside_the_shipped_paragraphs_do_not_split_them(number: int, across: str) -> None:
    """The sentences around the page breaks of paragraphs 4, 6 and 8 run on."""
    paragraphs, _ = split("chair", SHIPPED.read_text(encoding="utf-8"))
    assert across in paragraphs[number - 1].text


def test_the_line_that_begins_with_80_stays_in_paragraph_3_and_is_reported() -> None:
    """ "80 of those statements" is text of paragraph 3, and the ledger lists its line as rejected."""
    paragraphs, ledger = split("chair", SHIPPED.read_text(encoding="utf-8"))
    assert "Furthermore, more than 80 of those statements were delivered by female representatives." in paragraphs[2].text
    assert ledger.rejected == ("line 33: 80 of those statements were delivered by female representat…",)


# --- small cases by hand


def test_a_heading_between_paragraphs_belongs_to_neither() -> None:
    """Stacked headings leave the paragraph above, make the heading path of the one below, and are in the ledger."""
    lines = [
        "1. The session was opened.",
        "II. Organizational matters",
        "(Agenda item 2)",
        "A. Adoption of the agenda",
        "2. It was adopted.",
    ]
    paragraphs, ledger = split("d", "\n".join(lines))
    assert [(p.label, p.text, p.heading) for p in paragraphs] == [
        ("1", "The session was opened.", ()),
        ("2", "It was adopted.", ("II. Organizational matters", "A. Adoption of the agenda")),
    ]
    assert ledger.outside == (
        "line 2: II. Organizational matters",
        "line 3: (Agenda item 2)",
        "line 4: A. Adoption of the agenda",
    )


def test_a_numbered_title_is_a_heading_and_a_numbered_list_is_not() -> None:
    """ "2. Conclusions" before paragraph 12 is a heading; the last item of an agenda that counts up to it is text."""
    found, _ = read(
        *(f"{number}. The group met in room {number}." for number in range(1, 12)),
        "2. Conclusions",
        "12. The agenda was adopted as follows:",
        "1. Opening of the session",
        "2. Other matters",
        "13. The group rose.",
    )
    assert found[10:] == [
        ("11", "The group met in room 11."),
        ("12", "The agenda was adopted as follows: 1. Opening of the session 2. Other matters"),
        ("13", "The group rose."),
    ]


def test_letters_stand_under_roman_numerals_also_where_they_look_like_one() -> None:
    """ "C." after "B." is a letter and keeps its chapter; "II." begins the next."""
    lines = ["I. Views", "A. Threats", "1. One.", "B. Norms", "2. Two.", "C. Law", "3. Three.", "II. Way forward", "4. Four."]
    paragraphs, _ = split("d", "\n".join(lines))
    assert [p.heading for p in paragraphs] == [
        ("I. Views", "A. Threats"),
        ("I. Views", "B. Norms"),
        ("I. Views", "C. Law"),
        ("II. Way forward",),
    ]


def test_text_under_a_heading_and_before_the_next_number_is_counted() -> None:
    """Prose between a numbered heading and the next paragraph is not the paragraph above it: it becomes u1."""
    found, _ = read("1. First things.", "", "II. Second part", "", "An introduction.", "", "2. Second things.", "3. Third things.")
    assert found == [("1", "First things."), ("u1", "An introduction."), ("2", "Second things."), ("3", "Third things.")]


def test_a_long_list_in_one_paragraph_is_not_taken_for_the_paragraphs_that_follow() -> None:
    """An agenda of items 1 to 9 in paragraph 2 stays there: paragraphs 3 to 9 are those of the text."""
    agenda = [f"{number}. Item of the agenda." for number in range(1, 10)]
    found, ledger = read("1. Opened.", "2. Adopted as follows:", *agenda, *(f"{number}. Paragraph of the text." for number in range(3, 13)))
    assert [label for label, _ in found] == [str(number) for number in range(1, 13)]
    assert found[1] == ("2", " ".join(["Adopted as follows:", *agenda]))
    assert (ledger.gaps, ledger.repeats, len(ledger.rejected)) == ((), (), 9)


def test_a_list_longer_than_the_document_has_paragraphs() -> None:
    """Three paragraphs keep their numbers although the first holds five items."""
    items = [f"{number}. item number {number};" for number in range(1, 6)]
    found, _ = read(
        "1. We propose the following steps, in this order:", *items, "2. We thank the Chair.", "3. We look forward to the work."
    )
    assert [label for label, _ in found] == ["1", "2", "3"]


def test_an_unnumbered_statement_with_a_numbered_list_is_counted() -> None:
    """The three items of a list in a statement are not paragraph numbers, and a warning says so."""
    found, ledger = read(
        "Thank you, Chair. My delegation aligns itself with the statement of the group and adds this in its national capacity.",
        "",
        "We have three proposals:",
        "",
        "1. A directory of points of contact.",
        "",
        "2. A fund for travel.",
        "",
        "3. A portal.",
        "",
        "We believe that these proposals can be adopted at the next session, and we are ready to work with all delegations on them.",
    )
    assert [label for label, _ in found] == [f"u{number}" for number in range(1, 7)]
    assert found[2] == ("u3", "1. A directory of points of contact.")
    assert (ledger.official, ledger.counted, ledger.first) == (0, 6, None)
    assert ledger.warnings == ("the numbers from line 5 on were read as a list, not as paragraph numbers",)


def test_one_stray_empty_line_does_not_merge_a_statement() -> None:
    """Where each paragraph is one line, it stays one paragraph, though an empty line stands somewhere."""
    paragraphs = [f"Paragraph {word} says what we think of the matter before us." for word in ("one", "two", "three", "four")]
    found, _ = read(paragraphs[0], paragraphs[1], "", paragraphs[2], paragraphs[3])
    assert [text for _, text in found] == paragraphs


def test_a_wrapped_statement_without_empty_lines_is_parted_where_lines_end_early() -> None:
    """A sentence that ends where the next word had ample room ends a paragraph."""
    found, _ = read(
        "We thank the Chair for the able way in which the session",
        "was led, and we thank the secretariat for all its work.",
        "We are ready.",
        "Our second point is about the portal, which could be of",
        "great use to many.",
    )
    assert [text for _, text in found] == [
        "We thank the Chair for the able way in which the session was led, and we thank the secretariat for all its work. We are ready.",
        "Our second point is about the portal, which could be of great use to many.",
    ]


def test_an_open_line_at_the_very_end_is_a_paragraph_and_no_heading() -> None:
    """ "I thank you" without a full stop is quotable text: a heading has something under it."""
    found, ledger = read("Mr. Chair,", "We support the proposal.", "I thank you")
    assert [text for _, text in found] == ["Mr. Chair,", "We support the proposal.", "I thank you"]
    assert ledger.outside == ()


def test_unnumbered_text_is_never_official() -> None:
    """Text before paragraph 1 is counted on its own; the printed numbers keep theirs."""
    paragraphs, ledger = split(
        "d", "The General Assembly,\n\nRecalling its resolution 73/27,\n\n1. Decides to meet;\n\n2. Requests a report."
    )
    assert [(p.label, p.numbering) for p in paragraphs] == [("u1", "counted"), ("u2", "counted"), ("1", "official"), ("2", "official")]
    assert (ledger.official, ledger.counted) == (2, 2)


def test_gaps_repeats_and_bis_are_labelled_and_reported() -> None:
    """A missing 4 and 5, a 7 printed twice and a 7 bis are what the ledger says they are."""
    numbers = ["1", "2", "3", "6", "7", "7", "7 bis", "8", "9"]
    found, ledger = read(*(f"{number}. Text of {number}." for number in numbers))
    assert [label for label, _ in found] == ["1", "2", "3", "6", "7", "7~2", "7bis", "8", "9"]
    assert (ledger.gaps, ledger.repeats) == (("4-5",), ("7",))


def test_a_number_that_nothing_continues_is_no_paragraph() -> None:
    """ "9." after 3 is text, since no 10 follows: a gap must be confirmed by the number after it."""
    found, ledger = read("1. One.", "2. Two.", "3. Three.", "9. Nine.")
    assert found[-1] == ("3", "Three. 9. Nine.")
    assert ledger.rejected == ("line 4: 9. Nine.",)


def test_annexes_restart_and_are_part_of_the_label() -> None:
    """Two annexes number from 1 for themselves; one that goes on with the numbers has no gap."""
    found, ledger = read("1. One.", "2. Two.", "", "Annex I", "", "1. Three.", "2. Four.", "", "Annex ii", "", "3. Five.", "4. Six.")
    assert [label for label, _ in found] == ["1", "2", "annex.I.1", "annex.I.2", "annex.II.3", "annex.II.4"]
    assert ledger.gaps == ()
    assert [line.partition(": ")[2] for line in ledger.outside] == ["Annex I", "Annex ii"]


def test_a_word_at_the_end_of_a_sentence_is_no_annex() -> None:
    """A wrapped line that holds only "annex." does not open one, nor does "Annex I" after an open line."""
    found, _ = read("1. As said in the", "annex.", "2. It is in", "Annex I", "of the report.")
    assert [label for label, _ in found] == ["1", "2"]


def test_an_annex_may_carry_its_title_on_the_same_line() -> None:
    """ "Annex II: Terms of reference" opens annex II, and is its heading."""
    paragraphs, _ = split("d", "1. One.\n2. Two.\n\nAnnex II: Terms of reference\n\n1. Three.\n2. Four.")
    assert [p.label for p in paragraphs] == ["1", "2", "annex.II.1", "annex.II.2"]
    assert paragraphs[2].heading == ("Annex II: Terms of reference",)


def test_numbers_that_begin_again_without_a_heading_are_warned_of() -> None:
    """A count that begins again in the middle of a text cannot be told from a list, so the paragraph is marked for a check."""
    _, ledger = read(*(f"{n}. Text." for n in range(1, 6)), "And this is what else was said.", *(f"{n}. More text." for n in range(1, 4)))
    assert ledger.warnings == ("numbers begin again at line 7, inside paragraph 5: check its text",)


def test_pages_come_from_form_feeds() -> None:
    """A paragraph over a page break has both pages; a text without form feeds has none."""
    paragraphs, ledger = split("d", "1. One goes\n1\f\non here.\n2. Two.\n2\f\n3. Three.\n")
    assert [(p.text, p.pages) for p in paragraphs] == [("One goes on here.", (1, 2)), ("Two.", (2, 2)), ("Three.", (3, 3))]
    assert ledger.outside == ("line 2: 1", "line 5: 2")
    assert split("d", "1. One.\n2. Two.")[0][0].pages is None


def test_ranges_pass_over_a_page_number() -> None:
    """A page number inside a paragraph is in no range, and the words around it stay two words."""
    text = "1. One goes on\n\n- 1 -\n\nover the page and on\n\n- 2 -\n\nto the end.\n2. Two."
    paragraphs, _ = split("d", text)
    assert paragraphs[0].text == "One goes on over the page and on to the end."
    assert [text[a:b] for a, b in paragraphs[0].ranges] == ["One goes on\n", "over the page and on\n", "to the end."]


def test_a_number_alone_on_its_line_is_a_mark_when_dotted() -> None:
    """ "7." with its text on the next line is paragraph 7; the number is not part of the text."""
    found, _ = read("1.", "The first.", "2.", "The second.", "3.The third.")
    assert found == [("1", "The first."), ("2", "The second."), ("3", "The third.")]


def test_a_chronology_does_not_number_its_document() -> None:
    """Lines that begin with years are not paragraphs 2019 to 2021."""
    found, ledger = read("2019. The group was set up.", "2020. The group met.", "2021. The group reported.")
    assert [label for label, _ in found] == ["u1", "u2", "u3"]
    assert ledger.official == 0


def test_an_extract_that_begins_at_11_keeps_its_numbers() -> None:
    """A text whose first paragraph is 11 is numbered from 11, and the ledger says that 1 to 10 are missing."""
    found, ledger = read("11. Eleven.", "12. Twelve.", "13. Thirteen.")
    assert [label for label, _ in found] == ["11", "12", "13"]
    assert ledger.gaps == ("1-10",)


def test_an_unfinished_paragraph_does_not_swallow_the_next() -> None:
    """Paragraph 3 begins a block of its own, although paragraph 2 lacks its full stop."""
    found, _ = read("1 First paragraph of the", "text.", "", "2 Second paragraph of the", "text", "", "3 Third paragraph of the", "text.")
    assert [label for label, _ in found] == ["1", "2", "3"]


@pytest.mark.parametrize("title", ["Agenda items", "General rules", "II. Decisions", "Views on the threats in the\nsphere of security"])
def test_a_number_may_follow_any_heading(title: str) -> None:
    """A heading that ends in a word like "rules" is not the beginning of "rules 2", and a heading may have two lines."""
    found, _ = read(
        "1 The first of all the paragraphs was", "about the agenda.", "", title, "", "2 The second was not.", "", "3 The third."
    )
    assert [label for label, _ in found] == ["1", "2", "3"]


def test_a_paragraph_may_begin_like_the_name_of_a_month() -> None:
    """ "3 Decides" is no third of December and "4 May I" no fourth of May, but "5 December" is a date."""
    found, _ = read(
        "1 Notes the report;",
        "2 Marks the day;",
        "3 Decides to meet;",
        "4 May I add this;",
        "5 December is the date;",
        "5 Requests a report.",
    )
    assert [label for label, _ in found] == ["1", "2", "3", "4", "5"]
    assert found[3:] == [("4", "May I add this; 5 December is the date;"), ("5", "Requests a report.")]


def test_an_empty_text_has_no_paragraph() -> None:
    """Nothing in, nothing out, and an empty ledger."""
    assert split("d", " \n\ufeff\n\f") == ((), Ledger())


# --- a generator that knows the truth

WORDS = (
    "the of and to in working group States delegations session report security norms rules principles capacity-building dialogue "
    "measures trust confidence information technologies international use threats existing potential law applies proposals "
    "concrete constructive secretariat participation stakeholders portal points contact network early results consensus"
).split()
REFERENCES = (
    ["17", "December", "2021"],
    ["80", "of", "those"],
    ["193", "Member", "States"],
    ["5", "of", "the", "report,"],
    ["2021", "was"],
    ["12", "per", "cent"],
)
TITLES = ("Existing and potential threats", "Confidence-building measures", "Other matters", "Regular institutional dialogue")


@dataclass(frozen=True)
class Layout:
    """How a document is set: `width` None means that each paragraph is one line."""

    seed: int
    style: str
    width: int | None
    gap: int
    paragraph_gap: int
    breaks: str
    list_style: str
    preamble: str
    annexes: int

    @property
    def is_apart(self) -> bool:
        """Whether more empty lines part paragraphs than lines."""
        return self.width is None or self.paragraph_gap > self.gap


@dataclass
class Truth:
    """A document as text, and what the splitter should find in it."""

    lines: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    furniture: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    repeats: list[str] = field(default_factory=list)


class Maker:
    """Sets a random document and writes down its truth as it goes."""

    def __init__(self, layout: Layout) -> None:
        self.layout, self.random, self.truth = layout, random.Random(layout.seed), Truth()
        self.page, self.heading = 1, ""

    def sentence(self) -> list[str]:
        words = self.random.choices(WORDS, k=self.random.randint(5, 22))
        if self.random.random() < 0.4:
            at = self.random.randint(2, len(words) - 1)
            words[at:at] = ["paragraph" if self.random.random() < 0.2 else "with", *self.random.choice(REFERENCES)]
        return [words[0].capitalize(), *words[1:-1], "session."]

    def prose(self, most: int = 5) -> list[str]:
        return [word for _ in range(self.random.randint(1, most)) for word in self.sentence()]

    def wrapped(self, words: list[str]) -> list[str]:
        """Lines of at most `width` characters; a number is often brought to the start of a line."""
        lines: list[str] = []
        line = ""
        for word in words:
            pushed = self.layout.width and word[0].isdigit() and len(line) > 0.7 * self.layout.width and line[-1] not in ".;:"
            if not line or (not pushed and (self.layout.width is None or len(line) + 1 + len(word) <= self.layout.width)):
                line = f"{line} {word}".strip()
            else:
                lines.append(line)
                line = word
        return [*lines, line]

    def put(self, paragraphs: list[list[str]], may_break: bool = False) -> None:
        """Sets the parts of one paragraph below each other, with page breaks here and there."""
        lines = [line for words in paragraphs for line in self.wrapped(words)]
        if self.truth.lines:
            self.truth.lines += [""] * self.layout.paragraph_gap
        for at, line in enumerate(lines):
            if at:
                self.truth.lines += [""] * self.layout.gap
                if may_break and self.random.random() < 0.06:
                    self.break_page()
            self.truth.lines.append(line)

    def break_page(self) -> None:
        breaks = self.layout.breaks
        if breaks == "blank":
            self.truth.lines += [""] * self.random.randint(2, 4)
        elif breaks == "feed":
            self.truth.lines[-1] += self.random.choice(["\f", "\n\f"])
        elif breaks == "numbered":
            number = self.random.choice(["{}", "- {} -", "Page {}"]).format(self.page)
            self.truth.lines += ["", number, "\f" + "\n" * self.random.randint(0, 2)]
            self.truth.furniture += number.split()
        self.page += 1

    def found(self, label: str, text: list[str]) -> None:
        self.truth.labels.append(label)
        self.truth.texts.append(" ".join(text))
        self.truth.headings.append(self.heading)

    def counted(self, words: list[str]) -> None:
        self.put([words])
        self.found(f"u{1 + sum(label.startswith('u') for label in self.truth.labels)}", words)

    def title(self, text: str) -> None:
        if not text.split()[0].endswith(".") and self.truth.lines:
            self.truth.lines += [""] * (not self.layout.paragraph_gap and self.layout.width is not None)
        self.put([text.split()])
        self.truth.furniture += text.split()
        self.heading = text

    def numbered(self, prefix: str, number: int, suffix: str = "") -> None:
        label = f"{prefix}{number}{suffix}"
        mark = f"{number}{' ' if suffix else ''}{suffix}{self.layout.style}"
        parts = [self.prose()]
        if self.random.random() < 0.25:
            parts = self.with_list(parts[0])
        self.put([[*mark.split(), *parts[0]], *parts[1:]], may_break=True)
        self.truth.furniture += mark.split()
        if label in self.truth.labels:
            self.truth.repeats.append(label)
            label += "~2"
        self.found(label, [word for part in parts for word in part])

    def with_list(self, opening: list[str]) -> list[list[str]]:
        count = self.random.randint(2, 7)
        marks = (
            [f"({letter})" for letter in "abcdefg"]
            if self.layout.list_style == "("
            else [f"{n}{self.layout.list_style}" for n in range(1, 8)]
        )
        items = [[mark, *self.random.choices(WORDS, k=self.random.randint(2, 9)), "portal;"] for mark in marks[:count]]
        items[-1][-1] = "portal."
        return [[*opening[:-1], "following:"], *items]

    def section(self, prefix: str, count: int) -> None:
        number, steady = 1, 0
        for _ in range(count):
            if number > 1 and self.random.random() < 0.2:
                self.a_heading()
            self.numbered(prefix, number)
            steady += 1
            chance = self.random.random()
            if number > 2 and steady > 1 and chance < 0.12:
                steady = 0
                if chance < 0.04:
                    missing = self.random.randint(1, 3)
                    self.truth.gaps.append(prefix + (f"{number + 1}" if missing == 1 else f"{number + 1}-{number + missing}"))
                    number += missing
                elif chance < 0.08:
                    self.numbered(prefix, number)
                else:
                    self.numbered(prefix, number, "bis")
            number += 1
        if not steady:
            self.numbered(prefix, number)
            self.numbered(prefix, number + 1)
        elif steady == 1:
            self.numbered(prefix, number)

    def a_heading(self) -> None:
        title = self.random.choice(TITLES)
        marked = f"{self.random.choice(['II', 'IV', 'XII', 'A', 'B'])}. {title}"
        self.title(title if self.layout.is_apart and self.random.random() < 0.5 else marked)

    def document(self) -> Truth:
        if self.layout.preamble == "prose":
            self.counted(self.prose(2))
        elif self.layout.preamble == "clauses":
            for verb in ("Recalling", "Noting"):
                self.counted([verb, *self.random.choices(WORDS, k=8), "resolution,"])
        self.section("", self.random.randint(5, 22))
        for name in ("I", "II")[: self.layout.annexes]:
            self.put([["Annex", name]])
            self.truth.furniture += ["Annex", name]
            self.heading = f"Annex {name}"
            self.section(f"annex.{name}.", self.random.randint(4, 8))
        return self.truth


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    """Layouts whose truth can be told: what sets paragraphs apart nowhere has no preamble, since no one could see its end."""
    width = draw(st.one_of(st.none(), st.integers(36, 110)))
    gap = draw(st.sampled_from([0, 1])) if width else 0
    paragraph_gap = draw(st.sampled_from([gap, gap + 1, gap + 2])) if width else draw(st.sampled_from([0, 1, 2]))
    is_apart = width is None or paragraph_gap > gap
    style = draw(st.sampled_from(["", ".", ")"]))
    return Layout(
        seed=draw(st.integers(0, 2**32)),
        style=style,
        width=width,
        gap=gap,
        paragraph_gap=paragraph_gap,
        breaks=draw(st.sampled_from(["none", "blank", "feed", "numbered"])) if width else "none",
        list_style=draw(st.sampled_from(["(", ".", ")"])),
        preamble=draw(st.sampled_from(["", "prose", "clauses"])) if is_apart else "",
        annexes=draw(st.integers(0, 2)),
    )


@settings(max_examples=400, deadline=None)
@given(layouts())
def test_the_splitter_finds_what_the_generator_set(layout: Layout) -> None:
    """Labels, texts, gaps and repeats equal the truth, and what is in no paragraph is exactly numbers, headings and page numbers."""
    truth = Maker(layout).document()
    text = "\n".join(truth.lines)
    paragraphs, ledger = split("d", text)
    assert [paragraph.label for paragraph in paragraphs] == truth.labels
    assert [paragraph.text for paragraph in paragraphs] == truth.texts
    assert [paragraph.numbering for paragraph in paragraphs] == ["counted" if label[0] == "u" else "official" for label in truth.labels]
    assert [" ".join(paragraph.heading[-1:]) for paragraph in paragraphs] == truth.headings
    assert list(ledger.gaps) == truth.gaps
    assert list(ledger.repeats) == truth.repeats
    assert sorted(uncovered(text, paragraphs).split()) == sorted(truth.furniture)
    for paragraph in paragraphs:
        assert repair("".join(text[start:end] for start, end in paragraph.ranges)) == paragraph.text


@st.composite
def statements(draw: st.DrawFn) -> tuple[list[list[str]], str]:
    """Unnumbered statements: paragraphs of sentences, some holding a numbered list, and their text."""
    width = draw(st.one_of(st.none(), st.integers(40, 110)))
    layout = Layout(
        seed=draw(st.integers(0, 2**32)),
        style="",
        width=width,
        gap=draw(st.sampled_from([0, 1])) if width else 0,
        paragraph_gap=draw(st.integers(2, 3)),
        breaks="none",
        list_style=draw(st.sampled_from(["(", ".", ")"])),
        preamble="",
        annexes=0,
    )
    maker = Maker(layout)
    paragraphs = []
    for with_list in draw(st.lists(st.booleans(), min_size=4, max_size=10)):
        words = [*maker.sentence(), *maker.sentence(), *maker.prose()]
        parts = maker.with_list(words) if with_list and layout.width else [words]
        maker.put(parts)
        paragraphs.append([word for part in parts for word in part])
    closing = maker.sentence() + maker.prose() + maker.prose()
    maker.put([closing])
    return [*paragraphs, closing], "\n".join(maker.truth.lines)


@settings(max_examples=150, deadline=None)
@given(statements())
def test_unnumbered_statements_are_counted_paragraph_by_paragraph(statement: tuple[list[list[str]], str]) -> None:
    """u1, u2, … in order, each with its own words, whatever lists stand inside."""
    expected, text = statement
    paragraphs, ledger = split("d", text)
    assert ledger.official == 0
    assert [paragraph.text for paragraph in paragraphs] == [" ".join(words) for words in expected]
    assert [paragraph.label for paragraph in paragraphs] == [f"u{number}" for number in range(1, len(expected) + 1)]


ANYTHING = st.text(st.sampled_from("1234567890.().,:; \n\n\n\t\f\r\u2028\u00ad\u200b-aBcIVX§“”中文ام"), max_size=300)


@settings(max_examples=600, deadline=None)
@given(st.one_of(ANYTHING, st.text(max_size=200)))
def test_no_character_of_any_text_is_lost_or_doubled(text: str) -> None:
    """For any text: no error, ranges in order, text equal to its repaired ranges, unique labels, a ledger that adds up."""
    paragraphs, ledger = split("d", text)
    uncovered(text, paragraphs)
    for paragraph in paragraphs:
        assert paragraph.text == repair("".join(text[start:end] for start, end in paragraph.ranges))
        assert paragraph.text
    labels = [paragraph.label for paragraph in paragraphs]
    assert len(set(labels)) == len(labels)
    assert ledger.official + ledger.counted + ledger.tables == len(paragraphs)
    assert split("d", text) == (paragraphs, ledger)


def seconds(line: str, count: int) -> float:
    """Processor time to split so many lines."""
    text = "\n".join(line.format(number % 9000 + 1) for number in range(count))
    begin = time.process_time()
    split("d", text)
    return time.process_time() - begin


@pytest.mark.parametrize("line", ["Text of a short line.", "{0} Paragraph number {0}."])
def test_a_hundred_thousand_short_lines_are_split_in_seconds(line: str) -> None:
    """100,000 short lines take a few seconds, numbered or not."""
    assert seconds(line, 100_000) < 20


@pytest.mark.parametrize(
    "line", ["Text of a short line.", "{0}. Paragraph {0}.", "1. Item.", "2. Item of a list", "II. Heading", "7", "Annex"]
)
def test_time_grows_with_the_lines_and_not_with_their_square(line: str) -> None:
    """Eight times as many lines take far less than sixty-four times as long."""
    seconds(line, 1000)

    def best(size: int) -> float:
        return min(seconds(line, size) for _ in range(3))  # a busy machine slows one run, hardly three

    assert best(16_000) < 24 * max(best(2000), 0.02)
