"""How long a person waits at the page: a real browser, the real server, from the key that asks to what is on the screen.

python eval/bench/page_speed.py WORKSPACE > eval/published/page/times.json

WORKSPACE has an index (`assistant index`). Two pages are measured, each over one conversation of 20 turns: `model`, where a scripted
endpoint on loopback writes the answer, and `quote`, without a language model. In milliseconds, of every turn:

sources   from Enter to the first reference below the question: what the search found
answer    from Enter to the complete answer, its references, and its first source beside it

The machine is shared, and slower at one moment than at another: so beside every turn of the long conversation a similar question is asked
in a new one, in a page of its own. `growth` is the median, over the last ten turns, of the long conversation's time over that of the new
one beside it; `turns` and `beside` are both in their order. Before all that one other question is asked, so that no turn pays for
opening the index.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

from model_server import ModelServer, Reply, Request
from page_server import FLAGS, Served, Visitor, installed
from playwright.sync_api import Page, sync_playwright

QUESTIONS = (
    "How many statements were heard, and from how many delegations?",
    "What did the Chair say about stakeholders?",
    "What was the tone of the discussion?",
    "When will the logistical arrangements be circulated?",
    "Which ideas have been put forward?",
    "How long will the process take?",
    "Who supported the Women in Cyber Fellows?",
    "What is said of points of contact?",
    "Why are early results important?",
    "What was the overall assessment of the session?",
    "How many statements were delivered by female representatives?",
    "What is the working group compared with?",
    "Is consensus on stakeholders possible?",
    "What do delegations expect of the working group?",
    "What is the Chinese saying about a journey?",
    "What does the Chair thank delegations for?",
    "What happens if no early results are delivered?",
    "Where have statements been uploaded?",
    "What gives the Chair hope?",
    "What will the Chair prepare for?",
)
"""Twenty turns, no question twice: the reader remembers what it has read."""
FIRST = "What was the Chair's fourth point?"
WATCH = """() => {
  const seen = window.seen = {};
  const turns = document.querySelectorAll("#transcript .turn").length;
  document.querySelector("#question textarea").addEventListener("keydown", () => { seen.begin = performance.now(); }, { once: true });
  const look = () => {
    const all = document.querySelectorAll("#transcript .turn");
    if (!seen.begin || all.length <= turns) return;
    const last = all[all.length - 1];
    if (!seen.sources && last.querySelector(".chip")) seen.sources = performance.now() - seen.begin;
    if (!seen.answer && last.getAttribute("aria-busy") === "false") seen.answer = performance.now() - seen.begin;
  };
  new MutationObserver(look).observe(document.getElementById("transcript"), { subtree: true, childList: true, attributes: true });
}"""


def scripted(request: Request) -> Reply:
    """One sentence of the first passage, at once; a follow-up is left as it is."""
    if request.is_rewriting:
        return Reply([request.user.rpartition("The last question: ")[2].splitlines()[0]])
    handle, text = next(iter(request.passages.items()))
    sentence = text.rpartition("\n")[2].partition(". ")[0]
    return Reply([f"“{sentence}.” [{handle}]"])


def turn(page: Page, question: str) -> dict[str, float]:
    """One question, timed in the browser itself."""
    page.locator("#ask").wait_for(state="visible")
    page.evaluate(WATCH)
    box = page.locator("#question textarea")
    box.fill(question)
    box.press("Enter")
    page.wait_for_function("window.seen.answer")
    page.wait_for_timeout(300)
    return {name: float(page.evaluate(f"window.seen.{name}")) for name in ("sources", "answer")}


def conversation(url: str) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    """The times of every turn, and those of a first turn beside each."""
    turns, beside = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
        with Visitor(browser.new_context(), url) as other, Visitor(browser.new_context(), url) as visitor:
            other.ask(FIRST)
            for question in QUESTIONS:
                other.page.get_by_role("button", name="New conversation").click()
                other.page.locator("#transcript .welcome").wait_for()
                beside.append(turn(other.page, f"{question.rstrip('?')}, if the documents say so?"))
                turns.append(turn(visitor.page, question))
        browser.close()
    return turns, beside


def summary(turns: list[dict[str, float]], beside: list[dict[str, float]]) -> dict[str, Any]:
    """Median, largest, and growth of each measure."""
    told: dict[str, Any] = {}
    for name in ("sources", "answer"):
        times, others = [each[name] for each in turns], [each[name] for each in beside]
        told[name] = {
            "median": round(median(times)),
            "largest": round(max(times)),
            "growth": round(median(long / new for long, new in zip(times[-10:], others[-10:], strict=True)), 2),
            "turns": [round(time) for time in times],
            "beside": [round(time) for time in others],
        }
    return told


def measured(workspace: str, environment: dict[str, str]) -> dict[str, Any]:
    """One page, started as a user starts it."""
    os.environ.update(environment)
    served = Served("-m", "assistant", "chat", "--workspace", workspace, "--port", "0")
    for name in environment:
        del os.environ[name]
    try:
        return summary(*conversation(served.url))
    finally:
        served.stop()


def main() -> None:
    """Both pages."""
    workspace = sys.argv[1]
    with ModelServer(scripted) as server:
        model = measured(workspace, {"ASSISTANT_MODEL__NAME": "openai:m", "ASSISTANT_MODEL__BASE_URL": server.base_url})
    quote = measured(workspace, {})
    commit = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    said = {"date": dt.date.today().isoformat(), "cores": os.cpu_count(), "commit": commit, "unit": "ms"}
    print(json.dumps(said | {"turns": len(QUESTIONS), "model": model, "quote": quote}, indent=1))


if __name__ == "__main__":
    main()
