"""Per-question values of every measure: a column for each, NaN where a question does not bear on it.

Two runs are compared by their columns; a figure is a statistic of one or several of them (`measures`).
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from assistant.errors import MissingExtra
from assistant.eval.gold import GoldQuestion
from assistant.eval.outcome import Outcome, Reply

if TYPE_CHECKING:
    from assistant.eval.measures import Columns

Value = float | None


def columns_of(outcomes: Sequence[Outcome]) -> Columns:
    """The columns of all measures, and those that the curves are drawn from, each of shape (outcomes,).

    Raises:
        MissingExtra: ir-measures or rapidfuzz is not installed.
    """
    import numpy as np

    values = {**_ranking(outcomes), **{name: tuple(map(column, outcomes)) for name, column in _COLUMNS.items()}}
    return {name: np.array([np.nan if value is None else value for value in column], dtype=float) for name, column in values.items()}


def citation_scores(question: GoldQuestion, answer: Reply) -> tuple[Value, Value, Value]:
    """Precision, recall and F1 of the cited paragraphs of an answerable question; None for one that is not.

    With C the distinct paragraphs that the statements cite and G the gold references: precision |C ∩ G| / |C|, recall
    |C ∩ G| / |G|, F1 2 |C ∩ G| / (|C| + |G|). Each is averaged over questions. After ALCE (Gao et al., EMNLP 2023), with gold
    paragraphs in the place of its judge, and with every citation in the denominator: one that names no existing paragraph
    counts against precision too, which ALCE's code leaves out. Citing a paragraph twice neither helps nor harms.

    An abstention counts as recall 0 and F1 0 and is left out of precision (None). An answer that cites nothing has precision 0.
    """
    if not question.answerable:
        return None, None, None
    if not answer.answered:
        return None, 0.0, 0.0
    gold, cited = {reference.id for reference in question.references}, set(answer.cited)
    right = len(cited & gold)
    return right / len(cited) if cited else 0.0, right / len(gold), 2 * right / (len(cited) + len(gold))


def contains_gold(question: GoldQuestion, answer: Reply) -> Value:
    """1.0 if the statements contain, case and white space folded, a string of every list of `must_include`, else 0.0.

    Where `must_include` is empty, one of `answers` is enough. An abstention contains nothing. None where there is nothing
    to look for: a question that is not answerable, or one without `must_include` and `answers`.
    """
    wanted = question.must_include or ((question.answers,) if question.answers else ())
    if not wanted:
        return None
    said = _fold(answer.text) if answer.answered else ""
    return float(all(any(_fold(text) in said for text in alternatives) for alternatives in wanted))


def token_scores(question: GoldQuestion, answer: Reply) -> tuple[Value, Value]:
    """Token F1 and exact match against the nearest of `answers`, as SQuAD's own script has them (Rajpurkar et al. 2016).

    Texts lose case, punctuation and articles; F1 is the harmonic mean of precision and recall over words with their counts. An
    abstention scores 0. Unlike SQuAD 2.0's summary, questions that are not answerable are left out: they have figures of their own.
    """
    if not question.answers:
        return None, None
    if not answer.answered:
        return 0.0, 0.0
    said = _squad_words(answer.text)
    golds = [_squad_words(gold) for gold in question.answers]
    return max(_f1(said, gold) for gold in golds), float(any(said == gold for gold in golds))


def off_by_paragraph(outcome: Outcome) -> Value:
    """1.0 if no gold paragraph is cited but one that stands next to it is; None unless answerable and answered."""
    if not (outcome.question.answerable and outcome.answer.answered):
        return None
    cited = set(outcome.answer.cited)
    if cited & {reference.id for reference in outcome.question.references}:
        return 0.0
    return float(bool(cited & {neighbour for item in outcome.gold for neighbour in item.neighbours}))


def quote_fidelity(outcome: Outcome) -> Value:
    """Mean likeness, in [0, 1], of each quotation to the cited paragraph: 1 where it is verbatim, white space folded.

    Quotations are what citations quote, and what a statement puts between quotation marks. Likeness is that of the best aligned
    part of the paragraph (rapidfuzz `partial_ratio`, normalised indel similarity). A paragraph that the answer does not hold gives 0.
    """
    texts = {passage.id: _space(passage.text) for passage in outcome.answer.passages}
    likeness = []
    for statement in outcome.answer.statements:
        held = [texts.get(citation.id, "") for citation in statement.citations]
        likeness += [_likeness(citation.quote, text) for citation, text in zip(statement.citations, held, strict=True) if citation.quote]
        likeness += [max(_likeness(words, text) for text in held) for words in _QUOTED.findall(statement.text) if held]
    return sum(likeness) / len(likeness) if likeness else None


def trec_id(paragraph: str) -> str:
    """A paragraph id as TREC files allow it: `<document>#<label>`, percent-encoded in UTF-8 but for "/" and "#"."""
    return quote(paragraph, safe="/#")


def _ranking(outcomes: Sequence[Outcome]) -> dict[str, tuple[Value, ...]]:
    """The ranking columns, by ir-measures (MacAvaney et al., ECIR 2022) over an answer's passages in order.

    Questions that are not answerable have no relevant paragraph and are left out of the qrels. Passages that the answer does not
    hold count as not found, so with fewer than ten passages nDCG@10 is a lower bound.
    """
    try:
        import ir_measures
    except ImportError:
        raise MissingExtra("ir-measures is not installed, and rankings are measured with it", 'pip install "assistant[eval]"') from None
    measures = {
        "hit@1": ir_measures.Success @ 1, "hit@5": ir_measures.Success @ 5, "mrr": ir_measures.RR, "ndcg@10": ir_measures.nDCG @ 10,
        "recall@10": ir_measures.R @ 10, "recall@100": ir_measures.R @ 100,
    }  # fmt: skip
    qrels: dict[str, dict[str, int]] = {}
    run: dict[str, dict[str, float]] = {}
    for number, outcome in enumerate(outcomes):
        if outcome.question.answerable:
            qrels[str(number)] = {trec_id(reference.id): reference.relevance for reference in outcome.question.references}
            ids = dict.fromkeys(trec_id(passage.id) for passage in outcome.answer.passages)
            # Falling whole numbers keep the order of the passages, whatever their scores and ties.
            run[str(number)] = {id: float(-rank) for rank, id in enumerate(ids)}
    found = {(m.query_id, m.measure): float(m.value) for m in ir_measures.iter_calc(list(measures.values()), qrels, run)}
    return {name: tuple(found.get((str(number), measure)) for number in range(len(outcomes))) for name, measure in measures.items()}


def _supported(outcome: Outcome) -> float:
    """Whether the passages hold a gold paragraph: what a reader's confidence is the probability of."""
    return float(bool({reference.id for reference in outcome.question.references} & {passage.id for passage in outcome.answer.passages}))


