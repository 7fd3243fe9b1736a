"""The mean of several training runs' weights, in half precision: a model soup (Wortsman and others 2022, arXiv:2203.05482).

    python eval/bench/average_readers.py OUT.safetensors RUN/weights.safetensors…

Runs from one beginning lie close enough to each other for it. A layer that a run left as it is packaged counts as packaged.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from assistant.index.encoder import PACKAGED, encoder_folder
from assistant.reader.scoring import FROZEN
from assistant.settings import EncoderSettings


def average(runs: list[dict[str, np.ndarray]], packaged: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The mean of each weight over the runs; what a run does not hold is taken from `packaged`."""
    names = sorted(set().union(*runs))
    stacks = {name: [np.float32(run.get(name, packaged.get(name))) for run in runs] for name in names}
    return {name: np.mean(stack, 0).astype(np.float16) for name, stack in stacks.items()}


def main() -> None:
    """Reads, averages, writes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("runs", nargs="+", type=Path)
    options = parser.parse_args()
    base = load_file(encoder_folder(EncoderSettings(name=PACKAGED)) / "model.safetensors")
    names = (f"encoder.{name}" for name in base)
    packaged = {name: np.float16(base[name.removeprefix("encoder.")]) for name in names if not name.startswith(FROZEN)}
    save_file(average([load_file(path) for path in options.runs], packaged), options.out)


if __name__ == "__main__":
    main()
