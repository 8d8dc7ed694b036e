"""The pages that everybody may read: published notices with their versions and changes, and the tools of the portal.

Only what was published is shown, also what takes effect later; a page is made anew for each request, from what runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from flask import Blueprint, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from kigen.ledger import notices
from kigen.policy.cookies import NECESSARY, NOTICE, own_tool
from kigen.policy.notice_catalogue import NOTICES
from kigen.policy.notices import POLICY, Version, in_force
from kigen.policy.purposes import PURPOSES
from kigen.web.cookies import asset, integrity, is_signal, origin
from kigen.web.differences import places
from kigen.web.languages import language_of
from kigen.web.public_page import rendered, to_itself
from kigen.web.signed_in import client_of
from kigen.web.sites import Sites
from kigen.work import cookies, filling
from kigen.work.showing import note_shown
from kigen.work.site import Site
from kigen.work.typesetting import html

FOR = "for"
"""The parameter by which the bridge says for which client it makes a link; it is gone from the address at once."""


def blueprint(sites: Sites) -> Blueprint:
    """All of them."""
    made = Blueprint("public", __name__)

    def page(template: str, values: Mapping[str, object] | None, site: Site, connection: Connection) -> Response:
        binding = str(site.setting(connection, "notices.binding"))
        language = language_of(request, binding)
        contact = str(site.setting(connection, "operator.contact"))
        day = partial(filling.day, zone=site.zone, language=language)
        status = 200 if values is not None else 404
        given: dict[str, object] = {
            "script": None,
            **(values or {}),
            "day": day,
            "contact": contact,
            "here": request.path,
        }
        return rendered(template if values is not None else "missing", language, status, **given)

    @made.get("/privacy/")
    @made.get("/privacy/<key>")
    @made.get("/privacy/<key>/<int:number>")
    def notice(key: str = POLICY, number: int | None = None) -> Response:
        site = sites()
        if FOR in request.args:
            _note(site, key, number)
            return to_itself()
        with site.reading() as connection:
            return page("notice", _notice(site, connection, key, number), site, connection)

    @made.get("/privacy/<key>/versions")
    def versions(key: str) -> Response:
        site = sites()
        with site.reading() as connection:
            known = _published(site, connection, key)
            rows = [(one, _state(one, known, site), _earlier(one, known)) for one in reversed(known)]
            values = {"title": _title(site, connection, known), "versions": rows} if known else None
            return page("versions", values, site, connection)

    @made.get("/privacy/<key>/changes/<int:old>/<int:new>")
    def changes(key: str, old: int, new: int) -> Response:
        site = sites()
        with site.reading() as connection:
            return page("changes", _changes(site, connection, key, (old, new)), site, connection)

    @made.get("/privacy/tools")
    def tools() -> Response:
        site = sites()
        with site.reading() as connection:
            return page("tools", _tools(site, connection), site, connection)

    return made


def _published(site: Site, connection: Connection, key: str) -> list[Version]:
    """Messages are no pages, and neither is what is published later than now."""
    if key not in NOTICES or not NOTICES[key].is_page:
        return []
    return [one for one in notices.versions(connection, key) if one.published <= site.now]


def _meant(site: Site, known: Sequence[Version], number: int | None) -> Version | None:
    if number is None:  # before the first takes effect, the first is what there is to read
        return in_force(known, site.now) or next(iter(known), None)
    return next((one for one in known if one.number == number), None)


def _notice(site: Site, connection: Connection, key: str, number: int | None) -> dict[str, object] | None:
    known = _published(site, connection, key)
    version = _meant(site, known, number)
    if version is None:
        return None
    language = language_of(request, version.binding)
    shown_in, text = _text(connection, version, language)
    if text is None:
        return None
    return {
        "version": version, "text": text, "body": html(text.body), "shown_in": shown_in,
        "state": _state(version, known, site), "has_current": in_force(known, site.now) is not None,
        "earlier": _earlier(version, known), "script": _script(site, connection) if key == NOTICE else None,
    }  # fmt: skip


def _changes(site: Site, connection: Connection, key: str, numbers: tuple[int, int]) -> dict[str, object] | None:
    known = {one.number: one for one in _published(site, connection, key)}
    two = [known[number] for number in numbers if number in known]
    if len(two) < 2:
        return None
    language = language_of(request, two[1].binding)
    texts = [_text(connection, one, language)[1] for one in two]
    before, after = (f"# {text.title}\n{text.body}" if text else "" for text in texts)
    title = texts[1].title if texts[1] else key
    return {"title": title, "old": two[0], "new": two[1], "places": places(before, after)}


def _tools(site: Site, connection: Connection) -> dict[str, object]:
    used = cookies.in_use(site, connection)
    language = language_of(request, str(site.setting(connection, "notices.binding")))
    own = own_tool(filling.speaker(site, connection, language)["name"], used.months)
    return {
        "asked": [(PURPOSES[key], used.of(key)) for key in used.purposes],
        "necessary": [own, *used.of(NECESSARY)],
        "is_signal": is_signal(), "script": _script(site, connection),
    }  # fmt: skip


def _script(site: Site, connection: Connection) -> tuple[str, str] | None:
    """The script's address and digest, on the portal's own site: a choice on another would be that site's alone."""
    is_portal = origin(str(site.setting(connection, "operator.portal"))) == origin(request.host_url)
    asks = is_portal and cookies.in_use(site, connection).purposes and cookies.shown(site, connection)
    return (asset()[1], integrity()) if asks else None


def _text(connection: Connection, version: Version, language: str) -> tuple[str, notices.Text | None]:
    """A version's text in a language, else in the binding one, with the language that it is in."""
    text = notices.text(connection, version.notice, version.number, language)
    if text is not None:
        return language, text
    return version.binding, notices.text(connection, version.notice, version.number, version.binding)


def _title(site: Site, connection: Connection, known: Sequence[Version]) -> str:
    version = _meant(site, known, None) or known[-1]
    text = _text(connection, version, language_of(request, version.binding))[1]
    return text.title if text else version.notice


def _state(one: Version, known: Sequence[Version], site: Site) -> str:
    if one.effective > site.now:
        return "coming"
    return "current" if one == in_force(known, site.now) else "replaced"


def _earlier(one: Version, known: Sequence[Version]) -> int | None:
    return max((other.number for other in known if other.number < one.number), default=None)


def _note(site: Site, key: str, number: int | None) -> None:
    """Write down which version a client is shown in which language; of a token that is not good nothing."""
    client = client_of(site, request.args.get(FOR))
    if client is None:
        return
    with site.transaction() as connection:
        version = _meant(site, _published(site, connection, key), number)
        if version is not None:
            language = _text(connection, version, language_of(request, version.binding))[0]
            note_shown(site, connection, client, version, language)
