"""A briefing as Word or HTML, by pandoc: a program of its own, which makes true footnotes.

pandoc is handed its own document tree as JSON, never markup, so that no text can become a link, an image, raw HTML or an
include, whatever it holds; it runs in its sandbox, without a network, a home or a user's templates, with a limit of memory and
of time.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from assistant.briefing.blocks import (
    Block,
    Content,
    Heading,
    Items,
    Note,
    Paragraph,
    Quotation,
    Run,
    Sheet,
    printable,
    right_to_left,
    text_of,
)
from assistant.errors import BriefingError, MissingExtra

SECONDS = 120.0
MEMORY_MB = 1024
_API = [1, 23, 1]
"""The version of pandoc's document tree that is written here: that of pandoc 3."""
_KEPT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")
_STYLES = {"emphasis": "Emph", "strong": "Strong", "raised": "Superscript"}
_LANGUAGES = {"en": "en-GB", "fr": "fr-FR", "es": "es-ES"}

Tree = dict[str, Any]


@cache
def pandoc_path() -> str:
    """Where the program is.

    Raises:
        MissingExtra: it is not installed.
    """
    missing = "pandoc is not installed, and briefings become Word and HTML with it"
    try:
        import pypandoc
    except ImportError:
        raise MissingExtra(missing, 'pip install "assistant[briefing]" (or write Markdown: --to md)') from None
    try:
        return str(pypandoc.get_pandoc_path())
    except OSError:
        raise MissingExtra(missing, 'pip install "assistant[briefing]" (or write Markdown: --to md)') from None


def convert(sheet: Sheet, to: Literal["docx", "html"], template: bytes | None = None, *, seconds: float = SECONDS) -> bytes:
    """The briefing as pandoc writes it; `template` is a Word file, checked by `assistant.briefing.word`.

    Raises:
        MissingExtra: pandoc is not installed.
        BriefingError: pandoc failed, or took longer than `seconds`.
    """
    program = pandoc_path()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        source, target = place / "briefing.json", place / f"briefing.{to}"
        source.write_text(json.dumps(tree(sheet)), encoding="utf-8")
        command = [program, "--sandbox", f"--data-dir={place / 'none'}", "--from=json", f"--output={target}", str(source)]
        if to == "html":
            (place / "page.html").write_text(_page(), encoding="utf-8")
            command += ["--to=html5", "--standalone", f"--template={place / 'page.html'}", "--section-divs", "--wrap=none"]
        else:
            command += ["--to=docx"]
            if template is not None:
                (place / "template.docx").write_bytes(template)
                command.append(f"--reference-doc={place / 'template.docx'}")
        _run(command, place, seconds)
        return target.read_bytes()


def _run(command: Sequence[str], place: Path, seconds: float) -> None:
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ} | {"LANG": "C.UTF-8", "HOME": str(place)}
    limits = ["+RTS", f"-M{MEMORY_MB}m", "-RTS"]
    try:
        done = subprocess.run(
            [*command, *limits],
            cwd=place,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BriefingError(f"pandoc took longer than {seconds:g} s", "Divide the plan, or leave the template out.") from None
    except OSError as error:
        raise BriefingError(
            f"pandoc cannot be started: {error.strerror or error}", 'Install it again: pip install "assistant[briefing]"'
        ) from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise BriefingError(f"pandoc failed: {said[-1][:200] if said else done.returncode}", "Leave the template out, or write --to md.")


@cache
def _page() -> str:
    return files("assistant.briefing").joinpath("templates", "briefing.html").read_text(encoding="utf-8")


def tree(sheet: Sheet) -> Tree:
    """The briefing as pandoc's document tree."""
    meta = {"title": sheet.title, "subtitle": sheet.meeting, "date": "\n".join(filter(None, (sheet.date, sheet.audience)))}
    meta |= {"classification": sheet.classification, "footer": sheet.footer}
    shown = {name: {"t": "MetaInlines", "c": _lines(text)} for name, text in meta.items() if text}
    direction: Tree = {"dir": {"t": "MetaString", "c": "rtl"}} if right_to_left(sheet.title) else {}
    language: Tree = {"lang": {"t": "MetaString", "c": _LANGUAGES.get(sheet.language, sheet.language)}}
    return {"pandoc-api-version": _API, "meta": {**shown, **language, **direction}, "blocks": _blocks(sheet.blocks)}


def _blocks(blocks: Sequence[Block]) -> list[Tree]:
    return [_block(block) for block in blocks]


def _block(block: Block) -> Tree:
    match block:
        case Heading(level=level, content=content):
            return {"t": "Header", "c": [level, ["", [], []], _inlines(content)]}
        case Paragraph(content=content):
            paragraph = {"t": "Para", "c": _inlines(content)}
            return _div(paragraph, [["dir", "rtl"]]) if right_to_left(text_of(content)) else paragraph
        case Quotation(blocks=inner):
            return {"t": "BlockQuote", "c": _blocks(inner)}
        case Items(items=items, start=None):
            return {"t": "BulletList", "c": [_blocks(item) for item in items]}
        case Items(items=items, start=start):
            return {"t": "OrderedList", "c": [[start, {"t": "Decimal"}, {"t": "Period"}], [_blocks(item) for item in items]]}


def _div(block: Tree, attributes: list[list[str]]) -> Tree:
    return {"t": "Div", "c": [["", [], attributes], [block]]}


def _inlines(content: Content) -> list[Tree]:
    return [tree for item in content for tree in ([_note(item)] if isinstance(item, Note) else _styled(item))]


def _note(note: Note) -> Tree:
    return {"t": "Note", "c": [{"t": "Para", "c": _lines(note.text)}]}


def _styled(run: Run) -> list[Tree]:
    inlines = _lines(run.text)
    if run.style in _STYLES:
        inlines = [{"t": _STYLES[run.style], "c": inlines}]
    if run.language:
        inlines = [{"t": "Span", "c": [["", [], [["lang", run.language]]], inlines]}]
    return inlines


def _lines(text: str) -> list[Tree]:
    """Text with its line breaks; every line one string, so that no white space is lost."""
    found: list[Tree] = []
    for at, line in enumerate(printable(text).split("\n")):
        if at:
            found.append({"t": "LineBreak"})
        if line:
            found.append(_text(line))
    return found


def _text(text: str) -> Tree:
    return {"t": "Str", "c": printable(text)}
