"""What readers of answers say of them, as lines of a gold set that a person has yet to review: `eval/feedback/feedback.jsonl`.

`assistant eval run eval/feedback/feedback.jsonl` reads it like any gold set, and says that its figures are drafts; reviewed lines are
moved to `eval/gold/`.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Literal, get_args

from assistant.errors import UsageError
from assistant.eval.gold import GoldQuestion, GoldReference
from assistant.schema import Answer, Filters

Verdict = Literal["wrong paragraph", "not supported", "missing", "should have refused"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
PLACE = Path("feedback", "feedback.jsonl")
"""Below the workspace's eval folder."""
_writing = Lock()


def record(
    folder: Path,
    answer: Answer,
    verdict: Verdict,
    filters: Filters = Filters(),
    right: Sequence[tuple[str, str]] = (),
    now: dt.datetime | None = None,
) -> Path:
    """Appends one line to the feedback below `folder` (a workspace's eval folder) and gives the file.

    `right` are the (document, label) that answer, if the reader knows them; else the paragraphs that were cited, or were nearest,
    stand in for the reviewer to mend.

    Raises:
        UsageError: the verdict is none, there is no paragraph at all to review against, or the file cannot be written.
    """
    if verdict not in VERDICTS:
        raise UsageError(f"{verdict!r} is no verdict", f"Say one of: {', '.join(VERDICTS)}.")
    cited = list(dict.fromkeys((c.document, c.label) for statement in answer.statements for c in statement.citations))
    near = [(passage.document.id, passage.paragraph.label) for passage in answer.passages]
    answerable = verdict != "should have refused"
    places = list(right) or cited or near[:1]
    if not places:
        raise UsageError("nothing was found for this question", "There is no paragraph to review against.")
    now = now or dt.datetime.now(dt.UTC)
    question = GoldQuestion(
        id=f"{now:%Y%m%dT%H%M%S%f}-{answer.id}",
        question=answer.question,
        answerable=answerable,
        references=tuple(GoldReference(document, label) for document, label in places) if answerable else (),
        answers=(),
        must_include=(),
        filters=filters,
        about=None if answerable else places[0][0],
        reviewed=False,
    )
    said = {"verdict": verdict, "cited": [f"{document}#{label}" for document, label in cited], "generation": answer.generation}
    line = json.dumps(question.to_json() | {"feedback": said}, ensure_ascii=False)
    path = folder / PLACE
    try:
        with _writing:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as stream:
                stream.write(line + "\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "Check the folder's permissions.") from None
    return path
