"""Briefings on the shipped document: every sentence a true quotation with its footnote, in all formats, and checked again at export."""

from __future__ import annotations

import datetime as dt
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from briefing_parts import DEFINITION, NOTE, shown, small, word_notes, word_parts, word_text

from assistant import Assistant, Briefing, load_settings
from assistant.answer.check import check_text
from assistant.briefing.gather import Options, gather
from assistant.briefing.plan import parse_plan
from assistant.errors import BriefingError, InvalidPlan
from assistant.schema import NO_TEXT, Answer

ROOT = Path(__file__).parents[1]
TODAY = dt.date(2026, 11, 26)
QUESTIONS = (
    "What did the Chair say on stakeholders?",
    "What was the Chair's fourth point?",
    "How many statements were heard?",
    "What is the idea of a fellowship programme?",
    "What is the boiling point of ethanol at sea level?",
    "Which delegations were mentioned?",
    "What did the Chair say about early results?",
    "Why is the process compared to a marathon?",
    "Was the tone of the discussion constructive?",
    "When will the logistical arrangements be circulated?",
)
PLAN = (
    '+++\ntitle = "Points for Tuesday"\nmeeting = "Second session"\nclassification = "EXERCISE"\n+++\n# Points to make\n'
    + "".join(f"- ask: {question}\n" for question in QUESTIONS)
    + "# Background\n- quote: chair-closing-remarks, paras. 2–4\n- quote: chair-closing-remarks#6(a)\n"
)


@pytest.fixture(scope="module")
def assistant(workspace: Path) -> Assistant:
    """The assistant of the shipped document."""
    return Assistant(load_settings(workspace))


@pytest.fixture(scope="module")
def briefing(assistant: Assistant) -> Briefing:
    """Ten questions and two references, answered."""
    return Briefing.from_plan(parse_plan(PLAN), assistant)


@pytest.fixture(scope="module")
def paragraphs(assistant: Assistant) -> dict[str, str]:
    """The shipped document's paragraphs by label, from the index."""
    return {passage.paragraph.label: passage.paragraph.text for passage in assistant.document_paragraphs("chair-closing-remarks")[1]}


def _citations(briefing: Briefing, assistant: Assistant) -> list[tuple[str, str]]:
    """(label, words) of every citation that the answers and references of the plan have, in order."""
    asked = [assistant.ask(question) for question in QUESTIONS]
    cited = [(citation.label, citation.quote) for answer in asked for said in answer.statements for citation in said.citations]
    found = [item for cite in briefing.plan.cites for item in briefing.gathered.quotations[cite]]
    return cited + [(item.passage.paragraph.label, item.quote) for item in found]


def test_every_citation_has_its_footnote_in_every_format(briefing: Briefing, assistant: Assistant) -> None:
    """As many footnotes as citations, each naming its paragraph, the same in Word, HTML and Markdown."""
    labels = [label for label, _ in _citations(briefing, assistant)]
    written = briefing.export("md", today=TODAY).decode()
    notes = [text for _, text in DEFINITION.findall(written)]
    assert len(labels) > 15
    assert len(NOTE.findall(written)) == len(notes) == len(labels)
    assert [re.search(r"para\. (\d+)(?: \(a\))?\.$", note)[1] for note in notes] == labels  # type: ignore[index]  # each has one
    assert word_notes(briefing.export("docx", today=TODAY)) == [note.replace("\\", "") for note in notes]
    assert briefing.export("html", today=TODAY).count(b'role="doc-noteref"') == len(labels)
    assert notes[0] == "Closing remarks by the Chair, First substantive session, 13–17 December 2021, para. 7."
    assert all(note.startswith("Closing remarks by the Chair, para. ") for note in notes[1:])


def test_every_quotation_is_in_the_index_verbatim(briefing: Briefing, paragraphs: dict[str, str]) -> None:
    """What stands between quotation marks with a note, and each paragraph of the annex, is in its paragraph to the letter."""
    text = shown(briefing.export("md", today=TODAY).decode().partition("\n[^1]:")[0])
    body, _, annex = text.partition("Annex: quotations")
    quoted = re.findall(r"“(.*)”\[\^\d+\]", body)
    assert len(quoted) > 15
    assert all(any(quote in paragraph for paragraph in paragraphs.values()) for quote in quoted)
    whole = re.findall(r"“(.*)” \(Closing remarks by the Chair, para\. (\d+)\)", annex)
    assert {label: quote for quote, label in whole} == {label: paragraphs[label] for _, label in whole}
    word = word_text(word_parts(briefing.export("docx", today=TODAY))["word/document.xml"])
    assert all(f"“{quote}”" in word for quote in quoted)


