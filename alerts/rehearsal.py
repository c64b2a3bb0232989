"""Plays rule tests through the very pipeline: SQLite in memory, real model, a clock of its own.

What it says of a failure: what was expected, what came, and what the rule made of the post.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from alerts import pipeline as stages
from alerts.acts import Reader
from alerts.case import Case
from alerts.config import Config
from alerts.domain import Polled, Post, RawPost
from alerts.errors import NotFound
from alerts.normalise import normalise
from alerts.pipeline import Pipeline
from alerts.reading import Tagger
from alerts.rule_tests import Expected, RuleTest, SuiteFile, raw_post
from alerts.rules import holds, relevance_for
from alerts.store import alerts as alert_queries
from alerts.store import events as event_queries
from alerts.store import holding as holding_queries
from alerts.store import listing
from alerts.store import posts as post_queries
from alerts.store.connect import open_store, open_to_read
from alerts.window import Window

MOST_ALERTS = 1_000_000

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that went otherwise than a test expects.

    kind: "missing", "different", "unexpected" or "not silent".
    line: where the expectation stands in the file; the test's own line for an unexpected alert.
    expected, got: what differs, by field.
    because: what was found about it, one line each.
    """

    kind: str
    line: int
    expected: Row
    got: Row
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of one test."""

    name: str
    line: int
    findings: tuple[Finding, ...]


def play(file: SuiteFile, model: Tagger, reader: Reader) -> list[Played]:
    """Play every test of a file, each from an empty database. Raises NotFound for unknown ids."""
    stored = _stored_posts(file)
    return [
        Played(
            name=case.name,
            line=file.line("tests", index),
            findings=tuple(_play(file, index, model, reader, stored)),
        )
        for index, case in enumerate(file.suite.tests)
    ]


def _stored_posts(file: SuiteFile) -> dict[str, RawPost]:
    """Return the posts that the tests take from the config's database, which stays as it is."""
    wanted = [one for case in file.suite.tests for entry in case.posts for one in entry.ids]
    if not wanted:
        return {}
    store = open_to_read(file.config.service.database, current_only=True)
    try:
        with store.read() as connection:
            rows = {one: post_queries.post_row(connection, one) for one in wanted}
    finally:
        store.close()
    missing = sorted(one for one, row in rows.items() if row is None)
    if missing:
        raise NotFound(f"{file.path}: no stored post has the id {', '.join(missing)}")
    return {
        one: _as_found(post_queries.to_post(row)) for one, row in rows.items() if row is not None
    }


def _as_found(post: Post) -> RawPost:
    """Return a stored post as its source would bring it once more."""
    return RawPost(
        source=post.source,
        external_id=post.external_id,
        url=post.url,
        # A title that was made from the text is made again.
        title=post.title if post.text.startswith(post.title) else None,
        body=post.text,
        author=post.author,
        published=post.published_at.isoformat(),
        language=post.lang,
        figures=post.figures,
        platform_tags=post.platform_tags,
        limited=post.limited,
        official=post.official,
    )


def _play(
    file: SuiteFile, index: int, model: Tagger, reader: Reader, stored: Mapping[str, RawPost]
) -> list[Finding]:
    case = file.suite.tests[index]
    pipeline = Pipeline(
        store=open_store("sqlite://"),
        config=_looked_at(file.config, case),
        model=model,
        reader=reader,
        window=Window(file.config.service.event_days),
    )
    try:
        stages.prepare(pipeline, case.start)
        for source in pipeline.config.sources:
            # Nothing that a test lets arrive is a first poll's backfill.
            stages.ingest(pipeline, source, Polled(posts=(), cursor={}), case.start)
        ids = _arrive(pipeline, case, stored)
        return _compare(file, index, pipeline, ids)
    finally:
        pipeline.store.close()


def _looked_at(config: Config, case: RuleTest) -> Config:
    if not case.rules:
        return config
    return replace(config, rules=tuple(rule for rule in config.rules if rule.name in case.rules))


