"""Opens the chat page on this folder: `python app.py`, the same as `assistant chat`."""

from assistant.cli import main

if __name__ == "__main__":
    raise SystemExit(main(["chat"]))
