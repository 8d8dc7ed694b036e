"""What `doctor` says about mail: what does not leave, what nobody knows of, what was given up, what came back."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

from sqlalchemy import Connection

from kigen.commands.dates import written
from kigen.commands.findings import ERROR, NOTE, WARNING, Finding
from kigen.commands.findings import found as told
from kigen.ledger import outbox
from kigen.ledger import outbox_sending as sending
from kigen.ledger import settings as notes
from kigen.policy.mail_settings import WAY
from kigen.work.mail import FAILURE, UNWRITABLE
from kigen.work.site import Site

LATE = dt.timedelta(days=1)

ALARMS = frozenset({outbox.EXTENDED, outbox.REFUSED, outbox.EXPORT_READY, *outbox.LAST, "breach-notice"})
"""Messages that the law wants to reach the person in time: that one did not is an error (cases.md J4)."""


def look_at_mail(site: Site) -> Iterator[Finding]:
    """All of the outbox, counted; no client is named."""
    with site.reading() as connection:
        found = sending.counted(connection)
        is_set_up = bool(site.setting(connection, WAY))
        yield from _way(site, connection, is_set_up)
    waiting = [one for one in found if one[0] == outbox.WAITING]
    if waiting and not is_set_up:
        values = {"count": sum(one[3] for one in waiting), "at": _at(site, min(one[5] for one in waiting))}
        yield told(NOTE, "mail-off", **values)
    late = [one for one in waiting if is_set_up and one[5] + LATE < site.now]
    if late:
        values = {"count": sum(one[3] for one in late), "at": _at(site, min(one[5] for one in late))}
        yield told(WARNING, "mail-late", **values)
    for state, notice, why, count, number, _ in found:
        values = {"count": count, "notice": notice, "number": number, "why": why or ""}
        is_alarm = notice in ALARMS
        if state == outbox.WAITING and why == UNWRITABLE:
            yield told(ERROR, "mail-unwritable", **values)
        elif notice == outbox.WARNING and state in (outbox.DEAD, outbox.BOUNCED):
            yield told(NOTE, "unwarned-unreached", **values)
        elif state in CODES:
            level = ERROR if is_alarm or state == outbox.UNSURE else WARNING
            yield told(level, CODES[state], **values)


CODES = {outbox.UNSURE: "mail-unsure", outbox.DEAD: "mail-given-up", outbox.BOUNCED: "mail-bounced"}


def _way(site: Site, connection: Connection, is_set_up: bool) -> Iterator[Finding]:
    noted = notes.note(connection, FAILURE)
    if noted and is_set_up:
        failed = json.loads(noted)
        values = {"at": _at(site, dt.datetime.fromisoformat(failed["since"])), "why": failed["why"]}
        yield told(ERROR, "mail-down", **values)


def _at(site: Site, at: dt.datetime) -> str:
    return str(written(at, site.zone))
