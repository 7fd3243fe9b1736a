"""How far a figure can be trusted, and whether two runs differ: intervals and paired tests, by document where there are enough.

Questions about one document resemble each other, so documents are what is resampled (a cluster bootstrap; Cameron, Gelbach and
Miller 2008) where at least `DOCUMENTS` are asked about; with fewer, questions are, and the interval then says how far other
questions *about these documents* might differ, not other documents.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from assistant.eval.measures import Measure, Task
from assistant.eval.outcome import Outcome

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from assistant.eval.measures import Columns

SEED = 2021
RESAMPLES = 9999
"""SciPy's default: another seed then moves an end of an interval by some three hundredths of a standard error."""
SLOW_RESAMPLES = 999
"""For statistics that are computed anew for every resample: percentiles and areas."""
DOCUMENTS = 10
"""Documents from which on they are resampled instead of questions; fewer give intervals that are far too narrow."""

Unit = Literal["documents", "questions"]


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure with its 95 % interval over `n` questions.

    `value` is None where no question bears on the measure, `low` and `high` also where the resampled thing is there only once.
    Shares and scores lie in [0, 1]; words and milliseconds are named so.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure of two runs over the same questions: `delta` is B less A, with its 95 % interval, and the chance of one as large
    if it did not matter which run an answer came from. None where a run has no value."""

    name: str
    a: float | None
    b: float | None
    delta: float | None
    low: float | None
    high: float | None
    p: float | None
    n: int
    wins: int = 0
    losses: int = 0


@dataclass(frozen=True)
class Clusters:
    """What is resampled: the rows of each document, or each question alone."""

    unit: Unit
    rows: tuple[npt.NDArray[np.int64], ...]

    @classmethod
    def of(cls, outcomes: Sequence[Outcome], task: Task = "answer") -> Clusters:
        """By document where there are at least `DOCUMENTS`; a question that is about none stands alone, and so does each query of a
        retrieval set, whose documents are what is found and not what is asked about."""
        import numpy as np

        documents = [outcome.question.document if task == "answer" else None for outcome in outcomes]
        by_document = len({document for document in documents if document}) >= DOCUMENTS
        groups: dict[object, list[int]] = {}
        for row, document in enumerate(documents):
            groups.setdefault(document if by_document and document else row, []).append(row)
        return cls("documents" if by_document else "questions", tuple(np.array(rows) for rows in groups.values()))


def summarise(measure: Measure, columns: Columns, clusters: Clusters) -> Metric:
    """The measure's figure and its 95 % interval.

    - Wilson's score interval (Wilson 1927) for shares where all or none are right, and for every plain share of questions: from
      300 of 300 follows no more than 98.7 % or better.
    - Else a percentile bootstrap (Efron and Tibshirani 1993, chapter 13) of the clusters, with a fixed seed.
    """
    import numpy as np
    from scipy import stats

    known, value = columns[measure.column], value_of(measure, columns)
    n = int((~np.isnan(known)).sum())
    if value is None:
        return Metric(measure.name, None, None, None, n)
    if (
        measure.statistic is None
        and np.isin(known[~np.isnan(known)], (0.0, 1.0)).all()
        and (value in (0.0, 1.0) or clusters.unit == "questions")
    ):
        interval = stats.binomtest(round(value * n), n).proportion_ci(confidence_level=0.95, method="wilson")
        return Metric(measure.name, value, float(interval.low), float(interval.high), n)
    low, high = _bootstrap(_statistic(measure, [(1.0, columns)], clusters), _bearing(known, clusters), measure)
    return Metric(measure.name, value, None if low is None else min(low, value), None if high is None else max(high, value), n)


def compare(measure: Measure, a: Columns, b: Columns, clusters: Clusters) -> Difference:
    """The measure in two runs over the same rows: a paired bootstrap of the clusters for the interval, and a randomisation test
    that swaps each cluster's answers between the runs (Smucker, Allan and Carterette, CIKM 2007) for p."""
    import numpy as np

    mine, other = a[measure.column], b[measure.column]
    if measure.statistic is None:  # only what both runs were measured on: a mean of others would compare other questions
        both = ~np.isnan(mine) & ~np.isnan(other)
        a, b = ({**columns, measure.name: np.where(both, columns[measure.name], np.nan)} for columns in (a, b))
        mine, other = a[measure.name], b[measure.name]
    before, after = value_of(measure, a), value_of(measure, b)
    n = int((~np.isnan(mine) & ~np.isnan(other)).sum())
    if before is None or after is None:
        return Difference(measure.name, before, after, None, None, None, None, n)
    gained = (other - mine) * (1 if measure.better == "higher" else -1) if measure.statistic is None else np.zeros(0)
    counts = int((gained > 0).sum()), int((gained < 0).sum())
    if np.array_equal(mine, other, equal_nan=True) and before == after:
        return Difference(measure.name, before, after, 0.0, 0.0, 0.0, 1.0, n, *counts)
    places = _bearing(np.where(np.isnan(mine), other, mine), clusters)
    difference = _statistic(measure, [(-1.0, a), (1.0, b)], clusters)
    low, high = _bootstrap(difference, places, measure)
    p = _randomisation(_swapped(measure, a, b, clusters), places, len(clusters.rows), measure) if len(places) > 1 else 1.0
    return Difference(measure.name, before, after, after - before, low, high, p, n, *counts)


