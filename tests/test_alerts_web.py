"""The page: what it shows, whom it lets in, and that nothing it shows can act."""

import asyncio
import json
import re
import shutil
import signal
import socket
import subprocess
import threading
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select, text, update

from alerts import config as config_file
from alerts import demo
from alerts import pipeline as stages
from alerts.cleaning import plain
from alerts.domain import Polled, RawPost
from alerts.errors import SourceUnreadable, StoreError, WebError
from alerts.ledger import Hold, Silence
from alerts.opening import open_pipeline
from alerts.pipeline import Pipeline
from alerts.polls import fail
from alerts.store import silences
from alerts.store.connect import open_store
from alerts.store.tables import alerts, deliveries, events, posts, sources
from alerts.web.app import STALE, make_app
from alerts.web.guard import HEADERS, Guard
from alerts.web.pages import distance, minute, spelt
from alerts.web.reading import read_briefly
from alerts.web.serving import listen, serve
from alerts.window import Window
from classifier.labels import TOPICS, Policy, Tagging
from classifier.resources import shipped
from tests import hostile

ROOT = Path(__file__).resolve().parents[1]
BLNS = ROOT.parent / "shared" / "hostile" / "text" / "blns.json"
TEMPLATES = ROOT / "alerts" / "web" / "templates"
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
TOKEN = "an-example-token-of-a-good-length"
ARTICLE = (
    "China adds battery cathode technology to its export restriction list: licences are required "
    "from today for the export of lithium iron phosphate cathode technology."
)
ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "</title></style><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "right\u202eto left\x1b]0;title\x07",
    "a\x00b\ud800c",
)
TAGS = {
    "html", "head", "meta", "title", "link", "body", "header", "nav", "main", "footer", "section",
    "div", "span", "h1", "h2", "h3", "p", "ul", "li", "dl", "dt", "dd", "table", "caption",
    "thead", "tbody", "tr", "th", "td", "a", "b", "q", "code", "time", "meter",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "name", "content", "http-equiv", "rel", "href", "class", "title",
    "datetime", "min", "max", "value", "data-of", "aria-current",
}  # fmt: skip


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """The pipeline after the recorded morning."""
    database = tmp_path_factory.mktemp("web") / "demo.db"
    opened: list[Pipeline] = []

    def open_it(path: Path) -> Pipeline:
        config = config_file.load(path)
        opened.append(open_pipeline(config, database=f"sqlite:///{database}"))
        return opened[0]

    demo.play(demo.read_recording(shipped("data", "demo")), open_it, lambda tick, reports: None)
    yield opened[0]
    opened[0].store.close()


class PlainTagger:
    """A model that finds every text an act on export controls, because of its first words."""

    version = "plain-1"
    thresholds: Mapping[str, float] = dict.fromkeys(TOPICS, 0.5)

    def tag(self, texts: Sequence[str], *, terms: int = 0) -> list[Tagging]:
        return [
            Tagging(
                topics=dict.fromkeys(TOPICS, 0.25) | {"export-controls": 0.9},
                tags=("export-controls",),
                policy=Policy(grade=3, at_least=(0.9, 0.9, 0.9)),
                model=self.version,
                terms={"export-controls": ((text[:60], 1.5), ("(start)", -0.5))} if terms else {},
            )
            for text in texts
        ]


@pytest.fixture
def open_config(played: Pipeline, tmp_path: Path) -> Iterator[Callable[..., Pipeline]]:
    """Open a pipeline with its own database for a small config; names go into it as they are."""
    opened: list[Pipeline] = []

    def open_it(
        rule: str = "all", channel: str = "screen", source: str = "wire", **keys: object
    ) -> Pipeline:
        (tmp_path / "posts.jsonl").touch()
        path = tmp_path / "tocsin.yaml"
        told = {
            "service": {"database": "sqlite:///t.db"},
            "sources": [
                {"name": source, "kind": "jsonl", "path": "posts.jsonl", "backfill": "all"}
            ],
            "channels": [{"name": channel, "kind": "console"}],
            "rules": [{"name": rule, "send": [channel], **keys}],
        }
        path.write_text(json.dumps(told), encoding="utf-8")
        config = config_file.load(path)
        store, window = open_store(config.service.database), Window(config.service.event_days)
        opened.append(
            replace(played, config=config, store=store, window=window, model=PlainTagger())
        )
        stages.prepare(opened[-1], NOW)
        return opened[-1]

    yield open_it
    for pipeline in opened:
        pipeline.store.close()


def app_of(pipeline: Pipeline, *, age: float = 0.3, token: str | None = None) -> Guard:
    return make_app(lambda: pipeline, lambda: age, token=token)


def ask(
    app: Guard,
    path: str,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    *,
    base: str = "http://localhost:8787",
) -> httpx.Response:
    """Send one request to the application, without a network."""

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=base) as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(send())


def take_in(pipeline: Pipeline, *raw: RawPost) -> None:
    (source,) = pipeline.config.sources
    stages.ingest(pipeline, source, Polled(posts=raw, cursor={}), NOW)


