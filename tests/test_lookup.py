"""Look-up of paragraphs by number."""

from pathlib import Path

import pytest
from workspaces import Given, placed

from assistant.errors import UnknownReference
from assistant.index.store import ParagraphStore
from assistant.index.store_writer import write_store
from assistant.retrieval.lookup import find_document, find_paragraph, look_up
from assistant.schema import Document, Filters, Ledger, Paragraph


def _entry(document: Document, labels: str, text: str = "Text of {}.") -> Given:
    paragraphs = []
    for label in labels.split():
        numbering = "counted" if label.startswith("u") else "official"
        paragraphs.append(Paragraph(document.id, label, numbering, text.format(label)))  # type: ignore[arg-type]
    return document, Ledger(), paragraphs


@pytest.fixture
def store(tmp_path: Path) -> ParagraphStore:
    """A report with an annex, its revision, and a statement without numbers."""
    report = Document("A/77/275", "Report", "a.txt", "0", symbol="A/77/275", aliases=("the second annual progress report",))
    revision = Document("A/77/275/Rev.1", "Revised report", "b.txt", "0", symbol="A/77/275/Rev.1")
    statement = Document("malta", "Statement by Malta", "c.txt", "0", delegation="Malta")
    listed = "Consider: (a) the first thing; (b) the second thing."
    entries = (_entry(report, "1 2 3 4 4~2 5 5bis 6 annex.1 annex.2"), _entry(revision, "1 2 3", listed), _entry(statement, "u1 u2 u3"))
    write_store(tmp_path / "s.sqlite", placed(*entries), {})
    return ParagraphStore(tmp_path / "s.sqlite")


def _ids(question: str, store: ParagraphStore, filters: Filters = Filters()) -> list[str] | None:
    found = look_up(question, store, filters)
    return None if found is None else [passage.paragraph.id for passage in found.passages]


@pytest.mark.parametrize(
    ("question", "ids"),
    [
        ("What is in paragraph 3 of A/77/275?", ["A/77/275#3"]),
        ("A/77/275/Rev.1, para. 3", ["A/77/275/Rev.1#3"]),
        ("paras. 5–6 of the second annual progress report", ["A/77/275#5", "A/77/275#5bis", "A/77/275#6"]),
        ("A/77/275, paras. 1 and 3", ["A/77/275#1", "A/77/275#3"]),
        ("A/77/275, para. 4", ["A/77/275#4", "A/77/275#4~2"]),
        ("A/77/275, annex, para. 2", ["A/77/275#annex.2"]),
        ("A/77/275, para. 5 bis", ["A/77/275#5bis"]),
        ("What was the third point?", None),
        ("What does the report say?", None),
    ],
)
def test_a_question_that_names_paragraphs_gets_exactly_those(store: ParagraphStore, question: str, ids: list[str] | None) -> None:
    """Symbols, aliases, ranges, lists, annexes and repeated numbers resolve; ordinals in words do not."""
    assert _ids(question, store) == ids


def test_a_number_that_is_not_there_is_said_not_guessed(store: ParagraphStore) -> None:
    """Paragraph 9 of a document that ends at 6, and a symbol nobody has, give no passage and a sentence that says so."""
    found = look_up("A/77/275, para. 9", store)
    assert found
    assert found.passages == ()
    assert found.problems == ("A/77/275 has no para. 9 (it has 1 to annex.2)",)
    unknown = look_up("para. 4 of A/99/999", store)
    assert unknown
    assert unknown.problems == ("A/99/999 is not among the documents searched",)


def test_a_statement_without_numbers_has_no_paragraph_to_name(store: ParagraphStore) -> None:
    """Counted paragraphs are never offered as "para. 2"."""
    found = look_up("paragraph 2 of the statement by Malta", store)
    assert found
    assert found.passages == ()
    assert "prints no paragraph numbers" in found.problems[0]


def test_filters_decide_which_documents_a_bare_number_means(store: ParagraphStore) -> None:
    """ "paragraph 2" alone means the one document that the filters leave."""
    assert _ids("paragraph 2", store, Filters(documents=("A/77/275/Rev.1",))) == ["A/77/275/Rev.1#2"]


