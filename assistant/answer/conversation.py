"""Follow-up questions: "and what about stakeholders?" becomes a question that can be searched for, and the answer says which.

A question is rewritten only if there is one before it and it cannot stand alone. That is so, by rule, where it

- begins in mid-air: "and …", "or …", "but …", "what about …", "how about …";
- has no word of content: "why?", "who said so?";
- has a word that points back to nothing in it: "What did *she* say?", "Does *it* apply?", "What was said on *that*?".

A model that is configured writes the stand-alone question, in a few seconds at most. What it writes is taken only if it keeps every
word of content of the question, adds none that the conversation does not hold, and belongs to it: an earlier answer, which
holds words of documents, cannot put another question in its place. Otherwise, and without a model, the rule does:

- "and what about X?" after a question "… about Y": the earlier question with X in the place of Y; where X is one name ("Mexico", "the
  Chair") and the earlier question asks what somebody said, in the place of that name;
- anything else, and an X in capitals that may be either ("Points of Contact"): the earlier question, then this one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence
from contextlib import closing

from assistant.answer.background import BEAT
from assistant.answer.model import stream_text
from assistant.answer.prompts import FOLLOW_UP, fresh_mark, plain
from assistant.answer.providers import split_name
from assistant.answer.request import Standalone
from assistant.answer.streaming import sentences_or_beats
from assistant.answer.tokens import counter_for
from assistant.errors import ModelError, Unreachable
from assistant.index.lexical import terms
from assistant.schema import Exchange, Waiting
from assistant.settings import ModelSettings, PromptSettings

HISTORY_TOKENS = 1000
"""How much of a conversation a model is shown at most, newest first, in whole exchanges."""
_LONGEST = 400
"""Characters of the longest question that a model's rewriting may be."""

