"""What a document says of itself: each field where it stands, with its origin, and nothing that is not sure."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.corpus.dates import find_date
from assistant.corpus.language import language_of
from assistant.corpus.metadata import Metadata, read_metadata
from assistant.corpus.source import Block, assemble, plain
from assistant.corpus.speaker import speaker_of

PROSE = (
    "\n\n1. The Group met three times and heard more than forty delegations on all the items of its agenda.\n\n2. It thanked the Chair.\n"
)
REPORT = (
    "United Nations A/77/275\nGeneral Assembly Distr.: General\n8 August 2022\nOriginal: English\n22-12345 (E) 090822\n*2212345*\n"
    "Seventy-seventh session\nAgenda item 94\nDevelopments in the field of information\nReport of the Group on Cables and on the \n"
    "Safety of Harbours" + PROSE
)


def read(text: str) -> Metadata:
    """The metadata of a plain text."""
    return read_metadata(plain(text))


def field(text: str, name: str) -> object:
    """One field of a plain text; None where it is not stated."""
    return read(text).fields.get(name)


def test_a_masthead_gives_symbol_date_session_title_and_kind() -> None:
    """As a PDF's text has it: each with the line where it stands."""
    found = read(REPORT)
    assert found.fields == {
        "symbol": "A/77/275",
        "date": dt.date(2022, 8, 8),
        "session": "Seventy-seventh session",
        "title": "Developments in the field of information – Report of the Group on Cables and on the Safety of Harbours",
        "kind": "report",
        "language": "en",
    }
    assert found.origins == {
        "symbol": "first page, line 1",
        "date": "first page, line 3",
        "session": "first page, line 7",
        "title": "first page, line 9",
        "kind": "first page, line 9",
        "language": "text",
    }
    assert found.warnings == ()


def test_a_masthead_in_a_table_is_read_too() -> None:
    """Cells of a row count as lines of their own, and a column's gap parts them."""
    rows = "|  | United Nations | FCCC/CP/2015/10/Add.1 |\n|  |  | Distr.: General 29 January 2016  Original: English |\n\n"
    found = read(
        rows + "Conference of the Parties\nReport of the Conference of the Parties on its twenty-first session, held in Paris" + PROSE
    )
    assert found.fields["symbol"] == "FCCC/CP/2015/10/Add.1"
    assert found.fields["date"] == dt.date(2016, 1, 29)
    assert found.fields["session"] == "Twenty-first session"
    assert found.fields["title"] == "Report of the Conference of the Parties on its twenty-first session, held in Paris"


def test_blocks_of_a_layout_are_read_as_their_roles_say() -> None:
    """A first page's header and table hold the masthead; a heading of the first level is the title where nothing is surer."""
    blocks = [
        Block("United Nations | A/77/275", "table"),
        Block("Distr.: General\n8 August 2022", "table"),
        Block("Protection of cables", "heading", 1),
        Block("Introduction", "heading", 2),
        Block("1.\tThe Group met three times and heard more than forty delegations on all items."),
    ]
    found = read_metadata(assemble(blocks))
    assert (found.fields["symbol"], found.fields["date"], found.fields["title"]) == (
        "A/77/275",
        dt.date(2022, 8, 8),
        "Protection of cables",
    )


# --- symbol


@pytest.mark.parametrize(
    ("head", "symbol"),
    [
        ("A/77/275", "A/77/275"),
        ("INVENTED EXAMPLE\n\nX/AC.9/2031/CRP.1\n\nDistr.: Limited", "X/AC.9/2031/CRP.1"),
        ("United Nations A/81/6 (Sect. 3)/Part A*\nDistr.: General", "A/81/6 (Sect. 3)/Part A"),
        ("Symbol: A/77/275", "A/77/275"),
        ("Nations Unies  A/77/275\nDistr. générale", "A/77/275"),
        ("See A/77/275", None),
        ("As requested in A/77/275", None),
        ("* A/77/275\n** A/81/50.", None),
        ("Consideration of document A/77/275", None),
        ("The Group on A/77/275", None),
        ("A/77/2755 pages", None),
        ("А/77/275", None),
    ],
)
def test_the_symbol_stands_alone_or_last_in_the_letterhead(head: str, symbol: str | None) -> None:
    """A symbol in running text or in a footnote, or with a letter of another script, is not the document's own."""
    assert field(head + PROSE, "symbol") == symbol


