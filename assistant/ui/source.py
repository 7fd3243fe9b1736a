"""The source panel, as HTML: a cited paragraph with its quoted words marked, between its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape

from assistant.schema import Document, Passage
from assistant.ui.render import chip, full, sentence, short, standing
from assistant.ui.turns import Place

CHANGED = "The quoted words are no longer in this paragraph: the documents were indexed again after this answer."

LONG = 200
"""Characters beyond which a neighbour fades out; about four lines of the panel, the rest of its lines are not shown."""
LONG_TITLE = 140
"""Characters beyond which a title stands in three lines, so that the paragraph below it is in view: some reports' have 300."""


def empty() -> str:
    """The panel before a reference is opened."""
    line = "Choose a reference to read its paragraph here, the quoted words marked."
    return f'<section class="source empty" aria-label="Source"><p>{line}</p></section>'


def problem(line: str) -> str:
    """The panel where a reference cannot be opened, with the reason."""
    return f'<section class="source" aria-label="Source"><p class="problem" role="alert">{escape(sentence(line))}</p></section>'


def source(place: Place, passages: Sequence[Passage]) -> str:
    """The paragraph at `place` with its neighbours; `passages` are consecutive and in the order of the document."""
    at = next((i for i, p in enumerate(passages) if p.paragraph.label == place.label), len(passages) // 2)
    cited = passages[at]
    before = "".join(_neighbour(p, "before") for p in passages[:at])
    after = "".join(_neighbour(p, "after") for p in passages[at + 1 :])
    return (
        f'<section class="source" aria-label="Source" data-document="{escape(place.document)}" data-label="{escape(place.label)}"'
        f' data-quote="{escape(place.quote)}" tabindex="-1">'
        f"{_head(cited)}{before}{_cited(place, cited)}{after}"
        '<button type="button" class="back">Back to the answer</button></section>'
    )


def marked(text: str, span: tuple[int, int] | None) -> str:
    """`text` with the words of `span` in a mark element."""
    if span is None:
        return escape(text)
    start, end = span
    return f"{escape(text[:start])}<mark>{escape(text[start:end])}</mark>{escape(text[end:])}"


def facts(document: Document) -> list[str]:
    """What is known of a document beside its title, in reading order."""
    speaker = ", ".join(dict.fromkeys(part for part in (document.speaker, document.delegation) if part))
    date = f"{document.date.day} {document.date:%B %Y}" if document.date else None
    return [fact for fact in (document.symbol, speaker, document.session, date) if fact]


def _head(passage: Passage) -> str:
    document = passage.document
    title, long = escape(document.title), " long" if len(document.title) > LONG_TITLE else ""
    known = "".join(f"<li><bdi>{escape(fact)}</bdi></li>" for fact in facts(document))
    path = "".join(f"<li><bdi>{escape(part)}</bdi></li>" for part in passage.paragraph.heading if part != document.title)
    return (
        f'<header><h2 dir="auto"><span class="title{long}" title="{title}">{title}</span>{standing(document)}</h2>'
        '<button type="button" class="shut" aria-label="Close the source">×</button>'
        + (f'<ul class="facts">{known}</ul>' if known else "")
        + (f'<ol class="heading-path" aria-label="Heading">{path}</ol>' if path else "")
        + "</header>"
    )


def _cited(place: Place, passage: Passage) -> str:
    paragraph = passage.paragraph
    span = place.span(paragraph.text)
    changed = f'<p class="remark">{CHANGED}</p>' if place.quote and span is None else ""
    number = f'<h3 aria-live="polite">{escape(short(passage.reference, passage.document))}{_pages(passage)}</h3>'
    text = f'<p dir="auto"{_language(passage)}>{marked(paragraph.text, span)}</p>'
    footnote = escape(f"{full(passage.reference, passage.document)}.")
    copy = f'<button type="button" class="copy" data-copy="{footnote}">Copy as footnote</button>'
    collect = '<button type="button" class="collect" aria-label="Add this paragraph to the briefing">Add to briefing</button>'
    acts = f'<p class="acts">{copy}{collect}</p>'
    return f'<article class="paragraph cited" aria-label="{escape(passage.reference)}">{number}{changed}{text}{acts}</article>'


def _neighbour(passage: Passage, side: str) -> str:
    said = replace(passage.document, standing="none")  # the panel's head has said the standing
    opener = chip(Place(passage.document.id, passage.paragraph.label), passage.reference, said)
    kind = f"paragraph neighbour {side}" + (" long" if len(passage.paragraph.text) > LONG else "")
    text = f'<p dir="auto"{_language(passage)}><span>{escape(passage.paragraph.text)}</span></p>'
    return f'<article class="{kind}">{opener}{text}</article>'


def _pages(passage: Passage) -> str:
    if passage.paragraph.pages is None:
        return ""
    first, last = passage.paragraph.pages
    where = f"page {first}" if first == last else f"pages {first}–{last}"
    return f' <span class="pages">{where} of the file</span>'


def _language(passage: Passage) -> str:
    return f' lang="{escape(passage.document.language)}"' if passage.document.language else ""
