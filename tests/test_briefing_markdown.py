"""A briefing as Markdown: text is shown to the letter, and nothing of it is markup."""

from __future__ import annotations

import pytest
from briefing_parts import DEFINITION, NOTE, markup_of, shown
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant.briefing.blocks import Block, Heading, Items, Note, Paragraph, Quotation, Run, Sheet, notes_of, printable
from assistant.briefing.markdown import markdown_text, render

HOSTILE = (
    "![](file:///etc/passwd) [l](javascript:alert(1)) <script>alert(1)</script> `x` {=html} $\\input{x}$ [^1]: note *a* __b__ ~~c~~ | d |"
)
STARTS = (
    "# h",
    "- b",
    "+ b",
    "1. n",
    "12) n",
    "> q",
    "=== ",
    "---",
    "***",
    "    code",
    "\tcode",
    "```",
    "~~~",
    ": d",
    "% t",
    "| a |",
    "[x]: y",
    "+++",
)


@settings(max_examples=300)
@given(st.one_of(st.text(), st.lists(st.one_of(st.sampled_from((*STARTS, HOSTILE)), st.text(max_size=9)), max_size=6).map("\n".join)))
@example("a\n\nb")
@example("&amp; &#60; &lt")
@example("x!")
def test_any_text_is_shown_to_the_letter(text: str) -> None:
    """Whatever the characters, Markdown shows the same text in one paragraph and finds no markup in it but line breaks."""
    expected = printable(text).rstrip("\n")
    written = markdown_text(text)
    if not expected.strip("\n"):
        return
    assert shown(f"“{written}”") == f"“{expected}”"
    assert markup_of(written) <= {"paragraph_open", "paragraph_close", "inline", "text", "text_special", "hardbreak"}


_texts = st.one_of(st.text(min_size=1, max_size=20), st.sampled_from((*STARTS, HOSTILE)))
_content = st.lists(st.one_of(st.builds(Run, _texts), st.builds(Note, _texts)), min_size=1, max_size=4).map(tuple)
_blocks: st.SearchStrategy[Block] = st.recursive(
    st.one_of(st.builds(Heading, st.integers(1, 6), _content), st.builds(Paragraph, _content)),
    lambda inner: st.one_of(
        st.builds(Quotation, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(
            Items,
            st.lists(st.lists(inner, min_size=1, max_size=2).map(tuple), min_size=1, max_size=3).map(tuple),
            st.sampled_from([None, 1, 7]),
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=150)
@given(st.lists(_blocks, min_size=1, max_size=4).map(tuple))
@example((Paragraph((Note("0"), Run(":"))),))
@example((Paragraph((Run("a\n"), Note("0"), Run(": b"))), Quotation((Paragraph((Note("1"), Run(":"))),))))
def test_every_note_is_called_and_defined_once(blocks: tuple[Block, ...]) -> None:
    """In any briefing the marks count from 1 in the order of the text, each has one definition, and no text makes another."""
    sheet = Sheet("T", "", "", "", "", "Made", "Page", "en", blocks)
    written = render(sheet)
    body, count = written.rsplit("*Made*", 1)[0], len(list(notes_of(blocks)))
    assert [int(number) for number in NOTE.findall(body)] == list(range(1, count + 1))
    assert [int(number) for number, _ in DEFINITION.findall(written.rsplit("*Made*", 1)[1])] == list(range(1, count + 1))
    assert not markup_of(written) & {"image", "link_open", "code_inline", "fence", "code_block", "html_inline", "hr", "table_open"}


def test_a_briefing_has_its_head_and_its_foot() -> None:
    """Classification first and last, title, meeting and date, headings a level below the title, the note at the end."""
    blocks: tuple[Block, ...] = (
        Heading(1, (Run("Points"),)),
        Items(((Paragraph((Run("Said.", "strong"), Note("A/1, para. 2."))),), (Paragraph((Run("More"),)),))),
        Items(((Paragraph((Run("Another list"),)),),), 3),
    )
    written = render(Sheet("T *x*", "Meeting", "1 May 2026", "For you", "SECRET", "Made today", "Page", "en", blocks))
    assert written == (
        "**SECRET**\n\n# T \\*x\\*\n\nMeeting\\\n1 May 2026\\\nFor you\n\n## Points\n\n- **Said.**[^1]\n- More\n\n<!-- -->\n\n"
        "3. Another list\n\n*Made today*\n\n**SECRET**\n\n[^1]: A/1, para. 2.\n"
    )


@pytest.mark.parametrize("start", STARTS)
def test_a_line_that_could_begin_a_block_begins_none(start: str) -> None:
    """Every line of a paragraph stays text of that paragraph, in a list and a quotation too."""
    block = Paragraph((Run(f"one\n{start}\ntwo"),))
    for around in (block, Items(((block,),)), Quotation((block,))):
        written = render(Sheet("T", "", "x", "", "", "f", "Page", "en", (around,)))
        assert f"one\n{start.rstrip()}" in shown(written).replace(f"{start}\n", f"{start.rstrip()}\n")
        assert shown(written).count("two") == 1
