"""What the package never does: run what a file holds, load code with a model, talk to a shell; and the versions that are safe."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PACKAGE = sorted((ROOT / "assistant").rglob("*.py"))
MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "imp", "xml.etree", "xml.sax", "xml.dom", "lxml"}
"""Modules that run, or may fetch, what a file tells them to. XML is read by defusedxml."""
HARMLESS = {"xml.etree.ElementTree.Element", "xml.etree.ElementTree.ParseError", "xml.etree.ElementTree.TreeBuilder"}
"""Types of XML that parse nothing."""
FLOORS = {"gradio": "6.31", "langchain-core": "1.3.3", "langchain-openai": "1.1.14", "python-multipart": "0.0.31"}
"""The first versions without a known hole that matters here."""


def dangers(source: str) -> list[str]:
    """What of a module could run code that a file or another machine brings, by line."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            names = {f"{module}{alias.name}" for alias in node.names} - HARMLESS
            found += [f"{node.lineno}: import {name}" for name in names if any(f"{name}.".startswith(f"{bad}.") for bad in MODULES)]
        if isinstance(node, ast.Call):
            found += [f"{node.lineno}: {what}" for what in _calls(node)]
    return found


def _calls(call: ast.Call) -> list[str]:
    name = ast.unparse(call.func)
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
    found = [name] if name in ("eval", "exec", "compile", "__import__", "os.system", "os.popen", "yaml.load", "torch.load") else []
    if name == "torch.load" and given.get("weights_only") == "True":
        found = []
    found += [f"{key}={given[key]}" for key in ("trust_remote_code", "shell", "allow_pickle") if given.get(key, "False") != "False"]
    if name.endswith(("np.load", "numpy.load")) and "allow_pickle" not in given:
        found.append(f"{name} without allow_pickle=False")
    return found


@pytest.mark.parametrize("path", PACKAGE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_that_a_file_holds_is_run(path: Path) -> None:
    """No pickle, no marshal, no eval, no shell, no code that comes with a model, no XML but defused."""
    assert dangers(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "import pickle",
        "from pickle import loads",
        "import xml.etree.ElementTree as tree",
        "from xml import sax",
        "eval(text)",
        "torch.load(path)",
        "np.load(path)",
        "np.load(path, allow_pickle=True)",
        "subprocess.run(line, shell=True)",
        "SentenceTransformer(name, trust_remote_code=settings.trust)",
    ],
)
def test_each_danger_is_seen(line: str) -> None:
    """The test above can fail."""
    assert dangers(line)


@pytest.mark.parametrize("path", PACKAGE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_is_written_as_a_spreadsheet(path: Path) -> None:
    """A cell that begins with = + - or @ is a formula to a spreadsheet: no module imports what writes cells."""
    found = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Import | ast.ImportFrom)]
    imported = {alias.name for node in found for alias in node.names} | {str(getattr(node, "module", "")) for node in found}
    assert not {"csv", "openpyxl", "xlsxwriter", "xlwt", "pandas", "odf"} & {name.partition(".")[0] for name in imported}


def test_versions_with_known_holes_are_not_installed() -> None:
    """Floors stand in pyproject.toml for what it names, and what is installed and pinned is not below any."""
    declared = {
        item.name: item for item in map(Requirement, tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"])
    }
    pinned = dict(re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / "constraints.txt").read_text(), re.MULTILINE))
    for name, floor in FLOORS.items():
        if name in declared:
            assert not declared[name].specifier.contains(_below(floor)), name
        assert _numbers(version(name)) >= _numbers(floor), name
        if name in pinned:
            assert _numbers(pinned[name]) >= _numbers(floor), name


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def _below(floor: str) -> str:
    *first, last = floor.split(".")
    return ".".join([*first, str(int(last) - 1), "999"])
