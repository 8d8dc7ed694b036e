"""Whether a form was made for the person that sends it: a token bound to who, the session, the page and a time."""

from __future__ import annotations

import hashlib
import hmac
import re

from kigen.web.actor import Actor

FIELD = "kigen_csrf"

SECONDS = 2 * 3600
"""For so long a page may lie open before its forms are sent."""

_TOKEN = re.compile(r"([0-9]{1,11})\.([0-9a-f]{64})")


def token(secret: bytes, actor: Actor, page: str, at: int) -> str:
    """The token of a form that is sent to a page; `at` are seconds since 1970."""
    return f"{at}.{_digest(secret, actor, page, at)}"


def is_good(secret: bytes, actor: Actor, page: str, given: str | None, now: int) -> bool:
    """Whether a token is this actor's, of this session, for this page, and young enough."""
    match = _TOKEN.fullmatch(given or "")
    if match is None or not 0 <= now - int(match[1]) <= SECONDS:
        return False
    return hmac.compare_digest(match[2], _digest(secret, actor, page, int(match[1])))


def _digest(secret: bytes, actor: Actor, page: str, at: int) -> str:
    # A key of its own: a token must never pass for a signature of the bridge, or the other way round.
    key = hmac.digest(secret, b"kigen csrf 1", hashlib.sha256)
    text = "\n".join((actor.name, actor.session, page, str(at)))
    return hmac.digest(key, text.encode(), hashlib.sha256).hex()
