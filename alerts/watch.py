"""Looks whether silence is news: gathers what is known, judges it, tells the operator.

It looks first and writes after, so that nobody waits for it. What a look found is one transaction:
the spells that begin or end, and the notices of them in the outbox.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection

from alerts import channels, drift, habit
from alerts.configs import brief, written
from alerts.domain import Notice
from alerts.drift import Shift
from alerts.habit import HISTORY, Silence, Spans
from alerts.outages import judge_channel
from alerts.pipeline import Pipeline
from alerts.rules import CONDITIONS, Rule
from alerts.settings import SourceSettings
from alerts.spells import (
    Kind,
    SourceFacts,
    Spell,
    Verdicts,
    begin_notice,
    changes,
    end_notice,
    judge_rule,
    judge_source,
    judge_topic,
)
from alerts.store import configs as config_queries
from alerts.store import deliveries as delivery_queries
from alerts.store import sources as source_queries
from alerts.store import spells as queries

log = structlog.get_logger()

ARCHIVES = frozenset({"jsonl"})
"""Kinds of source whose dates may stand still: a file may be one that nothing is added to."""

COMPARED = timedelta(days=14)
"""Stretch of scores that is compared with the model's first one."""

Between = Callable[[datetime, datetime], list[datetime]]


@dataclass(slots=True)
class Changed:
    """What one look found new."""

    begun: list[Spell] = field(default_factory=list)
    ended: list[Spell] = field(default_factory=list)


def look(pipeline: Pipeline, now: datetime) -> Changed:
    """Note that the service runs, judge sources, rules and channels, enqueue what is to be told."""
    with pipeline.store.write() as connection:
        queries.sign_of_life(connection, now)
    with pipeline.store.read() as connection:
        judged = _judge(connection, pipeline, now)
    changed = Changed()
    with pipeline.store.write() as connection:
        known = _open(connection)
        # While a channel is switched off nobody knows whether it fails, and to switch it on again
        # is no success: of its failing nothing more is said.
        gone = [
            spell
            for (about, name), verdicts in judged.items()
            if about == "channel" and verdicts[Kind.DISABLED] is not None
            for spell in known[about, name]
            if spell.kind is Kind.FAILING
        ]
        for what, verdicts in judged.items():
            begun, ended = changes(verdicts, known.pop(what, ()))
            changed.begun += begun
            changed.ended += ended
        _settle(connection, pipeline, changed, now)
        # What has left the config has nobody to be told of.
        gone += [spell for (about, _), left in known.items() if about != "topic" for spell in left]
        queries.end_spells(connection, [spell.id for spell in gone], now)
    _log(changed)
    return changed


def _open(connection: Connection) -> dict[tuple[str, str], list[Spell]]:
    """Return (about, name) -> the spells that are open."""
    known: dict[tuple[str, str], list[Spell]] = defaultdict(list)
    for spell in queries.open_spells(connection):
        known[spell.about, spell.name].append(spell)
    return known


def _judge(
    connection: Connection, pipeline: Pipeline, now: datetime
) -> dict[tuple[str, str], Verdicts]:
    """Return (about, name) -> what is off with each source, rule and channel."""
    judged = {("source", one.name): _of_source(connection, pipeline, one, now)
              for one in pipeline.config.sources}  # fmt: skip
    off = sorted({
        spell.name
        for spell in chain(*(v.values() for v in judged.values()), *_open(connection).values())
        if spell is not None and spell.about == "source"
    })  # fmt: skip
    for rule in pipeline.config.rules:
        judged["rule", rule.name] = _of_rule(connection, pipeline, rule, now, off)
    failing = delivery_queries.outages_now(connection)
    disabled = delivery_queries.switched_off(connection)
    for name in (channel.name for channel in pipeline.config.channels):
        judged["channel", name] = judge_channel(name, failing.get(name), disabled.get(name), now)
    return judged


def look_at_scores(pipeline: Pipeline, now: datetime) -> Changed:
    """Judge whether a topic's scores have drifted since the model's first weeks here."""
    changed = Changed()
    with pipeline.store.read() as connection:
        shifts = _shifts(connection, pipeline, now)
    with pipeline.store.write() as connection:
        known = {one.name: one for one in queries.open_spells(connection) if one.about == "topic"}
        for topic, shift in shifts.items():
            spell = known.pop(topic, None)
            verdicts = judge_topic(topic, shift, now - COMPARED, is_open=spell is not None)
            begun, ended = changes(verdicts, [spell] if spell else ())
            changed.begun += begun
            changed.ended += ended
        _settle(connection, pipeline, changed, now)
        # Another model, or hardly any posts: nobody knows any more.
        queries.end_spells(connection, [spell.id for spell in known.values()], now)
    _log(changed)
    return changed


