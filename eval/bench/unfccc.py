"""Makes an evaluation set of a collection of climate decisions with questions, whose paragraphs were numbered by another program.

    python eval/bench/unfccc.py FOLDER OUT

FOLDER holds documents.jsonl, paragraphs.jsonl and qa.jsonl (questions that a language model wrote from a passage each). OUT gets
paragraphs.jsonl and gold.jsonl, as `assistant eval run OUT` reads them. Only the questions with one clear paragraph are taken
(`guess_clear`); the answer is kept as a gold answer where it is verbatim in that paragraph, else only the paragraph is judged.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.eval.gold import GoldQuestion, GoldReference


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file."""
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def place_of(identity: str) -> tuple[str, str]:
    """ "Document#Decision_1/CMA.1#12" is paragraph 12 of the document "Document/Decision_1/CMA.1": numbers restart in each decision."""
    document, _, label = identity.rpartition("#")
    return document.replace("#", "/"), label


def write_set(folder: Path, out: Path) -> None:
    """Writes the two files."""
    out.mkdir(parents=True, exist_ok=True)
    texts: dict[tuple[str, str], str] = {}
    with (out / "paragraphs.jsonl").open("w", encoding="utf-8") as stream:
        for row in rows(folder / "paragraphs.jsonl"):
            (document, label), heading = place_of(row["id"]), [part for part in (row["decision"], row["heading"]) if part]
            texts[document, label] = row["text"]
            line = {"document": document, "label": label, "title": row["symbol"] or row["doc"], "heading": heading, "text": row["text"]}
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")
    with (out / "gold.jsonl").open("w", encoding="utf-8") as stream:
        for row in rows(folder / "qa.jsonl"):
            if row["guess_clear"]:
                document, label = place_of(row["paragraph_guess"])
                text = " ".join(texts[document, label].split())
                answers = (row["answer"],) if " ".join(row["answer"].split()) in text else ()
                question = GoldQuestion(row["id"], row["question"], True, (GoldReference(document, label),), answers, ())
                stream.write(json.dumps(question.to_json(), ensure_ascii=False) + "\n")


def main() -> None:
    """Reads the arguments."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    write_set(options.folder, options.out)


if __name__ == "__main__":
    main()