def test_a_symbol_behind_the_beginning_of_the_text_is_another_documents() -> None:
    """What stands alone on a line after the first paragraph is a quotation."""
    assert field(PROSE + "\nA/77/275\n", "symbol") is None
    assert field("Statement by Norvania\n\nMr. Chair,\n\nA/77/275\n", "symbol") is None


def test_symbols_that_compete_are_not_chosen_from() -> None:
    """Without a masthead none is taken, and a warning names them; beside "United Nations" stands the right one."""
    found = read("A/77/275\nA/78/265\nNotes" + PROSE)
    assert "symbol" not in found.fields
    assert found.warnings == ("several symbols stand near its top, none was taken: A/77/275, A/78/265",)
    assert field("A/78/265\nUnited Nations A/77/275\nDistr.: General" + PROSE, "symbol") == "A/77/275"


def test_a_joint_symbol_is_the_first_and_an_alias() -> None:
    """ "A/47/277-S/24111" is one document of two organs."""
    found = read("United Nations A/47/277–S/24111\nDistr.: General" + PROSE)
    assert (found.fields["symbol"], found.fields["aliases"]) == ("A/47/277", ("S/24111",))


def test_the_properties_symbol_goes_first_and_a_contradiction_is_told() -> None:
    """Somebody wrote it there on purpose; one that is none is named and left."""
    blocks = [Block("United Nations A/77/275"), Block("Distr.: General")]
    found = read_metadata(
        assemble(blocks, properties={"symbol": "A/77/276", "date": "2022-08-09T00:00:00Z", "title": "Cables", "language": "en-GB"})
    )
    assert found.fields == {"symbol": "A/77/276", "date": dt.date(2022, 8, 9), "title": "Cables", "language": "en"}
    assert set(found.origins.values()) == {"properties"}
    assert found.warnings == ("its properties say A/77/276, its first page A/77/275",)
    other = read_metadata(assemble(blocks, properties={"symbol": "Paper 7"}))
    assert (other.fields["symbol"], other.warnings) == ("A/77/275", ("its properties hold a symbol that is none: Paper 7",))


# --- date and session


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("19 March 2026", dt.date(2026, 3, 19)),
        ("March 19, 2026", dt.date(2026, 3, 19)),
        ("1er mars 2026", dt.date(2026, 3, 1)),
        ("19 de marzo de 2026", dt.date(2026, 3, 19)),
        ("19 марта 2026", dt.date(2026, 3, 19)),
        ("2026年3月19日", dt.date(2026, 3, 19)),
        ("19 آذار/مارس 2026", dt.date(2026, 3, 19)),
        ("2026-03-19", dt.date(2026, 3, 19)),
        ("30 February 2026", None),
        ("10–14 March 2031", None),
        ("13 to 17 December", None),
        ("May 2026", None),
        ("", None),
    ],
)
def test_dates_as_they_are_printed(text: str, date: dt.date | None) -> None:
    """In the six languages; a span of days and a day that is none are no date."""
    assert find_date(f"on {text} in") == date


@pytest.mark.parametrize(
    ("head", "date"),
    [
        ("Distr.: General\n19 March 2026\nOriginal: English", dt.date(2026, 3, 19)),
        ("Distr. générale\n19 mars 2026\nFrançais", dt.date(2026, 3, 19)),
        ("Working Group\nNorhaven, 11 March 2031", dt.date(2031, 3, 11)),
        ("New York, Friday, 17 December 2021, morning", dt.date(2021, 12, 17)),
        ("Norhaven, 10–14 March 2031", None),
        ("10 March 2031\n11 March 2031", None),
        ("Progress since 11 March 2031", None),
        ("Letter dated 12 May 2024 from the Permanent Representative of Malta", dt.date(2024, 5, 12)),
    ],
)
def test_the_date_of_a_document(head: str, date: dt.date | None) -> None:
    """After "Distr.", on a line of its own, or a letter's; two dates and spans are none."""
    assert field(head + PROSE, "date") == date


