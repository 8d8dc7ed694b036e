"""What the portal's pages load to ask about cookies, and the endpoint that takes the answer.

A visitor's address is written down nowhere. Whatever comes that is no choice is refused with a status below 500.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from functools import cache
from importlib import resources
from typing import Annotated, Literal
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from werkzeug.wrappers import Response as Plain

from kigen.policy.consents import Act
from kigen.policy.cookies import ORIGINS
from kigen.policy.purposes import IN_BROWSER, PURPOSES
from kigen.web.cookie_words import said
from kigen.web.languages import language_of
from kigen.web.rates import Visitors
from kigen.web.signed_in import client_of
from kigen.web.sites import Sites
from kigen.work import cookies
from kigen.work.site import Site

LARGEST = 2048
"""Bytes of a choice; one of four purposes has a fifth of them."""

OF_ONE, OF_ALL = 30, 900
"""Choices that are taken in a minute: from one address, and altogether."""

_YEAR = "public, max-age=31536000, immutable"


class Told(BaseModel):
    """A choice as the script tells it: instants are milliseconds by the browser's clock."""

    model_config = ConfigDict(extra="forbid", strict=True)

    visitor: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    stamp: Annotated[int, Field(ge=0, lt=2**53)]
    ago: Annotated[int, Field(ge=0, lt=2**53)]
    version: Annotated[int, Field(ge=1, lt=2**31)]
    language: Literal["en", "ja"]
    purposes: Annotated[dict[str, Literal["given", "refused", "withdrawn"]], Field(min_length=1, max_length=8)]
    signal: bool
    client: Annotated[str, Field(max_length=100)] | None = None

    def chosen(self, is_signal: bool) -> cookies.Chosen:
        """The same as the work takes it. ValueError for a purpose about which nobody is asked."""
        if not self.purposes.keys() <= set(IN_BROWSER):
            raise ValueError("there is no such purpose")
        acts = {key: Act(one) for key, one in self.purposes.items()}
        ago = dt.timedelta(milliseconds=min(self.ago, cookies.LONGEST // dt.timedelta(milliseconds=1)))
        return cookies.Chosen(
            self.visitor, self.stamp, ago, self.version, self.language, acts, self.signal or is_signal
        )  # fmt: skip


def blueprint(sites: Sites) -> Blueprint:
    """The script, what it asks, and where its answer goes."""
    made, visitors = Blueprint("cookies", __name__), Visitors(OF_ONE, OF_ALL)

    @made.get("/privacy/cookies.js")
    @made.get("/privacy/cookies.<digest>.js")
    def script(digest: str = "") -> Plain:
        text, known = asset()
        answer = Response(text, mimetype="text/javascript")
        answer.set_etag(known)
        answer.headers["Cache-Control"] = _YEAR if digest == known else "public, max-age=300"
        answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return _safe(answer).make_conditional(request)

    @made.get("/privacy/cookies.json")
    def asked() -> Plain:
        site = sites()
        with site.reading() as connection:
            language = language_of(request, str(site.setting(connection, "notices.binding")))
            answer = jsonify(_asked(site, connection, language, is_signal()))
        answer.headers["Access-Control-Allow-Origin"] = "*"  # it is the same for everybody
        answer.headers["Cache-Control"] = "no-cache"  # a new version of the notice counts from its instant
        answer.vary.update(("Sec-GPC", "Accept-Language"))
        answer.add_etag()
        return _safe(answer).make_conditional(request)

    @made.route("/privacy/cookies/choice", methods=["POST", "OPTIONS"], provide_automatic_options=False)
    def choice() -> Response:
        sender, site = request.headers.get("Origin", ""), sites()
        if visitors.is_over(request.remote_addr, site.machine_now):
            return _said(429, "too many choices; they are taken again in a minute", {"Retry-After": "60"})
        with site.reading() as connection:
            is_known = sender != "" and sender in {origin(request.host_url), *_origins(site, connection)}
        if not is_known:
            return _said(403, "choices are taken on the portal's own pages only")
        allowed = {"Access-Control-Allow-Origin": sender, "Vary": "Origin"}
        if request.method == "OPTIONS":
            asking = {"Access-Control-Allow-Methods": "POST", "Access-Control-Allow-Headers": "Content-Type"}
            return _said(204, "", {**allowed, **asking, "Access-Control-Max-Age": "600"})
        if request.mimetype != "application/json":
            return _said(415, "expected application/json", allowed)
        if request.content_length is None or request.content_length > LARGEST:
            return _said(413, f"expected at most {LARGEST} bytes", allowed)
        try:
            told = Told.model_validate_json(request.get_data(cache=False))
            chosen = told.chosen(is_signal())
        except ValidationError:
            return _said(400, "this is no choice", allowed)
        except ValueError as error:
            return _said(400, str(error), allowed)
        try:
            with site.transaction() as connection:
                cookies.record(site, connection, chosen, client_of(site, told.client))
        except ValueError as error:
            return _said(409, str(error), allowed)
        return _said(204, "", allowed)

    @made.get("/.well-known/gpc.json")
    def signal() -> Response:
        site = sites()
        with site.reading() as connection:
            shown = cookies.shown(site, connection)
        last = (shown[0].effective if shown else site.now).date().isoformat()
        return _safe(jsonify({"gpc": True, "lastUpdate": last}))

    @made.errorhandler(DBAPIError)
    def unreachable(_error: Exception) -> Response:
        return _said(503, "the database is not reachable", {"Retry-After": "60"})

    return made


@cache
def asset() -> tuple[str, str]:
    """The script without what only its readers need, and the digest that its lasting address has."""
    text = (resources.files("kigen.templates") / "public" / "cookies.js").read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    text = "\n".join(line for line in lines if not line.startswith("//"))
    return text, hashlib.sha256(text.encode()).hexdigest()[:16]


def integrity() -> str:
    """What a page may name in the attribute `integrity` beside the lasting address."""
    return "sha384-" + base64.b64encode(hashlib.sha384(asset()[0].encode()).digest()).decode("ascii")


@cache
def _style() -> str:
    text = (resources.files("kigen.templates") / "public" / "cookies.css").read_text(encoding="utf-8")
    return " ".join(text.split())


def _asked(site: Site, connection: Connection, language: str, is_signal: bool) -> dict[str, object]:
    """What the script shows; without `purposes` it shows nothing, and everything that is tagged stays as it is."""
    used, shown = cookies.in_use(site, connection), cookies.shown(site, connection)
    if not used.purposes:
        return {"why": "no tool that needs consent is named in cookies.tools"}
    if shown is None:
        return {"why": "no cookie notice is published, so that nobody can agree to anything"}
    version, since = shown
    column = int(language == "ja")
    names = ("; ", "、")[column].join(PURPOSES[key].name[column] for key in used.purposes)
    words = said(language, months=used.months, purposes=names)
    return {
        "language": language, "version": version.number, "since": since, "tools": used.fingerprint,
        "months": used.months, "signal": is_signal, "words": words, "style": _style(),
        "notice": f"cookies?language={language}",
        "purposes": [
            {
                "key": key, "name": PURPOSES[key].name[column], "uses": PURPOSES[key].uses[column],
                "by": words["by"].replace("{tools}", ("; ", "、")[column].join(used.named(key))),
                "cookies": [name for one in used.of(key) for name in one.cookies],
            }
            for key in used.purposes
        ],
    }  # fmt: skip


def is_signal() -> bool:
    """Global Privacy Control is on where the header is exactly 1; every other value means nothing."""
    return request.headers.get("Sec-GPC") == "1"


def _origins(site: Site, connection: Connection) -> set[str]:
    portal, others = site.setting(connection, "operator.portal"), site.setting(connection, ORIGINS)
    found = set(others) if isinstance(others, tuple) else set()
    return found | ({origin(str(portal))} if portal else set())


def origin(address: str) -> str:
    """Scheme and server of an address, as a browser writes them in Origin; blank for what is no address."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return ""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    standard = {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{host}{'' if port in (None, standard) else f':{port}'}" if host else ""


def _said(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    answer = jsonify({"error": text}) if text else Response()
    answer.status_code = status
    answer.headers.update(headers or {})
    answer.headers["Cache-Control"] = "no-store"
    return _safe(answer)


def _safe(answer: Response) -> Response:
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return answer
