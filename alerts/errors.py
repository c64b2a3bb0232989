"""The service's errors.

AlertsError
├── ConfigError            tocsin.yaml has mistakes; lists every one
├── StoreError             the database cannot be used
│   ├── StoreLocked        another process writes to it
│   ├── StoreReadOnly      it cannot be written
│   ├── StoreFull          the disk or its quota is full
│   ├── StoreDamaged       it is not a database, or not a sound one
│   └── StoreNewer         a newer Tocsin, or another program, made it
├── WebError               the web page cannot be served: port taken, or open without a token
├── NotFound               no post, event, alert, delivery or source has that id
└── SourceError            one poll failed; says what the source is told next
    ├── SourceUnreachable  no answer in time: name, connection, TLS, deadline
    ├── SourceRefused      an address that may not be fetched (private, scheme, redirect)
    ├── SourceDenied       the key is missing, wrong or not enough (401, 402, 403)
    ├── SourceLimited      too many requests (429)
    ├── SourceBroken       the server failed (5xx) or the page is gone (404, 410)
    └── SourceUnreadable   an answer that is not what the format says
"""

from collections.abc import Sequence
from dataclasses import dataclass


class AlertsError(Exception):
    """Root of everything that the service raises on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One mistake in a config: where (1-based), which key, what is wrong and what may be meant."""

    file: str
    line: int
    column: int
    key: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}"
        return f"{where}: {self.key}: {self.message}" if self.key else f"{where}: {self.message}"


class ConfigError(AlertsError):
    """tocsin.yaml has mistakes."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))

    @property
    def in_short(self) -> str:
        """One line, for a log: the first mistakes and how many more there are."""
        told = "; ".join(str(mistake) for mistake in self.mistakes[:3])
        more = len(self.mistakes) - 3
        return f"{told}; and {more} more (`tocsin check` lists them)" if more > 0 else told


class StoreError(AlertsError):
    """The database cannot be used."""


class StoreLocked(StoreError):
    """Another process writes to it."""


class StoreReadOnly(StoreError):
    """It cannot be written."""


class StoreFull(StoreError):
    """The disk or its quota is full."""


class StoreDamaged(StoreError):
    """It is not a database, or not a sound one."""


class StoreNewer(StoreError):
    """A newer Tocsin, or another program, made it."""


class WebError(AlertsError):
    """The web page cannot be served: port taken, or open without a token."""


class NotFound(AlertsError):
    """No post, event, alert, delivery or source has that id."""


class SourceError(AlertsError):
    """One poll failed.

    retry_after: seconds that the server asked for, if it did.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class SourceUnreachable(SourceError):
    """No answer in time: name, connection, TLS, deadline."""


class SourceRefused(SourceError):
    """An address that may not be fetched (private, scheme, redirect)."""


class SourceDenied(SourceError):
    """The key is missing, wrong or not enough (401, 402, 403)."""


class SourceLimited(SourceError):
    """Too many requests (429)."""


class SourceBroken(SourceError):
    """The server failed (5xx) or the page is gone (404, 410)."""


class SourceUnreadable(SourceError):
    """An answer that is not what the format says."""
