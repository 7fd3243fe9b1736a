"""The paragraph store: every field comes back as it went in, filters, threads, and names that trouble an address."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import pytest
from workspaces import Given, placed

from assistant.corpus import Origin
from assistant.errors import DamagedIndex, MismatchedIndex
from assistant.index.legs import Selection
from assistant.index.store import ParagraphStore, Span
from assistant.index.store_writer import Base, NewDocument, write_store
from assistant.schema import Document, Filters, Ledger, Paragraph

REPORT = Document(
    id="A/77/275",
    title="Développements – «progrès»",
    source="reports/a 77.txt",
    sha256="ab" * 32,
    symbol="A/77/275",
    kind="report",
    standing="adopted",
    date=dt.date(2022, 8, 8),
    session="First substantive session, December 2021",
    speaker="Chair",
    delegation="Côte d’Ivoire",
    language="en",
    aliases=("first annual progress report", "APR 1"),
    roles=("Rapporteur", "like-minded group"),
    origins={"title": "catalogue", "id": "symbol"},
)
LETTER = Document(id="letter", title="A letter", source="letter.txt", sha256="cd" * 32, kind="letter", date=dt.date(2023, 1, 1))
BARE = Document(id="bare", title="bare", source="bare.txt", sha256="ef" * 32)
TWELVE = Paragraph(
    "A/77/275", "12bis", "official", "States — “shall”\n\0 act. 人", ("II. Norms", "B. Trust"), (3, 4), ((10, 20), (25, 90)), "Chair"
)
LEDGER = Ledger(
    3, 2, "1", "12bis", ("4", "5"), ("7",), ("line 42: 80 of those",), ("Title",), tables=1, notes=("page 1: 1 See X.",), warnings=("look",)
)


def store_of(path: Path, documents: Sequence[Document] = (REPORT, LETTER, BARE)) -> ParagraphStore:
    """A store of these documents: TWELVE and a plain one in REPORT, one in each of the others."""
    plain = [Paragraph(document.id, "u1", "counted", f"Text of {document.id}") for document in documents]
    given: list[Given] = [(document, Ledger(counted=1), [paragraph]) for document, paragraph in zip(documents, plain, strict=True)]
    if documents[0] is REPORT:
        given[0] = (REPORT, LEDGER, [TWELVE, plain[0]])
    write_store(path, placed(*given), {"reports/a 77.txt": b"key"})
    return ParagraphStore(path)


@pytest.fixture
def store(tmp_path: Path) -> ParagraphStore:
    """Three documents of two, one and one paragraphs."""
    return store_of(tmp_path / "paragraphs.sqlite")


def test_every_field_comes_back(store: ParagraphStore) -> None:
    """Documents, paragraphs and ledgers equal what was written, those with every field set and those with none."""
    for thing in (REPORT, TWELVE, LEDGER):
        assert all(getattr(thing, field.name) not in (None, (), {}, 0) for field in fields(thing)), "the example leaves out a field"
    assert store.documents == (REPORT, LETTER, BARE)
    assert dict(store.documents[0].origins) == REPORT.origins
    assert store.document_paragraphs("A/77/275") == (TWELVE, Paragraph("A/77/275", "u1", "counted", "Text of A/77/275"))
    assert store.ledgers() == [LEDGER, Ledger(counted=1), Ledger(counted=1)]
    assert store.spans == {"A/77/275": Span(0, 0, 2), "letter": Span(1, 2, 1), "bare": Span(2, 3, 1)}
    assert store.keys_of(Span(0, 0, 2)) == [bytes(16), bytes([1] * 16)]
    assert store.rows_by_key([bytes([1] * 16), b"another", bytes(16)]) == {bytes(16): 0, bytes([1] * 16): 1}
    assert store.query("SELECT name, key FROM files") == [("reports/a 77.txt", b"key")]


def test_paragraphs_by_row(store: ParagraphStore) -> None:
    """Rows count through the documents; each paragraph comes with its document, and an unknown row is left out."""
    found = store.paragraphs([2, 0, 2, 99, -1])
    assert found == {0: (REPORT, TWELVE), 2: (LETTER, Paragraph("letter", "u1", "counted", "Text of letter"))}
    assert store.paragraphs([]) == {}
    assert store.document_paragraphs("nobody") == ()
    assert (store.count(), store.count(Selection(((0, 2), (3, 4)))), store.count(Selection(()))) == (4, 3, 0)
    assert list(Selection.of_rows([3, 1, 0, 3]).rows()) == [0, 1, 3]


def test_more_rows_than_one_statement_takes(tmp_path: Path) -> None:
    """Two thousand rows come back at once, each as itself, and a document keeps their order."""
    paragraphs = [Paragraph("bare", str(number), "official", f"Paragraph {number}") for number in range(2000)]
    write_store(tmp_path / "many", placed((BARE, Ledger(official=2000), paragraphs)), {})
    store = ParagraphStore(tmp_path / "many")
    assert store.paragraphs(range(1999, -1, -1)) == {row: (BARE, paragraph) for row, paragraph in enumerate(paragraphs)}
    assert store.document_paragraphs("bare") == tuple(paragraphs)


@pytest.mark.parametrize(
    ("filters", "rows"),
    [
        (Filters(), [0, 1, 2]),
        (Filters(documents=("A/77/275",)), [0]),
        (Filters(documents=("a/77/275", "BARE")), [0, 2]),
        (Filters(kinds=("report",)), [0]),
        (Filters(kinds=("Report", "letter")), [0, 1]),
        (Filters(standings=("none",)), [1, 2]),
        (Filters(standings=("adopted", "draft")), [0]),
        (Filters(speakers=("chair",)), [0]),
        (Filters(speakers=("CÔTE D’IVOIRE",)), [0]),
        (Filters(speakers=("Cha",)), []),
        (Filters(speakers=("rapporteur",)), [0]),
        (Filters(speakers=("Like-Minded Group", "nobody")), [0]),
        (Filters(sessions=("first SUBSTANTIVE",)), [0]),
        (Filters(sessions=("second", "december 2021")), [0]),
        (Filters(languages=("EN", "fr")), [0]),
        (Filters(languages=("fr",)), []),
        (Filters(since=dt.date(2022, 8, 8)), [0, 1]),
        (Filters(since=dt.date(2022, 8, 9)), [1]),
        (Filters(until=dt.date(2022, 8, 8)), [0]),
        (Filters(until=dt.date(2022, 8, 7)), []),
        (Filters(since=dt.date(2022, 8, 8), until=dt.date(2023, 1, 1)), [0, 1]),
        (Filters(kinds=("report", "letter"), since=dt.date(2023, 1, 1)), [1]),
        (Filters(kinds=("report",), languages=("fr",)), []),
    ],
)
def test_filters(store: ParagraphStore, filters: Filters, rows: list[int]) -> None:
    """Values of one field are alternatives, fields add up, names fold case, dates are inclusive, no date fits no span."""
    selection = store.select(filters)
    assert (selection.documents, selection.whole) == (tuple(rows), True)
    assert list(selection.rows()) == [
        row for span in store.spans.values() if span.document in rows for row in range(span.first, span.first + span.count)
    ]
    assert [store.spans[document.id].document for document in store.documents_of(selection)] == rows


def test_a_speaker_is_found_in_the_turns_of_a_transcript(tmp_path: Path) -> None:
    """Of a transcript only the paragraphs that a speaker says are allowed, by name, bare name or delegation; other filters still hold."""
    transcript = Document("meeting", "Transcript", "m.txt", "5", kind="transcript")
    statement = Document("statement", "Statement", "s.txt", "6", kind="statement", delegation="Norvania")
    said = [("u1", "The Chair"), ("u2", "Ms. Lowe (Norvania)"), ("u3", "Ms. Lowe (Norvania)"), ("u4", "Mr. Hale (Estmark)")]
    turns = [Paragraph("meeting", label, "counted", f"Text {label}", speaker=speaker) for label, speaker in said]
    own = [Paragraph("statement", "u1", "counted", "Text")]
    write_store(tmp_path / "turns", placed((transcript, Ledger(counted=4), turns), (statement, Ledger(counted=1), own)), {})
    store = ParagraphStore(tmp_path / "turns")
    for name in ("Norvania", "norvania"):
        assert store.select(Filters(speakers=(name,))) == Selection(((1, 3), (4, 5)), (0, 1))
    for name in ("Ms. Lowe (Norvania)", "Ms. Lowe", "lowe"):
        assert store.select(Filters(speakers=(name,))) == Selection(((1, 3),), (0,))
    assert store.select(Filters(speakers=("Chair",))) == Selection(((0, 1),), (0,))
    assert store.select(Filters(speakers=("Norvania",), kinds=("statement",))) == Selection(((4, 5),), (1,), whole=True)
    assert store.select(Filters(speakers=("Talora",))) == Selection((), (), whole=True)
    assert store.count(store.select(Filters(speakers=("Norvania",)))) == 3
    assert store.document_paragraphs("meeting")[1].speaker == "Ms. Lowe (Norvania)"


def test_threads_share_a_store(store: ParagraphStore) -> None:
    """Any thread may ask, also many at once, and each gets its own answer."""
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda at: store.paragraphs([at % 4])[at % 4][1].text, range(400)))
    assert answers == [store.paragraphs([at % 4])[at % 4][1].text for at in range(400)]


def test_a_store_reads_on_when_its_file_is_gone(tmp_path: Path) -> None:
    """A reader in the middle of an answer is not cut off, in no thread, when the generation is swept."""
    store = store_of(tmp_path / "paragraphs.sqlite")
    (tmp_path / "paragraphs.sqlite").unlink()
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(store.count).result() == 4
    assert store.paragraphs([0]) == {0: (REPORT, TWELVE)}


@pytest.mark.parametrize("name", ["100% done", "what? now", "#1", "a%20b", "ünï côde", "it's"])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    """Characters that mean something in an address are only a name here."""
    (tmp_path / name).mkdir()
    assert store_of(tmp_path / name / "paragraphs.sqlite").count() == 4


def test_reading_changes_nothing(tmp_path: Path) -> None:
    """A store is read without a lock or a journal beside it, and cannot be written."""
    store = store_of(tmp_path / "s")
    store.ledgers()
    assert [path.name for path in tmp_path.iterdir()] == ["s"]
    with pytest.raises(DamagedIndex, match="readonly"):
        store.query("DELETE FROM documents")


def test_what_is_not_a_store_is_refused(tmp_path: Path) -> None:
    """A missing file, an empty one and a foreign one are damage, named with its folder and the next step."""
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "foreign").write_bytes(b"hello" * 1000)
    for name in ("missing", "empty", "foreign"):
        with pytest.raises(DamagedIndex, match=rf"/{name} cannot be read: .*assistant index --rebuild"):
            _ = ParagraphStore(tmp_path / name).documents


def test_a_store_of_another_version_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    """Its documents are not read."""
    store_of(tmp_path / "s").close()
    connection = sqlite3.connect(tmp_path / "s")
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    store = ParagraphStore(tmp_path / "s")
    with pytest.raises(MismatchedIndex, match=r"another version of this program\. Build it anew with: assistant index"):
        _ = store.documents


def test_documents_are_found_by_the_labels_they_have(tmp_path: Path) -> None:
    """A label names the documents that have such a paragraph, however many labels are asked for."""
    store = store_of(tmp_path / "s")
    assert store.documents_with(["12bis"]) == {"A/77/275"}
    assert store.documents_with(["u1", "nothing"]) == {"A/77/275", "letter", "bare"}
    assert store.documents_with(["7"] * 100_000) == set()


def test_two_paragraphs_of_one_label_are_not_stored(tmp_path: Path) -> None:
    """A label names one paragraph of a document, or nothing is written."""
    with pytest.raises(sqlite3.IntegrityError):
        write_store(tmp_path / "s", placed((REPORT, LEDGER, [TWELVE, TWELVE])), {})


def test_a_store_is_written_onto_another(tmp_path: Path) -> None:
    """What is taken out is gone, what stays keeps its rows and gets its new place, what is added comes at its place in the corpus."""
    store_of(tmp_path / "first").close()
    before = (tmp_path / "first").read_bytes()
    other = Document("other", "Other", "other.txt", "01")
    origin = Origin("other.txt", b"k", Document("other", "Other, as read", "other.txt", "01"))
    new = NewDocument(Span(3, 4, 1), 0, other, Ledger(counted=1), [Paragraph("other", "u1", "counted", "New")], [b"n" * 16], origin)
    write_store(tmp_path / "second", [new], {"other.txt": b"k"}, Base(tmp_path / "first", [Span(0, 0, 2)], {2: 1, 1: 2}))
    store = ParagraphStore(tmp_path / "second")
    assert store.documents == (other, BARE, LETTER)
    assert store.spans == {"other": Span(3, 4, 1), "bare": Span(2, 3, 1), "letter": Span(1, 2, 1)}
    assert not store.rows_are_in_order
    assert store.in_order([2, 3, 4]) == {4: (0, 4), 3: (1, 3), 2: (2, 2)}
    assert store.document_paragraphs("A/77/275") == ()
    assert store.rows_by_key([bytes([1] * 16)]) == {}
    assert {row: paragraph.text for row, (_, paragraph) in store.paragraphs(range(9)).items()} == {
        2: "Text of letter", 3: "Text of bare", 4: "New"
    }  # fmt: skip
    assert store.query("SELECT name FROM files") == [("other.txt",)]
    assert [row is not None for (row,) in store.query("SELECT read FROM documents ORDER BY place")] == [True, False, False]
    assert (tmp_path / "first").read_bytes() == before
