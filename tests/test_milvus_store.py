"""A workspace whose vectors and words lie in Milvus: it answers as files do, and is built, moved, verified and rolled back like them.

Milvus here is milvus-lite, a server in threads of this process; where a server is meant, it is asked over its port.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from encoders import WordLengthEncoder

from assistant import Assistant
from assistant.cli import main
from assistant.errors import DamagedIndex, IndexProblem, InvalidSettings, MismatchedIndex, MissingExtra, UnreachableStore
from assistant.index import milvus_client
from assistant.index.build import BuildReport, build
from assistant.index.encoder import Encoder
from assistant.index.generations import Generation, current_name, open_current, roll_back, verify
from assistant.index.manifest import fingerprint
from assistant.settings import RetrievalSettings, Settings, StoreSettings, load

TEXTS = (
    "First edition of the harbour rules.",
    "Ships report before noon.",
    "Pilots go aboard at the lighthouse, and stay until the anchor falls.",
)
LITE = StoreSettings(kind="milvus")
QUESTIONS = (
    "What did the Chair say about stakeholders?",
    "How many States took part?",
    "capacity-building and confidence-building measures",
    "What is proposed for the future permanent mechanism?",
)


class Place:
    """A workspace of one document, with word lengths for vectors."""

    def __init__(self, folder: Path, store: StoreSettings = LITE) -> None:
        self.settings = Settings(workspace=folder, store=store)
        self.settings.corpus.mkdir(exist_ok=True)

    def build(self, *texts: str, **more: Any) -> BuildReport:
        """Writes the document and builds."""
        if texts:
            numbered = "\n\n".join(f"{number}. {text}" for number, text in enumerate(texts, 1))
            (self.settings.corpus / "a.txt").write_text(numbered, encoding="utf-8")
        return build(self.settings, loader=WordLengthEncoder, **more)

    def current(self) -> Generation:
        """The generation that answers."""
        return open_current(self.settings.index, store=self.settings.store)

    def found(self, asked: str) -> list[int]:
        """The rows of the paragraphs that hold a word."""
        return [row for row, _ in self.current().lexical.search(asked, 9)]

    @property
    def client(self) -> Any:
        """The Milvus that holds it."""
        return milvus_client.client_of(self.settings.store, self.settings.index)

    def verify(self) -> list[str]:
        """What is wrong."""
        return verify(self.settings.index, self.settings.store)


def collection(name: str) -> str:
    """The collection of a generation."""
    return f"assistant_{name.replace('-', '_')}"


def let_go(folder: Path) -> None:
    """Ends milvus-lite on a folder, as the end of the process does."""
    from milvus_lite.server_manager import server_manager_instance

    milvus_client._opened.cache_clear()
    server_manager_instance.release_server(str(folder / "index" / "milvus.db"))


@pytest.fixture
def place(tmp_path: Path, reading_here: None) -> Iterator[Place]:
    """A workspace in milvus-lite, built."""
    found = Place(tmp_path)
    found.build(*TEXTS)
    yield found
    let_go(tmp_path)


@pytest.fixture(scope="module")
def moved(workspace: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The shipped document in milvus-lite, moved there from files."""
    folder = tmp_path_factory.mktemp("moved") / "workspace"
    shutil.copytree(workspace, folder)
    build(Settings(workspace=folder, store=LITE), loader=lambda: encoder)
    yield folder
    let_go(folder)


def test_the_same_passages_as_from_files(workspace: Path, moved: Path) -> None:
    """By meaning alone the passages, their order and their scores are equal; by words and meaning most passages are the same."""
    for weight, least in ((1.0, 10), (0.5, 8)):
        retrieval = RetrievalSettings(dense_weight=weight)
        files = Assistant(Settings(workspace=workspace, retrieval=retrieval))
        milvus = Assistant(Settings(workspace=moved, retrieval=retrieval, store=LITE))
        for question in QUESTIONS:
            expected, found = files.search(question, top=10), milvus.search(question, top=10)
            if weight == 1:
                assert [passage.reference for passage in found] == [passage.reference for passage in expected]
                scores = [passage.scores.dense for passage in expected]
                assert [passage.scores.dense for passage in found] == pytest.approx(scores, abs=1e-5)
            assert len({passage.reference for passage in found} & {passage.reference for passage in expected}) >= least


