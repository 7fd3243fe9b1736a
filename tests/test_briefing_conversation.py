"""A conversation that leaves the page: every sentence with its footnote, and nothing that the index no longer says."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from fakes import CONFIDENT, STATEMENTS, FakeAssistant, answer, passage, statement

from assistant.briefing.conversation import conversation_markdown
from assistant.schema import Filters

DAY = dt.date(2026, 11, 27)
SAID = answer("How many?", (statement(3, STATEMENTS),), (passage(3),))


def test_every_sentence_has_its_footnote() -> None:
    """Questions in order, quotations in quotation marks, one footnote each: the first says all that identifies the document."""
    written = answer("And stakeholders?", (statement(7, CONFIDENT, "The Chair is confident."),), (passage(7),), mode="model", model="m")
    text = conversation_markdown([(SAID, Filters()), (written, Filters(speakers=("Chair",)))], FakeAssistant(), DAY)
    assert text.index("**How many?**") < text.index("**And stakeholders?**")
    assert f"“{STATEMENTS}”[^1]" in text
    assert "The Chair is confident.[^2]" in text
    assert "[^1]: Closing remarks by the Chair at the first substantive session, 17 December 2021, para. 3." in text
    assert f"[^2]: Closing remarks by the Chair at the first substantive session, para. 7: “{CONFIDENT}”" in text
    assert "*Only speaker Chair:*" in text
    assert "Written by m and checked against the paragraphs." in text


def test_a_refusal_and_a_follow_up_say_so() -> None:
    """What was not found is said with what was searched; a follow-up with what it was searched as."""
    refused = answer("And that?", (), (), searched_question="What of that?")
    text = conversation_markdown([(refused, Filters())], FakeAssistant(), DAY)
    assert "No text found in the documents searched." in text
    assert "Searched 1 document, 10 paragraphs." in text
    assert "Searched for: What of that?" in text
    assert "[^" not in text


def test_words_that_are_gone_are_left_out_and_counted() -> None:
    """A quotation that the paragraph no longer holds is not carried on; how many were left out is said."""
    gone = statement(3, STATEMENTS)
    gone = replace(gone, citations=(replace(gone.citations[0], quote=STATEMENTS.replace("200", "900")),))
    text = conversation_markdown([(replace(SAID, statements=(gone, statement(7, CONFIDENT))), Filters())], FakeAssistant(), DAY)
    assert "900" not in text
    assert f"“{CONFIDENT}”[^1]" in text
    assert "Sentences left out because the index no longer holds the words they rest on: 1." in text
