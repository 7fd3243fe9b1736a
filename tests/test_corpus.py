"""Reading a folder of documents."""

import json
from pathlib import Path

import pytest

from assistant.corpus import Entry, Skipped, corpus_files, corpus_fingerprint, read_corpus
from assistant.errors import EmptyCorpus, InvalidCatalogue


def _read(place: Path) -> tuple[list[Entry], list[Skipped]]:
    items = list(read_corpus(place))
    return [item for item in items if isinstance(item, Entry)], [item for item in items if isinstance(item, Skipped)]


def test_what_cannot_be_read_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    """Empty, blank, foreign bytes, NUL and an unknown suffix are skipped, each with its name; a good file is read."""
    (tmp_path / "good.txt").write_text("1 We met.\n\n2 We left.\n", encoding="utf-8")
    bad = {
        "empty.txt": b"",
        "blank.txt": b" \n\n",
        "mark.txt": b"\xef\xbb\xbf",
        "latin.txt": b"caf\xe9",
        "nul.txt": b"a\0b",
        "scan.pdf": b"%PDF",
    }
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
    entries, skipped = _read(tmp_path)
    assert [entry.document.id for entry in entries] == ["good"]
    assert {item.source for item in skipped} == set(bad)
    assert all(item.source in item.reason for item in skipped)


def test_utf_16_is_read_where_its_mark_says_so(tmp_path: Path) -> None:
    """A byte order mark decides the encoding."""
    (tmp_path / "a.txt").write_bytes("1 Wir trafen uns.".encode("utf-16"))
    assert _read(tmp_path)[0][0].paragraphs[0].text == "Wir trafen uns."


def test_some_files_are_no_documents(tmp_path: Path) -> None:
    """README files, the catalogue and hidden files are left out; nothing else there is an empty corpus."""
    for name in ("README.md", "readme.txt", "catalogue.toml", ".hidden.txt"):
        (tmp_path / name).write_text("", encoding="utf-8")
    with pytest.raises(EmptyCorpus, match="holds no document"):
        corpus_files(tmp_path)
    with pytest.raises(EmptyCorpus, match="does not exist"):
        corpus_files(tmp_path / "none")


def test_a_folder_with_judgements_is_its_corpus_file(tmp_path: Path) -> None:
    """Queries are not documents: beside qrels only corpus.jsonl is read; a bad line and a repeated id are named."""
    (tmp_path / "qrels.tsv").write_text("", encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "?"}\n', encoding="utf-8")
    rows = [{"_id": "1", "title": "T", "text": "One."}, {"_id": "1", "text": "Twice."}, {"_id": "2", "title": "Only a title", "text": ""}]
    (tmp_path / "corpus.jsonl").write_text("\n".join([*map(json.dumps, rows), "{broken"]), encoding="utf-8")
    entries, skipped = _read(tmp_path)
    assert [(entry.document.id, entry.paragraphs[0].text) for entry in entries] == [("1", "One."), ("2", "Only a title")]
    assert any("line 4" in item.reason for item in skipped)
    assert any("same id" in item.reason for item in skipped)


def test_the_catalogue_is_taken_at_its_word_or_refused(tmp_path: Path) -> None:
    """Its fields are used and said to come from it; an unknown key, a wrong value and a file that is not there are named."""
    (tmp_path / "a.txt").write_text("1 We met.", encoding="utf-8")
    catalogue = tmp_path / "catalogue.toml"
    catalogue.write_text('["a.txt"]\nsymbol = "A/1/2"\nkind = "report"\n["gone.txt"]\ntitle = "Gone"\n', encoding="utf-8")
    (entry,), (missing,) = _read(tmp_path)
    assert (entry.document.id, entry.document.kind, entry.document.origins["kind"]) == ("A/1/2", "report", "catalogue")
    assert "gone.txt" in missing.reason
    for content in ('["a.txt"]\nspeeker = "x"\n', '["a.txt"]\nkind = "poem"\n', "not toml"):
        catalogue.write_text(content, encoding="utf-8")
        with pytest.raises(InvalidCatalogue) as caught:
            _read(tmp_path)
        assert len(str(caught.value).splitlines()) == 1


def test_the_fingerprint_follows_names_and_bytes(tmp_path: Path) -> None:
    """The same files give the same fingerprint; another byte or another name gives another."""
    (tmp_path / "a.txt").write_text("1 We met.", encoding="utf-8")
    first = corpus_fingerprint(tmp_path)
    assert corpus_fingerprint(tmp_path) == first
    (tmp_path / "a.txt").rename(tmp_path / "b.txt")
    second = corpus_fingerprint(tmp_path)
    (tmp_path / "b.txt").write_text("1 We meet.", encoding="utf-8")
    assert len({first, second, corpus_fingerprint(tmp_path)}) == 3
