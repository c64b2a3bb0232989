"""Probabilities and labels -> figures: per topic, for the policy grade, for what must alert.

The figures have the JSON shape that `tocsin evaluate` prints. Intervals are percentiles of a
seeded bootstrap over texts. Rows that a topic is `unsure` for are left out of that topic.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from classifier.labels import Example

if TYPE_CHECKING:
    from classifier.model import TopicModel
    from classifier.tagging import Classifier

Floats = NDArray[np.float64]
Drawn = NDArray[np.float32]
"""Draw counts of resamples; 32 bits hold every count exactly."""
Flags = NDArray[np.bool_]
Figures = dict[str, Any]

RESAMPLES = 1000
MOST_DRAWN = 20_000_000
"""Texts drawn in all resamples: with more texts, an interval is narrower and needs fewer."""

SEED = 20261125
BINS = 10
MUST_ALERT_TOPIC = "export-controls"
"""With policy grade 3, the topic whose texts must alert."""

KEYWORDS: Mapping[str, tuple[str, ...]] = {
    "electric-vehicles": ("ev_maker", "ev_model", "ev_term", "ticker_ev"),
    "china": ("china_company", "china_org", "china_person_role", "china_place"),
    "stocks-technology": ("chip_company", "tech_company"),
    "export-controls": ("export_control_term",),
}
"""The keyword baseline: a text has the topic as soon as one of these concepts matches."""

POLICY_KEYWORDS = ("policy_act_verb", "policy_motion_verb")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What a model, or a baseline, says of some examples.

    topics: the columns of chances and tags.
    chances: texts x topics, then grade >= 1, >= 2, >= 3.
    tags: texts x topics. grades: 0 to 3.
    """

    topics: tuple[str, ...]
    chances: Floats
    tags: Flags
    grades: NDArray[np.int64]


def decide(
    topics: tuple[str, ...],
    chances: Floats,
    thresholds: Mapping[str, float],
    grade_thresholds: Sequence[float],
) -> Verdicts:
    """Return the tags and grades that these probabilities give at these thresholds."""
    count = len(topics)
    tags = chances[:, :count] >= np.array([thresholds[topic] for topic in topics])
    passed = chances[:, count:] >= np.array(grade_thresholds)
    grades = np.max(passed * np.array([1, 2, 3]), axis=1, initial=0)
    return Verdicts(topics=topics, chances=chances, tags=tags, grades=grades.astype(np.int64))


def evaluate(examples: Sequence[Example], verdicts: Verdicts, *, model: str) -> Figures:
    """Return all figures of these verdicts on these examples."""
    truth = Truth(examples, verdicts.topics)
    topics = {topic: _topic(truth, verdicts, at) for at, topic in enumerate(verdicts.topics)}
    grades = np.array([example.policy for example in examples])
    at_least = {
        f"at_least_{grade}": _policy(
            grades >= grade, verdicts.grades >= grade, verdicts.chances[:, len(topics) + grade - 1]
        )
        for grade in (1, 2, 3)
    }
    return {
        "model": model,
        "rows": len(examples),
        "macro_f1": _mean(figures["f1"] for figures in topics.values()),
        "macro_f1_interval": interval(
            lambda drawn: _macro_f1(truth, verdicts, drawn), len(examples)
        ),
        "topics": topics,
        "policy": {
            **at_least,
            "exact": float(np.mean(grades == verdicts.grades)),
            "confusion": _confusion(grades, verdicts.grades),
        },
        "must_alert": _must_alert(truth, verdicts, grades),
        "high_relevance": _high_relevance(truth, verdicts, grades),
        "by_lang": _by(examples, truth, verdicts, lambda example: example.lang),
        "by_style": _by(examples, truth, verdicts, lambda example: example.style),
    }


def keyword_baseline(concepts: Sequence[frozenset[str]], topics: tuple[str, ...]) -> Verdicts:
    """Return what plain keyword rules over the gazetteer say, of texts with these concepts."""
    tags = np.zeros((len(concepts), len(topics)), dtype=bool)
    grades = np.zeros(len(concepts), dtype=np.int64)
    wanted = [set(KEYWORDS.get(topic, (topic.replace("-", "_"),))) for topic in topics]
    for at, found in enumerate(concepts):
        tags[at] = [bool(found & known) for known in wanted]
        grades[at] = 3 if found & set(POLICY_KEYWORDS) else 0
    chances = np.column_stack([tags, *(grades >= grade for grade in (1, 2, 3))]).astype(float)
    return Verdicts(topics=topics, chances=chances, tags=tags, grades=grades)