def _wrong(outcome: Outcome) -> Value:
    """1.0 for an answer that should not have been given: to a question that is not answerable, or without what it must include
    (where nothing says what that is: without a gold paragraph cited). None for an abstention."""
    if not outcome.answer.answered:
        return None
    right = contains_gold(outcome.question, outcome.answer)
    if right is None:
        right = float((citation_scores(outcome.question, outcome.answer)[1] or 0.0) > 0)
    return 1.0 - right


def _brier(outcome: Outcome) -> Value:
    confidence = outcome.answer.confidence
    return None if confidence is None else (confidence - _supported(outcome)) ** 2


_COLUMNS: dict[str, Callable[[Outcome], Value]] = {
    "citation_precision": lambda o: citation_scores(o.question, o.answer)[0],
    "citation_recall": lambda o: citation_scores(o.question, o.answer)[1],
    "citation_f1": lambda o: citation_scores(o.question, o.answer)[2],
    "off_by_paragraph": off_by_paragraph,
    "quote_fidelity": quote_fidelity,
    "contains_gold": lambda o: contains_gold(o.question, o.answer),
    "token_f1": lambda o: token_scores(o.question, o.answer)[0],
    "exact_match": lambda o: token_scores(o.question, o.answer)[1],
    "words": lambda o: float(len(o.answer.text.split())) if o.answer.answered else None,
    "false_answers": lambda o: None if o.question.answerable else float(o.answer.answered),
    "false_refusals": lambda o: float(not o.answer.answered) if o.question.answerable else None,
    "brier": _brier,
    "latency": lambda o: o.latency_ms,
    "confidence": lambda o: o.answer.confidence,
    "answerable": lambda o: float(o.question.answerable),
    "supported": _supported,
    "wrong": _wrong,
}
_QUOTED = re.compile(r"“([^”]+)”|\"([^\"]+)\"")
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def _likeness(words: str | tuple[str, ...], text: str) -> float:
    try:
        from rapidfuzz import fuzz
    except ImportError:
        raise MissingExtra("rapidfuzz is not installed, and quotations are measured with it", 'pip install "assistant[eval]"') from None
    quoted = _space(words if isinstance(words, str) else next(filter(None, words)))
    return 1.0 if quoted in text else fuzz.partial_ratio(quoted, text) / 100 if len(quoted) <= len(text) else fuzz.ratio(quoted, text) / 100


def _f1(said: Sequence[str], gold: Sequence[str]) -> float:
    shared = (Counter(said) & Counter(gold)).total()
    return 2 * shared / (len(said) + len(gold)) if shared else 0.0


def _squad_words(text: str) -> list[str]:
    return _ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split()


def _fold(text: str) -> str:
    return _space(text.casefold())


def _space(text: str) -> str:
    return " ".join(text.split())
