"""Words with their stems: what every check compares. Stems are those of the lexical index, so that plural and tense do not count."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from assistant.corpus.sentences import sentence_spans

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:st|nd|rd|th)\b|\d+(?:[.,]\d+)*")
_STYLE = str.maketrans({"’": "'", "‘": "'"})
FUNCTION_WORDS = frozenset(
    # Words that carry no matter of their own: they neither support a sentence nor name what it is about.
    """a an the this that these those it its he she they them their his her him we us our you your i my me who whom whose which what
    when where why how there here of in on at by for to from with as into onto upon about over under within during through between
    among amongst against towards toward across per via and or but nor so yet if then than while whereas because since although though
    unless until whether be is are was were been being am has have had having do does did done doing will would shall should may might
    can could must ought not no never none only also too very more most much many some any all each every both either neither such same
    other others another own just even still already again further moreover however therefore thus hence furthermore additionally
    s t d m ll ve re n't""".split()
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: as folded (lower case, straight apostrophe), its stem, and its offsets."""

    text: str
    folded: str
    stem: str
    start: int
    end: int

    @property
    def is_content(self) -> bool:
        """Whether it carries matter: no function word, and no figure (figures are checked by value)."""
        return self.folded not in FUNCTION_WORDS and not self.folded[0].isdigit()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and its words; offsets count in `text`."""

    text: str
    words: tuple[Word, ...]


@lru_cache(maxsize=4096)
def sentence_of(text: str) -> Sentence:
    """The words of `text` in order. A hyphen parts words ("five-year" is two); an apostrophe does not, but for "'s"."""
    found = []
    for match in _WORD.finditer(text):
        folded = match[0].translate(_STYLE).casefold().removesuffix("'s").rstrip("'")
        found.append(Word(match[0], folded, stem(folded), match.start(), match.end()))
    return Sentence(text, tuple(found))


@lru_cache(maxsize=1024)
def sentences_of(paragraph: str) -> tuple[Sentence, ...]:
    """The sentences of a paragraph."""
    return tuple(sentence_of(paragraph[start:end]) for start, end in sentence_spans(paragraph))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The English (Porter 2) stem of one folded word; a word of other letters stays as it is."""
    stems = _stemmer()(word)
    return stems[0] if len(stems) == 1 else word


@cache
def _stemmer():  # type: ignore[no-untyped-def]  # tantivy ships no types
    import tantivy

    steps = (tantivy.Filter.lowercase(), tantivy.Filter.ascii_fold(), tantivy.Filter.stemmer("english"))
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in steps:
        builder = builder.filter(step)
    return builder.build().analyze


def content_stems(text: Iterable[Word]) -> frozenset[str]:
    """The stems of the words that carry matter."""
    return frozenset(word.stem for word in text if word.is_content)