def majority_baseline(examples: Sequence[Example], topics: tuple[str, ...]) -> Verdicts:
    """Return what saying the commonest answer every time gives."""
    shares = np.array([[topic in e.topics for topic in topics] for e in examples]).mean(axis=0)
    grades = np.array([example.policy for example in examples])
    usual = int(np.bincount(grades).argmax())
    at_least = [float(np.mean(grades >= grade)) for grade in (1, 2, 3)]
    return Verdicts(
        topics=topics,
        chances=np.tile(np.concatenate([shares, at_least]), (len(examples), 1)),
        tags=np.tile(shares > 0.5, (len(examples), 1)),
        grades=np.full(len(examples), usual, dtype=np.int64),
    )


def brief(examples: Sequence[Example], verdicts: Verdicts) -> Figures:
    """Return the few figures by which a baseline is compared."""
    truth = Truth(examples, verdicts.topics)
    grades = np.array([example.policy for example in examples])
    topics = {}
    for at, topic in enumerate(verdicts.topics):
        rows = np.flatnonzero(truth.certain[:, at])
        topics[topic] = _judged(truth.held[rows, at], verdicts.tags[rows, at])
    return {
        "macro_f1": _mean(one["f1"] for one in topics.values()),
        "topics": topics,
        "policy_at_least_2_f1": _judged(grades >= 2, verdicts.grades >= 2)["f1"],
        "exact": float(np.mean(grades == verdicts.grades)),
    }


def worst(examples: Sequence[Example], verdicts: Verdicts, most: int = 20) -> list[Figures]:
    """Return the decisions that were wrong by the most, worst first."""
    truth = Truth(examples, verdicts.topics)
    wrong = []
    for at, topic in enumerate(verdicts.topics):
        missed = truth.certain[:, at] & (truth.held[:, at] != verdicts.tags[:, at])
        for row in np.flatnonzero(missed).tolist():
            chance = float(verdicts.chances[row, at])
            label = bool(truth.held[row, at])
            wrong.append((abs(label - chance), topic, examples[row].id, chance, label))
    wrong.sort(key=lambda one: (-one[0], one[1], one[2]))
    return [
        {"id": row_id, "topic": topic, "probability": round(chance, 4), "label": label}
        for _, topic, row_id, chance, label in wrong[:most]
    ]


def kinds_of_mistakes(
    examples: Sequence[Example], verdicts: Verdicts, most: int = 20
) -> list[Figures]:
    """Return the commonest kinds of wrong decisions: topic, missed or false, language, style.

    `of` counts the texts of that language and style that could be wrong in this way.
    """
    truth = Truth(examples, verdicts.topics)
    sorts = [(one.lang, one.style) for one in examples]
    numbers = {sort: at for at, sort in enumerate(sorted(set(sorts)))}
    sort_of = np.array([numbers[sort] for sort in sorts], int)
    wrong: dict[tuple[str, str, str, str], int] = {}
    could: dict[tuple[str, str, str, str], int] = {}
    for at, topic in enumerate(verdicts.topics):
        for error, held in (("missed", truth.held[:, at]), ("false", ~truth.held[:, at])):
            rows = held & truth.certain[:, at]
            misses = rows & (truth.held[:, at] != verdicts.tags[:, at])
            for counts, counted in ((could, rows), (wrong, misses)):
                found = np.bincount(sort_of[counted], minlength=len(numbers)).tolist()
                counts.update({(topic, error, *sort): found[n] for sort, n in numbers.items()})
    ranked = sorted(((-count, kind) for kind, count in wrong.items() if count))[:most]
    return [
        {
            **dict(zip(("topic", "error", "lang", "style"), kind, strict=True)),
            "count": -count,
            "of": could[kind],
        }
        for count, kind in ranked
    ]


def average_precision(held: Flags, chances: Floats) -> float:
    """Return the step-wise area under the precision-recall curve; ties count as one step."""
    if not held.any():
        return 0.0
    order = np.argsort(-chances, kind="stable")
    hits = np.cumsum(held[order])
    last = np.append(np.diff(chances[order]) != 0, True)
    hits, seen = hits[last], (np.flatnonzero(last) + 1)
    recall = hits / held.sum()
    return float(np.sum(np.diff(recall, prepend=0.0) * hits / seen))


def calibration_error(held: Flags, chances: Floats) -> float:
    """Return the expected calibration error over ten bins of equal width."""
    return float(
        sum(
            len(inside) / len(held) * abs(held[inside].mean() - chances[inside].mean())
            for inside in calibration_bins(chances)
            if len(inside)
        )
    )


