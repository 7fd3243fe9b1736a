"""Per-question values: exact figures computed by hand for runs that are all right, all wrong, all refused, and mixed."""

from __future__ import annotations

import math
import sys
from dataclasses import replace

import numpy as np
import pytest
from outcomes import figures, gold, outcome, reply

from assistant.errors import MissingExtra
from assistant.eval.columns import citation_scores, columns_of, contains_gold, quote_fidelity, token_scores, trec_id
from assistant.eval.outcome import Cited, Found, Said


def column(name: str, *outcomes: object) -> list[float | None]:
    """The values of one column, None where a question does not bear on it."""
    values = columns_of(outcomes)[name]  # type: ignore[arg-type]  # they are outcomes
    return [None if math.isnan(value) else value for value in values]


def test_all_right() -> None:
    """Where every answer is right and sure, every share is 1, and no answer, refusal, risk or miscalibration is left."""
    right = outcome(gold("7", answers=["eighty"]), cited=["7"], says="Eighty!", found=["7", "8"], confidence=1.0)
    refused = outcome(gold(), latency=30.0, found=["8"], confidence=0.0)
    assert figures(right, refused, right) == {
        "hit@1": 1.0,
        "hit@5": 1.0,
        "mrr": 1.0,
        "ndcg@10": 1.0,
        "recall@10": 1.0,
        "citation_precision": 1.0,
        "citation_recall": 1.0,
        "citation_f1": 1.0,
        "off_by_paragraph": 0.0,
        "quote_fidelity": None,  # nothing is quoted
        "contains_gold": 1.0,
        "token_f1": 1.0,
        "exact_match": 1.0,
        "words_per_answer": 1.0,
        "false_answers": 0.0,
        "false_refusals": 0.0,
        "aurc": 0.0,
        "auroc": 1.0,
        "ece": 0.0,
        "brier": 0.0,
        "latency_p50_ms": 10.0,
        "latency_p95_ms": pytest.approx(28.0),  # 10, 10, 30: rank 1.9 of 0 … 2
    }


def test_all_wrong() -> None:
    """Where every answer is wrong and sure, every score is 0 and every risk 1."""
    wrong = outcome(gold("7", answers=["eighty"]), neighbours=["D#8"], cited=["8"], says="It was ninety.", found=["8"], confidence=1.0)
    invented = outcome(gold(), cited=["8"], says="It was ninety-one, or so.", found=["8"], confidence=1.0)
    values = figures(wrong, invented)
    ones = {"off_by_paragraph", "false_answers", "aurc", "ece", "brier"}
    assert {name for name in ones if values[name] == 1.0} == ones
    shares = set(values) - ones - {"quote_fidelity", "words_per_answer", "latency_p50_ms", "latency_p95_ms", "false_refusals", "auroc"}
    assert {name for name in shares if values[name] == 0.0} == shares
    assert values["words_per_answer"] == 4.0  # the median of 3 and 5
    assert values["auroc"] == 0.5  # equal confidence: a coin


def test_all_abstain() -> None:
    """Abstentions are refusals, recall and contain nothing, leave precision, words and risk undefined, and keep their ranking."""
    values = figures(outcome(gold("7", answers=["eighty"]), found=["8", "7"], confidence=0.2), outcome(gold(), confidence=0.1))
    assert (values["false_refusals"], values["false_answers"]) == (1.0, 0.0)
    assert [values[name] for name in ("citation_recall", "citation_f1", "contains_gold", "token_f1", "exact_match")] == [0.0] * 5
    assert [values[name] for name in ("citation_precision", "words_per_answer", "aurc", "off_by_paragraph")] == [None] * 4
    assert (values["hit@1"], values["mrr"], values["recall@10"]) == (0.0, 0.5, 1.0)
    assert values["brier"] == pytest.approx((0.8**2 + 0.1**2) / 2)  # the passages of the first do answer


