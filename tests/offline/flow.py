"""Everything that a person does with the program, one after the other; prints a line of JSON for each.

    python tests/offline/flow.py WORKSPACE GOLD

The first step indexes what lies in the workspace's corpus/, on the index that is there or from nothing. Run with the folder of
`sitecustomize.py` first in PYTHONPATH, all of it is cut off from other machines. The language model is a scripted one on loopback;
the page is `assistant chat`, a process of its own.
"""

from __future__ import annotations

import contextlib
import io
import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from model_server import ModelServer, Reply, Request
from queue_visitor import PageVisitor

from assistant.cli import main

QUESTION = "How many statements were heard, and from how many delegations?"
DRAFT = "The Chair heard more than 200 statements (Closing remarks by the Chair, para. 3).\n"


def tell(step: str, code: int, said: str) -> None:
    """What came of a step."""
    sys.__stdout__.write(json.dumps({"step": step, "code": code, "said": said}) + "\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


def run(*arguments: object) -> None:
    """A command as a person types it, in this process."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = main([str(argument) for argument in arguments])
    tell(" ".join(map(str, arguments[:2])) if arguments[0] in ("brief", "eval") else str(arguments[0]), code, out.getvalue())


def scripted(request: Request) -> Reply:
    """A quotation of paragraph 3."""
    return Reply([f"The Chair heard “more than 200 statements” [{request.handle('more than 200 statements')}]."])


def chat(workspace: Path) -> None:
    """Two turns at the page of `assistant chat`."""
    command = [sys.executable, "-W", "ignore", "-m", "assistant", "chat", "--workspace", str(workspace), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = next(word for line in process.stdout or () for word in line.split() if word.startswith("http"))
            with PageVisitor(url) as visitor:
                visitor.ask(QUESTION)
                *_, turn = visitor.ask("paragraph 7")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)
    said = [turn["question"], turn["problem"], *(statement["text"] for statement in turn["answer"]["statements"])]
    tell("chat", 0 if turn["problem"] is None else 1, json.dumps(said))


def everything(workspace: Path, gold: Path) -> None:
    """From documents to a briefing, and back to the index before."""
    place = ("--workspace", workspace)
    (workspace / "draft.md").write_text(DRAFT, encoding="utf-8")
    run("index", *place)
    run("corpus", *place)
    run("ask", *place, QUESTION)
    run("search", *place, QUESTION)
    run("show", *place, "chair-closing-remarks#7")
    run("check", *place, workspace / "draft.md")
    run("eval", "run", *place, gold, "--report", workspace / "report")
    run("brief", "init", *place)
    run("brief", "run", *place, "--to", "docx,html,md")
    with ModelServer(scripted) as model:
        run("ask", *place, "--model", "openai:scripted", "--base-url", model.base_url, "--no-fallback", "--json", QUESTION)
    run("doctor", *place)
    chat(workspace)
    (workspace / "corpus" / "more.txt").write_text("1. The harbour of Narvik counted 700 ships.\n", encoding="utf-8")
    run("index", *place)
    run("rollback", *place)
    run("verify", *place)


if __name__ == "__main__":
    tell("interfaces", 0, " ".join(name for _, name in socket.if_nameindex()))
    everything(Path(sys.argv[1]), Path(sys.argv[2]))
