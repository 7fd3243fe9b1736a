"""Reading in processes of their own: what a hostile or broken file does to its reader ends with that file."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import hostile
import pytest

from assistant.corpus import Entry, Skipped, process, read_corpus
from assistant.corpus.isolation import read_files
from assistant.corpus.paragraphs import split
from assistant.corpus.process import Job
from assistant.errors import CorpusError
from assistant.settings import ReadingSettings

GOOD = "1. One.\n\n2. Two.\n"


@pytest.fixture
def hostile_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reading process knows the readers of tests/hostile.py."""
    monkeypatch.setattr(process, "PROGRAM", "hostile")


def fill(folder: Path, files: dict[str, str]) -> Path:
    """A folder with these files."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def read(place: Path, **limits: float) -> tuple[list[str], list[Skipped]]:
    """The ids of the documents, and what was skipped."""
    items = list(read_corpus(place, ReadingSettings(**limits)))
    return [item.document.id for item in items if isinstance(item, Entry)], [item for item in items if isinstance(item, Skipped)]


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat")
        return not state.exists() or state.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def wait_until(is_so: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether it becomes so in this time."""
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        time.sleep(0.05)
    return is_so()


AGAIN = "Save it again in the program that made it, or leave it out."
GIVES = "b{} made its reader give what is no document. " + AGAIN


@pytest.mark.usefixtures("hostile_readers")
@pytest.mark.parametrize(
    ("suffix", "content", "reason"),
    [
        (".sleep", "60", "b.sleep took longer than 1 s to read. Split it, or raise reading.seconds."),
        (".memory", "", "b.memory needs more than 300 MB of memory. Split it, or raise reading.memory_mb."),
        (".abort", "", f"b.abort made its reader crash (SIGABRT). {AGAIN}"),
        (".bug", "", f"b.bug made its reader crash. {AGAIN}"),
        (".deep", "", f"b.deep made its reader crash. {AGAIN}"),
        (".wire", "garbage", GIVES.format(".wire")),
        (".wire", "", GIVES.format(".wire")),
        (".wire", '{"kind": "ready"}', GIVES.format(".wire")),
        (".wire", '{"kind": "end"}', GIVES.format(".wire")),
        (".wire", '{"kind": "unreadable", "what": 5, "step": ""}', GIVES.format(".wire")),
        (".wire", '{"kind": "item", "document": ' + "[" * 100_000, GIVES.format(".wire")),
        (".fields", '{"document": {"title": 5}}', GIVES.format(".fields")),
        (".fields", '{"document": {"source": "a.txt"}}', GIVES.format(".fields")),
        (".fields", '{"document": {"source": "b.fields", "sha256": "x"}}', GIVES.format(".fields")),
        (".fields", '{"document": {"source": "b.fields", "kind": "novel"}}', GIVES.format(".fields")),
        (".fields", '{"document": {"source": "b.fields"}, "paragraph": {"document": "a"}}', GIVES.format(".fields")),
        (".fields", '{"document": {"source": "b.fields"}, "paragraph": {"ranges": [[0, "1"]]}}', GIVES.format(".fields")),
        (".fields", '{"document": {"source": "b.fields"}, "times": 2}', GIVES.format(".fields")),
        (".huge", "", "b.huge gives more text than fits in memory. Split it, or raise reading.memory_mb."),
        (".closed", "", GIVES.format(".closed")),
        (".surrogate", "", "b.surrogate holds characters that are not text. Save it again in the program that made it."),
    ],
)
def test_a_file_that_breaks_its_reader_is_named_and_the_others_are_read(tmp_path: Path, suffix: str, content: str, reason: str) -> None:
    """The file before it and the file after it are documents, the file itself is skipped with one line that says why."""
    fill(tmp_path, {"a.txt": GOOD, f"b{suffix}": content, "c.txt": GOOD})
    limits = {"seconds": 1 if suffix == ".sleep" else 30, "memory_mb": 300, "processes": 1}
    assert read(tmp_path, **limits) == (["a", "c"], [Skipped(f"b{suffix}", reason)])


