"""Texts and links from outside -> ones that act on nobody's terminal, log, page or eyes. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

LONGEST_LINK = 2000

SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]{0,1000}(?:\x07|\x1b\\|\x9c)"
)
"""Whole terminal escape sequences (ECMA-48): control sequences and control strings."""

INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
"""Controls that are not white space, bidi controls and characters that nobody can see.

Zero-width joiners stay: Persian and emoji are spelt with them.
"""

SURROGATE = re.compile("[\ud800-\udfff]")

HOST = re.compile(r"[a-z0-9_-][a-z0-9._-]*|[0-9a-f:.]*:[0-9a-f:.]*")
"""A host name, an IPv4 or an IPv6 address, in the form that a browser shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A web address (http or https, safe to show) and what it is called."""

    text: str
    url: str


def plain(text: str) -> str:
    """Return a text on one line, with nothing in it that acts on a terminal, a log or a reader."""
    if not text.isprintable():
        text = INVISIBLE.sub("", SEQUENCES.sub("", text))
        text = SURROGATE.sub("\ufffd", text)
    return " ".join(text.split())


def counted(number: int, noun: str) -> str:
    """Return how many there are of something: 1 post, 2,000 posts."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def cut(text: str, limit: int) -> str:
    """Shorten a text to so many characters, at the end of a word where there is one near."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    border = text.rfind(" ", 0, limit)
    if border >= limit // 2:
        head = head[:border]
    else:
        whole = head
        while whole and not _starts_a_character(text, len(whole)):
            whole = whole[:-1]
        head = whole or head
    return head.rstrip(" ,;:.-–—") + "…"


def _starts_a_character(text: str, position: int) -> bool:
    following = text[position]
    joined = following in "\u200d\ufe0f" or text[position - 1] == "\u200d"
    return not joined and unicodedata.combining(following) == 0


def web_link(url: str | None, text: str | None = None) -> Link | None:
    """Return a link for a web address, called by its real host; None for anything else."""
    try:
        parts = urlsplit(plain(url or ""))
        host = (parts.hostname or "").encode("idna").decode()
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not HOST.fullmatch(host):
        return None
    netloc = f"[{host}]{port}" if ":" in host else f"{host}{port}"
    address = quote(urlunsplit(parts._replace(netloc=netloc)), safe="!#$%&'()*+,/:;=?@[]~")
    if len(address) > LONGEST_LINK:
        return None
    return Link(text=f"{text} ({host})" if text else host, url=address)
