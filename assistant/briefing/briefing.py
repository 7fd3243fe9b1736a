"""`Briefing`: a plan answered by an assistant, to be written as Word, HTML or Markdown."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Literal, get_args

from assistant.answer.engine import Assistant
from assistant.briefing import markdown
from assistant.briefing.blocks import Sheet
from assistant.briefing.gather import Gathered, Options, Tell, confirmed, gather
from assistant.briefing.plan import Plan, read_plan
from assistant.briefing.sheet import compose
from assistant.errors import BriefingError, UsageError

Format = Literal["docx", "html", "md"]
FORMATS: tuple[Format, ...] = get_args(Format)


class Briefing:
    """A plan with what the documents say. Made by `from_plan`; every export reads each quotation again from the index."""

    def __init__(self, plan: Plan, assistant: Assistant, gathered: Gathered, options: Options = Options()) -> None:
        self.plan = plan
        self.gathered = gathered
        self._assistant = assistant
        self._options = options

    @classmethod
    def from_plan(cls, plan: Plan | Path | str, assistant: Assistant, options: Options = Options(), tell: Tell | None = None) -> Briefing:
        """Asks and looks up what a plan wants; `plan` is a file or what `parse_plan` gives. `tell` hears of the progress.

        Raises:
            InvalidPlan: the plan, or a reference in it, cannot be carried out; names file and line.
            Other errors are those of `Assistant.ask`.
        """
        known = plan if isinstance(plan, Plan) else read_plan(Path(plan))
        return cls(known, assistant, gather(known, assistant, options, tell), options)

    def sheet(self, today: dt.date | None = None) -> Sheet:
        """The briefing before it has a format, every quotation read again; asked anew if another index is in use meanwhile.

        Raises:
            BriefingError: a quotation is not in the index.
            InvalidPlan: what the plan quotes is gone.
        """
        if self._assistant.generation().id != self.gathered.generation:
            self.gathered = gather(self.plan, self._assistant, self._options)
        self.gathered = _read_again(self.gathered, self._assistant)
        cited = [item for reply in self.gathered.replies.values() for said in reply.said for item in said.evidence]
        cited += [item for found in self.gathered.quotations.values() for item in found]
        positions = {
            document: {passage.paragraph.label: at for at, passage in enumerate(self._assistant.document_paragraphs(document)[1])}
            for document in dict.fromkeys(item.passage.document.id for item in cited)
        }
        return compose(self.plan, self.gathered, positions, today or dt.date.today())

    def export(self, to: Format, *, template: Path | None = None, today: dt.date | None = None) -> bytes:
        """The briefing in a format; `template` goes before the plan's. For Word and HTML the extra `briefing` is needed.

        Raises:
            BriefingError: a quotation is not in the index, or pandoc failed.
            InvalidTemplate, MissingExtra: each says what to do.
        """
        sheet = self.sheet(today)
        if to == "md":
            return markdown.render(sheet).encode()
        from assistant.briefing import pandoc, word

        if to == "html":
            return pandoc.convert(sheet, "html")
        place = template or self.plan.template
        styles = word.checked_template(place) if place else None
        return word.finish(pandoc.convert(sheet, "docx", styles), sheet, has_template=styles is not None)

    def save(self, path: Path | str, *, template: Path | None = None, today: dt.date | None = None) -> Path:
        """Writes the briefing in the format that the name ends with: .docx, .html or .md.

        Raises:
            UsageError: it ends otherwise.
            OSError: it cannot be written. Other errors are those of `export`.
        """
        place = Path(path)
        to = next((known for known in FORMATS if place.suffix.lower() == f".{known}"), None)
        if to is None:
            raise UsageError(f"{place.name} ends with no known format", f"They are: {', '.join(f'.{known}' for known in FORMATS)}")
        place.write_bytes(self.export(to, template=template, today=today))
        return place


def _read_again(gathered: Gathered, assistant: Assistant) -> Gathered:
    replies = {
        ask: replace(reply, said=tuple(replace(said, evidence=confirmed(said.evidence, assistant)) for said in reply.said))
        for ask, reply in gathered.replies.items()
    }
    quotations = {cite: confirmed(found, assistant) for cite, found in gathered.quotations.items()}
    if assistant.generation().id != gathered.generation:
        raise BriefingError("another index was published while the briefing was written", "Make it again.")
    return Gathered(gathered.generation, replies, quotations)
