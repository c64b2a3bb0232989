"""tocsin.yaml -> a frozen Config; every mistake at once, with file, line, column and a hint.

The only place that reads the environment.
"""

import difflib
import hashlib
import io
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

import orjson
from pydantic import AfterValidator, BaseModel, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from alerts import channels, sources
from alerts.errors import ConfigError, Mistake
from alerts.rules import Rule
from alerts.settings import ChannelSettings, Secret, SourceSettings, Strict
from alerts.walltime import Cron, Home, Zone
from alerts.yamltree import Where, in_tree, plain, position
from classifier.labels import TOPICS

DEFAULT_PATH = "tocsin.yaml"
MAX_BYTES = 4_000_000
REFERENCE = re.compile(r"\$\{(env|file):([^}]+)\}")
SECTIONS = ("service", "sources", "channels", "rules")

Topics = Sequence[str] | Callable[[Path | None], Sequence[str]]
"""Names of topics, or what returns those of the current model in a folder (None: the default)."""


def check_listen(where: str) -> str:
    """Refuse what is neither "off" nor HOST:PORT."""
    host, _, port = where.rpartition(":")
    if where != "off" and not (host and port.isdigit() and int(port) < 65536):
        raise ValueError("must be HOST:PORT such as 127.0.0.1:8787, or off")
    return where


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
    event_days: how long after its last post an event stays open to posts that resemble it; a
        post with its official number joins it at any time.
    operator: channels that hear when a source or rule falls silent against its habit.
    """

    database: str = "sqlite:///tocsin.db"
    timezone: Zone = "UTC"
    digest: Cron = "0 8 * * *"
    web: Annotated[str, AfterValidator(check_listen)] = "127.0.0.1:8787"
    web_token: Secret | None = None
    models: Path | None = None
    contact: str | None = None
    outbox_limit: Annotated[int, Field(ge=1)] = 100_000
    event_days: Annotated[float, Field(gt=0, le=366)] = 14
    operator: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A whole, checked config.

    hash: "sha256:..." over everything that decides, secrets left out.
    """

    path: Path
    service: Service
    sources: tuple[SourceSettings, ...]
    channels: tuple[ChannelSettings, ...]
    rules: tuple[Rule, ...]
    hash: str

    @property
    def home(self) -> Home:
        """What the service says of hours, where a rule says nothing."""
        return Home(zone=ZoneInfo(self.service.timezone), digest=self.service.digest)

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


def log_level(default: str) -> str:
    """Return from which level up is logged: $TOCSIN_LOG, or the command's own default."""
    wanted = os.environ.get("TOCSIN_LOG", default).lower()
    return wanted if wanted in ("debug", "info", "warning", "error") else default