@pytest.mark.parametrize(
    ("line", "session"),
    [
        ("Eighty-first session", "Eighty-first session"),
        ("First substantive session, 13–17 December 2021", "First substantive session, 13–17 December 2021"),
        ("Second session, fifth meeting", "Second session"),
        ("79th session", "79th session"),
        ("Tenth emergency special session", "Tenth emergency special session"),
        ("Soixante-dix-neuvième session", "Soixante-dix-neuvième session"),
        ("its second session", None),
        ("A session was held", None),
    ],
)
def test_a_session_has_a_line_of_its_own(line: str, session: str | None) -> None:
    """With its ordinal; the meeting's number is left out."""
    assert field(f"General Assembly\n{line}\n{PROSE}", "session") == session


# --- title, kind, speaker


@pytest.mark.parametrize(
    ("head", "kind", "title"),
    [
        ("Statement by Norvania", "statement", "Statement by Norvania"),
        ("Closing remarks by the Chair", "statement", "Closing remarks by the Chair"),
        ("Second annual progress report of the Group", "report", "Second annual progress report of the Group"),
        ("Draft resolution on cables", "resolution", "Draft resolution on cables"),
        ("Resolution adopted by the General Assembly on 31 December 2020", "resolution", None),
        ("Letter dated 12 May 2024 from Malta", "letter", "Letter dated 12 May 2024 from Malta"),
        ("Unofficial transcript, made by volunteers", "transcript", None),
        ("Notes for the file", None, None),
        ("Reporting on cables", None, None),
    ],
)
def test_titles_that_name_their_kind(head: str, kind: str | None, title: str | None) -> None:
    """What begins as a title does is one; other lines without a masthead are not taken for one."""
    found = read(head + PROSE)
    assert found.fields.get("kind") == kind
    assert found.fields.get("title") in (title, head if kind else None)


def test_a_symbol_and_turns_of_speakers_tell_the_kind() -> None:
    """A resolution and a record by symbol, a transcript by its speakers; a colon alone makes no speaker."""
    assert field("A/RES/75/240" + PROSE, "kind") == "resolution"
    assert field("S/PV.9999" + PROSE, "kind") == "transcript"
    turns = "The Chair: Good morning.\n\nMs. Okell (Talora): Thank you.\n\nMr. Vane (Estmark): We agree.\n"
    assert read("Fifth meeting\n\n" + turns).origins["kind"] == "speakers' turns, from line 3"
    assert field("The following: one.\n\nThe second: two.\n\nThe third: three.\n", "kind") is None


@pytest.mark.parametrize(
    ("title", "speaker", "delegation"),
    [
        ("Statement by Norvania", None, "Norvania"),
        ("Statement by the Russian Federation at the first session", None, "Russian Federation"),
        ("Statement by H.E. Ms. Ana Lowe, Permanent Representative of Norvania to the United Nations", "Ms. Ana Lowe", "Norvania"),
        ("Statement by Mr. Corin Hale, representative of Estmark", "Mr. Corin Hale", "Estmark"),
        ("Statement by Ambassador Ana Lowe (Norvania)", "Ana Lowe", "Norvania"),
        ("Statement by Ms. Ana Lowe on behalf of the Group of 77 and China", "Ms. Ana Lowe", "Group of 77 and China"),
        ("Statement on behalf of the European Union", None, "European Union"),
        ("Joint statement by Estmark and Norvania", None, "Estmark and Norvania"),
        ("Closing remarks by the Chair", "Chair", None),
        ("Statement by the delegation of Côte d’Ivoire", None, "Côte d’Ivoire"),
        ("Statement by those who came", None, None),
        ("Report of the Secretary-General", None, None),
        ("", None, None),
    ],
)
def test_who_speaks(title: str, speaker: str | None, delegation: str | None) -> None:
    """A person without honours, an office, a State or a group; nothing is made of other titles."""
    found = speaker_of(title)
    assert (found.name, found.delegation) == (speaker, delegation)


