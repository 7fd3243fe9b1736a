"""The measures: their standard names, what each is, and the statistic that turns per-question values into one figure.

`columns.columns_of` gives every measure a column of values, one for each question, NaN where a question does not bear on it.
Most figures are the mean of their column; a few are percentiles; the area under a curve and calibration need several columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Column = npt.NDArray[np.float64]
    Columns = Mapping[str, Column]

Unit = Literal["share", "words", "ms"]
Task = Literal["answer", "search"]
BINS = 10
"""Bins of equal size for calibration and the reliability plot (Nixon et al. 2019: equal counts, so that no bin is empty)."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure. `statistic` None is the mean of the column of the same name; else it is given all columns, rows chosen, and
    `bears` names the column that says which questions bear on it."""

    name: str
    definition: str
    over: str
    better: Literal["higher", "lower"] = "higher"
    unit: Unit = "share"
    statistic: Callable[[Columns], float] | None = None
    bears: str = ""

    @property
    def column(self) -> str:
        """The column that is NaN where a question does not bear on the measure."""
        return self.bears or self.name

    @property
    def in_verdicts(self) -> bool:
        """Whether a difference is one of the answers: time depends on the machine as well, and words are neither good nor bad."""
        return self.unit == "share"


def percentile_of(name: str, percentile: float) -> Callable[[Columns], float]:
    """A percentile of a column, linear between neighbours, as numpy has it by default."""

    def statistic(columns: Columns) -> float:
        import numpy as np

        known = columns[name][~np.isnan(columns[name])]
        return float(np.percentile(known, percentile)) if len(known) else float("nan")

    return statistic


def risk_coverage(columns: Columns) -> tuple[Column, Column]:
    """Coverage and risk of the k most confident answers, for k = 1, 2, …: El-Yaniv and Wiener, JMLR 2010.

    Coverage is k over all questions with a confidence; risk is the share of the k answers that are wrong (see the column
    `wrong`). The curve ends where the system stops answering. Answers of equal confidence share their risk, in any order.
    """
    import numpy as np

    confidence, wrong = columns["confidence"], columns["wrong"]
    asked = int((~np.isnan(confidence)).sum())
    rows = ~np.isnan(confidence) & ~np.isnan(wrong)
    if not rows.any():
        return np.zeros(0), np.zeros(0)
    _, level = np.unique(-confidence[rows], return_inverse=True)  # 0 is the most confident
    sizes = np.bincount(level)
    risks = np.repeat(np.bincount(level, wrong[rows]) / sizes, sizes)
    counts = np.arange(1, len(risks) + 1)
    return counts / asked, np.cumsum(risks) / counts


def aurc(columns: Columns) -> float:
    """The mean risk along the curve: Geifman and El-Yaniv, ICLR 2019, over the answers given."""
    _, risk = risk_coverage(columns)
    return float(risk.mean()) if len(risk) else float("nan")


def auroc(columns: Columns) -> float:
    """The chance that an answerable question has more confidence than one that is not, ties half: Mann and Whitney 1947."""
    import numpy as np
    from scipy import stats

    known = ~np.isnan(columns["confidence"])
    yes, no = (columns["confidence"][known & (columns["answerable"] == flag)] for flag in (1.0, 0.0))
    if not len(yes) or not len(no):
        return float("nan")
    return float(stats.mannwhitneyu(yes, no).statistic) / (len(yes) * len(no))


def reliability(columns: Columns) -> tuple[Column, Column, Column]:
    """Mean confidence, share supported and count of each bin of equal size, least confident first; equal confidences stay together."""
    import numpy as np

    known = ~np.isnan(columns["confidence"])
    confidence, supported = columns["confidence"][known], columns["supported"][known]
    if not len(confidence):
        return np.zeros(0), np.zeros(0), np.zeros(0)
    order = np.argsort(confidence, kind="stable")
    first_of_equals = np.searchsorted(confidence[order], confidence[order], side="left")
    _, bin_of = np.unique(first_of_equals * BINS // len(confidence), return_inverse=True)
    counts = np.bincount(bin_of).astype(float)
    return np.bincount(bin_of, confidence[order]) / counts, np.bincount(bin_of, supported[order]) / counts, counts


def ece(columns: Columns) -> float:
    """Expected calibration error over `BINS` bins of equal size: Naeini et al., AAAI 2015; Nixon et al. 2019 for the bins."""
    mean, share, counts = reliability(columns)
    return float((abs(mean - share) * counts).sum() / counts.sum()) if len(counts) else float("nan")


_RANKING = (
    Measure("hit@1", "a gold paragraph is found first (Success@1)", "answerable"),
    Measure("hit@5", "a gold paragraph is among the first five (Success@5)", "answerable"),
    Measure("mrr", "1 / rank of the first gold paragraph, 0 if there is none (reciprocal rank)", "answerable"),
    Measure("ndcg@10", "how high the gold paragraphs stand among the first ten (Järvelin and Kekäläinen 2002)", "answerable"),
)
_LATENCY = (
    Measure(
        "latency_p50_ms",
        "half of the answers were there within so many milliseconds",
        "all",
        "lower",
        "ms",
        percentile_of("latency", 50),
        "latency",
    ),
    Measure(
        "latency_p95_ms",
        "95 of 100 answers were there within so many milliseconds",
        "all",
        "lower",
        "ms",
        percentile_of("latency", 95),
        "latency",
    ),
)
MEASURES: Mapping[Task, tuple[Measure, ...]] = {
    "search": (*_RANKING, Measure("recall@100", "share of the gold paragraphs among the first hundred", "answerable"), *_LATENCY),
    "answer": (
        *_RANKING,
        Measure("recall@10", "share of the gold paragraphs among the first ten", "answerable"),
        Measure("citation_precision", "share of the cited paragraphs that are gold; citing none is 0 (ALCE)", "answerable, answered"),
        Measure("citation_recall", "share of the gold paragraphs that are cited; an abstention is 0 (ALCE)", "answerable"),
        Measure("citation_f1", "2 × right / (cited + gold); an abstention is 0", "answerable"),
        Measure("off_by_paragraph", "no gold paragraph is cited, and a neighbour of one is", "answerable, answered", "lower"),
        Measure("quote_fidelity", "likeness of quotations to their paragraphs; 1 is verbatim", "answered with a quotation"),
        Measure("contains_gold", "the answer says what must_include asks for; an abstention does not", "answerable"),
        Measure("token_f1", "words shared with the nearest gold answer (SQuAD); length costs precision", "answerable with answers"),
        Measure("exact_match", "the answer is a gold answer, but for case, articles and punctuation (SQuAD)", "answerable with answers"),
        Measure("words_per_answer", "length of an answer, the median", "answered", "lower", "words", percentile_of("words", 50), "words"),
        Measure("false_answers", "share answered though the documents do not answer them", "not answerable", "lower"),
        Measure("false_refusals", "share refused though the documents answer them", "answerable", "lower"),
        Measure("aurc", "area under the risk–coverage curve: share wrong, most confident first",
                "answered", "lower", "share", aurc, "wrong"),
        Measure("auroc", "chance that an answerable question has more confidence than one that is not",
                "all", "higher", "share", auroc, "confidence"),
        Measure("ece", "expected calibration error: confidence against the share whose passages answer",
                "all", "lower", "share", ece, "confidence"),
        Measure("brier", "mean square of confidence minus whether the passages do answer (Brier 1950)", "all", "lower"),
        *_LATENCY,
    ),
}  # fmt: skip


def measure(name: str, task: Task = "answer") -> Measure | None:
    """The measure of that name, or None."""
    return next((item for item in MEASURES[task] if item.name == name), None)
