"""The page over the assistant that is computed by hand, with half a second for a request to come: for tests of slow requests."""

from __future__ import annotations

import sys
from functools import partial

from fakes import FakeAssistant

from assistant.server import LimitedBody, PromptProtocol
from assistant.ui import serve, serving

SECONDS = 0.5
"""What the head of a request may take, and its body."""

if __name__ == "__main__":
    PromptProtocol.head_seconds = SECONDS
    serving.LimitedBody = partial(LimitedBody, seconds=SECONDS)  # type: ignore[assignment, misc]
    serve(FakeAssistant(), "127.0.0.1", 0, on_ready=lambda url: sys.stdout.write(f"{url}\n") and sys.stdout.flush())
