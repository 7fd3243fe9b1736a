"""The page in a real browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from assistant.briefing.plan import read_plan
from assistant.briefing.starting import plan_path
from assistant.schema import REFUSAL
from assistant.ui.examples import SHIPPED_EXAMPLES

if TYPE_CHECKING:
    from page_server import Served, Visitor

pytest_plugins = ("page_server",)

COUNT = "How many statements were heard, and from how many delegations?"
STAKEHOLDERS = "What did the Chair say about stakeholders?"
NOWHERE = "What is the boiling point of water?"
KEY = "sk-never-to-be-seen-again"


def test_an_answer_opens_its_first_citation(visitor: Visitor) -> None:
    """A question is answered with a reference, whose paragraph opens by itself with exactly the quoted words marked."""
    visitor.ask(COUNT)
    chip = visitor.turns.last.locator(".statement .chip").first
    expect(chip).to_have_text("para. 3")
    expect(chip).to_have_attribute("aria-current", "true")
    expect(visitor.source.locator(".cited h3")).to_have_text("para. 3")
    expect(visitor.source.locator("mark")).to_have_text(chip.get_attribute("data-quote") or "no quote")
    expect(visitor.source.locator(".neighbour .chip")).to_have_text(["para. 2", "para. 4"])


def test_a_click_opens_the_paragraph_of_an_older_answer(visitor: Visitor) -> None:
    """References of every turn stay clickable, and a click shows that paragraph, not the last one."""
    visitor.ask(COUNT)
    visitor.ask(STAKEHOLDERS)
    expect(visitor.source.locator(".cited h3")).to_have_text("para. 7")
    chip = visitor.turns.first.locator(".statement .chip").first
    chip.click()
    expect(visitor.source.locator(".cited h3")).to_have_text("para. 3")
    expect(visitor.source.locator("mark")).to_have_text(chip.get_attribute("data-quote") or "no quote")
    expect(chip).to_have_attribute("aria-current", "true")


def test_a_reference_is_reached_and_opened_by_keyboard(visitor: Visitor) -> None:
    """Tab reaches a reference, the focus is visible, and Enter opens its paragraph."""
    visitor.ask(COUNT)
    visitor.ask(STAKEHOLDERS)
    first = visitor.turns.first.locator(".statement .chip").first
    for _ in range(40):
        visitor.page.keyboard.press("Shift+Tab")
        if first.evaluate("chip => chip === document.activeElement"):
            break
    expect(first).to_be_focused()
    assert first.evaluate("chip => getComputedStyle(chip).outlineStyle") == "solid"
    visitor.page.keyboard.press("Enter")
    expect(visitor.source.locator(".cited h3")).to_have_text("para. 3")


def test_a_neighbour_opens_from_the_source_panel(visitor: Visitor) -> None:
    """The number of a neighbouring paragraph opens it, with nothing marked."""
    visitor.ask(COUNT)
    visitor.source.get_by_role("button", name="para. 4").click()
    expect(visitor.source.locator(".cited h3")).to_have_text("para. 4")
    expect(visitor.source.locator("mark")).to_have_count(0)


def test_the_ask_button_asks(visitor: Visitor) -> None:
    """The button does what Enter does, and the box is empty afterwards."""
    visitor.box.fill(COUNT)
    visitor.page.get_by_role("button", name="Ask", exact=True).click()
    expect(visitor.turns.locator(".question")).to_have_text(COUNT)
    expect(visitor.turns.locator(".statement").first).to_be_visible()
    expect(visitor.box).to_have_value("")


def test_an_example_question_asks_itself(visitor: Visitor) -> None:
    """Examples are offered while the chat is empty, a click asks one, and they are gone then."""
    expect(visitor.page.locator(".example")).to_have_text(list(SHIPPED_EXAMPLES))
    visitor.page.locator(".example").first.click()
    expect(visitor.turns.locator(".question")).to_have_text(SHIPPED_EXAMPLES[0])
    expect(visitor.turns.locator(".statement").first).to_be_visible()
    expect(visitor.page.locator(".example")).to_have_count(0)


def test_an_unanswerable_question_is_refused(visitor: Visitor) -> None:
    """An abstention says so, how much was searched, and the nearest paragraphs, and leaves no source open."""
    visitor.ask(COUNT)
    visitor.ask(NOWHERE)
    turn = visitor.turns.last
    expect(turn.locator(".refusal")).to_have_text(REFUSAL)
    expect(turn).to_contain_text("Searched 1 document, 10 paragraphs.")
    expect(turn.locator(".statement")).to_have_count(0)
    expect(visitor.source).to_have_class("source empty")
    turn.locator(".nearest .chip").first.click()
    expect(visitor.source.locator(".cited h3")).to_have_text(turn.locator(".nearest .chip").first.inner_text())


def test_an_empty_question_gets_one_line(visitor: Visitor) -> None:
    """Spaces are not a question: one line says so, no turn is added, and the next question clears it."""
    visitor.box.fill("   ")
    visitor.box.press("Enter")
    expect(visitor.page.locator("#notice")).to_have_text("The question is empty.")
    expect(visitor.turns).to_have_count(0)
    visitor.ask(COUNT)
    expect(visitor.page.locator("#notice")).to_have_text("")


def test_a_hostile_question_is_only_text(visitor: Visitor) -> None:
    """Scripts, images and links in a question are shown as they were typed and do nothing."""
    question = "<img src=x onerror=alert(1)> <script>alert(2)</script> ![i](http://off.example/i.png) ${alert(3)} [l](javascript:alert(4))"
    visitor.ask(question)
    expect(visitor.turns.locator(".question")).to_have_text(question)
    assert_inert(visitor)


def test_hostile_documents_and_models_are_only_text(fake_visitor: Visitor) -> None:
    """The same in titles, paragraphs, references, sentences, reasons and remarks, in the answer and in the source panel."""
    fake_visitor.ask("hostile")
    expect(fake_visitor.turns.locator(".statement")).to_contain_text("<script>window.hacked = 1</script>")
    fake_visitor.turns.locator(".statement .chip").click()
    expect(fake_visitor.source.locator("mark")).to_contain_text("${window.hacked = 4}")
    expect(fake_visitor.source.locator("h2")).to_contain_text("[l](javascript:window.hacked=3)")
    assert_inert(fake_visitor)


def test_nothing_leaves_for_another_origin(visitor: Visitor) -> None:
    """Opening the page, asking, opening a source and the model panel send requests to the page's own origin only."""
    visitor.ask(COUNT)
    visitor.turns.last.locator(".chip").first.click()
    visitor.page.get_by_role("button", name="Language model").click()
    assert visitor.errors == []
    assert len(visitor.requests) > 5
    assert {urlsplit(url).netloc for url in visitor.requests if not url.startswith("data:")} == {urlsplit(visitor.url).netloc}
    assert visitor.page.locator("a[href]").count() == 0


