"""Files that are added to a corpus and taken out of it from the page: safe names, nothing lost, nothing half written."""

from __future__ import annotations

from pathlib import Path

import pytest
from encoders import WordLengthEncoder
from hypothesis import given
from hypothesis import strategies as st

from assistant.corpus.discovery import discover
from assistant.corpus.library import REMOVED, add, safe_name, take_out
from assistant.corpus.readers import SUFFIXES
from assistant.errors import UnknownReference, UsageError
from assistant.index import build as building
from assistant.settings import Settings
from assistant.ui import documents


@given(st.text(max_size=300), st.sampled_from([*SUFFIXES, ".exe", ""]))
def test_any_name_is_safe_or_refused(stem: str, suffix: str) -> None:
    """A kept name is one visible file of the folder, of a kind that is read; all else is refused with the kinds that are."""
    try:
        kept = safe_name(stem + suffix)
    except UsageError:
        return
    assert Path(kept).name == kept
    assert not kept.startswith(".")
    assert Path(kept).suffix.lower() in SUFFIXES
    assert len(kept.encode()) <= 160
    assert safe_name(kept) == kept


@pytest.mark.parametrize("name", ["../../etc/passwd.txt", "C:\\Temp\\passwd.txt", "/etc/passwd.txt", "passwd\u202e.txt\x00"])
def test_a_path_is_only_a_name(name: str) -> None:
    """Folders and control characters in a name are left out."""
    assert safe_name(name).startswith("passwd")
    assert safe_name(name).endswith(".txt")


@pytest.mark.parametrize("name", ["README.md", "catalogue.toml", ".hidden", "a.exe", ".txt", ""])
def test_what_is_no_document_is_refused(name: str) -> None:
    """What a corpus would not read cannot be added: a visitor would look for it in vain."""
    with pytest.raises(UsageError):
        safe_name(name)


def test_nothing_is_lost(tmp_path: Path) -> None:
    """A file of the same name and one that is taken out lie in .removed, which no build reads."""
    corpus, given_file = tmp_path / "corpus", tmp_path / "given.txt"
    given_file.write_text("1. First.", encoding="utf-8")
    assert add(corpus, given_file, "a.txt") == "a.txt"
    given_file.write_text("1. Second.", encoding="utf-8")
    add(corpus, given_file, "a.txt")
    place = take_out(corpus, "a.txt")
    assert place.read_text(encoding="utf-8") == "1. Second."
    assert sorted(path.read_text(encoding="utf-8") for path in (corpus / REMOVED).iterdir()) == ["1. First.", "1. Second."]
    (corpus / "b.txt").write_text("1. Kept.", encoding="utf-8")
    assert [path.name for path in discover(corpus).files] == ["b.txt"]


@pytest.mark.parametrize("source", ["../outside.txt", "absent.txt", ".removed/x.txt", "link.txt", ""])
def test_only_a_file_of_the_corpus_is_taken_out(tmp_path: Path, source: str) -> None:
    """What lies elsewhere, is a link or is not there stays where it is."""
    corpus = tmp_path / "corpus"
    (corpus / REMOVED).mkdir(parents=True)
    (corpus / REMOVED / "x.txt").write_text("x", encoding="utf-8")
    (tmp_path / "outside.txt").write_text("x", encoding="utf-8")
    (corpus / "link.txt").symlink_to(tmp_path / "outside.txt")
    with pytest.raises(UnknownReference):
        take_out(corpus, source)
    assert (tmp_path / "outside.txt").exists()


def test_the_panel_adds_and_removes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dropped file is indexed and its numbering told; a broken one is named; a removed one is gone from the list and kept aside."""
    monkeypatch.setattr(building, "load", lambda _: WordLengthEncoder())
    monkeypatch.setattr(building, "describe", lambda _: WordLengthEncoder().info)
    settings = Settings(workspace=tmp_path)
    good, bad, binary = tmp_path / "good.txt", tmp_path / "bad.pdf", tmp_path / "program.exe"
    good.write_text("1. The first paragraph.\n\n2. The second one.\n\n4. The fourth one.\n\n5. The fifth one.", encoding="utf-8")
    bad.write_bytes(b"%PDF-1.7 nothing")
    binary.write_bytes(b"MZ")
    *steps, last = documents.added(settings, [good, bad, binary])
    assert any("Reading documents" in step for step in steps)
    assert "good.txt: 4 paragraphs, 1 to 5 as printed" in last
    assert "numbers missing: 3" in last
    assert "bad.pdf" in last
    assert "no document that can be read" in last
    assert "Indexed: 1 document, 4 paragraphs" in last
    listed = documents.listing(documents.indexed(settings), editable=True)
    assert 'data-source="good.txt"' in listed
    assert "numbers missing: 3" in listed
    assert "remove" not in documents.listing(documents.indexed(settings), editable=False)
    other = tmp_path / "other.txt"
    other.write_text("1. Another.", encoding="utf-8")
    list(documents.added(settings, [other]))
    *_, last = documents.removed(settings, "good.txt")
    assert "good.txt was taken out; it lies in .removed/" in last
    assert [document.source for document, _ in documents.indexed(settings)] == ["other.txt"]
    *_, last = documents.removed(settings, "nowhere.txt")
    assert "is no file of this corpus" in last


def test_an_unforeseen_error_is_one_line_and_is_raised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake of ours while building is one calm line for the visitor, and its cause reaches the log."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a cause for the log")

    monkeypatch.setattr(documents, "build", broken)
    file = tmp_path / "a.txt"
    file.write_text("1. One.", encoding="utf-8")
    told = documents.added(Settings(workspace=tmp_path), [file])
    assert "Something went wrong" in next(told)
    with pytest.raises(RuntimeError):
        next(told)
