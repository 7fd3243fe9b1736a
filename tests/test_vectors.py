"""The vector store against exact arithmetic: scores and order, windows, filters before the cut, and refusals."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import DamagedIndex, MismatchedIndex
from assistant.index.legs import Selection
from assistant.index.vectors import VectorStore, write_vectors
from assistant.settings import VectorSettings

Vectors = npt.NDArray[np.float32]
EXACT = VectorSettings()


def unit(*degrees: float) -> Vectors:
    """Vectors in the plane at these angles."""
    return np.array([(np.cos(np.radians(angle)), np.sin(np.radians(angle))) for angle in degrees], np.float32).reshape(-1, 2)


def store_of(folder: Path, vectors: Vectors, rows: list[int] | None = None, settings_of: VectorSettings = EXACT) -> VectorStore:
    """A store of these vectors, each a paragraph's own unless `rows` says whose."""
    owners = np.arange(len(vectors)) if rows is None else np.array(rows)
    write_vectors(folder / "vectors", [(owners.astype(np.int64), vectors)], len(vectors), settings_of)
    return VectorStore(folder / "vectors")


def among(rows: Iterable[int] | None) -> Selection | None:
    """These rows, or all."""
    return None if rows is None else Selection.of_rows(rows)


def exactly(vectors: Vectors, owners: list[int], query: Vectors, limit: int, rows: list[int] | None) -> list[tuple[int, float]]:
    """What a search has to return: every paragraph by its best window, best first, equal ones by row."""
    best: dict[int, float] = {}
    for owner, score in zip(owners, (vectors.astype(float) @ query.astype(float)).tolist(), strict=True):
        if rows is None or owner in rows:
            best[owner] = max(score, best.get(owner, -2.0))
    return sorted(best.items(), key=lambda hit: (-round(hit[1], 5), hit[0]))[: max(limit, 0)]


def test_scores_are_cosines_best_first(tmp_path: Path) -> None:
    """Scores are the cosines worked out by hand; the identical vector has 1, the opposite one -1."""
    store = store_of(tmp_path, unit(180, 60, 0, 90))
    found = store.search(unit(0)[0], 4)
    assert found == [(2, pytest.approx(1.0)), (1, pytest.approx(0.5)), (3, pytest.approx(0.0, abs=1e-6)), (0, pytest.approx(-1.0))]
    assert len(store) == 4
    assert store.dimension == 2


def test_a_paragraph_counts_with_its_best_window(tmp_path: Path) -> None:
    """Windows are never added up or averaged, and a paragraph comes back once."""
    store = store_of(tmp_path, unit(80, 10, 85, 20, 90), [0, 0, 0, 1, 2])
    assert store.search(unit(0)[0], 2) == [
        (0, pytest.approx(np.cos(np.radians(10)))),
        (1, pytest.approx(np.cos(np.radians(20)))),
    ]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_search_is_what_arithmetic_says(data: st.DataObject) -> None:
    """For any windows, filter and limit: the scores and the order of exact arithmetic, and `limit` results whenever they exist."""
    angles = data.draw(st.lists(st.integers(0, 12).map(lambda step: step * 15), min_size=1, max_size=60))
    owners = sorted(data.draw(st.lists(st.integers(0, 25), min_size=len(angles), max_size=len(angles))))
    rows = data.draw(st.none() | st.lists(st.integers(0, 25), unique=True))
    limit = data.draw(st.integers(0, 40))
    vectors, query = unit(*angles), unit(0)[0]
    with TemporaryDirectory() as folder:
        found = store_of(Path(folder), vectors, owners).search(query, limit, among(rows))
    expected = exactly(vectors, owners, query, limit, rows)
    assert [row for row, _ in found] == [row for row, _ in expected]
    assert [score for _, score in found] == pytest.approx([score for _, score in expected], abs=1e-6)
    assert len(found) == min(limit, len({owner for owner in owners if rows is None or owner in rows}))


@pytest.mark.parametrize("dimension", [3, 384])
def test_many_equal_vectors_come_by_row_also_at_the_cut(tmp_path: Path, dimension: int) -> None:
    """Where more paragraphs are equal than are asked for, the first rows come back, with and without a filter."""
    chance = np.random.default_rng(0)
    kinds = chance.normal(size=(7, dimension)).astype(np.float32)
    kinds /= np.linalg.norm(kinds, axis=1, keepdims=True)
    of_row = chance.integers(0, 7, 3000)
    store = store_of(tmp_path, kinds[of_row])
    for limit in (1, 2, 99, 100, 101, 1000, 2999):
        for rows in (None, list(range(1, 3000, 2))):
            order = np.argsort(-(kinds @ kinds[3]), kind="stable").tolist()
            allowed = range(3000) if rows is None else rows
            expected = sorted(allowed, key=lambda row: (order.index(of_row[row]), row))[:limit]
            assert [row for row, _ in store.search(kinds[3], limit, among(rows))] == expected


