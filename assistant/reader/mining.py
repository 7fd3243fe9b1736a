"""Hard negatives: the paragraphs that our own search takes for an answer and that are none.

Each collection is indexed by itself, as a user's documents would be. Of every question the nearest paragraphs of all documents are
kept, and those of the documents that are asked about: neighbours in one document resemble each other most. A question that is asked
within its document has candidates from there alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path

from assistant.corpus import Entry
from assistant.errors import GoldError
from assistant.index.build import Progress, Source, build
from assistant.index.context import context_of
from assistant.index.encoder import load as load_encoder
from assistant.index.generations import open_current
from assistant.reader.examples import Collection, Example
from assistant.retrieval.searcher import Searcher
from assistant.schema import Filters, Ledger
from assistant.settings import load

NEAREST, BESIDE = 12, 8
"""How many candidates are kept from all documents, and from those asked about."""


def entries_of(collection: Collection) -> list[Entry]:
    """The collection's documents as an index takes them."""
    return [
        Entry(document, paragraphs, Ledger(official=sum(p.numbering == "official" for p in paragraphs)))
        for document, paragraphs in collection.documents
    ]


def texts_of(collection: Collection) -> dict[str, tuple[str, str]]:
    """(context, text) of every paragraph, by its id."""
    return {
        paragraph.id: (context_of(document, paragraph), paragraph.text)
        for document, paragraphs in collection.documents
        for paragraph in paragraphs
    }


def identity_of(collection: Collection) -> str:
    """What an index of the collection's documents is named by."""
    return sha256("\0".join([collection.sha256, *texts_of(collection)]).encode()).hexdigest()[:12]


@contextmanager
def searcher_over(collection: Collection, folder: Path, progress: Progress) -> Iterator[Searcher]:
    """Our own search over the collection's documents, indexed in `folder` where they are not yet."""
    identity = identity_of(collection)
    settings = load(folder / f"index-{collection.name}-{identity}")
    build(settings, Source(collection.name, identity, lambda tell, known: (entries_of(collection), [])), progress=progress)
    encoder = cache(lambda: load_encoder(settings.encoder))
    with closing(open_current(settings.index)) as generation:
        yield Searcher(generation, lambda: generation.encoder or encoder(), settings.retrieval)


def mine(collection: Collection, folder: Path, progress: Progress) -> dict[str, tuple[str, ...]]:
    """Paragraph ids that do not answer, by question id, hardest first; kept in `folder` for the next run.

    Raises:
        GoldError: `folder` cannot be written.
    """
    place = folder / f"candidates-{collection.name}-{identity_of(collection)}.json"
    if place.is_file():
        known = json.loads(place.read_text(encoding="utf-8"))
        if all(example.id in known for example in collection.examples):
            return {name: tuple(found) for name, found in known.items()}
    with_candidates: dict[str, tuple[str, ...]] = {}
    with searcher_over(collection, folder, progress) as searcher:
        for done, example in enumerate(collection.examples):
            with_candidates[example.id] = _candidates(example, searcher.search)
            if done % 50 == 0:
                progress(f"searching {collection.name}", done, len(collection.examples))
    try:
        place.write_text(json.dumps(with_candidates), encoding="utf-8")
    except OSError as error:
        raise GoldError(f"{place} cannot be written: {error.strerror}", "Name a folder that you may write to with --out.") from None
    return with_candidates


def neighbours(collection: Collection) -> dict[str, tuple[str, ...]]:
    """Paragraph ids beside what answers in the same document, by question id, nearest first."""
    order = {document.id: [paragraph.id for paragraph in paragraphs] for document, paragraphs in collection.documents}
    places = {place: at for ids in order.values() for at, place in enumerate(ids)}
    found = {}
    for example in collection.examples:
        (gold,) = example.gold
        near = sorted(order[gold.partition("#")[0]], key=lambda place: abs(places[place] - places[gold]))
        found[example.id] = tuple(near[1 : 1 + NEAREST])
    return found


def _candidates(example: Example, search: Callable[..., Iterable]) -> tuple[str, ...]:  # type: ignore[type-arg]  # of Passage
    nearest = [] if example.within else [passage.paragraph.id for passage in search(example.question, top=NEAREST)]
    most = NEAREST if example.within else BESIDE
    inside = search(example.question, top=most, filters=Filters(documents=example.documents)) if example.documents else ()
    beside = [passage.paragraph.id for passage in inside]
    seen = [place for place in example.about if "#" in place]
    mixed = [place for pair in zip_longest(nearest, beside) for place in pair if place is not None]
    return tuple(place for place in dict.fromkeys([*seen, *mixed]) if place not in example.gold)
