"""The window: finds what is alike, forgets what is old, stays within its bounds.

Each test runs with both indexes, the plain one and, where numba is, the one in machine code.
"""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alerts.background import Background, load_background
from alerts.index import MOST_EVENTS, MOST_TERMS, PlainIndex
from alerts.window import SOON, Window
from tests.benchmarks.count_background import LEAST, count

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


Make = Callable[..., Window]


@pytest.fixture(params=[False, True], ids=["plain", "machine"])
def make(request: pytest.FixtureRequest) -> Make:
    """Make windows of one kind."""
    if request.param and not find_spec("numba"):
        pytest.skip("numba is not installed")

    def window(days: float, background: Background | None = None) -> Window:
        return Window(days, background, machine=request.param)

    return window


def terms(text: str) -> dict[str, float]:
    return dict.fromkeys(text.split(), 1.0)


def test_the_most_alike_event_comes_first(make: Make) -> None:
    window = make(7)
    window.put("a", terms("china restricts cathode technology exports"), NOW)
    window.put("b", terms("china buys soy beans from brazil"), NOW)

    found = window.alike(terms("cathode technology restricted by china"), NOW)

    assert list(found) == ["a", "b"]
    assert found["a"].cosine > 2 * found["b"].cosine > 0


def test_the_same_text_has_cosine_one_and_a_strange_one_finds_nothing(make: Make) -> None:
    window = make(7)
    window.put("a", terms("china restricts cathode technology"), NOW)

    (same,) = window.alike(terms("china restricts cathode technology"), NOW).values()

    assert same.cosine == pytest.approx(1)
    assert window.alike(terms("cod quota agreed"), NOW) == {}
    assert window.alike({}, NOW) == {}


def test_a_rare_word_weighs_more_than_a_common_one(make: Make) -> None:
    window = make(7)
    for number in range(200):
        window.put(f"e{number}", terms(f"china news number{number}"), NOW)
    window.put("rare", terms("gallium talks"), NOW)
    window.put("common", terms("china talks"), NOW)

    found = window.alike(terms("china gallium"), NOW)

    assert next(iter(found)) == "rare"


def test_an_event_leaves_some_days_after_its_last_post(make: Make) -> None:
    window = make(7)
    text = terms("china restricts cathode technology")
    window.put("a", text, NOW)
    window.put("a", text, NOW + timedelta(days=5))

    assert window.alike(text, NOW + timedelta(days=11))
    assert window.alike(text, NOW + timedelta(days=13)) == {}
    assert len(window) == 0


def test_a_late_post_does_not_make_an_event_older(make: Make) -> None:
    window = make(7)
    text = terms("china restricts cathode technology")
    window.put("a", text, NOW)
    window.put("a", text, NOW - timedelta(days=30))

    assert window.alike(text, NOW + timedelta(days=6))


def sizes(window: Window) -> tuple[int, int, int, int]:
    """Return how many terms a window knows, and how many of them stand in a text of it or lead to
    an event; the most words that an event has, and the most events that a term leads to."""
    index: Any = window._index
    if isinstance(index, PlainIndex):
        leads = [len(one.events or ()) for one in index._terms.values()]
        texts = [one.texts for one in index._terms.values()]
        words = [len(one.terms) for one in index._centroids.values()]
    else:
        rows = index._terms[index._terms["hash"] != 0]
        leads, texts, words = rows["size"].tolist(), rows["texts"].tolist(), index._events["size"]
    alive = sum(bool(one or other) for one, other in zip(leads, texts, strict=True))
    return len(leads), alive, max(words, default=0), max(leads, default=0)


def test_what_reports_policy_stays_open_for_longer_than_talk(make: Make) -> None:
    window = make(120)
    text = terms("china restricts cathode technology")
    window.put("act", text, NOW, policy=True)
    window.put("talk", text, NOW)
    window.put("grown", text, NOW)
    window.put("grown", text, NOW, policy=True)
    # A reaction comes to an act, and leaves it one.
    window.put("act", text, NOW)

    def found(days: int) -> set[str]:
        return set(window.alike(text, NOW + timedelta(days=days)))

    assert found(59) == {"act", "talk", "grown"}
    assert found(61) == {"act", "grown"}
    assert found(121) == set()
    assert (len(window), sizes(window)[1], len(window._acts.texts)) == (0, 0, 0)


