"""Reading a folder: which files are documents, what is skipped and named, and when the fingerprint changes."""

from __future__ import annotations

import codecs
import datetime as dt
import json
import os
from pathlib import Path

import pytest

from assistant.corpus import Entry, Skipped, corpus_files, corpus_fingerprint, process, read_corpus, warnings_of
from assistant.corpus.isolation import read_files
from assistant.corpus.readers import SUFFIXES, read_source
from assistant.errors import EmptyCorpus, InvalidCatalogue, UnreadableDocument
from assistant.schema import Ledger

pytestmark = pytest.mark.usefixtures("reading_here")

GOOD = "1. One.\n2. Two.\n"


def fill(folder: Path, files: dict[str, str | bytes]) -> Path:
    """A folder with these files."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def lines(*rows: object) -> str:
    """JSON Lines; a string stays as it is."""
    return "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)


def entries(place: Path) -> list[Entry]:
    """What was read."""
    return [item for item in read_corpus(place) if isinstance(item, Entry)]


def skipped(place: Path) -> list[Skipped]:
    """What was not."""
    return [item for item in read_corpus(place) if isinstance(item, Skipped)]


# --- which files


def test_files_come_sorted_and_without_what_is_no_document(tmp_path: Path) -> None:
    """README*, the catalogue and everything hidden are left out, in folders too."""
    names = ["b.txt", "a.txt", "sub/c.txt", "sub/README", "README.md", "readme.txt", "catalogue.toml", ".x.txt", ".git/d.txt", "sub/.e"]
    fill(tmp_path, dict.fromkeys(names, "x"))
    assert [path.relative_to(tmp_path).as_posix() for path in corpus_files(tmp_path)] == ["a.txt", "b.txt", "sub/c.txt"]


def test_a_single_file_is_a_corpus(tmp_path: Path) -> None:
    """A file that is named is read, with its folder's catalogue, and entries for its neighbours are not missed."""
    fill(tmp_path, {"a.txt": GOOD, "b.txt": GOOD, "catalogue.toml": '["a.txt"]\nid = "A"\n["b.txt"]\nid = "B"\n'})
    assert [item.document.id for item in entries(tmp_path / "a.txt")] == ["A"]
    assert skipped(tmp_path / "a.txt") == []


@pytest.mark.parametrize("files", [{}, {"README.md": "x"}, {"catalogue.toml": ""}, {".hidden.txt": "x"}])
def test_a_folder_without_documents_is_an_empty_corpus(tmp_path: Path, files: dict[str, str | bytes]) -> None:
    """The error names the folder and says what to put there."""
    with pytest.raises(EmptyCorpus, match="holds no document"):
        list(read_corpus(fill(tmp_path, files)))
    with pytest.raises(EmptyCorpus):
        corpus_fingerprint(tmp_path)


def test_a_folder_that_is_not_there_is_an_empty_corpus(tmp_path: Path) -> None:
    """The error says how to make it."""
    with pytest.raises(EmptyCorpus, match="does not exist"):
        list(read_corpus(tmp_path / "nowhere"))


def test_in_a_folder_with_judgements_only_the_corpus_is_read(tmp_path: Path) -> None:
    """A BEIR folder's queries and qrels are no documents."""
    fill(
        tmp_path,
        {
            "corpus.jsonl": lines({"_id": "1", "text": "T"}),
            "queries.jsonl": lines({"_id": "q", "text": "Q"}),
            "qrels/test.tsv": "x",
            "a.txt": GOOD,
        },
    )
    assert [path.name for path in corpus_files(tmp_path)] == ["corpus.jsonl"]
    assert [item.document.id for item in entries(tmp_path)] == ["1"]
    (tmp_path / "qrels" / "test.tsv").unlink()
    (tmp_path / "qrels").rmdir()
    assert len(entries(tmp_path)) == 3


# --- text files


def test_a_text_file_becomes_a_document(tmp_path: Path) -> None:
    """Id, title and source from the path, text split into its paragraphs."""
    (entry,) = entries(fill(tmp_path, {"sub/My_report.v2.txt": GOOD}))
    assert (entry.document.id, entry.document.title, entry.document.source) == ("sub/My_report.v2", "My report.v2", "sub/My_report.v2.txt")
    assert [paragraph.id for paragraph in entry.paragraphs] == ["sub/My_report.v2#1", "sub/My_report.v2#2"]
    assert entry.ledger.official == 2


