"""tocsin.yaml -> a frozen Config; every mistake at once, with file, line, column and a hint.

The only place that reads the environment.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import orjson
from pydantic import AfterValidator, BaseModel, Field, ValidationInfo, model_validator

from alerts import channels, sources
from alerts.checking import SECTIONS, Checking
from alerts.cleaning import plain
from alerts.errors import ConfigError, Mistake
from alerts.rules import Rule
from alerts.settings import ChannelSettings, Secret, SourceSettings, Strict
from alerts.shortlist import Shortlist
from alerts.walltime import Cron, Home, Zone
from alerts.yamltree import Branch, Unreadable, read
from classifier.labels import TOPICS

DEFAULT_PATH = "tocsin.yaml"
MAX_BYTES = 16_000_000
EVENT_DAYS = 120
REFERENCE = re.compile(r"\$\{(env|file):([^}]+)\}")

Topics = Sequence[str] | Callable[[Path | None], Sequence[str]]
"""Names of topics, or what returns those of the current model in a folder (None: the default)."""


def check_listen(where: str) -> str:
    """Refuse what is neither "off" nor HOST:PORT."""
    host, _, port = where.rpartition(":")
    if where != "off" and not (host and port.isdigit() and int(port) < 65536):
        raise ValueError("must be HOST:PORT such as 127.0.0.1:8787, or off")
    return where


def check_keeping(days: int | None, info: ValidationInfo) -> int | None:
    """Refuse to forget an event that posts may still join."""
    if days is not None and days <= info.data.get("event_days", 0):
        raise ValueError(f"must be above event_days ({info.data['event_days']:g})")
    return days


class Service(Strict):
    """How the service itself runs.

    database: SQLAlchemy URL; a relative SQLite path is relative to the config file.
    timezone: of hours and days that rules speak of.
    digest: cron; when what went over a rule's budget is sent.
    web: where the status page listens, or "off".
    web_token: what every request to the page must carry as a bearer token; needed off loopback.
    models: folder of trained models; the shipped ones where not set.
    contact: an address that the User-Agent carries, as some authorities ask for.
    outbox_limit: undelivered messages above which polling waits.
    event_days: how long after its last post an event stays open to posts that resemble it; talk
        that reports no act, 60 at most. A post with its official number joins it at any time.
    keep_days: how long an event is kept after its last post; for ever where not set.
    operator: channels that hear when a source or rule falls silent against its habit.
    """

    @model_validator(mode="before")
    @classmethod
    def _close_before_keeping_ends(cls, given: Any) -> Any:
        """Where only keep_days is set, let events close before they are forgotten."""
        kept = given.get("keep_days") if isinstance(given, dict) else None
        if isinstance(kept, int) and EVENT_DAYS >= kept > 1 and "event_days" not in given:
            return {**given, "event_days": kept - 1}
        return given

    database: str = "sqlite:///tocsin.db"
    timezone: Zone = "UTC"
    digest: Cron = "0 8 * * *"
    web: Annotated[str, AfterValidator(check_listen)] = "127.0.0.1:8787"
    web_token: Secret | None = None
    models: Path | None = None
    contact: str | None = None
    outbox_limit: Annotated[int, Field(ge=1)] = 100_000
    event_days: Annotated[float, Field(gt=0, le=366)] = EVENT_DAYS
    keep_days: Annotated[int | None, Field(ge=90), AfterValidator(check_keeping)] = None
    operator: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A whole, checked config.

    hash: "sha256:..." over everything that decides, secrets left out.
    warnings: what is odd about it, and no mistake.
    shortlist: the rules, filed so that a post meets only those that it may touch.
    home: what the service says of hours, where a rule says nothing.
    """

    path: Path
    service: Service
    sources: tuple[SourceSettings, ...]
    channels: tuple[ChannelSettings, ...]
    rules: tuple[Rule, ...]
    hash: str
    warnings: tuple[Mistake, ...] = ()
    shortlist: Shortlist = field(init=False, repr=False, compare=False)
    home: Home = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shortlist", Shortlist(self.rules))
        home = Home(zone=ZoneInfo(self.service.timezone), digest=self.service.digest)
        object.__setattr__(self, "home", home)

    def channel(self, name: str) -> ChannelSettings | None:
        """Return the channel of that name, if the config has it."""
        return next((channel for channel in self.channels if channel.name == name), None)

    def source(self, name: str) -> SourceSettings | None:
        """Return the source of that name, if the config has it."""
        return next((source for source in self.sources if source.name == name), None)


def find_config(given: Path | None) -> Path:
    """Return the config's path: as given, else ./tocsin.yaml, else $TOCSIN_CONFIG."""
    if given is not None:
        return given
    if not Path(DEFAULT_PATH).exists() and os.environ.get("TOCSIN_CONFIG"):
        return Path(os.environ["TOCSIN_CONFIG"])
    return Path(DEFAULT_PATH)


