"""`/embed?q=…`: one question and its answer as a page of its own, without scripts, for a frame of another site.

Each reference opens its paragraph in place (`details`), with the quoted words marked; every word from outside is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from assistant.errors import AssistantError
from assistant.schema import REFUSAL, Answer, Citation, Document, Passage
from assistant.ui import render
from assistant.ui.source import marked
from assistant.ui.turns import Answers

_STYLE = """
:root { color-scheme: light dark; font: 1rem/1.55 system-ui, sans-serif; }
body { margin: 0 auto; padding: 1rem; max-width: 46rem; }
form { display: flex; gap: .5rem; margin-bottom: 1rem; }
input { flex: 1; font: inherit; padding: .4rem .6rem; } button { font: inherit; padding: .4rem .9rem; }
h1 { font-size: 1.05rem; } p { margin: .4rem 0; } details { margin: .1rem 0 .7rem 1rem; font-size: .92rem; }
summary { cursor: pointer; }
footer, .remark { opacity: .8; font-size: .9rem; } mark { background: #ffe58a; color: #1b1b1b; }
"""


def embedded(assistant: Answers, question: str) -> str:
    """The whole page for a question, or for none yet; what goes wrong is one line on it.

    Raises:
        Busy: too many answers are being made.
    """
    if not question.strip():
        return _page("", "")
    try:
        *_, answer = assistant.stream(question)
        assert isinstance(answer, Answer)  # the last event of a stream is its answer
        cited = {f"{c.document}#{c.label}" for statement in answer.statements for c in statement.citations}
        body = _answer(answer, {name: assistant.show(name) for name in cited})
    except AssistantError as error:
        body = f'<p class="problem" role="alert">{escape(render.sentence(str(error)))}</p>'
    return _page(question, body)


def _page(question: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(question) or 'Ask the documents'}</title><style>{_STYLE}</style></head><body>"
        f'<form method="get" action="embed" role="search"><input name="q" aria-label="Question" value="{escape(question)}" required>'
        f'<button type="submit">Ask</button></form><main aria-live="polite">{body}</main></body></html>'
    )


def _answer(answer: Answer, texts: Mapping[str, Passage]) -> str:
    quoted = answer.mode == "quote" or answer.fallback is not None
    marks = ("“", "”") if quoted else ("", "")
    said = "".join(
        f'<p dir="auto">{marks[0]}{escape(statement.text)}{marks[1]}</p>{"".join(_reference(c, texts) for c in statement.citations)}'
        for statement in answer.statements
    )
    if answer.status == "abstained":
        near = "".join(f"<li>{escape(render.full(p.reference, p.document))}</li>" for p in answer.passages)
        said = f"<p><strong>{escape(REFUSAL)}</strong></p>" + (f"<p>Nearest paragraphs:</p><ul>{near}</ul>" if near else "")
    fallback = f'<p class="remark">Answered with quotations instead: {escape(answer.fallback)}</p>' if answer.fallback else ""
    remarks = "".join(f'<p class="remark">{escape(remark)}</p>' for remark in answer.remarks)
    return f"<h1 dir='auto'>{escape(answer.question)}</h1>{fallback}{said}{remarks}<footer>{render.searched(answer.coverage)}</footer>"


def _reference(citation: Citation, texts: Mapping[str, Passage]) -> str:
    passage = texts.get(f"{citation.document}#{citation.label}")
    document: Document | None = passage.document if passage else None
    text = passage.paragraph.text if passage else citation.quote
    stands = passage is not None and text[citation.start : citation.end] == citation.quote
    shown = marked(text, (citation.start, citation.end) if stands else None)
    return f'<details><summary>{escape(render.full(citation.reference, document))}</summary><p dir="auto">{shown}</p></details>'
