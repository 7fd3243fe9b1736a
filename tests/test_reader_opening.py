"""Which reader the settings mean, and what happens where it cannot be used."""

import subprocess
import sys
from pathlib import Path

import pytest
from readers import PLAIN, WordScorer

from assistant import Assistant
from assistant.errors import InvalidSettings, ReaderProblem
from assistant.reader import opening, packaged
from assistant.reader.cross_encoder import load_cross_encoder
from assistant.reader.opening import OpenedReader, describe_reader, load_reader
from assistant.reader.trained import TrainedReader
from assistant.schema import Document, Paragraph, Passage
from assistant.settings import PRESETS, EncoderSettings, ReaderSettings, load

PASSAGE = Passage(Document("a", "On ports", "a.txt", "0"), Paragraph("a", "1", "official", "The fee is nine crowns. Cranes."), "para. 1")


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a cross-encoder of one layer, made here: any that sentence-transformers can load is loaded alike."""
    import json

    import torch
    from sentence_transformers import CrossEncoder
    from transformers import BertConfig, BertForSequenceClassification

    folder = tmp_path_factory.mktemp("cross-encoder")
    letters = "abcdefghijklmnopqrstuvwxyz"
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *("##" + letter for letter in letters), ".", "fee"]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "BertTokenizer", "model_max_length": 64}))
    torch.manual_seed(3)
    shape = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32, "num_labels": 1}
    config = BertConfig(vocab_size=len(vocabulary), max_position_embeddings=64, initializer_range=0.5, **shape)
    BertForSequenceClassification(config).save_pretrained(folder)
    CrossEncoder(str(folder), device="cpu", local_files_only=True).save_pretrained(str(folder / "model"))
    return folder / "model"


def test_any_cross_encoder_reads_by_the_same_path(cross_encoder: Path) -> None:
    """A folder in the settings is a reader: it orders passages, scores sentences and gives a confidence, the same on every run."""
    settings = ReaderSettings(name=str(cross_encoder))
    reader = load_reader(settings)
    assert reader is not None
    assert reader.orders
    first, second = (reader.read("Which fee?", [PASSAGE, PASSAGE]) for _ in range(2))
    assert first == second
    assert len(first.relevance) == 2
    assert {(span.start, span.end) for span in first.spans} == {(0, 23), (24, 31)}
    assert sum(span.score for span in first.spans) == pytest.approx(1, abs=1e-5)
    assert 0 < first.confidence < 1
    assert describe_reader(settings) == "model, safetensors"


def test_sentences_of_the_best_paragraphs_are_scored_one_by_one(cross_encoder: Path) -> None:
    """Of the fourth-best paragraph the sentences have the paragraph's own score; of the best they differ."""
    scorer = load_cross_encoder(ReaderSettings(name=str(cross_encoder)))
    scores = scorer.score("Which fee?", [("", f"Fee {word}. Crane.") for word in ("a", "b", "c", "d")])
    ranked = sorted(scores, key=lambda score: -score.relevance)
    assert all(len(set(score.evidence)) == 2 for score in ranked[:3])
    assert set(ranked[3].evidence) == {ranked[3].relevance}
    assert scorer.score("Which fee?", []) == []


def test_a_name_that_is_not_here_is_refused_without_a_download() -> None:
    """The network is not asked unless the settings say so."""
    with pytest.raises(InvalidSettings, match="reader 'nobody/nothing' is not on this machine"):
        load_reader(ReaderSettings(name="nobody/nothing"))
    with pytest.raises(ReaderProblem, match="quote mode goes on by likeness"):
        describe_reader(ReaderSettings(name="nobody/nothing"))


def test_a_pickle_is_refused(cross_encoder: Path, tmp_path: Path) -> None:
    """Weights that would be unpickled are not loaded, whatever else lies beside them."""
    (tmp_path / "pytorch_model.bin").write_bytes(b"")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(InvalidSettings, match=r"reader .* holds pytorch_model.bin, a pickle"):
        load_reader(ReaderSettings(name=str(tmp_path)))


def test_likeness_reads_where_the_trained_reader_cannot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A damaged file is named once, and every answer says what read instead."""
    monkeypatch.setattr(
        packaged, "read_about", lambda folder: (_ for _ in ()).throw(ReaderProblem("reader.safetensors is damaged", "Mend."))
    )
    fallback = TrainedReader(WordScorer(), PLAIN)
    reader = OpenedReader(ReaderSettings(), fallback)
    assert reader.read("fee?", [PASSAGE]) == fallback.read("fee?", [PASSAGE])
    assert reader.problem == "reader.safetensors is damaged; sentences were chosen by likeness"
    assert reader.manner == fallback.manner


def test_the_reader_is_opened_when_the_first_question_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening takes time and memory that a look-up does not need; it happens once."""
    opened = []
    monkeypatch.setattr(opening, "load_reader", lambda settings: opened.append(1))
    reader = OpenedReader(ReaderSettings(), TrainedReader(WordScorer(), PLAIN))
    assert opened == []
    for _ in range(2):
        reader.read("fee?", [PASSAGE])
        assert reader.problem is None
    assert opened == [1]


def test_a_damaged_reader_does_not_stop_an_answer(
    workspace: Path, encoder: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Asked of the shipped document with no reader installed: an answer by likeness, with the reason."""
    monkeypatch.setattr(packaged.PackagedScorer.__init__, "__defaults__", (tmp_path,))
    made = Assistant(load(workspace))
    made.__dict__["_encoder"] = encoder
    answer = made.ask("How many statements were heard?")
    assert answer.status == "answered"
    said = "The trained reader's reader.json cannot be read: No such file or directory; sentences were chosen by likeness."
    assert said in answer.remarks


def test_likeness_can_be_asked_for() -> None:
    """ "similarity" is the reader that needs no trained weights: no problem, nothing loaded."""
    assert load_reader(ReaderSettings(name="similarity")) is None
    assert describe_reader(ReaderSettings(name="similarity")) == "sentences are chosen by likeness"


def test_a_preset_names_encoder_and_reader(tmp_path: Path) -> None:
    """`preset` chooses both; what a section says of its own comes first."""
    assert load(tmp_path).encoder == EncoderSettings()
    better = load(tmp_path, preset="better", reader={"passages": 5})
    assert (better.encoder.name, better.reader.name) == (PRESETS["better"]["encoder"]["name"], PRESETS["better"]["reader"]["name"])
    assert better.reader.passages == 5
    own = load(tmp_path, preset="multilingual", encoder={"name": "mine"})
    assert (own.encoder.name, own.encoder.query_prefix, own.reader.name) == ("mine", "", PRESETS["multilingual"]["reader"]["name"])
    (tmp_path / "assistant.toml").write_text('preset = "multilingual"\n[encoder]\ndownload = true\n', encoding="utf-8")
    kept = load(tmp_path)
    assert (kept.encoder.document_prefix, kept.encoder.download) == ("passage: ", True)
    with pytest.raises(InvalidSettings, match="preset"):
        load(tmp_path, preset="cheapest")


def test_an_answer_in_quotations_loads_no_torch(workspace: Path) -> None:
    """The packaged reader runs in ONNX Runtime; torch would take seconds and 200 MB."""
    program = (
        "import sys; from pathlib import Path; from assistant import Assistant; from assistant.settings import load;"
        "made = Assistant(load(Path(sys.argv[1]))); answer = made.ask('How many statements were heard?');"
        "print(made.session().reader.problem, answer.confidence is not None, 'torch' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", program, str(workspace)], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["None", "True", "False"]
