"""Substitution: a sentence that repeats the passage almost word for word changes no word that carries matter.

In a paraphrase most words are the author's own, and nothing follows from one of them. In a sentence that is otherwise the
passage's, a new word in the place of another says something else, unless it is a form of it or a known synonym.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from assistant.answer.verify.numbers import numbers
from assistant.answer.verify.words import Sentence, Word, stem

_ALIKE = 0.85
"""Share of a sentence's words that carry matter which must be the passage's, in its order, for it to be a repetition."""
_LEAST = 8
"""Fewer words in common are no repetition."""
_SYNONYMS = tuple(
    frozenset(map(stem, group.split()))
    for group in """say state note tell inform mention explain report add indicate declare announce point remark observe
    use utilize employ apply|regard concern relate|show demonstrate indicate reveal|help assist assistance aid support
    begin start commence|end conclude finish complete|need require requirement necessity|get obtain receive acquire|buy purchase acquire
    amount total come equal|country state nation|about approximately around roughly
    large big great major considerable significant substantial
    important significant key essential crucial vital|quick rapid fast swift prompt|give provide supply offer grant
    make create establish set form
    ensure guarantee secure|improve enhance strengthen better|hold organize convene host|take undertake carry conduct perform
    problem issue matter question challenge difficulty|area field domain sphere|aim goal objective purpose target
    keep maintain retain preserve
    several various number numerous many|current present existing ongoing|now currently presently|whole entire full complete
    happen occur take|think believe consider regard view|want wish seek desire|try attempt seek endeavour|allow permit enable let
    change alter modify adjust revise|build construct develop|part portion share|money funds funding resources|cost expense
    person people individual|child children|work job task|place location site|meet fulfil satisfy|lead head direct guide
    send submit transmit
    additional further extra more|particular specific certain|especially particularly notably|like include such|program programme
    war conflict|sea ocean|world globe global international|worldwide global|thus therefore hence consequently so|because since owing due
    besides furthermore moreover also|however nevertheless nonetheless yet|before prior|near close|later subsequently afterwards
    across throughout
    line accordance|cut reduce lower|rise increase grow|fall decrease decline drop|deal address tackle
    stress emphasize underline underscore highlight
    request ask|set fix determine|choose select elect|join accede|leave withdraw depart|agree concur|back support endorse
    expect anticipate foresee""".replace("\n", "|").split("|")
    if group.strip()
)


def substituted(claim: Sentence, sentences: Sequence[Sentence], quoted: Sequence[tuple[int, int]]) -> tuple[str, str] | None:
    """The first word that takes the place of another in a sentence that otherwise repeats the passage: (written, held)."""
    mine = [word for word in claim.words if word.is_content]
    held = {word.stem for sentence in sentences for word in sentence.words}
    if len(mine) < _LEAST or all(word.stem in held for word in mine):
        return None
    for sentence in sentences[:1]:
        theirs = [word for word in sentence.words if word.is_content]
        whole = SequenceMatcher(None, [word.folded for word in claim.words], [word.folded for word in sentence.words], autojunk=False)
        if sum(block.size for block in whole.get_matching_blocks()) < _ALIKE * len(claim.words):
            return None
        match = SequenceMatcher(None, [word.stem for word in mine], [word.stem for word in theirs], autojunk=False)
        blocks = match.get_matching_blocks()
        common = sum(block.size for block in blocks)
        if common < max(_LEAST, _ALIKE * len(mine)):
            return None
        for name, first, after, start, end in match.get_opcodes():
            if name == "replace" and after - first == end - start == 1:
                new, old = mine[first], theirs[start]
                is_quoted = any(begin <= new.start < stop for begin, stop in quoted)
                if new.stem not in held and not is_quoted and not numbers(new.text) and not _akin(new, old):
                    return new.text, old.text
    return None


def _akin(new: Word, old: Word) -> bool:
    """Whether the words are forms of one, or synonyms."""
    shared = 0
    for left, right in zip(new.folded, old.folded, strict=False):
        if left != right:
            break
        shared += 1
    return shared >= max(4, min(len(new.stem), len(old.stem)) - 2) or any({new.stem, old.stem} <= group for group in _SYNONYMS)
