"""What the chat shows, as HTML: pure functions of the types in `schema` and `turns`.

Every word that comes from a document, a question or a model passes through `html.escape`; nothing is read as Markdown,
and no link or image is ever written. References are buttons that carry their place in data attributes, so that an old
answer stays clickable whatever happened on the server since.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from assistant.eval.feedback import VERDICTS
from assistant.schema import REFUSAL, Citation, Coverage, Document, Passage, Statement, Withheld
from assistant.ui.choice import Choice
from assistant.ui.links import link
from assistant.ui.steering import choices_of, words
from assistant.ui.turns import Place, Turn

STANDINGS = {"adopted": "adopted", "draft": "draft", "superseded": "superseded", "unofficial": "unofficial"}
"""The words for a document's standing; "none" says nothing, so nothing is shown."""
_LIMITED = re.compile(r"^ \((?:draft|superseded|unofficial)(?:, (?:draft|superseded|unofficial))*\)(?=,)")
"""What a reference says of a text that is not adopted: "X/1 (draft, superseded), para. 6"."""


def counted(number: int, noun: str) -> str:
    """ "1 document", "2 documents"."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def searched(coverage: Coverage) -> str:
    """One sentence on how much was searched."""
    return f"Searched {counted(coverage.documents, 'document')}, {counted(coverage.paragraphs, 'paragraph')}."


def name(document: Document) -> str:
    """The name that a reference begins with: the symbol where there is one, else the title."""
    return document.symbol or document.title


def short(reference: str, document: Document | None) -> str:
    """The reference without the document's name and standing, for where both stand beside it: "para. 5"; whole where the document is
    not known."""
    if document is None or not reference.startswith(name(document)):
        return reference
    return _LIMITED.sub("", reference[len(name(document)) :]).lstrip(", ") or reference


def standing(document: Document | None) -> str:
    """The document's standing as a small label; nothing where it has none."""
    word = STANDINGS.get(document.standing) if document else None
    return f' <span class="standing {word}">{word}</span>' if word else ""


def full(reference: str, document: Document | None) -> str:
    """The whole reference with the document's standing, once, for where no label can stand beside it."""
    word = STANDINGS.get(document.standing) if document else None
    return reference if word is None or f"{word})" in reference else f"{reference} ({word})"


def sentence(line: str) -> str:
    """An error's line as a sentence on a page: messages begin small, for the command line."""
    return line[:1].upper() + line[1:]


def chip(place: Place, reference: str, document: Document | None = None, named: bool = False) -> str:
    """A reference as a button that opens its paragraph.

    `named` writes the document's symbol on it too, or its title where it has none: "A/78/265, para. 23". Its standing is always
    written: a draft is never taken for an adopted text.
    """
    parts = [f'<span class="chip-paragraph">{escape(short(reference, document))}</span>']
    if document and named:
        kind = "symbol" if document.symbol else "title"
        parts.insert(0, f'<span class="chip-{kind}"><bdi>{escape(name(document))}</bdi>,</span>')
    return (
        f'<button type="button" class="chip" data-document="{escape(place.document)}" data-label="{escape(place.label)}"'
        f' data-quote="{escape(place.quote)}" data-start="{place.start}" title="{escape(full(reference, document))}"'
        f' aria-label="{escape(full(reference, document))}: show the paragraph">{" ".join(parts)}{standing(document)}</button>'
    )


def statement(item: Statement, documents: Mapping[str, Document], named: bool, quoted: bool) -> str:
    """One sentence with its references; in quotation marks where it is the document's own."""
    marks = ("“", "”") if quoted else ("", "")
    chips = " ".join(chip(Place.of(c), c.reference, documents.get(c.document), named) for c in item.citations)
    kind = "statement quotation" if quoted else "statement"
    return f'<p class="{kind}" dir="auto">{marks[0]}{escape(item.text)}{marks[1]} <span class="chips">{chips}</span></p>'


def nearest(passages: Iterable[Passage], named: bool) -> str:
    """The paragraphs found, nearest first, as chips in a list."""
    items = (f"<li>{chip(Place.of_passage(p), p.reference, p.document, named)}</li>" for p in passages)
    return f'<ol class="nearest">{"".join(items)}</ol>'


def withheld(items: Sequence[Withheld]) -> str:
    """What a model wrote and the check refused, folded away, each sentence with its reason."""
    if not items:
        return ""
    rows = "".join(
        f'<li><span class="withheld-text" dir="auto">{escape(item.text)}</span>'
        f' <span class="reason">{escape(sentence(item.reason))}</span></li>'
        for item in items
    )
    summary = f"{counted(len(items), 'sentence')} withheld"
    return f'<details class="withheld"><summary>{summary}</summary><ul>{rows}</ul></details>'


