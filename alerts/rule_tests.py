"""Files of rule tests: YAML -> checked tests; every mistake at once, with its place.

It reads and checks; alerts/rehearsal.py plays the tests.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any

import orjson
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from alerts import config as config_file
from alerts.checking import Checking
from alerts.config import Config, in_order
from alerts.domain import RawPost, Reason, Severity
from alerts.errors import ConfigError
from alerts.faults import suggest
from alerts.ledger import Hold
from alerts.rules import CONDITIONS
from alerts.settings import Duration, Strict, parse_duration
from alerts.sources.jsonl import parse_line
from alerts.yamltree import Branch, Where, position

PATTERN = "*.test.yaml"
"""The tests that are run where none is named."""

SECTIONS = ("config", "tests")

REASONS = (*CONDITIONS, "backfill", "cooldown", "told", "shadow", *Hold)
"""What may stand under `why`."""

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""Where a test's clock stands unless it says otherwise: a Monday morning."""


def read_time(value: object) -> object:
    """Turn what YAML takes for a time into one in UTC; leave anything else to pydantic."""
    if isinstance(value, datetime):
        at = datetime.combine(value.date(), value.time(), value.tzinfo)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(), UTC)
    if isinstance(value, str):
        try:
            return read_time(datetime.fromisoformat(value))
        except ValueError as error:
            raise ValueError("must be a time such as 2026-11-24T08:00:00Z") from error
    return value


def read_moment(value: object) -> object:
    """Turn "30m" or a time into one of both."""
    if value in (0, "0"):
        return timedelta()
    if isinstance(value, datetime | date | timedelta):
        return read_time(value)
    try:
        return parse_duration(value)
    except ValueError:
        pass
    try:
        return read_time(value)
    except ValueError as error:
        raise ValueError(
            "must be an offset from the test's start such as 30m, or a time such as "
            "2026-11-24T08:00:00Z"
        ) from error


def check_some(things: tuple[Any, ...]) -> tuple[Any, ...]:
    """Refuse an empty list."""
    if not things:
        raise ValueError("must have at least one entry")
    return things


Time = Annotated[datetime, BeforeValidator(read_time)]
Moment = Annotated[timedelta | datetime, BeforeValidator(read_moment)]


def check_reason(why: str) -> str:
    """Refuse a reason that no rule gives."""
    if why not in REASONS and not why.startswith("muted by "):
        raise ValueError(f"{why!r} is not a reason{suggest(why, REASONS)}")
    return why


class FigureCounts(Strict):
    """A post's reach."""

    followers: int | None = None
    interactions: int | None = None


ROW = ("id", "source", "published", "title", "text", "body", "url", "author", "lang", "official",
       "figures", "platform_tags")  # fmt: skip
"""The keys of a post, as a jsonl source has them."""


class Entry(Strict):
    """A post that arrives, posts from the store that arrive, or time that passes."""

    at: Moment | None = None
    advance: Duration | None = None
    ids: tuple[str, ...] = ()
    id: str | None = None
    source: str | None = None
    published: Time | None = None
    title: str | None = None
    text: str | None = None
    body: str | None = None
    url: str | None = None
    author: str | None = None
    lang: str | None = None
    official: bool | None = None
    figures: FigureCounts | None = None
    platform_tags: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_thing(self) -> "Entry":
        inline = self.model_fields_set & set(ROW)
        if self.advance is not None and (inline or self.ids or self.at is not None):
            raise ValueError("`advance` stands alone: it moves the clock between two posts")
        if self.ids and inline:
            raise ValueError("`ids` stands alone or with `at`: the posts come from the store")
        if self.advance is None and not self.ids and not (self.title or self.text or self.body):
            raise ValueError("needs text, or title, or `ids` of stored posts, or `advance`")
        return self


class Expected(Strict):
    """An alert that must come; what is not given is not compared.

    headline: what it must contain.
    """

    rule: str
    post: str | None = None
    at: Moment | None = None
    reason: Reason | None = None
    changes: tuple[str, ...] | None = None
    severity: Severity | None = None
    sent_to: tuple[str, ...] | None = None
    held_until: Moment | None = None
    headline: str | None = None
    shadow: bool | None = None


class Silence(Strict):
    """A post that must send nothing, by one rule or by any, and for which reason."""

    post: str
    rule: str | None = None
    why: Annotated[str, AfterValidator(check_reason)] | None = None


class RuleTest(Strict):
    """One test.

    start: where its clock stands at first; offsets count from there.
    rules: the only rules it looks at; all of them where it names none.
    """

    name: Annotated[str, Field(min_length=1)]
    start: Time = START
    rules: tuple[str, ...] = ()
    posts: Annotated[tuple[Entry, ...], AfterValidator(check_some)]
    alerts: tuple[Expected, ...] = ()
    silent: tuple[Silence, ...] = ()

    def moment(self, moment: timedelta | datetime) -> datetime:
        """Return the time that an offset or a time stands for."""
        return self.start + moment if isinstance(moment, timedelta) else moment