def _arrive(pipeline: Pipeline, case: RuleTest, stored: Mapping[str, RawPost]) -> dict[str, str]:
    """Let the posts arrive, each at its time; return their ids here by their ids in the test."""
    clock = case.start
    ids: dict[str, str] = {}
    first = pipeline.config.sources[0].name
    for index, entry in enumerate(case.posts):
        clock = case.moment(entry.at) if entry.at is not None else clock
        clock += entry.advance or timedelta()
        _let_go(pipeline, clock)
        if entry.advance is not None:
            continue
        raw = [replace(stored[one], published=clock.isoformat()) for one in entry.ids] or [
            raw_post(entry, index, entry.source or first, clock)
        ]
        for called, post in zip(entry.ids or (raw[0].external_id,), raw, strict=True):
            ids[called] = _take_in(pipeline, post, clock)
    return ids


def _let_go(pipeline: Pipeline, now: datetime) -> None:
    """Release what is held and due by now, each at its own time."""
    while True:
        with pipeline.store.read() as connection:
            due = holding_queries.next_release(connection)
        if due is None or due > now:
            return
        stages.release_due(pipeline, due)


def _take_in(pipeline: Pipeline, raw: RawPost, now: datetime) -> str:
    """Let one post arrive from its source; return its id."""
    settings = pipeline.config.source(raw.source) or pipeline.config.sources[0]
    polled = Polled(posts=(raw,), cursor={})
    unread = stages.choose_unread(pipeline, settings, polled.posts, now)
    stages.ingest(pipeline, settings, polled, now)
    # What is known already, or older than is kept, is not read.
    (post,) = unread or [normalise(raw, official=settings.official, now=now)]
    return post.id


# What came, beside what was expected ------------------------------------------------------


def _compare(
    file: SuiteFile, index: int, pipeline: Pipeline, ids: Mapping[str, str]
) -> list[Finding]:
    case = file.suite.tests[index]
    tell = _Teller(pipeline, ids)
    # The same post may come under both of its ids: it goes by the first.
    called = {post: name for name, post in reversed(list(ids.items()))}
    with pipeline.store.read() as connection:
        came = listing.list_alerts(connection, MOST_ALERTS)
        posts = [alert_queries.post_of(connection, row["id"]) or "" for row in came]
    # A post goes by the name that the test gives it.
    came = [
        {**row, "post": called.get(post, row["post"])}
        for row, post in zip(came, posts, strict=True)
    ]
    came.sort(key=lambda row: (row["at"], tell.rules.index(row["rule"])))
    return [
        *_compare_alerts(file, index, case, came, tell),
        *_compare_silence(file, index, case, came, tell),
    ]


def _compare_alerts(
    file: SuiteFile, index: int, case: RuleTest, came: Sequence[Row], tell: "_Teller"
) -> list[Finding]:
    left = list(came)
    unmet: list[tuple[int, Expected, dict[str, Any]]] = []
    for place, expected in enumerate(case.alerts):
        wanted = _wanted(case, expected)
        found = next((row for row in left if not _differing(wanted, row)), None)
        if found is None:
            unmet.append((place, expected, wanted))
        else:
            left.remove(found)
    findings = []
    for place, expected, wanted in unmet:
        line = file.line("tests", index, "alerts", place)
        near = [row for row in left if row["rule"] == expected.rule]
        if near:
            nearest = min(near, key=lambda row: len(_differing(wanted, row)))
            left.remove(nearest)
            differing = _differing(wanted, nearest)
            findings.append(
                Finding(
                    kind="different",
                    line=line,
                    expected={"rule": expected.rule, **{k: wanted[k] for k in differing}},
                    got={"post": nearest["post"], **{key: nearest.get(key) for key in differing}},
                )
            )
        else:
            because = tell.verdicts(expected.rule, expected.post)
            findings.append(
                Finding(kind="missing", line=line, expected=wanted, got={}, because=because)
            )
    shown = ("rule", "post", "reason", "changes", "at", "sent_to", "held_until")
    return findings + [
        Finding(
            kind="unexpected",
            line=file.line("tests", index),
            expected={},
            got={key: row[key] for key in shown if row[key] not in (None, [])},
            because=tell.verdicts(row["rule"], row["post"]),
        )
        for row in left
    ]