def test_two_visitors_share_nothing(visitor: Visitor, another: Visitor) -> None:
    """Each visitor sees their own questions and their own choice of a model."""
    visitor.ask(COUNT)
    another.ask(STAKEHOLDERS)
    expect(visitor.turns.locator(".question")).to_have_text([COUNT])
    expect(another.turns.locator(".question")).to_have_text([STAKEHOLDERS])
    choose_model(visitor)
    expect(visitor.page.locator("#active")).to_contain_text("openai:any")
    another.ask(COUNT)
    expect(another.page.locator("#active")).to_contain_text("No language model")


def test_a_key_is_not_kept_in_the_browser(visitor: Visitor) -> None:
    """After Use the key's field is a password field, empty, and the key is nowhere in the page or the browser's storage."""
    choose_model(visitor)
    expect(visitor.page.locator("#active")).to_contain_text("openai:any")
    key = visitor.page.get_by_label("API key")
    expect(key).to_have_value("")
    expect(key).to_have_attribute("type", "password")
    kept = visitor.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    databases = visitor.page.evaluate("indexedDB.databases().then(list => list.map(database => database.name))")
    assert KEY not in visitor.page.content() + kept
    assert databases == []


def test_a_model_without_a_name_is_refused_in_one_line(visitor: Visitor) -> None:
    """Asking for a model without naming one says what to do, and quotes stay active."""
    visitor.page.get_by_role("button", name="Language model").click()
    visitor.page.get_by_label("Let a language model write").check()
    visitor.page.get_by_role("button", name="Use", exact=True).click()
    expect(visitor.page.locator("#model-notice")).to_contain_text("No language model is named")
    expect(visitor.page.locator("#active")).to_contain_text("No language model is used")


def test_a_question_is_added_to_the_briefing(visitor: Visitor, workspace: Path) -> None:
    """The button below an answer adds its question to the workspace's plan, once, and one line says so."""
    place = plan_path(workspace)
    visitor.ask(COUNT)
    button = visitor.turns.last.get_by_role("button", name="Add to briefing")
    for told in ("Added to briefings/plan.md", "Already in briefings/plan.md"):
        button.click()
        expect(visitor.page.locator("#notice")).to_contain_text(told)
    assert [ask.question for ask in read_plan(place).asks] == [COUNT]
    place.unlink()


