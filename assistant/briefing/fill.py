"""Placeholders in a text of one's own, filled with quotations; every other byte stays as it is.

    {{ask: What did the Chair say on stakeholders?}}      the sentences that answer, each with its reference
    {{quote: A/77/275#12}}   {{quote: A/77/275, paras. 4–6}}   whole paragraphs

A filled part remembers its placeholder and what was put there, in HTML comments that no reader of Markdown shows:

    “<!-- assistant {{quote: A/77/275#12}} 3f9a… -->The text.” (A/77/275, para. 12)<!-- /assistant -->

so that it can be filled again when the corpus has changed, told what changed, and given back. The opening comment stands
behind the first character, since a line that begins with a comment is raw HTML to Markdown. What a person has changed inside
is never overwritten: its fingerprint tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from html import escape, unescape
from typing import Literal

from markdown_it import MarkdownIt

from assistant.answer.engine import Assistant
from assistant.briefing.citing import label_text, names_of
from assistant.briefing.gather import Evidence, Tell, cited, reply_of
from assistant.briefing.markdown import markdown_text
from assistant.briefing.plan import Cite, decoded, question_of, reference_of
from assistant.briefing.words import WORDS, Language
from assistant.errors import BriefingError, InvalidPlan
from assistant.schema import Filters

_PLACEHOLDER = r"\{\{[ \t]*(?:ask|quote)[ \t]*:(?:(?!\{\{|\}\}).){0,20000}?\}\}"
_OPENING = r"(?P<first>[^\n])<!-- assistant (?P<kept>[^<>]*?) (?P<print>[0-9a-f]{16}) -->"
_INSIDE = r"(?P<text>(?:(?!<!-- /?assistant).)*)"
_PART = re.compile(rf"{_OPENING}{_INSIDE}<!-- /assistant -->|(?P<new>{_PLACEHOLDER})", re.DOTALL | re.IGNORECASE)
_WORD = re.compile(r"\{\{\s*(ask|quote)\s*:(.*)\}\}", re.DOTALL | re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\r|\n")
_TRIES = 3

State = Literal["new", "unchanged", "changed", "edited"]


@dataclass(frozen=True, slots=True)
class Part:
    """What became of one placeholder. `before` and `now` are what stands there and what the documents give, both as Markdown."""

    line: int
    placeholder: str
    state: State
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its placeholders filled, and what became of each."""

    raw: bytes
    parts: tuple[Part, ...]


def fill(raw: bytes, name: str, assistant: Assistant, language: Language = "en", tell: Tell | None = None) -> Filled:
    """Fills, or fills again, the placeholders of a text in UTF-8; all other bytes stay as they are.

    What stands in code (fences, indented, between backticks) is not filled. Questions are answered with quotations only. Where
    another index is published meanwhile, all is asked again. O(bytes), besides the questions.

    Raises:
        InvalidPlan: no UTF-8, a placeholder without a question, or a reference to what is not in the index; names file and line.
        BriefingError: indexes were published all the time.
    """
    text = _text(raw, name)
    found = list(_parts(text, name))
    for _ in range(_TRIES):
        generation = assistant.generation().id
        pieces: list[str] = []
        parts: list[Part] = []
        at = 0
        for done, (match, line) in enumerate(found):
            if tell:
                tell("filling", done, len(found))
            part = _filled(match, line, name, assistant, language)
            pieces += [text[at : match.start()], match[0] if part.state in ("unchanged", "edited") else _written(part)]
            parts.append(part)
            at = match.end()
        if tell:
            tell("filling", len(found), len(found))
        if assistant.generation().id == generation:
            made = "".join((*pieces, text[at:]))
            return Filled(made.encode(), tuple(parts))
    raise BriefingError("the index was published anew again and again meanwhile", "Fill the text when the index is at rest.")


def restore(raw: bytes, name: str) -> bytes:
    """The text with its placeholders as they were before it was filled; what a person changed inside a filled part stays.

    Raises:
        InvalidPlan: no UTF-8.
    """
    text = _text(raw, name)
    pieces: list[str] = []
    at = 0
    for match, _ in _parts(text, name):
        if match["kept"] is not None and _fingerprint(match["first"] + match["text"]) == match["print"]:
            pieces += [text[at : match.start()], unescape(match["kept"])]
            at = match.end()
    return "".join((*pieces, text[at:])).encode()


