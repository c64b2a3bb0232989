"""Figures for Prometheus, read from the database at each scrape; none is kept in memory."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from sqlalchemy import Connection

from alerts.pipeline import Pipeline
from alerts.store import deliveries as delivery_queries
from alerts.store import holding as holding_queries
from alerts.store import silences as silence_queries
from alerts.store import sources as source_queries
from alerts.store import spells as spell_queries
from alerts.web.reading import (
    alerts_by_rule,
    deliveries_by_state,
    digests_by_rule,
    not_sent_by_rule,
    read_briefly,
)


def expose(
    pipeline: Callable[[], Pipeline], tick_age: Callable[[], float], accept: str
) -> tuple[bytes, str]:
    """Return the figures and their content type, in the format that a scraper accepts.

    accept: its Accept header. Raises StoreError.
    """
    registry = CollectorRegistry()
    registry.register(Figures(pipeline(), tick_age()))
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type


class Figures(Collector):
    """What is known now, as metric families."""

    def __init__(self, pipeline: Pipeline, tick_age: float) -> None:
        self._pipeline = pipeline
        self._tick_age = tick_age

    def describe(self) -> Iterable[Metric]:
        """Promise nothing, so that registering reads nothing."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Read every figure."""
        pipeline = self._pipeline
        with read_briefly(pipeline.store) as connection:
            found = [
                *self._sources(connection),
                *_alerts(connection),
                *_silences(connection, datetime.now(UTC)),
                *_outbox(connection),
                _notices(connection),
            ]
        tick = GaugeMetricFamily(
            "tocsin_seconds_since_tick", "Seconds since the service last looked at what is due."
        )
        tick.add_metric([], self._tick_age)
        model = GaugeMetricFamily("tocsin_model_info", "The model in use.", labels=["version"])
        model.add_metric([pipeline.model.version], 1)
        config = GaugeMetricFamily("tocsin_config_info", "The config in use.", labels=["hash"])
        config.add_metric([pipeline.config.hash], 1)
        return [*found, tick, model, config]

    def _sources(self, connection: Connection) -> list[Metric]:
        up = GaugeMetricFamily(
            "tocsin_source_up", "Whether the last poll worked (1) or failed (0).", labels=["source"]
        )
        failures = GaugeMetricFamily(
            "tocsin_source_failures", "Polls that failed in a row.", labels=["source"]
        )
        posts = CounterMetricFamily(
            "tocsin_posts", "Posts taken in from a source.", labels=["source"]
        )
        misread = CounterMetricFamily(
            "tocsin_posts_misread",
            "Posts taken in without their acts, which could not be read.",
            labels=["source"],
        )
        worked = GaugeMetricFamily(
            "tocsin_source_last_success_timestamp_seconds",
            "When a poll last worked.",
            labels=["source"],
        )
        brought = GaugeMetricFamily(
            "tocsin_source_last_new_timestamp_seconds",
            "When a poll last brought a new post.",
            labels=["source"],
        )
        for state in source_queries.source_states(connection):
            if self._pipeline.config.source(state.name) is None:
                continue
            label = [state.name]
            posts.add_metric(label, state.posts)
            misread.add_metric(label, state.misread)
            failures.add_metric(label, state.failures)
            if state.last_ok_at or state.last_error_at:
                up.add_metric(label, float(state.last_error is None))
            if state.last_ok_at:
                worked.add_metric(label, state.last_ok_at.timestamp())
            if state.last_new_at:
                brought.add_metric(label, state.last_new_at.timestamp())
        return [up, failures, posts, misread, worked, brought]


def _alerts(connection: Connection) -> list[Metric]:
    alerts = CounterMetricFamily(
        "tocsin_alerts", "Alerts that a rule made.", labels=["rule", "shadow"]
    )
    for rule, shadow, count in alerts_by_rule(connection):
        alerts.add_metric([rule, str(shadow).lower()], count)
    digests = CounterMetricFamily("tocsin_digests", "Digests that a rule sent.", labels=["rule"])
    for rule, count in digests_by_rule(connection):
        digests.add_metric([rule], count)
    kept = CounterMetricFamily(
        "tocsin_alerts_not_sent", "Alerts that were made and kept back.", labels=["rule", "why"]
    )
    for (rule, why), count in sorted(not_sent_by_rule(connection).items()):
        kept.add_metric([rule, why], count)
    held = GaugeMetricFamily("tocsin_alerts_held", "Alerts that wait.", labels=["held_for"])
    for held_for, count in holding_queries.waiting_by_reason(connection).items():
        held.add_metric([held_for], count)
    return [alerts, digests, kept, held]


def _silences(connection: Connection, now: datetime) -> list[Metric]:
    active = GaugeMetricFamily("tocsin_silences_active", "Silences that hold.")
    active.add_metric([], len(silence_queries.active(connection, now)))
    return [active]


def _notices(connection: Connection) -> Metric:
    off = GaugeMetricFamily(
        "tocsin_notice", "What is off now: silent, failing, ...", labels=["kind", "about", "name"]
    )
    for spell in spell_queries.open_spells(connection):
        off.add_metric([spell.kind.value, spell.about, spell.name], 1)
    return off


def _outbox(connection: Connection) -> list[Metric]:
    counts = deliveries_by_state(connection)
    states = GaugeMetricFamily(
        "tocsin_deliveries", "Deliveries that stand in a state.", labels=["state"]
    )
    for state, count in counts.items():
        states.add_metric([state], count)
    waiting = GaugeMetricFamily("tocsin_outbox_waiting", "Deliveries that are not settled.")
    waiting.add_metric([], sum(counts[state] for state in delivery_queries.OPEN))
    disabled = GaugeMetricFamily(
        "tocsin_channel_disabled", "Channels that nothing is sent to.", labels=["channel"]
    )
    for channel in delivery_queries.disabled_channels(connection):
        disabled.add_metric([channel], 1)
    return [states, waiting, disabled]
