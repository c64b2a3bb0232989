"""The demo's recorded morning: well-formed, and consistent with itself and what it promises."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from ruamel.yaml import YAML

DEMO = Path(__file__).resolve().parents[1] / "data" / "demo"
ATOM = "{http://www.w3.org/2005/Atom}"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
LINK = re.compile(r"https?://[^\s<>\"'{}）)\]\\]+")
INVENTED = re.compile(r"(^|\.)example\.(com|org|net)$")
HOSTS_THAT_EXIST = {
    "lunarcrush.com",
    "public-inspection.federalregister.gov",
    "www.federalregister.gov",
    "www.govinfo.gov",
    "www.reddit.com",
    "www.w3.org",
    "www.youtube.com",
    "x.com",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A post as one reply shows it. interactions: 0 where the source counts none."""

    id: str
    published: datetime
    text: str
    interactions: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One file of one tick, read. file: its path in the tick's folder."""

    tick: datetime
    source: str
    file: str
    path: Path
    items: tuple[Item, ...]


def read_rss(text: str) -> Iterator[Item]:
    for entry in ElementTree.fromstring(text).iter("item"):
        yield Item(
            id=entry.findtext("guid", ""),
            published=parsedate_to_datetime(entry.findtext("pubDate", "")),
            text=f"{entry.findtext('title')}\n{entry.findtext('description')}",
        )


def read_atom(text: str) -> Iterator[Item]:
    for entry in ElementTree.fromstring(text).iter(f"{ATOM}entry"):
        yield Item(
            id=entry.findtext(f"{ATOM}id", ""),
            published=datetime.fromisoformat(entry.findtext(f"{ATOM}published", "")),
            text=f"{entry.findtext(f'{ATOM}title')}\n{entry.findtext(f'{ATOM}content')}",
        )


def read_social(text: str) -> Iterator[Item]:
    for row in json.loads(text)["data"]:
        yield Item(
            id=row["id"],
            published=datetime.fromtimestamp(row["post_created"], UTC),
            text=row["post_title"],
            interactions=row["interactions_total"],
        )


def read_page(text: str) -> Iterator[Item]:
    [created] = set(re.findall(r"Created: (.+) UTC", text))
    [post_id] = set(re.findall(r"tweet::(\d+)(?:/c|$)", text, re.MULTILINE))
    yield Item(
        id=post_id,
        published=datetime.fromisoformat(created).replace(tzinfo=UTC),
        text=text.split("UTC", 1)[1].split("engagements", 1)[0],
    )


def read_register(text: str) -> Iterator[Item]:
    for row in json.loads(text).get("results", []):
        at = row.get("filed_at") or f"{row['publication_date']}T00:00:00+00:00"
        yield Item(
            id=row["document_number"],
            published=datetime.fromisoformat(at),
            text=f"{row['title']}\n{row.get('abstract')}",
        )


def read_rows(text: str) -> Iterator[Item]:
    for row in map(json.loads, text.splitlines()):
        yield Item(
            id=row["id"],
            published=datetime.fromisoformat(row["published"]),
            text=f"{row['title']}\n{row['body']}",
        )


FILES: Mapping[str, tuple[str, Callable[[str], Iterator[Item]]]] = {
    "wire.xml": ("wire", read_rss),
    "mofcom.xml": ("mofcom", read_atom),
    "page.txt": ("post-page", read_page),
    "api4/public/topic/china/posts/v1.json": ("social", read_social),
    "api4/public/topic/china/news/v1.json": ("social", read_social),
    "fr/documents.json": ("federal-register", read_register),
    "fr/public-inspection.json": ("federal-register", read_register),
    "forum.jsonl": ("forum", read_rows),
}

Key = tuple[str, str]
"""A post: its source and its id there."""


