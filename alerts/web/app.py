"""The web application: which path shows what, and what happens when that fails."""

import asyncio
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from alerts.errors import NotFound, StoreError
from alerts.pipeline import Pipeline
from alerts.web import pages
from alerts.web.guard import Guard
from alerts.web.metrics import expose
from alerts.web.reading import read_briefly

STALE = 30.0
"""Seconds since the last tick from which the service counts as stuck; a loaded machine stays under
it, and the watchdog waits longer still."""

READERS = 4
"""Requests that read at the same time; the pollers keep the other connections and processors."""

STYLE = Path(__file__).parent / "static" / "tocsin.css"

ROWS = re.compile(r"[0-9]{1,4}")

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What an id of ours looks like; nothing else is worth a query."""


def make_app(
    pipeline: Callable[[], Pipeline],
    tick_age: Callable[[], float],
    *,
    hosts: Sequence[str] = (),
    token: str | None = None,
    stale: float = STALE,
) -> Guard:
    """Return the application behind its guard.

    pipeline: the one in use now; a reload changes it.
    tick_age: seconds since the service last looked at what is due; from `stale` on it is unwell.
    hosts: names that it is reached by, beside localhost, 127.0.0.1 and ::1.
    token: what every request must carry, if anything.
    Raises WebError for a token that could be guessed.
    """
    gate = asyncio.Semaphore(READERS)
    style = STYLE.read_bytes()

    def page(path: str, draw: Callable[[pages.Asked], str]) -> Route:
        def read(request: Request) -> Response:
            parts = pipeline()
            wanted = request.path_params.get("id", "")
            if wanted and not ID.fullmatch(wanted):
                raise HTTPException(404)
            limit = wanted_rows(request)
            with read_briefly(parts.store) as connection:
                asked = pages.Asked(
                    connection=connection,
                    pipeline=parts,
                    now=datetime.now(UTC),
                    tick_age=tick_age(),
                    wanted=wanted,
                    limit=limit,
                )
                return HTMLResponse(draw(asked))

        return in_thread(path, read)

    def in_thread(path: str, read: Callable[[Request], Response]) -> Route:
        async def endpoint(request: Request) -> Response:
            async with gate:
                return await run_in_threadpool(read, request)

        return Route(path, endpoint)

    async def healthz(request: Request) -> Response:
        age = tick_age()
        fresh = age < stale
        said = f"{'ok' if fresh else 'stuck'}: last tick {age:.1f} s ago\n"
        return PlainTextResponse(said, 200 if fresh else 503)

    def readyz(request: Request) -> Response:
        with read_briefly(pipeline().store) as connection:
            connection.exec_driver_sql("SELECT 1")
        return PlainTextResponse("ok\n")

    def metrics(request: Request) -> Response:
        body, content_type = expose(pipeline, tick_age, request.headers.get("accept", ""))
        return Response(body, headers={"Content-Type": content_type})

    async def css(request: Request) -> Response:
        return Response(style, media_type="text/css")

    routes = [
        page("/", pages.overview),
        page("/events", pages.events),
        page("/events/{id}", pages.event),
        page("/alerts", pages.alerts),
        page("/alerts/{id}", pages.alert),
        page("/posts/{id}", pages.post),
        Route("/healthz", healthz),
        in_thread("/readyz", readyz),
        in_thread("/metrics", metrics),
        Route("/static/tocsin.css", css),
    ]
    kinds = (HTTPException, NotFound, StoreError, Exception)
    app = Starlette(routes=routes, exception_handlers=dict.fromkeys(kinds, failed))
    # A redirect would carry the reader to an address that nobody wrote down.
    app.router.redirect_slashes = False
    return Guard(app, hosts=hosts, token=token)


def wanted_rows(request: Request) -> int:
    """Return how many rows a request asks for. Raises HTTPException (400) for no such number."""
    given = request.query_params.get("limit", "100")
    if not (ROWS.fullmatch(given) and 1 <= int(given) <= pages.MOST_ROWS):
        raise HTTPException(400, f"limit must be a number from 1 to {pages.MOST_ROWS}")
    return int(given)


def failed(request: Request, error: Exception) -> Response:
    """Answer what could not be answered; a mistake of ours goes to the log, never to the page."""
    headers: dict[str, str] = {}
    match error:
        case HTTPException():
            status, message = error.status_code, error.detail
        case NotFound():
            status, message = 404, str(error)
        case StoreError():
            status, message, headers = 503, str(error), {"Retry-After": "5"}
        case _:
            status, message = 500, "This page failed; the log says why."
    return HTMLResponse(pages.problem(status, message), status, headers)
