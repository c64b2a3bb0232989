"""Sequels: how long after another act a text says that its own comes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.contradictions import kept_apart
from alerts.domain import Act, Event, Figures, Post, Stage
from alerts.likeness import Candidate
from alerts.reader.terms import fold
from alerts.sequels import MOST, earlier
from alerts.traces import names_in

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def make_post(text: str = "") -> Post:
    return Post(
        id="1", source="wire", external_id="1", url=None, title="", text=text, lang="en",
        author=None, published_at=NOW, dated=True, first_seen_at=NOW, official=False,
        limited=False, figures=Figures(), platform_tags=(),
    )  # fmt: skip


def event_of(act: Act, days: float) -> Event:
    return Event(
        id="e1", title="Refinery", act=act, posts=1, sources=("wire",), topics={}, grade=3,
        at_least=(1.0, 1.0, 1.0), relevance=1, first_seen=NOW - timedelta(days=days),
        last_seen=NOW, official_post=None, official_url=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("A week after the Hongchang refinery, Treasury goes for the tanks", 7),
        ("Three days after robots, the White House puts a duty on grid gear", 3),
        ("Days after stopping the Lumaris sale, The Hague let Huaxing buy", 4),
        ("The ordinance came two weeks after the one on Japanese coil", 14),
        ("17 days after Brussels, Ottawa examines hybrids", 17),
        ("A month after Brazil, the second big exporter is shut out", 30),
        ("Hours after Beijing's list, Washington had its own", 0.2),
        ("Treasury lists a tank farm, its second strike on Chinese oil in nine days", 9),
        ("A week after US sanctions on Hongchang, the tanks", 7),
        ("A week after the Hongchang sanctions, the EU lists Luqing", 7),
        ("A week after the sugar ban, India bans exports of molasses", 7),
        ("A week after US tariffs, the US imposes a further 25% on Indian goods", 7),
        ("A second Section 232 case in three days targets scanners", 3),
        ("Another listing of drone makers in barely a week", 7),
        ("时隔两周，商务部再对锗下手", 14),
        ("三天之内，美国再次对影像设备立案", 3),
        ("一周内第二次，欧盟对华立案", 7),
        ("昨天锡锭关门，今天铝土矿开闸", 1),
        ("上周是铜，这周轮到铝", 7),
        ("继昨日稀土之后，石墨也要许可证", 1),
    ],
)
def test_a_text_says_how_long_after_another_act_its_own_comes(text: str, days: float) -> None:
    spans = list(earlier(fold(text)))

    assert spans
    assert all(least <= days <= most for least, most in spans)
    assert not any(least <= days * 4 + 2 <= most for least, most in spans)


@pytest.mark.parametrize(
    "text",
    [
        "Two weeks after the rule took effect, customs seized the first load",
        "Effective 30 days after publication in the Federal Register",
        "A month after it was put on the list, the shipyard found magnets",
        "Five weeks after Commerce listed it, Dubai froze its licence",
        "A day after China said that hafnium would need leave to travel",
        "Makers must report within ten days of a sale",
        "They met day after day",
        "Garnex halts withdrawals two weeks after US sanctions",
        "Two weeks after the watchdog's order the firm told clients that fees would be the same",
        "A week after the quota was granted, deals have been concluded",
        "The registry acted ten days after OFAC named them",
        "A second tranche takes effect in two weeks",
        "Another round of talks with Seoul is planned in two weeks",
        "Another vote in the Senate follows in ten days",
        "The US will launch a second probe of Korean cars in two weeks",
        "The third largest importer of soybeans says in one week it bought two cargoes",
        "要求供应商10日内再次申报出口许可",
        "30日内第三国企业转口也须申请许可",
        "3月5日来第三批清单公布",
        "将在60日内作出第三次裁决",
        "Two days after Washington announced tariffs, Commerce publishes them",
        "A day after the announcement, markets fell",
        "In force 180 days after enactment",
        "Eleven days later; sixty days after Manila",
        "昨天商务部宣布对镓实施出口管制，今天生效",
        "上周公布的出口管制，今天正式生效",
        "过了两三天，商务部又出手",
        "商务部公告自公布之日起三天后施行",
        "昨天公告，即日起实施",
    ],
)
def test_what_comes_after_the_act_itself_is_no_sequel(text: str) -> None:
    assert list(earlier(fold(text))) == []


def test_a_chronicle_is_cut() -> None:
    assert len(list(earlier("a week after x, " * 30))) == MOST


@pytest.mark.parametrize(
    ("days", "text", "why"),
    [
        (7.5, "A week after the Hongchang refinery, the tanks", "sequel"),
        (0.2, "A week after the Hongchang refinery, the tanks", None),
        (30, "A week after the Hongchang refinery, the tanks", None),
        (7.5, "The Hongchang refinery and the tanks", None),
    ],
)
def test_a_sequel_is_kept_apart_from_what_it_comes_after(
    days: float, text: str, why: str | None
) -> None:
    event, post = event_of(Act(), days), make_post(text)

    assert kept_apart(post, Act(mentions=names_in(text)), Candidate(event=event), "words") == why
    # A relay of what the event says itself.
    told = replace(event, act=Act(mentions=names_in(text)))
    assert kept_apart(post, told.act, Candidate(event=told), "words") is None
    assert kept_apart(post, Act(mentions=names_in(text)), Candidate(event=event), "link") is None


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, None),
        # A report of an act; of other goods, or of another place.
        ({"stage": Stage.ADOPTED}, "sequel"),
        ({"mentions": ("item:gallium", "after:6.50-13.50")}, "sequel"),
        ({"mentions": ("item:tantalum", "place:MY", "after:6.50-13.50")}, "sequel"),
    ],
)
def test_what_reports_no_act_tells_how_long_ago_the_known_one_was(
    changed: dict[str, object], why: str | None
) -> None:
    known = Act(mentions=("item:tantalum", "place:CN"))
    text = Act(mentions=("item:tantalum", "place:CN", "after:6.50-13.50"))
    candidate = Candidate(event=event_of(known, days=10))

    assert kept_apart(make_post(), replace(text, **changed), candidate, "words") == why  # type: ignore[arg-type]
