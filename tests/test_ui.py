"""What the page shows, without a browser: every word escaped, every reference a button, every quote marked in its place."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from html.parser import HTMLParser

from fakes import (
    CHAIR,
    CONFIDENT,
    CONSULTATIONS,
    COVERAGE,
    HOSTILE,
    PARAGRAPHS,
    answer,
    passage,
    statement,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.schema import REFUSAL, Citation, Coverage, Document, Paragraph, Passage, Searched, Statement, Withheld
from assistant.ui import render, source
from assistant.ui.choice import Choice
from assistant.ui.turns import Place, Turn

QUESTION = "What did the Chair say about stakeholders?"
SAID = (statement(7, CONSULTATIONS), statement(7, CONFIDENT))
FOUND = (passage(7, CONSULTATIONS), passage(4))


class Reader(HTMLParser):
    """What a browser makes of HTML: the elements with their attributes' names, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.texts: list[str] = []
        self.values: list[dict[str, str | None]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes an element."""
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.values.append(dict(attrs))

    def handle_data(self, data: str) -> None:
        """Notes a piece of text."""
        self.texts.append(data)

    @property
    def text(self) -> str:
        """All text, as one string."""
        return "".join(self.texts)


def everything(word: str) -> str:
    """All that the page can show, with `word` in every place that comes from outside."""
    document = Document(word, word, word, word, symbol=word, session=word, speaker=word, delegation=word, language=word, standing="draft")
    found = Passage(document, Paragraph(word, word, "official", f"x{word}y", heading=(word,), pages=(1, 2)), word, span=(1, 1 + len(word)))
    said = Statement(word, (Citation(word, word, word, word, 1, 1 + len(word)),))
    held = Withheld(word, word)
    several = Coverage(documents=2, paragraphs=3)
    written = answer(word, (said,), (found,), mode="model", model=word, fallback=word, remarks=(word,), withheld=(held,), coverage=several)
    refused = answer(word, (), (found,), coverage=several)
    turns = [Turn(word).after(written), Turn(word).after(refused), Turn(word).after(Searched((found,), several)), Turn(word).ended(word)]
    return "".join(
        (
            render.transcript(turns, ()),
            render.transcript((), (word,)),
            render.header(word, (document,), several),
            render.header_problem(word, word),
            render.notice(word),
            render.active(Choice("model", word, word)),
            source.problem(word),
            source.source(Place.of(said.citations[0]), (found, found, found)),
        )
    )


@settings(deadline=None)
@given(st.text(min_size=1))
def test_no_word_from_outside_becomes_an_element(word: str) -> None:
    """Whatever a document, a question or a model says, the page has the same elements and attributes as for plain words."""
    assert Reader(everything(word)).elements == Reader(everything("word")).elements


def test_hostile_words_are_shown_as_they_are() -> None:
    """Scripts, images, Markdown and template marks are text in the page, and no element can load or lead anywhere."""
    page = Reader(everything(HOSTILE))
    assert HOSTILE in page.text
    assert not {tag for tag, _ in page.elements} & {"script", "img", "svg", "a", "iframe", "object", "style", "link"}
    assert not {name for _, names in page.elements for name in names if name.startswith("on") or name in ("href", "src", "style")}


def test_a_reference_is_a_button_that_knows_its_place() -> None:
    """A chip is a real button with a readable text, the whole reference as its name, and the place in data attributes."""
    citation = SAID[0].citations[0]
    chip = Reader(render.chip(Place.of(citation), citation.reference, CHAIR))
    assert chip.text == "para. 7"
    assert chip.elements[0][0] == "button"
    assert chip.values[0] == {
        "type": "button",
        "class": "chip",
        "data-document": "chair-closing-remarks",
        "data-label": "7",
        "data-quote": CONSULTATIONS,
        "data-start": str(PARAGRAPHS[6].index(CONSULTATIONS)),
        "title": f"{CHAIR.title}, para. 7",
        "aria-label": f"{CHAIR.title}, para. 7: show the paragraph",
    }


def test_a_reference_names_its_document_where_there_are_several() -> None:
    """The symbol, or the title where there is none, is on the chip then, as the United Nations write it; an unnumbered paragraph is
    never given a number; a draft is called one, once."""
    draft = replace(CHAIR, symbol="A/AC.292/2025/CRP.1", title="Elements", standing="draft")
    reference = "A/AC.292/2025/CRP.1 (draft), [3rd paragraph, unnumbered]"
    chip = Reader(render.chip(Place("d", "u3"), reference, draft, named=True))
    assert chip.text == "A/AC.292/2025/CRP.1, [3rd paragraph, unnumbered] draft"
    assert chip.values[0]["aria-label"] == f"{reference}: show the paragraph"
    untitled = Reader(render.chip(Place("d", "5"), "Elements, para. 5", replace(draft, symbol=None, standing="none"), named=True))
    assert untitled.text == "Elements, para. 5"
    assert render.short("elsewhere, para. 1", draft) == "elsewhere, para. 1"


def test_quotations_stand_in_quotation_marks() -> None:
    """Quote mode shows the document's words as quotations, model mode shows the model's words without marks."""
    quoted = Turn(QUESTION).after(answer(QUESTION, SAID, FOUND))
    assert f"“{CONFIDENT}”" in Reader(render.turn(quoted)).text
    written = Turn(QUESTION).after(answer(QUESTION, (statement(7, CONFIDENT, "The Chair is confident."),), FOUND, mode="model", model="m"))
    text = Reader(render.turn(written)).text
    assert "The Chair is confident. para. 7" in text
    assert "“" not in text
    assert "Written by m." in text


def test_an_abstention_says_what_was_searched() -> None:
    """The refusal is the one constant, with the coverage and the nearest paragraphs; it too can be linked to and briefed on."""
    text = Reader(render.turn(Turn("?").after(answer("?", (), (passage(5), passage(2)))))).text
    assert "Copy linkAdd to briefing" in text
    assert REFUSAL in text
    assert "Searched 1 document, 10 paragraphs." in text
    assert "Nearest paragraphspara. 5para. 2" in text


def test_fallback_remarks_and_withheld_sentences_are_shown() -> None:
    """Why quotes came instead, what the answer lacks, and what was withheld for which reason, the last of it folded."""
    held = (Withheld("All agree.", "No “all”."),)
    given = answer(QUESTION, SAID, FOUND, fallback="the endpoint is silent.", remarks=("Not complete.",), withheld=held)
    html = render.turn(Turn(QUESTION).after(given))
    text = Reader(html).text
    assert "Answered with quotations instead: the endpoint is silent." in text
    assert "Not complete." in text
    assert "1 sentence withheldAll agree. No “all”." in text
    assert '<details class="withheld"><summary>' in html


def test_an_answer_is_copied_with_its_references() -> None:
    """The text to paste has each sentence with its whole reference, and a draft is called one there too."""
    reference = f"{CHAIR.title}, para. 7"
    assert render.plain(Turn(QUESTION).after(answer(QUESTION, SAID, FOUND))) == (
        f"“{CONSULTATIONS}” [{reference}]\n\n“{CONFIDENT}” [{reference}]"
    )
    draft = passage(7, CONFIDENT, document=replace(CHAIR, standing="draft"))
    assert render.full("X/1 (draft, superseded), para. 7", replace(CHAIR, standing="superseded")) == "X/1 (draft, superseded), para. 7"
    assert render.plain(Turn(QUESTION).after(answer(QUESTION, SAID[1:], (draft,)))) == f"“{CONFIDENT}” [{reference} (draft)]"


def test_a_turn_goes_from_searching_to_its_answer() -> None:
    """First "Searching…", then sources and "Reading…", then sentences; the final Answer replaces what was streamed."""
    turn = Turn(QUESTION, "model")
    assert "Searching…" in render.turn(turn)
    turn = turn.after(Searched(FOUND, COVERAGE))
    assert "Reading…" in render.turn(turn)
    assert "para. 4" in render.turn(turn)
    turn = turn.after(statement(7, CONFIDENT, "A model's sentence.")).after(Withheld("x", "y"))
    assert [s.text for s in turn.statements] == ["A model's sentence."]
    assert turn.pending
    turn = turn.after(answer(QUESTION, SAID, FOUND, fallback="it broke off."))
    assert turn.statements == SAID
    assert turn.withheld == ()
    assert turn.mode == "quote"
    assert not turn.pending
    assert turn.ended("too late") == turn


def test_the_quoted_words_are_marked_where_they_stand() -> None:
    """The mark holds exactly the quote, at its own offset where the words occur twice."""
    twice = replace(passage(1), paragraph=replace(passage(1).paragraph, text="We agree. They said we agree. We agree."))
    html = source.source(Place(CHAIR.id, "1", "We agree.", 30), (twice,))
    assert "They said we agree. <mark>We agree.</mark>" in html
    assert html.count("<mark>") == 1


def test_words_that_are_gone_are_not_marked_elsewhere() -> None:
    """After the documents were indexed again a quote that is no longer there marks nothing, and the panel says so."""
    html = source.source(Place(CHAIR.id, "3", "no such words", 5), (passage(3),))
    assert "<mark>" not in html
    assert source.CHANGED in html
    assert source.CHANGED not in source.source(Place(CHAIR.id, "3"), (passage(3),))


def test_the_source_shows_its_neighbours_and_what_is_known() -> None:
    """The cited paragraph between its neighbours, under title, standing, facts and headings, with the file's pages."""
    report = Document(
        "A/80/257",
        "Final report",
        "r.pdf",
        "0" * 64,
        symbol="A/80/257",
        standing="adopted",
        date=dt.date(2025, 7, 25),
        session="Eightieth",
        speaker="Egypt",
        delegation="Egypt",
    )

    def numbered(label: str) -> Passage:
        paragraph = Paragraph(report.id, label, "official", f"Text {label}.", ("F. Capacity", "Steps"), (17, 18))
        return Passage(report, paragraph, f"A/80/257, para. {label}")

    html = source.source(Place(report.id, "42", "Text 42", 0), tuple(map(numbered, ("41", "42", "43"))))
    assert Reader(html).text == (
        "Final report adopted×A/80/257EgyptEightieth25 July 2025F. CapacitySteps"
        "para. 41Text 41.para. 42 pages 17–18 of the fileText 42.Copy as footnoteAdd to briefingpara. 43Text 43.Back to the answer"
    )
    assert html.index("neighbour before") < html.index("cited") < html.index("neighbour after")
