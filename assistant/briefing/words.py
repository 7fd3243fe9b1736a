"""The words that a briefing adds, in English, French and Spanish; what documents say is never translated.

Names of paragraphs and the place of footnote marks follow the United Nations Editorial Manual ("Footnotes and other references",
II.E and IX.B): marks stand after punctuation in English, before it in French and Spanish, and commas part several of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from assistant.corpus.labels import Label, Part
from assistant.corpus.references import ordinal
from assistant.schema import NO_TEXT

Language = Literal["en", "fr", "es"]


@dataclass(frozen=True, slots=True)
class Words:
    """All that a briefing says by itself in one language."""

    no_text: str
    quotes: tuple[str, str]
    mark_before_punctuation: bool
    one: str
    many: str
    to: str
    """Between the ends of a range: "paras. 4–6", "par. 4 à 6"."""
    conjunction: str
    unnumbered: str
    """A counted paragraph; `{nth}` is its ordinal."""
    table: str
    again: str
    note: str
    notes: str
    annex: str
    annex_lead: str
    only_cited: str
    """Said of a paragraph too long to quote; `{length}` is its characters."""
    sources: str
    cited: str
    standings: Mapping[str, str]
    """The label in a reference."""
    explained: Mapping[str, str]
    """What a standing means for a reader, in the list of sources."""
    kinds: Mapping[str, str]
    parts: Mapping[str, str]
    months: str
    audience: str
    made: str
    """`{date}` and `{generation}`."""
    page: str
    searched: str
    documents: tuple[str, str]
    paragraphs: tuple[str, str]
    """One, and several."""
    only: str
    nothing_matches: str
    written_by: str
    fallback: str


_KINDS = {"report": "report", "resolution": "resolution", "statement": "statement", "transcript": "transcript", "letter": "letter"}

_ENGLISH = Words(
    no_text=NO_TEXT,
    quotes=("“", "”"),
    mark_before_punctuation=False,
    one="para.",
    many="paras.",
    to="–",
    conjunction="and",
    unnumbered="[{nth} paragraph, unnumbered]",
    table="[{nth} table]",
    again="{nth} of this number",
    note="Note",
    notes="Notes",
    annex="Annex: quotations",
    annex_lead="The paragraphs cited, whole and exactly as they stand in the documents, in the order of reference:",
    only_cited="Of {length} characters in this paragraph, only what is cited.",
    sources="Sources",
    cited="cited:",
    standings={"draft": "draft", "superseded": "superseded", "unofficial": "unofficial"},
    explained={
        "adopted": "adopted",
        "draft": "draft: not agreed text",
        "superseded": "superseded: replaced by a later text",
        "unofficial": "unofficial: not an official record",
        "none": "standing not stated",
    },
    kinds=_KINDS,
    parts={},
    months="January February March April May June July August September October November December",
    audience="For {audience}",
    made="Made on {date} from index {generation}",
    page="Page",
    searched="Searched {documents}, {paragraphs}.",
    documents=("document", "documents"),
    paragraphs=("paragraph", "paragraphs"),
    only="Only {filters}:",
    nothing_matches="No document matches: {filters}.",
    written_by="Written by {model} and checked against the paragraphs.",
    fallback="Quotations instead of {model}: {reason}.",
)
_FRENCH = Words(
    no_text="Aucun texte trouvé dans les documents consultés.",
    quotes=("«\u00a0", "\u00a0»"),
    mark_before_punctuation=True,
    one="par.",
    many="par.",
    to=" à ",
    conjunction="et",
    unnumbered="[{nth} paragraphe, non numéroté]",
    table="[{nth} tableau]",
    again="{nth} de ce numéro",
    note="Note",
    notes="Notes",
    annex="Annexe\u00a0: citations",
    annex_lead="Les paragraphes cités, intégralement et tels qu’ils figurent dans les documents, dans l’ordre des renvois\u00a0:",
    only_cited="De ce paragraphe de {length} caractères, seul ce qui est cité.",
    sources="Sources",
    cited="cité\u00a0:",
    standings={"draft": "projet", "superseded": "remplacé", "unofficial": "non officiel"},
    explained={
        "adopted": "adopté",
        "draft": "projet\u00a0: texte non convenu",
        "superseded": "remplacé par un texte ultérieur",
        "unofficial": "non officiel\u00a0: n’est pas un document officiel",
        "none": "statut non indiqué",
    },
    kinds={"report": "rapport", "resolution": "résolution", "statement": "déclaration", "transcript": "transcription", "letter": "lettre"},
    parts={
        "decision": "décision",
        "resolution": "résolution",
        "annex": "annexe",
        "enclosure": "pièce jointe",
        "appendix": "appendice",
        "rule": "règle",
    },
    months="janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    audience="À l’attention de {audience}",
    made="Établi le {date} à partir de l’index {generation}",
    page="Page",
    searched="Consultés\u00a0: {documents}, {paragraphs}.",
    documents=("document", "documents"),
    paragraphs=("paragraphe", "paragraphes"),
    only="Seulement {filters}\u00a0:",
    nothing_matches="Aucun document ne correspond à\u00a0: {filters}.",
    written_by="Rédigé par {model} et vérifié dans les paragraphes.",
    fallback="Citations à la place de {model}\u00a0: {reason}.",
)
_SPANISH = Words(
    no_text="No se encontró ningún texto en los documentos consultados.",
    quotes=("«", "»"),
    mark_before_punctuation=True,
    one="párr.",
    many="párrs.",
    to=" a ",
    conjunction="y",
    unnumbered="[{nth} párrafo, sin numerar]",
    table="[{nth} cuadro]",
    again="{nth} de este número",
    note="Nota",
    notes="Notas",
    annex="Anexo: citas",
    annex_lead="Los párrafos citados, íntegros y tal como figuran en los documentos, en el orden de las referencias:",
    only_cited="De los {length} caracteres de este párrafo, solo lo citado.",
    sources="Fuentes",
    cited="citado:",
    standings={"draft": "proyecto", "superseded": "reemplazado", "unofficial": "no oficial"},
    explained={
        "adopted": "aprobado",
        "draft": "proyecto: texto no convenido",
        "superseded": "reemplazado por un texto posterior",
        "unofficial": "no oficial: no es un acta oficial",
        "none": "condición no indicada",
    },
    kinds={
        "report": "informe",
        "resolution": "resolución",
        "statement": "declaración",
        "transcript": "transcripción",
        "letter": "carta",
    },
    parts={
        "decision": "decisión",
        "resolution": "resolución",
        "annex": "anexo",
        "enclosure": "documento adjunto",
        "appendix": "apéndice",
        "article": "artículo",
        "rule": "regla",
    },
    months="enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    audience="Para {audience}",
    made="Preparado el {date} a partir del índice {generation}",
    page="Página",
    searched="Consultados: {documents}, {paragraphs}.",
    documents=("documento", "documentos"),
    paragraphs=("párrafo", "párrafos"),
    only="Solo {filters}:",
    nothing_matches="Ningún documento corresponde a: {filters}.",
    written_by="Redactado por {model} y verificado con los párrafos.",
    fallback="Citas en lugar de {model}: {reason}.",
)
WORDS: Mapping[Language, Words] = {"en": _ENGLISH, "fr": _FRENCH, "es": _SPANISH}


def nth(number: int, language: Language) -> str:
    """ "3rd", "3e", "3.º"."""
    if language == "fr":
        return "1er" if number == 1 else f"{number}e"
    return f"{number}.º" if language == "es" else ordinal(number)


def date_in_words(date: dt.date, language: Language) -> str:
    """ "26 November 2026", "1er mai 2026", "26 de noviembre de 2026"."""
    month = WORDS[language].months.split()[date.month - 1]
    if language == "es":
        return f"{date.day} de {month} de {date.year}"
    return f"{'1er' if language == 'fr' and date.day == 1 else date.day} {month} {date.year}"


def number_text(label: Label, path: tuple[str, ...], language: Language) -> str:
    """A printed number without the word before it: "12 bis (a)", "7 (2nd of this number)"."""
    number = label.number + (f" {label.suffix}" if label.suffix else "") + "".join(f" ({mark})" for mark in path)
    return number + (f" ({WORDS[language].again.format(nth=nth(label.nth, language))})" if label.nth > 1 else "")


def part_text(part: Part, language: Language) -> str:
    """ "annex II", "annexe II"."""
    return f"{WORDS[language].parts.get(part.kind, part.kind)} {part.name}".strip()