def test_the_same_answers_as_from_files(workspace: Path, moved: Path) -> None:
    """An answer cites the same paragraphs, and a question outside the documents gets none."""
    retrieval = RetrievalSettings(dense_weight=1)
    files = Assistant(Settings(workspace=workspace, retrieval=retrieval))
    milvus = Assistant(Settings(workspace=moved, retrieval=retrieval, store=LITE))
    for question in (*QUESTIONS, "Who won the football match?"):
        one, other = files.ask(question), milvus.ask(question)
        assert [statement.text for statement in other.statements] == [statement.text for statement in one.statements]
        assert (other.status, other.withheld) == (one.status, one.withheld)


def test_built_again_only_what_is_new_is_embedded(place: Place) -> None:
    """The vectors of the last collection are fetched back, of all windows; what has gone is not found, what is new is."""
    before = place.current()
    assert before.manifest.vectors > before.manifest.paragraphs == 3
    assert not place.build().changed
    report = place.build(TEXTS[0], "A new line about tugboats.", TEXTS[2])
    assert (report.embedded, report.reused) == (1, 2)
    assert (place.found("noon"), place.found("tugboats"), place.found("lighthouse")) == ([], [1], [2])
    assert place.current().vectors.of_rows([2])[0] == pytest.approx(before.vectors.of_rows([2])[0])
    assert place.verify() == []


def test_back_and_forward_and_what_is_left(place: Place) -> None:
    """Rolling back answers from the previous collection and moves the alias; collections older than that are dropped."""
    first = current_name(place.settings.index)
    place.build("Second edition.")
    second = current_name(place.settings.index)
    assert roll_back(place.settings.index, place.settings.store).id == first
    assert place.found("noon") == [1]
    assert place.client.describe_alias("assistant_current")["collection_name"] == collection(first)
    assert place.verify() == []
    roll_back(place.settings.index, place.settings.store)
    place.build("Third edition.")
    third = current_name(place.settings.index)
    assert sorted(place.client.list_collections()) == sorted(map(collection, (second, third)))
    assert place.client.describe_alias("assistant_current")["collection_name"] == collection(third)


def test_a_collection_that_has_gone_is_damage(place: Place) -> None:
    """It is named with what to do, by `verify` too; the next build makes a new one."""
    name = current_name(place.settings.index)
    place.client.drop_alias("assistant_current")
    assert place.verify() == [f"the alias assistant_current names nothing instead of {collection(name)}"]
    place.client.drop_collection(collection(name))
    (problem,) = place.verify()
    assert problem == f"the collection {collection(name)} of {name} is not in Milvus at index/milvus.db"
    with pytest.raises(DamagedIndex, match="assistant index --rebuild"):
        _ = place.current().vectors
    assert place.build().embedded == 3
    assert place.verify() == []


