"""Settings and their order."""

from pathlib import Path

import pytest

from assistant.errors import InvalidSettings
from assistant.settings import load


def test_a_flag_beats_the_environment_beats_the_file_beats_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each source fills only what the ones above it leave open, inside a section too."""
    (tmp_path / "assistant.toml").write_text("[retrieval]\ntop = 7\ncandidates = 70\ndense_weight = 0.7\n", encoding="utf-8")
    monkeypatch.setenv("ASSISTANT_RETRIEVAL__CANDIDATES", "80")
    monkeypatch.setenv("ASSISTANT_RETRIEVAL__TOP", "8")
    settings = load(tmp_path, retrieval={"top": 9})
    assert (settings.retrieval.top, settings.retrieval.candidates, settings.retrieval.dense_weight) == (9, 80, 0.7)
    assert settings.server.port == 7860


def test_the_workspace_can_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ASSISTANT_WORKSPACE names the folder, and its assistant.toml is read."""
    (tmp_path / "assistant.toml").write_text("mode = 'quote'\n", encoding="utf-8")
    monkeypatch.setenv("ASSISTANT_WORKSPACE", str(tmp_path))
    settings = load()
    assert (settings.workspace, settings.mode) == (tmp_path, "quote")
    assert settings.corpus == tmp_path / "corpus"


@pytest.mark.parametrize("content", ["[retrieval]\ntop = 0\n", "[retrival]\ntop = 5\n", "not toml", "mode = 'loud'\n"])
def test_a_setting_that_cannot_be_is_one_line(tmp_path: Path, content: str) -> None:
    """A wrong value, a misspelt section and a broken file are each named on one line."""
    (tmp_path / "assistant.toml").write_text(content, encoding="utf-8")
    with pytest.raises(InvalidSettings) as caught:
        load(tmp_path)
    assert len(str(caught.value).splitlines()) == 1


def test_a_key_is_never_shown(tmp_path: Path) -> None:
    """Neither the text nor the JSON of the settings holds an API key."""
    settings = load(tmp_path, model={"name": "openai:x", "api_key": "very-secret"})
    assert "very-secret" not in repr(settings)
    assert "very-secret" not in settings.model_dump_json()


def test_limits_of_reading_are_settings_like_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file and the environment set them; none can be set to nothing."""
    (tmp_path / "assistant.toml").write_text("[reading]\nseconds = 7.5\nmemory_mb = 512\n", encoding="utf-8")
    monkeypatch.setenv("ASSISTANT_READING__MEMORY_MB", "1024")
    reading = load(tmp_path).reading
    assert (reading.seconds, reading.memory_mb, reading.file_mb) == (7.5, 1024, 500)
    assert reading.processes in (1, 2)
    for wrong in ({"seconds": 0}, {"memory_mb": 1}, {"file_mb": 0}, {"processes": 0}):
        with pytest.raises(InvalidSettings, match="reading"):
            load(tmp_path, reading=wrong)
