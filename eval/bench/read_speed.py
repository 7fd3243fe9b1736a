"""How long a question takes over ten passages, by the packaged reader in ONNX Runtime and by the same network in torch, in turn.

    python eval/bench/read_speed.py [WORKSPACE] [--questions 20]

Medians and 95th percentiles in milliseconds, warm; no paragraph is read twice with the same question, so nothing comes from a cache.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from assistant.answer.engine import Assistant
from assistant.index.context import context_of
from assistant.index.encoder import PACKAGED, encoder_folder
from assistant.reader.network import Batch, load_trained, new_network
from assistant.reader.packaged import FOLDER, WEIGHTS, PackagedScorer
from assistant.settings import EncoderSettings, load

ASKED = (
    "What did the Chair say on stakeholders?", "How many statements were heard?", "When is the next session?", "Who was thanked?",
    "Which proposals were made?", "Why was the session productive?", "What are the next steps?", "Is there political commitment?",
    "How should trust be built?", "What was said on capacity-building?",
)  # fmt: skip


def main() -> None:
    """Reads the same passages both ways and prints the times."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("workspace", nargs="?", type=Path, default=Path())
    parser.add_argument("--questions", type=int, default=20)
    options = parser.parse_args()
    searcher = Assistant(load(options.workspace)).session().searcher
    scorer = PackagedScorer()
    network = new_network(encoder_folder(EncoderSettings(name=PACKAGED))).eval()
    load_trained(network, {name: value.float() for name, value in load_file(FOLDER / WEIGHTS).items()})
    times: dict[str, list[float]] = {"ONNX Runtime": [], "torch": []}
    tokens = []
    for number in range(options.questions + 2):
        question = f"{ASKED[number % len(ASKED)]} {'Please. ' * (number // len(ASKED))}"
        texts = [(context_of(p.document, p.paragraph), p.paragraph.text) for p in searcher.search(question, top=10)]
        begin = time.perf_counter()
        scorer.score(question, texts)
        middle = time.perf_counter()
        windows = sorted((w for c, t in texts for w in scorer._tokenizer.windows(question, c, t)), key=lambda w: len(w.ids))
        with torch.inference_mode():
            for at in range(0, len(windows), 4):
                network(Batch.of(windows[at : at + 4]))
        end = time.perf_counter()
        if number >= 2:  # the first two warm up
            times["ONNX Runtime"].append((middle - begin) * 1e3)
            times["torch"].append((end - middle) * 1e3)
            tokens.append(sum(len(window.ids) for window in windows))
    sys.stderr.write(f"{options.questions} questions over ten passages, {np.mean(tokens):.0f} tokens each question\n")
    for name, values in times.items():
        sys.stderr.write(f"{name}: median {np.median(values):.0f} ms, 95th percentile {np.percentile(values, 95):.0f} ms\n")


if __name__ == "__main__":
    main()