def ids(pipeline: Pipeline, table: str) -> list[str]:
    with pipeline.store.read() as connection:
        return list(connection.execute(text(f"SELECT id FROM {table}")).scalars())


class Seen(HTMLParser):
    """What a browser would make of a page: its elements, attributes, links and text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[dict[str, str | None]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag == "a":
            self.links.append(dict(attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


def assert_inert(page: str) -> Seen:
    """Check that a page has only our own elements and only links that may be followed."""
    seen = Seen(page)
    assert seen.tags <= TAGS
    assert seen.attributes <= ATTRIBUTES
    for link in seen.links:
        href = link["href"] or ""
        if not re.match(r"/(?!/)|\?limit=", href):
            assert href.startswith(("http://", "https://"))
            assert link["rel"] == "noopener noreferrer nofollow"
    return seen


# What it shows


def test_the_overview_shows_sources_alerts_and_deliveries(played: Pipeline) -> None:
    page = assert_inert(ask(app_of(played), "/").text).text

    with played.store.read() as connection:
        told = list(connection.execute(select(alerts)))
        names = list(connection.execute(select(sources.c.name)).scalars())
    assert told
    assert names
    assert all(alert.headline in page and alert.rule in page for alert in told)
    assert all(name in page for name in names)
    assert played.model.version in page
    assert played.config.hash[:19] in page


def test_the_overview_says_what_is_wrong(open_config: Callable[..., Pipeline]) -> None:
    pipeline = open_config()
    take_in(pipeline, RawPost(source="wire", external_id="1", title=ARTICLE))
    fail(pipeline.store, pipeline.config.sources[0], SourceUnreadable("line 3 is odd"), NOW)
    with pipeline.store.write() as connection:
        dead = {"state": "dead", "last_error": "hook.example.org: 400", "settled_at": NOW}
        connection.execute(update(deliveries).values(dead))

    page = Seen(ask(app_of(pipeline), "/").text).text

    assert "1 in a row: SourceUnreadable: line 3 is odd" in page
    assert "0 of 1 sources work" in page
    assert "1 dead" in page
    assert "hook.example.org: 400" in page


def test_a_source_that_left_the_config_is_not_counted_as_one(
    open_config: Callable[..., Pipeline],
) -> None:
    open_config(source="gone")

    page = Seen(ask(app_of(open_config(source="wire")), "/").text).text

    assert "1 of 1 sources work" in page
    assert "No longer in the config: gone" in page


def test_the_first_page_of_a_new_service_explains_itself(
    open_config: Callable[..., Pipeline],
) -> None:
    app = app_of(open_config())

    assert [ask(app, path).status_code for path in ("/", "/events", "/alerts")] == [200] * 3
    assert "No alert yet" in ask(app, "/").text


def test_an_event_shows_its_posts_and_by_what_each_joined(played: Pipeline) -> None:
    with played.store.read() as connection:
        largest = connection.execute(select(events).order_by(events.c.posts.desc())).first()
        assert largest is not None
        members = list(connection.execute(select(posts).where(posts.c.event_id == largest.id)))

    page = Seen(ask(app_of(played), f"/events/{largest.id}").text)

    assert len(members) == largest.posts > 2
    assert {f"/posts/{post.id}" for post in members} <= {link["href"] for link in page.links}
    for post in members:
        assert ("opened the event" if post.joined_by == "opened" else post.joined_by) in page.text
    for value in (largest.act["number"], largest.act["authority"], largest.act["stage"]):
        assert value in page.text
    assert largest.act["read_from"]["number"][0] in page.text


def test_an_alert_shows_all_that_it_told(played: Pipeline) -> None:
    for alert_id in ids(played, "alerts"):
        with played.store.read() as connection:
            row = connection.execute(select(alerts).where(alerts.c.id == alert_id)).one()
            sent = connection.execute(
                select(deliveries).where(deliveries.c.alert_id == alert_id)
            ).one()
        data = row.document["data"]

        page = Seen(ask(app_of(played), f"/alerts/{alert_id}").text)

        told = {
            row.headline, row.rule, row.severity, row.reason, *row.changes,
            sent.id, sent.channel, sent.state, *data["why"]["rule"], *data["topics"],
            *(post["title"] for post in data["posts"]), data["model"], data["config"][:19],
            *(term for terms in data["why"]["terms"].values() for term, _ in terms),
            *(str(data["act"][name] or "") for name in ("number", "stage", "authority")),
        }  # fmt: skip
        assert [one for one in told if one not in page.text] == []
        assert "The rule as it stood then" in page.text
        assert f"/events/{row.event_id}" in {link["href"] for link in page.links}


def test_a_post_shows_its_scores_its_act_and_every_rules_verdict(played: Pipeline) -> None:
    with played.store.read() as connection:
        row = connection.execute(
            select(posts).join(alerts, alerts.c.post_id == posts.c.id).limit(1)
        ).one()

    page = Seen(ask(app_of(played), f"/posts/{row.id}").text).text

    assert all(rule.name in page for rule in played.config.rules)
    assert "sent" in page
    assert all(topic in page for topic in played.model.thresholds)
    assert all(plain(line) in page for line in row.text.splitlines())
    assert "Terms that moved the scores" in page


def test_every_page_of_a_whole_morning_can_be_read(played: Pipeline) -> None:
    app = app_of(played)
    paths = [f"/{name}/{one}" for name in ("events", "alerts") for one in ids(played, name)]
    paths += [f"/posts/{one}" for one in ids(played, "posts")[::6]]

    answers = [ask(app, path) for path in paths]

    assert {answer.status_code for answer in answers} == {200}
    for answer in answers:
        assert_inert(answer.text)


def test_a_reload_is_seen_at_once(played: Pipeline) -> None:
    now = [played]
    app = make_app(lambda: now[0], lambda: 0.0)
    before = ask(app, "/").text

    now[0] = replace(played, config=replace(played.config, hash="sha256:freshfreshfresh"))

    assert "freshfresh" not in before
    assert "sha256:freshfreshfresh" in ask(app, "/").text


def test_what_is_held_and_the_digest_that_told_it_lead_to_one_another(
    open_config: Callable[..., Pipeline],
) -> None:
    pipeline = open_config(digest="0 9 * * *")
    take_in(pipeline, RawPost(source="wire", external_id="1", title=ARTICLE))
    (held,) = ids(pipeline, "alerts")
    (post,) = ids(pipeline, "posts")
    app = app_of(pipeline)
    before = [ask(app, path).text for path in (f"/alerts/{held}", f"/posts/{post}", "/alerts")]

    (digest,) = stages.release_due(pipeline, NOW + timedelta(days=1))

    for page in before:
        assert "held until" in Seen(page).text.lower()
        assert_inert(page)
    told = assert_inert(ask(app, f"/alerts/{digest}").text)
    assert "What it gathers" in told.text
    assert f"/alerts/{held}" in {link["href"] for link in told.links}
    again = assert_inert(ask(app, f"/alerts/{held}").text)
    assert f"/alerts/{digest}" in {link["href"] for link in again.links}


def test_an_alert_that_is_kept_back_says_why(open_config: Callable[..., Pipeline]) -> None:
    pipeline = open_config()
    silence(pipeline)
    take_in(pipeline, RawPost(source="wire", external_id="1", title=ARTICLE))
    (kept,) = ids(pipeline, "alerts")

    for path in (f"/alerts/{kept}", "/alerts", f"/posts/{ids(pipeline, 'posts')[0]}"):
        assert "silenced by s1" in assert_inert(ask(app_of(pipeline), path).text).text


def silence(pipeline: Pipeline) -> None:
    with pipeline.store.write() as connection:
        silences.add_silence(
            connection, Silence(id="s1", source="wire"), comment="", now=NOW,
            expires_at=datetime.now(UTC) + timedelta(days=1),
        )  # fmt: skip


def test_an_alert_that_an_older_version_stored_can_be_read(
    open_config: Callable[..., Pipeline],
) -> None:
    pipeline = open_config()
    take_in(pipeline, RawPost(source="wire", external_id="1", title=ARTICLE))
    with pipeline.store.write() as connection:
        connection.execute(update(alerts).values(document={"data": {}}))

    answer = ask(app_of(pipeline), f"/alerts/{ids(pipeline, 'alerts')[0]}")

    assert answer.status_code == 200
    assert "China adds battery cathode" in answer.text


@pytest.mark.parametrize(
    ("query", "status", "rows"),
    [
        ("", 200, 100), ("?limit=1", 200, 1), ("?limit=1000", 200, 120), ("?limit=0", 400, 0),
        ("?limit=1001", 400, 0), ("?limit=-5", 400, 0), ("?limit=1e3", 400, 0),
        ("?limit=٣", 400, 0), ("?limit=", 400, 0), (f"?limit={'9' * 5000}", 400, 0),
    ],
)  # fmt: skip
def test_lists_are_bounded(
    open_config: Callable[..., Pipeline], query: str, status: int, rows: int
) -> None:
    pipeline = open_config()
    with pipeline.store.write() as connection:
        blank = {"act": {"stage": None}, "posts": 1, "sources": [], "topics": {}, "grade": 0,
                 "at_least": [0, 0, 0], "relevance": 0, "first_seen": NOW}  # fmt: skip
        connection.execute(
            events.insert(),
            [
                {"id": f"e{n}", "title": f"t{n}", "last_seen": NOW + timedelta(n), **blank}
                for n in range(120)
            ],
        )

    answer = ask(app_of(pipeline), f"/events{query}")

    assert answer.status_code == status
    found = re.findall(r'href="/events/(e\d+)"', answer.text)
    assert found == [f"e{119 - n}" for n in range(rows)]


@pytest.mark.parametrize(
    "path",
    [
        "/events/none", "/alerts/none", "/posts/none", "/nowhere", "/events/", "/events/a/b",
        "/posts/%00", "/posts/%ff%fe", "/posts/" + "a" * 5000, "/events/..%2f..%2fetc%2fpasswd",
        "/static/../app.py", "/static/%2e%2e/app.py", "/posts/'%20OR%201=1", "/favicon.ico",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_404(played: Pipeline, path: str) -> None:
    answer = ask(app_of(played), path)

    assert answer.status_code == 404
    assert_inert(answer.text)


def test_a_post_that_took_an_events_id_is_still_a_post(
    open_config: Callable[..., Pipeline],
) -> None:
    pipeline = open_config()
    take_in(pipeline, RawPost(source="wire", external_id="1", title=ARTICLE))
    (event_id,) = ids(pipeline, "events")
    thief = RawPost(source="wire", external_id=event_id, title="Cocoa slips as rain returns")
    take_in(pipeline, thief)

    page = Seen(ask(app_of(pipeline), f"/posts/{event_id}").text).text

    assert "Cocoa slips as rain returns" in page
    assert "cathode" not in page


# Whom it lets in


PATHS = [
    "/", "/events", "/events/{id}", "/alerts", "/alerts/{id}", "/posts/{id}", "/healthz",
    "/readyz", "/metrics", "/static/tocsin.css",
]  # fmt: skip


@pytest.fixture(scope="module")
def paths(played: Pipeline) -> list[str]:
    """Every route of the router, each with an id that exists."""
    found = []
    for route in app_of(played).app.routes:
        path: str = vars(route)["path"]
        table = path.split("/")[1]
        found.append(path.replace("{id}", ids(played, table)[0]) if "{id}" in path else path)
    assert len(found) == len(PATHS)
    return found


REFUSED: dict[str, tuple[int, dict[str, object]]] = {
    "rebound host": (421, {"base": "http://rebound.example:8787"}),
    "this host as a suffix": (421, {"base": "http://localhost.rebound.example"}),
    "another address": (421, {"base": "http://10.0.0.1:8787"}),
    "no host": (421, {"headers": {"Host": ""}}),
    "odd host": (421, {"headers": {"Host": "localhost:8787@rebound.example"}}),
    "POST": (405, {"method": "POST"}),
    "PUT": (405, {"method": "PUT"}),
    "DELETE": (405, {"method": "DELETE"}),
    "OPTIONS": (405, {"method": "OPTIONS"}),
    "TRACE": (405, {"method": "TRACE"}),
    "made-up method": (405, {"method": "BREW"}),
    "another site's script": (403, {"headers": {"Sec-Fetch-Site": "cross-site",
                                                "Sec-Fetch-Mode": "no-cors"}}),
    "another site's frame": (403, {"headers": {"Sec-Fetch-Site": "cross-site",
                                               "Sec-Fetch-Mode": "navigate",
                                               "Sec-Fetch-Dest": "iframe"}}),
    "another port's script": (403, {"headers": {"Sec-Fetch-Site": "same-site"}}),
}  # fmt: skip


@pytest.mark.parametrize("attempt", REFUSED)
def test_every_route_refuses(played: Pipeline, paths: list[str], attempt: str) -> None:
    status, how = REFUSED[attempt]
    app = app_of(played)

    for path in paths:
        answer = ask(app, path, **how)  # type: ignore[arg-type]
        assert (path, answer.status_code) == (path, status)
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert len(answer.text) < 60


NO_TOKEN: dict[str, dict[str, str]] = {
    "none": {},
    "empty": {"Authorization": "Bearer "},
    "wrong": {"Authorization": f"Bearer {TOKEN}x"},
    "short": {"Authorization": f"Bearer {TOKEN[:-1]}"},
    "bare": {"Authorization": TOKEN},
    "other scheme": {"Authorization": f"Digest {TOKEN}"},
    "user is the token": {
        "Authorization": f"Basic {b64encode(f'{TOKEN}:'.encode()).decode()}"
    },
    "not base64": {"Authorization": "Basic ***"},
    "not ASCII": {"Authorization": "Bearer caf\xe9"},
    "cookie": {"Cookie": f"token={TOKEN}"},
}  # fmt: skip


@pytest.mark.parametrize("attempt", NO_TOKEN)
def test_every_route_asks_for_the_token(played: Pipeline, paths: list[str], attempt: str) -> None:
    app = app_of(played, token=TOKEN)
    headers = {name: value.encode("latin-1") for name, value in NO_TOKEN[attempt].items()}

    for path in [*paths, f"/?token={TOKEN}", "/nowhere"]:
        answer = ask(app, path, headers=headers)  # type: ignore[arg-type]
        assert (path, answer.status_code) == (path, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Basic")
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize(
    "given", [f"Bearer {TOKEN}", f"bearer {TOKEN}",
              f"Basic {b64encode(f'anyone:{TOKEN}'.encode()).decode()}"]
)  # fmt: skip
def test_the_token_opens_every_route(played: Pipeline, paths: list[str], given: str) -> None:
    app = app_of(played, token=TOKEN)

    for path in paths:
        assert ask(app, path, headers={"Authorization": given}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate",
         "Sec-Fetch-Dest": "document"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "base", ["http://localhost:8787", "http://127.0.0.1", "http://[::1]:8787", "http://LOCALHOST"]
)
def test_every_route_answers_its_readers(
    played: Pipeline, paths: list[str], method: str, base: str, headers: dict[str, str]
) -> None:
    app = app_of(played)

    for path in paths:
        answer = ask(app, path, method, headers, base=base)
        assert (path, answer.status_code) == (path, 200)
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_two_host_headers_are_refused(played: Pipeline) -> None:
    both = [("Host", "localhost"), ("Host", "rebound.example")]

    assert ask(app_of(played), "/", headers=both).status_code == 421  # type: ignore[arg-type]


def test_a_named_host_is_answered_too(played: Pipeline) -> None:
    app = make_app(lambda: played, lambda: 0.0, hosts=["Tocsin.example.org"])

    assert ask(app, "/", base="https://tocsin.example.org").status_code == 200
    assert ask(app, "/", base="https://example.org").status_code == 421


def test_a_token_that_could_be_guessed_is_refused(played: Pipeline) -> None:
    with pytest.raises(WebError, match="shorter than 16"):
        app_of(played, token="letmein")
    with pytest.raises(WebError, match="shorter than 16"):
        app_of(played, token="")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", ""])
def test_the_network_sees_nothing_without_a_token(played: Pipeline, host: str) -> None:
    with pytest.raises(WebError, match=r"set a token|no such address"):
        listen(app_of(played), host, 0)


@pytest.mark.parametrize(("host", "token"), [("127.0.0.1", None), ("0.0.0.0", TOKEN)])
def test_this_machine_and_a_token_may_listen(
    played: Pipeline, host: str, token: str | None
) -> None:
    with listen(app_of(played, token=token), host, 0) as listener:
        assert listener.getsockname()[0] == host


def test_a_taken_port_is_named(played: Pipeline) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(WebError, match=f"127.0.0.1:{port}: cannot be opened: Address already"):
            listen(app_of(played), "127.0.0.1", port)


def test_a_name_that_is_none_is_named(played: Pipeline) -> None:
    with pytest.raises(WebError, match="no such address"):
        listen(app_of(played), "a..b", 80)


# Nothing that it shows can act


def hostile_pages(pipeline: Pipeline, strings: list[str]) -> list[str]:
    """Take the strings in as titles, authors, links and texts; return every page, drawn."""
    raw = [
        RawPost(
            source="wire",
            external_id=f"{form}{number}",
            title=string,
            body=None if form == "t" else f"{string} {ARTICLE} {number}",
            author=string,
            url=string if form == "t" else f"https://example.org/{string}",
            platform_tags=(string,),
        )
        for number, string in enumerate(strings)
        for form in "tb"
    ]
    take_in(pipeline, *raw)
    app = app_of(pipeline)
    pages = ["/", "/events?limit=1000", "/alerts?limit=1000"]
    pages += [f"/{name}/{one}" for name in ("events", "alerts") for one in ids(pipeline, name)]
    pages += [f"/posts/{one}" for one in ids(pipeline, "posts")]
    answers = [ask(app, page) for page in pages]
    assert {answer.status_code for answer in answers} == {200}
    return [answer.text for answer in answers]


def test_hostile_texts_are_shown_and_do_nothing(open_config: Callable[..., Pipeline]) -> None:
    name = '"><script>alert(1)</script>{{ 7*7 }}'
    pipeline = open_config(rule=name, channel=name, source=name)

    pages = hostile_pages(pipeline, list(ATTACKS))
    fail(pipeline.store, pipeline.config.sources[0], SourceUnreadable("".join(ATTACKS[:8])), NOW)
    pages.append(ask(app_of(pipeline), "/").text)

    seen = [assert_inert(page) for page in pages]
    everything = "".join(one.text for one in seen)
    assert name in everything
    for attack in ATTACKS[:7]:
        assert attack in everything
    for control in ("\x00", "\x1b", "\u202e", "\ud800"):
        assert control not in everything


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.skipif(not BLNS.exists(), reason="the folder of shared texts is not there")
def test_naughty_strings_are_inert(open_config: Callable[..., Pipeline]) -> None:
    strings = json.loads(BLNS.read_text(encoding="utf-8"))
    assert len(strings) == 515
    pipeline = open_config(rule="<b>all</b>")

    pages = hostile_pages(pipeline, strings)

    seen = [assert_inert(page) for page in pages]
    assert len(seen) > 2 * len(set(strings))
    assert "<b>all</b>" in seen[0].text
    # The page of an event shows each of its posts' titles, so nothing may be dropped either.
    everything = "\n".join(one.text for one in seen)
    with pipeline.store.read() as connection:
        titles = connection.execute(select(posts.c.title)).scalars().all()
    missing = [title for title in titles if len(title) < 100 and plain(title) not in everything]
    assert missing == []


def test_the_parser_would_see_an_attack() -> None:
    page = f"<p>{ATTACKS[0]}</p><a href='javascript:alert(1)'>x</a>"

    with pytest.raises(AssertionError):
        assert_inert(page)
    with pytest.raises(AssertionError):
        assert_inert("<a href='javascript:alert(1)'>x</a>")
    with pytest.raises(AssertionError):
        assert_inert("<p onclick='x'>x</p>")
    with pytest.raises(AssertionError):
        assert_inert("<a href='//rebound.example'>x</a>")


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_templates_need_no_script_and_no_inline_style(template: Path) -> None:
    source = template.read_text(encoding="utf-8")

    assert not re.search(r"\|\s*safe|autoescape|<script|style=|\son\w+=|https?://", source)
    assert not re.search(r"=\{\{", source), "an attribute without quotes"


# Health and figures


def test_health_flips_with_the_ticks(played: Pipeline) -> None:
    age = 0.0
    app = make_app(lambda: played, lambda: age)
    answers = []

    for age in (0.0, STALE - 0.1, STALE, 3600.0, 0.0):  # noqa: B007 (the lambda reads it)
        answers.append(ask(app, "/healthz"))

    assert [answer.status_code for answer in answers] == [200, 200, 503, 503, 200]
    assert answers[3].text == "stuck: last tick 3600.0 s ago\n"


def test_a_database_that_cannot_be_read_is_not_ready(
    open_config: Callable[..., Pipeline], tmp_path: Path
) -> None:
    pipeline = open_config()
    app = app_of(pipeline)
    before = ask(app, "/readyz").status_code
    pipeline.store.close()
    for file in tmp_path.glob("t.db*"):
        file.unlink()
    (tmp_path / "t.db").write_bytes(b"not a database, whatever its name says" * 100)

    answers = [ask(app, path) for path in ("/readyz", "/", "/metrics")]

    assert before == 200
    assert [answer.status_code for answer in answers] == [503] * 3
    assert all("not a Tocsin database" in answer.text for answer in answers)
    assert all(answer.headers["Retry-After"] == "5" for answer in answers)
    assert ask(app, "/healthz").status_code == 200


def test_a_mistake_of_ours_shows_no_traceback(played: Pipeline) -> None:
    def broken() -> Pipeline:
        raise RuntimeError("a secret detail")

    answer = ask(make_app(broken, lambda: 0.0), "/")

    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_a_slow_query_is_given_up(played: Pipeline) -> None:
    endless = (
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {0}) "
        "SELECT count(*) FROM n"
    )

    with pytest.raises(StoreError, match="interrupted"), read_briefly(played.store, 0.05) as brief:
        brief.execute(text(endless.format(10**8)))

    # The connection went back to the pool without its limit.
    with played.store.read() as connection:
        assert connection.execute(text(endless.format(300_000))).scalar() == 300_000


def figures(played: Pipeline, age: float = 0.25) -> dict[tuple[str, tuple[str, ...]], float]:
    answer = ask(app_of(played, age=age), "/metrics")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_figures_are_those_of_the_database(played: Pipeline) -> None:
    found = figures(played)

    with played.store.read() as connection:
        rows = list(connection.execute(select(sources)))
        told = list(connection.execute(select(alerts.c.rule)).scalars())
        states = list(connection.execute(select(deliveries.c.state)).scalars())
    for row in rows:
        assert found["tocsin_posts_total", (row.name,)] == row.posts
        assert found["tocsin_source_up", (row.name,)] == 1
        assert found["tocsin_source_failures", (row.name,)] == 0
        new = found["tocsin_source_last_new_timestamp_seconds", (row.name,)]
        assert new == row.last_new_at.timestamp()
    for rule in set(told):
        assert found["tocsin_alerts_total", (rule, "false")] == told.count(rule)
    assert found["tocsin_deliveries", ("sent",)] == states.count("sent") > 0
    assert found["tocsin_outbox_waiting", ()] == 0
    assert found["tocsin_seconds_since_tick", ()] == 0.25
    assert found["tocsin_model_info", (played.model.version,)] == 1
    assert found["tocsin_config_info", (played.config.hash,)] == 1


def test_figures_tell_what_waits_and_what_is_kept_back(
    open_config: Callable[..., Pipeline],
) -> None:
    pipeline = open_config(digest="0 9 * * *")
    take_in(pipeline, RawPost(source="wire", external_id="1", title=ARTICLE))
    waiting = figures(pipeline)
    stages.release_due(pipeline, NOW + timedelta(days=1))
    silence(pipeline)
    take_in(pipeline, RawPost(source="wire", external_id="2", title="Quite another export act"))

    found = figures(pipeline)

    held = {name: waiting["tocsin_alerts_held", (name,)] for name in Hold}
    assert held == {"quiet_hours": 0, "digest": 1, "budget": 0}
    assert found["tocsin_alerts_held", ("digest",)] == 0
    assert found["tocsin_digests_total", ("all",)] == 1
    assert found["tocsin_alerts_total", ("all", "false")] == 2
    assert found["tocsin_alerts_not_sent_total", ("all", "silenced")] == 1
    assert found["tocsin_silences_active", ()] == 1


def test_figures_tell_what_fails(open_config: Callable[..., Pipeline]) -> None:
    pipeline = open_config(rule='odd "name"\\ with\u2028breaks')
    take_in(pipeline, RawPost(source="wire", external_id="1", title=ARTICLE))
    fail(pipeline.store, pipeline.config.sources[0], SourceUnreadable("no"), NOW)
    fail(pipeline.store, pipeline.config.sources[0], SourceUnreadable("no"), NOW)
    with pipeline.store.write() as connection:
        connection.execute(update(sources).values(misread=3))

    found = figures(pipeline)

    assert found["tocsin_source_up", ("wire",)] == 0
    assert found["tocsin_source_failures", ("wire",)] == 2
    assert found["tocsin_posts_misread_total", ("wire",)] == 3
    assert found["tocsin_deliveries", ("pending",)] == 1
    assert found["tocsin_deliveries", ("dead",)] == 0
    assert found["tocsin_outbox_waiting", ()] == 1
    assert found["tocsin_alerts_total", (pipeline.config.rules[0].name, "false")] == 1


def test_a_scraper_gets_the_format_that_it_asks_for(played: Pipeline) -> None:
    accept = {"Accept": "application/openmetrics-text;version=1.0.0"}

    answer = ask(app_of(played), "/metrics", headers=accept)

    assert answer.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert answer.text.endswith("# EOF\n")


# Small pieces


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (NOW, "now"), (NOW - timedelta(seconds=59), "59 s ago"),
        (NOW - timedelta(minutes=61), "1 h ago"), ("2026-11-24T08:59:59Z", "1 d ago"),
        (NOW + timedelta(minutes=5), "in 5 min"), (NOW + timedelta(seconds=0.5), "now"),
        (None, None),
    ],
)  # fmt: skip
def test_distance(at: str | datetime | None, said: str | None) -> None:
    assert distance(at, NOW) == said


def test_times_are_utc() -> None:
    assert minute("2026-11-24T23:30:00-02:00") == "2026-11-25 01:30"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"all": ["a", "b"], "any": [], "none": []}, "all: a, b"), (["x", "y"], "x, y"),
        (0.6, "0.6"), (True, "true"), ({"only": ["bis"], "not": []}, "only: bis"),
    ],
)  # fmt: skip
def test_rules_are_shown_as_people_write_them(value: object, said: str) -> None:
    assert spelt(value) == said


# The real server


async def talk(port: int, request: bytes) -> bytes:
    """Send bytes to the server and return all that comes back before it closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    await writer.drain()
    try:
        return await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()
        await writer.wait_closed()