def test_limits_and_impossible_rows(tmp_path: Path) -> None:
    """k = 0, k < 0, k > n and rows that do not exist give what exists and never an invented paragraph."""
    store = store_of(tmp_path, unit(0, 10, 20))
    query = unit(0)[0]
    assert (
        store.search(query, 0)
        == store.search(query, -3)
        == store.search(query, 5, among([]))
        == store.search(query, 5, among([7, 8, -1]))
        == []
    )
    assert [row for row, _ in store.search(query, 10**9)] == [0, 1, 2]
    assert [row for row, _ in store.search(query, 5, among([2, 99]))] == [2]
    assert [row for row, _ in store.search(query, 5, among([2, 0]))] == [0, 2]


def test_an_empty_store_finds_nothing(tmp_path: Path) -> None:
    """A store without vectors answers with nothing."""
    assert store_of(tmp_path, np.zeros((0, 2), np.float32)).search(unit(0)[0], 3) == []


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_query_that_is_not_a_number_finds_nothing(tmp_path: Path, bad: float) -> None:
    """NaN and infinity give no result, where FAISS would give row -1."""
    store = store_of(tmp_path, unit(0, 10))
    assert store.search(np.array([bad, 0], np.float32), 2) == []
    assert store.search(np.array([1, bad], np.float32), 2, among([0])) == []


@pytest.mark.parametrize("bad", [(0, 0), (2, 0), (0.5, 0.5), (np.nan, 1), (np.inf, 0)])
def test_vectors_that_are_not_of_length_one_are_refused(tmp_path: Path, bad: tuple[float, float]) -> None:
    """Zero, long, short, NaN and infinite vectors are not stored."""
    with pytest.raises(ValueError, match="length 1"):
        store_of(tmp_path, np.array([(1, 0), bad], np.float32))


def test_every_vector_needs_its_paragraph(tmp_path: Path) -> None:
    """Vectors and rows of different number are refused."""
    with pytest.raises(ValueError, match="a row each"):
        store_of(tmp_path, unit(0, 10), [0, 1, 2])


def test_a_query_of_another_length_is_refused(tmp_path: Path) -> None:
    """Another dimension is a mismatch that names both, also where assertions are switched off."""
    store = store_of(tmp_path, unit(0, 10))
    for query in (np.ones(3, np.float32), np.ones((1, 2), np.float32)):
        with pytest.raises(MismatchedIndex, match=rf"{query.size} numbers, the index 2 .*assistant index"):
            store.search(query, 1)


def test_vectors_come_back_as_stored(tmp_path: Path) -> None:
    """All vectors can be read again, bit by bit and in their order, so that they need not be computed again."""
    vectors = unit(0, 10, 20, 30)
    assert store_of(tmp_path, vectors, [0, 0, 1, 2]).all_vectors().tolist() == vectors.tolist()


def test_what_is_not_a_store_is_refused(tmp_path: Path) -> None:
    """A missing file, an empty and a foreign one are damage, named."""
    for name in ("0001.flat", "0001.rows", "gone"):
        for content in (None, b"", b"not an index at all"):
            folder = tmp_path / f"{name} {content!r}"
            folder.mkdir()
            store_of(folder, unit(0, 10))
            (folder / "vectors" / name).unlink()
            if content is not None:
                (folder / "vectors" / name).write_bytes(content)
            if (name, content) == ("0001.rows", None):
                continue  # no segment then; that one was published and is not there, `check_files` says
            with pytest.raises(DamagedIndex, match=name):
                VectorStore(folder / "vectors")


def test_the_same_is_refused_without_assertions(tmp_path: Path) -> None:
    """Under `python -O`, where FAISS's own check of the dimension is gone."""
    store_of(tmp_path, unit(0, 10))
    program = f"""
import numpy as np
from pathlib import Path
from assistant.errors import MismatchedIndex
from assistant.index.vectors import VectorStore
assert False, "assertions are on"  # and ends here, where they are
try:
    VectorStore(Path({str(tmp_path)!r}) / 'vectors').search(np.ones(3, np.float32), 1)
except MismatchedIndex as error:
    print(error)
"""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run([sys.executable, "-O", "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert "3 numbers, the index 2" in done.stdout, done.stderr
