"""What staff see: the state of things with what needs a person, and why one record is kept or when it goes."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, request
from werkzeug.wrappers import Response as Plain

from kigen.ledger import inbox, runs
from kigen.policy.decide import Considered
from kigen.policy.periods import to_local
from kigen.policy.reasons import clock_said
from kigen.policy.records import RECORDS, Kind
from kigen.web.fragments import actor, fragment, site, to_page
from kigen.web.jobs import Finding, shared
from kigen.web.sites import Sites
from kigen.work import brakes, desk
from kigen.work.plan import explain
from kigen.work.site import Site

STATUS = ("kigen: status", "kigen：状態")
EXPLAIN = ("kigen: explain a record", "kigen：記録の説明")
ORDER = {"error": 0, "warning": 1, "note": 2}


def only_staff() -> None:
    """Refuse everybody else."""
    if actor().role != "admin":
        abort(403)


def shown(template: str, title: tuple[str, str], here: str, told: str = "", **values: Any) -> Response:
    """A page for staff."""
    told = told or request.args.get("told", "")
    return fragment(f"admin/{template}.html", title, here=here, told=told, **values)


def blueprint(sites: Sites) -> Blueprint:
    """Status and explanation; see admin_plan and admin_settings."""
    pages = Blueprint("admin", __name__)
    pages.before_request(only_staff)
    pages.get("/bridge/admin")(_status)
    pages.get("/bridge/admin/explain")(_explain)
    pages.post("/bridge/admin/explain")(_ask)
    return pages


def _status() -> Response:
    here = site()
    look = shared().look
    with here.reading() as connection:
        open_ones = [one for one in desk.entries(here, connection) if one.is_open]
        facts: dict[str, Any] = {
            "run": runs.latest(connection), "unconfirmed": brakes.unconfirmed(here, connection),
            "pending": inbox.count(connection, inbox.PENDING, here.machine_now),
            "aside": inbox.count(connection, inbox.FAILED, here.machine_now),
            "requests": len(open_ones), "due": min((one.deadline.due for one in open_ones), default=None),
        }  # fmt: skip
    job = shared().ask(("doctor", here.now.isoformat(timespec="minutes")), lambda: _found(look, here))
    return shown("status", STATUS, "admin", job=job, **facts)


def _found(look: Any, here: Site) -> list[Finding]:
    return sorted(look(here), key=lambda one: ORDER.get(one.level, 1))


def _ask() -> Plain:
    kind, number = request.form.get("kind", ""), request.form.get("id", "").strip()
    return to_page("admin/explain", kind=kind[:20], id=number[:20])


def _explain() -> Response:
    kind, number = request.args.get("kind", ""), request.args.get("id", "")
    page = partial(shown, "explain", EXPLAIN, "admin/explain", kinds=[one.value for one in RECORDS], kind=kind,
                   id=number, started=_started, clock=clock_said)  # fmt: skip
    if not kind and not number:
        return page(decision=None, is_gone=False)
    is_known = kind in {one.value for one in RECORDS}
    if not is_known or not (number.isascii() and number.isdigit()) or not 0 < len(number) < 19 or not int(number):
        return page(decision=None, is_gone=False, told="malformed")
    decision = explain(site(), (Kind(kind), int(number)))
    is_gone = decision is not None and any(one.code == "already-gone" for one in decision.reasons)
    return page(decision=decision, is_gone=is_gone, told="" if decision else "unknown")


def _started(one: Considered) -> str:
    at = one.clock.anchor.at
    return f"{to_local(at, site().zone):%Y-%m-%d %H:%M}" if isinstance(at, dt.datetime) else str(at or "–")