def turn(item: Turn, number: int = 0) -> str:
    """A question and as much of its answer as has arrived; `number` is its place in the conversation."""
    named = item.searched is not None and item.searched.coverage.documents > 1
    documents = {p.document.id: p.document for p in item.passages}
    said = "".join(statement(s, documents, named, quoted=item.mode == "quote") for s in item.statements)
    body = "".join(
        (
            _searched_for(item),
            _fallback(item),
            said,
            _refusal(item, named),
            _waiting(item),
            _problem(item),
            _remarks(item),
            withheld(item.withheld),
        )
    )
    return (
        f'<article class="turn" data-turn="{number}" aria-busy="{str(item.pending).lower()}">'
        f'<h2 class="question" dir="auto">{escape(item.question)}</h2><div class="answer">{body}{_foot(item, named)}</div></article>'
    )


def transcript(turns: Sequence[Turn], examples: Sequence[str]) -> str:
    """The whole conversation, or, while it is empty, what can be asked."""
    if turns:
        return _log(_begins(turns) + "".join(turn(item, number) for number, item in enumerate(turns)))  # the newest turn is the last child
    buttons = "".join(f'<li><button type="button" class="example" data-question="{escape(q)}">{escape(q)}</button></li>' for q in examples)
    offer = f'<p class="offer">For example</p><ul class="examples">{buttons}</ul>' if examples else ""
    return _log(
        '<div class="welcome"><p class="lead">Ask a question of the documents. Each sentence of the answer carries the numbered'
        f" paragraph that says it; what no paragraph says is left out.</p>{offer}</div>"
    )


def parcel(turns: Sequence[Turn], examples: Sequence[str] = (), whole: bool = False) -> str:
    """What the browser puts into the conversation on the page: the newest turn in its place, or all of it anew (`whole`).

    So an event of an answer costs the same however long the conversation is. The markup is an attribute's text, so that it is not on the
    page twice.
    """
    if whole or not turns:
        return _parcel(transcript(turns, examples), "yes")
    number = len(turns) - 1
    return _parcel(_begins(turns) + turn(turns[number], number))


def header(title: str, documents: Sequence[Document], coverage: Coverage) -> str:
    """The head of the page: what can be asked about."""
    what = documents[0].title if len(documents) == 1 else counted(coverage.documents, "document")
    return _header(title, f'<span dir="auto">{escape(what)}</span> · {counted(coverage.paragraphs, "paragraph")}')


def header_problem(title: str, problem: str) -> str:
    """The head of the page while nothing can be asked, with the reason."""
    return _header(title, f'<span role="alert">{escape(sentence(problem))}</span>')


def notice(line: str) -> str:
    """One calm line above the question box; nothing for ""."""
    return f'<p class="notice" role="alert">{escape(sentence(line))}</p>' if line else ""


def active(choice: Choice) -> str:
    """One line on what answers: quotes or which model, and where it is."""
    if choice.mode == "quote":
        return '<p class="active">Answers are quotations. No language model is used.</p>'
    where = f" at <code>{escape(choice.base_url)}</code>" if choice.base_url else ""
    return (
        f'<p class="active">Answers are written by <code>{escape(choice.name or "")}</code>{where}.'
        " Each sentence is checked against its paragraph.</p>"
    )


def taken(markdown: str) -> str:
    """A conversation for the browser to save under a name of its own; nothing of it is shown."""
    return f'<div hidden data-name="conversation.md" data-markdown="{escape(markdown)}"></div>'


def plain(item: Turn) -> str:
    """An answer as text to paste, each sentence followed by its references in brackets."""
    marks = ("“", "”") if item.mode == "quote" else ("", "")
    documents = {p.document.id: p.document for p in item.passages}

    def references(citations: Iterable[Citation]) -> str:
        return "; ".join(dict.fromkeys(full(c.reference, documents.get(c.document)) for c in citations))

    return "\n\n".join(f"{marks[0]}{s.text}{marks[1]} [{references(s.citations)}]" for s in item.statements)


def _parcel(markup: str, whole: str = "") -> str:
    return f'<div hidden data-whole="{whole}" data-markup="{escape(markup)}"></div>'