def load_yaml(name: str) -> Any:
    return YAML(typ="safe").load((DEMO / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def morning() -> Any:
    return load_yaml("morning.yaml")


@pytest.fixture(scope="module")
def config() -> Any:
    return load_yaml("tocsin.yaml")


@pytest.fixture(scope="module")
def expected() -> Any:
    return json.loads((DEMO / "expected.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def replies(morning: Any) -> Sequence[Reply]:
    """Every reply of the recording, in the order of ticks."""
    found = []
    for tick in morning["ticks"]:
        at = datetime.fromisoformat(f"{morning['date']}T{tick['time']}:00+00:00")
        folder = DEMO / tick["time"].replace(":", "")
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            file = path.relative_to(folder).as_posix()
            source, read = FILES[file]
            items = tuple(read(path.read_text(encoding="utf-8")))
            found.append(Reply(tick=at, source=source, file=file, path=path, items=items))
    return found


@pytest.fixture(scope="module")
def first_shown(replies: Sequence[Reply]) -> Mapping[Key, tuple[datetime, Item]]:
    """Every post, with the tick that first shows it."""
    first: dict[Key, tuple[datetime, Item]] = {}
    for reply in replies:
        for item in reply.items:
            first.setdefault((reply.source, item.id), (reply.tick, item))
    return first


def key_of(post: Mapping[str, str]) -> Key:
    return post["source"], post["id"]


def matches_a_word(words: Sequence[str], text: str) -> bool:
    """Tell whether a rule's word or /pattern/ occurs, word borders left aside."""
    patterns = (w[1:-1] if w.startswith("/") else re.escape(w) for w in words)
    return any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)


def test_ticks_are_in_order_and_each_has_its_folder(morning: Any) -> None:
    times = [tick["time"] for tick in morning["ticks"]]

    assert morning["date"] == date(2026, 11, 24)
    assert times == sorted(set(times))
    assert all(tick["note"].strip() for tick in morning["ticks"])
    folders = sorted(path.name for path in DEMO.iterdir() if path.is_dir())
    assert folders == [time.replace(":", "") for time in times]


def test_every_route_has_an_answer_from_the_first_tick_on(morning: Any) -> None:
    first = DEMO / morning["ticks"][0]["time"].replace(":", "")

    assert {*morning["routes"].values(), "forum.jsonl"} == FILES.keys()
    assert [file for file in FILES if not (first / file).is_file()] == []


def test_the_config_asks_only_for_what_the_recording_answers(morning: Any, config: Any) -> None:
    base = "http://127.0.0.1:{port}"

    pages = [source["url"] for source in config["sources"] if "url" in source]
    bases = [source["base_url"] for source in config["sources"] if "base_url" in source]

    assert [url for url in pages if url.removeprefix(base) not in morning["routes"]] == []
    for url in bases:
        assert any(route.startswith(url.removeprefix(base)) for route in morning["routes"])
    assert {source["name"] for source in config["sources"]} == {name for name, _ in FILES.values()}


def test_the_config_has_no_placeholder_but_the_port() -> None:
    text = (DEMO / "tocsin.yaml").read_text(encoding="utf-8")

    assert set(re.findall(r"\{[^}]*\}?", text)) == {"{port}"}


def test_every_reply_names_each_post_once(replies: Sequence[Reply]) -> None:
    for reply in replies:
        repeated = [key for key, n in Counter(item.id for item in reply.items).items() if n > 1]
        assert (reply.path, repeated) == (reply.path, [])
        assert all(item.id and len(item.text.strip()) > 10 for item in reply.items)


def test_ids_are_unique_over_all_sources(first_shown: Mapping[Key, object]) -> None:
    ids = Counter(name for _, name in first_shown)

    assert [name for name, times in ids.items() if times > 1] == []


def test_posts_are_published_before_they_are_shown_and_within_a_day(
    first_shown: Mapping[Key, tuple[datetime, Item]],
) -> None:
    off = [
        (key, str(item.published))
        for key, (tick, item) in first_shown.items()
        if not tick - timedelta(hours=24) <= item.published <= tick
    ]

    assert off == []


def test_a_feed_grows_and_changes_nothing_that_it_has_shown(replies: Sequence[Reply]) -> None:
    last: dict[str, dict[str, Item]] = {}
    for reply in replies:
        before, now = last.get(reply.file, {}), {item.id: item for item in reply.items}
        if reply.source != "post-page":  # its page shows one post only
            assert before.keys() <= now.keys(), reply.path
        for old, new in ((before[key], now[key]) for key in before.keys() & now.keys()):
            assert (old.text, old.published) == (new.text, new.published)
            assert old.interactions < new.interactions or reply.source != "social"
        last[reply.file] = now


def test_the_social_site_lists_what_has_most_interactions_first(replies: Sequence[Reply]) -> None:
    for reply in replies:
        if reply.source == "social":
            counts = [item.interactions for item in reply.items]
            assert counts == sorted(counts, reverse=True), reply.path


def test_a_guest_page_shows_its_post_twice_and_no_figure(replies: Sequence[Reply]) -> None:
    pages = [reply for reply in replies if reply.source == "post-page"]

    assert len(pages) == 2
    for page in pages:
        text, [item] = page.path.read_text(encoding="utf-8"), page.items
        assert text.count("[GUEST ACCESS MODE: Data is scrambled or limited") == 2
        assert text.count(item.text.strip().splitlines()[0]) == 2
        assert re.findall(r"\d+ (?:followers|engagements)|\d+%", text) == []
        assert f"/status/{item.id})" in text


def test_there_is_enough_of_everything(first_shown: Mapping[Key, tuple[datetime, Item]]) -> None:
    sources = Counter(source for source, _ in first_shown)
    chinese = [key for key, (_, item) in first_shown.items() if CHINESE.search(item.text)]

    assert len(first_shown) >= 60
    assert min(sources.values()) >= 2
    assert len(chinese) >= 10


def test_every_post_is_expected_in_exactly_one_place(
    expected: Any, first_shown: Mapping[Key, object]
) -> None:
    acts = [key_of(post) for act in expected["acts"] for post in act["posts"]]
    background = [key_of(post) for act in expected["acts"] for post in act["may_join"]]
    noise = [(source, name) for source, ids in expected["noise"].items() for name in ids]

    assert Counter(acts + background + noise) == Counter(first_shown.keys())
    assert expected["counts"] == {
        "posts": len(first_shown),
        "on_acts": len(acts),
        "may_join": len(background),
        "noise": len(noise),
        "alerts_new": len(expected["acts"]),
        "alerts_updated": sum(len(act["alerts"]) - 1 for act in expected["acts"]),
    }
    assert 0.55 <= len(noise) / len(first_shown) <= 0.7


def test_each_act_is_told_once_and_updated_only_by_its_own_official_text(
    expected: Any, first_shown: Mapping[Key, tuple[datetime, Item]]
) -> None:
    for act in expected["acts"]:
        assert [alert["reason"] for alert in act["alerts"]] in (["new"], ["new", "updated"])
        by_id = {post["id"]: key_of(post) for post in act["posts"]}
        for alert in act["alerts"]:
            tick, _ = first_shown[by_id[alert["post"]]]
            assert f"{tick:%H:%M}" == alert["tick"]
            if alert["reason"] == "updated":
                assert alert["post"] == act["official"]["id"]
        earliest = min(first_shown[key][0] for key in by_id.values())
        assert f"{earliest:%H:%M}" == act["alerts"][0]["tick"]


def test_the_lead_over_the_official_text_follows_from_the_dates(
    expected: Any, first_shown: Mapping[Key, tuple[datetime, Item]]
) -> None:
    updated = [act for act in expected["acts"] if "lead_minutes" in act]

    assert len(updated) == 1
    for act in updated:
        first = min(first_shown[key_of(post)][1].published for post in act["posts"])
        official = first_shown[key_of(act["official"])][1].published
        assert (official - first) == timedelta(minutes=act["lead_minutes"])


def test_look_alike_orders_of_one_ministry_differ_in_number(expected: Any) -> None:
    ministry = [
        act for act in expected["acts"] if (act["official"] or {}).get("source") == "mofcom"
    ]

    assert len(ministry) == 2
    assert len({act["number"] for act in ministry}) == 2
    assert {act["rule"] for act in ministry} == {"export controls on battery or chip technology"}


def test_the_words_of_no_other_rule_occur_in_an_act_of_full_grade(
    expected: Any, config: Any, first_shown: Mapping[Key, tuple[datetime, Item]]
) -> None:
    rules = {rule["name"]: rule for rule in config["rules"]}

    for act in expected["acts"]:
        rule = rules[act["rule"]]
        assert rule["severity"] == act["severity"]
        assert rule["min_policy"] <= act["grade"]
        for alert in act["alerts"]:
            text = next(i.text for (_, n), (_, i) in first_shown.items() if n == alert["post"])
            assert matches_a_word(rule["any_of"], text)
        rivals = [r for r in rules.values() if r is not rule and r["min_policy"] <= act["grade"]]
        for post in act["posts"]:
            text = first_shown[key_of(post)][1].text
            assert not any(matches_a_word(rival["any_of"], text) for rival in rivals), post


def test_links_lead_to_invented_places_or_known_platforms(replies: Sequence[Reply]) -> None:
    for reply in replies:
        text = reply.path.read_text(encoding="utf-8")
        hosts = {urlsplit(link).hostname or "" for link in LINK.findall(text)}
        foreign = {host for host in hosts - HOSTS_THAT_EXIST if not INVENTED.search(host)}
        assert (reply.path, foreign) == (reply.path, set())
