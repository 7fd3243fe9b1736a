"""The rooms of the package: imports only go down."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "assistant"
LEVELS = [
    {"schema", "errors", "templates"},
    {"settings"},
    {"corpus"},
    {"index"},
    {"retrieval"},
    {"reader"},
    {"answer"},
    {"briefing"},
    {"eval"},
    {"server", "ui", "cli"},
]
LEVEL = {room: level for level, rooms in enumerate(LEVELS) for room in rooms}
FACES = {("cli", "ui"), ("ui", "server")}
"""The command that opens the page, and the page, which is served together with the routes for other programs."""


def _imports() -> list[tuple[str, str, str]]:
    found = []
    for path in PACKAGE.rglob("*.py"):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            found += [(room, name.split(".")[1], str(path)) for name in names if name.startswith("assistant.")]
    return found


def test_imports_only_go_down() -> None:
    """No room imports from a room above it or beside it, wherever in a file the import stands."""
    wrong = [
        (room, target, path)
        for room, target, path in _imports()
        if room not in ("__init__", "__main__") and room != target and (room, target) not in FACES and LEVEL[target] >= LEVEL[room]
        if not (LEVEL[target] == LEVEL[room] == 0)
    ]
    assert wrong == []


def test_every_room_is_known() -> None:
    """A new room has to be placed before it can be used."""
    rooms = {path.name.removesuffix(".py") for path in PACKAGE.iterdir() if not path.name.startswith("_") and path.name != "py.typed"}
    assert rooms == set(LEVEL)


def test_no_file_outgrows_a_reader() -> None:
    """No file of the package is much above 300 lines."""
    long = {str(path): lines for path in PACKAGE.rglob("*.py") if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 320}
    assert long == {}


def test_only_the_command_line_prints() -> None:
    """A package that prints cannot be used by another program."""
    printing = [
        str(path)
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).parts[0] != "cli"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert printing == []
