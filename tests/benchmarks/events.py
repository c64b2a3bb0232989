"""Measures grouping: B-cubed F1 on headlines, and alerts per act on a stream with known acts.

    python tests/benchmarks/events.py [--streams fresh-a,fresh-b] [--shuffles 20]

The acts' own figures come from the whole pipeline with its database. Other orders of arrival are
grouped in memory by the same functions, which takes a second instead of half a minute each.
"""

import argparse
import csv
import itertools
import json
import random
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from alerts import config as config_file
from alerts import pipeline as stages
from alerts.archive import EventMemory
from alerts.config import Service
from alerts.domain import Act, Figures, Polled, Post, RawPost
from alerts.grouping import group
from alerts.normalise import normalise
from alerts.opening import open_reader
from alerts.pipeline import Pipeline
from alerts.reading import Read, read_act
from alerts.store.connect import open_store
from alerts.store.listing import list_alerts, list_events
from alerts.traces import trace
from alerts.window import Window
from classifier import artefact
from classifier.labels import Policy, Tagging

ROOT = Path(__file__).resolve().parents[2]
UCI = ROOT.parent / "shared" / "benchmarks" / "uci_news" / "uci-news-aggregator-first6366.csv"
STREAM = ROOT / "tests" / "data" / "events"
STREAMS = (
    "tune", "held", "fresh-a", "fresh-b", "fresh-c", "fresh-d", "fresh-e", "fresh-f", "fresh-g",
    "fresh-h", "fresh-i", "fresh-j", "fresh-k", "fresh-l", "fresh-m", "fresh-n", "fresh-o",
    "fresh-p", "fresh-q", "fresh-r", "fresh-s", "fresh-t", "fresh-u", "fresh-v",
)  # fmt: skip
FITTED = 1_500
"""Posts of the corpus, in the order of its stream, that the weights are fitted to."""

OTHERS = "corpus-"
"""What the ids of its posts begin with."""

TALK = Tagging(
    topics={}, tags=(), policy=Policy(grade=1, at_least=(1.0, 0.0, 0.0)), model="none", terms={}
)
CONFIG = """\
service: {{database: "sqlite:///{folder}/t.db", web: "off"}}
sources: [{{name: all, kind: jsonl, path: none, backfill: all}}]
channels: [{{name: screen, kind: console}}]
rules: [{{name: acts, min_policy: 2, send: [screen], cooldown: 24h}}]
"""


def b_cubed(found: Sequence[str], true: Sequence[str]) -> tuple[float, float, float]:
    """Return precision, recall and F1 (Bagga and Baldwin 1998)."""
    in_found, in_true = Counter(found), Counter(true)
    both = Counter(zip(found, true, strict=True))
    precision = sum(n * n / in_found[f] for (f, _), n in both.items()) / len(found)
    recall = sum(n * n / in_true[t] for (_, t), n in both.items()) / len(true)
    return precision, recall, 2 * precision * recall / (precision + recall)


def headlines() -> list[tuple[datetime, str, str]]:
    """Return (time, title, story) of the headlines, in the order of their time."""
    with UCI.open(encoding="utf-8", errors="replace", newline="") as file:
        rows = [row for row in csv.DictReader(file) if (row["TIMESTAMP"] or "").isdigit()]
    rows.sort(key=lambda row: int(row["TIMESTAMP"]))
    return [
        (datetime.fromtimestamp(int(row["TIMESTAMP"]) / 1000, UTC), row["TITLE"], row["STORY"])
        for row in rows
    ]


def post_of(number: int, at: datetime, title: str) -> Post:
    """Return a headline as a post."""
    return Post(
        id=str(number), source="uci", external_id=str(number), url=None, title=title, text=title,
        lang="en", author=None, published_at=at, dated=True, first_seen_at=at, official=False,
        limited=False, figures=Figures(), platform_tags=(),
    )  # fmt: skip


