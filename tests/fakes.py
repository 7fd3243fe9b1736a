"""A second assistant, computed by hand: it answers a few questions over the shipped document and refuses the rest.

Nothing here splits, searches or embeds, so a test that uses it fails only if what it tests is wrong.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Literal

from assistant.errors import EmptyQuestion, ModelError, UnknownReference
from assistant.schema import (
    Answer,
    AnswerEvent,
    Citation,
    Coverage,
    Document,
    Exchange,
    Filters,
    Paragraph,
    Passage,
    Scores,
    Searched,
    Statement,
    Withheld,
)
from assistant.settings import ModelSettings, Settings

CHAIR = Document(
    id="chair-closing-remarks",
    title="Closing remarks by the Chair at the first substantive session",
    source="chair-closing-remarks.txt",
    sha256="0" * 64,
    kind="statement",
    date=dt.date(2021, 12, 17),
    session="First substantive session",
    speaker="Chair",
    language="en",
)
PARAGRAPHS = (
    (
        "Distinguished delegates, I would like to share some concluding reflections from the podium. I do not want to summarise what "
        "has been a very rich, substantive, and I would venture to say, productive and meaningful week for all of us here."
    ),
    (
        "Firstly, my overall assessment is that we have had a very productive and substantive session. We succeeded in addressing all "
        "of the items on the agenda including all items in Agenda Item 5. The discussion on Agenda Item 5 indicates quite clearly that "
        "we have made a good start on substantive issues, and that there is a lot of political commitment to begin and continue the "
        "substantive work of this working group."
    ),
    (
        "Second, there has been a lot of interest and participation in this working group. I am very gratified by that. As our "
        "colleague from Australia mentioned, over the last week, we have heard more than 200 statements from more than 80 delegations "
        "on the various sub-items in Agenda Item 5. Furthermore, more than 80 of those statements were delivered by female "
        "representatives. I thank very much Australia and Mexico’s leadership in supporting the Women in Cyber Fellows. I also thank "
        "all the sponsoring countries for this initiative. I think this week has been a good week from the gender dimension."
    ),
    (
        "Third, I would say that the tone of the discussion throughout the week has been constructive. It has been a little tense "
        "sometimes, but it has been fundamentally constructive and positive. My sense is that there has been and there continues to be "
        "a willingness to engage on details – not simply repeating statements from the last Open Ended Working Group (OEWG), but to "
        "instead go into an additional level of detail. I was struck by how thoughtful and detailed the statements have been prepared. "
        "It is quite clear from the very specific ideas and concrete proposals put forward that delegations and officials in capital "
        "have given a lot of thought to this process. This high level of interest shows the importance of the issues that we are "
        "dealing with in the OEWG. For me this week has clearly shown all of us that there is a need for a process like the OEWG. The "
        "OEWG is not only useful and relevant but necessary and critical in building understanding and trust as well as in "
        "strengthening international cooperation on this very important issue."
    ),
    (
        "Fourth, I mentioned at the beginning of the week that the OEWG is itself a Confidence-Building Measure (CBM). Beyond "
        "listening to each other in the formal meetings, I know that delegations have been reaching out and talking to each other. "
        "This is very good, and very much needed. Of course, talking to each other does not mean we will agree with each other all the "
        "time. Nonetheless, this dialogue and understanding gives me hope that we will continue the positive momentum that we have "
        "started at this first OEWG. I hope that all delegations will see the value of this working group as a confidence and trust "
        "building exercise as we continue to listen to each other and work with each other."
    ),
    (
        "The fifth observation or reflection I would like to share is that the very high level of interest comes with an attendant "
        "high level of expectation in terms of what the working group can deliver in terms of outcomes and results. This week I have "
        "heard many concrete and useful suggestions. This has convinced me that there is a lot of productive work ahead of us. Many "
        "ideas have been put forward, including (a) many references to how we can further strengthen the national Points of Contact "
        "(POC) network, (b) Table-Top Exercises (TTX) for POCs, (c) the idea of a UN Cyber Fellowship Programme, (d) further "
        "strengthening the UNIDIR cyber policy portal, (e) looking at new norms and clarifying existing norms. This shows that there "
        "has been a lot of thought and reflection since the work of the last OEWG. But this also shows that members have very high "
        "expectations in terms of results. I am confident that given the commitment and the political will that I sense, we can show "
        "some early results in the OEWG. We can demonstrate that we can produce outcomes, sooner rather than later. As I said at the "
        "beginning of this week, if we do not deliver early results, we will rapidly lose the participation and engagement of many "
        "delegations who are looking to this process for results."
    ),
    (
        "My sixth point relates to stakeholders. I have already made my views very clear this morning and I am very encouraged by all "
        "that I have heard. I know that all delegations are also reflecting on this very important issue. I have had intensive "
        "consultations throughout the week and I know that in a process that involves 193 countries it is normal that we do not have a "
        "consensus instantaneously. That is what the UN is about, and that is what multilateralism is about. In order to go far, we "
        "need to go together, and that sometimes takes time. But I am confident and cautiously optimistic that a consensus solution is "
        "possible."
    ),
    (
        "My seventh and last point is that this week may have felt like a long journey. It certainly has for me. But we have only "
        "taken the first step in a long journey. There is a Chinese saying that a journey of a thousand miles begins with a first "
        "step. It has been in my view a meaningful step and a fairly substantive one. I said on Monday that this is a five-year "
        "process, and it is therefore important to adopt a longer-term perspective of our work in this process. To put it differently, "
        "the OEWG is not a sprint, but a marathon. And in a marathon, what is important is not how fast you run the first mile, but "
        "how strong you finish the last mile. If this point does not resonate with you, do sign up for a marathon. This week I think "
        "we ran a good first mile. But we have many more miles to go. To go far, we need to go together. We need to run this marathon "
        "together so that we finish strong and in a very meaningful and substantive way, not only for our own countries but also for "
        "so many people around the world and our own citizens."
    ),
    (
        "With those comments, I would like to conclude the session by thanking all of you, especially those of you who have travelled "
        "from afar. I will go through all the statements that I have heard, as well all the statements that have been uploaded on the "
        "eStatements portal. I will already start preparing for and thinking about the second substantive session, particularly in "
        "terms of how we can structure and organise our work. I will also circulate the logistical arrangements as soon as possible, "
        "possibly about a month before the second substantive session."
    ),
    (
        "Before I end, on behalf of all in my team, I thank you all for the support that you have given the Chair. Your support, help "
        "and guidance will continue to be needed. I wish all of you a very happy holiday season. Merry Christmas to those who "
        "celebrate, and a Happy New Year to all. I look forward to our continuous engagement and to seeing you all at our next "
        "substantive session. Have a safe journey home. The meeting is adjourned. I thank you."
    ),
)
"""The document's ten paragraphs, copied by hand; paragraph n is `PARAGRAPHS[n - 1]`."""

