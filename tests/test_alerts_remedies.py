"""Remedies: whether a text is on a case against dumping, against subsidies, or on both."""

import pytest

from alerts.contradictions import kept_apart
from alerts.domain import Act
from alerts.likeness import Candidate
from alerts.reader.terms import fold
from alerts.remedies import remedies, steps
from tests.test_alerts_doubts import event_of, make_post

DUMPING, SUBSIDY = "remedy:dumping", "remedy:subsidy"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("US sets preliminary anti-dumping duties of up to 104% on separators", {DUMPING}),
        ("Korea opens a dumping inquiry into coil", {DUMPING}),
        ("Initiation of Less-Than-Fair-Value Investigation of forklift batteries", {DUMPING}),
        ("美对华锂电隔膜反倾销初裁：最高104.5%", {DUMPING}),
        ("財政部公告課徵反傾銷稅", {DUMPING}),
        ("US sets preliminary subsidy duties of up to 71% on separators", {SUBSIDY}),
        ("Preliminary Affirmative Countervailing Duty Determination", {SUBSIDY}),
        ("欧盟再对华储能系统发起反补贴调查", {SUBSIDY}),
        ("埃塞案补贴初裁，两处值得细看", {SUBSIDY}),
        # What a text names first is its own, and what stands right beside that.
        (
            "An anti-subsidy proceeding on storage systems, in parallel with the anti-dumping one",
            {SUBSIDY},
        ),
        ("CBSA initiates dumping and subsidy investigations", {DUMPING, SUBSIDY}),
        ("Anti-dumping and countervailing duties on tyres", {DUMPING, SUBSIDY}),
        ("叉车电池双反都来了，反补贴12%起", {DUMPING, SUBSIDY}),
        # Neither is a case.
        ("Seoul halves subsidies for cars with LFP cells", set()),
        ("新能源汽车补贴下调，充电桩补贴不变", set()),
        ("EU slaps duties of up to 38% on Chinese EVs to stop dumping on its market", set()),
        ("美国称钢铁低价倾销，加征关税", set()),
        ("Gallium goes under licence", set()),
    ],
)
def test_which_remedy_a_text_is_about(text: str, found: set[str]) -> None:
    assert set(remedies(fold(text))) == found


@pytest.mark.parametrize(
    ("ours", "theirs", "why"),
    [
        ((SUBSIDY,), (DUMPING,), "remedy"),
        ((SUBSIDY,), (DUMPING, SUBSIDY), None),
        ((SUBSIDY,), (), None),
        ((), (DUMPING,), None),
    ],
)
def test_the_two_cases_on_one_product_are_kept_apart(
    ours: tuple[str, ...], theirs: tuple[str, ...], why: str | None
) -> None:
    candidate = Candidate(event=event_of(Act(mentions=theirs)))
    rate = ("figure:38%",)
    agreed = Candidate(event=event_of(Act(mentions=(*theirs, *rate))))

    assert kept_apart(make_post(), Act(mentions=(*ours, *rate)), agreed, "words") is None
    assert kept_apart(make_post(), Act(mentions=ours), candidate, "words") == why
    assert kept_apart(make_post(), Act(mentions=ours), candidate, "link") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Preliminary Affirmative Determination in the Antidumping Duty Investigation",
            "preliminary",
        ),
        ("The Commission imposed a provisional anti-dumping duty", "preliminary"),
        ("Commerce preliminarily found dumping margins of 33.7% to 104.5%", "preliminary"),
        ("商务部公布反倾销调查初步裁定，终裁将于明年作出", "preliminary"),
        ("EU sets definitive duties on Chinese e-bikes, lower than the provisional rates", "final"),
        ("Korea's final determination puts 33.6% on hot-rolled coil", "final"),
        ("关于原产于美国的进口光伏级EVA反倾销调查最终裁定的公告", "final"),
        # Neither is a decision of a case.
        ("BIS publishes a final rule on chips", None),
        ("The final decision is due in May", None),
        ("Provisional data show exports fell", None),
        ("EU opens anti-dumping probe into e-bikes", None),
    ],
)
def test_how_far_a_case_has_come(text: str, found: str | None) -> None:
    assert list(steps(fold(text))) == ([f"step:{found}"] if found else [])