def test_a_mixed_run() -> None:
    """Columns, by hand, of five questions: right, half right, refused, not answerable and answered, not answerable and refused."""
    outcomes = [
        outcome(gold("1", answers=["one"]), latency=10, cited=["1"], says="Just one.", found=["1", "2", "3"]),
        outcome(gold("1", "2", answers=["two"]), latency=20, cited=["2", "3"], says="Not that many.", found=["3", "2", "4"]),
        outcome(gold("6"), latency=30, found=["1", "2", "3", "4", "5", "6"]),
        outcome(gold(), latency=40, cited=["1"], says="One two three four.", found=["1"]),
        outcome(gold(), latency=50),
    ]
    half_right = (1 / math.log2(3)) / (1 + 1 / math.log2(3))  # one of two gold paragraphs, at rank 2
    expected: dict[str, tuple[float | None, ...]] = {
        "hit@1": (1, 0, 0, None, None),
        "hit@5": (1, 1, 0, None, None),
        "mrr": (1, 1 / 2, 1 / 6, None, None),
        "ndcg@10": (1, half_right, 1 / math.log2(7), None, None),
        "recall@10": (1, 1 / 2, 1, None, None),
        "citation_precision": (1, 1 / 2, None, None, None),
        "citation_recall": (1, 1 / 2, 0, None, None),
        "citation_f1": (1, 1 / 2, 0, None, None),
        "off_by_paragraph": (0, 0, None, None, None),
        "contains_gold": (1, 0, None, None, None),
        "token_f1": (2 / 3, 0, None, None, None),
        "exact_match": (0, 0, None, None, None),
        "words": (2, 3, None, 4, None),
        "false_answers": (None, None, None, 1, 0),
        "false_refusals": (0, 0, 1, None, None),
        "wrong": (0, 1, None, 1, None),
        "supported": (1, 1, 1, 0, 0),
    }
    for name, values in expected.items():
        assert column(name, *outcomes) == [None if value is None else pytest.approx(value) for value in values], name


def test_graded_judgements_count_by_their_grade() -> None:
    """With gains 3 and 1 found in the wrong order nDCG is (1 + 3/log2 3) / (3 + 1/log2 3)."""
    question = gold("1", "2")
    graded = replace(question, references=(replace(question.references[0], relevance=3), question.references[1]))
    discount = 1 / math.log2(3)
    assert column("ndcg@10", outcome(graded, found=["2", "1"])) == [pytest.approx((1 + 3 * discount) / (3 + discount))]


@pytest.mark.parametrize(
    ("references", "cited", "scores"),
    [
        (("1", "2", "3"), ("1", "4"), (1 / 2, 1 / 3, 2 / 5)),  # one of two cited is gold, one of three gold is cited
        (("1", "2"), ("1", "2", "3"), (2 / 3, 1, 4 / 5)),  # ALCE's example: two citations support, the third is irrelevant
        (("1",), ("1", "1", "1", "2"), (1 / 2, 1, 2 / 3)),  # a paragraph counts once, however often it is cited
        (("1",), ("1", "999"), (1 / 2, 1, 2 / 3)),  # a paragraph that does not exist is in the denominator
        (("1",), ("2",), (0, 0, 0)),
        (("1",), (), (None, 0, 0)),  # an abstention
        ((), ("1",), (None, None, None)),  # nothing can be right
    ],
)
def test_citation_scores(references: tuple[str, ...], cited: tuple[str, ...], scores: tuple[float | None, ...]) -> None:
    """Precision over the cited paragraphs, recall over the gold ones, F1 over both."""
    assert citation_scores(gold(*references), reply(cited)) == scores


def test_the_same_label_of_another_document_is_another_paragraph() -> None:
    """Citing paragraph 7 of the wrong document is wrong, and so is finding it."""
    question = gold("7", document="A/1")
    wrong, right = (outcome(question, cited=["7"], found=["7"], document=name) for name in ("A/2", "A/1"))
    assert (column("citation_f1", wrong, right), column("hit@5", wrong, right)) == ([0, 1], [0, 1])


def test_an_answer_without_a_citation_has_precision_zero() -> None:
    """Saying something and citing nothing is not left out of precision."""
    silent = replace(reply(["1"]), statements=(Said("Because.", ()),))
    assert citation_scores(gold("1"), silent) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("says", "must_include", "answers", "value"),
    [
        ("It was EIGHTY\n\tstatements.", [["80", "eighty statements"]], [], 1.0),
        ("It was eighty.", [["80", "eighty"], ["statements"]], [], 0.0),
        ("It was 80 statements.", [["80", "eighty"], ["statements"]], [], 1.0),
        ("It was ninety.", [["ninety"]], ["eighty"], 1.0),  # answers are a fallback only
        ("It was eighty.", [], ["ninety", "Eighty"], 1.0),
        ("It was eighty.", [], ["ninety"], 0.0),
        ("It was eighty.", [], [], None),
    ],
)
def test_an_answer_contains_gold(says: str, must_include: list[list[str]], answers: list[str], value: float | None) -> None:
    """One string of every list of must_include, or else one of answers; None where there is nothing to look for."""
    assert contains_gold(gold("1", must_include=must_include, answers=answers), reply(["1"], says=says)) == value


