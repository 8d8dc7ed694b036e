"""The page that a mail's unsubscribe link opens, and the one click by which a mail program unsubscribes (RFC 8058).

Opening it changes nothing, because programs that look through mails open every link. The signed token in the address is
the right to end one purpose, so that neither a sign-in nor a token of a form is asked for, and no answer tells whether
a token was good.
"""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from kigen.web.languages import language_of
from kigen.web.public_page import rendered
from kigen.web.rates import Visitors
from kigen.web.sites import Sites
from kigen.work import unsubscribing

OF_ONE, OF_ALL = 300, 900
"""Clicks that are taken in a minute, from one address and altogether: a provider of mail clicks for all its users."""


def blueprint(sites: Sites) -> Blueprint:
    """The page and its button."""
    made, rate = Blueprint("unsubscribe", __name__), Visitors(OF_ONE, OF_ALL)

    def page(token: str, state: str, status: int = 200) -> Response:
        site = sites()
        with site.reading() as connection:
            language = language_of(request, str(site.setting(connection, "notices.binding")))
            contact = str(site.setting(connection, "operator.contact"))
        purpose = unsubscribing.purpose_of(token)
        name = purpose.name[language == "ja"] if purpose else ""
        answer = rendered(
            "unsubscribe", language, status, script=None, here=request.path, contact=contact,
            state=state, purpose=name,
        )  # fmt: skip
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @made.get("/privacy/unsubscribe/<token>")
    def ask(token: str) -> Response:
        return page(token, "asks")

    @made.post("/privacy/unsubscribe/<token>")
    def end(token: str) -> Response:
        site = sites()
        if rate.is_over(request.remote_addr, site.now):
            answer = page(token, "busy", 429)
            answer.headers["Retry-After"] = "60"
            return answer
        with site.transaction() as connection:
            unsubscribing.unsubscribe(site, connection, token)
        return page(token, "done")

    return made
