"""What one training step minimises, and how it is watched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn import functional

from assistant.reader.lists import Candidate
from assistant.reader.network import END, START, Batch, Network

_ABSOLUTE, _SPAN = 0.5, 0.25
"""Weights of "is this sentence evidence at all" and of the short answer's span beside the two choices among alternatives."""


@dataclass
class Averages:
    """Running means of figures, for people to watch."""

    decay: float
    _sums: dict[str, float] = field(default_factory=dict)
    _weights: dict[str, float] = field(default_factory=dict)

    def add(self, figures: Mapping[str, float]) -> None:
        """One step's figures; each step may have others."""
        for name, value in figures.items():
            self._sums[name] = self._sums.get(name, 0.0) * self.decay + value
            self._weights[name] = self._weights.get(name, 0.0) * self.decay + 1

    def as_dict(self) -> dict[str, float]:
        """The means."""
        return {name: self._sums[name] / self._weights[name] for name in self._sums}

    def __str__(self) -> str:
        return ", ".join(f"{name} {value:.3f}" for name, value in self.as_dict().items())


def lists_loss(network: Network, lists: Sequence[Sequence[Candidate]], chunk: int, device: torch.device) -> tuple[Tensor, dict[str, float]]:
    """The loss of a step and its figures.

    Of each list: the log-likelihood of what answers, in a softmax over its paragraphs and a fixed zero for "none of these"; of each
    paragraph that answers, that of its evidence among its sentences; of every sentence, whether it is evidence at all; and of short
    answers, their first and last token.
    """
    flat = [candidate for one in lists for candidate in one]
    relevance, sentences, tokens = _read(network, flat, chunk, device)
    choice, right, at = [], [], 0
    for one in lists:
        scores = torch.cat([relevance.new_zeros(1), relevance[at : at + len(one)]])
        gold = [number for number, candidate in enumerate(one, 1) if candidate.gold] or [0]
        choice.append(torch.logsumexp(scores, 0) - torch.logsumexp(scores[gold], 0))
        right.append((int(scores.argmax()) in gold, gold != [0]))
        at += len(one)
    among, absolute, spans = _evidence_losses(flat, sentences, tokens)
    loss = torch.stack(choice).mean()
    figures = {"choice": float(loss.detach())}
    for name, value, weight in (("sentence", among, 1.0), ("absolute", absolute, _ABSOLUTE), ("span", spans, _SPAN)):
        if value:
            mean = torch.stack(value).mean()
            loss = loss + weight * mean
            figures[name] = float(mean.detach())
    for name, kind in (("right", True), ("refused", False)):
        of_kind = [hit for hit, answerable in right if answerable is kind]
        if of_kind:
            figures[name] = sum(of_kind) / len(of_kind)
    return loss, figures


def _read(network: Network, flat: Sequence[Candidate], chunk: int, device: torch.device) -> tuple[Tensor, list[Tensor], list[Tensor]]:
    """Relevance, sentence scores and token scores of every candidate, read shortest first so that little is padded."""
    order = sorted(range(len(flat)), key=lambda at: len(flat[at].window.ids))
    relevance: list[Tensor] = [torch.empty(0)] * len(flat)
    sentences, tokens = list(relevance), list(relevance)
    for begin in range(0, len(order), chunk):
        part = order[begin : begin + chunk]
        windows = [flat[at].window for at in part]
        first, each = network(Batch.of(windows, device))
        scores, of_sentences = network.scores(windows, first, each)
        for row, at in enumerate(part):
            relevance[at], sentences[at], tokens[at] = scores[row], of_sentences[row], each[row]
    return torch.stack(relevance), sentences, tokens


def _evidence_losses(
    flat: Sequence[Candidate], sentences: Sequence[Tensor], tokens: Sequence[Tensor]
) -> tuple[list[Tensor], list[Tensor], list[Tensor]]:
    among, absolute, spans = [], [], []
    for candidate, scores, each in zip(flat, sentences, tokens, strict=True):
        if candidate.gold and candidate.evidence:
            among.append((torch.logsumexp(scores, 0) - scores[list(candidate.evidence)]).mean())
        if len(scores) and (candidate.evidence or not candidate.gold):
            truth = torch.zeros_like(scores)
            truth[list(candidate.evidence)] = 1.0
            absolute.append(functional.binary_cross_entropy_with_logits(scores, truth))
        if candidate.span:
            first, last = candidate.window.text
            for column, place in zip((START, END), candidate.span, strict=True):
                logits = each[first:last, column]
                spans.append(torch.logsumexp(logits, 0) - logits[place - first])
    return among, absolute, spans