def test_an_interrupt_leaves_nothing_behind(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that ends in the middle of writing drops its collection; the index is as it was."""
    before = current_name(place.settings.index)

    def tell(what: str, done: int, total: int) -> None:
        if what == "writing to Milvus":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        place.build("Second edition.", progress=tell)
    assert place.client.list_collections() == [collection(before)]
    assert (current_name(place.settings.index), place.found("noon")) == (before, [1])


def test_from_files_to_milvus_and_back_without_embedding(tmp_path: Path, reading_here: None) -> None:
    """An index of the other kind is refused by name; building moves it, and nothing is embedded again."""
    files, milvus = Place(tmp_path, StoreSettings()), Place(tmp_path)
    files.build(*TEXTS)
    info, index = WordLengthEncoder().info, files.settings.index
    with pytest.raises(MismatchedIndex, match=r"built with store 'files', in use is 'milvus'\. Build it anew with: assistant index"):
        open_current(index, fingerprint(info, "milvus"), LITE)
    assert (milvus.build().embedded, milvus.verify(), milvus.found("noon")) == (0, [], [1])
    with pytest.raises(MismatchedIndex, match="built with store 'milvus', in use is 'files'"):
        open_current(index, fingerprint(info))
    assert (files.build().embedded, files.verify(), files.found("noon")) == (0, [], [1])
    let_go(tmp_path)


def test_a_server_by_its_address(tmp_path: Path, reading_here: None) -> None:
    """A server is asked over the network; another address for it, and a collection that was moved to another server, need no embedding;
    a token is sent and kept nowhere."""
    from milvus_lite.adapter.grpc.server import start_server_in_thread

    servers = [start_server_in_thread(str(tmp_path / name)) for name in ("one", "other")]
    secret = "root:Very-Secret"
    one, again, other = (
        Place(tmp_path, StoreSettings(kind="milvus", uri=f"http://{host}:{servers[at][2]}", token=secret))
        for host, at in (("127.0.0.1", 0), ("localhost", 0), ("127.0.0.1", 1))
    )
    one.build(*TEXTS)
    assert one.found("noon") == again.found("noon") == [1]
    assert other.build().embedded == 0  # fetched from the one that the manifest names
    assert (other.verify(), other.found("noon")) == ([], [1])
    written = "".join(path.read_text() for path in other.settings.index.rglob("MANIFEST.json"))
    assert "Very-Secret" not in written + repr(one.settings) + str(one.settings.model_dump())
    for server, database, _ in servers:
        server.stop(grace=0).wait()
        database.close()
    with pytest.raises(UnreachableStore, match=r"Milvus at http://127\.0\.0\.1:\d+ does not do what it is asked") as caught:
        other.found("noon")
    assert "Very-Secret" not in str(caught.value)


def test_a_server_that_is_not_there_is_one_line(place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 3 and what to look at, before anything is read or embedded; the index stays."""
    monkeypatch.setenv("ASSISTANT_STORE__KIND", "milvus")
    monkeypatch.setenv("ASSISTANT_STORE__TIMEOUT", "1")
    folder, before = str(place.settings.workspace), current_name(place.settings.index)
    monkeypatch.setenv("ASSISTANT_STORE__URI", "http://127.0.0.1:1")
    for command in (["index"], ["ask", "What is said of ships?"], ["verify"], ["rollback"]):
        if command == ["rollback"]:
            place.build("Second edition.")
            before = current_name(place.settings.index)
        assert main([command[0], "--workspace", folder, *command[1:]]) == 3, command
        said = capsys.readouterr().err
        assert len(said.strip().splitlines()) == 1, said
        if command != ["ask", "What is said of ships?"]:  # which is refused first for its encoder
            assert "Milvus at http://127.0.0.1:1 does not do what it is asked" in said
            assert "[store] uri and token" in said
    assert current_name(place.settings.index) == before
    assert main(["doctor", "--workspace", folder]) == 1
    assert "store: Milvus at http://127.0.0.1:1" in capsys.readouterr().out


def test_reopened_by_another_process(moved: Path, workspace: Path) -> None:
    """While this process has milvus-lite's folder another one is refused in one line; afterwards it answers as files do."""
    environment = {**os.environ, "ASSISTANT_STORE__KIND": "milvus", "ASSISTANT_RETRIEVAL__DENSE_WEIGHT": "1"}
    command = [sys.executable, "-m", "assistant", "search", "--workspace", str(moved), "--json", QUESTIONS[0]]
    Assistant(Settings(workspace=moved, store=LITE)).search(QUESTIONS[0])
    refused = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert (refused.returncode, len(refused.stderr.strip().splitlines())) == (3, 1), refused.stderr
    assert "milvus.db" in refused.stderr
    assert "One process at a time" in refused.stderr
    let_go(moved)
    found = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert (found.returncode, found.stderr) == (0, "")
    expected = Assistant(Settings(workspace=workspace, retrieval=RetrievalSettings(dense_weight=1))).search(QUESTIONS[0])
    assert [passage["reference"] for passage in json.loads(found.stdout)] == [passage.reference for passage in expected]


@pytest.mark.parametrize("package", ["pymilvus", "milvus_lite"])
def test_a_missing_package_is_named(tmp_path: Path, package: str, monkeypatch: pytest.MonkeyPatch, reading_here: None) -> None:
    """With the line that installs it."""
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtra, match=rf'\({package}\)\. pip install "assistant\[milvus\]"'):
        Place(tmp_path).build(*TEXTS)
    assert not list(tmp_path.glob("index/gen-*"))


@pytest.mark.parametrize(
    ("setting", "value"),
    [("uri", "http://root:secret@host"), ("uri", "milvus"), ("uri", "ftp://host"), ("prefix", "a-b"), ("kind", "paper")],
)
def test_settings_that_cannot_be(tmp_path: Path, setting: str, value: str) -> None:
    """A password in the address, what is neither a server nor a folder, and a name that Milvus does not take."""
    with pytest.raises(InvalidSettings, match=f"store.{setting}") as caught:
        load(tmp_path, store={setting: value})
    assert "secret" not in str(caught.value)
    assert not issubclass(InvalidSettings, IndexProblem)
