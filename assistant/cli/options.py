"""Settings, filters and models out of parsed options."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from assistant.schema import Filters
from assistant.settings import Settings, load


def settings_of(arguments: Namespace) -> Settings:
    """The workspace's settings, overridden by what was typed."""
    flags: dict[str, Any] = {}
    typed = {"name": getattr(arguments, "model", None), "base_url": getattr(arguments, "base_url", None)}
    if any(typed.values()):
        flags["model"] = {key: value for key, value in typed.items() if value}
    if getattr(arguments, "mode", None):
        flags["mode"] = arguments.mode
    return load(arguments.workspace, **flags)


def filters_of(arguments: Namespace) -> Filters:
    """The filters that were typed."""
    return Filters(
        documents=tuple(arguments.document),
        kinds=tuple(arguments.kind),
        standings=tuple(arguments.standing),
        speakers=tuple(arguments.speaker),
        sessions=tuple(arguments.session),
        languages=tuple(arguments.language),
        since=arguments.since,
        until=arguments.until,
    )


def read_questions(path: Path, keys: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """(id, text) of each line of a JSONL file; `keys` name them.

    Raises:
        UsageError: the file cannot be read, or a line is not such an object; names the line.
    """
    identity, text = keys
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}", "Check the path and that it is UTF-8.") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            yield str(row[identity]), str(row[text])
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{path}, line {number}: {type(error).__name__} {error}", f'A line is {{"{identity}", "{text}"}}.') from None