def calibration_bins(chances: Floats) -> list[NDArray[np.int64]]:
    """Return the rows of each of ten bins of equal width."""
    number = np.minimum((chances * BINS).astype(int), BINS - 1)
    return [np.flatnonzero(number == one) for one in range(BINS)]


class Truth:
    """Labels as arrays, texts x topics: which hold, and of which readers are certain."""

    def __init__(self, examples: Sequence[Example], topics: tuple[str, ...]) -> None:
        shape = (len(examples), len(topics))
        self.held: Flags = np.zeros(shape, dtype=bool)
        for at, topic in enumerate(topics):
            self.held[:, at] = [topic in example.topics for example in examples]
        self.certain: Flags = np.ones(shape, dtype=bool)
        for row, example in enumerate(examples):
            if example.unsure:
                self.certain[row] = [topic not in example.unsure for topic in topics]


def _topic(truth: Truth, verdicts: Verdicts, at: int) -> Figures:
    rows = np.flatnonzero(truth.certain[:, at])
    held, tags = truth.held[rows, at], verdicts.tags[rows, at]
    chances = verdicts.chances[rows, at]

    surely = truth.certain[:, at]
    counted = _stacked(truth.held[:, at] & surely, verdicts.tags[:, at] & surely)

    def drawn_f1(drawn: Drawn) -> Floats:
        return to_f1(*(drawn @ counted).T)

    return {
        **_judged(held, tags, chances),
        "f1_interval": interval(drawn_f1, len(truth.held)),
        "support": int(held.sum()),
        "calibration_error": calibration_error(held, chances),
    }


def _policy(held: Flags, said: Flags, chances: Floats) -> Figures:
    counted = _stacked(held, said)

    def drawn_f1(drawn: Drawn) -> Floats:
        return to_f1(*(drawn @ counted).T)

    return {
        **_judged(held, said, chances),
        "f1_interval": interval(drawn_f1, len(held)),
        "support": int(held.sum()),
        "calibration_error": calibration_error(held, chances),
    }


def _stacked(held: Flags, said: Flags) -> Drawn:
    """Return as columns what to_f1 takes: one product with draw counts is faster than three."""
    return np.column_stack([held & said, held, said]).astype(np.float32)


def _judged(held: Flags, said: Flags, chances: Floats | None = None) -> Figures:
    both = int((held & said).sum())
    figures: Figures = {
        "precision": both / int(said.sum()) if said.any() else 0.0,
        "recall": both / int(held.sum()) if held.any() else 0.0,
        "f1": float(to_f1(both, held.sum(), said.sum())),
    }
    if chances is not None:
        figures["average_precision"] = average_precision(held, chances)
    return figures


def to_f1(both: Any, held: Any, said: Any) -> Floats:
    """Return F1 from counts of texts that are held and said, held, and said; 0 where none is."""
    total = np.asarray(held + said, dtype=float)
    f1: Floats = np.divide(2 * both, total, out=np.zeros_like(total), where=total > 0)
    return f1


def _macro_f1(truth: Truth, verdicts: Verdicts, drawn: Drawn) -> Floats:
    held, tags = truth.held & truth.certain, verdicts.tags & truth.certain
    f1: Floats = to_f1(drawn @ (held & tags), drawn @ held, drawn @ tags).mean(axis=1)
    return f1


def _macro_f1_inside(truth: Truth, verdicts: Verdicts, inside: Floats, drawn: Drawn) -> Floats:
    """Return macro-F1 inside a group of texts, over the topics that occur there at all."""
    held, tags = truth.held & truth.certain, verdicts.tags & truth.certain
    occur = inside @ held > 0
    if not occur.any():
        return np.zeros(len(drawn))
    rows = np.flatnonzero(inside)
    held, tags, within = held[rows][:, occur], tags[rows][:, occur], drawn[:, rows]
    f1: Floats = to_f1(within @ (held & tags), within @ held, within @ tags).mean(axis=1)
    return f1


