"""What is measured, question by question, and its summary with a 95 % interval.

`per_question` gives every metric a column of values, one for each question, None where a question does not bear on it.
`summarise` turns a column into a `Metric`. Two runs can be compared by subtracting their columns.

Paragraph ranking (answerable questions; an answer's passages in order), by ir-measures (MacAvaney et al., ECIR 2022):
    hit@1, hit@5      a gold paragraph is among the first 1, 5 passages (Success@k)
    mrr               1 / rank of the first gold paragraph, 0 if there is none (RR)
    ndcg@10           Järvelin and Kekäläinen 2002, binary gain, discount log2(rank + 1); passages that the answer does
                      not hold count as not found, so with fewer than 10 passages it is a lower bound
Citations (`citation_scores`): citation_precision, citation_recall, citation_f1.
Answers:
    contains_gold     answerable questions: see `contains_gold`
    words_per_answer  answered questions: words of the statements; the median
    false_answers     questions that are not answerable: share answered
    false_refusals    answerable questions: share abstained
    latency_p50_ms, latency_p95_ms   all questions: from the question to the whole answer, milliseconds

The area under the curve of answerability waits for a score: an `Answer` carries none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from assistant.errors import MissingExtra
from assistant.eval.gold import GoldQuestion
from assistant.schema import Answer

SEED = 2021
RESAMPLES = 9999
"""SciPy's default: another seed then moves an end of the interval by some three hundredths of a standard error."""

PERCENTILES: Mapping[str, float] = {"words_per_answer": 50, "latency_p50_ms": 50, "latency_p95_ms": 95}
"""Columns summarised by a percentile (linear between neighbours, as numpy does by default); all others by the mean."""

Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A gold question, what was answered, and how long it took from the question to the whole answer."""

    question: GoldQuestion
    answer: Answer
    latency_ms: float


@dataclass(frozen=True, slots=True)
class Metric:
    """A value with its 95 % interval over `n` questions.

    `value` is None where no question bears on the metric, `low` and `high` also where a single question tells nothing of
    the spread. Shares and scores lie in [0, 1]; words and milliseconds are named so.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    n: int


def per_question(outcomes: Sequence[Outcome]) -> dict[str, tuple[float | None, ...]]:
    """Every metric's values in the order of `outcomes`; None where a question does not bear on the metric.

    Raises:
        MissingExtra: ir-measures is not installed.
    """
    scores = [citation_scores(o.question, o.answer) if o.question.answerable else (None, None, None) for o in outcomes]
    answered = [o.answer.status == "answered" for o in outcomes]
    latency = tuple(o.latency_ms for o in outcomes)
    return {
        **_ranking(outcomes),
        "citation_precision": tuple(precision for precision, _, _ in scores),
        "citation_recall": tuple(recall for _, recall, _ in scores),
        "citation_f1": tuple(f1 for _, _, f1 in scores),
        "contains_gold": tuple(contains_gold(o.question, o.answer) for o in outcomes),
        "words_per_answer": tuple(
            float(len(_said(o.answer).split())) if said else None for o, said in zip(outcomes, answered, strict=True)
        ),
        "false_answers": tuple(None if o.question.answerable else float(said) for o, said in zip(outcomes, answered, strict=True)),
        "false_refusals": tuple(float(not said) if o.question.answerable else None for o, said in zip(outcomes, answered, strict=True)),
        "latency_p50_ms": latency,
        "latency_p95_ms": latency,
    }


def citation_scores(question: GoldQuestion, answer: Answer) -> tuple[float | None, float, float]:
    """Precision, recall and F1 of the cited paragraphs of an answerable question.

    With C the distinct paragraphs that the statements cite and G the gold references: precision |C ∩ G| / |C|, recall
    |C ∩ G| / |G|, F1 2 |C ∩ G| / (|C| + |G|). Each is averaged over questions. After ALCE (Gao et al., EMNLP 2023), with gold
    paragraphs in the place of its judge, and with every citation in the denominator: one that names no existing paragraph
    counts against precision too, which ALCE's code leaves out. Citing a paragraph twice neither helps nor harms.

    An abstention counts as recall 0 and F1 0 and is left out of precision (None). An answer that cites nothing has precision 0.
    """
    gold = {reference.id for reference in question.references}
    if answer.status == "abstained":
        return None, 0.0, 0.0
    cited = {f"{citation.document}#{citation.label}" for statement in answer.statements for citation in statement.citations}
    right = len(cited & gold)
    return right / len(cited) if cited else 0.0, right / len(gold), 2 * right / (len(cited) + len(gold))


