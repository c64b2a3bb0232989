"""Probabilities and labels -> figures: per topic, for the policy grade, for what must alert.

The figures have the JSON shape that `tocsin evaluate` prints. Intervals are percentiles of a
seeded bootstrap over texts. Rows that a topic is `unsure` for are left out of that topic.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.gazetteer import Gazetteer
from classifier.labels import Example

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Figures = dict[str, Any]

RESAMPLES = 1000
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
    truth = _Truth(examples, verdicts.topics)
    topics = {topic: _topic(truth, verdicts, at) for at, topic in enumerate(verdicts.topics)}
    grades = np.array([example.policy for example in examples])
    at_least = {
        f"at_least_{grade}": _judged(
            grades >= grade, verdicts.grades >= grade, verdicts.chances[:, len(topics) + grade - 1]
        )
        for grade in (1, 2, 3)
    }
    return {
        "model": model,
        "rows": len(examples),
        "macro_f1": _mean(figures["f1"] for figures in topics.values()),
        "macro_f1_interval": _interval(lambda drawn: _macro_f1(truth, verdicts, drawn), examples),
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


def keyword_baseline(
    examples: Sequence[Example], topics: tuple[str, ...], gazetteer: Gazetteer
) -> Verdicts:
    """Return what plain keyword rules over the gazetteer say."""
    from classifier.features import read

    tags = np.zeros((len(examples), len(topics)), dtype=bool)
    grades = np.zeros(len(examples), dtype=np.int64)
    wanted = [set(KEYWORDS.get(topic, (topic.replace("-", "_"),))) for topic in topics]
    for at, example in enumerate(examples):
        matches = read(example.text, gazetteer).matches
        found = {concept for match in matches for concept in match.concepts}
        tags[at] = [bool(found & concepts) for concepts in wanted]
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


def brief(figures: Figures) -> Figures:
    """Return the few figures by which a baseline is compared."""
    return {
        "macro_f1": figures["macro_f1"],
        "topics": {
            topic: {key: one[key] for key in ("precision", "recall", "f1")}
            for topic, one in figures["topics"].items()
        },
        "policy_at_least_2_f1": figures["policy"]["at_least_2"]["f1"],
        "exact": figures["policy"]["exact"],
    }


def worst(examples: Sequence[Example], verdicts: Verdicts, most: int = 20) -> list[Figures]:
    """Return the decisions that were wrong by the most, worst first."""
    truth = _Truth(examples, verdicts.topics)
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


class _Truth:
    """Labels as arrays: held and certain, texts x topics."""

    def __init__(self, examples: Sequence[Example], topics: tuple[str, ...]) -> None:
        self.held: Flags = np.array(
            [[topic in e.topics for topic in topics] for e in examples], dtype=bool
        ).reshape(len(examples), len(topics))
        self.certain: Flags = np.array(
            [[topic not in e.unsure for topic in topics] for e in examples], dtype=bool
        ).reshape(len(examples), len(topics))


def _topic(truth: _Truth, verdicts: Verdicts, at: int) -> Figures:
    rows = np.flatnonzero(truth.certain[:, at])
    held, tags = truth.held[rows, at], verdicts.tags[rows, at]
    chances = verdicts.chances[rows, at]

    def drawn_f1(drawn: Floats) -> Floats:
        weights = drawn[:, rows]
        f1: Floats = _f1(weights @ (held & tags), weights @ held, weights @ tags)
        return f1

    return {
        **_judged(held, tags, chances),
        "f1_interval": _interval(drawn_f1, truth.held),
        "support": int(held.sum()),
        "calibration_error": calibration_error(held, chances),
    }


def _judged(held: Flags, said: Flags, chances: Floats | None = None) -> Figures:
    both = int((held & said).sum())
    figures: Figures = {
        "precision": both / int(said.sum()) if said.any() else 0.0,
        "recall": both / int(held.sum()) if held.any() else 0.0,
        "f1": float(_f1(both, int(held.sum()), int(said.sum()))),
    }
    if chances is not None:
        figures["average_precision"] = average_precision(held, chances)
    return figures


def _f1(both: Any, held: Any, said: Any) -> Any:
    total = np.asarray(held + said, dtype=float)
    return np.divide(2 * both, total, out=np.zeros_like(total), where=total > 0)


def _macro_f1(truth: _Truth, verdicts: Verdicts, drawn: Floats) -> Floats:
    held, tags = truth.held & truth.certain, verdicts.tags & truth.certain
    f1: Floats = _f1(drawn @ (held & tags), drawn @ held, drawn @ tags).mean(axis=1)
    return f1


def _interval(figure: Callable[[Floats], Floats], rows: Sequence[Any] | Flags) -> list[float]:
    """Return the 95% interval of a figure that takes resamples x texts of draw counts."""
    size = len(rows)
    if not size:
        return [0.0, 0.0]
    random = np.random.default_rng(SEED)
    chance = np.full(size, 1 / size)
    values = np.concatenate(
        [
            figure(random.multinomial(size, chance, 100).astype(float))
            for _ in range(RESAMPLES // 100)
        ]
    )
    return [float(edge) for edge in np.percentile(values, [2.5, 97.5])]


def _confusion(grades: NDArray[np.int64], said: NDArray[np.int64]) -> list[list[int]]:
    """Return counts, true grade by row, said grade by column."""
    table = np.zeros((4, 4), dtype=int)
    np.add.at(table, (grades, said), 1)
    return [[int(cell) for cell in row] for row in table]


def _must_alert(truth: _Truth, verdicts: Verdicts, grades: NDArray[np.int64]) -> Figures:
    if MUST_ALERT_TOPIC not in verdicts.topics:
        return {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 0}
    at = verdicts.topics.index(MUST_ALERT_TOPIC)
    rows = np.flatnonzero(truth.certain[:, at])
    held = truth.held[rows, at] & (grades[rows] == 3)
    said = verdicts.tags[rows, at] & (verdicts.grades[rows] == 3)
    return {**_judged(held, said), "support": int(held.sum())}


def _high_relevance(truth: _Truth, verdicts: Verdicts, grades: NDArray[np.int64]) -> Figures:
    surely: Flags = np.asarray((truth.held & truth.certain).any(axis=1), dtype=bool)
    rows = np.flatnonzero(surely | truth.certain.all(axis=1) | (grades < 2))
    held = surely[rows] & (grades[rows] >= 2)
    said = verdicts.tags[rows].any(axis=1) & (verdicts.grades[rows] >= 2)
    return {**_judged(held, said), "support": int(held.sum())}


def _by(
    examples: Sequence[Example],
    truth: _Truth,
    verdicts: Verdicts,
    kind: Callable[[Example], str],
) -> Figures:
    kinds = np.array([kind(example) for example in examples])
    found: Figures = {}
    for name in sorted(set(kinds.tolist())):
        drawn = (kinds == name).astype(float)[None, :]
        rows = np.flatnonzero(kinds == name).tolist()
        held = np.array([examples[row].policy >= 2 for row in rows])
        found[name] = {
            "rows": len(rows),
            "macro_f1": float(_macro_f1(truth, verdicts, drawn)[0]),
            "policy_at_least_2_f1": _judged(held, verdicts.grades[rows] >= 2)["f1"],
        }
    return found


def _mean(values: Any) -> float:
    numbers = list(values)
    return float(sum(numbers) / len(numbers)) if numbers else 0.0


def measure(model: Any, examples: Sequence[Example]) -> Figures:
    """Return a model's figures on examples, with those of the baselines beside them."""
    chances = model.probabilities([example.text for example in examples])
    verdicts = decide(model.topics, chances, model.thresholds, model.grade_thresholds)
    figures = with_baselines(examples, verdicts, model.gazetteer, model=model.version)
    for topic, one in figures["topics"].items():
        one["threshold"] = model.thresholds[topic]
    return figures


def with_baselines(
    examples: Sequence[Example], verdicts: Verdicts, gazetteer: Gazetteer, *, model: str
) -> Figures:
    """Return the figures of these verdicts, of the baselines, and the worst mistakes."""
    keywords = keyword_baseline(examples, verdicts.topics, gazetteer)
    majority = majority_baseline(examples, verdicts.topics)
    return {
        **evaluate(examples, verdicts, model=model),
        "baselines": {
            "keywords": brief(evaluate(examples, keywords, model="keywords")),
            "majority": brief(evaluate(examples, majority, model="majority")),
        },
        "worst": worst(examples, verdicts),
    }
