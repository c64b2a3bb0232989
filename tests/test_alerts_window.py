"""The window: finds what is alike, forgets what is old, stays within its bounds."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from alerts.background import Background, load_background
from alerts.window import MOST_EVENTS, MOST_TERMS, Window
from tests.benchmarks.count_background import LEAST, count

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def terms(text: str) -> dict[str, float]:
    return dict.fromkeys(text.split(), 1.0)


def test_the_most_alike_event_comes_first() -> None:
    window = Window(7)
    window.put("a", terms("china restricts cathode technology exports"), NOW)
    window.put("b", terms("china buys soy beans from brazil"), NOW)

    found = window.alike(terms("cathode technology restricted by china"), NOW)

    assert [likeness.event_id for likeness in found] == ["a", "b"]
    assert found[0].cosine > 2 * found[1].cosine > 0


def test_the_same_text_has_cosine_one_and_a_strange_one_finds_nothing() -> None:
    window = Window(7)
    window.put("a", terms("china restricts cathode technology"), NOW)

    (same,) = window.alike(terms("china restricts cathode technology"), NOW)

    assert same.cosine == pytest.approx(1)
    assert window.alike(terms("cod quota agreed"), NOW) == []
    assert window.alike({}, NOW) == []


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    window = Window(7)
    for number in range(200):
        window.put(f"e{number}", terms(f"china news number{number}"), NOW)
    window.put("rare", terms("gallium talks"), NOW)
    window.put("common", terms("china talks"), NOW)

    found = window.alike(terms("china gallium"), NOW)

    assert found[0].event_id == "rare"


def test_an_event_leaves_some_days_after_its_last_post() -> None:
    window = Window(7)
    text = terms("china restricts cathode technology")
    window.put("a", text, NOW)
    window.put("a", text, NOW + timedelta(days=5))

    assert window.alike(text, NOW + timedelta(days=11))
    assert window.alike(text, NOW + timedelta(days=13)) == []
    assert len(window) == 0


def test_a_late_post_does_not_make_an_event_older() -> None:
    window = Window(7)
    text = terms("china restricts cathode technology")
    window.put("a", text, NOW)
    window.put("a", text, NOW - timedelta(days=30))

    assert window.alike(text, NOW + timedelta(days=6))


def seen(window: Window) -> set[str]:
    """Return the terms of the texts in a window, and those that still lead to an event."""
    return {term for term, one in window._terms.items() if one.texts or one.events}


def test_what_reports_policy_stays_open_for_longer_than_talk() -> None:
    window = Window(120)
    text = terms("china restricts cathode technology")
    window.put("act", text, NOW, policy=True)
    window.put("talk", text, NOW)
    window.put("grown", text, NOW)
    window.put("grown", text, NOW, policy=True)
    # A reaction comes to an act, and leaves it one.
    window.put("act", text, NOW)

    def found(days: int) -> set[str]:
        return {one.event_id for one in window.alike(text, NOW + timedelta(days=days))}

    assert found(59) == {"act", "talk", "grown"}
    assert found(61) == {"act", "grown"}
    assert found(121) == set()
    assert (len(window), seen(window), len(window._acts.texts)) == (0, set(), 0)


def test_the_rarest_and_the_third_rarest_word_of_both_are_told() -> None:
    window = Window(7, Background(shares={"china": 0.5, "export": 0.1, "plant": 0.01}, texts=1_000))
    window.put("a", {**terms("china export plant"), "@place:CN": 2.0}, NOW, policy=True)

    (found,) = window.alike({**terms("china export plant mine"), "@place:CN": 2.0}, NOW)
    (short,) = window.alike(terms("plant"), NOW)

    assert found.rarest == pytest.approx(np.log(1_001 / 11.5))
    assert found.rare == pytest.approx(np.log(1_001 / 501.5))
    assert (short.rarest, short.rare) == (found.rarest, 0.0)
    assert window.acts == 1


def test_an_act_outlives_the_words_of_the_talk_about_it() -> None:
    window = Window(120)
    window.put("act", terms("china restricts cathodes"), NOW, policy=True)
    window.put("act", terms("cathodes zinnwaldite"), NOW)

    (found,) = window.alike(terms("zinnwaldite cathodes"), NOW + timedelta(days=61))

    assert found.event_id == "act"
    assert found.rarest > 5


def test_talk_stays_open_no_longer_than_acts() -> None:
    window = Window(7)
    window.put("talk", terms("china restricts cathode technology"), NOW)

    assert window.alike(terms("cathode"), NOW + timedelta(days=8)) == []


def test_cosine_is_that_of_the_sum_of_the_texts() -> None:
    window = Window(7)
    texts = [terms("a b c"), terms("c d"), terms("c e f g")]
    for text in texts:
        window.put("e", text, NOW)

    (found,) = window.alike(terms("c d"), NOW)

    assert 0 < found.cosine < 1
    centroid = window._talk.events["e"]
    assert centroid.square == pytest.approx(sum(w * w for w in centroid.terms.values()))


def test_memory_is_bounded_whatever_comes() -> None:
    window = Window(7)
    generator = np.random.default_rng(1)
    for number in range(3000):
        words = {f"w{n}": 1.0 for n in generator.integers(0, 300, 12)}
        window.put("big" if number % 3 else f"e{number}", words, NOW)

    assert len(window._talk.events["big"].terms) <= MOST_TERMS
    assert max(len(one.events or ()) for one in window._terms.values()) <= 2 * MOST_EVENTS

    window.alike(terms("w1"), NOW + timedelta(days=8))
    assert (len(window), seen(window), len(window._talk.texts)) == (0, set(), 0)
    assert len(window._terms) == len(load_background().shares)


def test_clearing_leaves_an_unfilled_window() -> None:
    window = Window(7)
    window.put("a", terms("x y z"), NOW)
    window.valid = True

    window.clear()

    assert (len(window), window.valid) == (0, False)


def test_a_wide_look_finds_by_common_names_what_a_narrow_one_misses() -> None:
    window = Window(7)
    window.put("act", {"@place:CN": 2.0, "quota": 1.0}, NOW)
    for number in range(10):
        rare = {f"rare{number}{letter}": 3.0 for letter in "abcdefgh"}
        window.put(f"e{number}", {**rare, "@place:CN": 2.0}, NOW)
    text = {f"rare0{letter}": 3.0 for letter in "abcdefgh"} | {"@place:CN": 2.0}

    narrow = {likeness.event_id for likeness in window.alike(text, NOW)}
    wide = {likeness.event_id for likeness in window.alike(text, NOW, wide=True)}

    assert "act" not in narrow
    assert "act" in wide


def test_a_short_text_is_covered_by_a_long_event() -> None:
    window = Window(7)
    for number in range(30):
        window.put("long", terms(f"quota cobalt word{number} other{number}"), NOW)

    (found,) = window.alike(terms("quota cobalt"), NOW)

    assert found.cover == pytest.approx(1.0)
    assert found.cosine < 0.98


def test_common_words_are_common_from_the_first_text_on() -> None:
    plain = Window(7, Background(shares={}, texts=50))
    knowing = Window(7, Background(shares={"week": 0.1, "china": 0.2}, texts=4_000))
    for window in (plain, knowing):
        window.put("zodiac", terms("china zodiac week dragons"), NOW)

    def likeness(window: Window) -> float:
        return window.alike(terms("china fishery week monkfish"), NOW)[0].cosine

    assert likeness(knowing) < 0.5 * likeness(plain)


def test_the_shipped_background_is_that_of_the_corpus() -> None:
    background = load_background()
    texts, found = count()

    held = {term: times / texts for term, times in found.items() if times >= LEAST}
    # A file that is older than the corpus, or than how texts are read, says so here.
    assert background.shares == held
    assert background.shares["@place:CN"] > 0.1
    assert 0.01 < background.shares["week"] < 0.1
    assert all(0 < share < 0.5 for share in background.shares.values())
