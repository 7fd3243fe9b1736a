"""Every error that a person can meet, caught by name, each with its next step and its exit code.

AssistantError                    1  a check or a bar failed
├── UsageError                    2  the request cannot be carried out as given
│   ├── EmptyQuestion                a question of nothing but spaces
│   ├── UnknownReference             a document or paragraph that is not in the index
│   ├── InvalidSettings              a setting, a flag or an environment variable
│   ├── InvalidPlan                  a briefing's plan, or a text with placeholders; names file and line
│   ├── InvalidTemplate              a Word file that a briefing cannot take its styles from
│   └── MissingExtra                 an optional dependency; the message names the pip line
├── CorpusError                   2  there is nothing to read, or it cannot be read
│   ├── EmptyCorpus                  no document in the folder
│   ├── UnreadableDocument           one file; an index run names it, skips it and goes on
│   └── InvalidCatalogue             catalogue.toml
├── GoldError                     2  a gold set that cannot be trusted; names the line
├── BriefingError                 1  a briefing that cannot be written, or whose quotations changed
├── IndexProblem                  3  the index cannot be used
│   ├── NoIndex                      nothing has been indexed yet
│   ├── DamagedIndex                 a file is missing or its checksum differs
│   ├── MismatchedIndex              built with another encoder, dimension or splitter
│   ├── IndexLocked                  another process is writing
│   └── UnreachableStore             Milvus is not there, or does not do what it is asked
├── ReaderProblem                 3  the trained reader's files cannot be used; quote mode goes on without it, and says so
└── ModelError                    4  a language model's endpoint; quote mode answers unless --no-fallback
    ├── Unreachable                  nobody answers at its address
    └── PromptTooLong                the endpoint says that the prompt does not fit its window
"""

from __future__ import annotations

__all__ = [
    "AssistantError",
    "BriefingError",
    "CorpusError",
    "DamagedIndex",
    "EmptyCorpus",
    "EmptyQuestion",
    "GoldError",
    "IndexLocked",
    "IndexProblem",
    "InvalidCatalogue",
    "InvalidPlan",
    "InvalidSettings",
    "InvalidTemplate",
    "MismatchedIndex",
    "MissingExtra",
    "ModelError",
    "NoIndex",
    "PromptTooLong",
    "ReaderProblem",
    "UnknownReference",
    "Unreachable",
    "UnreachableStore",
    "UnreadableDocument",
    "UsageError",
]


class AssistantError(Exception):
    """Something a person can act on. `what` names the thing and what is wrong, `step` is what to do next.

    Printed as one line: "what: step".
    """

    exit_code = 1

    def __init__(self, what: str, step: str = "") -> None:
        self.what = " ".join(what.split()).rstrip(".")
        self.step = " ".join(step.split())
        super().__init__(f"{self.what}. {self.step}".strip() if self.step else f"{self.what}.")


class UsageError(AssistantError):
    """The request cannot be carried out as given."""

    exit_code = 2


class EmptyQuestion(UsageError):
    """A question of nothing but spaces."""

    def __init__(self) -> None:
        super().__init__("the question is empty", 'Ask one in words: assistant ask "What did the Chair say on stakeholders?"')


class UnknownReference(UsageError):
    """A document or a paragraph that is not in the index."""


class InvalidSettings(UsageError):
    """A setting that cannot be used."""


class InvalidPlan(UsageError):
    """A briefing's plan, or a text with placeholders, that cannot be carried out; names the file and the line."""


class InvalidTemplate(UsageError):
    """A Word file that a briefing cannot take its styles from."""


class MissingExtra(UsageError):
    """An optional dependency is not installed."""


class CorpusError(AssistantError):
    """There is nothing to read, or it cannot be read."""

    exit_code = 2


class EmptyCorpus(CorpusError):
    """No document in the folder."""


class UnreadableDocument(CorpusError):
    """One file that cannot be read as a document."""


class InvalidCatalogue(CorpusError):
    """The catalogue of metadata cannot be used."""


class GoldError(AssistantError):
    """A gold set that cannot be trusted."""

    exit_code = 2


class BriefingError(AssistantError):
    """A briefing that cannot be written, or whose quotations are not in the index any more."""


class IndexProblem(AssistantError):
    """The index cannot be used."""

    exit_code = 3


class NoIndex(IndexProblem):
    """Nothing has been indexed yet."""


class DamagedIndex(IndexProblem):
    """A file of the index is missing, or is not what was published."""


class MismatchedIndex(IndexProblem):
    """The index was built with another encoder, dimension or splitter than the one in use."""


class IndexLocked(IndexProblem):
    """Another process is writing the index."""


class UnreachableStore(IndexProblem):
    """Milvus is not there, or does not do what it is asked."""


class ReaderProblem(AssistantError):
    """The trained reader's files are missing or damaged, or cannot be run."""

    exit_code = 3


class ModelError(AssistantError):
    """A language model's endpoint failed."""

    exit_code = 4


class Unreachable(ModelError):
    """Nobody answers at the endpoint's address; asking again at once would not help."""


class PromptTooLong(ModelError):
    """The endpoint says that the prompt does not fit the model's window; `window` is the window in tokens where it names one."""

    def __init__(self, what: str, step: str = "", window: int | None = None) -> None:
        self.window = window
        super().__init__(what, step)
