"""The plan for staff: its figures and first records, and the confirmation, which holds for exactly these figures."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, abort, request
from werkzeug.wrappers import Response as Plain

from kigen.policy.decide import Decision
from kigen.policy.schedule import Rule
from kigen.web.admin import only_staff, shown
from kigen.web.fragments import site, to_page
from kigen.web.jobs import shared
from kigen.web.sites import Sites
from kigen.work import brakes
from kigen.work.brakes import Brake, Figures, figures_of
from kigen.work.lease import AnotherRunner
from kigen.work.overview import Overview, overview_of
from kigen.work.plan import Tally, decisions
from kigen.work.site import Site
from kigen.work.sweep import Budget, sweep

PLAN = ("kigen: plan", "kigen：計画")
RUN = ("kigen: run", "kigen：実行")
LONGEST = 2000
MOST_KINDS = 40


@dataclass(frozen=True)
class Plan:
    """A plan as it was worked out at an instant; `figures` name it in a form."""

    at: dt.datetime
    overview: Overview
    acts: Figures
    brakes: Sequence[Brake]
    rules: Sequence[Rule]

    @property
    def figures(self) -> str:
        return json.dumps(self.acts, sort_keys=True)


def blueprint(sites: Sites) -> Blueprint:
    """Plan, confirmation and what came of it."""
    pages = Blueprint("admin_plan", __name__)
    pages.before_request(only_staff)
    pages.get("/bridge/admin/plan")(_plan)
    pages.post("/bridge/admin/plan/anew")(_anew)
    pages.post("/bridge/admin/plan/confirm")(_confirm)
    pages.get("/bridge/admin/run")(_run)
    return pages


def _plan() -> Response:
    here = site()
    job = shared().ask("plan", lambda: _worked_out(here))
    if job.is_done and job.value is not None and abs(here.now - job.value.at) > dt.timedelta(minutes=10):
        shared().forget("plan")  # of another time: the operator's clock went on, or was moved
        job = shared().ask("plan", lambda: _worked_out(here))
    return shown("plan", PLAN, "admin/plan", job=job, zone=here.zone)


def _anew() -> Plain:
    shared().forget("plan")
    return to_page("admin/plan")


def _confirm() -> Plain:
    figures = _figures(request.form.get("figures", ""))
    if figures is None or request.form.get("looked") != "yes":
        abort(400)
    here, common = site(), shared()
    going_on = common.known("sweep")
    if going_on is None or going_on.is_done:
        common.forget("sweep")
        budget = Budget(figures=figures, is_over=common.stopping.is_set)
        common.ask("sweep", lambda: sweep(here, True, budget))
    common.forget("plan")
    return to_page("admin/run")


def _run() -> Response:
    job = shared().known("sweep")
    if job is not None and not job.is_done:
        job.done.wait(shared().wait_seconds)
    done = job.value.done if job is not None and job.value is not None else {}
    is_other = job is not None and isinstance(job.error, AnotherRunner)
    return shown("run", RUN, "admin/plan", job=job, is_other=is_other, done=done)


def _worked_out(here: Site) -> Plan:
    tally = Tally()
    overview = overview_of(_counted(here, tally), here.now, here.zone)
    with here.reading() as connection:
        found = [brakes.ahead(here), brakes.unconfirmed(here, connection)]
        found += brakes.breaker(here, connection, tally, here.host.counts(connection))
        rules = here.schedule(connection).rules
    return Plan(here.now, overview, figures_of(tally), [one for one in found if one], rules)


def _counted(here: Site, tally: Tally) -> Iterator[Decision]:
    for decision in decisions(here):
        tally.add(decision, here.now)
        yield decision


def _figures(text: str) -> Figures | None:
    """The figures that a form named; None where it names none."""
    try:
        told = json.loads(text) if len(text) <= LONGEST else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or len(told) > MOST_KINDS:
        return None
    for counts in told.values():
        if not isinstance(counts, dict) or any(type(one) is not int for one in counts.values()):
            return None
    return told
