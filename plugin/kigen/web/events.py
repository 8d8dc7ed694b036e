"""Takes events from platforms and panels that call webhooks: signed, each once, and answered only when they are stored.

`POST /events` with events of contract.md as lines of JSON. `Kigen-Source` names the sender, `Kigen-Timestamp` are unix
seconds, `Kigen-Signature: v1=<hex>` is HMAC-SHA256 over `<timestamp>.<body>` with the sender's 32 bytes, and
`Idempotency-Key` is the same where the same is sent again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import io
import json
import logging
import re
from typing import Any

from flask import Blueprint, Response, request

from kigen.ledger import inbox, once
from kigen.ledger.bridge_secret import source_secret
from kigen.policy.serving import PER_MINUTE
from kigen.web.minutely import Minutely
from kigen.web.rates import Rate
from kigen.web.sites import Sites
from kigen.work.lines import lines, understood
from kigen.work.site import Site

SECONDS = 300
"""How far the sender's clock and this machine's may be apart."""

LONGEST = 256 * 1024
KEPT = dt.timedelta(days=7)
"""For so long a key is known again; the inbox knows the same event longer."""

MOST_TOLD = 20

_SIGNATURE = re.compile(r"v1=([0-9a-f]{64})")
_TIMESTAMP = re.compile(r"[0-9]{1,11}")
_KEY = re.compile(r"[\x21-\x7e]{8,200}")

_log = logging.getLogger("kigen.web")


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """The value of the header for a body."""
    return f"v1={hmac.digest(secret, f'{timestamp}.'.encode() + body, 'sha256').hex()}"


def blueprint(sites: Sites) -> Blueprint:
    """The endpoint."""
    pages = Blueprint("events", __name__)
    rate, minutely = Rate(), Minutely()

    @pages.post("/events")
    def take() -> Response:
        request.max_content_length = LONGEST
        site, body = sites(), request.get_data()
        source = request.headers.get("Kigen-Source", "")
        if not _is_signed(site, source, body):
            _log.info("refused: events unsigned")
            return _answer(401, error="unsigned")
        with site.reading() as connection:
            most = int(str(site.setting(connection, PER_MINUTE)))
        if rate.is_over(source, most, site.machine_now):
            return _answer(429, {"Retry-After": "60"}, error="too-many")
        key = request.headers.get("Idempotency-Key", "")
        if not _KEY.fullmatch(key):
            return _answer(400, error="Idempotency-Key is missing; expected 8 to 200 visible characters")
        answer = _stored(site, source, key, body)
        if minutely.is_time("forget", site.machine_now):
            with site.transaction() as connection:
                once.forget(connection, site.machine_now)
        return answer

    return pages


def _is_signed(site: Site, source: str, body: bytes) -> bool:
    """Whether a known source signed this lately. Nobody learns which part of it is wrong."""
    stamp, signed = (request.headers.get(name, "") for name in ("Kigen-Timestamp", "Kigen-Signature"))
    if not _TIMESTAMP.fullmatch(stamp) or not _SIGNATURE.fullmatch(signed):
        return False
    try:
        secret = source_secret(site.state_dir, source)
    except ValueError:
        return False
    is_young = abs(site.machine_now.timestamp() - int(stamp)) <= SECONDS
    return hmac.compare_digest(signed, signature(secret, stamp, body)) and is_young


def _stored(site: Site, source: str, key: str, body: bytes) -> Response:
    arrivals, rejected = [], []
    for number, raw in lines(io.BytesIO(body)):
        try:
            arrivals.append(understood(raw, site))
        except ValueError as error:
            rejected.append({"line": number, "error": str(error)})
    if rejected or not arrivals:
        rejected = rejected or [{"line": 1, "error": "there is no event"}]
        return _answer(400, accepted=0, rejected=rejected[:MOST_TOLD])
    content = hashlib.sha256(body).hexdigest()
    with site.transaction() as connection:
        known = once.take(connection, f"events {source} {key}", content, site.machine_now + KEPT)
        new = inbox.append(connection, arrivals, site.now) if known is None else 0
    if known not in (None, content):
        return _answer(409, error="Idempotency-Key was used before for other events")
    return _answer(202, accepted=len(arrivals), new=new)


def _answer(status: int, headers: dict[str, str] | None = None, **told: Any) -> Response:
    return Response(json.dumps(told), status, headers, content_type="application/json")
