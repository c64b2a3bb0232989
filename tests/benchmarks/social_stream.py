"""Makes a stream of posts as a social network has it, for measuring speed; the same every time.

Nine in ten posts are chatter: sentences of the corpus rows without a topic, some words exchanged
for others, figures drawn anew. The rest are posts on the topics and on acts, likewise varied, posts
that are passed on, and marked acts: each with a number of its own, relayed twice by others, so
that one can tell which alerts must come. The posts mean nothing; never measure quality on them.
"""

import random
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from classifier import corpus
from classifier.resources import shipped

END = datetime(2026, 11, 24, 8, tzinfo=UTC)
"""When the last post was published."""

SPACING = timedelta(seconds=13)
"""Between two posts: some 6,600 a day."""

MARKED = "harbourmaster circular"
"""Words that only marked acts and their relays have."""

SHARES = {"chatter": 0.885, "passed on": 0.04, "topic": 0.06, "act": 0.01, "marked": 0.005}

EVENTS = Path(__file__).parents[1] / "data" / "events" / "tune.jsonl"
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+|(?<=[。！？])")
FIGURE = re.compile(r"\d+")
WORD = re.compile(r"[A-Za-z]{4,}")
SYLLABLES = ("ba", "cor", "del", "fen", "gu", "han", "jo", "kel", "lin", "mar", "no", "pra",
             "ru", "sol", "ta", "vin", "wo", "xi", "yen", "zu")  # fmt: skip
ITEMS = ("gallium", "graphite", "tungsten", "indium", "lithium", "cobalt", "yttrium", "holmium")


class Stream:
    """The texts that posts are made of, and the chance by which they are."""

    def __init__(self, seed: int = 1) -> None:
        self.chance = random.Random(seed)
        examples = corpus.read([shipped("data", "corpus")]).examples
        forum = shipped("data", "demo").rglob("*.jsonl")
        demo = [str(orjson.loads(line)["body"]) for file in sorted(forum)
                for line in file.read_text(encoding="utf-8").splitlines()]  # fmt: skip
        events = [orjson.loads(line) for line in EVENTS.read_text(encoding="utf-8").splitlines()]
        told = {True: list[str](), False: list[str]()}
        for row in events:
            told[row["act"] is not None].append(f"{row['title']}\n\n{row['body']}".strip())
        idle = [one.text for one in examples if not one.topics and one.policy == 0] + told[False]
        self.sentences = [part for text in idle for part in SENTENCE.split(text) if part]
        self.words = [word for text in idle for word in WORD.findall(text)]
        self.topical = [one.text for one in examples if one.topics and one.policy < 2] + demo
        self.acts = [one.text for one in examples if one.policy >= 2] + told[True]
        self.recent = ["good morning"]

    def name(self) -> str:
        """Return the name of an account."""
        return "".join(self.chance.choices(SYLLABLES, k=3)) + str(self.chance.randrange(100))

    def vary(self, text: str, most: int) -> str:
        """Return a text with other figures of the same length, and with a few other words."""
        chance = self.chance
        text = FIGURE.sub(lambda found: str(chance.randrange(10 ** len(found[0]))), text)
        # Two of a sentence's words at most, and never its first, so that it stays a sentence.
        for word in chance.sample(WORD.findall(text)[1:] or [""], 1)[:most] if most else []:
            text = text.replace(word, chance.choice(self.words), 1) if word else text
        return text

    def chatter(self) -> str:
        """Return a post on nothing that matters."""
        parts = self.chance.choices(self.sentences, k=self.chance.randint(1, 3))
        text = " ".join(self.vary(part, 1) for part in parts)
        self.recent = [*self.recent[-50:], text]
        return text

    def passed_on(self) -> str:
        """Return a post that somebody wrote before, passed on."""
        return f"RT @{self.name()}: {self.chance.choice(self.recent)}"

    def topic(self) -> str:
        """Return a post on a topic."""
        return self.vary(self.chance.choice(self.topical), 1)

    def act(self) -> str:
        """Return a post on some act."""
        return self.vary(self.chance.choice(self.acts), 0)


def marked(number: int) -> list[str]:
    """Return an act with a number of its own, and two relays of it."""
    name, item = f"MOFCOM Announcement No. {number} of 2026", ITEMS[number % len(ITEMS)]
    return [
        f"{name}: China requires export licences for {item} with immediate effect, a {MARKED} says",
        f"Big one. {name} is out, {item} needs an export licence from today. The {MARKED} is short",
        f"China's commerce ministry puts {item} under export control ({name}), says the {MARKED}",
    ]


def posts(count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Yield the posts, oldest first, as rows of a jsonl source; marked acts are named so."""
    stream = Stream(seed)
    kinds: dict[str, Callable[[], str]] = {
        "chatter": stream.chatter, "passed on": stream.passed_on,
        "topic": stream.topic, "act": stream.act,
    }  # fmt: skip
    due: list[tuple[int, str, str]] = []
    acts = 0
    for position in range(count):
        (kind,) = stream.chance.choices(list(SHARES), list(SHARES.values()))
        if due and due[0][0] <= position:
            _, name, text = due.pop(0)
        elif kind == "marked":
            acts += 1
            text, *relays = marked(acts)
            name = f"marked-{acts}"
            due += [(position + 20 * at, f"relay-{acts}-{at}", told)
                    for at, told in enumerate(relays, 1)]  # fmt: skip
            due.sort()
        else:
            name, text = f"{kind.replace(' ', '-')}-{position}", kinds.get(kind, stream.act)()
        yield {
            "id": name,
            "published": (END - SPACING * (count - 1 - position)).isoformat(),
            "text": text,
            "author": stream.name(),
            "figures": {"interactions": stream.chance.randrange(1000)},
        }