@pytest.mark.parametrize(
    "raw",
    [
        GOOD.encode(),
        codecs.BOM_UTF8 + GOOD.encode(),
        codecs.BOM_UTF16_LE + GOOD.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + GOOD.encode("utf-16-be"),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("\n", "\r").encode(),
    ],
)
def test_encodings_that_say_what_they_are_are_read(tmp_path: Path, raw: bytes) -> None:
    """UTF-8 with and without a mark, UTF-16 with one, and any line ends give the same paragraphs."""
    (entry,) = entries(fill(tmp_path, {"a.txt": raw}))
    assert [(paragraph.label, paragraph.text) for paragraph in entry.paragraphs] == [("1", "One."), ("2", "Two.")]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "sub/a.txt is empty. Fill it or remove it."),
        (b" \n\t\r\n ", "sub/a.txt is empty. Fill it or remove it."),
        (codecs.BOM_UTF8, "sub/a.txt is empty. Fill it or remove it."),
        (codecs.BOM_UTF16_LE, "sub/a.txt is empty. Fill it or remove it."),
        (b"\xff\xff", "sub/a.txt is not utf-8 text (byte 1). Save it as UTF-8."),
        (b"Te\0xt", "sub/a.txt is not text: it holds NUL characters. Save it as UTF-8 text."),
        (codecs.BOM_UTF16_LE + b"\x00", "sub/a.txt is not utf-16 text (byte 3). Save it as UTF-8."),
        ("\u200b\n".encode(), "sub/a.txt holds no paragraph. Check its text."),
    ],
)
def test_a_file_that_is_no_text_is_skipped_by_name_and_the_rest_is_read(tmp_path: Path, raw: bytes, reason: str) -> None:
    """The file is named with what is wrong and what to do, and the next file is read."""
    fill(tmp_path, {"sub/a.txt": raw, "sub/b.txt": GOOD})
    assert skipped(tmp_path) == [Skipped("sub/a.txt", reason)]
    assert [item.document.id for item in entries(tmp_path)] == ["sub/b"]


@pytest.mark.parametrize("name", ["a.odt", "a", "a.txt.bak"])
def test_a_format_without_a_reader_is_skipped(tmp_path: Path, name: str) -> None:
    """The reason names the suffix and what can be read."""
    (item,) = skipped(fill(tmp_path, {name: "x", "b.txt": GOOD}))
    assert item.source == name
    assert "has no reader" in item.reason
    assert f"Readable are {', '.join(SUFFIXES)}." in item.reason


def test_suffixes_in_capitals_are_read(tmp_path: Path) -> None:
    """A.TXT is a text file."""
    assert [item.document.id for item in entries(fill(tmp_path, {"A.TXT": GOOD}))] == ["A"]


