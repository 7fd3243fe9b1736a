"""The page and the routes for other programs on a port: same-origin requests only, a policy that lets the browser reach nothing
else, a quiet server."""

from __future__ import annotations

import socket
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.resources import as_file, files
from typing import Any
from urllib.parse import urlsplit

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.errors import UsageError
from assistant.server import LimitedBody, Places, PromptProtocol, api, refusal
from assistant.settings import ServerSettings
from assistant.ui.embed import embedded
from assistant.ui.page import asset, page
from assistant.ui.theme import theme
from assistant.ui.turns import Answers

POLICY = "; ".join(
    (
        "default-src 'self'",
        # Gradio's page has inline scripts, and gr.HTML compiles its templates; handlers in attributes (onerror) never run.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "script-src-attr 'none'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
LOOPBACK = ("127.0.0.1", "localhost", "::1")
ANY = ("0.0.0.0", "::", "")
UPLOAD = "/gradio_api/upload"
UNUSED = ("/gradio_api/deep_link", "/gradio_api/proxy=")
"""Doors of Gradio that this page has no use for: they write files, or fetch. `UPLOAD` is one of them where nothing may be added."""

MOST_OF_A_PAGE = 16_000_000
"""Bytes that a browser may send with one event: the conversation that it keeps is the most, and browsers keep some 5 MB."""


def allows_changes(settings: ServerSettings, host: str) -> bool:
    """Whether visitors may add and remove documents."""
    return settings.changes == "on" or (settings.changes == "auto" and host in LOOPBACK)


class Guard:
    """Refuses what another site sends with this visitor's browser, and adds `HEADERS` to every answer."""

    def __init__(self, app: ASGIApp, closed: tuple[str, ...] = UNUSED) -> None:
        self.app = app
        self.closed = closed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, as ASGI has it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    sent.setdefault(name, value)
            await send(message)

        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != headers.get("host"):
            await PlainTextResponse("Requests from other sites are refused.", 403)(scope, receive, send_guarded)
            return
        if scope["path"].startswith(self.closed):
            await PlainTextResponse("Not found.", 404)(scope, receive, send_guarded)
            return
        await self.app(scope, receive, send_guarded)


def application(assistant: Answers, blocks: gr.Blocks, host: str) -> FastAPI:
    """The page, `/api` and `/embed` as an ASGI application that answers to the names of `host` only (any name where it listens
    everywhere)."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(LimitedBody)
    app.add_middleware(LimitedBody, prefix="/gradio_api/", most=MOST_OF_A_PAGE, beside=UPLOAD)
    app.add_middleware(CORSMiddleware, allow_origins=())  # keeps Gradio from reflecting any origin with credentials
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["*"] if host in ANY else [*LOOPBACK, "[::1]", host])
    server = assistant.settings.server
    app.add_middleware(Guard, closed=UNUSED if allows_changes(server, host) else (*UNUSED, UPLOAD))
    refusal(app)
    places = Places()
    app.include_router(api(assistant, places))
    app.add_api_route("/embed", embed(assistant, places, server.embed_in), response_class=HTMLResponse)
    with as_file(files("assistant.ui").joinpath("assets", "favicon.svg")) as icon:
        favicon = str(icon)
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        blocks,
        "/",
        footer_links=[],
        max_file_size=int(server.upload_mb * 1_000_000),
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        favicon_path=favicon,
        theme=theme(),
        css=asset("page.css"),
    )
    return mounted


def embed(assistant: Answers, places: Places, sites: Sequence[str]) -> Callable[[str], HTMLResponse]:
    """The route of `/embed?q=…`. It runs no script, and only this site and `sites` may frame it."""
    framers = " ".join(("'self'", *sites))
    policy = f"default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors {framers}"

    def route(q: str = "") -> HTMLResponse:
        with places.one():
            return HTMLResponse(embedded(assistant, q), headers={"Content-Security-Policy": policy})

    return route


class _Server(uvicorn.Server):
    """A server that says when it can be reached."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.ready()


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on `host` and `port` (0: any free one).

    Raises:
        UsageError: the address is taken, not allowed, or not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise UsageError(f"The page cannot listen on {host}:{port} ({why})", "Choose another port or host.") from None


def address(sock: socket.socket, host: str) -> str:
    """The URL to open in a browser on this machine."""
    name = "127.0.0.1" if host in ANY else host
    return f"http://{f'[{name}]' if ':' in name else name}:{sock.getsockname()[1]}/"


def run(assistant: Answers, host: str, port: int, *, open_browser: bool, on_ready: Callable[[str], None] | None) -> None:
    """Serves until interrupted; see `assistant.ui.serve`."""
    sock = listen(host, port)
    url = address(sock, host)

    def ready() -> None:
        if on_ready:
            on_ready(url)
        if open_browser:
            webbrowser.open(url)

    config: dict[str, Any] = {"log_level": "warning", "access_log": False, "timeout_graceful_shutdown": 2}
    config |= {"http": PromptProtocol, "ws": "none"}  # the page needs no web socket
    server = _Server(
        uvicorn.Config(application(assistant, page(assistant, changes=allows_changes(assistant.settings.server, host)), host), **config),
        ready,
    )
    with sock, suppress(KeyboardInterrupt):
        server.run(sockets=[sock])
