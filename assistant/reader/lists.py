"""Training lists: a question with one or more paragraphs that answer, among some that do not; or with none that does.

What is drawn depends only on the seed, the pass and the question's id, so that an interrupted run goes on as it would have.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.corpus.sentences import sentence_spans
from assistant.reader.examples import Example
from assistant.reader.pairs import PairTokenizer, Window

MOST_GOLD = 3
_SORTED_AT_ONCE = 8
"""Steps whose lists are sorted by length together, so that a step pads little and steps still differ."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One window of a list. `evidence` are the places in `window.sentences` of the sentences that answer, `span` the first and
    last token of a short answer in it."""

    window: Window
    gold: bool
    evidence: tuple[int, ...] = ()
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """Which paragraphs one question is shown with; `size` is their length in characters."""

    example: Example
    places: tuple[str, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Source:
    """What lists are drawn from: questions with their candidates and the paragraphs' (context, text)."""

    examples: tuple[Example, ...]
    candidates: Mapping[str, tuple[str, ...]]
    texts: Mapping[str, tuple[str, str]]
    share: float = 1.0
    """How many of the questions one pass takes, drawn anew for each."""


def draw(source: Source, negatives: int, removed: float, seed: int, turn: int) -> Iterator[Drawn]:
    """One pass over a source. Of the answerable questions a share `removed` is shown without what answers."""
    for example in source.examples:
        dice = random.Random(f"{seed}:{turn}:{example.id}")
        if dice.random() >= source.share:
            continue
        gold = [place for place in dice.sample(example.gold, len(example.gold)) if place in source.texts][:MOST_GOLD]
        if dice.random() < removed:
            gold = []
        wanted = negatives if gold or not example.gold else negatives + 1
        wrong = _weighted(source.candidates[example.id], wanted, sum("#" in place for place in example.about), dice)
        places = (*gold, *wrong)
        if places:
            yield Drawn(example, places, sum(len(source.texts[place][1]) + len(source.texts[place][0]) for place in places) // len(places))


def _weighted(candidates: Sequence[str], wanted: int, sure: int, dice: random.Random) -> list[str]:
    """`wanted` of the candidates: the first `sure` always, of the others rather the harder ones."""
    chosen, rest = list(candidates[: min(sure, wanted)]), list(enumerate(candidates))[sure:]
    while rest and len(chosen) < wanted:
        pick = dice.choices(rest, [1 / (2 + rank) for rank, _ in rest])[0]
        rest.remove(pick)
        chosen.append(pick[1])
    return chosen


def steps(drawn: Sequence[Drawn], lists: int, seed: int, turn: int) -> list[list[Drawn]]:
    """The steps of one pass, `lists` questions each, of about one length within a step."""
    dice = random.Random(f"{seed}:{turn}")
    shuffled = dice.sample(drawn, len(drawn))
    found = []
    for begin in range(0, len(shuffled), _SORTED_AT_ONCE * lists):
        block = sorted(shuffled[begin : begin + _SORTED_AT_ONCE * lists], key=lambda item: item.size)
        found += [block[at : at + lists] for at in range(0, len(block), lists)]
    return dice.sample(found, len(found))


def candidates_of(drawn: Drawn, texts: Mapping[str, tuple[str, str]], tokenizer: PairTokenizer, seed: int, turn: int) -> list[Candidate]:
    """The windows of one list: of a long paragraph the one that holds most of the answer, else any."""
    dice = random.Random(f"{seed}:{turn}:{drawn.example.id}:windows")
    found = []
    for place in drawn.places:
        context, text = texts[place]
        windows = tokenizer.windows(drawn.example.question, context, text)
        if place not in drawn.example.gold:
            found.append(Candidate(dice.choice(windows), False))
            continue
        spans = [(start, end) for where, start, end in drawn.example.answers if where == place]
        labelled = [_labelled(window, text, spans, drawn.example.exact) for window in windows]
        found.append(max(labelled, key=lambda candidate: len(candidate.evidence)))
    return found


def _labelled(window: Window, text: str, spans: Sequence[tuple[int, int]], exact: bool) -> Candidate:
    whole = sentence_spans(text)
    evidence = tuple(at for at, (number, _, _) in enumerate(window.sentences) if any(is_evidence(whole[number], span) for span in spans))
    if not exact or not spans:
        return Candidate(window, True, evidence)
    start, end = spans[0]
    inside = [at for at, (first, last) in enumerate(window.offsets) if first < end and start < last]
    span = (window.text[0] + inside[0], window.text[0] + inside[-1]) if inside else None
    return Candidate(window, True, evidence, span)


def is_evidence(sentence: tuple[int, int], answer: tuple[int, int]) -> bool:
    """Whether a sentence overlaps an answer by half of either."""
    shared = min(sentence[1], answer[1]) - max(sentence[0], answer[0])
    return shared > 0 and 2 * shared >= min(sentence[1] - sentence[0], answer[1] - answer[0])