def test_the_annex_is_in_the_order_of_reference(briefing: Briefing, assistant: Assistant) -> None:
    """Each cited paragraph once, in the order in which it is cited first, with the numbers of its notes."""
    written = briefing.export("md", today=TODAY).decode()
    labels = [label for label, _ in _citations(briefing, assistant)]
    assert re.findall(r"” \(Closing remarks by the Chair, para\. (\d+)\)", written) == list(dict.fromkeys(labels))
    told = re.findall(r"\*\*Notes? (.*)\*\*", written)
    numbers = [sorted(_numbers(text)) for text in told]
    assert numbers == [[at for at, label in enumerate(labels, 1) if label == first] for first in dict.fromkeys(labels)]


def _numbers(text: str) -> list[int]:
    found = []
    for first, last in re.findall(r"(\d+)(?:–(\d+))?", text):
        found += range(int(first), int(last or first) + 1)
    return found


def test_no_answer_is_said_and_never_left_out(briefing: Briefing) -> None:
    """A question without an answer stands in the briefing with the sentence that says so, and how much was searched."""
    text = shown(briefing.export("md", today=TODAY).decode())
    assert f"What is the boiling point of ethanol at sea level?\n{NO_TEXT}\nSearched 1 document, 10 paragraphs." in text
    assert all(question in text for question in QUESTIONS)


def test_the_sources_say_their_standing_and_the_foot_the_index(briefing: Briefing) -> None:
    """Every source with its standing and which of its paragraphs are cited; date and generation at the end."""
    text = shown(briefing.export("md", today=TODAY).decode())
    session = "First substantive session, 13–17 December 2021"
    assert f"Closing remarks by the Chair: statement; Chair; {session}; 17 December 2021; standing not stated; cited: paras. " in text
    assert f"Made on 26 November 2026 from index {briefing.gathered.generation}" in text


def test_the_check_finds_every_sentence_supported(briefing: Briefing, assistant: Assistant) -> None:
    """`assistant check` on the exported Markdown finds everything supported, ordinals behind quotation marks too."""
    report = check_text(briefing.export("md", today=TODAY).decode(), assistant)
    assert report.counts["supported"] > 20
    assert [finding for finding in report.findings if finding.status != "supported"] == []
    assert any(finding.text.startswith("“Fourth,") for finding in report.findings)


@pytest.mark.parametrize(
    ("language", "end", "note"), [("fr", "is possible[^1].\u00a0»", ", par. 7."), ("es", "is possible[^1].»", ", párr. 7.")]
)
def test_a_briefing_in_french_or_spanish(assistant: Assistant, language: str, end: str, note: str) -> None:
    """Its own words and the place of its marks are the language's, the quotation stays in its own."""
    plan = parse_plan(f'+++\ntitle = "T"\nlanguage = "{language}"\n+++\n- quote: chair-closing-remarks#7\n')
    written = Briefing.from_plan(plan, assistant).export("md", today=TODAY).decode()
    assert f"a consensus solution {end}\n" in written
    assert f"{note}\n" in written


