"""A conversation in a file: one answer a line, with the keys of `ask --json`. Other programs may write such files too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from assistant.errors import UsageError
from assistant.schema import Answer, Exchange


def read_conversation(path: Path) -> Iterator[Exchange]:
    """The exchanges of a conversation, oldest first; none where the file is not there yet.

    Raises:
        UsageError: the file cannot be read, or a line is not an answer; names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}", "Check the path and that it is UTF-8.") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            said = " ".join(str(statement["text"]) for statement in row["statements"])
            yield Exchange(str(row["question"]), str(row.get("searched_question") or row["question"]), said)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(
                f"{path}, line {number} is not an answer: {type(error).__name__} {error}", "A line is what `assistant ask --json` prints."
            ) from None


def add_to_conversation(path: Path, answer: Answer) -> None:
    """Adds an answer as the last line.

    Raises:
        UsageError: the file cannot be written.
    """
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(answer.to_json(), ensure_ascii=False) + "\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "Name another file with --conversation.") from None
