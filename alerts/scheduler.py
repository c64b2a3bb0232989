"""The running service: ticks, and at each tick asks the database what is due.

What is due is a query (next_poll_at, next_attempt_at), not memory, so a restart forgets
nothing and a late tick runs once.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from alerts import config as config_file
from alerts import pipeline as stages
from alerts import watch
from alerts.cleaning import plain
from alerts.config import Config
from alerts.deliver import Outbox, deliver_due
from alerts.errors import ConfigError, StoreError, WebError
from alerts.httpclient import Client
from alerts.pipeline import Pipeline
from alerts.polls import MOST_SKIPPED, Ended, PollReport, brought_nothing, settle_quiet
from alerts.settings import SourceSettings
from alerts.store import sources as source_queries
from alerts.watchdog import Watchdog
from alerts.watched import Watched
from alerts.web.app import make_app
from alerts.web.serving import listen, serve
from classifier import artefact
from classifier.errors import ClassifierError

log = structlog.get_logger()

TICK = 1.0
"""Seconds between two ticks."""

WATCH = 300.0
"""Seconds between two looks whether something has fallen silent."""

SCORES = 6 * 3600.0
"""Seconds between two looks whether scores have drifted."""

FORGETS = 600.0
"""Seconds between two looks at what is too old to be kept."""

MAX_POLLS = 64
"""Sources that are polled at the same time, and so at most started at a tick: 1,000 feeds
a minute need 17, and more where some do not answer."""

GRACE = 8.0
"""Seconds that a stop waits for what is under way."""

PAUSE = timedelta(seconds=30)
"""How long nothing is polled once the database took nothing, so that no source is asked in vain."""

# It warns of every tick that finds the last one still at work, which is as it should be here,
# and shows a traceback for one that failed, which `tell_failure` tells in a line.
logging.getLogger("apscheduler").setLevel(logging.CRITICAL)

# By default APScheduler drops a job that is one second late, without a word.
JOBS = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}


def utc_now() -> datetime:
    """Return the time of the machine's clock."""
    return datetime.now(UTC)


def tell_failure(failed: JobExecutionEvent) -> None:
    """Say that a tick failed in a way that nobody foresaw; the next one comes all the same."""
    error = failed.exception
    if isinstance(error, asyncio.CancelledError):
        return  # the service stops
    log.error(f"{failed.job_id}: unforeseen {type(error).__name__}: {plain(str(error))}")
    log.debug("unforeseen", job=failed.job_id, exc_info=error)


def tell_poll(report: PollReport) -> None:
    """Say what became of a poll."""
    level = log.warning if report.error else log.info
    level(
        "polled",
        source=report.source,
        found=report.found,
        new=report.new,
        alerts=len(report.alerts),
        error=report.error,
    )
    if notes := (*report.health, *report.skipped):
        first = list(notes[:MOST_SKIPPED])
        log.warning("works in part", source=report.source, count=len(notes), notes=first)


