"""Ends a service that no longer looks at what is due, so that its supervisor starts a new one.

A thread of its own, since the event loop that is stuck can't tell of itself. Nothing is lost by
so rough an end: what was committed stays, and what was under way is done again.
"""

import os
import threading
import time
from collections.abc import Callable

import structlog

log = structlog.get_logger()

STUCK = 120.0
"""Seconds without a sign of life after which a service is ended: far above what load can cause."""

EXIT_STUCK = 2
"""What the process exits with: a runtime error, as any other."""


class Watchdog:
    """Waits for signs of life.

    stuck: seconds without one after which `end` is called, once.
    end: from a thread of its own; ends the process where not told otherwise.
    """

    def __init__(self, *, stuck: float = STUCK, end: Callable[[], object] | None = None) -> None:
        self._stuck = stuck
        self._end = end or (lambda: os._exit(EXIT_STUCK))
        self._alive_at = time.monotonic()
        self._stopped = threading.Event()

    @property
    def age(self) -> float:
        """Seconds since the last sign of life; the machine's clock may jump meanwhile."""
        return time.monotonic() - self._alive_at

    def sign_of_life(self) -> None:
        """Say that the service has looked at what is due."""
        self._alive_at = time.monotonic()

    def start(self) -> None:
        """Begin to wait; the thread holds up no exit."""
        threading.Thread(target=self._wait, name="watchdog", daemon=True).start()

    def stop(self) -> None:
        """Wait no longer."""
        self._stopped.set()

    def _wait(self) -> None:
        # Its own steps are counted, not the time: a process that slept as a whole is not stuck.
        steps, step = 0, min(1.0, self._stuck / 10)
        seen = self._alive_at
        while not self._stopped.wait(step):
            if self._alive_at != seen:
                seen, steps = self._alive_at, 0
                continue
            steps += 1
            if steps * step >= self._stuck:
                log.error(
                    "stuck: nothing is polled or sent any more; ending, so that it is started anew",
                    seconds=round(self.age),
                )
                self._end()
                return
