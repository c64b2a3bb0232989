"""What earlier schemas held is there after a migration."""

from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import create_engine, text

from alerts.ledger import told_by
from alerts.store import alerts, events
from alerts.store.connect import MIGRATIONS, open_store, open_to_read
from alerts.store.soundness import count_rows, find_faults


def fill_0010(url: str) -> None:
    """Make a database whose silences are rows: of one post under two configs, of another none."""
    engine = create_engine(url)
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0010")
        columns = "id, title, act, posts, sources, topics, grade, at_least, relevance, first_seen"
        connection.execute(text(f"INSERT INTO events ({columns}, last_seen) VALUES ('e','t','{{}}',"
            "2,'[]','{}',3,'[1,1,1]',9,'2026-11-24 08:00:00','2026-11-24 08:00:00')"))  # fmt: skip
        columns = ("id, source, external_id, title, text, lang, published_at, dated, first_seen_at,"
            "official, limited, platform_tags, act, event_id, joined_by, backfilled")  # fmt: skip
        for post in ("p", "q"):
            connection.execute(text(f"INSERT INTO posts ({columns}) VALUES ('{post}','s','{post}',"
                "'t','t','en','2026-11-24 08:00:00',true,'2026-11-24 08:00:00',false,false,'[]',"
                "'{}','e','opened',false)"))  # fmt: skip
        connection.execute(text("INSERT INTO event_keys VALUES ('link:e.org','e',:at)"),
            {"at": "2026-11-24 08:00:00"})  # fmt: skip
        for rule, at, alert, why, version in (
            ("loud", "09:30:00", "a", None, "c2"),
            ("muted", "09:30:00", "b", "muted by loud", "c2"),
            ("old's", "08:00:00.25", None, 'topics: "x"', "c1"),
            ("quiet", "09:30:00", None, "act: 阶段", "c2"),
            ("still", "09:30:00", None, "told", "c2"),
        ):
            connection.execute(
                text("INSERT INTO verdicts VALUES ('p',:rule,:at,:alert,:why,:version)"),
                {"rule": rule, "at": f"2026-11-24 {at}", "alert": alert, "why": why,
                 "version": version},
            )  # fmt: skip
    engine.dispose()


def check_0010(url: str) -> None:
    """Check what has become of it."""
    migrated = open_store(url)
    with migrated.read() as connection:
        said = alerts.verdicts_on(connection, "p")
        none = alerts.verdicts_on(connection, "q")
        rows = connection.execute(text("SELECT rule FROM verdicts")).scalars()
        assert sorted(rows) == ["loud", "muted"]
        assert events.events_sharing(connection, ["link:e.org"]) == {"e": {"link:e.org"}}
    migrated.close()
    early = datetime(2026, 11, 24, 8, 0, 0, 250_000, tzinfo=UTC)
    late = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    assert none == []
    assert said == [
        ("loud", late, "a", None, "c2"),
        ("muted", late, "b", "muted by loud", "c2"),
        ("old's", early, None, 'topics: "x"', "c1"),
        ("quiet", late, None, "act: 阶段", "c2"),
        ("still", late, None, "told", "c2"),
    ]


def test_silences_that_were_rows_are_still_told(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/t.db"
    fill_0010(url)
    check_0010(url)


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
