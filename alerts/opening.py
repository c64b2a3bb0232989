"""Opens what commands work with: config, model, database, one instance at a time."""

import fcntl
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import structlog
from sqlalchemy.engine import make_url

from alerts import config as config_file
from alerts.acts import Reader, load_reader
from alerts.config import Config
from alerts.dates import parse_date
from alerts.errors import StoreLocked, StoreReadOnly
from alerts.pipeline import Pipeline
from alerts.second_reader import SecondReader
from alerts.store import deliveries
from alerts.store.connect import Store, open_store
from alerts.store.posts import act_to_json
from alerts.store.soundness import check_file
from alerts.window import Window
from classifier import artefact
from classifier.collector import spare_collector
from classifier.errors import InputError, ModelError
from classifier.inputs import Complain, read
from classifier.labels import TOPICS
from classifier.resources import shipped

log = structlog.get_logger()

ACT_FIELDS = (
    "instrument", "stage", "authority", "jurisdiction", "number", "targets", "items",
    "published_on", "effective_on", "lifted", "denied",
)  # fmt: skip
BARE = ("lifted", "denied")
"""What is read of an act without a value of its own."""


def load_config(given: Path | None, *, secrets: bool = True) -> Config:
    """Find and check the config. Raises ConfigError."""
    path = config_file.find_config(given)
    return config_file.load(path, topics=known_topics, secrets=secrets)


def known_topics(models: Path | None) -> tuple[str, ...]:
    """Return the topics of the current model; the shipped ones where no model can be read.

    models: folder of versions; None: the default one.
    """
    home = models or artefact.home()
    try:
        return tuple(artefact.manifest(home, artefact.current(home))["topics"])
    except (ModelError, KeyError):
        return TOPICS


def models_folder(config: Config) -> Path:
    """Return the folder that the config's models lie in."""
    return config.service.models or artefact.home()


def open_reader() -> Reader:
    """Load the reader of acts with the shipped names."""
    return load_reader(shipped("data"))


def open_pipeline(config: Config, *, database: str | None = None) -> Pipeline:
    """Open model, reader and database for a config. Raises what each of them raises.

    database: another database than the config's.
    """
    models = models_folder(config)
    model = artefact.serve(models)
    store = open_store(database or config.service.database)
    return Pipeline(
        store=store,
        config=config,
        model=model,
        reader=open_reader(),
        window=Window(config.service.event_days),
        second=SecondReader(models),
    )


@contextmanager
def only_pipeline(config: Config, *, checked: bool = False) -> Iterator[Pipeline]:
    """Open what polls and delivers, as the only one where that can be known.

    checked: read the whole file first, and write nothing to a damaged one.
    Raises StoreLocked, StoreDamaged, and what opening the parts raises.
    """
    with only_instance(config) as alone:
        pipeline = open_pipeline(config)
        try:
            if checked:
                check_file(pipeline.store)
            if alone:
                take_over(pipeline.store)
            spare_collector()
            yield pipeline
        finally:
            pipeline.close()


def take_over(store: Store) -> None:
    """Make due at once what a process had claimed that died; nobody else may be at work."""
    with store.write() as connection:
        claims = deliveries.release_all(connection)
    if claims:
        log.info("taken over from a process that died", messages=claims)


@contextmanager
def only_instance(config: Config) -> Iterator[bool]:
    """Refuse a second service on one SQLite file. Raises StoreLocked.

    Yields whether nobody else can be at work: never on another kind of database.
    """
    url = make_url(config.service.database)
    if url.get_backend_name() != "sqlite" or not url.database:
        yield False
        return
    lock = Path(f"{url.database}.lock")
    try:
        file = lock.open("a+")
    except OSError as error:
        raise StoreReadOnly(
            f"database {url.database}: it cannot be opened: check the folder and the permissions "
            f"({lock.name}: {error.strerror})"
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            raise StoreLocked(
                f"database {url.database}: another Tocsin works on it "
                f"(process {file.read().strip()}): stop it first, or wait until it is done"
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield True


def read_acts(reader: Reader, file: str, complain: Complain) -> Iterator[dict[str, Any]]:
    """Read texts as `classify` does and yield each one's act.

    Relative dates count from when a text was published, or from now where it does not say.
    complain: called with a line for each text that can't be read.
    """
    now = datetime.now(UTC)
    with _opened(file) as binary:
        for item in read(binary, file, "auto", complain):
            at = parse_date(item.published, now) if item.published else None
            act = reader.read(item.text, lang=None, published_at=at or now)
            yield {"id": item.id, **act_to_json(act)}


def by_field(acts: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield a row for each field that was read: its value and the words it was read from."""
    for act in acts:
        words = act["read_from"]
        shown = [name for name in ACT_FIELDS if act.get(name) or (name in words and name in BARE)]
        for name in shown:
            yield {
                "id": act["id"],
                "field": name.replace("_", " "),
                "value": act.get(name) or "yes",
                "read_from": words.get(name) or None,
            }
        if len(words.get("numbers", ())) > 1:
            yield {"id": act["id"], "field": "numbers", "value": words["numbers"]}
        elif not shown:
            value = "several acts" if words.get("digest") else "no act"
            yield {"id": act["id"], "value": value}


def _opened(file: str) -> AbstractContextManager[BinaryIO]:
    """Open a file to read, or standard input for "-". Raises InputError."""
    if file == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from error
