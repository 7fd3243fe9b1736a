"""Documents that belong together: languages and formats of one symbol, versions, repeated ids."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.corpus.roles import Group, Names
from assistant.corpus.variants import Settled, named_by, settle
from assistant.schema import Document


def document(source: str, symbol: str | None = "A/77/275", language: str | None = None, **more: str) -> Document:
    """A document that is called by its symbol, or by its file's name where it has none."""
    return Document(symbol or source, "T", source, "0", symbol=symbol, language=language, origins={"id": "symbol"}, **more)  # type: ignore[arg-type]


def ids(settled: list[Settled]) -> list[str]:
    """The id of what is indexed, and "-" for what is not."""
    return [item.id if isinstance(item, Document) else "-" for item in settled]


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ([document("a.txt", language="en"), document("b.txt", language="fr")], ["A/77/275", "A/77/275@fr"]),
        ([document("a.txt", language="fr"), document("b.txt", language="en")], ["A/77/275@fr", "A/77/275"]),
        ([document("b.txt", language="es"), document("a.txt", language="fr")], ["A/77/275@es", "A/77/275"]),
        ([document("a.pdf", language="en"), document("b.docx", language="en")], ["-", "A/77/275"]),
        ([document("a.pdf"), document("b.docx")], ["-", "A/77/275"]),
        ([document("a.pdf", language="en"), document("b.docx")], ["-", "A/77/275"]),
        ([document("a.docx", language="en"), document("b.docx", language="fr"), document("c.html")], ["A/77/275", "A/77/275@fr", "-"]),
        (
            [document("a.pdf", language="fr"), document("a.docx", language="fr"), document("b.txt", language="en")],
            ["-", "A/77/275@fr", "A/77/275"],
        ),
        ([document(f"a{suffix}") for suffix in (".jsonl:1", ".pdf", ".txt", ".md", ".html", ".docx")], ["-"] * 5 + ["A/77/275"]),
        ([document("a.txt", "A/77/275"), document("b.txt", "A/77/276")], ["A/77/275", "A/77/276"]),
        ([document("a.txt", None), document("b.txt", None)], ["a.txt", "b.txt"]),
    ],
)
def test_each_language_of_a_symbol_is_indexed_once(documents: list[Document], expected: list[str]) -> None:
    """English or the first by name keeps the symbol; of several formats the one that says most of its layout stays."""
    assert ids(settle(documents, Names())) == expected


def test_what_is_left_out_says_why_and_what_is_indexed() -> None:
    """Another format, and a second file of the same format."""
    reasons = settle([document("a.pdf"), document("b.docx"), document("c.docx")], Names())
    assert reasons[0] == "a.pdf is A/77/275 again, in another format; b.docx is indexed. Remove one of them."
    assert reasons[2] == "c.docx is A/77/275 again; b.docx is indexed. Give its language, or another id, in the catalogue."


def test_an_id_of_its_own_is_left_alone() -> None:
    """Lines of a JSONL file and files with an id in the catalogue may share a symbol."""
    lines = [replace(document(f"c.jsonl:{number}"), id=f"line-{number}") for number in (1, 2)]
    assert ids(settle(lines, Names())) == ["line-1", "line-2"]


def test_a_second_document_of_one_id_is_left_out() -> None:
    """The first stays, and both are named."""
    first, second = replace(document("a.txt", None), id="x"), replace(document("b.txt", None), id="x")
    assert settle([first, second], Names()) == [first, "b.txt has the same id as a.txt (x). Give one another id in catalogue.toml."]


@pytest.mark.parametrize(
    ("symbols", "standings"),
    [
        (["A/1", "A/1/Rev.1"], ["superseded", "none"]),
        (["A/1/Rev.2", "A/1", "A/1/Rev.1"], ["none", "superseded", "superseded"]),
        (["A/1", "A/1/Add.1", "A/1/Corr.1", "A/1/Amend.1"], ["none"] * 4),
        (["A/1/Add.1", "A/1/Add.1/Rev.1", "A/1"], ["superseded", "none", "none"]),
        (["A/RES/75/240", "A/75/240/Rev.1"], ["none", "none"]),
    ],
)
def test_a_revision_supersedes_what_it_replaces(symbols: list[str], standings: list[str]) -> None:
    """In any order; addenda, corrigenda and amendments supersede nothing."""
    settled = settle([document(f"{at}.txt", symbol) for at, symbol in enumerate(symbols)], Names())
    assert [item.standing for item in settled if isinstance(item, Document)] == standings


def test_a_draft_that_is_replaced_is_superseded_and_its_revision_stays_a_draft() -> None:
    """The origin names the latest revision; the catalogue's word stands."""
    first = document("a.txt", "A/AC.9/2031/CRP.1", standing="draft")
    revised = document("b.txt", "A/AC.9/2031/CRP.1/Rev.1", standing="draft")
    said = replace(document("c.txt", "A/9", standing="adopted"), origins={"standing": "catalogue"})
    one, two, three, _ = settle([first, revised, said, document("d.txt", "A/9/Rev.1")], Names())
    assert isinstance(one, Document)
    assert isinstance(two, Document)
    assert isinstance(three, Document)
    assert (one.standing, one.origins["standing"]) == ("superseded", "replaced by A/AC.9/2031/CRP.1/Rev.1")
    assert (two.standing, three.standing) == ("draft", "adopted")


def test_an_alias_names_an_id_before_a_symbol() -> None:
    """The primary language where its id is the symbol; otherwise every document of the symbol; nothing for an unknown one."""
    english, french = document("a.txt"), replace(document("b.txt"), id="A/77/275@fr")
    assert named_by("a/77/275", [french, english]) == [english]
    assert named_by("A/77/275@FR", [french, english]) == [french]
    assert named_by("S/RES/1325(2000)", [document("c.txt", "S/RES/1325 (2000)")]) == [document("c.txt", "S/RES/1325 (2000)")]
    assert named_by("A/1/1", [english]) == named_by("", [english]) == []


SYMBOLS = st.sampled_from([None, "A/1", "A/1/Rev.1", "A/1/Rev.2", "A/1/Add.1", "S/RES/1 (1946)", "not a symbol"])
DOCUMENTS = st.lists(st.tuples(SYMBOLS, st.sampled_from([None, "en", "fr", "zh"]), st.sampled_from([".docx", ".pdf", ".txt"])), max_size=12)


@settings(max_examples=300)
@given(DOCUMENTS)
def test_nothing_is_lost_and_ids_are_unique(made: list[tuple[str | None, str | None, str]]) -> None:
    """Every document comes out, in its place, as itself or as a reason that names its file; settling twice changes nothing."""
    documents = [document(f"{at}{suffix}", symbol, language, delegation="M") for at, (symbol, language, suffix) in enumerate(made)]
    names = Names(groups=(Group(name="G", members=("M",)),))
    settled = settle(documents, names)
    assert len(settled) == len(documents)
    kept = [item for item in settled if isinstance(item, Document)]
    assert len({item.id for item in kept}) == len(kept)
    assert all(item.roles == ("G",) for item in kept)
    for before, after in zip(documents, settled, strict=True):
        assert after.startswith(before.source) if isinstance(after, str) else after.source == before.source
    assert {document.symbol for document in documents} == {item.symbol for item in kept}
    assert settle(kept, names) == kept
