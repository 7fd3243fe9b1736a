"""The trained reader's network, in torch: the packaged encoder reads question and paragraph together, and three heads say what it saw.

The encoder's word vectors stay as they were, so that what training changed is small enough to ship.
`onnx_graph` draws the same network for ONNX Runtime; the two are compared in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from transformers import BertModel
from transformers.utils import logging

from assistant.reader.pairs import Window
from assistant.reader.scoring import FROZEN

if TYPE_CHECKING:
    from transformers import BertConfig

NOTHING = -1e4
"""The score of what is not there: far below any other, and finite so that its gradient is zero and not undefined."""
START, END, EVIDENCE = range(3)
"""The columns of the token head: the first and the last token of a short answer, and how much a token speaks for its sentence."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows padded to the longest: int64 and float32 tensors of shape (windows, tokens). `sentence` holds for each token the place
    of its sentence in `Window.sentences`, -1 outside of them."""

    ids: Tensor
    types: Tensor
    mask: Tensor
    question: Tensor
    text: Tensor
    sentence: Tensor

    @classmethod
    def of(cls, windows: Sequence[Window]) -> Batch:
        """Windows as tensors."""
        longest = max(len(window.ids) for window in windows)
        ids, types = (torch.zeros(len(windows), longest, dtype=torch.long) for _ in range(2))
        mask, question, text = (torch.zeros(len(windows), longest) for _ in range(3))
        sentence = torch.full((len(windows), longest), -1)
        for row, window in enumerate(windows):
            size = len(window.ids)
            ids[row, :size] = torch.tensor(window.ids)
            types[row, window.segment : size] = 1
            mask[row, :size] = 1
            question[row, slice(*window.question)] = 1
            text[row, slice(*window.text)] = 1
            for place, (_, first, last) in enumerate(window.sentences):
                sentence[row, first:last] = place
        return cls(ids, types, mask, question, text, sentence)

    def to(self, device: torch.device) -> Batch:
        """The same on `device`."""
        return Batch(*(getattr(self, name).to(device, non_blocking=True) for name in self.__slots__))


class Network(nn.Module):
    """One score a window for "this paragraph answers", and three numbers a token.

    relevance = MLP([CLS]) + strength * log-sum-exp of the sentences' scores + likeness * cosine of the means over question and text + bias

    The last layer of the MLP begins at zero and the cosine with a weight, so that training begins from what an encoder knows and not
    from noise: from the packaged encoder, [CLS] alone learnt nothing in one pass.
    """

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder
        size = encoder.config.hidden_size
        self.tokens = nn.Linear(size, 3)
        self.hidden = nn.Linear(size, size)
        self.relevance = nn.Linear(size, 1)
        self.mix = nn.Parameter(torch.tensor([1.0, 5.0, -3.0]))  # strength, likeness, bias
        nn.init.zeros_(self.relevance.weight)
        nn.init.zeros_(self.relevance.bias)
        nn.init.normal_(self.tokens.weight, std=0.02)
        nn.init.zeros_(self.tokens.bias)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """(windows,) relevance without the sentences' share, and (windows, tokens, 3) of the token head."""
        states = self.encoder(input_ids=batch.ids, token_type_ids=batch.types, attention_mask=batch.mask.long()).last_hidden_state
        asked, read = _mean(states, batch.question), _mean(states, batch.text)
        first = self.relevance(nn.functional.gelu(self.hidden(states[:, 0]))).squeeze(-1)
        likeness = nn.functional.cosine_similarity(asked, read, dim=-1)
        return first + self.mix[1] * likeness + self.mix[2], self.tokens(states)

    def scores(self, batch: Batch, relevance: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """(windows,) relevance with the sentences' share, and (windows, sentences) the sentences' scores, `NOTHING` where there is none."""
        sentences = sentence_scores(batch.sentence, tokens[..., EVIDENCE])
        shares = torch.where(batch.sentence.amax(1) >= 0, torch.logsumexp(sentences, 1), 0.0)
        return relevance + self.mix[0] * shares, sentences


def sentence_scores(sentence: Tensor, evidence: Tensor) -> Tensor:
    """Of each sentence half the mean of its tokens' evidence, half the highest, so that neither length nor one word decides.

    `sentence` and `evidence` are (windows, tokens); the result is (windows, sentences of the longest window, at least 1).
    """
    places = torch.arange(max(1, int(sentence.max()) + 1), device=sentence.device)
    own = sentence.unsqueeze(1) == places[None, :, None]
    count = own.sum(2)
    mean = (own * evidence.unsqueeze(1)).sum(2) / count.clamp(min=1)
    highest = torch.where(own, evidence.unsqueeze(1), NOTHING).amax(2)
    return torch.where(count > 0, (mean + highest) / 2, NOTHING)


def _mean(states: Tensor, chosen: Tensor) -> Tensor:
    return (states * chosen.unsqueeze(-1)).sum(1) / chosen.sum(1, keepdim=True).clamp(min=1)


def new_network(folder: Path, dropout: float = 0.0, held: int = 0) -> Network:
    """An untrained network over the encoder in `folder`; its first `held` layers are not trained."""
    # The pooling layer that is left out would be reported.
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # transformers ships it untyped
    encoder = BertModel.from_pretrained(
        str(folder), add_pooling_layer=False, attn_implementation="sdpa", hidden_dropout_prob=dropout, attention_probs_dropout_prob=dropout
    )
    network = Network(encoder)
    fixed = (*FROZEN, *(f"encoder.encoder.layer.{layer}." for layer in range(held)))
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(not name.startswith(fixed))
    return network


def trained_part(network: Network) -> dict[str, Tensor]:
    """The weights that training changes, by name: all but what is frozen."""
    return {name: value.detach().cpu() for name, value in network.state_dict().items() if not name.startswith(FROZEN)}


def load_trained(network: Network, weights: Mapping[str, Tensor]) -> None:
    """Puts trained weights into a new network.

    Raises:
        RuntimeError: they are of another network.
    """
    missing, unknown = network.load_state_dict(weights, strict=False)
    if unknown or any(not name.startswith(FROZEN) for name in missing):
        raise RuntimeError(f"weights of another network: {[*unknown, *missing][:3]}")


def configuration(network: Network) -> BertConfig:
    """The encoder's shape."""
    return network.encoder.config