GET = b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


def test_the_real_server_answers_stops_and_leaves_signals_alone(
    played: Pipeline, capfd: pytest.CaptureFixture[str]
) -> None:
    app = app_of(played)
    listener = listen(app, "127.0.0.1", 0)
    port = listener.getsockname()[1]

    async def run() -> tuple[list[bytes], list[object], float]:
        loop = asyncio.get_running_loop()
        stop, signals = asyncio.Event(), asyncio.Event()
        loop.add_signal_handler(signal.SIGTERM, signals.set)
        ours = signal.getsignal(signal.SIGTERM)
        serving = asyncio.create_task(serve(app, listener, stop))
        answers = [
            await talk(port, GET % b"/"),
            await talk(port, GET % b"/metrics"),
            await talk(port, GET.replace(b"127.0.0.1", b"rebound.example") % b"/"),
            await talk(port, b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
                             b"Connection: close\r\n\r\n{}"),
            await talk(port, b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n"),
            await talk(port, b"GET /" + b"x" * 100_000),
            await talk(port, b"\x16\x03\x01 not HTTP\r\n\r\n"),
        ]  # fmt: skip
        assert signal.getsignal(signal.SIGTERM) is ours
        signal.raise_signal(signal.SIGTERM)
        await asyncio.wait_for(signals.wait(), 5)
        # An idle connection must not hold the stop up.
        _, idle = await asyncio.open_connection("127.0.0.1", port)
        asked = loop.time()
        stop.set()
        await asyncio.wait_for(serving, 5)
        took = loop.time() - asked
        loop.remove_signal_handler(signal.SIGTERM)
        idle.close()
        return answers, [serving.exception()], took

    answers, errors, took = asyncio.run(run())

    statuses = [int(answer.split(b" ", 2)[1]) for answer in answers]
    assert statuses == [200, 200, 421, 405, 400, 400, 400]
    assert b"Overview" in answers[0]
    assert b"\r\nserver:" not in answers[0].lower()
    assert errors == [None]
    assert took < 3
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)
    said = capfd.readouterr()
    assert "rebound" not in said.out + said.err
    assert "GET /" not in said.out + said.err


