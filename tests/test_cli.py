"""The command line, in this process where that is fair, as a real process where imports and exit codes matter."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from model_server import ModelServer, Reply, Request
from rich.console import Console

from assistant.cli import main
from assistant.schema import REFUSAL

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _one_encoder(monkeypatch: pytest.MonkeyPatch, encoder: object) -> None:
    """Commands that run in this process use the one encoder of the run."""
    monkeypatch.setattr("assistant.index.encoder.load", lambda settings: encoder)
    monkeypatch.setattr("assistant.index.build.load", lambda settings: encoder)


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A new workspace with the shipped document, not indexed."""
    shutil.copytree(ROOT / "corpus", tmp_path / "corpus")
    return tmp_path


def _run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    try:
        code = main([str(argument) for argument in arguments])
    except SystemExit as stop:  # argparse leaves so
        code = int(stop.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


def _one_line(text: str, *words: str) -> bool:
    return len(text.strip().splitlines()) == 1 and "Traceback" not in text and all(word in text for word in words)


def test_ask_prints_quotations_with_references(capsys: pytest.CaptureFixture[str], workspace: Path) -> None:
    """A person reads the sentence in quotation marks, its reference, and what was searched."""
    code, out, _ = _run(capsys, "ask", "--workspace", workspace, "What was the Chair's fourth point?")
    assert code == 0
    assert "(Closing remarks by the Chair, para. 5)" in out
    assert "Searched 1 document, 10 paragraphs." in out


def test_ask_says_when_it_is_not_in_the_documents(capsys: pytest.CaptureFixture[str], workspace: Path) -> None:
    """An abstention is an answer: the refusal, what was searched, the nearest paragraphs, exit code 0."""
    code, out, _ = _run(capsys, "ask", "--workspace", workspace, "What is the boiling point of ethanol at sea level?")
    assert code == 0
    assert out.startswith(REFUSAL)
    assert "Nearest paragraphs:" in out


def test_many_questions_give_a_line_each_under_their_ids(capsys: pytest.CaptureFixture[str], workspace: Path, tmp_path: Path) -> None:
    """--file answers in one process, one JSON answer a line, with the ids of the file."""
    lines = [{"id": "a", "question": "paragraph 4"}, {"id": "b", "question": "How many statements were heard?"}]
    (tmp_path / "q.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    code, out, _ = _run(capsys, "ask", "--workspace", workspace, "--file", tmp_path / "q.jsonl")
    answers = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [answer["id"] for answer in answers] == ["a", "b"]
    assert answers[0]["statements"][0]["citations"][0]["paragraph"] == "4"


def test_search_writes_a_trec_run(capsys: pytest.CaptureFixture[str], workspace: Path, tmp_path: Path) -> None:
    """Six columns a line, ranks from 1, scores that do not rise, ids of documents or paragraphs."""
    (tmp_path / "q.jsonl").write_text('{"_id": "q 1", "text": "stakeholders consensus"}\n', encoding="utf-8")
    options = ("--workspace", workspace, "--queries", tmp_path / "q.jsonl", "--format", "trec", "--top", "3")
    _, out, _ = _run(capsys, "search", *options)
    rows = [line.split() for line in out.splitlines()]
    assert [row[:2] + row[3:4] + row[5:] for row in rows] == [["q%201", "Q0", str(rank), "assistant"] for rank in (1, 2, 3)]
    assert rows[0][2] == "chair-closing-remarks#7"
    assert [float(row[4]) for row in rows] == sorted((float(row[4]) for row in rows), reverse=True)
    _, out, _ = _run(capsys, "search", *options, "--ids", "document")
    assert [line.split()[2] for line in out.splitlines()] == ["chair-closing-remarks"]


def test_show_prints_a_paragraph_or_a_whole_document(capsys: pytest.CaptureFixture[str], workspace: Path) -> None:
    """A label, words like "paragraph 4", a sub-paragraph, or a document as JSON lines with the contract's keys."""
    _, out, _ = _run(capsys, "show", "--workspace", workspace, "chair-closing-remarks#5")
    assert "> Closing remarks by the Chair, para. 5" in out
    assert "para. 4\n" in out
    assert "para. 6\n" in out
    _, out, _ = _run(capsys, "show", "--workspace", workspace, "paragraph 4")
    assert "> Closing remarks by the Chair, para. 4" in out
    _, out, _ = _run(capsys, "show", "--workspace", workspace, "chair-closing-remarks#6(a)")
    assert "> Closing remarks by the Chair, para. 6 (a)" in out
    _, out, _ = _run(capsys, "show", "--workspace", workspace, "chair-closing-remarks", "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["label"] for row in rows] == [str(number) for number in range(1, 11)]
    assert set(rows[0]) == {"document", "label", "numbering", "text", "heading", "pages"}


def test_the_corpus_shows_what_is_known_and_where_it_came_from(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Fields with their origins, other names, roles, gaps and warnings; the same in JSON, with the whole ledger."""
    (tmp_path / "corpus").mkdir()
    head = "United Nations  A/77/275\n\nDistr.: General\n3 March 2031\n\nStatement by Mr. Corin Hale, representative of Estmark\n\n"
    text = head + "".join(f"{number}. Paragraph number {number} says something of its own.\n\n" for number in (1, 2, 5, 6, 7))
    (tmp_path / "corpus" / "a.txt").write_text(text, encoding="utf-8")
    (tmp_path / "corpus" / "catalogue.toml").write_text(
        '[[role]]\nname = "Rapporteur"\nperson = "Corin Hale"\nsince = 2030-01-01\n[alias]\n"the first report" = "A/77/275"\n',
        encoding="utf-8",
    )
    code, out, err = _run(capsys, "corpus", "--workspace", tmp_path)
    assert (code, err) == (0, "")
    shown = [" ".join(line.split()) for line in out.splitlines()]
    assert shown[0] == "A/77/275 (not indexed as it is now)"
    for line in (
        "file a.txt [id from symbol]",
        "symbol A/77/275 [first page, line 1]",
        "date 2031-03-03 [first page, line 4]",
        "speaker Mr. Corin Hale [first page, line 6]",
        "delegation Estmark [first page, line 6]",
        "aliases the first report [catalogue]",
        "roles Rapporteur [catalogue]",
        "gaps 3-4",
        "warning numbers missing: 3-4",
    ):
        assert line in shown
    (row,) = json.loads(_run(capsys, "corpus", "--workspace", tmp_path, "--json")[1])
    assert (row["aliases"], row["roles"], row["origins"]["date"]) == (["the first report"], ["Rapporteur"], "first page, line 4")
    assert {"official", "counted", "first", "last", "gaps", "repeats"} <= set(row["ledger"])
    assert (row["ledger"]["official"], row["ledger"]["first"], row["ledger"]["last"], row["ledger"]["gaps"]) == (5, "1", "7", ["3-4"])


def test_index_corpus_verify_and_rollback_tell_one_story(capsys: pytest.CaptureFixture[str], fresh: Path) -> None:
    """Index, change a document, index again: one paragraph embedded; roll back: the old text answers; forward again."""
    place = ("--workspace", fresh)
    code, out, _ = _run(capsys, "index", *place, "--json")
    report = json.loads(out)
    assert (code, report["paragraphs"], report["embedded"]) == (0, 10, 10)
    _, out, _ = _run(capsys, "corpus", *place, "--json")
    (row,) = json.loads(out)
    assert (row["id"], row["kind"], row["paragraphs"], row["warnings"], row["indexed"]) == (
        "chair-closing-remarks",
        "statement",
        10,
        [],
        True,
    )
    path = fresh / "corpus" / "chair-closing-remarks.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("The meeting is adjourned.", "The meeting is suspended."), encoding="utf-8")
    assert "not indexed as it is now" in _run(capsys, "corpus", *place)[1]
    assert json.loads(_run(capsys, "index", *place, "--json")[1])["embedded"] == 1
    assert "suspended" in _run(capsys, "show", *place, "chair-closing-remarks#10")[1]
    assert _run(capsys, "verify", *place)[0] == 0
    assert _run(capsys, "rollback", *place)[0] == 0
    assert "adjourned" in _run(capsys, "show", *place, "chair-closing-remarks#10")[1]
    assert _run(capsys, "doctor", *place)[0] == 1  # the documents have changed since
    assert json.loads(_run(capsys, "index", *place, "--json")[1])["embedded"] == 1


def test_init_makes_a_workspace_and_keeps_what_is_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The folders and files are made; a second time nothing is overwritten."""
    assert _run(capsys, "init", tmp_path / "w")[0] == 0
    (tmp_path / "w" / "assistant.toml").write_text("# mine\n", encoding="utf-8")
    assert _run(capsys, "init", tmp_path / "w")[0] == 0
    assert (tmp_path / "w" / "assistant.toml").read_text(encoding="utf-8") == "# mine\n"
    assert {path.name for path in (tmp_path / "w").iterdir()} == {"corpus", "index", "eval", "assistant.toml"}


def test_bad_input_is_one_line_with_the_next_step(capsys: pytest.CaptureFixture[str], tmp_path: Path, workspace: Path) -> None:
    """No index, empty corpus, blank question, unknown paragraph, bad setting, bad flag: the right code and one line each."""
    place = ("--workspace", tmp_path)
    cases = [
        (("ask", *place, "Anything?"), 3, "assistant index"),
        (("show", *place, "x#1"), 3, "assistant index"),
        (("verify", *place), 3, "assistant index"),
        (("rollback", *place), 3, "assistant index"),
        (("index", *place), 2, "assistant init"),
        (("ask", "--workspace", workspace, "   "), 2, "empty"),
        (("search", "--workspace", workspace, "\t"), 2, "empty"),
        (("show", "--workspace", workspace, "chair-closing-remarks#99"), 2, "has no para. 99"),
        (("show", "--workspace", workspace, "A/1/1#2"), 2, "assistant corpus"),
        (("ask", "--workspace", workspace, "q", "--since", "yesterday"), 2, "2021-12-17"),
        (("ask", "--workspace", workspace, "q", "--top", "0"), 2, "above 0"),
        (("nonsense",), 2, "--help"),
        (("ask", "--workspace", workspace, "--file", tmp_path / "none.jsonl"), 2, "none.jsonl"),
        (("eval", "run", tmp_path / "none.jsonl", "--workspace", workspace), 2, "none.jsonl"),
        (
            ("ask", "--workspace", workspace, "q", "--model", "openai:x", "--base-url", "http://127.0.0.1:9/v1", "--no-fallback"),
            4,
            "doctor",
        ),
    ]
    for arguments, expected, word in cases:
        code, out, err = _run(capsys, *arguments)
        assert (code, out) == (expected, ""), arguments
        assert _one_line(err, word), (arguments, err)
    (tmp_path / "assistant.toml").write_text("[retrieval]\ntop = 'many'\n", encoding="utf-8")
    code, _, err = _run(capsys, "ask", *place, "q")
    assert code == 2
    assert _one_line(err, "retrieval.top")


def test_an_index_of_another_encoder_is_refused_with_the_command_that_mends_it(
    capsys: pytest.CaptureFixture[str], workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another prefix makes other vectors: exit code 3, one line, and look-ups still work."""
    monkeypatch.setenv("ASSISTANT_ENCODER__QUERY_PREFIX", "query: ")
    code, _, err = _run(capsys, "ask", "--workspace", workspace, "How many statements were heard?")
    assert code == 3
    assert _one_line(err, "query_prefix", "assistant index")
    assert _run(capsys, "ask", "--workspace", workspace, "paragraph 4")[0] == 0


def test_a_bad_document_is_named_and_skipped_and_the_rest_is_indexed(capsys: pytest.CaptureFixture[str], fresh: Path) -> None:
    """An empty file and one that is not text are named on stderr; exit code 0; nothing is lost when only they are left."""
    (fresh / "corpus" / "empty.txt").write_bytes(b"")
    (fresh / "corpus" / "scan.txt").write_bytes(b"\xff\xd8\x00\x01")
    code, out, err = _run(capsys, "index", "--workspace", fresh, "--json")
    assert code == 0
    assert {item["source"] for item in json.loads(out)["skipped"]} == {"empty.txt", "scan.txt"}
    (fresh / "corpus" / "chair-closing-remarks.txt").unlink()
    code, _, err = _run(capsys, "index", "--workspace", fresh)
    assert code == 2
    assert _one_line(err, "nothing in")
    assert _run(capsys, "ask", "--workspace", fresh, "paragraph 4")[0] == 0


def _gold(place: Path, paragraph: str = "7", number: int = 1) -> Path:
    """A gold set of look-ups of this paragraph."""
    line = {
        "question": f"What is in paragraph {paragraph}?", "answerable": True, "answers": ["My sixth point relates to stakeholders."],
        "references": [{"document": "chair-closing-remarks", "paragraph": paragraph}], "must_include": [["stakeholders"]],
    }  # fmt: skip
    path = place / "gold.jsonl"
    path.write_text("".join(json.dumps({"id": f"t{at}"} | line) + "\n" for at in range(number)), encoding="utf-8")
    return path


def test_eval_run_prints_figures_and_writes_a_report(capsys: pytest.CaptureFixture[str], workspace: Path, tmp_path: Path) -> None:
    """A gold line that is right gives hit@1 of 1, a run file and a page; one that names a paragraph that is not there is refused."""
    arguments = ("--workspace", workspace, "--report", tmp_path / "report")
    code, out, err = _run(capsys, "eval", "run", _gold(tmp_path), *arguments, "--json")
    assert code == 0
    assert json.loads(out)["metrics"]["hit@1"]["value"] == 1.0
    assert "report.html" in err
    assert {path.name for path in (tmp_path / "report").iterdir()} == {"gold.run.jsonl", "report.html", "report.md"}
    _, out, _ = _run(capsys, "eval", "run", _gold(tmp_path), *arguments)
    assert "hit@1                  1.000" in out
    code, _, err = _run(capsys, "eval", "run", _gold(tmp_path, "77"), *arguments)
    assert code == 2
    assert _one_line(err, "line 1", "77")


def test_eval_run_fails_below_a_bar(capsys: pytest.CaptureFixture[str], workspace: Path, tmp_path: Path) -> None:
    """A figure that misses its bar, typed or pinned in a file, is exit code 1 and a line that names it."""
    arguments = ("eval", "run", _gold(tmp_path), "--workspace", workspace, "--report", tmp_path / "report")
    assert _run(capsys, *arguments, "--min-hit@1", "1", "--max-false-refusals", "0")[0] == 0
    code, _, err = _run(capsys, *arguments, "--max-words-per-answer", "3")
    assert code == 1
    assert "gold.all: words_per_answer is" in err
    code, _, err = _run(capsys, *arguments, "--min-recall@100", "0.5")
    assert code == 2
    assert "recall@100 is measured of none of these sets" in err
    (tmp_path / "expected.toml").write_text('["gold.all"]\n"hit@1" = {value = 0.5, tolerance = 0.1}\n', encoding="utf-8")
    code, _, err = _run(capsys, *arguments, "--expected", tmp_path / "expected.toml")
    assert code == 1
    assert "gold.all: hit@1 is 1.000, above 0.600" in err


def test_eval_run_goes_on_where_it_was_interrupted(capsys: pytest.CaptureFixture[str], workspace: Path, tmp_path: Path) -> None:
    """A run that lost its last answers asks only those, says so, and ends as the whole run."""
    arguments = ("eval", "run", _gold(tmp_path, number=3), "--workspace", workspace, "--report", tmp_path / "report", "--json")
    _, whole, _ = _run(capsys, *arguments)
    path = tmp_path / "report" / "gold.run.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:3]) + lines[3][:50], encoding="utf-8")
    _, out, err = _run(capsys, *arguments)
    assert "continued after 2 answers of an interrupted run" in err
    assert {name: m["value"] for name, m in json.loads(out)["metrics"].items() if "latency" not in name} == {
        name: m["value"] for name, m in json.loads(whole)["metrics"].items() if "latency" not in name
    }
    assert [json.loads(line)["question"]["id"] for line in path.read_text(encoding="utf-8").splitlines()[1:]] == ["t0", "t1", "t2"]


def test_eval_compare_and_publish(capsys: pytest.CaptureFixture[str], workspace: Path, tmp_path: Path) -> None:
    """Two runs of one build are no difference; a published run becomes a file; a run that is none is refused in one line."""
    for name in ("a", "b"):
        _run(capsys, "eval", "run", _gold(tmp_path), "--workspace", workspace, "--report", tmp_path / name)
    code, out, _ = _run(capsys, "eval", "compare", tmp_path / "a", tmp_path / "b" / "gold.run.jsonl")
    assert code == 0
    assert out.startswith("No difference: all 1 answers are the same.")
    code, out, _ = _run(
        capsys, "eval", "publish", tmp_path / "a" / "gold.run.jsonl", "--workspace", tmp_path, "--to", tmp_path / "published"
    )
    assert code == 0
    row = json.loads((tmp_path / "published" / "gold.json").read_text(encoding="utf-8"))
    assert row["command"].startswith("assistant eval run DATA/")
    assert "base_url" not in row["settings"]["model"]
    assert row["settings"]["retrieval"]["dense_weight"] == 0.5
    code, _, err = _run(capsys, "eval", "compare", tmp_path / "a", tmp_path / "expected")
    assert code == 2
    assert _one_line(err, "expected")


def _python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=120, check=False, cwd=ROOT, env=os.environ | environment
    )


def test_importing_the_package_is_cheap() -> None:
    """`import assistant` loads none of the heavy parts and takes less than .2 s, the best of three."""
    code = (
        "import sys, time; start = time.perf_counter(); import assistant; seconds = time.perf_counter() - start;"
        "heavy = {'torch', 'faiss', 'gradio', 'langchain', 'langchain_core', 'transformers', 'numpy'} & set(sys.modules);"
        "print(seconds, *heavy)"
    )
    runs = [_python("-c", code).stdout.split() for _ in range(3)]
    assert all(len(run) == 1 for run in runs), runs
    assert min(float(run[0]) for run in runs) < 0.2


def test_showing_a_paragraph_loads_no_torch(workspace: Path) -> None:
    """A look-up by command loads neither torch nor FAISS nor gradio; one by `show` not even Tantivy or NumPy."""
    for command, light in (("show", {"tantivy", "numpy", "onnxruntime"}), ("ask", set())):
        heavy = {"torch", "faiss", "gradio", "transformers", "langchain", *light}
        code = (
            "import sys; from assistant.cli import main; code = main(sys.argv[1:]);"
            f"print('HEAVY', sorted({heavy} & set(sys.modules)), code)"
        )
        done = _python("-c", code, command, "paragraph 4", "--workspace", str(workspace))
        assert "HEAVY [] 0" in done.stdout, done.stderr


def test_the_module_runs_as_a_command_without_a_terminal(workspace: Path) -> None:
    """`python -m assistant` prints plain text, and help for every command."""
    done = _python("-m", "assistant", "show", "chair-closing-remarks#5", "--workspace", str(workspace))
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    for command in ("init", "index", "corpus", "ask", "search", "show", "chat", "verify", "rollback", "doctor", "eval"):
        assert command in _python("-m", "assistant", "--help").stdout


def test_in_a_terminal_sentences_come_as_they_are_verified(
    capsys: pytest.CaptureFixture[str], workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is printed before the next is written; where quotations take the model's place, what it wrote is taken back in words."""
    seen: list[str] = []

    def speaking(request: Request) -> Reply:
        handle = request.handle("200 statements")
        return Reply([f"More than 200 statements were heard [{handle}].", " They"], then="stall")

    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    with ModelServer(speaking) as server:
        monkeypatch.setenv("ASSISTANT_MODEL__GAP_TIMEOUT", "1")
        printed = Console.print

        def noting(self: Console, *things: object, **more: object) -> None:
            seen.append(f"{len(server.hung_up)} {things[0] if things else ''}")
            printed(self, *things, **more)  # type: ignore[arg-type]  # as it was called

        monkeypatch.setattr(Console, "print", noting)
        code, out, _ = _run(
            capsys, "ask", "--workspace", workspace, "--model", "openai:m", "--base-url", server.base_url, "How many statements were heard?"
        )
    assert code == 0
    assert seen[0] == "0 More than 200 statements were heard. (Closing remarks by the Chair, para. 3)"
    assert seen[1].endswith("(the model stopped writing for 1 seconds); what it wrote does not count. Quotations instead:")
    assert "“As our colleague from Australia mentioned" in out
