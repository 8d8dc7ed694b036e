"""What a client sees of itself: what is held and why, its bundles, its consents, its deletion with what stands against.

All pages are of the client that the bridge signed for; none takes a client's number.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, request

from kigen.ledger import consents as ledger
from kigen.ledger import notices
from kigen.policy.purposes import PURPOSES
from kigen.policy.vocabulary import Category, Purpose, bases_of, recipients_of
from kigen.web.fragments import actor, fragment, site
from kigen.web.jobs import shared
from kigen.web.sites import Sites
from kigen.work import consents, portal
from kigen.work.choosing import notice_of
from kigen.work.export import asked
from kigen.work.typesetting import plain

HELD = ("What we hold about you", "保有している情報")
EXPORT = ("Get your data", "データの取得")
CONSENTS = ("Consents", "同意")
DELETION = ("Deletion", "削除")


def client() -> int:
    """Whose pages these are."""
    return actor().client or 0


def only_clients() -> None:
    """Refuse everybody else, staff of the admin area too."""
    if actor().role != "client":
        abort(403)


def blueprint(sites: Sites) -> Blueprint:
    """The client's pages, which change nothing; see privacy_acts."""
    pages = Blueprint("privacy", __name__)
    pages.before_request(only_clients)
    pages.get("/bridge/privacy")(_held)
    pages.get("/bridge/privacy/export")(_export)
    pages.get("/bridge/privacy/consents")(_consents)
    pages.get("/bridge/privacy/deletion")(_deletion)
    return pages


def _shown(template: str, title: tuple[str, str], here: str, **values: Any) -> Response:
    return fragment(f"portal/{template}.html", title, here=here, told=request.args.get("told", ""), **values)


def _held() -> Response:
    here = site()
    return _shown("held", HELD, "privacy", held=portal.held(here, client()), uses=_uses(),
                  requests=portal.answered(here, client()))  # fmt: skip


def _export() -> Response:
    with site().reading() as connection:
        rows = asked.listed(connection, client())
    ready = [row for row in rows if row.state != asked.MAKING]
    job = shared().known(("bundle", client()))
    bundles = [
        {"number": row.id, "made": row.made_at, "until": row.expires_at, "size": row.size or 0,
         "parts": row.parts or 1, "is_incomplete": row.state == asked.INCOMPLETE, "is_encrypted": row.is_encrypted}
        for row in ready
    ]  # fmt: skip
    # An older one that is not done was left by a process that is gone.
    is_making = (bool(rows) and rows[0].state == asked.MAKING) or (job is not None and not job.is_done)
    # A link from a message is opened by a click on the page alone: what looks at links beforehand must not use it up.
    link = request.args.get("link", "")[:200]
    return _shown("export", EXPORT, "privacy/export", bundles=bundles, is_making=is_making, by_link=link,
                  is_failed=job is not None and job.is_done and job.error is not None)  # fmt: skip


def _consents() -> Response:
    here, language = site(), actor().language
    column = int(language == "ja")
    with here.reading() as connection:
        standings = consents.standings(here, connection, client(), here.now)
        events = ledger.of(connection, [client()])
        texts = {}
        for key in PURPOSES:
            version = notice_of(here, connection, key)
            text = version and (
                notices.text(connection, version.notice, version.number, language)
                or notices.text(connection, version.notice, version.number, version.binding)
            )
            texts[key] = plain(text.body) if text else ""
    purposes = [
        {"key": key, "name": one.name[column], "uses": one.uses[column], "stops": one.stops[column],
         "recipients": [who.said(language) for who in one.recipients], "state": standings[key].state.value,
         "allows": standings[key].allows, "until": standings[key].until, "text": texts[key],
         "since": last.at if (last := standings[key].event) else None}
        for key, one in PURPOSES.items()
    ]  # fmt: skip
    history = [
        {"at": one.at, "act": one.act.value, "version": f"{one.notice}@{one.version}" if one.version else one.notice,
         "name": PURPOSES[one.purpose].name[column] if one.purpose in PURPOSES else one.purpose}
        for one in sorted(events, key=lambda one: (one.at, one.number), reverse=True)
    ]  # fmt: skip
    return _shown("consents", CONSENTS, "privacy/consents", purposes=purposes, history=history)


def _deletion() -> Response:
    return _shown("deletion", DELETION, "privacy/deletion", planned=portal.deletion(site(), client()))


def _uses() -> list[dict[str, Any]]:
    """Each kind of data with what for, on which basis and who receives it, from the data map."""
    language = actor().language
    purposes: dict[Category, dict[Purpose, None]] = {}
    for table in site().host.datamap:
        for one in table.personal:
            purposes.setdefault(one.category, {}).update(dict.fromkeys(one.purposes))
    return [
        {"category": category.said(language), "purposes": [one.said(language) for one in Purpose if one in used],
         "bases": [one.said(language) for one in bases_of(tuple(used))],
         "recipients": [one.said(language) for one in recipients_of(tuple(used))]}
        for category in Category if (used := purposes.get(category))
    ]  # fmt: skip
