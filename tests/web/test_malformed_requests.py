"""Requests that nobody sane sends: none makes the server fail, and none is accepted."""

from __future__ import annotations

import base64
import random
import secrets
from collections import Counter
from typing import Any

from werkzeug.test import EnvironBuilder, run_wsgi_app

from kigen.ledger import bridge_secret
from kigen.web.events import signature
from tests.web.bridge import STAFF, Bridge, actor, headers

PAGES = (
    "", "privacy", "privacy/export", "privacy/download", "privacy/consents", "privacy/deletion",
    "privacy/deletion/undo", "privacy/deletion/keep", "admin", "admin/plan", "admin/plan/confirm", "admin/run",
    "admin/explain", "admin/settings", "admin/settings/edit", "admin/settings/preview", "admin/settings/store",
)  # fmt: skip
METHODS = ("GET", "GET", "GET", "POST", "POST", "POST", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE")
ENDS = ("", "/", "/..", "%2f", "\u3042")
FEW, MANY = 300, 10_000


def garbage(chance: random.Random) -> bytes:
    """Bytes, JSON of odd shapes, long digits, markup, halves of characters."""
    return chance.choice(
        (
            b"", chance.randbytes(chance.randrange(1, 200)), b"{" * 3000, b"[" * 100_000, b"\xff\xfe", b'"\\ud800"',
            b'{"event":1,"at":0}', b'{"event":"order_cancelled","at":"9999-99-99","client":1,"id":1}', b"null",
            b'{"event":"order_cancelled","at":"2026-01-01T00:00:00Z","client":' + b"9" * 5000 + b',"id":1}',
            b"kigen_csrf=" + b"%00" * 20, b"kigen_csrf=1.2&figures=[[[&name=\xff&value=%ff", b"a=1&" * 500,
            b'{"event":"order_cancelled","at":"2026-01-01T00:00:00Z","client":NaN,"id":[]}',
        )
    )  # fmt: skip


def spoiled(chance: random.Random, bridge: Bridge, method: str, target: str, body: bytes) -> dict[str, str]:
    """Headers of an actor with something wrong, or none."""
    told: Any = actor(bridge.desk.site, **(STAFF if chance.random() < 0.5 else {}))
    good = headers(bridge.secret, method, target, body, told)
    name = chance.choice(list(told))
    odd = chance.choice((None, -1, 0, 1e400, "x" * 5000, [], {}, True, "\x00", "client:0", 10**30))
    wrong = headers(bridge.secret, method, target, body, {**told, name: odd})
    raw = chance.choice((b"[]", b"null", b"1" * 3000, b"{" * 2000, b"\xff", b'{"who":"client:1"}'))
    signed_raw = {"Kigen-Actor": base64.urlsafe_b64encode(raw).decode(), "Kigen-Signature": "v1=" + "0" * 64}
    return chance.choice(
        (
            {}, {**good, "Kigen-Signature": "v1=" + secrets.token_hex(32)}, {**good, "Kigen-Signature": "v2=0"},
            {"Kigen-Signature": good["Kigen-Signature"]}, {**good, "Kigen-Actor": good["Kigen-Actor"][:-7]},
            headers(b"other", method, target, body, told), wrong, signed_raw, {**good, "Kigen-Actor": "=" * 9000},
            headers(bridge.secret, "GET", "/bridge/elsewhere", body, told),
        )
    )  # fmt: skip


def test_no_malformed_or_forged_request_makes_it_fail_and_none_is_accepted(bridge: Bridge, deep: bool) -> None:
    chance, told = random.Random(7), Counter[str]()
    site = bridge.desk.site
    secret = bridge_secret.add_source(site.state_dir, "panel")
    before = bridge.desk.everything()
    for number in range(MANY if deep else FEW):
        body, method = garbage(chance), chance.choice(METHODS)
        is_event = chance.random() < 0.4
        path = "/events" if is_event else f"/bridge/{chance.choice(PAGES)}{chance.choice(ENDS)}"
        query = chance.choice(("", "a=%ff", "name=" + "x" * 3000, "told=<script>", "kind=client&id=1e9", "\u3042=1"))
        if is_event:
            stamp = str(int(site.machine_now.timestamp()) - chance.choice((0, 0, 400)))
            sign = signature(secret, stamp, body) if chance.random() < 0.5 else "v1=" + "f" * 64
            given = {"Kigen-Source": chance.choice(("panel", "\u00e9", "..")), "Kigen-Timestamp": stamp,
                     "Kigen-Signature": sign,
                     "Idempotency-Key": chance.choice(("", "x" * 300, f"key-{number:06}"))}  # fmt: skip
        else:
            given = spoiled(chance, bridge, method, path, body)
        builder = EnvironBuilder(path, method=method, query_string=query, data=body, headers=given,
                                 content_type=chance.choice(("", "text/plain", "multipart/form-data; boundary=x",
                                                             "application/x-www-form-urlencoded")))  # fmt: skip
        pieces, status, _ = run_wsgi_app(bridge.app, builder.get_environ(), buffered=True)
        text = b"".join(pieces)
        told[status[:3]] += 1
        assert status[0] == "4" or (method == "OPTIONS" and status[0] == "2" and not text), (status, method, path)
        assert b"Traceback" not in text
    print(f"malformed: {sum(told.values())} requests, {dict(sorted(told.items()))}, 0 accepted")
    assert bridge.desk.everything() == before
    assert bridge.desk.rows("kigen_inbox") == []
    assert bridge.desk.rows("kigen_requests") == []
