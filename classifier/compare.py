"""Two versions on the same texts: a paired bootstrap of F1, head by head, and the gate on it.

A version keeps the out-of-fold probabilities of its corpus (`held_out.json.gz`), so two versions
can be compared on the rows that both were trained on without either having seen its answer.
"""

import gzip
import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import orjson

from classifier.evaluate import Drawn, Flags, Floats, Truth, Verdicts, decide, interval, to_f1
from classifier.labels import Example

HELD_OUT = "held_out.json.gz"
HELD_OUT_FORMAT = 1
POLICY_HEAD = "policy>=2"
DIGITS = 6
"""Decimals of a stored probability; thresholds are rounded alike when they meet it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """What a version said of its corpus, each row by a model that had not seen it.

    examples: the labelled rows, their texts left out.
    digests: of the texts; a row whose text was changed is another row.
    chances: rows x topics, then grade >= 1, >= 2, >= 3.
    thresholds, grade_thresholds: those that training chose.
    """

    topics: tuple[str, ...]
    thresholds: Mapping[str, float]
    grade_thresholds: tuple[float, ...]
    examples: tuple[Example, ...]
    digests: tuple[str, ...]
    chances: Floats

    def verdicts(
        self,
        thresholds: Mapping[str, float] | None = None,
        grade_thresholds: Sequence[float] | None = None,
    ) -> Verdicts:
        """Return tags and grades at these thresholds, or at those that training chose."""
        tags = thresholds or self.thresholds
        grades = grade_thresholds or self.grade_thresholds
        return decide(
            self.topics,
            self.chances,
            {topic: round(tags[topic], DIGITS) for topic in self.topics},
            [round(one, DIGITS) for one in grades],
        )


def hold_out(
    examples: Sequence[Example],
    topics: tuple[str, ...],
    chances: Floats,
    thresholds: Mapping[str, float],
    grade_thresholds: Sequence[float],
) -> HeldOut:
    """Return what a training's out-of-fold probabilities say, to be stored with its version."""
    return HeldOut(
        topics=topics,
        thresholds=dict(thresholds),
        grade_thresholds=tuple(grade_thresholds),
        examples=tuple(replace(example, text="") for example in examples),
        digests=tuple(
            hashlib.sha256(example.text.encode()).hexdigest()[:16] for example in examples
        ),
        chances=np.round(chances, DIGITS),
    )


def pack(held: HeldOut) -> bytes:
    """Return the file for it; the same content gives the same bytes."""
    said = {
        "format": HELD_OUT_FORMAT,
        "topics": held.topics,
        "thresholds": held.thresholds,
        "grade_thresholds": held.grade_thresholds,
        "rows": [
            [one.id, digest, one.lang, one.style, sorted(one.topics), one.policy,
             sorted(one.unsure), chances]
            for one, digest, chances in zip(
                held.examples, held.digests, held.chances.tolist(), strict=True
            )
        ],
    }  # fmt: skip
    return gzip.compress(orjson.dumps(said), compresslevel=9, mtime=0)


def unpack(file: bytes) -> HeldOut:
    """Return what a file holds. Raise ValueError where it is no such file."""
    try:
        said = orjson.loads(gzip.decompress(file))
        if said["format"] != HELD_OUT_FORMAT:
            raise ValueError(f"has format {said['format']}, not {HELD_OUT_FORMAT}")
        return HeldOut(
            topics=tuple(said["topics"]),
            thresholds=said["thresholds"],
            grade_thresholds=tuple(said["grade_thresholds"]),
            examples=tuple(_example(row) for row in said["rows"]),
            digests=tuple(row[1] for row in said["rows"]),
            chances=np.array([row[7] for row in said["rows"]], dtype=float).reshape(
                len(said["rows"]), len(said["topics"]) + 3
            ),
        )
    except (
        OSError,
        EOFError,
        zlib.error,
        orjson.JSONDecodeError,
        KeyError,
        IndexError,
        TypeError,
    ) as error:
        raise ValueError(f"holds no out-of-fold probabilities: {error}") from error