def _text(raw: bytes, name: str) -> str:
    decoded(raw, name)  # names the line that is no UTF-8
    return raw.decode("utf-8")  # a byte order mark stays, as a character


def _parts(text: str, name: str) -> Iterator[tuple[re.Match[str], int]]:
    """Placeholders and filled parts outside code, with their lines.

    Raises:
        InvalidPlan: a filled part has lost its end.
    """
    code = _code_lines(text)
    line, at = 1, 0
    for match in _PART.finditer(text):
        line += len(_LINE_END.findall(text, at, match.start()))
        at = match.start()
        if match["new"] and text.endswith("<!-- assistant ", 0, match.start()):
            raise InvalidPlan(
                f"{name}, line {line}: a filled part has lost its end", "Put <!-- /assistant --> behind it, or write it anew."
            )
        between_ticks = match["new"] and text[max(0, match.start() - 1) : match.start()] == "`" == text[match.end() : match.end() + 1]
        if line not in code and not between_ticks:
            yield match, line


def _code_lines(text: str) -> set[int]:
    """The lines, from 1, of fenced and indented code."""
    if "```" not in text and "~~~" not in text and "    " not in text and "\t" not in text:
        return set()
    tokens = MarkdownIt("commonmark").parse(text.removeprefix("\ufeff"))
    spans = [token.map for token in tokens if token.type in ("fence", "code_block") and token.map]
    return {line + 1 for start, end in spans for line in range(start, end)}


def _filled(match: re.Match[str], line: int, name: str, assistant: Assistant, language: Language) -> Part:
    placeholder = match["new"] if match["new"] is not None else unescape(match["kept"])
    now = _answer(placeholder, line, name, assistant, language)
    if match["new"] is not None:
        return Part(line, placeholder, "new", "", now)
    before = match["first"] + match["text"]
    if before == now:
        return Part(line, placeholder, "unchanged", before, now)
    return Part(line, placeholder, "changed" if _fingerprint(before) == match["print"] else "edited", before, now)


def _written(part: Part) -> str:
    kept = escape(part.placeholder, quote=False).replace("--", "-&#45;").replace("\r", "&#13;").replace("\n", "&#10;")
    return f"{part.now[0]}<!-- assistant {kept} {_fingerprint(part.now)} -->{part.now[1:]}<!-- /assistant -->"


def _fingerprint(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _answer(placeholder: str, line: int, name: str, assistant: Assistant, language: Language) -> str:
    """What the documents give for a placeholder, as Markdown on one line."""
    where = f"{name}, line {line}"
    found = _WORD.fullmatch(placeholder.strip())
    if not found:
        raise InvalidPlan(f"{where}: {placeholder[:60]!r} is no placeholder", "Write {{ask: …}} or {{quote: …}}.")
    if found[1].lower() == "quote":
        evidence = cited(Cite(reference_of(found[2], where), line), assistant.generation(), name)
    else:
        answer = assistant.ask(question_of(found[2], where), filters=Filters(), mode="quote")
        evidence = tuple(item for said in reply_of(answer, assistant).said for item in said.evidence)
    if not evidence:
        return f"[{markdown_text(WORDS[language].no_text)}]"
    return " ".join(_quoted(item, language) for item in evidence)


def _quoted(item: Evidence, language: Language) -> str:
    opening, closing = WORDS[language].quotes
    document = item.passage.document
    name = names_of([document], language)[document.id]
    reference = f"{name}, {label_text((item.passage.paragraph.label, item.path), language)}"
    # A line break would end a list's item or a table's cell of the text around it.
    quote = markdown_text(" ".join(item.quote.split("\n")))
    # No comment of a document may end the part: "<!--" is written as a reference to its first character.
    return f"{opening}{quote}{closing} ({markdown_text(reference)})".replace("\\<!--", "&lt;!--")