def value_of(measure: Measure, columns: Columns) -> float | None:
    """The measure's figure over all rows; None where no row bears on it."""
    import numpy as np

    if measure.statistic is not None:
        value = measure.statistic(columns)
        return None if np.isnan(value) else value
    known = columns[measure.name][~np.isnan(columns[measure.name])]
    return float(np.mean(np.sort(known))) if len(known) else None  # sorted: the order of the questions is nothing


def _bearing(known: npt.NDArray[np.float64], clusters: Clusters) -> npt.NDArray[np.int64]:
    """The clusters with a row that bears on the measure."""
    import numpy as np

    return np.array([at for at, rows in enumerate(clusters.rows) if not np.isnan(known[rows]).all()], dtype=int)


def _statistic(measure: Measure, weighted: Sequence[tuple[float, Columns]], clusters: Clusters) -> Callable[..., Any]:
    """A function of drawn clusters: the weighted sum of the measure's figures over their rows, for each set of columns.

    Means are taken from sums and counts of the clusters, many draws at once (the last axis is the draw).
    """
    import numpy as np

    if measure.statistic is None:
        parts = []
        for weight, columns in weighted:
            column = columns[measure.name]
            sums = np.array([np.nansum(column[rows]) for rows in clusters.rows])
            counts = np.array([(~np.isnan(column[rows])).sum() for rows in clusters.rows])
            parts.append((weight, sums, counts))
        return lambda drawn, axis=-1: sum(w * sums[drawn].sum(axis=axis) / counts[drawn].sum(axis=axis) for w, sums, counts in parts)
    whole = measure.statistic

    def of_rows(drawn: npt.NDArray[np.int64], axis: int = -1) -> float:
        rows = np.concatenate([clusters.rows[at] for at in drawn])
        return sum(weight * whole({name: column[rows] for name, column in columns.items()}) for weight, columns in weighted)

    return of_rows


def _swapped(measure: Measure, a: Columns, b: Columns, clusters: Clusters) -> Callable[..., Any]:
    """B's figure less A's after a swap: cluster k of A is k, of B is k + the number of clusters."""
    import numpy as np

    size = len(next(iter(a.values())))
    columns = {name: np.concatenate([a[name], b[name]]) for name in a}
    both = Clusters(clusters.unit, (*clusters.rows, *(rows + size for rows in clusters.rows)))
    statistic = _statistic(measure, [(1.0, columns)], both)
    return lambda first, second, axis=-1: statistic(second, axis) - statistic(first, axis)


def _randomisation(statistic: Callable[..., Any], places: npt.NDArray[np.int64], clusters: int, measure: Measure) -> float:
    import numpy as np
    from scipy import stats

    fast = measure.statistic is None
    test = stats.permutation_test(
        (places, places + clusters), statistic, permutation_type="samples", n_resamples=RESAMPLES if fast else SLOW_RESAMPLES,
        batch=500 if fast else 1, vectorized=fast, rng=np.random.default_rng(SEED),
    )  # fmt: skip
    return float(test.pvalue)


def _bootstrap(statistic: Callable[..., Any], places: npt.NDArray[np.int64], measure: Measure) -> tuple[float | None, float | None]:
    import numpy as np
    from scipy import stats

    if len(places) < 2:
        return None, None
    fast = measure.statistic is None
    with warnings.catch_warnings():  # a resample may hold no answerable question, and then has no area: it is left out below
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        drawn = stats.bootstrap(
            (places,), statistic, n_resamples=RESAMPLES if fast else SLOW_RESAMPLES, batch=500 if fast else None, vectorized=fast,
            method="percentile", rng=np.random.default_rng(SEED),
        ).bootstrap_distribution  # fmt: skip
    known = drawn[~np.isnan(drawn)]
    return (float(np.percentile(known, 2.5)), float(np.percentile(known, 97.5))) if len(known) else (None, None)