def group_posts(read: Iterable[Read], days: float) -> tuple[list[str], list[bool]]:
    """Group posts one by one as the pipeline does, without a database.

    Return each one's event, and whether a rule on policy of grade 2 would alert on it.
    """
    archive, window = EventMemory(), Window(days)
    kin, alerted = [], []
    told: set[str | None] = set()
    for one in read:
        placed = group(archive, window, one.post, one.tagging, one.act, one.seen)
        archive.join(one.post, placed.kin)
        kin.append(placed.kin)
        wide, event_id = one.tagging.policy.grade >= 2, placed.event.id
        alerts = wide and told.isdisjoint({event_id, archive.leans_on(event_id)})
        alerted.append(alerts)
        if alerts:
            told.add(event_id)
    # What leaned when it came may have stood up since.
    return [archive.leans_on(event_id) or event_id for event_id in kin], alerted


def group_headlines(rows: Iterable[tuple[datetime, str, str]]) -> list[str]:
    """Group headlines one by one; return each one's event."""
    posts = (post_of(number, at, title) for number, (at, title, _) in enumerate(rows))
    read = (Read(post=one, tagging=TALK, act=Act(), seen=trace(one, Act())) for one in posts)
    return group_posts(read, 7)[0]


def read_rows(rows: Sequence[Mapping[str, Any]]) -> dict[str, Read]:
    """Classify and read the posts of a stream once, for many orders of arrival."""
    model, reader = artefact.serve(ROOT / "models"), open_reader()
    read = {}
    for row in rows:
        post = normalise(
            raw_of(row), official=row["official"], now=datetime(2030, 1, 1, tzinfo=UTC)
        )
        (tagging,) = model.tag([post.text])
        act = read_act(reader, post)
        read[row["id"]] = Read(post=post, tagging=tagging, act=act, seen=trace(post, act))
    return read


def raw_of(row: Mapping[str, Any]) -> RawPost:
    """Return a row of the stream as its source would give it."""
    return RawPost(
        source=row["source"], external_id=row["id"], url=row.get("url"), title=row.get("title"),
        body=row.get("body") or row.get("text"), published=row["published"],
        language=row["lang"], official=row["official"],
    )  # fmt: skip


def window_cost(
    posts: int = 100_000, probes: int = 5_000, *, machine: bool = False
) -> tuple[float, float]:
    """Return median microseconds of adding a post to a full window, and of a naive comparison.

    machine: whether the window compares in machine code.
    """
    random.seed(1)
    words = [f"word{n}" for n in range(60_000)]
    weights = list(itertools.accumulate(1 / (n + 10) for n in range(60_000)))
    now = datetime(2026, 11, 24, tzinfo=UTC)
    window = Window(7, machine=machine)
    texts = [
        dict.fromkeys(random.choices(words, cum_weights=weights, k=30), 1.0)
        for _ in range(posts + probes)
    ]
    for number, terms in enumerate(texts[:posts]):
        window.put(f"e{number // 3}", terms, now)
    costs, naive = [], []
    for number, terms in enumerate(texts[posts:]):
        started = time.process_time_ns()
        found = window.alike(terms, now)
        window.put(next(iter(found), f"n{number}"), terms, now)
        costs.append((time.process_time_ns() - started) / 1000)
    sets = [set(terms) for terms in texts[:posts]]
    for terms in texts[posts : posts + 20]:
        wanted = set(terms)
        started = time.process_time_ns()
        max(len(wanted & one) / len(wanted | one) for one in sets)
        naive.append((time.process_time_ns() - started) / 1000)
    return statistics.median(costs), statistics.median(naive)


