"""Model mode: prompt, stream, sentences, verification. What comes out is verified or withheld, sentence by sentence.

The ladder of an answer: verified sentences as they come; where the model fails, says nothing that holds, or is not there,
quotations, with the reason. What a model wrote before it failed is not an answer, and is not kept as one.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from assistant.answer.background import BEAT
from assistant.answer.model import stream_text
from assistant.answer.ordered import unless_ordered
from assistant.answer.prompts import Prompt, build_prompt
from assistant.answer.streaming import sentences_or_beats
from assistant.answer.verify import handles_in, verify_sentence
from assistant.errors import ModelError, PromptTooLong
from assistant.schema import REFUSAL, Answer, AnswerEvent, FellBack, Passage, Statement, Waiting, Withheld
from assistant.settings import ModelSettings, PromptSettings

NOTHING_HELD = "no sentence of the model could be tied to a paragraph"


@dataclass(frozen=True, slots=True)
class Refused:
    """The model said that the passages do not answer."""


@dataclass(frozen=True, slots=True)
class Given:
    """How many of the passages the model was given; the first event of its answer."""

    passages: int


Said = Given | Statement | Withheld | Waiting | Refused


def answer_in_model_mode(
    draft: Answer, model: ModelSettings, prompts: PromptSettings, in_quotations: Callable[[Answer], Answer] | None
) -> Generator[AnswerEvent, None, Answer]:
    """Yields what the model says as it is verified, and returns the answer that `draft` becomes.

    `in_quotations` makes the answer without the model, for when it fails; None: its failure is raised.

    Raises:
        ModelError: the model failed, and nothing answers in its place.
        InvalidSettings, MissingExtra: it cannot be opened.
    """
    withheld: list[Withheld] = []
    statements: list[Statement] = []
    try:
        with closing(answer_with_model(draft.searched_question, draft.passages, model, prompts)) as said:
            for item in said:
                if isinstance(item, Refused):
                    return replace(draft, withheld=tuple(withheld))
                if isinstance(item, Given):
                    draft = _with_remark(draft, item.passages)
                    continue
                if isinstance(item, Withheld):
                    withheld.append(item)
                elif isinstance(item, Statement):
                    statements.append(item)
                yield item
        if statements:
            return replace(draft, status="answered", statements=tuple(statements), withheld=tuple(withheld))
        reason = NOTHING_HELD
        if in_quotations is None:
            raise ModelError(reason, "Ask in quote mode, or use another model.")
    except ModelError as error:
        if in_quotations is None:
            raise
        reason = error.what
    answer = yield from fall_back(draft, reason, in_quotations)
    return replace(answer, withheld=tuple(withheld))


def fall_back(draft: Answer, reason: str, in_quotations: Callable[[Answer], Answer]) -> Generator[AnswerEvent, None, Answer]:
    """The answer in quotations, with the reason why the model's is not there."""
    yield FellBack(reason)
    answer = in_quotations(draft)
    yield from answer.statements
    return replace(answer, fallback=reason)


def answer_with_model(
    question: str, passages: Sequence[Passage], settings: ModelSettings, prompts: PromptSettings = PromptSettings()
) -> Generator[Said]:
    """The verified and the withheld sentences of a model's answer as it writes them; `Refused` ends it.

    A refusal counts only as the first thing said: after a statement it is withheld like any sentence without a handle. Where the
    endpoint says that the prompt is too long, it is asked once more with as many passages as fit into the window it names, or into
    half of what it was told.

    Raises:
        ModelError, InvalidSettings, MissingExtra: the model cannot be asked.
    """
    prompt = build_prompt(question, passages, settings, prompts)
    yield Given(len(prompt.handles))
    try:
        yield from _said(prompt, settings)
        return
    except PromptTooLong as error:  # comes before the first token, so nothing was said yet
        window = error.window if error.window and error.window < settings.context_tokens else settings.context_tokens // 2
        smaller = settings.model_copy(update={"context_tokens": window, "answer_tokens": min(settings.answer_tokens, window // 3)})
    prompt = build_prompt(question, passages, smaller, prompts)
    yield Given(len(prompt.handles))
    yield from _said(prompt, smaller)


def _said(prompt: Prompt, settings: ModelSettings) -> Generator[Said]:
    said_nothing = True
    with closing(stream_text(settings, prompt.system, prompt.user)) as pieces:
        for sentence in sentences_or_beats(pieces, BEAT):
            if not sentence:
                yield Waiting()
                continue
            if said_nothing and is_refusal(sentence):
                yield Refused()
                return
            item = unless_ordered(verify_sentence(sentence, prompt.handles), prompt.handles.values())
            said_nothing = said_nothing and isinstance(item, Withheld)
            yield item


def is_refusal(sentence: str) -> bool:
    """Whether a sentence is the refusal, whatever its handles, case and final punctuation."""
    return handles_in(sentence)[0].strip(" .!\"'“”").casefold() == REFUSAL.strip(".").casefold()


def _with_remark(draft: Answer, given: int) -> Answer:
    found = len(draft.passages)
    if given == found:
        return draft
    remark = f"The model was given {given} of the {found} paragraphs found; the others do not fit into its window."
    others = tuple(said for said in draft.remarks if not said.startswith("The model was given "))
    return replace(draft, remarks=(*others, remark))
