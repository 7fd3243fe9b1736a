"""The reader that comes with the package: trained/reader.safetensors over the packaged encoder, run by ONNX Runtime without torch.

The weights are verified by their SHA-256 in trained/reader.json, drawn as a graph in memory (`onnx_graph`) and handed to ONNX Runtime; no
other copy of them is written anywhere (docs/decisions/0010).
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from assistant.corpus.sentences import sentence_spans
from assistant.errors import ReaderProblem
from assistant.index.encoder import PACKAGED, FloatArray, describe, encoder_folder
from assistant.reader.onnx_graph import Shape, encoder_graph
from assistant.reader.pairs import PairTokenizer, Window
from assistant.reader.scoring import FROZEN, Calibration, ParagraphScore
from assistant.settings import EncoderSettings

FOLDER = Path(__file__).parent / "trained"
WEIGHTS, ABOUT = "reader.safetensors", "reader.json"
HEADS = {*(f"{head}.{part}" for head in ("tokens", "hidden", "relevance") for part in ("weight", "bias")), "mix"}
START, END, EVIDENCE = range(3)
"""The columns of the token head, as in `network`."""
_LONGEST_ANSWER = 30
"""Tokens of the longest short answer that is marked."""
_AGAIN = "Reinstall the package; until then sentences are chosen by likeness."


@dataclass(frozen=True, slots=True)
class Packaged:
    """A trained reader's files, read and verified."""

    calibration: Calibration
    revision: str
    quantised: bool


def read_about(folder: Path = FOLDER) -> Packaged:
    """What is known of the reader in `folder`; its weights are verified and not kept.

    Raises:
        ReaderProblem: a file is missing, damaged, or not what the other says.
    """
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        with (folder / WEIGHTS).open("rb") as stream:
            found = sha256_of(stream)
        expected, packaged = about["sha256"], Packaged(Calibration(**about["calibration"]), about["sha256"], bool(about["quantised"]))
    except OSError as error:
        raise ReaderProblem(f"the trained reader's {Path(str(error.filename)).name} cannot be read: {error.strerror}", _AGAIN) from None
    except (ValueError, KeyError, TypeError) as error:
        raise ReaderProblem(f"the trained reader's {ABOUT} cannot be read: {type(error).__name__} {error}", _AGAIN) from None
    if found != expected:
        raise ReaderProblem(f"the trained reader's {WEIGHTS} is damaged: its checksum is not the one in {ABOUT}", _AGAIN)
    return packaged


def sha256_of(stream: Any) -> str:
    """SHA-256 of an open file."""
    digest = sha256()
    while block := stream.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


