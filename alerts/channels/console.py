"""Alerts as text on the terminal; it needs no network and keeps nothing."""

import sys
from datetime import datetime
from typing import Literal

from alerts.cleaning import Link, plain
from alerts.domain import Alert, Delivery, Notice, Outcome, Send, Verdict
from alerts.render import headline, lines
from alerts.settings import ChannelSettings

BOLD, PLAIN = "\x1b[1m", "\x1b[0m"

LABEL = 13
"""Columns of the labels before the text."""


class Config(ChannelSettings):
    """A console channel has nothing to set."""

    kind: Literal["console"]


def render(config: Config, alert: Alert) -> bytes:
    """Return the alert as lines of text, the headline first."""
    told = [f"[{alert.severity.value}] {headline(alert)}"]
    for line in lines(alert):
        label = f"  {line.label:<{LABEL}}" if line.label else "  "
        links = "".join(f" · {name(link)}{link.url}" for link in line.links)
        told.append(f"{label}{line.text}{links}")
    return "".join(f"{line}\n" for line in told).encode()


def notify(config: Config, notice: Notice) -> bytes:
    """Return a notice as lines of text, the headline first."""
    told = [f"[operator] {plain(notice.headline)}"]
    told += (f"  {plain(label):<{LABEL}}{plain(text)}" for label, text in notice.lines)
    return "".join(f"{line}\n" for line in told).encode()


def name(link: Link) -> str:
    """Return what a link is called, unless its address says so itself."""
    return "" if link.text in link.url else f"{link.text}: "


async def send(config: Config, delivery: Delivery, post: Send, now: datetime) -> Outcome:
    """Print the alert to standard output, its headline bold where that is a terminal."""
    screen = sys.stdout
    encoding = screen.encoding or "utf-8"
    # A terminal need not know every character.
    text = delivery.body.decode("utf-8", "replace").encode(encoding, "replace").decode(encoding)
    first, _, rest = text.partition("\n")
    try:
        screen.write(f"{BOLD}{first}{PLAIN}\n{rest}\n" if screen.isatty() else f"{text}\n")
        screen.flush()
    except (OSError, ValueError) as error:
        # A broken pipe, a full disk or a closed stream.
        return Outcome(verdict=Verdict.RETRY, detail=f"standard output takes nothing: {error}")
    return Outcome(verdict=Verdict.SENT, detail="printed")
