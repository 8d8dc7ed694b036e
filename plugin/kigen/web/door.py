"""Who comes in to the pages inside the platform: whom the bridge signed for, once, with forms of this very session."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
from dataclasses import replace

from flask import Flask, abort, g, request

from kigen.ledger import once, settings
from kigen.ledger.bridge_secret import bridge_secret
from kigen.web import csrf
from kigen.web.actor import HEADER, SECONDS, SIGNATURE, Actor, Nobody, read_actor
from kigen.web.minutely import Minutely
from kigen.web.sites import Sites
from kigen.work.site import Site

PREFIX = "/bridge/"
LONGEST_FORM = 64 * 1024
DAY_SECONDS = 86_400

SKEW = "bridge.skew"
"""The note by which `doctor` says that the clocks of the platform and of this machine are apart."""

_PAGE = re.compile(r"/bridge/[a-z0-9/-]{0,200}")

_log = logging.getLogger("kigen.web")


class Door:
    """Looks at each request for a page inside the platform before anything else does."""

    def __init__(self, app: Flask, sites: Sites) -> None:
        self._sites = sites
        self._minutely = Minutely()
        app.before_request(self._look)

    def _look(self) -> None:
        if not request.path.startswith(PREFIX):
            return
        request.max_content_length = LONGEST_FORM
        site = self._sites()
        try:
            g.secret = bridge_secret(site.state_dir)
            g.actor = actor = self._actor(site)
            self._use(site, actor)
        except Nobody as nobody:
            _log.info("refused: %s", nobody.code)
            if nobody.seconds is not None:
                self._note_skew(site, nobody.seconds)
            abort(403)
        g.site = replace(site, actor=actor.name, language=actor.language)
        page = request.path.removeprefix(PREFIX)
        if request.method == "POST":
            now = int(site.machine_now.timestamp())
            if not csrf.is_good(g.secret, actor, page, request.form.get(csrf.FIELD), now):
                _log.info("refused: form")
                abort(400)

    def _actor(self, site: Site) -> Actor:
        if not _PAGE.fullmatch(request.path) or not request.query_string.isascii():
            raise Nobody("malformed")
        query = request.query_string.decode("ascii")
        target = f"{request.path}?{query}" if query else request.path
        return read_actor(
            g.secret, request.method, target, request.get_data(), request.headers.get(HEADER),
            request.headers.get(SIGNATURE), site.machine_now,
        )  # fmt: skip

    def _use(self, site: Site, actor: Actor) -> None:
        """Take the one-time value; one that was taken is somebody repeating what another has sent."""
        ends = dt.datetime.fromtimestamp(actor.at + 2 * SECONDS, dt.UTC)
        with site.transaction() as connection:
            if once.take(connection, f"bridge {actor.nonce}", "", ends) is not None:
                raise Nobody("replayed")
            if self._minutely.is_time("forget", site.machine_now):
                once.forget(connection, site.machine_now)

    def _note_skew(self, site: Site, seconds: int) -> None:
        """Only what was truly signed comes here, and nothing that somebody kept and sends again days later."""
        if abs(seconds) <= DAY_SECONDS and self._minutely.is_time("note", site.machine_now):
            with site.transaction() as connection:
                told = {"at": site.machine_now.isoformat(), "seconds": seconds}
                settings.write_note(connection, SKEW, json.dumps(told))
