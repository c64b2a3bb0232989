"""A database of an earlier version, with all that refers to one another in it, is upgraded."""

from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from sqlalchemy import create_engine, text

from alerts.store import connect

AT = datetime(2026, 11, 24, 8, tzinfo=UTC).isoformat()


def test_alerts_that_deliveries_refer_to_survive_an_upgrade(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/t.db"
    config = connect._alembic()
    with create_engine(url).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for table, values in {
            "events": ("'e', 't', '{}', 1, '[]', '{}', 3, '[]', 90, :at, :at, NULL, NULL"),
            "posts": "'p', 'wire', '1', NULL, 't', 't', 'en', NULL, :at, 1, :at, 0, 0, NULL, NULL,"
            " '[]', '{}', 'e', 'opened', 0",
        }.items():
            connection.execute(text(f"INSERT INTO {table} VALUES ({values})"), {"at": AT[:19]})
        columns = "id, rule, event_id, post_id, severity, reason, changes, at, headline, document"
        more = "stage, official, channels, shadow, config, model, ordinal"
        connection.execute(
            text(
                f"INSERT INTO alerts ({columns}, {more}) VALUES ('a', 'r', 'e', 'p', 'high', 'new',"
                " '[]', :at, 'h', '{}', 'adopted', 1, '[]', 0, 'c', 'm', 0)"
            ),
            {"at": AT[:19]},
        )
        connection.execute(
            text(
                "INSERT INTO deliveries (id, alert_id, channel, body, state, attempts, created_at,"
                " next_attempt_at) VALUES ('d', 'a', 'screen', x'00', 'pending', 0, :at, :at)"
            ),
            {"at": AT[:19]},
        )

    store = connect.open_store(url)

    with store.read() as connection:
        facts = connection.execute(text("SELECT facts FROM alerts")).scalar()
        kept = connection.execute(text("SELECT alert_id FROM deliveries")).scalar()
    store.close()
    assert (facts, kept) == ('["official:found","stage:adopted"]', "a")
