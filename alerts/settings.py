"""The pieces that every config model is made of: strictness, durations, secrets, kinds."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    WithJsonSchema,
)

from alerts import redaction
from alerts.domain import Alert, Delivery, Fetch, Json, Notice, Outcome, Polled, Post, Send

DURATION = re.compile(r"(\d+)\s*(ms|s|m|h|d|w)")
SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


class Strict(BaseModel):
    """A config model: frozen, and a key that it does not know is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=False)


def parse_duration(value: object) -> object:
    """Turn "90s", "5m", "1h30m" or "2d" into a timedelta; leave anything else to pydantic."""
    if isinstance(value, timedelta):
        return value
    compact = value.replace(" ", "") if isinstance(value, str) else ""
    parts = DURATION.findall(compact)
    if not parts or "".join(number + unit for number, unit in parts) != compact:
        raise ValueError("must be a duration such as 90s, 5m, 6h or 1d")
    seconds = sum(int(number) * SECONDS[unit] for number, unit in parts)
    if seconds > 366 * SECONDS["d"]:
        raise ValueError("is longer than a year")
    return timedelta(seconds=seconds)


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    WithJsonSchema({"type": "string", "pattern": r"^(\s*\d+\s*(ms|s|m|h|d|w)\s*)+$"}),
]


def resolve_secret(value: object, info: ValidationInfo) -> object:
    """Replace "${env:NAME}" or "${file:PATH}" by what the loader reads there.

    The loader passes its reader as the validation context; only alerts/config.py has one.
    """
    read: Callable[[str], str] | None = (info.context or {}).get("read_secret")
    if read is None or not isinstance(value, str):
        return value
    return read(value)


def hold_secret(secret: SecretStr) -> SecretStr:
    """Remember a secret, so that no error that nobody foresaw can repeat it."""
    redaction.hold(secret.get_secret_value())
    return secret


Secret = Annotated[SecretStr, BeforeValidator(resolve_secret), AfterValidator(hold_secret)]
"""A value that is never printed; the only kind of field that may name an environment variable."""


def check_address(address: SecretStr) -> SecretStr:
    """Refuse what is not a web address, without repeating it.

    A reference that nobody resolved (a command that sends nothing) passes as it is written.
    """
    text = address.get_secret_value().strip()
    try:
        parts = urlsplit(text)
        usable = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable and "${" not in text:
        raise ValueError("must be an http or https address")
    return SecretStr(text)


WebAddress = Annotated[Secret, AfterValidator(check_address)]
"""Where something is fetched; kept secret, for many addresses carry a token."""

Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^\S(.*\S)?$")]


class SourceSettings(Strict):
    """What every source kind has.

    every: how often it is polled.
    official: its publisher is an authority.
    backfill: which posts of the very first poll may alert; all of them are stored and tagged.
    allow_private: private and loopback addresses may be fetched.
    """

    name: Name
    kind: str
    every: Duration = Field(default=timedelta(minutes=5), ge=timedelta(seconds=1))
    official: bool = False
    backfill: Literal["none", "all"] | Duration = timedelta(hours=24)
    allow_private: bool = False

    def is_backfill(self, post: Post, now: datetime) -> bool:
        """Tell whether a post of the very first poll is too old to alert on."""
        if self.backfill == "all":
            return False
        if self.backfill == "none" or not post.dated:
            return True
        return post.published_at < now - self.backfill


class ChannelSettings(Strict):
    """What every channel kind has.

    allow_private: private and loopback addresses may be sent to.
    """

    name: Name
    kind: str
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class SourceKind:
    """One kind of source: its config model and its poll.

    poll(config, fetch, cursor, now): everything new at the source since the cursor ({} at
    first). Raises SourceError. `fetch` is guarded and has its own deadline.
    """

    config: type[SourceSettings]
    poll: Callable[[Any, Fetch, Mapping[str, Json], datetime], Awaitable[Polled]]


@dataclass(frozen=True, slots=True)
class ChannelKind:
    """One kind of channel: its config model, its rendering and its send.

    render(config, alert): the body, frozen when the alert is put into the outbox.
    notify(config, notice): the body of a notice, likewise.
    send(config, delivery, post, now): one try; never raises for what the receiver does.
    pace: least seconds between two messages to one channel of this kind.
    """

    config: type[ChannelSettings]
    render: Callable[[Any, Alert], bytes]
    notify: Callable[[Any, Notice], bytes]
    send: Callable[[Any, Delivery, Send, datetime], Awaitable[Outcome]]
    pace: float = 0.0
