"""Named places where the process can be made to die, to prove that a crash there loses nothing.

$TOCSIN_FAILPOINT=NAME kills the process, as `kill -9` would, the first time that it gets there;
NAME:3 the third time. Unset, as always but in tests, reaching a point is one comparison.
"""

import os
import signal

POINTS = {
    "polled": "a source has answered, nothing of it is stored",
    "ingesting": "a poll's posts and messages are written, its cursor and the commit are to come",
    "ingested": "a poll is committed",
    "releasing": "what was held is in the outbox, the commit is to come",
    "claimed": "messages are claimed, none is sent",
    "sent": "a receiver has answered, and nothing is noted of it",
    "settling": "the note of a try is written, its commit is to come",
    "settled": "the note of a try is committed",
    "migrating": "a step of a migration is made, the commit is to come",
}
"""Point -> what has happened there."""

_armed: str | None = None
_passes_left = 0


def arm(wanted: str | None) -> None:
    """Choose the point to die at and at which pass, like "sent" or "sent:3"; None: nowhere."""
    global _armed, _passes_left
    name, _, passes = (wanted or "").partition(":")
    _armed, _passes_left = name or None, int(passes or 1)


def reach(point: str) -> None:
    """Die here if this is the point that was chosen."""
    global _passes_left
    if _armed is None or point != _armed:
        return
    _passes_left -= 1
    if _passes_left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


arm(os.environ.get("TOCSIN_FAILPOINT"))
