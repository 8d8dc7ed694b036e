"""How a public page is sent: whole, loading nothing but the script that asks about cookies, and never an old one."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import make_response, redirect, request
from werkzeug.wrappers import Response

from kigen import pages
from kigen.policy.vocabulary import LANGUAGES

WITH_A_FORM = frozenset({"unsubscribe"})
"""Pages that may send something; the others only tell."""


def rendered(name: str, language: str, status: int, **values: object) -> Response:
    """A page in a language, from the template of this name."""
    template = f"public/{name}.html"
    answer = make_response(pages.render(template, language, **values), status)
    sends = "'self'" if name in WITH_A_FORM else "'none'"
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src '{pages.head(template, language)['style_hash']}'; script-src 'self';"
        f" connect-src 'self'; base-uri 'none'; form-action {sends}; frame-ancestors 'self'"
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-cache"  # which version is in force changes with an instant
    answer.headers["Content-Language"] = language
    answer.vary.update(("Accept-Language", "Sec-GPC"))
    answer.add_etag()
    return answer.make_conditional(request)


def to_itself() -> Response:
    """The same page, with no more in its address than the language."""
    language = request.args.get("language", "")[:2].lower()
    query = f"?{urlencode({'language': language})}" if language in LANGUAGES else ""
    answer = redirect(f"{request.path}{query}", 303)
    answer.autocorrect_location_header = False
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
