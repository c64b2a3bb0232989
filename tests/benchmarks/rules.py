"""Measures what rules cost: microseconds a post for 1 to 1,000 rules of all kinds.

python tests/benchmarks/rules.py [--posts N] [--rounds N]

The posts are texts of the labelled corpus with its labels as scores, once as in a stream (15 %
about a topic) and once all about a topic, which touch the most rules. The rules are mixed with a
fixed seed: most watch topics, half have words, a third look at the act, one in seven has patterns,
one in ten an expression. Timed is deciding, from a fresh case on, without the database, in
processor time, so that a busy machine counts less.
"""

import argparse
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from alerts.acts import load_reader
from alerts.case import Case
from alerts.domain import Figures, RawPost
from alerts.events import open_event
from alerts.normalise import normalise
from alerts.rules import Rule, decide
from alerts.shortlist import Shortlist
from classifier import corpus
from classifier.labels import TOPICS, Example, Policy, Tagging
from classifier.resources import shipped

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
THRESHOLDS = dict.fromkeys(TOPICS, 0.5)
COUNTS = (1, 10, 100, 1000)
ON_TOPIC = 0.15
"""Share of a stream's posts that are about a topic."""

WORDS = (
    "lithium", "cathode", "gallium", "germanium", "rare earths", "polysilicon", "HBM", "EUV",
    "entity list", "export licence", "anti-dumping", "tariff", "Nexperia", "BYD", "CATL", "SMIC",
    "磷酸铁锂", "稀土", "出口管制", "实体清单", "芯片", "电池", "关税", "光刻机", "镓", "石墨",
)  # fmt: skip
PATTERNS = (r"/batter(y|ies)/", r"/\d+ ?(%|per ?cent)/", r"/export (ban|curb|control)s?/",
            r"/第\s*\d+\s*号/", r"/sponsored (post|content)/")  # fmt: skip
EXPRESSIONS = (
    "engagement > 100 || official",
    "topics['china'] > 0.9 && relevance > 40",
    "size(event.sources) >= 2 || act.stage in ['adopted', 'in effect']",
    "event.posts >= 3 && policy.at_least_3 > 0.5",
    "platform_tags.exists(tag, tag.contains('electric'))",
)
ACTS: tuple[dict[str, list[str]], ...] = (
    {"stage": ["adopted", "in effect"]}, {"authority": ["BIS", "MOFCOM"]}, {"targets": ["CN"]},
    {"instrument": ["export ban", "export licence"]}, {"items": ["gallium", "memory chips"]},
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Microseconds a post, how many rules it touched on average, and alerts a thousand posts."""

    micros: float
    touched: float
    alerts: float


def make_rule(number: int, chance: random.Random) -> Rule:
    """Return one of many different rules."""
    keys: dict[str, Any] = {"name": f"rule {number}", "send": ["desk"]}
    if chance.random() < 0.9:
        picked = chance.sample(TOPICS, 3)
        keys["topics"] = {"all": picked[:1]} if chance.random() < 0.6 else {"any": picked[:2]}
        if chance.random() < 0.2:
            keys["topics"]["none"] = picked[2:]
    if chance.random() < 0.4:
        keys["min_score"] = chance.choice([0.6, 0.8, {"china": 0.7}])
    if chance.random() < 0.6:
        keys["min_policy"] = chance.choice([2, 3])
    if chance.random() < 0.4:
        keys["min_relevance"] = chance.choice([40, 60, 80])
    if chance.random() < 0.5:
        keys["any_of"] = chance.sample(WORDS, 8)
    if chance.random() < 0.15:
        keys["any_of"] = [*keys.get("any_of", ()), *chance.sample(PATTERNS, 2)]
    if chance.random() < 0.3:
        keys["none_of"] = ["webinar", "giveaway", "horoscope"]
    if chance.random() < 0.35:
        keys["act"] = chance.choice(ACTS)
    if chance.random() < 0.2:
        keys["lang"] = chance.choice([["en"], ["zh"], ["en", "zh"]])
    if chance.random() < 0.1:
        keys["min_sources"] = 2
    if chance.random() < 0.1:
        keys["when"] = chance.choice(EXPRESSIONS)
    return Rule.model_validate(keys)


def make_cases(examples: Sequence[Example], chance: random.Random) -> list[Case]:
    """Return the cases that posts with these texts and labels make."""
    reader = load_reader(shipped("data"))
    cases = []
    for number, example in enumerate(examples):
        raw = RawPost(source="wire", external_id=str(number), body=example.text)
        post = replace(
            normalise(raw, official=False, now=NOW),
            figures=Figures(interactions=chance.choice([None, 5, 500])),
        )
        scores = {
            topic: chance.uniform(0.5, 1) if topic in example.topics else chance.uniform(0, 0.4)
            for topic in TOPICS
        }
        sure = [chance.uniform(0.6, 1) if example.policy >= grade else 0.1 for grade in (1, 2, 3)]
        tagging = Tagging(
            topics=scores,
            tags=tuple(sorted(example.topics)),
            policy=Policy(grade=example.policy, at_least=(sure[0], sure[1], sure[2])),
            model="benchmark",
            terms={},
        )
        act = reader.read(post.text, published_at=NOW)
        event = open_event(post, tagging, act)
        cases.append(Case(post=post, tagging=tagging, event=event, thresholds=THRESHOLDS))
    return cases


def measure(rules: Sequence[Rule], cases: Sequence[Case], rounds: int) -> Cost:
    """Let the rules decide on every case; the median of several rounds."""
    shortlist = Shortlist(rules)
    taken, touched, alerts = [], 0, 0
    for _ in range(rounds + 1):  # the first one compiles
        fresh = [replace(case) for case in cases]
        touched = alerts = 0
        began = time.process_time()
        for case in fresh:
            for rule in shortlist.touched(case):
                touched += 1
                said = decide(rule, case, told=None, backfilled=True, now=NOW, config="")
                alerts += getattr(said, "why", "") == "backfill"
        taken.append(time.process_time() - began)
    return Cost(
        micros=statistics.median(taken[1:]) / len(cases) * 1e6,
        touched=touched / len(cases),
        alerts=1000 * alerts / len(cases),
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    chance = random.Random(1)
    examples = list(corpus.read([shipped("data", "corpus")]).examples)
    on_topic = [one for one in examples if one.topics and one.policy]
    others = [one for one in examples if not one.topics]
    share = round(ON_TOPIC * options.posts)
    picks = {
        "stream": chance.choices(on_topic, k=share)
        + chance.choices(others, k=options.posts - share),
        "on topic": chance.choices(on_topic, k=options.posts),
    }
    print(f"{options.posts} posts, {options.rounds} rounds, Python {sys.version.split()[0]}")
    for name, picked in picks.items():
        cases = make_cases(picked, chance)
        for count in COUNTS:
            seeded = random.Random(count)
            rules = [make_rule(number, seeded) for number in range(count)]
            cost = measure(rules, cases, options.rounds)
            print(
                f"{name:9} {count:5} rules: {cost.micros:7.0f} µs a post, "
                f"{cost.touched:6.1f} rules touched, {cost.alerts:7.1f} matches in 1,000 posts"
            )


if __name__ == "__main__":
    main()
