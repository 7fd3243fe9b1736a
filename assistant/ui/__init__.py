"""The chat page: a thin face over `assistant.Assistant`. Nothing is computed here; an answer is shown as it streams.

    build(assistant)              the page, as Gradio Blocks
    serve(assistant, host, port)  serves it until interrupted

`turns` holds what the page knows of one question, `choice` which answers a visitor asked for, `render` turns both into
HTML (pure functions, every word from outside escaped), `page` wires them to Gradio, `serving` puts the page on a port.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gradio

    from assistant.ui.turns import Answers

__all__ = ["build", "serve"]

QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_RUN_HISTORY": "False",
    "GRADIO_SHARE": "False",
    "GRADIO_SSR_MODE": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}
"""What Gradio and its parts read when they are imported: no telemetry, no look for newer versions, no public link, and
no record of past inputs in the browser (it would hold what was typed into the panel, keys included)."""


def build(assistant: Answers, examples: Sequence[str] | None = None, changes: bool = False) -> gradio.Blocks:
    """The page over `assistant`.

    With `changes` visitors may add and remove documents.
    `examples` are questions offered while the chat is empty; None offers those of the shipped document, if it is indexed.
    """
    _silence()
    from assistant.ui.page import page

    return page(assistant, examples, changes)


def serve(assistant: Answers, host: str, port: int, open_browser: bool = False, on_ready: Callable[[str], None] | None = None) -> None:
    """Serves the page on `host` and `port` (0: any free one) until interrupted, and prints nothing.

    `on_ready` is called once with the page's address, when it can be opened; it runs in the server's thread.

    Raises:
        UsageError: the address cannot be listened on.
    """
    _silence()
    from assistant.ui.serving import run

    run(assistant, host, port, open_browser=open_browser, on_ready=on_ready)


def _silence() -> None:
    os.environ.update(QUIET)
