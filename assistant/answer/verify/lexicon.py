"""Words of the register of United Nations documents that exclude each other: modality, operative verbs, quantifiers, opposites.

Written for the project from the forms that resolutions, decisions and reports use. A member of two words is written with "_".
"""

from __future__ import annotations

from assistant.answer.verify.slots import Family


def _pairs(*pairs: str) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(pair.split("-")) for pair in pairs)


MODALITY = Family(
    "modality",
    {
        "duty": "shall must has_to have_to had_to obliged_to required_to",
        "need": "need_to needs_to needed_to",
        "advice": "should ought_to recommended_to encouraged_to",
        "leave": "may can might could allowed_to permitted_to free_to",
        "will": "will",
        "would": "would",
    },
    _pairs("need-duty", "need-advice", "will-duty", "will-would", "would-advice", "would-leave", "would-duty"),
    inflects=False,
)

OPERATIVE = Family(
    "operative verb",
    {
        "decide": "decide determine resolve",
        "agree": "agree",
        "adopt": "adopt approve endorse",
        "recommend": "recommend propose suggest advise",
        "request": "request",
        "ask": "ask call_on call_for",
        "urge": "urge appeal exhort implore call_upon",
        "encourage": "encourage",
        "invite": "invite",
        "demand": "demand insist",
        "recall": "recall",
        "reaffirm": "reaffirm reiterate confirm repeat",
        "note": "note observe acknowledge recognize recognise",
        "welcome": "welcome appreciate appreciation commend applaud praise thank congratulate",
        "concern": "concerned concern concerns regret deplore worry alarm",
        "condemn": "condemn denounce",
        "emphasise": "emphasize emphasise stress underline underscore highlight",
        "support": "support",
        "oppose": "oppose reject object_to objected objection",
        "authorise": "authorize authorise",
        "forbid": "forbid forbidden prohibit ban",
    },
    _pairs(
        "decide-agree", "decide-adopt", "agree-adopt", "agree-support", "adopt-support", "support-welcome", "adopt-authorise",
        "ask-request", "ask-urge", "ask-invite", "ask-encourage", "ask-demand", "ask-recommend", "urge-demand",
        "note-emphasise", "note-recall", "note-reaffirm", "note-concern", "emphasise-reaffirm", "oppose-condemn",
        "condemn-concern", "recommend-support",
    ),
)  # fmt: skip

QUANTITY = Family(
    "quantity",
    {
        "all": "all every each entire whole everyone everybody everything always unanimously",
        "most": "most majority mostly mainly largely generally",
        "many": "many numerous often frequently",
        "some": "some several certain few various sometimes occasionally partly partially",
        "none": "no none nobody never neither nothing",
        "only": "only solely exclusively",
    },
    _pairs("many-some", "many-most", "only-some", "only-many", "only-most", "only-all"),
    inflects=False,
)

