"""Trains the reader on the packaged encoder: python -m assistant.reader.train DATA… --out FOLDER

Seeded and resumable: the same command goes on where it was stopped. On a GPU where there is one, else on the CPU.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import AssistantError, UsageError
from assistant.reader.examples import KEPT_OUT, Collection, read_collection
from assistant.reader.trainer import Recipe, Trainer, sha256_of_file

if TYPE_CHECKING:
    from assistant.reader.lists import Source


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    parser = argparse.ArgumentParser(
        "python -m assistant.reader.train", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "data",
        nargs="+",
        metavar="DATA",
        help="a folder of *_docs.jsonl and *_questions.jsonl, one of its *_questions.jsonl, a SQuAD 2.0 file, or a COVID-QA folder; "
        "DATA@0.3 takes three questions of ten in each pass",
    )
    parser.add_argument(
        "--out", required=True, type=Path, help="folder for weights.safetensors, training.json and what is needed to resume"
    )
    parser.add_argument("--start", type=Path, metavar="WEIGHTS", help="begin from these weights, not from the packaged encoder")
    parser.add_argument("--passes", type=float, default=2.0, help="passes over the questions (default 2)")
    parser.add_argument("--lists", type=int, default=8, help="questions in one step (default 8)")
    parser.add_argument("--negatives", type=int, default=2, help="paragraphs that do not answer beside those that do (default 2)")
    parser.add_argument(
        "--removed", type=float, default=0.15, help="share of answerable questions shown without what answers (default .15)"
    )
    parser.add_argument("--rate", type=float, default=1e-4, help="learning rate of the encoder (default 1e-4)")
    parser.add_argument("--warm-up", type=float, default=0.08, help="share of the steps until the rate is reached (default .08)")
    parser.add_argument("--dropout", type=float, default=0.0, help="share of states left out in each pass (default 0; .1 for many)")
    parser.add_argument("--hold", type=int, default=0, metavar="LAYERS", help="layers, from the first, that are not trained (default 0)")
    parser.add_argument(
        "--leave-out", nargs="*", default=[], metavar="PREFIX", help="documents whose id begins so are kept out, with their questions"
    )
    parser.add_argument("--stop", type=int, metavar="STEP", help="end after this step of the passes, with what was learnt so far")
    parser.add_argument("--seed", type=int, default=20261126)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; 0 when trained, 2 where the data or an argument is wrong."""
    given = parser().parse_args(arguments)
    try:
        train(given)
    except AssistantError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. The same command goes on from the last checkpoint.\n")
        return 130
    return 0


def train(given: argparse.Namespace) -> None:
    """Reads, mines, trains, writes.

    Raises:
        GoldError, UsageError, InvalidSettings: the data, an argument, or what lies in --out.
    """
    from assistant.index.encoder import PACKAGED, describe, encoder_folder
    from assistant.settings import EncoderSettings

    given.out.mkdir(parents=True, exist_ok=True)
    collections = [(read_collection(path), share) for path, share in map(_with_share, given.data)]
    sources = [_source(collection, share, given.leave_out, given.out) for collection, share in collections]
    describe(EncoderSettings(name=PACKAGED))  # refuses other weights than the pinned ones
    folder = encoder_folder(EncoderSettings(name=PACKAGED))
    recipe = Recipe(
        given.passes, given.lists, given.negatives, given.removed, given.rate, given.warm_up, given.seed, given.dropout,
        sha256_of_file(given.start) if given.start else None, given.hold,
    )  # fmt: skip
    data = {
        collection.name: {"sha256": collection.sha256, "share": share, "questions": len(collection.examples)}
        for collection, share in collections
    }
    record = {"recipe": asdict(recipe), "data": data, "leave_out": given.leave_out, "squad_kept_out": KEPT_OUT}
    Trainer(folder, sources, recipe, record, given.out, given.start).run(given.stop)


def _with_share(text: str) -> tuple[Path, float]:
    place, _, share = text.rpartition("@")
    if not place:
        return Path(text), 1.0
    try:
        return Path(place), float(share)
    except ValueError:
        raise UsageError(f"{text!r}: {share!r} is no share", "Write it so: DATA@0.3") from None


def _without(collection: Collection, prefixes: Sequence[str]) -> Collection:
    """Leaves documents out, with every question that is answered from one or asked about one."""
    if not prefixes:
        return collection
    out = tuple(prefixes)
    documents = tuple(pair for pair in collection.documents if not pair[0].id.startswith(out))
    examples = tuple(e for e in collection.examples if not any(place.startswith(out) for place in (*e.gold, *e.about)))
    return replace(collection, documents=documents, examples=examples)


def _source(collection: Collection, share: float, left_out: Sequence[str], folder: Path) -> Source:
    from assistant.reader.lists import Source
    from assistant.reader.mining import mine, neighbours, texts_of

    def tell(what: str, done: int, total: int) -> None:
        sys.stderr.write(f"\r{what}: {done} of {total}\033[K")

    candidates = neighbours(collection) if collection.neighbours else mine(collection, folder, tell)
    collection = _without(collection, left_out)
    texts = texts_of(collection)
    candidates = {name: tuple(place for place in found if place in texts) for name, found in candidates.items()}
    sys.stderr.write(f"\r{collection.name}: {len(collection.examples)} questions, {len(collection.documents)} documents\033[K\n")
    return Source(collection.examples, candidates, texts, share)


if __name__ == "__main__":
    sys.exit(main())
