"""Delivery under crashes, at length; prints a line for each series, and fails at the first loss.

python -m tests.chaos [--share F] [--without-postgres] [SERIES ...]

--share 0.1 makes a tenth of the crashes. Without PostgreSQL the series that needs it fails,
unless --without-postgres leaves it out.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from alerts.logs import write_logs
from tests.chaos import kills, poison, sequences, storm, workers
from tests.chaos import power as cuts
from tests.postgres import find_binaries, serve

Series = Callable[[Path, float], str]


def count(full: int, share: float) -> int:
    """Return a share of a number, 1 at least."""
    return max(round(full * share), 1)


def told(tally: kills.Tally, what: str) -> str:
    """Return what a series of crashes came to, in one line."""
    return (
        f"{tally.crashes:,} {what}, {tally.alerts:,} messages: {tally.lost} lost, "
        f"{tally.orphans} orphans, {tally.changed} changed, {tally.duplicates} came twice "
        "with their id"
    )


def random_kills(folder: Path, share: float) -> str:
    """SIGKILL at random moments."""
    tally = kills.random_kills(folder, count(1000, share))
    tally.check()
    return told(tally, "kills at random moments")


def failpoints(folder: Path, share: float) -> str:
    """SIGKILL at each failpoint."""
    times = count(20, share)
    tally = kills.failpoint_kills(folder, times)
    tally.check()
    missed = {point: reached for point, reached in tally.points.items() if reached != times}
    assert not missed, f"not reached each time: {missed}"
    return told(tally, f"kills at {len(tally.points)} failpoints")


def command(folder: Path, share: float) -> str:
    """SIGKILL of `tocsin run`."""
    tally = kills.real_kills(folder, count(30, share))
    tally.check()
    return told(tally, "kills of `tocsin run`")


def stops(folder: Path, share: float) -> str:
    """SIGTERM at random moments."""
    tally = kills.stops(folder, count(200, share))
    tally.check_stops()
    said = told(tally, "stops at random moments")
    return f"{said}; {tally.clean} ended with 0, the slowest after {tally.slowest:.2f} s"


def power(folder: Path, share: float) -> str:
    """Power cuts."""
    losses = cuts.cut_power(folder / "full", count(1000, share))
    assert (losses.lost, losses.damaged) == (0, []), losses
    control = cuts.cut_power(folder / "normal", count(200, share), synchronous="NORMAL")
    assert control.lost, "the control with synchronous=NORMAL lost nothing: the cuts cut nothing"
    return f"{cuts.told(losses, 'FULL')}; {cuts.told(control, 'NORMAL')}"


def several(folder: Path, share: float) -> str:
    """Workers on PostgreSQL."""
    binaries = find_binaries()
    if binaries is None:
        sys.exit("workers: PostgreSQL is not installed; --without-postgres leaves them out")
    messages = count(2500, share) * len(workers.CHANNELS)
    with serve(binaries) as url:
        outcome = workers.crash_workers(url, folder, messages, count(100, share), count(25, share))
    outcome.check()
    return workers.told(outcome)


def slack(folder: Path, share: float) -> str:
    """A long queue for one Slack channel."""
    blown = storm.blow(folder, count(10_000, share))
    blown.check()
    return storm.told(blown)


def poisoned(folder: Path, share: float) -> str:
    """Bad messages among good ones."""
    verdict = poison.poison(folder, count(1000, share), count(100, share))
    verdict.check()
    return poison.told(verdict)


def edited(folder: Path, share: float) -> str:
    """Sequences of polls with edits and reused ids."""
    sequences.run_beside(folder, count(5000, share))
    return f"{count(5000, share):,} sequences of polls against a dictionary: 0 differ"


SERIES: dict[str, Series] = {
    "kills": random_kills,
    "failpoints": failpoints,
    "command": command,
    "stops": stops,
    "power": power,
    "workers": several,
    "slack": slack,
    "poison": poisoned,
    "sequences": edited,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the series that are named, or all; arguments: those of the process unless given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("series", nargs="*", metavar="SERIES", help=f"of {', '.join(SERIES)}")
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--without-postgres", action="store_true")
    given = parser.parse_args(arguments)
    if unknown := set(given.series) - SERIES.keys():
        parser.error(f"no series {', '.join(sorted(unknown))}; there are {', '.join(SERIES)}")
    write_logs("error")
    for name in given.series or SERIES:
        if name == "workers" and given.without_postgres:
            print("workers: left out", flush=True)
            continue
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="tocsin-chaos-") as folder:
            said = SERIES[name](Path(folder), given.share)
        print(f"{name}: {said} ({time.monotonic() - began:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
