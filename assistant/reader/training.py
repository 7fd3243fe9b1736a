"""What one training step minimises, and how it is watched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import Dataset

from assistant.reader.lists import Candidate, Drawn, candidates_of
from assistant.reader.network import END, NOTHING, START, Batch, Network
from assistant.reader.pairs import PairTokenizer

_ABSOLUTE, _SPAN = 0.5, 0.25
"""Weights of "is this sentence evidence at all" and of the short answer's span beside the two choices among alternatives."""


@dataclass
class Averages:
    """Running means of figures, for people to watch."""

    decay: float
    _sums: dict[str, Tensor | float] = field(default_factory=dict)
    _weights: dict[str, float] = field(default_factory=dict)

    def add(self, figures: Mapping[str, Tensor]) -> None:
        """One step's figures; each step may have others. They stay on their device until they are looked at."""
        for name, value in figures.items():
            self._sums[name] = self._sums.get(name, 0.0) * self.decay + value
            self._weights[name] = self._weights.get(name, 0.0) * self.decay + 1

    def as_dict(self) -> dict[str, float]:
        """The means."""
        return {name: float(self._sums[name]) / self._weights[name] for name in self._sums}

    def __str__(self) -> str:
        return ", ".join(f"{name} {value:.3f}" for name, value in self.as_dict().items())


@dataclass(frozen=True, slots=True)
class Labelled:
    """Some of a step's windows with what is true of them: tensors of a row each.

    `owner` (windows,) is the number of the window's list, `gold` (windows,) whether it answers, `evidence` (windows, sentences) which of
    its sentences do, and `span` (windows, 2) the first and last token of a short answer, -1 where there is none.
    """

    batch: Batch
    owner: Tensor
    gold: Tensor
    evidence: Tensor
    span: Tensor

    def to(self, device: torch.device) -> Labelled:
        """The same on `device`."""
        truth = (self.owner, self.gold, self.evidence, self.span)
        return Labelled(self.batch.to(device), *(tensor.to(device, non_blocking=True) for tensor in truth))


@dataclass(frozen=True)
class Prepared(Dataset[list[Labelled]]):
    """The steps of a plan as tensors, by number."""

    plan: Sequence[tuple[int, Sequence[Drawn]]]
    texts: Mapping[str, tuple[str, str]]
    tokenizer: PairTokenizer
    seed: int
    chunk: int

    def __len__(self) -> int:
        return len(self.plan)

    def __getitem__(self, number: int) -> list[Labelled]:
        turn, drawn = self.plan[number]
        return labelled([candidates_of(item, self.texts, self.tokenizer, self.seed, turn) for item in drawn], self.chunk)


def labelled(lists: Sequence[Sequence[Candidate]], chunk: int) -> list[Labelled]:
    """A step's candidates in batches of `chunk` windows, shortest first so that little is padded."""
    flat = [(number, candidate) for number, one in enumerate(lists) for candidate in one]
    flat.sort(key=lambda pair: len(pair[1].window.ids))
    return [_label(flat[begin : begin + chunk]) for begin in range(0, len(flat), chunk)]


def _label(rows: Sequence[tuple[int, Candidate]]) -> Labelled:
    candidates = [candidate for _, candidate in rows]
    evidence = torch.zeros(len(rows), max(1, *(len(candidate.window.sentences) for candidate in candidates)), dtype=torch.bool)
    for row, candidate in enumerate(candidates):
        evidence[row, list(candidate.evidence)] = True
    return Labelled(
        Batch.of([candidate.window for candidate in candidates]),
        torch.tensor([number for number, _ in rows]),
        torch.tensor([candidate.gold for candidate in candidates]),
        evidence,
        torch.tensor([candidate.span or (-1, -1) for candidate in candidates]),
    )


def lists_loss(network: Network, step: Sequence[Labelled]) -> tuple[Tensor, dict[str, Tensor]]:
    """The loss of a step and its figures.

    Of each list: the log-likelihood of what answers, in a softmax over its paragraphs and a fixed zero for "none of these"; of each
    paragraph that answers, that of its evidence among its sentences; of every sentence, whether it is evidence at all; and of short
    answers, their first and last token.
    """
    relevance: list[Tensor] = []
    parts: dict[str, list[Tensor]] = {"sentence": [], "absolute": [], "span": []}
    for part in step:
        with torch.autocast(part.gold.device.type, torch.bfloat16, enabled=part.gold.is_cuda):
            first, tokens = network(part.batch)
        scores, sentences = network.scores(part.batch, first.float(), tokens.float())
        relevance.append(scores)
        for name, values in zip(parts, _evidence_losses(part, sentences, tokens.float()), strict=True):
            parts[name].append(values)
    loss, figures = _choice_loss(torch.cat(relevance), torch.cat([part.owner for part in step]), torch.cat([part.gold for part in step]))
    for (name, found), weight in zip(parts.items(), (1.0, _ABSOLUTE, _SPAN), strict=True):
        of_all = torch.cat(found)
        if len(of_all):
            loss = loss + weight * of_all.mean()
            figures[name] = of_all.mean().detach()
    return loss, figures


def _choice_loss(relevance: Tensor, owner: Tensor, gold: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
    """Column 0 of the (lists, 1 + windows) scores is "none of these", which is right where nothing in the list answers."""
    own = owner == torch.arange(int(owner.max()) + 1, device=owner.device).unsqueeze(1)
    none = relevance.new_zeros(len(own), 1)
    scores = torch.cat([none, torch.where(own, relevance, NOTHING)], 1)
    answerable = (own & gold).any(1)
    right = torch.cat([~answerable.unsqueeze(1), own & gold], 1)
    chosen = torch.logsumexp(torch.where(right, scores, NOTHING), 1)
    losses = torch.logsumexp(scores, 1) - chosen
    hits = right.gather(1, scores.argmax(1, keepdim=True)).squeeze(1)
    figures = {"choice": losses.mean().detach()}
    for name, of_kind in (("right", answerable), ("refused", ~answerable)):
        if of_kind.any():
            figures[name] = hits[of_kind].float().mean()
    return losses.mean(), figures


def _evidence_losses(part: Labelled, sentences: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """One value a window that has one: of its evidence among its sentences, of each sentence by itself, of the short answer's ends."""
    there, evidence = sentences > NOTHING / 2, part.evidence.float()
    shows = part.evidence.any(1)
    among = ((torch.logsumexp(sentences, 1, keepdim=True) - sentences) * evidence).sum(1) / evidence.sum(1).clamp(min=1)
    each = functional.binary_cross_entropy_with_logits(sentences, evidence, reduction="none")
    absolute = (each * there).sum(1) / there.sum(1).clamp(min=1)
    spanned = part.span[:, 0] >= 0
    logits = torch.where(part.batch.text[spanned].unsqueeze(2) > 0, tokens[spanned][..., [START, END]], NOTHING)
    ends = functional.cross_entropy(logits, part.span[spanned], reduction="none")
    return among[part.gold & shows], absolute[there.any(1) & (shows | ~part.gold)], ends.flatten()
