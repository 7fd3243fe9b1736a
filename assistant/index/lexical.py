"""The lexical index: BM25 over English stems, by Tantivy (k1 1.2, b 0.75), in a folder of its own."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import tantivy

from assistant.errors import DamagedIndex
from assistant.index.files import is_lock, link
from assistant.index.legs import Hits, Selection

LEXICAL_VERSION = "tantivy-english-3"
"""Part of an index's fingerprint: raised when the same text may give other terms."""

_ANALYZER = "english"
_BODY, _ROW, _DOCUMENT = "body", "row", "document"
_QUESTION_WORDS = (
    # Beside Tantivy's short list: what makes a question a question, and what an apostrophe leaves behind ("Chair's").
    "s t d m ll ve re what which who whom whose when where why how do does did done has have had were been am i you he she we me us "
    "him them my your his her our its from about can could would please tell"
).split()
_REBUILD = "Rebuild it: assistant index --rebuild"
_HEAP = 64_000_000
"""Bytes a writer may hold before it writes a segment; Tantivy's floor is 15 MB for each thread."""


@cache
def _analyzer() -> tantivy.TextAnalyzer:
    stop = (tantivy.Filter.stopword("english"), tantivy.Filter.custom_stopword(_QUESTION_WORDS))
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    fold = (tantivy.Filter.lowercase(), tantivy.Filter.ascii_fold())  # "Cote d'Ivoire" finds Côte d’Ivoire
    for step in (tantivy.Filter.remove_long(100), *fold, *stop, tantivy.Filter.stemmer("english")):
        builder = builder.filter(step)
    return builder.build()


def terms(text: str) -> list[str]:
    """The stems of `text` without stop words, in order, as the index holds them."""
    return list(_analyzer().analyze(_composed(text)))


def _composed(text: str) -> str:
    """Letters with their marks as one character each: a mark that stands alone would end a word."""
    return unicodedata.normalize("NFC", text)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(_BODY, stored=False, tokenizer_name=_ANALYZER, index_option="freq")
    builder.add_unsigned_field(_ROW, stored=False, indexed=True, fast=True)
    builder.add_unsigned_field(_DOCUMENT, stored=False, indexed=True, fast=True)
    return builder.build()


@dataclass(frozen=True, slots=True)
class LexicalBase:
    """An index to begin with: its folder, and the rows of the documents that are taken out of it."""

    folder: Path
    removed: Sequence[int]


def write_lexical(folder: Path, rows: Iterable[tuple[int, int, str]], base: LexicalBase | None = None) -> list[str]:
    """Writes the index of (paragraph row, document row, text), and of what a `base` keeps, into a new folder.

    Returns the names of the files that were linked from the base: Tantivy never changes a segment, it writes another.

    Raises:
        OSError: the disk is full or cannot be written.
    """
    folder.mkdir(parents=True)
    linked = _linked(base.folder, folder) if base else []
    try:
        index = tantivy.Index(_schema(), path=str(folder), reuse=base is not None)
        index.register_tokenizer(_ANALYZER, _analyzer())
        writer = index.writer(heap_size=_HEAP, num_threads=1)
        if base and base.removed:  # by a query: a term of a Python number is a signed one, and no document has that
            writer.delete_documents_by_query(tantivy.Query.term_set_query(_schema(), _DOCUMENT, list(base.removed)))
        for row, document, text in rows:
            entry = tantivy.Document()
            entry.add_text(_BODY, _composed(text))
            entry.add_unsigned(_ROW, row)
            entry.add_unsigned(_DOCUMENT, document)
            writer.add_document(entry)
        writer.commit()
        writer.wait_merging_threads()
    except ValueError as error:  # Tantivy's one error for all that can happen
        raise OSError(f"{folder}: {error}") from None
    return [name for name in linked if (folder / name).exists()]  # those that were merged into others have gone


def _linked(source: Path, folder: Path) -> list[str]:
    """Links an index's segments into another folder, and copies what lists them, which a writer replaces."""
    linked = []
    for path in source.iterdir():
        if path.suffix == ".json":
            shutil.copyfile(path, folder / path.name)
        elif not is_lock(path):
            link(path, folder / path.name)
            linked.append(path.name)
    return linked


class LexicalIndex:
    """An open lexical index. Reading does not change its files; it can be asked by several threads.

    Raises:
        DamagedIndex: it cannot be opened.
    """

    def __init__(self, folder: Path) -> None:
        self._schema = _schema()
        try:
            self._searcher = _open(folder)
        except (OSError, ValueError) as error:
            raise DamagedIndex(f"{folder.parent.name}/{folder.name} cannot be opened: {error}", _REBUILD) from None

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def document_frequency(self, term: str) -> int:
        """How many paragraphs hold this stem (one of `terms`)."""
        return int(self._searcher.doc_freq(_BODY, term))

    def search(self, text: str, limit: int, within: Selection | None = None) -> Hits:
        """At most `limit` (paragraph row, BM25 score), best first, equal scores by row.

        With `within` only these paragraphs are searched; a score does not depend on that.
        """
        words = list(dict.fromkeys(terms(text)))
        if not words or limit < 1 or (within is not None and not within.ranges):
            return []
        query = _any_of([tantivy.Query.term_query(self._schema, _BODY, word, index_option="freq") for word in words])
        if within is not None:
            among = tantivy.Query.const_score_query(self._among(within), 0.0)
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, among)])
        depth = min(limit, len(self)) + 1
        hits = self._searcher.search(query, limit=depth, count=False).hits
        while len(hits) == depth and hits[-1][0] == hits[limit - 1][0]:  # equals of the last one may be outside
            depth *= 2
            hits = self._searcher.search(query, limit=depth, count=False).hits
        found_rows = self._searcher.fast_field_values(_ROW, [address for _, address in hits])
        found = [(int(row), float(score)) for row, (score, _) in zip(found_rows, hits, strict=True) if row is not None]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:limit]

    def _among(self, within: Selection) -> tantivy.Query:
        """What holds for the paragraphs of a selection: one of its documents, or else one of its rows."""
        if within.whole:
            return tantivy.Query.term_set_query(self._schema, _DOCUMENT, list(within.documents))
        alone = [begin for begin, end in within.ranges if end - begin == 1]
        longer = [
            tantivy.Query.range_query(self._schema, _ROW, tantivy.FieldType.Unsigned, begin, end, True, False)
            for begin, end in within.ranges
            if end - begin > 1
        ]
        return _any_of([*longer, *([tantivy.Query.term_set_query(self._schema, _ROW, alone)] if alone else [])])


def _open(folder: Path) -> tantivy.Searcher:
    """Tantivy locks a file of the folder while it opens it: where that cannot be written, a copy is opened, and then removed."""
    try:
        return tantivy.Index.open(str(folder)).searcher()
    except ValueError:
        with TemporaryDirectory(ignore_cleanup_errors=True) as copy:  # Windows keeps what is mapped
            for path in folder.iterdir():
                if path.suffix != ".lock":
                    shutil.copyfile(path, Path(copy) / path.name)
            return tantivy.Index.open(copy).searcher()


def _any_of(queries: list[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])