COVERAGE = Coverage(documents=1, paragraphs=10)
STATEMENTS = (
    "As our colleague from Australia mentioned, over the last week, we have heard more than 200 statements from more than 80 "
    "delegations on the various sub-items in Agenda Item 5."
)
CONSULTATIONS = (
    "I have had intensive consultations throughout the week and I know that in a process that involves 193 countries it is normal "
    "that we do not have a consensus instantaneously."
)
CONFIDENT = "But I am confident and cautiously optimistic that a consensus solution is possible."
ANSWERS = {
    "How many statements were heard, and from how many delegations?": ((3, STATEMENTS),),
    "What did the Chair say about stakeholders?": ((7, CONSULTATIONS), (7, CONFIDENT)),
}
"""Question: its sentences, each with the number of its paragraph. Any other question is refused."""


def passage(number: int, quote: str = "", score: float = 0.5, document: Document = CHAIR) -> Passage:
    """Paragraph `number` of the shipped document as a search finds it, its best span at `quote`."""
    text = PARAGRAPHS[number - 1]
    start = text.index(quote)
    return Passage(
        document=document,
        paragraph=Paragraph(document.id, str(number), "official", text),
        reference=f"{document.title}, para. {number}",
        scores=Scores(fused=score),
        span=(start, start + len(quote)) if quote else None,
    )


def statement(number: int, quote: str, text: str | None = None) -> Statement:
    """A sentence carried by `quote` in paragraph `number`; its text is the quote, unless a model wrote another."""
    start = PARAGRAPHS[number - 1].index(quote)
    citation = Citation(CHAIR.id, str(number), f"{CHAIR.title}, para. {number}", quote, start, start + len(quote))
    return Statement(text or quote, (citation,))


def answer(question: str, statements: tuple[Statement, ...], passages: tuple[Passage, ...], **more: object) -> Answer:
    """A complete answer in quote mode; without statements it abstains. `more` overrides any field."""
    fields: dict[str, object] = {
        "id": "a1",
        "question": question,
        "searched_question": question,
        "status": "answered" if statements else "abstained",
        "mode": "quote",
        "statements": statements,
        "passages": passages,
        "coverage": COVERAGE,
        "generation": "g1",
    }
    return Answer(**(fields | more))  # type: ignore[arg-type]  # the fields are named by hand above


