"""Every table, as SQLAlchemy Core sees it; the same on SQLite and PostgreSQL."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite

MOST_PARAMETERS = 10_000
"""Values that one query may name; SQLite takes at most 32,766."""

UPSERT: Mapping[str, Callable[..., Any]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
"""Dialect -> the insert that can stand a row that is there already."""


class Utc(TypeDecorator[datetime]):
    """An aware UTC time; SQLite, which knows no zones, stores it naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        utc = value if value.tzinfo is UTC else value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

sources = Table(
    "sources",
    metadata,
    Column("name", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("cursor", JSON, nullable=False),
    Column("first_polled_at", Utc),
    Column("next_poll_at", Utc, nullable=False, index=True),
    Column("last_ok_at", Utc),
    Column("last_new_at", Utc),
    Column("last_error_at", Utc),
    Column("last_error", Text),
    Column("failures", Integer, nullable=False, default=0),
    Column("posts", Integer, nullable=False, default=0),
    Column("health", JSON, nullable=False),
    Column("failing_since", Utc),
    Column("page", JSON),
    Column("misread", Integer, nullable=False, default=0),
)

events = Table(
    "events",
    metadata,
    Column("id", String, primary_key=True),
    Column("title", Text, nullable=False),
    Column("act", JSON, nullable=False),
    Column("posts", Integer, nullable=False),
    Column("sources", JSON, nullable=False),
    Column("topics", JSON, nullable=False),
    Column("grade", Integer, nullable=False),
    Column("at_least", JSON, nullable=False),
    Column("relevance", Integer, nullable=False),
    Column("first_seen", Utc, nullable=False),
    Column("last_seen", Utc, nullable=False, index=True),
    Column("official_post", String),
    Column("official_url", Text),
    Column("merged_into", String),
    Column("leans_on", String),
    # Few events lean; else SQLite would look through all that do not, to list the newest.
    Index(
        "ix_events_leans_on",
        "leans_on",
        sqlite_where=text("leans_on IS NOT NULL"),
        postgresql_where=text("leans_on IS NOT NULL"),
    ),
)

event_keys = Table(
    "event_keys",
    metadata,
    Column("key", String, primary_key=True),
    Column("event_id", ForeignKey("events.id"), primary_key=True, index=True),
)

posts = Table(
    "posts",
    metadata,
    Column("id", String, primary_key=True),
    Column("source", String, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("url", Text),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("lang", String, nullable=False),
    Column("author", Text),
    Column("published_at", Utc, nullable=False, index=True),
    Column("dated", Boolean, nullable=False),
    Column("first_seen_at", Utc, nullable=False, index=True),
    Column("official", Boolean, nullable=False),
    Column("limited", Boolean, nullable=False),
    Column("followers", Integer),
    Column("interactions", Integer),
    Column("platform_tags", JSON, nullable=False),
    Column("act", JSON, nullable=False),
    Column("event_id", ForeignKey("events.id"), nullable=False, index=True),
    Column("joined_by", String, nullable=False),
    Column("backfilled", Boolean, nullable=False),
    Column("kin", String),
    Column("silent", JSON(none_as_null=True)),
    Index("ix_posts_source_first_seen_at", "source", "first_seen_at"),
)

taggings = Table(
    "taggings",
    metadata,
    Column("post_id", ForeignKey("posts.id"), primary_key=True),
    Column("model", String, primary_key=True),
    Column("topics", JSON, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("grade", Integer, nullable=False),
    Column("at_least_1", Float, nullable=False),
    Column("at_least_2", Float, nullable=False),
    Column("at_least_3", Float, nullable=False),
)

edits = Table(
    "edits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("post_id", ForeignKey("posts.id"), nullable=False, index=True),
    Column("at", Utc, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("alerts", JSON, nullable=False),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("post_id", ForeignKey("posts.id"), primary_key=True),
    Column("rule", String, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("alert_id", String, nullable=False),
    Column("not_sent", String),
    Column("config", String, nullable=False),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", String, primary_key=True),
    Column("rule", String, nullable=False),
    Column("event_id", ForeignKey("events.id"), nullable=False),
    Column("post_id", ForeignKey("posts.id"), nullable=False),
    Column("severity", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("changes", JSON, nullable=False),
    Column("at", Utc, nullable=False, index=True),
    Column("ordinal", Integer, nullable=False, server_default="0"),
    Column("held_for", String),
    Column("held_until", Utc),
    Column("released_at", Utc),
    Column("told_in", String),
    Column("not_sent", String),
    Column("headline", Text, nullable=False),
    Column("document", JSON, nullable=False),
    Column("stage", String),
    Column("official", Boolean, nullable=False),
    Column("facts", JSON, nullable=False, server_default="[]"),
    Column("channels", JSON, nullable=False),
    Column("shadow", Boolean, nullable=False),
    Column("config", String, nullable=False),
    Column("model", String, nullable=False),
    Index("ix_alerts_rule_event_id", "rule", "event_id"),
    Index("ix_alerts_event_id", "event_id"),
    Index("ix_alerts_post_id", "post_id"),
    Index("ix_alerts_released_at_held_until", "released_at", "held_until"),
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("kind", String, nullable=False),
    Column("event_id", ForeignKey("events.id"), nullable=False),
    Column("other_id", ForeignKey("events.id"), nullable=False),
    Column("posts", JSON, nullable=False),
    Column("alerts", JSON, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String, primary_key=True),
    Column("alert_id", ForeignKey("alerts.id"), index=True),
    Column("notice", String),
    Column("channel", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("next_attempt_at", Utc, nullable=False),
    Column("lease", String),
    Column("leased_until", Utc),
    Column("last_error", Text),
    Column("settled_at", Utc),
    Index("ix_deliveries_state_next_attempt_at", "state", "next_attempt_at"),
)

channels = Table(
    "channels",
    metadata,
    Column("name", String, primary_key=True),
    Column("disabled_at", Utc, nullable=False),
    Column("reason", Text, nullable=False),
)

outages = Table(
    "outages",
    metadata,
    Column("channel", String, primary_key=True),
    Column("since", Utc, nullable=False),
    Column("last_at", Utc, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("error", Text, nullable=False),
)

silences = Table(
    "silences",
    metadata,
    Column("id", String, primary_key=True),
    Column("rule", String),
    Column("topic", String),
    Column("event", String),
    Column("source", String),
    Column("author", Text),
    Column("words", Text),
    Column("comment", Text, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False, index=True),
)

configs = Table(
    "configs",
    metadata,
    Column("hash", String, primary_key=True),
    Column("live_since", Utc, nullable=False),
    Column("rules", JSON, nullable=False),
    Column("document", JSON),
)

config_lives = Table(
    "config_lives",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("hash", ForeignKey("configs.hash"), nullable=False),
    Column("since", Utc, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("started_at", Utc, primary_key=True),
    Column("last_seen_at", Utc, nullable=False),
)

arrivals = Table(
    "arrivals",
    metadata,
    Column("source", String, primary_key=True),
    Column("at", Utc, primary_key=True),
    Column("posts", Integer, nullable=False),
)

spells = Table(
    "spells",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("about", String, nullable=False),
    Column("name", String, nullable=False),
    Column("since", Utc, nullable=False),
    Column("noticed_at", Utc, nullable=False),
    Column("ended_at", Utc, index=True),
    Column("says", Text, nullable=False),
    Column("check", JSON, nullable=False),
)
