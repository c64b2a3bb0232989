"""What docs/promises.md says of rules' patterns: none stalls, and each means what `re` means."""

import random
import re
import time

import pytest

from alerts.words import check_word, compile_patterns, contains, searched, word_list

STALLING = (
    r"^(\w+\s?)*$", r"(a+)+$", r"([a-zA-Z]+)*$", r"(a|aa)+$", r"(a|a?)+$", r"(.*a){20}$",
    r"(a?){50}a{50}", r"^(([a-z])+.)+[A-Z]([a-z])+$", r"(x+x+)+y", r"(\d+)*\d+!", r"(a*)*b",
    r"^(.*?,){30}P", r"\s+$", r"(?:a|b|ab)*c", r"((a{0,30}){0,30})c", r"(.|\n)*?z$",
)  # fmt: skip
"""Patterns that take a backtracking engine seconds to years."""

TEXTS = {
    "a": "a" * 10_000 + "!", "words": "word " * 2_000 + "!", "spaces": " " * 10_000 + "!",
    "x": "x" * 10_000, "digits": "1" * 10_000, "commas": "a," * 5_000, "abc": "ab" * 5_000,
}  # fmt: skip


def seconds(pattern: str, text: str) -> float:
    """Return the least processor time of three searches, so that others' work counts for little."""
    compiled = compile_patterns([f"/{pattern}/"])
    took = []
    for _ in range(3):
        started = time.process_time()
        compiled.search(text)
        took.append(time.process_time() - started)
    return min(took)


@pytest.mark.parametrize("pattern", STALLING)
def test_a_pattern_that_stalls_others_takes_no_time(pattern: str) -> None:
    for text in TEXTS.values():
        assert seconds(pattern, text) < 0.1


def test_a_backtracking_engine_does_stall() -> None:
    started = time.process_time()

    re.search(r"^(\w+\s?)*$", "a" * 22 + "!")

    assert time.process_time() - started > 0.1


def test_a_thousand_hostile_rules_read_a_text_of_ten_kilobytes_in_seconds() -> None:
    rules = [
        word_list([f"/{STALLING[n % len(STALLING)]}|w{n}z/", f"word{n}"]) for n in range(1_000)
    ]
    for text in TEXTS.values():
        ready = searched(text)
        started = time.process_time()
        for rule in rules:
            rule.found_in(ready)
        assert time.process_time() - started < 4


@pytest.mark.parametrize(
    "pattern",
    [r"(?=a)", r"(?!a)", r"(?<=a)b", r"(?<!a)b", r"(a)\1", r"(?P<n>a)(?P=n)", r"a{1001}",
     r"(?>a)", r"a++", r"(?(1)a|b)", r"(((a{100}){100}){100})", "(", "[", "*", r"\8", r"\N{DASH}"],
)  # fmt: skip
def test_what_re2_does_not_take_is_refused_with_a_reason(pattern: str) -> None:
    with pytest.raises(ValueError, match="is not a pattern that re2 takes: "):
        check_word(f"/{pattern}/")


# P8: the same as `re` -------------------------------------------------------------------------

ATOMS = (
    "a", "b", "C", "1", "_", "税", "-", " ", ".", r"\.", r"\d", r"\w", r"\D", r"\W", r"\b",
    "[ab]", "[^a]", "[a-c1]", "[税易]", r"[\d_]", "^", r"\A", r"\z",
)  # fmt: skip
BARE = {"^", r"\A", r"\z", r"\b"}
REPEATS = ("", "", "", "*", "+", "?", "{2}", "{1,3}", "*?", "+?", "{0,2}?")


def grow(chance: random.Random, depth: int = 0) -> str:
    """Return a pattern of the subset that both take."""
    parts = []
    for _ in range(chance.randint(1, 4)):
        if depth < 2 and chance.random() < 0.25:
            inner = "|".join(grow(chance, depth + 1) for _ in range(chance.randint(1, 3)))
            parts.append(f"({chance.choice(['', '?:'])}{inner}){chance.choice(['', '?', '{2}'])}")
            continue
        atom = chance.choice(ATOMS)
        parts.append(atom if atom in BARE else atom + chance.choice(REPEATS))
    return "".join(parts)


def test_ten_thousand_patterns_mean_what_re_means() -> None:
    """`re` with ASCII classes; no group repeats without end, for it would stall."""
    chance = random.Random(20261128)
    found = 0
    for _ in range(10_000):
        pattern = grow(chance)
        text = "".join(chance.choice("aabBcC1_税易密-. \n") for _ in range(chance.randint(1, 8)))
        ours = compile_patterns([f"/{pattern}/"]).search(text) is not None
        python = re.compile(pattern.replace(r"\z", r"\Z"), re.ASCII | re.IGNORECASE)
        theirs = python.search(text) is not None
        assert ours == theirs, (pattern, text)
        found += ours

    assert 2_000 < found < 9_000


@pytest.mark.parametrize(
    ("pattern", "text", "ours"),
    [(r"\d", "٣", False), (r"^\w+$", "é", False), (r"a$", "a\n", False), (r"\s", "\v", False),
     (r"税$", "税", True), (r"\B", "b税C", True)],
)  # fmt: skip
def test_where_re2_differs_from_re_it_does_as_documented(
    pattern: str, text: str, ours: bool
) -> None:
    assert (compile_patterns([f"/{pattern}/"]).search(text) is not None) == ours


def test_a_pattern_is_found_in_what_was_folded() -> None:
    assert contains(("/batter(y|ies)/",), "ＢＡＴＴＥＲＩＥＳ")