def _shifts(connection: Connection, pipeline: Pipeline, now: datetime) -> dict[str, Shift]:
    """Return topic -> how far its scores have moved, where that can be told."""
    model = pipeline.model.version
    first = queries.first_score(connection, model)
    # Before two stretches lie side by side there is nothing to compare.
    if first is None or now - first < 2 * COMPARED:
        return {}
    before = queries.scores_between(connection, model, first, first + COMPARED)
    after = queries.scores_between(connection, model, now - COMPARED, now)
    found = {}
    for topic in pipeline.model.thresholds:
        then, since = (
            drift.count((source, topics.get(topic, 0.0)) for source, topics in scores)
            for scores in (before, after)
        )
        shift = drift.compare(then, since)
        if shift is not None:
            found[topic] = shift
    return found


def _log(changed: Changed) -> None:
    for spell in changed.begun:
        log.warning("off", kind=str(spell.kind), **{spell.about: spell.name}, says=spell.says)
    for spell in changed.ended:
        log.info("recovered", kind=str(spell.kind), **{spell.about: spell.name})


def _settle(connection: Connection, pipeline: Pipeline, changed: Changed, now: datetime) -> None:
    changed.begun = [one for one in changed.begun if queries.begin_spell(connection, one, now)]
    queries.end_spells(connection, [spell.id for spell in changed.ended], now)
    if changed.begun:
        tell(connection, pipeline, begin_notice(changed.begun, now))
    if changed.ended:
        tell(connection, pipeline, end_notice(changed.ended, now))


def tell(connection: Connection, pipeline: Pipeline, notice: Notice) -> None:
    """Put a notice into the outbox for each of the operator's channels."""
    for name in pipeline.config.service.operator:
        channel = pipeline.config.channel(name)
        # The rest of the config may be newer than what the service started with.
        if channel is not None:
            body = channels.KINDS[channel.kind].notify(channel, notice)
            delivery_queries.enqueue(connection, None, name, body, now=notice.at, notice=notice.id)


def _of_source(
    connection: Connection, pipeline: Pipeline, settings: SourceSettings, now: datetime
) -> Verdicts:
    state = source_queries.source_state(connection, settings.name)
    if state is None:
        return {}
    spans = queries.watched(connection, now)
    started = spans[-1][0] if spans else now
    since = state.failing_since
    facts = SourceFacts(
        name=settings.name,
        every=settings.every,
        settled=state.last_ok_at is not None and state.last_ok_at >= started,
        failures=state.failures,
        failing_since=since,
        failing_hours=_hours(queries.watched(connection, since), since, now) if since else 0.0,
        last_error=state.last_error,
        page=state.page or {},
        dates=None
        if settings.kind in ARCHIVES
        else ()
        if state.first_polled_at is None or now - state.first_polled_at < habit.HOUR * 24
        else queries.last_dates(connection, settings.name),
        silence=None
        if state.failures
        else _silence(
            connection,
            pipeline,
            queries.last_arrival(connection, settings.name),
            lambda begin, end: queries.arrivals_between(connection, settings.name, begin, end),
            now,
        ),
    )
    return judge_source(facts, now)


def _of_rule(
    connection: Connection, pipeline: Pipeline, rule: Rule, now: datetime, off: Sequence[str]
) -> Verdicts:
    if rule.shadow:
        return {}
    conditions = _conditions(written(rule))
    same = config_queries.rule_since(
        connection, rule.name, lambda kept: _conditions(kept) == conditions
    )
    silence = _silence(
        connection,
        pipeline,
        queries.last_alert(connection, rule.name),
        lambda begin, end: queries.alerts_between(
            connection, rule.name, max(begin, same or begin), end
        ),
        now,
    )
    return judge_rule(rule.name, silence, off=off)


def _conditions(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return what decides how often a rule speaks."""
    return {name: value for name, value in brief(rule).items() if name in CONDITIONS}


def _silence(
    connection: Connection,
    pipeline: Pipeline,
    last: datetime | None,
    between: Between,
    now: datetime,
) -> Silence | None:
    if last is None or now - last < habit.HOUR:
        return None
    spans = queries.watched(connection, last - HISTORY)
    zone = ZoneInfo(pipeline.config.service.timezone)
    return habit.judge(between(last - HISTORY, last), spans, now, zone)


def _hours(spans: Spans, since: datetime, until: datetime) -> float:
    return sum(
        max((min(end, until) - max(begin, since)).total_seconds(), 0) / 3600 for begin, end in spans
    )
