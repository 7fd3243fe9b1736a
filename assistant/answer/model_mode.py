"""Model mode: prompt, stream, sentences, verification. What comes out is verified or withheld, sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answer.model import open_model, stream_text
from assistant.answer.prompts import build_prompt
from assistant.answer.streaming import sentences_of
from assistant.answer.verify import handles_in, verify_sentence
from assistant.schema import REFUSAL, Passage, Statement, Withheld
from assistant.settings import ModelSettings


@dataclass(frozen=True, slots=True)
class Refused:
    """The model said that the passages do not answer."""


def answer_with_model(question: str, passages: Sequence[Passage], settings: ModelSettings) -> Iterator[Statement | Withheld | Refused]:
    """The verified and the withheld sentences of a model's answer as it writes them; `Refused` ends it.

    A refusal counts only as the first thing said: after a statement it is withheld like any sentence without a handle.

    Raises:
        ModelError, InvalidSettings, MissingExtra: the model cannot be asked.
    """
    prompt = build_prompt(question, passages, settings.context_tokens)
    model = open_model(settings)
    said_nothing = True
    for sentence in sentences_of(stream_text(model, prompt.system, prompt.user, settings.total_timeout)):
        if said_nothing and is_refusal(sentence):
            yield Refused()
            return
        item = verify_sentence(sentence, prompt.handles)
        said_nothing = said_nothing and isinstance(item, Withheld)
        yield item


def is_refusal(sentence: str) -> bool:
    """Whether a sentence is the refusal, whatever its handles, case and final punctuation."""
    return handles_in(sentence)[0].strip(" .!\"'“”").casefold() == REFUSAL.strip(".").casefold()
