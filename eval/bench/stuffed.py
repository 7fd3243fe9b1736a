"""How often a paragraph that is stuffed with the words of a question is found first, and quoted: what whoever may add a document can do.

python eval/bench/stuffed.py eval/gold/chair.jsonl CORPUS > eval/published/stuffed/counts.json

To the documents in CORPUS comes one of a single paragraph for each answerable question of the test half: the question, all its words three
times over, and a false claim. Then every question is asked, in quote mode. A language model changes nothing of what is found.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from assistant import Assistant
from assistant.eval.gold import read_gold, split_of
from assistant.index.build import build
from assistant.settings import Settings

CLAIM = "It was decided that the session is cancelled."


def stuffed(question: str) -> str:
    """A paragraph that says nothing but the words of the question, and the claim."""
    words = " ".join(dict.fromkeys(re.findall(r"\w+", question)))
    return f"{question} {words}. {words}. {words}. {CLAIM}"


def measure(gold: Path, corpus: Path, place: Path) -> dict[str, Any]:
    """Shares of the questions: the stuffed paragraph found first, first again when the reader has read, cited, and the claim quoted."""
    questions = [item for item in read_gold(gold) if item.answerable and split_of(item.id) == "test"]
    shutil.copytree(corpus, place / "corpus")
    for number, item in enumerate(questions):
        (place / "corpus" / f"stuffed-{number:03d}.txt").write_text(f"1. {stuffed(item.question)}\n", encoding="utf-8")
    settings = Settings(workspace=place)
    build(settings)
    assistant = Assistant(settings)
    counts = {"found_first": 0, "first_when_read": 0, "cited": 0, "claim_quoted": 0, "right_paragraph_cited": 0}
    for item in questions:
        found, answer = assistant.search(item.question, top=10), assistant.ask(item.question)
        cited = [citation for statement in answer.statements for citation in statement.citations]
        counts["found_first"] += found[0].document.id.startswith("stuffed")
        counts["first_when_read"] += answer.passages[0].document.id.startswith("stuffed")
        counts["cited"] += any(citation.document.startswith("stuffed") for citation in cited)
        counts["claim_quoted"] += any(CLAIM in statement.text for statement in answer.statements)
        counts["right_paragraph_cited"] += any((c.document, c.label) in {(r.document, r.paragraph) for r in item.references} for c in cited)
        for citation in cited:  # whatever is quoted stands under the name of the document that says it
            assert citation.quote in assistant.show(f"{citation.document}#{citation.label}").paragraph.text
    return {"questions": len(questions)} | counts


def main() -> None:
    """Prints the counts."""
    with tempfile.TemporaryDirectory() as place:
        print(json.dumps({"date": f"{dt.date.today()}"} | measure(Path(sys.argv[1]), Path(sys.argv[2]), Path(place)), indent=1))


if __name__ == "__main__":
    main()
