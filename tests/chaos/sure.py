"""A pipeline whose model is always sure, for tests of everything but the model."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from alerts import config as config_file
from alerts.acts import Reader, load_reader
from alerts.pipeline import Pipeline
from alerts.store.connect import Store
from alerts.window import Window
from classifier.labels import Policy, Tagging
from classifier.resources import shipped

CONFIG = """\
sources: [{name: wire, kind: jsonl, path: wire.jsonl, backfill: all}]
channels:
  - {name: hook, kind: webhook, url: "https://hook.example/", secret: whsec_AAECAwQFBgcICQoL}
  - {name: desk, kind: slack, url: "https://slack.example/"}
rules: [{name: china, topics: {all: [china]}, send: [hook, desk]}]
"""


@dataclass(frozen=True, slots=True)
class SureTagger:
    """Finds that every text reports an act of China's."""

    version: str = "sure"
    thresholds: Mapping[str, float] = field(default_factory=lambda: {"china": 0.5})

    def tag(self, texts: Sequence[str], *, terms: int = 0) -> list[Tagging]:
        """Return the same for each text."""
        policy = Policy(grade=3, at_least=(0.9, 0.9, 0.9))
        return [
            Tagging(topics={"china": 0.9}, tags=("china",), policy=policy, model="sure", terms={})
            for _ in texts
        ]


@cache
def reader() -> Reader:
    """Return the reader of acts, loaded once."""
    return load_reader(shipped("data"))


def maker(folder: Path, text: str = CONFIG) -> Callable[[Store], Pipeline]:
    """Return what makes a pipeline over a store."""
    config = config_file.parse(text, folder / "t.yaml", topics=("china",), secrets=False)

    def make(store: Store) -> Pipeline:
        return Pipeline(
            store=store, config=config, model=SureTagger(), reader=reader(), window=Window(7)
        )

    return make
