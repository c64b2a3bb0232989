"""A topic from nothing but a list of its terms: rows that hold one are taken for its examples.

Such labels are rough. They make a topic work on the day it is needed; labelled examples replace
them later, and a corpus that names the topic already needs no list.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from classifier.corpus import Corpus, check
from classifier.errors import CorpusError
from classifier.gazetteer import Entry, Gazetteer, read_terms
from classifier.labels import Example
from classifier.text import split

ENOUGH = 120
"""Examples that a topic of terms gets; where fewer rows hold one, copies with a term are added."""

SEED = 20261128


def add_topics(
    labelled: Corpus, terms: Gazetteer, lists: Iterable[Path]
) -> tuple[Corpus, Gazetteer]:
    """Return corpus and gazetteer with one more topic for each list of terms.

    A list is a gazetteer's TSV file; solar_power.tsv gives the topic solar-power. Raise
    CorpusError where a list cannot be read or the corpus names its topic already.
    """
    problems: list[str] = []
    for file in lists:
        entries = tuple(read_terms(file, problems))
        topic = file.stem.replace("_", "-")
        if topic in labelled.topics:
            problems.append(f"{file}: the corpus has labelled examples of {topic!r} already")
        elif all(entry.exception for entry in entries) and not problems:
            problems.append(f"{file}: holds no term")
        if problems:
            continue
        terms = Gazetteer.build((*terms.entries, *entries))
        labelled = _add_topic(labelled, topic, entries, terms)
    if problems:
        raise CorpusError(problems)
    return labelled, terms


def _add_topic(
    labelled: Corpus, topic: str, entries: tuple[Entry, ...], terms: Gazetteer
) -> Corpus:
    concept = next(entry.concept for entry in entries)
    marked = [
        replace(example, topics=example.topics | {topic}) if held else example
        for example, held in ((e, _holds(e.text, concept, terms)) for e in labelled.examples)
    ]
    others = [example for example in marked if topic not in example.topics]
    missing = ENOUGH - (len(marked) - len(others))
    copies = list(_copies(others, topic, entries, missing))
    places = (*labelled.places, *(f"{topic}:{number}" for number in range(len(copies))))
    return check((*marked, *copies), places)


def _holds(text: str, concept: str, terms: Gazetteer) -> bool:
    return any(concept in match.concepts for match in terms.match(split(text)))


def _copies(
    others: list[Example], topic: str, entries: tuple[Entry, ...], count: int
) -> Iterable[Example]:
    """Yield copies of other rows, each with one of the terms put between two of its words.

    Terms take turns, and stand in rows of their language where they name one.
    """
    random = np.random.default_rng(SEED)
    used = [entry for entry in entries if not entry.exception]
    for number in range(max(count, 0)):
        entry = used[number % len(used)]
        fitting = [e for e in others if entry.lang in ("any", e.lang)] or others
        if not fitting:
            return
        base = fitting[int(random.integers(len(fitting)))]
        words = base.text.split(" ")
        at = int(random.integers(len(words) + 1))
        yield replace(
            base,
            id=f"{topic}:{number}",
            text=" ".join((*words[:at], entry.term, *words[at:])),
            topics=base.topics | {topic},
        )
