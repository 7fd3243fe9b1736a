"""One training run: what is to be learnt, how far it is, and how it is saved so that it can go on."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import InvalidSettings, UsageError

if TYPE_CHECKING:
    import torch

    from assistant.reader.lists import Drawn, Source
    from assistant.reader.network import Network
    from assistant.reader.training import Labelled

WEIGHTS, RECORD, STATE = "weights.safetensors", "training.json", "state.safetensors"
_HEAD_RATE = 10
"""The heads begin from nothing and learn this many times faster than the encoder; the three scalars ten times faster again."""
_CHUNK, _CHUNK_GPU = 8, 512
"""Windows in one forward pass: on a GPU all of a step's, for many small passes leave it idle."""
_WORKERS = 4
"""Processes that prepare steps for a GPU; one prepares two to four thousand windows a second."""
_REMEMBERED = 4096
"""Texts whose tokens are kept: about 100 MB in each process."""
_SAVE_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides what is learnt, but for the data."""

    passes: float
    lists: int
    negatives: int
    removed: float
    rate: float
    warm_up: float
    seed: int
    dropout: float
    start: str | None
    """SHA-256 of the weights it begins from; None for the packaged encoder."""
    held: int = 0
    """How many layers, from the first, stay as they are: a step over the upper half takes two thirds of the time."""


def sha256_of_file(path: Path) -> str:
    """Of a file's content.

    Raises:
        UsageError: it cannot be read.
    """
    from hashlib import sha256

    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", "Name weights that training wrote.") from None


class Trainer:
    """One run: what is to be learnt, how far it is, and how it is saved."""

    def __init__(
        self, encoder: Path, sources: Sequence[Source], recipe: Recipe, record: Mapping[str, Any], out: Path, start: Path | None
    ) -> None:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        import torch
        from safetensors.torch import load_file
        from tokenizers import Tokenizer

        from assistant.reader.network import load_trained, new_network
        from assistant.reader.pairs import PairTokenizer

        torch.manual_seed(recipe.seed)
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.network = new_network(encoder, recipe.dropout, recipe.held)
        if start:
            load_trained(self.network, {name: value.float() for name, value in load_file(start).items()})
        self.network.to(self.device).train()
        self.tokenizer = PairTokenizer(Tokenizer.from_file(str(encoder / "tokenizer.json")), _REMEMBERED)
        self.recipe, self.record, self.out = recipe, record, out
        self.texts = {place: pair for source in sources for place, pair in source.texts.items()}
        self.plan = _plan(sources, recipe)
        self.optimiser = _optimiser(self.network, recipe.rate)
        self.done = 0
        self.seconds = 0.0
        self.pairs = 0

    def run(self, stop: int | None = None) -> None:
        """Trains to the end or to step `stop`, from the last checkpoint where there is one, and writes the weights in half precision."""
        from assistant.reader.training import Averages, lists_loss

        self._resume()
        means = Averages(decay=0.98)
        begin = saved = time.monotonic()
        first, before = self.done, self.seconds
        last = min(len(self.plan), stop or len(self.plan))
        for step in self._steps(last):
            for group in self.optimiser.param_groups:
                group["lr"] = group["full_rate"] * _rate(self.done, len(self.plan), self.recipe.warm_up)
            self.optimiser.zero_grad(set_to_none=True)
            loss, figures = lists_loss(self.network, [part.to(self.device) for part in step])
            loss.backward()  # type: ignore[no-untyped-call]  # torch ships it untyped
            self._clip()
            self.optimiser.step()
            self.done += 1
            self.pairs += sum(len(part.gold) for part in step)
            means.add(figures)
            now = time.monotonic()
            self.seconds = before + now - begin
            if self.done % 20 == 0 or self.done == last:
                left = (now - begin) / (self.done - first) * (last - self.done)
                sys.stderr.write(f"step {self.done} of {len(self.plan)}, {self.pairs} pairs, {left / 60:.1f} min left: {means}\n")
                sys.stderr.flush()
            if now - saved > _SAVE_SECONDS:
                self._save()
                saved = time.monotonic()
        self._save()
        self._finish(means.as_dict())

    def _steps(self, last: int) -> Iterator[list[Labelled]]:
        """The steps to come, prepared in other processes while a GPU is busy."""
        from torch.utils.data import DataLoader

        from assistant.reader.training import Prepared

        ahead = self.device.type == "cuda"
        steps = Prepared(self.plan, self.texts, self.tokenizer, self.recipe.seed, _CHUNK_GPU if ahead else _CHUNK)
        workers = min(_WORKERS, max(1, (os.cpu_count() or 1) - 1)) if ahead else 0
        yield from DataLoader(steps, batch_size=None, sampler=range(self.done, last), num_workers=workers)

    def _clip(self) -> None:
        import torch

        torch.nn.utils.clip_grad_norm_([p for p in self.network.parameters() if p.requires_grad], 1.0)

    def _save(self) -> None:
        """Weights and moments, written beside the last checkpoint and put in its place."""
        from safetensors.torch import save_file

        from assistant.reader.network import trained_part

        tensors = {f"weight.{name}": value.contiguous() for name, value in trained_part(self.network).items()}
        for number, state in self.optimiser.state_dict()["state"].items():
            tensors |= {f"moment.{number}.{name}": value.detach().cpu().contiguous() for name, value in state.items()}
        about = {"done": self.done, "seconds": self.seconds, "pairs": self.pairs, "record": self.record}
        beside = self.out / f"{STATE}.new"
        save_file(tensors, beside, metadata={"about": json.dumps(about, sort_keys=True)})
        beside.replace(self.out / STATE)

    def _resume(self) -> None:
        from safetensors import SafetensorError, safe_open

        from assistant.reader.network import load_trained

        if not (self.out / STATE).is_file():
            return
        try:
            with safe_open(self.out / STATE, "pt") as kept:
                about = json.loads(kept.metadata()["about"])
                tensors = {name: kept.get_tensor(name) for name in kept.keys()}  # noqa: SIM118 - not a mapping
        except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{self.out / STATE} cannot be read: {error}", "Remove it to begin anew.") from None
        if about["record"] != json.loads(json.dumps(self.record)):
            raise UsageError(f"{self.out} holds another training", "Give the same data and options, or another --out.")
        load_trained(self.network, {name[7:]: value for name, value in tensors.items() if name.startswith("weight.")})
        state: dict[int, dict[str, torch.Tensor]] = {}
        for name, value in tensors.items():
            if name.startswith("moment."):
                _, number, kind = name.split(".", 2)
                state.setdefault(int(number), {})[kind] = value
        self.optimiser.load_state_dict({"state": state, "param_groups": self.optimiser.state_dict()["param_groups"]})
        self.done, self.seconds, self.pairs = about["done"], about["seconds"], about["pairs"]
        sys.stderr.write(f"goes on after step {self.done} of {len(self.plan)}\n")

    def _finish(self, figures: Mapping[str, float]) -> None:
        import torch
        from safetensors.torch import save_file

        from assistant.reader.network import trained_part

        halves = {name: value.to(torch.float16).contiguous() for name, value in trained_part(self.network).items()}
        save_file(halves, self.out / WEIGHTS)
        packages = {name: version(name) for name in ("torch", "transformers", "tokenizers")}
        result = {
            **self.record,
            "steps": self.done,
            "pairs": self.pairs,
            "seconds": round(self.seconds),
            "cores": os.cpu_count(),
            "device": str(self.device),
            "last": {name: round(value, 4) for name, value in figures.items()},
            "versions": packages | {"python": platform.python_version()},
            "weights_sha256": sha256_of_file(self.out / WEIGHTS),
        }
        (self.out / RECORD).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        sys.stderr.write(f"wrote {self.out / WEIGHTS}\n")


def _plan(sources: Iterable[Source], recipe: Recipe) -> list[tuple[int, list[Drawn]]]:
    """Every step of the run, as (pass, lists)."""
    from assistant.reader.lists import draw, steps

    whole = int(recipe.passes)
    plan: list[tuple[int, list[Drawn]]] = []
    for turn in range(whole + (recipe.passes > whole)):
        drawn = [item for source in sources for item in draw(source, recipe.negatives, recipe.removed, recipe.seed, turn)]
        made = steps(drawn, recipe.lists, recipe.seed, turn)
        part = made if turn < whole else made[: int(len(made) * (recipe.passes - whole))]
        plan += [(turn, step) for step in part]
    if not plan:
        raise InvalidSettings("there is nothing to train on", "Give data with questions, and --passes above 0.")
    return plan


def _rate(step: int, steps: int, warm_up: float) -> float:
    """Linear up, then linear down to a twentieth."""
    rising = max(1, int(steps * warm_up))
    return (step + 1) / rising if step < rising else max(0.05, (steps - step) / max(1, steps - rising))


def _optimiser(network: Network, rate: float) -> torch.optim.AdamW:
    import torch

    encoder = [p for p in network.encoder.parameters() if p.requires_grad]
    heads = [p for part in (network.tokens, network.hidden, network.relevance) for p in part.parameters()]
    groups = [
        {"params": encoder, "full_rate": rate, "weight_decay": 0.01},
        {"params": heads, "full_rate": rate * _HEAD_RATE, "weight_decay": 0.0},
        {"params": [network.mix], "full_rate": rate * _HEAD_RATE * 10, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=rate)