def contains_gold(question: GoldQuestion, answer: Answer) -> float | None:
    """1.0 if the statements contain, case and white space folded, a string of every list of `must_include`, else 0.0.

    Where `must_include` is empty, one of `answers` is enough. An abstention contains nothing. None where there is nothing
    to look for: a question that is not answerable, or one without `must_include` and `answers`.
    """
    wanted = question.must_include or ((question.answers,) if question.answers else ())
    if not wanted:
        return None
    if answer.status == "abstained":
        return 0.0
    said = _fold(_said(answer))
    return float(all(any(_fold(text) in said for text in alternatives) for alternatives in wanted))


def summarise(name: str, values: Values) -> Metric:
    """The metric of a column: mean or percentile of the values that are not None, with a 95 % interval.

    - Every value 0 or 1: a plain share, Wilson's score interval (Wilson 1927), which stays honest where all are right: from 300
      of 300 follows no more than 98.7 % or better.
    - Else a percentile bootstrap (Efron and Tibshirani 1993, chapter 13) with a fixed seed. Questions are resampled, not
      documents: the shipped set asks about one document, and one document cannot be resampled. The interval therefore says
      how far other questions *about these documents* might differ, not other documents.

    The order of the values does not matter.
    """
    import numpy as np
    from scipy import stats

    known = np.sort(np.array([value for value in values if value is not None], dtype=float))
    n = len(known)
    if n == 0:
        return Metric(name, None, None, None, 0)
    percentile = PERCENTILES.get(name)

    def statistic(sample: np.ndarray, axis: int = -1) -> np.ndarray | float:
        return np.asarray(np.mean(sample, axis=axis) if percentile is None else np.percentile(sample, percentile, axis=axis))

    value = float(statistic(known))
    if percentile is None and np.isin(known, (0.0, 1.0)).all():
        interval = stats.binomtest(int(known.sum()), n).proportion_ci(confidence_level=0.95, method="wilson")
    elif n == 1:
        return Metric(name, value, None, None, 1)
    else:
        interval = stats.bootstrap(
            (known,), statistic, n_resamples=RESAMPLES, batch=1000, vectorized=True, method="percentile", rng=np.random.default_rng(SEED)
        ).confidence_interval
    # The last digits of two sums may differ (seen with 31 values of 0.3): an interval must not miss its value by rounding.
    return Metric(name, value, min(float(interval.low), value), max(float(interval.high), value), n)


def trec_id(document: str, label: str) -> str:
    """A paragraph id as TREC files allow it: `<document>#<label>`, percent-encoded in UTF-8 but for "/" and "#"."""
    return quote(f"{document}#{label}", safe="/#")


def _ranking(outcomes: Sequence[Outcome]) -> dict[str, tuple[float | None, ...]]:
    """The ranking columns. Questions that are not answerable have no relevant paragraph and are left out of the qrels."""
    try:
        import ir_measures
    except ImportError:
        raise MissingExtra("ir-measures is not installed, and rankings are measured with it", 'pip install "assistant[eval]"') from None
    measures = {"hit@1": ir_measures.Success @ 1, "hit@5": ir_measures.Success @ 5, "mrr": ir_measures.RR, "ndcg@10": ir_measures.nDCG @ 10}
    qrels: dict[str, dict[str, int]] = {}
    run: dict[str, dict[str, float]] = {}
    for number, outcome in enumerate(outcomes):
        if outcome.question.answerable:
            qrels[str(number)] = {trec_id(r.document, r.paragraph): 1 for r in outcome.question.references}
            ids = dict.fromkeys(trec_id(p.paragraph.document, p.paragraph.label) for p in outcome.answer.passages)
            # Falling whole numbers keep the order of the passages, whatever their scores and ties.
            run[str(number)] = {id: float(-rank) for rank, id in enumerate(ids)}
    found = {(m.query_id, m.measure): float(m.value) for m in ir_measures.iter_calc(list(measures.values()), qrels, run)}
    return {name: tuple(found.get((str(number), measure)) for number in range(len(outcomes))) for name, measure in measures.items()}


def _said(answer: Answer) -> str:
    return " ".join(statement.text for statement in answer.statements)


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())