def test_the_rarest_and_the_third_rarest_word_of_both_are_told(make: Make) -> None:
    window = make(7, Background(shares={"china": 0.5, "export": 0.1, "plant": 0.01}, texts=1_000))
    window.put("a", {**terms("china export plant"), "@place:CN": 2.0}, NOW, policy=True)

    (found,) = window.alike({**terms("china export plant mine"), "@place:CN": 2.0}, NOW).values()
    (short,) = window.alike(terms("plant"), NOW).values()

    assert found.rarest == pytest.approx(np.log(1_001 / 11.5))
    assert found.rare == pytest.approx(np.log(1_001 / 501.5))
    assert (short.rarest, short.rare) == (found.rarest, 0.0)
    assert window.acts == 1


def test_an_act_outlives_the_words_of_the_talk_about_it(make: Make) -> None:
    window = make(120)
    window.put("act", terms("china restricts cathodes"), NOW, policy=True)
    window.put("act", terms("cathodes zinnwaldite"), NOW)

    found = window.alike(terms("zinnwaldite cathodes"), NOW + timedelta(days=61))

    assert list(found) == ["act"]
    assert found["act"].rarest > 5


def test_a_figure_that_no_text_has_any_more_tells_nothing(make: Make) -> None:
    window = make(365)
    window.put("act", {**terms("tariff zinnwaldite"), "@figure:7317.5": 1.0}, NOW)
    window.put("act", terms("tariff zinnwaldite"), NOW, policy=True)
    text = {**terms("tariff zinnwaldite"), "@figure:7317.5": 1.0}

    (soon,) = window.alike(text, NOW + timedelta(days=1), wide=True).values()
    (late,) = window.alike(text, NOW + timedelta(days=100), wide=True).values()

    assert soon.figure > 5
    assert late.figure == 0


def test_a_term_with_a_line_break_is_one_term(make: Make) -> None:
    window = make(7)
    text = {"@company:A\nB": 2.0, "tariff": 1.0, "zinnwaldite": 1.0}
    window.put("a", text, NOW)

    (found,) = window.alike(text, NOW).values()

    assert found.cosine == pytest.approx(1)


def test_talk_stays_open_no_longer_than_acts(make: Make) -> None:
    window = make(7)
    window.put("talk", terms("china restricts cathode technology"), NOW)

    assert window.alike(terms("cathode"), NOW + timedelta(days=8)) == {}


def test_cosine_is_that_of_the_sum_of_the_texts(make: Make) -> None:
    window = make(7)
    for text in ("a b", "c d", "e f"):
        window.put("e", terms(text), NOW)
    window.put("e", terms("e f"), NOW)

    (first,) = window.alike(terms("a b"), NOW).values()
    (last,) = window.alike(terms("e f"), NOW).values()

    assert first.cosine == pytest.approx(1 / 6**0.5)
    assert last.cosine == pytest.approx(2 / 6**0.5)


def test_memory_is_bounded_whatever_comes(make: Make) -> None:
    window = make(7)
    generator = np.random.default_rng(1)
    for number in range(3000):
        words = {f"w{n}": 1.0 for n in generator.integers(0, 300, 12)}
        window.put("big" if number % 3 else f"e{number}", words, NOW)

    _, _, most, leads = sizes(window)
    assert MOST_TERMS // 2 <= most <= MOST_TERMS
    assert MOST_EVENTS < leads <= 2 * MOST_EVENTS

    window.alike(terms("w1"), NOW + timedelta(days=8))
    assert (len(window), sizes(window)[1], len(window._talk.texts)) == (0, 0, 0)
    assert sizes(window)[0] == len(load_background().shares)


def test_clearing_leaves_an_unfilled_window(make: Make) -> None:
    window = make(7)
    window.put("a", terms("x y z"), NOW)
    window.valid = True

    window.clear()

    assert (len(window), window.valid) == (0, False)


def test_a_wide_look_finds_by_common_names_what_a_narrow_one_misses(make: Make) -> None:
    window = make(7)
    window.put("act", {"@place:CN": 2.0, "quota": 1.0}, NOW)
    for number in range(10):
        rare = {f"rare{number}{letter}": 3.0 for letter in "abcdefgh"}
        window.put(f"e{number}", {**rare, "@place:CN": 2.0}, NOW)
    text = {f"rare0{letter}": 3.0 for letter in "abcdefgh"} | {"@place:CN": 2.0}

    narrow = set(window.alike(text, NOW))
    wide = set(window.alike(text, NOW, wide=True))

    assert "act" not in narrow
    assert "act" in wide


def test_a_short_text_is_covered_by_a_long_event(make: Make) -> None:
    window = make(7)
    for number in range(30):
        window.put("long", terms(f"quota cobalt word{number} other{number}"), NOW)

    (found,) = window.alike(terms("quota cobalt"), NOW).values()

    assert found.cover == pytest.approx(1.0)
    assert found.cosine < 0.98


