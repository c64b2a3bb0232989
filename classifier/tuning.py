"""Thresholds from an unlabelled stream: a budget of posts a day, or an expected precision.

    score | estimate the share of positives | choose thresholds | say what falls off

A corpus that teaches holds far more positives than a stream, and a calibrated probability speaks
of the corpus. The share in the stream is estimated from the scores alone and the probabilities
are moved to it: M. Saerens, P. Latinne, C. Decaestecker, Adjusting the Outputs of a Classifier to
New a Priori Probabilities (Neural Computation 14, 2002). That holds as far as positives and
negatives each look in the stream as they look in the corpus.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.compare import HeldOut
from classifier.errors import InputError
from classifier.evaluate import Flags, Floats
from classifier.inputs import Item

if TYPE_CHECKING:
    from classifier.tagging import Classifier

BATCH = 1000
ROUNDS = 500
ENOUGH = 1e-7
HOURS = {"hour": 1, "day": 24, "week": 168}
SHOWN = 90
"""Characters of a post that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What thresholds are raised for until it is reached; one of the two is given.

    budget: tagged posts a day, at most, for each topic.
    precision: expected share of right ones among what is said, for each topic and grade.
    """

    budget: float | None = None
    precision: float | None = None

    def __str__(self) -> str:
        if self.budget is not None:
            posts = "post" if self.budget == 1 else "posts"
            return f"at most {self.budget:g} {posts} a day for each topic"
        return f"expected precision {self.precision:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallen:
    """A post that the old threshold let pass and the new one does not."""

    id: str
    probability: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one threshold gives on the stream; precision and recall as they are expected."""

    threshold: float
    posts: int
    a_day: float | None
    precision: float
    recall: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A topic or policy grade before and after.

    share: of positives in the stream, as estimated. reached: whether the goal can be met.
    lost: how many posts fall off; falling: the likeliest of them.
    """

    name: str
    share: float
    before: Side
    after: Side
    reached: bool
    lost: int
    falling: tuple[Fallen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """New thresholds for a version, and what they change on the stream.

    days: from the first to the last post; None where their dates are not known.
    """

    model: str
    goal: Goal
    posts: int
    days: float | None
    heads: tuple[Head, ...]
    thresholds: Mapping[str, float]
    grade_thresholds: tuple[float, float, float]

    @property
    def changed(self) -> bool:
        """Whether any threshold differs."""
        return any(one.before.threshold != one.after.threshold for one in self.heads)

    def to_json(self) -> dict[str, Any]:
        """Return it as `tocsin models tune --format json` prints it."""
        return {
            "model": self.model,
            "goal": asdict(self.goal),
            "posts": self.posts,
            "days": self.days,
            "heads": [asdict(one) for one in self.heads],
        }


def parse_budget(text: str) -> float:
    """Return posts a day from 10/day, 1/hour or 3/week. Raise InputError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)/(hour|day|week)", text.strip())
    if not found or not float(found[1]):
        raise InputError(f"budget must be like 10/day, 1/hour or 3/week, not {text!r}")
    return float(found[1]) * 24 / HOURS[found[2]]


def tune(
    model: "Classifier", held: HeldOut, posts: Sequence[Item], goal: Goal, *, examples: int = 5
) -> Tuning:
    """Return the thresholds that reach a goal on a stream of posts.

    held: the model's out-of-fold rows, whose labels say what share of positives it was
    calibrated for. examples: posts shown of those that fall off. Raise InputError.
    """
    if not posts:
        raise InputError("the stream holds no post")
    days = _days(posts, needed=goal.budget is not None)
    if goal.budget is not None and days is not None and goal.budget * days < 1:
        raise InputError(f"the budget allows no post in the {days:g} days of the stream")
    chances = np.vstack(
        [
            model.probabilities([post.text for post in posts[start : start + BATCH]])
            for start in range(0, len(posts), BATCH)
        ]
    )
    old = [*(model.thresholds[topic] for topic in model.topics), *model.grade_thresholds]
    heads = []
    for at, (name, share) in enumerate(zip(model.heads, _shares(held), strict=True)):
        fixed = goal.budget is not None and at >= len(model.topics)
        moved, likely = adjust(chances[:, at], share)
        new, reached = (old[at], True) if fixed else _choose(chances[:, at], likely, old[at], goal,
                                                             days)  # fmt: skip
        heads.append(
            _head(name, moved, posts, chances[:, at], likely, (old[at], new), reached, days,
                  examples)
        )  # fmt: skip
    chosen = [head.after.threshold for head in heads]
    topics = len(model.topics)
    return Tuning(
        model=model.version,
        goal=goal,
        posts=len(posts),
        days=days,
        heads=tuple(heads),
        thresholds=dict(zip(model.topics, chosen, strict=False)),
        grade_thresholds=(chosen[topics], chosen[topics + 1], chosen[topics + 2]),
    )


