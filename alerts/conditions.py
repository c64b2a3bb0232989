"""Conditions of rules that have keys of their own, as tocsin.yaml has them. Pure."""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from alerts.domain import Stage
from alerts.reader.items import more_exact
from alerts.settings import Strict
from classifier.text import fold

Probability = Annotated[float, Field(ge=0, le=1)]
LANGUAGE = re.compile(r"[a-z]{2,3}")


def check_language(code: str) -> str:
    """Refuse what is not the code of a language, as posts carry it."""
    if not LANGUAGE.fullmatch(code):
        raise ValueError(f"{code!r} is not a language's code: one is like en or zh, without region")
    return code


Language = Annotated[str, AfterValidator(check_language)]


class TopicCondition(Strict):
    """Which topics must hold: all of these, any of these, none of these."""

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()


class Selection(Strict):
    """Which sources or authors count: only these, or all but these."""

    only: tuple[str, ...] = ()
    excluded: tuple[str, ...] = Field(default=(), alias="not")

    @model_validator(mode="after")
    def _one_of_both(self) -> "Selection":
        if bool(self.only) == bool(self.excluded):
            raise ValueError("needs either only: [...] or not: [...]")
        return self


class ActCondition(Strict):
    """What is known of the event's act: each field that is set must be one of these."""

    instrument: tuple[str, ...] = ()
    stage: tuple[Stage, ...] = ()
    authority: tuple[str, ...] = ()
    jurisdiction: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    items: tuple[str, ...] = ()

    @property
    def asked(self) -> bool:
        """Whether any field is set."""
        return self != ActCondition()

    @cached_property
    def wider_items(self) -> frozenset[str]:
        """The items, and the more exact ones that stand for them: HBM where memory chips are."""
        return frozenset(self.items).union(*map(more_exact, self.items))


def own_bar(min_score: float | Mapping[str, float] | None, topic: str) -> float | None:
    """Return the bar that a rule's min_score gives a topic; None where it gives none."""
    return min_score.get(topic) if isinstance(min_score, Mapping) else min_score


def bar(
    min_score: float | Mapping[str, float] | None, topic: str, thresholds: Mapping[str, float]
) -> float:
    """Return what a topic must reach to hold: the rule's own bar, else the model's threshold."""
    least = own_bar(min_score, topic)
    return thresholds.get(topic, 1.0) if least is None else least


def author_key(author: str) -> str:
    """Return a name as names are compared: without @, case, accents."""
    return fold(author).strip().removeprefix("@").lower()
