"""The benchmark's own parts: its texts are real, its vectors are those that were kept, its ratios and verdicts are right."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "eval" / "bench"))

from speed import run, vectors
from speed.figures import figures, ratio_of
from speed.material import numbered, stream, write_corpus
from speed.places import Bench
from speed.protocol import Side
from speed.report import publish
from speed.sources import read_paragraphs, read_questions
from speed.targets import Target, targets, verdict

from assistant import Assistant, load_settings
from assistant.corpus import Entry, read_corpus
from assistant.corpus.sentences import sentence_spans
from assistant.index import build as building
from assistant.index.encoder import Encoder

SUBJECTS = ("cables", "ports", "forests", "satellites", "rivers", "archives")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three data sets of different forms."""
    folder = tmp_path / "data"
    for name in ("reports", "passages", "speeches"):
        (folder / name).mkdir(parents=True)
    rows = [
        {"doc": "one", "text": f"The Group discussed {subject} at its fifth session. It welcomed {number} proposals on {subject}."}
        for number, subject in enumerate(SUBJECTS)
    ]
    rows += [
        {"doc": "one", "text": "III. Conclusions"},
        {"doc": "one", "text": "The of\ufb01ce, with a ligature, is not read alike everywhere."},
    ]
    (folder / "reports" / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    asked = {"context": "A port may be closed for a day. It opens again later.", "qas": [{"question": "When is a port closed?"}]}
    (folder / "passages" / "set.json").write_text(json.dumps({"data": [{"title": "Ports", "paragraphs": [asked]}]}), encoding="utf-8")
    speech = " ".join(f"We spoke of {subject} in year {year} and of nothing else." for year in range(2000, 2010) for subject in SUBJECTS)
    (folder / "speeches" / "rows.jsonl").write_text(json.dumps({"id": "s1", "text": speech}) + "\n", encoding="utf-8")
    return folder


def sentences(text: str) -> list[str]:
    """Its sentences."""
    return [text[start:end] for start, end in sentence_spans(text)]


def test_paragraphs_are_read_from_every_form_and_long_texts_are_cut() -> None:
    """See the next tests; this one states that nothing is read from a folder without data."""
    assert read_paragraphs(Path(__file__).parent / "example" / "nothing") == []


def test_headings_and_unusual_characters_are_left_out(data: Path) -> None:
    """What a reader could take for something else, or repair, is no paragraph of a benchmark."""
    texts = [text.text for text in read_paragraphs(data)]
    assert "III. Conclusions" not in texts
    assert not any("\ufb01" in text for text in texts)
    assert sum(text.startswith("The Group discussed") for text in texts) == len(SUBJECTS)
    assert sum(text.startswith("We spoke") for text in texts) > 3  # one speech, cut


def test_questions_are_found_where_they_lie(data: Path) -> None:
    """SQuAD's form is read for its questions too."""
    assert read_questions(data) == ["When is a port closed?"]


def test_the_stream_holds_all_real_paragraphs_and_then_new_ones_of_their_sentences(data: Path) -> None:
    """It is the same each time, no text comes twice, and what is recombined begins with a sentence of its base."""
    items = list(islice(stream(data), 60))
    real = [item for item in items if item.is_real]
    assert {item.text for item in real} == {text.text for text in read_paragraphs(data)}
    assert items[: len(real)] == real
    assert len({item.text for item in items}) == 60
    known = {sentence for item in real for sentence in sentences(item.text)}
    for item in items[len(real) :]:
        assert set(sentences(item.text)) <= known
        assert sentences(item.text)[0] in sentences(items[item.base].text)
    assert list(islice(stream(data), 60)) == items


@pytest.mark.usefixtures("reading_here")
def test_a_written_corpus_is_read_as_the_same_paragraphs(data: Path, tmp_path: Path) -> None:
    """Our reader finds every paragraph, its number and its text, and the kinds and dates of the catalogue."""
    texts = [item.text for item in islice(stream(data), 45)]
    assert write_corpus(tmp_path / "files", texts, each=10) == 5
    entries = list(read_corpus(tmp_path / "files"))
    assert all(isinstance(entry, Entry) and entry.document.date and entry.document.kind != "other" for entry in entries)
    read = [paragraph for entry in entries if isinstance(entry, Entry) for paragraph in entry.paragraphs]
    assert [paragraph.text for paragraph in read] == texts
    assert [paragraph.label for paragraph in read[:11]] == [*map(str, range(1, 11)), "1"]
    assert numbered(["One."]) == "1. One.\n\n"


def kept(folder: Path, texts: dict[str, np.ndarray[Any, Any]]) -> None:
    """A cache of these vectors."""
    folder.mkdir()
    (folder / "keys.u64").write_bytes(vectors.keys_of(list(texts)).tobytes())
    (folder / "vectors.f32").write_bytes(np.array(list(texts.values()), np.float32).tobytes())


def test_kept_vectors_are_looked_up_and_others_are_near_their_base(tmp_path: Path) -> None:
    """A synthetic vector has length 1 and the cosine with its base that the noise's length gives; without a base it is near any."""
    first, second = np.eye(vectors.DIMENSION, dtype=np.float32)[:2]
    kept(tmp_path / "kept", {"one": first, "two": second})
    np.save(tmp_path / "bases.npy", np.stack([vectors.keys_of(["new"]), vectors.keys_of(["two"])], axis=1))
    encoder = vectors.LookUpEncoder(vectors.KeptVectors(tmp_path / "kept"), tmp_path / "bases.npy")
    found = encoder.encode(["two", "one", "new"], kind="document")
    assert np.array_equal(found[:2], [second, first])
    assert np.linalg.norm(found[2]) == pytest.approx(1, abs=1e-6)
    assert found[2] @ second == pytest.approx(1 / np.sqrt(1 + vectors.NOISE**2), abs=0.05)
    assert encoder.synthetic == 1
    assert np.linalg.norm(encoder.encode(["unknown"], kind="document")) == pytest.approx(1, abs=1e-6)
    assert encoder.synthetic == 2


@pytest.mark.usefixtures("reading_here")
def test_an_index_of_kept_vectors_holds_them_and_carries_the_encoder(
    data: Path, tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that is given vectors embeds nothing, and its index answers as one that was embedded."""
    texts = [item.text for item in islice(stream(data), 12)]
    write_corpus(tmp_path / "files", texts, each=6)
    monkeypatch.setattr(vectors, "load", lambda _: encoder)
    vectors.embed_all(tmp_path / "kept", texts)
    vectors.embed_all(tmp_path / "kept", texts)  # all are there
    assert (tmp_path / "kept" / "keys.u64").stat().st_size == 8 * len(texts)
    looked_up = vectors.LookUpEncoder(vectors.KeptVectors(tmp_path / "kept"))
    monkeypatch.setattr(building, "carried_by", lambda previous, info: vectors.Given(looked_up, tmp_path / "kept"))
    (tmp_path / "given").mkdir()
    building.build(load_settings(tmp_path / "given"), tmp_path / "files", loader=lambda: looked_up)
    monkeypatch.undo()
    assistant = Assistant(load_settings(tmp_path / "given"))
    assert "torch" not in type(assistant.session().searcher.encoder).__module__
    assert (next((tmp_path / "given" / "index").glob("gen-*")) / "encoder.onnx").is_file()
    query = encoder.encode(["What was said of forests?"], kind="query")[0]
    (row, cosine), *_ = assistant.session().searcher.dense("What was said of forests?", 3)
    expected = encoder.encode(texts, kind="document") @ query
    assert (row, cosine) == (int(expected.argmax()), pytest.approx(float(expected.max()), abs=1e-5))


def test_windows_whose_vectors_are_not_kept_are_not_known(tmp_path: Path) -> None:
    """They are written before their vectors, and an interrupt may come between."""
    kept(tmp_path / "kept", {"begins": np.ones(vectors.DIMENSION), "ends": np.ones(vectors.DIMENSION), "whole": np.ones(vectors.DIMENSION)})
    lines = [["whole", ["begins", "ends"]], ["another", ["anoth", "er"]]]
    (tmp_path / "kept" / "windows.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    found = vectors.LookUpEncoder(vectors.KeptVectors(tmp_path / "kept")).windows([("", "whole"), ("", "another")])
    assert found == [["begins", "ends"], ["another"]]


def test_an_interrupted_cache_is_cut_back_to_what_is_whole(tmp_path: Path) -> None:
    """Half a vector without its key, or a key without its vector, is embedded again."""
    kept(tmp_path / "kept", {"one": np.ones(vectors.DIMENSION), "two": np.ones(vectors.DIMENSION)})
    with (tmp_path / "kept" / "vectors.f32").open("r+b") as file:
        file.truncate(4 * vectors.DIMENSION + 100)
    assert vectors._keys(tmp_path / "kept").tolist() == [vectors.key_of("one")]
    assert (tmp_path / "kept" / "vectors.f32").stat().st_size == 4 * vectors.DIMENSION


def test_a_ratio_has_the_range_of_few_pairs_and_an_interval_of_many() -> None:
    """Medians are divided; the spread holds the value."""
    few = ratio_of([2.0, 4.0, 9.0], [1.0, 1.0, 3.0])
    assert (few.value, few.low, few.high) == (4.0, 2.0, 4.0)
    many = ratio_of([2.0] * 50 + [4.0] * 50, [1.0] * 100)
    assert many.low <= many.value <= many.high
    assert (many.low, many.high) == (2.0, 4.0)


@pytest.mark.parametrize(("value", "word"), [(4.9, "**short**"), (5, "must"), (19.9, "must"), (20, "aim")])
def test_a_target_of_more_is_judged(value: float, word: str) -> None:
    """More is better where the aim lies above."""
    assert verdict(value, 5, 20) == word


@pytest.mark.parametrize(("value", "word"), [(1.6, "**short**"), (1.5, "must"), (1.2, "aim")])
def test_a_target_of_less_is_judged(value: float, word: str) -> None:
    """Less is better where the aim lies below."""
    assert verdict(value, 1.5, 1.2) == word


def samples() -> dict[str, list[dict[str, Any]]]:
    """What steps would have kept."""
    queries = {leg: {"ours": [0.01] * 30, "peer": [0.1] * 30} for leg in ("dense", "lexical", "hybrid")}
    quality = {leg: {"quality": {side: {"nDCG@10": 0.6} for side in ("ours", "peer")}} for leg in ("dense", "lexical")}
    quality["hybrid"] = {"quality": {"ours": {"nDCG@10": 0.63}, "peer": {"nDCG@10": 0.62}}}
    return {
        "queries-100000": [queries] * 5,
        "bare-100000": [{"ours": [0.016] * 10, "bare": [0.01] * 10}] * 5,
        "filters-1000": [{by: {"ours": [[0.01, 10, 10]], "peer": [[0.02, 3, 10]]} for by in ("document", "kind", "since")}],
        "growth-10000,1000000": [{"10000": [0.01] * 20, "1000000": [0.05] * 20}],
        "collection-small": [quality],
    }


def test_targets_are_judged_from_what_was_kept() -> None:
    """Each row says what was measured and where it stands; a row that was not measured says so."""
    rows = targets(figures({name: rounds for name, rounds in samples().items() if "collection" not in name}), samples())
    by_step: dict[str, list[Target]] = {}
    for row in rows:
        by_step.setdefault(row.step, []).append(row)
    assert by_step["queries"][0].verdict == "must"
    assert by_step["queries"][0].measured.startswith("p50 10.0, p95 10.0 at 100,000")
    assert by_step["bare"][0].verdict == "**short**"
    assert by_step["growth"][0].verdict == "aim"
    assert by_step["filters"][0].measured == "3 of 3 questions (the peer's default: 0 of 3)"
    assert [row.verdict for row in by_step["collection"]] == ["must", "**short**"]
    assert by_step["memory"][0].measured == "not measured"


def bench(data: Path, cache: Path) -> Bench:
    """Of three rounds."""
    return Bench(data, cache, "no peer", 3, 2)


def test_a_step_goes_on_after_the_rounds_that_are_kept(data: Path, tmp_path: Path) -> None:
    """An interrupted step keeps what it had, and measures only the rest; a complete one is not run."""
    here, asked = bench(data, tmp_path / "cache"), []

    def step(_: Bench, corpus: str, done: int) -> Iterator[dict[str, Any]]:
        asked.append((corpus, done))
        for number in range(done, 3):
            if number == 1 and done == 0:
                raise KeyboardInterrupt
            yield {"ours": number}

    with pytest.raises(KeyboardInterrupt):
        run.measure(here, "step-10", step, "10")
    for _ in range(2):
        run.measure(here, "step-10", step, "10")
    assert asked == [("10", 0), ("10", 1)]
    lines = here.results("step-10").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["ours"] for line in lines] == [0, 1, 2]


def test_the_report_holds_targets_figures_and_plots(data: Path, tmp_path: Path) -> None:
    """Table, raw samples and plots are written from what was kept."""
    here = bench(data, tmp_path / "cache")
    for name, rounds in samples().items():
        if "collection" not in name:
            run.measure(here, name, lambda *_, rounds=rounds: iter(rounds), "")  # type: ignore[misc]
    publish(here, tmp_path / "out")
    table = (tmp_path / "out" / "speed.md").read_text(encoding="utf-8")
    assert "| hybrid query, p95 | 100,000 | 10.0 ms | 100.0 ms | 10.0 |" in table
    assert "](speed/ratios.svg)" in table
    assert (tmp_path / "out" / "speed" / "ratios.svg").read_text(encoding="utf-8").startswith("<?xml")
    raw = json.loads((tmp_path / "out" / "speed" / "figures.json").read_text(encoding="utf-8"))
    assert raw["samples"]["bare-100000"][0]["bare"] == [0.01] * 10


def test_a_measured_process_answers_and_its_end_is_said() -> None:
    """Memory is asked of a real process; one that fails ends the run with one line."""
    with Side("bare") as side:
        sizes = side.call("memory")
        assert sizes["peak"] >= sizes["rss"] >= sizes["pss"] > 1_000_000
        with pytest.raises(SystemExit, match="bare stopped at 'open'"):
            side.call("open")


def test_gains_that_were_published_stand_where_no_collection_was_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table of quality gives the rows by set; its mean is taken anew."""
    table = (
        "| nDCG@10 (recall@100) | one | two | mean |\n|---|--:|--:|--:|\n"
        "| ours less its better leg | +.045 (+.030 to +.060) | −.004 (−.026 to +.037) | +.020 |\n"
        "| ours less LangChain's hybrid | +.100 (+.079 to +.140) | +.020 (−.026 to +.037) | +.060 |\n"
    )
    (tmp_path / "retrieval.md").write_text(table, encoding="utf-8")
    monkeypatch.setattr("speed.targets._PUBLISHED", tmp_path)
    legs, peer = targets([], {})[:2]
    assert (legs.measured, legs.verdict) == ("+0.020 over 2 sets, least -0.004 (two)", "must")
    assert (peer.measured, peer.verdict) == ("+0.060 over 2 sets, least +0.020 (two)", "must")
