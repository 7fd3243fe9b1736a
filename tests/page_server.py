"""Fixtures of the browser tests: the page on a free loopback port, a real browser, and a visitor whose every request is noted."""

from __future__ import annotations

import base64
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fakes import FakeAssistant
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect, sync_playwright

from assistant.ui import serve

REQUIRED = "ASSISTANT_REQUIRE_BROWSER"
expect.set_options(timeout=30_000)  # the first answer of a real page waits for the encoder
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def installed() -> str | None:
    """Where a Chromium is installed, if one is."""
    places = [*(path for name in NAMES if (path := shutil.which(name))), "/usr/bin/chromium", "/usr/bin/google-chrome"]
    return next((path for path in places if Path(path).exists()), None)


class Served:
    """A page in a process of its own, as a user runs it; `said` holds the lines that the process has printed since."""

    def __init__(self, *command: str) -> None:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        self.process = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True, env=environment)
        self.said: queue.Queue[str] = queue.Queue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.url = next(word for word in self.said.get(timeout=120).split() if word.startswith("http"))

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            self.said.put(line.strip())

    def stop(self) -> None:
        """Interrupts the process and waits for its end; whatever happens, nothing of it is left to another test."""
        try:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=60)
        finally:
            self.process.kill()
            self.process.wait()
            self._listener.join()
            if self.process.stdout:
                self.process.stdout.close()


class Visitor:
    """One visitor with a page of their own; `requests`, `dialogs` and `errors` hold all that the page did."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.url = url
        self.page: Page = context.new_page()
        self.requests: list[str] = []
        self.dialogs: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("dialog", self._dismiss)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        # A conversation that an earlier visitor left in this browser is not this one's; a reload keeps its own.
        self.page.add_init_script("if (!sessionStorage.here) { localStorage.clear(); sessionStorage.here = 'yes'; }")
        self.page.goto(url)
        self.box = self.page.get_by_role("textbox", name="Question")
        expect(self.box).to_be_editable()
        self.turns = self.page.locator("#transcript .turn")
        self.source = self.page.locator("#source .source")

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *_: object) -> None:
        self.page.close()

    def _dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def barriers(self) -> list[str]:
        """What axe-core finds on the page as it is now that would keep somebody out: its serious and critical findings."""
        from axe_playwright_python.sync_playwright import Axe

        # A colour on its way to another is no finding.
        self.page.evaluate("document.getAnimations().forEach(a => a.effect.getTiming().iterations === Infinity ? a.cancel() : a.finish())")
        found = Axe().run(self.page).response["violations"]
        return [
            f"{rule['id']}: {node['html'][:120]}" for rule in found if rule["impact"] in ("serious", "critical") for node in rule["nodes"]
        ]

    def drop(self, place: str, files: Sequence[Path]) -> None:
        """Drops files on a part of the page, as a hand would."""
        made = """files => {
            const dropped = new DataTransfer();
            const bytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
            for (const [name, text] of files) dropped.items.add(new File([bytes(text)], name));
            return dropped;
        }"""
        held = self.page.evaluate_handle(made, [[file.name, base64.b64encode(file.read_bytes()).decode()] for file in files])
        for event in ("dragenter", "dragover", "drop"):
            self.page.locator(place).first.dispatch_event(event, {"dataTransfer": held})

    def ask(self, question: str) -> None:
        """Asks by Enter, and waits until the answer is complete."""
        expect(self.page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
        before = self.turns.count()
        self.box.fill(question)
        self.box.press("Enter")
        expect(self.turns).to_have_count(before + 1)
        expect(self.turns.last).to_have_attribute("aria-busy", "false")

    def ask_and_keep(self, question: str) -> None:
        """The same, and waits until this browser keeps the answer, which follows it: on a busy machine a reload may be faster."""
        size = "(localStorage['assistant-conversation'] ?? '').length"
        before = self.page.evaluate(size)
        self.ask(question)
        self.page.wait_for_function(f"{size} > {before} + 100")


# A server also computes while nobody asks it anything: each ends with the module that asked for it.


@pytest.fixture(scope="module")
def fake_served() -> Iterator[Served]:
    """The page over the assistant that is computed by hand: for answers that a real one never gives."""
    served = Served(__file__)
    yield served
    served.stop()


@pytest.fixture(scope="module")
def page_url(workspace: Path) -> Iterator[str]:
    """The page under test: `assistant chat` on the shipped document, as a user starts it."""
    served = Served("-m", "assistant", "chat", "--workspace", str(workspace), "--port", "0")
    yield served.url
    served.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium; without one the tests are skipped, or fail where ASSISTANT_REQUIRE_BROWSER=1.

    It ends with its module: while Playwright is there its event loop counts as running, and asynchronous tests cannot.
    """
    found = installed()
    if found is None:
        reason = f"no browser: none of {', '.join(NAMES)} is installed"
        if os.environ.get(REQUIRED) == "1":
            pytest.fail(f"{reason}, and {REQUIRED}=1", pytrace=False)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One browser for most tests, so that Gradio's scripts are fetched once; each visitor has a page of their own."""
    with browser.new_context() as shared:
        yield shared


@pytest.fixture
def visitor(context: BrowserContext, page_url: str) -> Iterator[Visitor]:
    """A visitor of the page under test, whose browser has nothing to complain of."""
    with Visitor(context, page_url) as visiting:
        yield visiting
    assert visiting.errors == []


@pytest.fixture
def another(browser: Browser, page_url: str) -> Iterator[Visitor]:
    """A second visitor at the same time, in a browser of their own."""
    with browser.new_context() as separate, Visitor(separate, page_url) as visiting:
        yield visiting


@pytest.fixture
def another_context(browser: Browser) -> Iterator[BrowserContext]:
    """A second browser that shares nothing with the first."""
    with browser.new_context() as separate:
        yield separate


@pytest.fixture
def fake_visitor(context: BrowserContext, fake_served: Served) -> Iterator[Visitor]:
    """A visitor of the page over the assistant that is computed by hand."""
    with Visitor(context, fake_served.url) as visiting:
        yield visiting
    assert visiting.errors == []


if __name__ == "__main__":

    def say(line: str) -> None:
        """A line for the test that started this process."""
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    serve(FakeAssistant(on_close=lambda: say("closed")), "127.0.0.1", 0, on_ready=say)