def _wanted(case: RuleTest, expected: Expected) -> dict[str, Any]:
    """Return the fields that an expectation names, as `alerts list` has them."""
    wanted = expected.model_dump(mode="json", exclude_unset=True)
    for name in ("at", "held_until"):
        moment = getattr(expected, name)
        if moment is not None:
            wanted[name] = listing.iso(case.moment(moment))
    return wanted


def _differing(wanted: Row, row: Row) -> list[str]:
    """Return the fields in which an alert is not what is wanted."""
    return [name for name, value in wanted.items() if not _agrees(name, value, row.get(name))]


def _agrees(name: str, wanted: Any, got: Any) -> bool:
    if name == "headline":
        return str(wanted) in str(got)
    if name == "sent_to":
        return sorted(wanted or ()) == sorted(got or ())
    return bool(wanted == got)


def _compare_silence(
    file: SuiteFile, index: int, case: RuleTest, came: Sequence[Row], tell: "_Teller"
) -> list[Finding]:
    findings = []
    for place, silence in enumerate(case.silent):
        for rule in [silence.rule] if silence.rule else tell.rules:
            sent = [
                row for row in came
                if row["post"] == silence.post and row["rule"] == rule and row["sent_to"]
            ]  # fmt: skip
            why = tell.not_sent(rule, silence.post)
            # A condition may say in a word why it failed: "act: ...".
            meant = silence.why in (None, why, (why or "").partition(":")[0])
            if sent or not meant:
                got = {"sent_to": sent[0]["sent_to"]} if sent else {"why": why}
                findings.append(
                    Finding(
                        kind="not silent" if sent else "different",
                        line=file.line("tests", index, "silent", place),
                        expected={**silence.model_dump(exclude_unset=True), "rule": rule},
                        got=got,
                        because=tell.verdicts(rule, silence.post),
                    )
                )
    return findings


class _Teller:
    """What the rules made of a test's posts, for people who wonder why."""

    def __init__(self, pipeline: Pipeline, ids: Mapping[str, str]) -> None:
        self._pipeline = pipeline
        self._ids = ids
        self._rules = {rule.name: rule for rule in pipeline.config.rules}
        self.rules = tuple(self._rules)

    def not_sent(self, rule: str, post: str) -> str | None:
        """Return why a rule sent nothing on a post; None if it did."""
        with self._pipeline.store.read() as connection:
            verdicts = alert_queries.verdicts_on(connection, self._ids[post])
        # Of a post that fails at its topics nothing is recorded.
        return next((row.not_sent for row in verdicts if row.rule == rule), "topics")

    def verdicts(self, rule: str, post: str | None) -> tuple[str, ...]:
        """Return a line on what a rule made of a post, or of every post where none is named."""
        return tuple(
            f"{one}: {self.not_sent(rule, one) or 'sent'} ({self._scores(rule, one)})"
            for one in ([post] if post is not None else self._ids)
        )

    def _scores(self, rule_name: str, post: str) -> str:
        rule = self._rules[rule_name]
        with self._pipeline.store.read() as connection:
            row = post_queries.post_row(connection, self._ids[post])
            if row is None:
                return "not taken in: it is older than `service.keep_days` allows"
            tagging = post_queries.tagging_of(connection, row.id)
            assert tagging is not None
            (event,) = event_queries.get_events(connection, [row.event_id])
        thresholds = self._pipeline.model.thresholds
        case = Case(
            post=post_queries.to_post(row), tagging=tagging, event=event, thresholds=thresholds
        )
        topics = ", ".join(
            f"{topic} {probability:.2f}{'' if holds(rule, case, topic) else ' (too low)'}"
            for topic, probability in tagging.topics.items()
            if rule.watched is None or topic in rule.watched
        )
        return (
            f"{topics}; policy grade {tagging.policy.grade}; "
            f"relevance {relevance_for(rule, case).value}"
        )
