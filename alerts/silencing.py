"""What is checked before something is silenced: that it ends, and that there is such a thing."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection

from alerts.config import Config
from alerts.errors import NotFound
from alerts.faults import suggest
from alerts.ledger import Silence
from alerts.opening import known_topics
from alerts.settings import Duration
from alerts.store import silences as queries
from alerts.words import check_word

DURATION: TypeAdapter[timedelta] = TypeAdapter(Duration)


def ends_at(lasting: str | None, until: str | None, now: datetime, zone: ZoneInfo) -> datetime:
    """Return when a silence ends; every silence does. Raises ValueError."""
    if (lasting is None) == (until is None):
        raise ValueError("say how long: either --for 3h, or --until 2026-11-25T07:00")
    try:
        end = (
            now + DURATION.validate_python(lasting)
            if lasting is not None
            else datetime.fromisoformat(until or "")
        )
    except ValidationError as error:
        said = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise ValueError(f"--for {lasting}: {said}") from error
    except ValueError as error:
        said = "is not a time such as 2026-11-25T07:00"
        raise ValueError(f"--until {until} {said}") from error
    end = (end if end.tzinfo else end.replace(tzinfo=zone)).astimezone(UTC)
    if end <= now:
        given = f"--for {lasting}" if lasting is not None else f"--until {until}"
        raise ValueError(f"{given} is over already: a silence begins now")
    return end


def check_words(words: str | None) -> None:
    """Refuse words that match nothing or are no pattern. Raises ValueError."""
    if words is not None:
        try:
            check_word(words)
        except ValueError as error:
            raise ValueError(f"--words {error}") from error


def check_names(connection: Connection, config: Config, silence: Silence) -> None:
    """Refuse a name that nothing has: such a silence would keep nothing back. Raises NotFound."""
    rules = {rule.name for rule in config.rules} | queries.told_rules(connection)
    sources = {source.name for source in config.sources} | queries.seen_sources(connection)
    topics = set(known_topics(config.service.models))
    for noun, value, known in (
        ("rule", silence.rule, rules),
        ("source", silence.source, sources),
        ("topic", silence.topic, topics),
    ):
        if value is not None and value not in known:
            raise NotFound(f"--{noun} {value}: no such {noun}{suggest(value, known)}")
    if silence.event is not None and not queries.is_event(connection, silence.event):
        raise NotFound(f"--event {silence.event}: no such event: see `tocsin events list`")
