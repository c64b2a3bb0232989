"""Posts that are scored, read and grouped as the pipeline does, but in memory.

They are stored ones, or a file's, which come in at the times that they were published.
Nothing is written.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from alerts.acts import Reader
from alerts.archive import EventMemory
from alerts.case import Case
from alerts.config import Config
from alerts.dates import parse_date
from alerts.domain import Act, Event, Post, RawPost
from alerts.edits import MOST_EDITS, Edit, as_another, compare
from alerts.grouping import group, regroup_edited
from alerts.normalise import normalise
from alerts.reading import Tagger, read_act
from alerts.replay import FAR, Arrival, Item, Span
from alerts.retractions import read_retraction
from alerts.sources.jsonl import lines_of, parse_line
from alerts.traces import trace
from alerts.window import Window
from classifier.labels import Tagging

BATCH = 256
"""Posts that are scored at once."""


def read_file(
    file: BinaryIO, config: Config, source: str, now: datetime
) -> tuple[list[Post], list[str]]:
    """Return a file's posts in the order of their times, and what could not be read.

    source: whose posts they are where a line names none. A post without a date comes right
    after the line above it (`now` where no line has one).
    """
    read: list[tuple[RawPost, datetime | None]] = []
    skipped = []
    for number, (line, _, _) in enumerate(lines_of(file), start=1):
        try:
            if line.strip():
                raw = parse_line(line, source=source)
                read.append((raw, parse_date(raw.published, FAR) if raw.published else None))
        except ValueError as unusable:
            skipped.append(f"line {number}: {unusable}")
    clock = next((at for _, at in read if at), now)
    posts: list[Post] = []
    for raw, at in read:
        clock = at or clock
        posts.append(_normal(raw, config, clock))
    return sorted(posts, key=lambda post: (post.published_at, post.id)), skipped


def _normal(raw: RawPost, config: Config, now: datetime) -> Post:
    settings = config.source(raw.source)
    return normalise(raw, official=bool(settings and settings.official), now=now)


def rescored(
    items: Iterable[Item], span: Span, model: Tagger, reader: Reader, days: float
) -> Iterator[Arrival]:
    """Score, read and group posts as the pipeline does, and yield every one of them.

    days: how long an event stays open to posts that resemble it.
    """
    archive, window = EventMemory(), Window(days)
    known: dict[str, _Known] = {}
    reach: Counter[str] = Counter()
    leaning: dict[str, list[Arrival]] = defaultdict(list)
    left = iter(items)
    while batch := list(islice(left, BATCH)):
        tagged = model.tag([item.post.text for item in batch])
        for item, tagging in zip(batch, tagged, strict=True):
            span.count(item.post.first_seen_at)
            read = _take_in(item, tagging, reader, archive, window, known)
            if read is None:
                continue
            post, act, event, new = read
            if new:
                reach[event.id] += 1 + (post.figures.interactions or 0)
            on = archive.leans_on(event.id)
            case = Case(
                post=post,
                tagging=tagging,
                event=event,
                thresholds=model.thresholds,
                act=act,
                retraction=read_retraction(reader.terms, post.text),
                leans_on=on,
            )
            arrival = Arrival(
                case=case,
                now=item.post.first_seen_at,
                backfilled=item.backfilled,
                reach=reach[event.id],
            )
            # Once told apart, what was silent is judged again, as a post of what the event is now.
            for one in leaning.pop(event.id, ()) if on is None else ():
                again = replace(one.case, event=event, leans_on=None)
                yield replace(arrival, case=again, backfilled=one.backfilled)
            yield arrival
            if on is not None:
                leaning[event.id].append(arrival)


@dataclass(slots=True, kw_only=True)
class _Known:
    """A post that came in before, as it was last.

    kin: id of the event that it was recognised by. edits: how often it changed since.
    """

    post: Post
    kin: str
    edits: int = 0


def _take_in(
    item: Item,
    tagging: Tagging,
    reader: Reader,
    archive: EventMemory,
    window: Window,
    known: dict[str, _Known],
) -> tuple[Post, Act, Event, bool] | None:
    """Group a post as the pipeline does; None if it says nothing new.

    The last tells a new post from one that came before and was edited since.
    """
    post = item.post
    before = known.get(post.id)
    became = compare(before.post.text, post.text) if before is not None else None
    if became is Edit.OTHER:
        post = as_another(post)
        before = known.get(post.id)
        became = Edit.SAME if before is not None else None
    if became is Edit.SAME:
        return None
    act = item.act if item.act is not None else read_act(reader, post)
    if before is None:
        placed = group(archive, window, post, tagging, act, trace(post, act))
        archive.join(post, placed.kin)
        known[post.id] = _Known(post=post, kin=placed.kin)
        return post, act, placed.event, True
    if before.edits >= MOST_EDITS:
        return None
    before.edits += 1
    before.post = replace(before.post, title=post.title, text=post.text)
    seen = trace(before.post, act)
    event_id = archive.survivor(before.kin)
    event = regroup_edited(archive, before.kin, event_id, before.post, tagging, act, seen)
    return before.post, act, event, False
