"""A small client portal with tools that need consent, and kigen's public pages on the same site, served for real."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import waitress
from flask import Flask, Response, request

from kigen.ledger import notices, settings
from kigen.ledger.notices import Text
from kigen.policy.cookies import NOTICE, TOOLS
from kigen.policy.notices import Version, Weight
from kigen.web import cookies, public
from kigen.work import publishing
from kigen.work.site import Site
from tests.cases.desk import Desk, at

ROWS = (
    "analytics | Matomo | Example Analytics KK | _pk_id* | 13 months | https://stats.example.jp/opt-out;"
    "advertising | Example Ads | Example Ads Inc., US | _ad | 90 days | ;"
    "necessary | Session | BESTNET | WHMCSabc | | "
)
OPERATOR = {
    "name": "BESTNET LLC", "name_ja": "BESTNET合同会社", "address": "Osaki, Miyagi, Japan",
    "representative": "A. Someone", "contact": "privacy@example.jp",
}  # fmt: skip
SELF = "default-src 'none'; script-src 'self'; style-src 'none'; connect-src 'self'; frame-src 'self'; base-uri 'none'"
NONCE = "default-src 'none'; script-src 'nonce-{0}'; connect-src 'self'; frame-src 'self'"

PAGE = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Portal</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<script src="/privacy/cookies.js"{nonce} defer></script></head><body>
<h1>Client portal</h1><p>Services, invoices, tickets.</p><a href="/privacy/tools" data-kigen-open>Cookie settings</a>
<script type="text/plain" data-kigen="analytics" data-src="/tool.js"{nonce}></script>{more}
<iframe title="Offers" data-kigen="advertising" data-src="/offer"></iframe><p>{filler}</p></body></html>"""
INLINE = '<script type="text/plain" data-kigen="analytics"{nonce}>document.title = "{said}";</script>'


class Shop:
    """The site. `now` is the instant of every request; `is_down` lets nothing in; `loaded` counts what browsers got."""

    def __init__(self, folder: Path) -> None:
        self.desk = Desk(f"sqlite:///{folder / 'billing.sqlite'}", folder)
        self.now = self.desk.site.now
        self.is_down = False
        self.loaded: Counter[str] = Counter()
        self.app = Flask("shop", static_folder=None)
        self.app.before_request(self._refuse)
        for made in (cookies.blueprint(self.site), public.blueprint(self.site)):
            self.app.register_blueprint(made)
        self._portal()
        self._server = waitress.create_server(self.app, host="127.0.0.1", port=0, threads=4)
        self.address = f"http://127.0.0.1:{self._server.effective_port}"
        self.set(**{f"operator.{name}": value for name, value in OPERATOR.items()})
        self.set(**{"operator.portal": f"{self.address}/clientarea", TOOLS: ROWS})
        threading.Thread(target=self._server.run, daemon=True).start()

    def site(self) -> Site:
        return replace(self.desk.site, now=self.now, machine_now=dt.datetime.now(dt.UTC))

    def set(self, **values: str) -> None:
        with self.desk.site.transaction() as connection:
            for name, value in values.items():
                settings.store(connection, name, value, self.now, "tests")

    def publish(self, key: str = NOTICE, weight: Weight = Weight.MATERIAL) -> Version:
        """kigen's own words of a notice as the next version, from now on."""
        with self.site().transaction() as connection:
            made = publishing.draft(self.site(), connection, key, {}, self.now, self.now)
            return publishing.publish(self.site(), connection, made, self.now, weight, is_posting_date=False)

    def publish_words(self, key: str, published: str, effective: str, **texts: str) -> None:
        with self.desk.site.transaction() as connection:
            words = {language: Text("Policy", text) for language, text in texts.items()}
            notices.publish(connection, key, words, at(published), at(effective), Weight.MATERIAL, "ja", "tests")

    def told(self, what: str = "purpose, act") -> list[Any]:
        """What was written down of visitors, in the order of receipt."""
        with self.desk.site.reading() as connection:
            query = f"SELECT {what} FROM kigen_choices ORDER BY id"
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    def forget(self) -> None:
        """As before the first visitor."""
        with self.desk.site.transaction() as connection:
            connection.exec_driver_sql("DELETE FROM kigen_choices")
        self.loaded.clear()

    def close(self) -> None:
        self._server.close()
        self.desk.close()

    def _refuse(self) -> Response | None:
        return Response(status=503) if self.is_down and request.path.endswith("/choice") else None

    def _portal(self) -> None:
        @self.app.get("/")
        def portal() -> Response:
            values = {"language": request.args.get("language", "en"), "nonce": "", "more": "", "filler": "… " * 2000}
            return Response(PAGE.format(**values), headers={"Content-Security-Policy": SELF})

        @self.app.get("/nonce")
        def with_nonce() -> Response:
            own, foreign = ' nonce="abc"', ' nonce="guessed"'
            more = INLINE.format(nonce=own, said="own") + INLINE.format(nonce=foreign, said="smuggled")
            more += '<script type="text/plain" data-kigen="analytics" data-src="/smuggled.js"></script>'
            page = PAGE.format(language="en", nonce=own, more=more, filler="")
            return Response(page, headers={"Content-Security-Policy": NONCE.format("abc")})

        @self.app.get("/tool.js")
        def tool() -> Response:
            self.loaded["tool"] += 1
            return Response('document.cookie = "_pk_id.1=abc;path=/"; window.ran = 1;', mimetype="text/javascript")

        @self.app.get("/offer")
        def offer() -> Response:
            self.loaded["offer"] += 1
            return Response("<!doctype html><title>Offer</title>An offer")

        @self.app.get("/smuggled.js")
        def smuggled() -> Response:
            self.loaded["smuggled"] += 1
            return Response("", mimetype="text/javascript")
