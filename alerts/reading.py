"""A post -> all that is read from its text: tagging, act, retraction, trace. Pure.

The model comes as an argument; nothing here knows sources or the database.
"""

import math
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from traceback import extract_tb
from typing import Protocol
from urllib.parse import urlsplit

from alerts.acts import Reader, with_home
from alerts.cleaning import cut, plain
from alerts.domain import Act, Post
from alerts.errors import SourceUnreadable
from alerts.retractions import Retraction, read_retraction
from alerts.traces import Trace, names_in, trace
from alerts.words import Searched
from classifier.labels import Tagging

SHOWN_TERMS = 5
"""How many terms an alert shows for each topic."""


class Tagger(Protocol):
    """What the pipeline needs of a topic model."""

    @property
    def version(self) -> str: ...

    @property
    def thresholds(self) -> Mapping[str, float]: ...

    def tag(self, texts: Sequence[str], *, terms: int = 0) -> list[Tagging]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A post with all that was read from its text.

    fault: what kept its act from being read, so that it has an empty one; in one line.
    searched: its text, ready for rules' words, where a process with time to spare made it so.
    """

    post: Post
    tagging: Tagging
    act: Act
    seen: Trace
    retraction: Retraction | None = None
    fault: str | None = None
    searched: Searched | None = field(default=None, compare=False)


def tag(model: Tagger, texts: Sequence[str]) -> list[Tagging]:
    """Return a tagging for each text. Raises SourceUnreadable for one that is no number.

    A post without scores would be judged by no rule, and so be lost: better no post is taken in,
    and the source polled again.
    """
    taggings = model.tag(texts) if texts else []
    for one in taggings:
        if not all(map(math.isfinite, (*one.topics.values(), *one.policy.at_least))):
            raise SourceUnreadable(
                f"model {one.model} gave a score that is no number: `tocsin models rollback`"
            )
    return taggings


def read_all(
    model: Tagger, reader: Reader, posts: Sequence[Post], resolved: Mapping[str, str]
) -> list[Read]:
    """Classify and read posts. resolved: shortened link -> where it leads."""
    taggings = tag(model, [post.text for post in posts])
    return [
        read_text(reader, post, tagging, resolved)
        for post, tagging in zip(posts, taggings, strict=True)
    ]


def read_text(reader: Reader, post: Post, tagging: Tagging, resolved: Mapping[str, str]) -> Read:
    """Read all that a post's text says. resolved: shortened link -> where it leads.

    A text on which the reader fails is one that says nothing: it would fail at every poll, and so
    keep all that its source shows from being told.
    """
    act, retraction, fault = Act(), None, None
    try:
        act, retraction = read_act(reader, post), read_retraction(reader.terms, post.text)
    except Exception as error:  # noqa: BLE001 (one post's fault must not stop the others)
        # A text, since not every exception can come from another process.
        at = extract_tb(error.__traceback__)[-1]
        where = f"{Path(at.filename).name}:{at.lineno}"
        fault = cut(plain(f"{type(error).__name__} at {where}: {error}"), 300)
    return Read(
        post=post,
        tagging=tagging,
        act=act,
        seen=trace(post, act, resolved),
        retraction=retraction,
        fault=fault,
    )


def read_act(reader: Reader, post: Post) -> Act:
    """Read the act that a post reports; an authority's own number may stand only in its link."""
    act = reader.read(
        post.text, lang=post.lang, published_at=post.published_at, official=post.official
    )
    if post.official and post.url and act.jurisdiction is None and (act.stage or act.instrument):
        act = by_publisher(act, country_of(post.url, reader.terms.zones))
    act = replace(act, mentions=(*act.mentions, *names_in(post.text)))
    if act.number is None and post.official and post.url:
        own = reader.read(post.url, lang=post.lang, published_at=post.published_at)
        return replace(act, number=own.number)
    return act


GOVERNMENT = re.compile(
    r"^(?:[\w-]+\.)*?(?:gov|gob|go|gouv|gub|govt|gc|admin|bund|government)\.(?P<state>[a-z]{2})(?:\.|$)"
    r"|\.(?P<national>[a-z]{2})$|\.(?P<us>gov|mil)$"
)
"""How hosts of governments are named: www.gov.za, sars.gov.za, government.ru, boe.es."""
NOT_NATIONAL = frozenset({"io", "ai", "co", "tv", "me", "fm", "ly", "gg", "cc", "to", "st", "sh"})
"""Endings of hosts that anybody has."""


def country_of(url: str, known: Container[str]) -> str | None:
    """Return the country of an authority by its host's name, if it is one of the known."""
    named = GOVERNMENT.search(urlsplit(url).hostname or "")
    if named is None:
        return None
    code = named["state"] or ("us" if named["us"] else named["national"])
    if code in NOT_NATIONAL and not named["state"]:
        return None
    country = "GB" if code == "uk" else code.upper()
    return country if country in known else None


def by_publisher(act: Act, country: str | None) -> Act:
    """Return an act whose text doesn't say whose it is with the country of its publisher."""
    if country is None:
        return act
    targets = tuple(target for target in act.targets if target != country)
    mentions = with_home(act.mentions, country)
    return replace(act, jurisdiction=country, targets=targets, mentions=mentions)
