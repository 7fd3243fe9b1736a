"""Documents in the six official languages: numbers as each prints them, decisions of where a sentence ends, nothing lost."""

from __future__ import annotations

import pytest

from assistant.corpus.layout import repair
from assistant.corpus.paragraphs import split

TEXTS = {
    "ar": (
        "{} - تقرر الجمعية العامة أن تواصل النظر في هذه المسألة في دورتها القادمة.",
        ["١", "٢", "٣", "٤"],
    ),
    "ar western digits": ("{} - تقرر الجمعية العامة أن تواصل النظر في هذه المسألة في دورتها القادمة.", ["1", "2", "3", "4"]),
    "zh": ("{}. 大会决定在下届会议上继续审议这一问题，并请秘书长提出报告。", ["1", "2", "3", "4"]),
    "zh full width": ("{}．大会决定在下届会议上继续审议这一问题，并请秘书长提出报告。", ["1", "2", "3", "4"]),
    "fr": ("{}. L’Assemblée générale décide de poursuivre l’examen de cette question à sa prochaine session.", ["1", "2", "3", "4"]),
    "ru": ("{}. Генеральная Ассамблея постановляет продолжить рассмотрение этого вопроса на следующей сессии.", ["1", "2", "3", "4"]),
    "es": ("{}. La Asamblea General decide seguir examinando esta cuestión en su próximo período de sesiones.", ["1", "2", "3", "4"]),
    "en": ("{}. The General Assembly decides to continue its consideration of this question.", ["1", "2", "3", "4"]),
}


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
@pytest.mark.parametrize("language", TEXTS)
def test_the_numbers_of_every_official_language_are_found(language: str, gap: str) -> None:
    """Western and Arabic-Indic digits, with a full stop, a full-width one or a dash: four official paragraphs, each with its text."""
    text, numbers = TEXTS[language]
    whole = gap.join(text.format(number) for number in numbers)
    paragraphs, ledger = split("d", whole)
    assert [item.label for item in paragraphs] == ["1", "2", "3", "4"]
    assert {item.numbering for item in paragraphs} == {"official"}
    assert ledger.gaps == ledger.repeats == ()
    body = repair(text.partition("}")[2].lstrip(" .．-"))
    assert {item.text for item in paragraphs} == {body}


def test_a_range_of_days_with_a_dash_is_no_number() -> None:
    """ "10 - 14 March" at the beginning of a line is a date."""
    lines = ["1. The Group met in the week of", "10 - 14 March and took up the draft.", "2. It adopted the report.", "3. It rose."]
    paragraphs, _ = split("d", "\n".join(lines))
    assert [item.label for item in paragraphs] == ["1", "2", "3"]