# --- standing


@pytest.mark.parametrize(
    ("head", "standing", "origin"),
    [
        ("A/AC.292/2024/CRP.1", "draft", "symbol"),
        ("A/C.1/79/L.77/Rev.1", "draft", "symbol"),
        ("A/RES/75/240", "adopted", "symbol"),
        ("Zero draft", "draft", "first page, line 1"),
        ("Draft report of the Group", "draft", "first page, line 1"),
        ("Working Group\nRevised draft, 3 May", "draft", "first page, line 2"),
        ("Resolution adopted by the General Assembly", "adopted", "first page, line 1"),
        ("Adopted at the 41st plenary meeting", "adopted", "first page, line 1"),
        ("Unofficial transcript of the meeting", "unofficial", "first page, line 1"),
        ("A/77/275", None, None),
        ("Report on the draft articles", None, None),
        ("Decisions adopted by the Conference", None, None),
        ("Unofficial list", None, None),
    ],
)
def test_a_standing_is_said_or_there_is_none(head: str, standing: str | None, origin: str | None) -> None:
    """By a draft's or resolution's symbol, or in words at the beginning of a line; "the draft articles" are another matter."""
    found = read(head + PROSE)
    assert (found.fields.get("standing"), found.origins.get("standing")) == (standing, origin)


# --- language

TEXTS = {
    "en": (
        "The Group recalls that all States have agreed to act with care in the use of cables, and that none of them "
        "should do what would harm the services on which the people of other States rely. It notes with concern that "
        "this has not been the case in the past year."
    ),
    "fr": (
        "Le Groupe rappelle que tous les États sont convenus d’agir avec prudence dans l’utilisation des câbles et "
        "qu’aucun d’entre eux ne doit porter atteinte aux services dont dépend la population des autres États. Il note "
        "avec préoccupation que cela n’a pas été le cas dans le passé."
    ),
    "es": (
        "El Grupo recuerda que todos los Estados han convenido en actuar con prudencia en el uso de los cables y que "
        "ninguno de ellos debe hacer lo que pueda dañar los servicios de los que depende la población de otros Estados."
        " Observa con preocupación que no ha sido así en el año."
    ),
    "ru": (
        "Группа напоминает о том, что все государства согласились действовать осторожно при использовании кабелей и что"
        " ни одно из них не должно делать того, что может нанести вред службам, от которых зависит население других "
        "государств. Она с обеспокоенностью отмечает, что это было не так и что в прошлом году они не всегда соблюдали "
        "это."
    ),
    "ar": (
        "يشير الفريق إلى أن جميع الدول قد اتفقت على أن تتصرف بحذر في استخدام الكابلات، وأن لا تقوم أي منها بما قد يضر "
        "بالخدمات التي يعتمد عليها سكان الدول الأخرى. ويلاحظ مع القلق أن هذا لم يكن كذلك في العام الماضي، وأن بعض الدول"
        " لم تلتزم بما اتفق عليه من قبل في هذا المجال بعد ذلك."
    ),
    "zh": (
        "工作组回顾，所有国家都同意在使用海底电缆时谨慎行事，任何国家都不应做可能损害其他国家人民所依赖的服务的事情。工作组关切地"
        "注意到，过去一年的情况并非如此，并请秘书长在下届会议上就这一事项提出报告，同时请会员国提供它们的意见。工作组还决定在第三"
        "届会议上继续审议这一项目。"
    ),
    "pt": (
        "O Grupo recorda que todos os Estados concordaram em agir com prudência no uso dos cabos e que nenhum deles "
        "deve fazer o que possa prejudicar os serviços de que depende a população dos outros Estados. Nota com "
        "preocupação que não foi assim no último ano em todas as regiões."
    ),
    "it": (
        "Il Gruppo ricorda che tutti gli Stati hanno convenuto di agire con prudenza nell’uso dei cavi e che nessuno di"
        " essi deve fare ciò che potrebbe danneggiare i servizi da cui dipende la popolazione degli altri Stati. Nota "
        "con preoccupazione che non è stato così nel corso dell’anno."
    ),
    "de": (
        "Die Gruppe erinnert daran, dass alle Staaten vereinbart haben, bei der Nutzung von Kabeln mit Vorsicht zu "
        "handeln, und dass keiner von ihnen tun soll, was den Diensten schaden könnte, auf die die Menschen in anderen "
        "Staaten angewiesen sind. Sie stellt mit Sorge fest, dass das nicht so war."
    ),
    "ja": (
        "作業部会は、すべての国が海底ケーブルの使用において慎重に行動することに同意したこと、またいずれの国も他国の人々が依存して"
        "いるサービスを損なう可能性のあることを行うべきではないことを想起する。作業部会は、昨年はそうではなかったことに懸念をもっ"
        "て留意する。そして次の会合で審議を続けることを決定する。"
    ),
}


