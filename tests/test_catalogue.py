"""The catalogue of metadata: what it may say, how it is refused, and what a document is called without it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assistant.corpus.catalogue import CatalogueEntry, describe, describe_with_warnings, read_catalogue, read_names, with_shared
from assistant.corpus.roles import Group, Names, Role
from assistant.corpus.source import plain
from assistant.errors import InvalidCatalogue
from assistant.schema import Document


def catalogue(folder: Path, text: str | bytes) -> Path:
    """A folder with this catalogue."""
    (folder / "catalogue.toml").write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def read_both(folder: Path) -> None:
    """Reads all that the catalogue says."""
    read_catalogue(folder)
    read_names(folder)


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
        ('[[role]]\nname = "Chair"\n', "[[role]] number 1, person: Field required"),
        ('[[role]]\nname = "Chair"\nperson = "X"\nfrom = 2020-01-01\n', "[[role]] number 1, from"),
        ('[[role]]\nname = "C"\nperson = "X"\nsince = 2021-01-01\nuntil = 2020-01-01\n', "[[role]] number 1: until lies before since"),
        ('[role]\nname = "Chair"\n', "[role] has one pair of brackets, a list has two: [[role]]"),
        ('[[group]]\nname = "G"\nmembers = []\n', "[[group]] number 1, members"),
        ('role = "x"\n', "[role] has one pair"),
        ('alias = "x"\n', '[alias]: a line is "another name" = "symbol or id"'),
        ('[alias]\n"a name" = 5\n', '[alias]: a line is "another name" = "symbol or id"'),
    ],
)
def test_a_catalogue_that_cannot_be_used_is_refused_in_one_line(tmp_path: Path, text: str | bytes, names: str) -> None:
    """The line names the file, the entry and the key, and says what to do; a name without quotes is among the cases."""
    with pytest.raises(InvalidCatalogue) as caught:
        read_both(catalogue(tmp_path, text))
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


DRAFT = "United Nations  A/77/275\n\nDistr.: Limited\n3 March 2031\n\nDraft report of the Group\n\n1. One.\n"


def test_the_catalogue_speaks_before_the_document_and_the_document_before_the_file_name() -> None:
    """Each field has one origin; a symbol that the catalogue gives decides the id, and a contradiction is warned of."""
    where = {"name": "a.txt", "sha256": "0", "default_id": "a", "source": plain(DRAFT)}
    document = describe(None, **where)  # type: ignore[arg-type]  # keywords of several types
    assert (document.id, document.title, document.standing, document.date) == (
        "A/77/275",
        "Draft report of the Group",
        "draft",
        dt.date(2031, 3, 3),
    )
    given, warnings = describe_with_warnings(CatalogueEntry(symbol="A/77/276", date=dt.date(2030, 1, 1), aliases=("x",)), **where)  # type: ignore[arg-type]
    assert (given.id, given.symbol, given.date, given.title) == ("A/77/276", "A/77/276", dt.date(2030, 1, 1), "Draft report of the Group")
    assert given.origins["symbol"] == given.origins["date"] == "catalogue"
    assert given.origins["title"] == "first page, line 6"
    assert warnings == ("catalogue.toml says A/77/276, its first page A/77/275",)


def test_a_symbol_of_the_catalogue_tells_the_standing_of_a_silent_document() -> None:
    """A conference room paper is a draft, and a symbol that is none is kept with a warning."""
    silent = {"name": "a.txt", "sha256": "0", "default_id": "a", "source": plain("One.\n")}
    document = describe(CatalogueEntry(symbol="A/AC.292/2024/CRP.1"), **silent)  # type: ignore[arg-type]
    assert (document.standing, document.origins["standing"]) == ("draft", "symbol")
    odd, warnings = describe_with_warnings(CatalogueEntry(symbol="Paper 7"), **silent)  # type: ignore[arg-type]
    assert (odd.id, warnings) == ("Paper 7", ("catalogue.toml says Paper 7, which is no symbol of the United Nations",))


def said(speaker: str | None, date: dt.date | None = None, delegation: str | None = None) -> Document:
    """A statement of somebody."""
    return Document("d", "T", "d.txt", "0", speaker=speaker, date=date, delegation=delegation)


IN_OFFICE = Role(name="Chair", person="Mr. Burhan Gafoor", delegation="Singapore", since=dt.date(2021, 6, 1), until=dt.date(2025, 7, 11))


@pytest.mark.parametrize(
    ("document", "held"),
    [
        (said("Mr. Burhan Gafoor", dt.date(2021, 6, 1)), True),
        (said("H.E. Mr.  Burhan GAFOOR", dt.date(2025, 7, 11)), True),
        (said("Ambassador Burhan Gafoor", dt.date(2023, 1, 1), "singapore"), True),
        (said("Mr. Burhan Gafoor", dt.date(2021, 5, 31)), False),
        (said("Mr. Burhan Gafoor", dt.date(2025, 7, 12)), False),
        (said("Mr. Burhan Gafoor"), False),
        (said("Mr. Burhan Gafoor", dt.date(2023, 1, 1), "Malta"), False),
        (said("Mr. Gafoor", dt.date(2023, 1, 1)), False),
        (said("Chair", dt.date(2023, 1, 1)), False),
        (said(None, dt.date(2023, 1, 1), "Singapore"), False),
    ],
)
def test_a_role_is_held_by_one_person_in_its_time(document: Document, held: bool) -> None:
    """Titles and case do not count; the days of the limits do; without a date or a full name nothing is guessed."""
    assert IN_OFFICE.is_held_by(document) is held


def test_roles_and_groups_are_named_once_each() -> None:
    """In the catalogue's order; a role without dates holds for a document without one."""
    names = Names((IN_OFFICE, Role(name="Chair", person="Burhan Gafoor")), (Group(name="islands", members=("Singapore",)),))
    assert names.held_by(said("Burhan Gafoor", dt.date(2022, 1, 1), "Singapore")) == ("Chair", "islands")
    assert names.held_by(said("Ms. X", None, "Singapore")) == ("islands",)
    assert names.held_by(said("Ms. X")) == ()


def test_names_are_read_beside_the_files(tmp_path: Path) -> None:
    """Roles, groups and aliases are no files, and files are none of them."""
    text = (
        '["a.txt"]\ntitle = "T"\n[[role]]\nname = "Chair"\nperson = "X"\n[[group]]\nname = "G"\nmembers = ["M"]\n[alias]\n" one " = "A/1"\n'
    )
    assert set(read_catalogue(catalogue(tmp_path, text))) == {"a.txt"}
    assert read_names(tmp_path) == Names((Role(name="Chair", person="X"),), (Group(name="G", members=("M",)),), {"one": "A/1"})
    assert read_names(tmp_path / "nowhere") == Names()