def test_a_paragraph_is_added_to_the_briefing(visitor: Visitor, workspace: Path) -> None:
    """The button beside a paragraph puts it into the plan, to be quoted whole, once."""
    place = plan_path(workspace)
    visitor.ask(COUNT)
    button = visitor.source.get_by_role("button", name="Add this paragraph to the briefing")
    for told in ("Added to briefings/plan.md", "Already in briefings/plan.md"):
        button.click()
        expect(visitor.page.locator("#notice")).to_contain_text(told)
    assert [cite.reference for cite in read_plan(place).cites] == ["chair-closing-remarks#3"]
    place.unlink()


def test_a_conversation_leaves_with_its_footnotes(visitor: Visitor) -> None:
    """The file that the browser saves holds every question and sentence, and each mark in it has its footnote."""
    visitor.ask(COUNT)
    visitor.ask(NOWHERE)
    said = [quote.get_attribute("data-quote") or "" for quote in visitor.turns.first.locator(".statement .chip").all()]
    with visitor.page.expect_download() as saved:
        visitor.page.get_by_role("button", name="Save as Markdown").click()
    assert saved.value.suggested_filename == "conversation.md"
    written = Path(saved.value.path()).read_text(encoding="utf-8")
    assert COUNT in written
    assert NOWHERE in written
    assert [quote for quote in said if f"“{quote}”[^" not in written] == []
    marks, notes = re.findall(r"\[\^(\d+)\](?!:)", written), re.findall(r"^\[\^(\d+)\]: .*, para. \d+\.$", written, re.MULTILINE)
    assert marks == notes == [str(number) for number in range(1, len(said) + 1)]


def test_a_copied_answer_keeps_its_references(visitor: Visitor) -> None:
    """What is on the clipboard is every sentence in quotation marks with its reference, and the button says that it is there."""
    visitor.page.context.grant_permissions(["clipboard-read"])
    visitor.ask(COUNT)
    button = visitor.turns.last.get_by_role("button", name="Copy with references")
    button.click()
    expect(visitor.turns.last.locator(".copy")).to_have_text("Copied")
    copied = visitor.page.evaluate("navigator.clipboard.readText()")
    said = visitor.turns.last.locator(".statement .chip").all()
    written = [f"“{chip.get_attribute('data-quote')}” [{chip.get_attribute('title')}]" for chip in said]
    assert copied == "\n\n".join(written)


@pytest.mark.parametrize("clipboard", ["undefined", "{ writeText: () => Promise.reject() }", "{ writeText: () => new Promise(() => {}) }"])
def test_copying_needs_no_permission(fake_visitor: Visitor, clipboard: str) -> None:
    """Where the browser has no clipboard for this page, refuses it, or asks and nobody answers, the text is copied all the same."""
    page = fake_visitor.page
    page.evaluate(f"Object.defineProperty(navigator, 'clipboard', {{ value: {clipboard} }})")
    page.evaluate(
        "document.addEventListener('copy', () => { window.selected = getSelection().toString() || document.activeElement.value; })"
    )
    fake_visitor.ask(COUNT)
    button = fake_visitor.turns.last.locator(".copy")
    button.click()
    expect(button).to_have_text("Copied")
    expect(button).to_be_focused()
    assert page.evaluate("window.selected") == button.get_attribute("data-copy")


def test_a_full_queue_is_said(visitor: Visitor) -> None:
    """Where too many wait already, the page says that it is busy, and the question stays in its box to be asked again."""
    busy = {"status": 503, "json": {"detail": "Queue is full. Max size is 40 and size is 40."}}
    visitor.page.route("**/queue/join*", lambda route: route.fulfill(**busy))
    visitor.box.fill(COUNT)
    visitor.box.press("Enter")
    expect(visitor.page.get_by_text("currently busy")).to_be_visible()
    expect(visitor.box).to_have_value(COUNT)
    visitor.page.unroute("**/queue/join*")
    visitor.box.press("Enter")
    expect(visitor.turns.last.locator(".statement").first).to_be_visible()
    visitor.errors.clear()  # the browser tells of the refused request


def test_all_is_done_by_keyboard(visitor: Visitor) -> None:
    """The page opens with the focus in the question box; Enter asks; Enter on a reference leads into the source, where Tab goes on
    and Escape closes it, and the focus is on the reference again."""
    keys = visitor.page.keyboard
    expect(visitor.box).to_be_focused()
    keys.type(COUNT)
    keys.press("Enter")
    expect(visitor.turns.last).to_have_attribute("aria-busy", "false")
    chip = visitor.turns.last.locator(".statement .chip").first
    for _ in range(40):
        keys.press("Shift+Tab")
        if chip.evaluate("chip => chip === document.activeElement"):
            break
    keys.press("Enter")
    expect(visitor.source).to_be_focused()
    reached = []
    for _ in range(4):
        keys.press("Tab")
        reached.append(visitor.page.evaluate("document.activeElement.className"))
    assert reached == ["shut", "chip", "copy", "collect"]
    keys.press("Escape")
    expect(visitor.source).to_have_class("source empty")
    expect(chip).to_be_focused()
    keys.press("Enter")
    expect(visitor.source.locator("mark")).to_have_text(chip.get_attribute("data-quote") or "no quote")
    visitor.source.get_by_role("button", name="Close the source").click()
    expect(visitor.source).to_have_class("source empty")


