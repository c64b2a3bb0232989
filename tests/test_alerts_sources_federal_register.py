"""The Federal Register: both stages of a document, paging and its traps, and both kinds of 400."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from alerts.domain import Polled
from alerts.errors import SourceBroken, SourceUnreadable
from alerts.sources.federal_register import Config, normalise_number

if TYPE_CHECKING:
    from tests.conftest import Request, Server

DATA = Path(__file__).parent / "data" / "sources"
DOCUMENTS = "/api/v1/documents.json"
INSPECTION = "/api/v1/public-inspection-documents/current.json"
BIS = "industry-and-security-bureau"
Poll = Callable[..., Polled]


@pytest.fixture
def keys(server: "Server") -> dict[str, Any]:
    server.reply(
        DOCUMENTS, body=orjson.loads((DATA / "federal_register_documents.json").read_bytes())
    )
    server.reply(
        INSPECTION, body=orjson.loads((DATA / "federal_register_inspection.json").read_bytes())
    )
    return {"agencies": [BIS], "base": server.url("/api/v1")}


def document(number: str, day: str = "2026-11-23") -> dict[str, Any]:
    return {
        "document_number": number,
        "title": f"Title {number}",
        "publication_date": day,
        "type": "Rule",
    }


def test_documents_and_inspection_are_read(
    server: "Server", poll: Poll, keys: dict[str, Any]
) -> None:
    found = poll("federal_register", **keys)

    entity, meeting, drones = found.posts
    assert entity.external_id == "2026-23456"
    assert entity.url == "https://fr.example/documents/2026/11/23/2026-23456"
    assert entity.title == "Additions to the Entity List"
    assert entity.author == "Commerce Department, Industry and Security Bureau"
    assert (entity.published, entity.official, entity.language) == ("2026-11-23", None, "en")
    for part in ("Rule of the Commerce Department", "battery precursors", "FR Doc. 2026-23456"):
        assert part in (entity.body or "")
    assert (meeting.external_id, meeting.author) == ("2026-7333", "Office of Something")
    assert (drones.external_id, drones.published) == (
        "2026-23499",
        "2026-11-23T11:15:00.000-05:00",
    )
    assert found.health == found.skipped == ()


def test_the_query_says_what_is_wanted(server: "Server", poll: Poll, keys: dict[str, Any]) -> None:
    poll("federal_register", types=["RULE", "NOTICE"], term='"entity list"', lookback="3d", **keys)

    first, second = server.requests
    assert first.query["conditions[agencies][]"] == [BIS]
    assert first.query["conditions[type][]"] == ["RULE", "NOTICE"]
    assert first.query["conditions[term]"] == ['"entity list"']
    assert first.query["conditions[publication_date][gte]"] == ["2026-11-21"]
    assert 1 < int(first.query["per_page"][0]) <= 1000
    assert "document_number" in first.query["fields[]"]
    assert {request.headers["cache-control"] for request in (first, second)} == {"no-cache"}


def test_a_document_is_one_post_from_inspection_to_publication(
    server: "Server", poll: Poll, keys: dict[str, Any]
) -> None:
    """A zero in front of the number comes and goes."""
    server.replies(
        DOCUMENTS,
        [{"body": {"count": 0}}, {"body": {"count": 1, "results": [document("2026-07333")]}}],
    )
    before = poll("federal_register", **keys)

    after = poll("federal_register", cursor=before.cursor, **keys)

    assert {post.external_id for post in before.posts} == {"2026-7333", "2026-23499"}
    assert [post.external_id for post in after.posts] == ["2026-7333"]


def test_a_second_poll_brings_only_what_is_new(
    server: "Server", poll: Poll, keys: dict[str, Any]
) -> None:
    first = poll("federal_register", **keys)

    second = poll("federal_register", cursor=first.cursor, **keys)

    assert second.posts == ()
    assert second.cursor == first.cursor
    asked = server.requests[2].query["conditions[publication_date][gte]"][0]
    assert asked == "2026-11-21"


def test_another_selection_starts_anew(server: "Server", poll: Poll, keys: dict[str, Any]) -> None:
    first = poll("federal_register", **keys)

    second = poll("federal_register", cursor=first.cursor, **(keys | {"agencies": []}))

    assert len(second.posts) == 4
    assert "conditions[agencies][]" not in server.requests[2].query


def test_inspection_is_selected_here(server: "Server", poll: Poll, keys: dict[str, Any]) -> None:
    server.reply(DOCUMENTS, body={"count": 0})

    def numbers(**more: Any) -> list[str]:
        return [post.external_id for post in poll("federal_register", **(keys | more)).posts]

    assert numbers() == ["2026-23499", "2026-7333"]
    assert numbers(agencies=[]) == ["2026-23499", "2026-7333", "2026-30001"]
    assert numbers(types=["RULE"]) == ["2026-23499"]
    assert numbers(term="advisory Committee") == ["2026-7333"]
    assert numbers(public_inspection=False) == []


def test_a_failing_inspection_does_not_hide_the_documents(
    server: "Server", poll: Poll, keys: dict[str, Any]
) -> None:
    server.reply(INSPECTION, status=500, body={"status": 500, "message": "Internal Server Error"})

    found = poll("federal_register", **keys)

    assert len(found.posts) == 2
    assert "public inspection: " in found.health[0]
    assert "500" in found.health[0]


# Paging -----------------------------------------------------------------------------------


def test_pages_are_followed_by_their_own_links(
    server: "Server", poll: Poll, keys: dict[str, Any]
) -> None:
    server.reply(
        DOCUMENTS,
        body={
            "count": 3,
            "results": [document("2026-1")],
            "next_page_url": server.url("/p2?page=2"),
        },
    )
    server.reply(
        "/p2",
        body={"count": 3, "results": [document("2026-2")], "next_page_url": server.url("/p3")},
    )
    server.reply("/p3", body={"count": 3, "results": [document("2026-3")]})

    found = poll("federal_register", public_inspection=False, **keys)

    assert [post.external_id for post in found.posts] == ["2026-1", "2026-2", "2026-3"]


def test_a_page_that_leads_to_itself_ends(
    server: "Server", poll: Poll, keys: dict[str, Any]
) -> None:
    again = server.url("/again")
    server.reply(
        DOCUMENTS, body={"count": 9, "results": [document("2026-1")], "next_page_url": again}
    )
    server.reply(
        "/again", body={"count": 9, "results": [document("2026-1")], "next_page_url": again}
    )

    found = poll("federal_register", public_inspection=False, **keys)

    assert len(found.posts) == 1
    assert len(server.requests) == 2


def test_a_next_page_elsewhere_is_not_read(
    server: "Server", make_server: Callable[..., "Server"], poll: Poll, keys: dict[str, Any]
) -> None:
    other = make_server()
    server.reply(
        DOCUMENTS,
        body={"count": 9, "results": [document("2026-1")], "next_page_url": other.url("/x")},
    )

    found = poll("federal_register", public_inspection=False, **keys)

    assert found.health == ("the next page is on another host and was not read",)
    assert other.requests == []


def test_a_range_with_too_many_hits_is_halved(
    server: "Server", poll: Poll, keys: dict[str, Any]
) -> None:
    """As the real one does, this server has more hits than its pages reach."""

    def search(request: "Request") -> dict[str, Any]:
        start, end = (
            date.fromisoformat(request.query[f"conditions[publication_date][{side}]"][0])
            for side in ("gte", "lte")
        )
        days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
        body = {"count": 6_000 * len(days), "results": [document("2026-1", "2026-11-01")]}
        if len(days) == 1:
            body["results"] = [document(f"2026-{days[0]:%m%d}", days[0].isoformat())]
        return {"body": body}

    server.handle(DOCUMENTS, search)

    found = poll("federal_register", public_inspection=False, lookback="2d", **keys)

    assert [post.external_id for post in found.posts] == [
        "2026-1122",
        "2026-1123",
        "2026-1124",
        "2026-1125",
    ]


@pytest.mark.parametrize(
    "body", [{"count": 0, "description": "nothing"}, {"count": 0, "results": []}]
)
def test_no_hit_is_no_error(
    server: "Server", poll: Poll, keys: dict[str, Any], body: dict[str, Any]
) -> None:
    server.reply(DOCUMENTS, body=body)
    server.reply(INSPECTION, body={"count": 0, "results": []})

    found = poll("federal_register", **keys)

    assert found.posts == ()
    assert found.health == ()


def test_what_was_seen_is_remembered_within_bounds(
    server: "Server", poll: Poll, keys: dict[str, Any]
) -> None:
    many = [document(f"2026-{number}") for number in range(1, 7_001)]
    server.reply(DOCUMENTS, body={"count": 7_000, "results": many})

    found = poll("federal_register", public_inspection=False, **keys)

    assert len(found.posts) == 7_000
    assert len(found.cursor["seen"]) == 5_000
    assert orjson.loads(orjson.dumps(found.cursor)) == found.cursor


# Errors -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"status": 400, "message": "field 'x' not valid"}, "field 'x' not valid"),
        ({"errors": {"agencies": "is not a valid field"}}, "agencies is not a valid field"),
        ("Bad Request", "without a reason"),
        ([], "without a reason"),
    ],
)
def test_a_refused_query_is_explained(
    server: "Server", poll: Poll, keys: dict[str, Any], body: Any, told: str
) -> None:
    server.reply(DOCUMENTS, status=400, body=body)

    with pytest.raises(SourceUnreadable, match=f"refuses the query: {told}"):
        poll("federal_register", **keys)


@pytest.mark.parametrize("body", [{"results_of": []}, [], "x", {"count": 4}])
def test_json_of_another_shape_is_named(
    server: "Server", poll: Poll, keys: dict[str, Any], body: Any
) -> None:
    server.reply(DOCUMENTS, body=body)

    with pytest.raises(SourceUnreadable):
        poll("federal_register", **keys)


def test_a_missing_record_is_broken(server: "Server", poll: Poll, keys: dict[str, Any]) -> None:
    server.reply(DOCUMENTS, status=404, body={"status": 404, "message": "Record Not Found"})

    with pytest.raises(SourceBroken):
        poll("federal_register", **keys)


@pytest.mark.parametrize(
    "odd",
    ["x", None, {}, {"document_number": 5, "title": "t"}, {"document_number": "1", "title": None}],
)
def test_an_odd_document_is_skipped_and_named(
    server: "Server", poll: Poll, keys: dict[str, Any], odd: Any
) -> None:
    results = [odd, document("2026-1") | {"agencies": ["x", {}], "publication_date": "soon"}]
    server.reply(DOCUMENTS, body={"count": 2, "results": results})

    found = poll("federal_register", public_inspection=False, **keys)

    assert [post.external_id for post in found.posts] == ["2026-1"]
    assert found.skipped == ("published: a document without number or title",)


@pytest.mark.parametrize(
    ("number", "normal"),
    [("2012-07333", "2012-7333"), ("2012-7333", "2012-7333"), (" e9-01234", "E9-1234"),
     ("C1-2026-00123", "C1-2026-123"), ("2026-0", "2026-0"), ("00123", "123")],
)  # fmt: skip
def test_a_number_loses_its_zeros(number: str, normal: str) -> None:
    assert normalise_number(number) == normal


def test_it_is_official_unless_told_otherwise() -> None:
    assert Config(name="fr").official
    assert not Config(name="fr", official=False).official
