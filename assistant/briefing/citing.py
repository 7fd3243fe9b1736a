"""References and footnote marks as the United Nations Editorial Manual sets them: `docs/decisions/0007` says which rules and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from assistant.briefing.blocks import Content, Inline, Note, Run
from assistant.briefing.words import WORDS, Language, date_in_words, nth, number_text, part_text
from assistant.corpus.labels import parse_label, scope_of
from assistant.schema import Document

Place = tuple[str, tuple[str, ...]]
"""A paragraph's label, and the path to its sub-paragraph."""

_TAIL = re.compile(r"[\s\u00a0\u202f]*[.!?…,;:]+[\"'”’»)\]]*$")


def label_text(place: Place, language: Language) -> str:
    """ "annex II, para. 3 (a)", "[3rd paragraph, unnumbered]"."""
    return places_text([place], {}, language)


def places_text(places: Sequence[Place], positions: Mapping[str, int], language: Language) -> str:
    """Several paragraphs of one document: "para. 7", "paras. 4–6 and 9", "annex II, paras. 3 and 4".

    `positions` are the labels' places in the document: only neighbours there are a range, so that "paras. 12–13" never takes
    in a 12 bis that was not meant.
    """
    words = WORDS[language]
    groups: list[tuple[str | None, list[str], bool]] = []
    """What stands before the numbers (None: there is no number, but a whole text), the numbers, and whether they are several."""
    for run in _runs(places, positions):
        labels = [parse_label(label) for label, _ in (run[0], run[-1])]
        first, last = labels
        if first is None or last is None:
            groups.append((None, [run[0][0]], False))
            continue
        if first.counted:
            counted = words.table if first.counted == "t" else words.unnumbered
            groups.append((None, [counted.format(nth=nth(int(first.number), language))], False))
            continue
        ends = [number_text(end, path, language) for end, (_, path) in ((first, run[0]), (last, run[-1]))]
        texts = [f"{ends[0]}{words.to}{ends[1]}"] if len(run) > 2 else ends[: len(run)]
        before = "".join(f"{part_text(part, language)}, " for part in first.parts)
        if groups and groups[-1][0] == before:
            groups[-1] = (before, groups[-1][1] + texts, True)
        else:
            groups.append((before, texts, len(run) > 1))
    return "; ".join(
        numbers[0] if before is None else f"{before}{words.many if several else words.one} {listed(numbers, words.conjunction)}"
        for before, numbers, several in groups
    )


def listed(items: Sequence[str], conjunction: str) -> str:
    """ "4", "4 and 6", "4, 6 and 9"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {conjunction} {items[-1]}"


def _runs(places: Sequence[Place], positions: Mapping[str, int]) -> list[list[Place]]:
    """Neighbours in the document as one run; a sub-paragraph, a suffix or a repeated number stands alone."""
    runs: list[list[Place]] = []
    for place in sorted(dict.fromkeys(places), key=lambda item: (positions.get(item[0], -1), item[1])):
        if runs and _follows(runs[-1][-1], place, positions):
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _follows(before: Place, place: Place, positions: Mapping[str, int]) -> bool:
    labels = [parse_label(label) for label, _ in (before, place)]
    simple = all(label and not (label.counted or label.suffix or label.nth > 1) for label in labels) and not (before[1] or place[1])
    is_next = before[0] in positions and positions.get(place[0]) == positions[before[0]] + 1
    return simple and is_next and scope_of(before[0]) == scope_of(place[0])


def names_of(documents: Iterable[Document], language: Language) -> dict[str, str]:
    """How each document is called in references: its symbol, else its title; what would be called alike also by date, then by id.

    A draft, a superseded or an unofficial text is always called so.
    """
    known = list(documents)
    plain = {document.id: document.symbol or document.title for document in known}
    dated = {
        document.id: f"{plain[document.id]}, {date_in_words(document.date, language)}" if document.date else plain[document.id]
        for document in known
    }
    names = {}
    for document in known:
        choices = (plain, dated, {document.id: f"{plain[document.id]} [{document.id}]"})
        name = next(
            (names_by[document.id] for names_by in choices if list(names_by.values()).count(names_by[document.id]) == 1),
            document.id,
        )
        label = WORDS[language].standings.get(document.standing)
        names[document.id] = f"{name} ({label})" if label else name
    return names


def first_reference(document: Document, name: str, where: str, language: Language) -> str:
    """A document's first reference: by its symbol alone, as of all documents with a masthead; else with all that identifies it."""
    if document.symbol:
        return f"{name}, {where}"
    parts = [name]
    who = document.speaker if document.speaker not in (None, document.delegation) else None
    speaker = f"{who} ({document.delegation})" if who and document.delegation else who or document.delegation
    for part in filter(None, (speaker, document.session)):
        if not any(_says(told, part) for told in parts):
            parts.append(part)
    if document.date and not any(_says(told, date_in_words(document.date, known)) for told in parts for known in WORDS):
        parts.append(date_in_words(document.date, language))
    return ", ".join((*parts, where))


def _says(told: str, part: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(part.casefold())}(?!\w)", told.casefold()))


def with_marks(text: str, notes: Sequence[Note], language: Language, *, quoted: bool, source: str | None = None) -> Content:
    """A statement with its footnote marks; `quoted` puts quotation marks around it, `source` is the language of its text.

    The mark stands after the last punctuation and quotation mark in English, before them in French and Spanish.
    """
    words = WORDS[language]
    opening, closing = words.quotes if quoted else ("", "")
    body, tail = text, ""
    if words.mark_before_punctuation and notes:
        found = _TAIL.search(text)
        if found and found.start() > 0:
            body, tail = text[: found.start()], found[0]
    marks: list[Inline] = []
    for note in notes:
        marks += [Run(",", "raised"), note] if marks else [note]
    after = f"{tail}{closing}"
    said: list[Inline] = [Run(opening), Run(body, language=source)]
    said += [*marks, Run(after)] if words.mark_before_punctuation else [Run(after), *marks]
    return tuple(item for item in said if isinstance(item, Note) or item.text)