def load(path: Path, *, topics: Topics = TOPICS, secrets: bool = True) -> Config:
    """Read and check a config.

    topics: the topics that the model knows, or what finds them for a folder of models.
    secrets: read ${env:...} and ${file:...}; without it they stay as written, for commands
        that send nothing.
    Raises ConfigError with every mistake.
    """
    text = read_text(path, missing="there is no such file: `tocsin init` writes one")
    return parse(text, path, topics=topics, secrets=secrets)


def read_text(path: Path, *, missing: str) -> str:
    """Read a file that a person wrote; `missing` is said where there is none."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise _whole(path, missing) from error
    except OSError as error:
        raise _whole(path, f"cannot be read: {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise _whole(path, f"is larger than {MAX_BYTES:,} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _whole(path, f"is not UTF-8 (byte {error.start})") from error


def _whole(path: Path, message: str) -> ConfigError:
    return ConfigError([Mistake(file=str(path), line=1, column=1, key="", message=message)])


def parse(text: str, path: Path, *, topics: Topics, secrets: bool) -> Config:
    """Check the text of a config; `path` names it in messages and anchors relative paths."""
    empty = "is empty: `tocsin init` writes a commented example"
    tree = read_yaml(text, path, empty=empty, sections=SECTIONS)
    reading = Checking(path, tree, _secret_reader(path.parent) if secrets else None)
    reading.check_sections()
    service = reading.model(Service, tree.get("service") or {}, ("service",))
    found_sources = reading.kinds("sources", {k: v.config for k, v in sources.KINDS.items()})
    found_channels = reading.kinds("channels", {k: v.config for k, v in channels.KINDS.items()})
    found_rules = reading.rules()
    reading.check_names()
    if callable(topics):
        topics = topics(_anchor(service, path.parent).models if service else None)
    reading.check_rules(found_rules, topics)
    reading.check_operator(service.operator if service else ())
    if reading.mistakes:
        raise ConfigError(in_order(reading.mistakes))
    assert service is not None
    chosen = tuple(found.rule for found in found_rules)
    return Config(
        path=path,
        service=_anchor(service, path.parent),
        sources=tuple(s for s in found_sources if isinstance(s, SourceSettings)),
        channels=tuple(c for c in found_channels if isinstance(c, ChannelSettings)),
        rules=chosen,
        hash=fingerprint(service, found_sources, found_channels, chosen),
        warnings=in_order(reading.warnings),
    )


def in_order(mistakes: Iterable[Mistake]) -> tuple[Mistake, ...]:
    """Return mistakes as they stand in the file."""
    return tuple(sorted(mistakes, key=lambda one: (one.line, one.column, one.key)))


def fingerprint(*parts: BaseModel | Iterable[BaseModel]) -> str:
    """Return "sha256:..." over the models, with secrets masked as pydantic prints them."""
    digest = hashlib.sha256()
    for part in parts:
        for model in (part,) if isinstance(part, BaseModel) else part:
            dumped = model.model_dump(mode="json", by_alias=True)
            digest.update(orjson.dumps(dumped, option=orjson.OPT_SORT_KEYS))
    return f"sha256:{digest.hexdigest()}"


def _anchor(service: Service, folder: Path) -> Service:
    """Make a relative SQLite path relative to the config, not to where the command runs."""
    prefix = "sqlite:///"
    changed: dict[str, object] = {}
    place = service.database.removeprefix(prefix)
    if service.database.startswith(prefix) and place not in ("", ":memory:"):
        changed["database"] = prefix + str(folder.absolute() / place)
    if service.models is not None:
        changed["models"] = folder.absolute() / service.models
    return service.model_copy(update=changed)


def read_yaml(text: str, path: Path, *, empty: str, sections: Sequence[str]) -> Branch:
    """Read YAML with its places; `empty` is said of an empty file. Raises ConfigError."""
    try:
        tree = read(text)
    except Unreadable as error:
        line, column = error.place
        mistake = Mistake(
            file=str(path), line=line, column=column, key="", message=plain(str(error))
        )
        raise ConfigError([mistake]) from error
    if tree is None:
        raise _whole(path, empty)
    if not isinstance(tree, Branch):
        raise _whole(path, f"must have the sections {', '.join(sections)}")
    return tree


def _secret_reader(folder: Path) -> Callable[[str], str]:
    """Return what replaces every ${env:NAME} and ${file:PATH} in a secret field."""

    def value_of(found: re.Match[str]) -> str:
        kind, name = found.group(1), found.group(2)
        if kind == "env":
            if not os.environ.get(name):
                raise ValueError(f"environment variable {name} is not set")
            return os.environ[name]
        try:
            return (folder / name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"secret file {name} cannot be read") from error

    return lambda written: REFERENCE.sub(value_of, written)
