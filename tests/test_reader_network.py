"""The network in torch, its drawing for ONNX Runtime, and the packaged reader's files: two ways to the same scores."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from readers import small_encoder, write_trained

from assistant.corpus.sentences import sentence_spans
from assistant.errors import ReaderProblem
from assistant.reader import packaged
from assistant.reader.onnx_graph import Shape, encoder_graph
from assistant.reader.packaged import ABOUT, FOLDER, WEIGHTS, PackagedScorer, read_about

TEXT = "The port is old. It was built in 1931; (a) by prisoners; (b) by soldiers. " * 3
LONG = "Cranes are blue and the harbour fee is nine crowns. " * 60


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small encoder's folder."""
    return small_encoder(tmp_path_factory.mktemp("encoder"))


@pytest.fixture
def trained(encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small trained reader over it, in place of the packaged encoder."""
    monkeypatch.setattr(packaged, "describe", lambda settings: None)
    monkeypatch.setattr(packaged, "encoder_folder", lambda settings: encoder)
    return write_trained(tmp_path / "trained", encoder)


def test_onnx_runtime_gives_what_torch_gives(encoder: Path, trained: Path) -> None:
    """Relevance and every sentence's score agree, over one window and over several."""
    import torch
    from safetensors.torch import load_file

    from assistant.reader.network import Batch, load_trained, new_network

    network = new_network(encoder).eval()
    load_trained(network, {name: value.float() for name, value in load_file(trained / WEIGHTS).items()})
    scorer = PackagedScorer(trained)
    for text in (TEXT, LONG, "", "One."):
        (score,) = scorer.score("How high is the fee?", [("On ports", text)])
        windows = scorer._tokenizer.windows("How high is the fee?", "On ports", text)
        with torch.inference_mode():
            batch = Batch.of(windows)
            relevance, sentences = network.scores(batch, *network(batch))
        assert score.relevance == pytest.approx(float(relevance.max()), abs=1e-4)
        assert len(score.evidence) == len(sentence_spans(text))
        if len(windows) == 1:
            assert score.evidence == pytest.approx([float(value) for value in sentences[0, : len(score.evidence)]], abs=1e-4)


def test_a_paragraphs_score_does_not_depend_on_its_company(trained: Path) -> None:
    """Read alone or among others, before or after, the numbers are the same to the last bit."""
    scorer, other = PackagedScorer(trained), PackagedScorer(trained)
    together = scorer.score("How high is the fee?", [("On ports", TEXT), ("", LONG), ("", "One.")])
    assert other.score("How high is the fee?", [("", "One.")]) == together[2:]


def test_the_answer_is_a_stretch_of_the_paragraph(trained: Path) -> None:
    """First and last character lie in the text, in this order; an empty text has none."""
    answered, empty = PackagedScorer(trained).score("How high?", [("", TEXT), ("", "")])
    assert answered.answer is not None
    start, end = answered.answer
    assert 0 <= start < end <= len(TEXT)
    assert empty.answer is None
    assert math.isfinite(empty.relevance)


def test_a_quantised_graph_is_near_the_exact_one() -> None:
    """Eight bits a weight: other states, in nearly the same direction."""
    import onnxruntime

    dice = np.random.default_rng(3)

    def matrix(*shape: int) -> np.ndarray:
        return dice.normal(0, 0.2, shape).astype(np.float32)

    weights = {"embeddings.LayerNorm.weight": np.ones(16, np.float32), "embeddings.LayerNorm.bias": np.zeros(16, np.float32)}
    layer = "encoder.layer.0"
    parts = {f"attention.self.{part}": (16, 16) for part in ("query", "key", "value")}
    parts |= {"attention.output.dense": (16, 16), "intermediate.dense": (32, 16), "output.dense": (16, 32)}
    for name, shape in parts.items():
        weights |= {f"{layer}.{name}.weight": matrix(*shape), f"{layer}.{name}.bias": matrix(shape[0])}
    for name in ("attention.output.LayerNorm", "output.LayerNorm"):
        weights |= {f"{layer}.{name}.weight": np.ones(16, np.float32), f"{layer}.{name}.bias": np.zeros(16, np.float32)}
    embedded = matrix(1, 9, 16)
    found = []
    for quantised in (False, True):
        graph = encoder_graph(weights, Shape(16, 2, 1, 1e-12), quantised=quantised)
        session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
        found.append(session.run(None, {"embedded": embedded})[0].ravel())
    assert not np.array_equal(*found)
    assert np.dot(*found) / np.linalg.norm(found[0]) / np.linalg.norm(found[1]) > 0.99


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda folder: (folder / WEIGHTS).unlink(), f"{WEIGHTS} cannot be read: No such file"),
        (lambda folder: (folder / ABOUT).unlink(), f"{ABOUT} cannot be read: No such file"),
        (lambda folder: (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:-1]), f"{WEIGHTS} is damaged"),
        (lambda folder: (folder / ABOUT).write_text("{}"), f"{ABOUT} cannot be read: KeyError"),
        (lambda folder: (folder / ABOUT).write_text("not JSON"), f"{ABOUT} cannot be read"),
    ],
)
def test_a_missing_or_damaged_file_is_named(trained: Path, harm: object, said: str) -> None:
    """One line that names the file and the way to mend it."""
    harm(trained)  # type: ignore[operator]
    with pytest.raises(ReaderProblem, match=said) as raised:
        PackagedScorer(trained)
    assert "Reinstall" in raised.value.step


def test_weights_of_another_network_are_refused(trained: Path, encoder: Path) -> None:
    """A reader whose checksum is right but whose weights lack a part cannot be run, and says so."""
    from hashlib import sha256

    from safetensors.numpy import load_file, save_file

    weights = load_file(trained / WEIGHTS)
    del weights["tokens.weight"], weights["encoder.encoder.layer.2.output.dense.weight"]
    save_file(weights, trained / WEIGHTS)
    about = json.loads((trained / ABOUT).read_text())
    about["sha256"] = sha256((trained / WEIGHTS).read_bytes()).hexdigest()
    (trained / ABOUT).write_text(json.dumps(about))
    with pytest.raises(ReaderProblem, match=r"weights are of another network: encoder\.encoder\.layer\.2"):
        PackagedScorer(trained)


def test_what_is_shipped_is_whole() -> None:
    """The weights that come with the package are those that reader.json names, and within 25 MB."""
    about = read_about()
    assert (FOLDER / WEIGHTS).stat().st_size <= 25_000_000
    assert 0 < about.calibration.threshold < 1
    assert about.calibration.slope > 0