def test_a_file_that_cannot_be_opened_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No permission: the file is named, the other one is read, and the fingerprint still has a value."""
    fill(tmp_path, {"closed.txt": GOOD, "closed.jsonl": lines({"_id": "1", "text": "T"}), "open.txt": GOOD})
    if os.geteuid() == 0:  # root may read everything: the process that reads refuses in the system's stead
        monkeypatch.setattr("assistant.corpus.read_files", read_files)
        monkeypatch.setattr(process, "PROGRAM", "hostile")
    else:
        (tmp_path / "closed.txt").chmod(0)
        (tmp_path / "closed.jsonl").chmod(0)
    assert skipped(tmp_path) == [
        Skipped("closed.jsonl", "closed.jsonl cannot be read: Permission denied. Check the file's permissions."),
        Skipped("closed.txt", "closed.txt cannot be read: Permission denied. Check the file's permissions."),
    ]
    assert [entry.document.id for entry in entries(tmp_path)] == ["open"]
    assert len(corpus_fingerprint(tmp_path)) == 64


def test_a_format_without_a_reader_is_named() -> None:
    """What no reader reads is refused by its suffix, before a byte of it is looked at."""
    with pytest.raises(UnreadableDocument, match=r"^a\.xyz has no reader for \.xyz"):
        read_source(b"\0", "a.xyz")


@pytest.mark.parametrize("name", [b"a\nb.txt", b"a\x1b[31m.txt", b"\xff.txt"])
def test_a_file_name_that_cannot_be_shown_is_skipped(tmp_path: Path, name: bytes) -> None:
    """Line ends, controls and bytes that are not UTF-8 never become an id, and the fingerprint still has a value."""
    fill(tmp_path, {"c.txt": GOOD, "年次　報告.txt": GOOD})
    try:
        Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name))).write_text(GOOD)  # noqa: PTH118  # bytes have no Path
    except OSError:
        pytest.skip("this file system refuses such a name")
    (item,) = skipped(tmp_path)
    assert item.source.isascii()
    assert item.source.isprintable()
    assert "Rename it." in item.reason
    assert [entry.document.id for entry in entries(tmp_path)] == ["c", "年次　報告"]
    assert len(corpus_fingerprint(tmp_path)) == 64


# --- JSON Lines


def test_each_line_is_a_document_of_one_counted_paragraph(tmp_path: Path) -> None:
    """Id from _id, title if there is one, text repaired; a line without text is its title."""
    fill(
        tmp_path,
        {"s/c.jsonl": lines({"_id": "d1", "title": "T", "text": "Two\nlines."}, "", {"_id": 2, "title": "Only a title", "text": " "})},
    )
    one, two = entries(tmp_path)
    assert (one.document.id, one.document.title, one.document.source) == ("d1", "T", "s/c.jsonl:1")
    assert (one.paragraphs[0].label, one.paragraphs[0].numbering, one.paragraphs[0].text) == ("u1", "counted", "Two lines.")
    assert one.paragraphs[0].ranges == ((0, 10),)
    assert one.ledger == Ledger(counted=1)
    assert (two.document.id, two.document.source, two.paragraphs[0].text) == ("2", "s/c.jsonl:3", "Only a title")
    assert two.paragraphs[0].ranges == ((0, 12),)


BAD = {
    "{": "not JSON at character 2: Expecting property name enclosed in double quotes",
    "[1]": "not an object",
    '{"text": "T"}': "no _id",
    '{"_id": " ", "text": "T"}': "no _id",
    '{"_id": null, "text": "T"}': "no _id",
    '{"_id": ["x"], "text": "T"}': "no _id",
    '{"_id": "x"}': "neither title nor text",
    '{"_id": "x", "text": 5}': "text is not text",
    '{"_id": "x", "text": "T", "title": []}': "title is not text",
    '{"_id": "x", "text": "half a \\ud800 pair"}': "characters that are not text",
    '{"_id": "x", "text": "a \\u0000"}': "characters that are not text",
    '{"_id": "x\\ny", "text": "T"}': "characters that are not text",
    "[" * 100_000: "nested too deeply",
}


@pytest.mark.parametrize(("line", "what"), list(BAD.items()), ids=[line[:30] for line in BAD])
def test_a_bad_line_is_named_with_its_number_and_the_others_are_read(tmp_path: Path, line: str, what: str) -> None:
    """Line 2 is reported with what is wrong; lines 1 and 3 are documents."""
    fill(tmp_path, {"c.jsonl": lines({"_id": "1", "text": "T"}, line, {"_id": "3", "text": "T"})})
    assert [entry.document.id for entry in entries(tmp_path)] == ["1", "3"]
    (item,) = skipped(tmp_path)
    assert item == Skipped("c.jsonl", f'c.jsonl, line 2: {what}. A line is {{"_id", "title", "text"}}.')


def test_what_a_line_says_of_its_document_is_read(tmp_path: Path) -> None:
    """Known keys of "metadata" with the origin metadata; a draft's symbol tells its standing; other keys are ignored."""
    about = {
        "symbol": "A/AC.292/2024/CRP.1", "date": "2024-07-12", "speaker": "Ms. Lowe", "delegation": "Norvania", "kind": "statement",
        "session": "Eighth session", "language": "en", "url": "https://x", "pages": 4,
    }  # fmt: skip
    rows = [
        {"_id": "1", "text": "T", "metadata": about},
        {"_id": "2", "text": "T", "metadata": {}},
        {"_id": "3", "text": "T", "metadata": None},
    ]
    one, two, three = entries(fill(tmp_path, {"c.jsonl": lines(*rows)}))
    document = one.document
    assert (document.id, document.symbol, document.date) == ("1", "A/AC.292/2024/CRP.1", dt.date(2024, 7, 12))
    assert (document.speaker, document.delegation, document.kind) == ("Ms. Lowe", "Norvania", "statement")
    assert (document.session, document.language, document.standing) == ("Eighth session", "en", "draft")
    origins = dict.fromkeys(("symbol", "date", "speaker", "delegation", "kind", "session", "language"), "metadata")
    assert document.origins == {"id": "_id", "title": "_id", **origins, "standing": "symbol"}
    assert two.document.origins == three.document.origins == {"id": "_id", "title": "_id"}