class PackagedScorer:
    """Scores paragraphs with the network of `network.Network`, each window alone and without padding, in as many threads as there are
    cores: a paragraph's score is the same in any company.

    Raises:
        ReaderProblem: a file is missing or damaged, or ONNX Runtime cannot run it.
        InvalidSettings: the packaged encoder is not the pinned one.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        self.packaged = read_about(folder)
        settings = EncoderSettings(name=PACKAGED)
        describe(settings)
        base = encoder_folder(settings)
        try:
            self._open(base, folder)
        except Exception as error:  # neither ONNX Runtime nor safetensors raises anything narrower that they share
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise ReaderProblem(f"the trained reader cannot be run: {reason}", _AGAIN) from error

    def _open(self, base: Path, folder: Path) -> None:
        import onnxruntime
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        weights = {name: value.astype(np.float32) for name, value in load_file(base / "model.safetensors").items() if value.ndim}
        trained = {name: value.astype(np.float32) for name, value in load_file(folder / WEIGHTS).items()}
        expected = {f"encoder.{name}" for name in weights if not name.startswith("pooler.") and not f"encoder.{name}".startswith(FROZEN)}
        if trained.keys() != expected | HEADS:
            raise ValueError(f"its weights are of another network: {sorted(trained.keys() ^ (expected | HEADS))[0]}")
        weights |= {name.removeprefix("encoder."): value for name, value in trained.items() if name.startswith("encoder.")}
        config = json.loads((base / "config.json").read_text(encoding="utf-8"))
        shape = Shape(config["hidden_size"], config["num_attention_heads"], config["num_hidden_layers"], config["layer_norm_eps"])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # windows run beside each other instead
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        graph = encoder_graph(weights, shape, quantised=self.packaged.quantised)
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._words, self._places, self._segments = (
            weights[f"embeddings.{part}_embeddings.weight"] for part in ("word", "position", "token_type")
        )
        self._heads = {name: value for name, value in trained.items() if not name.startswith("encoder.")}
        self._tokenizer = PairTokenizer(Tokenizer.from_file(str(base / "tokenizer.json")))
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, "read")
        self._cached = lru_cache(maxsize=512)(self._score)

    def score(self, question: str, paragraphs: Sequence[tuple[str, str]]) -> list[ParagraphScore]:
        """One score for each (context, text), in order."""
        longest_first = sorted(range(len(paragraphs)), key=lambda at: -len(paragraphs[at][1]))  # so that the threads end together
        scores = dict(zip(longest_first, self._pool.map(lambda at: self._cached(question, *paragraphs[at]), longest_first), strict=True))
        return [scores[at] for at in range(len(paragraphs))]

    def _score(self, question: str, context: str, text: str) -> ParagraphScore:
        spans = sentence_spans(text)
        evidence, seen = [-math.inf] * len(spans), [0] * len(spans)
        best, answer = -math.inf, None
        for window in self._tokenizer.windows(question, context, text):
            states = self._states(window)
            tokens = states @ self._heads["tokens.weight"].T + self._heads["tokens.bias"]
            scores = [float(sentence_score(tokens[first:last, EVIDENCE])) for _, first, last in window.sentences]
            relevance = self._relevance(states, window, scores)
            if relevance > best:
                best, answer = relevance, _answer(tokens, window)
            for (number, first, last), score in zip(window.sentences, scores, strict=True):
                if last - first > seen[number]:  # of a sentence that two windows share, the longer part counts
                    evidence[number], seen[number] = score, last - first
        lowest = min((score for score in evidence if score > -math.inf), default=0.0)
        return ParagraphScore(best, tuple(score if score > -math.inf else lowest for score in evidence), answer)

    def _states(self, window: Window) -> FloatArray:
        ids = np.array(window.ids)
        segments = (np.arange(len(ids)) >= window.segment).astype(int)
        embedded = self._words[ids] + self._places[: len(ids)] + self._segments[segments]
        (states,) = self._session.run(None, {"embedded": embedded[None]})
        found: FloatArray = states[0]
        return found

    def _relevance(self, states: FloatArray, window: Window, sentences: Sequence[float]) -> float:
        heads, strength_likeness_bias = self._heads, self._heads["mix"]
        hidden = _gelu(heads["hidden.weight"] @ states[0] + heads["hidden.bias"])
        first = float((heads["relevance.weight"] @ hidden + heads["relevance.bias"])[0])
        asked, read = (_mean(states, span) for span in (window.question, window.text))
        likeness = float(asked @ read / max(float(np.linalg.norm(asked) * np.linalg.norm(read)), 1e-8))
        strength, weight, bias = (float(value) for value in strength_likeness_bias)
        share = float(np.logaddexp.reduce(sentences)) if sentences else 0.0
        return first + strength * share + weight * likeness + bias


def _mean(states: FloatArray, span: tuple[int, int]) -> FloatArray:
    """The mean state of some tokens, zeros where there are none."""
    mean: FloatArray = states[slice(*span)].sum(axis=0) / max(1, span[1] - span[0])
    return mean


def sentence_score(evidence: FloatArray) -> float:
    """As `network.sentence_score`: half the mean of a sentence's tokens, half the highest."""
    return float(evidence.mean() + evidence.max()) / 2


def _answer(tokens: FloatArray, window: Window) -> tuple[int, int] | None:
    """The characters from the likeliest first to the likeliest last token, not too far apart."""
    first, last = window.text
    if first == last:
        return None
    starts, ends = tokens[first:last, START], tokens[first:last, END]
    sums = np.triu(np.tril(starts[:, None] + ends[None, :] + 1e4, _LONGEST_ANSWER - 1))
    start, end = np.unravel_index(int(sums.argmax()), sums.shape)
    return window.offsets[int(start)][0], window.offsets[int(end)][1]


_erf = np.vectorize(math.erf, otypes=[np.float32])


def _gelu(values: FloatArray) -> FloatArray:
    result: FloatArray = 0.5 * values * (1 + _erf(values / math.sqrt(2)))
    return result