_OPPOSITES = """
increase rise grow growth grew rose raise higher expand expansion | decrease fall fell decline drop reduce reduction lower shrink cut
more | less fewer
above over exceed | below under
before prior earlier precede | after following later subsequent
support favour | oppose reject resist
accept approve | reject refuse decline deny
include inclusive | exclude exclusive
strengthen strong stronger reinforce | weaken weak weaker undermine
success successful succeed | failure unsuccessful fail
positive | negative
public open | private closed closure secret confidential
formal | informal
permanent | temporary provisional
voluntary | mandatory compulsory obligatory
legal lawful just fair | illegal unlawful unjust unfair
direct | indirect
internal domestic | external foreign
national | international
military | civilian civil
developed | developing
major large larger great big | minor small smaller little
high | low
long longer | short shorter
old older | new newer young
early | late
first | last
begin begun start commence launch open | end finish conclude close terminate stop cease
continue | discontinue stop cease suspend
import | export
buy purchase | sell sale
gain profit surplus | loss deficit shortfall
win won victory | lose lost defeat
arrive | depart leave
enter | leave exit withdraw
join | leave withdraw
allow permit enable | forbid prohibit prevent ban prohibit
encourage | discourage
agree agreement | disagree disagreement
ally friend | enemy
peace | war
safe safer secure | unsafe dangerous insecure
improve better improvement best | worsen worse deteriorate worst deterioration
easy easier ease | difficult harder hard
possible | impossible
necessary | unnecessary
sufficient adequate | insufficient inadequate
appropriate | inappropriate
effective | ineffective
equal | unequal
stable stability | unstable instability
certain certainty | uncertain uncertainty
complete completely full fully | incomplete partial partially
known | unknown
likely | unlikely
able | unable
available | unavailable
present | absent
visible | invisible
urban | rural
north northern | south southern
east eastern | west western
rich wealthy | poor
majority | minority
maximum most | minimum least
upper | lower
male man men | female woman women
advantage benefit | disadvantage harm cost
protect | endanger harm attack
create establish build construct | destroy abolish dismantle demolish
add addition | remove delete
upward | downward
forward | backward
accelerate faster hasten | slow slower delay
simple simpler | complex complicated
centralize | decentralize
transparent transparency | opaque secrecy
trust confidence | mistrust distrust
cooperation cooperate | confrontation compete competition
unity united | division divided
oversight | impunity
progress advance | setback regression
optimistic hopeful | pessimistic
satisfied satisfaction pleased | dissatisfied dissatisfaction disappointed
praise commend | criticize criticise blame
recruit hire | dismiss
inflow | outflow
income revenue | expenditure expense
donor | recipient
sender | receiver
victim | perpetrator
question | answer
cause | effect
offensive | defensive
overexpenditure | underexpenditure
binding | non-binding
ahead | behind
same | different
warm warmer warming | cold cooler cooling
wet flood | dry drought
day daily | night
inside within | outside beyond
deeper deep | shallow
widen wide wider broaden broad | narrow
visible | hidden
unilateral | multilateral
bilateral | multilateral
global | local
active | inactive passive
natural | artificial
ordinary regular | extraordinary special
"""


def _family(line: str) -> Family:
    one, other = line.split(" | ")
    shared = set(one.split()) & set(other.split())
    kept = [" ".join(word for word in side.split() if word not in shared) for side in (one, other)]
    return Family("opposite", {kept[0]: kept[0], kept[1]: kept[1]})


OPPOSITES = tuple(_family(line) for line in _OPPOSITES.strip().splitlines())
"""Pairs of opposites, each with its near synonyms; the figures published for antonyms come from pairs chosen without this list."""

STATES = frozenset(
    """afghanistan albania algeria andorra angola antigua argentina armenia australia austria azerbaijan bahamas bahrain bangladesh barbados
    belarus belgium belize benin bhutan bolivia bosnia botswana brazil brunei bulgaria burkina burundi cambodia cameroon canada chad chile
    china colombia comoros congo croatia cuba cyprus czechia denmark djibouti dominica ecuador egypt eritrea estonia eswatini ethiopia fiji
    finland france gabon gambia georgia germany ghana greece grenada guatemala guinea guyana haiti honduras hungary iceland india indonesia
    iran iraq ireland israel italy jamaica japan jordan kazakhstan kenya kiribati korea kosovo kuwait kyrgyzstan laos latvia lebanon lesotho
    liberia libya liechtenstein lithuania luxembourg madagascar malawi malaysia maldives mali malta mauritania mauritius mexico micronesia
    moldova monaco mongolia montenegro morocco mozambique myanmar namibia nauru nepal netherlands nicaragua niger nigeria norway oman
    pakistan
    palau palestine panama paraguay peru philippines poland portugal qatar romania russia rwanda samoa senegal serbia seychelles singapore
    slovakia slovenia somalia spain sudan suriname sweden switzerland syria tajikistan tanzania thailand togo tonga tunisia turkey türkiye
    turkmenistan tuvalu uganda ukraine uruguay uzbekistan vanuatu venezuela vietnam yemen zambia zimbabwe africa asia europe america
    moscow washington beijing brussels geneva vienna nairobi london paris berlin""".split()
)
"""First words of the names of States (and a few places that stand for them): names even where a sentence begins with them."""