@pytest.mark.parametrize(
    ("metadata", "what"),
    [
        ("x", "metadata is not an object"),
        ([], "metadata is not an object"),
        ({"date": "12 July 2024"}, "metadata.date is no date like 2026-03-19: '12 July 2024'"),
        ({"date": "2024-02-30"}, "metadata.date is no date like 2026-03-19: '2024-02-30'"),
        ({"date": 2024}, "metadata.date is not text"),
        ({"kind": "speech"}, "metadata.kind is none of report, resolution, statement, transcript, letter, other: 'speech'"),
        ({"speaker": ["x"]}, "metadata.speaker is not text"),
        ({"session": "a\nb"}, "metadata.session has characters that are not text"),
    ],
)
def test_metadata_that_cannot_be_used_make_the_line_unreadable(tmp_path: Path, metadata: object, what: str) -> None:
    """The line is named with the key and what is wrong; the next one is read."""
    fill(tmp_path, {"c.jsonl": lines({"_id": "1", "text": "T", "metadata": metadata}, {"_id": "2", "text": "T"})})
    assert [entry.document.id for entry in entries(tmp_path)] == ["2"]
    assert skipped(tmp_path)[0].reason.startswith(f"c.jsonl, line 1: {what}. ")


def test_bytes_that_are_no_text_are_one_bad_line(tmp_path: Path) -> None:
    """A line in another encoding is skipped with the byte; a byte order mark at the beginning is not in the way."""
    good = json.dumps({"_id": "1", "text": "T"}).encode()
    fill(tmp_path, {"c.jsonl": codecs.BOM_UTF8 + good + b"\n" + '{"_id": "é"}'.encode("cp1252")})
    assert [entry.document.id for entry in entries(tmp_path)] == ["1"]
    assert skipped(tmp_path)[0].reason.startswith("c.jsonl, line 2: not UTF-8 text (byte 10).")


def test_an_empty_jsonl_is_skipped(tmp_path: Path) -> None:
    """A file without a line says so."""
    assert skipped(fill(tmp_path, {"c.jsonl": "\n \n", "a.txt": GOOD})) == [Skipped("c.jsonl", "c.jsonl is empty. Fill it or remove it.")]


def test_what_the_catalogue_says_of_a_jsonl_holds_for_its_documents(tmp_path: Path) -> None:
    """Kind and language of the file are those of each line; the title is its own."""
    fill(
        tmp_path,
        {
            "c.jsonl": lines({"_id": "1", "text": "T"}),
            "catalogue.toml": '["c.jsonl"]\nkind = "statement"\nlanguage = "en"\ntitle = "All"\n',
        },
    )
    (entry,) = entries(tmp_path)
    assert (entry.document.kind, entry.document.language, entry.document.title) == ("statement", "en", "1")


# --- ids and the catalogue


def test_a_second_document_with_the_same_id_is_skipped_and_said(tmp_path: Path) -> None:
    """The first one in order stays, across formats; both are named."""
    fill(
        tmp_path,
        {"a.jsonl": lines({"_id": "x", "text": "1"}, {"_id": "x", "text": "2"}), "b.txt": GOOD, "catalogue.toml": '["b.txt"]\nid = "x"\n'},
    )
    (entry,) = entries(tmp_path)
    assert entry.paragraphs[0].text == "1"
    assert [(item.source, item.reason) for item in skipped(tmp_path)] == [
        ("a.jsonl:2", "a.jsonl:2 has the same id as a.jsonl:1 (x). Give one another id in catalogue.toml."),
        ("b.txt", "b.txt has the same id as a.jsonl:1 (x). Give one another id in catalogue.toml."),
    ]