def _example(row: Sequence[Any]) -> Example:
    return Example(
        id=row[0],
        text="",
        lang=row[2],
        style=row[3],
        topics=frozenset(row[4]),
        policy=row[5],
        unsure=frozenset(row[6]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How two versions differ in one head on the same texts.

    head: a topic, or "policy>=2".
    before, after: F1 of the first and of the second version.
    low, high: the 95% interval of after - before.
    support: texts for which the head holds.
    """

    head: str
    before: float
    after: float
    low: float
    high: float
    support: int

    @property
    def verdict(self) -> str:
        """better or worse where the interval leaves zero out, else no clear difference."""
        if self.high < 0:
            return "worse"
        return "better" if self.low > 0 else "no clear difference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two versions, the texts they were compared on, and how they differ.

    lost: topics that only the first version knows.
    """

    before: str
    after: str
    rows: int
    differences: tuple[Difference, ...]
    lost: tuple[str, ...] = ()

    @property
    def worse(self) -> tuple[str, ...]:
        """Heads in which the second version is worse, those that it lost among them."""
        worse = (one.head for one in self.differences if one.verdict == "worse")
        return (*worse, *self.lost)

    def to_json(self) -> dict[str, Any]:
        """Return it as `tocsin models compare --format json` prints it."""
        return {
            "before": self.before,
            "after": self.after,
            "rows": self.rows,
            "heads": [
                {**asdict(one), "difference": one.after - one.before, "verdict": one.verdict}
                for one in self.differences
            ],
            "lost": list(self.lost),
            "worse": list(self.worse),
        }


def compare(
    examples: Sequence[Example], before: Verdicts, after: Verdicts, *, names: tuple[str, str]
) -> Comparison:
    """Return how two sets of verdicts on the same examples differ, by a paired bootstrap."""
    shared = tuple(topic for topic in before.topics if topic in after.topics)
    truth = Truth(examples, shared)
    grades = np.array([example.policy for example in examples], dtype=np.int64)
    found = [
        _difference(
            topic,
            truth.held[:, at],
            truth.certain[:, at],
            before.tags[:, before.topics.index(topic)],
            after.tags[:, after.topics.index(topic)],
        )
        for at, topic in enumerate(shared)
    ]
    certain = np.ones(len(examples), dtype=bool)
    found.append(
        _difference(POLICY_HEAD, grades >= 2, certain, before.grades >= 2, after.grades >= 2)
    )
    return Comparison(
        before=names[0],
        after=names[1],
        rows=len(examples),
        differences=tuple(found),
        lost=tuple(topic for topic in before.topics if topic not in after.topics),
    )


def _difference(head: str, held: Flags, certain: Flags, before: Flags, after: Flags) -> Difference:
    held, before, after = held & certain, before & certain, after & certain

    def both(weights: Drawn) -> tuple[Floats, Floats]:
        total = weights @ held
        return (
            to_f1(weights @ (held & before), total, weights @ before),
            to_f1(weights @ (held & after), total, weights @ after),
        )

    def change(weights: Drawn) -> Floats:
        first, second = both(weights)
        return second - first

    first, second = both(np.ones((1, len(held)), np.float32))
    low, high = interval(change, len(held))
    return Difference(
        head=head,
        before=float(first[0]),
        after=float(second[0]),
        low=low,
        high=high,
        support=int(held.sum()),
    )


def compare_held_out(
    before: HeldOut,
    after: HeldOut,
    *,
    names: tuple[str, str],
    verdicts: tuple[Verdicts, Verdicts] | None = None,
) -> Comparison:
    """Return how two versions differ on the rows that both hold, labelled as the second has them.

    verdicts: of all rows of each; unless given, at the thresholds that training chose.
    """
    told = verdicts or (before.verdicts(), after.verdicts())
    place = {
        (one.id, digest): at
        for at, (one, digest) in enumerate(zip(before.examples, before.digests, strict=True))
    }
    pairs = [
        (place[one.id, digest], at)
        for at, (one, digest) in enumerate(zip(after.examples, after.digests, strict=True))
        if (one.id, digest) in place
    ]
    first, second = [one for one, _ in pairs], [one for _, one in pairs]
    return compare(
        [after.examples[at] for at in second],
        _pick(told[0], first),
        _pick(told[1], second),
        names=names,
    )


def _pick(verdicts: Verdicts, rows: list[int]) -> Verdicts:
    return Verdicts(
        topics=verdicts.topics,
        chances=verdicts.chances[rows],
        tags=verdicts.tags[rows],
        grades=verdicts.grades[rows],
    )
