"""text -> Act: instrument, stage, authority, number, parties, items, dates. Pure after loading.

    scan | number | date | choose the sentence | read its fields

`load_reader` reads the tables once; `Reader.read` touches nothing but its arguments.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from alerts.domain import Act, Stage
from alerts.goods import is_code, wider
from alerts.reader.actors import issuer_of
from alerts.reader.choice import choose, governs, telling
from alerts.reader.codes import find_codes
from alerts.reader.cues import Sentence, split_sentences
from alerts.reader.dates import Dated, find_dates, old_marks
from alerts.reader.digests import digest_marks
from alerts.reader.hints import hinted, ours_zh
from alerts.reader.home import home_of, reacts, unsure, whose
from alerts.reader.homonyms import told_apart
from alerts.reader.issuers import told_besides, told_by_form
from alerts.reader.items import read_items, without_misread
from alerts.reader.number_forms import lawmaker, rests_on
from alerts.reader.offices import unambiguous
from alerts.reader.official_numbers import (
    CITED_ONLY,
    Number,
    find_numbers,
    own_number,
    within,
)
from alerts.reader.parties import (
    SANCTIONERS,
    answered,
    choose_authority,
    choose_instrument,
    choose_jurisdiction,
    read_targets,
    refuses,
    sanctioned,
)
from alerts.reader.shorthand import shorthand
from alerts.reader.stage import DECISIVE, Surroundings, Verdict
from alerts.reader.terms import UNNAMED, Hit, Terms, fold, load_terms, scan, words_of
from alerts.reader.terse import STATE, only_of_states, with_short_forms
from alerts.reader.titles import title_end
from alerts.reader.verbs import settle

READS = 20_000
"""Characters of a text that are read; the rest is of the same act, or not worth the time."""

NAMED = frozenset({"authority", "place", "item", "company"})
"""Kinds of terms that are names, which mean the same in every language."""
WHO = ("place", "authority")
"""Those of them that act."""

TITLE = 120
"""Characters in which a regulation's own number stands if the text is its title."""

GOVERNING = ("office", "chamber")
"""Cues that name a body of a state, whosever."""

BILLS = ("H.R.", "S. ", "H.Res.", "COM ")


