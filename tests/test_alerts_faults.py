"""What is odd about rules that can be read; mistakes are in test_alerts_config.py."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from alerts.faults import Known, find_faults, find_odd, suggest
from alerts.rules import Rule

KNOWN = Known(
    topics=("china", "export-controls"),
    sources=("wire", "bis"),
    channels=("screen", "desk"),
    rules={"r": None},
    acts={"targets": {"huawei": "Huawei", "华为": "Huawei"}, "items": {"gallium": "gallium"}},
    open_sources=False,
)


def told(keys: Mapping[str, Any], known: Known = KNOWN) -> list[tuple[str, str, bool]]:
    rule = Rule.model_validate({"name": "r", "send": ["screen"], **keys})
    return [
        (".".join(map(str, fault.place)), fault.message, fault.warning)
        for fault in find_faults(rule, known)
    ]


@pytest.mark.parametrize(
    ("keys", "place", "said"),
    [
        ({}, "name", "sets no condition: every new event becomes an alert"),
        ({"min_score": 0}, "min_score", "is 0"),
        ({"min_relevance": 0}, "min_relevance", "is 0"),
        ({"min_sources": 3}, "min_sources", "is more than there are sources (2)"),
        ({"sources": {"not": ["wire", "bis"]}}, "sources.not", "names every source"),
        ({"lang": ["jp"]}, "lang.0", "the language is ja"),
        ({"any_of": ["稀土"], "lang": ["en"]}, "any_of", "in another script"),
        ({"any_of": ["稀土", "稀 土", "Ｈ２０", "h20"]}, "any_of.3", "the same as 'Ｈ２０'"),
        ({"none_of": ["/.?/"]}, "none_of.0", "matches every text"),
        ({"min_policy": 2, "budget": "9/day", "digest": "0 8 * * *"}, "budget", "changes nothing"),
        (
            {"min_policy": 2, "quiet_hours": {"from": "22:00", "to": "07:00", "pass": ["medium"]}},
            "quiet_hours.pass",
            "this rule is medium, which may pass",
        ),
        ({"act": {"targets": ["Huawai"]}}, "act.targets.0", "did you mean Huawei?"),
        ({"act": {"targets": ["华为"]}}, "act.targets.0", "did you mean Huawei?"),
    ],
)
def test_what_is_odd_is_a_warning(keys: Mapping[str, Any], place: str, said: str) -> None:
    ((where, message, warning),) = told(keys)

    assert (where, warning) == (place, True)
    assert said in message


@pytest.mark.parametrize(
    "keys",
    [
        {"min_policy": 1}, {"min_engagement": 0}, {"min_sources": 2}, {"lang": ["en", "zh"]},
        {"any_of": ["稀土"], "lang": ["zh"]}, {"any_of": ["稀土", "gallium"], "lang": ["en"]},
        {"any_of": ["/^ban/"]}, {"act": {"items": ["gallium", "ECCN 3B001", "HS 854231"]}},
        {"sources": {"not": ["wire"]}},
    ],
)  # fmt: skip
def test_what_may_well_be_meant_is_none(keys: Mapping[str, Any]) -> None:
    assert told(keys) == []


def test_sources_are_not_counted_where_a_file_may_name_others() -> None:
    assert told({"min_sources": 3}, replace(KNOWN, open_sources=True)) == []


def test_rules_and_channels_are_looked_at_together() -> None:
    rules = [
        Rule.model_validate({"name": name, "min_policy": grade, "send": ["screen"]})
        for name, grade in (("a", 2), ("b", 3), ("c", 2))
    ]

    assert list(find_odd(rules, ["screen", "desk"])) == [
        ("rules", 2, "asks and does the same as rules.0"),
        ("channels", 1, "gets nothing: no rule sends to it"),
    ]
    assert len(list(find_odd(rules, ["screen", "desk"], used=["desk"]))) == 1


def test_a_suggestion_is_the_closest_or_a_short_list_or_nothing() -> None:
    assert suggest("Chna", ["china", "japan"]) == ": did you mean china?"
    assert suggest("xyz", ["china", "japan"]) == ": one of china, japan"
    assert suggest("xyz", [f"topic-{n}" for n in range(100)]) == ""
