"""Sets what was gathered as a briefing: the plan's text in its order, a footnote for each citation, the annex, the sources."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from assistant.briefing.blocks import Block, Content, Heading, Items, Note, Paragraph, Quotation, Run, Sheet, plain
from assistant.briefing.citing import Place, first_reference, label_text, listed, names_of, places_text, with_marks
from assistant.briefing.gather import Evidence, Gathered, Reply, Said
from assistant.briefing.plan import Ask, Branch, Cite, Part, Plan
from assistant.briefing.words import WORDS, date_in_words
from assistant.schema import Document, Filters

LONGEST_QUOTED = 6000
"""Characters of a paragraph that the annex quotes whole, some two pages; of a longer one it quotes what is cited."""
_Key = TypeVar("_Key")


def compose(plan: Plan, gathered: Gathered, positions: Mapping[str, Mapping[str, int]], today: dt.date) -> Sheet:
    """The briefing of a plan. `positions` are the places of labels in each cited document, for "paras. 4–6"."""
    head, words = plan.head, WORDS[plan.head.language]
    composer = _Composer(plan, gathered, positions)
    body = tuple(composer.blocks(plan.parts))
    return Sheet(
        title=head.title,
        meeting=head.meeting,
        date=date_in_words(head.date or today, head.language),
        audience=words.audience.format(audience=head.audience) if head.audience else "",
        classification=head.classification,
        footer=words.made.format(date=date_in_words(today, head.language), generation=gathered.generation),
        page=words.page,
        language=head.language,
        blocks=(*body, *composer.annex(), *composer.sources()),
    )


class _Composer:
    """Counts notes, and remembers what has been cited where, in the order of the text."""

    def __init__(self, plan: Plan, gathered: Gathered, positions: Mapping[str, Mapping[str, int]]) -> None:
        self.gathered = gathered
        self.positions = positions
        self.language = plan.head.language
        self.words = WORDS[self.language]
        cited = [item for reply in gathered.replies.values() for said in reply.said for item in said.evidence]
        cited += [item for found in gathered.quotations.values() for item in found]
        self.documents: dict[str, Document] = {item.passage.document.id: item.passage.document for item in cited}
        self.names = names_of(self.documents.values(), self.language)
        self.notes: list[Evidence] = []
        self.named: set[str] = set()
        """Documents that have been referred to."""

    def blocks(self, parts: Sequence[Part]) -> Iterator[Block]:
        """The plan's parts, with what was found in the place of questions and references."""
        for part in parts:
            match part:
                case Ask():
                    yield from self._answered(part, self.gathered.replies[part])
                case Cite():
                    yield from self._quoted(self.gathered.quotations[part])
                case Branch(kind="heading"):
                    yield Heading(part.level, part.content)
                case Branch(kind="paragraph"):
                    yield Paragraph(part.content)
                case Branch(kind="quotation"):
                    yield Quotation(tuple(self.blocks(part.children)))
                case Branch(kind="numbers"):
                    yield Items(tuple(self._items(part)), part.level)
                case Branch():
                    yield Items(tuple(self._items(part)))

    def _items(self, part: Branch) -> Iterator[tuple[Block, ...]]:
        for item in part.children:
            yield tuple(self.blocks(item.children)) if isinstance(item, Branch) else tuple(self.blocks((item,)))

    def _answered(self, ask: Ask, reply: Reply) -> Iterator[Block]:
        described = _described(ask.filters)
        only = plain(f"{self.words.only.format(filters=described)} ", "emphasis") if described else ()
        asked = ask.question if ask.question.endswith(("?", ":", ".")) else f"{ask.question}:"
        yield Paragraph((*only, Run(asked, "strong")))
        if reply.said:
            yield Items(tuple((Paragraph(self._statement(said)),) for said in reply.said))
        else:
            yield Paragraph(plain(self.words.no_text))
        if remarks := " ".join(self._remarks(ask.filters, reply)):
            yield Paragraph(plain(remarks, "emphasis"))

    def _statement(self, said: Said) -> Content:
        quoted = said.is_quotation
        notes = [self._note(item, with_quote=not quoted) for item in said.evidence]
        source = self._foreign(said.evidence[0]) if quoted else None
        return with_marks(said.text, notes, self.language, quoted=quoted, source=source)

    def _remarks(self, filters: Filters, reply: Reply) -> Iterator[str]:
        words, described = self.words, _described(filters)
        if described and not reply.coverage.documents:
            yield words.nothing_matches.format(filters=described)
        else:
            if not reply.said:
                documents, paragraphs = reply.coverage.documents, reply.coverage.paragraphs
                yield words.searched.format(
                    documents=f"{documents:,} {words.documents[documents != 1]}",
                    paragraphs=f"{paragraphs:,} {words.paragraphs[paragraphs != 1]}",
                )
        yield from reply.remarks
        if reply.fallback:
            yield words.fallback.format(model=reply.model or "model", reason=reply.fallback)
        elif reply.is_written:
            yield words.written_by.format(model=reply.model)

    def _quoted(self, evidence: Sequence[Evidence]) -> Iterator[Block]:
        for document, found in _grouped((item.passage.document.id, item) for item in evidence).items():
            places = [(item.passage.paragraph.label, item.path) for item in found]
            where = places_text(places, self.positions.get(document, {}), self.language)
            yield Paragraph(plain(f"{self.names[document]}, {where}:", "strong"))
            for item in found:
                marked = with_marks(item.quote, [self._note(item)], self.language, quoted=True, source=self._foreign(item))
                yield Quotation((Paragraph(marked),))

    def _note(self, item: Evidence, *, with_quote: bool = False) -> Note:
        """A footnote: all that identifies a document the first time, then its name; a model's sentence brings the words it rests on."""
        document = item.passage.document
        is_first = document.id not in self.named
        self.named.add(document.id)
        self.notes.append(item)
        where = label_text((item.passage.paragraph.label, item.path), self.language)
        name = self.names[document.id]
        reference = first_reference(document, name, where, self.language) if is_first else f"{name}, {where}"
        speaker = item.passage.paragraph.speaker
        spoken = f" ({speaker})" if speaker else ""
        opening, closing = self.words.quotes
        return Note(f"{reference}{spoken}: {opening}{item.quote}{closing}" if with_quote else f"{reference}{spoken}.")

    def annex(self) -> Iterator[Block]:
        """Every paragraph that is cited, once, in the order in which it was cited first."""
        if not self.notes:
            return
        yield Heading(1, plain(self.words.annex))
        yield Paragraph(plain(self.words.annex_lead, "emphasis"))
        for _, cited in _grouped((item.passage.paragraph.id, (number, item)) for number, item in enumerate(self.notes, 1)).items():
            numbers, items = [number for number, _ in cited], [item for _, item in cited]
            passage = items[0].passage
            reference = f"{self.names[passage.document.id]}, {label_text((passage.paragraph.label, ()), self.language)}"
            yield Paragraph(plain(self._notes_named(numbers), "strong"))
            whole = Evidence(passage, 0, len(passage.paragraph.text))
            quoted = [whole] if len(whole.quote) <= LONGEST_QUOTED else _merged(items)
            for item in quoted:
                said = with_marks(item.quote, (), self.language, quoted=True, source=self._foreign(item))
                yield Quotation((Paragraph((*said, Run(f" ({reference})"))),))
            if quoted[0].end - quoted[0].start < len(whole.quote):
                yield Paragraph(plain(self.words.only_cited.format(length=f"{len(whole.quote):,}"), "emphasis"))

    def _notes_named(self, numbers: Sequence[int]) -> str:
        runs: list[list[int]] = []
        for number in numbers:
            if runs and runs[-1][-1] == number - 1:
                runs[-1].append(number)
            else:
                runs.append([number])
        texts = [text for run in runs for text in ([f"{run[0]}{self.words.to}{run[-1]}"] if len(run) > 2 else map(str, run))]
        return f"{self.words.note if len(numbers) == 1 else self.words.notes} {listed(texts, self.words.conjunction)}"

    def sources(self) -> Iterator[Block]:
        """Every document that is cited, with its standing, and which of its paragraphs."""
        if not self.notes:
            return
        yield Heading(1, plain(self.words.sources))
        for found in _grouped((item.passage.document.id, item) for item in self.notes).values():
            yield self._source(found)

    def _source(self, cited: Sequence[Evidence]) -> Paragraph:
        document = cited[0].passage.document
        title = document.title if document.symbol and document.title != document.symbol else None
        facts = [
            title,
            self.words.kinds.get(document.kind),
            document.speaker or document.delegation,
            document.session,
            date_in_words(document.date, self.language) if document.date else None,
            self.words.explained[document.standing],
        ]
        places: list[Place] = [(item.passage.paragraph.label, ()) for item in cited]
        where = places_text(places, self.positions.get(document.id, {}), self.language)
        told = "; ".join(filter(None, facts))
        return Paragraph((Run(self.names[document.id], "strong"), Run(f": {told}; {self.words.cited} {where}")))

    def _foreign(self, item: Evidence) -> str | None:
        """The language of a quotation, where it is known and not the briefing's."""
        language = item.passage.document.language
        return language if language and language != self.language else None


def _merged(items: Sequence[Evidence]) -> list[Evidence]:
    """What is cited of one paragraph, in its order, each once."""
    return [Evidence(items[0].passage, *span) for span in sorted({(item.start, item.end) for item in items})]


def _grouped(pairs: Iterator[tuple[str, _Key]]) -> dict[str, list[_Key]]:
    groups: dict[str, list[_Key]] = {}
    for key, item in pairs:
        groups.setdefault(key, []).append(item)
    return groups


def _described(filters: Filters) -> str:
    """ "standing adopted; speaker Chair", as a plan writes it."""
    named = (
        ("document", filters.documents),
        ("kind", filters.kinds),
        ("standing", filters.standings),
        ("speaker", filters.speakers),
        ("session", filters.sessions),
        ("language", filters.languages),
        ("since", (filters.since.isoformat(),) if filters.since else ()),
        ("until", (filters.until.isoformat(),) if filters.until else ()),
    )
    return "; ".join(f"{name} {', '.join(values)}" for name, values in named if values)
