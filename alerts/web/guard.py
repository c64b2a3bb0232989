"""Lets in only what may come in, and tells browsers to trust nothing of what goes out.

Stands before everything else, so a route cannot be forgotten.
"""

import binascii
import hmac
import re
from base64 import b64decode
from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send

from alerts.errors import WebError

LOOPBACK = ("localhost", "127.0.0.1", "::1")

SHORTEST_TOKEN = 16

METHODS = ("GET", "HEAD")

HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::[0-9]{1,5})?")
"""A Host header (RFC 9110, 7.2): a name or an address, and perhaps a port."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """An application behind its guard.

    app: what is guarded.
    hosts: names that requests may be addressed to, beside those of this machine itself.
    token: what every request must carry; None asks for nothing.
    Raises WebError for a token that could be guessed.
    """

    def __init__(self, app: Starlette, *, hosts: Sequence[str], token: str | None) -> None:
        if token is not None and len(token) < SHORTEST_TOKEN:
            raise WebError(f"the web page's token is shorter than {SHORTEST_TOKEN} characters")
        self.app = app
        self.hosts = frozenset(host.lower().strip("[]") for host in (*LOOPBACK, *hosts))
        self.token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request: refuse it, or let the application answer."""

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        assert scope["type"] == "http", f"only HTTP is served, not {scope['type']}"
        refusal = self._refuse(scope["method"], Headers(scope=scope))
        await (refusal or self.app)(scope, receive, send_marked)

    def _refuse(self, method: str, headers: Headers) -> Response | None:
        # A page that a name was rebound to is stopped first, before it learns anything.
        if not self._names_us(headers.getlist("host")):
            return PlainTextResponse("This host name is not served here.\n", 421)
        if method not in METHODS:
            return PlainTextResponse("Only reading.\n", 405, {"Allow": ", ".join(METHODS)})
        if _comes_from_elsewhere(headers):
            return PlainTextResponse("Another site may link here, and no more.\n", 403)
        if self.token is not None and not _carries(self.token, headers):
            asks = 'Basic realm="tocsin", charset="UTF-8"'
            return PlainTextResponse("A token is needed.\n", 401, {"WWW-Authenticate": asks})
        return None

    def _names_us(self, given: Sequence[str]) -> bool:
        found = HOST.fullmatch(given[0].lower()) if len(given) == 1 else None
        return found is not None and (found[1] or found[2]) in self.hosts


def _comes_from_elsewhere(headers: Headers) -> bool:
    """Tell whether another site's page fetches or frames this one (Fetch Metadata)."""
    if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
        return False
    return headers.get("sec-fetch-dest") != "document"


def _carries(token: str, headers: Headers) -> bool:
    """Tell whether a request has the token: as Bearer, or as Basic's password for browsers."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    secret = given.strip().encode("latin-1")
    if scheme.lower() == "basic":
        try:
            secret = b64decode(secret, validate=True).partition(b":")[2]
        except binascii.Error:
            return False
    elif scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(secret, token.encode())