def interval(figure: Callable[[Drawn], Floats], size: int) -> list[float]:
    """Return the 95% interval of a figure that takes resamples x texts of draw counts."""
    if not size:
        return [0.0, 0.0]
    drawn = resamples(size)
    parts = np.array_split(drawn, len(drawn) // 100)
    values = np.concatenate([figure(part.astype(np.float32)) for part in parts])
    return [float(edge) for edge in np.percentile(values, [2.5, 97.5])]


@lru_cache(maxsize=2)
def resamples(size: int) -> NDArray[np.uint8]:
    """Return how often each of `size` texts is drawn in each bootstrap sample.

    There are RESAMPLES of them, or of many texts as many as draw MOST_DRAWN, but 200 at least.
    Every figure sees the same samples, so differences between figures are paired.
    """
    random = np.random.default_rng(SEED)
    chance = np.full(size, 1 / size)
    hundreds = min(RESAMPLES // 100, max(2, MOST_DRAWN // (100 * size)))
    return np.vstack(
        [random.multinomial(size, chance, 100).astype(np.uint8) for _ in range(hundreds)]
    )


def _confusion(grades: NDArray[np.int64], said: NDArray[np.int64]) -> list[list[int]]:
    """Return counts, true grade by row, said grade by column."""
    table = np.zeros((4, 4), dtype=int)
    np.add.at(table, (grades, said), 1)
    return [[int(cell) for cell in row] for row in table]


def _must_alert(truth: Truth, verdicts: Verdicts, grades: NDArray[np.int64]) -> Figures:
    if MUST_ALERT_TOPIC not in verdicts.topics:
        return {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 0}
    at = verdicts.topics.index(MUST_ALERT_TOPIC)
    rows = np.flatnonzero(truth.certain[:, at])
    held = truth.held[rows, at] & (grades[rows] == 3)
    said = verdicts.tags[rows, at] & (verdicts.grades[rows] == 3)
    return {**_judged(held, said), "support": int(held.sum())}


def _high_relevance(truth: Truth, verdicts: Verdicts, grades: NDArray[np.int64]) -> Figures:
    surely: Flags = np.asarray((truth.held & truth.certain).any(axis=1), dtype=bool)
    rows = np.flatnonzero(surely | truth.certain.all(axis=1) | (grades < 2))
    held = surely[rows] & (grades[rows] >= 2)
    said = verdicts.tags[rows].any(axis=1) & (verdicts.grades[rows] >= 2)
    return {**_judged(held, said), "support": int(held.sum())}


def _by(
    examples: Sequence[Example],
    truth: Truth,
    verdicts: Verdicts,
    kind: Callable[[Example], str],
) -> Figures:
    kinds = np.array([kind(example) for example in examples])
    grades = np.array([example.policy for example in examples])
    found: Figures = {}
    for name in sorted(set(kinds.tolist())):
        rows = np.flatnonzero(kinds == name)
        inside = (kinds == name).astype(float)
        found[name] = {
            "rows": len(rows),
            "macro_f1": float(_macro_f1_inside(truth, verdicts, inside, inside[None, :])[0]),
            "macro_f1_interval": interval(
                partial(_macro_f1_inside, truth, verdicts, inside), len(examples)
            ),
            "policy_at_least_2_f1": _judged(grades[rows] >= 2, verdicts.grades[rows] >= 2)["f1"],
        }
    return found


def _mean(values: Any) -> float:
    numbers = list(values)
    return float(sum(numbers) / len(numbers)) if numbers else 0.0


def judge(model: "Classifier", examples: Sequence[Example]) -> Verdicts:
    """Return what a model says of examples."""
    chances = model.probabilities([example.text for example in examples])
    return decide(model.topics, chances, model.thresholds, model.grade_thresholds)


def measure(
    model: "TopicModel",
    examples: Sequence[Example],
    verdicts: Verdicts,
    concepts: Sequence[frozenset[str]] | None = None,
) -> Figures:
    """Return the figures of a model's verdicts, with those of the baselines and the mistakes.

    concepts: of the gazetteer, that each text holds; read from the texts unless given.
    """
    if concepts is None:
        from classifier.features import read

        concepts = [read(example.text, model.gazetteer).concepts for example in examples]
    keywords = keyword_baseline(concepts, verdicts.topics)
    majority = majority_baseline(examples, verdicts.topics)
    figures = evaluate(examples, verdicts, model=model.version)
    name_thresholds(figures, model.thresholds, model.grade_thresholds)
    return {
        **figures,
        "baselines": {
            "keywords": brief(examples, keywords),
            "majority": brief(examples, majority),
        },
        **mistakes(examples, verdicts),
    }


def name_thresholds(
    figures: Figures, thresholds: Mapping[str, float], grade_thresholds: Sequence[float]
) -> None:
    """Write beside each figure the threshold that it was measured at."""
    for topic, one in figures["topics"].items():
        one["threshold"] = thresholds[topic]
    for grade, threshold in enumerate(grade_thresholds, 1):
        figures["policy"][f"at_least_{grade}"]["threshold"] = threshold


def mistakes(examples: Sequence[Example], verdicts: Verdicts) -> Figures:
    """Return the decisions that were wrong by the most, and the commonest kinds of wrong ones."""
    return {"worst": worst(examples, verdicts), "mistakes": kinds_of_mistakes(examples, verdicts)}
