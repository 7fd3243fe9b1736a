"""The Markdown of a plan, read with markdown-it-py: structure and emphasis; links, images and raw HTML are text as it was typed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from assistant.briefing.blocks import Content, Run, Style
from assistant.briefing.plan import Ask, Branch, Cite, Part, filters_of, question_of, reference_of
from assistant.errors import InvalidPlan
from assistant.schema import Filters

_DEEPEST = 16
"""Levels of nesting; markdown-it drops in silence what is deeper than 20."""
_COMMENT = re.compile(r"\s*(?:<!--.*?-->\s*)+", re.DOTALL)
_DIRECTIVE = re.compile(r"(?P<word>ask|quote|only)\s*:(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_PLACEHOLDER = re.compile(r"\{\{\s*(?:ask|quote)\s*:", re.IGNORECASE)
_STYLES: dict[str, Style] = {"em": "emphasis", "strong": "strong"}


def parts_of(body: str, filters: Filters, name: str) -> tuple[Part, ...]:
    """The parts of a plan's body; `filters` are those of every question. Line 1 of `body` is line 1 of the file.

    Raises:
        InvalidPlan: names the line.
    """
    parser = MarkdownIt("commonmark").disable(["link", "image", "autolink", "reference"])
    tokens = parser.parse(body)
    deepest = max(tokens, key=lambda token: token.level, default=None)
    if deepest is not None and deepest.level > _DEEPEST:
        raise InvalidPlan(f"{name}, line {(deepest.map or [0])[0] + 1}: lists are nested too deep", "Write them with fewer levels.")
    return tuple(_Reader(name, filters).section(SyntaxTreeNode(tokens).children))


class _Reader:
    """Reads blocks in order; `filters` are those that hold where it has come to."""

    def __init__(self, name: str, filters: Filters) -> None:
        self.name = name
        self.of_plan = filters
        self.filters = filters

    def section(self, nodes: Sequence[SyntaxTreeNode]) -> Iterator[Part]:
        """The parts of blocks that follow each other."""
        for node in nodes:
            match node.type:
                case "heading":
                    self.filters = self.of_plan
                    yield Branch("heading", self._content(node), level=int(node.tag[1]))
                case "paragraph":
                    if content := self._paragraph(node):
                        yield Branch("paragraph", content)
                case "bullet_list" | "ordered_list":
                    yield from self._list(node)
                case "blockquote":
                    yield Branch("quotation", children=tuple(self.section(node.children)))
                case "fence" | "code_block" | "html_block":
                    text = _COMMENT.sub("", node.content) if node.type == "html_block" else node.content
                    if text.strip():
                        yield Branch("paragraph", (Run(text.strip("\n")),))
                case _:  # a rule is no text
                    pass

    def _list(self, node: SyntaxTreeNode) -> Iterator[Part]:
        items = [item for item in map(self._item, node.children) if item]
        if items and node.type == "ordered_list":
            yield Branch("numbers", children=tuple(items), level=int(node.attrs.get("start", 1)))
        elif items:
            yield Branch("bullets", children=tuple(items))

    def _item(self, node: SyntaxTreeNode) -> Part | None:
        """An item; None where it only set the filters of what follows."""
        found = self._directive(node)
        if not found:
            outside = self.filters
            item = Branch("item", children=tuple(self.section(node.children)))
            self.filters = outside
            return item
        word, rest, line = found
        where, under = f"{self.name}, line {line}", node.children[1:]
        if word == "only":
            if under:
                raise InvalidPlan(f"{where}: something stands under a filter", "Write it as a bullet of its own, after the filter.")
            self.filters = filters_of(rest, self.of_plan, where)
            return None
        if word == "quote":
            return Branch("item", children=(Cite(reference_of(rest, where), line), *self.section(under)))
        outside = self.filters
        own, others = self._own_filters(under)
        ask = Ask(question_of(rest, where), own or outside, line)
        return Branch("item", children=(ask, *self.section(others)))

    def _own_filters(self, under: Sequence[SyntaxTreeNode]) -> tuple[Filters | None, list[SyntaxTreeNode]]:
        """The filter that stands under a question, for it alone, and what else stands there."""
        own: Filters | None = None
        others: list[SyntaxTreeNode] = []
        for node in under:
            items = [(item, self._directive(item)) for item in node.children] if node.type == "bullet_list" else []
            given = [found for _, found in items if found and found[0] == "only"]
            if given and len(given) < len(items):
                raise InvalidPlan(f"{self.name}, line {given[0][2]}: a filter among other bullets", "Put it alone under its question.")
            for _, rest, line in given:
                own = filters_of(rest, own or self.filters, f"{self.name}, line {line}")
            if not given:
                others.append(node)
        return own, others

    def _directive(self, node: SyntaxTreeNode) -> tuple[str, str, int] | None:
        """(ask, quote or only; what follows; the line) where an item begins so."""
        first = node.children[0] if node.children else None
        if first is None or first.type != "paragraph":
            return None
        text = re.sub(r"<!--.*?-->", "", first.children[0].content, flags=re.DOTALL)
        match = _DIRECTIVE.match(text.strip())
        return (match["word"].lower(), match["rest"], _line(first)) if match else None

    def _paragraph(self, node: SyntaxTreeNode) -> Content:
        content = self._content(node)
        text = node.children[0].content
        if node.parent and node.parent.type != "list_item" and (match := _DIRECTIVE.match(text)):
            raise InvalidPlan(
                f"{self.name}, line {_line(node)}: {match['word']}: stands outside a list", f"Write: - {match[0][:40].strip()}"
            )
        return content

    def _content(self, node: SyntaxTreeNode) -> Content:
        inline = node.children[0]
        if _PLACEHOLDER.search(inline.content):
            step = 'Write a bullet "- ask: …", or fill this file with: assistant brief fill'
            raise InvalidPlan(f"{self.name}, line {_line(node)}: placeholders are not for plans", step)
        return _joined(_runs(inline, "plain"))


def _runs(node: SyntaxTreeNode, style: Style) -> Iterator[Run]:
    for child in node.children:
        match child.type:
            case "text" | "code_inline":
                yield Run(child.content, style)
            case "html_inline":
                if not _COMMENT.fullmatch(child.content):
                    yield Run(child.content, style)
            case "softbreak":
                yield Run(" ", style)
            case "hardbreak":
                yield Run("\n", style)
            case _:
                yield from _runs(child, _STYLES.get(child.type, style))


def _joined(runs: Iterator[Run]) -> Content:
    """Neighbours of one style as one run, without white space at the ends."""
    joined: list[Run] = []
    for run in runs:
        if joined and joined[-1].style == run.style:
            joined[-1] = Run(joined[-1].text + run.text, run.style)
        elif run.text:
            joined.append(run)
    if joined:
        joined[0] = Run(joined[0].text.lstrip(), joined[0].style)
        joined[-1] = Run(joined[-1].text.rstrip(), joined[-1].style)
    return tuple(run for run in joined if run.text)


def _line(node: Any) -> int:
    return int(node.map[0]) + 1 if node.map else 1
