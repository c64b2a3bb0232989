"""What earlier schemas held is there after a migration."""

from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import create_engine, text

from alerts.ledger import told_by
from alerts.store import alerts
from alerts.store.connect import MIGRATIONS, open_store, open_to_read
from alerts.store.soundness import count_rows, find_faults


def test_alerts_of_the_first_schema_keep_what_they_told(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    engine = create_engine(f"sqlite:///{path}")
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text("INSERT INTO events VALUES ('e','t','{}',1,'[]','{}',3,'[1,1,1]',"
            "9,'2026-11-24 08:00:00','2026-11-24 08:00:00',NULL,NULL)"))  # fmt: skip
        connection.execute(text("INSERT INTO posts VALUES ('p','s','1',NULL,'t','t','en',NULL,"
            "'2026-11-24 08:00:00',1,'2026-11-24 08:00:00',0,0,NULL,NULL,'[]','{}','e','opened',"
            "0)"))  # fmt: skip
        connection.execute(
            text(
                "INSERT INTO alerts VALUES ('a','r','e','p','high','new','[]',"
                "'2026-11-24 08:00:00',NULL,'Headline',:document,'adopted',1,'[]',0,'c','m')"
            ),
            {"document": '{"data": {"act": {"number": "MOFCOM 2026-72", "effective_on": null}}}'},
        )
    engine.dispose()
    before = open_to_read(f"sqlite:///{path}")
    assert count_rows(before)["alerts"] == 1
    assert "edits" not in count_rows(before)
    assert find_faults(before) == ["posts without a tagging: p"]
    before.close()

    migrated = open_store(f"sqlite:///{path}")

    with migrated.read() as connection:
        told = told_by(alerts.made_on(connection, "e")["r"])
    migrated.close()
    assert told is not None
    assert told.first.headline == "Headline"
    assert told.facts == {"number:MOFCOM 2026-72", "official:found", "stage:adopted"}