def adjust(chances: Floats, share: float) -> tuple[float, Floats]:
    """Return the share of positives in a stream, and its probabilities moved to that share.

    chances: calibrated for `share` of positives. Expectation-maximisation after Saerens et al.
    """
    base = min(max(share, 1e-6), 1 - 1e-6)
    now, moved = base, chances
    for _ in range(ROUNDS):
        ratio = now * (1 - base) / (base * (1 - now))
        moved = chances * ratio / (chances * ratio + 1 - chances)
        after = min(max(float(moved.mean()), 1e-9), 1 - 1e-9)
        if abs(after - now) < ENOUGH:
            break
        now = after
    return now, moved


def _shares(held: HeldOut) -> list[float]:
    count = max(len(held.examples), 1)
    topics = [sum(topic in e.topics for e in held.examples) / count for topic in held.topics]
    return topics + [sum(e.policy >= grade for e in held.examples) / count for grade in (1, 2, 3)]


def _days(posts: Sequence[Item], *, needed: bool) -> float | None:
    """Return the days that a stream spans, first and last included."""
    found = []
    for post in posts:
        try:
            found.append(datetime.fromisoformat(post.published or "").date())
        except ValueError as error:
            if needed:
                raise InputError(
                    f"post {post.id} has no date in `published` (it says {post.published!r}), "
                    "and a budget a day needs one"
                ) from error
            return None
    return float((max(found) - min(found)).days + 1)


def _choose(
    chances: Floats, likely: Floats, old: float, goal: Goal, days: float | None
) -> tuple[float, bool]:
    """Return a threshold, no lower than the old one, and whether it reaches the goal."""
    ranked = -np.sort(-chances)
    if goal.budget is not None and days is not None:
        most = int(goal.budget * days)
        if int((chances >= old).sum()) <= most:
            return old, True
        above = ranked[ranked > ranked[most]]
        return _between(float(ranked[most]), above), True
    mean = np.cumsum(-np.sort(-likely)) / np.arange(1, len(likely) + 1)
    ends = np.append(ranked[:-1] > ranked[1:], True)
    good = np.flatnonzero(ends & (mean >= (goal.precision or 0.0)))
    if not len(good):
        return old, not bool((chances >= old).any())
    last = int(good[-1])
    if ranked[last] < old or last + 1 == len(ranked):
        return old, True
    return max(old, _between(float(ranked[last + 1]), ranked[: last + 1])), True


def _between(below: float, above: Floats) -> float:
    """Return a threshold amid the last post that passes and the first that does not."""
    lowest = float(above[-1]) if len(above) else 1.0
    middle = (lowest + below) / 2
    return middle if below < middle else float(np.nextafter(below, 2))


def _head(
    name: str,
    share: float,
    posts: Sequence[Item],
    chances: Floats,
    likely: Floats,
    thresholds: tuple[float, float],
    reached: bool,
    days: float | None,
    examples: int,
) -> Head:
    before, after = (chances >= threshold for threshold in thresholds)
    return Head(
        name=name,
        share=share,
        before=_side(thresholds[0], before, likely, days),
        after=_side(thresholds[1], after, likely, days),
        reached=reached,
        lost=int((before & ~after).sum()),
        falling=_fallen(posts, chances, before & ~after, examples),
    )


def _side(threshold: float, said: Flags, likely: Floats, days: float | None) -> Side:
    count, right = int(said.sum()), float(likely[said].sum())
    total = float(likely.sum())
    return Side(
        threshold=threshold,
        posts=count,
        a_day=count / days if days is not None else None,
        precision=right / count if count else 0.0,
        recall=right / total if total else 0.0,
    )


def _fallen(posts: Sequence[Item], chances: Floats, which: Flags, most: int) -> tuple[Fallen, ...]:
    rows = np.flatnonzero(which)
    rows = rows[np.argsort(-chances[rows], kind="stable")][:most]
    return tuple(
        Fallen(
            id=posts[row].id,
            probability=float(chances[row]),
            text=" ".join(posts[row].text.split())[:SHOWN],
        )
        for row in rows.tolist()
    )
