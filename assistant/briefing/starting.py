"""Plans begun by the program: the commented example of `assistant brief init`, and questions collected one by one."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from string import Template
from threading import Lock
from typing import Literal

from assistant.answer.engine import Assistant
from assistant.briefing.blocks import one_line
from assistant.briefing.plan import FENCE, Plan, decoded, parse_plan, question_of, read_bytes, reference_of
from assistant.errors import InvalidPlan, NoIndex
from assistant.index.files import write_durably
from assistant.schema import Document, Passage

FOLDER = "briefings"
FILE = "plan.md"
"""A workspace's plan is briefings/plan.md: `brief init` writes it, the page adds to it, `brief run` makes the briefing."""
_COLLECTED = "Collected"
_LONGEST_EXAMPLE = 1200
"""Characters of the paragraph that the example quotes: it should be read at a glance."""
_writing = Lock()


def plan_path(workspace: Path) -> Path:
    """Where a workspace's plan is."""
    return workspace / FOLDER / FILE


def example(assistant: Assistant) -> str:
    """A commented plan in the usual shape, about documents that the workspace holds: it runs as it is.

    Raises:
        NoIndex: there is no index, or nothing in it.
    """
    documents = assistant.documents()
    found = next(filter(None, (_quotable(document, assistant) for document in documents)), None)
    if found is None:
        raise NoIndex("there is no paragraph to quote in the index", "Put documents into corpus/, then: assistant index")
    document = found.document
    who = document.speaker or document.delegation
    only = f"speaker {one_line(who)}" if who else f"kind {document.kind}"
    text = files("assistant.briefing").joinpath("templates", "plan.md").read_text(encoding="utf-8")
    title = f"Points on {one_line(document.title)}"
    values = {
        "title": _toml(title),
        "meeting": _toml(one_line(document.session or "")),
        "only": only,
        "reference": f"{document.id}#{found.paragraph.label}",
    }
    plan = Template(text).substitute(values)
    parse_plan(plan)
    return plan


def _quotable(document: Document, assistant: Assistant) -> Passage | None:
    """A paragraph of the document to quote: the first of ordinary length after its opening."""
    if one_line(document.id) != document.id or "#" in document.id:
        return None
    _, passages = assistant.document_paragraphs(document.id)
    later = [passage for passage in passages[1:] if 80 < len(passage.paragraph.text) < _LONGEST_EXAMPLE]
    return next(iter(later or passages), None)


def collect(path: Path, question: str) -> bool:
    """Adds a question to the plan in `path`, which is made where there is none; False where it is there already.

    Safe for several threads of one process. What the plan holds stays byte for byte.

    Raises:
        InvalidPlan: the plan or the question cannot be used.
        OSError: the file cannot be written.
    """
    return _collected(path, "ask", question_of(question, path.name))


def collect_paragraph(path: Path, reference: str) -> bool:
    """The same for a paragraph that is to be quoted whole, such as "A/77/275#12"."""
    return _collected(path, "quote", reference_of(reference, path.name))


def _collected(path: Path, word: Literal["ask", "quote"], what: str) -> bool:
    with _writing:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_durably(path, f'{FENCE}\ntitle = "Briefing"\n{FENCE}\n'.encode())
        raw = read_bytes(path)
        text = decoded(raw, path.name)
        plan = parse_plan(text, path.name)
        if (word, what) in _wanted(plan):
            return False
        end = "\r\n" if "\r\n" in text else "\n"
        gap = "" if text.endswith(("\n", "\r")) else end
        heading = "" if _last_heading(plan) == _COLLECTED else f"{end}# {_COLLECTED}{end}{end}"
        added = f"{gap}{heading}- {word}: {what}{end}"
        made = parse_plan(text + added, path.name)
        if sorted(_wanted(made)) != sorted([*_wanted(plan), (word, what)]):  # it ends in a fence or a comment, which would swallow it
            step = "Look whether a comment or a fence is left open there."
            what = "question" if word == "ask" else "paragraph"
            raise InvalidPlan(f"{path.name}: the {what} cannot be added at its end", step)
        write_durably(path, raw + added.encode())
        return True


def _wanted(plan: Plan) -> list[tuple[str, str]]:
    """All that a plan asks and quotes."""
    return [*(("ask", ask.question) for ask in plan.asks), *(("quote", cite.reference) for cite in plan.cites)]


def _last_heading(plan: Plan) -> str:
    from assistant.briefing.blocks import text_of
    from assistant.briefing.plan import Branch

    headings = [text_of(part.content) for part in plan.parts if isinstance(part, Branch) and part.kind == "heading"]
    return headings[-1] if headings else ""


def _toml(text: str) -> str:
    """A basic string of TOML, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False)
