"""The one web application: what every answer has in common, whichever page it is of.

It tells whoever asks nothing about what failed, and writes no log with a path's values, an address or a name in it.
"""

from __future__ import annotations

import importlib
import json
import logging
import pkgutil
import time
from typing import Any

from flask import Flask, Response, g, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

import kigen.web
from kigen.errors import one_sentence
from kigen.pages import environment
from kigen.policy.vocabulary import LANGUAGES
from kigen.web import jobs
from kigen.web.door import PREFIX, Door
from kigen.web.fragments import fragment, style_source
from kigen.web.sites import Sites

LONGEST = 1024 * 1024
"""Bytes of a body; what needs less says so itself."""

MISSING, FAILED, BUSY = 404, 500, 503

_log = logging.getLogger("kigen.web")


def make_app(sites: Sites, look: jobs.Look = jobs.nothing) -> Flask:
    """The application. `sites` gives a site of this instant, asked once per request; `look` is what `doctor` finds."""
    app = Flask("kigen.web", static_folder=None, template_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=LONGEST, MAX_FORM_MEMORY_SIZE=LONGEST, MAX_FORM_PARTS=200, DEBUG=False,
                      TESTING=False, PROPAGATE_EXCEPTIONS=False, TRAP_HTTP_EXCEPTIONS=False)  # fmt: skip
    app.extensions["kigen"] = jobs.Shared(look)
    app.before_request(_begin)
    Door(app, sites)
    app.after_request(_finish)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(Exception, _failed)
    for module in _modules():
        app.register_blueprint(module.blueprint(sites))
    return app


def _modules() -> list[Any]:
    """The files of pages, in the order of their names: each gives `blueprint(sites)`."""
    names = sorted(one.name for one in pkgutil.iter_modules(kigen.web.__path__, "kigen.web.") if one.name != __name__)
    modules = [importlib.import_module(name) for name in names]
    return [one for one in modules if callable(getattr(one, "blueprint", None))]


def _begin() -> None:
    g.began = time.monotonic()


def _finish(answer: Response) -> Response:
    headers = answer.headers
    headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'none'; style-src {style_source()}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cache-Control", "no-store")
    took = (time.monotonic() - g.get("began", time.monotonic())) * 1000
    rule = request.url_rule.rule if request.url_rule else "-"
    role = g.actor.role if "actor" in g else "-"
    _log.info("%s %s %d %s %.0f ms", request.method, rule, answer.status_code, role, took)
    return answer


def _refused(error: HTTPException) -> Response:
    """What cannot be answered, told calmly and without details."""
    status = error.code or FAILED
    if error.response is not None and isinstance(error.response, Response):
        return error.response
    return _told(status)


def _failed(error: Exception) -> Response:
    _log.error("failed: %s", one_sentence(error))
    return _told(BUSY if isinstance(error, SQLAlchemyError) else FAILED)


def _told(status: int) -> Response:
    if not request.path.startswith(PREFIX):
        body = json.dumps({"error": _code(status)})
        return Response(body, status, content_type="application/json", headers=_later(status))
    words = environment().get_template("portal/words.html").module.ERRORS  # type: ignore[attr-defined]  # set there
    title = words.get(status, words[MISSING if 400 <= status < 500 else FAILED])
    answer = fragment(
        "portal/error.html", title["title"], status, words=title["text"], languages=LANGUAGES, known="actor" in g
    )
    answer.headers.extend(_later(status))
    return answer


def _code(status: int) -> str:
    known = {400: "malformed", 403: "refused", 404: "not-found", 405: "not-allowed", 413: "too-large", 429: "too-many"}
    return known.get(status, "unavailable" if status >= FAILED else "refused")


def _later(status: int) -> dict[str, str]:
    return {"Retry-After": "30"} if status == BUSY else {}
