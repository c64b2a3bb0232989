"""What tests of real processes share: a free port, and waiting for something to become true."""

import socket
import time
from collections.abc import Callable


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(holds: Callable[[], bool], *, seconds: float) -> None:
    """Return as soon as it holds; fail after so many seconds."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"did not become true within {seconds:g} s"
        time.sleep(0.05)
