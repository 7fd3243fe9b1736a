"""The command line: a thin face over the same functions as the page. Exit codes are drawn in `assistant.errors`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from assistant.errors import AssistantError

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code: 0 done, 1 a check failed, 2 bad input, 3 the index, 4 a model's endpoint.

    Errors are one line on stderr. ASSISTANT_DEBUG=1 shows the traceback of what should not have happened.
    """
    from assistant.cli.parser import build_parser

    parsed = build_parser().parse_args(arguments)
    try:
        code = parsed.run(parsed)
        sys.stdout.flush()
        return int(code or 0)
    except AssistantError as error:
        print(f"assistant: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt as interrupt:
        print(f"assistant: interrupted. {str(interrupt) or 'Nothing half done was kept.'}", file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if os.environ.get("ASSISTANT_DEBUG"):
            raise
        print(
            f"assistant: {error.filename or 'the system'}: {error.strerror or error}. Check the path, its permissions and the disk.",
            file=sys.stderr,
        )
        return 2
    except Exception as error:
        if os.environ.get("ASSISTANT_DEBUG"):
            raise
        what = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        print(f"assistant: this should not have happened: {what}. Set ASSISTANT_DEBUG=1 to see where, and report it.", file=sys.stderr)
        return 1
