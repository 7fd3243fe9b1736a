"""Bars that a run has to clear: `--min-hit@1 .5`, or the figures that eval/expected.toml pins with a tolerance.

["chair.test"]
"hit@1" = {value = 0.511, tolerance = 0.03}
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from assistant.errors import GoldError, UsageError
from assistant.eval.report import Report


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure must be at least `low` and at most `high`; None does not bound."""

    metric: str
    low: float | None = None
    high: float | None = None


class _Pinned(BaseModel):
    model_config = ConfigDict(extra="forbid")

    value: float
    tolerance: Annotated[float, Field(ge=0)]


_EXPECTED = TypeAdapter(dict[str, dict[str, _Pinned]])


def key_of(report: Report) -> str:
    """What a report is called in the file of expected figures: "chair.test", of a sample of 54 questions "chair.test.54"."""
    whole = f"{report.header.name}.{report.header.split}"
    return f"{whole}.{report.header.sample}" if report.header.sample else whole


def expected_bars(path: Path) -> Mapping[str, tuple[Bar, ...]]:
    """The bars of each set and half in a file of expected figures.

    Raises:
        GoldError: the file cannot be read, or holds something else; names it.
    """
    try:
        pinned = _EXPECTED.validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise GoldError(f"{path} cannot be read: {error}", "Mend the file.") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise GoldError(
            f"{path}, {'.'.join(map(str, first['loc']))}: {first['msg']}", 'A line is "hit@1" = {value = …, tolerance = …}.'
        ) from None
    return {
        key: tuple(Bar(name, item.value - item.tolerance, item.value + item.tolerance) for name, item in figures.items())
        for key, figures in pinned.items()
    }


def missed(report: Report, bars: Sequence[Bar]) -> list[str]:
    """A line for each bar that the report does not clear; a figure that no question bears on clears none.

    Raises:
        UsageError: a bar names no measure of this report.
    """
    lines = []
    for bar in bars:
        metric = report.metric(bar.metric)
        if metric is None:
            names = ", ".join(item.name for item in report.metrics)
            raise UsageError(f"{report.header.name} has no metric {bar.metric!r}", f"Its metrics are: {names}.")
        if metric.value is None:
            lines.append(f"{key_of(report)}: {bar.metric} has no value: no question bears on it")
        elif bar.low is not None and metric.value < bar.low:
            lines.append(f"{key_of(report)}: {bar.metric} is {metric.value:.3f}, below {bar.low:.3f}")
        elif bar.high is not None and metric.value > bar.high:
            lines.append(f"{key_of(report)}: {bar.metric} is {metric.value:.3f}, above {bar.high:.3f}")
    return lines
