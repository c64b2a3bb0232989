"""RawPost -> Post: plain text, safe characters, one language code, dates in UTC. Pure.

Markup is read by a scanner that looks at every character once: tree builders take seconds, in
quadratic time, for half a megabyte of nested tags, and any feed may send that. What comes out is
text, never markup; whoever shows it escapes it.
"""

import hashlib
import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from alerts.dates import parse_date
from alerts.domain import Figures, Post, RawPost

LONGEST_TEXT = 100_000
LONGEST_TITLE = 300
LONGEST_HEADLINE = 140
LONGEST_NAME = 200
LONGEST_ID = 1_000
LONGEST_URL = 4_000
MOST_TAGS = 50
MOST_RAW = 1_000_000
CUT = " […]"

# Controls, zero-width and bidirectional marks, lone surrogates, tag characters.
REMOVED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
LINE_BREAK = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
SPACES = re.compile(r"[^\S\n]+")
BLANK_LINES = re.compile(r"\n{3,}")

# Every branch succeeds at the end of the text too, so no character is scanned twice.
MARKUP = re.compile(
    r"""
      <!--(?: -?> | .*?(?: --!?> | \Z))
    | <(?P<closing>/?)(?P<name>[a-z][^\s/>]*+)
        (?: [^>"'=]++ | =\s*+(?: "[^"]*+(?:"|\Z) | '[^']*+(?:'|\Z) | ) | ["'] )*+ (?: > | \Z)
    | <[!?/][^>]*+(?: > | \Z)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
BLOCKS = {
    "address", "article", "aside", "blockquote", "br", "caption", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
    "h6", "header", "hr", "li", "main", "nav", "ol", "option", "p", "pre", "section", "summary",
    "table", "tbody", "tfoot", "thead", "tr", "ul",
}  # fmt: skip
CELLS = {"td", "th"}
# Elements whose content is no text to read.
UNREAD = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "noscript", "template", "iframe", "object", "svg", "textarea")
}
LONG_NUMERIC_ENTITY = re.compile(r"&#\d{8,};?")
LEFT_ENTITY = re.compile(
    r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|amp|lt|gt|quot|apos|nbsp|[lr][sd]quo|[mn]dash|hellip|middot"
    r"|euro|pound|yen|copy|reg|trade|eacute|uuml|ouml|auml);",
    re.IGNORECASE,
)
LEFT_TAG = re.compile(r"</?(?:p|br|div|span|a|b|i|em|strong|ul|ol|li|img|h[1-6])\b[^<>]*>", re.I)

LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].*)?", re.IGNORECASE)
KANA = re.compile("[\u3040-\u30ff\uff66-\uff9f]")
HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")


def normalise(raw: RawPost, *, official: bool, now: datetime) -> Post:
    """Return the post that a source's item stands for.

    official: the source's setting, where the item itself does not say.
    now: when it was first seen.
    """
    external_id = tidy_id(raw.external_id)
    read = read_html if raw.markup == "html" else read_text
    title = " ".join(read(raw.title or "").split())
    body = read(raw.body or "")
    text = shorten(join(title, body), LONGEST_TEXT)
    published = parse_date(raw.published, now) if raw.published else None
    return Post(
        id=post_id(raw.source, external_id),
        source=raw.source,
        external_id=external_id,
        url=tidy_url(raw.url),
        title=shorten(title, LONGEST_TITLE) or headline(text),
        text=text,
        lang=language(raw.language, text),
        author=tidy_name(raw.author or "") or None,
        published_at=published or now.astimezone(UTC),
        dated=published is not None,
        first_seen_at=now.astimezone(UTC),
        official=official if raw.official is None else raw.official,
        limited=raw.limited,
        figures=Figures(
            followers=tidy_count(raw.figures.followers),
            interactions=tidy_count(raw.figures.interactions),
        ),
        platform_tags=tidy_tags(raw.platform_tags),
    )


def post_id(source: str, external_id: str) -> str:
    """Return the id of a post: 16 hexadecimal digits."""
    return hashlib.sha256(f"{source}\0{external_id}".encode()).hexdigest()[:16]


def tidy(text: str) -> str:
    """Return text without dangerous characters, and with plain spaces and line breaks."""
    if text.isprintable() and "  " not in text:
        # Most texts have nothing to remove: no printable character but the space is affected.
        return text.strip()
    text = REMOVED.sub("", LINE_BREAK.sub("\n", text))
    lines = (line.strip() for line in SPACES.sub(" ", text).split("\n"))
    return BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def read_text(text: str) -> str:
    """Return what a plain text says. Entities in it are someone's mistake, and are repaired."""
    return tidy(LEFT_ENTITY.sub(lambda entity: html.unescape(entity[0]), text[:MOST_RAW]))


def read_html(markup: str) -> str:
    """Return what a page says: blocks on their own lines, entities as characters.

    Markup that was escaped twice, as some feeds send it, is read twice.
    """
    once = unescape("".join(pieces(markup[:MOST_RAW])))
    twice = LEFT_ENTITY.sub(lambda entity: html.unescape(entity[0]), once)
    if twice != once and LEFT_TAG.search(twice):
        twice = unescape("".join(pieces(twice)))
    return tidy(twice)


def pieces(markup: str) -> Iterator[str]:
    """Yield the texts between tags, with a break for each tag that makes one."""
    position = 0
    while tag := MARKUP.search(markup, position):
        yield markup[position : tag.start()]
        name = (tag["name"] or "").lower()
        if name in BLOCKS:
            yield "\n\n" if name == "p" else "\n"
        elif name in CELLS:
            yield " "
        position = tag.end()
        if name in UNREAD and not tag["closing"]:
            end = UNREAD[name].search(markup, position)
            position = end.start() if end else len(markup)
    yield markup[position:]


def unescape(text: str) -> str:
    """Turn entities into characters, once."""
    # Python refuses to read a number of more than 4,300 digits.
    return html.unescape(LONG_NUMERIC_ENTITY.sub("\ufffd", text))


def join(title: str, body: str) -> str:
    """Return title and body as one text; a body that begins with its title says it already."""
    start = " ".join(body[: 2 * len(title) + 20].split()).casefold()
    if not title or start.startswith(title.rstrip(".… ").casefold()):
        return body
    return f"{title}\n\n{body}".strip()


def headline(text: str) -> str:
    """Return the start of a text that has no title."""
    return shorten(text.partition("\n")[0], LONGEST_HEADLINE)


def shorten(text: str, longest: int) -> str:
    """Cut a text that is too long, and show that it was cut."""
    return text if len(text) <= longest else text[: longest - len(CUT)].rstrip() + CUT


def language(tag: str | None, text: str) -> str:
    """Return a language code: by script for Chinese, Japanese and Korean, else as tagged, else en.

    A tag tells nothing where the script speaks against it: many feeds keep their software's "en".
    """
    stated = LANGUAGE.fullmatch((tag or "").strip())
    code = stated[1].lower() if stated else ""
    sample = text[:5000]
    if not sample.isascii():
        kana, hangul, han = (len(script.findall(sample)) for script in (KANA, HANGUL, HAN))
        signs = kana + hangul + han
        if signs and signs >= 0.2 * sum(map(str.isalpha, sample)):
            by_script = "ko" if hangul > kana + han else "ja" if kana > 0.1 * (kana + han) else "zh"
            return code if code in {"zh", "ja", "ko", "yue"} else by_script
    return code if code not in {"", "zh", "ja", "ko", "yue", "und", "mul"} else "en"


def tidy_url(url: str | None) -> str | None:
    """Return a web address with its awkward characters escaped, or None if it is not one."""
    address = REMOVED.sub("", url or "").strip()
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not parts.netloc:
        return None
    address = re.sub(r"[\s\"<>\\^`{|}]", lambda awkward: quote(awkward[0], safe=""), address)
    return address if len(address) <= LONGEST_URL else None


def tidy_id(external_id: str) -> str:
    """Return an external id that every store takes; a very long one becomes its hash."""
    clean = " ".join(tidy(external_id).split())
    if len(clean) <= LONGEST_ID:
        return clean
    return "sha256:" + hashlib.sha256(clean.encode()).hexdigest()


def tidy_name(name: str) -> str:
    """Return a name on one line."""
    return shorten(" ".join(read_text(name).split()), LONGEST_NAME)


def tidy_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Return a platform's tags, each once."""
    names = dict.fromkeys(tidy_name(tag) for tag in tags[: 10 * MOST_TAGS])
    return tuple(name for name in names if name)[:MOST_TAGS]


def tidy_count(count: int | None) -> int | None:
    """Return a count that can be one."""
    return count if count is not None and 0 <= count < 1 << 53 else None
