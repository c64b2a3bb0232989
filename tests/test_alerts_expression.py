"""CEL in rules: what is refused when it is loaded, and that running one always ends."""

import time
from typing import Any

import pytest

from alerts.expression import MAX_EXPRESSION, activate, compiled, run, topics_named

REFUSED = """\
engagement >> 100 => cannot be read
engagement > => the end
engagement => gives int, not true or false
act.stag == 'adopted' => 'act.stag' is not known: did you mean act.stage?
act == 'adopted' => 'act' is not known: did you mean act.instrument?
polcy > 2 && relevnce > 3 => did you mean policy?; near character 14: 'relevnce' is not known
nothing_like_it > 2 => docs/rules.md lists what there is
relevance > 50.5 => > does not go with int and double: compare whole numbers
relevance > 'high' => > does not go with int and string
'US' in act.jurisdiction => in does not go with string and string
official and limited => CEL writes &&
official & limited => CEL writes && and ||
source = 'wire' => CEL compares with ==
has(engagement) => has() asks only for a topic
text.matches('(a') => has a pattern that re2 does not take: '(a'
text.matches(r'a(?=b)') => has a pattern that re2 does not take
tags.map(t, t + t).size() > 1 => has map(), which is not available here: exists() and all() are
tags.exists(t, act.items.all(i, i == t)) => one level is allowed
"""


@pytest.mark.parametrize("row", REFUSED.splitlines())
def test_a_mistake_is_told_in_one_line(row: str) -> None:
    written, said = row.split(" => ")

    with pytest.raises(ValueError) as caught:
        compiled(written)

    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "written",
    ["", "  ", "(" * 500 + "true" + ")" * 400, "true" + " " * MAX_EXPRESSION,
     "[" * 400 + "]" * 400 + " == []", "\x00", "'"],
)  # fmt: skip
def test_what_is_no_expression_or_too_much_of_one_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        compiled(written)


@pytest.mark.parametrize(
    "hiding",
    [
        """tags.exists(t, t == '''a') ''' || INNER)""",
        'tags.exists(t, t == """a") """ || INNER)',
        "tags.exists(t, t == r'a)\\\\' || INNER)",
        "tags.exists(t, has(topics.`//`) || INNER)",
        "tags.exists(t, // )\n INNER)",
        "tags.exists(t, // '''\n INNER) // '''",
    ],
)
def test_no_text_and_no_comment_hides_a_loop_within_a_loop(hiding: str) -> None:
    with pytest.raises(ValueError, match="one level is allowed"):
        compiled(hiding.replace("INNER", "act.items.exists(i, i == t)"))

    assert compiled(hiding.replace("INNER", "t == 'b'"))


def test_loops_may_stand_side_by_side_and_be_named_in_texts() -> None:
    assert compiled("tags.exists(t, t == 'a') && act.items.all(i, i != 'b')")
    assert compiled("tags.exists(t, t == '.exists(')")


VALUES: dict[str, Any] = {
    "topics": {"china": 0.9},
    "official": False,
    "text": "Exports",
    "engagement": None,
    "event.sources": ["wire", "bis"],
}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("size(event.sources) >= 2", True),
        ("topics['china'] > 0.95", False),
        ("has(topics.china) && !has(topics.shipping)", True),
        ("engagement > 100 || official", "missing field engagement"),
        ("engagement > 100 || !official", True),
        ("official && engagement > 100", False),
        ("topics['shipping'] > 0.5", "missing field topics.shipping"),
        ("1 / size(text) > 0 || 1 / (size(text) - 7) > 0", "divide by zero"),
        ("timestamp(text) > timestamp('2026-01-01T00:00:00Z')", "String to Timestamp"),
        ("author.startsWith('@')", "missing field author"),
    ],
)
def test_an_expression_holds_or_not_or_says_why_not(written: str, said: bool | str) -> None:
    told = run(written, activate(VALUES))

    assert told is said or (isinstance(said, str) and said in str(told))


WORST = [
    "[" + ",".join("1" * 200) + "].all(a, " + " && ".join(["!text.matches('(x+x+)+y')"] * 20) + ")",
    "[" + ",".join("1" * 400) + "].all(a, text + text + text + text != 'a')",
    "[" + ",".join("1" * 450) + "].exists(a, text.contains('zzzz'))",
]


@pytest.mark.parametrize("written", WORST)
def test_the_longest_expression_on_the_longest_text_ends_soon(written: str) -> None:
    activation = activate({"text": "xab" * 6666})
    began = time.perf_counter()

    assert isinstance(run(written, activation), bool)

    assert time.perf_counter() - began < 20


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("topics['china'] > 0.5 || topics[ \"chna\" ] > 0.1", ["china", "chna"]),
        ("has(topics.china) && topics . chnia > 0.5", ["china", "chnia"]),
        ("topics.`export-controls` > 0.5", ["export-controls"]),
        ("topics.size() > 1 && topics.exists(t, t == 'a')", []),
        ("text.contains('topics.chnia') // topics.chnia", []),
    ],
)
def test_the_topics_that_an_expression_names_are_found(written: str, named: list[str]) -> None:
    assert compiled(written)
    assert topics_named(written) == named
