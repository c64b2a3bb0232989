"""The first schema: posts, events, alerts, deliveries and what is remembered of sources."""

import sqlalchemy as sa
from alembic import op

from alerts.store.tables import Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channels",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("disabled_at", Utc(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_channels")),
    )
    op.create_table(
        "configs",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("live_since", Utc(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_configs")),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("act", sa.JSON(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("at_least", sa.JSON(), nullable=False),
        sa.Column("relevance", sa.Integer(), nullable=False),
        sa.Column("first_seen", Utc(), nullable=False),
        sa.Column("last_seen", Utc(), nullable=False),
        sa.Column("official_post", sa.String(), nullable=True),
        sa.Column("official_url", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_last_seen"), "events", ["last_seen"], unique=False)
    op.create_table(
        "sources",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("cursor", sa.JSON(), nullable=False),
        sa.Column("first_polled_at", Utc(), nullable=True),
        sa.Column("next_poll_at", Utc(), nullable=False),
        sa.Column("last_ok_at", Utc(), nullable=True),
        sa.Column("last_new_at", Utc(), nullable=True),
        sa.Column("last_error_at", Utc(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("health", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sources")),
    )
    op.create_index(op.f("ix_sources_next_poll_at"), "sources", ["next_poll_at"], unique=False)
    op.create_table(
        "event_keys",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("seen_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_keys_event_id")),
        sa.PrimaryKeyConstraint("key", "event_id", name=op.f("pk_event_keys")),
    )
    op.create_index(op.f("ix_event_keys_seen_at"), "event_keys", ["seen_at"], unique=False)
    op.create_table(
        "posts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("published_at", Utc(), nullable=False),
        sa.Column("dated", sa.Boolean(), nullable=False),
        sa.Column("first_seen_at", Utc(), nullable=False),
        sa.Column("official", sa.Boolean(), nullable=False),
        sa.Column("limited", sa.Boolean(), nullable=False),
        sa.Column("followers", sa.Integer(), nullable=True),
        sa.Column("interactions", sa.Integer(), nullable=True),
        sa.Column("platform_tags", sa.JSON(), nullable=False),
        sa.Column("act", sa.JSON(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("joined_by", sa.String(), nullable=False),
        sa.Column("backfilled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_posts_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
    )
    op.create_index(op.f("ix_posts_event_id"), "posts", ["event_id"], unique=False)
    op.create_index(op.f("ix_posts_first_seen_at"), "posts", ["first_seen_at"], unique=False)
    op.create_index(op.f("ix_posts_published_at"), "posts", ["published_at"], unique=False)
    op.create_index(
        "ix_posts_source_first_seen_at", "posts", ["source", "first_seen_at"], unique=False
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("post_id", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("held_until", Utc(), nullable=True),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("official", sa.Boolean(), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("shadow", sa.Boolean(), nullable=False),
        sa.Column("config", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_alerts_event_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_alerts_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index(op.f("ix_alerts_at"), "alerts", ["at"], unique=False)
    op.create_index("ix_alerts_rule_event_id", "alerts", ["rule", "event_id"], unique=False)
    op.create_table(
        "taggings",
        sa.Column("post_id", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("at_least_1", sa.Float(), nullable=False),
        sa.Column("at_least_2", sa.Float(), nullable=False),
        sa.Column("at_least_3", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_taggings_post_id")),
        sa.PrimaryKeyConstraint("post_id", "model", name=op.f("pk_taggings")),
    )
    op.create_table(
        "verdicts",
        sa.Column("post_id", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("alert_id", sa.String(), nullable=True),
        sa.Column("not_sent", sa.String(), nullable=True),
        sa.Column("config", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_verdicts_post_id")),
        sa.PrimaryKeyConstraint("post_id", "rule", name=op.f("pk_verdicts")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("alert_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("next_attempt_at", Utc(), nullable=False),
        sa.Column("lease", sa.String(), nullable=True),
        sa.Column("leased_until", Utc(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("settled_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_deliveries_alert_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index(op.f("ix_deliveries_alert_id"), "deliveries", ["alert_id"], unique=False)
    op.create_index(
        "ix_deliveries_state_next_attempt_at",
        "deliveries",
        ["state", "next_attempt_at"],
        unique=False,
    )
