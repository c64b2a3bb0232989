"""Which posts are asked about first, and which never."""

from collections.abc import Mapping

import pytest

from classifier.sampling import Candidate, choose, weigh

TEXTS = (
    "Beijing halts gallium shipments",
    "Rivian opens a battery plant in Georgia",
    "Choir sings on the night bus",
)


def candidate(
    id: str,
    chance: float,
    *,
    text: str = TEXTS[0],
    threshold: float = 0.4,
    names: int = 0,
    others: Mapping[str, float] | None = None,
) -> Candidate:
    chances = {"china": chance, **(others or {})}
    return Candidate(
        id=id,
        text=text,
        chances=chances,
        thresholds=dict.fromkeys(chances, threshold),
        names={"china": names},
    )


def test_a_score_at_its_threshold_is_worth_most() -> None:
    worths = [weigh(candidate("x", chance)).worth for chance in (0.01, 0.2, 0.399)]

    assert worths == sorted(worths)
    assert worths[-1] == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    ("chance", "names", "why"),
    [(0.39, 0, "unsure"), (0.001, 3, "missed"), (0.999, 0, "words alone"), (0.0, 0, "unsure")],
)
def test_the_reason_that_weighs_most_is_told(chance: float, names: int, why: str) -> None:
    assert weigh(candidate("x", chance, names=names)).why == why


def test_the_more_names_speak_for_a_topic_the_likelier_a_miss() -> None:
    worths = [weigh(candidate("x", 0.01, names=names)).worth for names in range(5)]

    assert worths[:4] == sorted(set(worths[:4]))
    assert worths[3] == worths[4]


def test_the_topic_in_question_is_told() -> None:
    asked = weigh(candidate("x", 0.01, others={"policy": 0.41}))

    assert (asked.why, asked.about) == ("unsure", "policy")


def test_certain_scores_do_not_overflow() -> None:
    assert 0 <= weigh(candidate("x", 1.0, others={"policy": 0.0})).worth <= 1


def test_like_posts_are_not_asked_about_in_a_row() -> None:
    like = f"{TEXTS[0]} today"
    posts = [
        candidate("first", 0.4),
        candidate("its twin", 0.4, text=like),
        candidate("another", 0.3, text=TEXTS[1]),
    ]

    assert [one.id for one in choose(posts, [], most=3)] == ["first", "another", "its twin"]


def test_what_is_like_a_labelled_post_waits() -> None:
    posts = [candidate("known", 0.4), candidate("new", 0.2, text=TEXTS[1])]

    assert [one.id for one in choose(posts, [f"{TEXTS[0]} now"], most=1)] == ["new"]


def test_the_same_words_are_asked_about_once() -> None:
    posts = [candidate("a", 0.4), candidate("b", 0.4), candidate("c", 0.1, text=TEXTS[2])]

    assert [one.id for one in choose(posts, [], most=9)] == ["a", "c"]
    assert [one.id for one in choose(posts, [TEXTS[0]], most=9)] == ["c"]


def test_no_more_are_asked_about_than_wanted() -> None:
    posts = [candidate(f"{at}", 0.3, text=text) for at, text in enumerate(TEXTS)]

    assert len(choose(posts, [], most=2)) == 2
    assert choose([], TEXTS, most=5) == []
