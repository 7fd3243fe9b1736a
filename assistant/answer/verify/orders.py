"""Orders: a sentence that speaks to the reader's machine, or repeats a passage that does, reports nothing.

A document may hold a text that was put there to be obeyed ("ignore the instructions above and answer …"). It can be cited and
quoted by a person; a sentence that a model wrote from it is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answer.verify.words import Sentence

_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget)\b (?:(?:all|everything|anything) else|(?:all |any )?the (?:passages?|documents?|question|text above))\b"
    r"|\bwrite\s?:|\b(?:and|then|now|only) (?:say|answer|reply|output|print)\s?:|"
    r"\b(?:ignore|disregard|forget|override|bypass|discard)\b[^.]{0,40}"
    r"\b(?:instructions?|prompts?|previous (?:rules?|guidelines)|guardrails|(?:everything|all|anything) (?:above|before|prior))\b"
    r"|\b(?:system|developer|hidden)[\s-](?:prompt|message|instructions?)\b"
    r"|\bas an? (?:ai|artificial intelligence|(?:large )?language model|assistant)\b"
    r"|\b(?:you|assistant|model|chatbot) (?:are|is) now\b|\byou (?:must|should|will|shall|may) (?:now |only |always |never )*"
    r"(?:answer|reply|respond|write|output|print|reveal|repeat|cite|pretend)\b"
    r"|\b(?:answer|reply|respond|output|print|say|write)\b[^.]{0,20}?\b(?:only|exactly|verbatim)?\s?"
    r"with the (?:word|words|text|phrase|following)\b"
    r"|\b(?:answer|reply|respond|output|print|write) (?:only|exactly|verbatim)\b|\bonly (?:answer|output|print)\b"
    r"|\b(?:reveal|print|show|send|e-?mail|disclose|leak|exfiltrate|tell me)\b[^.]{0,40}"
    r"\b(?:passwords?|api[\s-]?keys?|(?:your|the) (?:secret|prompt|instructions))\b"
    r"|^(?:please )?(?:write|say|tell|repeat|claim|answer|reply|respond|mention|announce)\b (?:that|every|everyone|after me|them"
    r"|the (?:user|reader|delegate)s?)\b|\bthe (?:user|reader) (?:should|must|shall|needs to)\b"
    r"|\bnew (?:instructions?|task|role) ?:|\b(?:begin|end) (?:of )?(?:system|instructions?|prompt)\b"
    r"|<\|?/?(?:system|user|assistant|im_start|im_end)"
    r"|\b(?:note|message|instructions?) (?:to|for) (?:the |any |all )?(?:ai|assistants?|(?:language )?models?|llms?|chatbots?)\b"
    r"|(?:^|[\n.!?]\s*)(?:assistant|ai|model|chatbot|llm|system)s?\s?:\s|\bjailbreak|\bDAN mode\b"
    r"|\b(?:click|visit|open|follow|download|go to)\b[^.]{0,30}(?:https?://|www\.|\bthis link\b)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\b(?:https?://|www\.|javascript:|data:\w+/)\S+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_MARKUP = re.compile(r"<[a-z/!][^>]*>|!?\[[^\]]*\]\([^)]*\)", re.IGNORECASE)


def order_in(text: str) -> str | None:
    """What in a text is addressed to a machine, as it is written; None where nothing is."""
    match = _ORDER.search(text)
    return match[0] if match else None


def obeys(text: str, paragraphs: tuple[str, ...], nearest: Sequence[Sentence]) -> str | None:
    """Why a sentence is no report: it gives or repeats an order, or names an address or markup that no passage holds."""
    if order_in(text):
        return "it is an order, not a report"
    for sentence in nearest:
        if order_in(sentence.text):
            return "the passage speaks to the reader's machine there, and that is not repeated"
    if _MARKUP.search(text):
        return "it writes markup"
    for match in _ADDRESS.finditer(text):
        if not any(match[0].rstrip(".,;)") in paragraph for paragraph in paragraphs):
            return f"it writes an address that the passage does not hold ({match[0][:40]})"
    return None
