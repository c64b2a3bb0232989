"""Is a database whole: the file itself, its schema, and what must refer to what?"""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, func, inspect, select, text

from alerts.errors import StoreDamaged
from alerts.store.connect import Store
from alerts.store.tables import events, metadata, posts, taggings

MOST_FAULTS = 20
"""Faults that SQLite is asked for; a damaged file can have thousands."""


def check_file(store: Store) -> None:
    """Refuse a SQLite file whose pages or indexes are damaged. Raises StoreDamaged.

    Reads the whole file, and writes nothing.
    """
    with store.read() as connection:
        found = next(_file_faults(connection, "quick_check"), None)
    if found is not None:
        raise StoreDamaged(
            f"database {store.name}: it is damaged ({found}): stop here, keep the file, restore "
            "the last backup (`tocsin verify FILE` tells whether one is sound)"
        )


def find_faults(store: Store) -> list[str]:
    """Return a line for everything that is wrong with a database; none if it is sound."""
    with store.read() as connection:
        broken = list(_file_faults(connection, "integrity_check"))
        # A damaged file gives nonsense to the questions below, or none at all.
        return broken or list(_loose_ends(connection))


def count_rows(store: Store) -> Mapping[str, int]:
    """Return how many rows each table holds."""
    with store.read() as connection:
        # A database of an earlier version lacks some.
        there = set(inspect(connection).get_table_names())
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
            if table.name in there
        }


def _file_faults(connection: Connection, pragma: str) -> Iterator[str]:
    if connection.dialect.name != "sqlite":
        return
    for (said,) in connection.execute(text(f"PRAGMA {pragma}({MOST_FAULTS})")):
        if said != "ok":
            yield " ".join(str(said).split())


def _loose_ends(connection: Connection) -> Iterator[str]:
    """Yield what refers to nothing, or should be referred to and is not."""
    if connection.dialect.name == "sqlite":
        for table, row, parent, _ in connection.execute(text("PRAGMA foreign_key_check")):
            yield f"{table}: row {row} refers to a row of {parent} that is not there"
    untagged = select(posts.c.id).where(posts.c.id.not_in(select(taggings.c.post_id)))
    empty = select(events.c.id).where(events.c.id.not_in(select(posts.c.event_id)))
    if "merged_into" in {column["name"] for column in inspect(connection).get_columns("events")}:
        empty = empty.where(events.c.merged_into.is_(None))
    if "leans_on" in {column["name"] for column in inspect(connection).get_columns("events")}:
        there = select(events.c.id).where(events.c.merged_into.is_(None))
        loose = events.c.leans_on.is_not(None) & events.c.leans_on.not_in(there)
        leaning = select(events.c.id).where(loose).limit(MOST_FAULTS)
        for event_id in connection.execute(leaning).scalars():
            yield f"event {event_id} leans on one that is not there, or merged into another"
    for what, question in (
        ("posts without a tagging", untagged),
        ("events without a post", empty),
    ):
        ids = connection.execute(question.limit(MOST_FAULTS)).scalars().all()
        if ids:
            yield f"{what}: {', '.join(ids[:5])}{' ...' if len(ids) > 5 else ''}"
