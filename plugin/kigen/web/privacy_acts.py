"""What a client does on its own pages: a bundle, a consent, a deletion and its undoing.

Staff in the client's place may withdraw a consent, which is recorded as theirs; all else is the client's own to decide.
"""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, abort, request, send_file
from werkzeug.wrappers import Response as Plain

from kigen.ledger import marks, request_acts
from kigen.policy import desk as steps
from kigen.policy.consents import Act
from kigen.policy.purposes import PURPOSES
from kigen.web.fragments import actor, site, to_page
from kigen.web.jobs import shared
from kigen.web.privacy import client, only_clients
from kigen.web.sites import Sites
from kigen.work import desk, portal
from kigen.work.choosing import choose
from kigen.work.destroying import bring_up_file
from kigen.work.export import asked
from kigen.work.export.links import open_link

EXPORT, CONSENTS, DELETION = "privacy/export", "privacy/consents", "privacy/deletion"
CHOICES = {Act.GIVEN.value: "agreed", Act.REFUSED.value: "refused", Act.WITHDRAWN.value: "withdrawn"}
"""What can be chosen, and the word that the page then says."""

LONGEST_LINK = 200


def blueprint(sites: Sites) -> Blueprint:
    """The forms of the client's pages."""
    pages = Blueprint("privacy_acts", __name__)
    pages.before_request(only_clients)
    pages.post("/bridge/privacy/export")(_export)
    pages.post("/bridge/privacy/download")(_download)
    pages.post("/bridge/privacy/consents")(_consent)
    pages.post("/bridge/privacy/deletion")(_ask)
    pages.post("/bridge/privacy/deletion/undo")(_undo)
    pages.post("/bridge/privacy/deletion/keep")(_keep)
    return pages


def _export() -> Plain:
    if actor().as_staff:
        return to_page(EXPORT, told="staff")
    here, number_of = site(), client()
    key = ("bundle", number_of)
    going_on = shared().known(key)
    if going_on is not None and not going_on.is_done:
        return to_page(EXPORT, told="making")
    try:
        number = asked.ask(here, number_of)
    except asked.TooMany:
        return to_page(EXPORT, told="too-many")
    shared().forget(key)
    job = shared().ask(key, partial(asked.answer, here, number, actor().language))
    return to_page(EXPORT, told="" if job.is_done else "making")


def _download() -> Response:
    if actor().as_staff:
        abort(403)
    if token := request.form.get("link", ""):
        file = next(iter(open_link(site(), token[:LONGEST_LINK], client()) or ()), None)
    else:
        number, part = (request.form.get(name, "") for name in ("bundle", "part"))
        if not all(one.isascii() and one.isdigit() for one in (number, part)) or len(number + part) > 18:
            abort(404)
        file = asked.hand_over(site(), client(), int(number), int(part))
    if file is None or not file.is_file():
        abort(404)
    return send_file(file, "application/octet-stream" if file.suffix != ".zip" else "application/zip",
                     as_attachment=True, download_name=file.name, etag=False, last_modified=None)  # fmt: skip


def _consent() -> Plain:
    purpose, act = request.form.get("purpose", ""), request.form.get("act", "")
    if purpose not in PURPOSES or act not in CHOICES:
        abort(400)
    is_by_staff = actor().as_staff is not None
    if is_by_staff and act != Act.WITHDRAWN.value:
        return to_page(CONSENTS, told="staff")
    here = site()
    with here.transaction() as connection:
        choose(here, connection, client(), purpose, Act(act), actor().language, is_by_staff)
    return to_page(CONSENTS, told=CHOICES[act])


def _ask() -> Plain:
    if actor().as_staff:
        return to_page(DELETION, told="staff")
    if request.form.get("understood") != "yes":
        return to_page(DELETION, told="tick")
    here = site()
    planned = portal.deletion(here, client())
    if planned is None or planned.asked is not None:
        return to_page(DELETION, told="nothing")
    told = {"method": "session", "source": "portal"}
    with here.transaction() as connection:
        desk.open_request(here, connection, client(), desk.ERASURE, here.now, None, told)
    bring_up_file(here)
    return to_page(DELETION, told="asked")


def _undo() -> Plain:
    asked_for = _planned()
    if isinstance(asked_for, Plain):
        return asked_for
    here = site()
    with here.transaction() as connection:
        desk.withdraw(here, connection, asked_for.number)
    return to_page(DELETION, told="undone")


def _keep() -> Plain:
    asked_for = _planned()
    if isinstance(asked_for, Plain):
        return asked_for
    here = site()
    with here.transaction() as connection:
        request_acts.write(connection, client(), desk.ERASURE, steps.KEPT, here.now, actor=here.actor,
                           method="session", source="portal")  # fmt: skip
        marks.mark(connection, [client()])
    return to_page(DELETION, told="kept")


def _planned() -> desk.Entry | Plain:
    """The client's open request, or where to go instead."""
    if actor().as_staff:
        return to_page(DELETION, told="staff")
    planned = portal.deletion(site(), client())
    if planned is None or planned.asked is None:
        return to_page(DELETION, told="nothing")
    return planned.asked
