"""`assistant check`: verifies any text with references against the index, sentence by sentence; whoever wrote it.

draft ──sentences with references──> the paragraphs they name ──the checks of answer.verify──> a finding each
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from assistant.answer.draft import Claim, read_draft
from assistant.answer.quote import UNSURE
from assistant.answer.resolve import Resolver
from assistant.answer.verify import EncoderSupport, Failure, LexicalSupport, Support, contains_quote, judge, quotations
from assistant.answer.verify.words import sentence_of
from assistant.corpus.references import parse_reference, render_reference
from assistant.index.generations import Generation
from assistant.schema import NO_TEXT, REFUSAL, Passage

if TYPE_CHECKING:
    from assistant.answer.engine import Assistant

FindingStatus = Literal["supported", "unsupported", "misquoted", "wrong paragraph", "no reference", "unknown reference"]
STATUSES: tuple[FindingStatus, ...] = ("supported", "unsupported", "misquoted", "wrong paragraph", "no reference", "unknown reference")
_CANDIDATES = 8
"""So many paragraphs are looked at for one that says what the named one does not."""
_AROUND = 2
_TELLING = 3
"""Of fewer words that carry matter, many paragraphs "say it"."""
_OURS = re.compile(
    rf"{re.escape(REFUSAL.rstrip('.'))}\.?|{re.escape(UNSURE)}|{re.escape(NO_TEXT)}|Searched [\d,]+ documents?, [\d,]+ paragraphs?\."
    r"|Nearest paragraphs:|This comes from the [\d,]+ nearest of [\d,]+ paragraphs; it is not a complete list\."
)
"""What an answer of this program says of itself."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found on one sentence. `better` is the reference of a paragraph that does say it, where one was found."""

    line: int
    text: str
    status: FindingStatus
    references: tuple[str, ...] = ()
    reason: str | None = None
    better: str | None = None


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The findings in order; `passed_over` counts headings, labels and questions, which claim nothing."""

    findings: tuple[Finding, ...]
    passed_over: int
    generation: str

    @property
    def is_supported(self) -> bool:
        """Whether every sentence is supported; an empty text is not."""
        return bool(self.findings) and all(finding.status == "supported" for finding in self.findings)

    @property
    def counts(self) -> dict[FindingStatus, int]:
        """How many sentences have each status."""
        found = Counter(finding.status for finding in self.findings)
        return {status: found[status] for status in STATUSES}

    def to_json(self) -> dict[str, Any]:
        """The `check --json` object."""
        return {
            "supported": self.is_supported,
            "generation": self.generation,
            "counts": self.counts,
            "passed_over": self.passed_over,
            "findings": [asdict(finding) for finding in self.findings],
        }


def check_text(text: str, source: Assistant | Generation, *, support: Support | None = None) -> CheckReport:
    """Checks every sentence of a Markdown or plain text against the paragraphs that it refers to.

    `support` scores meaning; by default shared words and the index's own encoder, or without one shared words alone.

    Raises:
        IndexProblem: there is no index, or a damaged one.
    """
    generation = source if isinstance(source, Generation) else source.generation()
    draft = read_draft(text, generation.store.documents)
    claims = [claim for claim in draft.claims if claim.references or not _OURS.fullmatch(claim.text)]
    findings = _findings(claims, generation, support or _support(generation))
    return CheckReport(tuple(findings), draft.passed_over + len(draft.claims) - len(claims), generation.id)


def _support(generation: Generation) -> Support:
    encoder = generation.encoder
    return EncoderSupport(lambda: encoder) if encoder else LexicalSupport()


def _findings(claims: Sequence[Claim], generation: Generation, support: Support) -> Iterator[Finding]:
    checker = _Checker(generation, Resolver(generation.store), support)
    return map(checker.check, claims)


class _Checker:
    """Checks one sentence; knows the index and what documents were named before."""

    def __init__(self, generation: Generation, resolver: Resolver, support: Support) -> None:
        self._generation = generation
        self._resolver = resolver
        self._support = support

    def check(self, claim: Claim) -> Finding:
        """The finding on a sentence."""
        text, references = claim.text, claim.references
        if not references and (parsed := parse_reference(text, self._generation.store.documents)):
            text, references = parsed.remainder, (text,)
        resolved = [self._resolver.resolve(reference) for reference in references]
        passages = tuple(dict.fromkeys(passage for item in resolved for passage in item.passages))
        names = tuple(passage.reference for passage in passages)
        problems = [problem for item in resolved for problem in item.problems]
        if problems:
            return self._elsewhere(claim, text, Finding(claim.line, claim.text, "unknown reference", names, problems[0]))
        if not passages:
            return self._elsewhere(claim, text, Finding(claim.line, claim.text, "no reference", (), "it refers to no paragraph"))
        failure = self._failure(claim, text, passages) or self._misquoted_note(references, passages)
        if failure is None:
            return Finding(claim.line, claim.text, "supported", names)
        status: FindingStatus = "misquoted" if failure.kind == "quotation" else "unsupported"
        return self._elsewhere(claim, text, Finding(claim.line, claim.text, status, names, failure.reason))

    def _failure(self, claim: Claim, text: str, passages: Sequence[Passage]) -> Failure | None:
        if claim.whole:
            found = any(contains_quote(passage.paragraph.text, text) for passage in passages)
            return None if found else Failure("quotation", "the passage does not have these words")
        return judge(text, passages, (), self._support, may_lack_stop=True)

    def _misquoted_note(self, references: Sequence[str], passages: Sequence[Passage]) -> Failure | None:
        """A quotation inside a footnote stands in the paragraph too."""
        for quote in (quote.text for reference in references for quote in quotations(reference)):
            if len(quote.split()) > 3 and not any(contains_quote(passage.paragraph.text, quote) for passage in passages):
                return Failure("quotation", f"the quotation in its note is not in the passage (“{quote[:60]}”)")
        return None

    def _elsewhere(self, claim: Claim, text: str, finding: Finding) -> Finding:
        """The same finding with the paragraph that does say it, if there is one: then the reference is what is wrong."""
        telling = [word for word in sentence_of(text).words if word.is_content or word.folded[0].isdigit()]
        if not claim.whole and len(telling) < _TELLING:
            return finding
        for passage in self._candidates(text, finding.references):
            if self._failure(claim, text, [passage]) is None:
                status: FindingStatus = "wrong paragraph" if finding.status in ("unsupported", "misquoted") else finding.status
                return Finding(finding.line, finding.text, status, finding.references, finding.reason, passage.reference)
        return finding

    def _candidates(self, text: str, named: Sequence[str]) -> Iterator[Passage]:
        """The paragraphs next in likeness by words, and the neighbours of those that were named."""
        store = self._generation.store
        rows = [row for row, _ in self._generation.lexical.search(text, _CANDIDATES)]
        known = store.paragraphs(rows)
        seen = set(named)
        found = [known[row] for row in rows]
        for document in store.documents:
            paragraphs = store.document_paragraphs(document.id) if any(document.id == near.document for near in self._named(named)) else ()
            at = [number for number, paragraph in enumerate(paragraphs) if render_reference(document, paragraph) in seen]
            found += [
                (document, paragraphs[near])
                for number in at
                for near in range(max(0, number - _AROUND), min(len(paragraphs), number + _AROUND + 1))
            ]
        for document, paragraph in found:
            reference = render_reference(document, paragraph)
            if reference not in seen:
                seen.add(reference)
                yield Passage(document, paragraph, reference)

    def _named(self, references: Sequence[str]) -> list[Any]:
        return [passage.paragraph for passage in self._resolver.resolved if passage.reference in references]