HOSTILE = (
    "<script>window.hacked = 1</script> <img src=x onerror='window.hacked = 2'> ![i](http://off.example/i.png) "
    "[l](javascript:window.hacked=3) ${window.hacked = 4} {{constructor.constructor('window.hacked = 5')()}} "
    '"><svg onload="window.hacked = 6"> </mark></section>'
)
"""Words that would run, load or break out if any part of the page read them as anything but words."""
HOSTILE_DOCUMENT = Document(
    id='hostile"><b>', title=HOSTILE, source="h.txt", sha256="0" * 64, symbol=HOSTILE, session=HOSTILE, speaker=HOSTILE, standing="draft"
)
HOSTILE_PASSAGE = Passage(
    document=HOSTILE_DOCUMENT,
    paragraph=Paragraph(HOSTILE_DOCUMENT.id, "1\"'<", "official", f"Before. {HOSTILE} After.", (HOSTILE,)),
    reference=f"{HOSTILE}, para. {HOSTILE}",
    span=(8, 8 + len(HOSTILE)),
)


def hostile_events() -> Iterator[AnswerEvent]:
    """An answer in which every word is hostile."""
    citation = Citation(HOSTILE_DOCUMENT.id, "1\"'<", HOSTILE_PASSAGE.reference, HOSTILE, 8, 8 + len(HOSTILE))
    said, held = Statement(HOSTILE, (citation,)), Withheld(HOSTILE, HOSTILE)
    several = Coverage(documents=2, paragraphs=11)
    yield Searched((HOSTILE_PASSAGE,), several)
    yield said
    yield held
    yield answer(
        HOSTILE,
        (said,),
        (HOSTILE_PASSAGE,),
        coverage=several,
        mode="model",
        model=HOSTILE,
        fallback=HOSTILE,
        withheld=(held,),
        remarks=(HOSTILE,),
    )


class FakeAssistant:
    """Answers `ANSWERS` in quote mode and, in model mode, falls back to it; refuses any other question.

    Some questions are not asked but obeyed: "wait" streams until it is stopped, and then calls `on_close`; "refuse" and
    "break" fail; "hostile" is answered with `HOSTILE`.
    """

    def __init__(self, settings: Settings | None = None, on_close: Callable[[], None] = lambda: None) -> None:
        self.settings = settings or Settings()
        self.on_close = on_close
        self.asked: list[tuple[str, str | None, ModelSettings | None]] = []

    def stream(
        self,
        question: str,
        *,
        filters: Filters = Filters(),
        mode: Literal["auto", "quote", "model"] | None = None,
        model: ModelSettings | None = None,
        top: int | None = None,
        fallback: bool = True,
        history: Sequence[Exchange] = (),
    ) -> Generator[AnswerEvent]:
        """The events that are written down for `question`. "and <question>" after another one is searched for as `question`."""
        self.asked.append((question, mode, model))
        if not question.strip():
            raise EmptyQuestion
        if question == "hostile":
            yield from hostile_events()
            return
        if question == "break":
            raise RuntimeError("a cause for the log")
        if question == "refuse":
            raise ModelError("The endpoint refused", "Check the key.")
        said = tuple(statement(number, quote) for number, quote in ANSWERS.get(question, ()))
        number, quote = ANSWERS.get(question, ((5, ""),))[0]
        found = (passage(number, quote), passage(4))
        yield Searched(found, COVERAGE)
        if question == "wait":
            yield statement(3, STATEMENTS)
            try:
                while True:
                    time.sleep(0.05)
                    yield Withheld("A sentence.", "It names no paragraph.")
            finally:
                self.on_close()
        yield from said
        reason = "no endpoint answers at that address." if mode == "model" else None
        yield answer(question, said, found, fallback=reason)

    def context(self, document: str, label: str, around: int = 1) -> tuple[Passage, ...]:
        """The paragraph with its neighbours."""
        if document == HOSTILE_DOCUMENT.id:
            return (HOSTILE_PASSAGE,)
        if document != CHAIR.id or label not in {str(n) for n in range(1, len(PARAGRAPHS) + 1)}:
            raise UnknownReference(f"{document}#{label} is not in the index", "See assistant corpus.")
        number = int(label)
        return tuple(passage(n) for n in range(max(1, number - around), min(len(PARAGRAPHS), number + around) + 1))

    def show(self, reference: str) -> Passage:
        """One paragraph."""
        document, _, label = reference.partition("#")
        return next(p for p in self.context(document, label) if p.paragraph.label == label)

    def search(self, question: str, *, filters: Filters = Filters(), top: int | None = None) -> tuple[Passage, ...]:
        """Paragraphs 5 and 4, whatever is asked."""
        return (passage(5), passage(4))[:top]

    def current(self) -> str:
        """One generation, for ever."""
        return "gen-1"

    def documents(self) -> tuple[Document, ...]:
        """The shipped document."""
        return (CHAIR,)

    def document_paragraphs(self, name: str) -> tuple[Document, tuple[Passage, ...]]:
        """The shipped document, whole."""
        return CHAIR, tuple(passage(number) for number in range(1, len(PARAGRAPHS) + 1))

    def coverage(self, filters: Filters = Filters()) -> Coverage:
        """One document, ten paragraphs."""
        return COVERAGE
