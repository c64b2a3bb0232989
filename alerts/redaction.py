"""Takes out of texts that nobody wrote on purpose what the config holds as secret.

Our own messages name no secret. The text of an error that nobody foresaw may: a library repeats
the address that it was given, and an address may carry a token.
"""

from contextlib import suppress
from urllib.parse import unquote, urlsplit

HIDDEN = "(secret)"

SHORTEST = 6
"""Characters below which a part of an address hides nothing, and is part of every other word."""

_held: set[str] = set()
"""What this process has read from a config as secret, and the parts of it that tell as much."""


def hold(secret: str) -> None:
    """Remember a secret; of an address also its path, query, user and password."""
    told: list[str | None] = [secret]
    if "://" in secret:
        with suppress(ValueError):
            parts = urlsplit(secret)
            told += [parts.username, parts.password, parts.path, parts.query]
    for part in filter(None, told):
        _held.update(form for form in (part, unquote(part)) if len(form) >= SHORTEST)


def redact(text: str) -> str:
    """Return a text with "(secret)" in place of everything that is held."""
    # The longest first: a path is part of its address.
    for secret in sorted((one for one in _held if one in text), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text