_ELLIPSIS = re.compile(
    r"^(?:(?:ok(?:ay)?|thanks|thank you|yes|no)[,.!]?\s+)?(?:and|or|but|also|so)\b[,\s]+(?:what|how)\s+about\b|^(?:what|how)\s+about\b"
    r"|^(?:and|or|but|also)\b(?!\s+(?:why|when|who|what|which|where|how|did|does|do|is|are|was|were|has|have|can|will)\b)",
    re.IGNORECASE,
)
"""What "and what about X" begins with; the rest is X."""
_IN_MID_AIR = re.compile(r"^(?:and|or|but|also|then)\b|^(?:what|how)\s+about\b|^so\b,?\s+(?:what|why|who|when|how|where)\b", re.IGNORECASE)
_SUBJECT = re.compile(r"\b(?:he|she|they|him|them|it|the (?:latter|former)|(?:the|that) same)\b", re.IGNORECASE)
_POSSESSIVE = re.compile(r"\b(?:his|her|their|its|theirs|hers)\b", re.IGNORECASE)
_POINTING = re.compile(
    r"\b(?:on|about|of|with|for|to|by|from|in|after|before|against|like|regarding|concerning|behind|why|is|was|are|were|does|did|do)"
    r"\s+(?:that|this|these|those)(?=\s*(?:[?.!,;]|$)|\s+(?:mean|apply|happen|change|work|include|cover|binding|agreed|decided|said"
    r"|possible|true|the|a|in|by|so|still|also)\b)"
    r"|\b(?:on|about|of|with|for|to|by|from|in|after|before|against|like|to|does|did|do|was|is|were|are)\s+(?:that|those|these|such)"
    r"\s+\w+(?=\s*[?.!,;]|\s*$)|\b(?:of|on|about|with|for|to|by|from|in)\s+(?:that|those|these)\s+\w+\s+(?:was|were|is|are|did|do|does|had)\b"
    r"|^(?:that|those|these)\b",
    re.IGNORECASE,
)
_EXPLETIVE = re.compile(
    r"\b(?:is|was|will|would)\s+it\s+(?:be )?\w+ (?:that|to|whether|if)\b|\b(?:does|did|will|would|can)\s+it\s+(?:take|matter)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r",|\b(?:and|when|if|because|before|after|while|that|which|who|why|how|what|whether)\b", re.IGNORECASE)
_EMPTY = frozenset(
    terms(
        "say said says asked tell mean more else happen thing point go reason exactly precisely here now also those so any some all"
        " many much long often"
    )
)
"""Stems that carry no subject: "what did they say then?" asks about nothing by itself."""
_TOPIC = re.compile(r"^(?P<frame>.*\b(?:about|on|regarding|concerning)\s+)(?P<topic>[^?]+?)\s*\??$", re.IGNORECASE | re.DOTALL)
_SPEAKER = re.compile(r"\b(?:did|does|do|has|have|is|was)\s+(?P<name>(?:the\s+)?[A-Z][\w.’'-]*(?:\s+(?:of\s+)?[A-Z][\w’'-]*)*)(?=\s+[a-z])")
_NAME = re.compile(r"(?:the\s+)?[A-Z][a-z][\w’'-]*")
_CAPITAL = re.compile(r"\b(?!(?:Member|States?|Part(?:y|ies)|Governments?)\b)[A-Z]")
_ABOUT = re.compile(r"^(?:about|on|regarding|concerning)\s+", re.IGNORECASE)
_WORDS_OF_A_TOPIC = 8
_QUESTION_WORD = re.compile(r"\b(?:what|who|whom|whose|which|when|where|why|how)\b(?!\s+about\b)", re.IGNORECASE)
_AROUND = " \"'“”*"
_LABEL = re.compile(r"^(?:the )?(?:stand-?alone |rewritten |last |new )?question\s*:\s*", re.IGNORECASE)


def stand_alone(
    question: str, history: Sequence[Exchange], model: ModelSettings | None, prompts: PromptSettings = PromptSettings()
) -> Generator[Waiting, None, Standalone]:
    """The question as it can be understood without the conversation; itself where it already can."""
    if not history or not points_back(question):
        return Standalone(question)
    if model is None:
        return Standalone(by_rule(question, history[-1]))
    try:
        written = yield from _by_model(question, history, model, prompts)
        return Standalone(written if acceptable(written, question, history) else by_rule(question, history[-1]))
    except Unreachable as error:
        return Standalone(by_rule(question, history[-1]), error)
    except ModelError:  # the rule stands in for it; if it cannot answer either, the answer says so
        return Standalone(by_rule(question, history[-1]))


def points_back(question: str) -> bool:
    """Whether a question cannot stand alone, by the rule that this module's docstring gives."""
    if _IN_MID_AIR.search(question) or not _content(question):
        return True
    text = _EXPLETIVE.sub(" ", question)
    if _POINTING.search(text):
        return True
    return any(not _has_antecedent(text[: found.start()], clause=True) for found in _SUBJECT.finditer(text)) or any(
        not _has_antecedent(text[: found.start()], clause=False) for found in _POSSESSIVE.finditer(text)
    )


def by_rule(question: str, before: Exchange) -> str:
    """The stand-alone question that the rule makes of a follow-up and the exchange before it."""
    earlier = before.searched_question.strip()
    if earlier != before.question.strip():  # "A? Why?" goes on with A
        earlier = earlier.removesuffix(before.question.strip()).strip() or earlier
    opened = _ELLIPSIS.match(question)
    new = _ABOUT.sub("", question[opened.end() :].strip(" ,?.!")) if opened else ""
    if new and len(new.split()) <= _WORDS_OF_A_TOPIC and not _POINTING.search(f"about {new}"):
        speaker, topic = _SPEAKER.search(earlier), _TOPIC.match(earlier)
        if speaker and _NAME.fullmatch(new):
            return earlier[: speaker.start("name")] + new + earlier[speaker.end("name") :]
        if topic and not _CAPITAL.search(new):
            return f"{topic['frame']}{new}?"
    return f"{earlier} {question}"


def acceptable(written: str, question: str, history: Sequence[Exchange]) -> bool:
    """Whether a model's rewriting may be searched for: it asks what was asked, in words of the conversation, and no more.

    All words of the question that are no stop words are kept, and what it begins to ask with ("why"); nothing is added that the
    conversation does not hold; and where the question has no such word, something of what the person asked before is in it.
    """
    if not written or len(written) > _LONGEST:
        return False
    own, new, answers = set(terms(question)), set(terms(written)), (stem for exchange in history for stem in terms(exchange.answer))
    asked = {stem for exchange in history for stem in _content(f"{exchange.question} {exchange.searched_question}")}
    word = _QUESTION_WORD.search(question)
    keeps = own <= new and (not word or bool(re.search(rf"\b{word[0]}\b", written, re.IGNORECASE)))
    return keeps and new <= own | asked | set(answers) and bool(new & (asked | own)) and not points_back(written)


def trimmed(history: Sequence[Exchange], count: Callable[[str], int], room: int = HISTORY_TOKENS) -> tuple[Exchange, ...]:
    """The last exchanges of a conversation that fit into `room` tokens, in order; of the last one at least the question."""
    kept: list[Exchange] = []
    for exchange in reversed(history):
        room -= count(_shown(exchange))
        if room < 0:
            break
        kept.insert(0, exchange)
    return tuple(kept) or tuple(Exchange(last.question, last.searched_question) for last in history[-1:])


def _by_model(question: str, history: Sequence[Exchange], model: ModelSettings, prompts: PromptSettings) -> Generator[Waiting, None, str]:
    """What the model writes, on one line.

    Raises:
        ModelError: it cannot be asked, or not within `rewrite_timeout`.
    """
    shown = "\n".join(map(_shown, trimmed(history, counter_for(split_name(model)[1]))))
    mark = fresh_mark([shown, question])
    system = (prompts.follow_up or FOLLOW_UP).format(mark=mark)
    hurried = model.model_copy(update={"total_timeout": min(model.rewrite_timeout, model.total_timeout), "tries": 1})
    lines: list[str] = []
    pieces = stream_text(hurried, system, f"<{mark}>\n{shown}\n</{mark}>\n\nThe last question: {plain(question)}")
    with closing(pieces):
        for sentence in sentences_or_beats(pieces, BEAT):
            if not sentence:
                yield Waiting()
                continue
            lines.append(sentence)
            if sum(map(len, lines)) > _LONGEST:
                raise ModelError("the model did not write one question")
    return _LABEL.sub("", " ".join(lines).strip(_AROUND)).strip(_AROUND)


def _shown(exchange: Exchange) -> str:
    return plain(f"Question: {exchange.searched_question}\nAnswer: {exchange.answer or 'none'}")


def _content(text: str) -> set[str]:
    """The stems of a text that carry a subject."""
    return set(terms(text)) - _EMPTY


def _has_antecedent(before: str, clause: bool) -> bool:
    """Whether what stands before a pronoun may be what it means: a word of content, where `clause` in an earlier clause."""
    if clause:
        ends = [found.start() for found in _CLAUSE.finditer(before)]
        before = before[: ends[-1]] if ends else ""
    return bool(_content(before))
