"""A service that no longer ticks is ended; one that is slow is not."""

import subprocess
import sys
import threading
import time

from alerts.watchdog import EXIT_STUCK, STUCK, Watchdog
from alerts.web.app import STALE

STUCK_PROCESS = """
import time
from alerts.watchdog import Watchdog
Watchdog(stuck=0.2).start()
time.sleep(60)
"""


def test_a_service_without_a_sign_of_life_is_ended_fifty_times_of_fifty() -> None:
    ended = [threading.Event() for _ in range(50)]
    began = time.monotonic()

    for one in ended:
        Watchdog(stuck=0.5, end=one.set).start()

    assert all(one.wait(10) for one in ended)
    assert time.monotonic() - began >= 0.5


def test_signs_of_life_keep_it_running_and_a_stop_ends_the_wait() -> None:
    ended = threading.Event()
    dog = Watchdog(stuck=1.0, end=ended.set)
    dog.start()

    for _ in range(15):
        time.sleep(0.1)
        dog.sign_of_life()
    age = dog.age
    dog.stop()

    assert not ended.is_set()
    assert age < 1.0
    assert not ended.wait(1.5)


def test_a_stuck_process_exits_with_one_line_and_not_with_zero() -> None:
    run = subprocess.run(
        [sys.executable, "-c", STUCK_PROCESS], capture_output=True, text=True, timeout=50
    )

    assert run.returncode == EXIT_STUCK != 0
    assert "stuck: nothing is polled" in run.stdout + run.stderr
    assert "Traceback" not in run.stderr


def test_the_page_says_so_before_the_watchdog_acts() -> None:
    assert 10 <= STALE < STUCK / 2