def load(path: Path, *, topics: Topics = TOPICS, secrets: bool = True) -> Config:
    """Read and check a config.

    topics: the topics that the model knows, or what finds them for a folder of models.
    secrets: read ${env:...} and ${file:...}; without it they stay as written, for commands
        that send nothing.
    Raises ConfigError with every mistake.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        hint = "there is no such file: `tocsin init` writes one"
        raise _whole(path, hint) from error
    except OSError as error:
        raise _whole(path, f"cannot be read: {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise _whole(path, f"is larger than {MAX_BYTES:,} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _whole(path, f"is not UTF-8 (byte {error.start})") from error
    return parse(text, path, topics=topics, secrets=secrets)


def _whole(path: Path, message: str) -> ConfigError:
    return ConfigError([Mistake(file=str(path), line=1, column=1, key="", message=message)])


def parse(text: str, path: Path, *, topics: Topics, secrets: bool) -> Config:
    """Check the text of a config; `path` names it in messages and anchors relative paths."""
    tree = _read_yaml(text, path)
    reading = _Reading(path, tree, _secret_reader(path.parent) if secrets else None)
    reading.check_sections()
    service = reading.model(Service, tree.get("service") or {}, ("service",))
    found_sources = reading.kinds("sources", {k: v.config for k, v in sources.KINDS.items()})
    found_channels = reading.kinds("channels", {k: v.config for k, v in channels.KINDS.items()})
    found_rules = reading.rules()
    reading.check_names()
    if callable(topics):
        topics = topics(_anchor(service, path.parent).models if service else None)
    reading.check_rules(found_rules, topics)
    reading.check_operator(service)
    if reading.mistakes:
        ordered = sorted(reading.mistakes, key=lambda m: (m.line, m.column, m.key))
        raise ConfigError(ordered)
    assert service is not None
    chosen = tuple(rule for _, rule in found_rules)
    return Config(
        path=path,
        service=_anchor(service, path.parent),
        sources=tuple(s for s in found_sources if isinstance(s, SourceSettings)),
        channels=tuple(c for c in found_channels if isinstance(c, ChannelSettings)),
        rules=chosen,
        hash=fingerprint(service, found_sources, found_channels, chosen),
    )


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


def _read_yaml(text: str, path: Path) -> CommentedMap:
    yaml = YAML(typ="rt")
    try:
        tree = yaml.load(io.StringIO(text))
    except DuplicateKeyError as error:
        said = str(error.problem).split(" with value")[0]
        raise _marked(path, error, f"{said}: each key may stand once") from error
    except MarkedYAMLError as error:
        raise _marked(path, error, f"is not YAML: {error.problem or error.context}") from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise _whole(path, f"is not YAML: {str(error).splitlines()[0]}") from error
    if tree is None:
        raise _whole(path, "is empty: `tocsin init` writes a commented example")
    if not isinstance(tree, CommentedMap):
        raise _whole(path, f"must have the sections {', '.join(SECTIONS)}")
    return tree


def _marked(path: Path, error: MarkedYAMLError, message: str) -> ConfigError:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    mistake = Mistake(file=str(path), line=line, column=column, key="", message=message)
    return ConfigError([mistake])


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


M = TypeVar("M", bound=BaseModel)


class _Reading:
    """One pass over a config's tree that gathers mistakes instead of stopping at the first."""

    def __init__(
        self, path: Path, tree: CommentedMap, read_secret: Callable[[str], str] | None
    ) -> None:
        self.path = path
        self.tree = tree
        self.context = {"read_secret": read_secret, "folder": path.absolute().parent}
        self.mistakes: list[Mistake] = []

    def add(self, where: Where, message: str) -> None:
        line, column = position(self.tree, where)
        key = ".".join(str(part) for part in where)
        self.mistakes.append(
            Mistake(file=str(self.path), line=line, column=column, key=key, message=message)
        )

    def check_sections(self) -> None:
        for key in self.tree:
            if key not in SECTIONS:
                self.add((str(key),), f"is not a section{suggest(str(key), SECTIONS)}")
        for section in ("sources", "channels", "rules"):
            if section in self.tree and not isinstance(self.tree[section], CommentedSeq):
                self.add((section,), "must be a list, each item on a line that starts with '-'")
        if not self.entries("sources"):
            self.add(("sources",), "needs at least one source")

    def entries(self, section: str) -> list[tuple[int, Any]]:
        found = self.tree.get(section)
        return list(enumerate(found)) if isinstance(found, CommentedSeq) else []

    def model(self, kind: type[M], data: Any, where: Where) -> M | None:
        if not isinstance(data, Mapping):
            self.add(where, "must be a mapping of keys to values")
            return None
        try:
            return kind.model_validate(plain(data), context=self.context)
        except ValidationError as error:
            for one in error.errors(include_url=False, include_input=False):
                self.explain(kind, one, where)
            return None

    def explain(self, kind: type[BaseModel], error: Any, where: Where) -> None:
        """Turn one of pydantic's errors into a line for the person who wrote the config."""
        inner = tuple(part for part in error["loc"] if in_tree(self.tree, where, part))
        path = (*where, *(inner or error["loc"][:1]))
        if error["type"] == "extra_forbidden":
            path = (*where, *error["loc"])
            known = _keys_at(kind, error["loc"][:-1])
            message = f"is not a key here{suggest(str(error['loc'][-1]), known)}"
        elif error["type"] == "missing":
            path = (*where, *error["loc"])
            message = "is missing"
        else:
            message = error["msg"].removeprefix("Value error, ")
            message = message[0].lower() + message[1:]
        if not any(m.key == ".".join(map(str, path)) for m in self.mistakes):
            self.add(path, message)

    def kinds(self, section: str, known: Mapping[str, type[BaseModel]]) -> list[BaseModel]:
        found = []
        for index, data in self.entries(section):
            where: Where = (section, index)
            if not isinstance(data, Mapping):
                self.add(where, "must be a mapping of keys to values")
                continue
            kind = data.get("kind")
            if kind is None:
                self.add((*where, "kind"), f"is missing: one of {', '.join(sorted(known))}")
            elif kind not in known:
                hint = suggest(str(kind), known)
                self.add(
                    (*where, "kind"),
                    f"{kind!r} is not a kind of {section.removesuffix('s')}{hint}",
                )
            else:
                model = self.model(known[kind], data, where)
                if model is not None:
                    found.append(model)
        return found

    def rules(self) -> list[tuple[int, Rule]]:
        read = ((i, self.model(Rule, data, ("rules", i))) for i, data in self.entries("rules"))
        return [(index, rule) for index, rule in read if rule is not None]

    def names(self, section: str) -> list[tuple[int, str]]:
        return [
            (index, str(data["name"]))
            for index, data in self.entries(section)
            if isinstance(data, Mapping) and "name" in data
        ]

    def check_names(self) -> None:
        for section in ("sources", "channels", "rules"):
            first: dict[str, int] = {}
            for index, name in self.names(section):
                if name in first:
                    where = (section, index, "name")
                    self.add(where, f"{name!r} is also the name of {section}.{first[name]}")
                first.setdefault(name, index)

    def check_rules(self, rules: Sequence[tuple[int, Rule]], topics: Sequence[str]) -> None:
        """Check what a rule says of topics, sources and channels that stand elsewhere."""
        known_sources = [name for _, name in self.names("sources")]
        known_channels = [name for _, name in self.names("channels")]
        for index, rule in rules:
            where: Where = ("rules", index)
            for part in ("all", "any", "none"):
                named = getattr(rule.topics, part)
                self.check_known((*where, "topics", part), named, topics, "topic")
            if isinstance(rule.min_score, dict):
                for topic in rule.min_score:
                    if topic not in topics:
                        hint = suggest(topic, topics)
                        self.add((*where, "min_score", topic), f"is not a topic{hint}")
            if rule.sources is not None:
                for part, named in (("only", rule.sources.only), ("not", rule.sources.excluded)):
                    self.check_known((*where, "sources", part), named, known_sources, "source")
            self.check_known((*where, "send"), rule.send, known_channels, "channel")
            self.check_repeats((*where, "send"), rule.send)
            self.check_muting((*where, "muted_by"), rule, [one for _, one in rules])
            if not rule.send and not rule.shadow:
                self.add((*where, "send"), "names no channel; `shadow: true` only records")
            both = set(rule.topics.all + rule.topics.any) & set(rule.topics.none)
            for topic in sorted(both):
                self.add((*where, "topics", "none"), f"{topic!r} is also asked for")

    def check_muting(self, where: Where, rule: Rule, rules: Sequence[Rule]) -> None:
        """Check that what a rule says it is muted by could ever mute it."""
        self.check_known(where, rule.muted_by, [name for _, name in self.names("rules")], "rule")
        self.check_repeats(where, rule.muted_by)
        for place, name in enumerate(rule.muted_by):
            other = next((one for one in rules if one.name == name), None)
            if name == rule.name:
                self.add((*where, place), "a rule cannot mute itself: see cooldown")
            elif other and other.severity.loudness < rule.severity.loudness:
                said = f"{other.severity}, and this rule {rule.severity}"
                self.add((*where, place), f"{name!r} is {said}: the quieter never mutes the louder")
            elif other and not set(other.send) & set(rule.send):
                self.add((*where, place), f"{name!r} shares no channel with this rule")

    def check_operator(self, service: Service | None) -> None:
        where, named = ("service", "operator"), service.operator if service else ()
        self.check_known(where, named, [name for _, name in self.names("channels")], "channel")
        self.check_repeats(where, named)

    def check_known(
        self, where: Where, named: Sequence[str], known: Sequence[str], noun: str
    ) -> None:
        for place, name in enumerate(named):
            if name not in known:
                hint = suggest(name, known)
                self.add((*where, place), f"{name!r} is not a {noun} here{hint}")

    def check_repeats(self, where: Where, named: Sequence[str]) -> None:
        for place, name in enumerate(named):
            if name in named[:place]:
                self.add((*where, place), f"{name!r} is named twice")


def suggest(word: str, known: Iterable[str]) -> str:
    """Return ": did you mean X?", or the choices if nothing is close."""
    choices = sorted(known)
    close = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    if close:
        return f": did you mean {close[0]}?"
    return f": one of {', '.join(choices)}" if choices else ""


def _keys_at(kind: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    """Return the keys that a model takes at a place inside it."""
    model: type[BaseModel] = kind
    for part in loc:
        field = next(
            (f for n, f in model.model_fields.items() if part in (n, f.alias)),
            None,
        )
        inner = _model_in(field.annotation) if field else None
        if inner is not None:
            model = inner
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_model_in(part) for part in getattr(annotation, "__args__", ()))
    return next((model for model in inner if model is not None), None)
