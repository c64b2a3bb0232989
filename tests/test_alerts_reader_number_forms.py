import json
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alerts.reader.number_forms import (
    FORMS,
    NOTICE_FORMS,
    REACH,
    Form,
    loosened,
    may_hold_form,
    occurrences,
)
from alerts.reader.terms import fold

ROWS = Path(__file__).parent / "data" / "acts.jsonl"


def holds(folded: str) -> bool:
    return bool(occurrences(FORMS, folded) or occurrences(NOTICE_FORMS, folded))


def test_one_pass_lets_every_text_with_a_number_through_and_few_others() -> None:
    texts = [fold(json.loads(line)["text"]) for line in ROWS.read_text("utf-8").splitlines()]
    numbered = [text for text in texts if holds(text)]
    assert len(numbered) > 50
    assert all(may_hold_form(text) for text in numbered)
    assert sum(map(may_hold_form, texts)) - len(numbered) < len(texts) / 50


@pytest.mark.parametrize(
    "text",
    [
        "executive order\x0b14257",  # a space to re, and none to re2
        "89 fr" + " " * (REACH - 9) + "123456789",  # cut where a form's reach ends
        "ökonomie: rin 0694-aj55",
        "15\xa0cfr 744, 15 cfr § 744",
        "gecex nº 512",
        "announcement #61 of 2025",
        "(eu, euratom) no 2016/1",
        "\ud800 regulation 2021/821",  # half a character, as broken feeds have it
    ],
)
def test_a_number_in_odd_surroundings_is_let_through(text: str) -> None:
    assert holds(text)
    assert may_hold_form(text)


@pytest.mark.parametrize("text", ["", "3 of 20 orders, 2025", "iphone 17 in 2026", "no. 5 seed"])
def test_figures_that_are_no_numbers_of_acts_are_not(text: str) -> None:
    assert not may_hold_form(text)


@pytest.mark.parametrize("form", [*FORMS, *NOTICE_FORMS], ids=lambda form: form.needles[0])
@given(data=st.data())
def test_what_a_form_finds_is_let_through(form: Form, data: st.DataObject) -> None:
    folded = fold(data.draw(st.from_regex(form.pattern)))
    assume(form.pattern.search(folded))

    assert may_hold_form(folded)


def test_a_form_is_loosened_and_never_narrowed() -> None:
    assert loosened(r"\bda\s(?P<fcc>2\d-\d{2,4})\b(?!-)") == r"\bda[\s\v](?:2\d-\d{2,4})"
    assert loosened(r"\ba [\s:#]*(?=\d+(?!-\d))b\b") == r"\ba[\s\v:#]*b"
