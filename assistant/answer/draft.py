"""Drafts that a person or another tool wrote: Markdown or text, taken apart into sentences with the references that each carries.

References are footnotes ("[^1]" with "[^1]: A/77/275, para. 12"), notes in parentheses ("(A/78/265, para. 23)", "(Statement by
Norvania, [3rd paragraph, unnumbered])"), a line of its own under a quotation ("— A/78/265, para. 23"), or words of the sentence
("In paragraph 12 of A/77/275, …").
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.answer.verify.quotations import quotations
from assistant.corpus.references import named_documents, names_paragraphs, parse_reference
from assistant.corpus.sentences import sentence_spans
from assistant.schema import Document

if TYPE_CHECKING:
    from markdown_it.token import Token

_NOTE = re.compile(r"\[\^?(?P<name>[^\[\]\s]{1,40})\]")
_DEFINITION = re.compile(
    r"^\[\^?(?P<name>[^\[\]\s]{1,40})\]:?\s+(?P<text>.*?)(?=\n\[\^?[^\[\]\s]{1,40}\]:?\s|\Z)", re.MULTILINE | re.DOTALL
)
COUNTED = re.compile(r"\[?\b(?P<number>\d{1,5})(?:st|nd|rd|th) (?P<kind>paragraph|table)(?:, unnumbered)?\]?")
_IN_BRACKETS = re.compile(r"\((?:[^()]|\([^()]*\))*\)|\[(?:[^\[\]]|\[[^\[\]]*\])*\]")
_AFTER_DASH = re.compile(r"(?:^|\s)[—–-]{1,3}\s*(?P<text>[^—–\n]+)$", re.MULTILINE)
_PLACE = re.compile(r"^[^\s#]+#[\w.~]+$")
_TAKEN = "\ue000"
"""Stands, in a text that is being cut into sentences, for each character of a reference."""
_DRAWN_IN = re.compile(rf"([.!?…;:,][\"'”’»)]*)((?:\s*{_TAKEN}+)+)")
_CONNECTS = re.compile(
    r"\b(?:see|also|cf|and|in|of|ibid|as|at|the|from|noted|stated|draft|superseded|unofficial|adopted|op|cit)\b|[\W_]+", re.IGNORECASE
)
_MOST_WORDS = 40
_LABEL = 4
"""A line of fewer words, without a full stop, reference or quotation, is a heading or a label."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item, table row, block quotation or heading: its text without markup, and the line it begins on."""

    text: str
    line: int
    kind: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of a draft, the line it begins on, and its references as they are written. `whole`: all of it is a quotation."""

    text: str
    line: int
    references: tuple[str, ...] = ()
    whole: bool = False


@dataclass(frozen=True)
class Draft:
    """The sentences of a draft in order, and how many headings, labels and questions were passed over."""

    claims: tuple[Claim, ...]
    passed_over: int
    notes: dict[str, str] = field(default_factory=dict)


def read_draft(text: str, documents: Sequence[Document] = ()) -> Draft:
    """Takes a Markdown or plain text apart; `documents` are those whose names a reference may use. Never raises."""
    notes: dict[str, str] = {}
    blocks = []
    for block in _blocks(text):
        rest = _DEFINITION.sub(lambda match: notes.setdefault(match["name"], " ".join(match["text"].split())) and "", block.text)
        if rest.strip() or not block.text.strip():
            blocks.append(replace(block, text=rest))
    claims: list[Claim] = []
    passed_over = 0
    heading: tuple[str, ...] = ()
    for block in blocks:
        if block.kind == "heading":
            heading = (block.text,) if _may_be_reference(block.text) else ()
            passed_over += 1
            continue
        found = list(_claims(block, notes, documents))
        if found and not found[0].text and claims and not claims[-1].references:  # a line of its own under what it belongs to
            claims[-1] = replace(claims[-1], references=found[0].references)
        for claim in (claim for claim in found if claim.text):
            if heading and not claim.references and (claim.whole or quotations(claim.text)):
                claim = replace(claim, references=heading)
            if _is_claim(claim, block.kind):
                claims.append(claim)
            else:
                passed_over += 1
    return Draft(tuple(claims), passed_over, notes)


def is_reference(text: str, documents: Sequence[Document] = ()) -> bool:
    """Whether a text names a paragraph and says nothing else: documents by their symbols and `documents` by any of their names."""
    if _PLACE.match(text.strip(" []().")):
        return True
    counted = COUNTED.search(text)
    if counted:
        text = text.replace(counted[0], "paragraph 1")
    parsed = parse_reference(text, documents)
    return bool(parsed) and not _CONNECTS.sub("", parsed.remainder if parsed else "")


def _may_be_reference(text: str) -> bool:
    """Whether what stands in brackets, a table's cell or a heading is meant as a reference, also to a document that nobody knows."""
    is_named = names_paragraphs(text) or COUNTED.search(text) or _PLACE.match(text.strip())
    return (
        bool(is_named)
        and len(text.split()) <= _MOST_WORDS
        and not quotations(text)
        and not re.search(r"[.!?]\s+[A-Z]\w+\s+\w+\s+\w+", text)
    )


