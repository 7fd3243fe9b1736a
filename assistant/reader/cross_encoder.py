"""Any cross-encoder of sentence-transformers as a `Scorer`, by name or folder: stronger or multilingual, for machines that may download."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.corpus.sentences import sentence_spans
from assistant.errors import InvalidSettings
from assistant.index.encoder import safe_folder
from assistant.reader.scoring import Calibration, ParagraphScore
from assistant.settings import ReaderSettings

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

CALIBRATION = Calibration(fusion=2.0, slope=1.0, intercept=0.0, threshold=0.3, confident=0.6, ratio=0.5, sentences=3)
"""A cross-encoder's logit is taken as it is: nothing is known of how one that we have not seen was trained."""
_READ_CLOSELY = 3
"""Of so many of the best paragraphs the sentences are scored one by one; for those of the others their paragraph's score stands."""


def load_cross_encoder(settings: ReaderSettings) -> CrossEncoderScorer:
    """The cross-encoder that the settings name; safetensors only, nothing is downloaded unless `download`.

    Raises:
        InvalidSettings: there is none of that name here, or it is no cross-encoder.
    """
    folder = safe_folder("reader", settings.name, settings.download, "use the packaged reader")
    from safetensors import SafetensorError
    from sentence_transformers import CrossEncoder
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers ships it untyped
    try:
        model = CrossEncoder(str(folder), device="cpu", local_files_only=True)
    except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
        raise InvalidSettings(f"reader {settings.name!r} cannot be loaded: {error}", "Name a folder of a cross-encoder.") from None
    if model.num_labels != 1:
        raise InvalidSettings(f"reader {settings.name!r} gives {model.num_labels} scores", "Name a cross-encoder that gives one.")
    return CrossEncoderScorer(model)


class CrossEncoderScorer:
    """Scores a paragraph by its text with title and headings, and the sentences of the best paragraphs one by one."""

    def __init__(self, model: CrossEncoder) -> None:
        self._model = model

    def score(self, question: str, paragraphs: Sequence[tuple[str, str]]) -> list[ParagraphScore]:
        """One score for each (context, text), in order."""
        relevance = self._predict([(question, " ".join(filter(None, pair))) for pair in paragraphs])
        spans = [sentence_spans(text) for _, text in paragraphs]
        closely = sorted(range(len(paragraphs)), key=lambda at: (-relevance[at], at))[:_READ_CLOSELY]
        sentences = [(at, question, paragraphs[at][1][start:end]) for at in closely for start, end in spans[at]]
        scored = iter(self._predict([(asked, sentence) for _, asked, sentence in sentences]))
        evidence = {at: tuple(next(scored) for _ in spans[at]) for at in closely}
        return [ParagraphScore(relevance[at], evidence.get(at, (relevance[at],) * len(spans[at]))) for at in range(len(paragraphs))]

    def _predict(self, pairs: list[tuple[str, str]]) -> list[float]:
        import torch

        if not pairs:
            return []
        scores = self._model.predict(pairs, batch_size=8, activation_fn=torch.nn.Identity(), show_progress_bar=False)
        return [float(score) for score in scores]
