"""Documents come, change, are replaced and go: only what is new is embedded, and what has gone is never given again.

One assistant is kept open throughout, as a page keeps it: each answer comes from the index as it was published last.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from encoders import WordLengthEncoder
from workspaces import Corpus

from assistant import Assistant
from assistant.errors import UnknownReference
from assistant.index.build import BuildReport
from assistant.index.generations import verify
from assistant.settings import AnswerSettings, Settings

pytestmark = pytest.mark.usefixtures("reading_here")

NORTH = ("Harbours in the north stay open.", "Pilots are paid by the state.")
SOUTH = ("Harbours in the south are closed.", "Tugs leave at noon on Monday.")


def build(corpus: Corpus) -> tuple[BuildReport, list[str]]:
    """The report and what was embedded, each paragraph in one window."""
    return corpus.build(WordLengthEncoder(window=16))


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """A workspace with one document of two paragraphs, built."""
    made = Corpus(tmp_path)
    made.write("north.txt", *NORTH)
    build(made)
    return made


@pytest.fixture
def assistant(corpus: Corpus) -> Assistant:
    """An assistant that refuses nothing: whatever it finds, it cites."""
    encoder = WordLengthEncoder()
    made = Assistant(Settings(workspace=corpus.settings.workspace, answer=AnswerSettings(threshold=0.0, sentences=9, ratio=0.0)))
    made.__dict__ |= {"_encoder": encoder, "_encoder_info": encoder.info}
    return made


def given(assistant: Assistant, *questions: str) -> set[str]:
    """Every text that search and answer give to questions, whole paragraphs and cited sentences."""
    texts = set()
    for question in questions:
        texts |= {passage.paragraph.text for passage in assistant.search(question, top=99)}
        answer = assistant.ask(question, top=99)
        texts |= {passage.paragraph.text for passage in answer.passages}
        texts |= {citation.quote for statement in answer.statements for citation in statement.citations}
    return texts


def test_of_an_added_document_only_its_paragraphs_are_embedded(corpus: Corpus, assistant: Assistant) -> None:
    """Two are embedded, two keep their vectors; the next question finds all four."""
    assert given(assistant, "harbours") == set(NORTH)
    corpus.write("south.txt", *SOUTH)
    report, embedded = build(corpus)
    assert (embedded, report.embedded, report.reused) == (sorted(SOUTH), 2, 2)
    assert given(assistant, "harbours") == {*NORTH, *SOUTH}
    assert assistant.show("south#2").paragraph.text == SOUTH[1]


def test_of_a_changed_document_only_the_changed_paragraph_is_embedded(corpus: Corpus, assistant: Assistant) -> None:
    """One word in one paragraph: one is embedded, its old text is nowhere, its number leads to the new one."""
    changed = "Pilots are paid by the port."
    corpus.write("north.txt", NORTH[0], changed)
    report, embedded = build(corpus)
    assert (embedded, report.embedded, report.reused) == ([changed], 1, 1)
    assert given(assistant, "pilots", "paragraph 2", NORTH[1]) == {NORTH[0], changed}
    assert assistant.show("north#2").paragraph.text == changed


def test_a_paragraph_put_in_moves_the_numbers_and_embeds_one(corpus: Corpus, assistant: Assistant) -> None:
    """What was paragraph 2 is paragraph 3 now, in look-ups and in references."""
    corpus.write("north.txt", NORTH[0], "Lights are kept.", NORTH[1])
    assert build(corpus)[1] == ["Lights are kept."]
    assert assistant.show("north#3").paragraph.text == NORTH[1]
    (passage,) = [passage for passage in assistant.search("pilots", top=9) if passage.paragraph.text == NORTH[1]]
    assert passage.reference.endswith("para. 3")


def test_a_document_replaced_by_another_file_of_the_same_id(corpus: Corpus, assistant: Assistant) -> None:
    """The id leads to the new file's text alone; paragraphs that only the old one had are not there."""
    corpus.describe('["north.txt"]\nid = "ports"\n')
    build(corpus)
    assert assistant.show("ports#1").paragraph.text == NORTH[0]
    corpus.write("north.txt")
    corpus.write("revised.txt", NORTH[0].replace("open", "shut"))
    corpus.describe('["revised.txt"]\nid = "ports"\n')
    report, embedded = build(corpus)
    assert (report.documents, embedded) == (1, ["Harbours in the north stay shut."])
    assert given(assistant, "harbours", "pilots", "ports, paragraph 1", NORTH[1]) == {"Harbours in the north stay shut."}
    assert [passage.paragraph.label for passage in assistant.document_paragraphs("ports")[1]] == ["1"]
    with pytest.raises(UnknownReference):
        assistant.show("ports#2")


def test_a_removed_document_is_never_given_again(corpus: Corpus, assistant: Assistant) -> None:
    """Asked for by its very words, its name and its numbers, it is in no passage, no citation and no look-up."""
    corpus.write("south.txt", *SOUTH)
    build(corpus)
    assert set(SOUTH) <= given(assistant, *SOUTH)
    corpus.write("south.txt")
    report, embedded = build(corpus)
    assert (report.documents, embedded) == (1, [])
    assert given(assistant, *SOUTH, "south", "harbours in the south", "paragraph 2 of south") <= set(NORTH)
    for reference in ("south#1", "south#2"):
        with pytest.raises(UnknownReference):
            assistant.show(reference)
    with pytest.raises(UnknownReference):
        assistant.document_paragraphs("south")
    assert [document.id for document in assistant.documents()] == ["north"]
    assert assistant.coverage().paragraphs == 2


def test_a_document_that_can_no_longer_be_read_is_gone_too(corpus: Corpus, assistant: Assistant) -> None:
    """Its old text is not kept in the place of what nobody can read; what is wrong is said."""
    corpus.write("south.txt", *SOUTH)
    build(corpus)
    (corpus.settings.corpus / "south.txt").write_bytes(b"")
    report, _ = build(corpus)
    assert [item.source for item in report.skipped] == ["south.txt"]
    assert given(assistant, *SOUTH) == set(NORTH)


def test_many_changes_one_after_the_other_give_what_a_fresh_build_gives(corpus: Corpus, tmp_path: Path) -> None:
    """After each of them paragraphs, vectors and both searches are those of an index that was built at once."""
    steps: list[tuple[str, tuple[str, ...]]] = [
        ("south.txt", SOUTH),
        ("a.txt", ("First of all.", NORTH[0])),
        ("north.txt", (NORTH[1], NORTH[0])),
        ("south.txt", ()),
        ("south.txt", (*SOUTH, NORTH[1])),
        ("a.txt", ()),
    ]
    for number, (name, texts) in enumerate(steps):
        corpus.write(name, *texts)
        build(corpus)
        assert verify(corpus.settings.index) == []
        (tmp_path / f"fresh-{number}").mkdir()
        fresh = Corpus(tmp_path / f"fresh-{number}")
        for path in corpus.settings.corpus.iterdir():
            (fresh.settings.corpus / path.name).write_bytes(path.read_bytes())
        build(fresh)
        one, other = corpus.current(), fresh.current()
        assert corpus.texts() == fresh.texts()
        assert one.vectors.all_vectors().tolist() == other.vectors.all_vectors().tolist()
        assert one.lexical.search("harbours pilots noon", 99) == other.lexical.search("harbours pilots noon", 99)