def test_a_slow_page_holds_nobody_up(played: Pipeline) -> None:
    held, asked = threading.Event(), threading.Event()

    def slow() -> Pipeline:
        asked.set()
        assert held.wait(3)
        return played

    app = make_app(slow, lambda: 0.0)

    async def run() -> tuple[int, bool, list[int]]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            pages = [asyncio.create_task(client.get("/")) for _ in range(20)]
            await asyncio.to_thread(asked.wait, 10)
            health = await asyncio.wait_for(client.get("/healthz"), 5)
            waiting = not any(page.done() for page in pages)
            held.set()
            return health.status_code, waiting, [(await page).status_code for page in pages]

    health, waiting, pages = asyncio.run(run())

    assert (health, waiting) == (200, True)
    assert pages == [200] * 20


# In a real browser, and under a rain of odd requests ------------------------------------------

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CANARIES = (
    "<script>fetch('/canary/script')</script>",
    '"><img src=/canary/image onerror="fetch(\'/canary/error\')">',
    "' autofocus onfocus=fetch('/canary/focus') x='",
    "</title></style><svg onload=fetch('/canary/svg')>",
    "<iframe src=/canary/frame></iframe><link rel=stylesheet href=/canary/style>",
    "<meta http-equiv=refresh content='0;url=/canary/refresh'>",
    "<body onload=fetch('/canary/load')><style>@import '/canary/import';</style>",
)


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Callable[[str, Mapping[str, str]], list[str]]]:
    """Show a page with its headers in the browser, and return the paths that it asked for."""
    asked: list[str] = []
    shown: list[tuple[str, Mapping[str, str]]] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            html, headers = shown[-1]
            html = html if self.path == "/" else ""
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    def show(html: str, headers: Mapping[str, str]) -> list[str]:
        shown.append((html, headers))
        asked.clear()
        assert CHROMIUM is not None
        run = subprocess.run(
            [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             f"--user-data-dir={tmp_path}/profile", "--virtual-time-budget=2000", "--dump-dom",
             f"http://127.0.0.1:{server.server_port}/"],
            capture_output=True, text=True, timeout=90,
        )  # fmt: skip
        assert "<html" in run.stdout, run.stderr
        return [path for path in asked if path.startswith("/canary")]

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield show
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_in_a_browser_nothing_runs_and_nothing_is_fetched(
    open_config: Callable[..., Pipeline],
    visit: Callable[[str, Mapping[str, str]], list[str]],
    choose: Callable[[int, int], int],
) -> None:
    more = hostile.attacks("/canary/{}")
    more = more[: choose(0, len(more))]
    pipeline = open_config(rule=CANARIES[0], channel=CANARIES[1], source=CANARIES[3])
    drawn = hostile_pages(pipeline, [*CANARIES, *more])
    event, post = ids(pipeline, "events")[0], ids(pipeline, "posts")[-1]

    for path in ("/", "/events", f"/events/{event}", f"/posts/{post}"):
        answer = ask(app_of(pipeline), path)
        assert visit(answer.text, {name: answer.headers[name] for name in HEADERS}) == [], path
    # Nor without the headers: what is escaped needs no guard. A browser takes what follows
    # a page's end for a part of it, so it is shown many at once.
    for at in range(0, len(drawn), 100):
        assert visit("".join(drawn[at : at + 100]), {}) == []

    # The same texts unescaped do act, and the headers stop most of that.
    naked = "<!doctype html><html><body>" + "".join(CANARIES)
    assert {"/canary/script", "/canary/image", "/canary/svg"} <= set(visit(naked, {}))
    assert not {"/canary/script", "/canary/image"} & set(visit(naked, dict(HEADERS)))
    bare = more[: len(hostile.ACTS)]
    assert sum(bool(visit(f"<body>{attack}", {})) for attack in bare) >= 0.8 * len(bare)


