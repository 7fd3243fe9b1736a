"""Visitors of a served page without a browser: one speaks to Gradio's queue as the browser does, one to `/api` as a program does."""

from __future__ import annotations

import json
import uuid
from typing import Any

import httpx


class PageVisitor:
    """One browser's session with Gradio's queue: its state lies on the server, under a hash of its own."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, timeout=120)
        self.session = uuid.uuid4().hex[:10]
        config = self.client.get("config").json()
        named = {part["props"].get("elem_id"): part["id"] for part in config["components"]}
        calls = config["dependencies"]
        self.asking = next(call["id"] for call in calls if [named["ask"], "click"] in [list(target) for target in call["targets"]])
        self.settling = next(call["id"] for call in calls if call.get("trigger_after") == self.asking)

    def __enter__(self) -> PageVisitor:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def ask(self, question: str) -> list[dict[str, Any]]:
        """Asks, and gives the conversation that the browser would keep."""
        self._call(self.asking, [question, None, None, []])
        *_, kept = self._call(self.settling, [None])
        return list(json.loads(kept))

    def _call(self, call: int, data: list[Any]) -> list[Any]:
        sent = {"fn_index": call, "data": data, "session_hash": self.session, "event_data": None}
        self.client.post("gradio_api/queue/join", json=sent).raise_for_status()
        with self.client.stream("GET", "gradio_api/queue/data", params={"session_hash": self.session}) as stream:
            for line in stream.iter_lines():
                told = json.loads(line.removeprefix("data: ")) if line else {}
                if told.get("msg") == "process_completed":
                    assert told["success"], told["output"]
                    return list(told["output"]["data"])
        raise AssertionError("the stream ended before the answer")


def ask_by_api(url: str, question: str) -> dict[str, Any] | None:
    """The answer for another program; None where the server said that it is busy."""
    answered = httpx.post(f"{url}api/ask", json={"question": question}, timeout=120)
    if answered.status_code == 503:
        assert answered.json()["error"]["what"] == "the server is busy"
        assert answered.headers["Retry-After"]
        return None
    assert answered.status_code == 200, answered.text
    return dict(answered.json())
