"""YAML 1.2 with places, and what is no config's business."""

import math
from typing import Any

import pytest
from ruamel.yaml import YAML

from alerts.yamltree import Unreadable, follow, position, read

SCALARS = """\
no
NO
on
y
yes
true
True
FALSE
~
null
Null
12
-3
+7
007
0o17
0x1F
1_000
12:30
2026-11-24
1.5
.5
5.
-1e3
1e-3
.inf
-.INF
1.2.3
0b1
'12'
"true"
!!int 12
abc
a: b
"""


@pytest.mark.parametrize("written", SCALARS.splitlines())
def test_a_scalar_means_what_the_reference_parser_says(written: str) -> None:
    ours = read(f"a: [{written}]")["a"][0]
    theirs = YAML(typ="safe", pure=True).load(f"a: [{written}]")["a"][0]
    # The reference goes beyond the core schema where it reads dates and 1_000.
    theirs = written if written in ("2026-11-24", "1_000", "0b1") else theirs

    assert (ours, type(ours).__name__.replace("Branch", "dict")) == (theirs, type(theirs).__name__)


def test_not_a_number_is_one() -> None:
    assert math.isnan(read("a: .nan")["a"])


TREE = """\
one: {two: [a, b]}
list:
  - x: 1
    y: 2
  - plain
base: &base {k: 1, l: 2}
more: {<<: *base, l: 3}
"""


@pytest.mark.parametrize(
    ("where", "place"),
    [
        (("one",), (1, 1)), (("one", "two"), (1, 7)), (("one", "two", 1), (1, 16)),
        (("list", 0), (3, 5)), (("list", 0, "y"), (4, 5)), (("list", 1), (5, 5)),
        (("list", 7, "q"), (2, 1)), (("gone",), (1, 1)), (("more", "l"), (7, 19)),
        (("more", "k"), (6, 14)),
    ],
)  # fmt: skip
def test_everything_knows_its_place(where: Any, place: tuple[int, int]) -> None:
    assert position(read(TREE), where) == place


def test_merged_keys_give_way_to_own_ones() -> None:
    assert read(TREE)["more"] == {"k": 1, "l": 3}


def test_steps_that_are_no_keys_are_left_out_of_a_path() -> None:
    assert follow(read(TREE), ("one",), ("dict[str,list]", "two", 0, "str")) == ("one", "two", 0)


@pytest.mark.parametrize(
    ("text", "said", "place"),
    [
        ("a: 1\na: 2", "each key may stand once", (2, 1)),
        ("a: [1,\n b: 2", "is not YAML", None),
        ("a: 'abc", "is not YAML", None),
        ("a: b: c", "is not YAML", (1, 5)),
        ("\ta: 1", "is not YAML", (1, 1)),
        ("a: *gone", "is not YAML", (1, 4)),
        ("a: 1\n--- \nb: 2", "is not YAML", None),
        ("a: \x00", "is not YAML", None),
        ("a: !python/object:os.system x", "tag", (1, 4)),
        ("a: !!python/tuple [1]", "tag", (1, 4)),
        ("a: !!timestamp 2026-01-01", "tag", (1, 4)),
        ("? [a]\n: 1", "a key must be one word", (1, 3)),
        ("a: &a [*a]", "an anchor holds itself", (1, 4)),
        ("a: {<<: 3}", "<< takes a mapping", (1, 4)),
        ("[" * 100_000, "nest", None),
        ("a: " + "[" * 900 + "]" * 900, "nest", None),
        ("- " * 100_000 + "a", "nest", None),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(
    text: str, said: str, place: tuple[int, int] | None
) -> None:
    with pytest.raises(Unreadable, match=said) as caught:
        read(text)

    assert place is None or caught.value.place == place
    assert "\n" not in str(caught.value)


def test_a_few_lines_that_stand_for_a_billion_values_are_refused_at_once() -> None:
    lines = ["a0: &a0 [" + ",".join("x" * 10) + "]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]

    with pytest.raises(Unreadable, match="more than 2,000,000 values"):
        read("\n".join(lines))
