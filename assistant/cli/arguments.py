"""What the parsers of all commands share."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable
from typing import NoReturn

Handler = Callable[[argparse.Namespace], int | None]


class Parser(argparse.ArgumentParser):
    """Says what is wrong with a command line in one line."""

    def error(self, message: str) -> NoReturn:
        """Prints the line and ends with exit code 2."""
        print(f"{self.prog}: {message}. See: {self.prog} --help", file=sys.stderr)
        raise SystemExit(2)


def lazy(handler: str) -> Handler:
    """The function `module:name` of assistant.cli, imported when it runs: `show` should not pay for the page."""
    module, _, name = handler.partition(":")

    def run(arguments: argparse.Namespace) -> int | None:
        chosen: Handler = getattr(importlib.import_module(f"assistant.cli.{module}"), name)
        return chosen(arguments)

    return run


def positive(text: str) -> int:
    """A whole number above 0."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return int(text)
