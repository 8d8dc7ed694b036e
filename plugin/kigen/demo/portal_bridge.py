"""How the sandbox portal asks for a page of kigen's: as a bridge does, with an actor that is signed for one request."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from werkzeug.test import Client, TestResponse

from kigen.ledger.bridge_secret import bridge_secret
from kigen.web.actor import HEADER, SIGNATURE, Actor, encoded, signature
from kigen.work.site import Site

BASE = "/portal?page="


def fetch(
    inside: Client, site: Site, who: Mapping[str, Any], method: str, page: str, query: str, body: bytes
) -> TestResponse:  # fmt: skip
    """The answer to a page's request by whoever is signed in to the portal."""
    target = f"/bridge/{quote(page, safe='/')}{'?' if query else ''}{query}"
    told = encoded(_actor(site, who))
    headers = {HEADER: told, SIGNATURE: signature(bridge_secret(site.state_dir), method, target, body, told)}
    sort = "application/x-www-form-urlencoded"
    return inside.open(target, method=method, data=body, headers=headers, content_type=sort if body else None)


def _actor(site: Site, who: Mapping[str, Any]) -> Actor:
    is_staff = who["role"] == "admin"
    return Actor(
        who="staff:1" if is_staff else f"client:{who['client']}", role=who["role"],
        client=None if is_staff else who["client"], as_staff=None if is_staff else who["as_staff"],
        language=who["language"], session=hashlib.sha256(str(who["id"]).encode()).hexdigest(),
        at=int(site.machine_now.timestamp()), nonce=secrets.token_hex(16), base=BASE, host="whmcs",
    )  # fmt: skip