@pytest.mark.parametrize(("language", "text"), TEXTS.items(), ids=list(TEXTS))
def test_the_language_of_a_text(language: str, text: str) -> None:
    """The six official ones are told apart from each other and from their neighbours, of which nothing is said."""
    assert language_of(text) == (language if language in ("en", "fr", "es", "ru", "ar", "zh") else None)
    assert language_of(text[: len(text) // 12]) is None


def test_original_english_is_not_the_files_language() -> None:
    """A French translation says "Original: anglais" and is French; a short text is of no known language."""
    head = "Nations Unies A/77/275\nDistr. générale\n8 août 2022\nOriginal : anglais\n\n"
    found = read(head + TEXTS["fr"])
    assert (found.fields["language"], found.origins["language"], found.fields["date"]) == ("fr", "text", dt.date(2022, 8, 8))
    assert field("Original: English\n\nMerci.\n", "language") is None


def test_the_text_goes_before_the_properties_language() -> None:
    """Word calls much "en-US" that is not."""
    found = read_metadata(assemble([Block(TEXTS["fr"])], properties={"language": "en-US"}))
    assert (found.fields["language"], found.origins["language"]) == ("fr", "text")
    assert read_metadata(assemble([Block("Merci.")], properties={"language": "nonsense"})).fields == {}


# --- properties


@pytest.mark.parametrize("title", ["", "Microsoft Word - report.doc", "report.docx", "Untitled", "Document1", "  "])
def test_a_title_that_a_program_made_up_is_none(title: str) -> None:
    """File names and defaults in the properties are not taken."""
    assert "title" not in read_metadata(assemble([Block("Text.")], properties={"title": title})).fields


HEADS = st.lists(
    st.one_of(
        st.sampled_from(
            [*REPORT.splitlines(), "|  | United Nations | A/1/1 |", "\f", "A/78/265", "Distr.:", "1. A.", "Statement by", "|", "draft"]
        ),
        st.text(max_size=30),
    ),
    max_size=20,
).map("\n".join)


@settings(max_examples=300, deadline=None)
@given(HEADS)
def test_no_text_raises_and_every_field_has_its_origin(text: str) -> None:
    """Whatever a first page holds."""
    found = read(text)
    assert set(found.fields) == set(found.origins)
    assert all(found.fields.values())
    assert all(found.origins.values())


@pytest.mark.parametrize(
    "unit", ["A/1/1 ", "First ", "1 May ", "Statement by ", "United Nations ", "a, ", "(", "|", "Distr. 1 May 20", "Mr. A"]
)
def test_a_very_long_line_takes_linear_time(unit: str) -> None:
    """100,000 characters on the first line do not stall the reading."""
    begin = time.process_time()
    read(unit * (100_000 // len(unit)) + "\n" + unit * 1000)
    assert time.process_time() - begin < 3
