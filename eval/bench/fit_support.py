"""Fits the weights of assistant/answer/verify/support.py, and prints what they are worth out of fold.

    python eval/bench/fit_support.py DATA [--encoder] > weights

A claim that a paragraph supports: the paraphrases written by hand over documents of the development half, and answered questions
of SQuAD 2.0 (CC BY-SA 4.0; development half) put together as "question answer". The same claims with the neighbouring paragraphs
and with one drawn from the same document are not supported. Logistic regression with a ridge; folds by document.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from random import Random

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from verification.honest import by_hand
from verification.material import part_of, read

from assistant.answer.verify.support import features

_QUESTION_WORDS = ("what ", "who ", "when ", "where ", "which ", "how many ", "how much ", "how ", "why ", "in what ", "whose ", "whom ")


def claims(data: Path, random: Random, each: int) -> list[tuple[str, str, list[str]]]:
    """(document, claim, the supporting paragraph first and then others)."""
    found = []
    for place, said in by_hand(read(data, "development"), "development"):
        others = [passage.paragraph.text for passage in place.handles(random).values()]
        found.append((place.text.name, said, others))
    articles = json.loads((data / "squad2" / "squad2.json").read_text(encoding="utf-8"))["data"]
    for article in (article for article in articles if part_of(article["title"]) == "development"):
        texts = [item["context"] for item in article["paragraphs"]]
        asked = [
            (at, qa) for at, item in enumerate(article["paragraphs"]) for qa in item["qas"] if not qa["is_impossible"] and qa["answers"]
        ]
        for at, qa in random.sample(asked, min(each, len(asked))):
            question = qa["question"].rstrip("? ").strip()
            for word in _QUESTION_WORDS:
                if question.lower().startswith(word):
                    question = question[len(word) :]
                    break
            others = [texts[near] for near in (at - 1, at + 1) if 0 <= near < len(texts)] + [random.choice(texts)]
            found.append(
                (article["title"], f"{question} {qa['answers'][0]['text']}.", [texts[at], *(text for text in others if text != texts[at])])
            )
    return found


def main() -> None:
    """Fits and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--encoder", action="store_true", help="with the likeness by the packaged encoder")
    parser.add_argument("--each", type=int, default=60, help="questions of each article (default: 60)")
    options = parser.parse_args()
    rows, labels, groups = [], [], []
    likeness = _likeness() if options.encoder else None
    for document, said, paragraphs in claims(options.data, Random(3), options.each):
        for number, paragraph in enumerate(paragraphs):
            values = features(said, [paragraph])
            rows.append((*values, likeness(said, paragraph)) if likeness else values)
            labels.append(number == 0)
            groups.append(document)
    x, y = np.array(rows), np.array(labels)
    model = LogisticRegression(C=1.0, fit_intercept=False, class_weight="balanced", max_iter=1000)
    out = cross_val_predict(model, x, y, groups=groups, cv=GroupKFold(5), method="predict_proba")[:, 1]
    best = max((balanced_accuracy_score(y, out > cut), cut) for cut in np.linspace(0.1, 0.9, 33))
    weights = model.fit(x, y).coef_[0]
    print(f"# {len(y):,} pairs, {y.sum():,} supported; out of fold: area under the curve {roc_auc_score(y, out):.3f}, "
          f"balanced accuracy {best[0]:.3f} at {best[1]:.3f}")  # fmt: skip
    print(("ENCODER" if options.encoder else "LEXICAL") + "_WEIGHTS = (" + ", ".join(f"{weight:.4f}" for weight in weights) + ")")
    for share in (0.01, 0.02, 0.03, 0.05):
        cut = np.quantile(out[y], share)
        print(f"# {share:.0%} of the supported lie below {cut:.3f}; so do {np.mean(out[~y] < cut):.1%} of the others")


def _likeness():  # type: ignore[no-untyped-def]
    from assistant.answer.verify.support import windows
    from assistant.index.encoder import load
    from assistant.settings import Settings

    encoder = load(Settings().encoder)

    known: dict[str, np.ndarray] = {}

    def of(said: str, paragraph: str) -> float:
        texts = [said, *windows(paragraph)]
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known.update(zip(new, encoder.encode(new, kind="document"), strict=True))
        return float(max(known[text] @ known[said] for text in texts[1:]))

    return of


if __name__ == "__main__":
    main()
