"""docs/reliability.md says what is there: every test that it names exists, and its counts are those of its rows."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+) \|([^|]*)\|([^|]*)\|([^|]*)\|$", TEXT, re.MULTILINE)
NAMES = sorted({name for name in re.findall(r"`([^`\s]*::\w+)`", TEXT) if not name.startswith(("file::", "::"))})


@cache
def names_in(path: Path) -> set[str]:
    """The tests of a file."""
    found = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.name for node in found if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_named_is_there(name: str) -> None:
    """As the first paragraph says: `file::test` without `tests/test_` and `test_`, or a file of tests/torture."""
    file, _, test = name.partition("::")
    path = ROOT / "tests" / (file if file.endswith(".py") else f"test_{file}.py")
    assert f"test_{test}" in names_in(path)


def test_the_counts_are_those_of_the_rows() -> None:
    """Ninety cases, each once, and each either passes, passes in part, or is open."""
    assert [int(number) for number, *_ in ROWS] == list(range(1, 91))
    results = Counter(result.strip(" *").split()[0].strip("*:") for *_, result in ROWS)
    (said,) = re.findall(r"^\| of 90 \| (\d+) \| (\d+) \| (\d+) \|$", TEXT, re.MULTILINE)
    assert tuple(map(int, said)) == (results["passes"], results["partly"], results["open"])
    assert sum(results[word] for word in ("passes", "partly", "open")) == 90


@pytest.mark.parametrize(("number", "tried", "result"), [(number, tried, result) for number, _, tried, result in ROWS])
def test_what_passes_is_tried(number: str, tried: str, result: str) -> None:
    """Nothing passes for which no test is named; what passes in part says in which."""
    assert re.search(r"`\w", tried) or "open" in result, number
    assert not result.strip().startswith("**partly**") or len(result) > 25, number