@pytest.mark.usefixtures("hostile_readers")
def test_a_reader_that_computes_for_ever_is_ended(tmp_path: Path) -> None:
    """Also one that never lets go of the interpreter's lock for long."""
    fill(tmp_path, {"a.spin": "", "b.txt": GOOD})
    started = time.monotonic()
    ids, skipped = read(tmp_path, seconds=1, processes=1)
    assert ids == ["b"]
    assert "a.spin took longer than 1 s to read" in skipped[0].reason
    assert time.monotonic() - started < 10


@pytest.mark.usefixtures("hostile_readers")
def test_a_good_document_of_the_wire_is_taken(tmp_path: Path) -> None:
    """What the cases above change is all that is wrong with them."""
    fill(tmp_path, {"a.fields": '{"document": {"source": "a.fields:1"}}'})
    assert read(tmp_path) == (["x", "a"], [])


@pytest.mark.usefixtures("hostile_readers")
def test_what_a_library_prints_is_no_reply(tmp_path: Path) -> None:
    """It goes elsewhere, and the document is read."""
    fill(tmp_path, {"a.print": '{"kind": "end"}\n'})
    assert read(tmp_path) == (["a"], [])


@pytest.mark.usefixtures("hostile_readers")
def test_a_process_gets_no_secret_and_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys in the environment do not reach it, and it cannot connect to anybody."""
    monkeypatch.setenv("OPENAI_API_KEY", hostile.SECRET)
    monkeypatch.setenv("ASSISTANT_MODEL__API_KEY", hostile.SECRET)
    with socket.create_server(("127.0.0.1", 0)) as server:
        fill(tmp_path, {"a.environment": "", "b.network": f"127.0.0.1:{server.getsockname()[1]}"})
        items = list(read_corpus(tmp_path))
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()
    entry, skipped = items
    assert isinstance(entry, Entry)
    assert not [paragraph.text for paragraph in entry.paragraphs if "KEY" in paragraph.text]
    assert skipped == Skipped("b.network", f"b.network made its reader crash. {AGAIN}")


@pytest.mark.usefixtures("hostile_readers")
def test_one_process_reads_many_files_and_is_replaced_after_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven files, three at most to a process: three processes, each but the last with three files."""
    monkeypatch.setattr(process, "FILES_PER_PROCESS", 3)
    note = tmp_path / "note"
    fill(tmp_path / "corpus", {f"{at}.pid": str(note) for at in range(7)})
    items = list(read_corpus(tmp_path / "corpus", ReadingSettings(processes=1)))
    pids = [item.paragraphs[0].text for item in items if isinstance(item, Entry)]
    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [3, 3, 1]


