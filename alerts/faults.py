"""What is wrong, or odd, about a rule that can be read: names that nobody has, rules that cannot
hold, conditions that always do. Pure.

alerts/config.py finds the place of each fault in the file and refuses a config with mistakes.
"""

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from alerts.conditions import ActCondition
from alerts.expression import topics_named
from alerts.rules import Rule
from alerts.words import CJK, compile_patterns, fold_word, is_pattern
from classifier.text import fold

Place = tuple[str | int, ...]
"""Keys and positions inside a rule."""

CODE = re.compile(r"(?:ECCN \d[A-E]\d{3}(?:\.[a-z](?:\.\d+)*)?|HS \d{4,10})")
"""Goods by a code of their own, as acts.py writes them."""

ANYTHING = ("", "x", "Exports of gallium need a licence", "对镓实施出口管制")
"""Texts that no one pattern should match all of."""

LANGUAGES = {"cn": "zh", "jp": "ja", "kr": "ko", "gr": "el", "ua": "uk", "cz": "cs", "dk": "da"}
"""Codes of countries that are taken for those of languages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with a rule. warning: the rule can be used all the same."""

    place: Place
    message: str
    warning: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What rules may name.

    acts: field of an act -> how a value may be written, folded -> the value.
    rules: name -> the rule; None for one that cannot be read.
    open_sources: whether posts may come under other names than those of the sources.
    """

    topics: Sequence[str]
    sources: Sequence[str]
    channels: Sequence[str]
    rules: Mapping[str, Rule | None]
    acts: Mapping[str, Mapping[str, str]]
    open_sources: bool


def suggest(word: str, known: Iterable[str]) -> str:
    """Return ": did you mean X?", or the choices if nothing is close and they are few."""
    choices = sorted(set(known))
    folded = {choice.lower(): choice for choice in choices}
    close = difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    if close:
        return f": did you mean {folded[close[0]]}?"
    return f": one of {', '.join(choices)}" if 0 < len(choices) <= 30 else ""


def find_faults(rule: Rule, known: Known) -> Iterator[Fault]:
    """Yield all that is wrong or odd about one rule."""
    yield from _names(rule, known)
    yield from _route(rule, known)
    yield from _muting(rule, known.rules)
    yield from _contradictions(rule)
    yield from _act(rule.act, known.acts)
    yield from _oddities(rule, known)
    yield from _idle(rule)


def find_odd(
    rules: Sequence[Rule], channels: Sequence[str], used: Collection[str] = ()
) -> Iterator[tuple[str, int, str]]:
    """Yield (section, number, message) for what is odd about rules and channels together.

    used: channels that something else sends to.
    """
    first: dict[str, int] = {}
    for number, rule in enumerate(rules):
        asks = rule.model_dump_json(exclude={"name"})
        if asks in first:
            yield "rules", number, f"asks and does the same as rules.{first[asks]}"
        first.setdefault(asks, number)
    used = {*used, *(name for rule in rules for name in rule.send)}
    for number, name in enumerate(channels):
        if name not in used and rules:
            yield "channels", number, "gets nothing: no rule sends to it"


def _unknown(
    place: Place, named: Iterable[str], known: Collection[str], noun: str
) -> Iterator[Fault]:
    for number, name in enumerate(named):
        if name not in known:
            hint = suggest(name, known)
            yield Fault(place=(*place, number), message=f"{name!r} is not a {noun} here{hint}")


def find_unknown(
    place: Place, named: Sequence[str], known: Collection[str], noun: str
) -> Iterator[Fault]:
    """Yield the names of a list that nobody has, or that stand twice."""
    yield from _unknown(place, named, known, noun)
    yield from _repeats(place, named)


def _repeats(place: Place, named: Sequence[str]) -> Iterator[Fault]:
    for number, name in enumerate(named):
        if name in named[:number]:
            yield Fault(place=(*place, number), message=f"{name!r} is named twice")


def _names(rule: Rule, known: Known) -> Iterator[Fault]:
    for part in ("all", "any", "none"):
        yield from _unknown(("topics", part), getattr(rule.topics, part), known.topics, "topic")
    for topic in rule.min_score if isinstance(rule.min_score, dict) else ():
        if topic not in known.topics:
            hint = suggest(topic, known.topics)
            yield Fault(place=("min_score", topic), message=f"is not a topic{hint}")
    for topic in topics_named(rule.when or ""):
        if topic not in known.topics:
            hint = suggest(topic, known.topics)
            yield Fault(place=("when",), message=f"{topic!r} is not a topic here{hint}")
    if rule.sources is not None:
        for part, named in (("only", rule.sources.only), ("not", rule.sources.excluded)):
            yield from _unknown(("sources", part), named, known.sources, "source")


def _route(rule: Rule, known: Known) -> Iterator[Fault]:
    yield from find_unknown(("send",), rule.send, known.channels, "channel")
    if not rule.send and not rule.shadow:
        yield Fault(
            place=("send",), message="names no channel: add one, or `shadow: true` to only record"
        )


def _muting(rule: Rule, rules: Mapping[str, Rule | None]) -> Iterator[Fault]:
    """Yield what is wrong with rules that this one says it is muted by: could they ever?"""
    yield from find_unknown(("muted_by",), rule.muted_by, rules, "rule")
    for number, name in enumerate(rule.muted_by):
        other, message = rules.get(name), ""
        if name == rule.name:
            message = "a rule cannot mute itself: see cooldown"
        elif other and other.severity.loudness < rule.severity.loudness:
            said = f"{other.severity}, and this rule {rule.severity}"
            message = f"{name!r} is {said}: the quieter never mutes the louder"
        elif other and not set(other.send) & set(rule.send):
            message = f"{name!r} shares no channel with this rule"
        if message:
            yield Fault(place=("muted_by", number), message=message)


def _contradictions(rule: Rule) -> Iterator[Fault]:
    asked = {*rule.topics.all, *rule.topics.any}
    for number, topic in enumerate(rule.topics.none):
        if topic in asked:
            yield Fault(
                place=("topics", "none", number),
                message=f"{topic!r} is also asked for, so that no post can fulfil both",
            )
    wanted = {fold_word(word) for word in rule.any_of}
    for number, word in enumerate(rule.none_of):
        if fold_word(word) in wanted:
            yield Fault(
                place=("none_of", number), message=f"{word!r} is also in any_of: leave it in one"
            )


def _act(act: ActCondition, vocabulary: Mapping[str, Mapping[str, str]]) -> Iterator[Fault]:
    for part in ("instrument", "authority", "jurisdiction", "targets", "items"):
        ways = vocabulary.get(part, {})
        values = set(ways.values())
        for number, name in enumerate(getattr(act, part)):
            if name in values or (part == "items" and CODE.fullmatch(name)):
                continue
            meant = ways.get(fold(name).lower())
            hint = f": did you mean {meant}?" if meant else suggest(name, values)
            # A company that no table knows may still be read from a text.
            message = f"{name!r} is not an act's {part.removesuffix('s')}{hint}"
            yield Fault(place=("act", part, number), message=message, warning=part == "targets")


def _oddities(rule: Rule, known: Known) -> Iterator[Fault]:
    def odd(*place: str | int, message: str) -> Fault:
        return Fault(place=place, message=message, warning=True)

    if not rule.asked:
        yield odd("name", message="sets no condition: every new event becomes an alert")
    for key in ("min_score", "min_policy", "min_relevance"):
        if getattr(rule, key) == 0:
            yield odd(key, message="is 0, which every post reaches")
    for key in ("any_of", "none_of"):
        yield from _odd_words(key, getattr(rule, key))
    for number, code in enumerate(rule.lang):
        if code in LANGUAGES:
            yield odd("lang", number, message=f"is a country: the language is {LANGUAGES[code]}")
    scripts = {bool(CJK.search(word)) for word in rule.any_of if not is_pattern(word)}
    if scripts == {True} and rule.lang and not {"zh", "ja", "ko", "yue"} & set(rule.lang):
        yield odd("any_of", message="has only words in another script than the languages of `lang`")
    if known.open_sources:
        return
    if rule.min_sources and rule.min_sources > len(known.sources):
        yield odd("min_sources", message=f"is more than there are sources ({len(known.sources)})")
    if rule.sources and set(known.sources) <= set(rule.sources.excluded):
        yield odd("sources", "not", message="names every source, so that no post is left")


def _idle(rule: Rule) -> Iterator[Fault]:
    """Yield what is said of when alerts go out, and changes nothing."""
    if rule.budget and rule.digest:
        message = "changes nothing: with a digest no alert goes out at once"
        yield Fault(place=("budget",), message=message, warning=True)
    if rule.quiet_hours and rule.severity in rule.quiet_hours.passing:
        message = f"holds nothing: this rule is {rule.severity}, which may pass"
        yield Fault(place=("quiet_hours", "pass"), message=message, warning=True)


def _odd_words(key: str, words: Sequence[str]) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for number, word in enumerate(words):
        plain = word if is_pattern(word) else fold_word(word)
        if plain in seen:
            yield Fault(
                place=(key, number),
                message=f"{word!r} says the same as {words[seen[plain]]!r}",
                warning=True,
            )
        seen.setdefault(plain, number)
        if is_pattern(word) and all(map(compile_patterns([word]).search, ANYTHING)):
            yield Fault(place=(key, number), message=f"{word!r} matches every text", warning=True)