def test_an_entry_for_a_file_that_is_not_there_is_reported(tmp_path: Path) -> None:
    """A mistyped name in the catalogue does not pass in silence."""
    fill(tmp_path, {"a.txt": GOOD, "catalogue.toml": '["a.txt"]\nid = "A"\n["b.txt"]\nid = "B"\n'})
    assert skipped(tmp_path) == [Skipped("b.txt", "catalogue.toml names b.txt, which is not there. Add the file or remove the entry.")]


def test_a_bad_catalogue_stops_the_reading(tmp_path: Path) -> None:
    """Metadata that cannot be trusted is an error, not a warning."""
    with pytest.raises(InvalidCatalogue):
        list(read_corpus(fill(tmp_path, {"a.txt": GOOD, "catalogue.toml": "nonsense"})))


def test_the_shipped_corpus_is_read_without_a_word_of_warning() -> None:
    """One document, ten paragraphs, its metadata from the catalogue, nothing skipped."""
    (entry,) = list(read_corpus(Path(__file__).parents[1] / "corpus"))
    assert isinstance(entry, Entry)
    assert (entry.document.id, entry.document.speaker, entry.document.kind) == ("chair-closing-remarks", "Chair", "statement")
    assert len(entry.paragraphs) == 10
    assert warnings_of(entry.ledger) == []


# --- documents that belong together

HEAD = "United Nations  {symbol}\n\nDistr.: General\n{date}\nOriginal: English\n\nReport of the Group\n\n1. One.\n\n2. Two.\n"


def head(symbol: str, date: str = "3 March 2031") -> str:
    """A document of two paragraphs under a masthead."""
    return HEAD.format(symbol=symbol, date=date)


def test_a_document_is_called_by_the_symbol_that_it_prints(tmp_path: Path) -> None:
    """Id, symbol, date, title and kind come from the first page, and the paragraphs carry the id."""
    (entry,) = entries(fill(tmp_path, {"a.txt": head("A/77/275")}))
    document = entry.document
    assert (document.id, document.symbol, document.title, document.kind) == ("A/77/275", "A/77/275", "Report of the Group", "report")
    assert document.date == dt.date(2031, 3, 3)
    assert [paragraph.id for paragraph in entry.paragraphs if paragraph.numbering == "official"] == ["A/77/275#1", "A/77/275#2"]
    assert document.origins["symbol"] == "first page, line 1"


def test_languages_of_one_symbol_are_variants_and_formats_are_not(tmp_path: Path) -> None:
    """The French file has its own id, in its paragraphs too; the second English one is skipped, and both files are named."""
    fill(
        tmp_path,
        {
            "a.txt": GOOD,
            "b.txt": GOOD,
            "c.txt": GOOD,
            "catalogue.toml": "".join(
                f'["{name}.txt"]\nsymbol = "A/77/275"\nlanguage = "{code}"\n' for name, code in zip("abc", ["fr", "en", "en"], strict=True)
            ),
        },
    )
    assert [(entry.document.id, entry.document.source) for entry in entries(tmp_path)] == [("A/77/275@fr", "a.txt"), ("A/77/275", "b.txt")]
    assert entries(tmp_path)[0].paragraphs[0].id == "A/77/275@fr#1"
    assert skipped(tmp_path) == [
        Skipped("c.txt", "c.txt is A/77/275 again; b.txt is indexed. Give its language, or another id, in the catalogue.")
    ]


