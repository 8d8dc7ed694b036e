"""A sandbox portal: one signs in as any client or as staff, moves the clock, and sees kigen's pages in its layout.

It has them as a bridge has: each page is asked for with a signed actor, and placed. It is for trying alone: whoever
opens it is whoever he says.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Flask, Response, redirect, request, session
from werkzeug.test import Client
from werkzeug.wrappers import Response as Plain

from kigen.demo.portal_bridge import BASE, fetch
from kigen.pages import environment
from kigen.policy.periods import end_of_day, from_local, to_local
from kigen.policy.records import Kind
from kigen.policy.vocabulary import LANGUAGES
from kigen.web.app import make_app
from kigen.web.fragments import TITLE, style_source
from kigen.web.jobs import Look, nothing
from kigen.work.site import Site

PAGE = "page"
SHOWN = 24
STAFF = 1


@dataclass
class Clock:
    """The portal's clock: the machine's, and how far a person moved it."""

    site: Site
    moved: dt.timedelta = field(default_factory=dt.timedelta)

    def now(self) -> Site:
        """The installation at the portal's time; a moved one is a stated time, which confirms nothing by itself."""
        machine_now = dt.datetime.now(dt.UTC)
        is_moved = bool(self.moved)
        return replace(self.site, now=machine_now + self.moved, machine_now=machine_now,
                       is_machine_clock=not is_moved, is_time_stated=is_moved)  # fmt: skip

    def move_to(self, day: dt.date) -> None:
        """Go to the morning of a day."""
        at = from_local(dt.datetime.combine(day, dt.time(9)), self.site.zone)
        self.moved = at - dt.datetime.now(dt.UTC)


def make_portal(site: Site, look: Look = nothing) -> Flask:
    """The sandbox portal over an installation whose data may be lost."""
    clock = Clock(site, site.now - dt.datetime.now(dt.UTC) if site.is_time_stated else dt.timedelta())
    app = Flask("kigen.demo", static_folder=None, template_folder=None)
    app.secret_key = secrets.token_bytes(32)
    app.config.update(SESSION_COOKIE_SAMESITE="Strict", SESSION_COOKIE_HTTPONLY=True, MAX_CONTENT_LENGTH=64 * 1024)
    inside = make_app(clock.now, look)
    app.extensions["kigen"] = inside.extensions["kigen"]
    _Portal(app, clock, Client(inside))
    return app


class _Portal:
    def __init__(self, app: Flask, clock: Clock, inside: Client) -> None:
        self._clock, self._inside = clock, inside
        app.get("/")(self.door)
        app.get("/portal.css")(self.style)
        app.post("/sign-in")(self.sign_in)
        app.post("/clock")(self.move)
        app.route("/portal", methods=["GET", "POST"])(self.portal)

    def door(self, unknown: str | None = None) -> Response:
        """Who to be; `unknown` is a number that nobody has."""
        site = self._clock.now()
        with site.reading() as connection:
            numbers = site.host.client_ids(connection, None, SHOWN)
        return self._page("demo/door.html", "Sandbox portal", 200 if unknown is None else 404, clients=numbers,
                          unknown=unknown)  # fmt: skip

    def _is_there(self, client: int) -> bool:
        site = self._clock.now()
        with site.reading() as connection:
            return client in site.host.owners(connection, Kind.CLIENT, [client])

    def style(self) -> Response:
        """The portal's own stylesheet."""
        return Response(environment().get_template("demo/portal.css").render(), content_type="text/css; charset=utf-8")

    def sign_in(self) -> Plain:
        """Be a client, staff, or staff in a client's place; every sign-in is a session of its own."""
        role, number = request.form.get("role", "client"), request.form.get("client", "").strip()
        language = request.form.get("language", "en")
        session.clear()
        client = int(number) if number.isascii() and number.isdigit() and 0 < len(number) < 10 else 0
        if role != "admin" and not self._is_there(client):
            return self.door(unknown=number)
        session.update(
            role="admin" if role == "admin" else "client", as_staff=STAFF if role == "as-client" else None,
            client=client, language=language if language in LANGUAGES else "en", id=secrets.token_hex(16),
        )  # fmt: skip
        return redirect("/portal", 303)

    def move(self) -> Plain:
        """Move the clock: by days, to a day, or back to the machine's."""
        days, day = request.form.get("days", ""), request.form.get("day", "")
        if request.form.get("back"):
            self._clock.moved = dt.timedelta()
        elif days.isascii() and days.isdigit() and len(days) < 5:
            self._clock.moved += dt.timedelta(int(days))
        else:
            try:
                wanted = dt.date.fromisoformat(day)
                if not 2000 <= wanted.year <= 2090:
                    raise ValueError
                self._clock.move_to(wanted)
            except ValueError:
                pass  # the clock stays, and the page shows it
        return redirect("/portal" if session else "/", 303)

    def portal(self) -> Plain:
        """A page of kigen's in the portal's layout; a download and a redirect pass through."""
        if not session:
            return redirect("/", 303)
        page = request.args.get(PAGE, "")
        query = "&".join(one for one in request.query_string.decode().split("&") if not one.startswith(f"{PAGE}="))
        told = fetch(self._inside, self._clock.now(), dict(session), request.method, page, query, request.get_data())
        if told.status_code == 303:
            place = told.headers["Location"].replace("?", "&", 1)
            return redirect(f"{BASE}{place}", 303)
        if "Content-Disposition" in told.headers:
            names = ("Content-Type", "Content-Disposition", "Content-Length")
            kept = {name: told.headers[name] for name in names if name in told.headers}
            return Response(told.iter_encoded(), told.status_code, kept)
        title = told.headers.get(TITLE, "kigen").encode("latin-1", "replace").decode("utf-8", "replace")
        return self._page("demo/inside.html", title, told.status_code, fragment=told.text)

    def _page(self, template: str, title: str, status: int = 200, **values: Any) -> Response:
        site = self._clock.now()
        text = environment().get_template(template).render(
            title=title, language=session.get("language", "en"), who=session if session else None,
            now=f"{to_local(site.now, site.zone):%Y-%m-%d %H:%M}", zone=site.zone, is_moved=bool(self._clock.moved),
            today=f"{to_local(end_of_day(site.now.date(), site.zone), site.zone):%Y-%m-%d}", **values,
        )  # fmt: skip
        answer = Response(text, status, content_type="text/html; charset=utf-8")
        answer.headers["Content-Security-Policy"] = (
            f"default-src 'none'; style-src 'self' {style_source()}; form-action 'self'; base-uri 'none';"
            " frame-ancestors 'none'"
        )
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Cache-Control"] = "no-store"
        return answer