def test_a_failing_answer_is_one_calm_line(fake_visitor: Visitor) -> None:
    """A known error is its own line, an unknown one a general line: never a traceback, and the next question is answered."""
    fake_visitor.ask("refuse")
    expect(fake_visitor.turns.last.locator(".problem")).to_have_text("The endpoint refused. Check the key.")
    fake_visitor.ask("break")
    expect(fake_visitor.turns.last.locator(".problem")).to_contain_text("Something went wrong")
    assert "a cause for the log" not in fake_visitor.page.content()
    fake_visitor.ask(COUNT)
    expect(fake_visitor.turns.last.locator(".statement")).to_have_count(1)


def test_an_answer_streams_and_can_be_stopped(fake_visitor: Visitor, fake_served: Served) -> None:
    """Sentences show before the answer is complete; Stop closes the stream within two seconds and says so."""
    fake_visitor.box.fill("wait")
    fake_visitor.box.press("Enter")
    turn = fake_visitor.turns.last
    expect(turn.locator(".statement")).to_have_count(1)
    expect(turn).to_have_attribute("aria-busy", "true")
    fake_visitor.page.get_by_role("button", name="Stop").click()
    assert fake_served.said.get(timeout=2) == "closed"
    expect(turn.locator(".problem")).to_have_text("Stopped before the answer was complete.")
    expect(turn).to_have_attribute("aria-busy", "false")
    fake_visitor.ask(COUNT)


def test_a_closed_tab_closes_its_stream(fake_visitor: Visitor, fake_served: Served) -> None:
    """Closing the tab while an answer streams closes the stream, so that no model writes for nobody."""
    fake_visitor.box.fill("wait")
    fake_visitor.box.press("Enter")
    expect(fake_visitor.turns.last.locator(".statement")).to_have_count(1)
    fake_visitor.page.close()
    assert fake_served.said.get(timeout=5) == "closed"


def test_a_new_question_goes_to_the_top(visitor: Visitor) -> None:
    """However long the conversation, the newest question stands at the top of the view with its answer below it."""
    for _ in range(3):
        visitor.ask(STAKEHOLDERS)
    visitor.page.wait_for_function("document.querySelector('.turn:last-child').getBoundingClientRect().top < 40")
    assert visitor.turns.last.evaluate("turn => turn.getBoundingClientRect().top") >= 0
    expect(visitor.turns.last.locator(".chip").first).to_be_in_viewport()


def test_a_narrow_screen_stacks_without_overflow(fake_visitor: Visitor) -> None:
    """On a telephone nothing is wider than the screen, a click brings the source into view, and one button leads back."""
    fake_visitor.page.set_viewport_size({"width": 360, "height": 740})
    fake_visitor.ask(STAKEHOLDERS)
    fake_visitor.turns.last.locator(".statement .chip").first.click()  # which opened by itself already
    expect(fake_visitor.source.locator(".cited h3")).to_be_in_viewport()
    chip = fake_visitor.turns.last.locator(".statement .chip").last
    chip.click()
    expect(fake_visitor.source.locator(".cited h3")).to_be_in_viewport()
    assert fake_visitor.page.evaluate("document.documentElement.scrollWidth") <= 360
    fake_visitor.page.get_by_role("button", name="Back to the answer").click()
    expect(chip).to_be_in_viewport()
    expect(chip).to_be_focused()


def assert_inert(visitor: Visitor) -> None:
    """No dialog, no script, no element that could load or lead anywhere, no request to elsewhere."""
    assert visitor.dialogs == []
    assert visitor.errors == []
    assert visitor.page.evaluate("typeof window.hacked") == "undefined"
    assert visitor.page.locator(":is(#transcript, #source) :is(img, svg, script, a, iframe, object, style, link)").count() == 0
    assert {urlsplit(url).netloc for url in visitor.requests if not url.startswith("data:")} == {urlsplit(visitor.url).netloc}
    assert not [url for url in visitor.requests if url.endswith(("/x", "i.png"))]


def choose_model(visitor: Visitor) -> None:
    """Fills the model panel's fields and presses Use."""
    visitor.page.get_by_role("button", name="Language model").click()
    visitor.page.get_by_label("Let a language model write").check()
    visitor.page.get_by_label("Model", exact=True).fill("openai:any")
    visitor.page.get_by_label("Base URL").fill("http://127.0.0.1:9/v1")
    visitor.page.get_by_label("API key").fill(KEY)
    visitor.page.get_by_role("button", name="Use", exact=True).click()