def test_five_lines_of_the_readme_run(workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The README's example of briefings in Python runs as it is printed, on the plan that `brief init` writes."""
    from assistant.briefing.starting import example

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    code = next(block for block in re.findall(r"```python\n(.*?)```", readme, re.DOTALL) if "Briefing" in block)
    assert len(code.strip().splitlines()) <= 6
    (tmp_path / "briefings").mkdir()
    settings = load_settings(workspace)
    (tmp_path / "briefings" / "plan.md").write_text(example(Assistant(settings)), encoding="utf-8")
    (tmp_path / "index").symlink_to(settings.index)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    assert word_notes((tmp_path / "briefing.docx").read_bytes())


def test_importing_the_package_loads_nothing_heavy() -> None:
    """`Briefing` is an attribute of the package, loaded when it is asked for."""
    import subprocess

    heavy = "{'torch', 'faiss', 'gradio', 'langchain', 'pypandoc', 'docx'}"
    code = f"import assistant, sys; print(sorted({heavy} & set(sys.modules))); assistant.Briefing"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_a_draft_is_called_one_everywhere(tmp_path: Path) -> None:
    """The standing stands in each reference and, explained, in the sources."""
    _, assistant = small(tmp_path)
    plan = parse_plan('+++\ntitle = "T"\n+++\n- quote: A/79/214, paras. 1–2\n- quote: A/79/214#1\n')
    text = shown(Briefing.from_plan(plan, assistant).export("md", today=TODAY).decode())
    assert text.count("A/79/214 (draft)") == len(re.findall(r"A/79/214", text))
    assert "draft: not agreed text" in text


def test_what_is_exported_is_read_again(tmp_path: Path) -> None:
    """After the corpus has changed everything is asked again; a quotation that is not in the index is never exported."""
    corpus, assistant = small(tmp_path)
    briefing = Briefing.from_plan(parse_plan('+++\ntitle = "T"\n+++\n- quote: A/79/214#1\n'), assistant)
    corpus.write("a.txt", "First of all.", "Second of a.")
    corpus.build()
    assert "“First of all.”" in briefing.export("md").decode()
    cite, found = next(iter(briefing.gathered.quotations.items()))
    forged = replace(found[0].passage, paragraph=replace(found[0].passage.paragraph, text="First of none."))
    briefing.gathered = replace(briefing.gathered, quotations={cite: (replace(found[0], passage=forged),)})
    with pytest.raises(BriefingError, match="does not say"):
        briefing.export("md")
    corpus.write("a.txt")
    corpus.write("b.txt", "Another.")
    corpus.describe("")
    corpus.build()
    with pytest.raises(InvalidPlan, match="line 4: there is no document"):
        briefing.export("md")


def test_an_index_published_while_asking_starts_all_again(tmp_path: Path) -> None:
    """Answers of two generations are never mixed: the questions are asked again, and after three times the person is told."""
    corpus, assistant = small(tmp_path)
    real, count = assistant.ask, iter(range(1, 99))

    def published(limit: int):  # type: ignore[no-untyped-def]
        def ask(*arguments: object, **more: object) -> Answer:
            number = next(count)
            if number <= limit:
                corpus.write("a.txt", f"First, {number}.", "Second.")
                corpus.build()
            return real(*arguments, **more)  # type: ignore[arg-type]  # passed on as it came

        return ask

    plan = parse_plan('+++\ntitle = "T"\n+++\n- ask: paragraph 1 of A/79/214\n- quote: A/79/214#1\n')
    assistant.ask = published(1)  # type: ignore[method-assign]
    gathered = gather(plan, assistant, Options())
    said = [said.text for reply in gathered.replies.values() for said in reply.said]
    quoted = [item.quote for found in gathered.quotations.values() for item in found]
    assert said == quoted == ["First, 1."]
    assistant.ask = published(99)  # type: ignore[method-assign]
    with pytest.raises(BriefingError, match="again and again"):
        gather(plan, assistant, Options())


def test_a_paragraph_of_many_pages_is_quoted_as_far_as_it_is_cited(tmp_path: Path) -> None:
    """The annex has of it only the words that are cited, and says how long the paragraph is."""
    _, assistant = small(tmp_path, "Of a.", "The list: (a) one thing; (b) another thing. " + "Many words follow. " * 400)
    plan = parse_plan('+++\ntitle = "T"\n+++\n- quote: A/79/214#2(a)\n')
    text = shown(Briefing.from_plan(plan, assistant).export("md", today=TODAY).decode())
    assert "Many words" not in text
    assert re.search(r"Of 7,\d+ characters in this paragraph, only what is cited\.", text)


def test_progress_is_told_for_every_question(assistant: Assistant) -> None:
    """Fifty questions are counted one by one."""
    told: list[tuple[str, int, int]] = []
    plan = parse_plan('+++\ntitle = "T"\n+++\n' + "".join(f"- ask: paragraph {at % 10 + 1}\n" for at in range(50)))
    gather(plan, assistant, Options(), lambda *event: told.append(event))
    assert told == [("asking", at, 50) for at in range(51)]