def test_a_sub_paragraph_is_a_span_of_its_paragraph(store: ParagraphStore) -> None:
    """ "para. 1 (b)" is paragraph 1 with the span of (b), and its reference says so."""
    passage = find_paragraph("A/77/275/Rev.1#1(b)", store)
    assert passage.paragraph.label == "1"
    assert passage.span
    assert passage.paragraph.text[slice(*passage.span)] == "(b) the second thing."
    assert passage.reference == "A/77/275/Rev.1, para. 1 (b)"


def test_what_is_asked_about_the_paragraph_is_told_from_asking_for_it(store: ParagraphStore) -> None:
    """ "What does paragraph 3 say?" asks for the whole; "… about norms" asks something of it."""
    whole, part = look_up("What does paragraph 3 of A/77/275 say?", store), look_up("What does para. 3 of A/77/275 say about norms?", store)
    assert whole
    assert whole.about == ""
    assert part
    assert "norms" in part.about


def test_unknown_names_say_what_to_do(store: ParagraphStore) -> None:
    """A document or label that is not there raises one line with the command that lists them."""
    with pytest.raises(UnknownReference, match="assistant corpus"):
        find_document("A/1/1", store)
    with pytest.raises(UnknownReference, match=r"has no para\. 44"):
        find_paragraph("A/77/275#44", store)
    assert find_document("the SECOND annual progress report", store).id == "A/77/275"


def test_a_decision_is_found_in_the_document_that_holds_it(tmp_path: Path) -> None:
    """ "paragraph 3 of decision 1/CP.21" needs no symbol; its number never means a paragraph of another decision."""
    first = Document("FCCC/CP/2015/10/Add.1", "Report", "a.txt", "0", symbol="FCCC/CP/2015/10/Add.1")
    labels = "decision.1/CP.21.1 decision.1/CP.21.3 decision.1/CP.21.annex.II.3 decision.2/CP.21.1 decision.2/CP.21.2"
    others = [Document(f"d{number}", "Other", f"{number}.txt", "0") for number in range(5)]
    write_store(tmp_path / "s.sqlite", placed(_entry(first, labels), *(_entry(other, "1 2 3") for other in others)), {})
    store = ParagraphStore(tmp_path / "s.sqlite")
    assert _ids("What does paragraph 3 of decision 1/CP.21 say?", store) == ["FCCC/CP/2015/10/Add.1#decision.1/CP.21.3"]
    assert _ids("decision 1/CP.21, annex II, para. 3", store) == ["FCCC/CP/2015/10/Add.1#decision.1/CP.21.annex.II.3"]
    assert _ids("decision 1/CP.21, paras. 1–3", store) == [f"{first.id}#decision.1/CP.21.{number}" for number in (1, 3)]
    assert _ids("decision 9/CP.9, para. 3", store) is None
    missing = look_up("FCCC/CP/2015/10/Add.1, decision 2/CP.21, para. 3", store)
    assert missing
    assert missing.passages == ()
    assert "has no decision 2/CP.21, para. 3" in missing.problems[0]


def test_an_id_goes_before_a_symbol(tmp_path: Path) -> None:
    """Of two languages of one symbol, the symbol names the document whose id it is."""
    french = Document("A/77/275@fr", "Rapport", "a.txt", "0", symbol="A/77/275", language="fr")
    english = Document("A/77/275", "Report", "b.txt", "0", symbol="A/77/275", language="en")
    write_store(tmp_path / "s.sqlite", placed(_entry(french, "1 2"), _entry(english, "1 2")), {})
    store = ParagraphStore(tmp_path / "s.sqlite")
    assert find_document("a/77/275", store).id == "A/77/275"
    assert find_paragraph("A/77/275@fr#2", store).paragraph.id == "A/77/275@fr#2"
    assert _ids("A/77/275, para. 2", store) == ["A/77/275#2"]
    assert _ids("A/77/275, para. 2", store, Filters(languages=("fr",))) == ["A/77/275@fr#2"]