def test_common_words_are_common_from_the_first_text_on(make: Make) -> None:
    plain = make(7, Background(shares={}, texts=50))
    knowing = make(7, Background(shares={"week": 0.1, "china": 0.2}, texts=4_000))
    for window in (plain, knowing):
        window.put("zodiac", terms("china zodiac week dragons"), NOW)

    def likeness(window: Window) -> float:
        return window.alike(terms("china fishery week monkfish"), NOW)["zodiac"].cosine

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


# One index beside the other ------------------------------------------------------------------


def random_texts(count: int) -> list[dict[str, float]]:
    """Return texts of common and rare words, names and figures, some of them long."""
    chance = np.random.default_rng(7)
    kinds = ("w{}", "w{}", "{}", "@place:{}", "@figure:{}", "出口{}")
    made = []
    for _ in range(count):
        size = 400 if chance.random() < 0.02 else int(chance.integers(1, 40))
        ranks = chance.zipf(1.3, size) % 3000
        words = [kinds[int(rank) % len(kinds)].format(rank) for rank in ranks]
        made.append({word: 2.0 if word[0] == "@" else 1.0 for word in words})
    return made


def test_both_indexes_have_the_same_bounds() -> None:
    """The kernel has its own, since numba would not see a change of the others."""
    pytest.importorskip("numba")
    from alerts import index, index_kernel

    for name in ("HALF", "HELD", "MOST_EVENTS", "MOST_TERMS", "UNSEEN"):
        assert getattr(index_kernel, name) == getattr(index, name), name


def test_both_indexes_tell_the_same() -> None:
    pytest.importorskip("numba")
    background = Background(shares={f"w{n}": 1 / (n + 5) for n in range(40)}, texts=500)
    plain, machine = (Window(90, background, machine=kind) for kind in (False, True))
    chance = np.random.default_rng(1)
    for number, text in enumerate(random_texts(6000)):
        at = NOW + timedelta(hours=number / 3 + float(chance.normal(0, 5)))
        wide = bool(chance.random() < 0.3)
        found = plain.alike(text, at, wide=wide) if number % 7 else {}
        same = machine.alike(text, at, wide=wide) if number % 7 else {}

        assert list(same) == list(found)
        for one, other in zip(same.values(), found.values(), strict=True):
            assert one == pytest.approx(other, abs=1e-9)

        event = next(iter(found), None) if chance.random() < 0.6 else None
        for window in (plain, machine):
            window.put(event or f"e{number}", text, at, policy=wide)
        if number % 500 == 0:
            # The one in machine code knows a word for as long as an open event has it.
            assert sizes(machine)[1:] == sizes(plain)[1:]
            assert len(machine) == len(plain)
    late = NOW + timedelta(days=400)
    assert plain.alike(text, late) == machine.alike(text, late) == {}
    assert sizes(machine) == sizes(plain) == (40, 0, 0, 0)


def test_a_window_is_filled_anew_in_machine_code_once_that_is_worth_it() -> None:
    pytest.importorskip("numba")
    compiled = Window(7, machine=True)
    compiled.put("a", terms("compiles it where it is not yet"), NOW)
    compiled.alike(terms("compiles it"), NOW)

    few, many, filled, never = Window(7), Window(7), Window(7), Window(7, machine=False)
    for number in range(SOON):
        for window in (many, never)[: 2 if number else 1] + ((few,) if number > 1 else ()):
            window.alike(terms("x y"), NOW)
    filled.clear(SOON)

    assert (few.is_slow, many.is_slow, filled.is_slow, never.is_slow) == (False, True, False, False)
    many.clear()
    assert not many.is_slow


@pytest.mark.parametrize(
    "numba",
    [
        "import sys; sys.modules['numba'] = None",
        "import numba; numba.njit = lambda **options: 1 / 0",
        "import numba; numba.njit = lambda **options: lambda work: lambda *given: 1 / 0",
        "import os; os.environ['NUMBA_CACHE_DIR'] = '/proc/none'",
    ],
    ids=["no numba", "one that refuses at once", "one that refuses to compile", "nowhere to keep"],
)
def test_a_window_does_without_machine_code(numba: str) -> None:
    if "None" not in numba:
        pytest.importorskip("numba")
    program = (
        f"{numba}\n"
        "from alerts.window import LATE, Window\n"
        "window = Window(7); window.clear(LATE); print(window.is_slow, len(window))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )

    assert ran.stdout == "False 0\n"