def test_a_replaced_version_says_so(tmp_path: Path) -> None:
    """The first version and Rev.1 are superseded, Rev.2 is not; what the catalogue says goes before."""
    fill(
        tmp_path,
        {"a.txt": head("A/77/275"), "b.txt": head("A/77/275/Rev.1"), "c.txt": head("A/77/275/Rev.2"), "d.txt": head("A/77/275/Add.1")},
    )
    standings = {entry.document.id: (entry.document.standing, entry.document.origins.get("standing")) for entry in entries(tmp_path)}
    assert standings == {
        "A/77/275": ("superseded", "replaced by A/77/275/Rev.2"),
        "A/77/275/Rev.1": ("superseded", "replaced by A/77/275/Rev.2"),
        "A/77/275/Rev.2": ("none", None),
        "A/77/275/Add.1": ("none", None),
    }
    fill(tmp_path, {"catalogue.toml": '["a.txt"]\nstanding = "adopted"\n'})
    assert next(entry.document for entry in entries(tmp_path) if entry.document.id == "A/77/275").standing == "adopted"


def test_a_role_a_group_and_an_alias_reach_their_documents(tmp_path: Path) -> None:
    """By person and date, by delegation, by symbol; an alias of no document is reported."""
    fill(
        tmp_path,
        {
            "a.txt": head("A/77/275"),
            "b.txt": GOOD,
            "catalogue.toml": """
                ["b.txt"]
                speaker = "Burhan Gafoor"
                delegation = "Singapore"
                date = 2023-05-01
                [[role]]
                name = "Chair"
                person = "Mr. Burhan Gafoor"
                since = 2021-06-01
                until = 2025-07-11
                [[role]]
                name = "former Chair"
                person = "Mr. Burhan Gafoor"
                since = 2025-07-12
                [[group]]
                name = "islands"
                members = ["singapore", "Malta"]
                [alias]
                "the first report" = "a/77/275"
                "the second report" = "A/78/265"
                """,
        },
    )
    one, two = (entry.document for entry in entries(tmp_path))
    assert (one.aliases, one.origins["aliases"], one.roles) == (("the first report",), "catalogue", ())
    assert (two.roles, two.origins["roles"]) == (("Chair", "islands"), "catalogue")
    assert skipped(tmp_path) == [
        Skipped("catalogue.toml", "catalogue.toml calls A/78/265 'the second report', but there is no such document.")
    ]


# --- warnings and the fingerprint


def test_warnings_say_what_to_look_at() -> None:
    """Missing and repeated numbers, and that paragraphs were counted, after the splitter's own words."""
    ledger = Ledger(counted=2, gaps=("4", "6-7"), repeats=("9",), warnings=("first",))
    assert warnings_of(ledger) == [
        "first",
        "numbers missing: 4, 6-7",
        "numbers used more than once: 9",
        "no printed paragraph numbers: paragraphs were counted",
    ]
    assert warnings_of(Ledger(official=3, counted=1)) == []


def test_the_fingerprint_changes_with_every_byte_and_name_and_not_otherwise(tmp_path: Path) -> None:
    """Content, names, a new file and the catalogue count; times, README and hidden files do not."""
    place = fill(tmp_path / "a", {"a.txt": GOOD, "b.txt": "x", "README.md": "r"})
    seen = {corpus_fingerprint(place)}

    def same() -> bool:
        return corpus_fingerprint(place) in seen

    def changed() -> bool:
        value = corpus_fingerprint(place)
        is_new = value not in seen
        seen.add(value)
        return is_new

    os.utime(place / "a.txt", (1, 1))
    fill(place, {"README.md": "other", ".hidden": "x"})
    assert same()
    assert corpus_fingerprint(fill(tmp_path / "b", {"b.txt": "x", "a.txt": GOOD})) in seen
    fill(place, {"a.txt": GOOD + " "})
    assert changed()
    fill(place, {"a.txt": GOOD})
    assert same()
    (place / "b.txt").rename(place / "c.txt")
    assert changed()
    fill(place, {"catalogue.toml": ""})
    assert changed()
    fill(place, {"catalogue.toml": " "})
    assert changed()
    fill(place, {"d.txt": ""})
    assert changed()


def test_bytes_of_a_file_do_not_pass_for_another_file(tmp_path: Path) -> None:
    """One file that holds what looks like a second name and content is another corpus than two files."""
    two = fill(tmp_path / "two", {"a.txt": b"x", "b.txt": b"y"})
    one = fill(tmp_path / "one", {"a.txt": b"x\0b.txt\0y"})
    assert corpus_fingerprint(two) != corpus_fingerprint(one)
