"""Which reader the settings mean: the trained one, any cross-encoder, or likeness alone. Opened when the first question needs it.

A trained reader that is missing or damaged is named, and likeness takes its place: an answer is worth more than a stop.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from threading import Lock

from assistant.errors import AssistantError, InvalidSettings, ReaderProblem
from assistant.reader import Manner, Reader, Reading
from assistant.schema import Passage
from assistant.settings import PACKAGED_READER, SIMILARITY_READER, ReaderSettings

log = logging.getLogger(__name__)


class OpenedReader:
    """Opens the reader of the settings at the first question; `fallback` reads where that cannot be used. Safe for several threads."""

    def __init__(self, settings: ReaderSettings, fallback: Reader) -> None:
        self._settings, self._fallback = settings, fallback
        self._lock = Lock()
        self._reader: Reader | None = None
        self._problem: str | None = None

    def _open(self) -> Reader:
        with self._lock:
            if self._reader is None:
                try:
                    self._reader = load_reader(self._settings) or self._fallback
                except (ReaderProblem, InvalidSettings) as error:
                    log.warning("%s", error)
                    self._problem, self._reader = f"{error.what}; sentences were chosen by likeness", self._fallback
            return self._reader

    @property
    def manner(self) -> Manner:
        """How answers are made of its scores."""
        return self._open().manner

    @property
    def orders(self) -> bool:
        """Whether its readings order passages."""
        return self._open().orders

    @property
    def problem(self) -> str | None:
        """Why likeness reads instead of the reader that was asked for; None where all is well."""
        self._open()
        return self._problem

    def read(self, question: str, passages: Sequence[Passage]) -> Reading:
        """Reads `question` against `passages`; no passages give no spans and confidence 0."""
        return self._open().read(question, passages)


def load_reader(settings: ReaderSettings) -> Reader | None:
    """The reader that the settings mean, loaded; None for likeness alone.

    Raises:
        ReaderProblem: the packaged reader's files are missing or damaged, or cannot be run.
        InvalidSettings: no cross-encoder of that name is here, or it cannot be used.
    """
    if settings.name == SIMILARITY_READER:
        return None
    from assistant.reader.trained import TrainedReader

    if settings.name == PACKAGED_READER:
        from assistant.reader.packaged import PackagedScorer

        scorer = PackagedScorer()
        return TrainedReader(scorer, scorer.packaged.calibration)
    from assistant.reader.cross_encoder import CALIBRATION, load_cross_encoder

    return TrainedReader(load_cross_encoder(settings), CALIBRATION)


def describe_reader(settings: ReaderSettings) -> str:
    """One line on the reader that the settings mean, its files verified and not loaded.

    Raises:
        AssistantError: it cannot be used; quote mode would go on without it.
    """
    if settings.name == SIMILARITY_READER:
        return "sentences are chosen by likeness"
    try:
        if settings.name == PACKAGED_READER:
            import onnxruntime  # noqa: F401 - whether it is there

            from assistant.reader.packaged import read_about

            return f"the packaged reader, weights verified ({read_about().revision[:12]})"
        from assistant.index.encoder import safe_folder

        folder = safe_folder("reader", settings.name, settings.download, "use the packaged reader")
        return f"{folder.name}, safetensors"
    except ImportError as error:
        raise ReaderProblem(f"the trained reader needs {error.name}", "Install it: pip install onnxruntime") from None
    except AssistantError as error:
        raise ReaderProblem(f"{error.what}; quote mode goes on by likeness", error.step) from None