def load_reader(data: Path) -> "Reader":
    """Read data/acts and data/gazetteer, such as load_reader(shipped("data")).

    Raises OSError where a table is missing.
    """
    terms = load_terms(data)
    return Reader(terms=terms, zones={code: ZoneInfo(name) for code, name in terms.zones.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads acts with the names that it was loaded with."""

    terms: Terms
    zones: dict[str, ZoneInfo] = field(default_factory=dict)

    def read(
        self,
        text: str,
        *,
        lang: str | None = None,
        published_at: datetime,
        official: bool = False,
    ) -> Act:
        """Return the act that a text reports, as far as it says.

        official: whether an authority wrote it, who needs not name itself: "the Ministry".

        published_at: of the post, aware; relative dates count from its day where the authority is.
        lang: not needed today; a text is read in English and Chinese at once.
        """
        text = text[:READS]
        folded = fold(text)
        found = words_of(folded)
        every = scan(self.terms, text, folded, found)
        if codes := find_codes(folded):
            every = sorted([*every, *codes])
        hits = told_apart(every, self.terms.beside, folded)
        hits = without_misread(hits, folded)
        hits = shorthand(with_short_forms(hits, folded), folded)
        agencies = self.terms.agencies
        numbers = find_numbers(folded, hits, agencies, year=published_at.year)
        if not hits and not numbers:
            return Act()  # of no term, no country, title or verb can be read
        names = names_of(hits)
        clear = unambiguous(hits, text, folded, agencies)
        title = title_end(folded) if about_trade(hits) else 0
        official = official or title > 0
        home = home_of(clear, numbers, folded, agencies)
        if official and unsure(home, folded):
            home = told_by_form(folded, clear) or home
        if home is None:
            home = hinted(text, folded, named=any(hit.kind in WHO for hit in hits))
        named = tuple(dict.fromkeys([*names, f"home:{home.value}"] if home else names))
        if not numbers and not official and not may_report(hits, folded):
            return Act(mentions=named)
        sentences = split_sentences(folded, settle(outside(clear, numbers), folded))
        words = {
            "numbers": tuple(dict.fromkeys(n.canonical for n in numbers if n.rank < CITED_ONLY))
        }
        words["references"] = tuple(
            dict.fromkeys(n.canonical for n in numbers if n.role in ("cited", "ground"))
        )
        marks = digest_marks(sentences, folded, self.terms)
        if marks:
            words["digest"] = tuple(text[hit.start : hit.end] for hit in marks)
            return Act(mentions=named, read_from=kept(words))
        if not numbers and not official and not any(telling(sentence) for sentence in sentences):
            return Act(mentions=named)
        today = self.local_day(published_at, sentences)
        dates = outside_dates(find_dates(folded, found, today), numbers)
        own = own_number(numbers, today.year)
        around = surroundings(folded, own, dates, today, published_at.date(), title)
        around = replace(around, office=official)
        return self.compose(text, folded, sentences, numbers, dates, around, words, named, home)

    def local_day(self, at: datetime, sentences: Sequence[Sentence]) -> date:
        """Return the post's day where the first authority or place of the text is."""
        for hit in (hit for sentence in sentences[:3] for hit in sentence.hits):
            code = hit.value if hit.kind in ("place", "sign") else ""
            if hit.kind == "authority":
                code = self.terms.agencies[hit.value].jurisdiction
            if code in self.zones:
                return at.astimezone(self.zones[code]).date()
        return at.date()

    def compose(
        self,
        text: str,
        folded: str,
        sentences: Sequence[Sentence],
        numbers: Sequence[Number],
        dates: Sequence[Dated],
        around: Surroundings,
        words: dict[str, tuple[str, ...]],
        named: tuple[str, ...],
        home: Hit | None,
    ) -> Act:
        """Choose the sentence that reports the act and read every field from it."""
        own = own_number(numbers, around.today.year)
        main, verdict = choose(sentences, folded, around)
        if main is None or not (verdict.stage or verdict.denied or words["numbers"]):
            return Act(mentions=named, read_from=kept(words))
        agencies, cue = self.terms.agencies, verdict.cue or verdict.denied
        theirs = answered(main, cue, folded)
        authority = choose_authority(theirs, sentences, cue, folded, agencies)
        own, authority = by_number(own, authority)
        instrument = instrument_of(main, sentences, verdict, authority, folded)
        country = choose_jurisdiction(authority, theirs, sentences, cue, folded, agencies)
        country = country or issuer_of(sentences[0], around.title, folded)
        if only_announced(country, cue, home, verdict.stage, folded):
            return Act(mentions=named, read_from=kept(words))
        every = [hit for sentence in sentences[:2] for hit in sentence.hits]
        authority, country = whose(authority, country, home, own, every, folded)
        if authority and authority.value.startswith(UNNAMED):
            authority = None
        if country is None:
            country = told_besides(sentences, instrument, folded) if around.office else None
            home = country or home
            country = country or ours_zh(text, folded)
        jurisdiction = country.value if country else None
        kind = instrument.value if instrument else None
        stage = verdict.stage
        if stage is Stage.ADOPTED and kind == "penalty":
            stage = Stage.ENFORCED  # imposed a fine
        targets = read_targets(
            theirs, sentences, text, folded, jurisdiction=jurisdiction, instrument=kind, cue=cue
        )  # fmt: skip
        items = read_items(main, sentences, folded)
        published, effective = days_of(dates, main, verdict.stage)
        places: dict[str, list[Hit | Number | Dated | None]] = {
            "instrument": [instrument],
            "stage": [verdict.cue if verdict.stage else None],
            "authority": [authority],
            "jurisdiction": [country],
            "number": [own],
            "targets": [hit for _, hit in targets],
            "items": [hit for _, hit in items],
            "published_on": [published],
            "effective_on": [effective],
            "lifted": [verdict.lifted],
            "relief": [verdict.relief],
            "denied": [verdict.denied],
        }
        for name, found in places.items():
            words[name] = tuple(text[place.start : place.end] for place in found if place)
        return Act(
            instrument=kind,
            stage=stage,
            authority=authority.value if authority else None,
            jurisdiction=jurisdiction,
            number=own.canonical if own else None,
            targets=tuple(value for value, _ in targets),
            items=tuple(value for value, _ in items),
            published_on=published.day.isoformat() if published else None,
            effective_on=effective.day.isoformat() if effective else None,
            mentions=with_home(named, home.value if home else jurisdiction),
            read_from=kept(words),
        )


def with_home(named: Sequence[str], country: str | None) -> tuple[str, ...]:
    """Return the names in a text with the country that it is about."""
    if country is None:
        return tuple(named)
    return (*(name for name in named if not name.startswith("home:")), f"home:{country}")


def by_number(own: Number | None, authority: Hit | None) -> tuple[Number | None, Hit | None]:
    """Return an act's number, unless the act only rests on it, and the authority it is of."""
    if own is None or (authority and rests_on(own.canonical, authority.value)):
        return None, authority
    lawgiver = lawmaker(own.canonical)
    if lawgiver and (authority is None or authority.value != lawgiver):
        authority = Hit(own.start, own.end, "authority", lawgiver)
    return own, authority


def only_announced(
    country: Hit | None, cue: Hit | None, home: Hit | None, stage: Stage | None, folded: str
) -> bool:
    """Tell whether somebody only says what it may do about another's act: vows to help firms.

    What stands behind that other country's name is its act, or plan: Beijing slams a US plan.
    """
    if country is None or cue is None or home is None or country.value == home.value:
        return False
    planned = stage in (Stage.PROPOSED, Stage.REPORTED) and cue.start < home.start
    return planned and reacts(country, folded)


def instrument_of(
    main: Sentence,
    sentences: Sequence[Sentence],
    verdict: Verdict,
    authority: Hit | None,
    folded: str,
) -> Hit | None:
    """Return the instrument that is named, or the one that the verb or the body implies."""
    cue = verdict.cue or verdict.denied
    chosen = choose_instrument(main, sentences, cue)
    if chosen and (
        (chosen.value == "penalty" and threatened(chosen, main, folded))
        or ANSWERS_ZH.search(folded, max(0, chosen.start - 60), chosen.end)
        or ANOTHER_ZH.match(folded, chosen.end)
    ):
        chosen = None
    if verdict.stage is Stage.ENFORCED and not main.of("instrument", "export licence"):
        name = "export licence" if cue and refuses(cue, folded) else "penalty"
        return Hit(cue.start, cue.end, "instrument", name) if cue else None
    if authority and authority.value in SANCTIONERS:
        return sanctioned(chosen, cue, folded)
    return chosen


UP_TO = re.compile(
    r"(?:最高|上限|可处|可被|将面临|将处|违者|否则"
    r"|fines? of up to|up to|may face|could face|face|risk|punishable by)[^.。;]{0,12}$"
)
ANSWERS_ZH = re.compile(r"就[^,。;:]{4,50}答记者问$")
"""Questions answered on somebody's act, which are no guidance: 就美移除部分中国实体答记者问."""
ANOTHER_ZH = re.compile(r"[^,。;:]{0,8}(?:属(?:于)?另|是另|另案|是两码事|不是一回事)")
"""Behind an instrument that a text only tells its own from."""
UP_TO_ZH = re.compile(r"(?:最高|上限|可达|至多|不超过)")
"""Before and behind a penalty that a rule only threatens with."""


def threatened(penalty: Hit, main: Sentence, folded: str) -> bool:
    """Tell whether a penalty that another sentence names is only what a rule threatens with."""
    if main.start <= penalty.start < main.end:
        return False
    ahead = folded[max(0, penalty.start - 24) : penalty.start]
    return bool(UP_TO.search(ahead) or UP_TO_ZH.match(folded, penalty.end))


TELLING = frozenset(
    prefix + value
    for value in (*DECISIVE, "announce", "deny", "norm", "moving", "fee", "no more")
    for prefix in ("", "base:")
)
"""Cues without which, or an instrument, no sentence reports an act."""


def about_trade(hits: Sequence[Hit]) -> bool:
    """Tell whether a text names goods, firms or an instrument, as acts on trade do."""
    return any(hit.kind in ("instrument", "item", "company", "sign", "place") for hit in hits)


def names_of(hits: Sequence[Hit]) -> list[str]:
    """Return the names in a text as "kind:value"; who names rebar mentions steel as well,
    and who gives a tariff line what it stands for."""
    named = [hit for hit in hits if hit.kind in NAMED and hit.value != "-"]
    if not named:
        return []
    wide = (one for hit in named if hit.kind == "item" for one in sorted(wider(hit.value)))
    own = (f"{hit.kind}:{hit.value}" for hit in named if not is_code(hit.value))
    return [*own, *(f"item:{one}" for one in wide)]


def may_report(hits: Sequence[Hit], folded: str) -> bool:
    """Tell whether a text without numbers can report an act: most posts can't, and cost no more.

    It takes an instrument or a verb, and a government, or a punishment, which may do without.
    """
    told = ruled = False
    for hit in hits:
        if hit.kind == "cue":
            told = told or hit.value in TELLING
            ruled = ruled or hit.value.endswith("enforce") or hit.value in GOVERNING
        elif hit.kind == "instrument":
            told = True
            ruled = ruled or only_of_states(hit, folded)
        elif hit.kind in ("authority", "sign") or governs(hit):
            ruled = True
        if told and ruled:
            return True
    return told and not folded.isascii() and STATE.search(folded) is not None


def surroundings(
    folded: str,
    own: Number | None,
    dates: Sequence[Dated],
    today: date,
    posted: date,
    title: int,
) -> Surroundings:
    """Collect what a sentence's stage depends on beyond the sentence."""
    effective = next((dated for dated in dates if dated.purpose == "effective"), None)
    return Surroundings(
        official=own is not None or title > 0,
        dated=effective is not None,
        come=effective is not None and effective.day <= max(today, posted),
        today=today,
        bill=own is not None and own.canonical.startswith(BILLS),
        title=title,
        law=title or (own.end if own and own.law and own.start < TITLE else 0),
        old=old_marks(folded, dates, today),
    )


def days_of(
    dates: Sequence[Dated], main: Sentence, stage: Stage | None
) -> tuple[Dated | None, Dated | None]:
    """Return when the act was published and when it takes effect.

    The day in the sentence that reports it goes before others; of a delay, the last day is meant;
    "from the day of publication" is that day where it is known.
    """
    told = sorted(
        (dated for dated in dates if dated.purpose == "published"),
        key=lambda dated: not main.start <= dated.start < main.end,
    )
    published = told[0] if told and stage is not Stage.REPORTED else None
    begins = [dated for dated in dates if dated.purpose == "effective"]
    effective = begins[0] if begins else None
    if stage is Stage.DELAYED and begins:
        effective = max(begins, key=lambda dated: dated.day)
    if effective and effective.by_publication and told:
        effective = replace(effective, day=told[0].day)
    return published, effective


def kept(words: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the fields that something was read for."""
    return {name: found for name, found in words.items() if found}


def outside(hits: Sequence[Hit], numbers: Sequence[Number]) -> list[Hit]:
    """Drop the cues that are part of an official number (公告 in 公告2025年第61号)."""
    return [hit for hit in hits if hit.kind != "cue" or not within(numbers, hit.start)]


def outside_dates(dates: Sequence[Dated], numbers: Sequence[Number]) -> list[Dated]:
    """Drop the dates that are part of an official number or of its link."""
    return [dated for dated in dates if not within(numbers, dated.start)]


def direction(act: Act) -> Literal["imposed", "lifted"] | None:
    """Tell whether an act restricts or eases; None where it is only delayed, denied or unknown."""
    if act.read_from.get("relief"):
        return None  # a rebate that ends
    if act.stage in (Stage.WITHDRAWN, Stage.SUSPENDED) or act.read_from.get("lifted"):
        return "lifted"
    if act.stage in (None, Stage.DELAYED) or act.instrument in (None, "subsidy", "guidance"):
        return None
    return "imposed"


def is_country(target: str) -> bool:
    """Tell a country's code from a company's name."""
    return len(target) == 2 and target.isascii() and target.isupper()


def is_company(target: str) -> bool:
    """Tell a company's name from a country's code."""
    return not is_country(target)
