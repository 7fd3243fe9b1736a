"""What the templates of prompts have to hold, and the check of one."""

from __future__ import annotations

from collections.abc import Iterable
from string import Formatter

PLACEHOLDERS = {
    "system": ("mark", "handle", "refusal"),
    "user": ("passages", "question"),
    "follow_up": ("mark",),
}
"""What each prompt has to hold in braces, once or more: the tag around a passage, an example of a handle, the one refusal, …"""


def check_template(template: str, placeholders: Iterable[str]) -> str:
    """A prompt's template as it is.

    Raises:
        ValueError: it lacks a placeholder, has one that is not known, or a brace that opens none.
    """
    wanted = set(placeholders)
    try:
        fields = [field for field in Formatter().parse(template) if field[1] is not None]
    except ValueError as error:
        raise ValueError(f"{error}; write a brace that is meant as a brace twice") from None
    found = {name or "" for _, name, _, _ in fields}
    if unknown := found - wanted:
        raise ValueError(f"has an unknown placeholder {{{min(unknown)}}}; it may have {_in_braces(wanted)}")
    if missing := wanted - found:
        raise ValueError(f"lacks the placeholder {_in_braces(missing)}")
    if any(form or conversion for _, _, form, conversion in fields):
        raise ValueError("has a placeholder with a format; write its name in braces and no more")
    return template


def _in_braces(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))
