"""How much of what a model gets wrong is withheld, and how much of what it gets right.

    python eval/bench/verify.py DATA [--part reporting] [--support words|encoder] [--show KIND] [--publish NAME]

DATA holds un_pdfs, unfccc, ungdc, questions and squad2. Half of the documents (by a hash of their names) are there to look at
while the checks are written, `--part development`, the default; figures are reported on the other half. Sentences are made wrong
on purpose, kind by kind, by rules that know nothing of the checks (verification/mutations.py); honest ones are verbatim, made by
rule, or written by hand. Every sentence is verified with five passages at hand, as in an answer. Seeded: the same figures on every run.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median, quantiles

from scipy.stats import binomtest
from verification.honest import by_hand, by_rule
from verification.material import SOURCES, Part, Text, places, read
from verification.mutations import MUTATIONS, order

from assistant.answer.verify import EncoderSupport, LexicalSupport, Support, verify_sentence
from assistant.schema import Passage, Withheld

PUBLISHED = Path(__file__).parents[1] / "published" / "verification"
EACH = 20
"""Sentences of each kind from each source."""
HONEST = {"verbatim": 8, "quotation": 4, "rule": 30}
"""Honest sentences from each source, by how they are made."""


@dataclass(frozen=True)
class Trial:
    """A sentence with its handles, the passages at hand, and whether it should be withheld."""

    kind: str
    base: str
    source: str
    sentence: str
    handles: dict[str, Passage]
    wrong: bool


def wrong(texts: list[Text], part: Part, random: Random) -> Iterator[Trial]:
    """Sentences that should be withheld: from each source, and from the paraphrases by hand."""
    pools = [("verbatim", source, [(place, place.sentence) for place in places(texts, source, random)]) for source in SOURCES]
    pools.append(("paraphrase", "by hand", list(by_hand(texts, part)) * 3))
    for base, source, pool in pools:
        if len(pool) < 20:
            sys.exit(f"{source} has only {len(pool)} sentences in this part")
        for kind, mutate in MUTATIONS.items():
            yield from islice(_mutated(kind, mutate, base, source, pool, random), EACH)
        for kind in ("forged handle", "wrong handle", "neighbour paragraph", "neighbour, right one not at hand", "uncited", "order"):
            yield from islice(_mishandled(kind, base, source, pool, random), EACH)


def _mutated(kind, mutate, base, source, pool, random) -> Iterator[Trial]:  # type: ignore[no-untyped-def]
    seen: set[str] = set()
    for place, sentence in pool:
        changed = mutate(sentence.rstrip(";.") + ".", place.passage.paragraph.text, random)
        if changed and changed not in seen:
            seen.add(changed)
            yield Trial(kind, base, source, _with(changed, "h-0"), place.handles(random), True)


def _mishandled(kind, base, source, pool, random) -> Iterator[Trial]:  # type: ignore[no-untyped-def]
    for place, sentence in pool:
        handles = place.handles(random)
        if kind == "forged handle":
            yield Trial(kind, base, source, _with(sentence, random.choice(["h-9", "x-0", "1", "h0"])), handles, True)
        elif kind == "uncited":
            yield Trial(kind, base, source, sentence, handles, True)
        elif kind == "order":
            said = order(sentence, "", random) or ""
            paragraph = place.passage.paragraph
            if random.random() < 0.5:  # the order stands in the passage
                poisoned = replace(place.passage, paragraph=replace(paragraph, text=f"{paragraph.text} {said}"))
                handles = handles | {"h-0": poisoned}
            yield Trial(kind, base, source, _with(said, "h-0"), handles, True)
        elif kind == "wrong handle" and "h-3" in handles:
            yield Trial(kind, base, source, _with(sentence, "h-3"), handles, True)
        elif kind.startswith("neighbour") and (name := next((n for n in ("h-1", "h-2") if n in handles), None)):
            if sentence in handles[name].paragraph.text:
                continue
            kept = handles if kind == "neighbour paragraph" else {key: value for key, value in handles.items() if key != "h-0"}
            yield Trial(kind, base, source, _with(sentence, name), kept, True)


def honest(texts: list[Text], part: Part, random: Random) -> Iterator[Trial]:
    """Sentences that should be shown."""
    for place, sentence in by_hand(texts, part):
        yield Trial("by hand", "paraphrase", place.text.source, _with(sentence, "h-0"), place.handles(random), False)
    for source in SOURCES:
        pool = places(texts, source, random)
        ruled = ((place, by_rule(place, random)) for place in pool)
        for place, said in islice(((place, said) for place, said in ruled if said), HONEST["rule"]):
            yield Trial("by rule", "paraphrase", source, _with(said, "h-0"), place.handles(random), False)
        for place in pool[: HONEST["verbatim"]]:
            yield Trial("verbatim", "verbatim", source, _with(place.sentence, "h-0"), place.handles(random), False)
        for place in pool[HONEST["verbatim"] : HONEST["verbatim"] + HONEST["quotation"]]:
            words = place.sentence.replace("“", "").replace("”", "").split()
            if place.sentence.count("“") == 0 and '"' not in place.sentence:
                yield Trial(
                    "quotation", "verbatim", source, f"The text says: “{' '.join(words[1:-1])}” [h-0].", place.handles(random), False
                )


def _with(sentence: str, handle: str) -> str:
    """The sentence with its handle before the full stop, as models write it."""
    text = sentence.rstrip()
    marks = text[len(text.rstrip(".;")) :]
    return f"{text[: len(text) - len(marks)]} [{handle}]{'.' if marks else ''}"


@dataclass
class Result:
    """What became of a trial."""

    trial: Trial
    reason: str | None
    milliseconds: float

    @property
    def right(self) -> bool:
        """Whether it was withheld if and only if it should be."""
        return (self.reason is not None) == self.trial.wrong


def run(trials: list[Trial], support: Support) -> list[Result]:
    """Verifies every sentence."""
    found = []
    for trial in trials:
        begin = time.perf_counter()
        item = verify_sentence(trial.sentence, trial.handles, support=support)
        taken = (time.perf_counter() - begin) * 1e3
        found.append(Result(trial, item.reason if isinstance(item, Withheld) else None, taken))
    return found


def table(results: list[Result]) -> dict[str, dict[str, object]]:
    """Per kind: how many, how many right with its interval, and the share on verbatim sentences and on paraphrases."""
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[result.trial.kind if result.trial.wrong else f"honest, {result.trial.kind}"].append(result)
    honest_results = [result for result in results if not result.trial.wrong]
    groups["honest, all"] = honest_results
    rows: dict[str, dict[str, object]] = {}
    for kind, group in groups.items():
        right = sum(result.right for result in group)
        low, high = binomtest(right, len(group)).proportion_ci(method="wilson")
        row: dict[str, object] = {
            "n": len(group),
            "right": right,
            "share": round(right / len(group), 4),
            "interval": [round(low, 4), round(high, 4)],
        }
        for base in ("verbatim", "paraphrase"):
            own = [result.right for result in group if result.trial.base == base]
            row[base] = {"n": len(own), "share": round(sum(own) / len(own), 4)} if own else None
        rows[kind] = row
    return rows


def markdown(rows: dict[str, dict[str, object]], head: str) -> str:
    """The table for people."""

    def share(cell: object) -> str:
        return f"{cell['share']:.1%} of {cell['n']}" if isinstance(cell, dict) else "–"

    lines = [head, "", "| kind | n | right | 95 % interval | from verbatim sentences | from paraphrases |", "|---|--:|--:|---|--:|--:|"]
    for kind, row in rows.items():
        low, high = row["interval"]  # type: ignore[misc]
        lines.append(
            f"| {kind} | {row['n']} | {row['share']:.1%} | {low:.1%}–{high:.1%} | {share(row['verbatim'])} | {share(row['paraphrase'])} |"
        )
    return "\n".join(lines) + "\n"


def support_of(name: str) -> Support:
    """Shared words, or shared words and the packaged encoder."""
    if name == "words":
        return LexicalSupport()
    from assistant.index.encoder import load
    from assistant.settings import Settings

    encoder = load(Settings().encoder)
    return EncoderSupport(lambda: encoder)


def main() -> None:
    """Runs and prints, shows failures, publishes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--part", choices=("development", "reporting"), default="development")
    parser.add_argument("--support", choices=("words", "encoder"), default="words")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", metavar="KIND", default="", help="only kinds that hold this word")
    parser.add_argument("--show", metavar="KIND", help="print what went wrong for kinds that hold this word (development only)")
    parser.add_argument("--publish", metavar="NAME", help="write eval/published/NAME.json and NAME.md")
    options = parser.parse_args()
    texts = read(options.data, options.part)
    random = Random(options.seed)
    trials = [
        *([] if options.only.startswith("honest") else wrong(texts, options.part, random)),
        *honest(texts, options.part, Random(options.seed)),
    ]
    trials = [trial for trial in trials if options.only in (trial.kind if trial.wrong else f"honest, {trial.kind}")]
    results = run(trials, support_of(options.support))
    rows = table(results)
    times = [result.milliseconds for result in results]
    pace = f"A sentence takes {median(times):.1f} ms (median), {quantiles(times, n=100)[98]:.1f} ms (99 of 100)."
    command = f"python eval/bench/verify.py DATA --part {options.part} --support {options.support} --seed {options.seed}"
    head = f"`{command}`  # {dt.date.today()}, {os.cpu_count()} cores. {len(texts)} documents. {pace}"
    print(markdown(rows, head))
    if options.show is not None and options.part == "development":
        for result in results:
            kind = result.trial.kind if result.trial.wrong else f"honest, {result.trial.kind}"
            if options.show in kind and not result.right:
                held = next(iter(result.trial.handles.values())).paragraph.text[:900]
                print(f"- {kind} ({result.trial.source}): {result.reason or 'SHOWN'}\n    {result.trial.sentence}\n    {held}")
    if options.publish:
        record = {"command": command, "date": str(dt.date.today()), "cores": os.cpu_count(), "documents": len(texts), "kinds": rows}
        (PUBLISHED / f"{options.publish}.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        (PUBLISHED / f"{options.publish}.md").write_text(markdown(rows, head), encoding="utf-8")


if __name__ == "__main__":
    main()
