"""Names that the catalogue gives, from the folder to the look-up and the filters: aliases, roles, groups; indexes of other versions."""

from __future__ import annotations

from pathlib import Path

import pytest
from workspaces import Corpus

from assistant.errors import MismatchedIndex
from assistant.index.rows import TABLES, VERSION
from assistant.retrieval.lookup import look_up
from assistant.schema import Filters

pytestmark = pytest.mark.usefixtures("reading_here")

CATALOGUE = """
["a.txt"]
symbol = "A/79/214"
standing = "draft"
["b.txt"]
title = "Statement of the second day"
speaker = "H.E. Mr. Burhan Gafoor"
delegation = "Singapore"
date = 2023-05-01
["c.txt"]
title = "Statement of another year"
speaker = "Burhan Gafoor"
date = 2020-05-01
["d.txt"]
title = "Statement of the third day"
speaker = "Chair"
[[role]]
name = "Chair"
person = "Mr. Burhan Gafoor"
since = 2021-06-01
until = 2025-07-11
[[group]]
name = "islands"
members = ["Singapore", "Malta"]
[alias]
"third annual progress report" = "A/79/214"
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """A report and three statements under this catalogue, built."""
    made = Corpus(tmp_path)
    for name in "abcd":
        made.write(f"{name}.txt", f"First of {name}.", f"Second of {name}.", f"Third of {name}.")
    made.describe(CATALOGUE)
    made.build()
    return made


def test_a_paragraph_is_looked_up_by_another_name_of_its_document(corpus: Corpus) -> None:
    """ "paragraph 3 of the third annual progress report" is paragraph 3 of A/79/214, whose reference says that it is a draft."""
    found = look_up("What is in paragraph 3 of the third annual progress report?", corpus.current().store)
    assert found
    (passage,) = found.passages
    assert (passage.paragraph.text, passage.reference) == ("Third of a.", "A/79/214 (draft), para. 3")


@pytest.mark.parametrize(
    ("speaker", "documents"),
    [("chair", ["b", "d"]), ("islands", ["b"]), ("Burhan Gafoor", ["c"]), ("H.E. Mr. Burhan Gafoor", ["b"]), ("Malta", [])],
)
def test_a_role_or_group_is_a_filter_without_the_catalogue(corpus: Corpus, speaker: str, documents: list[str]) -> None:
    """The index alone knows who held the chair when, and who is of a group; a document whose speaker is "Chair" is found too."""
    corpus.describe("")
    store = corpus.current().store
    assert [store.documents[row].id for row in store.select(Filters(speakers=(speaker,))).documents] == documents


def test_an_index_of_another_version_is_rebuilt_without_embedding_anything_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its documents are refused with the command that mends it, and a build keeps its vectors."""
    made = Corpus(tmp_path)
    made.write("a.txt", "First of a.", "Second of a.")
    with monkeypatch.context() as older:
        older.setattr("assistant.index.store.VERSION", 1)
        older.setattr("assistant.index.store_writer.TABLES", TABLES.replace(f"user_version = {VERSION}", "user_version = 1"))
        older.setattr("assistant.index.manifest.METADATA_VERSION", "0")
        made.build()
    with pytest.raises(MismatchedIndex, match="Build it anew with: assistant index"):
        _ = made.current().store.documents
    report, embedded = made.build()
    assert (report.changed, report.reused, embedded) == (True, 2, [])
    assert [document.id for document in made.current().store.documents] == ["a"]
