"""Segments of the vector store: codes and clusters against exact arithmetic, what has gone, what is linked and what is taken up."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.index.legs import Selection, joined
from assistant.index.vectors import VectorBase, VectorStore, write_vectors
from assistant.settings import VectorSettings

Vectors = npt.NDArray[np.float32]
DIMENSION = 32
CODES = VectorSettings(exact_up_to=100)
CLUSTERS = VectorSettings(exact_up_to=100, unclustered_up_to=1000)


CENTRES = np.random.default_rng(9).normal(size=(50, DIMENSION))


def some(count: int, seed: int = 0, spread: float = 0.6) -> Vectors:
    """Unit vectors around fifty centres, as texts of some topics are."""
    chance = np.random.default_rng(seed)
    vectors = CENTRES[chance.integers(0, 50, count)] + spread * chance.normal(size=(count, DIMENSION))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def parts(vectors: Vectors, first: int = 0) -> Iterator[tuple[npt.NDArray[np.int64], Vectors]]:
    """The vectors in parts, one a paragraph, the rows counted from `first`."""
    for begin in range(0, len(vectors), 700):
        part = vectors[begin : begin + 700]
        yield np.arange(first + begin, first + begin + len(part)), part


def write(folder: Path, vectors: Vectors, settings: VectorSettings, base: VectorBase | None = None) -> tuple[VectorStore, list[str]]:
    """The store that was written, and the names of files that were linked."""
    first = base.store.next_row if base else 0
    linked = write_vectors(folder, parts(vectors, first), len(vectors), settings, base)
    return VectorStore(folder), linked


@pytest.mark.parametrize("settings", [CODES, CLUSTERS])
def test_a_large_segment_finds_what_arithmetic_finds(tmp_path: Path, settings: VectorSettings) -> None:
    """Codes, and codes in clusters, find at least 98 % of the ten nearest; every score is the exact cosine, every order its own."""
    vectors, queries = some(4000), some(100, seed=1, spread=1.5)  # a question is not like a paragraph
    store, _ = write(tmp_path / "vectors", vectors, settings)
    assert (tmp_path / "vectors" / "0001.codes").stat().st_size < vectors.nbytes / 2
    held = 0
    for query in queries:
        cosines = vectors @ query
        found = store.search(query, 10)
        assert [score for _, score in found] == pytest.approx([float(cosines[row]) for row, _ in found], abs=1e-5)
        assert found == sorted(found, key=lambda hit: (-hit[1], hit[0]))
        held += len({row for row, _ in found} & set(np.argsort(-cosines)[:10].tolist()))
    assert held >= 0.98 * 10 * len(queries)


@pytest.mark.parametrize("settings", [CODES, CLUSTERS])
def test_a_filter_comes_before_the_cut_in_a_large_segment(tmp_path: Path, settings: VectorSettings) -> None:
    """As many come back as exist or as are asked for, from wide ranges and from few rows, and nothing else."""
    vectors = some(4000)
    store, _ = write(tmp_path / "vectors", vectors, settings)
    for within in (Selection(((500, 3500),)), Selection(((0, 7), (3990, 4100))), Selection.of_rows(range(0, 4000, 2))):
        allowed = [row for row in within.rows() if row < 4000]
        for limit in (1, 17, 1000, 5000):
            found = [row for row, _ in store.search(vectors[3], limit, within)]
            assert len(found) == min(limit, len(allowed))
            assert set(found) <= set(allowed)
    exact = sorted(range(500, 3500), key=lambda row: -float(vectors[row] @ vectors[3]))[:10]
    assert len(set(exact) & {row for row, _ in store.search(vectors[3], 10, Selection(((500, 3500),)))}) >= 9


@pytest.mark.parametrize("settings", [VectorSettings(), CODES, CLUSTERS])
def test_what_has_gone_is_never_found(tmp_path: Path, settings: VectorSettings) -> None:
    """Nor counted; everything else still is found, and nothing of the segment was written again."""
    vectors = some(3000)
    store, _ = write(tmp_path / "one", vectors, settings)
    gone = np.arange(0, 3000, 3)
    other, linked = write(tmp_path / "two", some(10, seed=2), settings, VectorBase(store, tmp_path / "one", gone))
    names = {path.name for path in (tmp_path / "one").iterdir()} - {"gone"}
    assert set(linked) == names
    assert all((tmp_path / "one" / name).samefile(tmp_path / "two" / name) for name in names)
    assert (len(store), len(other)) == (3000, 2010)
    assert other.next_row == 3010
    found = [row for row, _ in other.search(vectors[0], 4000)]
    assert len(found) == len(set(found)) == 2010
    assert not set(found) & set(gone.tolist())
    assert other.search(vectors[0], 5, Selection(((0, 1), (3, 4)))) == []
    assert [row for row, _ in other.search(some(10, seed=2)[4], 1)] == [3004]
    assert other.of_rows([1, 3004])[0].tolist() == [vectors[1].tolist()]
    assert len(other.all_vectors()) == 2010


def test_a_new_segment_takes_up_those_that_are_not_larger(tmp_path: Path) -> None:
    """After a hundred builds of one paragraph there are a few segments, in which each vector lies where it is looked for."""
    vectors = some(164)
    store, _ = write(tmp_path / "0", vectors[:64], VectorSettings())
    gone: list[int] = []
    for number in range(1, 101):
        if number % 10 == 0:
            gone.append(number)
        base = VectorBase(store, tmp_path / str(number - 1), np.array(gone, np.int64))
        store, _ = write(tmp_path / str(number), vectors[63 + number : 64 + number], VectorSettings(), base)
        assert len(store.segments) <= 7
    alive = [row for row in range(164) if row not in gone]
    assert len(store) == len(alive)
    for row in alive:
        assert store.search(vectors[row], 1) == [(row, pytest.approx(1.0))]
    assert sorted(row for row, _ in store.search(vectors[0], 999)) == alive


def test_what_was_opened_is_readable_when_it_is_removed(tmp_path: Path) -> None:
    """Files are mapped: a reader in the middle of an answer is not cut off when the generation is swept."""
    vectors = some(500)
    store, _ = write(tmp_path / "vectors", vectors, CODES)
    for path in (tmp_path / "vectors").iterdir():
        path.unlink()
    assert store.search(vectors[7], 1) == [(7, pytest.approx(1.0))]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 6)).map(lambda pair: (pair[0], sum(pair)))))
@settings(max_examples=200)
def test_joined_ranges_hold_the_same_rows(ranges: list[tuple[int, int]]) -> None:
    """Whatever ranges overlap or touch: the joined ones are apart, ascending, and hold just the rows of all."""
    found = list(joined(sorted(ranges)))
    assert [row for begin, end in found for row in range(begin, end)] == sorted({row for begin, end in ranges for row in range(begin, end)})
    assert all(one[1] < other[0] for one, other in pairwise(found))
