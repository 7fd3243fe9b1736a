"""Placeholders in a text of one's own: filled, filled again, given back, and every other byte as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from briefing_parts import shown, small
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answer.engine import Assistant
from assistant.briefing.fill import fill, restore
from assistant.errors import InvalidPlan

QUOTED = "“First of a.” (A/79/214 (draft), para. 1)"


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """The draft A/79/214 of four paragraphs, to be read only."""
    return small(tmp_path_factory.mktemp("draft"))[1]


def _fill(text: str | bytes, assistant: Assistant) -> tuple[bytes, list[str]]:
    filled = fill(text if isinstance(text, bytes) else text.encode(), "own.md", assistant)
    return filled.raw, [part.state for part in filled.parts]


def test_a_quotation_takes_the_placeholders_place(draft: Assistant) -> None:
    """Whole paragraphs with their references, the standing of the draft among them; comments remember the placeholder."""
    raw, states = _fill("You said {{quote: A/79/214#1}} and {{ quote : A/79/214, paras. 2–3 }}.", draft)
    assert states == ["new", "new"]
    more = "“Second of a.” (A/79/214 (draft), para. 2) “Third of a.” (A/79/214 (draft), para. 3)"
    assert shown(raw.decode()) == f"You said {QUOTED} and {more}."
    assert b"<!-- assistant {{quote: A/79/214#1}} " in raw


def test_a_line_of_its_own_stays_text_to_markdown(draft: Assistant) -> None:
    """A placeholder at the start of a line, in a list or a quotation, is text there, and not a block of raw HTML."""
    raw, _ = _fill("{{quote: A/79/214#1}} shows **it**.\n\n- {{quote: A/79/214#1}}\n\n> {{quote: A/79/214#1}}\n", draft)
    assert shown(raw.decode()).splitlines() == [f"{QUOTED} shows it.", QUOTED, QUOTED]


def test_a_question_is_answered_or_said_to_have_no_answer(workspace: Path) -> None:
    """Sentences of the shipped document with their references; where there are none, the text says that none was found."""
    from assistant.settings import load

    assistant = Assistant(load(workspace))
    raw, _ = _fill("{{ask: paragraph 6 (a)}} {{ask: What is the boiling point of ethanol at sea level?}}", assistant)
    text = shown(raw.decode())
    assert text.startswith("“(a) many references to how we can further strengthen the national Points of Contact (POC) network,” (Closing")
    assert text.endswith("para. 6 (a)) [No text found in the documents searched.]")


def test_code_is_left_alone(draft: Assistant) -> None:
    """In fences, indented code and between backticks a placeholder is an example of itself."""
    text = (
        "```\n{{quote: A/79/214#1}}\n```\n\n    {{quote: A/79/214#1}}\n\n`{{quote: A/79/214#1}}`\n\n- item\n\n    {{quote: A/79/214#1}}\n"
    )
    raw, states = _fill(text, draft)
    assert states == ["new"]  # the last one is a paragraph of the item
    assert raw.startswith(text[:90].encode())


def test_filling_again_changes_nothing_while_the_documents_stay(draft: Assistant) -> None:
    """The second time every part is unchanged, and so is every byte."""
    once, _ = _fill("a {{quote: A/79/214#1}} b\r\n", draft)
    twice, states = _fill(once, draft)
    assert (twice, states) == (once, ["unchanged"])


def test_a_changed_corpus_changes_what_is_filled_and_says_so(tmp_path: Path) -> None:
    """After the document has changed, the part is filled anew, what stood there and what stands now are told; a hand's change stays."""
    corpus, assistant = small(tmp_path)
    once, _ = _fill("{{quote: A/79/214#1}}\n\n{{quote: A/79/214#2}}\n\n{{quote: A/79/214#3}}", assistant)
    by_hand = once.replace(b"Third of a.", b"Third of a, roughly.")
    corpus.write("a.txt", "First of all.", "Second of a.", "Third of everything.", "Fourth of a.")
    corpus.build()
    filled = fill(by_hand, "own.md", assistant)
    assert [part.state for part in filled.parts] == ["changed", "unchanged", "edited"]
    assert [part.line for part in filled.parts] == [1, 3, 5]
    assert (filled.parts[0].before, filled.parts[0].now) == (QUOTED, QUOTED.replace("First of a.", "First of all."))
    assert shown(filled.raw.decode()).splitlines()[0] == QUOTED.replace("First of a.", "First of all.")
    assert b"Third of a, roughly." in filled.raw
    assert restore(filled.raw, "own.md").startswith(b"{{quote: A/79/214#1}}\n\n{{quote: A/79/214#2}}\n\n\xe2\x80\x9c<!-- assistant")


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("\n\n{{quote: A/79/214#99}}", 3, "has no para. 99"),
        ("\r\n{{quote: A/1/2#1}}", 2, "there is no document 'A/1/2'"),
        ("\r{{quote: A/79/214, paras. 2–9}}", 2, "there is no paragraph 9"),
        ("{{quote: the weather}}", 1, "names no paragraph"),
        ("{{quote: A/79/214, para. 1 on the weather}}", 1, "'on the weather' names no document"),
        ("{{ask: }}", 1, "there is no question"),
        ("x\n“<!-- assistant {{quote: A/79/214#1}} 0000000000000000 -->its end is lost", 2, "has lost its end"),
        (b"a\n\xff {{quote: A/79/214#1}}", 2, "not UTF-8"),
        ("a".encode("utf-16"), 1, "not UTF-8"),
    ],
)
def test_what_cannot_be_filled_is_named_with_its_line(draft: Assistant, text: str | bytes, line: int, says: str) -> None:
    """A reference to nothing, a placeholder without a question, a broken part, another encoding: one line, and nothing is changed."""
    with pytest.raises(InvalidPlan) as error:
        _fill(text, draft)
    assert str(error.value).startswith(f"own.md, line {line}: ")
    assert says in str(error.value)


_PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["\r\n", "\n", "\r", "\ufeff", "{{", "}}", "{{quote: A/79/214#1}}", "{{QUOTE:A/79/214, paras. 1–3 }}",
                     "{{quote:\r\nA/79/214#2}}",
                     "- ", "> ", "`", "<!-- c -->", "“", "{{other: x}}", "**", "    "]),
)  # fmt: skip


@settings(max_examples=120)
@given(st.lists(_PIECES, max_size=12).map("".join), st.booleans())
def test_every_other_byte_stays(draft: Assistant, text: str, mark: bool) -> None:
    """Filled and given back, any text is what it was byte for byte; and what stands between the filled parts is untouched."""
    raw = (b"\xef\xbb\xbf" if mark else b"") + text.encode()
    filled = fill(raw, "own.md", draft)
    assert restore(filled.raw, "own.md") == raw
    assert fill(filled.raw, "own.md", draft).raw == filled.raw
    placeholders = [part.placeholder for part in filled.parts]
    rest, at = [], 0
    for placeholder in placeholders:
        found = raw.decode().index(placeholder, at)
        rest.append(raw.decode()[at:found])
        at = found + len(placeholder)
    position = 0
    for piece in (*rest, raw.decode()[at:]):
        found = filled.raw.decode().find(piece, position)
        assert found >= 0
        position = found + len(piece)


def test_hostile_quotations_stay_text(tmp_path: Path) -> None:
    """What a document says cannot close a comment, make a link or become a placeholder in a person's text."""
    text = "Evil <!-- /assistant --> ![](file:///etc/passwd) {{quote: A/79/214#2}} *now*."
    _, assistant = small(tmp_path, text, "Second.")
    once, _ = _fill("{{quote: A/79/214#1}}", assistant)
    assert shown(once.decode()) == f"“{text}” (A/79/214 (draft), para. 1)"
    assert _fill(once, assistant) == (once, ["unchanged"])
    assert restore(once, "own.md") == b"{{quote: A/79/214#1}}"