def test_odd_requests_get_no_server_error(
    played: Pipeline, choose: Callable[[int, int], int]
) -> None:
    chance, requests = Random(28), choose(2_000, 10_000)
    odd = ("", "0", "-1", "1e9", "9" * 5, "%00", "%0d%0aX: y", "..%2f..%2fetc", "'; --", "é", "🚗",
           "A" * 3000, "<script>", "${x}", "{{7*7}}", "\\", "null", "100", "1")  # fmt: skip
    starts = ("/", "/events", "/events/", "/alerts", "/alerts/", "/posts/", "/healthz", "/readyz",
              "/metrics", "/static/", "/static/tocsin.css", "//events", "/nowhere/")  # fmt: skip
    names = ("limit", "limit", "offset", "token", "q", "")
    app = app_of(played)

    async def rain() -> Counter[int]:
        found: Counter[int] = Counter()
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            for _ in range(requests):
                path = chance.choice(starts) + (chance.choice(odd) if chance.random() < 0.6 else "")
                query = "&".join(
                    f"{chance.choice(names)}={chance.choice(odd)}"
                    for _ in range(chance.randrange(3))
                )
                headers = {b"Accept": chance.choice(odd).encode(), b"Range": b"bytes=0-,1-"}
                answer = await client.request(
                    "GET" if chance.random() < 0.9 else "POST",
                    f"http://localhost{path}?{query}",
                    headers=headers,
                )
                found[answer.status_code] += 1
                assert answer.status_code < 500, (path, query, answer.text)
                assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        return found

    found = asyncio.run(rain())

    assert found.total() == requests
    assert {200, 400, 404, 405} <= set(found)