def _begins(turns: Sequence[Turn]) -> str:
    """What can be done with the conversation. While an answer comes it only keeps its room, so that nothing moves when that is complete."""
    waits = ' style="visibility: hidden"' if turns[-1].pending else ""
    take = '<button type="button" class="take">Save as Markdown</button>'
    return f'<p class="begins"{waits}><button type="button" class="anew">New conversation</button>{take}</p>'


def _log(inside: str) -> str:
    """A log: a screen reader says what is added to it, as it is added."""
    return f'<section class="log" role="log" aria-label="Conversation">{inside}</section>'


def _header(title: str, line: str) -> str:
    return f'<header class="masthead"><h1>{escape(title)}</h1><p>{line}</p></header>'


def _refusal(item: Turn, named: bool) -> str:
    if item.answer is None or item.answer.status != "abstained":
        return ""
    near = f'<p class="label">Nearest paragraphs</p>{nearest(item.passages, named)}' if item.passages else ""
    return f'<p class="refusal">{escape(REFUSAL)}</p>{near}'


def _waiting(item: Turn) -> str:
    if not item.pending:
        return ""
    return f'<p class="waiting" role="status">{"Searching…" if item.searched is None else "Reading…"}</p>'


def _problem(item: Turn) -> str:
    return f'<p class="problem" role="alert">{escape(sentence(item.problem))}</p>' if item.problem else ""


def _searched_for(item: Turn) -> str:
    """What a follow-up question was searched as, so that nothing is rewritten behind the reader's back; it can be changed."""
    if item.searched is None or not item.searched.rewritten:
        return ""
    asked = escape(item.searched.question)
    change = f'<button type="button" class="edit" data-question="{asked}">Change</button>'
    return f'<p class="remark searched-for">Searched for: <span dir="auto">{asked}</span> {change}</p>'


def _fallback(item: Turn) -> str:
    if item.answer is None or not item.answer.fallback:
        return ""
    return f'<p class="fallback">Answered with quotations instead: {escape(item.answer.fallback)}</p>'


def _remarks(item: Turn) -> str:
    return "".join(f'<p class="remark">{escape(remark)}</p>' for remark in item.answer.remarks) if item.answer else ""


def _foot(item: Turn, named: bool) -> str:
    """How much was searched, and below it what can be done with the answer."""
    if item.searched is None:
        return f'<footer><div class="acts">{_once_more(item)}</div></footer>' if item.problem else ""
    only = f"<p>Only {escape('; '.join(words(choice) for choice in choices_of(item.filters)))}.</p>" if item.filters else ""
    line = f"<p>{searched(item.searched.coverage)}</p>{only}"
    if item.answer is None:
        acts = f'<div class="acts">{_once_more(item)}</div>' if item.problem else ""
        return f'<footer><div class="scope">{line}</div>{nearest(item.passages, named)}{acts}</footer>'
    copy = f'<button type="button" class="copy" data-copy="{escape(plain(item))}">Copy with references</button>'
    taken = f'<button type="button" class="link" data-link="{escape(link(item.answer, item.filters))}">Copy link</button>'
    collect = f'<button type="button" class="collect" data-question="{escape(item.question)}">Add to briefing</button>'
    acts = f"{taken}{collect}{_once_more(item)}{_verdicts(item)}"
    if item.answer.status == "abstained":
        return f'<footer><div class="scope">{line}</div><div class="acts">{acts}</div></footer>'
    by = f"<p>Written by {escape(item.answer.model or 'a language model')}.</p>" if item.mode == "model" else ""
    found = f'<details class="considered"><summary>Nearest paragraphs</summary>{nearest(item.passages, named)}</details>'
    return f'<footer><div class="scope">{line}{by}{found}</div><div class="acts">{copy}{acts}</div></footer>'


def _once_more(item: Turn) -> str:
    """The same question again, or in other words."""
    asked = escape(item.question)
    again = f'<button type="button" class="again" data-question="{asked}">Ask again</button>'
    return f'{again}<button type="button" class="edit" data-question="{asked}">Edit question</button>'


def _verdicts(item: Turn) -> str:
    """What a reader may say of an answer; of an abstention only that the answer is there."""
    refused = item.answer is not None and item.answer.status == "abstained"
    offered = ("missing",) if refused else VERDICTS
    buttons = "".join(
        f'<li><button type="button" class="judge" data-verdict="{verdict}">{verdict.capitalize()}</button></li>' for verdict in offered
    )
    hint = "" if refused else "<p>Of a wrong paragraph, open the right one first if you know it.</p>"
    return f'<details class="verdicts"><summary>Something wrong?</summary><ul>{buttons}</ul>{hint}</details>'