def corpus_stream(
    minutes: float, posts: slice, start: datetime = datetime(2026, 3, 1, tzinfo=UTC)
) -> list[dict[str, Any]]:
    """Return posts of the corpus, of which hardly two are on one act, one in so many minutes."""
    files = sorted((ROOT / "data" / "corpus").glob("*.jsonl"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    random.Random(1).shuffle(lines)
    return [
        {
            "id": f"{OTHERS}{number}", "source": f"s{number % 7}", "lang": row["lang"],
            "published": (start + timedelta(minutes=minutes * number)).isoformat(),
            "official": False, "body": row["text"], "act": None,
        }
        for number, row in enumerate(map(json.loads, lines[posts]))
    ]  # fmt: skip


def lost_acts(minutes: float, posts: slice) -> tuple[int, int]:
    """Return the posts of a corpus's stream with a topic and policy of grade 2, and how many of
    them would alert nobody, since their event, or what it leans on, was told of before."""
    rows = corpus_stream(minutes, posts)
    read = list(read_rows(rows).values())
    _, alerted = group_posts(read, Service().event_days)
    wanted = lost = 0
    for one, alert in zip(read, alerted, strict=True):
        if one.tagging.tags and one.tagging.policy.grade >= 2:
            wanted, lost = wanted + 1, lost + (not alert)
    return wanted, lost


def run_stream(rows: Sequence[Mapping[str, Any]]) -> tuple[dict[str, str], list[str]]:
    """Take a stream in post by post; return id -> event, and the ids that set an alert off."""
    with tempfile.TemporaryDirectory() as place:
        text = CONFIG.format(folder=place)
        model = artefact.serve(ROOT / "models")
        config = config_file.parse(text, Path(place) / "t.yaml", topics=model.topics, secrets=False)
        pipeline = Pipeline(
            store=open_store(config.service.database), config=config, model=model,
            reader=open_reader(), window=Window(config.service.event_days),
        )  # fmt: skip
        arrival = datetime.fromisoformat(rows[0]["published"])
        stages.prepare(pipeline, arrival)
        for row in rows:
            arrival = max(arrival, datetime.fromisoformat(row["published"])) + timedelta(seconds=1)
            settings = config.sources[0].model_copy(update={"official": row["official"]})
            brought = Polled(posts=(raw_of(row),), cursor={})
            stages.ingest(pipeline, settings, brought, arrival)
        with pipeline.store.read() as connection:
            event_of = {
                post["external_id"]: event["id"]
                for event in list_events(connection, 100_000)
                for post in event["posts"]
            }
            new = [
                alert["post"]
                for alert in list_alerts(connection, 100_000)
                if alert["reason"] == "new"
            ]
        pipeline.store.close()
    return event_of, new


def judge(
    rows: Sequence[Mapping[str, Any]],
    groups: Sequence[Sequence[str]],
    event_of: Mapping[str, str],
    alerted: Sequence[str],
) -> dict[str, float]:
    """Return the figures of one pass: duplicates per act, merged look-alikes, missed acts.

    An act is missed if nothing told of any event that its posts stand in, and under another's name
    if only posts on other acts did.
    """
    act_of = {row["id"]: row["act"] for row in rows}
    alerts = Counter(act_of[post] for post in alerted if act_of.get(post))
    acts = {row["act"] for row in rows if row["act"] and row["grade"] >= 2}
    events: dict[str, Counter[str]] = defaultdict(Counter)
    for post, act in act_of.items():
        if act:
            events[act][event_of[post]] += 1
    home = {act: found.most_common(1)[0][0] for act, found in events.items()}
    told = {event_of[post] for post in alerted}
    missed = [act for act in acts if not told & set(events[act])]
    pairs = [(one, other) for one, other in pairs_in(groups) if one in home and other in home]
    merged = sum(home[one] == home[other] for one, other in pairs)
    labelled = [post for post, act in act_of.items() if act]
    precision, recall, f1 = b_cubed(
        [event_of[post] for post in labelled], [act_of[post] for post in labelled]
    )
    return {
        "duplicate alerts per act": sum(max(0, n - 1) for n in alerts.values()) / len(acts),
        "look-alikes merged": merged / max(1, len(pairs)),
        "acts missed": len(missed),
        "acts under another's name": len(acts - alerts.keys()),
        "alerts on no act": sum(not act_of.get(post) for post in alerted),
        "strangers": _strangers(act_of, event_of),
        "b-cubed precision": precision,
        "b-cubed recall": recall,
        "b-cubed f1": f1,
    }


def _strangers(act_of: Mapping[str, str | None], event_of: Mapping[str, str]) -> float:
    """Return the share of the posts on no act that stand in the event of one."""
    acts = {event_of[post] for post, act in act_of.items() if act}
    others = [post for post, act in act_of.items() if not act]
    return sum(event_of[post] in acts for post in others) / max(1, len(others))


def look_alikes(rows: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """Return the pairs of events that a hand split, from rows that say what they are apart from."""
    pairs = {frozenset((row["act"], one)) for row in rows for one in row["apart_from"]}
    return sorted(sorted(pair) for pair in pairs)


def shuffled(rows: Sequence[Any], seed: int) -> list[Any]:
    """Return the rows in an order of arrival that differs by some hours."""
    generator = random.Random(seed)
    late = {row["id"]: generator.expovariate(1 / 7200) for row in rows}
    return sorted(
        rows, key=lambda row: datetime.fromisoformat(row["published"]).timestamp() + late[row["id"]]
    )


def judge_orders(
    rows: Sequence[Mapping[str, Any]], groups: Sequence[Sequence[str]], shuffles: int
) -> list[dict[str, float]]:
    """Return the figures of each of so many other orders of arrival."""
    read, figures = read_rows(rows), []
    for seed in range(shuffles):
        order = shuffled(rows, seed)
        found, alerted = group_posts([read[row["id"]] for row in order], Service().event_days)
        ids = [row["id"] for row in order]
        told = [name for name, alert in zip(ids, alerted, strict=True) if alert]
        figures.append(judge(order, groups, dict(zip(ids, found, strict=True)), told))
    return figures


def table(names: Sequence[str], shuffles: int) -> str:
    """Return the figures of streams, a column each: in order, then mean and most of others."""
    columns = {name: measure(name, shuffles) for name in names}
    lines = [f"| figure | {' | '.join(columns)} |", f"| --- |{' --- |' * len(columns)}"]
    for figure in next(iter(columns.values()))[0]:
        row = []
        for first, *others in columns.values():
            values = [one[figure] for one in others] or [first[figure]]
            row.append(f"{first[figure]:.3f}; {statistics.mean(values):.3f}, {max(values):.3f}")
        lines.append(f"| {figure} | {' | '.join(row)} |")
    return "\n".join(lines)


def measure(name: str, shuffles: int) -> list[dict[str, float]]:
    """Return the figures of a stream, first in order and then in other orders of arrival."""
    lines = (STREAM / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    own = STREAM / f"{name}-look-alikes.json"
    groups = json.loads((own if own.exists() else STREAM / "look-alikes.json").read_text())
    first = judge(rows, groups, *run_stream(rows))
    acts = {row["act"] for row in rows if row["act"] and row["grade"] >= 2}
    pairs = sum(len(acts.intersection(pair)) == 2 for pair in pairs_in(groups))
    print(f"{name}: {len(rows)} posts, {len(acts)} acts, {pairs} pairs of look-alikes")
    return [first, *judge_orders(rows, groups, shuffles)]


def pairs_in(groups: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """Return each two acts that look alike."""
    return [pair for group in groups for pair in itertools.combinations(group, 2)]


def main() -> None:
    """Print every figure that the machine has the texts for."""
    options = argparse.ArgumentParser()
    options.add_argument("--shuffles", type=int, default=20)
    options.add_argument("--streams", default=",".join(STREAMS))
    options.add_argument("--rows", type=Path, help="only these: tocsin events corrections --export")
    given = options.parse_args()
    if given.rows:
        corrected = [json.loads(line) for line in given.rows.read_text().splitlines()]
        figures = judge(corrected, look_alikes(corrected), *run_stream(corrected))
        print(given.rows, figures)
        return
    if UCI.exists():
        rows = headlines()
        found = group_headlines(rows)
        precision, recall, f1 = b_cubed(found, [story for *_, story in rows])
        print(f"headlines: {len(rows)}, B-cubed {precision:.3f} {recall:.3f} F1 {f1:.3f}")
    for machine in (False, True) if find_spec("numba") else (False,):
        cost, naive = window_cost(machine=machine)
        way = "in machine code" if machine else "without numba"
        print(f"a post into a window of 100,000, {way}: {cost:.0f} us; naive {naive:,.0f} us")
    for minutes, posts in ((50, 3_000), (200, 750)):
        wanted, lost = lost_acts(minutes, slice(FITTED, FITTED + posts))
        print(f"a post of the corpus each {minutes} min: {lost} of {wanted} on policy told nobody")
    print(table(given.streams.split(","), given.shuffles))


if __name__ == "__main__":
    main()
