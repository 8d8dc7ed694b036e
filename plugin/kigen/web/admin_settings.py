"""The settings for staff: each with its words, and a change with what it makes due before it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, abort, request
from werkzeug.wrappers import Response as Plain

from kigen.ledger import settings as ledger
from kigen.policy import values
from kigen.policy.settings import Setting, declared
from kigen.web.admin import only_staff, shown
from kigen.web.fragments import site, to_page
from kigen.web.jobs import shared
from kigen.web.sites import Sites
from kigen.work.changing import check
from kigen.work.preview import preview
from kigen.work.site import Site

SETTINGS = ("kigen: settings", "kigen：設定")
HERE = "admin/settings"
LONGEST = 500


@dataclass(frozen=True)
class Shown:
    """One setting as a page shows it; of a secret no value."""

    name: str
    words: tuple[str, str]
    article: str
    default: str
    value: str
    is_set: bool
    is_secret: bool
    is_rule: bool
    is_term: bool

    @property
    def is_hidden(self) -> bool:
        return self.is_secret and self.is_set


def blueprint(sites: Sites) -> Blueprint:
    """List, one setting, preview and storing."""
    pages = Blueprint("admin_settings", __name__)
    pages.before_request(only_staff)
    pages.get("/bridge/admin/settings")(_list)
    pages.get("/bridge/admin/settings/edit")(_edit)
    pages.post("/bridge/admin/settings/preview")(_preview)
    pages.post("/bridge/admin/settings/store")(_store)
    return pages


def _list() -> Response:
    rows = _all(site()).values()
    groups = [(name, list(some)) for name, some in groupby(rows, lambda one: one.name.partition(".")[0])]
    merged: dict[str, list[Shown]] = {}
    for name, some in groups:
        merged.setdefault(name, []).extend(some)
    return shown("settings", SETTINGS, HERE, groups=list(merged.items()))


def _edit() -> Response:
    one = _one(request.args.get("name", ""))
    return _page(one, one.value)


def _preview() -> Response:
    one, value = _one(request.form.get("name", "")), request.form.get("value", "").strip()
    here = site()
    if (error := _error(here, one, value)) is not None:
        return _page(one, value, error=error)
    if not one.is_rule:
        return _page(one, value, job="none")
    key = ("preview", one.name, value, one.value, here.now.isoformat(timespec="minutes"))
    return _page(one, value, job=shared().ask(key, partial(preview, here, one.name, value)))


def _store() -> Plain:
    one, value = _one(request.form.get("name", "")), request.form.get("value", "").strip()
    here = site()
    if _error(here, one, value) is not None:
        abort(400)
    if request.form.get("former", "") != one.value:
        return to_page(HERE, told="changed")
    with here.transaction() as connection:
        ledger.store(connection, one.name, value, here.now, here.actor)
    shared().forget("plan")
    return to_page(HERE, told="stored-rule" if one.is_rule else "stored")


def _page(one: Shown, new: str, **values: Any) -> Response:
    return shown("setting", SETTINGS, HERE, one=one, new=new, **{"error": None, "job": None, **values})


def _error(here: Site, one: Shown, value: str) -> str | None:
    """Why a value cannot be this setting's; None where it can."""
    if one.is_secret or len(value) > LONGEST:
        abort(400)
    try:
        check(here, one.name, value)
    except ValueError as error:
        return str(error)
    return None


def _one(name: str) -> Shown:
    found = _all(site()).get(name)
    if found is None:
        abort(404)
    return found


def _all(here: Site) -> dict[str, Shown]:
    with here.reading() as connection:
        stored = ledger.stored(connection)
    return {name: _shown(setting, stored) for name, setting in declared(here.plugins.rules()).items()}


def _shown(one: Setting, stored: dict[str, str]) -> Shown:
    value = "" if one.is_secret else stored.get(one.name, one.default)
    return Shown(one.name, one.words, one.article, one.default, value, one.name in stored, one.is_secret, one.is_rule,
                 one.parse is values.term)  # fmt: skip