@pytest.mark.usefixtures("hostile_readers")
def test_files_are_read_at_once_and_given_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes share eight files that take a while each; the order is that of the names."""
    monkeypatch.setattr("assistant.corpus.isolation._WORTH_A_PROCESS", 1)
    fill(tmp_path, {f"{at}.sleep": "0.5" if at % 2 else "0.3" for at in range(8)})
    started = time.monotonic()
    ids, skipped = read(tmp_path, processes=2)
    assert (ids, skipped) == ([str(at) for at in range(8)], [])
    assert time.monotonic() - started < 0.4 * 8


@pytest.mark.usefixtures("hostile_readers")
def test_the_clock_stands_still_while_nobody_takes_what_was_read(tmp_path: Path) -> None:
    """A reader that waits for its documents to be taken is not late."""
    lines = "\n".join(json.dumps({"_id": str(at), "text": "word " * 300}) for at in range(3000))
    place = fill(tmp_path, {"a.jsonl": lines})
    items = read_corpus(place, ReadingSettings(seconds=1))
    next(items)
    time.sleep(2)
    assert sum(1 for _ in items) == 2999


@pytest.mark.usefixtures("hostile_readers")
def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    """Its size and what to do about it are said."""
    fill(tmp_path, {"a.abort": "x" * 2000, "b.txt": GOOD})
    assert read(tmp_path, file_mb=0.001) == (
        ["b"],
        [Skipped("a.abort", "a.abort is larger than 0.001 MB. Split it, or raise reading.file_mb.")],
    )


@pytest.mark.usefixtures("hostile_readers")
def test_progress_names_files_done_and_pages(tmp_path: Path) -> None:
    """Files are counted from none to all; of a long file the pages are told."""
    fill(tmp_path, {"a.txt": GOOD, "b.pages": "20", "c.abort": ""})
    told: list[tuple[str, int, int]] = []
    list(read_corpus(tmp_path, None, lambda *step: told.append(step)))
    assert [step for step in told if step[0] == "reading documents"] == [("reading documents", at, 3) for at in range(4)]
    pages = [step[1:] for step in told if step[0] == "reading b.pages"]
    assert pages == sorted(pages)
    assert pages
    assert {total for _, total in pages} == {20}


# --- files that change, go away or never were


@pytest.mark.usefixtures("hostile_readers")
def test_a_file_that_changes_while_it_is_read(tmp_path: Path) -> None:
    """Changed once, it is read again and the checksum is of the bytes that were read; changed again, it is skipped."""
    place = tmp_path / "corpus"
    fill(place, {"a.growing": str(place / "a.growing"), "b.growing": f"again {place / 'b.growing'}"})
    items = list(read_corpus(place))
    entries = [item for item in items if isinstance(item, Entry)]
    assert [entry.document.sha256 for entry in entries] == [sha256((place / "a.growing").read_bytes()).hexdigest()]
    assert Skipped("b.growing", "b.growing changes while it is read. Wait until it is written, then: assistant index") in items


@pytest.mark.usefixtures("hostile_readers")
def test_a_file_that_goes_away(tmp_path: Path) -> None:
    """Before its turn comes or while it is read: it is named, and the others are read."""
    place = tmp_path / "corpus"
    fill(place, {"a.vanishing": str(place / "b.txt"), "b.txt": GOOD, "c.vanishing": str(place / "c.vanishing"), "d.txt": GOOD})
    ids, skipped = read(place, processes=1)
    assert ids == ["a", "d"]
    assert [item.source for item in skipped] == ["b.txt", "c.vanishing"]
    assert all("is no longer there: No such file or directory" in item.reason for item in skipped)


def test_a_jsonl_that_changes_while_it_is_read_is_said(tmp_path: Path) -> None:
    """Its lines are documents as they were read, and the change is reported."""
    rows = "\n".join(json.dumps({"_id": str(at), "text": "word " * 300}) for at in range(3000))
    place = fill(tmp_path, {"a.jsonl": rows}) / "a.jsonl"
    items = read_files([Job(place, "a.jsonl", None)], ReadingSettings())
    _, first = next(items)
    place.write_text(rows + "\n", encoding="utf-8")
    *_, (_, last), (_, end) = items
    assert isinstance(first, tuple)
    assert str(last) == "a.jsonl changed while it was read. Run once more: assistant index"
    assert end is None


# --- nothing is left


@pytest.mark.usefixtures("hostile_readers")
def test_who_stops_reading_leaves_no_process(tmp_path: Path) -> None:
    """Documents that nobody takes any more are not read to the end."""
    note = tmp_path / "note"
    place = fill(tmp_path / "corpus", {"a.pid": str(note), "b.sleep": "60"})
    jobs = [Job(place / name, name, None) for name in ("a.pid", "b.sleep")]
    items = read_files(jobs, ReadingSettings(processes=1))
    next(items)
    pid = int(note.read_text(encoding="utf-8"))
    assert is_alive(pid)
    items.close()  # type: ignore[attr-defined]  # it is a generator
    assert not is_alive(pid)


PARENT = """
import signal, sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that runs the tests in the background has interrupts ignored
from assistant.corpus import process, read_corpus
process.PROGRAM = "hostile"
for _ in read_corpus(Path(sys.argv[1])):
    print("one", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_one_that_asked(tmp_path: Path, way: signal.Signals) -> None:
    """Interrupted, ended or killed in the middle of a file: the reading process is gone soon after."""
    note = tmp_path / "note"
    place = fill(tmp_path / "corpus", {"a.pid": str(note), "b.sleep": "60"})
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", PARENT, str(place)], env=environment, stderr=subprocess.DEVNULL) as parent:
        assert wait_until(lambda: note.exists() and bool(note.read_text(encoding="utf-8")), 30)
        pid = int(note.read_text(encoding="utf-8"))
        assert is_alive(pid)
        time.sleep(0.3)
        parent.send_signal(way)
        parent.wait(45)  # the file takes 60 seconds: ended by itself it would be later
    assert wait_until(lambda: not is_alive(pid), 30)


def test_a_process_is_started_only_for_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without files there is none."""
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("started a process"))
    assert list(read_files([], ReadingSettings())) == []


def test_a_process_that_cannot_start_is_one_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken installation is not a hundred broken documents."""
    fill(tmp_path, {"a.txt": GOOD, "b.txt": GOOD})
    monkeypatch.setattr(process, "PROGRAM", "no.such.module")
    with pytest.raises(CorpusError, match="no process to read documents can be started"):
        list(read_corpus(tmp_path))
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(CorpusError, match="no process to read documents can be started"):
        list(read_files([Job(tmp_path / "a.txt", "a.txt")], ReadingSettings()))


def test_the_process_starts_light() -> None:
    """None of the large libraries is loaded by it."""
    code = "import sys, assistant.corpus.child; print([name for name in sys.argv[1:] if name in sys.modules])"
    heavy = ["torch", "faiss", "gradio", "langchain_core", "numpy", "transformers", "onnxruntime", "pydantic_settings", "httpx"]
    shown = subprocess.run([sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True)
    assert shown.stdout == "[]\n"


# --- large documents


def _seconds(work: Callable[[], object]) -> float:
    """The best of three."""
    best = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - started)
    return best


def test_one_paragraph_of_200_000_characters_takes_linear_time() -> None:
    """Four times the text takes about four times as long, and not a letter is lost."""
    small, large = ("1. " + "The delegation noted the programme. " * count for count in (1400, 5600))
    (paragraph,), _ = split("d", large)
    assert paragraph.text == large[3:].strip()
    assert len(paragraph.text) > 200_000
    assert _seconds(lambda: split("d", large)) < 12 * _seconds(lambda: split("d", small))


def test_one_paragraph_of_many_lines_takes_linear_time() -> None:
    """The same of a paragraph whose lines were broken where they were full."""
    words = "the delegation noted a programme of work with interest and some care for its cost".split()

    def text(lines: int) -> str:
        body = (" ".join(words[(at * 7 + word) % len(words)] for word in range(11)) for at in range(lines))
        return "1. Agreed " + "\n".join(body) + ".\n\n2. Noted.\n"

    small, large = text(1000), text(4000)
    (paragraph, _), _ = split("d", large)
    assert len(paragraph.text) > 200_000
    assert _seconds(lambda: split("d", large)) < 12 * _seconds(lambda: split("d", small))


def test_100_000_tiny_paragraphs_take_linear_time(tmp_path: Path) -> None:
    """Four times as many take about four times as long; all of them come through the pipe."""
    small, large, all_of_them = ("".join(f"{at}. P.\n\n" for at in range(1, count + 1)) for count in (5_000, 20_000, 100_000))
    assert _seconds(lambda: split("d", large)) < 12 * _seconds(lambda: split("d", small))
    (entry,) = list(read_corpus(fill(tmp_path, {"a.txt": all_of_them})))
    assert isinstance(entry, Entry)
    assert len(entry.paragraphs) == 100_000
