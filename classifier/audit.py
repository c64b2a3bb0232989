"""A labelled corpus -> what looks wrong in it: labels, contradictions, leaks between files.

A label is suspicious where a model that has not seen the row (nor its near-duplicates) is sure of
the opposite. That finds slips and borders that were settled in two ways, and also rows that are
only hard: each must be read before it is changed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from classifier.corpus import Corpus, group
from classifier.gazetteer import Gazetteer
from classifier.labels import Example
from classifier.model import Parameters
from classifier.tagging import Floats
from classifier.text import fold
from classifier.train import Progress, train

POLICY = "policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A label that held-out scores speak against.

    label: a topic, or "policy". given, expected: "yes" or "no", or a grade.
    certainty: probability in [0, 1] that the label is wrong, as the model has it.
    """

    example: Example
    place: str
    label: str
    given: str
    expected: str
    certainty: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """Two rows that say nearly the same.

    same: word for word. differ: the labels in which they contradict each other.
    """

    example: Example
    place: str
    other: Example
    other_place: str
    same: bool
    differ: tuple[str, ...] = ()


def held_out(corpus: Corpus, gazetteer: Gazetteer, *, progress: Progress) -> Floats:
    """Return out-of-fold probabilities, examples x (topics, grade >= 1, 2, 3)."""
    return train(corpus, gazetteer, Parameters(), version="audit", progress=progress).held_out


def doubts(corpus: Corpus, chances: Floats, *, least: float = 0.5) -> list[Doubt]:
    """Return the labels that out-of-fold probabilities speak against, the most certain first.

    chances: examples x (topics, grade >= 1, 2, 3). least: certainty from which one is told.
    Topics that a row is unsure of are left out.
    """
    found: list[Doubt] = []
    for example, place, row in zip(corpus.examples, corpus.places, chances.tolist(), strict=True):
        for topic, chance in zip(corpus.topics, row, strict=False):
            if topic in example.unsure:
                continue
            given = topic in example.topics
            found.append(
                Doubt(
                    example=example,
                    place=place,
                    label=topic,
                    given=_yes(given),
                    expected=_yes(not given),
                    certainty=1 - chance if given else chance,
                )
            )
        found.append(_doubt_grade(example, place, row[len(corpus.topics) :]))
    kept = [doubt for doubt in found if doubt.certainty >= least]
    return sorted(kept, key=lambda doubt: (-doubt.certainty, doubt.example.id, doubt.label))


def _doubt_grade(example: Example, place: str, at_least: Sequence[float]) -> Doubt:
    """Return how surely the grade lies on the other side of one of its two borders."""
    bounds = (1.0, *at_least, 0.0)
    too_high = 1 - bounds[example.policy]
    too_low = bounds[example.policy + 1]
    spread = [max(0.0, bounds[grade] - bounds[grade + 1]) for grade in range(4)]
    side = range(example.policy) if too_high > too_low else range(example.policy + 1, 4)
    return Doubt(
        example=example,
        place=place,
        label=POLICY,
        given=str(example.policy),
        expected=str(max(side, key=lambda grade: spread[grade])),
        certainty=max(too_high, too_low),
    )


def contradictions(corpus: Corpus) -> list[Twin]:
    """Return near-duplicates whose labels differ; each row beside the first that it contradicts."""
    return list(_twins(corpus, lambda one, other: bool(_differ(corpus, one, other))))


def leaks(corpus: Corpus) -> list[Twin]:
    """Return near-duplicates that lie in two files; each row beside the first such one."""
    files = [place.rpartition(":")[0] for place in corpus.places]
    return list(_twins(corpus, lambda one, other: files[one] != files[other]))


def _twins(corpus: Corpus, wanted: Callable[[int, int], bool]) -> Iterator[Twin]:
    members: dict[int, list[int]] = defaultdict(list)
    for at, number in enumerate(group([example.text for example in corpus.examples]).tolist()):
        first = next((one for one in members[number] if wanted(at, one)), None)
        members[number].append(at)
        if first is not None:
            yield Twin(
                example=corpus.examples[at],
                place=corpus.places[at],
                other=corpus.examples[first],
                other_place=corpus.places[first],
                same=_plain(corpus.examples[at]) == _plain(corpus.examples[first]),
                differ=_differ(corpus, at, first),
            )


def _differ(corpus: Corpus, one: int, other: int) -> tuple[str, ...]:
    first, second = corpus.examples[one], corpus.examples[other]
    topics = (first.topics ^ second.topics) - first.unsure - second.unsure
    grade = (POLICY,) if first.policy != second.policy else ()
    return (*sorted(topics), *grade)


def _plain(example: Example) -> str:
    return " ".join(fold(example.text).split()).lower()


def _yes(held: bool) -> str:
    return "yes" if held else "no"
