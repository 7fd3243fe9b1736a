"""The client of Milvus: opened once for each address, its errors in this program's own words, and its log silent."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.errors import DamagedIndex, MissingExtra, UnreachableStore
from assistant.settings import StoreSettings

_PIP = 'pip install "assistant[milvus]"'
_NEVER_MS = 2**31 - 1
_NO_SUCH_COLLECTION = 100
"""Milvus's error code."""


def address_of(store: StoreSettings, index: Path) -> str:
    """Where the settings' Milvus is: its address, or the absolute path of milvus-lite's folder."""
    return store.uri if "://" in store.uri else str(index.absolute().parent / store.uri)


def client_of(store: StoreSettings, index: Path) -> Any:
    """A `pymilvus.MilvusClient`, opened once for each address in a process; milvus-lite runs in threads of this one.

    Raises:
        MissingExtra: pymilvus or milvus-lite is not installed.
        UnreachableStore: nobody answers there, refuses, or another process uses the folder.
    """
    return _opened(address_of(store, index), store.token.get_secret_value() if store.token else "", store.timeout)


@lru_cache(maxsize=8)
def _opened(address: str, token: str, timeout: float) -> Any:
    try:
        from pymilvus import MilvusClient

        if "://" not in address:
            import milvus_lite  # noqa: F401 - pymilvus starts it
    except ImportError as error:
        raise MissingExtra(f"a store of kind milvus needs a package that is not installed ({error.name})", _PIP) from None
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it logs with a traceback what it then raises
    with _reasons() as reasons, telling(address, token):
        try:
            # Asked every ten seconds whether it is still there, milvus-lite closes the connection: "too many pings".
            options = {} if "://" in address else {"grpc_options": {"grpc.keepalive_time_ms": _NEVER_MS}}
            return MilvusClient(address, token=token, timeout=timeout, **options)
        except Exception as error:
            if "://" in address or not reasons:
                raise
            raise UnreachableStore(
                f"milvus-lite cannot open {address}: {reasons[0]}",
                "One process at a time can use it: end the other one, or run a Milvus server (docs/scaling.md).",
            ) from error


@contextmanager
def _reasons() -> Iterator[list[str]]:
    """Why milvus-lite does not start, which it tells its log alone."""
    found: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.exc_info and record.exc_info[1]:
                found.append(str(record.exc_info[1]))

    logger, kept = logging.getLogger("milvus_lite"), Kept()
    logger.addHandler(kept)
    logger.propagate = False
    try:
        yield found
    finally:
        logger.removeHandler(kept)


@contextmanager
def telling(address: str, token: str = "") -> Iterator[None]:
    """Turns what goes wrong in Milvus into one line that names it.

    Raises:
        DamagedIndex: there is no such collection.
        UnreachableStore: all else.
    """
    import grpc
    from pymilvus.exceptions import MilvusException

    try:
        yield
    except (MilvusException, grpc.RpcError) as error:
        said = " ".join(str(getattr(error, "message", "") or error).split())[:300]
        said = said.replace(token, "…") if token else said
        if getattr(error, "code", None) == _NO_SUCH_COLLECTION:
            step = "Go back with: assistant rollback, or rebuild with: assistant index --rebuild"
            raise DamagedIndex(f"Milvus at {address}: {said}", step) from None
        step = "See that it runs and that [store] uri and token are right, or build an index in files: [store] kind, then assistant index"
        raise UnreachableStore(f"Milvus at {address} does not do what it is asked: {said}", step) from None
