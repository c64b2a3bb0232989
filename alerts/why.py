"""Tells why a post, an event or an alert was sent or not: from what was stored at the time."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from alerts.case import Case
from alerts.configs import brief, written
from alerts.errors import NotFound
from alerts.opening import models_folder
from alerts.pipeline import Pipeline
from alerts.reading import SHOWN_TERMS
from alerts.replay import thresholds_by, thresholds_in
from alerts.rules import Rule, failing, matched, relevance_for
from alerts.store import alerts as alert_queries
from alerts.store import configs as config_queries
from alerts.store import events as event_queries
from alerts.store import listing
from alerts.store import posts as post_queries
from alerts.store.listing import iso


def why(connection: Connection, pipeline: Pipeline, wanted: str) -> dict[str, Any]:
    """Explain a post (its id here or at its source), an event or an alert.

    Raises NotFound.
    """
    alert = listing.show_alert(connection, wanted)
    if alert is not None:
        post_id = _post_of(connection, wanted)
        return {"kind": "alert", **alert, "because": _post(connection, pipeline, post_id)}
    event = listing.show_event(connection, wanted)
    if event is not None:
        return {
            "kind": "event",
            **event,
            "corrections": listing.list_corrections(connection, event_id=wanted),
            "alerts": [
                {"id": row.id, "rule": row.rule, "reason": row.reason, "at": iso(row.at)}
                for row in alert_queries.alerts_of(connection, wanted)
            ],
            "because": [_post(connection, pipeline, post["id"]) for post in event["posts"]],
        }
    return {"kind": "post", **_post(connection, pipeline, wanted)}


def _post_of(connection: Connection, alert_id: str) -> str:
    post_id = alert_queries.post_of(connection, alert_id)
    assert post_id is not None, f"alert {alert_id} has no post"
    return post_id


def _post(connection: Connection, pipeline: Pipeline, wanted: str) -> dict[str, Any]:
    row = post_queries.post_row(connection, wanted)
    if row is None:
        raise NotFound(
            f"{wanted}: no post, event or alert has this id "
            "(`tocsin events list` and `tocsin alerts list` show them)"
        )
    tagging = post_queries.tagging_of(connection, row.id)
    assert tagging is not None, f"post {row.id} has no tagging"
    stored = event_queries.stored_events(connection, [row.event_id])[row.event_id]
    event = stored.event
    thresholds = _thresholds(pipeline, tagging.model)
    case = Case(
        post=post_queries.to_post(row),
        tagging=tagging,
        event=event,
        thresholds=thresholds or thresholds_by(tagging.tags, tagging.topics),
    )
    return {
        "id": row.id,
        "external_id": row.external_id,
        "source": row.source,
        "url": row.url,
        "title": row.title,
        "published_at": iso(row.published_at),
        "topics": tagging.topics,
        "tags": tagging.tags,
        "thresholds": dict(thresholds or {}),
        "policy": {
            "grade": tagging.policy.grade,
            "at_least_2": tagging.policy.at_least_2,
            "at_least_3": tagging.policy.at_least_3,
        },
        "terms": _terms(pipeline, tagging.model, row.text),
        "act": post_queries.act_to_json(post_queries.act_from_json(row.act)),
        "event": {
            "id": event.id,
            "posts": event.posts,
            "joined_by": row.joined_by,
            **({"leans_on": stored.leans_on} if stored.leans_on else {}),
        },
        "corrections": listing.list_corrections(connection, post_id=row.id),
        "edits": [
            {"at": iso(edit.at), "before": edit.text, "alerts": edit.alerts}
            for edit in post_queries.edits_of(connection, row.id)
        ],
        "rules": _verdicts(connection, pipeline, case),
        "model": tagging.model,
    }


def _thresholds(pipeline: Pipeline, version: str) -> Mapping[str, float] | None:
    """Return the thresholds of the model that scored; None where it is there no more."""
    if version == pipeline.model.version:
        return pipeline.model.thresholds
    return thresholds_in(models_folder(pipeline.config))(version)


def _terms(pipeline: Pipeline, version: str, text: str) -> dict[str, list[Any]]:
    """Return topic -> the terms behind its score; none where another model scored."""
    if version != pipeline.model.version:
        return {}
    (explained,) = pipeline.model.tag([text], terms=SHOWN_TERMS)
    return {topic: list(terms) for topic, terms in explained.terms.items()}


def _verdicts(connection: Connection, pipeline: Pipeline, case: Case) -> list[dict[str, Any]]:
    """Return every rule's verdict: as recorded, or, where a post did not touch it, as it is now."""
    recorded = {row.rule: row for row in alert_queries.verdicts_on(connection, case.post.id)}
    made = {row.id: row for row in alert_queries.alerts_of(connection, case.event.id)}
    verdicts = []
    for name, row in recorded.items():
        alert = made.get(row.alert_id)
        verdicts.append(
            {
                "rule": name,
                "sent": row.alert_id is not None and row.not_sent is None,
                "alert": row.alert_id,
                "not_sent": row.not_sent,
                "held_until": iso(alert.held_until) if alert else None,
                "told_in": alert.told_in if alert else None,
                "at": iso(row.at),
                "config": row.config,
                "rule_then": brief(config_queries.rule_then(connection, row.config, name) or {}),
            }
        )
    for rule in pipeline.config.rules:
        if rule.name not in recorded:
            verdicts.append(_judge(rule, case, pipeline.config.hash))
    return verdicts


def _judge(rule: Rule, case: Case, config: str) -> dict[str, Any]:
    return {
        "rule": rule.name,
        "sent": False,
        "alert": None,
        "not_sent": failing(rule, case) or "not decided: the rule is newer than the post",
        "held": list(matched(rule, case)),
        "relevance": relevance_for(rule, case).value,
        "config": config,
        "rule_then": brief(written(rule)),
    }