class Scheduler:
    """Polls and delivers until it is told to stop.

    models: folder whose current version is taken up when it changes.
    tick: seconds between two looks at what is due.
    grace: seconds that a stop waits for what is under way.
    watchdog: hears of every look at what is due, and ends a service that makes none.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        models: Path,
        *,
        clock: Callable[[], datetime] = utc_now,
        tick: float = TICK,
        grace: float = GRACE,
        watchdog: Watchdog | None = None,
    ) -> None:
        self.pipeline = pipeline
        self.models = models
        self.clock = clock
        self.tick = tick
        self.grace = grace
        self.client = Client(contact=pipeline.config.service.contact)
        self.stopping = asyncio.Event()
        self.watchdog = watchdog or Watchdog()
        self._polls: dict[str, asyncio.Task[None]] = {}
        self._ended: dict[str, Ended] = {}
        self._paused_at = self._polls_again_at = clock()
        self._writing = asyncio.Lock()
        self._delivering = asyncio.Lock()
        self._round_ends = asyncio.Event()
        self._more_to_deliver = asyncio.Event()
        self._config_file = Watched.look(pipeline.config.path)
        self._current_model = Watched.look(models / artefact.CURRENT)
        self._outbox = Outbox(
            store=pipeline.store, config=pipeline.config, client=self.client, clock=clock
        )

    async def run(self) -> None:
        """Work until `stop` is called, then finish or give back what is under way."""
        stages.prepare(self.pipeline, self.clock())
        ticks = AsyncIOScheduler(timezone=UTC, job_defaults=JOBS)
        ticks.add_listener(tell_failure, EVENT_JOB_ERROR)
        for name, job in (
            ("polls", self.tick_polls),
            ("quiet", self.tick_quiet),
            ("releases", self.tick_releases),
            ("deliveries", self.tick_deliveries),
            ("files", self.tick_files),
        ):
            ticks.add_job(job, "interval", seconds=self.tick, id=name, next_run_time=utc_now())
        # The first polls come before the first look.
        soon = utc_now() + timedelta(seconds=WATCH / 10)
        for name, look, seconds in (
            ("watch", watch.look, WATCH),
            ("scores", watch.look_at_scores, SCORES),
        ):
            ticks.add_job(
                self.tick_watch, "interval", [look], seconds=seconds, id=name, next_run_time=soon
            )
        ticks.add_job(self.tick_old, "interval", seconds=FORGETS, id="old", next_run_time=soon)
        ticks.start()
        self.watchdog.start()
        log.info(
            "running", sources=len(self.pipeline.config.sources), model=self.pipeline.model.version
        )
        page = asyncio.create_task(self._serve_page())
        try:
            await self.stopping.wait()
        finally:
            self.stop()
            # A shutdown cancels running jobs, and with them messages that are half sent.
            ticks.pause()
            await self._wind_down()
            ticks.shutdown(wait=False)
            await page
            self.watchdog.stop()

    async def _serve_page(self) -> None:
        """Serve the status page; without it the service goes on, since alerts matter more."""
        service = self.pipeline.config.service
        if service.web == "off":
            return
        host, _, port = service.web.rpartition(":")
        token = service.web_token.get_secret_value() if service.web_token else None
        try:
            app = make_app(
                lambda: self.pipeline, lambda: self.watchdog.age, hosts=(host,), token=token
            )
            listener = listen(app, host.strip("[]"), int(port))
        except WebError as error:
            log.error("no status page", error=str(error))
            return
        await serve(app, listener, self.stopping)

    def reload_soon(self) -> None:
        """Ask for the config to be read again at the next tick, changed or not."""
        self._config_file = Watched(self._config_file.path, None)

    def stop(self) -> None:
        """Ask the service to stop; `run` returns when it has."""
        self.stopping.set()
        self._round_ends.set()

    async def _wind_down(self) -> None:
        polls = list(self._polls.values())
        # A poll that is cancelled has written nothing: the next start repeats it.
        for task in polls:
            task.cancel()
        try:
            async with asyncio.timeout(self.grace):
                await asyncio.gather(*polls, return_exceptions=True)
                await self.tick_quiet()
                async with self._delivering, self._writing:
                    log.info("stopped")
        except TimeoutError:
            log.warning("stopped before a receiver answered: its message will be sent again")

    async def tick_polls(self) -> None:
        """Start a poll of every source that is due and not already being polled."""
        await self._start_polls()
        # Not where that failed in a way that nobody foresaw: such a service polls nothing.
        self.watchdog.sign_of_life()

    async def _start_polls(self) -> None:
        if self._is_paused():
            return
        # A poll that ends while the database is asked may still be due in its answer.
        under_way = {*self._polls, *self._ended}
        try:
            due = await asyncio.to_thread(self._due)
        except StoreError as error:
            self._wait_for_store(error)
            return
        for settings in due:
            if self.stopping.is_set() or self._is_paused() or len(self._polls) >= MAX_POLLS:
                return
            if settings.name not in under_way:
                self._polls[settings.name] = asyncio.create_task(self._poll(settings))

    def _is_paused(self) -> bool:
        # A clock that was set back meanwhile must not make the pause a long one.
        return self._paused_at <= self.clock() < self._polls_again_at

    def _wait_for_store(self, error: StoreError) -> None:
        self._paused_at = self.clock()
        self._polls_again_at = self._paused_at + PAUSE
        log.error("polling waits for the database", seconds=PAUSE.seconds, error=str(error))

    def _due(self) -> list[SourceSettings]:
        config = self.pipeline.config
        if stages.outbox_is_full(self.pipeline):
            log.warning("outbox full: polling waits", limit=config.service.outbox_limit)
            return []
        names = [source.name for source in config.sources]
        with self.pipeline.store.read() as connection:
            due = source_queries.due_sources(connection, names, self.clock())
        return [source for name in due if (source := config.source(name)) is not None]

    async def _poll(self, settings: SourceSettings) -> None:
        try:
            report = await self._poll_once(settings)
            while report.more and await asyncio.to_thread(self._goes_on, settings):
                report = await self._poll_once(settings)
        except StoreError as error:
            log.error("poll not stored", source=settings.name)
            self._wait_for_store(error)
            return
        finally:
            self._polls.pop(settings.name, None)
            self.pipeline.end_backlog(settings.name)
        if report.alerts:
            await self.tick_deliveries()

    def _goes_on(self, settings: SourceSettings) -> bool:
        """Tell whether a source that has more is to be asked at once, and not when it is due."""
        config = self.pipeline.config
        changed = config.source(settings.name) != settings
        return not (self.stopping.is_set() or changed or stages.outbox_is_full(self.pipeline))

    async def _poll_once(self, settings: SourceSettings) -> PollReport:
        asked = self.clock()
        polled = await stages.poll_source(self.pipeline, self.client, settings, asked)
        if brought_nothing(polled):
            ended = Ended(settings=settings, polled=polled, asked=asked, at=self.clock())
            self._ended[settings.name] = ended
            return PollReport(source=settings.name)
        async with self._writing:
            if self._is_outdated(settings):
                return PollReport(source=settings.name)
            # A thread ends its transaction even if the service is asked to stop.
            report = await asyncio.to_thread(
                stages.settle_poll, self.pipeline, settings, polled, self.clock(), asked
            )
        tell_poll(report)
        return report

    def _is_outdated(self, settings: SourceSettings) -> bool:
        # What was asked as the old config says is no answer to the new one's question, and
        # leaves a cursor that another kind may not understand.
        changed = self.pipeline.config.source(settings.name) != settings
        if changed:
            log.info("poll dropped: its settings changed", source=settings.name)
        return changed

    async def tick_quiet(self) -> None:
        """Write down the polls that brought nothing since the last tick."""
        async with self._writing:
            ended = list(self._ended.values())
            fit = [one for one in ended if not self._is_outdated(one.settings)]
            if not fit:
                self._ended.clear()
                return
            try:
                reports = await asyncio.to_thread(
                    settle_quiet, self.pipeline.store, self.pipeline.known, fit
                )
            except StoreError as error:
                log.error("polls not stored", count=len(fit))
                self._wait_for_store(error)
                return
            finally:
                # Stored or not, they are over: a source that is still due is asked again.
                for one in ended:
                    del self._ended[one.settings.name]
        for report in reports:
            tell_poll(report)

    async def tick_releases(self) -> None:
        """Let go of what was held and is due; deliveries find it at their next look."""
        try:
            async with self._writing:
                sent = await asyncio.to_thread(stages.release_due, self.pipeline, self.clock())
        except StoreError as error:
            log.error("held alerts wait on", error=str(error))
            return
        if sent:
            log.info("released", alerts=len(sent))

    async def tick_deliveries(self) -> None:
        """Deliver what is due; a round that is already going on looks for it at once."""
        self._more_to_deliver.set()
        if self._delivering.locked():
            return
        async with self._delivering:
            try:
                await deliver_due(self._outbox, stop=self._round_ends, more=self._more_to_deliver)
            except StoreError as error:
                log.error("deliveries wait", error=str(error))

    async def tick_watch(self, look: Callable[[Pipeline, datetime], object]) -> None:
        """Look whether something has fallen silent, or is scored differently."""
        try:
            async with self._writing:
                await asyncio.to_thread(look, self.pipeline, self.clock())
        except StoreError as error:
            log.error("no look at what is off", error=str(error))

    async def tick_old(self) -> None:
        """Forget what is older than the config keeps, letting others write in between."""
        more = True
        try:
            while more and not self.stopping.is_set():
                async with self._writing:
                    more = await asyncio.to_thread(stages.forget_old, self.pipeline, self.clock())
        except StoreError as error:
            log.error("nothing old is forgotten", error=str(error))

    async def tick_files(self) -> None:
        """Take up a changed config or a new current model."""
        if Watched.look(self._config_file.path) != self._config_file:
            await self.reload()
        if Watched.look(self._current_model.path) != self._current_model:
            await self._reload_model()

    async def reload(self) -> None:
        """Read the config again; a valid one takes over, otherwise the old one stays live."""
        # Taken note of at once, so that no other tick reads the same change.
        self._config_file = Watched.look(self._config_file.path)
        self._config_file = await self._config_file.settled()
        topics = tuple(self.pipeline.model.thresholds)
        try:
            fresh: Config = await asyncio.to_thread(
                config_file.load, self._config_file.path, topics=topics
            )
        except ConfigError as error:
            log.error("config not reloaded: the old one stays live", mistakes=error.in_short)
            return
        if fresh.service != self.pipeline.config.service:
            log.warning("a change under `service` needs a restart; the rest is live")
        # A long queue must not hold up the new config, nor go to the old channels.
        self._round_ends.set()
        async with self._delivering, self._writing:
            if not self.stopping.is_set():
                self._round_ends.clear()
            await self._take_up(fresh)

    async def _take_up(self, fresh: Config) -> None:
        pipeline = replace(self.pipeline, config=fresh)
        try:
            await asyncio.to_thread(stages.prepare, pipeline, self.clock())
        except StoreError as error:
            log.error("config not reloaded yet", error=str(error))
            self.reload_soon()
            return
        self.pipeline = pipeline
        old, resting = self._outbox.config, self._outbox.resting
        # A channel that leads elsewhere now is asked whether that receiver needs rest.
        same = {one: end for one, end in resting.items() if fresh.channel(one) == old.channel(one)}
        self._outbox = replace(self._outbox, config=fresh, resting=same)
        log.info("config reloaded", hash=fresh.hash)

    async def _reload_model(self) -> None:
        self._current_model = Watched.look(self._current_model.path)
        try:
            model = await asyncio.to_thread(artefact.serve, self.models)
        except ClassifierError as error:
            log.error("model not reloaded: the old one stays live", error=str(error))
            return
        async with self._writing:
            self.pipeline = replace(self.pipeline, model=model)
        log.info("model reloaded", model=model.version)
