"""The page in a real browser over several documents: filters, files that are dropped in and taken out, links, reloads and verdicts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pdfs import Writer
from playwright.sync_api import expect
from word_files import p, run, word

from assistant.eval.feedback import PLACE
from assistant.index.build import build
from assistant.settings import Settings

if TYPE_CHECKING:
    from page_server import Served, Visitor
    from playwright.sync_api import BrowserContext

    from assistant.index.encoder import Encoder

pytest_plugins = ("page_server",)

CATALOGUE = """
["lowe.txt"]
title = "Statement by Norvania"
kind = "statement"
standing = "unofficial"
speaker = "Ms. Lowe"
delegation = "Norvania"
date = 2031-03-02

["report.txt"]
title = "Report on the safety of harbours"
symbol = "A/90/7"
kind = "report"
standing = "adopted"
date = 2032-05-01
"""
TEXTS = {
    "lowe.txt": "Norvania asks that harbours report every incident within two days.\n\nNorvania thanks the secretariat.",
    "report.txt": "1. The harbours of the region handle nine million containers a year.\n\n"
    "2. A serious incident in a harbour is reported within twelve hours.\n\n3. The next review takes place in 2035.",
}
INCIDENT = "How soon is an incident in a harbour reported?"


@pytest.fixture(scope="module")
def several(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Served]]:
    """A workspace of two documents and the page on it, as `assistant chat` serves it."""
    from page_server import Served

    place = tmp_path_factory.mktemp("several")
    (place / "corpus").mkdir()
    (place / "corpus" / "catalogue.toml").write_text(CATALOGUE, encoding="utf-8")
    for name, text in TEXTS.items():
        (place / "corpus" / name).write_text(text, encoding="utf-8")
    build(Settings(workspace=place), loader=lambda: encoder)
    served = Served("-m", "assistant", "chat", "--workspace", str(place), "--port", "0")
    yield place, served
    served.stop()


@pytest.fixture
def reader(context: BrowserContext, several: tuple[Path, Served]) -> Iterator[Visitor]:
    """A visitor of that page, whose browser keeps nothing from another test."""
    from page_server import Visitor

    with Visitor(context, several[1].url) as visiting:
        yield visiting
    assert visiting.errors == []


def test_a_filter_is_a_chip_that_can_be_taken_away(reader: Visitor) -> None:
    """A chosen filter stands in the box and restricts the next answer, which says so; its cross, which says which it is, takes it away
    again by mouse or by key."""
    expect(reader.page.get_by_label("Search only in")).to_have_attribute("placeholder", re.compile("^all documents"))
    reader.page.get_by_label("Search only in").click()
    reader.page.get_by_role("option", name="Standing: adopted").click()
    reader.page.keyboard.press("Escape")
    reader.ask(INCIDENT)
    expect(reader.turns.last).to_contain_text("Searched 1 document, 3 paragraphs.")
    expect(reader.turns.last).to_contain_text("Only Standing: adopted.")
    expect(reader.turns.last.locator(".statement").first).to_contain_text("within twelve hours")
    reader.page.get_by_role("button", name="Remove Standing: adopted").press("Enter")
    expect(reader.page.locator("#only .token")).to_have_count(0)
    reader.ask(INCIDENT)
    expect(reader.turns.last).to_contain_text("Searched 2 documents, 5 paragraphs.")


def test_a_conversation_survives_a_reload(reader: Visitor) -> None:
    """After a reload the same questions and sentences stand there, references still open, and a new conversation is empty for good."""
    reader.ask_and_keep(INCIDENT)
    said = reader.turns.last.locator(".statement").all_inner_texts()
    reader.page.reload()
    expect(reader.turns).to_have_count(1)
    assert reader.turns.last.locator(".statement").all_inner_texts() == said
    chip = reader.turns.last.locator(".statement .chip").first
    chip.click()
    expect(reader.source.locator("mark")).to_have_text(chip.get_attribute("data-quote") or "no quote")
    size = "(localStorage['assistant-conversation'] ?? '').length"
    before = reader.page.evaluate(size)
    reader.page.get_by_role("button", name="New conversation").click()
    expect(reader.turns).to_have_count(0)
    reader.page.wait_for_function(f"{size} < {before} - 100")  # the browser forgets a moment later
    reader.page.reload()
    expect(reader.page.locator(".welcome")).to_be_visible()
    expect(reader.turns).to_have_count(0)


def test_a_link_shows_the_same_citations_elsewhere(reader: Visitor, another_context: BrowserContext, several: tuple[Path, Served]) -> None:
    """The link of an answer, opened in another browser, shows the same sentences and opens the first of them; asking on and loading
    the page again shows them once."""
    reader.ask(INCIDENT)
    first = reader.turns.last.locator(".statement .chip").first.get_attribute("data-quote") or ""
    link = reader.turns.last.locator(".link").get_attribute("data-link") or ""
    from page_server import Visitor

    with Visitor(another_context, several[1].url + link) as other:
        expect(other.turns).to_have_count(1)
        expect(other.turns.locator(".question")).to_have_text(INCIDENT)
        expect(other.source.locator("mark")).to_have_text(first)
        assert other.turns.locator(".remark").count() == 0
        other.ask_and_keep("What is the boiling point of water?")
        other.page.reload()
        expect(other.turns.locator(".question")).to_have_text([INCIDENT, "What is the boiling point of water?"])


def test_a_question_is_asked_again_and_in_other_words(reader: Visitor) -> None:
    """ "Ask again" asks the same question once more; "Edit" puts it into the box, with the focus there."""
    reader.ask(INCIDENT)
    reader.turns.last.get_by_role("button", name="Ask again").click()
    expect(reader.turns).to_have_count(2)
    expect(reader.turns.last).to_have_attribute("aria-busy", "false")
    reader.turns.last.get_by_role("button", name="Edit question").click()
    expect(reader.box).to_have_value(INCIDENT)
    expect(reader.box).to_be_focused()


def test_a_verdict_becomes_a_line_to_review(reader: Visitor, several: tuple[Path, Served]) -> None:
    """A wrong paragraph is noted with the one that the visitor opened instead."""
    reader.ask(INCIDENT)
    reader.turns.last.get_by_text("Nearest paragraphs").click()
    reader.turns.last.locator(".nearest .chip", has_text="para. 3").click()
    expect(reader.source.locator(".cited h3")).to_contain_text("para. 3")
    reader.turns.last.get_by_text("Something wrong?").click()
    reader.turns.last.get_by_role("button", name="Wrong paragraph").click()
    expect(reader.page.locator("#notice")).to_contain_text("Noted for review: wrong paragraph")
    line = json.loads((several[0] / "eval" / PLACE).read_text(encoding="utf-8").splitlines()[-1])
    assert (line["question"], line["references"]) == (INCIDENT, [{"document": "A/90/7", "paragraph": "3"}])


def test_a_dropped_file_is_a_document(reader: Visitor, tmp_path: Path) -> None:
    """A PDF that is dropped in is read and asked of; another kind of file is refused by name; a removed one is gone from answers."""
    file = tmp_path / "tides.pdf"
    writer = Writer()
    writer.paragraph("The tide of Port Velline rises by seven metres.", "1")
    writer.paragraph("Pilots are compulsory at night.", "2")
    file.write_bytes(writer.bytes())
    reader.page.get_by_role("button", name="Documents").click()
    expect(reader.page.locator(".documents > li")).to_have_count(2)
    hostile = tmp_path / "<img src=x onerror='window.hacked = 1'>.txt"
    hostile.write_text("1. A cargo of <b>fish</b> lies in ![i](http://off.example/i.png) the hold.", encoding="utf-8")
    reader.drop("#add-documents button", [file, hostile])
    notice = reader.page.locator("#documents-notice")
    expect(notice).to_contain_text("tides.pdf: 2 paragraphs, 1 to 2 as printed", timeout=90_000)
    expect(reader.page.locator(".documents > li")).to_have_count(4)
    assert reader.page.locator(":is(#documents, #documents-notice) :is(img, script, b)").count() == 0
    assert reader.page.evaluate("typeof window.hacked") == "undefined"
    reader.ask("How far does the tide of Port Velline rise?")
    expect(reader.turns.last.locator(".statement").first).to_contain_text("seven metres")
    expect(reader.source.locator(".pages")).to_have_text("page 1 of the file")
    remove = reader.page.locator('.remove[data-source="tides.pdf"]')
    remove.click()
    remove.click()
    expect(notice).to_contain_text("tides.pdf was taken out", timeout=90_000)
    expect(reader.page.locator(".documents > li")).to_have_count(3)
    reader.ask("How far does the tide of Port Velline rise?")
    expect(reader.turns.last).not_to_contain_text("seven metres")


def test_a_reference_is_copied_as_a_footnote(reader: Visitor) -> None:
    """The paragraph beside an answer gives its reference as a footnote, with the standing."""
    reader.ask(INCIDENT)
    copy = reader.source.locator(".copy")
    expect(copy).to_have_text("Copy as footnote")
    assert copy.get_attribute("data-copy") in (
        "A/90/7, para. 2 (adopted).",
        "Statement by Norvania (unofficial), [1st paragraph, unnumbered].",
    )
    copy.click()
    expect(copy).to_have_text("Copied")


def test_a_changed_folder_is_read_again(reader: Visitor, several: tuple[Path, Served]) -> None:
    """Files that were put into the folder by hand are documents once the button was pressed, and one that cannot be read is named. Of
    every format the quoted words are marked in the paragraph, below its heading; markup of it is not shown; Arabic runs to the left."""
    folder = several[0] / "corpus"
    (folder / "buoys.md").write_text(
        "# Buoys\n\n## Paint\n\n1. Every **buoy** is painted [yellow](http://off.example/y).\n", encoding="utf-8"
    )
    (folder / "tugs.html").write_text(
        "<title>Tugs</title><h2>Power</h2><ol><li>A <b>tug</b> pulls <i>forty</i> tonnes.</li></ol>", encoding="utf-8"
    )
    (folder / "cranes.docx").write_bytes(word(p(run("1. A crane lifts ninety tonnes."))))
    (folder / "arabic.txt").write_text("1. ترحب المجموعة بإنشاء مركز للإبلاغ عن الحوادث في الموانئ.\n", encoding="utf-8")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 and no more")
    reader.page.get_by_role("button", name="Documents").click()
    expect(reader.page.locator("#documents-panel .label-wrap")).to_have_attribute("aria-expanded", "true")
    reader.page.get_by_role("button", name="Read the folder again").click()
    notice = reader.page.locator("#documents-notice")
    expect(notice).to_contain_text("Indexed: ", timeout=90_000)
    expect(notice).to_contain_text("broken.pdf is a damaged PDF.")
    expect(reader.page.locator(".documents")).to_contain_text("buoys.md: 1 paragraph")
    for question, said, path in (
        ("How is a buoy painted?", "Every buoy is painted yellow.", ["Paint"]),
        ("How much does a tug pull?", "A tug pulls forty tonnes.", ["Power"]),
        ("How much does a crane lift?", "A crane lifts ninety tonnes.", []),
        ("ماذا ترحب به المجموعة؟", "ترحب المجموعة بإنشاء مركز للإبلاغ عن الحوادث في الموانئ.", []),
    ):
        reader.ask(question)
        expect(reader.turns.last.locator(".statement").first).to_contain_text(said)
        expect(reader.source.locator("mark")).to_have_text(said)
        expect(reader.source.locator(".heading-path li")).to_have_text(path)
    for place in (reader.source.locator(".cited > p[dir]"), reader.turns.last.locator(".statement").first, reader.turns.last.locator("h2")):
        assert place.evaluate("part => getComputedStyle(part).direction") == "rtl"


def test_nothing_keeps_anybody_out(reader: Visitor) -> None:
    """axe-core has no serious finding: while nothing is asked, with an answer and its source, an abstention, every panel and list open,
    in the dark, and in the frame for other sites. A fault that is put in by hand is found."""
    page = reader.page
    assert reader.barriers() == []
    reader.ask_and_keep(INCIDENT)
    expect(reader.source.locator("mark")).to_be_visible()
    assert reader.barriers() == []
    page.emulate_media(color_scheme="dark")
    page.reload()
    expect(reader.turns).to_have_count(1)
    reader.ask("What is the boiling point of water?")
    for name in ("Documents", "Language model"):
        page.get_by_role("button", name=name).click()
    reader.turns.first.locator(".statement .chip").first.click()
    expect(reader.source.locator("mark")).to_be_visible()
    for closed in reader.turns.locator("summary").all():
        closed.click()
    assert reader.barriers() == []
    page.emulate_media(color_scheme="light")
    page.reload()
    page.get_by_role("button", name="Documents").click()
    page.get_by_label("Search only in").click()
    expect(page.get_by_role("option").first).to_be_visible()
    assert reader.barriers() == []
    page.evaluate("document.querySelector('.masthead').insertAdjacentHTML('beforeend', '<button></button>')")
    assert [fault.partition(":")[0] for fault in reader.barriers()] == ["button-name"]
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{reader.url}embed?q=How+soon+is+an+incident+in+a+harbour+reported")
        page.locator("summary").first.click()
        assert reader.barriers() == []
