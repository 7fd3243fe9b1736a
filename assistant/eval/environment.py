"""What a figure depends on besides data and settings: versions of packages, and this package's own code."""

from __future__ import annotations

import platform
from functools import cache
from hashlib import sha256
from importlib import metadata, resources
from pathlib import Path

PACKAGES = (
    "assistant",
    "faiss-cpu",
    "ir-measures",
    "langchain-core",
    "numpy",
    "onnxruntime",
    "rapidfuzz",
    "scipy",
    "sentence-transformers",
    "tantivy",
    "tokenizers",
    "torch",
)
"""Packages whose versions can move a figure; those that are not installed are left out of the header."""


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that can move a figure."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


@cache
def code_sha256() -> str:
    """SHA-256 over the package's own sources and data: an answer of other code is not continued, and never passes for this one's."""
    digest = sha256()
    for path in sorted(Path(str(resources.files("assistant"))).rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.name.encode() + sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
