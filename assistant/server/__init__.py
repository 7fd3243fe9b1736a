"""The assistant for other programs, over HTTP and JSON. Nothing is computed here: a request becomes one call, its result JSON.

    POST /api/ask         {"question", "filters", "mode", "top", "fallback"}  -> the Answer of `ask --json`
    POST /api/search      {"question", "filters", "top"}                      -> {"passages", "coverage"}
    GET  /api/paragraph?document=A/77/275&label=12                            -> the paragraph of `show --json`, with its reference

What is wrong is said as {"error": {"type", "what", "next"}}: 400 bad input, 404 no such document or paragraph, 408 too slow, 413 too long,
502 a model that failed (only where "fallback" is false), 503 no index, or busy (with Retry-After). docs/programs.md shows examples.
"""

from assistant.server.api import Asked, Places, api, refusal
from assistant.server.limits import LimitedBody
from assistant.server.slow import PromptProtocol

__all__ = ["Asked", "LimitedBody", "Places", "PromptProtocol", "api", "refusal"]