def test_an_abstention_contains_nothing() -> None:
    """Words beside a refusal are no answer."""
    assert contains_gold(gold("1", answers=["eighty"]), replace(reply(["1"], says="Perhaps eighty."), status="abstained")) == 0.0


@pytest.mark.parametrize(
    ("says", "f1", "exact"),
    [
        ("The eighty, statements!", 1.0, 1.0),  # case, articles and punctuation do not count
        ("There were eighty", 2 / 5, 0.0),  # one word of three said, one of two gold: 2 × 1 / (3 + 2)
        ("Eighty eighty statements.", 4 / 5, 0.0),  # a word counts as often as it stands in both
        (
            "Eighty statements were made by the countries that took the floor in this week",
            4 / 14,
            0.0,
        ),  # length costs: twelve words without articles
        ("No.", 0.0, 0.0),
    ],
)
def test_token_scores_are_those_of_squad(says: str, f1: float, exact: float) -> None:
    """F1 over words with their counts, and exact match, against the nearest gold answer."""
    assert token_scores(gold("1", answers=["seven", "eighty statements"]), reply(["1"], says=says)) == (pytest.approx(f1), exact)
    assert token_scores(gold("1"), reply(["1"], says=says)) == (None, None)


@pytest.mark.parametrize(
    ("quote", "least", "most"), [("eighty  statements", 1, 1), ("ninety statements", 0.5, 0.99), ("elsewhere", 0, 0.6)]
)
def test_quote_fidelity(quote: str, least: float, most: float) -> None:
    """A verbatim quotation has 1, white space folded; an altered one less; in the citation or between quotation marks alike."""
    held = (Found("D", "7", "", "We heard eighty statements this week."),)
    cited = replace(reply(["7"]), statements=(Said("So it is.", (Cited("D", "7", "", quote),)),), passages=held)
    said = replace(reply(["7"]), statements=(Said(f"They heard “{quote}”.", (Cited("D", "7", "", ""),)),), passages=held)
    for answer in (cited, said):
        value = quote_fidelity(outcome(gold("7"), answer))
        assert value is not None
        assert least <= value <= most
    assert quote_fidelity(outcome(gold("7"), replace(cited, passages=()))) == 0.0  # the paragraph is nowhere to be seen


def test_only_a_neighbour_of_gold_is_off_by_one() -> None:
    """Citing the next paragraph is off by one; citing another one, or the neighbour beside the gold one, is not."""
    beside, far, both = (outcome(gold("7"), neighbours=["D#6", "D#8"], cited=cited) for cited in (["8"], ["9"], ["7", "8"]))
    assert column("off_by_paragraph", beside, far, both, outcome(gold("7"))) == [1, 0, 0, None]


def test_without_words_to_look_for_a_right_citation_is_right() -> None:
    """The risk of an answer whose question names no words is judged by its paragraph."""
    assert column("wrong", outcome(gold("7"), cited=["7"]), outcome(gold("7"), cited=["8"])) == [0, 1]


def test_ids_with_spaces_and_percent_signs_are_ranked() -> None:
    """Ids are percent-encoded as TREC demands, and two that differ only in what is encoded stay two."""
    assert trec_id("S/RES/1325 (2000)#7") == "S/RES/1325%20%282000%29#7"
    assert trec_id("100%20#u1") != trec_id("100 #u1")
    assert column("mrr", outcome(gold("7", document="Note of 3 May"), found=["6", "7"], document="Note of 3 May")) == [0.5]


def test_a_passage_found_twice_keeps_its_first_rank() -> None:
    """A repeated passage does not push the ones after it down."""
    assert column("mrr", outcome(gold("2"), found=["1", "1", "2", "1"])) == [0.5]


def test_a_set_without_answerable_questions_has_no_ranking() -> None:
    """The ranking is undefined, not zero, where nothing could be found."""
    assert np.isnan(columns_of([outcome(gold(), found=["1"])])["hit@1"]).all()


@pytest.mark.parametrize("name", ["ir_measures", "rapidfuzz"])
def test_a_missing_extra_names_the_pip_line(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Without a library that measures, the error says what to install."""
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtra) as caught:
        columns_of([outcome(gold("1"), replace(reply(["1"]), statements=(Said("Yes.", (Cited("D", "1", "", "Yes."),)),)))])
    assert caught.value.step == 'pip install "assistant[eval]"'
