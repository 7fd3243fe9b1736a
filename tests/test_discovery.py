"""Which files of a folder are read: links, loops and what only looks like a file are named, and block nobody."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest

from assistant.corpus import Entry, Skipped, corpus_files, corpus_fingerprint, read_corpus
from assistant.corpus.discovery import open_regular
from assistant.errors import EmptyCorpus

pytestmark = pytest.mark.usefixtures("reading_here")

GOOD = "1. One.\n\n2. Two.\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A corpus with one document in a folder, and a secret beside the corpus."""
    (tmp_path / "secret.txt").write_text("1. Secret.", encoding="utf-8")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "o.txt").write_text("1. Outside.", encoding="utf-8")
    corpus = tmp_path / "corpus"
    (corpus / "sub").mkdir(parents=True)
    (corpus / "sub" / "a.txt").write_text(GOOD, encoding="utf-8")
    return corpus


def read(place: Path) -> tuple[list[str], list[str]]:
    """The ids of the documents, and the reasons of what was skipped."""
    items = list(read_corpus(place))
    return [item.document.id for item in items if isinstance(item, Entry)], [item.reason for item in items if isinstance(item, Skipped)]


@pytest.mark.parametrize("target", ["../secret.txt", "../outside", "/etc/hostname", "/dev/zero"])
def test_a_link_out_of_the_corpus_is_not_followed(place: Path, target: str) -> None:
    """It is named, and nothing of what it names is read."""
    (place / "link.txt").symlink_to(target)
    if not (place / "link.txt").exists():
        pytest.skip("this system has no such file")
    assert read(place) == (["sub/a"], ["link.txt is a link out of the corpus folder. Copy what it names into the folder."])
    assert len(corpus_fingerprint(place)) == 64


def test_a_link_inside_is_followed_once(place: Path) -> None:
    """What is read under its own name is not read again; what is hidden otherwise is read under the link's name, once."""
    (place / ".store" / "deep").mkdir(parents=True)
    (place / ".store" / "b.txt").write_text(GOOD, encoding="utf-8")
    (place / ".store" / "deep" / "c.txt").write_text(GOOD, encoding="utf-8")
    (place / ".store" / "deep" / "back").symlink_to("..")
    (place / "b.txt").symlink_to(".store/b.txt")
    (place / "b2.txt").symlink_to(".store/b.txt")
    (place / "deep").symlink_to(".store/deep")
    (place / "same.txt").symlink_to("sub/a.txt")
    ids, reasons = read(place)
    assert ids == ["b", "deep/c", "sub/a"]
    named = ["b2.txt", "deep/back/b.txt", "deep/back/deep", "same.txt"]
    assert reasons == [f"{name} is a link to what is read under another name. Remove the link." for name in named]


def test_loops_of_links_end(place: Path) -> None:
    """A link to the folder above, two links that name each other, and one that names nothing are reported."""
    (place / "sub" / "up").symlink_to("..")
    (place / "one.txt").symlink_to("two.txt")
    (place / "two.txt").symlink_to("one.txt")
    (place / "none.txt").symlink_to("nothing.txt")
    ids, reasons = read(place)
    assert ids == ["sub/a"]
    assert [reason.split(": ")[0] for reason in reasons] == [
        "none.txt is a link that leads nowhere",
        "one.txt is a link that leads nowhere",
        "sub/up is a link to what is read under another name. Remove the link.",
        "two.txt is a link that leads nowhere",
    ]


@pytest.mark.timeout(20)
def test_a_fifo_and_a_socket_are_named_and_block_nobody(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody writes into the FIFO: whoever opened it would wait for ever."""
    os.mkfifo(place / "fifo.txt")
    monkeypatch.chdir(place)  # the path of a socket is short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.txt")
        assert read(place) == (
            ["sub/a"],
            ["fifo.txt is a FIFO, not a document. Remove it.", "socket.txt is a socket, not a document. Remove it."],
        )
        assert len(corpus_fingerprint(place)) == 64
    with pytest.raises(OSError, match="not a regular file"):
        open_regular(place / "fifo.txt")
    with pytest.raises(EmptyCorpus, match="neither a file nor a folder"):
        corpus_files(place / "fifo.txt")


@pytest.mark.timeout(30)
def test_a_file_that_becomes_a_fifo_before_it_is_read(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked at again when its turn comes."""
    from assistant.corpus import discovery

    found = discovery.discover(place)
    monkeypatch.setattr("assistant.corpus.discover", lambda _: found)
    (place / "sub" / "a.txt").unlink()
    os.mkfifo(place / "sub" / "a.txt")
    assert read(place) == ([], ["sub/a.txt is no longer a file. Put it back, then: assistant index"])


def test_a_corpus_that_is_a_link_is_read(place: Path, tmp_path: Path) -> None:
    """Whoever names a link means what it names, a folder or a file."""
    (tmp_path / "elsewhere").symlink_to(place)
    (tmp_path / "link.txt").symlink_to(place / "sub" / "a.txt")
    assert read(tmp_path / "elsewhere") == (["sub/a"], [])
    assert read(tmp_path / "link.txt") == (["link"], [])


def test_a_folder_that_cannot_be_opened_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are read."""
    (place / "closed").mkdir()
    real = Path.iterdir

    def iterdir(self: Path) -> object:
        if self.name == "closed":
            raise PermissionError(13, "Permission denied")
        return real(self)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    assert read(place) == (["sub/a"], ["closed cannot be opened: Permission denied. Check its permissions."])


def test_names_that_look_like_options_or_are_long_are_names(place: Path) -> None:
    """A name is never taken for an option, and the longest that a system allows is read."""
    for name in ("-rf.txt", "--help.txt", "…" * 80 + ".txt", "a" * 251 + ".txt"):
        (place / name).write_text(GOOD, encoding="utf-8")
    ids, reasons = read(place)
    assert (len(ids), reasons) == (5, [])


def test_the_fingerprint_changes_with_what_is_skipped(place: Path) -> None:
    """So that an index that names what it skipped is not kept when that changes."""
    before = corpus_fingerprint(place)
    (place / "link.txt").symlink_to("../secret.txt")
    assert corpus_fingerprint(place) != before


def test_a_file_that_is_written_all_the_time_does_not_stop_the_reading(place: Path) -> None:
    """Whatever comes of the file, the others are read."""
    stop = threading.Event()

    def write() -> None:
        while not stop.wait(0.001):
            with (place / "log.txt").open("a", encoding="utf-8") as stream:
                stream.write("1. More.\n")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        ids, _ = read(place)
    finally:
        stop.set()
        writer.join()
    assert "sub/a" in ids
