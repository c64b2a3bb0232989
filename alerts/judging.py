"""Lets every rule decide on a post of an event: as it comes, or once events were regrouped."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row

from alerts.books import Books
from alerts.case import Case
from alerts.domain import Alert, Event
from alerts.reader.terms import Terms
from alerts.reading import Read
from alerts.restraint import LEANS, consider
from alerts.retractions import read_retraction
from alerts.rules import Rule, decide
from alerts.store import alerts as alert_queries
from alerts.store import corrections as correction_queries
from alerts.store import events as event_queries
from alerts.store import posts as post_queries

SWALLOWED = ("cooldown", "told", LEANS)
"""Silences that rested on what the event's readers knew, and so on the grouping."""


def judge(
    ledger: Books,
    thresholds: Mapping[str, float],
    read: Read,
    event: Event,
    *,
    backfilled: bool,
    now: datetime,
) -> list[str]:
    """Let every rule decide on a post of an event; return the alerts' ids."""
    config = ledger.config
    case = Case(
        post=read.post,
        tagging=read.tagging,
        event=event,
        thresholds=thresholds,
        act=read.act,
        retraction=read.retraction,
        reach=ledger.drafts.reach(event.id) if config.shortlist.asks_reach else None,
        leans_on=ledger.drafts.leans_on(event.id),
        made_ready=read.searched,
    )
    made = consider(
        config.shortlist.touched(case, ledger.tellers(event.id)),
        case,
        ledger,
        home=config.home,
        backfilled=backfilled,
        now=now,
        config=config.hash,
    )
    ledger.write_skipped(case, now)
    return [alert.id for alert in made]


def judge_again(
    ledger: Books,
    rules: Sequence[Rule],
    thresholds: Mapping[str, float],
    terms: Terms,
    event_id: str,
    moved: Collection[str],
    *,
    now: datetime,
) -> list[str]:
    """Let rules tell of an event what another grouping swallowed; return the alerts' ids.

    Where a rule's readers know nothing of the event now, the posts that were silent as echoes
    are judged anew; where they know of it, what moved may bring an update. What was sent is
    never sent again.
    """
    connection, config = ledger.connection, ledger.config
    event = event_queries.get_events(connection, [event_id])[0]
    reach = post_queries.reach(connection, event_id) if config.shortlist.asks_reach else None
    made: list[str] = []
    for row in correction_queries.posts_of(connection, event_id):
        case = _case(connection, thresholds, terms, row, event, reach)
        said = {one.rule: one for one in alert_queries.verdicts_on(connection, row.id)}
        ask = partial(
            _is_open, case=case, ledger=ledger, moved=row.id in moved,
            backfilled=row.backfilled, now=now, config=config.hash,
        )  # fmt: skip
        # All at once, so that the loudest decides first, whom others may be muted by.
        alerts = consider(
            [rule for rule in rules if ask(rule, said.get(rule.name))], case, ledger,
            home=config.home, backfilled=row.backfilled, now=now, config=config.hash,
        )  # fmt: skip
        ledger.write_skipped(case, now)
        made += [alert.id for alert in alerts]
    return made


def _is_open(
    rule: Rule,
    said: alert_queries.Said | None,
    *,
    case: Case,
    ledger: Books,
    moved: bool,
    backfilled: bool,
    now: datetime,
    config: str,
) -> bool:
    """Tell whether a rule is asked of a post again; said: what it said of it so far."""
    if said is not None and said.alert_id is not None:
        return False
    told = ledger.told(rule.name, case.event.id)
    if told is None:
        return said is not None and said.not_sent in SWALLOWED
    return moved and isinstance(
        decide(rule, case, told=told, backfilled=backfilled, now=now, config=config), Alert
    )


def _case(
    connection: Connection,
    thresholds: Mapping[str, float],
    terms: Terms,
    row: Row[Any],
    event: Event,
    reach: int | None,
) -> Case:
    tagging = post_queries.tagging_of(connection, row.id)
    assert tagging is not None, f"post {row.id} has no tagging"
    return Case(
        post=post_queries.to_post(row),
        tagging=tagging,
        event=event,
        thresholds=thresholds,
        act=post_queries.act_from_json(row.act),
        retraction=read_retraction(terms, row.text),
        reach=reach,
    )
