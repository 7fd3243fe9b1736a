"""What stands beside a paragraph: in its vector, in the lexical index, and before the reader."""

from __future__ import annotations

from assistant.schema import Document, Paragraph


def context_of(document: Document, paragraph: Paragraph) -> str:
    """What is embedded and indexed before a paragraph's text, but is not quotable: title, speaker, heading path.

    Measured in trials on reports of the United Nations: title and heading lift the right paragraph first from .53 to .57.
    """
    title = "" if document.origins.get("title") in ("file name", "_id") else document.title
    about = [title, paragraph.speaker or document.speaker or document.delegation, *paragraph.heading]
    return ". ".join(dict.fromkeys(part for part in about if part and part != paragraph.text))
