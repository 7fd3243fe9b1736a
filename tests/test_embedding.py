"""A long build that is interrupted goes on where it stopped; what it kept is checked, and is gone when it is no longer needed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from encoders import WordLengthEncoder
from workspaces import Corpus

from assistant.cli import main
from assistant.errors import IndexProblem
from assistant.index import embedding
from assistant.index.embedding import KEPT
from assistant.index.encoder import FloatArray, TextKind
from assistant.index.generations import verify

pytestmark = pytest.mark.usefixtures("reading_here")


class Stopping(WordLengthEncoder):
    """Is interrupted when it has encoded so many documents."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def encode(self, texts: Sequence[str], *, kind: TextKind) -> FloatArray:
        """As word lengths, or an interrupt."""
        if len(self.encoded) >= self.after:
            raise KeyboardInterrupt
        return super().encode(texts, kind=kind)


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    """Fifty paragraphs, embedded in blocks of ten, not yet built."""
    monkeypatch.setattr(embedding, "_BLOCK", 10)
    made = Corpus(tmp_path)
    for number in range(5):
        made.write(f"{number}.txt", *(f"Paragraph {'x' * number} of {'y' * at}." for at in range(10)))
    return made


def test_an_interrupted_build_goes_on_where_it_stopped(corpus: Corpus) -> None:
    """Thirty of fifty were embedded: the next build embeds the other twenty, and leaves nothing behind."""
    with pytest.raises(KeyboardInterrupt):
        corpus.build(Stopping(after=30))
    assert len(list((corpus.settings.index / KEPT).iterdir())) == 3
    told: list[tuple[str, int, int]] = []
    report, embedded = corpus.build(progress=lambda *step: told.append(step))
    assert (len(embedded), report.embedded) == (20, 20)
    assert ("embedding paragraphs", 0, 20) in told
    assert not (corpus.settings.index / KEPT).exists()
    assert verify(corpus.settings.index) == []
    assert corpus.current().vectors.all_vectors() == pytest.approx(
        WordLengthEncoder().encode([text for _, text in sorted(corpus.texts().items(), key=order)], kind="query"), abs=1e-6
    )


def order(item: tuple[str, str]) -> tuple[str, int]:
    """By document, then by number."""
    document, _, label = item[0].partition("#")
    return document, int(label)


def test_what_is_not_whole_is_embedded_again(corpus: Corpus) -> None:
    """A kept block with a changed byte, one that was cut short and a foreign file are not used."""
    with pytest.raises(KeyboardInterrupt):
        corpus.build(Stopping(after=40))
    one, two, *_ = sorted((corpus.settings.index / KEPT).iterdir())
    content = bytearray(one.read_bytes())
    content[len(content) // 2] ^= 1
    one.write_bytes(content)
    two.write_bytes(two.read_bytes()[:-100])
    (corpus.settings.index / KEPT / "foreign.npz").write_bytes(b"PK nothing")
    assert len(corpus.build()[1]) == 30
    assert verify(corpus.settings.index) == []


def test_a_small_build_keeps_nothing(corpus: Corpus) -> None:
    """Up to one block there is nothing to lose, and no file is written beside the generation."""
    for number in range(1, 5):
        corpus.write(f"{number}.txt")
    with pytest.raises(KeyboardInterrupt):
        corpus.build(Stopping(after=0))
    assert not (corpus.settings.index / KEPT).exists()
    assert len(corpus.build()[1]) == 10


def test_another_encoder_makes_nothing_of_what_was_kept(corpus: Corpus) -> None:
    """Vectors are kept under what shaped them: those of one encoder are never those of another."""
    with pytest.raises(KeyboardInterrupt):
        corpus.build(Stopping(after=30))
    assert len(corpus.build(WordLengthEncoder(revision="2"))[1]) == 50


def test_a_disk_that_is_full_while_embedding_is_named(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line that names the index and what to do; what was kept before is used by the next build."""
    written = embedding.write_durably
    left = [2]

    def write(path: Path, content: bytes) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        written(path, content)

    monkeypatch.setattr(embedding, "write_durably", write)
    with pytest.raises(IndexProblem, match="index cannot be written: No space left on device"):
        corpus.build()
    monkeypatch.setattr(embedding, "write_durably", written)
    assert len(corpus.build()[1]) == 30


def test_the_command_says_that_it_can_go_on(corpus: Corpus, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One line on stderr, and the code of an interrupt; before anything was embedded it says that nothing was kept."""
    kept = "What was embedded is kept; to go on from there: assistant index"
    for after, said in ((0, "interrupted. Nothing half done was kept."), (30, kept)):
        monkeypatch.setattr("assistant.index.build.describe", lambda _: WordLengthEncoder().info)
        monkeypatch.setattr("assistant.index.build.load", lambda _, after=after: Stopping(after))
        assert main(["index", "--workspace", str(corpus.settings.workspace)]) == 130
        assert said in capsys.readouterr().err