class Suite(Strict):
    """A file of tests. config: relative to the file."""

    config: Path | None = None
    tests: Annotated[tuple[RuleTest, ...], AfterValidator(check_some)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteFile:
    """A checked file of tests, with the config that they test."""

    path: Path
    suite: Suite
    config: Config
    tree: Branch

    def line(self, *where: str | int) -> int:
        """Return the line of a place in it."""
        return position(self.tree, where)[0]


LoadConfig = Callable[[Path | None], Config]


def load(path: Path, load_config: LoadConfig, *, given: Path | None = None) -> SuiteFile:
    """Read and check a file of tests. Raises ConfigError with every mistake.

    load_config: reads the config at a path, or the default one.
    given: a config to test instead of the one that the file names.
    """
    text = config_file.read_text(path, missing="there is no such file of tests")
    empty = "is empty: docs/rules.md shows how a test is written"
    tree = config_file.read_yaml(text, path, empty=empty, sections=SECTIONS)
    reading = Checking(path, tree, None)
    suite = reading.model(Suite, tree, ())
    if suite is None:
        raise ConfigError(in_order(reading.mistakes))
    named = path.parent / suite.config if suite.config else None
    config = load_config(given or named)
    for index, case in enumerate(suite.tests):
        _check_names(reading, ("tests", index), case, config)
        _check_clock(reading, ("tests", index), case)
    if reading.mistakes:
        raise ConfigError(in_order(reading.mistakes))
    return SuiteFile(path=path, suite=suite, config=config, tree=tree)


def _check_names(reading: Checking, where: Where, case: RuleTest, config: Config) -> None:
    """Check that every rule, source, channel and post that a test names is there."""
    rules = [rule.name for rule in config.rules]
    sources = [source.name for source in config.sources]
    channels = [channel.name for channel in config.channels]
    posts = [name for index, entry in enumerate(case.posts) for name in names(entry, index)]
    for place, name, known, noun in _named(case, rules, sources, channels, posts):
        if name not in known:
            hint = suggest(name, known)
            reading.add((*where, *place), f"{name!r} is not a {noun} here{hint}")
    for index, name in enumerate(posts):
        if name in posts[:index]:
            reading.add((*where, "posts"), f"{name!r} is the id of two posts")


def _named(
    case: RuleTest,
    rules: Sequence[str],
    sources: Sequence[str],
    channels: Sequence[str],
    posts: Sequence[str],
) -> Iterator[tuple[Where, str, Sequence[str], str]]:
    """Yield each name that a test uses: where, what, among which, and what kind of thing it is."""
    for index, name in enumerate(case.rules):
        yield ("rules", index), name, rules, "rule"
    looked_at = case.rules or rules
    for index, entry in enumerate(case.posts):
        if entry.source is not None:
            yield ("posts", index, "source"), entry.source, sources, "source"
    for index, alert in enumerate(case.alerts):
        yield ("alerts", index, "rule"), alert.rule, looked_at, "rule"
        if alert.post is not None:
            yield ("alerts", index, "post"), alert.post, posts, "post"
        for place, channel in enumerate(alert.sent_to or ()):
            yield ("alerts", index, "sent_to", place), channel, channels, "channel"
    for index, silence in enumerate(case.silent):
        yield ("silent", index, "post"), silence.post, posts, "post"
        if silence.rule is not None:
            yield ("silent", index, "rule"), silence.rule, looked_at, "rule"


def _check_clock(reading: Checking, where: Where, case: RuleTest) -> None:
    """Check that time does not run backwards."""
    clock = case.start
    for index, entry in enumerate(case.posts):
        at = clock if entry.at is None else case.moment(entry.at)
        if at < clock:
            reading.add(
                (*where, "posts", index, "at"),
                f"is before the post above it ({clock:%Y-%m-%d %H:%M} UTC): posts stand in the "
                "order in which they arrive",
            )
        clock = max(at, clock) + (entry.advance or timedelta())


def names(entry: Entry, index: int) -> tuple[str, ...]:
    """Return the ids of an entry's posts; one without an id is called by its place, from 1."""
    if entry.advance is not None:
        return ()
    return entry.ids or (entry.id or f"post-{index + 1}",)


def raw_post(entry: Entry, index: int, source: str, now: datetime) -> RawPost:
    """Return the post of an entry as its source would bring it at that time."""
    written = entry.model_dump(include=set(ROW), exclude_none=True, exclude_defaults=True)
    published = (entry.published or now).isoformat()
    (name,) = names(entry, index)
    row: Mapping[str, Any] = {**written, "source": source, "id": name, "published": published}
    return parse_line(orjson.dumps(row), source=source)