def _blocks(text: str) -> Iterator[Block]:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table").disable(["code", "reference", "html_block"])
    tokens = parser.parse(text)
    inside: list[str] = []
    row: list[Token] = []
    for token in tokens:
        if token.nesting == 1:
            inside.append(token.type.removesuffix("_open"))
            row = [] if token.type == "tr_open" else row
        elif token.nesting == -1 and inside:
            inside.pop()
            if token.type == "tr_close" and "thead" not in inside and row:
                yield Block(" — ".join(filter(None, map(_cell, row))), (row[0].map or [0])[0] + 1, "row")
        elif token.type == "inline":
            if "tr" in inside:
                row.append(token)
                continue
            kinds = ("heading", "blockquote", "list_item")
            kind = next((kind for kind in kinds if kind in inside), "paragraph")
            yield Block(_plain(token), (token.map or [0])[0] + 1, kind)


def _cell(token: Token) -> str:
    text = _plain(token)
    return f"({text})" if _may_be_reference(text) else text


def _plain(token: Token) -> str:
    """The text of an inline token without its markup; a line's end stays one, so that lines can be counted."""
    parts = []
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type in ("text", "code_inline", "text_special"):
            parts.append(child.content)
    return "".join(parts)


def _claims(block: Block, notes: dict[str, str], documents: Sequence[Document]) -> Iterator[Claim]:
    """The sentences of a block with their references; a reference with no sentence before it comes with an empty text."""
    text = block.text
    spans = sorted(_reference_spans(text, notes, documents))
    taken = list(text)
    for start, end, _ in spans:
        taken[start:end] = _TAKEN * (end - start)
    masked = "".join(taken)
    cut = _DRAWN_IN.sub(r"\2\1", masked)
    if block.kind == "blockquote" and (claim := _whole(block, masked, spans)):
        yield claim
        return
    breaks = [match.start() for match in re.finditer("\n", text)]
    pending: Claim | None = None
    for start, end in _unbroken(cut):
        references = tuple(reference for first, _, reference in spans if _within(first, start, end, cut))
        said = _without(masked, cut, start, end)
        claim = Claim(said, block.line + bisect(breaks, start - 1), references)
        if not references and said and pending and is_reference(said, documents):
            pending = replace(pending, references=(*pending.references, said))
            continue
        if not said and pending:
            pending = replace(pending, references=(*pending.references, *references))
            continue
        if pending:
            yield pending
        pending = claim
    if pending:
        yield pending


def _within(first: int, start: int, end: int, cut: str) -> bool:
    """Whether the reference at `first` belongs to the sentence: drawing in moves it by the marks it passed, a few characters."""
    at = cut.find(_TAKEN, max(0, first - 4), first + 1) if cut[first : first + 1] != _TAKEN else first
    return start <= (at if at >= 0 else first) < end


def _without(masked: str, cut: str, start: int, end: int) -> str:
    """The sentence without its references, its final marks where they were."""
    said = re.sub(rf"\s*{_TAKEN}+", "", cut[start:end])
    return " ".join(said.split()).strip(" —")


def _whole(block: Block, masked: str, spans: list[tuple[int, int, str]]) -> Claim | None:
    """A block quotation as one claim: the text without marks around it, unless it holds quotations beside other words."""
    text = " ".join(re.sub(rf"\s*{_TAKEN}+", " ", masked).split()).strip(" —–")
    inner = re.sub(r"^[“\"«‘](.*)[”\"»’][.,;]?$", r"\1", text)
    if inner == text and quotations(text):
        return None
    return Claim(inner, block.line, tuple(reference for _, _, reference in spans), whole=bool(inner))


def _unbroken(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of a block; those inside one quotation stay together."""
    quoted = [(quote.start, quote.end) for quote in quotations(text)]
    spans = list(sentence_spans(text))
    if not spans:
        return
    begin = spans[0][0]
    for (_, end), (following, _) in pairwise(spans):
        if not any(start < end < stop and start < following < stop for start, stop in quoted):
            yield begin, end
            begin = following
    yield begin, spans[-1][1]


def _reference_spans(text: str, notes: dict[str, str], documents: Sequence[Document]) -> Iterator[tuple[int, int, str]]:
    """Where references stand that are no words of a sentence, and what they say."""
    used: list[tuple[int, int]] = []
    for match in _NOTE.finditer(text):
        if match[0].startswith("[^") or match["name"] in notes:
            used.append(match.span())
            yield *match.span(), notes.get(match["name"], match[0])
    names = {end: start for _, start, end in named_documents(text, documents)}
    for match in _IN_BRACKETS.finditer(text):
        if _overlaps(match.span(), used) or not _may_be_reference(match[0][1:-1]):
            continue
        start, end = match.span()
        before = next((begin for stop, begin in names.items() if not text[stop:start].strip(", ")), start) if match[0][0] == "[" else start
        used.append((before, end))
        yield before, end, text[before:end] if match[0][0] == "[" else match[0][1:-1]
    for match in _AFTER_DASH.finditer(text):
        if not _overlaps(match.span("text"), used) and (is_reference(match["text"], documents)):
            yield *match.span(), match["text"]


def _overlaps(span: tuple[int, int], used: Iterable[tuple[int, int]]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in used)


def _is_claim(claim: Claim, kind: str) -> bool:
    """Whether a sentence says something that needs a paragraph: no label, no question."""
    if claim.references or claim.whole or quotations(claim.text):
        return True
    if claim.text.rstrip("\"'”’)").endswith("?"):
        return False
    if claim.text.rstrip("\"'”’)»").endswith((".", "!", "…", ";")):
        return len(claim.text.split()) > 1
    return kind in ("list_item", "row") and len(claim.text.split()) >= _LABEL and not claim.text.endswith(":")
