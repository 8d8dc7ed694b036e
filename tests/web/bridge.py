"""The bridge inside a platform as the tests have it: it signs by the agreement, and can be told to do so wrongly."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
from typing import Any
from urllib.parse import urlencode

from werkzeug.test import Client, TestResponse

from kigen.ledger.bridge_secret import bridge_secret
from kigen.web import csrf
from kigen.web.actor import Actor
from kigen.web.app import make_app
from kigen.work.site import Site
from tests.cases.desk import Desk

SESSION = hashlib.sha256(b"a session of the host's").hexdigest()


def actor(site: Site, **told: Any) -> dict[str, Any]:
    """What a bridge tells of client 1 at this machine's clock; `told` replaces or, where it is `...`, removes."""
    found = {
        "who": "client:1", "role": "client", "client": 1, "as_staff": None, "language": "en", "session": SESSION,
        "at": int(site.machine_now.timestamp()), "nonce": secrets.token_hex(16), "base": "index.php?m=kigen&page=",
        "host": "whmcs", **told,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value is not ...}


STAFF = {"who": "staff:3", "role": "admin", "client": None}


def headers(secret: bytes, method: str, target: str, body: bytes, told: dict[str, Any]) -> dict[str, str]:
    """The two headers of the agreement."""
    encoded = base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")
    text = f"{method}\n{target}\n{hashlib.sha256(body).hexdigest()}\n{encoded}"
    signed = hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
    return {"Kigen-Actor": encoded, "Kigen-Signature": f"v1={signed}"}


class Bridge:
    """One installation with its pages, asked as a platform would ask."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.app = make_app(lambda: desk.site)
        self.app.extensions["kigen"].wait_seconds = 60.0  # a loaded machine is no failure
        self.browser = Client(self.app)
        self.secret = bridge_secret(desk.site.state_dir)

    def get(self, page: str, query: str = "", **told: Any) -> TestResponse:
        target = f"/bridge/{page}{'?' if query else ''}{query}"
        signed = headers(self.secret, "GET", target, b"", actor(self.desk.site, **told))
        return self.browser.get(target, headers=signed)

    def post(self, page: str, fields: dict[str, Any], **told: Any) -> TestResponse:
        """A form, with whatever token the fields hold."""
        target, body = f"/bridge/{page}", urlencode(fields).encode()
        signed = headers(self.secret, "POST", target, body, actor(self.desk.site, **told))
        return self.browser.post(target, data=body, headers=signed, content_type="application/x-www-form-urlencoded")

    def form(self, seen: TestResponse, page: str, **values: str) -> dict[str, str]:
        """The hidden fields of the first form of a page that goes to `page` and has these values."""
        for found in re.findall(r"<form(.*?)</form>", seen.text, re.DOTALL):
            fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', found))
            fields = {name: value.replace("&#34;", '"').replace("&amp;", "&") for name, value in fields.items()}
            is_there = re.search(rf'action="[^"]*page={re.escape(page)}"', found)
            if is_there and values.items() <= fields.items():
                return fields
        raise AssertionError(f"there is no form to {page} with {values}")

    def send(self, seen_at: str, page: str, more: dict[str, str] | None = None, told: dict[str, Any] | None = None,
             **values: str) -> TestResponse:  # fmt: skip
        """Look at a page, and send its form that goes to another."""
        who = told or {}
        fields = self.form(self.get(seen_at, **who), page, **values)
        return self.post(page, {**fields, **(more or {})}, **who)

    def token(self, page: str, **told: Any) -> str:
        """A token as a page would give it to this actor."""
        who = Actor.model_validate(actor(self.desk.site, **told))
        return csrf.token(self.secret, who, page, int(self.desk.site.machine_now.timestamp()))
