"""Reads a text for a policy act or its goods in tests; tells if that took unreasonably long."""

import time
from datetime import UTC, datetime

from alerts.acts import Reader, load_reader
from alerts.domain import Act
from alerts.likeness import named
from classifier.resources import shipped

READER: Reader = load_reader(shipped("data"))
THURSDAY = datetime(2026, 11, 19, 9, tzinfo=UTC)


def read(text: str) -> Act:
    """Return the act that a text of a Thursday reports."""
    return READER.read(text, published_at=THURSDAY)


def goods(text: str) -> frozenset[str]:
    """Return the goods that a text names."""
    return named(read(text), "item")


def assert_no_quadratic_time(text: str) -> None:
    """Fail if a long text takes more than a thousand times as long as a short one, and a while."""
    began = time.process_time()
    read("China bans exports of gallium")
    short = time.process_time() - began
    began = time.process_time()
    read(text)
    assert time.process_time() - began < 0.5 + 1000 * short
