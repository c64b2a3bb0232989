"""What rules said of a post without making an alert stands in its row; no key has a time."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

FOLDS = {
    "sqlite": """
        UPDATE posts SET silent = (
            SELECT json_group_array(json_object('at', at, 'config', config, 'said', json(said)))
            FROM (
                SELECT replace(at, ' ', 'T') || '+00:00' AS at, config,
                    json_group_object(rule, not_sent) AS said
                FROM verdicts
                WHERE post_id = posts.id AND alert_id IS NULL
                GROUP BY at, config ORDER BY at
            )
        )
        WHERE EXISTS (SELECT 1 FROM verdicts WHERE post_id = posts.id AND alert_id IS NULL)
    """,
    "postgresql": """
        UPDATE posts SET silent = folded.silent FROM (
            SELECT post_id, json_agg(
                json_build_object('at', at, 'config', config, 'said', said) ORDER BY at
            ) AS silent
            FROM (
                SELECT post_id, at, config, json_object_agg(rule, not_sent) AS said
                FROM verdicts WHERE alert_id IS NULL GROUP BY post_id, at, config
            ) AS said
            GROUP BY post_id
        ) AS folded
        WHERE posts.id = folded.post_id
    """,
}
"""Dialect -> how to gather the rows of a post's silences in one value."""


def upgrade() -> None:
    op.add_column("posts", sa.Column("silent", sa.JSON(), nullable=True))
    op.execute(sa.text(FOLDS[op.get_bind().dialect.name]))
    op.execute("DELETE FROM verdicts WHERE alert_id IS NULL")
    with op.batch_alter_table("verdicts") as table:
        table.alter_column("alert_id", existing_type=sa.String(), nullable=False)
    with op.batch_alter_table("event_keys") as table:
        table.drop_index(op.f("ix_event_keys_seen_at"))
        table.drop_column("seen_at")
