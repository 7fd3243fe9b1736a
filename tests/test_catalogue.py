"""The catalogue of metadata: what it may say, how it is refused, and what a document is called without it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assistant.corpus.catalogue import CatalogueEntry, describe, read_catalogue, with_shared
from assistant.errors import InvalidCatalogue
from assistant.schema import Document


def catalogue(folder: Path, text: str | bytes) -> Path:
    """A folder with this catalogue."""
    (folder / "catalogue.toml").write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def test_every_field_is_read(tmp_path: Path) -> None:
    """All keys of an entry arrive with their types, white space around texts does not."""
    entries = read_catalogue(
        catalogue(
            tmp_path,
            """
            ["sub/report 1.txt"]
            id = "r1"
            symbol = " A/77/275 "
            title = "Report"
            kind = "report"
            standing = "adopted"
            date = 2022-08-08
            session = "77"
            speaker = "Chair"
            delegation = "Singapore"
            language = "en"
            aliases = ["the report", "first report"]
            """,
        )
    )
    assert entries == {
        "sub/report 1.txt": CatalogueEntry(
            id="r1",
            symbol="A/77/275",
            title="Report",
            kind="report",
            standing="adopted",
            date=dt.date(2022, 8, 8),
            session="77",
            speaker="Chair",
            delegation="Singapore",
            language="en",
            aliases=("the report", "first report"),
        )
    }


def test_no_catalogue_is_an_empty_one(tmp_path: Path) -> None:
    """A folder without catalogue.toml has no entries, and neither has an empty file."""
    assert read_catalogue(tmp_path) == {}
    assert read_catalogue(catalogue(tmp_path, "# nothing yet\n")) == {}


def test_a_byte_order_mark_does_not_matter(tmp_path: Path) -> None:
    """Editors that write one are forgiven."""
    assert read_catalogue(catalogue(tmp_path, b'\xef\xbb\xbf["a.txt"]\ntitle = "T"\n'))["a.txt"].title == "T"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("not toml", "catalogue.toml cannot be read"),
        ('["a.txt"]\ntitle = "x"\n["a.txt"]\n', "catalogue.toml cannot be read"),
        (b"\xff\xfe\x00", "catalogue.toml cannot be read"),
        ('["a.txt"]\nauthor = "x"\n', "['a.txt'], author"),
        ('["a.txt"]\nkind = "speech"\n', "['a.txt'], kind"),
        ('["a.txt"]\nstanding = "final"\n', "['a.txt'], standing"),
        ('["a.txt"]\ndate = "tomorrow"\n', "['a.txt'], date"),
        ('["a.txt"]\ntitle = 5\n', "['a.txt'], title"),
        ('["a.txt"]\nid = "  "\n', "['a.txt'], id"),
        ('["a.txt"]\naliases = "one"\n', "['a.txt'], aliases"),
        ('["a.txt"]\naliases = ["one", ""]\n', "['a.txt'], aliases.1"),
        ('title = "x"\n', "'title' is not the table of a file"),
        ('[a.txt]\ntitle = "x"\n', "['a'], txt"),
    ],
)
def test_a_catalogue_that_cannot_be_used_is_refused_in_one_line(tmp_path: Path, text: str | bytes, names: str) -> None:
    """The line names the file, the entry and the key, and says what to do; a name without quotes is among the cases."""
    with pytest.raises(InvalidCatalogue) as caught:
        read_catalogue(catalogue(tmp_path, text))
    message = str(caught.value)
    assert names in message
    assert str(tmp_path) in message
    assert "\n" not in message
    assert caught.value.step
    assert caught.value.exit_code == 2


def test_the_message_names_the_keys_and_the_quotes(tmp_path: Path) -> None:
    """Whoever mistypes a key reads which there are."""
    with pytest.raises(InvalidCatalogue, match=r'in quotes, \["name\.txt"\]; keys are id, symbol, title, .*, aliases\.$'):
        read_catalogue(catalogue(tmp_path, '["a.txt"]\nautor = "x"\n'))


def test_a_document_without_an_entry_is_called_by_its_file() -> None:
    """Id from the path without suffix, title from the file's name; the origins say so, and the rest is not guessed."""
    assert describe(None, name="sub/my_report.txt", sha256="0", default_id="sub/my_report") == Document(
        id="sub/my_report", title="my report", source="sub/my_report.txt", sha256="0", origins={"id": "file name", "title": "file name"}
    )


def test_an_entry_speaks_before_the_file_name() -> None:
    """What the catalogue gives has the origin catalogue; the symbol is the id unless another is given."""
    document = describe(CatalogueEntry(symbol="A/1", kind="report", aliases=("x",)), name="a.txt", sha256="0", default_id="a")
    assert (document.id, document.symbol, document.title, document.kind, document.aliases) == ("A/1", "A/1", "a", "report", ("x",))
    assert document.origins == {"symbol": "catalogue", "kind": "catalogue", "aliases": "catalogue", "title": "file name", "id": "symbol"}
    assert describe(CatalogueEntry(symbol="A/1", id="mine"), name="a.txt", sha256="0", default_id="a").id == "mine"


def test_an_entry_for_many_documents_leaves_their_names() -> None:
    """Kind, date and speaker hold for each document of a file; id and title are each one's own."""
    one = Document("d1", "Own title", "c.jsonl:1", "0", origins={"id": "_id", "title": "title"})
    shared = with_shared(one, CatalogueEntry(id="x", title="All of them", kind="statement", date=dt.date(2020, 1, 2)))
    assert (shared.id, shared.title, shared.kind, shared.date) == ("d1", "Own title", "statement", dt.date(2020, 1, 2))
    assert shared.origins == {"id": "_id", "title": "title", "kind": "catalogue", "date": "catalogue"}
