"""Whether a claim follows from its references: the support score on AttributionBench, beside plain token overlap.

    python eval/bench/attribution.py FOLDER [--encoder] [--publish NAME]

FOLDER holds dev_all_subset_balanced.jsonl and test_all_subset_balanced_sampled500.jsonl (github.com/OSU-NLP-Group/AttributionBench;
claim, references, attribution_label). Each score becomes a verdict by one threshold, chosen on the development rows, and is
reported on the test rows: balanced accuracy, with a bootstrap interval. Nothing shipped is fitted on these rows; what was
fitted on the development rows is marked so. Published: the best checkers reach about 77 % on a comparable set.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from assistant.answer.verify import EncoderSupport, LexicalSupport, judge
from assistant.answer.verify.support import features
from assistant.schema import Document, Paragraph, Passage

DEVELOPMENT, TEST = "dev_all_subset_balanced.jsonl", "test_all_subset_balanced_sampled500.jsonl"
PUBLISHED = Path(__file__).parents[1] / "published" / "verification"
_DOCUMENT = Document("d", "Reference", "d.txt", "0")
_LONGEST = 20_000
"""Characters of references that are read; three rows of a hundred have more."""

Score = Callable[[str, list[str]], float]


def rows_of(path: Path) -> tuple[list[str], list[list[str]], np.ndarray]:
    """Claims, their references, and whether they are attributable."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    texts = [[" ".join(text.split())[:_LONGEST] for text in row["references"] if text.strip()] for row in rows]
    return [row["claim"] for row in rows], texts, np.array([row["attribution_label"] == "attributable" for row in rows])


def token_overlap(claim: str, references: list[str]) -> float:
    """The share of the claim's tokens that the references have: the plainest score there is."""
    held = set(re.findall(r"\w+", " ".join(references).casefold()))
    mine = re.findall(r"\w+", claim.casefold())
    return sum(token in held for token in mine) / max(1, len(mine))


def passes(claim: str, references: list[str]) -> float:
    """1 where the claim would be shown: it fails no check."""
    passages = [Passage(_DOCUMENT, Paragraph("d", f"u{number}", "counted", text), "r") for number, text in enumerate(references, 1)]
    return float(bool(passages) and judge(claim, passages, may_lack_stop=True) is None)


def threshold(scores: np.ndarray, labels: np.ndarray) -> float:
    """The cut with the best balanced accuracy."""
    cuts = np.unique(np.quantile(scores, np.linspace(0, 1, 201)))
    return float(max(cuts, key=lambda cut: balanced_accuracy_score(labels, scores >= cut)))


def interval(labels: np.ndarray, verdicts: np.ndarray) -> tuple[float, float]:
    """The 95 % bootstrap interval of balanced accuracy; seeded."""
    random = np.random.default_rng(7)
    draws = (random.integers(0, len(labels), len(labels)) for _ in range(2000))
    found = [balanced_accuracy_score(labels[rows], verdicts[rows]) for rows in draws]
    return float(np.quantile(found, 0.025)), float(np.quantile(found, 0.975))


def main() -> None:
    """Runs, prints and publishes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--encoder", action="store_true", help="also with the packaged encoder (minutes)")
    parser.add_argument("--publish", metavar="NAME", help="write eval/published/NAME.json and NAME.md")
    options = parser.parse_args()
    development, test = rows_of(options.folder / DEVELOPMENT), rows_of(options.folder / TEST)
    scorers: dict[str, Score] = {"token overlap": token_overlap, "support by shared words": LexicalSupport().score, "all checks": passes}
    if options.encoder:
        scorers["support by shared words and the encoder"] = _encoder_support()
    results = {}
    for name, score in scorers.items():
        results[name] = _judged(
            *(np.array([score(*row) for row in zip(*part[:2], strict=True)]) for part in (development, test)), development[2], test[2]
        )
    model = LogisticRegression(max_iter=1000)
    x = [np.array([features(*row) for row in zip(*part[:2], strict=True)]) for part in (development, test)]
    model.fit(x[0], development[2])
    fitted = "the same words, weights fitted on the development rows (not shipped)"
    results[fitted] = _judged(*(model.predict_proba(part)[:, 1] for part in x), development[2], test[2])
    command = f"python eval/bench/attribution.py DATA/attributionbench{' --encoder' if options.encoder else ''}"
    rows = f"threshold on {len(development[2]):,} development rows, reported on {len(test[2])}"
    text = _markdown(results, f"`{command}`  # {dt.date.today()}, {os.cpu_count()} cores; {rows}.")
    print(text)
    if options.publish:
        record = {"command": command, "date": str(dt.date.today()), "cores": os.cpu_count(), "scores": results}
        (PUBLISHED / f"{options.publish}.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        (PUBLISHED / f"{options.publish}.md").write_text(text, encoding="utf-8")


def _judged(tuned: np.ndarray, scores: np.ndarray, tuning: np.ndarray, labels: np.ndarray) -> dict[str, float | list[float]]:
    cut = threshold(tuned, tuning)
    low, high = interval(labels, scores >= cut)
    return {
        "threshold": round(cut, 4),
        "development": round(balanced_accuracy_score(tuning, tuned >= cut), 4),
        "test": round(balanced_accuracy_score(labels, scores >= cut), 4),
        "interval": [round(low, 4), round(high, 4)],
        "auroc": round(roc_auc_score(labels, scores), 4),
    }


def _markdown(results: dict[str, dict[str, float | list[float]]], head: str) -> str:
    lines = [head, "", "| score | balanced accuracy, test | 95 % interval | development | area under the curve |", "|---|--:|---|--:|--:|"]
    for name, row in results.items():
        low, high = row["interval"]  # type: ignore[misc]
        lines.append(f"| {name} | {row['test']:.1%} | {low:.1%}–{high:.1%} | {row['development']:.1%} | {row['auroc']:.3f} |")
    return "\n".join([*lines, "| published best checkers, on a comparable set | about 77 % | | | |"]) + "\n"


def _encoder_support() -> Score:
    from assistant.index.encoder import load
    from assistant.settings import Settings

    encoder = load(Settings().encoder)
    return EncoderSupport(lambda: encoder).score


if __name__ == "__main__":
    main()
