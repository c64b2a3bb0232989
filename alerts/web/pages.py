"""Database -> HTML: one function for each page.

Whatever a template prints passes `shown` first and is escaped after it, so a text from outside
is one harmless line wherever it stands; no template can forget to ask for that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import ChainableUndefined, Environment, FileSystemLoader
from markupsafe import Markup
from sqlalchemy import Connection

from alerts.cleaning import plain, web_link
from alerts.configs import unset
from alerts.domain import DeliveryState
from alerts.errors import NotFound
from alerts.pipeline import Pipeline
from alerts.render import GRADES, percent
from alerts.store import alerts as alert_queries
from alerts.store import configs as config_queries
from alerts.store import corrections as correction_queries
from alerts.store import events as event_queries
from alerts.store import listing
from alerts.store import posts as post_queries
from alerts.store.listing import iso
from alerts.web.reading import deliveries_by_state, newest_events, whereabouts
from alerts.why import why

MOST_ROWS = 1000
"""Rows of one table, whatever is asked for."""

GLANCE = 20
"""Rows of a table on the overview."""

UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one request wants to see.

    wanted: the id in its path; empty where the path has none.
    limit: rows that it asks for at most.
    tick_age: seconds since the service last looked at what is due.
    """

    connection: Connection
    pipeline: Pipeline
    now: datetime
    tick_age: float
    wanted: str = ""
    limit: int = 100


def shown(value: object) -> object:
    """Return a value as it is printed: a text on one line, a dash for what is not known."""
    if value is None or isinstance(value, ChainableUndefined):
        return "–"
    if isinstance(value, str) and not isinstance(value, Markup):
        return plain(value)
    return value


def minute(at: str | datetime | None) -> str | None:
    """Return a time to the minute, in UTC."""
    found = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{found.astimezone(UTC):%Y-%m-%d %H:%M}" if found else None


def distance(at: str | datetime | None, now: datetime) -> str | None:
    """Return how long ago a time is, or how far off, in its largest unit."""
    found = datetime.fromisoformat(at) if isinstance(at, str) else at
    if not found:
        return None
    seconds = (now - found).total_seconds()
    size, unit = next((pair for pair in UNITS if abs(seconds) >= pair[0]), (1, "s"))
    count = int(abs(seconds) // size)
    if count == 0:
        return "now"
    return f"{count} {unit} ago" if seconds > 0 else f"in {count} {unit}"


def spelt(value: object) -> str:
    """Return a value of a rule as people write it."""
    if isinstance(value, Mapping):
        parts = ((name, inner) for name, inner in value.items() if not unset(inner))
        return "; ".join(f"{name}: {spelt(inner)}" for name, inner in parts)
    if isinstance(value, list | tuple):
        return ", ".join(spelt(inner) for inner in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    auto_reload=False,
    finalize=shown,
    trim_blocks=True,
    lstrip_blocks=True,
    # A stored document may come from an older version, which knew fewer fields.
    undefined=ChainableUndefined,
)
TEMPLATES.filters.update(
    minute=minute, distance=distance, percent=percent, spelt=spelt, web_link=web_link
)
TEMPLATES.globals["grades"] = GRADES


def draw(name: str, asked: Asked, **found: Any) -> str:
    """Return a page: a template with what it shows."""
    return TEMPLATES.get_template(name).render(
        found,
        now=asked.now,
        stamp=iso(asked.now.replace(microsecond=0)),
        model=asked.pipeline.model.version,
        thresholds=asked.pipeline.model.thresholds,
        config=asked.pipeline.config.hash,
    )


def overview(asked: Asked) -> str:
    """Draw what matters now: the sources, the last alerts, what is stuck."""
    connection, config = asked.connection, asked.pipeline.config
    counts = deliveries_by_state(connection)
    stuck = [
        row
        for state in (DeliveryState.DEAD, DeliveryState.PENDING)
        for row in listing.list_deliveries(connection, GLANCE, state)
    ]
    sources = listing.list_sources(connection)
    return draw(
        "overview.html",
        asked,
        tick_age=asked.tick_age,
        alerts=_alerts(asked, GLANCE),
        sources=[row for row in sources if config.source(row["name"]) is not None],
        former=[row["name"] for row in sources if config.source(row["name"]) is None],
        counts=counts,
        stuck=stuck,
        disabled=listing.list_disabled(connection),
        notices=[row for row in listing.list_notices(connection, GLANCE) if not row["ended_at"]],
    )


def _alerts(asked: Asked, limit: int) -> list[dict[str, Any]]:
    rows = listing.list_alerts(asked.connection, limit)
    places = whereabouts(asked.connection, [row["id"] for row in rows])
    return [{**row, "places": places.get(row["id"], [])} for row in rows]


def alerts(asked: Asked) -> str:
    """Draw the newest alerts."""
    return draw("alerts.html", asked, alerts=_alerts(asked, asked.limit), limit=asked.limit)


def events(asked: Asked) -> str:
    """Draw the newest events."""
    rows = newest_events(asked.connection, asked.limit)
    return draw("events.html", asked, events=rows, limit=asked.limit)


def event(asked: Asked) -> str:
    """Draw one event: its act, its posts and by what each joined. Raises NotFound."""
    # A link to an event that a hand merged into another leads to that one.
    wanted = correction_queries.survivor(asked.connection, asked.wanted)
    found = event_queries.get_events(asked.connection, [wanted])
    if not found:
        raise NotFound(f"{asked.wanted}: no such event")
    told = alert_queries.alerts_of(asked.connection, wanted)
    return draw(
        "event.html",
        asked,
        event=found[0],
        posts=post_queries.event_posts(asked.connection, wanted, MOST_ROWS),
        alerts=told[-MOST_ROWS:],
    )


def alert(asked: Asked) -> str:
    """Draw one alert: everything that it showed and where it went. Raises NotFound."""
    found = listing.show_alert(asked.connection, asked.wanted)
    if found is None:
        raise NotFound(f"{asked.wanted}: no such alert")
    data = found["document"].get("data", {})
    rules = config_queries.rules_of(asked.connection, data.get("config", "")) or ()
    rule: Mapping[str, Any] = next((one for one in rules if one["name"] == found["rule"]), {})
    return draw(
        "alert.html",
        asked,
        alert=found,
        data=data,
        rule={name: value for name, value in rule.items() if not unset(value)},
        post_id=alert_queries.post_of(asked.connection, asked.wanted),
    )


def post(asked: Asked) -> str:
    """Draw one post: its scores, its act and every rule's verdict. Raises NotFound."""
    row = post_queries.post_row(asked.connection, asked.wanted)
    if row is None:
        raise NotFound(f"{asked.wanted}: no such post")
    # By the post's own id: a source could give a post the id of a large event.
    told = why(asked.connection, asked.pipeline, row.id)
    return draw("post.html", asked, post=row, why=told, lines=row.text.splitlines()[:MOST_ROWS])


def problem(status: int, message: str) -> str:
    """Draw a page that says what went wrong."""
    return TEMPLATES.get_template("problem.html").render(status=status, message=message)
