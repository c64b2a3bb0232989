"""Forks services that are ready at once, so that a thousand of them can be killed in minutes.

python -m tests.chaos.nursery service|worker CONFIG

Config, model and reader are loaded once. Each line on standard input forks a service from
there: the same steps as `tocsin run` from opening the database on, with a clock that runs
faster and a shorter tick; or, for a worker, the deliveries alone. The line names a failpoint, or
nothing. Its process id is printed; when it ends, its exit code is.
"""

import asyncio
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from alerts import failpoints
from alerts.deliver import Outbox, deliver_due
from alerts.errors import SourceError
from alerts.httpclient import Client
from alerts.logs import write_logs
from alerts.opening import (
    load_config,
    models_folder,
    only_instance,
    open_reader,
    take_over,
)
from alerts.pipeline import Pipeline
from alerts.scheduler import Scheduler
from alerts.store.connect import open_store
from alerts.store.soundness import check_file
from alerts.window import Window
from classifier import artefact

SPEED = 20
"""How much faster the services' clock runs: a lease of 60 s is over in 3 s."""

TICK = 0.02
EPOCH = datetime(2026, 11, 28, tzinfo=UTC)


def fast_clock() -> datetime:
    """Return a time that runs ahead of the machine's, the same in every process."""
    return EPOCH + (datetime.now(UTC) - EPOCH) * SPEED


async def warm_up() -> None:
    """Send one message to nobody, which loads what the first message loads."""
    with suppress(SourceError):
        send = Client().sender(allow_private=True)
        await send("http://127.0.0.1:9/", content=b"", headers={})


def make_service(path: Path) -> Callable[[], None]:
    """Load what takes long; return what runs a service with it until SIGTERM."""
    config = load_config(path)
    model, reader = artefact.serve(models_folder(config)), open_reader()
    model.tag(["warm up"], terms=3)
    asyncio.run(warm_up())

    def run() -> None:
        async def serve() -> None:
            scheduler = Scheduler(pipeline, models_folder(config), clock=fast_clock, tick=TICK)
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, scheduler.stop)
            await scheduler.run()

        with only_instance(config) as alone:
            store = open_store(config.service.database)
            window = Window(config.service.event_days)
            pipeline = Pipeline(
                store=store, config=config, model=model, reader=reader, window=window
            )
            try:
                check_file(store)
                if alone:
                    take_over(store)
                asyncio.run(serve())
            finally:
                store.close()

    return run


def make_worker(path: Path) -> Callable[[], None]:
    """Return what delivers from the outbox of a config until SIGTERM."""
    config = load_config(path)
    asyncio.run(warm_up())

    def run() -> None:
        async def serve() -> None:
            stop = asyncio.Event()
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
            while not stop.is_set():
                await deliver_due(outbox, stop=stop)
                await asyncio.sleep(TICK)

        store = open_store(config.service.database)
        outbox = Outbox(store=store, config=config, client=Client(), clock=fast_clock, look=TICK)
        asyncio.run(serve())
        store.close()

    return run


KINDS = {"service": make_service, "worker": make_worker}


def fork(run: Callable[[], None], failpoint: str | None) -> int:
    """Start a service as a process of its own; return its id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        failpoints.arm(failpoint)
        run()
        code = 0
    except (Exception, KeyboardInterrupt):  # noqa: BLE001 (whatever ends it, the child ends here)
        traceback.print_exc()
    finally:
        os._exit(code)


def main() -> None:
    """Fork services one after another, as standard input asks."""
    write_logs("error")
    run = KINDS[sys.argv[1]](Path(sys.argv[2]))
    print("ready", flush=True)
    for line in sys.stdin:
        child = fork(run, line.strip() or None)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
