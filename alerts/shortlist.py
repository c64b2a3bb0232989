"""Which rules a post can touch at all, so that a thousand rules are not asked one by one. Pure.

A rule that watches topics is filed under one that must hold for it; a post then meets only the
rules that are filed under its likely topics, and those that watch none. It leaves out only rules
whose topics fail, which is checked against rules.failing in the tests.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from alerts.case import Case
from alerts.conditions import own_bar
from alerts.rules import Rule


@dataclass(slots=True)
class Shelf:
    """The rules filed under one topic.

    plain: numbers of those that need the model's own threshold.
    bars, barred: the bars of those with one of their own, ascending, and their numbers.
    """

    plain: list[int] = field(default_factory=list)
    bars: list[float] = field(default_factory=list)
    barred: list[int] = field(default_factory=list)


class Shortlist:
    """A config's rules, filed by topic, and their words compiled.

    asks_reach: whether some rule wants to know of an event's reach.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rules)
        self._numbers = {rule.name: number for number, rule in enumerate(rules)}
        self.asks_reach = any(rule.updates.reach for rule in rules)
        self._always: list[int] = []
        self._shelves: dict[str, Shelf] = {}
        self._file()

    def touched(self, case: Case, told: Collection[str] = ()) -> list[Rule]:
        """Return the rules that a post may touch, in the config's order.

        told: names of rules that told of the event before, and so may have an update to tell.
        """
        found = set(self._always)
        for topic, score in case.tagging.topics.items():
            shelf = self._shelves.get(topic)
            if shelf is None:
                continue
            if score >= case.thresholds.get(topic, 1.0):
                found.update(shelf.plain)
            found.update(shelf.barred[: bisect_right(shelf.bars, score)])
        found.update(self._numbers[name] for name in told if name in self._numbers)
        return [self._rules[number] for number in sorted(found)]

    def _file(self) -> None:
        barred: dict[str, list[tuple[float, int]]] = defaultdict(list)
        for number, rule in enumerate(self._rules):
            # Compiled now, and not while a poll is being written.
            _ = rule.words
            # One of `all` must hold, so the first will do; of `any`, it may be each.
            topics = rule.topics.all[:1] or rule.topics.any
            gates = {topic: own_bar(rule.min_score, topic) for topic in topics}
            if not gates or 0 in gates.values():
                self._always.append(number)
                continue
            for topic, bar in gates.items():
                if bar is None:
                    self._shelves.setdefault(topic, Shelf()).plain.append(number)
                else:
                    barred[topic].append((bar, number))
        for topic, pairs in barred.items():
            shelf = self._shelves.setdefault(topic, Shelf())
            shelf.bars, shelf.barred = map(list, zip(*sorted(pairs), strict=True))
